//! The tables of a release plan.

use super::Input;
use super::readiness::Item;
use super::steps::{Course, Step};
use super::trial::CRITERIA;
use crate::report::format::duration;
use crate::report::{Column, Frame, Table, Unit};
use crate::stats::Estimate;

/// `+0 s`, `+1 h 5 min`.
fn offset(seconds: f64) -> String {
    format!("+{}", duration(seconds))
}

/// When, how long, how much, and when it goes back.
pub fn steps(course: &Course) -> Table {
    let steps = &course.steps;
    Frame::default()
        .text("what", steps.iter().map(|step| step.what.clone()))
        .text("begins", steps.iter().map(|step| offset(step.begins)))
        .number("begins_seconds", steps.iter().map(|step| step.begins))
        .text("lasts", steps.iter().map(|step| step.lasts.map_or_else(|| "stays".to_owned(), duration)))
        .number("lasts_seconds", steps.iter().map(|step| step.lasts))
        .number("share", steps.iter().map(|step| step.share))
        .number("requests", steps.iter().map(|step| step.requests))
        .text("abort", steps.iter().map(|step| step.abort.clone()))
        .number("found_by_then", steps.iter().map(|step| step.found))
        .table(
            "steps",
            "Step by step",
            vec![
                Column::text("Step", "what"),
                Column::text("Begins", "begins"),
                Column::text("Lasts", "lasts"),
                Column::number("On it", "share", Unit::Share),
                Column::text("Goes back", "abort"),
                Column::number("Bad one found", "found_by_then", Unit::Share),
            ],
        )
}

/// What is asked at the end of each step.
pub fn checks(course: &Course) -> Table {
    let steps = &course.steps;
    Frame::default()
        .text("step", steps.iter().map(|step| step.what.clone()))
        .text("check", steps.iter().map(|step| step.check.clone()))
        .text("abort", steps.iter().map(|step| step.abort.clone()))
        .number("power", steps.iter().map(|step| step.power))
        .number("found_by_then", steps.iter().map(|step| step.found))
        .number("false_alarm", steps.iter().map(|step| step.abort.as_ref().map(|_| step.false_alarm)))
        .table(
            "checks",
            "What is checked, at what value it goes back, and how surely that finds a bad release",
            vec![
                Column::text("Step", "step"),
                Column::text("Checked", "check"),
                Column::text("Goes back at", "abort"),
                Column::number("Finds a bad one", "power", Unit::Share),
                Column::number("Found by then", "found_by_then", Unit::Share),
                Column::number("Stops a good one", "false_alarm", Unit::Share),
            ],
        )
}

/// Going back from each step.
pub fn back(course: &Course) -> Table {
    let rows: Vec<&Step> = course.steps.iter().filter(|step| step.share > 0.0).collect();
    let way = |step: &Step| {
        if step.back > 0.0 { "the old version is brought back" } else { "traffic returns to the old fleet at once" }
    };
    Frame::default()
        .text("step", rows.iter().map(|step| step.what.clone()))
        .text("way", rows.iter().map(|step| way(step).to_owned()))
        .number("back_seconds", rows.iter().map(|step| step.back))
        .number("share", rows.iter().map(|step| step.share))
        .number("hurt", rows.iter().map(|step| step.hurt))
        .table(
            "rollback",
            "Going back from each step, and what a bad release has hurt by then",
            vec![
                Column::text("Found in step", "step"),
                Column::number("Going back takes", "back_seconds", Unit::Duration),
                Column::number("Requests hurt by then", "hurt", Unit::Number),
                Column::text("Way back", "way"),
            ],
        )
}

/// The checklist.
pub fn ready(items: &[Item]) -> Table {
    Frame::default()
        .text("state", items.iter().map(|item| item.state.word().to_owned()))
        .text("area", items.iter().map(|item| item.area.to_owned()))
        .text("text", items.iter().map(|item| item.text.clone()))
        .table(
            "readiness",
            "Checklist",
            vec![Column::text("Area", "area"), Column::text("State", "state"), Column::text("What", "text")],
        )
}

