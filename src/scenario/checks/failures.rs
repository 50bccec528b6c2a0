//! Failure modes: what they hit, and which words go together.

use super::names::{all_zones, everywhere, of};
use super::references::Known;
use super::{Context, Finding, MOST};
use crate::scenario::distribution::Distribution;
use crate::scenario::failure::{AfterRepair, Age, AgesWhile, Effect, Failure, Hits, Repair, Trigger};
use crate::scenario::path::KeyPath;
use crate::scenario::schema::Scenario;
use crate::scenario::tree::Node;

/// What there is to hit.
struct Targets<'a> {
    tree: &'a Node,
    services: Known<'a>,
    zones: Known<'a>,
    regions: Known<'a>,
}

/// `of` names things of the kind that the failure hits.
pub fn targets(context: &Context<'_>) -> Vec<Finding> {
    let tree = context.tree;
    let known = Targets {
        tree,
        services: Known::new(of(tree, "services")),
        zones: Known::new(all_zones(tree)),
        regions: Known::new(of(tree, "regions")),
    };
    let mut found = Vec::new();
    for (path, failure) in everywhere(tree, "failures.*") {
        let Some(hits) = failure.get("hits").and_then(Node::as_text) else { continue };
        for (index, target) in everywhere(failure, "of.*") {
            let Some(name) = target.as_text().filter(|_| found.len() < MOST) else { continue };
            let mut at = path.clone();
            at.0.extend(index.0);
            found.extend(known.none_such(hits, name).map(|message| Finding::at(at, message)));
        }
        found.extend(nothing_to_hit(tree, hits, &path));
    }
    found
}

impl Targets<'_> {
    fn none_such(&self, hits: &str, name: &str) -> Option<String> {
        match hits {
            "replica" | "service" => self.services.none_such("service", name),
            "zone" => self.zones.none_such("zone", name),
            "region" => self.regions.none_such("region", name),
            "call" => self.no_call(name),
            "host" => Some("with `hits: host` the services stand in `hosts: {of: […], replicas: …}`".into()),
            _ => None,
        }
    }

    fn no_call(&self, name: &str) -> Option<String> {
        let Some((from, to)) = name.split_once("->").map(|(from, to)| (from.trim(), to.trim())) else {
            return Some(format!("`{name:.60}` is no call: write `caller -> callee`"));
        };
        let wrong = self.services.none_such("service", from).or_else(|| self.services.none_such("service", to));
        if wrong.is_some() {
            return wrong;
        }
        let calls = self.tree.at(&KeyPath::of(&["services", from, "calls"]));
        let callees = calls.map(|calls| everywhere(calls, "*.to").into_iter().filter_map(|(_, to)| to.as_text()).collect());
        Known::new(callees.unwrap_or_default()).none_such(&format!("call from `{from}` to"), to)
    }
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
    if failure.load.is_some() && failure.hits != Hits::Replica {
        found.push(Finding::at(at("load"), "`load` goes only with `hits: replica`: a group shares it").on_key());
    }
    let words = [
        ("load", failure.load.is_some()),
        ("preventive", failure.preventive.is_some()),
        ("after_repair", failure.after_repair != AfterRepair::New),
        ("age", failure.age != Age::New),
    ];
    for (word, given) in words {
        if given && !matches!(failure.trigger, Trigger::TimeToFailure(_)) {
            found.push(Finding::at(at(word), format!("`{word}` goes with a time to failure, and there is none")).on_key());
        }
    }
    let also = [
        ("after_repair", failure.after_repair != AfterRepair::New),
        ("preventive", failure.preventive.is_some()),
        ("common_cause", failure.common_cause.is_some()),
        ("load", failure.load.is_some()),
    ];
    for (word, _) in also.into_iter().filter(|(_, given)| *given && failure.age == Age::Steady) {
        let message = format!(
            "`age: steady` is known for a thing that ages by itself and that only its own repairs make new: leave out `{word}`"
        );
        found.push(Finding::at(at("age"), message));
    }
    if let Trigger::Trace { intensity, .. } = &failure.trigger {
        let words = [
            ("detection", failure.detection != Distribution::zero()),
            ("team", failure.team.is_some()),
            ("ages_while", failure.ages_while != AgesWhile::Up),
            ("spares", failure.spares.is_some()),
            ("hidden", failure.hidden),
        ];
        for (word, _) in words.into_iter().filter(|(_, given)| *given) {
            let message = format!("`{word}` does not go with `trace`, which says when each failure begins and ends");
            found.push(Finding::at(at(word), message).on_key());
        }
        if intensity.is_some() && failure.hits != Hits::Replica {
            let message = "`intensity` goes only with `hits: replica`: it says how many of them fail";
            found.push(Finding::at(at("trace").key("intensity"), message).on_key());
        }
    }
    if failure.hidden && failure.inspection.is_none() {
        found.push(Finding::at(at("hidden"), "nobody ever notices it: `hidden: true` needs `inspection: {every: …}`"));
    }
    if !failure.hidden && failure.inspection.is_some() {
        found.push(Finding::at(at("inspection"), "`inspection` goes only with `hidden: true`").on_key());
    }
    if failure.hidden && failure.detection != Distribution::zero() {
        found.push(Finding::at(at("detection"), "a hidden failure is found by its `inspection`: leave `detection` out").on_key());
    }
    if failure.spares.is_some() && failure.repair == Repair::Never {
        found.push(Finding::at(at("spares"), "a failure that is never repaired needs no parts").on_key());
    }
    if let Some(spares) = &failure.spares
        && spares.reorder_at.is_some_and(|level| level >= spares.stock)
        && spares.stock > 0
    {
        found.push(Finding::at(at("spares").key("reorder_at"), "parts are ordered again at a level below `stock`"));
    }
    if failure.team.is_some() && failure.repair == Repair::Never {
        found.push(Finding::at(at("team"), "a failure that is never repaired needs no team").on_key());
    }
    found
}

/// The priorities that are written.
pub fn priorities(scenario: &Scenario) -> Vec<(KeyPath, u8)> {
    let failures = scenario.failures.iter();
    failures.filter_map(|(name, failure)| Some((KeyPath::of(&["failures", name, "priority"]), failure.priority?))).collect()
}
