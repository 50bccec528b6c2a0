//! What samplers draw has the law they were made for.

use super::{Law, laws};
use crate::dist::{Sampler, Tables};
use crate::random::{Stream, base};

const COUNT: usize = 50_000;

fn draws(law: &Law, prepared: bool) -> Vec<f64> {
    let mut tables = Tables::new();
    if prepared {
        tables.prepare(law);
    }
    let sampler = tables.sampler(law);
    let stream = Stream::new(base("draws", 0), 1, 0);
    (0..COUNT as u64).map(|n| sampler.draw(stream.word(n))).collect()
}

/// Kolmogorov–Smirnov distance; √n D is below 1.95 with probability 0.999.
#[test]
fn draws_follow_the_cdf() {
    for (name, law) in laws() {
        for prepared in [true, false] {
            let mut sorted = draws(&law, prepared);
            sorted.truncate(if prepared { COUNT } else { COUNT / 25 });
            sorted.sort_by(f64::total_cmp);
            let n = sorted.len() as f64;
            let distance = sorted
                .iter()
                .enumerate()
                .step_by(10)
                .map(|(i, t)| (law.cdf(*t) - (i as f64 + 0.5) / n).abs())
                .fold(0.0, f64::max);
            assert!(distance * n.sqrt() < 1.95, "{name}: distance {distance}");
        }
    }
}

#[test]
fn draws_have_the_mean_and_variance() {
    for (name, law) in laws() {
        let (mean, variance) = (law.mean(), law.variance());
        // Where the fourth moment is infinite or far from the sample's, its own error is not to be had from it.
        if !variance.is_finite() || variance > 10.0 * mean * mean || name.starts_with("Pareto") {
            continue;
        }
        let draws = draws(&law, true);
        let got = draws.iter().sum::<f64>() / COUNT as f64;
        assert!((got - mean).abs() < 4.0 * (variance / COUNT as f64).sqrt(), "{name}: mean {got} against {mean}");
        let squares: Vec<f64> = draws.iter().map(|t| (t - mean) * (t - mean)).collect();
        let spread = squares.iter().sum::<f64>() / COUNT as f64;
        let fourth = squares.iter().map(|s| (s - spread) * (s - spread)).sum::<f64>() / COUNT as f64;
        assert!((spread - variance).abs() < 5.0 * (fourth / COUNT as f64).sqrt(), "{name}: {spread} against {variance}");
    }
}

#[test]
fn a_constant_needs_no_randomness() {
    let sampler = Tables::new().sampler(&Law::constant(300.0).unwrap());
    assert!(matches!(sampler, Sampler::Constant(_)));
    assert_eq!((sampler.draw(0), sampler.draw(u64::MAX)), (300.0, 300.0));
}

#[test]
fn values_seen_are_drawn_equally_often() {
    let law = Law::empirical(vec![5.0, 1.0, 3.0, 3.0]).unwrap();
    let draws = draws(&law, true);
    let share = |value: f64| draws.iter().filter(|t| **t == value).count() as f64 / COUNT as f64;
    for (value, expected) in [(1.0, 0.25), (3.0, 0.5), (5.0, 0.25)] {
        assert!((share(value) - expected).abs() < 0.01, "{value}");
        assert_eq!(law.quantile(law.cdf(value) - 0.1), value);
    }
    assert_eq!((law.survival(2.9), law.cdf(3.0), law.survival(5.0)), (0.75, 0.75, 0.0));
    assert_eq!((law.quantile(0.0), law.quantile_upper(0.0)), (1.0, 5.0));
}
