//! Two histories, one ordinary and one bad: what happened, when, in real dates.

use super::Input;
use crate::report::chart::after;
use crate::report::format::{decimal, duration};
use crate::report::{Column, Frame, Part, Section, Table, Unit};
use crate::run::runs::{Outage, Timeline};

/// Outages that are shown of each history; the rest are in the table that is written.
const SHOWN: usize = 8;

/// The section on two histories, a typical and a bad one: what happened, and their worst outages.
pub fn section(input: &Input<'_>) -> Section {
    let mut parts = Vec::new();
    for (which, timeline) in histories(input) {
        let total: f64 = timeline.outages.iter().map(|o| length(input, o)).sum();
        let failures = counted(timeline.incidents.len(), "failure");
        let until = timeline.told_until.map_or(String::new(), |t| {
            format!(" It is told only until {}: so much happens in it.", after(&input.start, t).strftime("%-d %b %Y %H:%M"))
        });
        parts.push(Part::Text(if timeline.outages.is_empty() {
            format!("Replication {}, {which}: {failures}, no outage.{until}", timeline.replication)
        } else {
            format!(
                "Replication {}, {which}: {failures}, {}, {} of downtime over all services.{until}",
                timeline.replication,
                counted(timeline.outages.len(), "outage"),
                duration(total)
            )
        }));
        if !timeline.outages.is_empty() {
            parts.push(Part::Table(worst(input, which, timeline)));
        }
    }
    parts.push(Part::Data(all(input)));
    Section {
        title: "Two histories".to_owned(),
        intro: "One replication as ordinary as they come and one as bad as one in twenty: not forecasts of dates, but examples \
                to rehearse with."
            .to_owned(),
        parts,
    }
}

/// `1 failure`, `12,345 failures`.
fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {what}{plural}", decimal(count as f64, 0))
}

fn histories<'a>(input: &Input<'a>) -> [(&'static str, &'a Timeline); 2] {
    [("typical", input.typical), ("bad", input.bad)]
}

fn length(input: &Input<'_>, outage: &Outage) -> f64 {
    (outage.ended.unwrap_or(input.runs.horizon) - outage.began).max(0.0)
}

/// The longest outages of a history, in the order in which they happened.
fn worst(input: &Input<'_>, which: &str, timeline: &Timeline) -> Table {
    let mut outages: Vec<&Outage> = timeline.outages.iter().collect();
    outages.sort_by(|a, b| length(input, b).total_cmp(&length(input, a)).then(a.began.total_cmp(&b.began)));
    outages.truncate(SHOWN);
    outages.sort_by(|a, b| a.began.total_cmp(&b.began));
    let began = |o: &&Outage| after(&input.start, o.began).strftime("%-d %b %Y %H:%M").to_string();
    Frame::default()
        .text("began", outages.iter().map(began))
        .text("service", outages.iter().map(|o| input.service(index(o.service)).to_owned()))
        .text("failure", outages.iter().map(|o| o.failure.map(|f| input.failure(index(f)).to_owned())))
        .number("length_seconds", outages.iter().map(|o| length(input, o)))
        .text("end", outages.iter().map(|o| if o.ended.is_some() { "restored" } else { "not restored by the end" }.to_owned()))
        .table(
            &format!("timeline-{which}"),
            &format!("The longest outages of the {which} replication"),
            vec![
                Column::text("Began", "began"),
                Column::text("Service", "service"),
                Column::text("First cause", "failure"),
                Column::number("Length", "length_seconds", Unit::Duration),
                Column::text("End", "end"),
            ],
        )
}

/// One line of the whole timeline.
struct Entry {
    which: &'static str,
    replication: u64,
    kind: &'static str,
    failure: Option<u32>,
    thing: String,
    began: f64,
    detected: Option<f64>,
    acknowledged: Option<f64>,
    ended: Option<f64>,
}

/// Every incident and outage of both histories, in order of time.
fn all(input: &Input<'_>) -> Table {
    let mut entries = Vec::new();
    for (which, timeline) in histories(input) {
        let from = entries.len();
        entries.extend(timeline.incidents.iter().map(|i| Entry {
            which,
            replication: timeline.replication,
            kind: "incident",
            failure: Some(i.failure),
            thing: i.thing.clone(),
            began: i.began,
            detected: i.detected,
            acknowledged: i.acknowledged,
            ended: i.repaired,
        }));
        entries.extend(timeline.outages.iter().map(|o| Entry {
            which,
            replication: timeline.replication,
            kind: "outage",
            failure: o.failure,
            thing: input.service(index(o.service)).to_owned(),
            began: o.began,
            detected: None,
            acknowledged: None,
            ended: o.ended,
        }));
        entries[from..].sort_by(|a, b| a.began.total_cmp(&b.began));
    }
    let stamp = |t: f64| after(&input.start, t).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
    Frame::default()
        .text("history", entries.iter().map(|e| e.which.to_owned()))
        .count("replication", entries.iter().map(|e| e.replication))
        .text("kind", entries.iter().map(|e| e.kind.to_owned()))
        .text("failure", entries.iter().map(|e| e.failure.map(|f| input.failure(index(f)).to_owned())))
        .text("thing", entries.iter().map(|e| e.thing.clone()))
        .text("began", entries.iter().map(|e| stamp(e.began)))
        .text("detected", entries.iter().map(|e| e.detected.map(stamp)))
        .text("acknowledged", entries.iter().map(|e| e.acknowledged.map(stamp)))
        .text("ended", entries.iter().map(|e| e.ended.map(stamp)))
        .number("began_seconds", entries.iter().map(|e| e.began))
        .number("length_seconds", entries.iter().map(|e| e.ended.map(|end| end - e.began)))
        .table("timeline", "Every incident and outage of both histories", Vec::new())
}

fn index(i: u32) -> usize {
    usize::try_from(i).unwrap_or(usize::MAX)
}
