//! The response to one failure: made to happen at a random moment in each replication, and followed until it is over.
//!
//! As in [`mod@super::impact`] each replication is copied at that moment, and one copy goes on without the failure: what users lose by it is
//! the difference. The moment and the thing that is hit are functions of the seed and the replication alone, so variants of a
//! scenario meet the same incidents.

mod follow;
mod stages;

use std::sync::Mutex;
use std::sync::atomic::Ordering;
use std::time::Instant;

use rayon::prelude::*;

pub use follow::{Response, Taken};
pub use stages::{STAGES, Stage};

use super::impact::effect::caused;
use super::impact::window;
use super::{BLOCK, Control, Options, RunError, lock};
use crate::model::{Effect, Model};
use crate::random::{Stream, base, uniform};
use crate::sim::{World, sum};
use follow::Follow;

const WEEK: f64 = 7.0 * 86_400.0;

/// What is made to happen, and whose users count.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    /// The index of the failure mode.
    pub mode: u32,
    /// Its clocks: in each replication one of them fires, each as likely as the others.
    pub clocks: Vec<u32>,
    /// The services whose users are hurt while they are down.
    pub users: Vec<u32>,
}

/// One incident.
#[derive(Debug, Clone)]
pub struct Incident {
    /// When it began, seconds after the start.
    pub at: f64,
    /// From then to the horizon, seconds.
    pub left: f64,
    /// The clock that fired.
    pub clock: u32,
    /// How the response went.
    pub response: Response,
    /// From the onset until nobody is hurt by it any more, seconds: services of users that were down because of it are up, or a failure that
    /// leaves things at work but worse, and costs requests or error budget, is over. 0 where nobody was hurt, infinite where that was not
    /// seen.
    pub hurt: f64,
    /// By the place of the service in [`Subject::users`]: from the onset until it is up for good, where it is down because of it, else 0.
    pub down: Vec<f64>,
    /// Of the wait for the first person: outside the hours of the team, seconds.
    pub closed: f64,
    /// Requests that fail at the services that traffic enters, against the same history without it.
    pub lost: f64,
    /// By objective: error budgets spent, of the window that it falls in; none where nothing was counted.
    pub budgets: Vec<Option<f64>>,
    /// Failures of the same kind that arose by themselves over the horizon.
    pub own: f64,
}

/// The incidents of all replications.
#[derive(Debug, Clone)]
pub struct IncidentRuns {
    /// By replication; none where what was to be hit had failed already.
    pub incidents: Vec<Option<Incident>>,
    /// Replications that share one draw of the uncertain numbers.
    pub per_draw: u64,
    /// Events of all runs.
    pub events: u64,
    /// Time that simulating them took.
    pub wall_seconds: f64,
    /// Ended by the user before all were done.
    pub interrupted: bool,
}

/// The latest moment of an incident: the last week is left out, or half of a shorter horizon, so that it can be followed.
#[must_use]
pub fn latest(horizon: f64) -> f64 {
    horizon - WEEK.min(horizon / 2.0)
}

/// The moment, in seconds after the start, and which of `clocks` fires.
fn moment(model: &Model, subject: &Subject, seed: u64, replication: u64) -> (f64, u32) {
    let stream = Stream::new(base("incident", 0), seed, replication);
    let which = (uniform(stream.word(1)) * subject.clocks.len() as f64) as usize;
    (uniform(stream.word(0)) * latest(model.horizon), subject.clocks[which.min(subject.clocks.len() - 1)])
}

/// Simulates the replications that `options` ask for, each with one incident and without it. Progress counts on from where it is.
///
/// # Errors
/// Where threads cannot be started.
pub fn incidents(model: &Model, options: &Options, subject: &Subject, control: &Control) -> Result<IncidentRuns, RunError> {
    let threads = options.threads.unwrap_or(0);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|error| RunError::Threads(threads, error))?;
    let started = Instant::now();
    let worlds = Mutex::new(Vec::new());
    let per_draw = if model.parameters.is_empty() { 1 } else { 2 };
    let mut all = IncidentRuns { incidents: Vec::new(), per_draw, events: 0, wall_seconds: 0.0, interrupted: false };
    let blocks = options.replications.div_ceil(BLOCK);
    let wave = pool.current_num_threads() as u64 * 4;
    let mut next = 0;
    while next < blocks && !all.interrupted {
        let until = blocks.min(next + wave);
        let block = |number: u64| {
            let world = lock(&worlds).pop();
            let mut world = world.unwrap_or_else(|| World::observed(model, options.before(), Follow::default()));
            let last = ((number + 1) * BLOCK).min(options.replications);
            let done = run_block(&mut world, model, options, subject, number * BLOCK..last, per_draw, control);
            lock(&worlds).push(world);
            (done, last - number * BLOCK)
        };
        let done: Vec<_> = pool.install(|| (next..until).into_par_iter().map(block).collect());
        for ((incidents, events), asked) in done {
            all.interrupted = (incidents.len() as u64) < asked;
            all.incidents.extend(incidents);
            all.events += events;
            if all.interrupted {
                break;
            }
        }
        next = until;
    }
    all.wall_seconds = started.elapsed().as_secs_f64();
    Ok(all)
}

