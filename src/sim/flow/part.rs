//! Which part of the system is followed: what can be reached by the services that are not as they should be, or not calm. All others
//! go on as in the healthy system, and what they ask of the part is what they ask there.
//!
//! Reached are those who call such a service, and all whom these call. Of the latter others may ask as well: these notice nothing as
//! long as the service is calm, and are taken in where it may not be. For that its load is bounded, with every retry made, and
//! with queues that drain as fast as they can.

use super::Flow;
use super::calm::Calm;
use super::condition::Condition;
use super::net::Net;
use super::state::State;
use crate::sim::{Observer, World};

/// A part of the system.
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// Its services, in the order of calls: what is called comes first.
    pub services: Vec<u32>,
    /// By service: it is the reason for others to be followed.
    seeds: Vec<bool>,
    /// By service: it is followed.
    within: Vec<bool>,
    /// By service: the most that may come, per second.
    most: Vec<f64>,
}

/// What there is to know of the services where a part is to be found.
pub struct Around<'a> {
    /// Their numbers.
    pub net: &'a Net,
    /// What the healthy system does while it is calm.
    pub healthy: &'a Calm,
    /// Its state, at rates at which it is.
    pub base: (&'a State, &'a [f64]),
    /// The services as they are.
    pub conditions: &'a [Condition],
    /// By service: the greatest rate at which it is calm as it is.
    pub calm_rates: &'a [f64],
    /// The rates of the sources.
    pub rates: &'a [f64],
}

impl Part {
    /// Nothing, of so many services.
    pub fn new(n: usize) -> Self {
        Self { services: Vec::new(), seeds: vec![false; n], within: vec![false; n], most: vec![0.0; n] }
    }

    /// Nothing is followed.
    pub fn clear(&mut self) {
        self.services.clear();
        self.seeds.fill(false);
        self.within.fill(false);
    }

    /// Whether a service is followed.
    pub fn has(&self, s: usize) -> bool {
        self.within[s]
    }

    /// Takes in some services, and all that must be followed with them; gives those that were not followed before, in order.
    pub fn widen(&mut self, around: &Around, seeds: impl Iterator<Item = u32>) -> Vec<u32> {
        let mut more = false;
        for s in seeds {
            more |= !std::mem::replace(&mut self.seeds[s as usize], true);
        }
        let before = self.services.len();
        let known = if more || self.is_crowded(around) { self.within.clone() } else { return Vec::new() };
        loop {
            let seeds = &self.seeds;
            self.services = around.net.part(|s| seeds[s]);
            for &s in &self.services {
                self.within[s as usize] = true;
            }
            if !self.is_crowded(around) {
                break;
            }
        }
        if self.services.len() == before {
            Vec::new()
        } else {
            self.services.iter().copied().filter(|&s| !known[s as usize]).collect()
        }
    }

    /// Takes those services for seeds that others ask as well and that may not be calm; whether there are any.
    fn is_crowded(&mut self, around: &Around) -> bool {
        let Around { net, healthy, conditions, calm_rates, rates, .. } = around;
        let mut found = false;
        for s in self.services.iter().rev().map(|&s| s as usize) {
            let from_outside = net.asked.iter().zip(*rates).filter(|(asked, _)| **asked as usize == s);
            let mut most: f64 = from_outside.map(|(_, rate)| rate).sum();
            let mut others = false;
            for site in net.callers[s].iter().map(|&i| &net.sites[i as usize]) {
                let asks = if self.within[site.from] { self.most[site.from] } else { healthy.requests(site.from, rates) };
                most += asks * site.most();
                others |= !self.within[site.from];
            }
            let calm = most <= calm_rates[s];
            let node = &net.nodes[s];
            let drains = if calm || node.own.mean <= 0.0 { 0.0 } else { conditions[s].up() * node.servers / node.own.mean };
            self.most[s] = if drains.is_finite() { most.max(drains) } else { most };
            if !calm && others && !self.seeds[s] {
                self.seeds[s] = true;
                found = true;
            }
        }
        found
    }

