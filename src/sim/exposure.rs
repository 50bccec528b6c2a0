//! Ages of clocks that do not simply run down: those whose pace changes, and those that a repair leaves old.
//!
//! A life is drawn as the age at which the thing fails; what happens to it meanwhile decides when that age is reached.
//! Where the pace changes, the age already reached stays: Nelson's cumulative exposure (*Accelerated Testing*, 1990,
//! chapter 10). After a repair the age is a part of what it was: Kijima's second model ("Some results for repairable
//! systems with general repair", *Journal of Applied Probability* 26, 1989).
//!
//! A clock with such an age is never `alone`. Its phase says whether it runs; its pace, how fast it does then.

use super::clock::{LIFE, word};
use super::parts::{Component, Phase, Target};
use super::{Observer, World};
use crate::dist::Law;
use crate::kernel::NEVER;
use crate::model::{AgesWhile, Clock, Model, Service, Thing, Trigger, Value, Waiting};

/// How fast a clock runs while nothing stops it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pace {
    /// Its age grows by so much in a second: accelerated life.
    Active(f64),
    /// Its hazard is this fraction of that of an active thing, 0 to 1. Its age is that of an active thing that has used up
    /// as much of its life.
    Waiting(f64),
}

/// The age of a clock, in seconds of an active thing.
#[derive(Debug, Clone, Copy)]
pub struct Exposure {
    /// The age at which it fails.
    pub target: f64,
    /// The age at `at`.
    pub age: f64,
    /// When the age was last brought up to date.
    pub at: f64,
    /// How fast it grows while the clock runs.
    pub pace: Pace,
}

impl Exposure {
    /// New, at the start, at an active thing's pace.
    pub fn new() -> Self {
        Self { target: NEVER, age: 0.0, at: 0.0, pace: Pace::Active(1.0) }
    }

    /// Lets the age grow until `now`; the clock has run since `at`.
    fn grow(&mut self, law: &Law, now: f64) {
        let passed = now - self.at;
        self.at = now;
        if passed <= 0.0 {
            return;
        }
        let age = match self.pace {
            Pace::Active(speed) => self.age + speed * passed,
            Pace::Waiting(rate) => active_age(law, rate, waiting_age(law, rate, self.age) + passed),
        };
        self.age = age.clamp(self.age, self.target.max(self.age));
    }

    /// From `at` until the age reaches the target, at the present pace.
    fn left(&self, law: &Law) -> f64 {
        let left = match self.pace {
            Pace::Active(speed) if speed > 0.0 => (self.target - self.age) / speed,
            Pace::Waiting(rate) if rate > 0.0 => waiting_age(law, rate, self.target) - waiting_age(law, rate, self.age),
            _ => NEVER,
        };
        // Both ages beyond what the law can tell apart.
        if left.is_nan() { 0.0 } else { left.max(0.0) }
    }
}

/// How long something has waited, with `rate` of the hazard of an active thing, that has used up as much of its life as an
/// active thing of `age`: w with rate × H(w) = H(age).
fn waiting_age(law: &Law, rate: f64, age: f64) -> f64 {
    if !has_hazard(law) || rate <= 0.0 {
        return if rate > 0.0 { age / rate } else { NEVER };
    }
    law.at_hazard(law.cumulative_hazard(age) / rate)
}

/// The inverse of [`waiting_age`].
fn active_age(law: &Law, rate: f64, waited: f64) -> f64 {
    if !has_hazard(law) || rate <= 0.0 {
        return if rate > 0.0 { waited * rate } else { 0.0 };
    }
    law.at_hazard(rate * law.cumulative_hazard(waited))
}

/// A life of fixed lengths fails at these ages and never between: a fraction of such a hazard says nothing, and the age of
/// what waits grows in that proportion.
fn has_hazard(law: &Law) -> bool {
    match law {
        Law::Constant(_) | Law::Empirical(_) => false,
        Law::Powered(law) => has_hazard(law.law()),
        _ => true,
    }
}

/// Whether a clock has an age to keep: repairs do not make it new, it carries a load, or it may have to wait.
pub fn keeps_age(model: &Model, clock: &Clock) -> bool {
    let mode = &model.modes[clock.mode as usize];
    let waits = || match clock.thing {
        Thing::Replica(replica) => {
            let standby = &model.services[model.replicas[replica as usize].service as usize].standby;
            mode.ages_while == AgesWhile::Up && standby.as_ref().is_some_and(|standby| standby.ages != Waiting::Hot)
        }
        _ => false,
    };
    matches!(mode.trigger, Trigger::Life(_)) && (mode.renewal != Value::Known(1.0) || mode.load != Value::Known(0.0) || waits())
}

/// Whether the load that its replicas carry sets the pace of some clock of a service.
pub fn is_loaded(model: &Model, service: &Service) -> bool {
    service.replica_clocks.clone().any(|c| model.modes[model.clocks[c as usize].mode as usize].load != Value::Known(0.0))
}

