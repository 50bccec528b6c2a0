//! What an analysis found, as data: verdicts, text, tables and descriptions of charts. No output is named here.

pub mod chart;
pub mod format;
pub mod summary;
pub mod table;

pub use chart::{Axis, Chart, Look, Mark, Scale, Shape};
pub use format::Unit;
pub use summary::Summary;
pub use table::{Column, Frame, Table};

/// What one analysis says. The first lines answer the question; what follows explains them.
#[derive(Debug, Clone)]
pub struct Report {
    /// What was analysed and how: `storefront: forecast`.
    pub title: String,
    /// What the scenario is about, the span of time and the number of replications, in one line.
    pub subtitle: String,
    /// The answer, one sentence each, the most important first.
    pub verdicts: Vec<Verdict>,
    /// What explains the answer, in the order of reading.
    pub sections: Vec<Section>,
    /// What the answer rests on, one sentence each.
    pub assumptions: Vec<String>,
    /// Seed, version, replications …: what is needed to make the same report again.
    pub facts: Vec<(String, String)>,
    /// What the analysis is and how it is read.
    pub docs: Docs,
}

/// What an analysis asks and how it answers; printed by its help and at the end of its page.
#[derive(Debug, Clone, Copy)]
pub struct Docs {
    /// As on the command line.
    pub name: &'static str,
    /// What it answers, as one question.
    pub question: &'static str,
    /// How it answers: estimators, and where their intervals come from.
    pub method: &'static str,
    /// What must be true for the answer to be.
    pub assumptions: &'static str,
    /// What a reader may take the numbers for, and what not.
    pub how_to_read: &'static str,
    /// Publications behind the method, one each.
    pub references: &'static [&'static str],
}

/// One sentence of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Whether that is good news.
    pub status: Status,
    /// The sentence, with its numbers.
    pub text: String,
}

impl Verdict {
    /// A sentence and how good news it is.
    pub fn new(status: Status, text: impl Into<String>) -> Self {
        Self { status, text: text.into() }
    }
}

/// How good news is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Neither good nor bad: something to know.
    Info,
    /// As promised.
    Good,
    /// Within reach of going wrong.
    Warn,
    /// Not as promised.
    Bad,
}

impl Status {
    /// A word for it, so that no output depends on colour.
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "note",
            Self::Good => "good",
            Self::Warn => "at risk",
            Self::Bad => "bad",
        }
    }
}

/// One part of the explanation, under its own heading.
#[derive(Debug, Clone)]
pub struct Section {
    /// Its heading.
    pub title: String,
    /// A sentence before its parts; may be empty.
    pub intro: String,
    /// What it shows, in order.
    pub parts: Vec<Part>,
}

/// A piece of a section.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "a report has a few dozen parts, and most are the large ones")]
pub enum Part {
    /// A paragraph.
    Text(String),
    /// A table that people read.
    Table(Table),
    /// A chart, with the table behind it.
    Chart(Chart),
    /// A table that is written to the output folder and not shown.
    Data(Table),
}

impl Report {
    /// Every chart of the report, in order.
    pub fn charts(&self) -> impl Iterator<Item = &Chart> {
        self.parts().filter_map(|p| if let Part::Chart(c) = p { Some(c) } else { None })
    }

    /// Every table of the report, shown or only written, without those behind the charts.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.parts().filter_map(|p| match p {
            Part::Table(t) | Part::Data(t) => Some(t),
            Part::Text(_) | Part::Chart(_) => None,
        })
    }

    fn parts(&self) -> impl Iterator<Item = &Part> {
        self.sections.iter().flat_map(|s| &s.parts)
    }
}
