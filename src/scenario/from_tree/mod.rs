//! Tree to scenario, with every mistake on the way.
//!
//! Serde stops at the first error. So the error is recorded with the path of its node, the smallest entry around it is
//! cut from a working copy, and reading begins again, until nothing is wrong. What is missing only because it was cut is
//! cut further without a word.

mod deserializer;
mod error;

use std::cell::Cell;

use serde::Deserialize;

use super::diagnostic::Diagnostic;
use super::path::{KeyPath, Segment};
use super::schema::Scenario;
use super::suggest::{instead, nearest};
use super::tree::{Entry, Node, Scalar, Value};
use deserializer::FromNode;
use error::{Error, Kind};

/// More mistakes than this are not listed: by then the file is something else.
const MAX_MISTAKES: usize = 100;
/// How many nodes are read in all, over all attempts.
const MAX_READS: usize = 3_000_000;

/// What could be read of a scenario.
pub struct Read {
    /// The scenario without its mistakes; absent where nothing sensible is left.
    pub scenario: Option<Scenario>,
    /// The mistakes.
    pub mistakes: Vec<Diagnostic>,
    /// The paths of what was left out.
    pub cuts: Vec<KeyPath>,
}

/// Reads a scenario from its tree.
#[must_use]
pub fn read(tree: &Node) -> Read {
    let mut attempt = Attempt { tree: tree.clone(), mistakes: Vec::new(), cuts: Vec::new() };
    let budget = Cell::new(MAX_READS);
    let scenario = loop {
        match Scenario::deserialize(FromNode { node: &attempt.tree, budget: &budget }) {
            Ok(scenario) => break Some(with_policies(scenario, &attempt.tree)),
            Err(error) if !attempt.mend(&error) => break None,
            Err(_) => {}
        }
    };
    Read { scenario, mistakes: attempt.mistakes, cuts: attempt.cuts }
}

/// Adds the patches of policies, whose values stay raw.
fn with_policies(mut scenario: Scenario, tree: &Node) -> Scenario {
    for (name, policy) in &mut scenario.policies {
        let set = tree.at(&KeyPath::of(&["policies", name, "set"])).and_then(Node::as_map);
        policy.set = set.into_iter().flatten().map(|(path, entry)| (path.clone(), entry.node.clone())).collect();
    }
    scenario
}

struct Attempt {
    tree: Node,
    mistakes: Vec<Diagnostic>,
    cuts: Vec<KeyPath>,
}

impl Attempt {
    /// Records an error and cuts it out; false when that leads nowhere.
    fn mend(&mut self, error: &Error) -> bool {
        if matches!(error.kind, Kind::Exhausted) || self.mistakes.len() >= MAX_MISTAKES {
            self.mistakes.push(Diagnostic::error("too-many", KeyPath::root(), "there may be more mistakes after these"));
            return false;
        }
        let path = self.exact_path(error);
        if !self.follows_from_a_cut(error, &path) {
            self.mistakes.push(describe(error, path.clone(), &self.tree));
        }
        match &error.kind {
            Kind::Missing(field) if path.0.is_empty() => self.stand_in(field),
            _ => self.cut(path),
        }
    }

    /// An unknown word is reported where it stands, also if the complaint comes from the map around it.
    fn exact_path(&self, error: &Error) -> KeyPath {
        let path = error.path();
        if is_bare_interval(&error.kind) && !error.on_key {
            return path;
        }
        if is_bare_interval(&error.kind) {
            return path.split_last().map_or_else(KeyPath::root, |(around, _)| around);
        }
        let (Kind::UnknownKey { key: word, .. } | Kind::UnknownWord { word, .. }) = &error.kind else { return path };
        let inner = self.tree.at(&path).and_then(|node| node.get(word)).is_some();
        if inner && !error.on_key { path.key(word) } else { path }
    }

