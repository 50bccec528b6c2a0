//! Replicas that have failed and still get their share of the requests, until a health check takes them out.

use super::{Observer, World};
use crate::kernel::NEVER;

impl<O: Observer> World<'_, O> {
    /// `count` replicas of a service have just failed.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "one test in the path of every failure")]
    pub(super) fn leave_rotation(&mut self, s: usize, count: u32, now: f64) {
        if self.flow.active {
            self.linger(s, count, now);
        }
    }

    #[cold]
    fn linger(&mut self, s: usize, count: u32, now: f64) {
        let Some(slot) = self.rotation_slot(s) else { return };
        let leaves = now + self.model.services[s].health_check;
        let rotation = &mut self.flow.rotations[s];
        if rotation.leaving.is_empty() {
            self.events.set(slot, leaves);
        }
        rotation.leaving.push_back((leaves, count));
        rotation.failed += count;
        self.rotation_changed(s);
    }

    /// The slot in which a service's replicas leave the rotation; none where it has no health check, or no requests.
    fn rotation_slot(&self, s: usize) -> Option<usize> {
        let place = self.flow.checked.binary_search(&(s as u32)).ok()?;
        Some(self.components.len() + self.standbys.slots() + place)
    }

    /// `count` replicas that failed at `since` are back; they may be so before a health check noticed.
    #[inline]
    pub(super) fn join_rotation(&mut self, s: usize, since: f64, count: u32, now: f64) {
        if self.flow.active && now < since + self.model.services[s].health_check {
            self.recover_early(s, since, count, now);
        }
    }

    fn recover_early(&mut self, s: usize, since: f64, count: u32, now: f64) {
        let leaves = since + self.model.services[s].health_check;
        let rotation = &mut self.flow.rotations[s];
        // They left with this failure, or with one before it that has ended meanwhile.
        let mut count = count;
        for entry in rotation.leaving.iter_mut().rev().filter(|entry| now < entry.0 && entry.0 <= leaves) {
            let back = count.min(entry.1);
            entry.1 -= back;
            rotation.failed -= back;
            count -= back;
        }
        self.rotation_changed(s);
    }

    /// A waiting replica takes over, and with it the requests that went to the one that has failed first.
    pub(super) fn fill_rotation(&mut self, s: usize) {
        let rotation = &mut self.flow.rotations[s];
        if let Some(entry) = rotation.leaving.iter_mut().find(|entry| entry.1 > 0) {
            entry.1 -= 1;
            rotation.failed -= 1;
            self.rotation_changed(s);
        }
    }

    /// A health check takes failed replicas out.
    #[cold]
    pub(super) fn out_of_rotation(&mut self, s: usize, now: f64) {
        self.before_change(now);
        let Some(slot) = self.rotation_slot(s) else { return };
        let rotation = &mut self.flow.rotations[s];
        while let Some(&(leaves, count)) = rotation.leaving.front() {
            if leaves > now {
                break;
            }
            rotation.leaving.pop_front();
            rotation.failed -= count;
        }
        self.events.set(slot, rotation.leaving.front().map_or(NEVER, |entry| entry.0));
        self.rotation_changed(s);
        self.look_soon(now);
    }
}
