//! The tables of a report on agreements.

use super::summary::{Due, Promise, Sla, Stretch, Tier, Without};
use super::{Input, Question};
use crate::report::{Column, Frame, Table, Unit};

/// One row for each promise.
pub fn whole(input: &Input<'_>, summary: &Sla) -> Table {
    let rows: Vec<(&String, &Promise)> = input
        .by_risk()
        .iter()
        .filter_map(|watch| summary.objectives.get_key_value(&input.model.objectives[watch.promise].name))
        .collect();
    let compliance = matches!(input.question, Question::Compliance { .. });
    let kept: Vec<_> = rows.iter().map(|(_, promise)| promise.breach_probability.complement()).collect();
    let money = column("credits", summary);
    let mut columns = vec![
        Column::text(if compliance { "Service" } else { "Objective" }, "objective"),
        Column::text("State", "state"),
        Column::number("Target", "target", Unit::Availability),
        Column::estimate("Attained", "attainment", Unit::Availability),
    ];
    columns.push(if compliance {
        Column::estimate("Kept always", "kept", Unit::Share)
    } else {
        Column::estimate("Risk of a breach", "breach_probability", Unit::Share)
    });
    columns.push(Column::text("First likely broken", "first_likely_breach"));
    columns.push(Column::estimate("Budget burnt", "budget_burnt", Unit::Share));
    if rows.iter().any(|(_, promise)| promise.credits.is_some()) {
        columns.push(Column::estimate(&format!("Credits ({})", summary.currency), &money, Unit::Money));
    }
    Frame::default()
        .text("objective", rows.iter().map(|(name, _)| (*name).clone()))
        .text("service", rows.iter().map(|(_, promise)| promise.service.clone()))
        .text("state", rows.iter().map(|(_, promise)| promise.state.to_owned()))
        .number("target", rows.iter().map(|(_, promise)| promise.target))
        .estimate("attainment", rows.iter().map(|(_, promise)| Some(&promise.attainment)))
        .estimate("breach_probability", rows.iter().map(|(_, promise)| Some(&promise.breach_probability)))
        .estimate("kept", kept.iter().map(Some))
        .estimate("budget_burnt", rows.iter().map(|(_, promise)| Some(&promise.budget_burnt)))
        .text(
            "first_likely_breach",
            rows.iter().map(|(_, promise)| {
                promise.first_likely_breach.as_ref().map_or_else(|| "none".to_owned(), |first| first.period.clone())
            }),
        )
        .estimate(&money, rows.iter().map(|(_, promise)| promise.credits.as_ref().map(|credits| &credits.expected)))
        .table("sla-objectives", super::words::WHOLE, columns)
}

/// `credits_usd`: the unit is in the name.
fn column(what: &str, summary: &Sla) -> String {
    let code: String = summary.currency.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("{what}_{}", code.to_ascii_lowercase())
}

/// One row for each promise and period.
pub fn periods(summary: &Sla) -> Table {
    let rows: Vec<(&String, &Promise, &Stretch)> = summary
        .objectives
        .iter()
        .flat_map(|(name, promise)| promise.periods.iter().map(move |period| (name, promise, period)))
        .collect();
    let each = |pick: fn(&Stretch) -> Option<f64>| rows.iter().map(move |(_, _, period)| pick(period)).collect::<Vec<_>>();
    Frame::default()
        .text("objective", rows.iter().map(|(name, ..)| (*name).clone()))
        .text("period", rows.iter().map(|(_, _, period)| period.period.clone()))
        .number("from_seconds", each(|period| Some(period.from_seconds)))
        .number("until_seconds", each(|period| Some(period.until_seconds)))
        .flag("complete", rows.iter().map(|(_, _, period)| period.complete))
        .text(
            "extent",
            rows.iter().map(|(_, _, period)| if period.complete { "whole" } else { "partial: not judged" }.to_owned()),
        )
        .number("target", rows.iter().map(|(_, promise, _)| promise.target))
        .number("good", each(|period| Some(period.good)))
        .number("counted", each(|period| Some(period.counted)))
        .estimate("attainment", rows.iter().map(|(_, _, period)| Some(&period.attainment)))
        .number("attainment_p5", each(|period| period.attainment_p5))
        .number("attainment_p50", each(|period| period.attainment_p50))
        .number("attainment_p95", each(|period| period.attainment_p95))
        .estimate("budget_burnt", rows.iter().map(|(_, _, period)| Some(&period.budget_burnt)))
        .estimate("budget_left", rows.iter().map(|(_, _, period)| Some(&period.budget_left)))
        .estimate("breach_probability", rows.iter().map(|(_, _, period)| Some(&period.breach_probability)))
        .table(
            "sla-periods",
            "Each period of each promise",
            vec![
                Column::text("Objective", "objective"),
                Column::text("Period", "period"),
                Column::estimate("Attained", "attainment", Unit::Availability),
                Column::number("P5", "attainment_p5", Unit::Availability),
                Column::estimate("Budget burnt", "budget_burnt", Unit::Share),
                Column::number("Left", "budget_left", Unit::Share),
                Column::estimate("Risk of a breach", "breach_probability", Unit::Share),
                Column::text("", "extent"),
            ],
        )
}

