//! The charts of the response to an incident.

use super::changes::{LONGER, NOT_TOLD, SHORTER, VariantSummary};
use super::summary::Incident;
use crate::report::format::{difference, duration};
use crate::report::{Axis, Chart, Look, Mark, Scale, Shape, Unit};
use crate::run::incident::STAGES;

const AS_IT_IS: &str = "as it is";
/// Times so many times as long as others are shown by their logarithms.
const WIDE: f64 = 30.0;

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
    // One stage may be so long that the others cannot be read beside it.
    let least = half.iter().map(|(_, v)| *v).filter(|v| *v > 0.0).fold(f64::INFINITY, f64::min);
    let reach = most.iter().map(|(_, v)| *v).fold(0.0, f64::max);
    let mut x = axis("Time in the stage", "seconds", Unit::Duration, Scale::Linear);
    if reach > WIDE * least {
        x.scale = Scale::Logarithmic;
    } else {
        x.least = Some(0.0);
    }
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

/// A difference so many times as large as the median hides the others.
const FAR: f64 = 8.0;

/// Paired differences of the time to restore, and where some lie so far out that the others cannot be read, those others once more.
pub fn differences(summary: &Incident) -> Vec<Chart> {
    let rows: Vec<Row<'_>> = summary.variants.iter().collect();
    let size = |row: &Row<'_>| row.1.time_to_restore.value.map_or(0.0, f64::abs);
    let mut sizes: Vec<f64> = rows.iter().map(size).filter(|size| *size > 0.0).collect();
    sizes.sort_by(f64::total_cmp);
    let Some(median) = sizes.get(sizes.len() / 2).copied() else { return Vec::new() };
    let near: Vec<Row<'_>> = rows.iter().filter(|row| size(row) <= FAR * median).copied().collect();
    let mut charts = vec![difference_chart(&rows, "")];
    if near.len() < rows.len() {
        charts.push(difference_chart(&near, ", near to it"));
    }
    charts
}

type Row<'a> = (&'a String, &'a VariantSummary);

fn difference_chart(rows: &[Row<'_>], which: &str) -> Chart {
    let dots = |known: &str| {
        let of = rows.iter().enumerate().filter(|(_, (_, v))| v.known == known);
        let dots = of.map(|(i, (_, v))| {
            let e = &v.time_to_restore;
            (i, e.value.unwrap_or(0.0), e.low.zip(e.high).filter(|(low, high)| low < high).map(|(low, high)| [low, high]))
        });
        Shape::Dot(dots.collect())
    };
    let least =
        rows.first().map_or(String::new(), |(name, v)| format!(" “{name}”: {}.", difference(&v.time_to_restore, Unit::Duration)));
    Chart {
        name: if which.is_empty() { "differences" } else { "differences-near" }.to_owned(),
        title: format!("Time to restore, with each change{which}"),
        description: format!(
            "Mean paired difference of the time to restore from the scenario as it is, with 95 % intervals; left of the dashed line is \
             shorter.{least}"
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
    }
}
