//! Upkeep: replacement before the failure, and failures that nobody knows of before an inspection.
//!
//! A replacement is a mode of its own that renews another. Its end makes the thing new for that mode: a clock that runs
//! starts again, and a failure that nobody knows of is over. While a failure is known, its repair does the work: a
//! replacement that is due then is left out. A repair that makes new starts the age of the next replacement again, any
//! other takes as much from it as from the thing's own.

use super::clock::{DETECTION, LIFE, REPAIR, word};
use super::parts::Phase;
use super::{Observer, World};
use crate::kernel::NEVER;
use crate::model::{Inspection, Trigger};
use crate::random::uniform;

impl<O: Observer> World<'_, O> {
    /// When a hidden failure of clock `c` that begins now is found.
    #[cold]
    pub(super) fn found(&self, c: usize, now: f64) -> f64 {
        let component = &self.components[c];
        let Some(inspection) = &self.model.modes[component.mode as usize].inspection else { return now };
        self.found_by(inspection, word(component.stream, component.n, DETECTION), now)
    }

    /// When the inspections find what fails now, by the chance of a word.
    pub(super) fn found_by(&self, inspection: &Inspection, word: u64, now: f64) -> f64 {
        let finds = inspection.finds.get(&self.drawn.draws);
        // Each finds it or not, whatever the others did: how many do not is geometric.
        let missed = (libm::log(uniform(word)) / libm::log1p(-finds)).floor();
        (self.from + inspection.known(now - self.from, missed)).max(now)
    }

    /// Whether the failure of clock `c` is in force and somebody, or automation, knows of it.
    fn is_known(&self, c: usize, now: f64) -> bool {
        let phase = self.components[c].phase;
        phase.failed() && (phase == Phase::Lost || self.stages[c].detected <= now)
    }

    /// Whether clock `c` is that of a replacement that is due and has nothing to replace; then it waits for the next.
    #[cold]
    pub(super) fn leaves_out(&mut self, c: usize, now: f64) -> bool {
        if !self.renewed_by(c).is_some_and(|of| self.is_known(of, now)) {
            return false;
        }
        if matches!(self.model.modes[self.components[c].mode as usize].trigger, Trigger::Schedule(_)) {
            self.components[c].since = now;
            self.renew_crowded(c, now, NEVER);
        } else {
            // Still due, unless the repair makes it new.
            self.pause(c, now);
        }
        true
    }

    /// The clock on the same thing that a replacement makes new.
    fn renewed_by(&self, c: usize) -> Option<usize> {
        let renews = self.model.modes[self.components[c].mode as usize].renews?;
        let mut siblings = self.model.clocks[c].siblings.clone();
        siblings.find(|&sibling| self.components[sibling as usize].mode == renews).map(|sibling| sibling as usize)
    }

    /// A failure or a replacement of a thing has ended: what it means to the clock of the other.
    #[cold]
    pub(super) fn keep_up(&mut self, c: usize, now: f64) {
        if let Some(of) = self.renewed_by(c) {
            self.replaced(of, now);
        }
        for sibling in self.model.clocks[c].siblings.clone() {
            let sibling = sibling as usize;
            let at_age = matches!(self.model.modes[self.components[sibling].mode as usize].trigger, Trigger::Life(_));
            if at_age && self.renewed_by(sibling) == Some(c) {
                self.repaired_before_replacement(sibling, c, now);
            }
        }
    }

    /// The thing was replaced: the clock of its failure starts anew.
    fn replaced(&mut self, c: usize, now: f64) {
        if self.components[c].phase.failed() {
            if !self.is_known(c, now) {
                // It went with the old thing; nobody came for it.
                (self.stages[c].detected, self.stages[c].acknowledged) = (now, now);
                self.restore(c, now);
            }
            return;
        }
        let component = &mut self.components[c];
        let mode = &self.drawn.modes[component.mode as usize];
        component.n += 1;
        component.phase = Phase::Running;
        component.ahead = mode.repair.draw(word(component.stream, component.n, REPAIR));
        let life = mode.life.draw(word(component.stream, component.n, LIFE));
        if let Some(exposure) = self.exposures.get_mut(c) {
            exposure.age = 0.0;
        }
        self.renew_crowded(c, now, life);
    }

    /// The thing was repaired, by the end of the failure of `of`: clock `c` of its replacement loses as much of its age.
    fn repaired_before_replacement(&mut self, c: usize, of: usize, now: f64) {
        if self.components[c].phase.failed() {
            return;
        }
        let lives = &self.drawn.lives;
        let (Some(life), Some(replaced)) = (&lives[self.components[c].mode as usize], &lives[self.components[of].mode as usize])
        else {
            return;
        };
        let (at, kept) = (life.alone.mean(), 1.0 - replaced.renewal);
        let paused = self.components[c].phase == Phase::Paused;
        if self.components[c].exposed {
            self.keep_age(c, now);
            self.exposures[c].age *= kept;
            if !paused {
                self.run_on(c, now);
            }
            return;
        }
        let left = if paused { self.components[c].left } else { self.events.time(c) - now };
        let left = at - kept * (at - left);
        if paused {
            self.components[c].left = left;
        } else {
            self.events.set(c, now + left);
        }
    }
}
