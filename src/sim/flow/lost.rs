//! What waits where something fails is lost at once.

use super::Flow;
use super::rows::row;
use crate::model::{Call, Counts};
use crate::sim::windows::Segment;
use crate::sim::{Observer, World};

impl Flow {
    /// The share of what comes to a service that one of its callers sends: now, or usually where nothing comes now.
    fn asked_by(&self, caller: u32, call: &Call) -> f64 {
        let now = |s: u32| if self.follows(s as usize) { self.follower.state.services[s as usize].arrivals } else { 0.0 };
        let usually = |s: u32| self.healthy.calm.requests(s as usize, &self.usual_rates);
        let (asks, asked) = if now(caller) > 0.0 && now(call.to) > 0.0 {
            (now(caller), now(call.to))
        } else {
            (usually(caller), usually(call.to))
        };
        if asked > 0.0 { (asks * call.per_request / asked).min(1.0) } else { 0.0 }
    }
}

impl<O: Observer> World<'_, O> {
    /// What waits in replicas that go, or at a service whose structure breaks, fails.
    pub(super) fn lose_queue(&mut self, s: usize, ok: bool, up: f64) {
        if !self.flow.matters[s] || !self.flow.net.nodes[s].loses || self.flow.net.nodes[s].waits {
            return;
        }
        let last = self.flow.last.max(0.0);
        let piece = self.flow.healthy.pieces(self.model).piece(last);
        if !self.flow.astray && self.flow.healthy.is_unsettled(piece) {
            self.enter(piece, last);
        }
        let flow = &mut self.flow;
        if !flow.follows(s) {
            return;
        }
        let before = flow.conditions[s].up();
        let shared = self.model.services[s].serving.balance == crate::scenario::Balance::SharedQueue;
        let left = if ok && shared {
            1.0
        } else if ok && before > 0.0 {
            (up / before).min(1.0)
        } else {
            f64::from(u8::from(ok))
        };
        let queues = &mut flow.follower.state.queues[s];
        let lost = queues.iter().sum::<f64>() * (1.0 - left);
        for queue in queues {
            *queue *= left;
        }
        if lost > 0.0 {
            self.book_lost(s, lost);
        }
    }

    /// Requests at a service that fail at once, and with them those that wait for them above.
    #[cold]
    fn book_lost(&mut self, s: usize, lost: f64) {
        let model = self.model;
        let at = self.flow.last;
        let mut lost_at = vec![0.0; model.services.len()];
        lost_at[s] = lost;
        for &caller in &model.order {
            let needed = model.services[caller as usize].calls.iter().filter(|call| call.needed);
            let below = needed.filter(|call| lost_at[call.to as usize] > 0.0);
            let above = |call: &Call| lost_at[call.to as usize] * self.flow.asked_by(caller, call) / call.per_request.max(1.0);
            lost_at[caller as usize] += below.map(above).sum::<f64>();
        }
        for (u, &lost) in lost_at.iter().enumerate().filter(|(_, lost)| **lost > 0.0) {
            let tally = &mut self.flow.tallies[u];
            tally[if u == s { row::DOWN } else { row::DEPENDENCY }] += lost;
            // Where whoever asks gives up some time, and above, they were counted when they came.
            let counted = u != s || self.flow.net.nodes[u].deadline.is_finite();
            tally[if counted { row::GOOD } else { row::RESOLVED }] += if counted { -lost } else { lost };
            self.observer.lost(u as u32, at, at, lost);
            for (o, objective) in model.objectives.iter().enumerate() {
                if objective.service as usize == u && objective.counts != Counts::Time {
                    let out = if counted { 0.0 } else { -lost };
                    self.outcome.objectives[o].log.push(Segment { from: at, to: at, bad: lost, out });
                }
            }
        }
    }
}
