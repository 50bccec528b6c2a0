//! Lines: how long answers take, and how that, the load and the queues change over time.

use super::super::Input;
use super::super::charts::{axis, time};
use crate::report::format::{decimal, duration};
use crate::report::{Axis, Chart, Look, Mark, Scale, Shape, Unit};
use crate::run::requests::{Point, QUANTILES, RequestRuns, ServedRuns};
use crate::stats::Moments;

/// Curves that can be told apart.
const CURVES: usize = 4;
/// Sources whose response time is drawn over time.
const SOURCES: usize = 3;
/// A distribution is drawn from where so many take longer: what is before that is a flat line.
const FROM: f64 = 0.995;
/// Shares of fewer answers are chance.
const FEWEST: f64 = 20.0;
/// Queues shorter than this part of what is on its way are not drawn.
const SHORT: f64 = 0.01;
/// Neighbouring points of a distribution differ by so much of its share.
const THIN: f64 = 0.02;
/// Values that differ by more than this are spread by their logarithm.
const WIDE: f64 = 30.0;

/// Sources with an answer, the one with the most first.
fn busiest<'a>(input: &Input<'a>, runs: &'a RequestRuns, most: usize) -> Vec<(String, &'a ServedRuns)> {
    let named = input.sources.iter().map(|source| source.name.clone()).zip(&runs.sources);
    let mut sources: Vec<(String, &ServedRuns)> = named.filter(|(_, runs)| runs.response.all.count() > 0).collect();
    sources.sort_by_key(|(_, runs)| std::cmp::Reverse(runs.response.all.count()));
    sources.truncate(most);
    sources
}

/// How long answers take: the share that takes longer than a time.
pub fn latency(input: &Input<'_>, runs: &RequestRuns) -> Option<Chart> {
    let sources = busiest(input, runs, CURVES);
    let (first, served) = sources.first()?;
    let most = served.response.all.count();
    let least = (FEWEST / most as f64).max(1e-5);
    let mut marks: Vec<Mark> = sources
        .iter()
        .enumerate()
        .map(|(k, (name, runs))| {
            let least = (FEWEST / runs.response.all.count() as f64).max(least);
            Mark::new(name.as_str(), Look::Series(k), Shape::Line(vec![slower(runs, least)]))
        })
        .collect();
    let at = |p: f64| served.response.all.quantile(p).filter(|t| *t > 0.0);
    let told: Vec<(f64, f64)> = QUANTILES.iter().filter(|p| 1.0 - **p >= least).filter_map(|p| Some((*p, at(*p)?))).collect();
    let drops = told.iter().map(|(p, time)| vec![[*time, 1.0 - p], [*time, least]]).collect();
    let whose = if sources.len() > 1 { format!(" of {first}") } else { String::new() };
    marks.push(Mark::new(format!("P50, P95, P99{whose}"), Look::Limit, Shape::Line(drops)));
    // With one source a level can name its time.
    let name = |p: f64, time: f64| {
        let level = format!("P{}", p * 100.0);
        if sources.len() > 1 { level } else { format!("{level} {}", duration(time)) }
    };
    marks.extend(told.iter().map(|(p, time)| Mark::new(name(*p, *time), Look::Limit, Shape::Level(1.0 - p))));
    let said: Vec<String> = told.iter().map(|(p, time)| format!("P{} {}", p * 100.0, duration(*time))).collect();
    let said = said.join(", ");
    let mut y = axis("Answers that take longer", "share_taking_longer", Unit::Share, Scale::Logarithmic);
    (y.least, y.most) = (Some(least), Some(1.0));
    Some(Chart {
        name: "latency".to_owned(),
        title: "How long answers take, from end to end".to_owned(),
        description: format!(
            "Share of good answers that take longer than a time, all replications together. {first}: {said}. Where the curve crosses a \
             level, that many of 100 requests are faster."
        ),
        x: axis("Response time", "response_seconds", Unit::Duration, Scale::Logarithmic),
        y,
        marks,
    })
}

/// The share of answers that take longer than a time, by time, down to `least`; points that would not be told apart are left
/// out.
fn slower(runs: &ServedRuns, least: f64) -> Vec<[f64; 2]> {
    let all = runs.response.all.count() as f64;
    let (mut left, mut last) = (all, f64::INFINITY);
    let mut points = Vec::new();
    for (value, count) in runs.response.all.buckets() {
        let before = left / all;
        left -= count as f64;
        let share = left / all;
        if value <= 0.0 || before < least || share > FROM {
            continue;
        }
        if points.is_empty() {
            points.push([value, before.min(FROM)]);
        }
        let far = (last / share.max(least * 0.5)).ln() >= THIN || (last - share) >= THIN;
        if far || last.is_infinite() {
            points.push([value, share.max(least * 0.5)]);
            last = share;
        }
    }
    points
}

/// The response time of each source over time.
pub fn responses(input: &Input<'_>, runs: &RequestRuns) -> Vec<Chart> {
    let sources = busiest(input, runs, SOURCES);
    sources.iter().enumerate().map(|(k, (name, served))| response(input, runs, name, served, k + 1)).collect()
}

