//! Production readiness: what is legal and will hurt.

use super::names::everywhere;
use super::{Context, Finding};
use crate::scenario::failure::{Hits, Trigger};
use crate::scenario::path::KeyPath;
use crate::scenario::service::Tier;

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

/// A critical service survives the loss of a replica.
pub fn single_point(context: &Context<'_>) -> Vec<Finding> {
    let alone = context.scenario.services.iter().filter(|(_, service)| {
        let own = service.up_when.is_none() && service.external.is_none();
        own && service.tier == Some(Tier::Critical) && service.replicas.unwrap_or(1) == 1
    });
    alone.map(|(name, _)| Finding::new(&["services", name], "a critical service with a single replica is down whenever it is").on_key()).collect()
}

/// A service has a replica more than it needs.
pub fn needs_all(context: &Context<'_>) -> Vec<Finding> {
    let tight = context.scenario.services.iter().filter(|(_, service)| {
        service.needs.is_some_and(|needs| needs > 1 && service.replicas == Some(needs))
    });
    tight.map(|(name, _)| Finding::new(&["services", name, "needs"], "it needs all of its replicas: the loss of one takes it down")).collect()
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

/// Every service can fail.
pub fn no_failure(context: &Context<'_>) -> Vec<Finding> {
    let scenario = context.scenario;
    let strikes = |name: &str| {
        scenario.failures.values().any(|failure| match failure.hits {
            Hits::Replica | Hits::Service => failure.of.is_empty() || failure.of.iter().any(|of| of == name),
            Hits::Host => failure.hosts.as_ref().is_some_and(|hosts| hosts.of.iter().any(|of| of == name)),
            Hits::Zone | Hits::Region => scenario.services.get(name).is_some_and(|service| service.spread.is_some()),
            Hits::Call => false,
        })
    };
    let own = |name: &str| scenario.services.get(name).is_some_and(|service| service.external.is_none() && service.up_when.is_none());
    let names = scenario.services.keys().filter(|name| own(name) && !strikes(name));
    names.map(|name| Finding::new(&["services", name], "no failure mode hits this service: it is always up").on_key()).collect()
}

/// A call has a timeout.
pub fn timeouts(context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (name, service) in &context.scenario.services {
        for (index, call) in service.calls.iter().enumerate().filter(|(_, call)| call.timeout.is_none()) {
            let path = KeyPath::of(&["services", name, "calls"]).index(index).key("to");
            found.push(Finding::at(path, format!("the call to `{}` has no `timeout`: a slow `{}` holds its callers", call.to, call.to)));
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
