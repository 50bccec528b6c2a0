//! One replication again, with every incident written down.

use super::runs::{Incident, Outage, Timeline};
use crate::model::Model;
use crate::sim::{Recorder, World};

/// Repeats replication `replication` and tells all that happened in it.
#[must_use]
pub fn timeline(model: &Model, seed: u64, warmup: f64, replication: u64) -> Timeline {
    let per_draw = if model.parameters.is_empty() { 1 } else { 2 };
    let mut world = World::observed(model, warmup, Recorder::default());
    world.run(seed, replication, replication / per_draw);
    let seen = world.into_observer();
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
    Timeline { replication, incidents: incidents.collect(), outages }
}
