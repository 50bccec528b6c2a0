//! Intervals against published values and closed forms, and where there is too little to see.

use super::assert_near;
use crate::stats::student::{beta_quantile, t_quantile};
use crate::stats::{Estimate, Joint, Moments, Proportion};

fn moments(values: &[f64]) -> Moments {
    let mut moments = Moments::default();
    for x in values {
        moments.add(*x);
    }
    moments
}

fn joint<const N: usize>(rows: &[[f64; N]]) -> Joint<N> {
    let mut joint = Joint::default();
    for row in rows {
        joint.add(row);
    }
    joint
}

/// Any table of Student's t, 97.5%.
#[test]
fn student_quantiles() {
    for (freedom, t) in [(1, 12.706_204_736), (2, 4.302_652_730), (4, 2.776_445_105), (30, 2.042_272_456), (1000, 1.962_339_081)]
    {
        assert_near(t_quantile(0.95, freedom), t, 1e-9);
    }
    // Where the expansion takes over.
    assert_near(t_quantile(0.95, 999) - t_quantile(0.95, 1000), 2.375e-6, 1e-2);
    assert_near(t_quantile(0.95, 1_000_000), 1.959_966_357, 1e-9);
    assert_near(t_quantile(0.9, 2_000_000_000), 1.644_853_626_951, 1e-9);
    assert!(t_quantile(0.95, 0).is_infinite());
}

#[test]
fn beta_quantiles_meet_the_binomial() {
    // P(X = 0) = α/2 and P(X ≤ 3) = α/2 by their own sums.
    for n in [10.0, 1e3, 1e6] {
        assert_near(beta_quantile(1.0, n, 0.975), 1.0 - 0.025_f64.powf(1.0 / n), 1e-8);
        let p = beta_quantile(4.0, n - 3.0, 0.975);
        let mut term = (n * (-p).ln_1p()).exp();
        let mut sum = term;
        for k in 1..=3 {
            term *= (n - f64::from(k) + 1.0) / f64::from(k) * p / (1.0 - p);
            sum += term;
        }
        assert_near(sum, 0.025, 1e-7);
    }
}

#[test]
fn beta_quantiles_go_on_into_the_normal() {
    for p in [0.025, 0.5, 0.975] {
        assert_near(beta_quantile(99_999.0, 300_000.0, p), beta_quantile(99_999.0 + 2.0, 300_000.0 + 6.0, p), 1e-7);
    }
    assert_near(beta_quantile(5e7, 5e7, 0.975), 0.5 + 1.959_964 * 0.5e-4, 1e-9);
}

#[test]
fn mean_of_five() {
    let estimate = moments(&[1.0, 2.0, 3.0, 4.0, 5.0]).estimate(0.95);
    assert_near(estimate.high.unwrap(), 3.0 + 2.776_445_105 * 0.5_f64.sqrt(), 1e-9);
    assert_eq!((estimate.value, estimate.n, estimate.method), (Some(3.0), 5, "t over replications"));
    let clipped = moments(&[0.0, 0.0, 1.0]).estimate_in(0.95, 0.0, 1.0);
    assert_eq!((clipped.low, clipped.high), (Some(0.0), Some(1.0)));
}

#[test]
fn too_few_for_an_interval() {
    let none = Moments::default().estimate(0.95);
    assert_eq!((none.value, none.low, none.high), (None, None, None));
    let one = moments(&[7.0]).estimate(0.95);
    assert_eq!((one.value, one.low, one.high), (Some(7.0), None, None));
}

#[test]
fn what_was_never_seen_is_bounded() {
    let up = moments(&[1.0; 100]).estimate_in(0.95, 0.0, 1.0);
    assert_eq!((up.value, up.high), (Some(1.0), Some(1.0)));
    assert_near(up.low.unwrap(), 0.025_f64.powf(0.01), 1e-12);
    let free = moments(&[0.0; 100]).estimate_in(0.95, 0.0, f64::INFINITY);
    assert_eq!((free.value, free.low, free.high), (Some(0.0), Some(0.0), None));
    let count = moments(&[0.0; 100]).estimate_count(0.95);
    assert_eq!((count.value, count.low), (Some(0.0), Some(0.0)));
    assert_near(count.high.unwrap(), 0.036_888_794_5, 1e-8);
}

