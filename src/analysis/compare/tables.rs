//! The tables of a comparison.

use super::summary::{AS_GOOD, Against, BETTER, Comparison, Measured, Pair, THE_SAME, Variant, WORSE};
use super::{Input, measures};
use crate::lab::Measure;
use crate::report::format::{difference, number, value};
use crate::report::{Column, Frame, Table, Unit};
use crate::stats::Estimate;

fn by<'a>(summary: &Comparison, variant: &'a Variant) -> Option<&'a Measured> {
    variant.measures.get(&summary.by)
}

fn pair(measured: Option<&Measured>) -> Option<&Pair> {
    measured.and_then(|measured| measured.paired.as_ref())
}

/// One row for each variant, the best first.
pub fn ranking(input: &Input<'_>, summary: &Comparison) -> Table {
    let rows = summary.ranked();
    let measure = input.plan.by();
    let unit = measures::unit(measure);
    let of = |get: fn(&Pair) -> Option<f64>| {
        rows.iter().map(move |(_, v)| pair(by(summary, v)).and_then(get)).collect::<Vec<Option<f64>>>()
    };
    let share = |get: fn(&Pair) -> &Estimate| rows.iter().map(move |(_, v)| pair(by(summary, v)).map(get)).collect::<Vec<_>>();
    let first = summary.variants.keys().next().map_or("", String::as_str);
    Frame::default()
        .count("rank", rows.iter().map(|(_, v)| v.rank as u64))
        .text("variant", rows.iter().map(|(name, _)| (*name).clone()))
        .estimate("value", rows.iter().map(|(_, v)| by(summary, v).map(|m| &m.value)))
        .estimate("difference", rows.iter().map(|(_, v)| v.against_first.as_ref().map(|a| &a.difference)))
        .text("against_first", rows.iter().map(|(_, v)| v.against_first.as_ref().map(said)))
        .estimate("difference_to_best", rows.iter().map(|(_, v)| v.against_best.as_ref().map(|a| &a.difference)))
        .text("against_best", rows.iter().map(|(_, v)| Some(v.against_best.as_ref().map_or("best".to_owned(), said))))
        .number("better_in_the_long_run", of(|p| p.better_in_the_long_run))
        .text("long_run", of(|p| p.better_in_the_long_run).into_iter().map(|chance| chance.map(probable)))
        .estimate("better_in_a_replication", share(|p| &p.better_in_a_replication))
        .estimate("worse_in_a_replication", share(|p| &p.worse_in_a_replication))
        .number("variance_ratio", of(|p| p.variance_ratio))
        .table(
            "ranking",
            &format!("Variants by {}, the best first; differences from “{first}”", measures::label(measure)),
            vec![
                Column::text("Variant", "variant"),
                Column::estimate(&measures::title(measure), "value", unit),
                Column::difference("Difference", "difference", unit),
                Column::text("Known to be", "against_first"),
                Column::text("Better in the long run", "long_run"),
                Column::estimate("Better in one replication", "better_in_a_replication", Unit::Share),
                Column::text("Against the best", "against_best"),
            ],
        )
}

/// A probability, of which nobody should believe the last digits near its ends.
fn probable(chance: f64) -> String {
    if chance < 0.001 {
        "under 0.1 %".to_owned()
    } else if chance > 0.999 {
        "over 99.9 %".to_owned()
    } else {
        number(chance, if chance < 0.5 { Unit::Share } else { Unit::Availability })
    }
}

fn said(against: &Against) -> String {
    match against.standing {
        word @ (BETTER | WORSE | AS_GOOD | THE_SAME) => word.to_owned(),
        _ => "not known".to_owned(),
    }
}

/// The measures of everything together that some variant has.
fn broad<'a>(input: &'a Input<'_>) -> impl Iterator<Item = &'a Measure> {
    let is_broad = |measure: &&Measure| {
        matches!(
            measure,
            Measure::Budget
                | Measure::AllDowntime
                | Measure::Breached(_)
                | Measure::Infrastructure
                | Measure::AllCredits
                | Measure::Cost
        )
    };
    input.plan.measures.iter().filter(is_broad)
}

/// Objectives that get a column of their own.
const OBJECTIVES: usize = 3;

