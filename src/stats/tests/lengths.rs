//! Kaplan & Meier's estimate against a textbook.

use super::assert_near;
use crate::stats::Survival;

/// Weeks of remission under 6-mercaptopurine (Freireich et al., *Blood* 21, 1963), the example of Kalbfleisch & Prentice,
/// *The Statistical Analysis of Failure Time Data* (2002), section 1.1, and of most courses since.
#[test]
fn remission_of_leukaemia() {
    let mut survival = Survival::default();
    for weeks in [6.0, 6.0, 6.0, 7.0, 10.0, 13.0, 16.0, 22.0, 23.0] {
        survival.add(weeks, true);
    }
    let mut open = Survival::default();
    for weeks in [6.0, 9.0, 10.0, 11.0, 17.0, 19.0, 20.0, 25.0, 32.0, 32.0, 34.0, 35.0] {
        open.add(weeks, false);
    }
    survival.merge(&open);
    assert_eq!(survival.count(), 21);
    let published = [(6.0, 0.857), (7.0, 0.807), (10.0, 0.753), (13.0, 0.690), (16.0, 0.627), (22.0, 0.538), (23.0, 0.448)];
    let curve = survival.curve();
    assert_eq!((curve.len(), curve[0]), (8, (0.0, 1.0)));
    for ((weeks, longer), (at, fraction)) in curve[1..].iter().zip(published) {
        assert_near(*weeks, at, 0.004);
        assert!((longer - fraction).abs() < 5e-4, "{longer} at {at}");
    }
    assert_near(survival.quantile(0.5).unwrap(), 23.0, 0.004);
    assert_eq!(survival.quantile(0.6), None);
}

#[test]
fn without_censoring_it_is_the_share_that_lasts_longer() {
    let mut survival = Survival::default();
    for seconds in 1..=100 {
        survival.add(f64::from(seconds), true);
    }
    for p in [0.1, 0.5, 0.9, 1.0] {
        assert_near(survival.quantile(p).unwrap(), 100.0 * p, 0.008);
    }
}

#[test]
fn nothing_seen_and_nothing_sensible() {
    let mut survival = Survival::default();
    assert_eq!((survival.curve(), survival.quantile(0.5)), (vec![(0.0, 1.0)], None));
    survival.add(f64::NAN, true);
    assert_eq!(survival.count(), 0);
    survival.add(0.0, true);
    survival.add(f64::INFINITY, false);
    assert_eq!(survival.curve(), [(0.0, 1.0), (0.0, 0.5)]);
}