impl<O: Observer> World<'_, O> {
    /// Replicas share the load anew: each that is up carries x times the share that it has while all is well, and its clocks
    /// run x to the power of their mode's `load` times as fast. What is not up carries nothing.
    #[cold]
    pub(super) fn share_load(&mut self, s: usize, now: f64) {
        let service = &self.model.services[s];
        let share = f64::from(self.usual_replicas(s)) / f64::from(self.services[s].up);
        for c in service.replica_clocks.clone().chain(service.own_clocks.clone()) {
            let component = &self.components[c as usize];
            let Some(life) = self.drawn.lives[component.mode as usize].as_ref().filter(|life| life.load != 0.0) else { continue };
            let carries = match component.target {
                // One that waits keeps the pace of its waiting.
                Target::Replica if self.waits(s, component.thing) => continue,
                Target::Replica => self.is_active(s, component.thing),
                Target::Strike => self.services[s].up > 0,
                Target::Service | Target::Zones => continue,
            };
            let speed = if carries { libm::pow(share, life.load) } else { 0.0 };
            self.set_pace(c as usize, Pace::Active(speed), now);
        }
    }

    /// Changes how fast a clock with an age runs. Whether it runs at all is for its phase to say.
    pub(super) fn set_pace(&mut self, c: usize, pace: Pace, now: f64) {
        if self.exposures[c].pace == pace {
            return;
        }
        self.keep_age(c, now);
        self.exposures[c].pace = pace;
        if self.components[c].phase == Phase::Running {
            self.run_on(c, now);
        }
    }

    /// Brings the age of a clock up to date; only one that runs grows older.
    pub(super) fn keep_age(&mut self, c: usize, now: f64) {
        let Some(law) = self.drawn.lives[self.components[c].mode as usize].as_ref().map(|life| life.law(&self.components[c]))
        else {
            return;
        };
        let exposure = &mut self.exposures[c];
        if self.components[c].phase == Phase::Running {
            exposure.grow(law, now);
        } else {
            exposure.at = now;
        }
    }

    /// A clock runs, from now on: schedules its failure. Its age is that at `now`.
    pub(super) fn run_on(&mut self, c: usize, now: f64) {
        let component = &self.components[c];
        let Some(life) = &self.drawn.lives[component.mode as usize] else { return };
        let exposure = &mut self.exposures[c];
        exposure.at = now;
        let left = exposure.left(life.law(component));
        self.events.set(c, now + left);
    }

    /// The next life of a clock begins, after a repair that took away a part of its age. `life` is the next one from new.
    pub(super) fn renew_age(&mut self, c: usize, now: f64, life: f64) {
        let component = &self.components[c];
        let Some(laws) = &self.drawn.lives[component.mode as usize] else { return };
        let exposure = &mut self.exposures[c];
        let age = exposure.age * (1.0 - laws.renewal);
        let life = if age > 0.0 { laws.law(component).remaining(age, word(component.stream, component.n, LIFE)) } else { life };
        *exposure = Exposure { target: age + life, age, at: now, ..*exposure };
    }
}

impl super::drawn::Life {
    /// The law of a clock of the mode: without the common cause, or of that alone.
    pub fn law(&self, component: &Component) -> &Law {
        match (&self.strike, component.target) {
            (Some(strike), Target::Strike) => strike,
            _ => &self.alone,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(age: f64, target: f64, pace: Pace) -> Exposure {
        Exposure { target, age, at: 0.0, pace }
    }

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() <= 1e-12 * b.abs().max(1e-3), "{a} is not {b}");
    }

    /// H(t) = (t/η)^β, so a waiting Weibull ages r^(1/β) as fast as an active one.
    #[test]
    fn a_waiting_weibull_ages_at_a_fixed_pace() {
        let law = Law::weibull_scale(2.0, 100.0).unwrap();
        let mut exposure = at(30.0, 90.0, Pace::Waiting(0.25));
        close(exposure.left(&law), 60.0 / 0.5);
        exposure.grow(&law, 20.0);
        close(exposure.age, 40.0);
        close(exposure.left(&law), 100.0);
    }

    #[test]
    fn a_waiting_exponential_has_the_fraction_of_its_hazard() {
        let law = Law::exponential(100.0).unwrap();
        let mut exposure = at(30.0, 90.0, Pace::Waiting(0.1));
        close(exposure.left(&law), 600.0);
        exposure.grow(&law, 100.0);
        close(exposure.age, 40.0);
    }

    /// Uniform over [0, 10]: H(t) = -ln(1 - t/10). Active for 5, then waiting at 1/2: (1 - w/10)^(1/2) = 1/2 at w = 7.5; in
    /// another 1.5 the survival is 0.1^(1/2), that of an active thing of age 10 (1 - 0.1^(1/2)).
    #[test]
    fn what_waits_uses_up_its_life_more_slowly() {
        let law = Law::uniform(0.0, 10.0).unwrap();
        let mut exposure = at(0.0, 9.9, Pace::Active(1.0));
        exposure.grow(&law, 5.0);
        exposure.pace = Pace::Waiting(0.5);
        exposure.grow(&law, 6.5);
        close(exposure.age, 10.0 * (1.0 - 0.1_f64.sqrt()));
        // The survival at the target is 0.01, and waiting it is reached where 1 - w/10 = 0.0001, from 9 on.
        close(exposure.left(&law), 0.999);
    }

    #[test]
    fn a_life_of_fixed_length_waits_in_proportion() {
        let law = Law::constant(100.0).unwrap();
        let mut exposure = at(0.0, 100.0, Pace::Waiting(0.1));
        close(exposure.left(&law), 1000.0);
        exposure.grow(&law, 500.0);
        close(exposure.age, 50.0);
    }

    #[test]
    fn what_is_stopped_or_carries_nothing_keeps_its_age() {
        let law = Law::weibull_scale(2.0, 100.0).unwrap();
        for pace in [Pace::Active(0.0), Pace::Waiting(0.0)] {
            let mut exposure = at(30.0, 90.0, pace);
            assert_eq!(exposure.left(&law), NEVER);
            exposure.grow(&law, 1e6);
            close(exposure.age, 30.0);
        }
    }
}
