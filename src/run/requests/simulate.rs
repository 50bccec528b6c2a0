//! Replications at request fidelity: each, or each draw of the uncertain numbers, is a piece of parallel work.

use std::cell::Cell;
use std::sync::Mutex;
use std::sync::atomic::Ordering;

use rayon::ThreadPool;
use rayon::prelude::*;

use super::{Load, RequestRuns, Warmup, warmup};
use crate::model::Model;
use crate::run::{Control, Each, Observed, Options, Row, RunError, Runs, Wanted, collect, downtime, lock};
use crate::sim::Outcome;
use crate::sim::request::{MOST_SERVERS, Plan, RequestOutcome, Requests, Stopped, servers};

/// Batches of a single replication; each is an observation.
const BATCHES: usize = 32;
/// Bins of the horizon, for courses over time.
const BINS: usize = 128;
/// Requests of services in one replication that are followed: about an hour of one processor.
const MOST: f64 = 2e10;
/// Horizons that are proposed where there are more, the longest that gives about a minute's work.
const HORIZONS: [(f64, &str); 8] = [
    (30.0 * 86_400.0, "30d"),
    (7.0 * 86_400.0, "7d"),
    (86_400.0, "1d"),
    (6.0 * 3_600.0, "6h"),
    (3_600.0, "1h"),
    (600.0, "10m"),
    (60.0, "1m"),
    (10.0, "10s"),
];
const PROPOSED: f64 = 1e8;

/// What a piece of work gave.
struct Unit {
    runs: Runs,
    rows: Vec<Row>,
    observed: Observed,
}

/// Simulates the replications that `options` ask for, from where `runs` end, each request by itself.
///
/// # Errors
/// Where nothing sends requests or too many come, where so many are on their way at once that memory would run out, or where
/// `rows` fails.
pub fn simulate(
    model: &Model,
    options: &Options,
    control: &Control,
    runs: &mut Runs,
    mut each: Each<'_>,
    pool: &ThreadPool,
) -> Result<(), RunError> {
    let load = Load::of(model);
    refuse(model, options, &load)?;
    let warmup = match options.warmup {
        Some(seconds) => Warmup::asked(seconds),
        None if runs.replications > 0 => runs.warmup,
        None => {
            let Some(warmup) = warmup::find(model, options, &load, control, pool) else {
                runs.interrupted = true;
                return Ok(());
            };
            warmup
        }
    };
    let batched = options.replications == 1;
    let plan = Plan { warmup: warmup.seconds, bins: BINS, batches: if batched { BATCHES } else { 1 } };
    let none = || Runs { warmup, requests: Some(RequestRuns::new(model, batched)), ..Runs::new(model) };
    if runs.replications == 0 {
        *runs = none();
    }
    let (simulators, wanted) = (Mutex::new(Vec::new()), each.wants());
    let units = options.replications.div_ceil(runs.per_draw);
    let wave = pool.current_num_threads() as u64 * 4;
    control.goal.store(options.replications, Ordering::Relaxed);
    let mut next = runs.replications / runs.per_draw;
    while next < units && !runs.interrupted {
        let until = units.min(next + wave);
        let unit = |draw: u64| {
            let simulator = lock(&simulators).pop();
            let mut simulator = simulator.unwrap_or_else(|| Requests::new(model, plan));
            let unit = Unit { runs: none(), rows: Vec::new(), observed: Observed::new(model) };
            let done = run_unit(unit, &mut simulator, options, draw, control, wanted);
            lock(&simulators).push(simulator);
            done
        };
        // Pieces of one: a replication may take minutes, and none shall wait behind another while a thread is idle.
        let done: Vec<Result<Unit, RunError>> = pool
            .install(|| (0..(until - next) as usize).into_par_iter().with_max_len(1).map(|k| unit(next + k as u64)).collect());
        for unit in done {
            let unit = unit?;
            runs.merge(&unit.runs);
            each.take(&unit.rows, &unit.observed)?;
        }
        next = until;
    }
    Ok(())
}

