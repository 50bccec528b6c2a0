//! Replications in parallel.
//!
//! Replications are done in blocks of 64, and the blocks are merged in the order of their numbers, so the result is the
//! same to the last bit on any number of threads. Memory does not grow with their count: a block keeps sums and
//! sketches, and the rows of its replications go to whoever wants them as soon as it is merged. At request fidelity a
//! block is one draw of the uncertain numbers: a replication, or two.

mod collect;
mod demand;
pub mod impact;
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

/// Simulates the replications that `options` ask for.
///
/// # Errors
/// Where threads cannot be started or `rows` fails; at request fidelity also where there is nothing to follow or too much.
pub fn simulate(model: &Model, options: &Options, control: &Control, rows: Option<RowSink>) -> Result<Runs, RunError> {
    let threads = options.threads.unwrap_or(0);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|error| RunError::Threads(threads, error))?;
    let started = Instant::now();
    let mut runs = match options.fidelity {
        Fidelity::Flow => flow(model, options, control, rows, &pool)?,
        Fidelity::Request => requests::simulate(model, options, control, rows, &pool)?,
    };
    runs.wall_seconds = started.elapsed().as_secs_f64();
    Ok(runs)
}

/// The replications at flow fidelity.
fn flow(
    model: &Model,
    options: &Options,
    control: &Control,
    mut rows: Option<RowSink>,
    pool: &ThreadPool,
) -> Result<Runs, RunError> {
    let worlds = Mutex::new(Vec::new());
    let mut runs = Runs { warmup: Warmup::asked(options.before()), ..Runs::new(model) };
    let mut downtimes: Vec<f64> = Vec::new();
    let mut next = 0;
    let wants_rows = rows.is_some();
    let wave = pool.current_num_threads() as u64 * 4;
    loop {
        let goal = precision::goal(model, options, &runs);
        control.goal.store(goal, Ordering::Relaxed);
        if runs.replications >= goal || runs.interrupted {
            break;
        }
        let until = goal.div_ceil(BLOCK).min(next + wave);
        let block = |number: u64| {
            let world = lock(&worlds).pop();
            let mut world = world.unwrap_or_else(|| World::new(model, options.before()));
            let (from, to) = (number * BLOCK, ((number + 1) * BLOCK).min(goal));
            let done = run_block(model, &mut world, options.seed, from, to, control, wants_rows);
            lock(&worlds).push(world);
            done
        };
        let done: Vec<Block> = pool.install(|| (next..until).into_par_iter().map(block).collect());
        for block in done {
            let partial = block.runs.interrupted;
            runs.merge(&block.runs);
            downtimes.extend(block.downtimes.iter().take(CANDIDATES - downtimes.len().min(CANDIDATES)));
            if let Some(sink) = rows.as_mut() {
                sink(&block.rows)?;
            }
            if partial {
                break;
            }
        }
        next = until;
    }
    (runs.typical, runs.bad) = typical_and_bad(&downtimes);
    Ok(runs)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// What a block gave.
struct Block {
    runs: Runs,
    rows: Vec<Row>,
    /// Total downtime of each replication, seconds.
    downtimes: Vec<f64>,
}

/// Runs the replications `from..to`, in draws of the uncertain numbers; stops at once when asked to.
fn run_block(model: &Model, world: &mut World, seed: u64, from: u64, to: u64, control: &Control, wants_rows: bool) -> Block {
    let mut block = Block { runs: Runs::new(model), rows: Vec::new(), downtimes: Vec::new() };
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
        let (rows_before, downtimes_before) = (block.rows.len(), block.downtimes.len());
        for number in replication..last {
            let goes_on = |_: &World| !control.stop.load(Ordering::Relaxed);
            let Some(events) = world.run_while(seed, number, draw, goes_on) else {
                block.runs.interrupted = true;
                break;
            };
            block.runs.events += events;
            let outcome = world.outcome();
            block.downtimes.push(downtime(outcome));
            if wants_rows {
                collect::rows(outcome, number, draw, &mut block.rows);
            }
            if per_draw > 1 {
                outcomes.push(outcome.clone());
            }
        }
        if block.runs.interrupted {
            // A draw counts as a whole or not at all.
            world.lengths().iter_mut().flatten().for_each(crate::sim::Lengths::clear);
            block.rows.truncate(rows_before);
            block.downtimes.truncate(downtimes_before);
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

/// The replications whose downtime is nearest to the median and at about the 95th percentile.
fn typical_and_bad(downtimes: &[f64]) -> (u64, u64) {
    let mut order: Vec<u64> = (0..downtimes.len() as u64).collect();
    order.sort_by(|&a, &b| downtimes[a as usize].total_cmp(&downtimes[b as usize]));
    let at = |share: f64| order.get((order.len() as f64 * share) as usize).copied().unwrap_or(0);
    (at(0.5), at(0.95))
}
