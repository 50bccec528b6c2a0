//! How a bad release is found: by the test at the end of a stage, by the alarm of an error budget.

use super::Running;
use crate::kernel::NEVER;
use crate::model::{ALARMS, Stage};
use crate::sim::{Observer, World};
use crate::stats::{exceeds, two_proportions};

/// Changes of the errors that are kept; the oldest are taken together where there are more.
const KEPT: usize = 12;

/// The errors of a service since a bad release came: (from when on, the fraction of all requests).
#[derive(Debug, Clone, Copy, Default)]
pub struct History {
    steps: [(f64, f64); KEPT],
    count: usize,
}

impl History {
    /// There were none before.
    pub fn begin(&mut self) {
        self.count = 0;
    }

    /// From now on there are so many.
    pub fn goes_on(&mut self, now: f64, errors: f64) {
        if self.count == KEPT {
            let [(first, a), (second, b), (third, _)] = [self.steps[0], self.steps[1], self.steps[2]];
            let mean = (a * (second - first) + b * (third - second)) / (third - first).max(f64::MIN_POSITIVE);
            self.steps.copy_within(2.., 1);
            self.steps[0] = (first, mean);
            self.count -= 1;
        }
        self.steps[self.count] = (now, errors);
        self.count += 1;
    }

    /// Errors between two times, as seconds in which all requests fail.
    fn sum(&self, from: f64, to: f64) -> f64 {
        let steps = &self.steps[..self.count];
        let each = steps.iter().enumerate().map(|(place, &(begin, errors))| {
            let end = steps.get(place + 1).map_or(NEVER, |next| next.0);
            (end.min(to) - begin.max(from)).max(0.0) * errors
        });
        each.sum()
    }

    /// The first time from `now` on at which the mean of the last `window` seconds is above `limit`, if all goes on as now.
    fn alarm(&self, now: f64, window: f64, limit: f64) -> f64 {
        let Some(&(_, errors)) = self.steps[..self.count].last() else { return NEVER };
        if errors <= limit {
            return NEVER;
        }
        let need = limit * window;
        let mut at = now;
        // Between two of these times the sum grows evenly: as one goes on, an older one leaves the window.
        for &(begin, _) in &self.steps[..self.count] {
            let until = (begin + window).max(at);
            let (low, high) = (self.sum(at - window, at), self.sum(until - window, until));
            if low >= need {
                return at;
            }
            if high >= need {
                return at + (until - at) * (need - low) / (high - low);
            }
            at = until;
        }
        at
    }
}

impl<O: Observer> World<'_, O> {
    /// The fraction of a service's requests that the alarm sees fail by what it runs now.
    pub(super) fn seen_errors(&self, place: usize) -> f64 {
        let running = &self.releases.list[place].running;
        if !running.hurts() {
            return 0.0;
        }
        if self.model.releases[place].breaks.is_empty() {
            running.share * self.drawn.releases[place].errors
        } else {
            // While some replicas work they serve the requests of the others.
            f64::from(u8::from(running.share >= 1.0))
        }
    }

    /// When the error budget raises an alarm, if the service goes on as it does.
    pub(super) fn alarm(&self, place: usize, now: f64) -> f64 {
        let (release, _) = self.release(place);
        let rollout = &self.releases.list[place];
        let Some(budget) = release.budget.filter(|_| release.detection.is_none() && rollout.running.hurts()) else {
            return NEVER;
        };
        let alarms = ALARMS.iter().map(|(times, window)| rollout.history.alarm(now, *window, times * budget));
        alarms.fold(NEVER, f64::min).max(now)
    }

    /// The probability that the rules take a stage back at its end.
    pub(super) fn fails_test(&self, place: usize, stage: &Stage, now: f64) -> f64 {
        let (release, s) = self.release(place);
        let (rules, drawn) = (release.rules, &self.drawn.releases[place]);
        let Running { share, bad, .. } = self.releases.list[place].running;
        let all = self.comes(s, now - stage.lasts, now);
        let n = (share * all, (1.0 - share) * all);
        let usual = self.usual_errors(s);
        let more = if !bad {
            0.0
        } else if !release.breaks.is_empty() {
            1.0
        } else if drawn.slower == 1.0 && drawn.capacity == 1.0 {
            drawn.errors
        } else if n.0 > 0.0 {
            // What slower replicas lose depends on the load: as much as was lost.
            ((self.lost_in_addition(s) - self.releases.list[place].lost) / n.0).clamp(0.0, 1.0)
        } else {
            0.0
        };
        let errors = 1.0 - (1.0 - usual) * (1.0 - more);
        let above = rules.above.map_or(0.0, |limit| exceeds(n.0, errors, limit));
        let worse = rules.worse_at.map_or(0.0, |confidence| two_proportions((errors, usual), n, confidence));
        // Where both rules are given they see the same requests: the sharper one decides.
        above.max(worse)
    }
}
