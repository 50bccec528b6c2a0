//! How replicas follow the load: against an ideal scaler, what is lost to its lag, what stands idle, and which target is best.

mod charts;
mod summary;
mod tables;
pub(super) use tables::slug;
mod targets;
#[cfg(test)]
mod tests;
mod usage;
mod words;

pub use summary::{SCHEMA, Scalings};
pub use targets::{Targets, Trial, try_targets};
pub use usage::{Sums, Usage};

use crate::model::Model;
use crate::report::format::{decimal, duration};
use crate::report::{Chart, Docs, Part, Report, Section, Table};
use crate::run::Options;

/// Confidence level of every interval.
const LEVEL: f64 = 0.95;

/// What this analysis asks and how it answers.
pub const DOCS: Docs = Docs {
    name: "scaling analyze",
    question: "How well do the replicas follow the load: what is lost while they lag behind, what stands idle, do they flap, and which \
               target would be best?",
    method: "The course of the replicas while nothing breaks follows from the demand and the rule of each scaler (that of the Horizontal Pod \
             Autoscaler: ⌈replicas at work / target⌉, tolerance, windows, limits, start-up), with uncertain numbers at their medians. An ideal \
             scaler would have ⌈replicas at work / target⌉ at every moment, within the same minimum and maximum. Other targets are simulated \
             as the scenario is, with all failures and the same luck; the one recommended is the cheapest, credits included, of those \
             whose objectives on requests are kept with 95 % confidence.",
    assumptions: "A scaler sees the load as it is: the noise of a measurement of seconds is left out. Its replicas work as fast as the others \
                  from the moment they serve. What the load would be is not changed by how it is served, but for retries.",
    how_to_read: "Idle capacity is what serves beyond the ideal: the price of lag and of the window before replicas are taken away. Lost to lag are \
                  requests that found a full queue or were answered too late while fewer replicas served than the target with its tolerance calls for. A decision for more \
                  within a quarter of an hour of one for fewer counts as a flap.",
    references: &[
        "Kubernetes documentation, Horizontal Pod Autoscaling: algorithm details, and the defaults of scaling policies",
        "Gandhi, Harchol-Balter, Raghunathan & Kozuch, AutoScale: dynamic, robust capacity management, ACM TOCS 30, 2012: the cost of set-up times",
    ],
};

/// Over which period the use of a service is shown hour by hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pattern {
    /// The hours of a day.
    Daily,
    /// The hours of a week.
    Weekly,
}

impl Pattern {
    /// How many hours it has.
    #[must_use]
    pub fn hours(self) -> usize {
        match self {
            Self::Daily => 24,
            Self::Weekly => 168,
        }
    }

    /// Its name on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Weekly => "weekly",
        }
    }
}

/// Everything the report is made from.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// What was simulated.
    pub model: &'a Model,
    /// How.
    pub options: &'a Options,
    /// Over which period use is shown.
    pub pattern: Pattern,
    /// Every scaled service, as it was used.
    pub usage: &'a [Usage],
    /// Other targets, for each of them.
    pub targets: &'a [Targets],
    /// Ended by the user.
    pub interrupted: bool,
}

impl Input<'_> {
    fn name(&self, service: usize) -> &str {
        self.model.services.get(service).map_or("", |service| service.name.as_str())
    }

    fn targets_of(&self, service: usize) -> Option<&Targets> {
        self.targets.iter().find(|targets| targets.service == service)
    }
}

/// Estimates everything, and says what it means.
#[must_use]
pub fn analyze(input: &Input<'_>) -> (Scalings, Report) {
    let summary = summary::summary(input);
    let report = report(input, &summary);
    (summary, report)
}

fn report(input: &Input<'_>, summary: &Scalings) -> Report {
    let over_time = input.usage.iter().map(|usage| charts::over_time(input, usage)).collect();
    let by_hour = input.usage.iter().map(|usage| charts::by_hour(input, usage)).collect();
    let by_target = input.targets.iter().filter_map(|targets| charts::by_target(input, targets)).collect();
    Report {
        title: format!("{}: scaling", summary.scenario),
        subtitle: words::subtitle(input),
        verdicts: words::verdicts(input, summary),
        sections: vec![
            section("Replicas against the ideal", words::IDEAL, vec![tables::services(input, summary)], over_time),
            section("By the hour", words::HOURS, input.usage.iter().map(|usage| tables::hours(input, usage)).collect(), by_hour),
            section(
                "Other targets",
                words::TARGETS,
                input.targets.iter().map(|targets| tables::targets(input, targets)).collect(),
                by_target,
            ),
        ],
        assumptions: words::assumptions(input),
        facts: facts(input, summary),
        docs: DOCS,
    }
}

fn section(title: &str, intro: &str, tables: Vec<Table>, charts: Vec<Chart>) -> Section {
    // A long table is for files: its chart says the same.
    const READ: usize = 40;
    let part = |table: Table| if table.data.height() <= READ { Part::Table(table) } else { Part::Data(table) };
    let parts = tables.into_iter().map(part).chain(charts.into_iter().map(Part::Chart)).collect();
    Section { title: title.to_owned(), intro: intro.to_owned(), parts }
}

fn facts(input: &Input<'_>, summary: &Scalings) -> Vec<(String, String)> {
    [
        ("Scenario", summary.scenario.clone()),
        ("Ninefold", summary.version.clone()),
        ("Model", summary.model_hash.clone()),
        ("Seed", summary.seed.to_string()),
        ("Replications of each target", decimal(input.options.replications as f64, 0)),
        ("Length of each", duration(summary.horizon_seconds)),
        ("Usage pattern", input.pattern.word().to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}
