//! One failure made to happen, against the same replications without it.
//!
//! Each replication runs to the moment of the failure once. There it is copied: one copy goes on as it is, in the other the
//! failure happens. Both meet the same luck (common random numbers), so what differs between them is the failure's doing, and
//! the differences are far sharper than those of separate runs.

pub(in crate::run) mod effect;
pub(in crate::run) mod watch;

use std::sync::Mutex;
use std::sync::atomic::Ordering;
use std::time::Instant;

use rayon::prelude::*;

pub use effect::{Lasting, ObjectiveImpact, ServiceImpact};
pub use watch::Grid;

use super::{BLOCK, Control, Options, RunError, lock};
use crate::model::{Model, Windows};
use crate::sim::World;
use crate::stats::{Moments, Proportion};
use effect::Effect;
use watch::Watch;

/// A failure that is made to happen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forced {
    /// Index of the clock that fires: a mode and what it hits.
    pub clock: u32,
    /// When, in seconds after the start.
    pub at: f64,
}

/// What a forced failure does, over all replications. Differences are of the run with it less the run without.
#[derive(Debug, Clone)]
pub struct ImpactRuns {
    /// What was forced, and when.
    pub forced: Forced,
    /// Pairs of runs so far.
    pub replications: u64,
    /// Replications that share one draw of the uncertain numbers.
    pub per_draw: u64,
    /// Events of all of them.
    pub events: u64,
    /// Time that simulating them took.
    pub wall_seconds: f64,
    /// From the failure to the horizon, seconds.
    pub left: f64,
    /// Ended by the user before all were done.
    pub interrupted: bool,
    /// What was to be hit had failed already; then the failure that was there counts.
    pub already: Proportion,
    /// From the moment of the failure until it is repaired.
    pub repair: Lasting,
    /// Services that go down because of it.
    pub services_down: Moments,
    /// Downtime of all services together over the rest of the horizon, difference in seconds.
    pub downtime: Moments,
    /// Requests that fail at the services that traffic enters, difference.
    pub lost: Moments,
    /// Which services traffic enters.
    entries: Vec<bool>,
    /// By the service's index in the model.
    pub services: Vec<ServiceImpact>,
    /// By the objective's index in the model.
    pub objectives: Vec<ObjectiveImpact>,
    /// The stretches of time that `down` and `lost_over_time` of the services count over.
    pub grid: Grid,
}

impl ImpactRuns {
    fn new(model: &Model, forced: Forced, grid: Grid) -> Self {
        Self {
            forced,
            replications: 0,
            per_draw: if model.parameters.is_empty() { 1 } else { 2 },
            events: 0,
            wall_seconds: 0.0,
            left: model.horizon - forced.at,
            interrupted: false,
            already: Proportion::default(),
            repair: Lasting::default(),
            services_down: Moments::default(),
            downtime: Moments::default(),
            lost: Moments::default(),
            entries: (0..model.services.len() as u32).map(|s| model.demand.sources.iter().any(|source| source.to == s)).collect(),
            services: vec![ServiceImpact::new(grid); model.services.len()],
            objectives: model.objectives.iter().map(|o| ObjectiveImpact::new(&o.windows, forced.at, model.horizon)).collect(),
            grid,
        }
    }

    fn merge(&mut self, other: &Self) {
        self.replications += other.replications;
        self.events += other.events;
        self.interrupted |= other.interrupted;
        self.already.merge(&other.already);
        self.repair.merge(&other.repair);
        self.services_down.merge(&other.services_down);
        self.downtime.merge(&other.downtime);
        self.lost.merge(&other.lost);
        self.services.iter_mut().zip(&other.services).for_each(|(mine, theirs)| mine.merge(theirs));
        self.objectives.iter_mut().zip(&other.objectives).for_each(|(mine, theirs)| mine.merge(theirs));
    }
}

/// The stretch of time that an objective is judged by after a failure at `at`: (from, to, whether it is whole). The window
/// of the calendar that the failure falls in, or the rolling window that begins with it; where that reaches beyond the
/// horizon, the last one.
pub(in crate::run) fn window(windows: &Windows, at: f64, horizon: f64) -> (f64, f64, bool) {
    match windows {
        Windows::Calendar { spans, .. } => {
            let span = spans.iter().find(|span| span.from <= at && at < span.to);
            span.map_or((0.0, horizon, false), |span| (span.from, span.to, span.complete))
        }
        Windows::Rolling(length) => {
            let from = at.min(horizon - length).max(0.0);
            (from, (from + length).min(horizon), *length <= horizon)
        }
    }
}