fn response(input: &Input<'_>, runs: &RequestRuns, name: &str, served: &ServedRuns, number: usize) -> Chart {
    let curves: Vec<Vec<Vec<[f64; 2]>>> = (0..3).map(|q| course(served, runs, |point| &point.quantiles[q])).collect();
    let marks = [(2, "P99"), (1, "P95"), (0, "median")];
    let most = |curve: &[Vec<[f64; 2]>]| curve.iter().flatten().copied().max_by(|a, b| a[1].total_cmp(&b[1]));
    let highest = most(&curves[2]).map_or(String::new(), |[t, value]| {
        format!(" The P99 is highest about {}, at {}.", super::words::moment(input, t), duration(value))
    });
    let (least, greatest) = extent(&curves);
    let wide = greatest > WIDE * least;
    Chart {
        name: format!("response-{number}"),
        title: format!("Response time of {name} over time"),
        description: format!(
            "Median, P95 and P99 of the answers in each of {} parts of the horizon, means over replications.{highest}",
            served.course.len()
        ),
        x: time(input),
        y: Axis {
            least: (!wide).then_some(0.0),
            ..axis("Response time", "response_seconds", Unit::Duration, if wide { Scale::Logarithmic } else { Scale::Linear })
        },
        marks: marks
            .iter()
            .enumerate()
            .map(|(look, (q, name))| Mark::new(*name, Look::Series(look), Shape::Line(curves[*q].clone())))
            .collect(),
    }
}

/// The least positive and the greatest value of curves.
fn extent(curves: &[Vec<Vec<[f64; 2]>>]) -> (f64, f64) {
    let values = || curves.iter().flatten().flatten().map(|p| p[1]).filter(|v| *v > 0.0);
    (values().fold(f64::INFINITY, f64::min), values().fold(0.0, f64::max))
}

/// A course over time as a line, broken where nothing was seen.
pub fn course(served: &ServedRuns, runs: &RequestRuns, pick: impl Fn(&Point) -> &Moments) -> Vec<Vec<[f64; 2]>> {
    let mut pieces: Vec<Vec<[f64; 2]>> = vec![Vec::new()];
    for (bin, point) in served.course.iter().enumerate() {
        let moments = pick(point);
        match pieces.last_mut() {
            Some(piece) if moments.count() > 0 => piece.push([(bin as f64 + 0.5) * runs.bin_seconds, moments.mean()]),
            Some(piece) if !piece.is_empty() => pieces.push(Vec::new()),
            _ => {}
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// What all sources send over time, and what of it is answered well.
pub fn rates(input: &Input<'_>, runs: &RequestRuns) -> Option<Chart> {
    let bins = runs.sources.iter().map(|served| served.course.len()).max().filter(|bins| *bins > 0)?;
    let sum = |pick: fn(&Point) -> &Moments| -> Vec<[f64; 2]> {
        let at = |bin: usize| runs.sources.iter().filter_map(|s| s.course.get(bin)).map(|point| pick(point).mean()).sum();
        (0..bins).map(|bin| [(bin as f64 + 0.5) * runs.bin_seconds, at(bin)]).collect()
    };
    let (sent, good) = (sum(|point| &point.rate), sum(|point| &point.good));
    let mean = |line: &[[f64; 2]]| line.iter().map(|p| p[1]).sum::<f64>() / bins as f64;
    let mut y = axis("Requests", "requests_per_second", Unit::Rate, Scale::Linear);
    y.least = Some(0.0);
    Some(Chart {
        name: "requests".to_owned(),
        title: "Requests sent and answered well over time".to_owned(),
        description: format!(
            "All sources together, means over replications: {}/s sent, {}/s answered well on average.",
            decimal(mean(&sent), 1),
            decimal(mean(&good), 1)
        ),
        x: time(input),
        y,
        marks: vec![
            Mark::new("sent", Look::Series(1), Shape::Line(vec![sent])),
            Mark::new("answered well", Look::Series(0), Shape::Line(vec![good])),
        ],
    })
}

/// Requests on their way of the sources, and in line at the services where most are.
pub fn queues(input: &Input<'_>, runs: &RequestRuns) -> Option<Chart> {
    let mean = |served: &ServedRuns, pick: fn(&Point) -> &Moments| {
        served.course.iter().map(|point| pick(point).mean()).sum::<f64>() / served.course.len().max(1) as f64
    };
    let most = runs.sources.iter().map(|served| mean(served, |point| &point.present)).fold(0.0, f64::max);
    let queues = runs.services.iter().map(|served| mean(served, |point| &point.queue)).enumerate();
    let mut services: Vec<(usize, f64)> = queues.filter(|(_, mean)| *mean > SHORT * most).collect();
    services.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    services.truncate(CURVES - 1);
    let sources = busiest(input, runs, CURVES - services.len());
    let on_the_way = sources
        .iter()
        .map(|(name, served)| (format!("on their way: {name}"), course(served, runs, |point: &Point| &point.present)));
    let in_line = services.iter().map(|(s, _)| {
        (format!("in line at {}", input.service(*s)), course(&runs.services[*s], runs, |point: &Point| &point.queue))
    });
    let lines: Vec<(String, Vec<Vec<[f64; 2]>>)> = on_the_way.chain(in_line).collect();
    if lines.is_empty() {
        return None;
    }
    let (least, greatest) = extent(&lines.iter().map(|(_, line)| line.clone()).collect::<Vec<_>>());
    let wide = greatest > WIDE * least && least > 0.0;
    let mut y = axis("Requests", "requests", Unit::Number, if wide { Scale::Logarithmic } else { Scale::Linear });
    y.least = (!wide).then_some(0.0);
    let said = services.first().map_or("Hardly any wait.".to_owned(), |(s, mean)| {
        format!("The longest line is at {}, {} on average.", input.service(*s), decimal(*mean, if *mean < 10.0 { 2 } else { 0 }))
    });
    Some(Chart {
        name: "queues".to_owned(),
        title: "Requests on their way and in line over time".to_owned(),
        description: format!("Means over time and replications in each part of the horizon. {said}"),
        x: time(input),
        y,
        marks: lines
            .into_iter()
            .enumerate()
            .map(|(k, (name, line))| Mark::new(name, Look::Series(k), Shape::Line(line)))
            .collect(),
    })
}
