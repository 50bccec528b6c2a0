//! Single requests: users, priorities, shedding, and that time passes.

use std::collections::{HashMap, HashSet};

use super::{Context, Finding, calls, failures};
use crate::scenario::distribution::{Distribution, Uncertain};
use crate::scenario::path::KeyPath;
use crate::scenario::schema::Scenario;
use crate::scenario::service::{Balance, Discipline, Service};
use crate::units::Fraction;

/// Users have no rate, and only they think.
pub fn users(context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (name, traffic) in &context.scenario.traffic {
        let at = |word: &str| KeyPath::of(&["traffic", name, word]);
        let words = [
            ("growth", traffic.growth.is_some()),
            ("daily", traffic.daily.is_some()),
            ("weekly", traffic.weekly.is_some()),
            ("surges", !traffic.surges.is_empty()),
            ("steps", !traffic.steps.is_empty()),
            ("arrivals", traffic.arrivals.is_some()),
        ];
        for (word, _) in words.into_iter().filter(|(_, given)| *given && traffic.users.is_some()) {
            let message = format!("`{word}` does not go with `users`, who ask again once they are answered: it is about a rate");
            found.push(Finding::at(at(word), message).on_key());
        }
        if traffic.think.is_some() && traffic.users.is_none() {
            found.push(Finding::at(at("think"), "`think` goes only with `users`: nobody else waits for an answer").on_key());
        }
        if traffic.users == Some(0) {
            found.push(Finding::at(at("users"), "nobody asks: expected at least 1"));
        }
    }
    found
}

/// Priorities go from 1 to 5.
pub fn priority(context: &Context<'_>) -> Vec<Finding> {
    let failures = failures::priorities(context.scenario);
    let written = written_priorities(context);
    let wrong = failures.into_iter().chain(written).filter(|(_, priority)| !(1..=5).contains(priority));
    wrong.map(|(path, priority)| Finding::at(path, format!("`{priority}` is no priority: expected 1 (first) to 5"))).collect()
}

/// The priorities of traffic and of calls.
fn written_priorities(context: &Context<'_>) -> Vec<(KeyPath, u8)> {
    let traffic = context.scenario.traffic.iter();
    let traffic = traffic.filter_map(|(name, source)| Some((KeyPath::of(&["traffic", name, "priority"]), source.priority?)));
    traffic.chain(calls::all(context).filter_map(|(path, call)| Some((path.key("priority"), call.priority?)))).collect()
}

/// Some service goes by the priorities that are written.
pub fn idle_priority(context: &Context<'_>) -> Vec<Finding> {
    if context.scenario.services.values().any(|service| service.discipline == Discipline::Priority) {
        return Vec::new();
    }
    let idle = written_priorities(context).into_iter();
    idle.map(|(path, _)| {
        Finding::at(path, "no service goes by priorities: all wait alike").help("give a service `discipline: priority`").on_key()
    })
    .collect()
}

/// Load shedding turns away some requests and not all.
pub fn shed(context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (name, service) in &context.scenario.services {
        let Some(shed) = service.shed else { continue };
        let path = KeyPath::of(&["services", name, "shed"]);
        if shed.queue.is_none() && shed.age.is_none() {
            found.push(Finding::at(path, "it turns nothing away: `queue`, `age` or both say when it does"));
        } else if shed.queue == Some(0) {
            found.push(Finding::at(path.key("queue"), "it would turn away every request: expected at least 1"));
        }
    }
    found
}

/// A share of the requests that grows is one that a replica has.
pub fn slow_start(context: &Context<'_>) -> Vec<Finding> {
    let shared = context.scenario.services.iter();
    let shared = shared.filter(|(_, service)| service.slow_start.0 > 0.0 && service.balance == Balance::SharedQueue);
    let message = "with `balance: shared_queue` replicas take requests themselves: none has a share to grow";
    shared.map(|(name, _)| Finding::new(&["services", name, "slow_start"], message)).collect()
}

/// Between two requests of a user some time passes.
pub fn standstill(context: &Context<'_>) -> Vec<Finding> {
    let scenario = context.scenario;
    let never_think = scenario.traffic.iter().filter(|(_, traffic)| {
        let known = scenario.services.contains_key(&traffic.to);
        known && traffic.users.is_some() && traffic.think.as_ref().is_none_or(Distribution::is_zero)
    });
    let never_think: Vec<_> = never_think.collect();
    if never_think.is_empty() {
        return Vec::new();
    }
    let slow = take_time(scenario);
    let hasty = never_think.into_iter().filter(|(_, traffic)| !slow.contains(traffic.to.as_str()));
    hasty
        .map(|(name, traffic)| {
            let message =
                format!("nothing that `{}` does takes time, and its users do not think: time would stand still", traffic.to);
            let help = "give the users some time to `think`, or the services a `service_time` or a `capacity`";
            Finding::new(&["traffic", name, "users"], message).help(help).on_key()
        })
        .collect()
}

/// The services whose requests take time, there or in what they call.
fn take_time(scenario: &Scenario) -> HashSet<&str> {
    let mut callers: HashMap<&str, Vec<&str>> = HashMap::new();
    for (name, service) in &scenario.services {
        for call in service.calls.iter().filter(|call| call.hits != Uncertain::Known(Fraction(1.0))) {
            callers.entry(&call.to).or_default().push(name);
        }
    }
    let takes_time =
        |service: &Service| service.capacity.is_some() || service.service_time.as_ref().is_some_and(|time| !time.is_zero());
    let mut rest: Vec<&str> =
        scenario.services.iter().filter(|(_, service)| takes_time(service)).map(|(name, _)| name.as_str()).collect();
    let mut found = HashSet::new();
    while let Some(service) = rest.pop() {
        if found.insert(service) {
            rest.extend(callers.get(service).into_iter().flatten());
        }
    }
    found
}
