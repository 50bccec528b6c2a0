//! The charts of a comparison: paired differences, with their intervals.

use std::cmp::Ordering;

use super::summary::{Comparison, Variant};
use super::{Input, measures};
use crate::lab::Measure;
use crate::report::format::{difference, value};
use crate::report::{Axis, Chart, Look, Mark, Scale, Shape, Unit};
use crate::stats::Estimate;

/// A name as a part of a file's.
pub fn slug(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect()
}

/// The ranking's measure, and those of everything together in which some variant differs.
pub fn differences(input: &Input<'_>, summary: &Comparison) -> Vec<Chart> {
    let by = input.plan.by();
    let others = [Measure::AllDowntime, Measure::AllCredits, Measure::Cost];
    let others = others.iter().filter(|measure| *measure != by && input.plan.measures.contains(measure));
    let measures = std::iter::once(by).chain(others);
    measures.flat_map(|measure| charts(input, summary, measure)).collect()
}

/// A variant and its difference.
type Row<'a> = (&'a String, Estimate);

/// A difference so many times as large as the median hides the others.
const FAR: f64 = 8.0;

/// All variants, and where some lie so far out that the others cannot be read, those others once more.
fn charts(input: &Input<'_>, summary: &Comparison, measure: &Measure) -> Vec<Chart> {
    let id = measure.to_string();
    let paired = |variant: &Variant| -> Option<Estimate> {
        if measure == input.plan.by() {
            return variant.against_first.as_ref().map(|against| against.difference);
        }
        Some(variant.measures.get(&id)?.paired.as_ref()?.difference)
    };
    let mut rows: Vec<Row<'_>> =
        summary.variants.iter().skip(1).filter_map(|(name, variant)| Some((name, paired(variant)?))).collect();
    let size = |row: &Row<'_>| row.1.value.unwrap_or(0.0);
    rows.sort_by(|a, b| size(a).total_cmp(&size(b)));
    let mut sizes: Vec<f64> = rows.iter().map(|row| size(row).abs()).filter(|size| *size > 0.0).collect();
    sizes.sort_by(f64::total_cmp);
    let Some(median) = sizes.get(sizes.len() / 2).copied() else { return Vec::new() };
    let near: Vec<Row<'_>> = rows.iter().filter(|row| size(row).abs() <= FAR * median).copied().collect();
    let mut charts = vec![chart(input, summary, measure, &rows, "")];
    if near.len() < rows.len() {
        charts.push(chart(input, summary, measure, &near, ", near to it"));
    }
    charts
}

fn chart(input: &Input<'_>, summary: &Comparison, measure: &Measure, rows: &[Row<'_>], which: &str) -> Chart {
    let id = measure.to_string();
    let (unit, label) = (measures::unit(measure), measures::label(measure));
    let (first, base) = summary.variants.first().map_or(("", None), |(name, variant)| (name.as_str(), Some(variant)));
    let side = |wanted: Ordering| {
        let known = rows.iter().enumerate().filter_map(|(i, (_, e))| Some((i, e.value?, e.low?, e.high?)));
        let side = |low: f64, high: f64| if low * high > 0.0 { low.total_cmp(&0.0) } else { Ordering::Equal };
        let kept = known.filter(|(_, _, low, high)| side(*low, *high) == wanted);
        Shape::Dot(kept.map(|(i, value, low, high)| (i, value, (low < high).then_some([low, high]))).collect())
    };
    let never = rows.iter().enumerate().filter(|(_, (_, e))| e.value.is_none()).map(|(i, _)| (i, 0.0, None));
    let was =
        base.and_then(|base| base.measures.get(&id)).map_or(String::new(), |m| format!(", which has {}", value(&m.value, unit)));
    let least = rows.first().map_or(String::new(), |(name, e)| format!(" Least has “{name}”: {}.", difference(e, unit)));
    let level = if measure == input.plan.by() { "intervals that hold together" } else { "95 % intervals" };
    let in_units = match unit {
        Unit::Money => format!(", {}", summary.currency),
        Unit::Share => ", points".to_owned(),
        _ => String::new(),
    };
    let axis =
        |label: String, column: String, unit: Unit, scale: Scale| Axis { label, column, unit, scale, least: None, most: None };
    let marks = [
        Mark::new(format!("“{first}”"), Look::Limit, Shape::Tick((0..rows.len()).map(|i| (i, 0.0)).collect())),
        Mark::new("better", Look::Series(0), side(Ordering::Less)),
        Mark::new("worse", Look::Series(1), side(Ordering::Greater)),
        Mark::new("either may be better", Look::Series(2), side(Ordering::Equal)),
        Mark::new("no replication differs", Look::Series(3), Shape::Dot(never.collect())),
    ];
    Chart {
        name: format!("difference-{}{}", slug(&id), if which.is_empty() { "" } else { "-near" }),
        title: format!("{} against “{first}”{which}", measures::title(measure)),
        description: format!(
            "Mean paired difference of each variant from “{first}”{was}, in {label}, with {level}; left of the dashed line is better.{least}"
        ),
        x: axis(
            format!("Difference in {label}{in_units}"),
            format!("difference_{}", slug(&id).replace('-', "_")),
            unit,
            Scale::Linear,
        ),
        y: axis(
            "Variant".to_owned(),
            "variant".to_owned(),
            Unit::Number,
            Scale::Names(rows.iter().map(|(name, _)| (*name).clone()).collect()),
        ),
        marks: marks.into_iter().filter(|mark| !mark.is_empty()).collect(),
    }
}
