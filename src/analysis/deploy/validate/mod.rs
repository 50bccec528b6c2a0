//! Go or no-go: whether the error budget that is left covers a release, with a chosen confidence.

mod charts;
mod spend;
mod summary;
mod tables;
mod words;

pub use spend::{Asked, Judged, judge};
pub use summary::{DeployValidation, SCHEMA};

use crate::model::Model;
use crate::report::chart::after;
use crate::report::format::{decimal, number};
use crate::report::{Docs, Part, Report, Section, Unit};
use crate::run::Options;

/// What this analysis asks and how it answers.
pub const DOCS: Docs = Docs {
    name: "deploy validate",
    question: "Does the error budget that is left cover this release: go or no-go?",
    method: "The rest of the window is simulated twice with the same luck: with one release at its begin, by the strategy of the scenario, \
             and without. What is bad with it and not without is what the release spends, replication by replication. It is a go where the \
             chosen quantile of that (95 %) is no more than what is left of every objective that the release can touch.",
    assumptions: "A rolling window is taken for one with an end: what was spent stays spent until then. The budget is a share of what the window \
                  counts, with the traffic of the scenario at that time. What was spent so far is told, or else the part of the \
                  expected spend, releases among it, that belongs to the part of the window that is over.",
    how_to_read: "A release that is seldom bad spends nothing most of the time: with one bad in a hundred the 95 % quantile is zero, and a go says \
                  just that. The spend of a bad one stands beside it, and --confidence 99.5% asks for more. The chances of a breach count all \
                  else that happens until the end of the window.",
    references: &[
        "Beyer et al., The Site Reliability Workbook, 2018, appendix B: error budget policy",
        "Glasserman & Yao, Some guidelines and guarantees for common random numbers, Management Science 38, 1992",
    ],
};

/// Everything the report is made from.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The scenario.
    pub model: &'a Model,
    /// How it was simulated.
    pub options: &'a Options,
    /// What was asked.
    pub asked: &'a Asked,
    /// By service and objective.
    pub judged: &'a [Judged],
    /// Ended by the user.
    pub interrupted: bool,
}

/// Says what came of it.
#[must_use]
pub fn validate(input: &Input<'_>) -> (DeployValidation, Report) {
    let summary = summary::summary(input);
    let section = |title: &str, intro: String, parts: Vec<Part>| Section { title: title.to_owned(), intro, parts };
    let chart = Some(charts::spend(input)).filter(|chart| !chart.is_empty()).map(Part::Chart);
    let report = Report {
        title: format!("{}: {}", summary.scenario, if summary.go { "go" } else { "no-go" }),
        subtitle: format!(
            "One release on {}, with {} of the window over, at {} confidence.",
            after(&input.model.start, input.asked.at).strftime("%a %-d %b %Y at %H:%M"),
            number(input.asked.elapsed, Unit::Share),
            number(input.asked.confidence, Unit::Share)
        ),
        verdicts: words::verdicts(input),
        sections: vec![
            section(
                "What a release spends",
                words::spend(input),
                chart.into_iter().chain([Part::Table(tables::spend(input))]).collect(),
            ),
            section("Until the end of the window", words::BREACH.to_owned(), vec![Part::Table(tables::breach(input))]),
        ],
        assumptions: words::assumptions(input),
        facts: [
            ("Scenario", summary.scenario.clone()),
            ("Ninefold", summary.version.clone()),
            ("Model", summary.model_hash.clone()),
            ("Seed", summary.seed.to_string()),
            ("Replications", decimal(summary.replications as f64, 0)),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec(),
        docs: DOCS,
    };
    (summary, report)
}
