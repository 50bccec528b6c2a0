//! Requests as a rate: what is served, lost or late between two events.
//!
//! While nothing is broken and every service can carry the highest demand of the interval, nothing is computed: what is
//! served is known from the demand alone. Otherwise the interval is cut at the pieces of demand. Broken structures lose
//! a share of the requests ([`shares`]); demand beyond capacity fills queues that drain later ([`fluid`]).
//!
//! Requests are counted at the service they arrive at, when they are resolved. What would have arrived in a healthy
//! system and did not, because a caller failed first, is `missed`.

mod fluid;
mod shares;

use std::collections::VecDeque;

use super::outcome::sum;
use super::structure::Without;
use super::windows::Segment;
use super::{Drawn, Observer, World};
use crate::model::{Counts, Model};
use fluid::Fluid;
use shares::Shares;

/// Failed replicas of a service that still get requests.
#[derive(Debug, Clone, Default)]
pub struct Rotation {
    /// (when they leave, on the simulation's clock; how many), in order.
    pub leaving: VecDeque<(f64, u32)>,
    /// How many of them there are.
    pub failed: u32,
}

/// What is counted for a service, in requests.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    missed: f64,
    bad: f64,
    /// Lost before the service did any work for them.
    unworked: f64,
}

/// The state of all requests.
#[derive(Debug, Clone)]
pub struct Flow {
    /// Some traffic exists.
    pub active: bool,
    /// Services with a health check that requests reach, ascending.
    pub checked: Vec<u32>,
    /// By service.
    pub rotations: Vec<Rotation>,
    /// Accounted up to here, seconds after the start.
    last: f64,
    broken: Vec<bool>,
    broken_count: u32,
    /// Services that cannot carry the highest demand of the horizon as they stand.
    tight: Vec<bool>,
    tight_count: u32,
    /// Requests/s that a service can carry as it stands.
    capacity: Vec<f64>,
    /// Upper bound of the demand over the horizon.
    highest: Vec<f64>,
    tallies: Vec<Tally>,
    shares: Shares,
    fluid: Fluid,
    /// Requests of each source in the present piece.
    requests: Vec<f64>,
}

impl Flow {
    /// With room for a model's services and sources.
    pub fn new(model: &Model) -> Self {
        let n = model.services.len();
        let reached = |s: usize| model.services[s].visits.iter().any(|&visits| visits > 0.0);
        Self {
            active: !model.demand.is_empty(),
            checked: (0..n).filter(|&s| model.services[s].health_check > 0.0 && reached(s)).map(|s| s as u32).collect(),
            rotations: vec![Rotation::default(); n],
            last: 0.0,
            broken: vec![false; n],
            broken_count: 0,
            tight: vec![false; n],
            tight_count: 0,
            capacity: vec![f64::INFINITY; n],
            highest: vec![0.0; n],
            tallies: vec![Tally::default(); n],
            shares: Shares::new(model),
            fluid: Fluid::new(model),
            requests: vec![0.0; model.demand.sources.len()],
        }
    }

    /// One that follows nothing: requests are the business of somebody else.
    pub fn idle(model: &Model) -> Self {
        Self { active: false, checked: Vec::new(), ..Self::new(model) }
    }

    /// Everything healthy at `start` seconds (negative with a warm-up).
    pub fn reset(&mut self, model: &Model, drawn: &Drawn, start: f64) {
        if !self.active {
            return;
        }
        self.last = start;
        self.broken.fill(false);
        self.broken_count = 0;
        self.tight_count = 0;
        for rotation in &mut self.rotations {
            rotation.leaving.clear();
            rotation.failed = 0;
        }
        for (s, service) in model.services.iter().enumerate() {
            let one = drawn.carry[s].capacity;
            self.capacity[s] = if one.is_finite() { one * f64::from(service.active()) } else { f64::INFINITY };
            self.highest[s] = service.visits.iter().zip(&drawn.curves).map(|(visits, curve)| visits * curve.highest()).sum();
            self.tight[s] = self.capacity[s] < self.highest[s];
            self.tight_count += u32::from(self.tight[s]);
        }
        self.fluid.reset(model, drawn);
        self.tallies.fill(Tally::default());
    }

    /// Measuring begins.
    pub fn measure_from(&mut self, now: f64) {
        self.tallies.fill(Tally::default());
        self.last = self.last.max(now);
    }

    /// A service's structure, or its share of failed replicas in rotation, changed.
    pub fn review_broken(&mut self, s: usize, own_ok: bool) {
        let broken = !own_ok || self.rotations[s].failed > 0;
        if broken != self.broken[s] {
            self.broken[s] = broken;
            if broken { self.broken_count += 1 } else { self.broken_count -= 1 }
        }
    }

