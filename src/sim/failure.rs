//! A failure's course: it begins, is detected, is repaired.

use super::clock::{DETECTION, LIFE, REPAIR, word};
use super::drawn::ModeNow;
use super::parts::{Component, Phase, Stages, Target, TeamState};
use super::{Course, Observer, World};
use crate::kernel::NEVER;
use crate::model::{NONE, Trigger};

impl<O: Observer> World<'_, O> {
    /// A clock runs out.
    #[inline]
    pub(super) fn fires(&mut self, c: usize, now: f64) {
        if self.components[c].target == Target::Strike {
            self.strike(c, now);
        } else if !(self.replaces && self.leaves_out(c, now)) {
            self.fail(c, now);
        }
    }

    /// A common cause: every replica of the service that is up fails by its own clock of the same mode.
    #[cold]
    fn strike(&mut self, c: usize, now: f64) {
        let service = &self.model.services[self.components[c].thing as usize];
        let mode = self.components[c].mode;
        if let Trigger::Trace(trace) = &self.model.modes[mode as usize].trigger {
            self.replay(c, trace, now);
            return;
        }
        // Its own next life begins first, since the failures may stop it.
        let component = &mut self.components[c];
        component.n += 1;
        let life = self.drawn.modes[mode as usize].strike.draw(word(component.stream, component.n, LIFE));
        if component.exposed {
            self.keep_age(c, now);
            self.renew_age(c, now, life);
            self.run_on(c, now);
        } else {
            self.events.set(c, now + life);
        }
        for clock in service.replica_clocks.clone() {
            let component = &self.components[clock as usize];
            if component.mode == mode && !component.phase.failed() && self.replica_is_up(component.thing) {
                self.fail(clock as usize, now);
            }
        }
    }

    pub(super) fn replica_is_up(&self, replica: u32) -> bool {
        let zone = self.model.replicas[replica as usize].zone;
        self.replica_down[replica as usize] == 0 && (zone == NONE || self.zone_down[zone as usize] == 0)
    }

    /// Accounts for the requests before the failure of clock `c` begins or ends.
    #[inline]
    fn before_failure_changes(&mut self, c: usize, now: f64) {
        let component = &self.components[c];
        match component.target {
            Target::Replica => self.before_change_of(component.service as usize, now),
            Target::Service => self.before_change_of(component.thing as usize, now),
            Target::Zones | Target::Strike => self.before_change(now),
        }
    }

    /// The failure of clock `c` begins.
    #[inline]
    pub(super) fn fail(&mut self, c: usize, now: f64) {
        self.before_failure_changes(c, now);
        if self.stages[c].outages > 0 {
            self.keep_stages(c);
        }
        if self.components[c].exposed {
            self.keep_age(c, now);
        }
        let component = &mut self.components[c];
        let mode = &mut self.drawn.modes[component.mode as usize];
        let (down, alone) = (mode.down, component.alone);
        let stages = &mut self.stages[c];
        let team = self.teams.get_mut(mode.team as usize);
        match begin(component, mode, stages, team, now, self.end) {
            Some(next) => {
                if mode.team != NONE && !mode.detects {
                    self.observer.moves_on(c as u32, Course::Called, now);
                }
                self.events.set(c, next);
            }
            None => self.begin_waiting(c, now),
        }
        self.observer.failed(c as u32, now);
        if down {
            self.take_down(c, now);
        } else {
            self.weaken(c);
        }
        if !alone {
            self.review_siblings(c, now);
        }
        self.look_soon(now);
    }

    /// A failure begins that cannot be repaired at once: nobody is free, it needs a part, it is found by looking for it, or
    /// it is never repaired.
    #[cold]
    fn begin_waiting(&mut self, c: usize, now: f64) {
        self.open_case(c);
        let mode = &self.drawn.modes[self.components[c].mode as usize];
        if mode.straight {
            return self.detected(c, now);
        }
        let (repairable, automatic) = (mode.repairable, mode.team == NONE && mode.plain);
        let by_test = if mode.tested { self.found_by_test(c, now) } else { None };
        let detected = match by_test {
            Some(found) => found,
            None if mode.hidden => self.found(c, now),
            None => self.stages[c].detected,
        };
        let (component, stages) = (&mut self.components[c], &mut self.stages[c]);
        stages.detected = detected;
        if !repairable {
            component.phase = Phase::Lost;
            self.events.set(c, NEVER);
        } else if automatic {
            component.phase = Phase::Repairing;
            stages.acknowledged = detected;
            self.events.set(c, detected + component.left);
        } else {
            component.phase = Phase::Detecting;
            if detected > now || self.drawn.modes[component.mode as usize].detects {
                self.events.set(c, detected);
            } else {
                self.detected(c, now);
            }
        }
    }

    /// The failure of clock `c` is repaired, and whoever repaired it is free.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "in the loop of every run")]
    pub(super) fn repaired(&mut self, c: usize, now: f64) {
        let team = self.drawn.modes[self.components[c].mode as usize].team;
        self.restore(c, now);
        if team != NONE {
            self.release_person(team as usize, c, now);
        }
    }

    /// The failure of clock `c` ends.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "in the loop of every run; whoever else calls it is cold")]
    pub(super) fn restore(&mut self, c: usize, now: f64) {
        self.before_failure_changes(c, now);
        self.observer.repaired(c as u32, &self.stages, now);
        let component = &mut self.components[c];
        let mode = &mut self.drawn.modes[component.mode as usize];
        let (down, alone) = (mode.down, component.alone);
        let life = renew(component, mode, now);
        if alone {
            self.events.set(c, now + life);
        } else {
            self.renew_crowded(c, now, life);
        }
        if down {
            self.bring_up(c, now);
        } else {
            self.strengthen(c);
        }
        if !alone {
            self.review_siblings(c, now);
            self.review(c, now);
            if self.replaces {
                self.keep_up(c, now);
            }
        }
        self.look_soon(now);
    }
}

