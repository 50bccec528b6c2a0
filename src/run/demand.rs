//! Demand over the horizon, as far as it is known.

use super::runs::DemandCurve;
use crate::model::{Model, Service};
use crate::sim::Drawn;

const HOUR: f64 = 3_600.0;
const DAY: f64 = 24.0 * HOUR;
const WEEK: f64 = 7.0 * DAY;
/// Intervals of the horizon, about.
const INTERVALS: f64 = 120.0;
/// Draws of the uncertain numbers that the quantiles are taken over.
const DRAWS: u64 = 200;

/// The demand of every service that requests reach, against what its replicas can carry.
#[must_use]
pub fn demand_curves(model: &Model, seed: u64) -> Vec<DemandCurve> {
    if model.demand.is_empty() {
        return Vec::new();
    }
    let draws = if model.parameters.is_empty() { 1 } else { DRAWS };
    let mut drawn = Drawn::new(model);
    let edges = edges(model.horizon);
    let intervals = edges.len() - 1;
    let reached: Vec<usize> =
        (0..model.services.len()).filter(|&s| model.services[s].visits.iter().any(|&visits| visits > 0.0)).collect();
    let mut peaks = vec![vec![Vec::new(); intervals]; reached.len()];
    let mut means = vec![vec![0.0; intervals]; reached.len()];
    let mut capacity = vec![0.0; reached.len()];
    for draw in 0..draws {
        drawn.resolve(model, seed, draw);
        for (place, &s) in reached.iter().enumerate() {
            capacity[place] += drawn.carry[s].capacity / draws as f64;
            for (interval, edge) in edges.windows(2).enumerate() {
                let (from, to) = (edge[0], edge[1]);
                let step = to - from;
                let (mut peak, mut total) = (0.0, 0.0);
                for (curve, visits) in drawn.curves.iter().zip(&model.services[s].visits).filter(|(_, visits)| **visits > 0.0) {
                    peak += visits * curve.peak(&model.demand, from, to - step * 1e-9);
                    total += visits * (curve.total(&model.demand, to) - curve.total(&model.demand, from));
                }
                peaks[place][interval].push(peak);
                means[place][interval] += total / step / draws as f64;
            }
        }
    }
    let quantile = |place: usize, p: f64| -> Vec<f64> {
        let of = |values: &Vec<f64>| {
            let mut sorted = values.clone();
            sorted.sort_unstable_by(f64::total_cmp);
            sorted[((sorted.len() - 1) as f64 * p).round() as usize]
        };
        peaks[place].iter().map(of).collect()
    };
    reached
        .iter()
        .enumerate()
        .map(|(place, &s)| DemandCurve {
            service: s as u32,
            times: edges.windows(2).map(|edge| f64::midpoint(edge[0], edge[1])).collect(),
            begins: edges[..intervals].to_vec(),
            mean: means[place].clone(),
            peak_p5: quantile(place, 0.05),
            peak_p50: quantile(place, 0.5),
            peak_p95: quantile(place, 0.95),
            capacity: capacity[place],
            replicas: most_active(&model.services[s]),
        })
        .collect()
}

/// The moment of the highest demand, all sources together and with uncertain numbers at their medians, in seconds after the
/// start: the begin of the piece that has it, the first of equals. The last week is left out, or half of a shorter horizon,
/// so that what happens then can be followed. `None` without traffic.
#[must_use]
pub fn busiest(model: &Model) -> Option<f64> {
    let latest = model.horizon - WEEK.min(model.horizon / 2.0);
    let drawn = Drawn::new(model);
    let rate = |t: f64| drawn.curves.iter().map(|curve| curve.rate(&model.demand, t)).sum::<f64>();
    let begins = model.demand.grid.edges.iter().copied().filter(|begin| *begin <= latest);
    let highest = begins.map(|begin| (begin, rate(begin))).fold(None, |best: Option<(f64, f64)>, (begin, rate)| match best {
        Some((_, most)) if rate <= most * (1.0 + 1e-9) => best,
        _ => Some((begin, rate)),
    });
    highest.map(|(begin, _)| begin).filter(|_| !model.demand.is_empty())
}

/// The most replicas of a service that are at work while all is well.
fn most_active(service: &Service) -> u32 {
    if service.scaling.is_some() { service.most().len() as u32 } else { service.active() }
}

/// Where intervals begin, and the end of the last: whole weeks, or days where there are not many of those, or hours. A
/// mean over parts of days or weeks would show where in its pattern each interval lies, not how demand grows.
fn edges(horizon: f64) -> Vec<f64> {
    let step = if horizon >= 20.0 * WEEK {
        WEEK * (horizon / WEEK / INTERVALS).ceil()
    } else if horizon >= 2.0 * WEEK {
        DAY * (horizon / DAY / INTERVALS).ceil()
    } else {
        // Divisors of a day, so that every day looks like the next.
        let shares = [1.0 / 12.0, 0.25, 1.0, 2.0, 3.0, 4.0].map(|hours| hours * HOUR);
        shares.into_iter().find(|step| horizon / step <= INTERVALS).unwrap_or(4.0 * HOUR).min(horizon / 24.0)
    };
    // What is left over at the end belongs to the last whole one.
    let whole = ((horizon / step + 1e-9).floor() as usize).max(1);
    (0..whole).map(|interval| interval as f64 * step).chain([horizon]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_whole_weeks_days_or_hours_and_cover_the_horizon() {
        for (horizon, step) in [
            (365.0 * DAY, WEEK),
            (3.0 * 365.0 * DAY, 2.0 * WEEK),
            (1000.0 * 365.0 * DAY, 435.0 * WEEK),
            (30.0 * DAY, DAY),
            (DAY, 0.25 * HOUR),
            (3.0 * DAY, HOUR),
            (2.0 * HOUR, HOUR / 12.0),
            (24.0, 1.0),
        ] {
            let edges = edges(horizon);
            assert_eq!(edges[0], 0.0);
            assert_eq!(edges[1], step, "{horizon}");
            assert_eq!(*edges.last().unwrap(), horizon);
            assert!(edges.len() <= 142 && edges.windows(2).all(|edge| edge[0] < edge[1]), "{horizon}: {edges:?}");
        }
    }
}
