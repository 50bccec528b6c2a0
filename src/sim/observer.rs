//! Who looks on: nobody in the hot loop, a recorder when the timeline of one replication is asked for.

use super::parts::Stages;

/// How an incident goes on once it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// A person has been sent to it, and will acknowledge.
    Called,
    /// The step of this index in its runbook begins, or goes on after the person was called away.
    Begins(u32),
    /// The step of this index is over.
    Ends {
        /// Which one.
        step: u32,
        /// The incident ends with it.
        done: bool,
    },
}

/// Told of every failure and outage. Times are of the simulation's clock, which starts with the warm-up.
pub trait Observer: Clone {
    /// The clock's failure began.
    fn failed(&mut self, _clock: u32, _now: f64) {}
    /// The response to the clock's failure has come so far.
    #[inline]
    fn moves_on(&mut self, _clock: u32, _to: Course, _now: f64) {}
    /// The failure ended; the stages of all clocks' last failures are told with it.
    fn repaired(&mut self, _clock: u32, _stages: &[Stages], _now: f64) {}
    /// A service was down from `began` to `ended` (infinite: beyond the horizon); `cause` is the clock that began it.
    fn outage(&mut self, _service: u32, _cause: u32, _began: f64, _ended: f64) {}
    /// A failure is in force at the end; its stages were, or will be, reached at these times.
    fn open(&mut self, _clock: u32, _detected: f64, _acknowledged: f64) {}
    /// Requests to a service failed, spread evenly between two times, in seconds after the start.
    fn lost(&mut self, _service: u32, _from: f64, _to: f64, _requests: f64) {}
}

impl Observer for () {}

/// A failure as seen: the clock, when it began, and its stages; infinite where they were not reached.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// Index of the clock.
    pub clock: u32,
    /// The failure itself.
    pub began: f64,
    /// Somebody, or automation, knew of it.
    pub detected: f64,
    /// Work on it began.
    pub acknowledged: f64,
    /// It was over.
    pub repaired: f64,
}

/// Keeps all that happens in one replication.
#[derive(Debug, Clone, Default)]
pub struct Recorder {
    /// Every failure, in the order in which they began.
    pub failures: Vec<Seen>,
    /// (service, cause, began, ended).
    pub outages: Vec<(u32, u32, f64, f64)>,
    /// The place in `failures` of each clock's last failure.
    last: Vec<u32>,
}

impl Recorder {
    fn last(&mut self, clock: u32) -> Option<&mut Seen> {
        let place = *self.last.get(clock as usize)?;
        self.failures.get_mut(place as usize)
    }
}

impl Observer for Recorder {
    fn failed(&mut self, clock: u32, now: f64) {
        if self.last.len() <= clock as usize {
            self.last.resize(clock as usize + 1, u32::MAX);
        }
        self.last[clock as usize] = self.failures.len() as u32;
        self.failures.push(Seen {
            clock,
            began: now,
            detected: f64::INFINITY,
            acknowledged: f64::INFINITY,
            repaired: f64::INFINITY,
        });
    }

    fn repaired(&mut self, clock: u32, stages: &[Stages], now: f64) {
        if let Some(stages) = stages.get(clock as usize) {
            self.open(clock, stages.detected, stages.acknowledged);
        }
        if let Some(seen) = self.last(clock) {
            seen.repaired = now;
        }
    }

    fn open(&mut self, clock: u32, detected: f64, acknowledged: f64) {
        if let Some(seen) = self.last(clock) {
            seen.detected = detected;
            seen.acknowledged = acknowledged;
        }
    }

    fn outage(&mut self, service: u32, cause: u32, began: f64, ended: f64) {
        // An outage that went on is told again, with its real end.
        match self.outages.iter_mut().rev().find(|outage| outage.0 == service) {
            Some(last) if last.2 == began => last.3 = ended,
            _ => self.outages.push((service, cause, began, ended)),
        }
    }
}
