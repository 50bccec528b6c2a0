//! What is wrong or suspicious in a scenario, as data, and its rendering with file, line, column and excerpt.

use std::fmt;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};

use super::path::KeyPath;
use super::source::{Position, Source};
use super::tree::{Node, Place};

/// Whether a scenario can be simulated in spite of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Legal but suspicious.
    Warning,
    /// A mistake: nothing is simulated.
    Error,
}

/// One mistake or warning.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// A stable name for the kind of mistake, e.g. `unknown-name`.
    pub code: &'static str,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What would be right.
    pub help: Option<String>,
    /// Where in the scenario.
    pub path: KeyPath,
    /// Whether the key at the path is meant, not its value.
    pub on_key: bool,
    /// Where in the texts; looked up by the path if it is not given.
    pub place: Option<Place>,
}

impl Diagnostic {
    /// A mistake at `path`.
    #[must_use]
    pub fn error(code: &'static str, path: KeyPath, message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, code, message: message.into(), help: None, path, on_key: false, place: None }
    }

    /// Says what would be right.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Points at the key instead of its value.
    #[must_use]
    pub fn on_key(mut self) -> Self {
        self.on_key = true;
        self
    }

    /// Points at a place in the texts.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// The same, with its place looked up in the tree.
    #[must_use]
    pub fn located(mut self, tree: &Node) -> Self {
        self.place = self.place.or_else(|| Some(self.look_up(tree)));
        self
    }

    fn look_up(&self, tree: &Node) -> Place {
        if self.on_key { tree.key_place(&self.path) } else { tree.nearest_place(&self.path) }
    }
}

/// A diagnostic as `--json` prints it.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Listed<'a> {
    /// How bad it is.
    pub severity: Severity,
    code: &'static str,
    message: &'a str,
    help: Option<&'a str>,
    path: String,
    file: Option<&'a str>,
    #[serde(flatten)]
    position: Option<Position>,
}

/// A diagnostic with the name of its text and its line and column.
#[must_use]
pub fn listed<'a>(diagnostic: &'a Diagnostic, sources: &'a [Source]) -> Listed<'a> {
    let source = source_of(diagnostic, sources);
    Listed {
        severity: diagnostic.severity,
        code: diagnostic.code,
        message: &diagnostic.message,
        help: diagnostic.help.as_deref(),
        path: diagnostic.path.to_string(),
        file: source.map(|source| source.name.as_str()),
        position: source.and_then(|source| diagnostic.place.map(|place| source.position(place))),
    }
}

/// How messages look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// For a terminal that shows colours.
    Coloured,
    /// For files, pipes and tests.
    Plain,
}

fn source_of<'a>(diagnostic: &Diagnostic, sources: &'a [Source]) -> Option<&'a Source> {
    sources.get(diagnostic.place?.source as usize)
}

/// Renders diagnostics one after the other.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], sources: &[Source], style: Style) -> String {
    let theme = match style {
        Style::Coloured => GraphicalTheme::unicode(),
        Style::Plain => GraphicalTheme::unicode_nocolor(),
    };
    let handler = GraphicalReportHandler::new_themed(theme).with_links(false).with_wrap_lines(false);
    let mut text = String::new();
    for diagnostic in diagnostics {
        let shown = Shown { diagnostic, source: source_of(diagnostic, sources) };
        // Writing to a string cannot fail, and a message without its excerpt is better than none.
        if handler.render_report(&mut text, &shown).is_err() {
            text.push_str(&diagnostic.message);
        }
        text.push('\n');
    }
    text
}

/// A diagnostic and its text, in the form that `miette` renders.
#[derive(Debug)]
struct Shown<'a> {
    diagnostic: &'a Diagnostic,
    source: Option<&'a Source>,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.diagnostic.path.0.is_empty() {
            write!(f, "{}: ", self.diagnostic.path)?;
        }
        f.write_str(&self.diagnostic.message)
    }
}

impl std::error::Error for Shown<'_> {}

impl miette::Diagnostic for Shown<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.diagnostic.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.diagnostic.severity {
            Severity::Warning => miette::Severity::Warning,
            Severity::Error => miette::Severity::Error,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.diagnostic.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let (start, length) = self.source?.underlined(self.diagnostic.place?);
        Some(Box::new(std::iter::once(LabeledSpan::new(Some("here".into()), start, length))))
    }
}
