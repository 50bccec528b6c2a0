//! Counts: what a computer can still hold.

use super::{Context, Finding};
use crate::scenario::traffic::MOST_USERS;

const REPLICAS: u64 = 1_000_000;
const ALL_REPLICAS: u64 = 10_000_000;
const PEOPLE: u32 = 100_000;
const CONCURRENCY: u32 = 1_000_000;
const QUEUE: u64 = 1_000_000_000;
const PARTS: u32 = 100_000;
const CALLS: f64 = 10_000.0;

fn too_many(path: &[&str], count: impl std::fmt::Display, most: impl std::fmt::Display) -> Finding {
    Finding::new(path, format!("{count} is too many: at most {most} are simulated"))
}

/// Counts that are too large, or zero where that makes no sense.
pub fn counts(context: &Context<'_>) -> Vec<Finding> {
    let mut found = services(context);
    found.extend(people(context));
    found.extend(parts(context));
    found.extend(users(context));
    let all: u64 = context.scenario.services.values().map(|service| u64::from(service.replicas.unwrap_or(1))).sum();
    if all > ALL_REPLICAS {
        found.push(too_many(&["services"], format_args!("{all} replicas in all"), ALL_REPLICAS));
    }
    found
}

fn services(context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (name, service) in &context.scenario.services {
        let at = |word| ["services", name, word];
        if let Some(replicas) = service.replicas.filter(|count| u64::from(*count) > REPLICAS) {
            found.push(too_many(&at("replicas"), replicas, REPLICAS));
        }
        if service.replicas == Some(0) && service.up_when.is_none() && service.external.is_none() {
            found.push(Finding::new(&at("replicas"), "a service without replicas is never up: give at least 1"));
        }
        if let Some(reserved) = service.reserved.filter(|count| u64::from(*count) > REPLICAS) {
            found.push(too_many(&at("reserved"), reserved, REPLICAS));
        }
        if let Some(concurrency) = service.concurrency.filter(|count| *count > CONCURRENCY) {
            found.push(too_many(&at("concurrency"), concurrency, CONCURRENCY));
        }
        if service.concurrency == Some(0) {
            found.push(Finding::new(
                &at("concurrency"),
                "a replica that serves nothing at the same time serves nothing: at least 1",
            ));
        }
        if let Some(queue) = service.queue.filter(|places| *places > QUEUE) {
            found.push(too_many(&at("queue"), queue, QUEUE).help("leave `queue` out for an unlimited one"));
        }
        if let Some(places) = service.shed.and_then(|shed| shed.queue).filter(|places| *places > QUEUE) {
            found.push(too_many(&["services", name, "shed", "queue"], places, QUEUE));
        }
        for (index, call) in service.calls.iter().enumerate() {
            let path = super::KeyPath::of(&["services", name, "calls"]).index(index);
            if !(call.per_request > 0.0 && call.per_request <= CALLS) {
                let message = format!("`per_request` is {}: expected a number above 0 and at most {CALLS}", call.per_request);
                found.push(Finding::at(path.key("per_request"), message));
            }
            if call.timeout.is_some_and(|timeout| timeout.0 <= 0.0) {
                found.push(Finding::at(path.key("timeout"), "a timeout of no length lets no call succeed"));
            }
        }
    }
    found
}

fn parts(context: &Context<'_>) -> Vec<Finding> {
    let stocks = context.scenario.failures.iter().filter_map(|(name, failure)| Some((name, failure.spares.as_ref()?.stock)));
    stocks
        .filter(|(_, stock)| *stock > PARTS)
        .map(|(name, stock)| too_many(&["failures", name, "spares", "stock"], stock, PARTS))
        .collect()
}

fn users(context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (name, traffic) in &context.scenario.traffic {
        let Some(count) = traffic.users else { continue };
        let all = f64::from(count) * traffic.times.high();
        if count > MOST_USERS {
            found.push(too_many(&["traffic", name, "users"], count, MOST_USERS));
        } else if all > f64::from(MOST_USERS) {
            found.push(too_many(&["traffic", name, "times"], format_args!("{all} users in all"), MOST_USERS));
        }
    }
    found
}

fn people(context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (name, team) in &context.scenario.teams {
        let path = ["teams", name, "people"];
        if team.people > PEOPLE {
            found.push(too_many(&path, team.people, PEOPLE));
        }
        if team.people == 0 {
            found.push(Finding::new(&path, "a team without people repairs nothing: give at least 1, or leave the team out"));
        }
    }
    for (name, steps) in &context.scenario.runbooks {
        for (index, step) in steps.iter().enumerate().filter(|(_, step)| step.people == 0 || step.people > PEOPLE) {
            let path = super::KeyPath::of(&["runbooks", name]).index(index).key("people");
            found.push(Finding::at(path, format!("{} people: expected 1 to {PEOPLE}", step.people)));
        }
    }
    found
}
