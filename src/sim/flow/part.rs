//! Which part of the system is followed: what the services that are not as they should be can reach. All others go on as in the
//! healthy system, and what they ask of the part is what they ask there.

use super::condition::Condition;
use super::{Flow, follow::Follower};
use crate::sim::{Observer, World};

impl Flow {
    /// Whether the state of load of a service is followed.
    pub(super) fn follows(&self, s: usize) -> bool {
        self.astray && self.followed[s]
    }

    /// Takes into the part what must be followed in a piece of demand: all where the healthy system is not calm in it. The services
    /// that were not in it before, in order.
    fn widen(&mut self, piece: usize) -> Vec<u32> {
        let all = !self.healthy.is_calm(piece);
        let known =
            if all { self.follower.part.len() == self.seeds.len() } else { self.unusual.iter().all(|&s| self.seeds[s as usize]) };
        if known {
            return Vec::new();
        }
        if all {
            self.seeds.fill(true);
        }
        self.unusual.iter().for_each(|&s| self.seeds[s as usize] = true);
        let Self { follower: Follower { part, .. }, net, seeds, followed, .. } = self;
        *part = net.connected(|s| seeds[s]);
        let new = part.iter().copied().filter(|&s| !followed[s as usize]).collect();
        for &s in &*part {
            followed[s as usize] = true;
        }
        new
    }

    /// What those outside the part ask of it, as the sources ask now.
    pub(super) fn hear_others(&mut self) {
        let Self { follower: Follower { part, state, .. }, net, followed, healthy, kept, rates, usual_rates, .. } = self;
        if part.len() == followed.len() {
            return;
        }
        for &s in &*part {
            for i in net.callers[s as usize].iter().map(|&i| i as usize) {
                let from = net.sites[i].from;
                if !followed[from] {
                    let usually = healthy.calm.requests(from, usual_rates);
                    let factor = if usually > 0.0 { healthy.calm.requests(from, rates) / usually } else { 0.0 };
                    state.hear(i, &kept.base, factor);
                }
            }
        }
    }
}

impl<O: Observer> World<'_, O> {
    /// Leaves the course of the healthy system with what is not as it should be, or with more of it, and with what waits there.
    pub(super) fn enter(&mut self, piece: usize, at: f64) {
        let model = self.model;
        if !self.flow.astray {
            self.flow.astray = true;
            self.flow.seeds.fill(false);
            self.flow.followed.fill(false);
            self.flow.follower.part.clear();
        }
        let new = self.flow.widen(piece);
        if new.is_empty() {
            return;
        }
        // Nothing of what was solved before, so that it does not matter what that was.
        self.flow.follower.state.reset(&self.flow.net, &new);
        for (condition, service) in self.flow.before.iter_mut().zip(&model.services) {
            *condition = Condition::plain(f64::from(service.active()));
        }
        for (place, &s) in self.flow.healthy.course.scaled.iter().enumerate() {
            self.flow.before[s as usize] = Condition::plain(f64::from(self.flow.healthy.course.ready(piece, place)));
        }
        let begin = self.flow.healthy.pieces(model).edges[piece];
        if at <= begin || !self.flow.healthy.is_unsettled(piece) {
            // As many wait as do so in the healthy system, which has settled.
            self.ask_between(at, at + 1.0);
            self.flow.hear_others();
            let Flow { follower, net, before, rates, healthy, .. } = &mut self.flow;
            if let Some(waiting) = healthy.waiting(piece).filter(|_| at <= begin) {
                for s in new.iter().map(|&s| s as usize) {
                    follower.state.queues[s] = waiting[s];
                }
            } else {
                follower.state.solve_part(net, &new, |s| &before[s], rates, f64::INFINITY);
                follower.state.commit(&new);
            }
            return;
        }
        // What it did since the piece began is followed once more, up to here.
        if let Some(waiting) = self.flow.healthy.waiting(piece) {
            self.flow.follower.state.queues.copy_from_slice(waiting);
        }
        self.ask_between(begin, at);
        std::mem::swap(&mut self.flow.conditions, &mut self.flow.before);
        self.followed_piece(piece, begin, at);
        std::mem::swap(&mut self.flow.conditions, &mut self.flow.before);
        self.flow.astray = true;
    }
}
