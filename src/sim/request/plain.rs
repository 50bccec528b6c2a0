//! The short way through a service in its usual state: all requests go to one line, first come first served, at full speed.
//!
//! It does what `arrive` and `serve` do, with every record looked up once: most events of most runs are of this
//! kind. A service that is in some other state at the time takes the long way; both give the same.

#![allow(clippy::inline_always, reason = "the inner loop of every request")]

use super::job::State;
use super::outcome::count;
use super::plant::Node;
use super::{FIRST_SERVER, Requests};
use crate::kernel::NEVER;
use crate::model::NONE;

impl Requests<'_> {
    /// Notes whether a service is in its usual state.
    pub(super) fn note_plain(&mut self, s: usize) {
        let replicas = &self.plant.replicas;
        let usual = |r: u32| {
            let replica = &replicas[r as usize];
            replica.share == NONE && replica.slow == 1.0 && replica.errors == 0.0 && replica.active
        };
        let all = self.model.services[s].replicas.clone();
        let node = &self.plant.nodes[s];
        let one_line = node.pooled || node.up.len() == 1;
        let orderly = !node.lifo && !node.by_priority && !node.weighs && node.shed_age == f64::INFINITY;
        let plain = node.open
            && !node.direct
            && !node.up.is_empty()
            && node.lurking == 0
            && one_line
            && orderly
            && node.shed_queue == u32::MAX
            && all.clone().all(usual);
        let line = node.up.first().map_or(0, |&r| replicas[r as usize].station);
        let limit = node.places.saturating_mul(if node.pooled { node.up.len() as u32 } else { 1 });
        let node = &mut self.plant.nodes[s];
        (node.plain, node.line, node.limit) = (plain, line, limit);
    }

    /// A request arrives at a service in its usual state.
    #[inline(always)]
    pub(super) fn enter_plain(&mut self, j: u32, s: usize, now: f64) {
        let Self { plant, jobs, meters, events, .. } = self;
        let (node, meter) = (&mut plant.nodes[s], &mut meters[s]);
        let station = &mut plant.stations[node.line as usize];
        let job = &mut jobs[j];
        let mut work = node.work.draw(node.service.word(job.key));
        if !job.root {
            work *= plant.sites[job.site as usize].work;
        }
        job.work = work;
        let server = station.free;
        if server != NONE {
            let place = &mut plant.servers[server as usize];
            station.free = place.next;
            place.job = j;
            (job.server, job.replica, job.state) = (server, place.replica, State::Serving);
            meter.more_busy(now);
            meter.begin_work(now - job.arrived);
            events.set(FIRST_SERVER + server as usize, now + work);
            return;
        }
        if station.waiting >= node.limit {
            return self.answer(j, count::QUEUE_FULL, now);
        }
        job.state = State::Waiting;
        job.replica = if node.pooled { NONE } else { node.up[0] };
        station.waiting += 1;
        station.lines[0].push(jobs, j);
        meter.queue(1, now);
    }

    /// A server of a service in its usual state is free: it takes up whoever is first in line.
    #[inline(always)]
    pub(super) fn release_plain(&mut self, server: u32, s: usize, now: f64) {
        let Self { plant, jobs, meters, events, .. } = self;
        let (node, meter) = (&plant.nodes[s], &mut meters[s]);
        let station = &mut plant.stations[node.line as usize];
        let place = &mut plant.servers[server as usize];
        let slot = FIRST_SERVER + server as usize;
        if station.waiting > 0 {
            let j = station.lines[0].pop(jobs);
            station.waiting -= 1;
            place.job = j;
            let job = &mut jobs[j];
            (job.server, job.replica, job.state) = (server, place.replica, State::Serving);
            meter.queue(-1, now);
            meter.begin_work(now - job.arrived);
            events.set(slot, now + job.work);
        } else {
            place.job = NONE;
            place.next = station.free;
            station.free = server;
            meter.less_busy(now);
            events.set(slot, NEVER);
        }
    }

    /// A server of a service in its usual state, which makes no calls, has done the work of a request.
    #[inline(always)]
    pub(super) fn done_plain(&mut self, j: u32, server: u32, s: usize, now: f64) {
        self.release_plain(server, s, now);
        let job = &mut self.jobs[j];
        job.server = NONE;
        let (arrived, source) = (job.arrived, job.site as usize);
        let simple = job.root && source < self.open.len() && self.plant.nodes[s].objectives.is_empty();
        if simple && self.mirrors[source].is_some() {
            self.meters[s].good(arrived, now);
            self.jobs.give(j);
        } else {
            self.answer(j, count::GOOD, now);
        }
    }
}

impl Node {
    /// Whether its requests take the short way, and make no calls.
    #[inline(always)]
    pub fn is_leaf(&self) -> bool {
        self.plain && self.sites.1 == 0
    }
}
