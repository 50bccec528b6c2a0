//! The chart of a go or no-go.

use super::Input;
use crate::report::format::number;
use crate::report::{Axis, Chart, Look, Mark, Scale, Shape, Unit};

/// What is left of each budget against what a release spends of it.
pub fn spend(input: &Input<'_>) -> Chart {
    let all = input.judged;
    let several = all.iter().any(|j| j.released != all[0].released);
    let name = |j: &super::Judged| if several { format!("{}: {}", j.released, j.objective) } else { j.objective.clone() };
    let share = number(input.asked.confidence, Unit::Share);
    let rows = |of: &dyn Fn(&super::Judged) -> f64| {
        all.iter().enumerate().map(|(i, j)| (i, of(j))).filter(|(_, value)| value.is_finite()).collect::<Vec<_>>()
    };
    let expected = all.iter().enumerate().filter_map(|(i, j)| {
        let e = j.expected;
        Some((i, e.value?, e.low.zip(e.high).filter(|(low, high)| low < high).map(|(low, high)| [low.max(0.0), high])))
    });
    let worst =
        all.iter().find(|j| !j.go).map_or("Every one covers it.".to_owned(), |j| format!("“{}” does not cover it.", j.objective));
    Chart {
        name: "budget-left".to_owned(),
        title: "What is left of each error budget, and what a release spends".to_owned(),
        description: format!(
            "Bars: share of the error budget of a window that is left. Dots: what a release spends on average. Lines: what it does not exceed \
             with {share}. {worst}"
        ),
        x: Axis {
            label: "Share of the error budget of a window".to_owned(),
            column: "share".to_owned(),
            unit: Unit::Share,
            scale: Scale::Linear,
            least: Some(0.0),
            most: None,
        },
        y: Axis {
            label: "Objective".to_owned(),
            column: "objective".to_owned(),
            unit: Unit::Number,
            scale: Scale::Names(all.iter().map(name).collect()),
            least: None,
            most: None,
        },
        marks: vec![
            Mark::new("left", Look::Series(2), Shape::Bar(rows(&|j| j.left().max(0.0)))),
            Mark::new("a release spends, mean", Look::Series(0), Shape::Dot(expected.collect())),
            Mark::new(format!("no more than this with {share}"), Look::Limit, Shape::Tick(rows(&|j| j.quantile))),
        ],
    }
}
