//! Names: their characters, their length, and that they are given once.

use super::{Context, Finding};
use crate::scenario::path::{KeyPath, Segment};
use crate::scenario::tree::{Node, Value};

const LONGEST: usize = 200;

/// The parts of a scenario whose keys are names.
const SECTIONS: [&str; 9] =
    ["regions", "traffic", "services", "failures", "teams", "runbooks", "instances", "objectives", "policies"];

/// Names hold letters, digits, spaces, `-` and `_`; those of instances dots as well.
pub fn characters(context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    if let Some(name) = context.tree.get("name").and_then(Node::as_text) {
        found.extend(fault(name, false).map(|fault| Finding::new(&["name"], fault)));
    }
    for section in SECTIONS {
        let entries = context.tree.get(section).and_then(Node::as_map);
        for name in entries.into_iter().flat_map(|entries| entries.keys()) {
            found.extend(fault(name, section == "instances").map(|fault| Finding::new(&[section, name], fault).on_key()));
        }
    }
    for (path, zone) in zones(context.tree) {
        found.extend(zone.as_text().and_then(|name| fault(name, false)).map(|fault| Finding::at(path, fault)));
    }
    found
}

fn fault(name: &str, dots: bool) -> Option<String> {
    if name.trim().is_empty() {
        return Some("a name is empty".into());
    }
    if name.chars().count() > LONGEST {
        return Some(format!("a name is longer than {LONGEST} characters"));
    }
    if name != name.trim() {
        return Some(format!("`{name}` begins or ends with a space"));
    }
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_') || dots && c == '.';
    let strange = name.chars().find(|c| !allowed(*c))?;
    Some(format!("`{name}` holds `{}`: names are made of letters, digits, spaces, `-` and `_`", strange.escape_default()))
}

/// The places where zones are named.
fn zones(tree: &Node) -> Vec<(KeyPath, &Node)> {
    let mut zones = everywhere(tree, "zones.*");
    zones.extend(everywhere(tree, "regions.*.*"));
    zones
}

/// Zones, regions and the steps of a runbook are told apart by their names.
pub fn duplicates(context: &Context<'_>) -> Vec<Finding> {
    let mut found = repeated(zones(context.tree), "zone");
    let runbooks = context.tree.get("runbooks").and_then(Node::as_map);
    for (name, entry) in runbooks.into_iter().flatten() {
        let Value::List(steps) = &entry.node.value else { continue };
        let path = KeyPath::of(&["runbooks", name]);
        let named = steps.iter().enumerate().filter_map(|(index, step)| Some((path.index(index).key("step"), step.get("step")?)));
        found.extend(repeated(named.collect(), "step"));
    }
    found
}

fn repeated(named: Vec<(KeyPath, &Node)>, what: &str) -> Vec<Finding> {
    let mut seen = std::collections::HashSet::new();
    let mut found = Vec::new();
    for (path, node) in named {
        let Some(name) = node.as_text() else { continue };
        if !seen.insert(name) {
            found.push(Finding::at(path, format!("there is another {what} `{name:.60}`")));
        }
    }
    found
}

/// The names under a part of the scenario, also of entries that could not be read.
pub fn of<'a>(tree: &'a Node, section: &str) -> Vec<&'a str> {
    match tree.get(section).map(|node| &node.value) {
        Some(Value::Map(entries)) => entries.keys().map(String::as_str).collect(),
        Some(Value::List(elements)) => elements.iter().filter_map(Node::as_text).collect(),
        _ => Vec::new(),
    }
}

/// All zones, those of regions included.
pub fn all_zones(tree: &Node) -> Vec<&str> {
    zones(tree).into_iter().filter_map(|(_, node)| node.as_text()).collect()
}

/// Everything that stands at a path in which `*` is any key or index.
pub fn everywhere<'a>(tree: &'a Node, pattern: &str) -> Vec<(KeyPath, &'a Node)> {
    let mut here = vec![(KeyPath::root(), tree)];
    for part in pattern.split('.') {
        here = here.into_iter().flat_map(|(path, node)| children(&path, node, part)).collect();
    }
    here
}

fn children<'a>(path: &KeyPath, node: &'a Node, part: &str) -> Vec<(KeyPath, &'a Node)> {
    let all: Vec<Segment> = match &node.value {
        Value::Map(entries) if part == "*" => entries.keys().cloned().map(Segment::Key).collect(),
        Value::Map(_) => vec![Segment::Key(part.to_string())],
        Value::List(elements) if part == "*" => (0..elements.len()).map(Segment::Index).collect(),
        _ => Vec::new(),
    };
    let child = |segment: Segment| {
        let node = node.child(&segment)?;
        let mut path = path.clone();
        path.0.push(segment);
        Some((path, node))
    };
    all.into_iter().filter_map(child).collect()
}
