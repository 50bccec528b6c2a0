//! The charts of a comparison: paired differences, with their intervals.

use super::summary::{Comparison, Variant};
use super::{Input, measures};
use crate::lab::Measure;
use crate::report::format::{estimate, value};
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
    std::iter::once(by).chain(others).filter_map(|measure| chart(input, summary, measure)).collect()
}

fn chart(input: &Input<'_>, summary: &Comparison, measure: &Measure) -> Option<Chart> {
    let id = measure.to_string();
    let is_by = measure == input.plan.by();
    let difference = |variant: &Variant| -> Option<Estimate> {
        if is_by {
            variant.against_first.as_ref().map(|against| against.difference)
        } else {
            Some(variant.measures.get(&id)?.paired.as_ref()?.difference)
        }
    };
    let (first, base) = summary.variants.first()?;
    let mut rows: Vec<(&String, Estimate)> =
        summary.variants.iter().skip(1).filter_map(|(name, v)| Some((name, difference(v)?))).collect();
    rows.sort_by(|a, b| a.1.value.unwrap_or(0.0).total_cmp(&b.1.value.unwrap_or(0.0)));
    if rows.iter().all(|(_, difference)| difference.value.is_none_or(|value| value == 0.0)) {
        return None;
    }
    let (unit, label) = (measures::unit(measure), measures::label(measure));
    let side = |keep: fn(f64) -> bool| {
        let known = rows.iter().enumerate().filter_map(|(i, (_, e))| Some((i, e.value?, e.low?, e.high?)));
        let kept = known.filter(|(_, _, low, high)| {
            let sign = if *high < 0.0 {
                -1.0
            } else if *low > 0.0 {
                1.0
            } else {
                0.0
            };
            keep(sign)
        });
        Shape::Dot(kept.map(|(i, v, low, high)| (i, v, (low < high).then_some([low, high]))).collect())
    };
    let (best, most) = rows.iter().find(|(_, e)| e.value.is_some())?;
    let was = base.measures.get(&id).map_or(String::new(), |m| format!(", which has {}", value(&m.value, unit)));
    let money = if unit == Unit::Money { format!(", {}", summary.currency) } else { String::new() };
    Some(Chart {
        name: format!("difference-{}", slug(&id)),
        title: format!("{} against “{first}”: paired differences", measures::title(measure)),
        description: format!(
            "Difference of each variant from “{first}”{was}, by {label}, with {}; left of the dashed line is better. The least has “{best}”: {}.",
            if is_by { "intervals that hold together".to_owned() } else { "95 % intervals".to_owned() },
            estimate(most, unit)
        ),
        x: Axis {
            label: format!("Difference in {label}{money}"),
            column: format!("difference_{}", slug(&id).replace('-', "_")),
            unit,
            scale: Scale::Linear,
            least: None,
            most: None,
        },
        y: Axis {
            label: "Variant".to_owned(),
            column: "variant".to_owned(),
            unit: Unit::Number,
            scale: Scale::Names(rows.iter().map(|(name, _)| (*name).clone()).collect()),
            least: None,
            most: None,
        },
        marks: [
            Mark::new(format!("as “{first}”"), Look::Limit, Shape::Tick((0..rows.len()).map(|i| (i, 0.0)).collect())),
            Mark::new("better", Look::Series(0), side(|sign| sign < 0.0)),
            Mark::new("worse", Look::Series(1), side(|sign| sign > 0.0)),
            Mark::new("not known", Look::Series(2), side(|sign| sign == 0.0)),
        ]
        .into_iter()
        .filter(|mark| !mark.is_empty())
        .collect(),
    })
}
