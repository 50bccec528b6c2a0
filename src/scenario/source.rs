//! The texts a scenario was made from, and excerpts of them for messages.

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::tree::Place;

/// A text with its name: a file, standard input, or a patch on the command line.
#[derive(Debug, Clone)]
pub struct Source {
    /// What messages call it: `storefront.yaml`, `--set 2`.
    pub name: String,
    /// The whole text.
    pub text: String,
    line_starts: Vec<usize>,
}

/// Line and column of a place, both from 1, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
}

/// How much of a long line an excerpt shows on each side of what it points at, in bytes.
const LONG_LINE: usize = 200;

impl Source {
    /// Takes a text and finds its lines.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { name: name.into(), text, line_starts }
    }

    /// The line (from 0) that holds a byte.
    fn line_of(&self, byte: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= byte).saturating_sub(1)
    }

    fn line_start(&self, line: usize) -> usize {
        self.line_starts.get(line).copied().unwrap_or(self.text.len())
    }

    /// Where a place begins.
    #[must_use]
    pub fn position(&self, place: Place) -> Position {
        let byte = (place.start as usize).min(self.text.len());
        let line = self.line_of(byte);
        let before = self.text.get(self.line_start(line)..byte).unwrap_or("");
        Position { line: line + 1, column: before.chars().count() + 1 }
    }

    /// The bytes that an excerpt around `start..end` shows: whole lines, or a window of very long ones.
    fn window(&self, start: usize, end: usize, before: usize, after: usize) -> (usize, usize) {
        let first = self.line_start(self.line_of(start).saturating_sub(before));
        let last = self.line_start(self.line_of(end) + after + 1);
        let first = self.boundary(first.max(start.saturating_sub(LONG_LINE)));
        let last = self.boundary(last.min(end + LONG_LINE));
        (first, last.max(first))
    }

    /// The nearest boundary of a character at or before `byte`.
    fn boundary(&self, byte: usize) -> usize {
        let byte = byte.min(self.text.len());
        (0..=byte).rev().find(|at| self.text.is_char_boundary(*at)).unwrap_or(0)
    }

    /// The part of a place that a message underlines: its first line, and never more than a long line.
    #[must_use]
    pub fn underlined(&self, place: Place) -> (usize, usize) {
        let start = self.boundary(place.start as usize);
        let end_of_line = self.line_start(self.line_of(start) + 1);
        let end = (place.end as usize).min(end_of_line).min(start + LONG_LINE);
        let end = self.boundary(end).max(start);
        let visible = self.text.get(start..end).map_or(0, |text| text.trim_end().len());
        (start, visible)
    }
}

impl SourceCode for Source {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        context_before: usize,
        context_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let start = span.offset();
        let end = start + span.len();
        if end > self.text.len() {
            return Err(MietteError::OutOfBounds);
        }
        let without_context = context_before == 0 && context_after == 0;
        let (first, last) = if without_context { (start, end) } else { self.window(start, end, context_before, context_after) };
        let line = self.line_of(first);
        let column = first - self.line_start(line);
        let data = &self.text.as_bytes()[first..last];
        let lines = self.line_of(last) - line + 1;
        let span = SourceSpan::new(first.into(), last - first);
        Ok(Box::new(MietteSpanContents::new_named(self.name.clone(), data, span, line, column, lines)))
    }
}