/// Runs the replications of one draw of the uncertain numbers. One that was stopped leaves nothing but the mark of it.
fn run_unit(
    mut unit: Unit,
    simulator: &mut Requests,
    options: &Options,
    draw: u64,
    control: &Control,
    wanted: Wanted,
) -> Result<Unit, RunError> {
    let per_draw = unit.runs.per_draw;
    let (from, to) = (draw * per_draw, ((draw + 1) * per_draw).min(options.replications));
    let mut given: Vec<(Outcome, RequestOutcome)> = Vec::new();
    for number in from..to {
        let told = Cell::new(0);
        let goes_on = |fraction: f64| {
            let thousandths = (fraction.clamp(0.0, 1.0) * 1e3) as u64;
            control.thousandths.fetch_add(thousandths.saturating_sub(told.get()), Ordering::Relaxed);
            told.set(thousandths.max(told.get()));
            !control.stop.load(Ordering::Relaxed)
        };
        let stopped = control.stop.load(Ordering::Relaxed);
        let done = if stopped { Err(Stopped::Asked) } else { simulator.run_while(options.seed, number, draw, goes_on) };
        match done {
            Ok(events) => unit.runs.events += events,
            Err(Stopped::Asked) => {
                // A draw counts as a whole or not at all.
                unit.runs.interrupted = true;
                unit.runs.events = 0;
                unit.runs.downtimes.clear();
                unit.rows.clear();
                unit.observed.truncate(0);
                return Ok(unit);
            }
            Err(Stopped::Flooded { at, in_flight }) => return Err(flooded(number, at, in_flight)),
        }
        goes_on(1.0);
        let outcome = simulator.outcome();
        unit.runs.downtimes.push((number, downtime(outcome)));
        if wanted.rows {
            collect::rows(outcome, number, draw, &mut unit.rows);
        }
        if wanted.observed {
            unit.observed.add(outcome);
        }
        if to - from > 1 {
            given.push((outcome.clone(), simulator.requests().clone()));
        }
    }
    let one = [(simulator.outcome(), simulator.requests())];
    let several: Vec<(&Outcome, &RequestOutcome)> = given.iter().map(|(outcome, requests)| (outcome, requests)).collect();
    let given = if several.is_empty() { &one[..] } else { &several[..] };
    unit.runs.add(&given.iter().map(|(outcome, _)| *outcome).collect::<Vec<_>>());
    if let Some(requests) = &mut unit.runs.requests {
        requests.add(&given.iter().map(|(_, requests)| *requests).collect::<Vec<_>>());
    }
    control.done.fetch_add(to - from, Ordering::Relaxed);
    Ok(unit)
}

/// What is not begun: a run without requests, one that would not end, and what belongs to the other fidelity.
fn refuse(model: &Model, options: &Options, load: &Load) -> Result<(), RunError> {
    if options.precision.is_some() {
        let text = "--precision is about outages, of which runs at request fidelity see few; give --replications with \
                    --fidelity request";
        return Err(RunError::Asked(text.to_owned()));
    }
    if load.sent <= 0.0 {
        let text = "nothing sends requests within the horizon, and at request fidelity there is nothing else to follow; add \
                    `traffic`, or leave out --fidelity request";
        return Err(RunError::Asked(text.to_owned()));
    }
    let servers = servers(model);
    if servers > MOST_SERVERS {
        return Err(RunError::Asked(format!(
            "{servers:.1e} servers (replicas times concurrency, over all services) are too many to follow one by one, at most \
             {MOST_SERVERS:.0e} are; leave out --fidelity request"
        )));
    }
    if load.reached <= MOST {
        return Ok(());
    }
    let fits = HORIZONS.iter().find(|(seconds, _)| load.reached * seconds / model.horizon <= PROPOSED);
    let (_, proposed) = fits.copied().unwrap_or(HORIZONS[HORIZONS.len() - 1]);
    Err(RunError::Asked(format!(
        "too much to follow each request: services get about {:.1e} of them in each replication, at most {MOST:.0e} are followed; \
         give a shorter horizon, say `--horizon {proposed}`, or leave out --fidelity request",
        load.reached
    )))
}

fn flooded(replication: u64, at: f64, in_flight: usize) -> RunError {
    let when = if at < 0.0 { format!("{:.0} s before", -at) } else { format!("{at:.0} s after") };
    RunError::Asked(format!(
        "{in_flight} requests were on their way at once, {when} the start of replication {replication}: more come than are served, \
         and memory would run out. Limit the `queue` of the service where they wait, give its callers a `timeout`, or end before \
         that with --horizon"
    ))
}
