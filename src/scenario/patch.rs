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
use super::vocabulary::Spot;
use super::yaml;

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
    patches.iter().filter_map(|patch| apply_one(tree, patch).err().map(|error| *error)).collect()
}

/// Applies one patch.
///
/// # Errors
/// A path that leads nowhere.
pub fn apply_one(tree: &mut Node, patch: &Patch) -> Result<(), Box<Diagnostic>> {
    let path = resolve(tree, &patch.path).map_err(|message| wrong(message, patch.place))?;
    put(tree, &path.0, patch);
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

/// Finds where a path leads; all but names may still be missing there.
fn resolve(tree: &Node, text: &str) -> Result<KeyPath, String> {
    let mut path = KeyPath::root();
    let mut node = Some(tree);
    let mut spot = Some(Spot::top());
    let mut rest = text;
    if rest.is_empty() {
        return Err("the path of a patch is empty".into());
    }
    while !rest.is_empty() {
        let (segment, length) = step(node.filter(|node| !node.is_null()), spot, rest, &path)?;
        spot = spot.and_then(|spot| below(spot, &segment));
        node = node.and_then(|node| node.child(&segment));
        path.0.push(segment);
        rest = rest.get(length..).unwrap_or_default();
        rest = rest.strip_prefix('.').unwrap_or(rest);
    }
    Ok(path)
}

fn below(spot: Spot, segment: &Segment) -> Option<Spot> {
    match segment {
        Segment::Key(key) => spot.word(key).or_else(|| spot.name()),
        Segment::Index(_) => spot.element(),
    }
}

/// The next step of a path, and how much of the text it takes.
fn step(node: Option<&Node>, spot: Option<Spot>, rest: &str, so_far: &KeyPath) -> Result<(Segment, usize), String> {
    match node.map(|node| &node.value) {
        Some(Value::List(elements)) => element(elements, rest, so_far),
        Some(Value::Scalar(scalar)) => {
            Err(format!("`{so_far}` is `{:.40}` and has nothing under it: replace it as a whole, `{so_far}=…`", scalar.text))
        }
        Some(Value::Map(entries)) => {
            let known = longest(rest, entries.keys().map(String::as_str));
            known.map_or_else(|| word(spot, rest, so_far, entries), |key| Ok((Segment::Key(key.to_string()), key.len())))
        }
        Some(Value::Cut) | None => word(spot, rest, so_far, &indexmap::IndexMap::new()),
    }
}

/// The longest key that the rest of a path begins with: names may contain dots.
fn longest<'a>(rest: &str, keys: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let begins = |key: &&str| rest.strip_prefix(*key).is_some_and(|after| after.is_empty() || after.starts_with('.'));
    keys.filter(|key| !key.is_empty()).filter(begins).max_by_key(|key| key.len())
}

/// A word that the language knows and that is not written yet.
fn word(
    spot: Option<Spot>,
    rest: &str,
    so_far: &KeyPath,
    present: &indexmap::IndexMap<String, Entry>,
) -> Result<(Segment, usize), String> {
    let word = rest.split('.').next().unwrap_or(rest);
    if spot.and_then(|spot| spot.word(word)).is_some() {
        return Ok((Segment::Key(word.to_string()), word.len()));
    }
    if spot.is_some_and(|spot| spot.name().is_some()) {
        let names: Vec<&str> = present.keys().map(String::as_str).collect();
        return Err(format!("no `{word:.60}` under `{so_far}`: {}; a patch never creates a name", instead(word, &names)));
    }
    if spot.is_some_and(|spot| spot.element().is_some()) {
        return Err(format!("`{so_far}` is an empty list, so it has no `{word:.60}`: replace it as a whole"));
    }
    let words: Vec<&str> = spot.into_iter().flat_map(|spot| spot.words().into_iter().map(|(word, _)| word)).collect();
    let place = if so_far.0.is_empty() { "at the top".to_string() } else { format!("under `{so_far}`") };
    Err(format!("no word `{word:.60}` {place}: {}", instead(word, &words)))
}

/// An element of a list, by its `to`, `name` or `step`, by its text, or by its index.
fn element(elements: &[Node], rest: &str, so_far: &KeyPath) -> Result<(Segment, usize), String> {
    let names: Vec<Option<&str>> = elements.iter().map(element_name).collect();
    if let Some(name) = longest(rest, names.iter().flatten().copied()) {
        let index = names.iter().position(|known| *known == Some(name)).unwrap_or_default();
        return Ok((Segment::Index(index), name.len()));
    }
    let word = rest.split('.').next().unwrap_or(rest);
    match word.parse::<usize>() {
        Ok(index) if index < elements.len() => Ok((Segment::Index(index), word.len())),
        Ok(index) => Err(format!("`{so_far}` has {} elements, counted from 0: there is no {index}", elements.len())),
        Err(_) => {
            let known: Vec<&str> = names.into_iter().flatten().collect();
            Err(format!("no element `{word:.60}` in `{so_far}`: {}", instead(word, &known)))
        }
    }
}

/// What an element of a list is called in paths.
#[must_use]
pub fn element_name(node: &Node) -> Option<&str> {
    node.as_text().or_else(|| ["to", "name", "step"].iter().find_map(|word| node.get(word)?.as_text()))
}

/// Puts a value where the path leads, with maps on the way where there are none yet.
fn put(node: &mut Node, path: &[Segment], patch: &Patch) {
    let Some((segment, rest)) = path.split_first() else {
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
    let mut patched = tree.clone();
    let mut mistakes = apply_all(&mut patched, &patches);
    let read = from_tree::read(&patched);
    let found = read.scenario.map(|scenario| checks::run(&scenario, &patched, &read.cuts)).unwrap_or_default();
    mistakes.extend(read.mistakes);
    mistakes.extend(found.into_iter().filter(|diagnostic| diagnostic.severity == Severity::Error));
    let inside = |place: Place| place.source == set.place.source && (set.place.start..=set.place.end).contains(&place.start);
    let shown = |mistake: Diagnostic| {
        let mistake = mistake.located(&patched);
        let message = if mistake.path.0.is_empty() { mistake.message } else { format!("{}: {}", mistake.path, mistake.message) };
        let place = mistake.place.filter(|place| inside(*place));
        Diagnostic { path: at.clone(), message: format!("with this policy, {message}"), place, ..mistake }
    };
    mistakes.into_iter().map(shown).collect()
}
