//! Tests of replicas that wait: nobody else sees them fail.

use super::super::clock::{TEST, word};
use super::super::parts::{Phase, Target};
use super::super::{Observer, World};
use crate::model::{Effect, Inspection, Mode, Model, NONE, Service};

/// Whether a mode takes down replicas that are tested while they wait. What is planned needs no test to be known.
pub fn is_tested(model: &Model, mode: u32) -> bool {
    let tested = |service: &Service| {
        service.standby.as_ref().is_some_and(|standby| standby.test.is_some())
            && service.replica_clocks.clone().any(|c| model.clocks[c as usize].mode == mode)
    };
    let Mode { effect, planned, .. } = &model.modes[mode as usize];
    matches!(effect, Effect::Down) && !planned && model.services.iter().any(tested)
}

impl<'m, O: Observer> World<'m, O> {
    /// When a failure of clock `c` that begins now is known, if it is one of a replica that waits and is tested. Its own
    /// inspections may find it as well.
    #[cold]
    pub(in crate::sim) fn found_by_test(&self, c: usize, now: f64) -> Option<f64> {
        let component = &self.components[c];
        if component.target != Target::Replica || !self.waits(component.service as usize, component.thing) {
            return None;
        }
        let found = self.found_by(self.test(component.service as usize)?, word(component.stream, component.n, TEST), now);
        Some(if self.drawn.modes[component.mode as usize].hidden { found.min(self.found(c, now)) } else { found })
    }

    pub(super) fn test(&self, s: usize) -> Option<&'m Inspection> {
        self.model.services[s].standby.as_ref()?.test.as_ref()
    }

    /// When those of service `s` that wait can be called: now, or when the present test is over.
    pub(super) fn after_test(&self, s: usize, now: f64) -> f64 {
        let Some(test) = self.test(s) else { return now };
        let since = now - self.from - test.first;
        let into = since.rem_euclid(test.every);
        if into < test.takes && (since >= 0.0 || test.first <= test.every) { now + (test.takes - into) } else { now }
    }

    /// Failures of a member that nobody knows of, found because it was called: their repair begins.
    pub(super) fn find(&mut self, m: usize, now: f64) {
        let replica = &self.model.replicas[self.replica(m) as usize];
        if replica.zone != NONE && self.zone_down[replica.zone as usize] > 0 {
            return;
        }
        for c in replica.clocks.clone() {
            let (component, stages) = (&mut self.components[c as usize], &mut self.stages[c as usize]);
            if !component.phase.failed() || stages.detected <= now {
                continue;
            }
            stages.detected = now;
            match component.phase {
                // Automation.
                Phase::Repairing => {
                    stages.acknowledged = now;
                    self.events.set(c as usize, now + component.left);
                }
                Phase::Detecting => self.events.set(c as usize, now),
                _ => {}
            }
        }
    }
}
