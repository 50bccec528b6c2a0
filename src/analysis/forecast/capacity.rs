//! Demand against capacity: when the peak first exceeds what the replicas carry, and in whose absence.

use super::charts::time;
use super::{DAY, Input};
use crate::report::chart::after;
use crate::report::format::{decimal, number};
use crate::report::{Axis, Chart, Column, Frame, Look, Mark, Part, Scale, Section, Shape, Status, Table, Unit, Verdict};
use crate::run::runs::DemandCurve;

/// Charts that are shown, of the tightest services; the table has all.
const CHARTS: usize = 4;

/// One service's demand against one number of replicas.
struct Case<'a> {
    curve: &'a DemandCurve,
    name: String,
    replicas: u32,
    /// Seconds after the start at which the peak first exceeds the capacity, in the high, middle and low draw.
    early: Option<f64>,
    middle: Option<f64>,
    late: Option<f64>,
    /// Highest median peak over capacity.
    used: f64,
}

/// Services whose capacity is known, the tightest first.
fn curves<'a>(input: &Input<'a>) -> Vec<&'a DemandCurve> {
    let known = |c: &&DemandCurve| c.capacity.is_finite() && c.capacity > 0.0 && c.replicas > 0 && highest(&c.peak_p50) > 0.0;
    let mut curves: Vec<&DemandCurve> = input.demand.iter().filter(known).collect();
    let used = |c: &DemandCurve| highest(&c.peak_p50) / (c.capacity * f64::from(c.replicas));
    curves.sort_by(|a, b| used(b).total_cmp(&used(a)).then(a.service.cmp(&b.service)));
    curves
}

fn highest(values: &[f64]) -> f64 {
    values.iter().copied().filter(|v| v.is_finite()).fold(0.0, f64::max)
}

fn cases<'a>(input: &Input<'a>, curve: &'a DemandCurve) -> Vec<Case<'a>> {
    let zone = input.services.get(index(curve)).and_then(|s| s.replicas_without_zone);
    let n = curve.replicas;
    let all = (format!("{n} {}", if n == 1 { "replica" } else { "replicas" }), n);
    let one = (n > 1).then(|| ("one replica lost".to_owned(), n - 1));
    let zone = zone.filter(|z| *z < n).map(|z| ("one zone lost".to_owned(), z));
    // A zone that is one replica is no case of its own.
    let one = one.filter(|o| zone.as_ref().is_none_or(|z| z.1 != o.1));
    [Some(all), one, zone].into_iter().flatten().map(|(name, replicas)| case(curve, name, replicas)).collect()
}

fn case(curve: &DemandCurve, name: String, replicas: u32) -> Case<'_> {
    let capacity = curve.capacity * f64::from(replicas);
    let first = |peaks: &[f64]| peaks.iter().zip(&curve.begins).find(|(p, _)| **p > capacity).map(|(_, t)| *t);
    Case {
        curve,
        name,
        replicas,
        early: first(&curve.peak_p95),
        middle: first(&curve.peak_p50),
        late: first(&curve.peak_p5),
        used: if capacity > 0.0 { highest(&curve.peak_p50) / capacity } else { f64::INFINITY },
    }
}

fn index(curve: &DemandCurve) -> usize {
    usize::try_from(curve.service).unwrap_or(usize::MAX)
}

/// How long the intervals of the demand are.
fn step(input: &Input<'_>) -> f64 {
    match input.demand.first().map(|curve| curve.begins.as_slice()) {
        Some([first, second, ..]) => second - first,
        _ => 0.0,
    }
}

