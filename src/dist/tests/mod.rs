//! The laws against themselves, against the literature's closed forms and against other people's code.

mod accuracy;
mod cumulants;
mod errors;
mod quantiles;
mod reference;
mod sampling;

use super::Law;

/// Every family that varies continuously, over the shapes that are used and some that are hard.
fn laws() -> Vec<(&'static str, Law)> {
    [
        ("exponential", Law::exponential(3600.0)),
        ("Weibull 0.5", Law::weibull_mean(0.5, 3600.0)),
        ("Weibull 3", Law::weibull_scale(3.0, 100.0)),
        ("lognormal 20m 2h", Law::lognormal_median_p95(1200.0, 7200.0)),
        ("lognormal sigma 2", Law::lognormal_mean_cv(1.0, 4.0_f64.exp_m1().sqrt())),
        ("lognormal cv 0.1", Law::lognormal_mean_cv(50.0, 0.1)),
        ("gamma 0.3", Law::gamma_shape_scale(0.3, 60.0)),
        ("gamma 0.05", Law::gamma_shape_scale(0.05, 60.0)),
        ("gamma cv 0.5", Law::gamma_mean_cv(7200.0, 0.5)),
        ("gamma 2000", Law::gamma_shape_scale(2000.0, 0.01)),
        ("Erlang 3", Law::erlang(3, 3600.0)),
        ("hyperexponential cv 2", Law::hyperexponential(3600.0, 2.0)),
        ("hyperexponential cv 8", Law::hyperexponential(3600.0, 8.0)),
        ("hyperexponential cv 1", Law::hyperexponential(1.0, 1.0)),
        ("Pareto 2.5", Law::pareto_mean(2.5, 3600.0)),
        ("Pareto 0.8", Law::pareto_scale(0.8, 10.0)),
        ("uniform", Law::uniform(0.0, 300.0)),
        ("triangular", Law::triangular(0.0, 120.0, 600.0)),
        ("quantiles", Law::quantiles(&[(0.1, 1320.0), (0.5, 4560.0), (0.9, 19020.0), (0.99, 68940.0)])),
        ("lognormal, hazard 0.05", Law::lognormal_median_p95(1200.0, 7200.0).map(|law| law.hazard_times(0.05))),
        ("gamma, hazard 0.3", Law::gamma_mean_cv(7200.0, 0.5).map(|law| law.hazard_times(0.3))),
        ("hyperexponential, hazard 2", Law::hyperexponential(3600.0, 2.0).map(|law| law.hazard_times(2.0))),
    ]
    .map(|(name, law)| (name, law.unwrap()))
    .into()
}

#[track_caller]
fn assert_near(got: f64, want: f64, relative: f64, what: &str) {
    assert!((got - want).abs() <= relative * want.abs(), "{what}: {got} against {want}");
}
