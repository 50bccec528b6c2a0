//! Text to tree: one YAML 1.2 document, its aliases expanded, within limits.
//!
//! Not supported, and refused by name: several documents in one file, merge keys (`<<`), tags, keys that are not scalars.

use std::collections::HashMap;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, Span};
use indexmap::IndexMap;

use super::diagnostic::Diagnostic;
use super::tree::{Entry, Node, Place, Scalar, Value};

/// The largest file, in bytes.
pub const MAX_BYTES: usize = 4 << 20;
/// The most values in a file, after its aliases are expanded.
const MAX_NODES: usize = 200_000;
/// How deep values may nest.
const MAX_DEPTH: usize = 64;

/// Reads a document. `source` is the number under which its places are recorded; `None` is an empty document.
///
/// # Errors
/// The first thing that is not YAML, or that goes beyond a limit.
pub fn read(text: &str, source: u32) -> Result<Option<Node>, Box<Diagnostic>> {
    if text.len() > MAX_BYTES {
        let message = format!("the file has {} bytes, more than the {MAX_BYTES} allowed", text.len());
        return Err(syntax(message, Place { source, ..Place::default() }));
    }
    let mut builder = Builder { source, ..Builder::default() };
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        match event {
            Ok((event, span)) => builder.event(event, &span)?,
            Err(error) => return Err(scan_error(&error, text, source)),
        }
    }
    Ok(builder.root)
}

fn syntax(message: String, place: Place) -> Box<Diagnostic> {
    Box::new(Diagnostic::error("syntax", super::path::KeyPath::root(), message).at(place))
}

fn scan_error(error: &granit_parser::ScanError, text: &str, source: u32) -> Box<Diagnostic> {
    let start = error.marker().byte_offset().unwrap_or(0).min(text.len());
    let place = Place { source, start: offset(start), end: offset(start) };
    if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
        return too_deep(place);
    }
    let mut diagnostic = syntax(format!("this is not YAML: {}", error.info()), place);
    if text.lines().any(|line| line.trim_start_matches(' ').starts_with('\t')) {
        diagnostic.help = Some("YAML is indented with spaces, never with tabs".into());
    }
    diagnostic
}

