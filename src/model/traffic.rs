//! From traffic as written to pieces of demand on one grid.

use super::calendar;
use super::columns;
use super::compile::Compiler;
use super::demand::{Demand, Source, Unsure};
use super::extend::{SeriesForecast, extend, step};
use super::growth::Profile;
use super::uncertain::{Spread, Value};
use crate::scenario::{After, Growth, Series, Traffic, Uncertain};
use crate::units::{GrowthRate, Number};

/// A year of five-minute values has 105,120 pieces; this many take some hundred megabytes.
const MOST_PIECES: f64 = 5e6;
/// A growing source is cut into pieces of a day, or of this part of a shorter horizon.
const GROWING: f64 = 86_400.0;
const STEPS: f64 = 1_024.0;
/// The probability that a normal number is within one standard deviation.
const ONE_DEVIATION: f64 = 0.682_689_492_137_085_9;
const MONTH: f64 = 365.0 / 12.0 * 86_400.0;

/// What one source adds to the common grid.
struct Shape {
    /// Starts of pieces and the relative rate of each.
    pieces: Vec<(f64, f64)>,
    surges: Vec<(f64, f64, Value)>,
    steps: Vec<(f64, Value)>,
    extended: Option<Extended>,
}

/// Starts of pieces and the rate of each, and what of it is a forecast.
type Measured = (Vec<(f64, f64)>, Option<Extended>);

/// What is not known of an extended series.
struct Extended {
    /// What is added before logarithms are taken.
    offset: f64,
    /// When it begins.
    from: f64,
    /// Standard deviations of the logarithm, step by step.
    deviations: Vec<f64>,
    step: f64,
    draw: Value,
}

/// All open traffic sources on one grid of pieces; empty where a source has a mistake.
pub fn compile(compiler: &mut Compiler) -> Demand {
    let horizon = compiler.scenario.horizon.0;
    let mut shapes = Vec::new();
    let mut sources = Vec::new();
    let scenario = compiler.scenario;
    for (name, written) in scenario.traffic.iter().filter(|(_, written)| written.users.is_none()) {
        let path = format!("traffic.{name}");
        let Some(to) = compiler.service(&format!("{path}.to"), &written.to) else { continue };
        match shape(compiler, &path, written, horizon) {
            Ok(shape) => shapes.push(shape),
            Err(message) => {
                compiler.wrong(if written.series.is_some() { format!("{path}.series") } else { path }, message);
                continue;
            }
        }
        let rate = match &written.rate {
            Some(rate) => compiler.parameters.value(&format!("{path}.rate"), Spread::Lognormal, rate, |rate| rate.0),
            None => Value::Known(1.0),
        };
        let times = compiler.parameters.value(&format!("{path}.times"), Spread::Lognormal, &written.times, |times| times.0);
        let growth = growth(compiler, &path, written.growth.as_ref());
        let arriving = super::request::arriving(compiler, &path, written);
        let name = name.clone();
        sources.push(Source {
            name,
            to,
            rate,
            times,
            growth,
            shape: Vec::new(),
            surges: Vec::new(),
            steps: Vec::new(),
            unsure: None,
            arriving,
        });
    }
    if sources.is_empty() || shapes.len() != sources.len() {
        return Demand::default();
    }
    let mut edges: Vec<f64> = shapes.iter().flat_map(|shape| shape.pieces.iter().map(|piece| piece.0)).collect();
    edges.extend(shapes.iter().flat_map(|shape| &shape.surges).flat_map(|surge| [surge.0, surge.1]));
    edges.extend(shapes.iter().flat_map(|shape| shape.steps.iter().map(|step| step.0)));
    // Growth is solved piece by piece too: no piece may be so long that its mean hides when demand passes a capacity.
    if sources.iter().any(|source| !matches!(source.growth, Profile::Flat)) {
        let step = GROWING.min(horizon / STEPS);
        edges.extend((1..).map(|n| f64::from(n) * step).take_while(|edge| *edge < horizon));
    }
    edges.push(horizon);
    edges.retain(|edge| (0.0..=horizon).contains(edge));
    edges.sort_unstable_by(f64::total_cmp);
    edges.dedup();
    for (source, shape) in sources.iter_mut().zip(&shapes) {
        place(source, shape, &edges);
    }
    Demand::new(edges, sources)
}

