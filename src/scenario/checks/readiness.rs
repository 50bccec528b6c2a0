//! Production readiness: what is legal and will hurt.

use std::collections::HashSet;

use super::names::everywhere;
use super::{Context, Finding};
use crate::scenario::failure::{Hits, Trigger};
use crate::scenario::path::KeyPath;
use crate::scenario::schema::Scenario;
use crate::scenario::service::{Service, Tier};

/// A mean time to failure is written `mttf`.
pub fn mtbf(context: &Context<'_>) -> Vec<Finding> {
    let written = everywhere(context.tree, "failures.*.mtbf").into_iter();
    written
        .map(|(path, _)| {
            let help = "write `mttf`; subtract the mean repair if your number counts from failure to failure";
            Finding::at(path, "`mtbf` is read as a mean time *to* failure").help(help).on_key()
        })
        .collect()
}

/// The fewest replicas that a service ever has.
fn fewest(service: &Service) -> u32 {
    service.autoscale.as_ref().map_or_else(|| service.replicas.unwrap_or(1), |autoscale| autoscale.min)
}

/// A critical service survives the loss of a replica.
pub fn single_point(context: &Context<'_>) -> Vec<Finding> {
    let alone = context.scenario.services.iter().filter(|(_, service)| {
        let own = service.up_when.is_none() && service.external.is_none();
        own && service.tier == Some(Tier::Critical) && fewest(service) == 1
    });
    alone
        .map(|(name, _)| {
            Finding::new(&["services", name], "a critical service with a single replica is down whenever it is").on_key()
        })
        .collect()
}

/// A service has a replica more than it needs.
pub fn needs_all(context: &Context<'_>) -> Vec<Finding> {
    let tight = context
        .scenario
        .services
        .iter()
        .filter(|(_, service)| service.needs.is_some_and(|needs| needs > 1 && service.replicas == Some(needs)));
    tight
        .map(|(name, _)| {
            Finding::new(&["services", name, "needs"], "it needs all of its replicas: the loss of one takes it down")
        })
        .collect()
}

/// A failure that people repair is noticed after some time.
pub fn detection(context: &Context<'_>) -> Vec<Finding> {
    let instant = context.scenario.failures.iter().filter(|(_, failure)| {
        let by_chance = matches!(failure.trigger, Trigger::TimeToFailure(_));
        by_chance && failure.team.is_some() && failure.detection.is_zero()
    });
    instant
        .map(|(name, _)| {
            Finding::new(&["failures", name], "people repair it, and they notice it at once: `detection` is 0s").on_key()
        })
        .collect()
}

/// What some failure mode hits.
#[derive(Default)]
struct Hit<'a> {
    every_service: bool,
    what_stands_in_zones: bool,
    named: HashSet<&'a str>,
}

fn hit(scenario: &Scenario) -> Hit<'_> {
    let mut hit = Hit::default();
    for failure in scenario.failures.values() {
        match failure.hits {
            Hits::Replica | Hits::Service => {
                hit.every_service |= failure.of.is_empty();
                hit.named.extend(failure.of.iter().map(String::as_str));
            }
            Hits::Host => hit.named.extend(failure.hosts.iter().flat_map(|hosts| hosts.of.iter().map(String::as_str))),
            Hits::Zone | Hits::Region => hit.what_stands_in_zones = true,
            Hits::Call => {}
        }
    }
    hit
}

/// Every service can fail.
pub fn no_failure(context: &Context<'_>) -> Vec<Finding> {
    let hit = hit(context.scenario);
    let fails = |name: &str, service: &Service| {
        let by_others = service.external.is_some() || service.up_when.is_some();
        by_others || hit.every_service || hit.what_stands_in_zones && service.spread.is_some() || hit.named.contains(name)
    };
    let safe = context.scenario.services.iter().filter(|(name, service)| !fails(name, service));
    safe.map(|(name, _)| Finding::new(&["services", name], "no failure mode hits this service: it is always up").on_key())
        .collect()
}

/// A call has a timeout.
pub fn timeouts(context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (name, service) in &context.scenario.services {
        for (index, call) in service.calls.iter().enumerate().filter(|(_, call)| call.timeout.is_none()) {
            let path = KeyPath::of(&["services", name, "calls"]).index(index).key("to");
            found.push(Finding::at(
                path,
                format!("the call to `{}` has no `timeout`: a slow `{}` holds its callers", call.to, call.to),
            ));
        }
    }
    found
}

/// There is something to keep.
pub fn no_objective(context: &Context<'_>) -> Vec<Finding> {
    let scenario = context.scenario;
    let promised = !scenario.objectives.is_empty() || scenario.services.values().any(|service| service.tier.is_some());
    if promised || scenario.services.is_empty() {
        return Vec::new();
    }
    let finding = Finding::new(&["services"], "there is no objective: nothing says how much downtime is too much").on_key();
    vec![finding.help("add one under `objectives`, or a `tier` to a service")]
}