fn names(input: &Input<'_>) -> Vec<String> {
    input.trials.tried.iter().map(|tried| tried.alternative.name.to_owned()).collect()
}

/// Values of each criterion, and differences from the recommended strategy.
pub fn compared(input: &Input<'_>) -> [Table; 2] {
    let tried = &input.trials.tried;
    // Those of DORA have a table of their own.
    let apart = |key: &str| matches!(key, "change_fail_rate" | "recovery_seconds");
    let shown = (0..CRITERIA.len()).filter(|&i| !apart(CRITERIA[i].key) && tried.iter().any(|t| t.measured[i].is_some()));
    let (mut values, mut differences) = (Frame::default().text("strategy", names(input)), Frame::default());
    differences = differences.text("strategy", names(input).into_iter().skip(1));
    let (mut first, mut second) = (vec![Column::text("Strategy", "strategy")], vec![Column::text("Strategy", "strategy")]);
    for i in shown {
        let criterion = &CRITERIA[i];
        let difference = format!("{}_difference", criterion.key);
        let all: Vec<Option<Estimate>> = tried.iter().map(|t| t.measured[i].map(|m| m.value)).collect();
        values = values.estimate(criterion.key, all.iter().map(Option::as_ref));
        first.push(Column::estimate(criterion.title, criterion.key, criterion.unit));
        let all: Vec<Option<Estimate>> = tried.iter().skip(1).map(|t| t.measured[i].map(|m| m.difference)).collect();
        differences = differences.estimate(&difference, all.iter().map(Option::as_ref));
        second.push(Column::difference(criterion.title, &difference, criterion.unit));
    }
    let title = format!("Difference from “{}”, on the same luck", tried[0].alternative.name);
    [
        values.table("strategies", "What each strategy comes to", first),
        differences.table("strategies-differences", &title, second),
    ]
}

/// DORA's four, by strategy.
pub fn dora(input: &Input<'_>) -> Table {
    let tried = &input.trials.tried;
    Frame::default()
        .text("strategy", names(input))
        .estimate("per_year", tried.iter().map(|t| Some(&t.releases.per_year)))
        .estimate("lead_seconds", tried.iter().map(|t| Some(&t.releases.lead_time)))
        .estimate("change_fail_rate", tried.iter().map(|t| Some(&t.releases.change_fail_rate)))
        .estimate("recovery_seconds", tried.iter().map(|t| Some(&t.releases.recovery_time)))
        .estimate("found_by_test", tried.iter().map(|t| Some(&t.releases.found_by_test)))
        .table(
            "dora",
            "DORA's four measures, and who finds the bad ones",
            vec![
                Column::text("Strategy", "strategy"),
                Column::estimate("Releases per year", "per_year", Unit::Number),
                Column::estimate("Lead time, from start", "lead_seconds", Unit::Duration),
                Column::estimate("Change fail rate", "change_fail_rate", Unit::Share),
                Column::estimate("Recovery time", "recovery_seconds", Unit::Duration),
                Column::estimate("Found by a test", "found_by_test", Unit::Share),
            ],
        )
}

/// How each strategy is written.
pub fn all(input: &Input<'_>) -> Table {
    let tried = &input.trials.tried;
    Frame::default()
        .text("strategy", names(input))
        .text("written", tried.iter().map(|t| Some(t.alternative.written.clone()).filter(|text| !text.is_empty())))
        .number("bake_seconds", tried.iter().map(|t| t.alternative.bake))
        .table(
            "strategies-written",
            "How each strategy is written",
            vec![
                Column::text("Strategy", "strategy"),
                Column::text("Under `strategy`", "written"),
                Column::number("Each step is watched", "bake_seconds", Unit::Duration),
            ],
        )
}
