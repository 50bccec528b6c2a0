//! What failures and repairs mean for requests: replicas that stop and come back, work that is slower or goes wrong.

use super::job::State;
use super::outcome::count;
use super::timers::Timer;
use super::{FIRST_SERVER, Requests, Step};
use crate::kernel::NEVER;
use crate::model::{NONE, Thing};
use crate::scenario::Interrupted;

impl Requests<'_> {
    /// Brings services and replicas to the state of the world, after something has happened there.
    pub(super) fn follow_world(&mut self, now: f64) {
        let seen = (self.world.changes, self.world.effects);
        if self.seen == seen {
            return;
        }
        let effects = seen.1 != self.seen.1;
        self.seen = seen;
        self.note_objectives(now);
        let (mut died, mut revived) = (std::mem::take(&mut self.died), std::mem::take(&mut self.revived));
        for s in 0..self.plant.nodes.len() {
            let halted = self.world.services[s].own_down > 0;
            self.plant.nodes[s].open = self.world.services[s].own_ok;
            for r in self.model.services[s].replicas.clone() {
                let alive = !halted && self.world.replica_is_up(r);
                let active = alive && self.world.is_active(s, r);
                let staffed = self.staffed(s, r);
                if alive != self.plant.replicas[r as usize].alive {
                    self.set_alive(r, alive, now);
                    if alive { revived.push(r) } else { died.push(r) }
                }
                if active != self.plant.replicas[r as usize].active {
                    self.set_active(s, r, active, now);
                }
                match (staffed, self.staffed(s, r)) {
                    (false, true) => self.plant.put_servers(r),
                    (true, false) => self.plant.withdraw_servers(r),
                    _ => {}
                }
                if effects {
                    self.set_effects(s, r, now);
                }
            }
        }
        for r in died.drain(..) {
            self.interrupt(r, now);
        }
        for r in revived.drain(..) {
            self.resume(r, now);
        }
        (self.died, self.revived) = (died, revived);
        for s in 0..self.plant.nodes.len() {
            self.follow_service(s, now);
        }
        self.note_spared();
    }

    /// What a change of its replicas means for a whole service.
    fn follow_service(&mut self, s: usize, now: f64) {
        let service = &self.model.services[s];
        let node = &self.plant.nodes[s];
        let nobody = node.up.is_empty() && !service.replicas.is_empty();
        if node.pooled && nobody && !node.waits_while_down {
            self.fail_waiting(node.station as usize, now);
        }
        let station = self.plant.nodes[s].station as usize;
        if self.plant.nodes[s].pooled {
            self.serve_waiting(station, s, now);
        }
        if self.plant.nodes[s].open && !nobody && self.plant.nodes[s].waiting_held > 0 {
            self.release_held(s, now);
        }
        let one = self.plant.replicas.get(service.replicas.start as usize).map_or(0, |replica| {
            if replica.share == NONE { replica.servers.1 } else { self.plant.shares[replica.share as usize].servers() }
        });
        if !self.plant.nodes[s].direct {
            let servers = f64::from(one) * self.plant.nodes[s].up.len() as f64;
            self.meters[s].set_servers(servers, now);
        }
        self.note_plain(s);
    }

    /// Whether the servers of a replica take up who waits: where all replicas share one line, only while requests are sent
    /// there; else until its own line is empty.
    pub(super) fn staffed(&self, s: usize, r: u32) -> bool {
        let replica = &self.plant.replicas[r as usize];
        if self.plant.nodes[s].pooled { replica.active } else { replica.alive }
    }

    fn set_alive(&mut self, r: u32, alive: bool, now: f64) {
        let replica = &mut self.plant.replicas[r as usize];
        if replica.share != NONE {
            self.plant.shares[replica.share as usize].pass(replica.slow, replica.alive, now);
        }
        replica.alive = alive;
        replica.failures += u32::from(!alive);
    }

    /// Requests are sent to a replica, or no longer.
    fn set_active(&mut self, s: usize, r: u32, active: bool, now: f64) {
        let health_check = self.model.services[s].health_check;
        let node = &mut self.plant.nodes[s];
        let replica = &mut self.plant.replicas[r as usize];
        replica.active = active;
        let place = node.up.partition_point(|&other| other < r);
        let slot = (r - self.model.services[s].replicas.start) as usize;
        if active {
            node.up.insert(place, r);
            replica.back = now;
            if self.model.services[s].serving.slow_start > 0.0 {
                node.warming = now + self.model.services[s].serving.slow_start;
            }
            if let Some(loads) = &mut node.loads {
                loads.set(slot, f64::from(replica.load));
            }
            // One that takes over takes over the requests, whether or not a health check has noticed.
            let lurking = std::mem::replace(&mut replica.lurks, false).then_some(r);
            let takes_over = lurking.or_else(|| self.lurking_replaced(s));
            if let Some(other) = takes_over {
                self.plant.replicas[other as usize].lurks = false;
                self.plant.nodes[s].lurking -= 1;
            }
        } else {
            node.up.remove(place);
            if let Some(loads) = &mut node.loads {
                loads.set(slot, NEVER);
            }
            let (failed, failure) = (!replica.alive, replica.failures);
            replica.lurks = failed && health_check > 0.0;
            if replica.lurks {
                node.lurking += 1;
                self.set_timer(now + health_check, Timer::Check { replica: r, failure });
            }
        }
    }

    /// A failed replica of a service whose place one that waited has taken, if there is one.
    fn lurking_replaced(&self, s: usize) -> Option<u32> {
        let service = &self.model.services[s];
        service.standby.as_ref()?;
        service.replicas.clone().find(|&r| self.plant.replicas[r as usize].lurks)
    }

    /// A health check finds a failed replica, if that failure is still what keeps it from working.
    pub(super) fn checked(&mut self, r: u32, failure: u32) {
        let replica = &mut self.plant.replicas[r as usize];
        if replica.lurks && replica.failures == failure {
            replica.lurks = false;
            let s = replica.service as usize;
            self.plant.nodes[s].lurking -= 1;
            self.note_plain(s);
        }
    }

    /// How slow and how wrong the work of a replica is, by the failures in force.
    fn set_effects(&mut self, s: usize, r: u32, now: f64) {
        let (mut slow, mut right) = (1.0, 1.0);
        let replica = &self.model.replicas[r as usize];
        let zones = self
            .model
            .zone_clocks
            .clone()
            .filter(|&c| matches!(&self.model.clocks[c as usize].thing, Thing::Zones(set) if set.contains(&replica.zone)));
        for c in replica.clocks.clone().chain(self.model.services[s].own_clocks.clone()).chain(zones) {
            let component = &self.world.components[c as usize];
            if component.phase.failed() {
                let mode = &self.world.drawn.modes[component.mode as usize];
                // What has no capacity at all stands nearly still.
                slow *= mode.slower / mode.capacity.max(1e-9);
                right *= 1.0 - mode.errors;
            }
        }
        let replica = &mut self.plant.replicas[r as usize];
        replica.errors = 1.0 - right;
        let before = replica.slow;
        if slow == before {
            return;
        }
        if replica.share != NONE {
            let share = replica.share as usize;
            self.plant.shares[share].pass(before, replica.alive, now);
            self.plant.replicas[r as usize].slow = slow;
            return self.change_share(share, now, |_| ());
        }
        replica.slow = slow;
        let (first, count) = replica.servers;
        for server in first..first + count {
            let slot = FIRST_SERVER + server as usize;
            let due = self.events.time(slot);
            if due < NEVER {
                self.events.set(slot, now + (due - now) * slow / before);
            }
        }
    }

    /// Requests in a replica that has failed: those at work, those that wait for calls, and those in its line.
    fn requests_in(&self, r: u32) -> Vec<u32> {
        let replica = &self.plant.replicas[r as usize];
        let (first, count) = replica.servers;
        let servers = &self.plant.servers[first as usize..(first + count) as usize];
        let mut found: Vec<u32> = servers.iter().map(|server| server.job).filter(|&j| j != NONE).collect();
        let mut follow = |mut j: u32| {
            while j != NONE {
                found.push(j);
                j = self.jobs[j].next;
            }
        };
        follow(replica.away.first);
        if !self.plant.nodes[replica.service as usize].pooled {
            self.plant.stations[replica.station as usize].lines.iter().for_each(|line| follow(line.first));
        }
        found
    }

    /// A replica stops with all that is in it.
    fn interrupt(&mut self, r: u32, now: f64) {
        let s = self.plant.replicas[r as usize].service as usize;
        let (rule, share) = (self.plant.nodes[s].interrupted, self.plant.replicas[r as usize].share);
        if rule == Interrupted::Resume {
            return self.halt(r, now);
        }
        let mut inside = self.requests_in(r);
        if share != NONE {
            inside.extend(self.change_share(share as usize, now, super::share::Share::drain));
        }
        let mut again = Vec::new();
        for j in inside {
            if self.jobs[j].state == State::Sharing {
                self.jobs[j].state = State::Moving;
            }
            if rule == Interrupted::Fail {
                self.fail(j, count::DOWN, now);
            } else {
                self.leave(j, now);
                self.abandon_calls(j, now);
                self.add_load(s, self.jobs[j].replica, -1);
                (self.jobs[j].state, self.jobs[j].replica) = (State::Moving, NONE);
                again.push(Step::Arrive(j));
            }
        }
        // Steps are taken from the end.
        self.steps.extend(again.into_iter().rev());
    }

    /// Work in a replica stands still until it is back.
    fn halt(&mut self, r: u32, now: f64) {
        let replica = &self.plant.replicas[r as usize];
        let ((first, count), slow, share, s) = (replica.servers, replica.slow, replica.share, replica.service as usize);
        for server in first..first + count {
            let (slot, j) = (FIRST_SERVER + server as usize, self.plant.servers[server as usize].job);
            if j != NONE && self.jobs[j].state == State::Serving {
                self.jobs[j].work = (self.events.time(slot) - now) / slow;
                self.jobs[j].state = State::Halted;
                self.events.set(slot, NEVER);
                self.meters[s].less_busy(now);
            }
        }
        if share != NONE {
            self.change_share(share as usize, now, |_| ());
        }
    }

    /// A replica is back: work that stood still goes on, and whoever waits is served.
    fn resume(&mut self, r: u32, now: f64) {
        let replica = &self.plant.replicas[r as usize];
        let ((first, count), slow, share, s) = (replica.servers, replica.slow, replica.share, replica.service as usize);
        let station = replica.station as usize;
        for server in first..first + count {
            let j = self.plant.servers[server as usize].job;
            if j != NONE && self.jobs[j].state == State::Halted {
                self.jobs[j].state = State::Serving;
                self.events.set(FIRST_SERVER + server as usize, now + self.jobs[j].work * slow);
                self.meters[s].more_busy(now);
            }
        }
        if share != NONE {
            self.change_share(share as usize, now, |_| ());
        } else if !self.plant.nodes[s].pooled {
            self.serve_waiting(station, s, now);
        }
    }

    /// Free servers of a station take up whoever waits.
    fn serve_waiting(&mut self, station: usize, s: usize, now: f64) {
        while self.plant.stations[station].waiting > 0 && self.plant.stations[station].free != NONE {
            let server = self.plant.stations[station].free;
            self.plant.stations[station].free = self.plant.servers[server as usize].next;
            self.meters[s].more_busy(now);
            self.release(server, now);
        }
    }

    /// Whoever waits at a station fails, since nobody is left to serve.
    fn fail_waiting(&mut self, station: usize, now: f64) {
        while let Some(line) = self.plant.stations[station].lines.iter().find(|line| line.first != NONE) {
            self.fail(line.first, count::DOWN, now);
        }
    }

    /// Requests that waited until their service is up arrive again, in their order.
    fn release_held(&mut self, s: usize, now: f64) {
        let mut j = self.plant.nodes[s].held.last;
        while j != NONE {
            let before = self.jobs[j].before;
            self.leave(j, now);
            self.jobs[j].state = State::Moving;
            self.steps.push(Step::Arrive(j));
            j = before;
        }
    }
}
