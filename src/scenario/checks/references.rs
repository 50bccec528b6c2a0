//! References by name: what they name exists.

use std::collections::HashSet;

use super::names::{all_zones, everywhere, of};
use super::{Context, Finding, MOST};
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
    ("services.*.releases.strategy.manual.team", To::Entry("teams", "team")),
    ("failures.*.team", To::Entry("teams", "team")),
    ("teams.*.escalate.to", To::Entry("teams", "team")),
    ("failures.*.repair.runbook", To::Entry("runbooks", "runbook")),
    ("failures.*.hosts.of.*", SERVICE),
    ("failures.*.ages_while.service_up", SERVICE),
    ("objectives.*.service", SERVICE),
    ("objectives.*.excludes.*", To::FailureOrPlanned),
    ("runbooks.*.*.then", To::Step),
    ("runbooks.*.*.else", To::Step),
];

/// The names that a reference may give.
pub struct Known<'a> {
    listed: Vec<&'a str>,
    all: HashSet<&'a str>,
}

impl<'a> Known<'a> {
    /// Takes names in the order of the file.
    pub fn new(listed: Vec<&'a str>) -> Self {
        Self { all: listed.iter().copied().collect(), listed }
    }

    /// The message for a name that is not among them.
    pub fn none_such(&self, what: &str, name: &str) -> Option<String> {
        (!self.all.contains(name)).then(|| format!("no {what} `{name:.60}`: {}", instead(name, &self.listed)))
    }
}

/// Every name that refers to nothing.
pub fn unknown(context: &Context<'_>) -> Vec<Finding> {
    let tree = context.tree;
    let mut found = Vec::new();
    for (pattern, to) in REFERENCES {
        let (what, known) = target(tree, *to);
        for (path, node) in everywhere(tree, pattern) {
            if found.len() >= MOST {
                return found;
            }
            let Some(name) = node.as_text().filter(|_| !node.is_null()) else { continue };
            let message = if matches!(to, To::Step) {
                Known::new(steps(tree, &path)).none_such(what, name)
            } else {
                known.none_such(what, name)
            };
            found.extend(message.map(|message| Finding::at(path, message)));
        }
    }
    let services = Known::new(of(tree, "services"));
    for (path, node) in everywhere(tree, "services.*.up_when") {
        up_when(&services, &path, node, &mut found);
    }
    found
}

/// What a reference names, and which names there are; those of steps depend on where it stands.
fn target(tree: &Node, to: To) -> (&'static str, Known<'_>) {
    let (what, names) = match to {
        To::Entry(section, what) => (what, of(tree, section)),
        To::ZoneOrRegion => ("zone or region", [all_zones(tree), of(tree, "regions")].concat()),
        To::FailureOrPlanned => ("failure", [vec!["planned"], of(tree, "failures")].concat()),
        To::Step => ("step", Vec::new()),
    };
    (what, Known::new(names))
}

/// What is spread over zones has zones to stand in.
pub fn no_zones(context: &Context<'_>) -> Vec<Finding> {
    if !all_zones(context.tree).is_empty() {
        return Vec::new();
    }
    let spread = everywhere(context.tree, "services.*.spread").into_iter().filter(|(_, node)| node.as_text() == Some("zones"));
    spread
        .map(|(path, _)| Finding::at(path, "it is spread over zones, and the scenario has none: list them under `zones`"))
        .collect()
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

fn up_when(services: &Known<'_>, path: &KeyPath, node: &Node, found: &mut Vec<Finding>) {
    if found.len() >= MOST {
        return;
    }
    match &node.value {
        Value::Scalar(scalar) if !node.is_null() => {
            found.extend(services.none_such("service", &scalar.text).map(|message| Finding::at(path.clone(), message)));
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
