//! Patches: changes to the tree before it is read, from files, policies and `--set`.
//!
//! A patch replaces the value at its path; `null` removes it. It may add a word that the language knows and never
//! creates a name. What it puts into the tree keeps its place in the patch, so that messages show the patch.

use super::checks;
use super::diagnostic::{Diagnostic, Severity};
use super::from_tree;
use super::load::Patches;
use super::path::{KeyPath, Segment};
use super::source::Source;
use super::suggest::instead;
use super::tree::{Entry, Node, Place, Value};
use super::yaml;
use paths::resolve;

mod paths;

pub use paths::{element_name, nearest};

/// After so many mistakes the rest of a list of patches is not applied.
const MOST_MISTAKES: usize = 100;

/// One change.
#[derive(Debug, Clone)]
pub struct Patch {
    /// Where: keys, names, and elements of lists by `to`, `name`, `step` or index, joined by dots.
    pub path: String,
    /// The place of the path in its own text.
    pub place: Place,
    /// The new value; null removes.
    pub value: Node,
}

/// Applies patch files, then policies, then sets, and returns what is wrong with them.
pub fn apply(tree: &mut Node, sources: &mut Vec<Source>, files: &[(String, String)], patches: &Patches) -> Vec<Diagnostic> {
    let mut mistakes = Vec::new();
    for (name, text) in files {
        let number = add(sources, name, text);
        let changes = from_file(text, number).unwrap_or_else(|error| rejected(&mut mistakes, *error));
        mistakes.extend(apply_all(tree, &changes));
    }
    for name in &patches.policy {
        let number = add(sources, "--policy", name);
        let changes = from_policy(tree, name, number).unwrap_or_else(|error| rejected(&mut mistakes, *error));
        mistakes.extend(apply_all(tree, &changes));
    }
    for (index, text) in patches.sets.iter().enumerate() {
        let number = add(sources, &format!("--set {}", index + 1), text);
        match from_flag(text, number) {
            Ok(change) => mistakes.extend(apply_all(tree, &[change])),
            Err(error) => mistakes.push(*error),
        }
    }
    mistakes
}

fn rejected(mistakes: &mut Vec<Diagnostic>, error: Diagnostic) -> Vec<Patch> {
    mistakes.push(error);
    Vec::new()
}

fn add(sources: &mut Vec<Source>, name: &str, text: &str) -> u32 {
    sources.push(Source::new(name, text));
    u32::try_from(sources.len() - 1).unwrap_or(u32::MAX)
}

fn apply_all(tree: &mut Node, patches: &[Patch]) -> Vec<Diagnostic> {
    let mistakes = patches.iter().filter_map(|patch| apply_one(tree, patch).err().map(|error| *error));
    mistakes.take(MOST_MISTAKES).collect()
}

/// Applies one patch.
///
/// # Errors
/// A path that leads nowhere.
pub fn apply_one(tree: &mut Node, patch: &Patch) -> Result<(), Box<Diagnostic>> {
    let target = resolve(tree, &patch.path).map_err(|message| wrong(message, patch.place))?;
    put(tree, &target.0, patch);
    Ok(())
}

fn wrong(message: String, place: Place) -> Box<Diagnostic> {
    Box::new(Diagnostic::error("patch", KeyPath::root(), message).at(place))
}

/// The patch in `PATH=VALUE`.
fn from_flag(text: &str, source: u32) -> Result<Patch, Box<Diagnostic>> {
    let whole = Place { source, start: 0, end: u32::try_from(text.len()).unwrap_or(u32::MAX) };
    let Some((path, value)) = text.split_once('=') else {
        return Err(wrong("a patch is written PATH=VALUE, like `services.web.replicas=12`".into(), whole));
    };
    let offset = u32::try_from(path.len() + 1).unwrap_or(u32::MAX);
    let mut value = match yaml::read(value, source) {
        Ok(Some(value)) if value.as_text() != Some("") => value,
        Ok(_) => return Err(wrong("there is no value after `=`: `null` removes what is there".into(), whole)),
        Err(mut error) => {
            error.place = error.place.map(|place| shifted(place, offset));
            return Err(error);
        }
    };
    shift(&mut value, offset);
    let path = path.trim();
    Ok(Patch { path: path.to_string(), place: Place { end: offset.saturating_sub(1), ..whole }, value })
}

fn shifted(place: Place, by: u32) -> Place {
    Place { start: place.start.saturating_add(by), end: place.end.saturating_add(by), ..place }
}

/// Moves the places of a value that was read on its own to where it stands in its text.
fn shift(node: &mut Node, by: u32) {
    node.place = shifted(node.place, by);
    match &mut node.value {
        Value::List(elements) => elements.iter_mut().for_each(|element| shift(element, by)),
        Value::Map(entries) => {
            for entry in entries.values_mut() {
                entry.key = shifted(entry.key, by);
                shift(&mut entry.node, by);
            }
        }
        Value::Scalar(_) | Value::Cut => {}
    }
}

