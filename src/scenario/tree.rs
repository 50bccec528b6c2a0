//! A YAML document as a tree that keeps positions.

use indexmap::IndexMap;

use super::path::{KeyPath, Segment};

/// A stretch of one of the texts that a scenario was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// Which text: the scenario is 0, patches follow.
    pub source: u32,
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

/// A value with the place it was written at. Two nodes are equal if their values are, wherever they stand.
#[derive(Debug, Clone)]
pub struct Node {
    /// What is written there.
    pub value: Value,
    /// Where it is written.
    pub place: Place,
}

/// What a node holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A text, a number, a truth value or nothing.
    Scalar(Scalar),
    /// Elements in their order.
    List(Vec<Node>),
    /// Keys with their values, in the order of the file.
    Map(IndexMap<String, Entry>),
    /// Left out while the rest is read, because it is wrong and has been reported. No finished tree holds it.
    Cut,
}

/// The value of a key, and where the key is written.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The place of the key.
    pub key: Place,
    /// The value.
    pub node: Node,
}

/// A scalar as written. Two are equal if they mean the same, in whichever quotes.
#[derive(Debug, Clone)]
pub struct Scalar {
    /// The text without its quotes.
    pub text: String,
    /// Whether it stood without quotes, so that `5` is a number and `true` is a truth value.
    pub plain: bool,
}

/// What a scalar means by the core schema of YAML 1.2.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Resolved<'a> {
    /// Nothing: empty, `~` or `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// Any other number, `.inf` and `.nan` among them.
    Float(f64),
    /// Everything else.
    Text(&'a str),
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

impl PartialEq for Scalar {
    fn eq(&self, other: &Self) -> bool {
        self.resolve() == other.resolve()
    }
}

impl Scalar {
    /// What the text means: quoted texts are texts.
    #[must_use]
    pub fn resolve(&self) -> Resolved<'_> {
        let text = self.text.as_str();
        if !self.plain {
            return Resolved::Text(text);
        }
        match text {
            "" | "~" | "null" | "Null" | "NULL" => Resolved::Null,
            "true" | "True" | "TRUE" => Resolved::Bool(true),
            "false" | "False" | "FALSE" => Resolved::Bool(false),
            ".nan" | ".NaN" | ".NAN" => Resolved::Float(f64::NAN),
            ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Resolved::Float(f64::INFINITY),
            "-.inf" | "-.Inf" | "-.INF" => Resolved::Float(f64::NEG_INFINITY),
            _ => number(text).unwrap_or(Resolved::Text(text)),
        }
    }
}

fn number(text: &str) -> Option<Resolved<'static>> {
    if let Some(digits) = text.strip_prefix("0x") {
        return radix(digits, 16);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return radix(digits, 8);
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    if unsigned.len() < 30 && unsigned.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok().map(Resolved::Int);
    }
    text.parse().ok().map(Resolved::Float)
}

fn radix(digits: &str, radix: u32) -> Option<Resolved<'static>> {
    let whole = digits.len() < 20 && digits.starts_with(|c: char| c.is_ascii_hexdigit());
    whole.then(|| i128::from_str_radix(digits, radix).ok().map(Resolved::Int)).flatten()
}

impl Node {
    /// A map without entries.
    #[must_use]
    pub fn empty_map(place: Place) -> Self {
        Self { value: Value::Map(IndexMap::new()), place }
    }

    /// Whether nothing is written here: an empty value, `~` or `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar(scalar) if scalar.resolve() == Resolved::Null)
    }

    /// The entries, if this is a map.
    #[must_use]
    pub fn as_map(&self) -> Option<&IndexMap<String, Entry>> {
        match &self.value {
            Value::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The text, if this is a scalar.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(scalar) => Some(&scalar.text),
            _ => None,
        }
    }

    /// The value of `key`, if this is a map that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_map()?.get(key).map(|entry| &entry.node)
    }

    /// What one step leads to.
    #[must_use]
    pub fn child(&self, segment: &Segment) -> Option<&Self> {
        match (&self.value, segment) {
            (Value::Map(entries), Segment::Key(key)) => entries.get(key).map(|entry| &entry.node),
            (Value::List(elements), Segment::Index(index)) => elements.get(*index),
            _ => None,
        }
    }

    /// What one step leads to, to be changed.
    pub fn child_mut(&mut self, segment: &Segment) -> Option<&mut Self> {
        match (&mut self.value, segment) {
            (Value::Map(entries), Segment::Key(key)) => entries.get_mut(key).map(|entry| &mut entry.node),
            (Value::List(elements), Segment::Index(index)) => elements.get_mut(*index),
            _ => None,
        }
    }

    /// What stands at `path`.
    #[must_use]
    pub fn at(&self, path: &KeyPath) -> Option<&Self> {
        path.0.iter().try_fold(self, |node, segment| node.child(segment))
    }

    /// What stands at `path`, to be changed.
    pub fn at_mut(&mut self, path: &KeyPath) -> Option<&mut Self> {
        path.0.iter().try_fold(self, |node, segment| node.child_mut(segment))
    }

    /// The place of what stands at `path`, or of the nearest thing around it that exists.
    #[must_use]
    pub fn nearest_place(&self, path: &KeyPath) -> Place {
        let (mut node, mut place) = (self, self.place);
        for segment in &path.0 {
            match node.child(segment) {
                Some(child) => (node, place) = (child, visible_place(node, segment, child)),
                None => break,
            }
        }
        place
    }

    /// The place of the key that `path` ends with, or of its value where there is none.
    #[must_use]
    pub fn key_place(&self, path: &KeyPath) -> Place {
        let key = path.split_last().and_then(|(parent, last)| {
            let Segment::Key(key) = last else { return None };
            Some(self.at(&parent)?.as_map()?.get(key)?.key)
        });
        key.unwrap_or_else(|| self.nearest_place(path))
    }
}

/// A scalar is shown by itself; a map, a list or an empty value by its key.
fn visible_place(parent: &Node, segment: &Segment, child: &Node) -> Place {
    let Segment::Key(key) = segment else { return child.place };
    let shows_itself = matches!(child.value, Value::Scalar(_)) && child.place.start < child.place.end;
    let entry = parent.as_map().and_then(|entries| entries.get(key));
    entry.filter(|_| !shows_itself).map_or(child.place, |entry| entry.key)
}
