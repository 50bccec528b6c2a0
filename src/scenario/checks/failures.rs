//! Failure modes: what they hit, and which words go together.

use super::names::{all_zones, everywhere, of};
use super::references::none_such;
use super::{Context, Finding};
use crate::scenario::failure::{Effect, Failure, Hits, Repair, Trigger};
use crate::scenario::path::KeyPath;
use crate::scenario::tree::Node;

/// `of` names things of the kind that the failure hits.
pub fn targets(context: &Context<'_>) -> Vec<Finding> {
    let tree = context.tree;
    let mut found = Vec::new();
    for (path, failure) in everywhere(tree, "failures.*") {
        let Some(hits) = failure.get("hits").and_then(Node::as_text) else { continue };
        for (index, target) in everywhere(failure, "of.*") {
            let Some(name) = target.as_text() else { continue };
            let mut at = path.clone();
            at.0.extend(index.0);
            found.extend(no_target(tree, hits, name).map(|message| Finding::at(at, message)));
        }
        found.extend(nothing_to_hit(tree, hits, &path));
    }
    found
}

fn no_target(tree: &Node, hits: &str, name: &str) -> Option<String> {
    match hits {
        "replica" | "service" => none_such("service", name, &of(tree, "services")),
        "zone" => none_such("zone", name, &all_zones(tree)),
        "region" => none_such("region", name, &of(tree, "regions")),
        "call" => no_call(tree, name),
        "host" => Some("with `hits: host` the services stand in `hosts: {of: […], replicas: …}`".into()),
        _ => None,
    }
}

fn no_call(tree: &Node, name: &str) -> Option<String> {
    let Some((from, to)) = name.split_once("->").map(|(from, to)| (from.trim(), to.trim())) else {
        return Some(format!("`{name:.60}` is no call: write `caller -> callee`"));
    };
    let wrong = none_such("service", from, &of(tree, "services")).or_else(|| none_such("service", to, &of(tree, "services")));
    if wrong.is_some() {
        return wrong;
    }
    let calls: Vec<&str> = tree
        .at(&KeyPath::of(&["services", from, "calls"]))
        .map(|calls| everywhere(calls, "*.to").into_iter().filter_map(|(_, to)| to.as_text()).collect())
        .unwrap_or_default();
    none_such(&format!("call from `{from}` to"), to, &calls)
}

fn nothing_to_hit(tree: &Node, hits: &str, path: &KeyPath) -> Option<Finding> {
    let message = match hits {
        "zone" if all_zones(tree).is_empty() => "it hits zones, and the scenario has none: list them under `zones`",
        "region" if of(tree, "regions").is_empty() => "it hits regions, and the scenario has none: list them under `regions`",
        _ => return None,
    };
    Some(Finding::at(path.key("hits"), message))
}

/// Words that belong to another kind of failure.
pub fn misfits(context: &Context<'_>) -> Vec<Finding> {
    context.scenario.failures.iter().flat_map(|(name, failure)| misfit(name, failure)).collect()
}

fn misfit(name: &str, failure: &Failure) -> Vec<Finding> {
    let at = |word: &str| KeyPath::of(&["failures", name, word]);
    let mut found = Vec::new();
    if failure.hits == Hits::Host && failure.hosts.is_none() {
        found.push(Finding::at(at("hits"), "`hits: host` needs `hosts: {of: [services], replicas: how many stand on one}`"));
    }
    if failure.hits != Hits::Host && failure.hosts.is_some() {
        found.push(Finding::at(at("hosts"), "`hosts` goes only with `hits: host`").on_key());
    }
    if failure.hosts.as_ref().is_some_and(|hosts| hosts.replicas == 0) {
        found.push(Finding::at(at("hosts").key("replicas"), "at least one replica stands on a host"));
    }
    if failure.common_cause.is_some() && failure.hits != Hits::Replica {
        found.push(Finding::at(at("common_cause"), "`common_cause` goes only with `hits: replica`").on_key());
    }
    if failure.common_cause.is_some() && !matches!(failure.trigger, Trigger::TimeToFailure(_)) {
        found.push(Finding::at(at("common_cause"), "`common_cause` splits a time to failure, and there is none").on_key());
    }
    if failure.hits == Hits::Call && failure.effect == Effect::Down && failure.of.is_empty() {
        found.push(Finding::at(at("hits"), "`hits: call` needs `of: [caller -> callee]`"));
    }
    if failure.team.is_some() && failure.repair == Repair::Never {
        found.push(Finding::at(at("team"), "a failure that is never repaired needs no team").on_key());
    }
    found
}

/// Priorities go from 1 to 5.
pub fn priority(context: &Context<'_>) -> Vec<Finding> {
    let wrong = context.scenario.failures.iter().filter_map(|(name, failure)| {
        let priority = failure.priority.filter(|priority| !(1..=5).contains(priority))?;
        let message = format!("`{priority}` is no priority: expected 1 (first) to 5");
        Some(Finding::new(&["failures", name, "priority"], message))
    });
    wrong.collect()
}
