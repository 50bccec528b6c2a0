//! Times known by their cumulants, against the laws that they stand for.

use crate::dist::Law;
use crate::dist::cumulants::*;

fn close(found: f64, expected: f64, within: f64) {
    assert!((found - expected).abs() <= within * expected.abs(), "{found} against {expected}");
}

#[test]
fn exponential_erlang_and_lognormal_times_are_exact() {
    let laws = [
        (Law::exponential(2.0).unwrap(), 1e-9),
        (Law::lognormal_mean_cv(0.045, 1.2).unwrap(), 1e-9),
        (Law::erlang(4, 3.0).unwrap(), 1e-9),
        (Law::gamma_mean_cv(0.12, 0.8).unwrap(), 1e-9),
    ];
    for (law, within) in laws {
        let cumulants = law.cumulants();
        for p in [0.5, 0.95, 0.99, 0.9999] {
            close(cumulants.quantile(p), law.quantile(p), 1e-6_f64.max(within));
            close(cumulants.above(law.quantile(p)), 1.0 - p, 1e-6);
        }
    }
}

#[test]
fn a_part_has_the_moments_of_the_law_cut_off() {
    // Exponential of mean 1 up to t: share 1 − e⁻ᵗ, mean (1 − e⁻ᵗ(1 + t))/share.
    let law = Cumulants::gamma(1.0, 1.0);
    for t in [0.3_f64, 1.0, 4.0, 20.0] {
        let part = law.up_to(t);
        let share = 1.0 - (-t).exp();
        close(part.share, share, 1e-12);
        close(part.law.mean, (1.0 - (-t).exp() * (1.0 + t)) / share, 1e-9);
    }
    // Lognormal of median 1 and σ 1: E[T; T ≤ t] = e^½ Φ(ln t − 1).
    let law = Law::lognormal_mean_cv(1.648_721_270_700_128_2, 1.310_832_493_817_152_7).unwrap().cumulants();
    let part = law.up_to(2.0);
    close(part.share, 0.755891404214, 1e-6);
    close(part.law.mean * part.share, 0.6256529576, 1e-6);
}

#[test]
fn times_add_up_and_mix() {
    let sum = Cumulants::gamma(1.0, 1.0).plus(Cumulants::gamma(1.0, 1.0)).plus(Cumulants::constant(3.0));
    // Erlang of two stages, three later.
    close(sum.above(5.0), 3.0 * (-2.0_f64).exp(), 1e-6);
    assert_eq!(sum.above(2.9), 1.0);
    let mut mixture = Mixture::default();
    mixture.add(0.5, &Cumulants::constant(1.0));
    mixture.add(1.5, &Cumulants::constant(3.0));
    let law = mixture.law();
    close(law.mean, 2.5, 1e-12);
    close(law.variance, 0.75, 1e-12);
}

#[test]
fn nearly_constant_and_left_skewed_times_stay_within_reach() {
    let law = Law::uniform(1.0, 5.0).unwrap().cumulants();
    close(law.mean, 3.0, 1e-9);
    close(law.quantile(0.99), 4.96, 0.15);
    let left = Cumulants { third: -0.5, ..law };
    assert!(left.above(0.5) > 0.99 && left.above(9.0) < 0.01);
}
