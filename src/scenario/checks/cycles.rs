//! Cycles: calls that lead back, services that are up only when they are up, and incidents that come back to a team.

use std::collections::HashMap;

use super::{Context, Finding};
use crate::scenario::path::KeyPath;
use crate::scenario::service::UpWhen;

/// An arrow from one service to another, and where it is written.
struct Arrow<'a> {
    to: &'a str,
    path: KeyPath,
}

type Graph<'a> = HashMap<&'a str, Vec<Arrow<'a>>>;

/// Calls do not lead back to their caller.
pub fn calls(context: &Context<'_>) -> Vec<Finding> {
    let mut graph: Graph<'_> = HashMap::new();
    for (name, service) in &context.scenario.services {
        let path = KeyPath::of(&["services", name, "calls"]);
        let arrow = |(index, to): (usize, _)| Arrow { to, path: path.index(index).key("to") };
        graph.insert(name, service.calls.iter().map(|call| call.to.as_str()).enumerate().map(arrow).collect());
    }
    let names: Vec<&str> = context.scenario.services.keys().map(String::as_str).collect();
    cycles(&names, &graph, "calls lead in a circle")
}

/// No service is up only when it is up, by `up_when` or by the calls that it needs.
pub fn up_when(context: &Context<'_>) -> Vec<Finding> {
    if !calls(context).is_empty() {
        return Vec::new();
    }
    let mut graph: Graph<'_> = HashMap::new();
    for (name, service) in &context.scenario.services {
        let mut leaves = Vec::new();
        service.up_when.iter().for_each(|tree| services(tree, &mut leaves));
        let path = KeyPath::of(&["services", name, "up_when"]);
        let mut arrows: Vec<Arrow<'_>> = leaves.into_iter().map(|to| Arrow { to, path: path.clone() }).collect();
        let needed = service.calls.iter().enumerate().filter(|(_, call)| call.needed && call.per_request >= 1.0);
        let at = |index| KeyPath::of(&["services", name, "calls"]).index(index).key("to");
        arrows.extend(needed.map(|(index, call)| Arrow { to: &call.to, path: at(index) }));
        graph.insert(name, arrows);
    }
    let names: Vec<&str> = context.scenario.services.keys().map(String::as_str).collect();
    cycles(&names, &graph, "services wait for each other to be up")
}

/// No team gets back what it escalated.
pub fn escalations(context: &Context<'_>) -> Vec<Finding> {
    let mut graph: Graph<'_> = HashMap::new();
    for (name, team) in &context.scenario.teams {
        let path = KeyPath::of(&["teams", name, "escalate", "to"]);
        graph.insert(name, team.escalate.iter().map(|escalate| Arrow { to: &escalate.to, path: path.clone() }).collect());
    }
    let names: Vec<&str> = context.scenario.teams.keys().map(String::as_str).collect();
    cycles(&names, &graph, "teams escalate in a circle")
}

fn services<'a>(tree: &'a UpWhen, found: &mut Vec<&'a str>) {
    match tree {
        UpWhen::Service(name) => found.push(name),
        UpWhen::Any(inner) | UpWhen::All(inner) => inner.iter().for_each(|tree| services(tree, found)),
        UpWhen::AtLeast { .. } => {}
    }
}

/// Follows arrows depth first, without recursion: a chain of services may be long.
fn cycles(names: &[&str], graph: &Graph<'_>, what: &str) -> Vec<Finding> {
    let mut done: HashMap<&str, bool> = HashMap::new();
    let mut found = Vec::new();
    for start in names.iter().copied() {
        if done.contains_key(start) {
            continue;
        }
        let mut way: Vec<(&str, usize)> = vec![(start, 0)];
        done.insert(start, false);
        while let Some((name, next)) = way.last_mut() {
            let here = *name;
            let Some(arrow) = graph.get(here).and_then(|arrows| arrows.get(*next)) else {
                done.insert(here, true);
                way.pop();
                continue;
            };
            *next += 1;
            match done.get(arrow.to) {
                Some(true) => {}
                Some(false) => found.push(circle(&way, arrow, what)),
                None => {
                    done.insert(arrow.to, false);
                    way.push((arrow.to, 0));
                }
            }
        }
    }
    found
}

fn circle(way: &[(&str, usize)], arrow: &Arrow<'_>, what: &str) -> Finding {
    let begin = way.iter().position(|(name, _)| *name == arrow.to).unwrap_or_default();
    let mut names: Vec<&str> = way[begin..].iter().map(|(name, _)| *name).take(20).collect();
    names.push(arrow.to);
    Finding::at(arrow.path.clone(), format!("{what}: {}", names.join(" -> ")))
}
