//! Replicas that follow the load.
//!
//! While nothing is broken, a replication follows the course that is known beforehand ([`Course`](super::flow)): its changes are
//! events, and no scaler looks. From the first failure on each scaler looks for itself, at what its service meets then, until all
//! is again as the course has it.
//!
//! The replicas of a service have an order. Those that are there are the first ones, as many that its failures are known of left
//! out as the scaler wants: a failure that is known is replaced by another replica while there is room, and what comes back in
//! excess goes. A replica that is not there is down, fails by nothing and ages by nothing.

mod provision;
mod replicas;
mod rule;

use super::flow::{look_on, next_look};
use super::{Observer, World};
use crate::kernel::NEVER;
use crate::model::{Model, NONE, Scaling};

pub use provision::Provision;
pub use rule::{Scaler, Seen};

/// Indices of what is counted of a scaled service over one replication.
pub mod scaled {
    /// Replica-seconds of those that are there.
    pub const THERE: usize = 0;
    /// Decisions for more replicas.
    pub const UPS: usize = 1;
    /// Decisions for fewer.
    pub const DOWNS: usize = 2;
    /// Replica-seconds of those that are there beyond what is reserved.
    pub const BEYOND: usize = 3;
    /// How many counts there are.
    pub const N: usize = 4;
}

/// Times that are the same but for rounding, seconds.
const SAME: f64 = 1e-6;

/// A scaled service. Times are in seconds after the start.
#[derive(Debug, Clone, Default)]
pub struct Scaled {
    service: u32,
    scaler: Scaler,
    provision: Provision,
    /// Of its replicas, the first so many are at work unless they have failed.
    serving: u32,
    /// Replicas that are paid: those that are there and not known to have failed.
    paid: u32,
    /// Its next look, while it looks for itself.
    look: f64,
    /// When something last changed for it.
    changed: f64,
    /// What it wants in the healthy system now.
    usual: u32,
    counted: [f64; scaled::N],
}

/// All scaled services.
#[derive(Debug, Clone, Default)]
pub struct Scalings {
    /// In order of their services.
    list: Vec<Scaled>,
    /// The next change of the course.
    next: usize,
    /// Each scaler looks for itself.
    alone: bool,
    /// The slot of the next change of the course; behind it is that of the next look.
    slot: usize,
}

impl Scalings {
    /// Of a model whose requests are followed as a rate; their two slots begin at `slot`.
    pub fn new(model: &Model, slot: usize) -> Self {
        let scaled = (0..model.services.len()).filter(|&s| model.services[s].scaling.is_some());
        Self { list: scaled.map(|s| Scaled { service: s as u32, ..Scaled::default() }).collect(), slot, ..Self::default() }
    }

    /// Nothing is scaled.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Slots that they need.
    pub fn slots(&self) -> usize {
        if self.is_empty() { 0 } else { 2 }
    }

    /// What was counted of a service, if it is scaled.
    pub fn counted(&self, s: usize) -> Option<&[f64; scaled::N]> {
        let place = self.list.binary_search_by_key(&(s as u32), |scaled| scaled.service).ok()?;
        Some(&self.list[place].counted)
    }

    /// Measuring begins, with so many seconds left.
    pub fn measure_from(&mut self, model: &Model, left: f64) {
        for scaled in &mut self.list {
            scaled.counted = [0.0; scaled::N];
            scaled.counted[scaled::THERE] = f64::from(scaled.paid) * left;
            scaled.counted[scaled::BEYOND] = model.services[scaled.service as usize].price.beyond(scaled.paid) * left;
        }
    }
}

impl Scaled {
    fn count(&mut self, before: u32) {
        let which = if self.scaler.wanted > before { scaled::UPS } else { scaled::DOWNS };
        self.counted[which] += f64::from(u8::from(self.scaler.wanted != before));
    }
}

impl<'m, O: Observer> World<'m, O> {
    fn scaling(&self, place: usize) -> Option<(&'m Scaling, usize)> {
        let s = self.scalings.list[place].service as usize;
        Some((self.model.services[s].scaling.as_ref()?, s))
    }

