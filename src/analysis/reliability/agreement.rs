//! Simulated against exact: do the two disagree beyond chance?
//!
//! A single test that cries wolf once in a million needs the far tail of a statistic, five standard errors out, where
//! Student's t is no guide to means of skewed times. So there are two samples: each measure is tested where t can be
//! trusted, and one that fails is simulated again with another seed. Only what fails twice, on the same side, counts.
//!
//! With m measures each test is two-sided at α = √(10⁻⁶ / m). Where all is right, a measure fails once with probability α at
//! most and again on the same side with α / 2; the samples are independent, so that some measure fails both with probability m
//! α² / 2 = 5·10⁻⁷ at most (Bonferroni). The factor of two to one in a million is room for tails that are heavier than t's.
//! Means are tested only where [`FEWEST`] outages stand behind them; probabilities have exact binomial intervals and always
//! are.

use serde::Serialize;

use super::measure::Measure;
use crate::run::Runs;
use crate::run::runs::sum;

/// False alarms of whole reports that are allowed, twice what is spent.
const ALARMS: f64 = 1e-6;
/// Outages that a tested mean rests on, at least.
pub const FEWEST: f64 = 200.0;
/// What differs by less, relative, was rounded.
const ROUNDED: f64 = 1e-9;

/// How a simulated value stands to the exact one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// As near as chance allows.
    Agrees,
    /// Off in the first sample and not in the second: chance.
    AgreesSecond,
    /// Too few outages for a test.
    TooFew,
    /// Off in two independent samples on the same side: a bug of the simulator or of the exact solver.
    Disagrees,
}

/// The level of a single test, where `measures` are tested together.
pub fn level(measures: usize) -> f64 {
    1.0 - (ALARMS / measures.max(1) as f64).sqrt()
}

/// Whether outages enough stand behind a measure for a test of it.
pub fn is_testable(measure: Measure, runs: &Runs, service: usize) -> bool {
    let s = &runs.services[service].sums;
    measure.is_chance() || s.sum(sum::ONSETS).min(s.sum(sum::ENDED)) >= FEWEST
}

/// On which side of the interval the exact value lies: −1 below, 0 within, 1 above.
pub fn side(measure: Measure, runs: &Runs, service: usize, exact: f64, level: f64) -> i8 {
    let simulated = measure.estimate(runs, service, level);
    let slack = ROUNDED * exact.abs();
    match (simulated.low, simulated.high) {
        (Some(low), _) if exact < low - slack => -1,
        (_, Some(high)) if exact > high + slack => 1,
        _ => 0,
    }
}