/// Simulates the replications that `options` ask for, each with and without each of the failures. All of them happen at the
/// same time, the `at` of the first.
///
/// # Errors
/// Where threads cannot be started.
pub fn impact(
    model: &Model,
    options: &Options,
    forced: &[Forced],
    grid: Grid,
    control: &Control,
) -> Result<Vec<ImpactRuns>, RunError> {
    let threads = options.threads.unwrap_or(0);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|error| RunError::Threads(threads, error))?;
    let started = Instant::now();
    let worlds = Mutex::new(Vec::new());
    let none = || forced.iter().map(|forced| ImpactRuns::new(model, *forced, grid)).collect::<Vec<_>>();
    let mut all = none();
    let blocks = options.replications.div_ceil(BLOCK);
    let wave = pool.current_num_threads() as u64 * 4;
    control.goal.store(options.replications, Ordering::Relaxed);
    let mut next = 0;
    while next < blocks && !control.stop.load(Ordering::Relaxed) {
        let until = blocks.min(next + wave);
        let block = |number: u64| {
            let world = lock(&worlds).pop();
            let mut world = world.unwrap_or_else(|| World::observed(model, options.before(), Watch::default()));
            let mut done = none();
            let last = ((number + 1) * BLOCK).min(options.replications);
            run_block(&mut world, options, number * BLOCK..last, &mut done, control);
            lock(&worlds).push(world);
            done
        };
        let done: Vec<Vec<ImpactRuns>> = pool.install(|| (next..until).into_par_iter().map(block).collect());
        for block in done {
            let partial = block.iter().any(|runs| runs.interrupted);
            all.iter_mut().zip(&block).for_each(|(all, block)| all.merge(block));
            if partial {
                break;
            }
        }
        next = until;
    }
    let interrupted = control.stop.load(Ordering::Relaxed);
    for runs in &mut all {
        runs.wall_seconds = started.elapsed().as_secs_f64();
        runs.interrupted |= interrupted;
    }
    Ok(all)
}

/// Runs some replications, in draws of the uncertain numbers; a draw counts as a whole or not at all.
fn run_block(
    world: &mut World<'_, Watch>,
    options: &Options,
    replications: std::ops::Range<u64>,
    done: &mut [ImpactRuns],
    control: &Control,
) {
    let per_draw = done.first().map_or(1, |runs| runs.per_draw);
    let mut first = replications.start;
    let mut effects: Vec<Vec<Effect>> = vec![Vec::new(); done.len()];
    while first < replications.end {
        let last = (first + per_draw).min(replications.end);
        effects.iter_mut().for_each(Vec::clear);
        for replication in first..last {
            let pair = run_pair(world, options, (replication, first / per_draw), done, &mut effects, control);
            if pair.is_none() {
                for runs in done.iter_mut() {
                    runs.interrupted = true;
                }
                return;
            }
        }
        for (runs, effects) in done.iter_mut().zip(&effects) {
            runs.add(effects);
        }
        control.done.fetch_add(last - first, Ordering::Relaxed);
        first = last;
    }
}

/// One replication without any of the failures and with each of them; `None` where it was to stop.
fn run_pair(
    world: &mut World<'_, Watch>,
    options: &Options,
    (replication, draw): (u64, u64),
    done: &mut [ImpactRuns],
    effects: &mut [Vec<Effect>],
    control: &Control,
) -> Option<()> {
    let goes_on = |_: &World<'_, Watch>| !control.stop.load(Ordering::Relaxed);
    let Some(ImpactRuns { forced: Forced { at, .. }, grid, .. }) = done.first() else { return Some(()) };
    let (at, grid, services) = (*at, *grid, done.first().map_or(0, |runs| runs.services.len()));
    let now = options.before() + at;
    world.observer_mut().reset(services, grid, at, now);
    let before = world.run_to(options.seed, replication, draw, at, goes_on)?;
    let parted = world.clone();
    let after = world.run_to_end(goes_on)?;
    for (runs, effects) in done.iter_mut().zip(effects) {
        let mut with = parted.clone();
        let clock = runs.forced.clock;
        with.observer_mut().striking = true;
        let struck = with.force(clock, at);
        with.observer_mut().striking = false;
        if !struck && with.has_failed(clock) {
            with.observer_mut().open.push(clock);
        }
        let mut effect = Effect::at_once(&parted, &with, services, !struck);
        runs.events += before + after + with.run_to_end(goes_on)?;
        effect.compare(world, &with, runs, now);
        effects.push(effect);
    }
    Some(())
}