    /// What those outside ask of the part: `more` is what of their requests is not known of the calm, per second.
    pub fn hear(&self, around: &Around, state: &mut State, more: impl Fn(usize) -> f64) {
        if self.services.len() == self.within.len() {
            return;
        }
        let (base, usual_rates) = around.base;
        for &s in &self.services {
            for i in around.net.callers[s as usize].iter().map(|&i| i as usize) {
                let from = around.net.sites[i].from;
                if !self.within[from] {
                    let usually = around.healthy.requests(from, usual_rates);
                    let now = around.healthy.requests(from, around.rates) + more(from);
                    state.hear(i, base, if usually > 0.0 { now / usually } else { 0.0 });
                }
            }
        }
    }
}

impl Flow {
    /// Whether the state of load of a service is followed.
    pub(super) fn follows(&self, s: usize) -> bool {
        self.astray && self.follower.part.has(s)
    }

    /// What those who are not followed ask of those who are, at the present rates in a piece of demand.
    pub(super) fn hear_others(&mut self, piece: usize) {
        let Self { net, healthy, kept, conditions, calm_rates, rates, usual_rates, follower, .. } = self;
        let base = (&kept.base, &**usual_rates);
        let around = Around { net, healthy: &healthy.calm, base, conditions, calm_rates, rates };
        follower.part.hear(&around, &mut follower.state, |s| healthy.more(piece, s));
    }
}

impl<O: Observer> World<'_, O> {
    /// Leaves the course of the healthy system with what is not as it should be, or with more of it, and with what waits there.
    pub(super) fn enter(&mut self, piece: usize, at: f64) {
        let model = self.model;
        self.ask_between(at, at + 1.0);
        let flow = &mut self.flow;
        let astray = std::mem::replace(&mut flow.astray, true);
        if !astray {
            flow.follower.part.clear();
        }
        let seeds = flow.unusual.iter().chain(flow.healthy.rough(piece)).copied();
        let around = Around {
            net: &flow.net,
            healthy: &flow.healthy.calm,
            base: (&flow.kept.base, &flow.usual_rates),
            conditions: &flow.conditions,
            calm_rates: &flow.calm_rates,
            rates: &flow.rates,
        };
        let new = flow.follower.part.widen(&around, seeds);
        if new.is_empty() {
            return;
        }
        // Nothing of what was solved before, so that it does not matter what that was.
        flow.follower.state.reset(&flow.net, &new);
        for (condition, service) in flow.before.iter_mut().zip(&model.services) {
            *condition = Condition::plain(f64::from(service.active()));
        }
        for (place, &s) in flow.healthy.course.scaled.iter().enumerate() {
            flow.before[s as usize] = Condition::plain(f64::from(flow.healthy.course.ready(piece, place)));
        }
        flow.healthy.wait_in(piece, &new, &mut flow.follower.state.queues);
        let begin = flow.healthy.pieces(model).edges[piece];
        if !astray && at > begin && flow.healthy.is_unsettled(piece) {
            // What it did since the piece began is followed once more, up to here.
            self.ask_between(begin, at);
            self.flow.hear_others(piece);
            std::mem::swap(&mut self.flow.conditions, &mut self.flow.before);
            self.followed_piece(piece, begin, at);
            std::mem::swap(&mut self.flow.conditions, &mut self.flow.before);
            self.flow.astray = true;
        } else if at > begin || !self.flow.healthy.is_waiting(piece) {
            // As many wait as do so in the healthy system, which has settled.
            self.flow.hear_others(piece);
            let Flow { follower, net, before, rates, .. } = &mut self.flow;
            follower.state.solve_part(net, &new, |s| &before[s], rates, f64::INFINITY);
            follower.state.commit(&new);
        }
    }
}
