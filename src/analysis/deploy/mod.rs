//! The plan of a release: which way for which risk, step by step, what is checked, how it is taken back, what each way would cost,
//! and what must be ready. And whether the error budget that is left covers it ([`validate`]).

mod bake;
mod charts;
mod readiness;
mod released;
mod steps;
mod strategies;
mod summary;
mod tables;
mod trial;
pub mod validate;
mod words;

pub use bake::{Errors, power, requests};
pub use readiness::{Item, State, checklist};
pub use released::Released;
pub use steps::{Course, Step, course};
pub use strategies::{Alternative, Risk, alternatives};
pub use summary::{DeployPlan, SCHEMA};
pub use trial::{Trials, Tried, trials};

use crate::report::chart::after;
use crate::report::format::{decimal, duration};
use crate::report::{Docs, Part, Report, Section};
use crate::run::Options;

/// What this analysis asks and how it answers.
pub const DOCS: Docs = Docs {
    name: "deploy plan",
    question: "How should this service be released, what is checked at each step, how is it taken back, and what would other ways cost?",
    method: "The risk names the strategy. Each step is watched until its test finds a bad release of the scenario with the wanted \
             probability: by the exact binomial law for a limit on errors, by the power of the two-proportion test where versions are \
             compared; rounded up to whole minutes, at least 5 (30 for high and critical risk). Every strategy is then simulated over \
             the horizon with the same luck, and compared with the recommended one pair by pair.",
    assumptions: "Times of steps are for the mean traffic of the horizon, tests in the plan for the traffic of their own time, with \
                  uncertain numbers at their medians. Requests that come are independent, and a bad release fails the same share of \
                  them all the time. What a bad release that is slower fails depends on the load: of that only the simulation tells.",
    how_to_read: "A verdict says where another strategy hurts fewer requests for sure: then all statements about all strategies hold \
                  together with 95 %. Less harm is often bought with more time or more replicas, which stand beside it. The checklist \
                  says what the scenario shows; what is to confirm no scenario can show.",
    references: &[
        "Fleiss, Levin & Paik, Statistical methods for rates and proportions, 3rd ed. 2003, section 4.2: power of two proportions",
        "Chernoff, A measure of asymptotic efficiency for tests of a hypothesis, Annals of Mathematical Statistics 23, 1952: the limit",
        "DORA, Accelerate State of DevOps: deployment frequency, lead time, change fail rate, failed-deployment recovery time",
        "Beyer et al., The Site Reliability Workbook, 2018, chapters 5 and 16: alarms, and canaries",
    ],
};

/// Everything the plan is made from.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// What is released.
    pub released: &'a Released<'a>,
    /// How it was simulated.
    pub options: &'a Options,
    /// The risk that the plan is for.
    pub risk: Risk,
    /// The probability with which the first test shall find a bad release.
    pub wanted: f64,
    /// When it begins, seconds after the start.
    pub at: f64,
    /// What came of the strategies.
    pub trials: &'a Trials,
    /// Ended by the user.
    pub interrupted: bool,
}

impl Input<'_> {
    fn chosen(&self) -> &Tried {
        &self.trials.tried[0]
    }

    fn currency(&self) -> &str {
        &self.released.model.currency
    }
}

/// Writes the plan.
#[must_use]
pub fn plan(input: &Input<'_>) -> (DeployPlan, Report) {
    let chosen = input.chosen();
    let course = course(&chosen.model, input.released, input.at);
    let items = checklist(input.released, (&chosen.model, &course), (&chosen.alternative, input.risk, input.wanted), input.at);
    let summary = summary::summary(input, &course, &items);
    let section = |title: &str, intro: String, parts: Vec<Part>| Section { title: title.to_owned(), intro, parts };
    let mut compared: Vec<Part> =
        charts::compared(input).into_iter().filter(|chart| !chart.is_empty()).map(Part::Chart).collect();
    compared.extend(tables::compared(input).into_iter().map(Part::Table));
    compared.push(Part::Table(tables::dora(input)));
    compared.push(Part::Data(tables::all(input)));
    let sections = vec![
        section("The steps", words::steps(input, &course), {
            let chart = Some(charts::timeline(input, &course)).filter(|chart| !chart.is_empty());
            chart
                .map(Part::Chart)
                .into_iter()
                .chain([Part::Table(tables::steps(&course)), Part::Table(tables::checks(&course))])
                .collect()
        }),
        section("Going back", words::back(input), vec![Part::Table(tables::back(&course))]),
        section("The strategies compared", words::compared(input), compared),
        section("Ready?", words::READY.to_owned(), vec![Part::Table(tables::ready(&items))]),
    ];
    let report = Report {
        title: format!("{}: release plan of {}", summary.scenario, summary.service),
        subtitle: format!(
            "A release of {} risk, {}, on {}, over in {}.",
            input.risk.word(),
            chosen.alternative.name,
            after(&input.released.model.start, input.at).strftime("%a %-d %b %Y at %H:%M"),
            duration(course.lasts)
        ),
        verdicts: words::verdicts(input, &course, &items),
        sections,
        assumptions: words::assumptions(input),
        facts: facts(input, &summary),
        docs: DOCS,
    };
    (summary, report)
}

fn facts(input: &Input<'_>, summary: &DeployPlan) -> Vec<(String, String)> {
    [
        ("Scenario", summary.scenario.clone()),
        ("Ninefold", summary.version.clone()),
        ("Model", summary.model_hash.clone()),
        ("Seed", summary.seed.to_string()),
        ("Replications of each strategy", decimal(summary.replications as f64, 0)),
        ("Length of each", duration(input.released.model.horizon)),
        ("Patch", summary.patch.clone()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}