    /// Whether a replica of service `s` is not there, or does not serve yet.
    pub(super) fn is_off(&self, s: usize, replica: u32) -> bool {
        let place = self.scalings.list.binary_search_by_key(&(s as u32), |scaled| scaled.service);
        place.is_ok_and(|place| replica - self.model.services[s].replicas.start >= self.scalings.list[place].serving)
    }

    /// Replicas that a service has while all is well.
    pub(super) fn usual_replicas(&self, s: usize) -> u32 {
        if self.flow.active { self.flow.usual(s) as u32 } else { self.model.services[s].active() }
    }

    /// As many replicas as the course begins with; what comes next is placed before the events are put in order.
    pub(super) fn start_scaling(&mut self) {
        (self.scalings.next, self.scalings.alone) = (0, false);
        for place in 0..self.scalings.list.len() {
            let s = self.scalings.list[place].service as usize;
            let service = &self.model.services[s];
            let first = if self.flow.active { self.flow.course().first(place) } else { service.active() };
            let scaled = &mut self.scalings.list[place];
            scaled.scaler.reset(first);
            scaled.provision.reset(first);
            (scaled.serving, scaled.paid, scaled.usual) = (first, first, first);
            (scaled.look, scaled.changed) = (NEVER, 0.0);
            for replica in service.replicas.start + first..service.replicas.end {
                self.replica_down[replica as usize] = 1;
                let zone = self.model.replicas[replica as usize].zone;
                if zone != NONE {
                    self.own_up[s * self.zone_down.len() + zone as usize] -= 1;
                }
            }
            self.services[s].up = first;
            self.recount(s, first as i32 - service.active() as i32);
        }
        if !self.scalings.is_empty() {
            self.events.place(self.scalings.slot, self.next_change());
            self.events.place(self.scalings.slot + 1, NEVER);
        }
    }

    /// Clocks of replicas that are not there stand still.
    pub(super) fn stop_absent(&mut self) {
        for place in 0..self.scalings.list.len() {
            let Scaled { service, serving, .. } = self.scalings.list[place];
            let replicas = self.model.services[service as usize].replicas.clone();
            for replica in replicas.start + serving..replicas.end {
                self.review_clocks(replica, 0.0);
            }
        }
    }

    fn review_clocks(&mut self, replica: u32, now: f64) {
        for c in self.model.replicas[replica as usize].clocks.clone() {
            self.review(c as usize, now);
        }
    }

    fn next_change(&self) -> f64 {
        self.flow.course().changes.get(self.scalings.next).map_or(NEVER, |change| change.at + self.from)
    }

    /// A slot of the scalers is due.
    #[cold]
    pub(super) fn scaling_due(&mut self, looks: bool, now: f64) {
        self.before_change(now);
        if looks {
            self.look_all(now);
        } else {
            self.follow_course(now);
        }
    }

    /// What the course has next: so it is, unless each scaler looks for itself.
    fn follow_course(&mut self, now: f64) {
        let at = now - self.from;
        while let Some(&change) = self.flow.course().changes.get(self.scalings.next).filter(|change| change.at <= at + SAME) {
            self.scalings.next += 1;
            let place = change.place as usize;
            let Some((scaling, s)) = self.scaling(place) else { continue };
            self.flow.set_usual(self.model, s, change.ready);
            let scaled = &mut self.scalings.list[place];
            scaled.usual = change.wanted;
            if self.scalings.alone {
                continue;
            }
            let before = std::mem::replace(&mut scaled.scaler.wanted, change.wanted);
            scaled.count(before);
            if change.wanted != before {
                scaled.provision.resize(change.wanted, at + scaling.startup);
            }
            scaled.provision.start_due(at + SAME);
            self.serve(place, now);
            self.pay(place, change.wanted, now);
        }
        let next = self.next_change();
        self.events.set(self.scalings.slot, next);
    }

    /// Something failed or was repaired: from now on each scaler looks for itself, at its next look.
    #[inline]
    pub(super) fn look_soon(&mut self, now: f64) {
        if !self.scalings.is_empty() && self.flow.active {
            self.leave_course(now);
        }
    }

