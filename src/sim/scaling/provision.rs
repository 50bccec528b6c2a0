//! The replicas of a service that is scaled: which there are, and which of them serve yet.

use std::collections::VecDeque;

/// Of the replicas of a service in their order, the first `end` are there, and the first `ready` of those serve.
#[derive(Debug, Clone, Default)]
pub struct Provision {
    /// Replicas that are there.
    pub end: u32,
    /// Of those, replicas that serve unless they have failed.
    pub ready: u32,
    /// (When they serve, up to which of them), ascending.
    starting: VecDeque<(f64, u32)>,
}

impl Provision {
    /// So many, all of which serve.
    pub fn reset(&mut self, count: u32) {
        (self.end, self.ready) = (count, count);
        self.starting.clear();
    }

    /// From now on the first `end` are there; new ones serve from `serves` on.
    pub fn resize(&mut self, end: u32, serves: f64) {
        if end > self.end {
            self.starting.push_back((serves, end));
        }
        self.end = end;
        self.ready = self.ready.min(end);
        while let Some(last) = self.starting.back_mut() {
            if last.1 <= end {
                break;
            }
            last.1 = end;
            let before = self.starting.len().checked_sub(2).map_or(self.ready, |place| self.starting[place].1);
            if before >= end {
                self.starting.pop_back();
            }
        }
        if self.ready >= end {
            self.starting.clear();
        }
    }

    /// Those whose time has come serve.
    pub fn start_due(&mut self, now: f64) {
        while let Some(&(at, end)) = self.starting.front() {
            if at > now {
                break;
            }
            self.ready = end;
            self.starting.pop_front();
        }
    }

    /// When the next ones serve; infinite where none are starting.
    pub fn next_start(&self) -> f64 {
        self.starting.front().map_or(f64::INFINITY, |next| next.0)
    }
}
