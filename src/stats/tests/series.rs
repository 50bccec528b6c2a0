//! Starts that are far off, series that never settle, and neighbours that are alike: all with known answers.

use super::assert_near;
use crate::dist::normal_quantile;
use crate::random::{Stream, uniform};
use crate::stats::{independence, mser5};

/// xₜ = φ xₜ₋₁ + εₜ from x₀ on, with εₜ standard normal; x₀ is not in it.
fn autoregressive(phi: f64, from: f64, n: u64, seed: u64) -> Vec<f64> {
    let stream = Stream::new(3, seed, 0);
    let step = |x: &mut f64, i: u64| {
        *x = phi * *x + normal_quantile(uniform(stream.word(i)));
        Some(*x)
    };
    (0..n).scan(from, step).collect()
}

fn mean(series: &[f64]) -> f64 {
    series.iter().sum::<f64>() / series.len() as f64
}

#[test]
fn a_start_far_off_is_cut_and_the_mean_of_the_rest_is_right() {
    let (phi, from, n) = (0.95_f64, 400.0, 4_000);
    // The mean of n steps is off by x₀ φ (1 − φⁿ) / ((1 − φ) n) on average, and varies by 1 / ((1 − φ) √n).
    let bias = from * phi * (1.0 - phi.powi(n)) / (1.0 - phi) / f64::from(n);
    let deviation = 1.0 / (1.0 - phi) / f64::from(n).sqrt();
    assert!(bias > 5.0 * deviation);
    let (mut whole, mut rest) = (0.0, 0.0);
    let seeds = 100;
    for seed in 0..seeds {
        let series = autoregressive(phi, from, n as u64, seed);
        let found = mser5(&series);
        assert!(found.settled && found.cut.is_multiple_of(5));
        // The start has shrunk to the spread of the steady series, 1 / √(1 − φ²) = 3.2, after 94 steps.
        assert!((50..1000).contains(&found.cut), "{found:?}");
        whole += mean(&series) / f64::from(seeds as u32);
        rest += mean(&series[found.cut..]) / f64::from(seeds as u32);
    }
    let error = 4.0 * deviation / f64::from(seeds as u32).sqrt();
    assert!((whole - bias).abs() < error, "{whole} against {bias}");
    // What is left of the bias is a twentieth of it.
    assert!(rest.abs() < error + bias / 20.0, "{rest}");
}

#[test]
fn a_step_is_cut_where_it_is() {
    // After the step the means of batches are ±1, whose squared error 1 / (n − d) only grows with what is left out.
    for step in [0, 1, 7, 30, 49] {
        let series: Vec<f64> =
            (0..503).map(|i| i / 5).map(|batch| if batch < step { 40.0 } else { f64::from(1 - 2 * (batch % 2)) }).collect();
        let found = mser5(&series);
        assert_eq!((found.cut, found.settled), (5 * step as usize, true));
    }
}

#[test]
fn the_cut_is_where_the_definition_has_its_least() {
    for seed in 0..20 {
        let series = autoregressive(0.8, 30.0, 400, seed);
        let batches: Vec<f64> = series.chunks(5).map(mean).collect();
        let error = |d: usize| {
            let rest = &batches[d..];
            rest.iter().map(|x| (x - mean(rest)).powi(2)).sum::<f64>() / (rest.len() as f64).powi(2)
        };
        let best = (0..=40).min_by(|a, b| error(*a).total_cmp(&error(*b))).unwrap();
        assert_eq!(mser5(&series).cut, 5 * best);
    }
}

#[test]
fn what_never_settles_says_so() {
    // Of a straight line and of a pure decline every rest is as unsteady as the whole, and shorter: the error only falls.
    let line: Vec<f64> = (0..1000).map(f64::from).collect();
    let decline: Vec<f64> = (0..1000).map(|i| 0.999_f64.powi(i)).collect();
    for series in [line, decline] {
        let found = mser5(&series);
        assert_eq!((found.cut, found.settled), (500, false));
    }
    for nothing in [vec![], vec![1.0; 19], vec![f64::NAN; 100]] {
        assert_eq!((mser5(&nothing).cut, mser5(&nothing).settled), (0, false));
    }
}

#[test]
fn little_is_cut_off_what_is_steady() {
    let equal = mser5(&[2.5; 100]);
    assert_eq!((equal.cut, equal.settled), (0, true));
    let cuts: Vec<usize> = (0..200).map(|seed| mser5(&autoregressive(0.0, 0.0, 1000, seed)).cut).collect();
    // Chance cuts some; half of the series lose less than a twentieth, and nine of ten less than three tenths.
    assert!(cuts.iter().filter(|cut| **cut < 50).count() > 100, "{cuts:?}");
    assert!(cuts.iter().filter(|cut| **cut < 300).count() > 180, "{cuts:?}");
}

#[test]
fn neighbours_that_are_alike_are_found_and_others_are_not() {
    let doubtful = |phi: f64, n: u64| {
        let seeds = 1_000;
        (0..seeds).filter(|seed| independence(&autoregressive(phi, 0.0, n, *seed)).unwrap().doubtful).count() as f64
            / seeds as f64
    };
    // Of independent ones 5%, by definition: 0.05 ± 3.3 standard errors.
    assert!((0.027..0.073).contains(&doubtful(0.0, 32)), "{}", doubtful(0.0, 32));
    assert!(doubtful(0.7, 32) > 0.9);
    let long = independence(&autoregressive(0.5, 0.0, 100_000, 1)).unwrap();
    assert!((long.correlation - 0.5).abs() < 0.01 && long.doubtful);
    // 1, 2, 3 … 10: nine steps of 1 over squares of 82.5.
    let line = independence(&(1..=10).map(f64::from).collect::<Vec<_>>()).unwrap();
    assert_near(line.correlation, 1.0 - 9.0 / 82.5 / 2.0, 1e-14);
    assert_eq!((independence(&[1.0; 7]), independence(&[2.0; 50])), (None, None));
}
