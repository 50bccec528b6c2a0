//! What could be changed in the staffing and the runbook: each change that applies, as patches to the scenario.

use crate::model::Model;
use crate::run::incident::Subject;
use crate::scenario::patch::element_name;
use crate::scenario::tree::{Node, Value};
use crate::scenario::{By, Failure, Hours, Loaded, Repair, Scenario};
use crate::units::{Fraction, Time};

/// A change to try.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What it is called.
    pub name: String,
    /// The patches, `PATH=VALUE`.
    pub sets: Vec<String>,
}

const FASTER: f64 = 0.75;
const HALF: f64 = 0.5;

/// The changes that apply to a failure. Steps of runbooks that other failures use too change for those as well.
pub fn changes(loaded: &Loaded, model: &Model, subject: &Subject) -> Vec<Change> {
    let (scenario, tree) = (&loaded.scenario, &loaded.tree);
    let name = &model.modes[subject.mode as usize].name;
    let Some(failure) = scenario.failures.get(name) else { return Vec::new() };
    let mut changes = Vec::new();
    let mut add = |name: String, sets: Vec<String>| {
        if !sets.is_empty() {
            changes.push(Change { name, sets });
        }
    };
    let detection = scaled(tree, &["failures", name, "detection"], HALF);
    add("noticed in half the time".to_owned(), if failure.hidden { Vec::new() } else { detection });
    people(scenario, tree, failure, &mut add);
    if failure.team.is_some() && fewest(scenario, failure) <= 1 {
        let mut sets = vec![format!("failures.{name}.team=null")];
        sets.extend(failure.priority.map(|_| format!("failures.{name}.priority=null")));
        add("all by programs".to_owned(), sets);
    }
    match &failure.repair {
        Repair::Runbook(runbook) => steps(scenario, tree, runbook, failure.team.is_some(), &mut add),
        Repair::Takes(_) => add("repaired 25 % faster".to_owned(), scaled(tree, &["failures", name, "repair"], FASTER)),
        Repair::Never => {}
    }
    changes
}

/// The most people that a step of the failure's runbook needs at once.
fn fewest(scenario: &Scenario, failure: &Failure) -> u32 {
    let Repair::Runbook(runbook) = &failure.repair else { return 1 };
    let steps = scenario.runbooks.get(runbook).into_iter().flatten();
    steps.filter(|step| step.by == By::People).map(|step| step.people).max().unwrap_or(1)
}

fn people(scenario: &Scenario, tree: &Node, failure: &Failure, add: &mut impl FnMut(String, Vec<String>)) {
    let Some((name, team)) = failure.team.as_ref().and_then(|name| scenario.teams.get_key_value(name)) else { return };
    add(format!("{name}: one person more"), vec![format!("teams.{name}.people={}", u64::from(team.people) + 1)]);
    // Other failures may need them all at once.
    let needed =
        scenario.failures.values().filter(|other| other.team.as_ref() == Some(name)).map(|other| fewest(scenario, other)).max();
    if team.people > needed.unwrap_or(1).max(1) {
        add(format!("{name}: one person fewer"), vec![format!("teams.{name}.people={}", team.people - 1)]);
    }
    if team.hours != Hours::Always {
        add(format!("{name}: at work day and night"), vec![format!("teams.{name}.hours=always")]);
    }
    add(format!("{name}: acknowledges in half the time"), scaled(tree, &["teams", name, "acknowledge"], HALF));
}

fn steps(scenario: &Scenario, tree: &Node, runbook: &str, has_team: bool, add: &mut impl FnMut(String, Vec<String>)) {
    let Some(steps) = scenario.runbooks.get(runbook) else { return };
    if let (true, Some(first)) = (has_team, steps.first().filter(|step| step.by == By::People)) {
        let mut sets = vec![format!("runbooks.{runbook}.{}.by=automation", first.step)];
        if first.people != 1 {
            sets.push(format!("runbooks.{runbook}.{}.people=null", first.step));
        }
        add(format!("{}: by a program", first.step), sets);
    }
    for step in steps {
        add(format!("{}: 25 % faster", step.step), scaled(tree, &["runbooks", runbook, &step.step, "takes"], FASTER));
        let better = |scalar: &str| {
            let works = scalar.parse::<Fraction>().ok()?.0;
            (works < 1.0).then(|| format!("{}", 1.0 - HALF * (1.0 - works)))
        };
        add(format!("{}: fails half as often", step.step), changed(tree, &["runbooks", runbook, &step.step, "works"], &better));
    }
}

/// Patches that make every time of a distribution so many times as long, and with it the distribution.
fn scaled(tree: &Node, path: &[&str], times: f64) -> Vec<String> {
    changed(tree, path, &|scalar| {
        // Shapes and counts have no unit.
        let time = scalar.parse::<Time>().ok().filter(|_| scalar.contains(|c: char| c.is_ascii_alphabetic()))?.0;
        (time > 0.0).then(|| format!("{}s", time * times))
    })
}

/// Patches for all scalars at and below a path, as far as `change` changes them.
fn changed(tree: &Node, path: &[&str], change: &impl Fn(&str) -> Option<String>) -> Vec<String> {
    fn below(node: &Node, path: &str, change: &impl Fn(&str) -> Option<String>, sets: &mut Vec<String>) {
        match &node.value {
            Value::Scalar(scalar) => sets.extend(change(&scalar.text).map(|value| format!("{path}={value}"))),
            Value::Map(map) => map.iter().for_each(|(key, entry)| below(&entry.node, &format!("{path}.{key}"), change, sets)),
            Value::List(list) => list.iter().enumerate().for_each(|(i, node)| below(node, &format!("{path}.{i}"), change, sets)),
            Value::Cut => {}
        }
    }
    let mut node = Some(tree);
    for key in path {
        node = match node.map(|node| &node.value) {
            Some(Value::Map(map)) => map.get(*key).map(|entry| &entry.node),
            Some(Value::List(list)) => list.iter().find(|element| element_name(element) == Some(*key)),
            _ => None,
        };
    }
    let mut sets = Vec::new();
    if let Some(node) = node {
        below(node, &path.join("."), change, &mut sets);
    }
    sets
}
