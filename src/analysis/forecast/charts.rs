//! The charts of the forecast, as data.

use super::{Input, LEVEL, YEAR, tables};
use crate::report::format::{duration, number, value};
use crate::report::summary::Summary;
use crate::report::{Axis, Chart, Look, Mark, Scale, Shape, Unit};
use crate::run::runs::ObjectiveRuns;

/// Services in one chart; more would not be read.
const SERVICES: usize = 24;
/// Curves of outage lengths that can be told apart.
const CURVES: usize = 4;
/// Causes with a colour of their own; the rest are one.
const CAUSES: usize = 6;

/// Indices of services, the one that is down most first.
fn by_downtime(input: &Input<'_>, summary: &Summary) -> Vec<usize> {
    let down = |i: usize| summary.services.get(input.service(i)).map_or(0.0, tables::down);
    let mut order: Vec<usize> = (0..input.services.len().min(input.runs.services.len())).collect();
    order.sort_by(|a, b| down(*b).total_cmp(&down(*a)).then(a.cmp(b)));
    order.truncate(SERVICES);
    order
}

fn services(input: &Input<'_>, order: &[usize]) -> Axis {
    names(order.iter().map(|i| input.service(*i).to_owned()).collect())
}

/// An axis of services by their names.
pub fn names(names: Vec<String>) -> Axis {
    axis("Service", "service", Unit::Number, Scale::Names(names))
}

/// The axis of a chart over the horizon, with the dates of the scenario.
pub fn time(input: &Input<'_>) -> Axis {
    let mut axis = axis("", "time_seconds", Unit::Duration, Scale::Time(input.start.clone()));
    (axis.least, axis.most) = (Some(0.0), Some(input.runs.horizon));
    axis
}

/// An axis that reaches as far as what is drawn.
pub fn axis(label: &str, column: &str, unit: Unit, scale: Scale) -> Axis {
    Axis { label: label.to_owned(), column: column.to_owned(), unit, scale, least: None, most: None }
}

/// Availability of each service on an axis of nines: mean and interval, spread of replications, target.
pub fn availability(input: &Input<'_>, summary: &Summary) -> Chart {
    let order = by_downtime(input, summary);
    let (mut spread, mut unseen, mut mean) = (Vec::new(), Vec::new(), Vec::new());
    for (row, i) in order.iter().enumerate() {
        let Some(e) = summary.services.get(input.service(*i)).map(|s| s.time_availability) else { continue };
        match (e.value, e.low, e.high) {
            (Some(v), low, high) => {
                mean.push((row, v, low.zip(high).filter(|(l, h)| l < h).map(|(l, h)| [l, h])));
                let quantile = |p| input.runs.services[*i].unavailability.quantile(p);
                if v < 1.0
                    && let (Some(best), Some(worst)) = (quantile(0.05), quantile(0.95))
                {
                    spread.push((row, [1.0 - worst, 1.0 - best]));
                }
            }
            (None, Some(low), _) => unseen.push((row, [low, 1.0])),
            _ => {}
        }
    }
    let target = |service: usize| {
        let targets =
            input.objectives.iter().filter(|o| o.service == service && matches!(o.counts, super::Counts::Time)).map(|o| o.target);
        targets.fold(None, |most: Option<f64>, t| Some(most.map_or(t, |m| m.max(t))))
    };
    let targets: Vec<(usize, f64)> = order.iter().enumerate().filter_map(|(row, i)| Some((row, target(*i)?))).collect();
    let worst = order.first().and_then(|i| Some((input.service(*i), summary.services.get(input.service(*i))?)));
    let said =
        worst.map_or(String::new(), |(n, s)| format!(" The lowest is {n}, {}.", value(&s.time_availability, Unit::Availability)));
    Chart {
        name: "availability".to_owned(),
        title: "Fraction of time up, by service".to_owned(),
        description: format!(
            "{} Each further nine takes the same room.{said}",
            if mean.is_empty() {
                "No outage was seen: the bars reach from the bound that this gives to 100 %."
            } else {
                "The dot is the mean with its 95 % interval; the bar is where nine of ten replications fall, from unlucky (left) to lucky."
            }
        ),
        x: axis("Time up", "time_availability", Unit::Availability, Scale::Nines),
        y: services(input, &order),
        marks: vec![
            Mark::new("P5–P95 of replications", Look::Series(4), Shape::Span(spread)),
            Mark::new("no outage seen: at least", Look::Series(2), Shape::Span(unseen)),
            Mark::new("mean, 95 % interval", Look::Series(0), Shape::Dot(mean)),
            Mark::new("target (of time)", Look::Limit, Shape::Tick(targets)),
        ],
    }
}

