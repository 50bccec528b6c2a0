//! When to stop: after so many replications, or when the intervals are narrow enough.
//!
//! Stopping whenever an interval looks narrow favours runs that were lucky. The rule here looks only after 64, 128, 256
//! … replications, and believes an interval only once fifty outages (or replications with losses) stand behind it.

use super::{BLOCK, Options, Runs};
use crate::model::Model;
use crate::sim::sum;

/// A run for precision ends here at the latest: 131,072 replications.
pub const MOST_FOR_PRECISION: u64 = BLOCK << 11;
/// Fewer outages than this say little about their own spread.
const FEWEST: f64 = 50.0;
const LEVEL: f64 = 0.95;

/// Replications after which to stop, or to look again.
pub fn goal(model: &Model, options: &Options, runs: &Runs) -> u64 {
    let Some(precision) = options.precision else { return options.replications };
    let done = runs.replications;
    let look = done.div_ceil(BLOCK).max(1).next_power_of_two() * BLOCK;
    if done < look || look >= MOST_FOR_PRECISION || is_narrow(model, runs, precision) {
        return look;
    }
    2 * look
}

/// Whether every objective's interval (without objectives: every service's) is narrow relative to its downtime.
fn is_narrow(model: &Model, runs: &Runs, precision: f64) -> bool {
    if model.objectives.is_empty() {
        let fails = runs.services.iter().zip(&model.services).filter(|(_, service)| service.can_fail);
        return fails.into_iter().all(|(service, _)| {
            let outages = service.sums.sum(sum::ONSETS);
            outages >= FEWEST && relative(&service.sums.share(sum::UP, sum::DOWN, LEVEL).complement()) <= precision
        });
    }
    model.objectives.iter().zip(&runs.objectives).all(|(objective, found)| {
        let service = &model.services[objective.service as usize];
        let outages = runs.services[objective.service as usize].sums.sum(sum::ONSETS).max(found.hurt as f64);
        let attainment = found.attainment.portion(0, 1, LEVEL).complement();
        (outages >= FEWEST && relative(&attainment) <= precision)
            || (!service.can_fail && found.hurt == 0 && model.demand.is_empty() && model.users.is_empty())
    })
}

/// Half the width of an interval, relative to its value.
fn relative(estimate: &crate::stats::Estimate) -> f64 {
    match (estimate.value, estimate.low, estimate.high) {
        (Some(value), Some(low), Some(high)) if value > 0.0 => (high - low) / 2.0 / value,
        _ => f64::INFINITY,
    }
}
