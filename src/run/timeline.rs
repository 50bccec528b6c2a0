//! One replication again, with every incident written down.

use super::runs::{Incident, Outage, Timeline};
use crate::model::Model;
use crate::sim::{Recorder, World};

/// Failures that are told: more are neither read nor drawn, and would not fit into memory where things fail each second.
const MOST: usize = 10_000;
/// Failures that are kept while looking for them, those of the warm-up included.
const MOST_KEPT: usize = 1_000_000;

/// Repeats replication `replication` and tells what happened in it, up to ten thousand failures.
#[must_use]
pub fn timeline(model: &Model, seed: u64, warmup: f64, replication: u64) -> Timeline {
    let per_draw = if model.parameters.is_empty() { 1 } else { 2 };
    let mut world = World::observed(model, warmup, Recorder::default());
    let measured = |seen: &Recorder| seen.failures.len() - seen.failures.partition_point(|failure| failure.began < warmup);
    let goes_on = |world: &World<'_, Recorder>| {
        let seen = world.observer();
        measured(seen) <= MOST && seen.outages.len() <= MOST_KEPT && seen.failures.len() <= MOST_KEPT
    };
    let whole = world.run_while(seed, replication, replication / per_draw, goes_on).is_some();
    let mut seen = world.into_observer();
    let told_until = if measured(&seen) > MOST {
        let first = seen.failures.len() - measured(&seen);
        let until = seen.failures[first + MOST].began;
        seen.failures.truncate(first + MOST);
        seen.outages.retain(|&(_, _, began, _)| began < until);
        Some(until - warmup)
    } else {
        let last = seen.failures.last().map_or(0.0, |failure| failure.began);
        (!whole).then_some((last - warmup).max(0.0))
    };
    let end = warmup + model.horizon;
    let reached = |t: f64| (t < end).then_some(t - warmup);
    let incidents = seen.failures.iter().filter(|failure| failure.repaired >= warmup).map(|failure| Incident {
        failure: model.clocks[failure.clock as usize].mode,
        thing: model.thing_name(failure.clock),
        began: failure.began - warmup,
        detected: reached(failure.detected),
        acknowledged: reached(failure.acknowledged),
        repaired: reached(failure.repaired),
    });
    let mut outages: Vec<Outage> = seen
        .outages
        .iter()
        .filter(|&&(.., ended)| ended >= warmup)
        .map(|&(service, cause, began, ended)| Outage {
            service,
            began: began - warmup,
            ended: reached(ended),
            failure: model.clocks.get(cause as usize).map(|clock| clock.mode),
        })
        .collect();
    outages.sort_by(|a, b| a.began.total_cmp(&b.began));
    Timeline { replication, incidents: incidents.collect(), outages, told_until }
}
