//! Rare events: what crude Monte Carlo would see once in a million replications, or never.
//!
//! Two methods share the form of their results: importance splitting, which serves any distribution, and failure biasing,
//! for Markov models.

mod biasing;
mod plan;
mod restart;
mod splitting;
mod sums;

pub use biasing::{biasing, biasing_long_run};
pub use splitting::splitting;

use crate::run::RunError;
use crate::stats::Estimate;

/// How a rare event was made less rare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// Histories that come near to an outage are continued several times over.
    Splitting,
    /// Failures are drawn more often than they happen, and weighed.
    Biasing,
}

/// How to look for rare outages.
#[derive(Debug, Clone, PartialEq)]
pub struct RareOptions {
    /// What all random streams are made from.
    pub seed: u64,
    /// Independent runs of the whole scheme; with `precision`, the most of them.
    pub replications: u64,
    /// Stop when the standard error of the unavailability is this small, relative to it.
    pub precision: Option<f64>,
    /// Stop after about so many events; in splitting, each branch counts as one for every clock besides.
    pub most_events: u64,
    /// `None`: as many as the machine has processors.
    pub threads: Option<usize>,
    /// Seconds before the start that are simulated and not measured: for the long run, where the horizon is the length
    /// that is measured.
    pub warmup: f64,
}

impl Default for RareOptions {
    fn default() -> Self {
        Self { seed: 1, replications: 1 << 20, precision: Some(0.05), most_events: 1 << 30, threads: None, warmup: 0.0 }
    }
}

/// What was found about the outages of one service.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Rare {
    /// How.
    pub method: Method,
    /// Index of the service.
    pub service: u32,
    /// The probability that it is down at some time of the horizon; absent where the method gives the long run alone.
    pub outage_probability: Option<Estimate>,
    /// Outages that begin in the horizon, on average; absent where the method does not count them.
    pub outages: Option<Estimate>,
    /// The fraction of the horizon (or of the long run) that it is down.
    pub unavailability: Estimate,
    /// Seconds of the horizon that it is down, on average; absent where the method gives the long run alone.
    pub downtime: Option<Estimate>,
    /// Standard error of the unavailability, relative to it; absent where no outage was seen.
    pub relative_error: Option<f64>,
    /// Against crude Monte Carlo; absent where no outage was seen.
    pub gain: Option<Gain>,
    /// The way to the outage, the healthy system first; empty for methods that know no levels.
    pub levels: Vec<Level>,
    /// Of the way to an outage, the share that was jumped over at once, 0 to 1: by common causes, or by failures of zones.
    /// Splitting brings nothing there.
    pub jumped: Option<f64>,
    /// Whether the numbers can be trusted.
    pub verdict: Verdict,
    /// Independent runs of the scheme.
    pub replications: u64,
    /// Events that were simulated for the estimates, those of the search for levels aside.
    pub events: u64,
    /// Time it took, seconds, all in all.
    pub wall_seconds: f64,
}

/// How much crude Monte Carlo would have to simulate for the same standard error of the unavailability, relative to what
/// was simulated here.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Gain {
    /// Counted in events: the same on every machine.
    pub events: f64,
    /// In processor time, as measured in this run.
    pub time: f64,
}

/// A step on the way to the outage.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Level {
    /// How far the outage still is; 0 is the outage itself.
    pub distance: f64,
    /// How often this level is reached for each time that the one before is: below 1, a probability. For the first, for
    /// each independent run.
    pub probability: f64,
    /// Histories that go on from each that gets here.
    pub copies: u32,
}

/// Whether an estimate of something rare can be trusted.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Verdict {
    /// It can.
    pub converged: bool,
    /// What speaks against it, or what else there is to know.
    pub remarks: Vec<String>,
}

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub enum WhyNot {
    /// The model has something that the method does not know.
    #[error("{0}")]
    Model(String),
    /// It was ended before there was anything to tell.
    #[error("ended before there was a result")]
    Stopped,
    /// The machine did not play along.
    #[error(transparent)]
    Run(#[from] RunError),
}

#[cfg(test)]
mod tests;
