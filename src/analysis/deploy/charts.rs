//! The charts of a release plan.

use super::Input;
use super::steps::Course;
use super::trial::CRITERIA;
use crate::report::chart::after;
use crate::report::format::{duration, number};
use crate::report::{Axis, Chart, Look, Mark, Scale, Shape, Unit};

/// Values that lie so many times apart are drawn by their logarithm.
const WIDE: f64 = 20.0;

/// The share of traffic and what is found, over the time of the release.
pub fn timeline(input: &Input<'_>, course: &Course) -> Chart {
    // The end is shown for a tenth of the time more.
    let end = course.lasts * 1.1;
    let points = |of: &dyn Fn(&super::Step) -> f64| {
        let mut points: Vec<[f64; 2]> = course.steps.iter().map(|step| [step.begins, of(step)]).collect();
        points.extend(course.steps.last().map(|last| [end, of(last)]));
        Shape::Steps(vec![if course.lasts > 0.0 { points } else { Vec::new() }])
    };
    // What the check of a step finds is known at its end.
    let mut found: Vec<[f64; 2]> = vec![[0.0, 0.0]];
    for step in &course.steps {
        found.extend(step.lasts.zip(step.found).map(|(lasts, found)| [step.begins + lasts, found]));
    }
    found.extend(found.last().map(|last| [end, last[1]]));
    let known = course.lasts > 0.0 && course.steps.iter().any(|step| step.power.is_some());
    let mut marks = vec![Mark::new("traffic on the new version", Look::Series(0), points(&|step| step.share))];
    if known {
        marks.push(Mark::new("chance that a bad release is found", Look::Series(1), Shape::Steps(vec![found.clone()])));
    }
    let last = found.last().map_or(0.0, |last| last[1]);
    Chart {
        name: "timeline".to_owned(),
        title: format!("The release of {} over time", input.released.name()),
        description: format!(
            "Share of the traffic that meets the new version, step by step, over {}. By the end the checks have found a bad release with {}.",
            duration(course.lasts),
            number(last, Unit::Share)
        ),
        x: Axis {
            label: String::new(),
            column: "seconds".to_owned(),
            unit: Unit::Duration,
            scale: Scale::Time(after(&input.released.model.start, input.at)),
            least: None,
            most: None,
        },
        y: Axis {
            label: "Share".to_owned(),
            column: "share".to_owned(),
            unit: Unit::Share,
            scale: Scale::Linear,
            least: Some(0.0),
            most: Some(1.0),
        },
        marks,
    }
}

/// Harm, time and money of the strategies, with their intervals.
pub fn compared(input: &Input<'_>) -> Vec<Chart> {
    ["hurt_per_bad", "lead_seconds", "extra_cost_per_release"].iter().filter_map(|key| criterion(input, key)).collect()
}

fn criterion(input: &Input<'_>, key: &str) -> Option<Chart> {
    let at = CRITERIA.iter().position(|criterion| criterion.key == key)?;
    let criterion = &CRITERIA[at];
    let tried = &input.trials.tried;
    let rows = tried.iter().enumerate().filter_map(|(i, t)| {
        let e = t.measured[at]?.value;
        Some((i, e.value?, e.low.zip(e.high).filter(|(low, high)| low < high).map(|(low, high)| [low.max(0.0), high])))
    });
    let rows: Vec<_> = rows.collect();
    if rows.iter().all(|row| row.1 <= 0.0) {
        return None;
    }
    let dots = |chosen: bool| Shape::Dot(rows.iter().copied().filter(|row| (row.0 == 0) == chosen).collect());
    // What differs by orders of magnitude is not told apart on an even axis.
    let ends = rows.iter().fold((f64::INFINITY, 0.0_f64), |(low, high), row| (low.min(row.1), high.max(row.1)));
    let wide = ends.0 > 0.0 && ends.1 > WIDE * ends.0;
    let least = rows.iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
    let money = if criterion.unit == Unit::Money { format!(", {}", input.currency()) } else { String::new() };
    Some(Chart {
        name: format!("strategies-{}", key.replace('_', "-")),
        title: criterion.title.to_owned(),
        description: format!(
            "{} of each strategy, with 95 % intervals. Least has {}: {}.",
            criterion.title,
            tried[least.0].alternative.name,
            number(least.1, criterion.unit)
        ),
        x: Axis {
            label: format!("{}{money}", criterion.title),
            column: criterion.key.to_owned(),
            unit: criterion.unit,
            scale: if wide { Scale::Logarithmic } else { Scale::Linear },
            least: (!wide).then_some(0.0),
            most: None,
        },
        y: Axis {
            label: "Strategy".to_owned(),
            column: "strategy".to_owned(),
            unit: Unit::Number,
            scale: Scale::Names(tried.iter().map(|t| t.alternative.name.to_owned()).collect()),
            least: None,
            most: None,
        },
        marks: vec![
            Mark::new("recommended for the risk", Look::Series(0), dots(true)),
            Mark::new("others", Look::Series(1), dots(false)),
        ],
    })
}
