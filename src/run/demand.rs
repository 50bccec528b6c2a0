//! Demand over the horizon, as far as it is known.

use super::runs::DemandCurve;
use crate::model::Model;
use crate::sim::Drawn;

/// Intervals of the horizon.
const INTERVALS: usize = 104;
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
    let step = model.horizon / INTERVALS as f64;
    let reached: Vec<usize> =
        (0..model.services.len()).filter(|&s| model.services[s].visits.iter().any(|&visits| visits > 0.0)).collect();
    let mut peaks = vec![vec![Vec::new(); INTERVALS]; reached.len()];
    let mut means = vec![vec![0.0; INTERVALS]; reached.len()];
    let mut capacity = vec![0.0; reached.len()];
    for draw in 0..draws {
        drawn.resolve(model, seed, draw);
        for (place, &s) in reached.iter().enumerate() {
            capacity[place] += drawn.carry[s].capacity / draws as f64;
            for interval in 0..INTERVALS {
                let (from, to) = (interval as f64 * step, (interval + 1) as f64 * step);
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
            times: (0..INTERVALS).map(|interval| (interval as f64 + 0.5) * step).collect(),
            mean: means[place].clone(),
            peak_p5: quantile(place, 0.05),
            peak_p50: quantile(place, 0.5),
            peak_p95: quantile(place, 0.95),
            capacity: capacity[place],
            replicas: model.services[s].replicas.len() as u32,
        })
        .collect()
}
