//! The course of a release: it begins, goes from stage to stage, and ends or is taken back.

use super::{APART, BACK, BAD, CUSTOMERS, DETECTION, EVERY, Running, Step, TESTS, released};
use crate::kernel::NEVER;
use crate::model::{NONE, Stage};
use crate::random::uniform;
use crate::sim::{Observer, World};

impl<O: Observer> World<'_, O> {
    pub(super) fn begin_release(&mut self, place: usize, now: f64) {
        let (release, _) = self.release(place);
        let due = self.releases.list[place].due;
        self.releases.list[place].n += 1;
        let bad = uniform(self.chance(place, BAD)) < self.drawn.releases[place].bad;
        let gap = self.drawn.releases[place].every.draw(self.chance(place, EVERY)).max(APART);
        let rollout = &mut self.releases.list[place];
        (rollout.began, rollout.due, rollout.bad, rollout.exposed) = (due, due + gap, bad, NEVER);
        rollout.books.count(released::STARTED, 1.0);
        rollout.books.count(released::BAD, f64::from(u8::from(bad)));
        if release.calls.0 == NONE {
            self.enter_stage(place, 0, now);
        } else {
            rollout.step = Step::Called;
            self.events.set(self.releases.slot + place, NEVER);
            self.fail(release.calls.0 as usize, now);
        }
    }

    /// The person is there whom a release by hand called by clock `c`.
    #[cold]
    pub(in crate::sim) fn person_came(&mut self, c: usize, now: f64) {
        self.events.set(c, NEVER);
        let Some(place) = self.model.releases.iter().position(|release| release.calls.0 as usize == c) else { return };
        self.enter_stage(place, 0, now);
    }

    fn enter_stage(&mut self, place: usize, at: u32, now: f64) {
        let (release, _) = self.release(place);
        let bad = self.releases.list[place].bad;
        let Some(Stage { lasts, share, zones, away, extra, closed, .. }) = release.stages.get(at as usize).copied() else {
            if bad {
                self.runs(place, Running { share: 1.0, bad, ..Running::OLD }, now);
                self.releases.list[place].step = Step::Live;
                self.releases.list[place].until = now + self.goes_unnoticed(place);
                self.await_notice(place, now);
            } else {
                self.runs(place, Running::OLD, now);
                let rollout = &mut self.releases.list[place];
                rollout.books.count(released::FINISHED, 1.0);
                rollout.books.count(released::LEAD, now - rollout.began);
                self.end_release(place, now);
            }
            return;
        };
        self.runs(place, Running { share, zones, away, extra, closed, bad }, now);
        self.releases.list[place].step = Step::Stage(at);
        self.releases.list[place].until = now + lasts;
        self.await_notice(place, now);
    }

    /// How long a bad release that all replicas run goes unnoticed, the alarm of the error budget aside.
    fn goes_unnoticed(&self, place: usize) -> f64 {
        let drawn = &self.drawn.releases[place];
        let told = drawn.customers.draw(self.chance(place, CUSTOMERS));
        drawn.detection.as_ref().map_or(told, |detection| detection.draw(self.chance(place, DETECTION)).min(told))
    }

    /// The next event: the end of the stage, or the alarm before it.
    fn await_notice(&mut self, place: usize, now: f64) {
        let alarm = self.alarm(place, now);
        self.events.set(self.releases.slot + place, self.releases.list[place].until.min(alarm));
    }

    pub(super) fn end_stage(&mut self, place: usize, at: u32, now: f64) {
        let (release, s) = self.release(place);
        let stage = &release.stages[at as usize];
        self.before_change_of(s, now);
        if stage.watched && uniform(self.chance(place, TESTS + u64::from(at))) < self.fails_test(place, stage, now) {
            let bad = self.releases.list[place].bad;
            let which = if bad { released::BY_TEST } else { released::FALSE_ALARMS };
            self.releases.list[place].books.count(which, 1.0);
            self.go_back(place, stage.stands_by, now);
        } else {
            self.enter_stage(place, at + 1, now);
        }
    }

    /// An alarm, or somebody, says that the version is bad.
    pub(super) fn noticed(&mut self, place: usize, now: f64) {
        let (release, s) = self.release(place);
        let rollout = &mut self.releases.list[place];
        let stands_by = matches!(rollout.step, Step::Stage(at) if release.stages[at as usize].stands_by);
        rollout.books.count(released::NOTICED, 1.0);
        if self.model.services[s].scaling.is_none() {
            // A scaler replaces what it knows to be down; here the version is known to be, not the replica.
            for &c in &release.breaks {
                self.stages[c as usize].detected = self.stages[c as usize].detected.min(now);
            }
        }
        self.go_back(place, stands_by, now);
    }

    fn go_back(&mut self, place: usize, stands_by: bool, now: f64) {
        let rollout = &mut self.releases.list[place];
        (rollout.step, rollout.tries) = (Step::Back, 0);
        if stands_by {
            self.went_back(place, now);
        } else {
            self.try_to_go_back(place, now);
        }
    }

    fn try_to_go_back(&mut self, place: usize, now: f64) {
        let tries = self.releases.list[place].tries;
        let takes = self.drawn.releases[place].rollback.draw(self.chance(place, BACK + 2 * tries));
        self.releases.list[place].books.count(released::ROLLBACKS, 1.0);
        self.events.set(self.releases.slot + place, now + takes);
    }

    pub(super) fn tried_to_go_back(&mut self, place: usize, now: f64) {
        let tries = self.releases.list[place].tries;
        if uniform(self.chance(place, BACK + 2 * tries + 1)) < self.drawn.releases[place].works {
            self.went_back(place, now);
        } else {
            let rollout = &mut self.releases.list[place];
            rollout.tries = (tries + 1) % (BACK / 4);
            rollout.books.count(released::ROLLBACKS_FAILED, 1.0);
            self.try_to_go_back(place, now);
        }
    }

    fn went_back(&mut self, place: usize, now: f64) {
        self.runs(place, Running::OLD, now);
        let rollout = &mut self.releases.list[place];
        if rollout.bad {
            rollout.books.count(released::RECOVERED, 1.0);
            rollout.books.count(released::RECOVERY, if rollout.exposed < now { now - rollout.exposed } else { 0.0 });
        }
        self.end_release(place, now);
    }

    fn end_release(&mut self, place: usize, now: f64) {
        let (release, _) = self.release(place);
        let rollout = &mut self.releases.list[place];
        rollout.step = Step::Idle;
        let due = rollout.due.max(now);
        self.events.set(self.releases.slot + place, due);
        let (c, team) = release.calls;
        if c != NONE {
            self.restore(c as usize, now);
            self.release_person(team as usize, c as usize, now);
        }
    }
}
