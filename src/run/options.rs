//! What a run is asked for, what the outside sees of it, and why it may not go on.

use std::sync::atomic::{AtomicBool, AtomicU64};

use crate::scenario::Fidelity;

/// How to simulate.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// What all random streams are made from: the same seed, scenario and version give the same bytes.
    pub seed: u64,
    /// How many times the horizon is simulated.
    pub replications: u64,
    /// Stop when every objective's interval is this narrow relative to its downtime; `replications` is then not used. At
    /// flow fidelity only.
    pub precision: Option<f64>,
    /// `None`: as many as the machine has processors.
    pub threads: Option<usize>,
    /// Seconds before the start that are simulated and not measured. `None`: none at flow fidelity; at request fidelity as
    /// long as the system takes to fill, which is found by pilot runs.
    pub warmup: Option<f64>,
    /// How requests are followed.
    pub fidelity: Fidelity,
}

/// Replications where nobody says how many.
#[must_use]
pub fn default_replications(fidelity: Fidelity) -> u64 {
    match fidelity {
        Fidelity::Flow => 1_000,
        Fidelity::Request => 10,
    }
}

impl Default for Options {
    fn default() -> Self {
        let fidelity = Fidelity::Flow;
        Self { seed: 1, replications: default_replications(fidelity), precision: None, threads: None, warmup: None, fidelity }
    }
}

impl Options {
    /// Seconds before the start that are simulated at flow fidelity: what was asked for, else none.
    #[must_use]
    pub fn before(&self) -> f64 {
        self.warmup.unwrap_or(0.0)
    }
}

/// What the outside sees of, and says to, a run in progress.
#[derive(Debug, Default)]
pub struct Control {
    /// Set to end the run cleanly with the results so far.
    pub stop: AtomicBool,
    /// Replications done so far.
    pub done: AtomicU64,
    /// Replications after which the run ends, as far as is known; 0 before the first.
    pub goal: AtomicU64,
    /// Thousandths of replications done so far, of those under way too; where replications are short it lags behind.
    pub thousandths: AtomicU64,
}

/// Why a run could not go on.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The operating system refused so many threads.
    #[error("cannot start {0} threads: {1}; give a smaller --threads")]
    Threads(usize, rayon::ThreadPoolBuildError),
    /// Whoever takes the rows of the replications could not.
    #[error(transparent)]
    Rows(#[from] std::io::Error),
    /// What is asked for cannot be simulated, and what to do instead.
    #[error("{0}")]
    Asked(String),
}

impl RunError {
    /// Whether the scenario or what is asked of it is at fault, not the machine.
    #[must_use]
    pub fn is_wrong(&self) -> bool {
        matches!(self, Self::Asked(_))
    }
}
