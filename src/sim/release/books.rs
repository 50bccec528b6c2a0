//! What is counted of the releases of a service.

use super::Step;
use crate::sim::{Observer, World};

/// Indices of what is counted of the releases of a service over one replication.
pub mod released {
    /// Releases that began.
    pub const STARTED: usize = 0;
    /// Good ones that all replicas run.
    pub const FINISHED: usize = 1;
    /// Bad ones that began.
    pub const BAD: usize = 2;
    /// Bad ones that a test of a stage found.
    pub const BY_TEST: usize = 3;
    /// Bad ones that an alarm or somebody found.
    pub const NOTICED: usize = 4;
    /// Good ones that a test took for bad.
    pub const FALSE_ALARMS: usize = 5;
    /// Seconds from when they were due until all replicas ran them, of those that finished.
    pub const LEAD: usize = 6;
    /// Bad ones that were taken back.
    pub const RECOVERED: usize = 7;
    /// Seconds from the first request that met them until they were gone, of those.
    pub const RECOVERY: usize = 8;
    /// Tries to go back, but for switches to a fleet that stands by.
    pub const ROLLBACKS: usize = 9;
    /// Those that did not work.
    pub const ROLLBACKS_FAILED: usize = 10;
    /// Requests that met a bad version.
    pub const EXPOSED: usize = 11;
    /// Requests of the service that failed while some met a bad version, beyond those that fail while all is well.
    pub const HURT: usize = 12;
    /// Seconds in which some request could meet a bad version.
    pub const RISK: usize = 13;
    /// Replica-seconds that were paid in addition.
    pub const EXTRA: usize = 14;
    /// How many counts there are.
    pub const N: usize = 15;
}

/// What was counted, and up to where.
#[derive(Debug, Clone, Copy, Default)]
pub struct Books {
    /// Accounted up to here, on the simulation's clock.
    at: f64,
    /// Requests that had failed in addition then.
    lost: f64,
    counted: [f64; released::N],
}

impl Books {
    /// Nothing was counted yet.
    pub fn reset(&mut self, at: f64, lost: f64) {
        *self = Self { at, lost, counted: [0.0; released::N] };
    }

    /// Counts something.
    pub fn count(&mut self, what: usize, much: f64) {
        self.counted[what] += much;
    }
}

impl<O: Observer> World<'_, O> {
    /// Accounts for what a service ran up to now.
    pub(super) fn book_release(&mut self, place: usize, now: f64) {
        let (_, s) = self.release(place);
        let lost = self.lost_in_addition(s);
        let rollout = &mut self.releases.list[place];
        let (running, at) = (rollout.running, rollout.books.at);
        let lasted = now - at;
        let before = std::mem::replace(&mut rollout.books.lost, lost);
        rollout.books.at = now;
        rollout.lost = lost;
        if rollout.step == Step::Idle || lasted <= 0.0 {
            return;
        }
        let extra = if running.extra > 0.0 { running.extra * f64::from(self.usual_replicas(s)) } else { 0.0 };
        let met = if running.hurts() { running.share * self.comes(s, at, now) } else { 0.0 };
        let books = &mut self.releases.list[place].books;
        books.count(released::EXTRA, extra * lasted);
        if running.hurts() {
            books.count(released::EXPOSED, met);
            books.count(released::HURT, (lost - before).max(0.0));
            books.count(released::RISK, lasted);
        }
    }

    /// Requests that usually come to a service between two times of the simulation's clock.
    pub(super) fn comes(&self, s: usize, from: f64, to: f64) -> f64 {
        if self.flow.active { self.usual_requests(s, from - self.from, to - self.from) } else { 0.0 }
    }

    /// Measuring begins.
    pub(in crate::sim) fn measure_releases_from(&mut self, now: f64) {
        for place in 0..self.releases.list.len() {
            let (_, s) = self.release(place);
            let lost = self.lost_in_addition(s);
            self.releases.list[place].books.reset(now, lost);
        }
    }

    /// The horizon is reached: what was counted, and the money that is paid in addition.
    pub(in crate::sim) fn finish_releases(&mut self) -> f64 {
        let mut cost = 0.0;
        for place in 0..self.releases.list.len() {
            let (_, s) = self.release(place);
            self.book_release(place, self.end);
            let counted = self.releases.list[place].books.counted;
            self.outcome.releases[place] = counted;
            cost += counted[released::EXTRA] * self.model.services[s].price.on_demand.get(&self.drawn.draws);
        }
        cost
    }
}
