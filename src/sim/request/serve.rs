//! Servers: work begins, ends, is taken back; whoever waits is next.

use super::arrive::FAULT;
use super::job::State;
use super::outcome::count;
use super::{FIRST_SERVER, Requests, Step};
use crate::kernel::NEVER;
use crate::model::NONE;
use crate::random::uniform;

impl Requests<'_> {
    /// A server that is no longer in its station's list begins to work on a request. Whether one more is busy is for the caller
    /// to count.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "in the loop of every request")]
    pub(super) fn begin_work(&mut self, j: u32, server: u32, now: f64) {
        let place = &mut self.plant.servers[server as usize];
        place.job = j;
        let job = &mut self.jobs[j];
        job.server = server;
        job.replica = place.replica;
        job.state = State::Serving;
        self.meters[job.service as usize].begin_work(now - job.arrived);
        let slow = self.plant.replicas[place.replica as usize].slow;
        self.events.set(FIRST_SERVER + server as usize, now + job.work * slow);
    }

    /// A server has done the work of a request.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "in the loop of every request")]
    pub(super) fn server_due(&mut self, server: u32, now: f64) {
        let j = self.plant.servers[server as usize].job;
        if j == NONE {
            self.events.set(FIRST_SERVER + server as usize, NEVER);
            return;
        }
        let s = self.jobs[j].service as usize;
        if self.plant.nodes[s].is_leaf() { self.done_plain(j, server, s, now) } else { self.worked(j, now) }
    }

    /// The own work of a request is done.
    #[inline]
    pub(super) fn worked(&mut self, j: u32, now: f64) {
        let job = &self.jobs[j];
        let (s, r) = (job.service as usize, job.replica);
        let node = &self.plant.nodes[s];
        if r != NONE {
            let errors = self.plant.replicas[r as usize].errors;
            if errors > 0.0 && uniform(node.choice.word(job.key.wrapping_add(FAULT))) < errors {
                self.leave_server(j, now);
                return self.answer(j, count::FAULT, now);
            }
        }
        if node.sites.1 == 0 {
            self.leave_server(j, now);
            return self.answer(j, count::GOOD, now);
        }
        let held = node.held_until > 0 && job.server != NONE;
        let job = &mut self.jobs[j];
        (job.at, job.left, job.open, job.child) = (0, 0, 0, NONE);
        job.state = State::Calling;
        if held {
            self.events.set(FIRST_SERVER + job.server as usize, NEVER);
        } else {
            self.go_away(j, now);
        }
        self.steps.push(Step::GoOn(j));
    }

    /// A request gives its server back and stays in its replica, to wait for calls.
    pub(super) fn go_away(&mut self, j: u32, now: f64) {
        self.leave_server(j, now);
        let r = self.jobs[j].replica;
        if r != NONE {
            self.plant.replicas[r as usize].away.push(&mut self.jobs, j);
        }
    }

    /// A request gives its server back, if it has one, and whoever waits is next.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "in the loop of every request")]
    pub(super) fn leave_server(&mut self, j: u32, now: f64) {
        let server = std::mem::replace(&mut self.jobs[j].server, NONE);
        if server != NONE {
            self.release(server, now);
        }
    }

    /// A server is free: it takes up whoever is next.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "in the loop of every request")]
    pub(super) fn release(&mut self, server: u32, now: f64) {
        let s = self.plant.replicas[self.plant.servers[server as usize].replica as usize].service as usize;
        if self.plant.nodes[s].plain { self.release_plain(server, s, now) } else { self.release_otherwise(server, now) }
    }

    #[inline(never)]
    fn release_otherwise(&mut self, server: u32, now: f64) {
        let replica = &self.plant.replicas[self.plant.servers[server as usize].replica as usize];
        let (station, s) = (replica.station as usize, replica.service as usize);
        let takes = if self.plant.nodes[s].pooled { replica.active } else { replica.alive };
        if takes
            && self.plant.stations[station].waiting > 0
            && let Some(j) = self.next_in_line(station, s, now)
        {
            if self.plant.nodes[s].pooled {
                self.add_load(s, self.plant.servers[server as usize].replica, 1);
            }
            return self.begin_work(j, server, now);
        }
        self.meters[s].less_busy(now);
        self.events.set(FIRST_SERVER + server as usize, NEVER);
        if takes {
            self.plant.free_server(server);
        } else {
            self.plant.servers[server as usize].job = NONE;
        }
    }

    /// Takes out of line whoever is served next; those that have waited too long are shed on the way.
    fn next_in_line(&mut self, station: usize, s: usize, now: f64) -> Option<u32> {
        let node = &self.plant.nodes[s];
        let (lifo, by_priority, shed_age) = (node.lifo, node.by_priority, node.shed_age);
        loop {
            let station = &mut self.plant.stations[station];
            let line = if by_priority {
                station.lines.iter_mut().find(|line| line.first != NONE)?
            } else if station.waiting > 0 {
                &mut station.lines[0]
            } else {
                return None;
            };
            let j = if lifo { line.last } else { line.first };
            line.remove(&mut self.jobs, j);
            station.waiting -= 1;
            self.meters[s].queue(-1, now);
            if now - self.jobs[j].arrived <= shed_age {
                return Some(j);
            }
            self.answer(j, count::SHED, now);
        }
    }

    /// A request that waits leaves its line.
    pub(super) fn leave_line(&mut self, j: u32, now: f64) {
        let job = &self.jobs[j];
        let s = job.service as usize;
        let node = &self.plant.nodes[s];
        let station = if node.pooled { node.station } else { self.plant.replicas[job.replica as usize].station } as usize;
        let line = if node.by_priority { usize::from(job.priority) } else { 0 };
        let station = &mut self.plant.stations[station];
        station.lines[line].remove(&mut self.jobs, j);
        station.waiting -= 1;
        self.meters[s].queue(-1, now);
    }

    /// A request leaves wherever it stands in its service, with nothing done about those that it called.
    pub(super) fn leave(&mut self, j: u32, now: f64) {
        match self.jobs[j].state {
            State::Waiting => self.leave_line(j, now),
            State::Held => {
                let s = self.jobs[j].service as usize;
                let node = &mut self.plant.nodes[s];
                node.held.remove(&mut self.jobs, j);
                node.waiting_held -= 1;
                self.meters[s].queue(-1, now);
            }
            State::Serving => self.leave_server(j, now),
            State::Halted => {
                // One that stands still is not counted as busy.
                self.meters[self.jobs[j].service as usize].more_busy(now);
                self.leave_server(j, now);
            }
            State::Sharing => self.leave_share(j, now),
            State::Calling => self.stop_calling(j, now),
            State::Moving | State::Pausing | State::Free => {}
        }
    }

    /// A request that waits for calls gives back the server that it holds, or leaves the list of those that hold none.
    pub(super) fn stop_calling(&mut self, j: u32, now: f64) {
        let job = &self.jobs[j];
        if job.server != NONE {
            self.leave_server(j, now);
        } else if job.replica != NONE {
            self.plant.replicas[job.replica as usize].away.remove(&mut self.jobs, j);
        }
    }
}
