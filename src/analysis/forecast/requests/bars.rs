//! Why requests fail: by service, and over time.

use super::super::Input;
use super::super::charts::{axis, names, time};
use super::tables::reason;
use crate::report::format::number;
use crate::report::summary::{RequestSummary, Summary};
use crate::report::{Chart, Look, Mark, Scale, Shape, Unit};
use crate::run::requests::{REASONS, RequestRuns};
use crate::sim::request::count;

/// Rows of one chart; more would not be read.
const ROWS: usize = 24;

/// Requests of all sources that failed over time, stacked by reason.
pub fn failures(input: &Input<'_>, runs: &RequestRuns) -> Option<Chart> {
    let bins = runs.sources.iter().map(|served| served.course.len()).max()?;
    let at = |bin: usize, place: usize| -> f64 {
        runs.sources.iter().filter_map(|s| s.course.get(bin)).map(|point| point.failed[place].mean()).sum()
    };
    let total = |place: usize| (0..bins).map(|bin| at(bin, place)).sum::<f64>();
    let mut order: Vec<usize> = (0..REASONS).filter(|place| total(*place) > 0.0).collect();
    order.sort_by(|a, b| total(*b).total_cmp(&total(*a)));
    let most = order.first()?;
    let share = total(*most) / order.iter().map(|place| total(*place)).sum::<f64>();
    let line = |place: usize| (0..bins).map(|bin| [(bin as f64 + 0.5) * runs.bin_seconds, at(bin, place)]).collect();
    let mut y = axis("Failed requests", "failed_per_second", Unit::Rate, Scale::Linear);
    y.least = Some(0.0);
    Some(Chart {
        name: "failures".to_owned(),
        title: "Requests that fail over time, by reason".to_owned(),
        description: format!(
            "All sources together, from end to end, means over replications. Most often: {}, {} of the failures.",
            reason(count::REASONS[*most].1),
            number((share * 100.0).round() / 100.0, Unit::Share)
        ),
        x: time(input),
        y,
        // A reason has its colour wherever it shows.
        marks: order
            .iter()
            .map(|place| Mark::new(reason(count::REASONS[*place].1), Look::Series(*place), Shape::Area(line(*place))))
            .collect(),
    })
}

/// The share of requests that fail at each source and service, stacked by reason.
pub fn reasons(summary: &Summary) -> Option<Chart> {
    let sources = summary.traffic.iter().map(|(name, s)| (format!("{name} (end to end)"), &s.requests));
    let services = summary.services.iter().filter_map(|(name, s)| Some((name.clone(), s.requests.as_ref()?)));
    let failing = |requests: &RequestSummary| requests.errors.values().filter_map(|e| e.value).sum::<f64>();
    let mut rows: Vec<(String, &RequestSummary)> = sources.chain(services).filter(|(_, r)| failing(r) > 0.0).collect();
    rows.sort_by(|a, b| failing(b.1).total_cmp(&failing(a.1)));
    rows.truncate(ROWS);
    let (worst, requests) = rows.first()?;
    let share = number(failing(requests), Unit::Share);
    let bars = |why: &str| -> Vec<(usize, f64)> {
        let share = |r: &RequestSummary| r.errors.get(why).and_then(|e| e.value).filter(|v| *v > 0.0);
        rows.iter().enumerate().filter_map(|(row, (_, r))| Some((row, share(r)?))).collect()
    };
    let mut x = axis("Of all requests there", "share_of_requests", Unit::Share, Scale::Linear);
    x.least = Some(0.0);
    Some(Chart {
        name: "errors".to_owned(),
        title: "Why requests fail, by service".to_owned(),
        description: format!(
            "Share of the requests that fail at each service, and from end to end, by reason. It is highest at {worst}, {share}."
        ),
        x,
        y: names(rows.iter().map(|(name, _)| name.clone()).collect()),
        marks: count::REASONS
            .iter()
            .enumerate()
            .map(|(place, (_, name))| Mark::new(reason(name), Look::Series(place), Shape::Bar(bars(name))))
            .filter(|mark| !mark.is_empty())
            .collect(),
    })
}
