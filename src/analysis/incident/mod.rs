//! The response to an incident: how long each stage takes, what changes of staffing and runbook would bring, and a playbook.

mod changes;
mod charts;
mod measures;
mod plan;
mod playbook;
mod steps;
mod summary;
mod tables;
mod variants;
mod words;

pub use plan::{Question, subject};
pub use playbook::Playbook;
pub use summary::{Incident, SCHEMA};

use std::sync::atomic::Ordering;

use crate::lab;
use crate::model::Model;
use crate::report::format::{decimal, duration};
use crate::report::{Docs, Part, Report, Section};
use crate::run::incident::{IncidentRuns, Subject, incidents};
use crate::run::{Control, Options, RunError};
use crate::scenario::Loaded;

/// Confidence level of every interval.
const LEVEL: f64 = 0.95;
/// The most replications: each of them is kept.
pub const MOST: u64 = 1_000_000;

/// What this analysis asks and how it answers.
pub const DOCS: Docs = Docs {
    name: "incident simulate",
    question: "When this failure happens, how long until it is noticed, acknowledged, diagnosed, mitigated and restored, and which change of staffing or runbook would shorten that?",
    method: "In every replication the failure is made to happen at a random moment of the horizon, each as likely as the others (the last \
             week is left out, or half of a shorter horizon, so that it can be followed), on one of the things that it can hit. One copy \
             of the history goes on without it: what users lose is the difference. Variants are patches to the scenario that meet the \
             same incidents at the same moments with the same draws, so their differences are paired. Means with Student's t over \
             replications, quantiles by Kaplan and Meier with Woodruff's intervals, since some incidents may reach beyond the horizon.",
    assumptions: "The scenario is right: people, hours, steps and how often they work are as it says. Other failures happen meanwhile and take \
                  people away. All moments are alike: failures that prefer the busy hours are not told apart.",
    how_to_read: "P50: half of the incidents are through the stage by then; P90: 90 of 100. Stages follow each other, so their means add up to that \
                  of the whole, and their P90 do not. Detect: from the onset until somebody or a program knows. Acknowledge: until work \
                  begins. Diagnose: until the first step begins that can end the incident. Mitigate: until no user's service is down \
                  because of it any more. Restore: until what failed is as before. A difference whose interval holds zero is not told apart \
                  from nothing; what is said to be shorter or longer holds for all variants together with 95 % (Bonferroni).",
    references: &[
        "Glasserman & Yao, Some guidelines and guarantees for common random numbers, Management Science 38, 1992",
        "Kaplan & Meier, Nonparametric estimation from incomplete observations, JASA 53, 1958",
        "Woodruff, Confidence intervals for medians and other position measures, JASA 47, 1952",
    ],
};

/// A variant of the scenario to try: its name and itself.
pub type Named = (String, Loaded);

/// A variant and how its incidents went.
#[derive(Debug, Clone)]
pub struct Tried {
    name: String,
    model: Model,
    runs: IncidentRuns,
}

/// What the simulation gave.
#[derive(Debug, Clone)]
pub struct Found {
    base: IncidentRuns,
    tried: Vec<Tried>,
}

impl Found {
    /// The incidents of the scenario as it is.
    #[must_use]
    pub fn base(&self) -> &IncidentRuns {
        &self.base
    }

    /// Whether the user ended it before all was done.
    #[must_use]
    pub fn interrupted(&self) -> bool {
        self.base.interrupted || self.tried.iter().any(|tried| tried.runs.interrupted)
    }
}

/// The changes of staffing and runbook that apply to a failure and leave a scenario without mistakes.
#[must_use]
pub fn variants(loaded: &Loaded, model: &Model, subject: &Subject) -> Vec<Named> {
    let changes = variants::changes(loaded, model, subject).into_iter();
    changes.filter_map(|change| Some((change.name, loaded.with(change.sets).ok()?))).collect()
}

