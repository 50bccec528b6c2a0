//! Replications in parallel.
//!
//! Replications are done in blocks of 64, and the blocks are merged in the order of their numbers, so the result is the
//! same to the last bit on any number of threads. Memory does not grow with their count: a block keeps sums and
//! sketches, and the rows of its replications go to whoever wants them as soon as it is merged. At request fidelity a
//! block is one draw of the uncertain numbers: a replication, or two.

mod collect;
mod demand;
pub mod impact;
pub mod incident;
mod observed;
mod options;
mod precision;
pub mod rare;
pub mod requests;
pub mod runs;
mod timeline;

use std::sync::Mutex;
use std::sync::atomic::Ordering;
use std::time::Instant;

use rayon::ThreadPool;
use rayon::prelude::*;

pub use demand::{busiest, demand_curves};
pub use impact::impact;
pub use observed::{Observed, column};
pub use options::{Control, Options, RunError, default_replications};
pub use precision::MOST_FOR_PRECISION;
pub use requests::{RequestRuns, Warmup};
pub use runs::{Row, Runs};
pub use timeline::timeline;

use crate::model::Model;
use crate::scenario::Fidelity;
use crate::sim::{Outcome, World};

/// Replications in a block.
pub const BLOCK: u64 = 64;
/// Of so many first replications the typical and the bad one are chosen.
const CANDIDATES: usize = 4_096;

/// Takes the rows of the replications, in order.
pub type RowSink<'a> = &'a mut dyn FnMut(&[Row]) -> Result<(), std::io::Error>;

/// Who wants to know of each replication by itself, in their order.
#[derive(Default)]
struct Each<'a> {
    rows: Option<RowSink<'a>>,
    observed: Option<&'a mut Observed>,
}

impl Each<'_> {
    fn wants(&self) -> Wanted {
        Wanted { rows: self.rows.is_some(), observed: self.observed.is_some() }
    }

    fn take(&mut self, rows: &[Row], observed: &Observed) -> Result<(), std::io::Error> {
        if let Some(all) = self.observed.as_mut() {
            all.append(observed);
        }
        self.rows.as_mut().map_or(Ok(()), |sink| sink(rows))
    }
}

/// What is wanted of each replication.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    rows: bool,
    observed: bool,
}

/// Simulates the replications that `options` ask for.
///
/// # Errors
/// Where threads cannot be started or `rows` fails; at request fidelity also where there is nothing to follow or too much.
pub fn simulate(model: &Model, options: &Options, control: &Control, rows: Option<RowSink>) -> Result<Runs, RunError> {
    let mut runs = Runs::new(model);
    go_on(model, options, control, &mut runs, Each { rows, ..Each::default() })?;
    Ok(runs)
}

/// Simulates the replications that `options` ask for beyond those that are there, and keeps what each of them gave. The
/// result is that of [`simulate`] to the last bit. What ended within a block, because of its count or of the user, is not gone on
/// with but done anew.
///
/// # Errors
/// What [`simulate`] complains about.
pub fn extend(
    model: &Model,
    options: &Options,
    control: &Control,
    runs: &mut Runs,
    observed: &mut Observed,
) -> Result<(), RunError> {
    let block = match options.fidelity {
        Fidelity::Flow => BLOCK,
        Fidelity::Request => runs.per_draw,
    };
    let batched = runs.requests.as_ref().is_some_and(|requests| requests.batched);
    if runs.interrupted || batched || !runs.replications.is_multiple_of(block) {
        (*runs, *observed) = (Runs::new(model), Observed::new(model));
    }
    go_on(model, options, control, runs, Each { observed: Some(observed), ..Each::default() })
}

fn go_on(model: &Model, options: &Options, control: &Control, runs: &mut Runs, each: Each<'_>) -> Result<(), RunError> {
    let threads = options.threads.unwrap_or(0);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|error| RunError::Threads(threads, error))?;
    let (started, before) = (Instant::now(), runs.wall_seconds);
    match options.fidelity {
        Fidelity::Flow => flow(model, options, control, runs, each, &pool)?,
        Fidelity::Request => requests::simulate(model, options, control, runs, each, &pool)?,
    }
    (runs.typical, runs.bad) = typical_and_bad(&runs.downtimes);
    runs.wall_seconds = before + started.elapsed().as_secs_f64();
    Ok(())
}

