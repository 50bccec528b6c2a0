//! Clocks towards failure: their start, and the pauses that other failures make.

use super::exposure::Exposure;
use super::parts::{Phase, Target};
use super::{Drawn, Observer, World};
use crate::kernel::NEVER;
use crate::model::{AgesWhile, Model, Trigger};
use crate::random::{Stream, uniform};

/// Draws of the n-th life of a clock: its number times this, plus the purpose.
const PURPOSES: u64 = 8;
/// From new, or from a repair, to the failure.
pub const LIFE: u64 = 0;
/// From the begin of work until it is over.
pub const REPAIR: u64 = 1;
/// From the failure until it is known.
pub const DETECTION: u64 = 2;
/// From the call of a person to the begin of work.
pub const ACKNOWLEDGEMENT: u64 = 3;
const AGE: u64 = 4;
const STARTS_DOWN: u64 = 5;
/// From the failure of one that waits until a test finds it.
pub const TEST: u64 = 6;

/// The steps of a runbook, which have streams of their own from there.
pub const STEPS: u64 = 7;

/// The word for the n-th draw of a purpose.
#[inline]
pub fn word(stream: Stream, n: u32, purpose: u64) -> u64 {
    stream.word(u64::from(n) * PURPOSES + purpose)
}

/// The age of clock `c` at the start, `None` where it is new.
pub fn age_at_start(model: &Model, drawn: &Drawn, c: usize, seed: u64, replication: u64) -> Option<f64> {
    let laws = drawn.lives[model.clocks[c].mode as usize].as_ref()?;
    let chance = || uniform(word(age_stream(model, c, seed, replication), 0, AGE));
    let steady = laws.steady.as_ref().map(|age| age.quantile(chance()));
    steady.or_else(|| Some(laws.age.as_ref()?.quantile(chance())))
}

/// The stream that the age of a clock at the start is drawn from: the replacement of a thing is as old as the thing.
fn age_stream(model: &Model, c: usize, seed: u64, replication: u64) -> Stream {
    let clock = &model.clocks[c];
    let of = model.modes[clock.mode as usize].renews.unwrap_or(clock.mode);
    let base = clock.siblings.clone().map(|sibling| &model.clocks[sibling as usize]).find(|sibling| sibling.mode == of);
    Stream::new(base.unwrap_or(clock).stream, seed, replication)
}

