//! What is refused, and that the answer says what would be right.

use super::Law;

#[track_caller]
fn refused(law: Result<Law, String>, says: &str) {
    let error = law.unwrap_err();
    assert!(error.contains(says), "{error}");
}

#[test]
fn what_is_not_a_positive_number() {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0] {
        refused(Law::constant(bad), "finite and not negative");
        refused(Law::exponential(bad), "positive and finite");
        refused(Law::weibull_mean(2.0, bad), "positive and finite");
        refused(Law::weibull_scale(bad, 1.0), "between 0.05 and 1000");
        refused(Law::lognormal_median_p95(bad, 1.0), "positive and finite");
        refused(Law::lognormal_median_p95(1.0, bad), "positive and finite");
        refused(Law::lognormal_mean_cv(1.0, bad), "positive and finite");
        refused(Law::gamma_mean_cv(bad, 1.0), "positive and finite");
        refused(Law::gamma_shape_scale(bad, 1.0), "between 0.001 and 1000000");
        refused(Law::hyperexponential(bad, 2.0), "positive and finite");
        refused(Law::uniform(bad, 1.0), "finite and not negative");
        refused(Law::triangular(0.0, bad, 1.0), "finite and not negative");
        refused(Law::pareto_scale(bad, 1.0), "between 0.05");
        refused(Law::quantiles(&[(0.5, 1.0), (0.9, bad)]), "positive and finite");
        refused(Law::empirical(vec![1.0, bad]), "value 2");
    }
    assert!(Law::exponential(0.0).is_err() && Law::constant(0.0).is_ok());
}

#[test]
fn what_does_not_go_together() {
    refused(Law::lognormal_median_p95(60.0, 60.0), "p95 must be above the median");
    refused(Law::hyperexponential(1.0, 0.9), "at least 1");
    refused(Law::hyperexponential(1.0, f64::NAN), "between 1 and 1000");
    refused(Law::gamma_mean_cv(1.0, 1e-4), "between 0.001 and 30");
    refused(Law::erlang(0, 1.0), "between 1 and 1000000");
    refused(Law::uniform(2.0, 2.0), "high must be above low");
    refused(Law::triangular(1.0, 5.0, 4.0), "in this order");
    refused(Law::pareto_mean(1.0, 10.0), "shape above 1");
    refused(Law::pareto_mean(f64::NAN, 10.0), "between 0.05");
    refused(Law::quantiles(&[(0.5, 1.0)]), "at least two");
    refused(Law::quantiles(&[(0.5, 1.0), (1.0, 2.0)]), "between 0 and 1");
    refused(Law::quantiles(&[(0.5, 2.0), (0.9, 1.0)]), "both increase");
    refused(Law::quantiles(&[(0.5, 1.0), (0.5, 2.0)]), "both increase");
    refused(Law::empirical(Vec::new()), "at least one");
}
