//! The charts of a report on agreements.

use super::summary::{Promise, Sla, Stretch};
use super::{Input, Watch, estimates};
use crate::analysis::forecast::charts::{axis, names};
use crate::analysis::scaling::slug;
use crate::report::format::{number, value};
use crate::report::{Axis, Chart, Look, Mark, Scale, Shape, Unit};

/// Curves in one chart that can be told apart.
const CURVES: usize = 6;

fn time(input: &Input<'_>) -> Axis {
    let axis = axis("", "time_seconds", Unit::Duration, Scale::Time(input.model.start.clone()));
    Axis { least: Some(0.0), most: Some(input.model.horizon), ..axis }
}

/// A step for each stretch of time that has a value; in pieces where there are gaps.
fn steps<'a, T: 'a>(
    of: impl IntoIterator<Item = &'a T>,
    span: impl Fn(&T) -> [f64; 2],
    value: impl Fn(&T) -> Option<f64>,
) -> Shape {
    let mut pieces: Vec<Vec<[f64; 2]>> = Vec::new();
    let mut end = f64::NAN;
    for part in of {
        let [from, until] = span(part);
        let Some(value) = value(part) else { continue };
        if from != end {
            pieces.push(Vec::new());
        }
        if let Some(piece) = pieces.last_mut() {
            piece.extend([[from, value], [until, value]]);
        }
        end = until;
    }
    Shape::Line(pieces)
}

fn span(period: &Stretch) -> [f64; 2] {
    [period.from_seconds, period.until_seconds]
}

fn band(periods: &[Stretch], ends: impl Fn(&Stretch) -> Option<[f64; 2]>) -> Shape {
    let each = periods.iter().filter_map(|period| {
        let [low, high] = ends(period)?;
        Some(vec![[period.from_seconds, low, high], [period.until_seconds, low, high]])
    });
    Shape::Band(each.collect())
}

/// A chart of those marks that show something.
pub fn chart(name: String, title: String, description: String, x: Axis, y: Axis, marks: Vec<Mark>) -> Chart {
    Chart { name, title, description, x, y, marks: marks.into_iter().filter(|mark| !mark.is_empty()).collect() }
}

/// What each period attains, on an axis of nines.
pub fn attainment(input: &Input<'_>, watch: Watch, promise: &Promise) -> Option<Chart> {
    let name = &input.model.objectives[watch.promise].name;
    let below = |at: Option<f64>| at.filter(|at| *at < 1.0);
    let worst = promise.periods.iter().filter(|period| period.attainment.value.is_some());
    let worst = worst.min_by(|a, b| a.attainment.value.unwrap_or(1.0).total_cmp(&b.attainment.value.unwrap_or(1.0)))?;
    // What no replication missed has no place on an axis of nines: it ends a nine above the best that is drawn.
    let best = promise.periods.iter().filter_map(|p| below(p.attainment_p95).or(below(p.attainment.value))).fold(0.0, f64::max);
    let top = 1.0 - (1.0 - best.max(promise.target)) / 10.0;
    let spread = |p: &Stretch| Some([p.attainment_p5?.min(top), p.attainment_p95?.min(top)]);
    let interval = |p: &Stretch| Some([p.attainment.low?.min(top), p.attainment.high?.min(top)]);
    Some(chart(
        format!("attainment-{}", slug(name)),
        format!("{name}: what each {} attains", input.period.noun()),
        format!(
            "Attainment by {}, mean with its 95 % interval and where nine of ten replications fall, against the target of {}. The lowest mean is that of {}, {}.",
            input.period.noun(),
            number(promise.target, Unit::Availability),
            worst.period,
            value(&worst.attainment, Unit::Availability)
        ),
        time(input),
        axis("Attained", "attainment", Unit::Availability, Scale::Nines),
        vec![
            Mark::new("P5–P95 of replications", Look::Series(4), band(&promise.periods, spread)),
            Mark::new("95 % interval of the mean", Look::Series(0), band(&promise.periods, interval)),
            Mark::new("mean", Look::Series(0), steps(&promise.periods, span, |p| p.attainment.value.map(|v| v.min(top)))),
            Mark::new(
                format!("target {}", number(promise.target, Unit::Availability)),
                Look::Limit,
                Shape::Level(promise.target),
            ),
        ],
    ))
}

/// The promises at the greatest risk, in the windows that they are judged by.
fn riskiest<'a>(input: &'a Input<'_>) -> Vec<(&'a str, Vec<Stretch>)> {
    let name = |watch: Watch| input.model.objectives[watch.promise].name.as_str();
    input.by_risk().into_iter().take(CURVES).map(|watch| (name(watch), estimates::judged(input, watch))).collect()
}

fn chance(label: &str, column: &str) -> Axis {
    Axis { least: Some(0.0), most: Some(1.0), ..axis(label, column, Unit::Share, Scale::Linear) }
}