/// The patches in a file: a map of paths and values, or such a map under `set`.
fn from_file(text: &str, source: u32) -> Result<Vec<Patch>, Box<Diagnostic>> {
    let place = Place { source, ..Place::default() };
    let tree = yaml::read(text, source)?.unwrap_or_else(|| Node::empty_map(place));
    from_map(tree.get("set").unwrap_or(&tree))
}

fn from_map(node: &Node) -> Result<Vec<Patch>, Box<Diagnostic>> {
    let Some(entries) = node.as_map() else {
        return Err(wrong("expected a map of patches, like `services.web.replicas: 12`".into(), node.place));
    };
    let patch = |(path, entry): (&String, &Entry)| Patch { path: path.clone(), place: entry.key, value: entry.node.clone() };
    Ok(entries.iter().map(patch).collect())
}

/// The patches of a policy of the scenario.
fn from_policy(tree: &Node, name: &str, source: u32) -> Result<Vec<Patch>, Box<Diagnostic>> {
    let place = Place { source, start: 0, end: u32::try_from(name.len()).unwrap_or(u32::MAX) };
    let policies = tree.get("policies").and_then(Node::as_map);
    let names: Vec<&str> = policies.into_iter().flat_map(|policies| policies.keys().map(String::as_str)).collect();
    let Some(policy) = policies.and_then(|policies| policies.get(name)) else {
        return Err(wrong(format!("no policy `{name}`: {}", instead(name, &names)), place));
    };
    policy.node.get("set").map_or_else(|| Ok(Vec::new()), from_map)
}

/// Puts a value where the path leads, with maps on the way where there are none yet.
fn put(node: &mut Node, steps: &[Segment], patch: &Patch) {
    let Some((segment, rest)) = steps.split_first() else {
        node.clone_from(&patch.value);
        return;
    };
    if node.is_null() {
        *node = Node::empty_map(patch.place);
    }
    let removes = patch.value.is_null();
    match (&mut node.value, segment) {
        (Value::Map(entries), Segment::Key(key)) if rest.is_empty() && removes => {
            entries.shift_remove(key);
        }
        (Value::List(elements), Segment::Index(index)) if rest.is_empty() && removes => {
            elements.remove(*index);
        }
        (Value::Map(entries), Segment::Key(key)) => {
            if removes && !entries.contains_key(key) {
                return;
            }
            let entry =
                entries.entry(key.clone()).or_insert_with(|| Entry { key: patch.place, node: Node::empty_map(patch.place) });
            if rest.is_empty() {
                entry.key = patch.place;
            }
            put(&mut entry.node, rest, patch);
        }
        (Value::List(elements), Segment::Index(index)) => {
            if let Some(element) = elements.get_mut(*index) {
                put(element, rest, patch);
            }
        }
        _ => {}
    }
}

/// More work than this is not spent on policies that nobody asked for: nodes times policies.
const POLICY_WORK: usize = 1_000_000;

/// Applies each policy alone to a copy and reports the mistakes that it brings.
pub fn check_policies(tree: &Node, size_of_file: usize) -> Vec<Diagnostic> {
    let policies = tree.get("policies").and_then(Node::as_map);
    let mut mistakes = Vec::new();
    let mut work = 0;
    for (name, policy) in policies.into_iter().flatten() {
        work += size_of_file;
        if work > POLICY_WORK {
            break;
        }
        let Some(set) = policy.node.get("set") else { continue };
        let at = KeyPath::of(&["policies", name, "set"]);
        mistakes.extend(mistakes_of_policy(tree, set, &at));
    }
    mistakes
}

fn mistakes_of_policy(tree: &Node, set: &Node, at: &KeyPath) -> Vec<Diagnostic> {
    let patches = match from_map(set) {
        Ok(patches) => patches,
        Err(error) => return vec![Diagnostic { path: at.clone(), ..*error }],
    };
    let mut variant = tree.clone();
    let mut mistakes = apply_all(&mut variant, &patches);
    let read = from_tree::read(&variant);
    let found = read.scenario.map(|scenario| checks::run(&scenario, &variant, &read.cuts)).unwrap_or_default();
    mistakes.extend(read.mistakes);
    mistakes.extend(found.into_iter().filter(|diagnostic| diagnostic.severity == Severity::Error));
    let inside = |place: Place| place.source == set.place.source && (set.place.start..=set.place.end).contains(&place.start);
    let shown = |mistake: Diagnostic| {
        let mistake = mistake.located(&variant);
        let message = if mistake.path.0.is_empty() { mistake.message } else { format!("{}: {}", mistake.path, mistake.message) };
        let place = mistake.place.filter(|place| inside(*place));
        Diagnostic { path: at.clone(), message: format!("with this policy, {message}"), place, ..mistake }
    };
    mistakes.into_iter().map(shown).collect()
}
