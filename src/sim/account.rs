//! Book-keeping: outages, downtime by cause, stages, and what a replication gave in the end.

use super::outcome::sum;
use super::parts::Stages;
use super::spares::part;
use super::structure::Without;
use super::windows::Segment;
use super::{Observer, World};
use crate::kernel::NEVER;
use crate::model::{NONE, Revenue};

impl<O: Observer> World<'_, O> {
    /// A service goes down by the failure of clock `c`.
    pub(super) fn begin_outage(&mut self, s: usize, c: usize, now: f64) {
        self.services_down += 1;
        let outage = &mut self.services[s].outage;
        // One that ended at this very instant goes on, unless it had no length: then it was none.
        if outage.ended == now && outage.began < now {
            self.reopen(s);
        } else {
            outage.began = now;
            outage.cause = c as u32;
            outage.stages = None;
            outage.carried_over = false;
            if let Some(stages) = self.stages.get_mut(c) {
                stages.outages += 1;
            }
        }
        let outage = &mut self.services[s].outage;
        outage.ended = NEVER;
        outage.charged = now;
        self.blame(s);
        self.note_exclusions(s);
    }

    /// The outage that ended at this very instant goes on: takes it back out of the books.
    #[cold]
    fn reopen(&mut self, s: usize) {
        let outage = &self.services[s].outage;
        let (detection, acknowledgement) = outage.stages.unwrap_or_default();
        let given = &mut self.outcome.services[s];
        given.lengths.pop();
        given.sums[sum::ONSETS] -= f64::from(u8::from(!outage.carried_over));
        given.sums[sum::ENDED] -= 1.0;
        given.sums[sum::DETECTION] -= detection;
        given.sums[sum::ACKNOWLEDGEMENT] -= acknowledgement;
    }

    /// A service is up again by the repair of clock `c`; by a replica that has taken over where that is [`NONE`].
    pub(super) fn end_outage(&mut self, s: usize, c: usize, now: f64) {
        self.services_down -= 1;
        self.charge(s, now);
        let outage = &mut self.services[s].outage;
        outage.ended = now;
        if outage.stages.is_none()
            && let Some(stages) = self.stages.get_mut(outage.cause as usize)
        {
            let (detection, acknowledgement) = stage_times(stages, outage.began, now);
            // One that a switch ends waited for nobody after its detection.
            let waited = if c == NONE as usize { 0.0 } else { acknowledgement };
            outage.stages = Some((detection, waited));
            stages.outages = stages.outages.saturating_sub(1);
        }
        self.book_outage(s, now, true);
    }

    /// Something changed in what a service that is down rests on.
    pub(super) fn recharge(&mut self, s: usize, now: f64) {
        self.charge(s, now);
        self.blame(s);
        self.note_exclusions(s);
    }

    /// Charges the downtime since the last look to the failures found then.
    fn charge(&mut self, s: usize, now: f64) {
        let outage = &mut self.services[s].outage;
        let from = outage.charged;
        outage.charged = now;
        let lasted = now - from;
        if lasted <= 0.0 {
            return;
        }
        let given = &mut self.outcome.services[s];
        given.sums[sum::DOWN] += lasted;
        let share = lasted / outage.culprits.len() as f64;
        for &mode in &outage.culprits {
            given.causes[mode as usize] += share;
        }
        for &o in &self.model.services[s].time_objectives {
            let given = &mut self.outcome.objectives[o as usize];
            let (bad, out) = if given.excluded { (0.0, lasted) } else { (lasted, 0.0) };
            given.log.push(Segment { from: from - self.from, to: now - self.from, bad, out });
        }
    }

    /// Notes for each objective whether the present downtime of its service is left out.
    #[inline]
    fn note_exclusions(&mut self, s: usize) {
        if !self.model.services[s].time_objectives.is_empty() {
            self.note_each_exclusion(s);
        }
    }

    fn note_each_exclusion(&mut self, s: usize) {
        let model = self.model;
        for &o in &model.services[s].time_objectives {
            let excludes = &model.objectives[o as usize].excludes;
            let in_force = self.any_in_force(excludes);
            self.outcome.objectives[o as usize].excluded = in_force && self.up_without(s, Without::Modes(excludes));
        }
    }

    /// Whether a failure of one of the modes marked is in force.
    pub(super) fn any_in_force(&self, modes: &[bool]) -> bool {
        modes.iter().zip(&self.drawn.modes).any(|(&marked, mode)| marked && mode.tally.in_force > 0)
    }

    /// Counts the last outage of a service, which lasted until `until`; one of no length is none.
    fn book_outage(&mut self, s: usize, until: f64, ended: bool) {
        let outage = &self.services[s].outage;
        let length = until - outage.began;
        if length <= 0.0 {
            return;
        }
        let given = &mut self.outcome.services[s];
        if !outage.carried_over {
            given.sums[sum::ONSETS] += 1.0;
        }
        given.first_outage = given.first_outage.min(outage.began - self.from);
        given.longest = given.longest.max(length);
        given.lengths.push((length, ended));
        if ended {
            let (detection, acknowledgement) = outage.stages.unwrap_or_default();
            given.sums[sum::ENDED] += 1.0;
            given.sums[sum::DETECTION] += detection;
            given.sums[sum::ACKNOWLEDGEMENT] += acknowledgement;
        }
        self.observer.outage(s as u32, outage.cause, outage.began, outage.ended);
    }

    /// Clock `c` fails again while outages that its last failure began are still to be counted: keeps their stages.
    #[cold]
    pub(super) fn keep_stages(&mut self, c: usize) {
        let stages = self.stages[c];
        for state in &mut self.services {
            let outage = &mut state.outage;
            if outage.cause as usize == c && outage.ended == NEVER && outage.stages.is_none() {
                outage.stages = Some(stage_times(&stages, outage.began, outage.ended));
            }
        }
        self.stages[c].outages = 0;
    }

    /// Measuring begins: what was counted so far is forgotten.
    pub(super) fn measure_from(&mut self, now: f64) {
        self.outcome.reset();
        for mode in &mut self.drawn.modes {
            mode.tally = super::ModeTally { in_force: mode.tally.in_force, ..Default::default() };
        }
        let left = self.end - now.max(self.from);
        for state in &mut self.services {
            state.area = f64::from(state.up) * left;
            let outage = &mut state.outage;
            if outage.ended == NEVER {
                // It began before: in the warm-up, by a failure that is in force at the start, or by what it is made of.
                outage.carried_over = true;
                outage.began = now;
                outage.charged = now;
            } else {
                outage.reset();
            }
        }
        for (state, team) in self.teams.iter_mut().zip(&self.model.teams) {
            state.busy = f64::from(team.people - state.free) * left;
            state.queued = f64::from(state.waiting) * left;
            state.waited = 0.0;
            state.asked = 0.0;
        }
        self.scalings.measure_from(self.model, left);
        for stock in &mut self.stocks {
            stock.tally = [0.0; part::N];
        }
        self.flow.measure_from(now - self.from);
        self.measure_releases_from(now);
    }

    /// The horizon is reached: closes the books.
    pub(super) fn finish(&mut self) {
        let end = self.end;
        self.before_change(end);
        let length = self.model.horizon;
        for s in 0..self.services.len() {
            if !self.services[s].is_up {
                self.charge(s, end);
                self.book_outage(s, end, false);
            }
            let state = &self.services[s];
            let given = &mut self.outcome.services[s];
            given.sums[sum::UP] = length - given.sums[sum::DOWN];
            given.up_at_end = state.is_up;
            given.replicas = state.area / length;
            given.scaled = self.scalings.counted(s).copied().unwrap_or_default();
        }
        let modes = self.drawn.modes.iter().zip(&self.drawn.failure_costs);
        for (given, (mode, cost)) in self.outcome.failures.iter_mut().zip(modes) {
            *given = [mode.tally.count, mode.tally.duration, mode.tally.ended, mode.tally.count * cost];
        }
        for (given, state) in self.outcome.teams.iter_mut().zip(&self.teams) {
            *given = [state.busy / length, state.queued / length, state.waited, state.asked];
        }
        for (given, stock) in self.outcome.stocks.iter_mut().zip(&self.stocks) {
            *given = stock.tally;
        }
        for (c, component) in self.components.iter().enumerate() {
            if component.phase.failed() {
                self.observer.open(c as u32, self.stages[c].detected, self.stages[c].acknowledged);
            }
        }
        self.finish_flow();
        self.finish_windows();
        let more = self.finish_releases();
        self.outcome.cost = self.drawn.cost * length + self.scaled_cost() + more;
        self.book_revenue();
    }

    /// What the requests that failed would have been worth, once they are counted.
    pub(super) fn book_revenue(&mut self) {
        let lost = |revenue: &Revenue| {
            let sums = &self.outcome.services[revenue.service as usize].sums;
            (sums[sum::REQUESTS] - sums[sum::GOOD]).max(0.0) * revenue.each.get(&self.drawn.draws)
        };
        self.outcome.lost_revenue = self.model.revenue.iter().map(lost).sum();
    }
}

/// Detection and acknowledgement (the wait for a person included) of an outage, from the stages of the failure that
/// began it, seconds.
fn stage_times(stages: &Stages, began: f64, ended: f64) -> (f64, f64) {
    let detected = stages.detected.clamp(began, ended);
    let acknowledged = stages.acknowledged.clamp(detected, ended);
    (detected - began, acknowledged - detected)
}
