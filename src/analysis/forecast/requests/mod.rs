//! The forecast where every request was followed: how fast answers come, what fails and why, and where requests wait.

mod bars;
mod charts;
pub mod estimates;
#[cfg(test)]
mod fixture;
mod tables;
#[cfg(test)]
mod tests;
pub mod words;

use super::Input;
use crate::report::{Part, Section, Summary};

/// The sections on requests: from end to end, and at each service; none where they were followed as rates.
pub fn sections(input: &Input<'_>, summary: &Summary) -> Vec<Section> {
    let Some(runs) = &input.runs.requests else { return as_rates(summary).into_iter().collect() };
    let charts = [charts::latency(input, runs)].into_iter().flatten().chain(charts::responses(input, runs));
    let courses = [charts::rates(input, runs), bars::failures(input, runs)].into_iter().flatten();
    let end_to_end = Section {
        title: "Requests".to_owned(),
        intro: "Every request was followed from its source to its answer. Times are those of good answers, all calls included; P99 is \
                what 99 of 100 stay below."
            .to_owned(),
        parts: [Part::Table(tables::sources(summary))].into_iter().chain(charts.chain(courses).map(Part::Chart)).collect(),
    };
    let errors = [tables::errors(summary).map(Part::Table), bars::reasons(summary).map(Part::Chart)];
    let rest = [charts::queues(input, runs).map(Part::Chart), tables::calls(summary).map(Part::Table)];
    let at_services = Section {
        title: "Requests at each service".to_owned(),
        intro: "A service sees each attempt of each call as a request of its own. It waits for a server, is worked on, and makes its \
                calls; the response is all of that."
            .to_owned(),
        parts: [Part::Table(tables::services(summary))]
            .into_iter()
            .chain(errors.into_iter().chain(rest).flatten())
            .chain([Part::Data(tables::course(input, runs))])
            .collect(),
    };
    vec![end_to_end, at_services]
}

/// The section on requests that are rates; none without any.
fn as_rates(summary: &Summary) -> Option<Section> {
    summary.services.values().any(|service| service.requests.is_some()).then(|| Section {
        title: "Requests at each service".to_owned(),
        intro: "Requests are rates: what they meet is solved from queueing formulas, calls end to end. Means are exact for exponential \
                times that are balanced at random or wait in one line; quantiles are those of a law with the same first three cumulants."
            .to_owned(),
        parts: [Part::Table(tables::services(summary))]
            .into_iter()
            .chain(tables::errors(summary).map(Part::Table))
            .chain(bars::reasons(summary).map(Part::Chart))
            .collect(),
    })
}