    fn follows_from_a_cut(&self, error: &Error, path: &KeyPath) -> bool {
        let is_cut = |node: &Node| node.value == Value::Cut;
        let Some(node) = self.tree.at(path) else { return false };
        match (&error.kind, &node.value) {
            (Kind::Missing(field), _) => node.get(field).is_some_and(is_cut),
            (Kind::Other(_), Value::Map(entries)) => entries.values().any(|entry| is_cut(&entry.node)),
            (Kind::Other(_), Value::List(elements)) => elements.iter().any(is_cut),
            _ => false,
        }
    }

    fn cut(&mut self, path: KeyPath) -> bool {
        let Some(node) = self.tree.at_mut(&path) else { return false };
        if path.0.is_empty() || node.value == Value::Cut {
            return false;
        }
        node.value = Value::Cut;
        self.cuts.push(path);
        true
    }

    /// Puts something in the place of a word that the top level needs, so that the rest can be checked.
    fn stand_in(&mut self, field: &str) -> bool {
        let text = match field {
            "name" => "unnamed",
            "start" => "2026-01-01",
            "horizon" => "1y",
            _ => return false,
        };
        let node = Node { value: Value::Scalar(Scalar { text: text.into(), plain: true }), place: self.tree.place };
        let entry = Entry { key: self.tree.place, node };
        let Value::Map(entries) = &mut self.tree.value else { return false };
        entries.insert(field.to_string(), entry);
        self.cuts.push(KeyPath::of(&[field]));
        true
    }
}

/// A word by which a list of distributions is recognised.
const A_DISTRIBUTION: &str = "hyperexponential";

/// Whether `{low, high}` stands where a distribution is expected.
fn is_bare_interval(kind: &Kind) -> bool {
    match kind {
        Kind::UnknownWord { word, expected } => {
            expected.contains(&A_DISTRIBUTION) && ["low", "high", "confidence"].contains(&word.as_str())
        }
        _ => false,
    }
}

fn describe(error: &Error, path: KeyPath, tree: &Node) -> Diagnostic {
    match &error.kind {
        Kind::Missing(field) => missing(field, path),
        Kind::UnknownKey { key, expected } => {
            Diagnostic::error("unknown-key", path, format!("unknown key `{key}`: {}", instead(key, expected))).on_key()
        }
        kind if is_bare_interval(kind) => {
            Diagnostic::error("ambiguous-interval", path, "a bare `{low, high}` can mean two things where a distribution stands")
                .help("varies each time? `{uniform: {low: …, high: …}}`; one value that nobody knows? `{constant: {low: …, high: …}}`")
        }
        Kind::UnknownWord { word, expected } => unknown_word(word, expected, path, error.on_key),
        Kind::Other(message) => {
            let diagnostic = Diagnostic::error("wrong-value", path, message.clone());
            if error.on_key { diagnostic.on_key() } else { diagnostic }
        }
        Kind::Exhausted => Diagnostic::error("too-many", path, "too much to read"),
    }
    .located(tree)
}

fn missing(field: &str, path: KeyPath) -> Diagnostic {
    let diagnostic = Diagnostic::error("missing-key", path.clone(), format!("`{field}` is missing"));
    let explained = match path.0.first() {
        _ if path.0.is_empty() => field.to_string(),
        Some(Segment::Key(section)) => format!("{section}.{field}"),
        _ => return diagnostic,
    };
    diagnostic.help(format!("`ninefold explain {explained}` says what to write")).on_key()
}

fn unknown_word(word: &str, expected: &'static [&'static str], path: KeyPath, on_key: bool) -> Diagnostic {
    let is_distribution = expected.contains(&A_DISTRIBUTION);
    let message = if nearest(word, expected.iter().copied()).is_none() && is_distribution {
        format!("`{word}` is neither a duration like `5m` nor a distribution: {}", instead(word, expected))
    } else {
        format!("unknown word `{word}`: {}", instead(word, expected))
    };
    let diagnostic = Diagnostic::error("unknown-word", path, message);
    if on_key { diagnostic.on_key() } else { diagnostic }
}