/// One row for each variant: what concerns everything together.
pub fn side_by_side(input: &Input<'_>, summary: &Comparison) -> Table {
    let mut frame = Frame::default().text("variant", summary.variants.keys().cloned());
    let mut columns = vec![Column::text("Variant", "variant")];
    let mut breached = 0;
    for measure in broad(input) {
        let (id, label) = (measure.to_string(), measures::title(measure));
        frame = frame.estimate(&id, summary.variants.values().map(|v| v.measures.get(&id).map(|m| &m.value)));
        breached += usize::from(matches!(measure, Measure::Breached(_)));
        if !matches!(measure, Measure::Breached(_)) || breached <= OBJECTIVES {
            columns.push(Column::estimate(&label, &id, measures::unit(measure)));
        }
    }
    frame.text("about", summary.variants.values().map(|v| v.about.clone())).table(
        "side-by-side",
        "Each variant by itself",
        columns,
    )
}

/// Variants that are shown in full.
const SHOWN: usize = 12;

/// For each variant the measures that differ from the baseline in some replication.
pub fn each(input: &Input<'_>, summary: &Comparison) -> Vec<Table> {
    summary
        .variants
        .iter()
        .skip(1)
        .take(SHOWN)
        .enumerate()
        .map(|(at, (name, variant))| one(input, summary, at, name, variant))
        .collect()
}

fn one(input: &Input<'_>, summary: &Comparison, at: usize, name: &str, variant: &Variant) -> Table {
    let base = summary.variants.first();
    let rows: Vec<(&Measure, &Measured, &Pair)> = input
        .plan
        .measures
        .iter()
        .filter_map(|measure| {
            let measured = variant.measures.get(&measure.to_string())?;
            let pair = measured.paired.as_ref().filter(|pair| pair.difference.value.is_some())?;
            Some((measure, measured, pair))
        })
        .collect();
    let was = |measure: &Measure| base.and_then(|(_, base)| base.measures.get(&measure.to_string())).map(|m| &m.value);
    let shown = |e: Option<&Estimate>, measure: &Measure| e.map(|e| value(e, measures::unit(measure)));
    let about = variant.about.as_ref().map_or(String::new(), |about| format!(": {about}"));
    Frame::default()
        .text("measure", rows.iter().map(|(m, ..)| measures::title(m)))
        .text("first", rows.iter().map(|(m, ..)| shown(was(m), m)))
        .text("variant", rows.iter().map(|(m, own, _)| shown(Some(&own.value), m)))
        .text("difference", rows.iter().map(|(m, _, pair)| difference(&pair.difference, measures::unit(m))))
        .number("better_in_the_long_run", rows.iter().map(|(.., pair)| pair.better_in_the_long_run))
        .text("long_run", rows.iter().map(|(.., pair)| pair.better_in_the_long_run.map(probable)))
        .estimate("better_in_a_replication", rows.iter().map(|(.., pair)| Some(&pair.better_in_a_replication)))
        .estimate("worse_in_a_replication", rows.iter().map(|(.., pair)| Some(&pair.worse_in_a_replication)))
        .table(
            &format!("differences-{}-{}", at + 1, super::charts::slug(name)),
            &format!("{name}{about}"),
            vec![
                Column::text("Measure", "measure"),
                Column::text(base.map_or("", |(name, _)| name.as_str()), "first"),
                Column::text("Difference", "difference"),
                Column::text("Better in the long run", "long_run"),
                Column::estimate("Better in one replication", "better_in_a_replication", Unit::Share),
                Column::estimate("Worse in one", "worse_in_a_replication", Unit::Share),
            ],
        )
}

/// Every measure of every variant, for programs.
pub fn all(summary: &Comparison) -> Table {
    let rows: Vec<(&String, &String, &Measured)> = summary
        .variants
        .iter()
        .flat_map(|(name, variant)| variant.measures.iter().map(move |(measure, measured)| (name, measure, measured)))
        .collect();
    let pairs = |get: fn(&Pair) -> Option<f64>| rows.iter().map(move |(.., m)| pair(Some(m)).and_then(get)).collect::<Vec<_>>();
    let shares = |get: fn(&Pair) -> &Estimate| rows.iter().map(move |(.., m)| pair(Some(m)).map(get)).collect::<Vec<_>>();
    Frame::default()
        .text("variant", rows.iter().map(|(name, ..)| (*name).clone()))
        .text("measure", rows.iter().map(|(_, measure, _)| (*measure).clone()))
        .estimate("value", rows.iter().map(|(.., m)| Some(&m.value)))
        .estimate("difference", shares(|p| &p.difference))
        .number("better_in_the_long_run", pairs(|p| p.better_in_the_long_run))
        .estimate("better_in_a_replication", shares(|p| &p.better_in_a_replication))
        .estimate("worse_in_a_replication", shares(|p| &p.worse_in_a_replication))
        .number("variance_ratio", pairs(|p| p.variance_ratio))
        .table("measures", "Every measure of every variant", Vec::new())
}
