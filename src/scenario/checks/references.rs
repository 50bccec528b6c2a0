//! References by name: what they name exists.

use super::names::{all_zones, everywhere, of};
use super::{Context, Finding};
use crate::scenario::path::{KeyPath, Segment};
use crate::scenario::suggest::instead;
use crate::scenario::tree::{Node, Value};

/// What a name can refer to.
#[derive(Clone, Copy)]
enum To {
    /// An entry of a part of the scenario, and what one is called.
    Entry(&'static str, &'static str),
    /// A zone or a region.
    ZoneOrRegion,
    /// A failure, or all that are planned.
    FailureOrPlanned,
    /// A step of the same runbook.
    Step,
}

const SERVICE: To = To::Entry("services", "service");

/// Where names refer to something.
const REFERENCES: &[(&str, To)] = &[
    ("traffic.*.to", SERVICE),
    ("services.*.calls.*.to", SERVICE),
    ("services.*.instance", To::Entry("instances", "instance")),
    ("services.*.spread.*", To::ZoneOrRegion),
    ("failures.*.team", To::Entry("teams", "team")),
    ("failures.*.repair.runbook", To::Entry("runbooks", "runbook")),
    ("failures.*.hosts.of.*", SERVICE),
    ("failures.*.ages_while.service_up", SERVICE),
    ("objectives.*.service", SERVICE),
    ("objectives.*.excludes.*", To::FailureOrPlanned),
    ("runbooks.*.*.then", To::Step),
    ("runbooks.*.*.else", To::Step),
];

/// Every name that refers to nothing.
pub fn unknown(context: &Context<'_>) -> Vec<Finding> {
    let tree = context.tree;
    let mut found = Vec::new();
    for (pattern, to) in REFERENCES {
        for (path, node) in everywhere(tree, pattern) {
            found.extend(missing(tree, &path, node, *to).map(|message| Finding::at(path, message)));
        }
    }
    let services = of(tree, "services");
    for (path, node) in everywhere(tree, "services.*.up_when") {
        up_when(&services, &path, node, &mut found);
    }
    found
}

fn missing(tree: &Node, path: &KeyPath, node: &Node, to: To) -> Option<String> {
    let name = node.as_text().filter(|_| !node.is_null())?;
    let (what, known) = match to {
        To::Entry(section, what) => (what, of(tree, section)),
        To::ZoneOrRegion => ("zone or region", [all_zones(tree), of(tree, "regions")].concat()),
        To::FailureOrPlanned => ("failure", [vec!["planned"], of(tree, "failures")].concat()),
        To::Step => ("step", steps(tree, path)),
    };
    none_such(what, name, &known)
}

/// The message for a name that is not among the known ones.
pub fn none_such(what: &str, name: &str, known: &[&str]) -> Option<String> {
    (!known.contains(&name)).then(|| format!("no {what} `{name:.60}`: {}", instead(name, known)))
}

/// The steps of the runbook that a path leads into.
fn steps<'a>(tree: &'a Node, path: &KeyPath) -> Vec<&'a str> {
    let runbook = path.0.get(1).and_then(|segment| match segment {
        Segment::Key(name) => tree.get("runbooks")?.get(name),
        Segment::Index(_) => None,
    });
    match runbook.map(|runbook| &runbook.value) {
        Some(Value::List(steps)) => steps.iter().filter_map(|step| step.get("step")?.as_text()).collect(),
        _ => Vec::new(),
    }
}

fn up_when(services: &[&str], path: &KeyPath, node: &Node, found: &mut Vec<Finding>) {
    match &node.value {
        Value::Scalar(scalar) if !node.is_null() => {
            found.extend(none_such("service", &scalar.text, services).map(|message| Finding::at(path.clone(), message)));
        }
        Value::List(elements) => {
            for (index, element) in elements.iter().enumerate() {
                up_when(services, &path.index(index), element, found);
            }
        }
        Value::Map(entries) => {
            for (word, entry) in entries.iter().filter(|(word, _)| ["any", "all", "of"].contains(&word.as_str())) {
                up_when(services, &path.key(word), &entry.node, found);
            }
        }
        _ => {}
    }
}