/// Texts are shorter than `MAX_BYTES`, so that offsets fit.
fn offset(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// A value that an alias can stand for, with what it costs to repeat it.
struct Anchored {
    node: Node,
    size: usize,
    height: usize,
}

/// A map or a list that is not finished.
struct Open {
    node: Node,
    anchor: usize,
    key: Option<(String, Place)>,
    size: usize,
    height: usize,
}

#[derive(Default)]
struct Builder {
    source: u32,
    open: Vec<Open>,
    anchors: HashMap<usize, Anchored>,
    nodes: usize,
    documents: usize,
    root: Option<Node>,
}

impl Builder {
    fn event(&mut self, event: Event<'_>, span: &Span) -> Result<(), Box<Diagnostic>> {
        let place = self.place(span);
        match event {
            Event::DocumentStart(..) => self.document(place),
            Event::Scalar(text, style, anchor, tag) => {
                let as_text = tag.as_deref().is_some_and(|tag| tag.is_yaml_core_schema_tag("str"));
                if tag.is_some() && !as_text {
                    return Err(syntax("tags (`!…`) are no part of the language".into(), place));
                }
                let scalar = Scalar { text: text.into_owned(), plain: style == ScalarStyle::Plain && !as_text };
                self.finished(Anchored { node: Node { value: Value::Scalar(scalar), place }, size: 1, height: 1 }, anchor)
            }
            Event::SequenceStart(_, anchor, tag) => self.start(Value::List(Vec::new()), place, anchor, tag.is_some()),
            Event::MappingStart(_, anchor, tag) => self.start(Value::Map(IndexMap::new()), place, anchor, tag.is_some()),
            Event::SequenceEnd | Event::MappingEnd => self.end(place),
            Event::Alias(anchor) => self.alias(anchor, place),
            _ => Ok(()),
        }
    }

    fn place(&self, span: &Span) -> Place {
        let range = span.byte_range().unwrap_or(0..0);
        Place { source: self.source, start: offset(range.start), end: offset(range.end) }
    }

    fn document(&mut self, place: Place) -> Result<(), Box<Diagnostic>> {
        self.documents += 1;
        if self.documents > 1 {
            return Err(syntax("a second document (`---`) begins here: a file holds one scenario".into(), place));
        }
        Ok(())
    }

    fn start(&mut self, value: Value, place: Place, anchor: usize, tagged: bool) -> Result<(), Box<Diagnostic>> {
        if tagged {
            return Err(syntax("tags (`!…`) are no part of the language".into(), place));
        }
        if matches!(value, Value::Map(_) | Value::List(_)) && self.expects_key() {
            return Err(syntax("a key must be a word or a name".into(), place));
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(too_deep(place));
        }
        self.open.push(Open { node: Node { value, place }, anchor, key: None, size: 1, height: 1 });
        Ok(())
    }

    fn end(&mut self, place: Place) -> Result<(), Box<Diagnostic>> {
        let Some(mut open) = self.open.pop() else { return Ok(()) };
        open.node.place.end = place.end.max(open.node.place.end);
        self.finished(Anchored { node: open.node, size: open.size, height: open.height }, open.anchor)
    }

    fn alias(&mut self, anchor: usize, place: Place) -> Result<(), Box<Diagnostic>> {
        let Some(anchored) = self.anchors.get(&anchor) else {
            return Err(syntax("this alias stands inside the value that it names".into(), place));
        };
        if self.nodes + anchored.size > MAX_NODES {
            return Err(too_many(place));
        }
        if self.open.len() + anchored.height > MAX_DEPTH {
            return Err(too_deep(place));
        }
        self.nodes += anchored.size.saturating_sub(1);
        let copy = Anchored { node: anchored.node.clone(), size: anchored.size, height: anchored.height };
        self.finished(copy, 0)
    }

    /// Whether what comes next is a key of a map.
    fn expects_key(&self) -> bool {
        self.open.last().is_some_and(|open| matches!(open.node.value, Value::Map(_)) && open.key.is_none())
    }

    /// Puts a whole value where it belongs.
    fn finished(&mut self, value: Anchored, anchor: usize) -> Result<(), Box<Diagnostic>> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(too_many(value.node.place));
        }
        if anchor > 0 {
            let kept = Anchored { node: value.node.clone(), size: value.size, height: value.height };
            self.kept(kept, anchor)?;
        }
        let is_key = self.expects_key();
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(value.node);
            return Ok(());
        };
        if is_key {
            parent.key = Some(key(value.node)?);
            return Ok(());
        }
        parent.size += value.size;
        parent.height = parent.height.max(value.height + 1);
        insert(parent, value.node)
    }

    /// Copies kept for aliases count as well, so that nested anchors cannot multiply memory.
    fn kept(&mut self, value: Anchored, anchor: usize) -> Result<(), Box<Diagnostic>> {
        self.nodes += value.size;
        if self.nodes > MAX_NODES {
            return Err(too_many(value.node.place));
        }
        self.anchors.insert(anchor, value);
        Ok(())
    }
}

fn too_deep(place: Place) -> Box<Diagnostic> {
    syntax(format!("values nest deeper than {MAX_DEPTH} levels"), place)
}

fn too_many(place: Place) -> Box<Diagnostic> {
    let mut diagnostic = syntax(format!("the file holds more than {MAX_NODES} values"), place);
    diagnostic.help = Some("aliases count as often as they are used".into());
    diagnostic
}

fn key(node: Node) -> Result<(String, Place), Box<Diagnostic>> {
    match node.value {
        Value::Scalar(scalar) => Ok((scalar.text, node.place)),
        _ => Err(syntax("a key must be a word or a name".into(), node.place)),
    }
}

fn insert(parent: &mut Open, node: Node) -> Result<(), Box<Diagnostic>> {
    match &mut parent.node.value {
        Value::List(elements) => elements.push(node),
        Value::Map(entries) => {
            let Some((key, place)) = parent.key.take() else { return Ok(()) };
            if key.starts_with("x-") {
                return Ok(());
            }
            if key == "<<" {
                return Err(syntax("merge keys (`<<`) are not supported: give the whole value by an alias".into(), place));
            }
            if entries.contains_key(&key) {
                return Err(syntax(format!("`{key}` stands twice in this map"), place));
            }
            entries.insert(key, Entry { key: place, node });
        }
        Value::Scalar(_) | Value::Cut => {}
    }
    Ok(())
}
