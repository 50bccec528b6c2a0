//! What a service runs, and what a bad version does to its replicas.

use super::Running;
use crate::kernel::NEVER;
use crate::model::NONE;
use crate::sim::{Observer, World};

impl<O: Observer> World<'_, O> {
    /// The service runs something else from now on.
    pub(super) fn runs(&mut self, place: usize, next: Running, now: f64) {
        let (release, s) = self.release(place);
        self.before_change_of(s, now);
        self.book_release(place, now);
        let rollout = &mut self.releases.list[place];
        let before = std::mem::replace(&mut rollout.running, next);
        if next.hurts() && !before.hurts() && rollout.exposed == NEVER {
            rollout.exposed = now;
            rollout.history.begin();
        }
        let seen = self.seen_errors(place);
        self.releases.list[place].history.goes_on(now, seen);
        let changes = |running: &Running| running.away > 0.0 || (running.hurts() && release.breaks.is_empty());
        let (was, is) = (changes(&before), changes(&next));
        self.services[s].weakened += u32::from(is);
        self.services[s].weakened -= u32::from(was);
        if was || is {
            self.effects += 1;
            self.capacity_changed(s);
        }
        if before.closed != next.closed && release.restarts != NONE {
            let c = release.restarts as usize;
            if next.closed { self.fail(c, now) } else { self.restore(c, now) }
        }
        if before.hurts() || next.hurts() {
            self.break_replicas(place, now);
        }
        self.look_soon(now);
    }

    /// Takes down the replicas that run what does not work, and brings up the others.
    fn break_replicas(&mut self, place: usize, now: f64) {
        let (release, s) = self.release(place);
        let running = self.releases.list[place].running;
        let whole = f64::from(self.model.services[s].active());
        let first = if running.share >= 1.0 { release.breaks.len() } else { (whole * running.share - 1e-9).ceil() as usize };
        for (index, &c) in release.breaks.iter().enumerate() {
            let c = c as usize;
            let runs = running.zones.map_or(index < first, |zones| release.zone_ranks[index] < zones);
            let (broken, breaks) = (self.components[c].phase.failed(), running.hurts() && runs);
            if breaks && !broken {
                self.fail(c, now);
                self.stages[c].detected = NEVER;
            } else if broken && !breaks {
                self.restore(c, now);
            }
        }
    }

    /// The part of a replica that runs a bad version, and the part of it that is away: by the place of its service among those
    /// that are released; what it does is that of the draw.
    pub(in crate::sim) fn released_part(&self, place: usize, index: usize) -> (f64, f64) {
        let running = &self.releases.list[place].running;
        let release = &self.model.releases[place];
        let share = running.zones.map_or(running.share, |zones| f64::from(u8::from(release.zone_ranks[index] < zones)));
        (if running.hurts() && release.breaks.is_empty() { share } else { 0.0 }, running.away)
    }
}
