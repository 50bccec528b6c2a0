//! Which services are structurally up, and what would be if some failure were not.

use super::parts::Target;
use super::{Observer, World};
use crate::model::{Gate, Model, NONE, Output, Thing};

/// Room for the hypothetical states of services.
#[derive(Debug, Clone)]
pub struct Scratch {
    up: Vec<bool>,
    count: Vec<u32>,
    /// Clocks whose failures are in force.
    suspects: Vec<u32>,
}

impl Scratch {
    pub fn new(model: &Model) -> Self {
        Self { up: vec![true; model.services.len()], count: vec![0; model.services.len()], suspects: Vec::new() }
    }
}

/// What is imagined away.
#[derive(Clone, Copy)]
pub enum Without<'a> {
    /// One failure in force.
    Failure(u32),
    /// All failures of the modes marked.
    Modes(&'a [bool]),
}

impl<O: Observer> World<'_, O> {
    /// Looks again at a service that failure or repair `c` has touched, and at all that depend on it.
    pub(super) fn settle(&mut self, s: usize, c: usize, now: f64) {
        self.mark_dirty(s);
        self.settle_dirty(c, now);
        self.touched(s, now);
    }

    /// A service's own state, or one that it rests on, changed.
    pub(super) fn mark_dirty(&mut self, s: usize) {
        let rank = self.model.services[s].rank as usize;
        self.dirty_count += u32::from(!self.dirty[rank]);
        self.dirty[rank] = true;
        self.dirty_from = self.dirty_from.min(rank);
    }

    /// Looks again at all services marked dirty, what a service depends on before the service.
    pub(super) fn settle_dirty(&mut self, c: usize, now: f64) {
        let mut rank = self.dirty_from;
        while self.dirty_count > 0 {
            if std::mem::replace(&mut self.dirty[rank], false) {
                self.dirty_count -= 1;
                self.look(self.model.order[rank] as usize, c, now);
            }
            rank += 1;
        }
        self.dirty_from = usize::MAX;
    }

    /// Looks at one service, and tells those that depend on it.
    pub(super) fn look(&mut self, s: usize, c: usize, now: f64) {
        let state = &mut self.services[s];
        let own_ok = state.own_down == 0 && state.up >= state.needs && state.tree_ok;
        let own_changed = own_ok != state.own_ok;
        state.own_ok = own_ok;
        let is_up = own_ok && state.callees_down == 0;
        let changed = is_up != state.is_up;
        state.is_up = is_up;
        if own_changed {
            self.structure_changed(s, own_ok);
        }
        if !changed {
            return;
        }
        if is_up {
            self.end_outage(s, c, now);
        } else {
            self.begin_outage(s, c, now);
        }
        let service = &self.model.services[s];
        for &caller in &service.needed_by {
            let down = &mut self.services[caller as usize].callees_down;
            *down = if is_up { *down - 1 } else { *down + 1 };
            self.mark_dirty(caller as usize);
        }
        for &gate in &service.feeds {
            self.feed(gate, if is_up { 1 } else { -1 });
        }
        if !service.ageing_with.is_empty() {
            self.review_agers(s, now);
        }
    }

    /// Tells the gates that count the replicas of a service that it has `change` more of them.
    pub(super) fn recount(&mut self, s: usize, change: i32) {
        for &gate in &self.model.services[s].counted_by {
            self.feed(gate, change);
        }
    }

    /// Adds to the count of a gate; what changes by that is marked dirty.
    fn feed(&mut self, gate: u32, change: i32) {
        let (mut gate, mut change) = (gate as usize, change);
        loop {
            let Gate { needs, output } = self.model.gates[gate];
            let count = &mut self.gates[gate];
            let held = *count >= needs;
            *count = count.wrapping_add_signed(change);
            let holds = *count >= needs;
            if holds == held {
                return;
            }
            match output {
                Output::Gate(next) => gate = next as usize,
                Output::Service(s) => {
                    self.services[s as usize].tree_ok = holds;
                    self.mark_dirty(s as usize);
                    return;
                }
            }
            change = if holds { 1 } else { -1 };
        }
    }

    /// A failure or repair of something that a service rests on, without a change of its state: who is to blame for its
    /// downtime may have changed.
    #[inline]
    pub(super) fn touched(&mut self, s: usize, now: f64) {
        if self.services_down > 0 {
            self.recharge_reached(s, now);
        }
    }

    #[cold]
    fn recharge_reached(&mut self, s: usize, now: f64) {
        for i in 0..self.model.services[s].reach.len() {
            let reached = self.model.services[s].reach[i] as usize;
            if !self.services[reached].is_up && self.services[reached].outage.change != self.changes {
                self.recharge(reached, now);
            }
        }
    }

    /// Whether a service would be structurally up.
    pub(super) fn up_without(&mut self, s: usize, without: Without) -> bool {
        for i in 0..self.model.services[s].support.len() {
            let u = self.model.services[s].support[i] as usize;
            self.scratch.count[u] = self.count_without(u, without);
            let own = self.own_ok_counted(u, without);
            self.scratch.up[u] = own && self.model.services[u].depends_on.iter().all(|&d| self.scratch.up[d as usize]);
        }
        self.scratch.up[s]
    }

    /// Whether a service's own structure would hold, its callees aside. For services in `order`.
    pub(super) fn own_ok_without(&mut self, u: usize, without: Without) -> bool {
        self.scratch.count[u] = self.count_without(u, without);
        let own = self.own_ok_counted(u, without);
        self.scratch.up[u] = own && self.model.services[u].depends_on.iter().all(|&d| self.scratch.up[d as usize]);
        own
    }

    fn own_ok_counted(&self, u: usize, without: Without) -> bool {
        let state = &self.services[u];
        let own_down = match without {
            Without::Failure(c) => state.own_down - u32::from(self.model.clocks[c as usize].thing == Thing::Service(u as u32)),
            Without::Modes(modes) => {
                let own = self.model.services[u].own_clocks.clone();
                own.filter(|&c| {
                    self.model.clocks[c as usize].thing == Thing::Service(u as u32)
                        && self.is_down(c)
                        && !modes[self.components[c as usize].mode as usize]
                })
                .count() as u32
            }
        };
        own_down == 0
            && self.scratch.count[u] >= state.needs
            && self.model.services[u]
                .up_when
                .as_ref()
                .is_none_or(|tree| tree.holds(&|v| self.scratch.up[v as usize], &|v| self.scratch.count[v as usize]))
    }

    /// A `down` failure in force.
    fn is_down(&self, c: u32) -> bool {
        let component = &self.components[c as usize];
        component.phase.failed() && self.drawn.modes[component.mode as usize].down
    }

    /// Replicas of `u` that would be up and active: one that comes back where a place is open is active at once.
    fn count_without(&self, u: usize, without: Without) -> u32 {
        let zones = self.zone_down.len();
        let service = &self.model.services[u];
        let count = match without {
            Without::Failure(c) => {
                let state = &self.services[u];
                match &self.model.clocks[c as usize].thing {
                    Thing::Replica(r) => {
                        let replica = &self.model.replicas[*r as usize];
                        let there = replica.zone == NONE || self.zone_down[replica.zone as usize] == 0;
                        state.up + u32::from(replica.service as usize == u && self.replica_down[*r as usize] == 1 && there)
                    }
                    Thing::Zones(set) => {
                        state.up
                            + set
                                .iter()
                                .filter(|&&z| self.zone_down[z as usize] == 1)
                                .map(|&z| self.own_up[u * zones + z as usize])
                                .sum::<u32>()
                    }
                    Thing::Service(_) | Thing::Strike(_) => state.up,
                }
            }
            Without::Modes(modes) => {
                let counts = |c: u32| self.is_down(c) && !modes[self.components[c as usize].mode as usize];
                let zone_down = |zone: u32| {
                    self.model.zone_clocks.clone().any(|c| {
                        counts(c) && matches!(&self.model.clocks[c as usize].thing, Thing::Zones(set) if set.contains(&zone))
                    })
                };
                let up = |r: u32| {
                    let replica = &self.model.replicas[r as usize];
                    !(self.is_off(u, r)
                        || replica.clocks.clone().any(counts)
                        || (replica.zone != NONE && zone_down(replica.zone)))
                };
                let present = |up: &dyn Fn(u32) -> bool| service.replicas.clone().filter(|&r| up(r)).count() as u32;
                let waiting =
                    if service.standby.is_some() { present(&|r| self.replica_is_up(r)) - self.services[u].up } else { 0 };
                present(&up) - waiting
            }
        };
        if service.scaling.is_some() { count } else { count.min(service.active()) }
    }

    /// Fills `culprits` of a service that is down: the modes of the failures whose repair alone would end it, else of
    /// all failures in force in what it rests on.
    pub(super) fn blame(&mut self, s: usize) {
        let outage = &mut self.services[s].outage;
        outage.change = self.changes;
        // One that no failure began is in force for ever, whatever else fails.
        if self.in_force == 1 && outage.cause != NONE {
            outage.culprits.clear();
            outage.culprits.push(self.components[self.in_force_clocks as usize].mode);
            return;
        }
        let mut culprits = std::mem::take(&mut outage.culprits);
        let mut suspects = std::mem::take(&mut self.scratch.suspects);
        culprits.clear();
        suspects.clear();
        self.find_suspects(s, &mut suspects);
        let mode = |c: &u32| self.components[*c as usize].mode;
        if suspects.len() > 1 {
            // Replicas of one service that are down for one reason alone are alike: one answer serves all of them.
            let mut alike: Option<(u32, bool)> = None;
            for &c in &suspects {
                let component = &self.components[c as usize];
                let (target, service, mode) = (component.target, component.service, component.mode);
                let guilty = match (target, alike) {
                    (Target::Replica, _) if !self.would_return(c) => false,
                    (Target::Replica, Some((known, guilty))) if known == service => guilty,
                    _ => self.up_without(s, Without::Failure(c)),
                };
                if target == Target::Replica && self.would_return(c) {
                    alike = Some((service, guilty));
                }
                if guilty {
                    culprits.push(mode);
                }
            }
            if culprits.is_empty() {
                culprits.extend(suspects.iter().map(|c| self.components[*c as usize].mode));
            }
        } else {
            culprits.extend(suspects.iter().map(mode));
        }
        self.services[s].outage.culprits = culprits;
        self.scratch.suspects = suspects;
    }

    /// The failures in force in what a service rests on.
    fn find_suspects(&self, s: usize, suspects: &mut Vec<u32>) {
        for &u in &self.model.services[s].support {
            let service = &self.model.services[u as usize];
            let clocks = service.replica_clocks.clone().chain(service.own_clocks.clone());
            suspects.extend(clocks.filter(|&c| self.is_down(c)));
        }
        suspects.extend(self.model.zone_clocks.clone().filter(|&c| self.is_down(c) && self.zones_matter(s, c)));
    }

    /// Whether a replica would be up without the failure of clock `c`.
    fn would_return(&self, c: u32) -> bool {
        let component = &self.components[c as usize];
        self.replica_down[component.thing as usize] == 1
            && (component.zone == NONE || self.zone_down[component.zone as usize] == 0)
    }

    /// Whether a service rests on replicas that stand in the zones that a clock hits.
    fn zones_matter(&self, s: usize, c: u32) -> bool {
        let Thing::Zones(zones) = &self.model.clocks[c as usize].thing else { return false };
        self.model.services[s].support.iter().any(|&u| self.model.services[u as usize].stands_in(self.model, zones))
    }
}