/// One row for each tier of each window, and the expected credits beside it.
pub fn credits(summary: &Sla) -> Option<Table> {
    let rows: Vec<(&String, &Due, &Tier)> = summary
        .objectives
        .iter()
        .filter_map(|(name, promise)| Some((name, promise.credits.as_ref()?)))
        .flat_map(|(name, credits)| credits.windows.iter().map(move |window| (name, window)))
        .flat_map(|(name, window)| window.tiers.iter().map(move |tier| (name, window, tier)))
        .collect();
    let (amount, expected) = (column("amount", summary), column("expected_credits", summary));
    let frame = Frame::default()
        .text("objective", rows.iter().map(|(name, ..)| (*name).clone()))
        .text("window", rows.iter().map(|(_, window, _)| window.window.clone()))
        .number("from_seconds", rows.iter().map(|(_, window, _)| window.from_seconds))
        .number("until_seconds", rows.iter().map(|(_, window, _)| window.until_seconds))
        .number("below", rows.iter().map(|(.., tier)| tier.below))
        .number("credit", rows.iter().map(|(.., tier)| tier.credit))
        .number(&amount, rows.iter().map(|(.., tier)| tier.amount))
        .estimate("probability", rows.iter().map(|(.., tier)| Some(&tier.probability)))
        .estimate(&expected, rows.iter().map(|(_, window, _)| Some(&window.expected)));
    (!rows.is_empty()).then(|| {
        frame.table(
            "sla-credits",
            "Each tier of each window",
            vec![
                Column::text("Objective", "objective"),
                Column::text("Window", "window"),
                Column::number("Below", "below", Unit::Availability),
                Column::number("Credit", "credit", Unit::Share),
                Column::number(&format!("Amount ({})", summary.currency), &amount, Unit::Money),
                Column::estimate("Probability", "probability", Unit::Share),
                Column::estimate(&format!("Expected for the window ({})", summary.currency), &expected, Unit::Money),
            ],
        )
    })
}

/// The causes that matter to the promises at the greatest risk.
pub fn drivers(input: &Input<'_>, summary: &Sla) -> Option<Table> {
    let order = input.by_risk();
    let named = order.iter().filter_map(|watch| summary.objectives.get_key_value(&input.model.objectives[watch.promise].name));
    let rows: Vec<(&String, &Without)> = named
        .take(super::CHARTS)
        .flat_map(|(name, promise)| promise.drivers.iter().filter(|cause| promise.matters(cause)).map(move |cause| (name, cause)))
        .collect();
    causes("sla-drivers", "Without one cause after the other, the one that matters most first", &rows)
}

/// One row for each promise and cause.
pub fn all_drivers(summary: &Sla) -> Option<Table> {
    let all = summary.objectives.iter();
    let rows: Vec<_> = all.flat_map(|(name, promise)| promise.drivers.iter().map(move |cause| (name, cause))).collect();
    causes("sla-drivers-all", "Without one cause after the other", &rows)
}

fn causes(name: &str, title: &str, rows: &[(&String, &Without)]) -> Option<Table> {
    let frame = Frame::default()
        .text("objective", rows.iter().map(|(name, _)| (*name).clone()))
        .text("without", rows.iter().map(|(_, without)| without.cause.clone()))
        .estimate("spared", rows.iter().map(|(_, without)| Some(&without.spared)))
        .estimate("attainment", rows.iter().map(|(_, without)| Some(&without.attainment)))
        .estimate("budget_burnt", rows.iter().map(|(_, without)| Some(&without.budget_burnt)))
        .estimate("breach_probability", rows.iter().map(|(_, without)| Some(&without.breach_probability)));
    let columns = vec![
        Column::text("Objective", "objective"),
        Column::text("Without harm from", "without"),
        Column::estimate("Less lost", "spared", Unit::Share),
        Column::estimate("Attained", "attainment", Unit::Availability),
        Column::estimate("Budget burnt", "budget_burnt", Unit::Share),
        Column::estimate("Risk of a breach", "breach_probability", Unit::Share),
    ];
    (!rows.is_empty()).then(|| frame.table(name, title, columns))
}

/// One row for each service that depends on something that is promised.
pub fn bounds(summary: &Sla) -> Option<Table> {
    let rows: Vec<_> = summary.ceilings.iter().collect();
    let rests = |on: &indexmap::IndexMap<String, f64>| {
        let each =
            on.iter().map(|(name, promised)| format!("{name} {}", crate::report::format::number(*promised, Unit::Availability)));
        each.collect::<Vec<_>>().join(", ")
    };
    let frame = Frame::default()
        .text("service", rows.iter().map(|(name, _)| (*name).clone()))
        .number("asked", rows.iter().map(|(_, bound)| bound.asked))
        .number("ceiling", rows.iter().map(|(_, bound)| bound.promised))
        .text("rests_on", rows.iter().map(|(_, bound)| rests(&bound.rests_on)))
        .text("weakest", rows.iter().map(|(_, bound)| bound.weakest.clone()))
        .estimate("simulated", rows.iter().map(|(_, bound)| bound.simulated.as_ref()))
        .flag("possible", rows.iter().map(|(_, bound)| bound.possible))
        .text("verdict", rows.iter().map(|(_, bound)| if bound.possible { "possible" } else { "impossible" }.to_owned()));
    (!rows.is_empty()).then(|| {
        frame.table(
            "sla-ceilings",
            "What is asked of a service, and what is promised to it",
            vec![
                Column::text("Service", "service"),
                Column::number("Asked", "asked", Unit::Availability),
                Column::number("At most", "ceiling", Unit::Availability),
                Column::text("", "verdict"),
                Column::text("It rests on", "rests_on"),
                Column::text("Weakest callee", "weakest"),
                Column::estimate("It leaves, simulated", "simulated", Unit::Availability),
            ],
        )
    })
}
