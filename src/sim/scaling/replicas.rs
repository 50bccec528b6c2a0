//! Replicas that come and go: which of them serve, which are known to have failed, and what that changes.

use super::{Scaled, scaled};
use crate::kernel::NEVER;
use crate::model::{NONE, Thing};
use crate::sim::{Observer, World};

impl<O: Observer> World<'_, O> {
    /// The end of the first replicas of which as many as are wanted are not known to have failed, as far as there is room; and when
    /// the next failure among them will be known.
    pub(super) fn first_good(&self, place: usize, now: f64) -> (u32, f64) {
        let Scaled { service, scaler, serving, .. } = &self.scalings.list[place];
        let replicas = self.model.services[*service as usize].replicas.clone();
        let (mut good, mut known) = (0, NEVER);
        for replica in replicas.clone() {
            if good >= scaler.wanted {
                return (replica - replicas.start, known);
            }
            let off = u32::from(replica - replicas.start >= *serving);
            let is_known = (self.replica_down[replica as usize] > off || self.zone_is_down(replica)) && {
                let since = self.known_since(replica);
                if since > now {
                    known = known.min(since);
                }
                since <= now
            };
            good += u32::from(!is_known);
        }
        (replicas.len() as u32, known)
    }

    fn zone_is_down(&self, replica: u32) -> bool {
        let zone = self.model.replicas[replica as usize].zone;
        zone != NONE && self.zone_down[zone as usize] > 0
    }

    /// Since when it is known of a replica that it, or its zone, is down; infinite where that is never known.
    fn known_since(&self, replica: u32) -> f64 {
        let (model, zone) = (self.model, self.model.replicas[replica as usize].zone);
        let there = |c: &u32| matches!(&model.clocks[*c as usize].thing, Thing::Zones(zones) if zones.contains(&zone));
        let of_zone = model.zone_clocks.clone().filter(|c| zone != NONE && there(c));
        let of_both = model.replicas[replica as usize].clocks.clone().chain(of_zone);
        let in_force = of_both.filter(|&c| {
            let component = &self.components[c as usize];
            component.phase.failed() && self.drawn.modes[component.mode as usize].down
        });
        in_force.map(|c| self.stages[c as usize].detected).fold(NEVER, f64::min)
    }

    /// The first replicas serve, as far as they are ready; what that changes is settled.
    pub(super) fn serve(&mut self, place: usize, now: f64) {
        let Scaled { service, serving: before, ref provision, .. } = self.scalings.list[place];
        let (s, ready) = (service as usize, provision.ready);
        if ready == before {
            return;
        }
        self.scalings.list[place].serving = ready;
        let start = self.model.services[s].replicas.start;
        let mut change = 0;
        for replica in start + ready.min(before)..start + ready.max(before) {
            change += self.switch(s, replica, ready > before);
            self.review_clocks(replica, now);
        }
        if change == 0 {
            return;
        }
        let state = &mut self.services[s];
        let enough = state.up >= state.needs;
        state.up = state.up.wrapping_add_signed(change);
        state.area += f64::from(change) * (self.end - now);
        let crosses = enough != (state.up >= state.needs);
        self.changes += 1;
        self.recount(s, change);
        self.replicas_switched(s);
        if self.services[s].loaded {
            self.share_load(s, now);
        }
        if crosses {
            self.mark_dirty(s);
        }
        if self.dirty_count > 0 {
            self.settle_dirty(NONE as usize, now);
        }
        self.touched(s, now);
    }

    /// A replica is there from now on, or no longer: how many more serve.
    fn switch(&mut self, s: usize, replica: u32, on: bool) -> i32 {
        let down = &mut self.replica_down[replica as usize];
        let was = *down;
        *down = if on { was - 1 } else { was + 1 };
        if was != u32::from(on) {
            return 0;
        }
        let change = if on { 1 } else { -1 };
        let zone = self.model.replicas[replica as usize].zone;
        if zone == NONE {
            return change;
        }
        let own_up = &mut self.own_up[s * self.zone_down.len() + zone as usize];
        *own_up = own_up.wrapping_add_signed(change);
        if self.zone_down[zone as usize] > 0 { 0 } else { change }
    }

    /// So many replicas are paid from now on.
    pub(super) fn pay(&mut self, place: usize, count: u32, now: f64) {
        let end = self.end;
        let scaled = &mut self.scalings.list[place];
        let price = &self.model.services[scaled.service as usize].price;
        // Where there is no room for all that are wanted, only for those is paid that there are.
        let count = count.min(scaled.provision.end);
        scaled.counted[scaled::THERE] += (f64::from(count) - f64::from(scaled.paid)) * (end - now);
        scaled.counted[scaled::BEYOND] += (price.beyond(count) - price.beyond(scaled.paid)) * (end - now);
        scaled.paid = count;
    }
}