/// Some replications, in draws of the uncertain numbers: a draw counts as a whole or not at all.
fn run_block(
    world: &mut World<'_, Follow>,
    model: &Model,
    options: &Options,
    subject: &Subject,
    replications: std::ops::Range<u64>,
    per_draw: u64,
    control: &Control,
) -> (Vec<Option<Incident>>, u64) {
    let (mut incidents, mut events) = (Vec::new(), 0);
    let mut first = replications.start;
    while first < replications.end {
        let last = (first + per_draw).min(replications.end);
        let whole = incidents.len();
        for replication in first..last {
            let Some((incident, handled)) = run_pair(world, model, options, subject, (replication, first / per_draw), control)
            else {
                incidents.truncate(whole);
                return (incidents, events);
            };
            incidents.push(incident);
            events += handled;
        }
        control.done.fetch_add(last - first, Ordering::Relaxed);
        first = last;
    }
    (incidents, events)
}

/// One replication with the incident and without it; `None` where it was to stop.
fn run_pair(
    world: &mut World<'_, Follow>,
    model: &Model,
    options: &Options,
    subject: &Subject,
    (replication, draw): (u64, u64),
    control: &Control,
) -> Option<(Option<Incident>, u64)> {
    let goes_on = |_: &World<'_, Follow>| !control.stop.load(Ordering::Relaxed);
    let (at, clock) = moment(model, subject, options.seed, replication);
    let now = options.before() + at;
    world.observer_mut().reset(model.services.len(), at, now);
    let before = world.run_to(options.seed, replication, draw, at, goes_on)?;
    let mut with = world.clone();
    with.observer_mut().strike(clock);
    if !with.force(clock, at) {
        return goes_on(world).then_some((None, before));
    }
    with.observer_mut().watch.striking = false;
    let events = before + world.run_to_end(goes_on)? + with.run_to_end(goes_on)?;
    Some((Some(incident(model, subject, world, &with, (at, now, clock))), events))
}

fn incident(
    model: &Model,
    subject: &Subject,
    without: &World<'_, Follow>,
    with: &World<'_, Follow>,
    (at, now, clock): (f64, f64, u32),
) -> Incident {
    let (left, response) = (model.horizon - at, with.observer().response.clone());
    let back = |s: u32| caused(&without.observer().watch, &with.observer().watch, s, now + left).map_or(0.0, |ended| ended - now);
    let down: Vec<f64> = subject.users.iter().map(|&s| back(s)).collect();
    let lost = |world: &World<'_, Follow>, s: usize| {
        let sums = &world.outcome().services[s].sums;
        (sums[sum::REQUESTS] - sums[sum::GOOD], sums[sum::REQUESTS])
    };
    let mut entries: Vec<u32> = model.demand.sources.iter().map(|source| source.to).collect();
    entries.sort_unstable();
    entries.dedup();
    let each = entries.iter().map(|&s| {
        let ((a, all), (b, _)) = (lost(without, s as usize), lost(with, s as usize));
        // What differs by less was rounded, not lost.
        if (b - a).abs() <= 1e-9 * all { 0.0 } else { b - a }
    });
    let lost: f64 = each.sum();
    let budgets = model.objectives.iter().enumerate().map(|(o, objective)| {
        let (from, to, _) = window(&objective.windows, at, model.horizon);
        Some(with.budget_spent(o, from, to)? - without.budget_spent(o, from, to)?)
    });
    let budgets: Vec<Option<f64>> = budgets.collect();
    let hurt = match model.modes[subject.mode as usize].effect {
        Effect::Down => down.iter().copied().fold(0.0, f64::max),
        // Without requests nobody can tell whether they fare worse.
        Effect::Degraded(_) if entries.is_empty() || lost >= 1.0 || budgets.iter().flatten().any(|spent| *spent > 1e-9) => {
            response.restored
        }
        Effect::Degraded(_) => 0.0,
    };
    let hours = model.modes[subject.mode as usize].team.and_then(|team| model.teams.get(team as usize)?.hours.as_deref());
    let closed = hours.map_or(0.0, |hours| stages::closed(hours, at + response.detected, at + response.called.min(left)));
    let own = without.outcome().failures[subject.mode as usize][0];
    Incident { at, left, clock, response, hurt, down, closed, lost, budgets, own }
}
