//! What there is to follow: about how many requests come, and whether any of them can fail.

use crate::model::{Model, Thing};
use crate::sim::Drawn;

/// About how many requests there are, the uncertain numbers at their medians.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Load {
    /// Requests per second that the sources send at the start.
    pub at_start: f64,
    /// Requests that they send over the horizon.
    pub sent: f64,
    /// Requests that reach services over the horizon, those of calls included and retries not.
    pub reached: f64,
}

impl Load {
    /// Of the sources of a model. Users send as often as they do in an unloaded system, or as often as they are served.
    #[must_use]
    pub fn of(model: &Model) -> Self {
        let drawn = Drawn::new(model);
        let draws = &drawn.draws;
        let mut below = vec![1.0; model.services.len()];
        for &s in &model.order {
            let calls = model.services[s as usize].calls.iter();
            let made = |call: &crate::model::Call| call.per_request * (1.0 - call.handling.hits.get(draws));
            below[s as usize] += calls.map(|call| made(call) * below[call.to as usize]).sum::<f64>();
        }
        let mut load = Self { at_start: 0.0, sent: 0.0, reached: 0.0 };
        let mut add = |rate: f64, sent: f64, to: u32| {
            load.at_start += rate;
            load.sent += sent;
            load.reached += sent * below[to as usize];
        };
        for (source, curve) in model.demand.sources.iter().zip(&drawn.curves) {
            add(curve.rate(&model.demand, 0.0), curve.total(&model.demand, model.horizon), source.to);
        }
        for users in &model.users {
            let (carry, service) = (drawn.carry[users.to as usize], &model.services[users.to as usize]);
            let think = users.think.drawn(draws).map_or(users.think.law.mean(), |law| law.mean());
            let round = (think + carry.response).max(f64::MIN_POSITIVE);
            let served = carry.capacity * f64::from(service.active().max(1));
            // Without work and thinking nothing slows them down: about what a machine can simulate in a second.
            let rate = (f64::from(users.number(draws)) / round).min(served).min(1e9);
            add(rate, rate * model.horizon, users.to);
        }
        load
    }
}

/// By service, whether any of its requests can fail; where none can, that is known without error.
///
/// A request can fail where a queue is limited, requests are shed, something breaks or someone gives up waiting; so can those
/// that call it and need it, and those that it calls, which are given up with it.
#[must_use]
pub fn can_go_wrong(model: &Model) -> Vec<bool> {
    let mut wrong: Vec<bool> = model
        .services
        .iter()
        .map(|service| {
            let limited = service.queue.is_finite() || service.serving.shed_queue.is_finite();
            let breaks = service.can_fail || !service.replica_clocks.is_empty() || !service.own_clocks.is_empty();
            limited || service.serving.shed_age.is_finite() || breaks || service.up_when.is_some()
        })
        .collect();
    for clock in &model.clocks {
        if let Thing::Zones(zones) = &clock.thing {
            for (wrong, service) in wrong.iter_mut().zip(&model.services) {
                *wrong |= service.stands_in(model, zones);
            }
        }
    }
    let calls = || model.services.iter().enumerate().flat_map(|(s, service)| service.calls.iter().map(move |call| (s, call)));
    for (_, call) in calls().filter(|(_, call)| call.timeout.is_finite()) {
        wrong[call.to as usize] = true;
    }
    // As often as there are services is enough for the longest way.
    for _ in 0..model.services.len() {
        for (from, call) in calls() {
            let to = call.to as usize;
            wrong[from] |= wrong[to] && call.needed;
            wrong[to] |= wrong[from];
        }
    }
    wrong
}