/// How long outages last: the share that lasts longer than a time, by Kaplan and Meier.
pub fn lengths(input: &Input<'_>, summary: &Summary) -> Option<Chart> {
    let mut order: Vec<usize> =
        by_downtime(input, summary).into_iter().filter(|i| input.runs.services[*i].outage_lengths.count() > 0).collect();
    order.truncate(CURVES);
    if order.is_empty() {
        return None;
    }
    let curve = |i: usize| -> Vec<[f64; 2]> {
        let curve = input.runs.services[i].outage_lengths.curve();
        // A logarithmic axis has no zero: the curve begins at the shortest outage.
        let first = curve.iter().find(|p| p.0 > 0.0).map(|p| [p.0, 1.0]);
        first.into_iter().chain(thin(&curve).map(|p| [p.0, p.1])).collect()
    };
    let median = |i: usize| input.runs.services[i].outage_lengths.quantile(0.5);
    let said: Vec<String> = order
        .iter()
        .filter_map(|i| Some(format!("half of those of {} last longer than {}", input.service(*i), duration(median(*i)?))))
        .collect();
    let mut y = axis("Outages that last longer", "share_lasting_longer", Unit::Share, Scale::Linear);
    (y.least, y.most) = (Some(0.0), Some(1.0));
    Some(Chart {
        name: "outage-lengths".to_owned(),
        title: "How long outages last".to_owned(),
        description: format!(
            "Share of outages that last longer than a time (Kaplan–Meier){}{}.",
            if said.is_empty() { "" } else { ": " },
            said.join("; ")
        ),
        x: axis("Length of an outage", "length_seconds", Unit::Duration, Scale::Logarithmic),
        y,
        marks: order
            .iter()
            .enumerate()
            .map(|(k, i)| Mark::new(input.service(*i), Look::Series(k), Shape::Steps(vec![curve(*i)])))
            .collect(),
    })
}

/// Points that differ by half a percent at least, and the last.
fn thin(curve: &[(f64, f64)]) -> impl Iterator<Item = (f64, f64)> {
    let mut last = 1.0;
    let n = curve.len();
    curve.iter().enumerate().filter(|(_, p)| p.0 > 0.0).filter_map(move |(i, p)| {
        let keep = last - p.1 >= 0.005 || i + 1 == n;
        if keep {
            last = p.1;
        }
        keep.then_some(*p)
    })
}

/// Downtime of each service, stacked by the failure that causes it.
pub fn causes(input: &Input<'_>, summary: &Summary) -> Option<Chart> {
    let order: Vec<usize> = by_downtime(input, summary)
        .into_iter()
        .filter(|i| summary.services.get(input.service(*i)).is_some_and(|s| tables::down(s) > 0.0))
        .collect();
    // Shares of what is down, so that bars are as long as the downtime whatever was charged.
    let length = |i: usize, failure: usize| {
        let causes = &input.runs.services[i].causes;
        let total: f64 = causes.iter().map(crate::stats::Moments::mean).sum();
        let down = summary.services.get(input.service(i)).map_or(0.0, tables::down);
        causes.get(failure).map_or(0.0, |m| if total > 0.0 { m.mean() / total * down } else { 0.0 })
    };
    let mut failures: Vec<(usize, f64)> =
        (0..input.failures.len()).map(|f| (f, order.iter().map(|i| length(*i, f)).sum())).filter(|(_, t)| *t > 0.0).collect();
    failures.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    if failures.is_empty() {
        return None;
    }
    let rows = |wanted: &[(usize, f64)]| -> Vec<(usize, f64)> {
        order
            .iter()
            .enumerate()
            .map(|(row, i)| (row, wanted.iter().map(|(f, _)| length(*i, *f)).sum()))
            .filter(|(_, l): &(usize, f64)| *l > 0.0)
            .collect()
    };
    let (own, rest) = failures.split_at(failures.len().min(CAUSES));
    let mut marks: Vec<Mark> =
        own.iter().enumerate().map(|(k, f)| Mark::new(input.failure(f.0), Look::Series(k), Shape::Bar(rows(&[*f])))).collect();
    if !rest.is_empty() {
        marks.push(Mark::new(format!("{} others", rest.len()), Look::Series(CAUSES), Shape::Bar(rows(rest))));
    }
    let total: f64 = failures.iter().map(|f| f.1).sum();
    let share = number((failures[0].1 / total * 100.0).round() / 100.0, Unit::Share);
    Some(Chart {
        name: "downtime-by-cause".to_owned(),
        title: "Downtime by cause".to_owned(),
        description: format!(
            "Mean downtime a year of each service, split by the failures that cause it. The greatest cause is {}, {share} over all services.",
            input.failure(failures[0].0)
        ),
        x: axis("Downtime a year", "downtime_seconds_per_year", Unit::Duration, Scale::Linear),
        y: services(input, &order),
        marks,
    })
}

