//! The books are closed: the healthy system's part, and what all of it came to.

use super::Flow;
use super::rows::{Lengths, Row, add, row};
use crate::sim::outcome::sum;
use crate::sim::{Observer, World};

impl<O: Observer> World<'_, O> {
    /// Requests that the healthy system resolves at a service between two times, while it is calm.
    pub(in crate::sim) fn usual_requests(&self, s: usize, from: f64, to: f64) -> f64 {
        let n = self.drawn.curves.len();
        let calm = &self.flow.healthy.calm;
        let demand = &self.model.demand;
        let asked = |curve: &crate::model::Curve| curve.total(demand, to) - curve.total(demand, from);
        let came: f64 =
            calm.reach[s * n..(s + 1) * n].iter().zip(&self.drawn.curves).map(|(reach, curve)| reach * asked(curve)).sum();
        came * calm.each[s][row::RESOLVED]
    }

    /// What of an objective's requests was bad in the healthy system before a time, and what did not come.
    pub(in crate::sim) fn usual_loss(&self, o: usize, at: f64) -> (f64, f64) {
        let healthy = &self.flow.healthy;
        let Some(&bad) = healthy.bad.get(o) else { return (0.0, 0.0) };
        let losses = healthy.losses.get(o).filter(|losses| !losses.is_empty());
        if bad == 0.0 && losses.is_none() {
            return (0.0, 0.0);
        }
        let s = self.model.objectives[o].service as usize;
        let asked: Vec<f64> = self.drawn.curves.iter().map(|curve| curve.total(&self.model.demand, at)).collect();
        let mut loss = (bad * healthy.calm.requests(s, &asked), 0.0);
        if let Some(losses) = losses {
            let pieces = healthy.pieces(self.model);
            let piece = pieces.piece(at);
            let (from, to) = (pieces.edges[piece], pieces.edges[piece + 1]);
            let share = ((at - from) / (to - from)).clamp(0.0, 1.0);
            loss.0 += losses[piece][0] + share * (losses[piece + 1][0] - losses[piece][0]);
            loss.1 += losses[piece][1] + share * (losses[piece + 1][1] - losses[piece][1]);
        }
        loss
    }

    /// Adds the stretches of time in which the healthy system may lose more than a share `bad` of an objective's requests.
    pub(in crate::sim) fn usual_stretches(&self, o: usize, bad: f64, stretches: &mut Vec<(f64, f64)>) {
        let healthy = &self.flow.healthy;
        if healthy.bad[o] > bad {
            stretches.push((0.0, self.model.horizon));
        }
        let edges = &healthy.pieces(self.model).edges;
        let lossy = |piece: &usize| healthy.losses[o][*piece] != healthy.losses[o][*piece + 1];
        let pieces = healthy.losses[o].len().saturating_sub(1);
        stretches.extend((0..pieces).filter(lossy).map(|piece| (edges[piece], edges[piece + 1])));
    }

    /// What requests came to, for each service, over the measured time.
    pub(in crate::sim) fn finish_flow(&mut self) {
        if !self.flow.active {
            return;
        }
        let model = self.model;
        let asked: Vec<f64> = self.drawn.curves.iter().map(|curve| curve.total(&model.demand, model.horizon)).collect();
        for s in 0..self.services.len() {
            let Flow { healthy, tallies, replaced, apart, lengths, net, .. } = &mut self.flow;
            let usual = healthy.calm.requests(s, &asked);
            let mut all = tallies[s];
            add(&mut all, &healthy.calm.each[s], usual);
            add(&mut all, &healthy.totals[s], 1.0);
            let all: Row = all.map(|value| if value.abs() <= 1e-12 * usual { 0.0 } else { value.max(0.0) });
            let given = &mut self.outcome.services[s];
            given.sums[sum::REQUESTS] = all[row::RESOLVED];
            given.sums[sum::GOOD] = all[row::GOOD].min(all[row::RESOLVED]);
            if net.nodes[s].servers.is_finite() && all[row::RESOLVED] > 0.0 {
                given.sums[sum::BUSY] = all[row::BUSY];
                given.sums[sum::SERVERS] = self.services[s].area;
            }
            given.load = all;
            for (which, counted) in [row::GOOD, row::BEGUN].into_iter().enumerate() {
                let healthy_all = usual * healthy.calm.each[s][counted] + healthy.totals[s][counted];
                let left = if healthy_all > 0.0 { (1.0 - replaced[s][which] / healthy_all).max(0.0) } else { 0.0 };
                let sum: &mut Lengths = &mut lengths[s][which];
                sum.merge(&healthy.lengths[s][which], left);
                sum.merge(&apart[s][which], 1.0);
            }
        }
    }
}
