//! The solvers against values from elsewhere, on chains written by hand.

mod cluster;
mod large;
mod small;

use super::chain::Chain;

/// Asserts a relative error.
pub fn close(what: &str, value: f64, exact: f64, relative: f64) {
    assert!((value / exact - 1.0).abs() <= relative, "{what} is {value:e}, not {exact:e}: off by {:e}", value / exact - 1.0);
}

/// Sum of `probability` over the states that `picks` picks.
pub fn sum(probability: &[f64], picks: &[bool]) -> f64 {
    probability.iter().zip(picks).filter(|(_, picks)| **picks).map(|(p, _)| *p).sum()
}

/// Moves per time from states that are not picked to picked ones, for weights of the states.
pub fn crossings(chain: &Chain, weights: &[f64], picks: &[bool]) -> f64 {
    let leaving = |i: usize| -> f64 { chain.leaving.row(i).filter(|(to, _)| picks[*to]).map(|(_, rate)| rate).sum() };
    (0..chain.len()).filter(|&i| !picks[i]).map(|i| weights[i] * leaving(i)).sum()
}
