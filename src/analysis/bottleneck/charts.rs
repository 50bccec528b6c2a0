//! The charts of an analysis of bottlenecks.

use super::summary::{Bottlenecks, OneMore, Parts, ServiceLoad, StepSummary};
use super::tables;
use crate::report::format::{duration, number, value};
use crate::report::{Axis, Chart, Look, Mark, Scale, Shape, Unit};
use crate::stats::Estimate;

/// Services in one chart; more would not be read.
const SERVICES: usize = 24;
/// Values that differ by more than this are spread by their logarithm.
const WIDE: f64 = 30.0;

fn axis(label: &str, column: &str, unit: Unit, scale: Scale) -> Axis {
    Axis { label: label.to_owned(), column: column.to_owned(), unit, scale, least: None, most: None }
}

fn names(names: Vec<String>) -> Axis {
    axis("Service", "service", Unit::Number, Scale::Names(names))
}

/// A dot and its interval.
fn dot(row: usize, e: &Estimate) -> Option<(usize, f64, Option<[f64; 2]>)> {
    Some((row, e.value?, e.low.zip(e.high).map(|(low, high)| [low, high])))
}

/// How busy each service is, with the load at which it is full beside its name.
pub fn utilization(summary: &Bottlenecks) -> Vec<Chart> {
    let limited = summary.services.iter().filter_map(|(name, s)| Some((name, s, s.utilization.as_ref()?)));
    let rows: Vec<(&String, &ServiceLoad, &Estimate)> = limited.take(SERVICES).collect();
    let Some((first, _, used)) = rows.first() else { return Vec::new() };
    let name = |(name, s, _): &(&String, &ServiceLoad, &Estimate)| {
        s.full_at.as_ref().map_or((*name).clone(), |e| format!("{name} (full at {}×)", value(e, Unit::Number)))
    };
    let dots = |symptom: bool| -> Vec<_> {
        let of = rows.iter().enumerate().filter(|(_, (_, s, _))| s.symptom == symptom);
        of.filter_map(|(row, (.., e))| dot(row, e)).collect()
    };
    let when: Vec<(usize, f64)> =
        rows.iter().enumerate().filter_map(|(row, (_, s, _))| Some((row, s.utilization_when_broken?.value?))).collect();
    let mut x = axis("Busy, of all server time", "utilization", Unit::Share, Scale::Linear);
    (x.least, x.most) = (Some(0.0), Some(1.0));
    let marks = [
        Mark::new("busy by own work", Look::Series(0), Shape::Dot(dots(false))),
        Mark::new("mostly held for calls", Look::Series(1), Shape::Dot(dots(true))),
        Mark::new("when the promise breaks", Look::Limit, Shape::Tick(when)),
    ];
    vec![Chart {
        name: "utilization".to_owned(),
        title: "How busy each service is, and at how many times the load it is full".to_owned(),
        description: format!(
            "The share of server time that is busy, held servers included, with its 95 % interval. The busiest is {first}, {}.",
            value(used, Unit::Share)
        ),
        x,
        y: names(rows.iter().map(name).collect()),
        marks: marks.into_iter().filter(|mark| !mark.is_empty()).collect(),
    }]
}

/// Where the time of a request goes: waiting, work and calls for each service on the chain, or all where that is short.
pub fn times(summary: &Bottlenecks) -> Vec<Chart> {
    let mut order: Vec<&String> = Vec::new();
    for name in summary.chains.iter().flatten() {
        if !order.contains(&name) {
            order.push(name);
        }
    }
    let spent = |s: &ServiceLoad| s.per_request.response.value.is_some_and(|value| value > 0.0);
    let rows: Vec<(&String, &Parts)> = order
        .into_iter()
        .filter_map(|name| Some((name, summary.services.get(name).filter(|s| spent(s)).map(|s| &s.per_request)?)))
        .take(SERVICES)
        .collect();
    let Some((last, _)) = rows.last() else { return Vec::new() };
    let bars = |pick: fn(&Parts) -> &Estimate| -> Vec<(usize, f64)> {
        rows.iter().enumerate().filter_map(|(row, (_, parts))| Some((row, pick(parts).value?))).collect()
    };
    let mut x = axis("Time for each request from outside", "seconds", Unit::Duration, Scale::Linear);
    x.least = Some(0.0);
    let marks = [
        Mark::new("waits", Look::Series(1), Shape::Bar(bars(|p| &p.wait))),
        Mark::new("works", Look::Series(0), Shape::Bar(bars(|p| &p.work))),
        Mark::new("in calls", Look::Series(2), Shape::Bar(bars(|p| &p.calls))),
    ];
    vec![Chart {
        name: "time-of-a-request".to_owned(),
        title: "Where the time of a request goes, down the chain of calls".to_owned(),
        description: format!(
            "For each request from outside, all visits to a service together: waiting, own work, and time in calls, which is explained by the \
             services below. The chain ends at {last}."
        ),
        x,
        y: names(rows.iter().map(|(name, _)| (*name).clone()).collect()),
        marks: marks.to_vec(),
    }]
}