/// Lays the shape of one source on the common grid.
fn place(source: &mut Source, shape: &Shape, edges: &[f64]) {
    let mut piece = 0;
    for &edge in &edges[..edges.len() - 1] {
        while piece + 1 < shape.pieces.len() && shape.pieces[piece + 1].0 <= edge {
            piece += 1;
        }
        source.shape.push(shape.pieces[piece].1);
    }
    let find = |t: f64| edges.partition_point(|&edge| edge < t).min(edges.len() - 1) as u32;
    source.surges = shape.surges.iter().map(|&(from, to, times)| (find(from), find(to), times)).collect();
    source.unsure = shape.extended.as_ref().map(|extended| {
        let deviation = |&edge: &f64| {
            let step = ((edge - extended.from) / extended.step + 1e-9).floor();
            if step < 0.0 { 0.0 } else { extended.deviations.get(step as usize).copied().unwrap_or(0.0) }
        };
        let deviations = edges[..edges.len() - 1].iter().map(deviation).collect();
        Unsure { draw: extended.draw, offset: extended.offset, deviations }
    });
    source.steps = shape.steps.iter().map(|&(at, times)| (find(at), times)).collect();
}

fn shape(compiler: &mut Compiler, path: &str, written: &Traffic, horizon: f64) -> Result<Shape, String> {
    let mut surges = Vec::new();
    for (i, surge) in written.surges.iter().enumerate() {
        let from = calendar::local_seconds(&compiler.start, surge.at)?;
        let times = compiler.parameters.value(&format!("{path}.surges.{i}.times"), Spread::Lognormal, &surge.times, |n| n.0);
        if from < horizon && from + surge.lasts.0 > 0.0 {
            surges.push((from.max(0.0), (from + surge.lasts.0).min(horizon), times));
        }
    }
    let mut steps = Vec::new();
    for (i, step) in written.steps.iter().enumerate() {
        let at = calendar::local_seconds(&compiler.start, step.at)?;
        let times = compiler.parameters.value(&format!("{path}.steps.{i}.times"), Spread::Lognormal, &step.times, |n| n.0);
        // One before the start is part of the rate at the start.
        if at > 0.0 && at < horizon {
            steps.push((at, times));
        }
    }
    let (pieces, extended) = match &written.series {
        Some(series) => measured(compiler, path, series, horizon)?,
        None => (seasonal(compiler, written, horizon)?, None),
    };
    Ok(Shape { pieces, surges, steps, extended })
}

/// Pieces of an hour of local time with the weights of the day or the week, scaled to mean 1.
fn seasonal(compiler: &Compiler, written: &Traffic, horizon: f64) -> Result<Vec<(f64, f64)>, String> {
    let Some(weights) = written.weekly.as_ref().or(written.daily.as_ref()) else { return Ok(vec![(0.0, 1.0)]) };
    check_pieces(horizon / 3_600.0)?;
    let mean = weights.iter().sum::<f64>() / weights.len() as f64;
    if mean.is_nan() || mean <= 0.0 {
        return Err("a profile needs at least one weight above 0".to_owned());
    }
    let hours = calendar::hours(&compiler.start, horizon);
    Ok(hours.into_iter().map(|(at, hour)| (at, weights[hour % weights.len()] / mean)).collect())
}