    fn set_capacity(&mut self, s: usize, capacity: f64) {
        self.capacity[s] = capacity;
        let tight = capacity < self.highest[s];
        if tight != self.tight[s] {
            self.tight[s] = tight;
            if tight { self.tight_count += 1 } else { self.tight_count -= 1 }
        }
    }

    /// Whether demand may exceed the capacity of some service in an interval; never misses that it does.
    fn may_overload(&self, model: &Model, drawn: &Drawn, from: f64, to: f64) -> bool {
        self.tight_count > 0
            && (0..self.tight.len()).filter(|&s| self.tight[s]).any(|s| {
                let visits = &model.services[s].visits;
                let demand = |(visits, curve): (&f64, &crate::model::Curve)| {
                    if *visits > 0.0 { visits * curve.peak(&model.demand, from, to) } else { 0.0 }
                };
                visits.iter().zip(&drawn.curves).map(demand).sum::<f64>() > self.capacity[s]
            })
    }
}

impl<O: Observer> World<'_, O> {
    /// Accounts for the requests up to `now`, before something changes.
    #[inline]
    pub(super) fn before_change(&mut self, now: f64) {
        if self.flow.active {
            self.advance(now - self.from);
        }
    }

    /// A service's structure broke or was mended.
    pub(super) fn structure_changed(&mut self, s: usize, own_ok: bool) {
        if self.flow.active {
            self.flow.review_broken(s, own_ok);
        }
    }

    /// The number or strength of a service's replicas changed.
    #[inline]
    pub(super) fn capacity_changed(&mut self, s: usize) {
        if self.flow.active {
            self.review_capacity(s);
        }
    }

    fn review_capacity(&mut self, s: usize) {
        let strength = if self.services[s].weakened == 0 { f64::from(self.services[s].up) } else { self.strength(s) };
        let one = self.drawn.carry[s].capacity;
        self.flow.set_capacity(s, if one.is_finite() { one * strength } else { f64::INFINITY });
    }

    /// Replicas of a service, each weighed by the capacity that failures leave it.
    #[cold]
    pub(super) fn strength(&self, s: usize) -> f64 {
        let left = |c: u32| {
            let component = &self.components[c as usize];
            if component.phase.failed() { self.drawn.modes[component.mode as usize].capacity } else { 1.0 }
        };
        let service = &self.model.services[s];
        let whole: f64 = service.own_clocks.clone().map(left).product();
        let zone = |zone: u32| -> f64 {
            let clocks = self.model.zone_clocks.clone();
            clocks
                .filter(
                    |&c| matches!(&self.model.clocks[c as usize].thing, crate::model::Thing::Zones(set) if set.contains(&zone)),
                )
                .map(left)
                .product()
        };
        let up = service.replicas.clone().filter(|&r| self.is_active(s, r));
        let each = up.map(|r| {
            let replica = &self.model.replicas[r as usize];
            let own: f64 = replica.clocks.clone().map(left).product();
            match replica.zone {
                crate::model::NONE => own,
                z => own * zone(z),
            }
        });
        whole * each.sum::<f64>()
    }

    /// A failure takes capacity, and nothing else.
    pub(super) fn weaken(&mut self, c: usize) {
        self.effects += 1;
        self.each_weakened(c, |weakened| *weakened += 1);
    }

    /// Capacity is given back.
    pub(super) fn strengthen(&mut self, c: usize) {
        self.effects += 1;
        self.each_weakened(c, |weakened| *weakened -= 1);
    }

    fn each_weakened(&mut self, c: usize, change: impl Fn(&mut u32)) {
        let model = self.model;
        match &model.clocks[c].thing {
            crate::model::Thing::Replica(r) => {
                let s = model.replicas[*r as usize].service as usize;
                change(&mut self.services[s].weakened);
                self.capacity_changed(s);
            }
            crate::model::Thing::Service(s) => {
                change(&mut self.services[*s as usize].weakened);
                self.capacity_changed(*s as usize);
            }
            crate::model::Thing::Strike(_) => {}
            crate::model::Thing::Zones(_) => {
                for s in 0..self.services.len() {
                    change(&mut self.services[s].weakened);
                    self.capacity_changed(s);
                }
            }
        }
    }

    fn advance(&mut self, now: f64) {
        let from = self.flow.last;
        if now <= from {
            return;
        }
        self.flow.last = now;
        let flow = &self.flow;
        if flow.broken_count == 0
            && flow.fluid.is_empty()
            && (flow.tight_count == 0 || !flow.may_overload(self.model, &self.drawn, from, now))
        {
            return;
        }
        self.account(from, now);
    }

    /// Follows the requests through an interval in which the state of the services does not change.
    #[cold]
    fn account(&mut self, from: f64, to: f64) {
        let model = self.model;
        for s in 0..model.services.len() {
            let rotation = f64::from(self.flow.rotations[s].failed);
            let up = f64::from(self.services[s].up);
            self.flow.shares.own[s] = if !self.services[s].own_ok {
                0.0
            } else if rotation > 0.0 {
                up / (up + rotation)
            } else {
                1.0
            };
        }
        self.flow.shares.solve(model);
        self.note_spared();
        self.drop_queues_of_failed(from);
        let mut at = from;
        while at < to {
            let piece = if at < 0.0 { 0 } else { model.demand.piece(at) };
            let edge = if at < 0.0 { 0.0 } else { model.demand.edges[piece + 1] };
            let until = if edge > at { edge.min(to) } else { to };
            for (requests, curve) in self.flow.requests.iter_mut().zip(&self.drawn.curves) {
                *requests = curve.total(&model.demand, until) - curve.total(&model.demand, at);
            }
            if !self.flow.fluid.is_empty() || self.flow.may_overload(model, &self.drawn, at, at) {
                self.fluid_piece(at, until);
            } else if self.flow.broken_count > 0 {
                self.shares_piece(at, until);
            }
            at = until;
        }
    }

    /// A piece in which nothing waits: every source loses its share.
    fn shares_piece(&mut self, from: f64, to: f64) {
        let n = self.flow.requests.len();
        for s in 0..self.services.len() {
            let (mut missed, mut bad, mut unworked, mut arrived) = (0.0, 0.0, 0.0, 0.0);
            for source in 0..n {
                let requests = self.flow.requests[source];
                let reach = self.flow.shares.reach[s * n + source];
                missed += requests * (self.model.services[s].visits[source] - reach);
                arrived += requests * reach;
            }
            bad += arrived * (1.0 - self.flow.shares.ok[s]);
            unworked += arrived * (1.0 - self.flow.shares.own[s]);
            self.book(s, from, to, arrived, missed, bad, unworked);
        }
    }

    /// Counts what an interval gave a service, and notes it for the objectives.
    #[expect(clippy::too_many_arguments, reason = "one row of the books")]
    pub(super) fn book(&mut self, s: usize, from: f64, to: f64, arrived: f64, missed: f64, bad: f64, unworked: f64) {
        if missed == 0.0 && bad == 0.0 && unworked == 0.0 {
            return;
        }
        let tally = &mut self.flow.tallies[s];
        tally.missed += missed;
        tally.bad += bad;
        tally.unworked += unworked;
        self.observer.lost(s as u32, from, to, bad);
        for (o, objective) in self.model.objectives.iter().enumerate() {
            if objective.service as usize == s && objective.counts != Counts::Time {
                let spared = (arrived * self.flow.shares.spared[o]).min(bad);
                self.outcome.objectives[o].log.push(Segment { from, to, bad: bad - spared, out: missed + spared });
            }
        }
    }

    /// For objectives that leave failures out: the share of requests that fail by those alone.
    pub(super) fn note_spared(&mut self) {
        let model = self.model;
        for (o, objective) in model.objectives.iter().enumerate() {
            self.flow.shares.spared[o] = 0.0;
            if objective.counts == Counts::Time || !self.any_in_force(&objective.excludes) {
                continue;
            }
            let now = self.flow.shares.structural(model, objective.service as usize, |s| self.services[s].own_ok);
            for &u in &model.order {
                self.flow.shares.imagined[u as usize] = self.own_ok_without(u as usize, Without::Modes(&objective.excludes));
            }
            let imagined = std::mem::take(&mut self.flow.shares.imagined);
            let spared = self.flow.shares.structural(model, objective.service as usize, |s| imagined[s]);
            self.flow.shares.imagined = imagined;
            self.flow.shares.spared[o] = (spared - now).max(0.0);
        }
    }

    /// By objective: the share that [`World::note_spared`] found.
    pub(super) fn spared(&self) -> &[f64] {
        &self.flow.shares.spared
    }

    /// What requests came to, for each service, over the measured time.
    pub(super) fn finish_flow(&mut self) {
        if !self.flow.active {
            return;
        }
        let model = self.model;
        let unresolved = if self.flow.fluid.is_empty() { Vec::new() } else { self.unresolved(model.horizon) };
        for s in 0..self.services.len() {
            let visits = &model.services[s].visits;
            let healthy: f64 = visits
                .iter()
                .zip(&self.drawn.curves)
                .map(|(visits, curve)| visits * curve.total(&model.demand, model.horizon))
                .sum();
            let tally = self.flow.tallies[s];
            let waiting = unresolved.get(s).copied().unwrap_or(0.0);
            let requests = (healthy - tally.missed - waiting).max(0.0);
            let one = self.drawn.carry[s].capacity;
            let given = &mut self.outcome.services[s];
            given.sums[sum::REQUESTS] = requests;
            given.sums[sum::GOOD] = (requests - tally.bad).max(0.0);
            if one.is_finite() && requests > 0.0 {
                given.sums[sum::BUSY] = (requests - tally.unworked).max(0.0) / one;
                given.sums[sum::SERVERS] = self.services[s].area;
            }
        }
    }
}