/// How likely each window is to be broken, for the promises at the greatest risk.
pub fn breach(input: &Input<'_>) -> Option<Chart> {
    let shown = riskiest(input);
    let marks = shown.iter().enumerate().flat_map(|(i, (name, windows))| {
        let ends = |p: &Stretch| Some([p.breach_probability.low?, p.breach_probability.high?]);
        // Bands of several curves would hide each other.
        let interval =
            (shown.len() <= 2).then(|| Mark::new(format!("{name}, 95 % interval"), Look::Series(i), band(windows, ends)));
        interval.into_iter().chain([Mark::new(*name, Look::Series(i), steps(windows, span, |p| p.breach_probability.value))])
    });
    let marks: Vec<Mark> = marks.chain([Mark::new("as likely as not", Look::Limit, Shape::Level(0.5))]).collect();
    let greatest = shown.iter().filter_map(|(name, windows)| {
        let known = windows.iter().filter_map(|p| Some((p.breach_probability.value?, p)));
        let (most, at) = known.max_by(|a, b| a.0.total_cmp(&b.0))?;
        Some(format!(" {name} is at the greatest risk in {}: {}.", at.period, number(most, Unit::Share)))
    });
    let found = chart(
        "breach-by-period".to_owned(),
        "How likely each window is to be broken".to_owned(),
        format!("The share of replications in which a month or quarter ends below the target.{}", greatest.collect::<String>()),
        time(input),
        chance("Chance of a breach", "breach_probability"),
        marks,
    );
    (!found.is_empty()).then_some(found)
}

/// How likely some window has been broken by a time, for the promises at the greatest risk.
pub fn broken_by(input: &Input<'_>) -> Option<Chart> {
    let curve = |windows: &[Stretch]| {
        let ends = windows.iter().filter(|p| p.complete).filter_map(|p| Some([p.until_seconds, p.broken_by_then.value?]));
        let points: Vec<[f64; 2]> = std::iter::once([0.0, 0.0]).chain(ends).collect();
        Shape::Steps(if points.iter().any(|point| point[1] > 0.0) { vec![points] } else { Vec::new() })
    };
    let shown = riskiest(input);
    let marks = shown.iter().enumerate().map(|(i, (name, windows))| Mark::new(*name, Look::Series(i), curve(windows)));
    let marks: Vec<Mark> = marks.chain([Mark::new("as likely as not", Look::Limit, Shape::Level(0.5))]).collect();
    let found = chart(
        "broken-by".to_owned(),
        "How likely a promise has been broken by then".to_owned(),
        "The share of replications in which some complete month or quarter has ended below the target by a time.".to_owned(),
        time(input),
        chance("Chance of a breach so far", "broken_by_then"),
        marks,
    );
    (!found.is_empty()).then_some(found)
}

/// What burns the error budget of each period: load, or failures.
pub fn burnt(input: &Input<'_>, watch: Watch, promise: &Promise) -> Option<Chart> {
    let name = &input.model.objectives[watch.promise].name;
    let load = input.drivers.iter().find(|driver| driver.cause == super::Cause::Failures)?;
    let periods = &input.runs.objectives[watch.periods].by_window;
    let lost = |runs: &crate::run::runs::WindowRuns| {
        let counted = runs.attainment.mean(1);
        if counted > 0.0 { (1.0 - runs.attainment.mean(0) / counted).max(0.0) } else { 0.0 }
    };
    let budget = 1.0 - promise.target;
    if budget <= 0.0 {
        return None;
    }
    let (mut by_load, mut by_failures) = (Vec::new(), Vec::new());
    for (all, alone) in periods.iter().zip(&load.objectives[watch.periods].by_window) {
        let of_load = lost(alone).min(lost(all)) / budget;
        let rest = (lost(all) / budget - of_load).max(0.0);
        by_load.extend([[all.from, of_load], [all.to, of_load]]);
        by_failures.extend([[all.from, rest], [all.to, rest]]);
    }
    let most = |points: &[[f64; 2]]| points.iter().map(|point| point[1]).fold(0.0, f64::max);
    Some(chart(
        format!("budget-{}", slug(name)),
        format!("{name}: what burns the error budget"),
        format!(
            "Mean error budget burnt in each {}: by load, up to {}, and by failures, up to {}.",
            input.period.noun(),
            number(most(&by_load), Unit::Share),
            number(most(&by_failures), Unit::Share)
        ),
        time(input),
        Axis { least: Some(0.0), ..axis("Error budget burnt", "budget_burnt", Unit::Share, Scale::Linear) },
        vec![
            // A thousandth of the budget is not seen.
            Mark::new("load alone", Look::Series(1), Shape::Area(if most(&by_load) > 1e-3 { by_load } else { Vec::new() })),
            Mark::new("failures, and load with them", Look::Series(0), Shape::Area(by_failures)),
            Mark::new("all of it", Look::Limit, Shape::Level(1.0)),
        ],
    ))
}