    #[cold]
    fn leave_course(&mut self, now: f64) {
        let at = now - self.from;
        let before = std::mem::replace(&mut self.scalings.alone, true);
        let mut next = NEVER;
        for place in 0..self.scalings.list.len() {
            let Some((scaling, _)) = self.scaling(place) else { continue };
            let scaled = &mut self.scalings.list[place];
            if !before {
                scaled.scaler.reset(scaled.scaler.wanted);
                self.flow.course().recall(place, at, scaling, &mut scaled.scaler);
                scaled.look = NEVER;
            }
            scaled.changed = at;
            scaled.look = scaled.look.min(scaling.look_after(at));
            next = next.min(scaled.look).min(scaled.provision.next_start());
        }
        self.events.set(self.scalings.slot + 1, (next + self.from).max(now));
    }

    /// Looks that are due, and replicas that begin to serve.
    fn look_all(&mut self, now: f64) {
        let at = now - self.from;
        let mut next = NEVER;
        for place in 0..self.scalings.list.len() {
            next = next.min(self.look_at_one(place, at, now));
        }
        // While replicas start they may do so at other times than those of the course.
        let on_course = |scaled: &Scaled| {
            let Provision { end, ready, .. } = scaled.provision;
            let wanted = scaled.scaler.wanted;
            (end, ready, scaled.usual) == (wanted, wanted, wanted)
                && self.flow.usual(scaled.service as usize) == f64::from(wanted)
        };
        self.scalings.alone = !(self.flow.is_usual() && self.scalings.list.iter().all(on_course));
        let next = if self.scalings.alone { (next + self.from).max(now) } else { NEVER };
        self.events.set(self.scalings.slot + 1, next);
    }

    /// Answers when it is this one's turn again.
    fn look_at_one(&mut self, place: usize, at: f64, now: f64) -> f64 {
        let Some((scaling, s)) = self.scaling(place) else { return NEVER };
        let model = self.model;
        if self.scalings.list[place].provision.next_start() <= at + SAME {
            let scaled = &mut self.scalings.list[place];
            scaled.provision.start_due(at + SAME);
            scaled.look = scaled.look.min(scaling.look_after(at));
            scaled.changed = at;
        }
        let looks = self.scalings.list[place].look <= at + SAME;
        if looks {
            let ready = f64::from(self.services[s].up);
            let busy = self.flow.busy(model, &self.drawn, s, at, scaling.every).min(ready);
            let foreseen = self.flow.course().foreseen(&model.demand, place, at, scaling.ahead);
            let scaled = &mut self.scalings.list[place];
            let before = scaled.scaler.wanted;
            scaled.scaler.look(scaling, at, &Seen { busy, ready, floor: scaling.floor(at), foreseen });
            scaled.count(before);
            if scaled.scaler.wanted != before {
                scaled.changed = at;
            }
        }
        let (end, known) = self.first_good(place, now);
        let scaled = &mut self.scalings.list[place];
        if end != scaled.provision.end {
            scaled.provision.resize(end, at + scaling.startup);
            scaled.provision.start_due(at + SAME);
        }
        if looks {
            let edge = model.demand.grid.edges[model.demand.grid.piece(at.max(0.0)) + 1];
            scaled.look = next_look(model, scaling, &scaled.scaler, at).min(scaling.look_after(edge.max(at)));
            if self.flow.is_followed() {
                scaled.look = scaled.look.min(look_on(scaling, at, scaled.changed));
            }
        }
        if known < NEVER {
            scaled.look = scaled.look.min(scaling.look_at(known - self.from).max(scaling.look_after(at)));
        }
        let next = scaled.look.min(scaled.provision.next_start());
        let wanted = scaled.scaler.wanted;
        self.serve(place, now);
        self.pay(place, wanted, now);
        next
    }

    /// What is paid for scaled replicas over the horizon beyond what is reserved, in money.
    pub(super) fn scaled_cost(&self) -> f64 {
        let cost = |scaled: &Scaled| {
            let price = &self.model.services[scaled.service as usize].price;
            price.on_demand.get(&self.drawn.draws) * scaled.counted[scaled::BEYOND]
        };
        self.scalings.list.iter().map(cost).sum()
    }
}