/// The error budget that is left over time, as a fan over replications.
pub fn budget(input: &Input<'_>, objective: usize) -> Option<Chart> {
    let (o, runs) = (input.objectives.get(objective)?, input.runs.objectives.get(objective)?);
    let left = |k: usize, p: f64| runs.budget_spent.get(k).and_then(|s| s.quantile(1.0 - p)).map(|spent| 1.0 - spent);
    let pieces = pieces(runs);
    // A budget that nothing ever touched is a sentence, not a picture.
    if !runs.budget_spent.iter().any(|s| s.max().is_some_and(|most| most > 0.0)) {
        return None;
    }
    let band = |low: f64, high: f64| -> Vec<Vec<[f64; 3]>> {
        let point = |k: &usize| Some([*runs.budget_times.get(*k)?, left(*k, low)?, left(*k, high)?]);
        // A window begins with all of its budget.
        let piece = |(start, times): &(Option<f64>, Vec<usize>)| {
            start.map(|t| [t, 1.0, 1.0]).into_iter().chain(times.iter().filter_map(point)).collect()
        };
        pieces.iter().map(piece).collect()
    };
    let median = band(0.5, 0.5).into_iter().map(|piece| piece.into_iter().map(|p| [p[0], p[1]]).collect()).collect();
    let wide = band(0.05, 0.95);
    let lowest = wide.iter().flatten().map(|p| p[1]).fold(0.0, f64::min);
    let mut y = axis("Error budget left", "budget_left", Unit::Share, Scale::Linear);
    (y.least, y.most) = (Some((lowest * 5.0).floor() / 5.0).map(|l| l.max(-1.0)), Some(1.0));
    let cut = if lowest < -1.0 { " What lies below −100 % is cut off." } else { "" };
    let rolling = matches!(o.window, super::WindowKind::Rolling(_));
    let breached = runs.breach.filter(|b| b.count() > 0).map(|b| b.estimate(LEVEL)).filter(|b| b.value.is_some_and(|v| v > 0.0));
    let when =
        if rolling { "it falls below zero, at some instant after the first window" } else { "a whole window ends below zero" };
    let said = breached.map_or(String::new(), |b| format!(" In {} of {} {when}.", value(&b, Unit::Share), input.lives()));
    let restart = if rolling { "" } else { " It starts anew with each window." };
    Some(Chart {
        name: format!("budget-{}", objective + 1),
        title: format!("Error budget of {}", o.name),
        description: format!(
            "Share of the budget that is left, over all replications; below zero the objective is broken.{restart}{said}{cut}"
        ),
        x: time(input),
        y,
        marks: vec![
            Mark::new("P5–P95", Look::Series(0), Shape::Band(wide)),
            Mark::new("P25–P75", Look::Series(0), Shape::Band(band(0.25, 0.75))),
            Mark::new("median", Look::Series(0), Shape::Line(median)),
            Mark::new("all spent", Look::Limit, Shape::Level(0.0)),
        ],
    })
}

/// The places of the times of the budget, parted where a new window begins, with that beginning.
fn pieces(runs: &ObjectiveRuns) -> Vec<(Option<f64>, Vec<usize>)> {
    // At the very end of a window it is still that window's; the start is the first one's.
    let window = |t: f64| runs.by_window.iter().map(|w| w.from).take_while(|from| *from < t.max(f64::MIN_POSITIVE)).last();
    let mut pieces: Vec<(Option<f64>, Vec<usize>)> = Vec::new();
    for (k, (t, _)) in runs.budget_times.iter().zip(&runs.budget_spent).enumerate().filter(|(_, (_, s))| s.count() > 0) {
        let start = window(*t);
        match pieces.last_mut() {
            Some((last, piece)) if *last == start => piece.push(k),
            _ => pieces.push((start, vec![k])),
        }
    }
    pieces
}

/// A horizon in words.
pub fn horizon(seconds: f64) -> String {
    let years = (seconds / YEAR).round();
    match (seconds - years * YEAR).abs() < 2.0 * 86_400.0 {
        true if years == 1.0 => "one year".to_owned(),
        true if years > 1.0 => format!("{years} years"),
        _ => duration(seconds),
    }
}