/// Published in many places, among them Newcombe, *Statistics in Medicine* 17 (1998), and R's `binom.test`.
#[test]
fn clopper_pearson() {
    let of = |successes: u64, n: u64| {
        let mut proportion = Proportion::default();
        for i in 0..n {
            proportion.add_cluster(u64::from(i < successes), 1);
        }
        proportion.estimate(0.95)
    };
    let check = |estimate: Estimate, low: f64, high: f64| {
        assert!((estimate.low.unwrap() - low).abs() < 5e-5 && (estimate.high.unwrap() - high).abs() < 5e-5, "{estimate:?}");
    };
    check(of(0, 10), 0.0, 0.3085);
    check(of(5, 10), 0.1871, 0.8129);
    check(of(10, 10), 0.6915, 1.0);
    check(of(81, 263), 0.2527, 0.3676);
    check(of(15, 148), 0.0578, 0.1617);
    check(of(1, 29), 0.0009, 0.1776);
    assert_eq!(of(0, 0).value, None);
}

#[test]
fn very_many_replications_end() {
    let (mut all, mut unit) = (Proportion::default(), Proportion::default());
    unit.add_cluster(0, 1);
    all.add_cluster(1, 1);
    for _ in 0..30 {
        unit.merge(&unit.clone());
        all.merge(&unit);
        let estimate = all.estimate(0.95);
        assert!(estimate.low < estimate.value && estimate.value < estimate.high, "{estimate:?}");
    }
    // One success: the Poisson interval from 0.0253 to 5.572.
    let estimate = all.estimate(0.95);
    assert_near(estimate.high.unwrap() * all.count() as f64, 5.572, 1e-3);
    assert_near(estimate.low.unwrap() * all.count() as f64, 0.025_318, 1e-3);
}

#[test]
fn pairs_that_go_together_count_once() {
    let (mut pairs, mut singles) = (Proportion::default(), Proportion::default());
    let mut apart = Proportion::default();
    for i in 0..100 {
        let yes = u64::from(i % 5 == 0);
        pairs.add_cluster(2 * yes, 2);
        singles.add_cluster(yes, 1);
        apart.add_cluster(1, 2);
    }
    let (pairs, singles) = (pairs.estimate(0.95), singles.estimate(0.95));
    assert_eq!(pairs.value, singles.value);
    assert_near(pairs.low.unwrap(), singles.low.unwrap(), 0.01);
    assert_near(pairs.high.unwrap(), singles.high.unwrap(), 0.01);
    // Pairs that always differ say no less than independent ones, and are not taken to say more than there are.
    assert!(apart.estimate(0.95).high.unwrap() - 0.5 > 0.05);
}

#[test]
fn ratio_of_sums() {
    let sums = joint(&[[10.0, 1.0], [30.0, 2.0], [20.0, 3.0], [0.0, 0.0]]);
    let estimate = sums.ratio(0, 1, 0.95);
    assert_near(estimate.value.unwrap(), 10.0, 1e-14);
    assert!(estimate.low.unwrap() < 10.0 && estimate.high.unwrap() > 10.0);
    // A ratio without error, of very many events, has no width.
    let exact = joint(&[[1e9, 1e8], [3e9, 3e8]]).ratio(0, 1, 0.95);
    assert_near(exact.low.unwrap(), 10.0, 1e-6);
    assert_near(exact.high.unwrap(), 10.0, 1e-6);
}

#[test]
fn ratios_of_what_was_never_seen() {
    let sums = joint(&[[100.0, 0.0, 0.0, 0.0]; 10]);
    let mtbf = sums.ratio_sum((0, 2), (1, 3), 0.95);
    assert_eq!((mtbf.value, mtbf.high), (None, None));
    assert_near(mtbf.low.unwrap(), 1000.0 / 3.688_879_454, 1e-9);
    let mttr = sums.ratio(1, 3, 0.95);
    assert_eq!((mttr.value, mttr.low, mttr.high), (None, None, None));
    let available = sums.share(0, 1, 0.95);
    assert_eq!((available.value, available.high), (Some(1.0), Some(1.0)));
    assert_near(available.low.unwrap(), 1.0 - 0.3085, 1e-4);
    assert_eq!(sums.share(1, 3, 0.95).value, None);
}