/// P99 and errors against the load, from the search.
pub fn steps(summary: &Bottlenecks) -> Vec<Chart> {
    let rows = tables::by_load(summary);
    if rows.len() < 2 {
        return Vec::new();
    }
    let line = |pick: fn(&StepSummary) -> Option<f64>| -> Vec<[f64; 2]> {
        rows.iter().filter_map(|s| Some([s.multiple, pick(s)?])).collect()
    };
    let band = |pick: fn(&StepSummary) -> &Estimate| -> Vec<[f64; 3]> {
        rows.iter().filter_map(|s| Some([s.multiple, pick(s).low?, pick(s).high?])).collect()
    };
    let octaves = rows[rows.len() - 1].multiple / rows[0].multiple;
    let spread = || if octaves > 4.0 { Scale::Logarithmic } else { Scale::Linear };
    let load = || axis("Times the load", "times_the_load", Unit::Number, spread());
    let bracket = match (summary.breaking.holds_at, summary.breaking.breaks_at) {
        (Some(low), Some(high)) => {
            format!(" The promise breaks between {} and {} times.", number(low, Unit::Number), number(high, Unit::Number))
        }
        _ => String::new(),
    };
    let limit = summary.breaking.promises.iter().filter_map(|p| p.latency).reduce(f64::min);
    let p99 = line(|s| s.response.p99.value.filter(|v| *v > 0.0));
    let highest = p99.iter().map(|p| p[1]).fold(limit.unwrap_or(0.0), f64::max);
    let wide = highest > WIDE * p99.iter().map(|p| p[1]).fold(f64::INFINITY, f64::min);
    let mut y = axis("Response time", "response_seconds", Unit::Duration, if wide { Scale::Logarithmic } else { Scale::Linear });
    y.least = (!wide).then_some(0.0);
    let positive = |band: Vec<[f64; 3]>| -> Vec<[f64; 3]> { band.into_iter().filter(|p| !wide || p[1] > 0.0).collect() };
    let held =
        |pick: fn(&StepSummary) -> Option<f64>| summary.breaking.breaks_at.map(|at| marker(&rows, at, pick)).unwrap_or_default();
    let mut marks = vec![
        Mark::new("P99, 95 % interval", Look::Series(0), Shape::Band(vec![positive(band(|s| &s.response.p99))])),
        Mark::new("P99", Look::Series(0), Shape::Line(vec![p99])),
        Mark::new("mean", Look::Series(1), Shape::Line(vec![line(|s| s.response.mean.value.filter(|v| *v > 0.0))])),
        Mark::new("here the promise breaks", Look::Limit, Shape::Line(held(|s| s.response.p99.value))),
    ];
    marks.extend(limit.map(|limit| Mark::new(format!("promised within {}", duration(limit)), Look::Limit, Shape::Level(limit))));
    let response = Chart {
        name: "response-by-load".to_owned(),
        title: "Response time from end to end, by load".to_owned(),
        description: format!("Each step of the search, means over replications.{bracket}"),
        x: load(),
        y,
        marks: marks.into_iter().filter(|mark| !mark.is_empty()).collect(),
    };
    let mut y = axis("Failed requests", "error_rate", Unit::Share, Scale::Linear);
    y.least = Some(0.0);
    let errors = Chart {
        name: "errors-by-load".to_owned(),
        title: "Requests that fail, by load".to_owned(),
        description: format!("Each step of the search, means over replications.{bracket}"),
        x: load(),
        y,
        marks: vec![
            Mark::new("failed, 95 % interval", Look::Series(0), Shape::Band(vec![band(|s| &s.response.error_rate)])),
            Mark::new("failed", Look::Series(0), Shape::Line(vec![line(|s| s.response.error_rate.value)])),
            Mark::new("here the promise breaks", Look::Limit, Shape::Line(held(|s| s.response.error_rate.value))),
        ],
    };
    let fails = rows.iter().any(|s| s.response.error_rate.value.is_some_and(|share| share > 0.0));
    std::iter::once(response).chain(fails.then_some(errors)).collect()
}

/// A vertical line at a load, from the lowest to the highest value there is.
fn marker(rows: &[&StepSummary], at: f64, pick: fn(&StepSummary) -> Option<f64>) -> Vec<Vec<[f64; 2]>> {
    let values = || rows.iter().filter_map(|s| pick(s));
    let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    if low < high { vec![vec![[at, low], [at, high]]] } else { Vec::new() }
}

/// What one more replica of each service takes off the response time.
pub fn gains(summary: &Bottlenecks) -> Vec<Chart> {
    let rows: Vec<(&String, &OneMore)> = summary.one_more_replica.iter().collect();
    let Some((best, first)) = rows.first() else { return Vec::new() };
    let names: Vec<String> =
        rows.iter().map(|(name, more)| format!("{name} ({} → {})", more.replicas, more.replicas + 1)).collect();
    let chart = |stem: &str, what: &str, series: usize, pick: fn(&OneMore) -> &Estimate| {
        let dots: Vec<_> = rows.iter().enumerate().filter_map(|(row, (_, more))| dot(row, pick(more))).collect();
        (!dots.is_empty()).then(|| Chart {
            name: format!("one-more-replica-{stem}"),
            title: format!("What one more replica takes off the {what}"),
            description: format!(
                "Without it less with it, the same requests in both: means and 95 % intervals over pairs of replications. {best} is first: {}.",
                value(pick(first), Unit::Duration)
            ),
            x: axis(&format!("Less {what}"), &format!("{stem}_less_seconds"), Unit::Duration, Scale::Linear),
            y: self::names(names.clone()),
            marks: vec![
                Mark::new("no change", Look::Limit, Shape::Tick((0..rows.len()).map(|row| (row, 0.0)).collect())),
                Mark::new(format!("less {what}"), Look::Series(series), Shape::Dot(dots)),
            ],
        })
    };
    [chart("mean", "mean response time", 0, |m| &m.mean), chart("p99", "P99 of the response time", 1, |m| &m.p99)]
        .into_iter()
        .flatten()
        .collect()
}
