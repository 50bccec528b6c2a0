//! The tables of the response to an incident.

use super::Input;
use super::summary::{Incident, Lengths};
use crate::analysis::impact::things;
use crate::report::{Column, Frame, Table, Unit};
use crate::run::incident::STAGES;
use crate::stats::Estimate;

const WHOLE: &str = "time to restore";

fn times(frame: Frame, lengths: &[Option<&Lengths>]) -> Frame {
    let of = |pick: fn(&Lengths) -> &Estimate| lengths.iter().map(|l| l.map(pick)).collect::<Vec<_>>();
    frame
        .estimate("p50_seconds", of(|l| &l.p50))
        .estimate("p90_seconds", of(|l| &l.p90))
        .estimate("p99_seconds", of(|l| &l.p99))
        .estimate("mean_seconds", of(|l| &l.mean))
}

/// One row for each stage, and one for all of them together.
pub fn stages(summary: &Incident) -> Table {
    let mut names: Vec<String> = summary.stages.keys().map(|name| (*name).to_owned()).collect();
    let mut lengths: Vec<Option<&Lengths>> = summary.stages.values().map(Option::as_ref).collect();
    names.push(WHOLE.to_owned());
    lengths.push(Some(&summary.time_to_restore));
    let whole = summary.time_to_restore.mean.value;
    let share = lengths.iter().map(|l| Some(l.as_ref()?.mean.value? / whole.filter(|whole| *whole > 0.0)?)).collect::<Vec<_>>();
    times(Frame::default().text("stage", names), &lengths).number("share", share).table(
        "stages",
        "How long each stage takes",
        vec![
            Column::text("Stage", "stage"),
            Column::estimate("P50", "p50_seconds", Unit::Duration),
            Column::estimate("P90", "p90_seconds", Unit::Duration),
            Column::estimate("P99", "p99_seconds", Unit::Duration),
            Column::estimate("Mean", "mean_seconds", Unit::Duration),
            Column::number("Of the mean", "share", Unit::Share),
        ],
    )
}

/// One row for each step of the runbook.
pub fn steps(summary: &Incident) -> Table {
    let rows = &summary.steps;
    let who = |people: u32| match people {
        0 => "a program".to_owned(),
        1 => "one person".to_owned(),
        more => format!("{more} people"),
    };
    let lengths: Vec<Option<&Lengths>> = rows.iter().map(|step| Some(&step.takes)).collect();
    let next = |next: &Option<String>| next.clone().unwrap_or_else(|| "the end".to_owned());
    times(Frame::default().text("step", rows.iter().map(|step| step.step.clone())), &lengths)
        .text("by", rows.iter().map(|step| who(step.people)))
        .count("people", rows.iter().map(|step| u64::from(step.people)))
        .estimate("reached", rows.iter().map(|step| Some(&step.reached)))
        .estimate("works", rows.iter().map(|step| step.can_end.then_some(&step.works)))
        .text("next", rows.iter().map(|step| next(&step.next)))
        .table(
            "steps",
            "The runbook, step by step",
            vec![
                Column::text("Step", "step"),
                Column::text("By", "by"),
                Column::estimate("P50", "p50_seconds", Unit::Duration),
                Column::estimate("P90", "p90_seconds", Unit::Duration),
                Column::estimate("Ends it", "works", Unit::Share),
                Column::estimate("Incidents that come to it", "reached", Unit::Share),
                Column::text("Otherwise", "next"),
            ],
        )
}

/// One row for each change that was tried.
pub fn variants(summary: &Incident) -> Table {
    let rows = &summary.variants;
    let mut frame = Frame::default()
        .text("variant", rows.keys().cloned())
        .estimate("time_to_restore_seconds", rows.values().map(|v| Some(&v.time_to_restore)))
        .text("known", rows.values().map(|v| v.known.to_owned()));
    let mut columns = vec![
        Column::text("Change", "variant"),
        Column::difference("Time to restore", "time_to_restore_seconds", Unit::Duration),
        Column::text("Known to be", "known"),
    ];
    if rows.values().any(|v| v.requests_lost.is_some()) {
        frame = frame.estimate("requests_lost", rows.values().map(|v| v.requests_lost.as_ref()));
        columns.push(Column::difference("Requests lost by one", "requests_lost", Unit::Count));
    }
    for stage in STAGES {
        let name = format!("{}_mean_seconds", stage.word());
        frame = frame.number(&name, rows.values().map(|v| v.stages.get(stage.word()).copied().flatten()));
    }
    frame.table("variants", "Differences of the mean, the one that shortens most first", columns)
}

/// One row for each service of users.
pub fn services(summary: &Incident) -> Table {
    let rows = &summary.services;
    let lengths: Vec<Option<&Lengths>> = rows.values().map(|hit| Some(&hit.back)).collect();
    times(Frame::default().text("service", rows.keys().cloned()), &lengths)
        .estimate("goes_down", rows.values().map(|hit| Some(&hit.goes_down)))
        .table(
            "services",
            "Services that go down because of it, and when they are back",
            vec![
                Column::text("Service", "service"),
                Column::estimate("Goes down in", "goes_down", Unit::Share),
                Column::estimate("Back: P50", "p50_seconds", Unit::Duration),
                Column::estimate("P90", "p90_seconds", Unit::Duration),
                Column::estimate("Mean", "mean_seconds", Unit::Duration),
            ],
        )
}

/// One row for each objective.
pub fn objectives(summary: &Incident) -> Table {
    let rows = &summary.objectives;
    Frame::default()
        .text("objective", rows.keys().cloned())
        .text("service", rows.values().map(|hit| hit.service.clone()))
        .number("target", rows.values().map(|hit| hit.target))
        .estimate("budget_spent", rows.values().map(|hit| Some(&hit.budget_spent)))
        .estimate("budget_spent_per_hour", rows.values().map(|hit| Some(&hit.budget_spent_per_hour)))
        .table(
            "objectives",
            "Error budgets spent by one incident, of the window that it falls in",
            vec![
                Column::text("Objective", "objective"),
                Column::text("Service", "service"),
                Column::estimate("By one incident", "budget_spent", Unit::Share),
                Column::estimate("In an hour of it", "budget_spent_per_hour", Unit::Share),
            ],
        )
}

/// One row for each incident of the scenario as it is, for programs.
pub fn each(input: &Input<'_>) -> Table {
    let rows: Vec<_> =
        input.found.base().incidents.iter().enumerate().filter_map(|(n, i)| Some((n as u64, i.as_ref()?))).collect();
    let mut frame = Frame::default()
        .count("replication", rows.iter().map(|(n, _)| *n))
        .number("at_seconds", rows.iter().map(|(_, i)| i.at))
        .text("thing", rows.iter().map(|(_, i)| things::name(input.model, i.clock)));
    let ends: Vec<[f64; 5]> = rows.iter().map(|(_, i)| i.ends(input.model)).collect();
    for (s, stage) in STAGES.into_iter().enumerate() {
        frame = frame.number(&format!("{}_end_seconds", stage.word()), ends.iter().map(|ends| ends[s]));
    }
    frame
        .number("hurts_for_seconds", rows.iter().map(|(_, i)| i.hurt))
        .number("requests_lost", rows.iter().map(|(_, i)| i.lost))
        .table("incidents", "Each incident; a stage that was not over at the horizon has no end", Vec::new())
}