/// The state of a system in which nothing has failed.
#[derive(Debug, Clone)]
pub struct Healthy {
    /// By service: whether its tree holds, whether its structure does, whether it is up, and how many callees are not.
    pub services: Vec<(bool, bool, bool, u32)>,
    /// Counts of the gates.
    pub gates: Vec<u32>,
}

impl Healthy {
    pub fn new(model: &Model) -> Self {
        let mut up = vec![false; model.services.len()];
        let mut services = vec![(true, true, true, 0); model.services.len()];
        for &s in &model.order {
            let service = &model.services[s as usize];
            let replicas = |u: u32| model.services[u as usize].active();
            let tree = service.up_when.as_ref().is_none_or(|tree| tree.holds(&|u| up[u as usize], &replicas));
            let own = tree && replicas(s) >= service.needs;
            let callees_down = service.depends_on.iter().filter(|&&u| !up[u as usize]).count() as u32;
            up[s as usize] = own && callees_down == 0;
            services[s as usize] = (tree, own, up[s as usize], callees_down);
        }
        let mut gates = vec![0; model.gates.len()];
        for (service, up) in model.services.iter().zip(&up) {
            service.feeds.iter().for_each(|&gate| gates[gate as usize] += u32::from(*up));
            service.counted_by.iter().for_each(|&gate| gates[gate as usize] += service.active());
        }
        for (g, gate) in model.gates.iter().enumerate() {
            if let Output::Gate(next) = gate.output
                && gates[g] >= gate.needs
            {
                gates[next as usize] += 1;
            }
        }
        Self { services, gates }
    }
}
