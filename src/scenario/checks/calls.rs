//! Calls: their retries, their circuit breakers, and what they are made together with.

use super::{Context, Finding};
use crate::scenario::path::KeyPath;
use crate::scenario::service::{Breaker, Call, Retries};

const RETRIES: u32 = 100;
const TIMES: f64 = 100.0;

/// All calls, each with its path.
pub fn all<'a>(context: &Context<'a>) -> impl Iterator<Item = (KeyPath, &'a Call)> {
    context.scenario.services.iter().flat_map(|(name, service)| {
        let path = KeyPath::of(&["services", name, "calls"]);
        service.calls.iter().enumerate().map(move |(index, call)| (path.index(index), call))
    })
}

/// Retries are few, their budget lasts, and their pauses grow within their limits.
pub fn retries(context: &Context<'_>) -> Vec<Finding> {
    let tried = all(context).filter_map(|(path, call)| Some((path.key("retries"), call.retries.as_ref()?)));
    tried.flat_map(|(path, retries)| faults_of_retries(&path, retries)).collect()
}

fn faults_of_retries(path: &KeyPath, retries: &Retries) -> Vec<Finding> {
    let mut found = Vec::new();
    if !(1..=RETRIES).contains(&retries.max) {
        let help = "leave `retries` out, or set it to `null`, for none";
        found.push(
            Finding::at(path.key("max"), format!("{} retries: expected 1 to {RETRIES} for one call", retries.max)).help(help),
        );
    }
    if retries.budget.is_some_and(|budget| budget.ttl.0 <= 0.0) {
        found.push(Finding::at(path.key("budget").key("ttl"), "a budget that is kept for no time allows no retry"));
    }
    let backoff = retries.backoff;
    if !(1.0..=TIMES).contains(&backoff.times.0) {
        let message = format!("`times` is {}: a pause is 1 to {TIMES} times as long as the one before", backoff.times);
        found.push(Finding::at(path.key("backoff").key("times"), message));
    }
    if let Some(most) = backoff.most.filter(|most| *most < backoff.first) {
        let message = format!("the longest pause, {most}, is shorter than the first, {}", backoff.first);
        found.push(Finding::at(path.key("backoff").key("most"), message));
    }
    found
}

/// A circuit breaker can open and close.
pub fn breakers(context: &Context<'_>) -> Vec<Finding> {
    let broken = all(context).filter_map(|(path, call)| Some((path.key("breaker"), call.breaker?)));
    broken.flat_map(|(path, breaker)| faults_of_a_breaker(&path, breaker)).collect()
}

fn faults_of_a_breaker(path: &KeyPath, breaker: Breaker) -> Vec<Finding> {
    let faults = [
        ("errors", breaker.errors.0 <= 0.0, "at 0% of errors it would open without any: expected a fraction above 0%"),
        ("least", breaker.least == 0, "it takes at least 1 call to see that calls fail"),
        ("within", breaker.within.0 <= 0.0, "calls must be counted over some time"),
        ("open", breaker.open.0 <= 0.0, "it must stay open for some time"),
        ("probes", breaker.probes == 0, "it takes at least 1 call to see that calls succeed again"),
    ];
    let wrong = faults.into_iter().filter(|(_, wrong, _)| *wrong);
    wrong.map(|(word, _, message)| Finding::at(path.key(word), message)).collect()
}

/// Retries have a budget.
pub fn no_budget(context: &Context<'_>) -> Vec<Finding> {
    let free = all(context).filter(|(_, call)| call.retries.as_ref().is_some_and(|retries| retries.budget.is_none()));
    free.map(|(path, call)| {
        let message = format!("retries of `{}` have no `budget`: they can make an overload of it worse without limit", call.to);
        Finding::at(path.key("retries"), message).help("add `budget: 20%`: one retry for five calls, over all").on_key()
    })
    .collect()
}

/// A call that is made together with the one before has one before.
pub fn together(context: &Context<'_>) -> Vec<Finding> {
    let first = context.scenario.services.iter().filter(|(_, service)| service.calls.first().is_some_and(|call| call.together));
    first
        .map(|(name, _)| {
            let path = KeyPath::of(&["services", name, "calls"]).index(0).key("together");
            Finding::at(path, "the first call has none before it that it could be made together with")
                .help("`together: true` belongs to the later of two calls")
        })
        .collect()
}
