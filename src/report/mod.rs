//! What an analysis found, as data: verdicts, text, tables and descriptions of charts. No output is named here.

pub mod chart;
pub mod format;
pub mod summary;
pub mod table;

pub use chart::{Axis, Chart, Look, Mark, Scale};
pub use format::Unit;
pub use summary::Summary;
pub use table::{Column, Frame, Table};

/// What one analysis says. The first lines answer the question; what follows explains them.
#[derive(Debug, Clone)]
pub struct Report {
    pub title: String,
    pub subtitle: String,
    /// The answer, one sentence each, the most important first.
    pub verdicts: Vec<Verdict>,
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
    pub question: &'static str,
    pub method: &'static str,
    pub assumptions: &'static str,
    pub how_to_read: &'static str,
    pub references: &'static [&'static str],
}

/// One sentence of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub status: Status,
    pub text: String,
}

impl Verdict {
    pub fn new(status: Status, text: impl Into<String>) -> Self {
        Self { status, text: text.into() }
    }
}

/// How good news is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    Info,
    Good,
    Warn,
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

#[derive(Debug, Clone)]
pub struct Section {
    pub title: String,
    pub intro: String,
    pub parts: Vec<Part>,
}

#[derive(Debug, Clone)]
pub enum Part {
    Text(String),
    Table(Table),
    Chart(Chart),
    /// A table that is written to the output folder and not shown.
    Data(Table),
}

impl Report {
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
