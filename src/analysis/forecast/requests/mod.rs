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
use crate::report::{Chart, Part, Section, Summary};

/// The section on requests; absent where they were followed as rates.
pub fn section(input: &Input<'_>, summary: &Summary) -> Option<Section> {
    let runs = input.runs.requests.as_ref()?;
    let mut parts = vec![Part::Table(tables::sources(summary)), Part::Table(tables::services(summary))];
    let mut charts: Vec<Chart> = charts::latency(input, runs).into_iter().collect();
    charts.extend(charts::responses(input, runs));
    charts.extend([charts::rates(input, runs), bars::failures(input, runs)].into_iter().flatten());
    parts.extend(charts.into_iter().map(Part::Chart));
    parts.extend(tables::errors(summary).map(Part::Table));
    parts.extend(bars::reasons(summary).map(Part::Chart));
    parts.extend(charts::queues(input, runs).map(Part::Chart));
    parts.extend(tables::calls(summary).map(Part::Table));
    parts.push(Part::Data(tables::course(input, runs)));
    let intro = "Every request was followed from its source to its answer. End to end a request is what a source sends; a service sees \
                 each attempt of each call as a request of its own. Times are those of good answers, calls included; P99 is what 99 of \
                 100 stay below.";
    Some(Section { title: "Requests".to_owned(), intro: intro.to_owned(), parts })
}
