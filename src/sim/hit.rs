//! What a `down` failure takes away, and what its repair gives back: replicas, services, zones.

use super::parts::Target;
use super::{Observer, World};
use crate::model::{NONE, Thing};

impl<O: Observer> World<'_, O> {
    /// A `down` failure takes hold of what it hits.
    #[inline]
    pub(super) fn take_down(&mut self, c: usize, now: f64) {
        self.in_force += 1;
        self.in_force_clocks ^= c as u32;
        self.changes += 1;
        let component = &self.components[c];
        let (thing, s) = (component.thing as usize, component.service as usize);
        match component.target {
            Target::Replica => {
                self.replica_down[thing] += 1;
                if self.replica_down[thing] == 1 {
                    self.replica_lost(c, s, component.zone, now);
                } else {
                    self.touched(s, now);
                }
            }
            Target::Service => {
                self.services[thing].own_down += 1;
                self.settle(thing, c, now);
            }
            Target::Zones => self.zones_change(c, now, true),
            Target::Strike => {}
        }
    }

    /// What a `down` failure hit is given back.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "in the loop of every run")]
    pub(super) fn bring_up(&mut self, c: usize, now: f64) {
        self.in_force -= 1;
        self.in_force_clocks ^= c as u32;
        self.changes += 1;
        let component = &self.components[c];
        let (thing, s) = (component.thing as usize, component.service as usize);
        match component.target {
            Target::Replica => {
                self.replica_down[thing] -= 1;
                if self.replica_down[thing] == 0 {
                    self.replica_back(c, s, component.zone, now);
                } else {
                    self.touched(s, now);
                }
            }
            Target::Service => {
                self.services[thing].own_down -= 1;
                self.settle(thing, c, now);
            }
            Target::Zones => self.zones_change(c, now, false),
            Target::Strike => {}
        }
    }

    #[inline(always)]
    #[allow(clippy::inline_always, reason = "in the loop of every run")]
    fn replica_lost(&mut self, c: usize, s: usize, zone: u32, now: f64) {
        if zone != NONE {
            self.own_up[s * self.zone_down.len() + zone as usize] -= 1;
            if self.zone_down[zone as usize] > 0 {
                self.touched(s, now);
                return;
            }
        }
        if self.services[s].standby {
            return self.member_lost(s, self.components[c].thing, c, now);
        }
        self.leave_rotation(s, 1, now);
        let state = &mut self.services[s];
        state.up -= 1;
        state.area -= self.end - now;
        let matters = (state.up + 1 == state.needs) | state.counted | state.loaded;
        self.capacity_changed(s);
        if matters || self.services_down > 0 {
            self.count_changed(s, c, -1, now);
        }
    }

    #[inline(always)]
    #[allow(clippy::inline_always, reason = "in the loop of every run")]
    fn replica_back(&mut self, c: usize, s: usize, zone: u32, now: f64) {
        if zone != NONE {
            self.own_up[s * self.zone_down.len() + zone as usize] += 1;
            if self.zone_down[zone as usize] > 0 {
                self.touched(s, now);
                return;
            }
        }
        if self.services[s].standby {
            return self.member_back(s, self.components[c].thing, c, now);
        }
        self.join_rotation(s, self.components[c].since, 1, now);
        let state = &mut self.services[s];
        state.up += 1;
        state.area += self.end - now;
        let matters = (state.up == state.needs) | state.counted | state.loaded;
        self.capacity_changed(s);
        if matters || self.services_down > 0 {
            self.count_changed(s, c, 1, now);
        }
    }

    /// A service has one replica more or less, and that may matter to its state or to another's.
    fn count_changed(&mut self, s: usize, c: usize, change: i32, now: f64) {
        let state = &self.services[s];
        let enough = state.up >= state.needs;
        let crosses = enough != (state.up.wrapping_add_signed(-change) >= state.needs);
        let loaded = state.loaded;
        if state.counted {
            self.recount(s, change);
        }
        if loaded {
            self.share_load(s, now);
        }
        if crosses && self.dirty_count == 0 {
            self.look(s, c, now);
        } else if crosses {
            self.mark_dirty(s);
        }
        if self.dirty_count > 0 {
            self.settle_dirty(c, now);
        }
        self.touched(s, now);
    }

    /// Zones go down or come back, and with them the replicas that stand there and are up in their own right.
    #[cold]
    fn zones_change(&mut self, c: usize, now: f64, down: bool) {
        let Thing::Zones(zones) = &self.model.clocks[c].thing else { return };
        let count = self.zone_down.len();
        let since = self.components[c].since;
        for &zone in zones {
            let failures = &mut self.zone_down[zone as usize];
            *failures = if down { *failures + 1 } else { *failures - 1 };
            if *failures != u32::from(down) {
                continue;
            }
            for s in 0..self.services.len() {
                let there = self.own_up[s * count + zone as usize];
                if there == 0 {
                    continue;
                }
                if self.services[s].standby {
                    self.zone_of_members(s, zone, c, now, down);
                    continue;
                }
                let left = (self.end - now) * f64::from(there);
                if down {
                    self.leave_rotation(s, there, now);
                    self.services[s].up -= there;
                    self.services[s].area -= left;
                } else {
                    self.join_rotation(s, since, there, now);
                    self.services[s].up += there;
                    self.services[s].area += left;
                }
                self.capacity_changed(s);
                if self.services[s].loaded {
                    self.share_load(s, now);
                }
                self.recount(s, if down { -(there as i32) } else { there as i32 });
                self.mark_dirty(s);
            }
        }
        self.settle_dirty(c, now);
        // Who is to blame may have changed even where nothing else has.
        for s in 0..self.services.len() {
            self.touched(s, now);
        }
    }
}
