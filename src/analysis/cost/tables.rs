//! The tables of a search.

use super::summary::Variant;
use super::{Input, Optimum};
use crate::report::{Column, Frame, Table, Unit};

fn told(changes: &[String]) -> String {
    if changes.is_empty() { "as it is".to_owned() } else { changes.join(", ") }
}

/// What the best changes.
pub fn changes(input: &Input<'_>) -> Table {
    let best = input.found.best().map(|best| best.fresh.sets.clone()).unwrap_or_default();
    let parts: Vec<(&str, &str)> = best.iter().filter_map(|set| set.split_once('=')).collect();
    Frame::default()
        .text("word", parts.iter().map(|(word, _)| (*word).to_owned()))
        .text("value", parts.iter().map(|(_, value)| (*value).to_owned()))
        .table("recommended", "What to change", vec![Column::text("Word", "word"), Column::text("Becomes", "value")])
}

fn rows(name: &str, title: &str, variants: &[Variant]) -> Table {
    Frame::default()
        .text("changes", variants.iter().map(|v| told(&v.changes)))
        .estimate("total", variants.iter().map(|v| Some(&v.total)))
        .number("cost", variants.iter().map(|v| v.cost))
        .number("risk", variants.iter().map(|v| v.risk))
        .number("breach_probability", variants.iter().map(|v| v.breach_probability))
        .count("replications", variants.iter().map(|v| v.replications))
        .flag("keeps", variants.iter().map(|v| v.keeps))
        .text("verdict", variants.iter().map(|v| if v.keeps { "keeps all".to_owned() } else { v.rejected.join("; ") }))
        .table(
            name,
            title,
            vec![
                Column::text("Changes", "changes"),
                Column::number("Cost", "cost", Unit::Money),
                Column::number("Risk", "risk", Unit::Money),
                Column::number("Breach", "breach_probability", Unit::Share),
                Column::number("Replications", "replications", Unit::Count),
                Column::text("Verdict", "verdict"),
            ],
        )
}

/// Cost against risk.
pub fn frontier(summary: &Optimum) -> Table {
    rows("frontier", "No other is at once cheaper and of less risk", &summary.frontier)
}

/// Everything that was tried, the cheapest first; those that keep all before the others.
pub fn tried(input: &Input<'_>) -> Table {
    let mut all = super::summary::summary(input).variants;
    all.sort_by(|a, b| {
        let cost = |v: &Variant| v.total.value.unwrap_or(f64::INFINITY);
        b.keeps.cmp(&a.keeps).then(cost(a).total_cmp(&cost(b)))
    });
    rows("tried", "Every variant, and why it was rejected", &all)
}

/// What was varied, between which bounds, and why.
pub fn space(input: &Input<'_>) -> Table {
    let knobs = input.knobs;
    Frame::default()
        .text("service", knobs.iter().map(|k| k.service.clone()))
        .text("now", knobs.iter().map(|k| k.now.replicas.map_or_else(|| "follow the load".to_owned(), |n| n.to_string())))
        .text(
            "replicas",
            knobs.iter().map(|k| {
                if k.now.replicas.is_some() {
                    format!("{} to {}", k.replicas.0, k.replicas.1)
                } else {
                    "target 40 % to 80 %".into()
                }
            }),
        )
        .text("why", knobs.iter().map(|k| k.now.replicas.map(|_| k.why.clone())))
        .text("kinds", knobs.iter().map(|k| k.instances.iter().map(|(name, ..)| name.as_str()).collect::<Vec<_>>().join(", ")))
        .text(
            "reserve",
            knobs.iter().map(|k| if k.instances.iter().any(|(.., can)| *can) { "yes".to_owned() } else { "no price".to_owned() }),
        )
        .text("zones", knobs.iter().map(|k| if k.may_spread { "may spread".to_owned() } else { "as it is".to_owned() }))
        .table(
            "space",
            "What was varied",
            vec![
                Column::text("Service", "service"),
                Column::text("Replicas now", "now"),
                Column::text("Tried", "replicas"),
                Column::text("Not fewer because", "why"),
                Column::text("Kinds", "kinds"),
                Column::text("Reserved", "reserve"),
                Column::text("Zones", "zones"),
            ],
        )
}
