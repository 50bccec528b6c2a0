//! A tree as YAML or JSON. What is written here reads as the same scenario.

use std::fmt::Write;

use serde_json::Value as Json;

use super::tree::{Node, Resolved, Scalar, Value};

/// Flow style is used up to this width: `{mean: 45ms, cv: 1.2}`.
const WIDTH: usize = 90;

/// Writes a tree as YAML.
#[must_use]
pub fn yaml(tree: &Node) -> String {
    let mut text = String::new();
    match &tree.value {
        Value::Map(entries) if entries.is_empty() => text.push_str("{}\n"),
        Value::Map(_) | Value::List(_) => block(tree, 0, &mut text),
        _ => {
            text.push_str(&flow(tree));
            text.push('\n');
        }
    }
    text
}

/// Writes the entries of a map or a list, each on lines of its own.
fn block(node: &Node, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    match &node.value {
        Value::Map(entries) => {
            for (name, entry) in entries {
                let _ = write!(text, "{indent}{}:", key(name));
                below(&entry.node, depth, text);
            }
        }
        Value::List(elements) => {
            for element in elements {
                let _ = write!(text, "{indent}-");
                below(element, depth, text);
            }
        }
        Value::Scalar(_) | Value::Cut => {}
    }
}

/// What follows a key or a dash: on the same line if it fits, and never the parts of a scenario and their names.
fn below(node: &Node, depth: usize, text: &mut String) {
    let short = flow_within(node, WIDTH);
    let is_empty = short.as_deref().is_some_and(|short| ["{}", "[]"].contains(&short));
    let is_map = matches!(node.value, Value::Map(_));
    match short {
        Some(short) if !is_map || is_empty || depth >= 2 => {
            let _ = writeln!(text, " {short}");
        }
        _ if matches!(node.value, Value::Scalar(_) | Value::Cut) => {
            let _ = writeln!(text, " {}", flow(node));
        }
        _ => {
            text.push('\n');
            block(node, depth + 1, text);
        }
    }
}

/// Writes a node on one line, unless that is longer than `width`.
fn flow_within(node: &Node, width: usize) -> Option<String> {
    let mut text = String::new();
    write_flow(node, width, &mut text).then_some(text)
}

fn flow(node: &Node) -> String {
    flow_within(node, usize::MAX).unwrap_or_default()
}

/// False as soon as the text is too long: a large tree is not written twice.
fn write_flow(node: &Node, width: usize, text: &mut String) -> bool {
    match &node.value {
        Value::Scalar(scalar) => text.push_str(&self::scalar(scalar)),
        Value::Cut => text.push_str("null"),
        Value::List(elements) => {
            text.push('[');
            for (index, element) in elements.iter().enumerate() {
                text.push_str(if index > 0 { ", " } else { "" });
                if !write_flow(element, width, text) {
                    return false;
                }
            }
            text.push(']');
        }
        Value::Map(entries) => {
            text.push('{');
            for (index, (name, entry)) in entries.iter().enumerate() {
                text.push_str(if index > 0 { ", " } else { "" });
                let _ = write!(text, "{}: ", key(name));
                if !write_flow(&entry.node, width, text) {
                    return false;
                }
            }
            text.push('}');
        }
    }
    text.len() <= width
}

/// Whether a text can stand without quotes anywhere, also within `{}` and `[]`.
fn is_safe(text: &str) -> bool {
    let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.' | '/' | '%' | '+' | '~' | '>' | '(' | ')');
    let begins = text.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '~'))
        || text.starts_with(['-', '+']) && text[1..].starts_with(|c: char| c.is_ascii_digit() || c == '.');
    begins && !text.ends_with(' ') && text.chars().all(safe) && !text.starts_with("...")
}

fn quoted(text: &str) -> String {
    Json::String(text.to_string()).to_string()
}

fn key(name: &str) -> String {
    if is_safe(name) { name.to_string() } else { quoted(name) }
}

fn scalar(scalar: &Scalar) -> String {
    let text = &scalar.text;
    if scalar.resolve() == Resolved::Null {
        return "null".into();
    }
    let reads_the_same = scalar.plain || matches!(Scalar { plain: true, ..scalar.clone() }.resolve(), Resolved::Text(_));
    // A time of day such as 03:00 is safe where nothing but a digit follows the colon.
    let without_times = if scalar.plain && is_moment(text) { text.replace(':', "") } else { text.clone() };
    if reads_the_same && is_safe(&without_times) { text.clone() } else { quoted(text) }
}

fn is_moment(text: &str) -> bool {
    text.bytes().zip(text.bytes().skip(1)).all(|(this, next)| this != b':' || next.is_ascii_digit()) && !text.ends_with(':')
}

/// The tree as JSON.
#[must_use]
pub fn json(tree: &Node) -> Json {
    match &tree.value {
        Value::Scalar(scalar) => match scalar.resolve() {
            Resolved::Null => Json::Null,
            Resolved::Bool(value) => Json::Bool(value),
            Resolved::Int(value) => i64::try_from(value).map_or_else(|_| Json::String(scalar.text.clone()), Json::from),
            Resolved::Float(value) => Json::from(value),
            Resolved::Text(text) => Json::String(text.to_string()),
        },
        Value::List(elements) => Json::Array(elements.iter().map(json).collect()),
        Value::Map(entries) => Json::Object(entries.iter().map(|(key, entry)| (key.clone(), json(&entry.node))).collect()),
        Value::Cut => Json::Null,
    }
}