/// Pieces of a measured series, repeated to the horizon or continued by a forecast. The first value holds from the start on.
fn measured(compiler: &mut Compiler, path: &str, series: &Series, horizon: f64) -> Result<Measured, String> {
    check_pieces(horizon / series.per.0)?;
    let file = compiler.folder.join(&series.file);
    let rows = columns::series(&file, &series.time, &series.value)?;
    let (first, last) = (rows[0].0, rows[rows.len() - 1].0);
    let length = last - first + usual_step(&rows).unwrap_or(series.per.0);
    if rows.windows(2).any(|pair| pair[1].0 <= pair[0].0) || length.is_nan() || length <= 0.0 {
        return Err(format!("column `{}` of {} must ascend", series.time, file.display()));
    }
    let rows: Vec<(f64, f64)> = rows.iter().map(|(time, value)| (time - first, value / series.per.0)).collect();
    if series.after == After::Extend {
        return extended(compiler, path, rows, length, horizon);
    }
    check_pieces(horizon / length * rows.len() as f64)?;
    let mut pieces = Vec::new();
    let mut lap = 0.0;
    while lap < horizon {
        pieces.extend(rows.iter().map(|(time, value)| (lap + time, *value)));
        lap += length;
    }
    Ok((pieces, None))
}

/// The series, and behind it the forecast.
fn extended(compiler: &mut Compiler, path: &str, rows: Vec<(f64, f64)>, length: f64, horizon: f64) -> Result<Measured, String> {
    if rows.iter().any(|row| !(row.1.is_finite() && row.1 >= 0.0)) {
        return Err("the series has values that are no counts, and cannot be extended".to_owned());
    }
    let left = (horizon - length).max(0.0);
    check_pieces(rows.len() as f64 + left / step(&rows, length))?;
    let extension = extend(&rows, length, left)?;
    let draw = if extension.steps.iter().any(|step| step.1 > 0.0) {
        let normal = Uncertain::Between { low: Number(-1.0), high: Number(1.0), confidence: ONE_DEVIATION };
        compiler.parameters.value(&format!("{path}.series.after"), Spread::Normal, &normal, |z| z.0)
    } else {
        Value::Known(0.0)
    };
    let follows = extension.steps.iter().enumerate().map(|(n, step)| (length + n as f64 * extension.step, step.0));
    let pieces = rows.into_iter().chain(follows).collect();
    let name = path.trim_start_matches("traffic.").to_owned();
    compiler.forecasts.push(SeriesForecast { source: name, from: length, error: extension.error });
    let deviations = extension.steps.iter().map(|step| step.1).collect();
    Ok((pieces, Some(Extended { offset: extension.offset, from: length, deviations, step: extension.step, draw })))
}

/// The median distance of the times of rows.
pub fn usual_step(rows: &[(f64, f64)]) -> Option<f64> {
    let mut steps: Vec<f64> = rows.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    steps.sort_unstable_by(f64::total_cmp);
    steps.get(steps.len() / 2).copied()
}

fn check_pieces(pieces: f64) -> Result<(), String> {
    if pieces > MOST_PIECES {
        return Err(format!(
            "the horizon holds {pieces:.0} pieces of demand, at most {MOST_PIECES:.0} are followed; shorten the horizon"
        ));
    }
    Ok(())
}

pub(super) fn growth(compiler: &mut Compiler, path: &str, written: Option<&Growth>) -> Profile {
    let path = format!("{path}.growth");
    match written {
        None => Profile::Flat,
        Some(Growth::Compound(rate)) => {
            let per = one_unit(rate);
            let base = |g: GrowthRate| libm::expm1(libm::log1p(g.fraction) * per / g.per);
            Profile::Compound { fraction: compiler.parameters.value(&path, Spread::Normal, rate, base), per }
        }
        Some(Growth::Linear(rate)) => {
            let per = one_unit(rate);
            let base = |g: GrowthRate| g.fraction * per / g.per;
            Profile::Linear { fraction: compiler.parameters.value(&path, Spread::Normal, rate, base), per }
        }
    }
}

/// The time that a growth rate is read per: as written, or a month where two are.
fn one_unit(rate: &Uncertain<GrowthRate>) -> f64 {
    match rate {
        Uncertain::Known(rate) => rate.per,
        Uncertain::Between { low, high, .. } if low.per == high.per => low.per,
        Uncertain::Between { .. } => MONTH,
    }
}
