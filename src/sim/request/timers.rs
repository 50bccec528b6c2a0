//! What happens after a time that no slot stands for: pauses before retries, users who think, health checks.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::Requests;
use crate::kernel::NEVER;
use crate::model::{Call, Model};

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timer {
    /// The pause before the attempt of a call is over.
    Retry(u32),
    /// A user of a closed source has thought.
    Thought {
        /// Index among the closed sources.
        source: u32,
        /// Which of its users.
        user: u32,
    },
    /// A health check finds a replica that has failed, by its index and the number of that failure.
    Check {
        /// Index of the replica.
        replica: u32,
        /// Which of its failures.
        failure: u32,
    },
}

/// Whether anything in a model can be due by a timer.
pub fn are_needed(model: &Model) -> bool {
    let pauses = |call: &Call| call.handling.retries.as_ref().is_some_and(|retries| retries.backoff.first > 0.0);
    !model.users.is_empty() || model.services.iter().any(|service| service.health_check > 0.0 || service.calls.iter().any(pauses))
}

/// All that is due, in order of time, then of setting.
#[derive(Debug, Clone, Default)]
pub struct Timers {
    heap: BinaryHeap<Reverse<(u64, u64, Timer)>>,
    set: u64,
}

impl Timers {
    /// Nothing is due.
    pub fn reset(&mut self) {
        self.heap.clear();
        self.set = 0;
    }

    fn next(&self) -> f64 {
        self.heap.peek().map_or(NEVER, |Reverse((time, ..))| f64::from_bits(*time))
    }
}

impl Requests<'_> {
    /// Something will be due at a time.
    pub(super) fn set_timer(&mut self, time: f64, timer: Timer) {
        let before = self.timers.next();
        self.timers.heap.push(Reverse((time.to_bits(), self.timers.set, timer)));
        self.timers.set += 1;
        if time < before {
            self.events.set(self.slots.timers, time);
        }
    }

    /// The first of the timers is due.
    pub(super) fn timer_due(&mut self, now: f64) {
        let due = self.timers.heap.pop();
        self.events.set(self.slots.timers, self.timers.next());
        match due {
            Some(Reverse((_, _, Timer::Retry(j)))) => self.pause_over(j, now),
            Some(Reverse((_, _, Timer::Thought { source, user }))) => self.ask(source, user, now),
            Some(Reverse((_, _, Timer::Check { replica, failure }))) => self.checked(replica, failure),
            None => {}
        }
    }
}
