//! A failure that is made to happen, in a copy of a replication that goes on without it beside.

use super::clock::{LIFE, REPAIR, word};
use super::parts::{Phase, Target};
use super::{Observer, World};
use crate::dist::Law;
use crate::model::Trigger;

/// The number of the draws of a forced failure: no clock comes to so many of its own.
const FORCED: u32 = 1 << 31;

impl<O: Observer> World<'_, O> {
    /// Starts a replication as [`World::run_while`] does, and stops once all is done that is due up to `at` seconds after
    /// the start. Answers the number of events so far, or `None` where `goes_on` said no.
    pub fn run_to(&mut self, seed: u64, replication: u64, draw: u64, at: f64, goes_on: impl Fn(&Self) -> bool) -> Option<u64> {
        self.start(seed, replication, draw);
        let until = (self.from + at).next_up();
        let (events, reached) = crate::kernel::run_while(self, until, goes_on);
        reached.then_some(events)
    }

    /// Makes the failure of clock `c` happen `at` seconds after the start, where [`World::run_to`] stopped. Nothing happens
    /// where it is in force already; the answer is whether it was not.
    ///
    /// It comes on top of the failures that the clock has to itself: those keep their numbers and with them their draws,
    /// so that a copy of the world in which nothing is forced meets the same ones. Where the time to failure is exponential
    /// they keep their times too, since what is left of it after a repair is as long as a new one; with any other law the
    /// repair renews the clock, as every repair does.
    pub fn force(&mut self, c: u32, at: f64) -> bool {
        let now = self.from + at;
        let (c, target) = (c as usize, self.components[c as usize].target);
        if target != Target::Strike {
            return self.force_one(c, now);
        }
        let (thing, mode) = (self.components[c].thing as usize, self.components[c].mode);
        let mut any = false;
        for clock in self.model.services[thing].replica_clocks.clone() {
            let component = &self.components[clock as usize];
            if component.mode == mode && self.replica_is_up(component.thing) {
                any |= self.force_one(clock as usize, now);
            }
        }
        if !self.is_memoryless(c) && !self.components[c].exposed && self.components[c].phase == Phase::Running {
            let life = self.drawn.modes[mode as usize].strike.draw(word(self.components[c].stream, FORCED, LIFE));
            self.events.set(c, now + life);
        }
        any
    }

    fn force_one(&mut self, c: usize, now: f64) -> bool {
        let component = &mut self.components[c];
        if component.phase.failed() {
            return false;
        }
        let left = if component.phase == Phase::Paused { component.left } else { self.events.time(c) - now };
        let n = component.n;
        component.n = FORCED;
        component.ahead = self.drawn.modes[component.mode as usize].repair.draw(word(component.stream, FORCED, REPAIR));
        self.fail(c, now);
        let is_memoryless = self.is_memoryless(c);
        let component = &mut self.components[c];
        // Its repair counts one up, to the number that the clock had.
        component.n = n.wrapping_sub(1);
        if is_memoryless {
            component.ahead = left;
        }
        true
    }

    fn is_memoryless(&self, c: usize) -> bool {
        match &self.model.modes[self.components[c].mode as usize].trigger {
            Trigger::Life(life) => !self.components[c].exposed && matches!(life.law, Law::Exponential(_)),
            Trigger::Sla(_) => true,
            Trigger::Schedule(_) | Trigger::Trace(_) => false,
        }
    }

    /// What the replicas of a service can carry now, in whole replicas: those that are up, each weighed by the capacity
    /// that failures leave it; 0 while a failure of the service itself is in force.
    #[must_use]
    pub fn replicas_left(&self, service: usize) -> f64 {
        if self.services[service].own_down > 0 { 0.0 } else { self.strength(service) }
    }

    /// Whether the failure of a clock is in force.
    #[must_use]
    pub fn has_failed(&self, clock: u32) -> bool {
        self.components[clock as usize].phase.failed()
    }

    /// Share of an objective's error budget that was spent between two times after the start, once the horizon is
    /// reached; `None` where nothing was counted or the target is 100%.
    #[must_use]
    pub fn budget_spent(&self, objective: usize, from: f64, to: f64) -> Option<f64> {
        self.not_good(objective, from, to).map(|(bad, budget)| bad / budget).filter(|share| share.is_finite())
    }

    /// The observer, to be told what to look at.
    pub fn observer_mut(&mut self) -> &mut O {
        &mut self.observer
    }
}
