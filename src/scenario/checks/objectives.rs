//! Objectives: targets that can be kept and missed, and what follows when they are missed.

use super::{Context, Finding};
use crate::scenario::objective::Counts;
use crate::scenario::path::KeyPath;

/// Targets and credits can be kept and missed.
pub fn sane(context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (name, objective) in &context.scenario.objectives {
        if objective.target.0 <= 0.0 {
            found.push(Finding::new(&["objectives", name, "target"], "a target of 0% is never missed"));
        }
        if objective.latency.is_some_and(|latency| latency.below.0 <= 0.0) {
            found.push(Finding::new(&["objectives", name, "latency", "below"], "no request takes less than 0s"));
        }
        if objective.latency.is_some() && objective.counts == Some(Counts::Time) {
            let message = "`latency` does not go with `counts: time`: requests are quick or slow, time is neither";
            found.push(Finding::new(&["objectives", name, "latency"], message).on_key());
        }
        if objective.credits.windows(2).any(|pair| pair[0].below <= pair[1].below || pair[0].credit > pair[1].credit) {
            let message = "credits must go down in `below` and up in `credit`: the worse it is, the more is paid back";
            found.push(Finding::new(&["objectives", name, "credits"], message));
        }
    }
    found
}

/// Credits are paid only where the objective is missed.
pub fn credits(context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (name, objective) in &context.scenario.objectives {
        for (index, credit) in objective.credits.iter().enumerate().filter(|(_, credit)| credit.below > objective.target) {
            let path = KeyPath::of(&["objectives", name, "credits"]).index(index).key("below");
            let message = format!("a credit is paid below {}, though the objective of {} holds", credit.below, objective.target);
            found.push(Finding::at(path, message));
        }
    }
    found
}

/// Credits are a share of a fee.
pub fn fee(context: &Context<'_>) -> Vec<Finding> {
    let without =
        context.scenario.objectives.iter().filter(|(_, objective)| !objective.credits.is_empty() && objective.fee.is_none());
    without
        .map(|(name, _)| Finding::new(&["objectives", name, "credits"], "credits without a `fee` cost nothing").on_key())
        .collect()
}

/// An objective promises no more than an external dependency does.
pub fn external(context: &Context<'_>) -> Vec<Finding> {
    let services = &context.scenario.services;
    let mut found = Vec::new();
    for (name, objective) in &context.scenario.objectives {
        let Some(service) = services.get(&objective.service) else { continue };
        let needed = service.calls.iter().filter(|call| call.needed && call.per_request >= 1.0);
        for (callee, external) in needed.filter_map(|call| Some((&call.to, services.get(&call.to)?.external.as_ref()?))) {
            if external.availability.low() < objective.target.0 {
                let message = format!("the target of {} is above what the external `{callee}` promises", objective.target);
                found.push(Finding::new(&["objectives", name, "target"], message));
            }
        }
    }
    found
}
