//! How services stand: what failures, repairs and spares change about those who serve requests.

use super::condition::{Condition, Pool};
use super::rows::{failed, row};
use crate::model::{NONE, Thing};
use crate::scenario::Balance::{LeastBusy, SharedQueue};
use crate::sim::{Observer, World};

impl<O: Observer> World<'_, O> {
    /// Accounts for the requests up to `now`, before something changes.
    #[inline]
    pub(in crate::sim) fn before_change(&mut self, now: f64) {
        if self.flow.active {
            self.advance(now - self.from);
        }
    }

    /// As [`World::before_change`], before something happens to one service or a replica of it: where that matters to no request,
    /// they go on as if nothing had been.
    #[inline]
    pub(in crate::sim) fn before_change_of(&mut self, s: usize, now: f64) {
        if self.flow.active && self.flow.matters[s] {
            self.advance(now - self.from);
        }
    }

    /// A service's structure broke or was mended.
    pub(in crate::sim) fn structure_changed(&mut self, s: usize, own_ok: bool) {
        if self.flow.active {
            self.lose_queue(s, own_ok, f64::from(self.services[s].up));
            self.flow.conditions[s].ok = own_ok;
            self.flow.review(self.model, s);
        }
    }

    /// The number or strength of a service's replicas changed.
    #[inline]
    pub(in crate::sim) fn capacity_changed(&mut self, s: usize) {
        if self.flow.active {
            self.lose_queue(s, self.flow.conditions[s].ok, f64::from(self.services[s].up));
            self.renew_pools(s);
        }
    }

    /// The share of a service's failed replicas that still get requests changed.
    pub(in crate::sim) fn rotation_changed(&mut self, s: usize) {
        self.flow.conditions[s].dead = f64::from(self.flow.rotations[s].failed);
        self.flow.review(self.model, s);
    }

    /// Replicas of a service were switched on or off, in good order: what waits in one that goes is served by the others.
    pub(in crate::sim) fn replicas_switched(&mut self, s: usize) {
        if self.flow.active {
            self.renew_pools(s);
        }
    }

    fn renew_pools(&mut self, s: usize) {
        let up = f64::from(self.services[s].up);
        let dead = f64::from(self.flow.rotations[s].failed);
        let ok = self.flow.conditions[s].ok;
        let mut condition = Condition::plain(up);
        (condition.ok, condition.dead) = (ok, dead);
        if self.services[s].weakened > 0 {
            self.weakened_pools(s, &mut condition);
        }
        if self.flow.follows(s) {
            let state = &mut self.flow.follower.state;
            condition.take_over(&self.flow.conditions[s], &mut state.queues[s]);
            state.longest[s] = state.queues[s];
        }
        self.flow.conditions[s] = condition;
        self.flow.review(self.model, s);
    }

    /// Replicas told apart by what failures leave them.
    #[cold]
    fn weakened_pools(&self, s: usize, condition: &mut Condition) {
        let hurt = |pool: &mut Pool, c: u32| {
            let component = &self.components[c as usize];
            if component.phase.failed() {
                let mode = &self.drawn.modes[component.mode as usize];
                pool.speed *= mode.capacity / mode.slower;
                pool.errors = 1.0 - (1.0 - pool.errors) * (1.0 - mode.errors);
            }
        };
        let service = &self.model.services[s];
        let mut whole = Pool::WHOLE;
        service.own_clocks.clone().for_each(|c| hurt(&mut whole, c));
        let released = self.model.releases.binary_search_by_key(&(s as u32), |release| release.service).ok();
        condition.clear();
        for r in service.replicas.clone().filter(|&r| self.is_active(s, r)) {
            let replica = &self.model.replicas[r as usize];
            let mut pool = whole;
            replica.clocks.clone().for_each(|c| hurt(&mut pool, c));
            if replica.zone != NONE {
                let there =
                    |c: &u32| matches!(&self.model.clocks[*c as usize].thing, Thing::Zones(set) if set.contains(&replica.zone));
                self.model.zone_clocks.clone().filter(there).for_each(|c| hurt(&mut pool, c));
            }
            let Some(place) = released else {
                condition.add(pool);
                continue;
            };
            let (bad, away) = self.released_part(place, (r - service.replicas.start) as usize);
            let now = &self.drawn.releases[place];
            let worse = Pool {
                replicas: bad * (1.0 - away),
                speed: pool.speed * now.capacity / now.slower,
                errors: 1.0 - (1.0 - pool.errors) * (1.0 - now.errors),
                ..pool
            };
            let parts = [Pool { replicas: (1.0 - bad) * (1.0 - away), ..pool }, worse];
            parts.into_iter().filter(|part| part.replicas > 0.0).for_each(|part| condition.add(part));
        }
        if condition.pools().is_empty() {
            condition.add(Pool { replicas: f64::from(u8::from(service.replicas.is_empty())), ..whole });
        }
        if matches!(service.serving.balance, LeastBusy | SharedQueue) {
            condition.lump();
        }
    }

    /// Replicas of a service, each weighed by the speed that failures leave it.
    pub(in crate::sim) fn strength(&self, s: usize) -> f64 {
        let mut condition = Condition::plain(f64::from(self.services[s].up));
        self.weakened_pools(s, &mut condition);
        condition.pools().iter().map(|pool| pool.replicas * pool.speed).sum()
    }

    /// Requests of a service that failed so far beyond those that fail while all is well.
    pub(in crate::sim) fn lost_in_addition(&self, s: usize) -> f64 {
        if self.flow.active { failed(&self.flow.tallies[s]) } else { 0.0 }
    }

    /// The fraction of a service's requests that fail while all is well.
    pub(in crate::sim) fn usual_errors(&self, s: usize) -> f64 {
        if !self.flow.active {
            return 0.0;
        }
        let each = &self.flow.healthy.calm.each[s];
        if each[row::RESOLVED] > 0.0 { failed(each) / each[row::RESOLVED] } else { 0.0 }
    }

    /// A failure makes work worse, and nothing else.
    pub(in crate::sim) fn weaken(&mut self, c: usize) {
        self.effects += 1;
        self.each_weakened(c, |weakened| *weakened += 1);
    }

    /// What it took is given back.
    pub(in crate::sim) fn strengthen(&mut self, c: usize) {
        self.effects += 1;
        self.each_weakened(c, |weakened| *weakened -= 1);
    }

    fn each_weakened(&mut self, c: usize, change: impl Fn(&mut u32)) {
        let model = self.model;
        match &model.clocks[c].thing {
            Thing::Replica(r) => {
                let s = model.replicas[*r as usize].service as usize;
                change(&mut self.services[s].weakened);
                self.capacity_changed(s);
            }
            Thing::Service(s) => {
                change(&mut self.services[*s as usize].weakened);
                self.capacity_changed(*s as usize);
            }
            Thing::Strike(_) => {}
            Thing::Zones(_) => {
                for s in 0..self.services.len() {
                    change(&mut self.services[s].weakened);
                    self.capacity_changed(s);
                }
            }
        }
    }
}
