//! What deserialisation complains about, in the words of a user.

use std::fmt::{self, Display};

use serde::de::{Expected, Unexpected};

use crate::scenario::path::{KeyPath, Segment};

/// A complaint, and where: steps from the innermost outwards, added as it rises.
#[derive(Debug)]
pub struct Error {
    steps: Vec<Segment>,
    /// It is the key that is wrong, not its value.
    pub on_key: bool,
    /// What is wrong.
    pub kind: Kind,
}

/// What is wrong with an entry.
#[derive(Debug)]
pub enum Kind {
    Missing(&'static str),
    UnknownKey {
        key: String,
        expected: &'static [&'static str],
    },
    UnknownWord {
        word: String,
        expected: &'static [&'static str],
    },
    Other(String),
    /// So much was read again and again that the rest is left for the next time.
    Exhausted,
}

impl Error {
    /// A complaint about the very value that was read.
    pub const fn new(kind: Kind) -> Self {
        Self { steps: Vec::new(), on_key: false, kind }
    }

    /// The same, seen from one step further out.
    pub fn inside(mut self, segment: Segment) -> Self {
        self.steps.push(segment);
        self
    }

    /// The key itself is wrong, not its value.
    pub fn at_key(self, key: &str) -> Self {
        Self { on_key: true, ..self.inside(Segment::Key(key.to_string())) }
    }

    /// From the outermost step inwards.
    pub fn path(&self) -> KeyPath {
        KeyPath(self.steps.iter().rev().cloned().collect())
    }
}

impl Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.kind)
    }
}

impl std::error::Error for Error {}

impl serde::de::Error for Error {
    fn custom<T: Display>(message: T) -> Self {
        Self::new(Kind::Other(message.to_string()))
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let expected = match (expected.to_string().as_str(), found) {
            ("a sequence", Unexpected::Str(text)) => format!("a list like `[{}]`", shorten(text)),
            (other, _) => in_words(other).to_string(),
        };
        Self::new(Kind::Other(format!("expected {expected}, found {}", show(&found))))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(Kind::Missing(field))
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::new(Kind::UnknownKey { key: shorten(field), expected })
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::new(Kind::UnknownWord { word: shorten(variant), expected })
    }
}

fn shorten(text: &str) -> String {
    let short: String = text.chars().take(60).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}

/// What serde calls the types it expects, as a user would.
fn in_words(expected: &str) -> &str {
    match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, not negative and below 4 billion",
        "f64" => "a number",
        "a boolean" => "`true` or `false`",
        "a string" => "a text",
        "a sequence" => "a list",
        "a map" => "a map of names",
        other if other.starts_with("struct ") => "a map of words",
        other => other,
    }
}

fn show(found: &Unexpected<'_>) -> String {
    match found {
        Unexpected::Bool(value) => format!("`{value}`"),
        Unexpected::Unsigned(value) => format!("`{value}`"),
        Unexpected::Signed(value) => format!("`{value}`"),
        Unexpected::Float(value) => format!("`{value}`"),
        Unexpected::Str(text) => format!("`{}`", shorten(text)),
        Unexpected::Unit | Unexpected::Option => "nothing".into(),
        Unexpected::Seq => "a list".into(),
        Unexpected::Map => "a map".into(),
        Unexpected::Other(what) => (*what).into(),
        _ => "another kind of value".into(),
    }
}
