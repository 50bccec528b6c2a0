//! Where the path of a patch leads: names may contain dots, and elements of lists have names.

use crate::scenario::path::{KeyPath, Segment};
use crate::scenario::suggest::instead;
use crate::scenario::tree::{Entry, Node, Value};
use crate::scenario::vocabulary::Spot;

/// Longer paths lead nowhere.
const LONGEST_PATH: usize = 2_000;

/// Finds where a path leads; all but names may still be missing there.
pub(super) fn resolve(tree: &Node, text: &str) -> Result<KeyPath, String> {
    let mut path = KeyPath::root();
    let mut node = Some(tree);
    let mut spot = Some(Spot::top());
    let mut rest = text;
    if rest.is_empty() {
        return Err("the path of a patch is empty".into());
    }
    if rest.len() > LONGEST_PATH {
        return Err(format!("a path is not longer than {LONGEST_PATH} bytes"));
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

/// The path that a text leads to, as far as it exists in the tree.
#[must_use]
pub fn nearest(tree: &Node, text: &str) -> KeyPath {
    let (mut path, mut node, mut rest) = (KeyPath::root(), tree, text);
    while let Ok((segment, length)) = step(Some(node), None, rest, &path) {
        let Some(child) = node.child(&segment) else { break };
        node = child;
        path.0.push(segment);
        rest = rest.get(length..).unwrap_or_default().trim_start_matches('.');
    }
    path
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
            let known = prefixes(rest).find(|key| entries.contains_key(*key));
            known.map_or_else(|| word(spot, rest, so_far, entries), |key| Ok((Segment::Key(key.to_string()), key.len())))
        }
        Some(Value::Cut) | None => word(spot, rest, so_far, &indexmap::IndexMap::new()),
    }
}

/// What the next key of a path can be, the longest first: names may contain dots.
fn prefixes(rest: &str) -> impl Iterator<Item = &str> {
    let dots = rest.rmatch_indices('.').map(|(at, _)| &rest[..at]);
    std::iter::once(rest).chain(dots).filter(|prefix| !prefix.is_empty())
}

/// The longest name that the rest of a path begins with.
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
    if word.is_empty() {
        return Err("a path is words and names with one dot between two".into());
    }
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