/// The replications at flow fidelity, from where `runs` end.
fn flow(
    model: &Model,
    options: &Options,
    control: &Control,
    runs: &mut Runs,
    mut each: Each<'_>,
    pool: &ThreadPool,
) -> Result<(), RunError> {
    let worlds = Mutex::new(Vec::new());
    runs.warmup = Warmup::asked(options.before());
    let mut next = runs.replications / BLOCK;
    let wanted = each.wants();
    let wave = pool.current_num_threads() as u64 * 4;
    loop {
        let goal = precision::goal(model, options, runs);
        control.goal.store(goal, Ordering::Relaxed);
        if runs.replications >= goal || runs.interrupted {
            return Ok(());
        }
        let until = goal.div_ceil(BLOCK).min(next + wave);
        let block = |number: u64| {
            let world = lock(&worlds).pop();
            let mut world = world.unwrap_or_else(|| World::new(model, options.before()));
            let (from, to) = (number * BLOCK, ((number + 1) * BLOCK).min(goal));
            let done = run_block(model, &mut world, options.seed, from, to, control, wanted);
            lock(&worlds).push(world);
            done
        };
        let done: Vec<Block> = pool.install(|| (next..until).into_par_iter().map(block).collect());
        for block in done {
            let partial = block.runs.interrupted;
            runs.merge(&block.runs);
            each.take(&block.rows, &block.observed)?;
            if partial {
                break;
            }
        }
        next = until;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// What a block gave.
struct Block {
    runs: Runs,
    rows: Vec<Row>,
    observed: Observed,
}

/// Runs the replications `from..to`, in draws of the uncertain numbers; stops at once when asked to.
fn run_block(model: &Model, world: &mut World, seed: u64, from: u64, to: u64, control: &Control, wanted: Wanted) -> Block {
    let mut block = Block { runs: Runs::new(model), rows: Vec::new(), observed: Observed::new(model) };
    let per_draw = block.runs.per_draw;
    let mut outcomes: Vec<Outcome> = Vec::new();
    let mut replication = from;
    while replication < to {
        if control.stop.load(Ordering::Relaxed) {
            block.runs.interrupted = true;
            break;
        }
        let draw = replication / per_draw;
        let last = (replication + per_draw).min(to);
        outcomes.truncate(0);
        let before = (block.rows.len(), block.runs.downtimes.len(), block.observed.len());
        for number in replication..last {
            let goes_on = |_: &World| !control.stop.load(Ordering::Relaxed);
            let Some(events) = world.run_while(seed, number, draw, goes_on) else {
                block.runs.interrupted = true;
                break;
            };
            block.runs.events += events;
            let outcome = world.outcome();
            block.runs.downtimes.push((number, downtime(outcome)));
            if wanted.rows {
                collect::rows(outcome, number, draw, &mut block.rows);
            }
            if wanted.observed {
                block.observed.add(outcome);
            }
            if per_draw > 1 {
                outcomes.push(outcome.clone());
            }
        }
        if block.runs.interrupted {
            // A draw counts as a whole or not at all.
            world.lengths().iter_mut().flatten().for_each(crate::sim::Lengths::clear);
            block.rows.truncate(before.0);
            block.runs.downtimes.truncate(before.1);
            block.observed.truncate(before.2);
            break;
        }
        if per_draw > 1 {
            block.runs.add(&outcomes.iter().collect::<Vec<_>>());
        } else {
            block.runs.add(&[world.outcome()]);
        }
        for (runs, lengths) in block.runs.services.iter_mut().zip(world.lengths()) {
            runs.load.take(lengths);
        }
        control.done.fetch_add(last - replication, Ordering::Relaxed);
        replication = last;
    }
    block.runs.services.iter_mut().for_each(|runs| runs.load.close_block());
    block
}

/// Total downtime of a replication, seconds.
fn downtime(outcome: &Outcome) -> f64 {
    outcome.services.iter().map(|service| service.sums[crate::sim::sum::DOWN]).sum()
}

/// Of those given by number and downtime, the replications whose downtime is nearest to the median and at about the 95th
/// percentile.
fn typical_and_bad(downtimes: &[(u64, f64)]) -> (u64, u64) {
    let mut order = downtimes.to_vec();
    order.sort_by(|a, b| a.1.total_cmp(&b.1));
    let at = |share: f64| order.get((order.len() as f64 * share) as usize).map_or(0, |(number, _)| *number);
    (at(0.5), at(0.95))
}