/// `on 6 Mar 2026`, `in the week of 26 Nov 2026`.
fn preposition(input: &Input<'_>) -> &'static str {
    if step(input) < 7.0 * DAY { "on" } else { "in" }
}

/// The interval that begins at a time: `the week of 26 Nov 2026`, or a day, or an hour.
fn date(input: &Input<'_>, seconds: f64) -> String {
    let form = match step(input) {
        step if step < DAY => "%-d %b %Y %H:%M",
        step if step < 7.0 * DAY => "%-d %b %Y",
        step if step == 7.0 * DAY => "the week of %-d %b %Y",
        _ => "the weeks from %-d %b %Y",
    };
    after(&input.start, seconds).strftime(form).to_string()
}

/// The date in the middle case, and the range over the draws where there is one.
fn dates(input: &Input<'_>, case: &Case<'_>) -> Option<String> {
    let middle = case.middle?;
    let (early, late) = (case.early.unwrap_or(middle), case.late.map(|t| date(input, t)));
    let (first, middle) = (date(input, early), date(input, middle));
    if Some(&middle) == late.as_ref() && first == middle {
        return Some(middle);
    }
    Some(format!("{middle} (from {first} to {})", late.unwrap_or_else(|| "after the horizon".to_owned())))
}

/// What the verdict says of capacity: the services that saturate, or the one that is nearest to it.
pub fn verdicts(input: &Input<'_>) -> Vec<Verdict> {
    let curves = curves(input);
    let mut verdicts = Vec::new();
    for curve in &curves {
        let cases = cases(input, curve);
        let name = input.service(index(curve));
        let lost = cases.iter().rev().find(|c| c.replicas < curve.replicas);
        let Some(all) = cases.first() else { continue };
        let lesser = lost.and_then(|c| Some(format!("; with {} from {}", c.name, dates(input, c)?)));
        if let Some(dates) = dates(input, all) {
            let text = format!(
                "{name} saturates: its peak first exceeds {} {} {dates}{}.",
                all.name,
                preposition(input),
                lesser.unwrap_or_default()
            );
            verdicts.push(Verdict::new(Status::Bad, text));
        } else if let Some(early) = all.early {
            let text =
                format!("{name} may saturate: in one draw of twenty its peak exceeds {} by {}.", all.name, date(input, early));
            verdicts.push(Verdict::new(Status::Warn, text));
        } else if let Some((c, dates)) = lost.and_then(|c| Some((c, dates(input, c)?))) {
            let text = format!("{name} carries its peak whole, but with {} no longer from {dates}.", c.name);
            verdicts.push(Verdict::new(Status::Warn, text));
        }
    }
    if verdicts.len() > 3 {
        let rest = verdicts.len() - 2;
        verdicts.truncate(2);
        verdicts.push(Verdict::new(Status::Warn, format!("{rest} more services saturate or come near it: see Capacity.")));
    }
    // What was followed request by request has been seen to be busy or not: retries may fill what the demand alone does not.
    if verdicts.is_empty()
        && input.runs.requests.is_none()
        && let Some(curve) = curves.first()
    {
        let used = highest(&curve.peak_p50) / (curve.capacity * f64::from(curve.replicas));
        let text = format!(
            "No service saturates: the tightest, {}, is used to {} at its highest peak.",
            input.service(index(curve)),
            number(used, Unit::Share)
        );
        verdicts.push(Verdict::new(Status::Good, text));
    }
    verdicts
}

/// The section on demand and capacity; absent where no capacity is known or nothing asks.
pub fn section(input: &Input<'_>) -> Option<Section> {
    let curves = curves(input);
    if curves.is_empty() {
        return None;
    }
    let mut parts = vec![Part::Table(table(input, &curves))];
    parts.extend(curves.iter().take(CHARTS).enumerate().map(|(i, c)| Part::Chart(chart(input, c, i))));
    Some(Section {
        title: "Capacity".to_owned(),
        intro: "The rate that reaches each service, the calls of healthy callers included, against what its replicas \
                carry. Above a line there is no room left for it."
            .to_owned(),
        parts,
    })
}

fn table(input: &Input<'_>, curves: &[&DemandCurve]) -> Table {
    let cases: Vec<Case<'_>> = curves.iter().flat_map(|c| cases(input, c)).collect();
    let dates = |pick: fn(&Case<'_>) -> Option<f64>| {
        cases.iter().map(move |c| pick(c).map(|t| after(&input.start, t).strftime("%Y-%m-%d").to_string())).collect::<Vec<_>>()
    };
    Frame::default()
        .text("service", cases.iter().map(|c| input.service(index(c.curve)).to_owned()))
        .text("case", cases.iter().map(|c| c.name.clone()))
        .number("replicas", cases.iter().map(|c| f64::from(c.replicas)))
        .number("capacity_per_second", cases.iter().map(|c| c.curve.capacity * f64::from(c.replicas)))
        .number("highest_peak_per_second", cases.iter().map(|c| highest(&c.curve.peak_p50)))
        .number("used", cases.iter().map(|c| c.used))
        .text("exceeded_early", dates(|c| c.early))
        .text("exceeded", dates(|c| c.middle))
        .text("exceeded_late", dates(|c| c.late))
        .table(
            "capacity",
            "Highest peak against capacity, and when it is first exceeded: median draw, P95 (early) and P5 (late)",
            vec![
                Column::text("Service", "service"),
                Column::text("Case", "case"),
                Column::number("Used", "used", Unit::Share),
                Column::text("Exceeded", "exceeded"),
                Column::text("early", "exceeded_early"),
                Column::text("late", "exceeded_late"),
                Column::number("Capacity", "capacity_per_second", Unit::Rate),
                Column::number("Highest peak", "highest_peak_per_second", Unit::Rate),
            ],
        )
}

fn chart(input: &Input<'_>, curve: &DemandCurve, number: usize) -> Chart {
    let name = input.service(index(curve));
    let cases = cases(input, curve);
    let line = |values: &[f64]| {
        vec![curve.times.iter().zip(values).filter(|(_, v)| v.is_finite()).map(|(t, v)| [*t, *v]).collect::<Vec<_>>()]
    };
    let band: Vec<[f64; 3]> =
        curve.times.iter().zip(curve.peak_p5.iter().zip(&curve.peak_p95)).map(|(t, (low, high))| [*t, *low, *high]).collect();
    let uncertain = band.iter().any(|b| b[1] < b[2]);
    let mut marks = Vec::new();
    if uncertain {
        marks.push(Mark::new("highest rate, P5–P95", Look::Series(0), Shape::Band(vec![band])));
    }
    let middle = if uncertain { "highest rate, median" } else { "highest rate" };
    marks.push(Mark::new(middle, Look::Series(0), Shape::Line(line(&curve.peak_p50))));
    marks.push(Mark::new("mean rate", Look::Series(1), Shape::Line(line(&curve.mean))));
    marks.extend(
        cases.iter().map(|c| Mark::new(c.name.as_str(), Look::Limit, Shape::Level(curve.capacity * f64::from(c.replicas)))),
    );
    let whole = curve.capacity * f64::from(curve.replicas);
    let least = curve.mean.iter().copied().filter(|v| *v > 0.0).fold(f64::INFINITY, f64::min);
    // Rates that lie far apart would be flat lines on a linear axis.
    let wide = highest(&curve.peak_p95).max(whole) > 30.0 * highest(&curve.mean) && least.is_finite();
    let said = match cases.first().and_then(|c| dates(input, c)) {
        Some(dates) => format!("The peak first exceeds the capacity of {} {} {dates}.", cases[0].name, preposition(input)),
        None => {
            format!("The peak stays below the capacity of all {} replicas, {} requests/s.", curve.replicas, decimal(whole, 0))
        }
    };
    Chart {
        name: format!("demand-{}", number + 1),
        title: format!("Demand on {name} against its capacity"),
        description: format!(
            "Mean and highest rate of requests to {name} over time, with lines for what its replicas carry. {said}"
        ),
        x: time(input),
        y: Axis {
            label: "Rate".to_owned(),
            column: "requests_per_second".to_owned(),
            unit: Unit::Rate,
            scale: if wide { Scale::Logarithmic } else { Scale::Linear },
            least: (!wide).then_some(0.0),
            most: None,
        },
        marks,
    }
}
