//! Times that are pending, drawn again given what has passed of them.

use super::super::clock::{ACKNOWLEDGEMENT, DETECTION, LIFE, REPAIR, word};
use super::super::parts::{Phase, Target};
use super::Branch;
use crate::dist::{Law, Sampler};
use crate::kernel::NEVER;
use crate::model::{NONE, Trigger};
use crate::random::Stream;

/// Draws of a whole time that may be too short, before what is left of it is drawn from its own law.
const ATTEMPTS: u64 = 6;

impl Branch<'_> {
    /// Draws again all that is pending for one clock.
    pub(super) fn redraw(&mut self, c: usize, salt: u64) {
        let world = &mut self.world;
        let model = world.model;
        let component = &mut world.components[c];
        let old = component.stream;
        component.stream = Stream::new(model.clocks[c].stream ^ salt, self.seed, self.replication);
        if matches!(model.modes[component.mode as usize].trigger, Trigger::Trace(_)) {
            return;
        }
        if component.phase.failed() {
            self.redraw_failure(c, old);
        } else {
            component.ahead = world.drawn.modes[component.mode as usize].repair.draw(word(component.stream, component.n, REPAIR));
            if component.exposed { self.redraw_age(c) } else { self.redraw_life(c, old) }
        }
    }

    /// The failure to come of a clock that runs down.
    fn redraw_life(&mut self, c: usize, old: Stream) {
        let now = self.now;
        let world = &mut self.world;
        let component = &mut world.components[c];
        let (new, n) = (component.stream, component.n);
        let mode = &world.drawn.modes[component.mode as usize];
        let left = if component.phase == Phase::Running { world.events.time(c) - now } else { component.left };
        let left = match (&world.model.modes[component.mode as usize].trigger, &world.drawn.lives[component.mode as usize]) {
            (Trigger::Schedule(_) | Trigger::Trace(_), _) => return,
            _ if left == NEVER => return,
            (_, None) => mode.life.draw(word(new, n, LIFE)),
            (_, Some(life)) => {
                let law = life.law(component);
                let sampler = if component.target == Target::Strike { &mode.strike } else { &mode.life };
                if matches!(law, Law::Constant(_)) {
                    return;
                }
                let kept = &mut self.kept[c];
                let whole = if kept.life.0 == n { kept.life.1 } else { sampler.draw(word(old, n, LIFE)) };
                let passed = (whole - left).max(0.0);
                let left = rest(law, sampler, passed, new, n, LIFE);
                kept.life = (n, passed + left);
                left
            }
        };
        if component.phase == Phase::Running {
            world.events.place(c, now + left);
        } else {
            component.left = left;
        }
    }

    /// The failure to come of a clock whose age is kept.
    fn redraw_age(&mut self, c: usize) {
        let now = self.now;
        let world = &mut self.world;
        world.keep_age(c, now);
        let component = &world.components[c];
        let Some(life) = &world.drawn.lives[component.mode as usize] else { return };
        let law = life.law(component);
        let exposure = &mut world.exposures[c];
        if exposure.target == NEVER || matches!(law, Law::Constant(_)) {
            return;
        }
        exposure.target = exposure.age + law.remaining(exposure.age, word(component.stream, component.n, LIFE));
        if component.phase == Phase::Running {
            world.run_on(c, now);
        }
    }

    /// The course of a failure in force.
    fn redraw_failure(&mut self, c: usize, old: Stream) {
        let now = self.now;
        let world = &mut self.world;
        let component = &mut world.components[c];
        let (new, n) = (component.stream, component.n);
        let mode = &world.drawn.modes[component.mode as usize];
        let laws = &self.laws[component.mode as usize];
        let stages = &mut world.stages[c];
        // Another than that of the mode where it was handed on.
        let team = world.cases.get(c).map(|case| case.team).filter(|&team| team != NONE).unwrap_or(mode.team);
        let rules = world.teams.get(team as usize).and_then(|team| team.rules.as_ref());
        component.ahead = mode.life.draw(word(new, n + 1, LIFE));
        let taken_up = matches!(component.phase, Phase::Waiting | Phase::Repairing) && rules.is_some_and(|rules| rules.preempts);
        let Some(repair) = laws.repair.as_ref().filter(|_| component.phase != Phase::Lost && !taken_up) else { return };
        if component.phase == Phase::Repairing && now >= stages.acknowledged {
            let passed = now - stages.acknowledged;
            let left = rest(repair, &mode.repair, passed, new, n, REPAIR);
            component.left = passed + left;
            world.events.place(c, now + left);
            return;
        }
        component.left = mode.repair.draw(word(new, n, REPAIR));
        let unknown = now < stages.detected;
        // A standby waits for the same detection.
        if unknown && !mode.hidden && !mode.tested && world.standbys.slots() == 0 {
            stages.detected = now + rest(&laws.detection, &mode.detection, now - component.since, new, n, DETECTION);
        }
        match component.phase {
            Phase::Detecting => world.events.place(c, stages.detected),
            Phase::Repairing if mode.team == NONE => {
                stages.acknowledged = stages.detected;
                world.events.place(c, stages.acknowledged + component.left);
            }
            Phase::Repairing => {
                if let (Some(law), None) = (&laws.acknowledge, rules) {
                    let kept = &mut self.kept[c];
                    if kept.called.0 != n {
                        kept.called = (n, stages.acknowledged - mode.acknowledge.draw(word(old, n, ACKNOWLEDGEMENT)));
                    }
                    let passed = (now - kept.called.1).max(0.0);
                    stages.acknowledged = now + rest(law, &mode.acknowledge, passed, new, n, ACKNOWLEDGEMENT);
                }
                world.events.place(c, stages.acknowledged + component.left);
            }
            Phase::Running | Phase::Paused | Phase::Waiting | Phase::Stepping | Phase::Lost => {}
        }
    }
}

/// What is left of a time of which `passed` seconds have passed.
///
/// Whole times are drawn until one is longer: the law itself, by the fast sampler, unless it takes too many.
fn rest(law: &Law, sampler: &Sampler, passed: f64, stream: Stream, n: u32, purpose: u64) -> f64 {
    if passed <= 0.0 || matches!(law, Law::Exponential(_)) {
        return sampler.draw(word(stream, n, purpose));
    }
    for attempt in 0..ATTEMPTS {
        // Far from the words of the draws to come.
        let whole = sampler.draw(stream.word(u64::MAX - (u64::from(n) * ATTEMPTS + attempt)));
        if whole > passed {
            return whole - passed;
        }
    }
    law.remaining(passed, word(stream, n, purpose))
}
