//! How long a system takes to fill: found by pilot runs from empty.

use std::sync::Mutex;
use std::sync::atomic::Ordering;

use rayon::ThreadPool;
use rayon::prelude::*;

use super::Load;
use crate::model::Model;
use crate::run::{Control, Options, lock};
use crate::sim::request::{Plan, Requests, Stopped};
use crate::stats::mser5;

/// Pilot runs that are averaged: many and short, since what blurs the start is how runs differ.
const PILOTS: u64 = 64;
/// Parts of a pilot run; its start is found to five of them.
const BINS: usize = 500;
/// Requests of the first pilot runs.
const REQUESTS: f64 = 2_500.0;
/// Pilot runs grow up to so many requests, or to a part of the horizon.
const MOST_REQUESTS: f64 = 200_000.0;
const MOST_OF_HORIZON: f64 = 0.02;
/// A start that takes more than this part of the pilot runs may not be over.
const LARGEST: f64 = 0.25;
/// The warm-up is so many times what MSER-5 cuts off.
const TIMES: f64 = 2.0;

/// What was simulated before the start and not measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Warmup {
    /// Its length, seconds.
    pub seconds: f64,
    /// How that was found.
    pub found: Found,
}

/// How the length of a warm-up was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Found {
    /// It is what was asked for.
    Asked,
    /// Nothing comes at the start, so that nothing fills.
    Nothing,
    /// The mean number of requests on their way in pilot runs of this length (seconds) became steady.
    Steady(f64),
    /// It did not within pilot runs of this length (seconds), of which half was taken.
    Unsettled(f64),
    /// Requests piled up without bound in pilot runs of this length (seconds), and nothing was taken.
    Flooded(f64),
}

impl Warmup {
    /// A length that was asked for.
    #[must_use]
    pub fn asked(seconds: f64) -> Self {
        Self { seconds, found: Found::Asked }
    }

    /// How many pilot runs were averaged, where there were any.
    #[must_use]
    pub fn pilots() -> u64 {
        PILOTS
    }
}

/// The time after which the number of requests on their way, started at none, is steady while demand stays as it is at the
/// start. `None` where it was asked to stop.
///
/// Pilot runs are averaged bin by bin, as Welch does ("The statistical analysis of simulation results", 1983), and MSER-5
/// ([`mser5`]) cuts off their start. They are made twice as long until the cut is at most a quarter.
///
/// MSER-5 weighs what is left of the start against what a shorter series loses, and so leaves what hides in the spread of the
/// mean: 64 runs for an eighth of the spread of one. A start is mostly forgotten exponentially; then at twice the cut what was
/// left at the cut, as a fraction of the whole, is squared. For M/M/1 at 90% the cut leaves about a fifth, and the warm-up a
/// twenty-fifth.
///
/// Pilot runs have replication numbers from the top, so that nothing they draw is measured later.
pub fn find(model: &Model, options: &Options, load: &Load, control: &Control, pool: &ThreadPool) -> Option<Warmup> {
    if load.at_start <= 0.0 {
        return Some(Warmup { seconds: 0.0, found: Found::Nothing });
    }
    let longest = (MOST_REQUESTS / load.at_start).max(MOST_OF_HORIZON * model.horizon);
    let simulators = Mutex::new(Vec::new());
    let mut seconds = (REQUESTS / load.at_start).min(longest);
    loop {
        let pilot = |number: u64| {
            let plan = Plan { warmup: 0.0, bins: 1, batches: 1 };
            let simulator = lock(&simulators).pop();
            let mut simulator = simulator.unwrap_or_else(|| Requests::new(model, plan));
            let goes_on = |_| !control.stop.load(Ordering::Relaxed);
            let name = u64::MAX - number;
            let filled = simulator.pilot(options.seed, name, name, seconds, BINS, goes_on);
            lock(&simulators).push(simulator);
            filled
        };
        let runs: Result<Vec<Vec<f64>>, Stopped> = pool.install(|| (0..PILOTS).into_par_iter().map(pilot).collect());
        let runs = match runs {
            Ok(runs) => runs,
            Err(Stopped::Asked) => return None,
            Err(Stopped::Flooded { .. }) => return Some(Warmup { seconds: 0.0, found: Found::Flooded(seconds) }),
        };
        let mean: Vec<f64> = (0..BINS).map(|bin| runs.iter().map(|run| run[bin]).sum::<f64>() / PILOTS as f64).collect();
        let cut = mser5(&mean);
        let share = cut.cut as f64 / BINS as f64;
        if cut.settled && share <= LARGEST {
            return Some(Warmup { seconds: TIMES * share * seconds, found: Found::Steady(seconds) });
        }
        if seconds >= longest {
            return Some(Warmup { seconds: 0.5 * seconds, found: Found::Unsettled(seconds) });
        }
        seconds = (2.0 * seconds).min(longest);
    }
}
