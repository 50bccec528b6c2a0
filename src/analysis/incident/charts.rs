//! The charts of the response to an incident.

use super::summary::{Incident, LONGER, NOT_TOLD, SHORTER};
use crate::report::format::{difference, duration};
use crate::report::{Axis, Chart, Look, Mark, Scale, Shape, Unit};
use crate::run::incident::STAGES;

const AS_IT_IS: &str = "as it is";

fn axis(label: &str, column: &str, unit: Unit, scale: Scale) -> Axis {
    Axis { label: label.to_owned(), column: column.to_owned(), unit, scale, least: None, most: None }
}

fn names(label: &str, column: &str, names: Vec<String>) -> Axis {
    axis(label, column, Unit::Number, Scale::Names(names))
}

/// From the onset on: half of the incidents, and 90 of 100, for each stage and all of them.
pub fn stages(summary: &Incident) -> Option<Chart> {
    let whole = ("time to restore", Some(&summary.time_to_restore));
    let rows = summary.stages.iter().map(|(name, lengths)| (*name, lengths.as_ref())).chain([whole]);
    let rows: Vec<_> = rows.filter_map(|(name, lengths)| Some((name, lengths?))).collect();
    let at = |p: fn(&super::summary::Lengths) -> Option<f64>| {
        rows.iter().enumerate().filter_map(|(i, (_, lengths))| Some((i, p(lengths)?))).collect::<Vec<_>>()
    };
    let (half, most) = (at(|l| l.p50.value), at(|l| l.p90.value));
    let spans = half.iter().filter_map(|(i, half)| Some((*i, [*half, most.iter().find(|(at, _)| at == i)?.1])));
    let longest =
        rows.iter().take(rows.len() - 1).filter_map(|(name, l)| Some((*name, l.mean.value?))).max_by(|a, b| a.1.total_cmp(&b.1));
    let longest = longest.map_or(String::new(), |(name, mean)| format!(" Longest on average: {name}, {}.", duration(mean)));
    let mut x = axis("Time in the stage", "seconds", Unit::Duration, Scale::Linear);
    x.least = Some(0.0);
    let chart = Chart {
        name: "stages".to_owned(),
        title: "How long each stage takes".to_owned(),
        description: format!(
            "For each stage of the response the time that half of the incidents need at most (dot), up to what 90 of 100 need (bar).{longest}"
        ),
        x,
        y: names("Stage", "stage", rows.iter().map(|(name, _)| (*name).to_owned()).collect()),
        marks: vec![
            Mark::new("P50 to P90", Look::Series(0), Shape::Span(spans.collect())),
            Mark::new("P50", Look::Series(0), Shape::Dot(half.iter().map(|(i, v)| (*i, *v, None)).collect())),
        ],
    };
    (!chart.is_empty()).then_some(chart)
}

/// Mean lengths of the stages, stacked: the scenario as it is, and each change.
pub fn courses(summary: &Incident) -> Option<Chart> {
    let base = &summary.mean_stages;
    let rows: Vec<_> =
        [(AS_IT_IS, base)].into_iter().chain(summary.variants.iter().map(|(name, v)| (name.as_str(), &v.stages))).collect();
    let marks = STAGES.into_iter().enumerate().map(|(k, stage)| {
        let bars =
            rows.iter().enumerate().map(|(i, (_, stages))| (i, stages.get(stage.word()).copied().flatten().unwrap_or(0.0)));
        Mark::new(stage.word(), Look::Series(k), Shape::Bar(bars.collect()))
    });
    let seen = |mark: &Mark| if let Shape::Bar(rows) = &mark.shape { rows.iter().any(|(_, length)| *length > 0.0) } else { true };
    let chart = Chart {
        name: "courses".to_owned(),
        title: "Mean course of an incident, with each change".to_owned(),
        description:
            "Mean length of each stage, one after the other from the onset to restored, as the scenario is and with each change."
                .to_owned(),
        x: axis("Mean time since the onset", "mean_seconds", Unit::Duration, Scale::Linear),
        y: names("Change", "variant", rows.iter().map(|(name, _)| (*name).to_owned()).collect()),
        marks: marks.filter(seen).collect(),
    };
    (!chart.is_empty()).then_some(chart)
}

/// Paired differences of the time to restore.
pub fn differences(summary: &Incident) -> Option<Chart> {
    let rows: Vec<_> = summary.variants.iter().collect();
    let dots = |known: &str| {
        let of = rows.iter().enumerate().filter(|(_, (_, v))| v.known == known);
        let dots = of.filter_map(|(i, (_, v))| {
            let e = &v.time_to_restore;
            Some((i, e.value.unwrap_or(0.0), e.low.zip(e.high).filter(|(low, high)| low < high).map(|(low, high)| [low, high])))
        });
        Shape::Dot(dots.collect())
    };
    let (name, first) = rows.first()?;
    let least = difference(&first.time_to_restore, Unit::Duration);
    let chart = Chart {
        name: "differences".to_owned(),
        title: "Time to restore, with each change".to_owned(),
        description: format!(
            "Mean paired difference of the time to restore from the scenario as it is, with 95 % intervals; left of the dashed line is shorter. \
             “{name}”: {least}."
        ),
        x: axis("Difference of the mean time to restore", "difference_seconds", Unit::Duration, Scale::Linear),
        y: names("Change", "variant", rows.iter().map(|(name, _)| (*name).clone()).collect()),
        marks: [
            Mark::new(AS_IT_IS, Look::Limit, Shape::Tick((0..rows.len()).map(|i| (i, 0.0)).collect())),
            Mark::new(SHORTER, Look::Series(0), dots(SHORTER)),
            Mark::new(LONGER, Look::Series(1), dots(LONGER)),
            Mark::new(NOT_TOLD, Look::Series(2), dots(NOT_TOLD)),
        ]
        .into_iter()
        .filter(|mark| !mark.is_empty())
        .collect(),
    };
    (!chart.is_empty()).then_some(chart)
}
