//! The law between given quantiles.

use super::{Law, assert_near};

#[test]
fn a_lognormals_quantiles_give_it_back() {
    let exact = Law::lognormal_median_p95(1200.0, 7200.0).unwrap();
    let points: Vec<(f64, f64)> = [0.05, 0.1, 0.5, 0.75, 0.9, 0.99].map(|p| (p, exact.quantile(p))).into();
    let law = Law::quantiles(&points).unwrap();
    for i in 1..400 {
        let p = 0.5_f64.powf(f64::from(i) / 10.0);
        assert_near(law.quantile(p), exact.quantile(p), 1e-12, "lower tail");
        assert_near(law.quantile_upper(p), exact.quantile_upper(p), 1e-12, "upper tail");
        assert_near(law.survival(exact.quantile_upper(p)), p, 1e-10, "survival");
    }
    assert_near(law.mean(), exact.mean(), 1e-9, "mean");
    assert_near(law.variance(), exact.variance(), 1e-8, "variance");
}

/// Times to restore published for a large hosting service; here only as a skewed set of points.
#[test]
fn the_points_are_hit() {
    let minutes = [(0.1, 22.0), (0.5, 76.0), (0.9, 317.0), (0.99, 1149.0)];
    let points = minutes.map(|(p, t)| (p, 60.0 * t));
    let law = Law::quantiles(&points).unwrap();
    for (p, t) in points {
        assert_near(law.quantile(p), t, 1e-12, "a given point");
        assert_near(law.cdf(t), p, 1e-12, "a given point");
    }
    let mut last = 0.0;
    for i in 1..10_000 {
        let t = law.quantile(f64::from(i) / 10_000.0);
        assert!(t > last);
        last = t;
    }
}

#[test]
fn steep_and_flat_stretches_stay_monotone() {
    let law = Law::quantiles(&[(0.1, 1.0), (0.2, 1.001), (0.3, 900.0), (0.31, 901.0), (0.99, 1e6)]).unwrap();
    let mut last = 0.0;
    for i in 1..100_000 {
        let u = f64::from(i) / 100_000.0;
        let t = law.quantile(u);
        assert!(t > last, "{t} after {last}");
        assert!((law.cdf(t) - u).abs() < 1e-10);
        last = t;
    }
}
