//! Recorded failures, played back: each begins and ends as it was recorded, whatever else happens.

use super::clock::{LIFE, word};
use super::parts::Target;
use super::{Observer, World};
use crate::kernel::NEVER;
use crate::model::Trace;
use crate::random::{Stream, uniform};

impl<O: Observer> World<'_, O> {
    /// A recorded failure strikes the replicas of a service: a random choice of as many as its intensity says, of those that
    /// are up before the others. Until its end, whatever was to end before.
    pub(super) fn replay(&mut self, c: usize, trace: &Trace, now: f64) {
        let component = &self.components[c];
        let (mode, recorded) = (component.mode, trace.at(component.n));
        let ends = self.from + recorded.ends;
        let draws = Stream::new(word(component.stream, component.n, LIFE), 0, 0);
        let mut victims = std::mem::take(&mut self.victims);
        let up = self.victims_of(component.thing as usize, mode, &mut victims);
        let count = (recorded.share * victims.len() as f64).round() as usize;
        for i in 0..count {
            // One of those that are left, of those that are up while there are any.
            let left = if i < up { up - i } else { victims.len() - i };
            let pick = (uniform(draws.word(i as u64)) * left as f64) as usize;
            victims.swap(i, i + pick.min(left - 1));
            let victim = victims[i] as usize;
            if self.components[victim].phase.failed() {
                let later = self.events.time(victim).max(ends);
                self.events.set(victim, later);
            } else {
                self.components[victim].ahead = ends - now;
                self.fail(victim, now);
                // Not by way of a difference, which would be rounded: the next may begin at this very instant.
                self.events.set(victim, ends);
            }
        }
        self.victims = victims;
        self.components[c].n += 1;
        self.next_recorded(c, trace, now);
    }

    /// Clocks of a mode on the replicas of a service, first those of replicas that are up: how many these are.
    fn victims_of(&self, service: usize, mode: u32, victims: &mut Vec<u32>) -> usize {
        let clocks = self.model.services[service].replica_clocks.clone();
        let of = |up: bool| {
            let fits = move |c: &u32| {
                let component = &self.components[*c as usize];
                component.mode == mode && self.replica_is_up(component.thing) == up && !self.is_off(service, component.thing)
            };
            clocks.clone().filter(fits)
        };
        victims.clear();
        victims.extend(of(true));
        let up = victims.len();
        victims.extend(of(false));
        up
    }

    /// The next failure of a trace is due: on replicas it comes with the strike on their service.
    pub(super) fn next_recorded(&mut self, c: usize, trace: &Trace, now: f64) {
        let component = &mut self.components[c];
        if component.target == Target::Replica {
            self.events.set(c, NEVER);
            return;
        }
        let next = trace.at(component.n);
        component.ahead = next.ends - next.begins;
        self.events.set(c, (self.from + next.begins).max(now));
    }
}