impl<O: Observer> World<'_, O> {
    /// Sets clock `c` back to the start and returns the time of its first event.
    pub(super) fn start_clock(&mut self, c: usize, seed: u64, replication: u64) -> f64 {
        let clock = &self.model.clocks[c];
        let component = &mut self.components[c];
        component.stream = Stream::new(clock.stream, seed, replication);
        component.n = 0;
        component.phase = Phase::Running;
        component.since = 0.0;
        self.stages[c].outages = 0;
        let stream = component.stream;
        let mode = &self.drawn.modes[component.mode as usize];
        component.ahead = mode.repair.draw(word(stream, 0, REPAIR));
        let strike = component.target == Target::Strike;
        let life = word(stream, 0, LIFE);
        match &self.model.modes[component.mode as usize].trigger {
            Trigger::Schedule(times) => times.first().map_or(NEVER, |time| time + self.from),
            Trigger::Trace(trace) => {
                if component.target == Target::Replica {
                    return NEVER;
                }
                let first = trace.at(0);
                component.ahead = first.ends - first.begins;
                self.from + first.begins
            }
            Trigger::Sla(_) if uniform(word(stream, 0, STARTS_DOWN)) < mode.starts_down => 0.0,
            Trigger::Sla(_) => mode.life.draw(life),
            Trigger::Life(_) => {
                let old = age_at_start(self.model, &self.drawn, c, seed, replication);
                let (age, left) = match (old, &self.drawn.lives[component.mode as usize]) {
                    (Some(age), Some(laws)) => {
                        let none = strike && laws.strike.is_none();
                        (age, if none { NEVER } else { laws.law(component).remaining(age, life) })
                    }
                    _ if strike => (0.0, mode.strike.draw(life)),
                    _ => (0.0, mode.life.draw(life)),
                };
                if component.exposed {
                    self.exposures[c] = Exposure { target: age + left, age, ..Exposure::new() };
                }
                left
            }
        }
    }

    /// The next life of a clock that something else may stop: it runs, or is stopped from the start.
    #[cold]
    pub(super) fn renew_crowded(&mut self, c: usize, now: f64, life: f64) {
        let mode = self.components[c].mode as usize;
        if let Trigger::Schedule(times) = &self.model.modes[mode].trigger {
            // One at this very instant takes place, unless it is the one that has just ended.
            let since = self.components[c].since;
            let next = times.partition_point(|&time| time + self.from < now || time + self.from <= since);
            self.events.set(c, times.get(next).map_or(NEVER, |time| time + self.from));
        } else if let Trigger::Trace(trace) = &self.model.modes[mode].trigger {
            self.next_recorded(c, trace, now);
        } else if self.components[c].exposed {
            self.renew_age(c, now, life);
            self.run_on(c, now);
            if !self.may_run(c) {
                self.pause(c, now);
            }
        } else {
            self.events.set(c, now + life);
            if !self.may_run(c) {
                self.pause(c, now);
            }
        }
    }

    /// Whether nothing stops the clock.
    fn may_run(&self, c: usize) -> bool {
        let component = &self.components[c];
        if component.target == Target::Replica && self.is_off(component.service as usize, component.thing) {
            return false;
        }
        match self.model.modes[component.mode as usize].ages_while {
            AgesWhile::Always => true,
            AgesWhile::ServiceUp(service) => self.services[service as usize].is_up,
            AgesWhile::Up => match component.target {
                Target::Replica => self.replica_down[component.thing as usize] == 0,
                Target::Service | Target::Strike => self.services[component.thing as usize].own_down == 0,
                Target::Zones => self.model.clocks[c].siblings.clone().all(|sibling| {
                    let sibling = &self.components[sibling as usize];
                    !(sibling.phase.failed() && self.drawn.modes[sibling.mode as usize].down)
                }),
            },
        }
    }

    fn is_scheduled(&self, c: usize) -> bool {
        matches!(self.model.modes[self.components[c].mode as usize].trigger, Trigger::Schedule(_) | Trigger::Trace(_))
    }

    pub(super) fn pause(&mut self, c: usize, now: f64) {
        if self.components[c].exposed {
            self.keep_age(c, now);
        }
        let component = &mut self.components[c];
        component.phase = Phase::Paused;
        component.left = self.events.time(c) - now;
        self.events.set(c, NEVER);
    }

    /// Stops or starts the clocks of the same thing as `c` after a failure of it began or ended.
    pub(super) fn review_siblings(&mut self, c: usize, now: f64) {
        for sibling in self.model.clocks[c].siblings.clone() {
            if sibling as usize != c {
                self.review(sibling as usize, now);
            }
        }
    }

    /// Stops or starts a clock as its conditions say.
    pub(super) fn review(&mut self, c: usize, now: f64) {
        match self.components[c].phase {
            Phase::Running if !self.is_scheduled(c) && !self.may_run(c) => self.pause(c, now),
            Phase::Paused if self.may_run(c) => {
                self.components[c].phase = Phase::Running;
                if self.components[c].exposed {
                    self.run_on(c, now);
                } else {
                    let left = self.components[c].left;
                    self.events.set(c, now + left);
                }
            }
            _ => {}
        }
    }

    /// Stops or starts the clocks that age while `service` is up.
    pub(super) fn review_agers(&mut self, service: usize, now: f64) {
        for i in 0..self.model.services[service].ageing_with.len() {
            self.review(self.model.services[service].ageing_with[i] as usize, now);
        }
    }
}