/// A failure begins: when its next event is due, or nothing where that is for [`World::begin_waiting`] to say. Stages that are
/// known already are not made events.
#[inline]
fn begin(
    component: &mut Component,
    mode: &mut ModeNow,
    stages: &mut Stages,
    team: Option<&mut TeamState>,
    now: f64,
    end: f64,
) -> Option<f64> {
    mode.tally.count += 1.0;
    mode.tally.in_force += 1;
    component.since = now;
    // While nobody works on it, `left` keeps the length of the repair to come.
    let repair = component.ahead;
    component.left = repair;
    component.ahead = mode.life.draw(word(component.stream, component.n + 1, LIFE));
    let detected = if mode.detects { now + mode.detection.draw(word(component.stream, component.n, DETECTION)) } else { now };
    *stages = Stages { detected, acknowledged: NEVER, outages: 0 };
    if !mode.straight {
        return None;
    }
    let Some(team) = team else {
        component.phase = Phase::Repairing;
        stages.acknowledged = detected;
        return Some(detected + repair);
    };
    if mode.detects {
        component.phase = Phase::Detecting;
        return Some(detected);
    }
    team.send_someone(now, end).then(|| acknowledge(component, mode, stages, now))
}

/// A person acknowledges at `now` and then repairs: when that is done.
#[inline]
pub(super) fn acknowledge(component: &mut Component, mode: &ModeNow, stages: &mut Stages, now: f64) -> f64 {
    let takes = mode.acknowledgement(component);
    component.phase = Phase::Repairing;
    stages.acknowledged = now + takes;
    now + takes + component.left
}

/// A failure ends and the next life begins: its length.
#[inline(always)]
#[allow(clippy::inline_always, reason = "in the loop of every run")]
fn renew(component: &mut Component, mode: &mut ModeNow, now: f64) -> f64 {
    mode.tally.ended += 1.0;
    mode.tally.duration += now - component.since;
    mode.tally.in_force -= 1;
    let life = component.ahead;
    // Around, for the number before the first, which a forced failure may leave.
    component.n = component.n.wrapping_add(1);
    component.phase = Phase::Running;
    component.ahead = mode.repair.draw(word(component.stream, component.n, REPAIR));
    life
}