/// Simulates the incidents of the scenario, and the first half of them with every variant in which they can happen.
///
/// # Errors
/// Where threads cannot be started.
pub fn investigate(
    model: &Model,
    subject: &Subject,
    question: &Question,
    variants: Vec<Named>,
    options: &Options,
    control: &Control,
) -> Result<Found, RunError> {
    let mut to_try: Vec<(String, Model, Subject)> = Vec::new();
    for (name, loaded) in variants {
        let Ok(variant) = lab::compile(&loaded) else { continue };
        let Ok(subject) = plan::subject(&variant, question) else { continue };
        // A change may be what a policy does anyway, or nothing.
        if variant.hash != model.hash && to_try.iter().all(|(_, other, _)| other.hash != variant.hash) {
            to_try.push((name, variant, subject));
        }
    }
    let fewer = Options { replications: options.replications.div_ceil(2), ..options.clone() };
    control.goal.store(options.replications + fewer.replications * to_try.len() as u64, Ordering::Relaxed);
    let base = incidents(model, options, subject, control)?;
    let mut tried = Vec::new();
    for (name, model, subject) in to_try {
        if control.stop.load(Ordering::Relaxed) {
            break;
        }
        let runs = incidents(&model, &fewer, &subject, control)?;
        if runs.incidents.iter().flatten().next().is_some() {
            tried.push(Tried { name, model, runs });
        }
    }
    Ok(Found { base, tried })
}

/// Everything the report is made from.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The scenario as it is.
    pub loaded: &'a Loaded,
    /// What was simulated.
    pub model: &'a Model,
    /// How.
    pub options: &'a Options,
    /// What was asked.
    pub question: &'a Question,
    /// What it is about.
    pub subject: &'a Subject,
    /// What it gave.
    pub found: &'a Found,
}

/// Estimates everything, says what it means, and writes the playbook.
#[must_use]
pub fn incident(input: &Input<'_>) -> (Incident, Report, Playbook) {
    let summary = summary::summary(input);
    let playbook = playbook::playbook(input, &summary);
    let report = report(input, &summary, &playbook);
    (summary, report, playbook)
}

fn report(input: &Input<'_>, summary: &Incident, playbook: &Playbook) -> Report {
    let sections = [Some(stages(input, summary)), changes(summary), Some(harm(summary)), Some(playbook.section())];
    Report {
        title: format!("{}: response to {}", summary.scenario, words::what(summary)),
        subtitle: words::subtitle(input, summary),
        verdicts: words::verdicts(summary),
        sections: sections.into_iter().flatten().collect(),
        assumptions: words::assumptions(input, summary),
        facts: facts(input, summary),
        docs: DOCS,
    }
}

fn stages(input: &Input<'_>, summary: &Incident) -> Section {
    let mut parts = vec![Part::Table(tables::stages(summary)), Part::Text(words::stages(summary))];
    parts.extend(charts::stages(summary).map(Part::Chart));
    if !summary.steps.is_empty() {
        parts.push(Part::Table(tables::steps(summary)));
    }
    parts.push(Part::Data(tables::each(input)));
    Section { title: "From the onset to restored".to_owned(), intro: String::new(), parts }
}

fn changes(summary: &Incident) -> Option<Section> {
    if summary.variants.is_empty() {
        return None;
    }
    let mut parts = vec![Part::Table(tables::variants(summary))];
    parts.extend(charts::differences(summary).into_iter().map(Part::Chart));
    parts.extend(charts::courses(summary).map(Part::Chart));
    let intro =
        "The same incidents at the same moments, with one thing changed. What costs money is not weighed here.".to_owned();
    Some(Section { title: "What a change would bring".to_owned(), intro, parts })
}

fn harm(summary: &Incident) -> Section {
    let mut parts = vec![Part::Table(tables::services(summary))];
    if !summary.objectives.is_empty() {
        parts.push(Part::Table(tables::objectives(summary)));
    }
    Section { title: "What users notice".to_owned(), intro: String::new(), parts }
}

fn facts(input: &Input<'_>, summary: &Incident) -> Vec<(String, String)> {
    let count = |n: u64| decimal(n as f64, 0);
    [
        ("Scenario", summary.scenario.clone()),
        ("Ninefold", summary.version.clone()),
        ("Model", summary.model_hash.clone()),
        ("Seed", summary.seed.to_string()),
        ("Incidents", count(summary.incidents)),
        ("Variants", count(summary.variants.len() as u64)),
        ("Horizon", duration(summary.horizon_seconds)),
        ("Warm-up", if input.options.before() > 0.0 { duration(input.options.before()) } else { "none".to_owned() }),
        ("Time zone", input.model.start.time_zone().iana_name().unwrap_or("UTC").to_owned()),
        ("Events", count(summary.events)),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}