/// How much less is lost without each cause.
pub fn drivers(input: &Input<'_>, watch: Watch, promise: &Promise) -> Option<Chart> {
    let name = &input.model.objectives[watch.promise].name;
    let shown: Vec<_> = promise.drivers.iter().filter(|cause| promise.matters(cause) && cause.spared.value.is_some()).collect();
    let ends = |cause: &super::summary::Without| Some([cause.spared.low?.max(0.0), cause.spared.high?.min(1.0)]);
    let dot = |(i, cause): (usize, &&super::summary::Without)| Some((i, cause.spared.value?.clamp(0.0, 1.0), ends(cause)));
    let first = shown.first()?;
    let x = axis("Less lost without it", "spared", Unit::Share, Scale::Linear);
    Some(chart(
        format!("drivers-{}", slug(name)),
        format!("{name}: what drives it"),
        format!(
            "The part of what is lost that would not be, had one cause done no harm. First is {}: {}.",
            first.cause,
            value(&first.spared, Unit::Share)
        ),
        Axis { least: Some(0.0), most: Some(1.0), ..x },
        Axis {
            label: "Without harm from".to_owned(),
            column: "without".to_owned(),
            ..names(shown.iter().map(|cause| cause.cause.clone()).collect())
        },
        vec![Mark::new(
            "less lost, 95 % interval",
            Look::Series(0),
            Shape::Dot(shown.iter().enumerate().filter_map(dot).collect()),
        )],
    ))
}

/// What each window is expected to cost, by tier.
pub fn credits(input: &Input<'_>, watch: Watch, promise: &Promise) -> Option<Chart> {
    let name = &input.model.objectives[watch.promise].name;
    let windows = &promise.credits.as_ref()?.windows;
    let tiers = windows.first()?.tiers.len();
    let expected = promise.credits.as_ref()?.expected;
    let mut marks = Vec::new();
    // The smallest credit, which is due most often, lies below.
    for (look, tier) in (0..tiers).rev().enumerate() {
        let due = |window: &super::summary::Due| {
            let tier = &window.tiers[tier];
            let money = tier.probability.value.unwrap_or(0.0) * tier.amount;
            [[window.from_seconds, money], [window.until_seconds, money]]
        };
        let (below, credit) = (windows[0].tiers[tier].below, windows[0].tiers[tier].credit);
        let label = format!("{} below {}", number(credit, Unit::Share), number(below, Unit::Availability));
        marks.push(Mark::new(label, Look::Series(look), Shape::Area(windows.iter().flat_map(due).collect())));
    }
    if expected.value.is_none_or(|value| value <= 0.0) {
        return None;
    }
    let label = format!("Expected credits ({})", input.model.currency);
    Some(chart(
        format!("credits-{}", slug(name)),
        format!("{name}: expected credits"),
        format!(
            "Expected credits of each window by tier, {} {} over the horizon.",
            value(&expected, Unit::Money),
            input.model.currency
        ),
        time(input),
        Axis { least: Some(0.0), ..axis(&label, "expected_credits", Unit::Money, Scale::Linear) },
        marks,
    ))
}

/// What is asked of each service against what is promised to it.
pub fn bounds(summary: &Sla) -> Option<Chart> {
    let rows: Vec<_> = summary.ceilings.iter().collect();
    if rows.is_empty() {
        return None;
    }
    let dot = |i: usize, bound: &super::summary::Bound| {
        let left = bound.simulated.as_ref()?;
        Some((i, left.value.filter(|left| *left < 1.0)?, left.low.zip(left.high).map(|(low, high)| [low, high.min(1.0 - 1e-9)])))
    };
    let impossible = rows.iter().filter(|(_, bound)| !bound.possible).count();
    Some(chart(
        "ceilings".to_owned(),
        "What is asked, and what is promised".to_owned(),
        format!(
            "For each service the most that it can keep if it never failed itself, and what is asked of it: {impossible} of {} ask for more.",
            rows.len()
        ),
        axis("Availability", "availability", Unit::Availability, Scale::Nines),
        names(rows.iter().map(|(name, _)| (*name).clone()).collect()),
        vec![
            Mark::new(
                "at most, by promises",
                Look::Series(0),
                Shape::Dot(rows.iter().enumerate().map(|(i, (_, b))| (i, b.promised, None)).collect()),
            ),
            Mark::new(
                "left by the weakest callee, simulated",
                Look::Series(1),
                Shape::Dot(rows.iter().enumerate().filter_map(|(i, (_, b))| dot(i, b)).collect()),
            ),
            Mark::new("asked", Look::Limit, Shape::Tick(rows.iter().enumerate().map(|(i, (_, b))| (i, b.asked)).collect())),
        ],
    ))
}
