//! What is seen of the response to one forced failure.

use crate::run::impact::watch::Watch;
use crate::sim::{Course, Observer, Stages};

/// One step that was taken. Times in seconds since the onset.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Taken {
    /// Its index in the runbook.
    pub step: u32,
    /// When it began.
    pub began: f64,
    /// When it was over; infinite where that was not seen.
    pub ended: f64,
    /// The incident ended with it.
    pub done: bool,
}

/// How far the response came. Times in seconds since the onset, infinite where they were not reached.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// Somebody, or a program, knew.
    pub detected: f64,
    /// The first person was sent to it; infinite where a program does it all.
    pub called: f64,
    /// Work began.
    pub acknowledged: f64,
    /// The failure was over.
    pub restored: f64,
    /// The steps of its runbook, in the order in which they were taken.
    pub steps: Vec<Taken>,
}

impl Default for Response {
    fn default() -> Self {
        let never = f64::INFINITY;
        Self { detected: never, called: never, acknowledged: never, restored: never, steps: Vec::new() }
    }
}

/// Follows one clock's failure, and all outages.
#[derive(Debug, Clone, Default)]
pub struct Follow {
    pub watch: Watch,
    /// The clock, while its failure is in force.
    clock: Option<u32>,
    onset: f64,
    pub response: Response,
}

impl Follow {
    /// Forgets everything; from `at` seconds after the start on, which are `now` on the simulation's clock.
    pub fn reset(&mut self, services: usize, at: f64, now: f64) {
        self.watch.reset(services, crate::run::impact::Grid::default(), at, now);
        (self.clock, self.onset) = (None, now);
        self.response = Response::default();
    }

    /// The failure of this clock, which begins now, is the one.
    pub fn strike(&mut self, clock: u32) {
        self.clock = Some(clock);
        self.watch.striking = true;
    }

    fn is_it(&self, clock: u32) -> bool {
        self.clock == Some(clock)
    }
}

impl Observer for Follow {
    fn failed(&mut self, clock: u32, now: f64) {
        self.watch.failed(clock, now);
    }

    fn moves_on(&mut self, clock: u32, to: Course, now: f64) {
        if !self.is_it(clock) {
            return;
        }
        let after = now - self.onset;
        let steps = &mut self.response.steps;
        match to {
            Course::Called => self.response.called = self.response.called.min(after),
            // One that was interrupted goes on: it is the same.
            Course::Begins(step) if steps.last().is_some_and(|last| last.step == step && last.ended.is_infinite()) => {}
            Course::Begins(step) => steps.push(Taken { step, began: after, ended: f64::INFINITY, done: false }),
            Course::Ends { done, .. } => {
                if let Some(last) = steps.last_mut() {
                    (last.ended, last.done) = (after, done);
                }
            }
        }
    }

    fn repaired(&mut self, clock: u32, stages: &[Stages], now: f64) {
        self.watch.repaired(clock, stages, now);
        if !self.is_it(clock) {
            return;
        }
        if let Some(stages) = stages.get(clock as usize) {
            self.open(clock, stages.detected, stages.acknowledged);
        }
        self.response.restored = now - self.onset;
        // What it does later is another incident.
        self.clock = None;
    }

    fn open(&mut self, clock: u32, detected: f64, acknowledged: f64) {
        if self.is_it(clock) {
            (self.response.detected, self.response.acknowledged) = (detected - self.onset, acknowledged - self.onset);
        }
    }

    fn outage(&mut self, service: u32, cause: u32, began: f64, ended: f64) {
        self.watch.outage(service, cause, began, ended);
    }
}
