//! The charts of a search: cost against risk, and what each change saves.

use super::summary::Variant;
use super::{Input, Optimum};
use crate::report::{Axis, Chart, Look, Mark, Scale, Shape, Unit};

fn axis(label: &str, column: &str, unit: Unit, scale: Scale) -> Axis {
    Axis { label: label.to_owned(), column: column.to_owned(), unit, scale, least: None, most: None }
}

/// Cost against risk: the frontier, with the system as it is and the best. Where risk has no price, the chance of a breach.
pub fn frontier(input: &Input<'_>, summary: &Optimum) -> Chart {
    let priced = summary.variants.iter().any(|v| v.risk.is_some_and(|risk| risk > 0.0));
    let point = |v: &Variant| Some([v.cost?, if priced { v.risk? } else { v.breach_probability? }]);
    let mark = |name: &str, number: usize, at: Option<[f64; 2]>| {
        // A cross of two short lines is a point that stands out on any output.
        let (width, height) = spread(summary, &point);
        let piece =
            |[x, y]: [f64; 2]| vec![vec![[x - width, y], [x + width, y]], vec![[x, (y - height).max(0.0)], [x, y + height]]];
        Mark::new(name, Look::Series(number), Shape::Line(at.map(piece).unwrap_or_default()))
    };
    // What breaks a promise would dwarf all else; where nothing keeps them all there is only that to show.
    let kept = |v: &&Variant| v.keeps || summary.best.is_none();
    let line = Shape::Steps(vec![summary.frontier.iter().filter(kept).filter_map(point).collect()]);
    let unit = if priced { Unit::Money } else { Unit::Share };
    let label = if priced { "Credits and lost revenue" } else { "Chance of a breach" };
    let marks = [
        Mark::new("least risk for the cost", Look::Series(0), line),
        mark("as it is", 1, point(&summary.now)),
        mark("recommended", 2, summary.best.as_ref().and_then(point)),
    ];
    Chart {
        name: "frontier".to_owned(),
        title: "Cost against risk".to_owned(),
        description: format!(
            "The least {} that any variant tried which keeps every objective has for its cost of machines and repairs over the horizon (any \
             variant where none keeps them), with the system as it is and the recommended one as crosses.",
            label.to_lowercase()
        ),
        x: axis(&format!("Machines and repairs, {}", input.model.currency), "cost", Unit::Money, Scale::Linear),
        y: axis(label, "risk", unit, Scale::Linear),
        marks: marks.into_iter().filter(|mark| !mark.is_empty()).collect(),
    }
}

/// Half the arms of a cross.
fn spread(summary: &Optimum, point: &impl Fn(&Variant) -> Option<[f64; 2]>) -> (f64, f64) {
    let kept = summary.frontier.iter().filter(|v| v.keeps || summary.best.is_none());
    let points: Vec<[f64; 2]> = kept.chain([&summary.now]).chain(&summary.best).filter_map(point).collect();
    let range = |axis: usize| {
        let ends = points.iter().map(|p| p[axis]);
        ends.clone().fold(f64::NEG_INFINITY, f64::max) - ends.fold(f64::INFINITY, f64::min)
    };
    (0.015 * range(0).max(1e-9), 0.03 * range(1).max(1e-9))
}

/// What each single change of the best saves: the best without it costs so much more.
pub fn knobs(input: &Input<'_>) -> Option<Chart> {
    let best = &input.found.best()?.fresh;
    let without = &input.found.without;
    let rows: Vec<(usize, f64, Option<[f64; 2]>)> = without
        .iter()
        .enumerate()
        .filter_map(|(at, (_, difference))| {
            Some((at, difference.value?, difference.low.zip(difference.high).map(|(l, h)| [l, h])))
        })
        .collect();
    (!rows.is_empty() && !best.sets.is_empty()).then(|| Chart {
        name: "savings".to_owned(),
        title: "What each change saves".to_owned(),
        description: "How much more the recommended system costs, risk included, where this one change is left out.".to_owned(),
        x: axis(&format!("Saved, {}", input.model.currency), "saved", Unit::Money, Scale::Linear),
        y: axis("Change", "change", Unit::Number, Scale::Names(without.iter().map(|(name, _)| name.clone()).collect())),
        marks: vec![Mark::new("saved", Look::Series(0), Shape::Dot(rows))],
    })
}
