//! Which service is full first, where requests wait, what one more replica brings, and at which load the promise breaks.

mod bench;
mod charts;
mod found;
mod parts;
mod search;
mod summary;
mod system;
mod tables;
#[cfg(test)]
mod tests;
mod words;

pub use found::{Found, Gain, investigate};
pub use parts::{Split, Station};
pub use search::{Promise, Search, Step};
pub use summary::{Bottlenecks, SCHEMA};
pub use system::{Entry, Seen, System};

use crate::report::format::{decimal, duration};
use crate::report::{Chart, Docs, Part, Report, Section};
use crate::run::Options;

/// Confidence level of every interval.
const LEVEL: f64 = 0.95;

/// What this analysis asks and how it answers.
pub const DOCS: Docs = Docs {
    name: "analysis bottleneck-detect",
    question: "Which service is full first as the load grows, where do requests wait, what would one more replica bring, and at which \
               load does the promise break?",
    method: "Every request is simulated. A service is full where its utilisation, busy over available server time, reaches 1: by the \
             utilization law it grows in proportion to the load, so that the multiple is one over it, with the interval of it. A server \
             that is held for a call is busy without working; a service whose servers are mostly held is a symptom of what it calls, and \
             the cause is found by following, call by call, where most of the time passes. The load at which the promise breaks is found by \
             doubling and bisection on a grid of 2.2 %, each step a simulation. One more replica is simulated for each service. All \
             simulations have the same seed, and the same requests with the same work: differences are paired, with Student's t over \
             replications.",
    assumptions: "The load is steady: where it changes over the horizon it is held where it is highest. All sources grow together. Failures are \
                  simulated as they are, but few fall into so short a time. Where calls hold servers, the own work of a service is the mean of \
                  its service time, as written; elsewhere it is measured.",
    how_to_read: "Numbers in brackets are 95 % intervals over replications. `Full at` is an estimate from one load; where servers are held for \
                  calls, utilisation grows faster than the load, and the service is full sooner. The search does not extrapolate: the promise \
                  held at the lower end of its bracket, and did not at the upper. A gain is how much less there is with one more replica; an \
                  interval that holds zero is no gain that could be told from none.",
    references: &[
        "Denning & Buzen, The operational analysis of queueing network models, ACM Computing Surveys 10, 1978: the utilization law",
        "Little, A proof for the queuing formula L = λW, Operations Research 9, 1961",
        "Law & Kelton, Simulation Modeling and Analysis, 3rd ed. 2000, chapters 10 and 11: paired comparison, common random numbers",
        "Franks, Petriu, Woodside et al., Layered bottlenecks and their mitigation, QEST 2006: servers held by those below",
    ],
};

/// Everything the report is made from.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// What was simulated, and what it gave.
    pub found: &'a Found,
    /// How.
    pub options: &'a Options,
    /// The service whose requests are looked at; none: all traffic.
    pub system: Option<&'a str>,
}

impl Input<'_> {
    /// The name of a service.
    fn name(&self, service: usize) -> &str {
        self.found.base.model.services.get(service).map_or("", |service| service.name.as_str())
    }

    /// What each observation of the load as it is gave from end to end.
    fn seen(&self) -> Vec<Seen> {
        self.found.base.runs.requests.as_ref().map(|runs| self.found.system.seen(runs)).unwrap_or_default()
    }
}

/// Estimates everything, and says what it means.
#[must_use]
pub fn analyze(input: &Input<'_>) -> (Bottlenecks, Report) {
    let summary = summary::summary(input);
    let report = report(input, &summary);
    (summary, report)
}

fn report(input: &Input<'_>, summary: &Bottlenecks) -> Report {
    let subject = input.system.map_or(String::new(), |name| format!(" of {name}"));
    Report {
        title: format!("{}: bottlenecks{subject}", summary.scenario),
        subtitle: words::subtitle(input, summary),
        verdicts: words::verdicts(input, summary),
        sections: vec![
            section("Which is full first", words::FULL_FIRST, tables::services(summary), charts::utilization(summary)),
            section("Where the time of a request goes", words::TIME, tables::times(summary), charts::times(summary)),
            section("At which load the promise breaks", words::SEARCH, tables::steps(summary), charts::steps(summary)),
            section("One more replica", words::ONE_MORE, tables::gains(summary), charts::gains(summary)),
        ],
        assumptions: words::assumptions(input, summary),
        facts: facts(summary),
        docs: DOCS,
    }
}

fn section(title: &str, intro: &str, table: crate::report::Table, charts: Vec<Chart>) -> Section {
    let table = if table.data.height() > 0 { Part::Table(table) } else { Part::Text("Nothing to tell.".to_owned()) };
    let parts = std::iter::once(table).chain(charts.into_iter().map(Part::Chart)).collect();
    Section { title: title.to_owned(), intro: intro.to_owned(), parts }
}

fn facts(summary: &Bottlenecks) -> Vec<(String, String)> {
    let count = |n: u64| decimal(n as f64, 0);
    [
        ("Scenario", summary.scenario.clone()),
        ("Ninefold", summary.version.clone()),
        ("Model", summary.model_hash.clone()),
        ("Seed", summary.seed.to_string()),
        ("Replications", count(summary.replications)),
        ("Length of each", duration(summary.horizon_seconds)),
        ("Warm-up", duration(summary.warmup_seconds)),
        ("Simulations", count(summary.simulations)),
        ("Events", count(summary.events)),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}
