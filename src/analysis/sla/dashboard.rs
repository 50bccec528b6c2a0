//! The dashboard: one line for each promise, with its state, what is left, and each period as one sign.

use super::summary::{Promise, Sla, Stretch};
use super::{Input, Watch, charts, estimates, facts, section, words};
use crate::report::format::number;
use crate::report::{Column, Frame, Report, Status, Table, Unit, Verdict};

/// Before the table.
const SIGNS: &str = "Each sign is a period: · kept but for less than 5 %, ! at risk, x more likely broken than kept, - partial.";

/// A report of one screen.
pub fn report(input: &Input<'_>, summary: &Sla) -> Report {
    let count = |word: &str| summary.objectives.values().filter(|promise| promise.state == word).count();
    let bad = count(Status::Bad.word());
    let risky = count(Status::Warn.word());
    let status = if summary.objectives.is_empty() {
        Status::Info
    } else if bad > 0 {
        Status::Bad
    } else if risky > 0 {
        Status::Warn
    } else {
        Status::Good
    };
    let good = count(Status::Good.word());
    let text = match summary.objectives.len() {
        0 => words::NOTHING.to_owned(),
        all => format!("{good} good, {risky} at risk, {bad} bad, of {all}."),
    };
    let lines = section("State", SIGNS, [lines(input, summary)], charts::breach(input));
    Report {
        title: format!("{}: SLA {} dashboard", summary.scenario, summary.question),
        subtitle: words::subtitle(input),
        verdicts: vec![Verdict::new(status, text)],
        sections: vec![lines],
        assumptions: words::assumptions(input),
        facts: facts(input, summary),
        docs: input.question.docs(),
    }
}

/// One row for each promise, the greatest risk first.
fn lines(input: &Input<'_>, summary: &Sla) -> Table {
    let order = input.by_risk();
    let found = |watch: &Watch| summary.objectives.get_key_value(&input.model.objectives[watch.promise].name);
    let rows: Vec<(&String, &Promise)> = order.iter().filter_map(found).collect();
    let signs = |watch: &Watch| estimates::judged(input, *watch).iter().map(sign).collect::<String>();
    let first = |promise: &Promise| promise.first_likely_breach.as_ref().map_or("never".to_owned(), |first| first.period.clone());
    Frame::default()
        .text("objective", rows.iter().map(|(name, _)| (*name).clone()))
        .text("state", rows.iter().map(|(_, promise)| promise.state.to_owned()))
        .text("periods", order.iter().map(signs))
        .number("target", rows.iter().map(|(_, promise)| promise.target))
        .estimate("attainment", rows.iter().map(|(_, promise)| Some(&promise.attainment)))
        .estimate("breach_probability", rows.iter().map(|(_, promise)| Some(&promise.breach_probability)))
        .text("budget_left", rows.iter().map(|(_, promise)| left(promise)))
        .text("first_likely_breach", rows.iter().map(|(_, promise)| first(promise)))
        .table(
            "sla-dashboard",
            "State of each promise",
            vec![
                Column::text("Objective", "objective"),
                Column::text("State", "state"),
                Column::text("Periods", "periods"),
                Column::number("Target", "target", Unit::Availability),
                Column::number("Attained", "attainment", Unit::Availability),
                Column::number("Risk", "breach_probability", Unit::Share),
                Column::text("Least budget left", "budget_left"),
                Column::text("Likely broken", "first_likely_breach"),
            ],
        )
}

fn sign(period: &Stretch) -> char {
    match estimates::state(&period.breach_probability) {
        None => '-',
        Some(Status::Bad) => 'x',
        Some(Status::Warn) => '!',
        Some(Status::Good | Status::Info) => '·',
    }
}

/// Of the period that has least left: `−120 % in 2026-11`.
fn left(promise: &Promise) -> Option<String> {
    let known = promise.periods.iter().filter(|period| period.complete);
    let known = known.filter_map(|period| Some((period.budget_left.value.or(period.budget_left.low)?, period)));
    let (left, period) = known.min_by(|a, b| a.0.total_cmp(&b.0))?;
    Some(format!("{} in {}", number(left, Unit::Share), period.period))
}