/// With one event the exact interval of an exponential's mean is 0.27 to 39.5 times the estimate.
#[test]
fn one_event_is_not_certainty() {
    let mut rows = [[0.0, 0.0]; 200];
    rows[7] = [60.0, 1.0];
    let estimate = joint(&rows).ratio(0, 1, 0.95);
    assert_eq!(estimate.value.map(f64::round), Some(60.0));
    assert!(estimate.low.unwrap() < 0.27 * 60.0 && estimate.high.unwrap() > 39.5 * 60.0);
}

/// Garwood's exact interval (1936) for ten events: exposure / 18.39 to exposure / 4.795.
#[test]
fn few_events_are_near_the_exact_interval() {
    let mut rows = [[100.0, 0.0]; 1000];
    for row in &mut rows[..10] {
        row[1] = 1.0;
    }
    let estimate = joint(&rows).ratio(0, 1, 0.95);
    assert_near(estimate.low.unwrap(), 1e5 / 18.39, 0.06);
    assert_near(estimate.high.unwrap(), 1e5 / 4.795, 0.10);
}

#[test]
fn shares_are_the_same_from_part_or_whole() {
    let rows: Vec<[f64; 3]> =
        (0..50).map(|i| [f64::from(900 + i % 7), f64::from(i % 5), f64::from(900 + i % 7 + i % 5)]).collect();
    let sums = joint(&rows);
    let (share, portion) = (sums.share(0, 1, 0.95), sums.portion(0, 2, 0.95));
    assert_near(share.value.unwrap(), portion.value.unwrap(), 1e-12);
    assert_near(share.low.unwrap(), portion.low.unwrap(), 1e-12);
    assert_near(share.high.unwrap(), portion.high.unwrap(), 1e-12);
    let other = sums.share(1, 0, 0.95).complement();
    assert_near(share.low.unwrap(), other.low.unwrap(), 1e-12);
    assert!(share.low < share.value && share.value < share.high && share.high < Some(1.0));
}

#[test]
fn five_nines_keep_their_interval() {
    let rows: Vec<[f64; 2]> = (0..1000).map(|i| if i % 10 == 0 { [31_535_680.0, 320.0] } else { [31_536_000.0, 0.0] }).collect();
    let estimate = joint(&rows).share(0, 1, 0.95).complement();
    assert_near(estimate.value.unwrap(), 1.014_7e-6, 1e-3);
    assert!(estimate.low.unwrap() > 0.8e-6 && estimate.high.unwrap() < 1.3e-6, "{estimate:?}");
}

#[test]
fn maps_keep_order() {
    let estimate = Estimate { low: Some(1.0), high: Some(4.0), ..Estimate::exact(2.0, "exact") };
    assert_eq!(estimate.complement().low, Some(-3.0));
    assert_eq!(estimate.scaled(2.0).high, Some(8.0));
    assert_eq!(estimate.clipped(1.5, 3.0).high, Some(3.0));
    assert_eq!(Estimate::unobserved(0.95, 3, "none").value, None);
}

#[test]
fn the_part_of_t_below_zero_is_that_of_the_tables() {
    // Eleven numbers of variance 11, so that their mean has an error of 1. t with 10 degrees of freedom is below 2.228 with 97.5%
    // (Abramowitz & Stegun, table 26.10).
    let about = |mean: f64| {
        let mut moments = Moments::default();
        (-5..=5).for_each(|off| moments.add(mean + f64::from(off)));
        moments.chance_below_zero()
    };
    assert!((about(-2.228) - 0.975).abs() < 1e-4);
    assert!((about(2.228) - 0.025).abs() < 1e-4);
    assert_eq!(about(0.0), 0.5);
    let mut constant = Moments::default();
    (0..3).for_each(|_| constant.add(-1.0));
    assert_eq!(constant.chance_below_zero(), 1.0);
}
