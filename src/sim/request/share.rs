//! Replicas that all their requests share: each gets an equal part of the servers, at most one.
//!
//! Every request in the replica makes progress at the same pace, so one clock that runs at that pace serves all: a request of
//! work w that joins when the clock stands at v is done when it stands at v + w (Kleinrock, *Queueing Systems*, volume 2,
//! section 4.4, for the discipline).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::Requests;
use super::outcome::count;
use crate::kernel::NEVER;

/// One replica.
#[derive(Debug, Clone)]
pub struct Share {
    /// Its index.
    pub replica: u32,
    servers: f64,
    /// Work that each request has got so far, and when that was.
    clock: f64,
    at: f64,
    /// (clock at the end, by its bits; order of coming; request).
    ends: BinaryHeap<Reverse<(u64, u64, u32)>>,
    came: u64,
}

impl Share {
    pub fn new(replica: u32, servers: f64) -> Self {
        Self { replica, servers, clock: 0.0, at: 0.0, ends: BinaryHeap::new(), came: 0 }
    }

    /// Nobody is there.
    pub fn reset(&mut self) {
        (self.clock, self.at, self.came) = (0.0, 0.0, 0);
        self.ends.clear();
    }

    /// Requests that it works on at full speed.
    pub fn servers(&self) -> u32 {
        self.servers as u32
    }

    /// How many share it.
    pub fn count(&self) -> u32 {
        self.ends.len() as u32
    }

    /// Servers at work.
    pub fn busy(&self) -> u32 {
        self.count().min(self.servers as u32)
    }

    /// Work per second that each request gets, where work takes `slow` times as long as at full speed.
    fn pace(&self, slow: f64) -> f64 {
        (self.servers / self.ends.len() as f64).min(1.0) / slow
    }

    /// Lets the clock run to `now`; it stands still where `runs` is false.
    pub fn pass(&mut self, slow: f64, runs: bool, now: f64) {
        if runs && !self.ends.is_empty() {
            self.clock += (now - self.at) * self.pace(slow);
        }
        self.at = now;
    }

    fn join(&mut self, j: u32, work: f64) {
        self.ends.push(Reverse(((self.clock + work).to_bits(), self.came, j)));
        self.came += 1;
    }

    /// When the first is done, where the clock goes on at this pace.
    fn due(&self, slow: f64) -> f64 {
        self.ends
            .peek()
            .map_or(NEVER, |Reverse((end, ..))| self.at + ((f64::from_bits(*end) - self.clock) / self.pace(slow)).max(0.0))
    }

    /// Takes out whoever is done first.
    fn pop(&mut self) -> Option<u32> {
        let Reverse((end, _, j)) = self.ends.pop()?;
        self.clock = self.clock.max(f64::from_bits(end));
        Some(j)
    }

    /// Takes one out.
    fn remove(&mut self, j: u32) {
        self.ends.retain(|Reverse((.., other))| *other != j);
    }

    /// Takes all out, in the order in which they came.
    pub fn drain(&mut self) -> Vec<u32> {
        let mut all: Vec<(u64, u32)> = self.ends.drain().map(|Reverse((_, came, j))| (came, j)).collect();
        all.sort_unstable();
        all.into_iter().map(|(_, j)| j).collect()
    }
}

impl Requests<'_> {
    /// A request joins a replica that is shared.
    pub(super) fn join_share(&mut self, j: u32, r: u32, now: f64) {
        let (s, place) = (self.jobs[j].service as usize, self.plant.replicas[r as usize].share as usize);
        let limit = self.plant.nodes[s].places.saturating_add(self.plant.shares[place].servers as u32);
        let count = self.plant.shares[place].count();
        if count >= limit || count >= self.plant.nodes[s].shed_queue.saturating_add(self.plant.shares[place].servers as u32) {
            let outcome = if count >= limit { count::QUEUE_FULL } else { count::SHED };
            return self.answer(j, outcome, now);
        }
        self.jobs[j].replica = r;
        self.jobs[j].state = super::job::State::Sharing;
        self.meters[s].begin_work(0.0);
        self.add_load(s, r, 1);
        let work = self.jobs[j].work;
        self.change_share(place, now, |share| share.join(j, work));
    }

    /// The first of those that share a replica is done.
    pub(super) fn share_due(&mut self, place: usize, now: f64) {
        let mut done = None;
        self.change_share(place, now, |share| done = share.pop());
        if let Some(j) = done {
            self.worked(j, now);
        }
    }

    /// One of those that share a replica leaves before it is done.
    pub(super) fn leave_share(&mut self, j: u32, now: f64) {
        let place = self.plant.replicas[self.jobs[j].replica as usize].share as usize;
        self.change_share(place, now, |share| share.remove(j));
    }

    /// Changes who shares a replica, and when the first is done.
    pub(super) fn change_share<T>(&mut self, place: usize, now: f64, change: impl FnOnce(&mut Share) -> T) -> T {
        let share = &mut self.plant.shares[place];
        let replica = &self.plant.replicas[share.replica as usize];
        let (slow, alive, s) = (replica.slow, replica.alive, replica.service as usize);
        share.pass(slow, alive, now);
        let before = share.busy();
        let given = change(share);
        let after = share.busy();
        let due = if alive { share.due(slow) } else { NEVER };
        self.events.set(self.slots.first_share + place, due.max(now));
        for _ in before..after {
            self.meters[s].more_busy(now);
        }
        for _ in after..before {
            self.meters[s].less_busy(now);
        }
        given
    }
}
