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

/// Pilot runs that are averaged.
const PILOTS: u64 = 8;
/// Parts of a pilot run; the warm-up is found to five of them.
const BINS: usize = 1_000;
/// Requests of the first pilot runs.
const REQUESTS: f64 = 20_000.0;
/// Pilot runs grow up to so many requests, or to a part of the horizon.
const MOST_REQUESTS: f64 = 1e6;
const MOST_OF_HORIZON: f64 = 0.1;
/// A start that takes more than this part of the pilot runs may not be over.
const LARGEST: f64 = 0.25;

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
/// start: by MSER-5 ([`mser5`]) on the mean of eight pilot runs, bin by bin (Welch 1983 averages replications likewise). They
/// are made twice as long until what is cut is at most a quarter. `None` where it was asked to stop.
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
            return Some(Warmup { seconds: share * seconds, found: Found::Steady(seconds) });
        }
        if seconds >= longest {
            // Not quite a quarter, but steady from there on.
            let found = if cut.settled { Found::Steady(seconds) } else { Found::Unsettled(seconds) };
            return Some(Warmup { seconds: share * seconds, found });
        }
        seconds = (2.0 * seconds).min(longest);
    }
}
