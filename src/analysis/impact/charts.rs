//! The charts of the impact of a failure, over the time since it.

use super::summary::Impact;
use super::{Input, tables};
use crate::report::format::{duration, number, value};
use crate::report::{Axis, Chart, Look, Mark, Scale, Shape, Unit};
use crate::run::impact::ServiceImpact;

/// Services that can be told apart in one chart.
const SERVICES: usize = 6;

fn axis(label: &str, column: &str, unit: Unit) -> Axis {
    Axis { label: label.to_owned(), column: column.to_owned(), unit, scale: Scale::Linear, least: Some(0.0), most: None }
}

fn since(input: &Input<'_>) -> Axis {
    let grid = input.found.main().grid;
    Axis { most: Some(grid.step * grid.cells as f64), ..axis("Time since the failure", "since_failure_seconds", Unit::Duration) }
}

/// A line of one value for each stretch of time.
fn steps(input: &Input<'_>, values: impl Iterator<Item = f64>) -> Shape {
    let grid = input.found.main().grid;
    let mut line: Vec<[f64; 2]> = values.enumerate().map(|(cell, value)| [cell as f64 * grid.step, value]).collect();
    if let Some([_, last]) = line.last().copied() {
        line.push([grid.step * grid.cells as f64, last]);
    }
    Shape::Steps(vec![line])
}

fn runs<'a>(input: &'a Input<'_>, name: &str) -> Option<&'a ServiceImpact> {
    let index = input.model.services.iter().position(|s| s.name == name)?;
    input.found.main().services.get(index)
}

/// The share of runs in which each service is down after the failure.
pub fn down(input: &Input<'_>, summary: &Impact) -> Option<Chart> {
    let pairs = input.found.main().replications.max(1) as f64;
    let down = tables::affected(summary).into_iter().filter(|(_, s)| s.goes_down.value.is_some_and(|share| share > 0.0));
    let services: Vec<(&String, &ServiceImpact)> =
        down.filter_map(|(name, _)| Some((name, runs(input, name)?))).take(SERVICES).collect();
    let (first, of) = services.first()?;
    let most = of.down.iter().map(|down| down[0]).max().unwrap_or(0) as f64 / pairs;
    let half = summary.services.get(*first).and_then(|s| s.restored.p50.value);
    let back = half.map_or(String::new(), |half| format!(", and half of those are back after {}", duration(half)));
    let mut y = axis("Runs in which it is down", "share_down", Unit::Share);
    y.most = (most > 0.3).then_some(1.0);
    Some(Chart {
        name: "down-after-failure".to_owned(),
        title: format!("Down after {} on {}", summary.failure.name, summary.failure.thing),
        description: format!(
            "Share of the runs with the failure in which each service is down, by the time since the failure. {first} is down in up to {} of them{back}.",
            number(most, Unit::Share)
        ),
        x: since(input),
        y,
        marks: services
            .iter()
            .enumerate()
            .map(|(k, (name, of))| {
                let shares = of.down.iter().map(|down| down[0] as f64 / pairs);
                Mark::new(name.as_str(), Look::Series(k), steps(input, shares))
            })
            .collect(),
    })
}

/// The requests a second that fail because of the failure.
pub fn lost(input: &Input<'_>, summary: &Impact) -> Option<Chart> {
    let found = input.found.main();
    let scale = 1.0 / (found.replications.max(1) as f64 * found.grid.step);
    let mut services: Vec<(&String, &ServiceImpact, f64)> = summary
        .services
        .keys()
        .filter_map(|name| Some((name, runs(input, name)?)))
        .map(|(name, of)| (name, of, of.lost_over_time.iter().sum::<f64>()))
        .filter(|(.., total)| *total > 0.0)
        .collect();
    services.sort_by(|a, b| b.2.total_cmp(&a.2));
    services.truncate(SERVICES);
    let (first, _, most) = *services.first()?;
    services.retain(|(.., total)| *total > 0.001 * most);
    let all = summary.services.get(first).and_then(|s| s.requests_lost).map_or(String::new(), |lost| value(&lost, Unit::Count));
    // Chance may leave a little less than nothing: that is cut off.
    let negative = services.iter().flat_map(|(_, of, _)| &of.lost_over_time).fold(0.0, |least: f64, lost| least.min(*lost));
    let lowest = (negative > -0.001 * most).then_some(0.0);
    Some(Chart {
        name: "requests-lost".to_owned(),
        title: "Requests lost because of it".to_owned(),
        description: format!(
            "Requests a second that arrive and fail, less those of the same runs without the failure: the mean over runs, by the time since \
             the failure. {first} loses most, {all} in all."
        ),
        x: since(input),
        y: Axis { least: lowest, ..axis("Requests lost", "requests_lost_per_second", Unit::Rate) },
        marks: services
            .iter()
            .enumerate()
            .map(|(k, (name, of, _))| {
                Mark::new(name.as_str(), Look::Series(k), steps(input, of.lost_over_time.iter().map(|lost| lost * scale)))
            })
            .collect(),
    })
}
