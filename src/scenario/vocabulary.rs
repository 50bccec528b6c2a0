//! The words of the language, taken from the JSON Schema: what may stand where, and what it means.

use std::sync::OnceLock;

use serde_json::Value;

use super::schema::Scenario;
use super::suggest::{instead, nearest};

/// The JSON Schema of a scenario.
#[must_use]
pub fn schema() -> &'static Value {
    static SCHEMA: OnceLock<Value> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        let mut schema = schemars::schema_for!(Scenario);
        schema.insert("title".into(), "Ninefold scenario".into());
        let mut value = schema.to_value();
        allow_ignored_keys(&mut value);
        value
    })
}

/// Keys that begin with `x-` may stand in every map of words.
fn allow_ignored_keys(value: &mut Value) {
    if let Value::Array(elements) = value {
        elements.iter_mut().for_each(allow_ignored_keys);
    }
    let Value::Object(object) = value else { return };
    object.values_mut().for_each(allow_ignored_keys);
    if object.get("additionalProperties") == Some(&Value::Bool(false)) {
        object.insert("patternProperties".into(), serde_json::json!({ "^x-": true }));
    }
}

/// How often references and alternatives are followed: the schema is finite, but `up_when` contains itself.
const DEPTH: usize = 12;

/// All schemas that a value may satisfy here, references followed.
fn alternatives(value: &'static Value) -> Vec<&'static Value> {
    let mut found = Vec::new();
    collect(value, DEPTH, &mut found);
    found
}

fn collect(value: &'static Value, depth: usize, found: &mut Vec<&'static Value>) {
    if depth == 0 {
        return;
    }
    found.push(value);
    if let Some(target) = value.get("$ref").and_then(Value::as_str).and_then(|name| schema().pointer(name.strip_prefix('#')?)) {
        collect(target, depth - 1, found);
    }
    for keyword in ["anyOf", "oneOf", "allOf"] {
        for inner in value.get(keyword).and_then(Value::as_array).into_iter().flatten() {
            collect(inner, depth - 1, found);
        }
    }
}

/// A place in the language: the top, or what stands under a word, a name or an element of a list.
#[derive(Debug, Clone, Copy)]
pub struct Spot {
    schema: &'static Value,
    /// What is said around the word where nothing is said at it: a word that stands alone is documented as a whole.
    around: Option<&'static str>,
}

/// What is said about a word that is the only one in its alternative.
fn stands_alone(alternative: &'static Value) -> Option<&'static str> {
    let words = alternative.get("properties")?.as_object()?;
    if words.len() == 1 { alternative.get("description")?.as_str() } else { None }
}

/// What a word is followed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Words of the language.
    Words,
    /// Names that the user chooses.
    Names,
    /// Elements of a list.
    Elements,
    /// Nothing: a plain value.
    Value,
}

impl Spot {
    /// The top of a scenario.
    #[must_use]
    pub fn top() -> Self {
        Self::of(schema())
    }

    const fn of(schema: &'static Value) -> Self {
        Self { schema, around: None }
    }

    /// The words that may stand here, with their meaning.
    #[must_use]
    pub fn words(self) -> Vec<(&'static str, Self)> {
        let mut words: Vec<(&'static str, Self)> = Vec::new();
        for alternative in alternatives(self.schema) {
            for (word, inner) in alternative.get("properties").and_then(Value::as_object).into_iter().flatten() {
                if !words.iter().any(|(known, _)| known == word) {
                    words.push((word, Self { schema: inner, around: stands_alone(alternative) }));
                }
            }
        }
        words
    }

    /// What stands under a word.
    #[must_use]
    pub fn word(self, word: &str) -> Option<Self> {
        self.words().into_iter().find(|(known, _)| *known == word).map(|(_, spot)| spot)
    }

    /// What stands under a name that the user chooses, if names stand here.
    #[must_use]
    pub fn name(self) -> Option<Self> {
        alternatives(self.schema).into_iter().find_map(|inner| inner.get("additionalProperties").filter(|names| names.is_object())).map(Self::of)
    }

    /// An element, if a list stands here.
    #[must_use]
    pub fn element(self) -> Option<Self> {
        alternatives(self.schema).into_iter().find_map(|inner| inner.get("items").filter(|items| items.is_object())).map(Self::of)
    }

    /// What follows here.
    #[must_use]
    pub fn content(self) -> Content {
        if self.name().is_some() {
            Content::Names
        } else if !self.words().is_empty() {
            Content::Words
        } else if self.element().is_some() {
            Content::Elements
        } else {
            Content::Value
        }
    }

    /// What it means, in the words of its documentation.
    #[must_use]
    pub fn meaning(self) -> Option<String> {
        let said = |value: &'static Value| value.get("description").and_then(Value::as_str);
        let own = said(self.schema).or(self.around);
        own.or_else(|| alternatives(self.schema).into_iter().find_map(said)).map(joined_lines)
    }

    /// What may be written here: kinds of values and bare words, without what stands under them.
    #[must_use]
    pub fn forms(self) -> Vec<String> {
        let mut forms = Vec::new();
        for alternative in alternatives(self.schema) {
            for form in forms_of(alternative) {
                if !forms.contains(&form) {
                    forms.push(form);
                }
            }
        }
        forms
    }
}

/// A comment is broken into lines where the source was, which means nothing to its reader.
fn joined_lines(text: &str) -> String {
    text.split("\n\n").map(|paragraph| paragraph.replace('\n', " ")).collect::<Vec<_>>().join("\n\n")
}

fn forms_of(value: &Value) -> Vec<String> {
    let words = value.get("enum").and_then(Value::as_array).into_iter().flatten();
    let bare = words.chain(value.get("const")).filter_map(Value::as_str).map(|word| format!("`{word}`"));
    let mut forms: Vec<String> = bare.collect();
    let kind = value.get("type").and_then(|kind| kind.as_str().or_else(|| kind.as_array()?.first()?.as_str()));
    let described = value.get("description").and_then(Value::as_str);
    match kind {
        Some("string") if value.get("pattern").is_some() => forms.extend(described.filter(|text| text.contains('`')).map(str::to_string)),
        Some("string") if forms.is_empty() => forms.push("a text".into()),
        Some("integer") => forms.push("a whole number".into()),
        Some("number") => forms.push("a number".into()),
        Some("boolean") => forms.push("`true` or `false`".into()),
        Some("array") => forms.push("a list".into()),
        _ => {}
    }
    forms
}

/// Finds what a path like `services.web.calls.retries` or `services.NAME.queue` stands for. Names and elements of lists
/// may be given or left out.
///
/// # Errors
/// The first word that is unknown, with the nearest known one.
pub fn find(path: &str) -> Result<Spot, String> {
    let mut spot = Spot::top();
    let mut so_far = String::new();
    let mut words = path.split('.').filter(|word| !word.is_empty()).peekable();
    while let Some(word) = words.next() {
        let (word, _) = word.split_once('[').unwrap_or((word, ""));
        if let (None, Some(mistyped)) = (words.peek(), mistyped(spot, word)) {
            return Err(unknown(mistyped, word, &so_far));
        }
        spot = next(spot, word).ok_or_else(|| unknown(spot, word, &so_far))?;
        so_far = if so_far.is_empty() { word.to_string() } else { format!("{so_far}.{word}") };
    }
    Ok(spot)
}

/// A word here, or under the name or element that stands between.
fn next(spot: Spot, word: &str) -> Option<Spot> {
    if let Some(found) = spot.word(word) {
        return Some(found);
    }
    let below = spot.name().or_else(|| spot.element())?;
    let left_out = below.word(word).or_else(|| below.element()?.word(word));
    Some(left_out.unwrap_or(below))
}

/// The place of the word that was probably meant by what would otherwise be taken for a name.
fn mistyped(spot: Spot, word: &str) -> Option<Spot> {
    let below = spot.name().filter(|_| spot.word(word).is_none())?;
    let words: Vec<&str> = below.words().into_iter().map(|(word, _)| word).collect();
    let near = nearest(word, words.iter().copied())?;
    (near != word).then_some(below)
}

fn unknown(spot: Spot, word: &str, so_far: &str) -> String {
    let words: Vec<&str> = spot.words().into_iter().map(|(word, _)| word).collect();
    let place = if so_far.is_empty() { "at the top of a scenario".to_string() } else { format!("under `{so_far}`") };
    if words.is_empty() {
        return format!("there is no `{word:.60}` {place}: nothing stands under it");
    }
    format!("there is no `{word:.60}` {place}: {}", instead(word, &words))
}
