//! The five stages of an incident, from what was seen of it.

use super::Incident;
use crate::model::{Model, Next};

/// What an incident goes through, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// From the onset until somebody, or a program, knows.
    Detect,
    /// Until work begins.
    Acknowledge,
    /// Until the first step begins that can end the incident. A runbook that begins with such a step has no such stage, nor has a
    /// repair without a runbook.
    Diagnose,
    /// Until nobody is hurt any more, and no longer than until the failure is over.
    Mitigate,
    /// Until the failure is over: what was hit is as before.
    Restore,
}

/// All stages, in their order.
pub const STAGES: [Stage; 5] = [Stage::Detect, Stage::Acknowledge, Stage::Diagnose, Stage::Mitigate, Stage::Restore];

impl Stage {
    /// `detect`, as in `summary.json`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Detect => "detect",
            Self::Acknowledge => "acknowledge",
            Self::Diagnose => "diagnose",
            Self::Mitigate => "mitigate",
            Self::Restore => "restore",
        }
    }
}

impl Incident {
    /// When each stage was over, in seconds since the onset: infinite where it was not before the horizon.
    #[must_use]
    pub fn ends(&self, model: &Model) -> [f64; 5] {
        let response = &self.response;
        let restored = response.restored;
        let ends = |step: u32| {
            let mode = model.clocks[self.clock as usize].mode as usize;
            let runbook = model.modes[mode].runbook.and_then(|runbook| model.runbooks.get(runbook as usize));
            runbook
                .and_then(|runbook| runbook.steps.get(step as usize))
                .is_some_and(|step| step.works.is_some() || step.next == Next::End)
        };
        // A repair without a runbook is one step, which ends the incident.
        let first = response.steps.iter().find(|taken| ends(taken.step)).map(|taken| taken.began);
        let by_runbook = model.modes[model.clocks[self.clock as usize].mode as usize].runbook.is_some();
        let diagnosed = if by_runbook { first.unwrap_or(f64::INFINITY) } else { response.acknowledged };
        let mitigated = if self.hurt.is_finite() { self.hurt.min(restored).max(diagnosed) } else { restored };
        let ends = [response.detected, response.acknowledged, diagnosed, mitigated, restored];
        ends.map(|end| if end <= self.left { end } else { f64::INFINITY })
    }

    /// How long each stage took as far as it was seen, and whether it was over; none where it did not begin.
    #[must_use]
    pub fn stages(&self, model: &Model) -> [Option<(f64, bool)>; 5] {
        let mut began = 0.0;
        self.ends(model).map(|end| {
            let took = (f64::is_finite(began)).then(|| (end.min(self.left) - began, end.is_finite()));
            began = end;
            took
        })
    }
}

/// Seconds between two moments in which a team is not at work: `hours` are when it is, ascending.
pub fn closed(hours: &[(f64, f64)], from: f64, to: f64) -> f64 {
    if to <= from {
        return 0.0;
    }
    let first = hours.partition_point(|(_, closes)| *closes <= from);
    let within = hours[first..].iter().take_while(|(opens, _)| *opens < to);
    to - from - within.map(|(opens, closes)| closes.min(to) - opens.max(from)).sum::<f64>()
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_lies_outside_the_hours_is_counted() {
        let hours = [(10.0, 20.0), (30.0, 40.0)];
        for (from, to, closed) in
            [(0.0, 5.0, 5.0), (12.0, 15.0, 0.0), (15.0, 35.0, 10.0), (0.0, 50.0, 30.0), (20.0, 30.0, 10.0), (9.0, 9.0, 0.0)]
        {
            assert_eq!(super::closed(&hours, from, to), closed, "{from} to {to}");
        }
    }
}
