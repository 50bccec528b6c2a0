//! The charts of an analysis of reliability.

use super::exact::Over;
use super::summary::{Analysis, ServiceAnalysis};
use super::{Measure, tables};
use crate::report::format::value;
use crate::report::{Axis, Chart, Look, Mark, Scale, Shape, Unit};
use crate::stats::Estimate;

/// What of a service's downtime something is.
type Share = fn(&ServiceAnalysis) -> f64;

/// Services in one chart; more would not be read.
const SERVICES: usize = 24;

fn axis(label: &str, column: &str, unit: Unit, scale: Scale) -> Axis {
    Axis { label: label.to_owned(), column: column.to_owned(), unit, scale, least: None, most: None }
}

fn names(rows: &[(&String, &ServiceAnalysis)]) -> Axis {
    axis("Service", "service", Unit::Number, Scale::Names(rows.iter().map(|(name, _)| (*name).clone()).collect()))
}

/// Uptime of each service with its interval, and the exact value where there is one, on an axis of nines.
pub fn uptime(analysis: &Analysis) -> Option<Chart> {
    let mut rows = tables::by_downtime(analysis);
    rows.truncate(SERVICES);
    let dot = |e: &Estimate| Some((e.value.filter(|v| *v < 1.0)?, e.low.zip(e.high).map(|(low, high)| [low, high])));
    let uptime = |s: &ServiceAnalysis| s.measures.get("time_availability").and_then(dot);
    let dots: Vec<_> = rows.iter().enumerate().filter_map(|(row, (_, s))| uptime(s).map(|(v, ends)| (row, v, ends))).collect();
    let exact = |s: &ServiceAnalysis, over: Over| {
        let methods = s.exact.iter().filter(|method| method.over == Some(over));
        let found = methods.flat_map(|method| &method.values).find(|value| value.measure == Measure::Uptime);
        found.map(|value| value.exact).filter(|exact| *exact < 1.0)
    };
    let ticks = |over: Over| -> Vec<(usize, f64)> {
        rows.iter().enumerate().filter_map(|(row, (_, s))| Some((row, exact(s, over)?))).collect()
    };
    let (worst, first) = rows.first()?;
    let said = first.measures.get("time_availability").map_or(String::new(), |e| value(e, Unit::Availability));
    (!dots.is_empty()).then(|| Chart {
        name: "uptime".to_owned(),
        title: "Fraction of time up, simulated and exact".to_owned(),
        description: format!(
            "The dot is the simulated mean with its 95 % interval, from the start to the horizon; a tick is an exact value. Each further \
             nine takes the same room. The lowest is {worst}, {said}."
        ),
        x: axis("Time up", "time_availability", Unit::Availability, Scale::Nines),
        y: names(&rows),
        marks: vec![
            Mark::new("simulated, 95 % interval", Look::Series(0), Shape::Dot(dots)),
            Mark::new("exact, start to horizon", Look::Series(1), Shape::Tick(ticks(Over::Horizon))),
            Mark::new("exact, long run", Look::Limit, Shape::Tick(ticks(Over::LongRun))),
        ],
    })
}

/// Downtime a year of each service by stage.
pub fn split(analysis: &Analysis) -> Option<Chart> {
    let mut rows: Vec<_> = tables::by_downtime(analysis).into_iter().filter(|(_, s)| s.split.detection.value.is_some()).collect();
    rows.truncate(SERVICES);
    let bars = |share: Share| {
        let length = |s: &ServiceAnalysis| share(s) * s.split.downtime_per_year.value.unwrap_or(0.0);
        Shape::Bar(rows.iter().enumerate().map(|(row, (_, s))| (row, length(s))).filter(|(_, length)| *length > 0.0).collect())
    };
    let stages: [(&str, Share); 4] = [
        ("until detected", |s| s.split.detection.value.unwrap_or(0.0)),
        ("until somebody works", |s| s.split.waiting.value.unwrap_or(0.0)),
        ("work on failures", |s| (s.split.repair.value.unwrap_or(0.0) - s.split.planned.value.unwrap_or(0.0)).max(0.0)),
        ("planned", |s| s.split.planned.value.unwrap_or(0.0).min(s.split.repair.value.unwrap_or(1.0))),
    ];
    let marks: Vec<Mark> =
        stages.iter().enumerate().map(|(k, (name, share))| Mark::new(*name, Look::Series(k), bars(*share))).collect();
    (!rows.is_empty()).then(|| Chart {
        name: "downtime-by-stage".to_owned(),
        title: "Downtime by stage".to_owned(),
        description:
            "Mean downtime a year of each service: until somebody knows, until somebody works on it, the work, and what was \
                      planned. The stages of an outage are those of the failure that began it."
                .to_owned(),
        x: axis("Downtime a year", "downtime_seconds_per_year", Unit::Duration, Scale::Linear),
        y: names(&rows),
        marks,
    })
}
