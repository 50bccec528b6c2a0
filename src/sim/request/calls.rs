//! Answers, and the calls that a request makes: one after the other or at once, given up, tried again.
//!
//! What happens at one instant is a list of steps, so that a chain of a thousand services that all answer at once is no
//! recursion.

use super::job::State;
use super::outcome::count;
use super::timers::Timer;
use super::{Requests, Step};
use crate::model::NONE;
use crate::random::uniform;
use crate::scenario::Jitter;

/// Attempts of one call, as bits of the number of a draw.
const TRIES: u32 = 7;
/// Draws of a request at one of its calls: keys of the calls from 0 on, then those for caches, then for pauses, then for how many.
const HITS: u64 = 1 << 28;
const PAUSES: u64 = 1 << 29;
const MANY: u64 = 1 << 30;

impl Requests<'_> {
    /// Does all that is left to do at this instant.
    #[inline]
    pub(super) fn run_steps(&mut self, now: f64) {
        while let Some(step) = self.steps.pop() {
            match step {
                Step::None => {}
                Step::Arrive(j) => self.arrive(j, now),
                Step::Worked(j) => self.worked(j, now),
                Step::GoOn(j) => self.go_on(j, now),
                Step::Answered { parent, site, nth, tries, good } => self.answered(parent, site, nth, tries, good, now),
                Step::Broken { parent, site, nth, tries } => self.failed(parent, site, nth, tries, now),
            }
            if self.jobs.flooded {
                self.steps.clear();
            }
        }
    }

    /// A request that has left its station is answered: whoever waits for it learns, and its place is free.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "in the loop of every request")]
    pub(super) fn answer(&mut self, j: u32, outcome: usize, now: f64) {
        let job = &self.jobs[j];
        let (s, r) = (job.service as usize, job.replica);
        if job.abandoned {
            self.meters[s].count(count::WASTED);
        } else {
            self.resolve(j, outcome, now);
        }
        self.add_load(s, r, -1);
        self.jobs.give(j);
    }

    /// Whoever waits for a request learns how it ended.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "in the loop of every request")]
    pub(super) fn resolve(&mut self, j: u32, outcome: usize, now: f64) {
        let job = &self.jobs[j];
        let (s, arrived) = (job.service as usize, job.arrived);
        self.meters[s].resolve(outcome, arrived, now);
        if !self.plant.nodes[s].objectives.is_empty() {
            self.count_for_objectives(s, outcome == count::GOOD, now - arrived);
        }
        let job = &self.jobs[j];
        if job.root {
            self.came_back(j, outcome, now);
            return;
        }
        self.resolve_call(j, outcome);
    }

    /// Whoever waits for a call learns how it ended.
    fn resolve_call(&mut self, j: u32, outcome: usize) {
        let job = &self.jobs[j];
        let (parent, site, nth, tries) = (job.parent, job.site, job.nth, job.tries);
        let deadlines = self.plant.sites[site as usize].deadlines;
        if deadlines != NONE {
            self.plant.deadlines[deadlines as usize].remove(&mut self.jobs, j);
        }
        if parent != NONE {
            self.part(j);
            self.steps.push(Step::Answered { parent, site, nth, tries, good: outcome == count::GOOD });
        }
    }

    /// A call leaves the list of those that its caller waits for.
    fn part(&mut self, j: u32) {
        let (parent, sibling, elder) = (self.jobs[j].parent, self.jobs[j].sibling, self.jobs[j].elder);
        if elder == NONE {
            self.jobs[parent].child = sibling;
        } else {
            self.jobs[elder].sibling = sibling;
        }
        if sibling != NONE {
            self.jobs[sibling].elder = elder;
        }
        self.jobs[j].parent = NONE;
    }

    /// A call joins the list of those that its caller waits for.
    fn join(&mut self, j: u32, parent: u32) {
        let first = std::mem::replace(&mut self.jobs[parent].child, j);
        if first != NONE {
            self.jobs[first].elder = j;
        }
        let job = &mut self.jobs[j];
        (job.parent, job.sibling, job.elder) = (parent, first, NONE);
    }

    /// A request makes its next calls, or is done where there are none.
    pub(super) fn go_on(&mut self, j: u32, now: f64) {
        loop {
            let job = &self.jobs[j];
            if job.open > 0 {
                return;
            }
            let node = &self.plant.nodes[job.service as usize];
            let at = job.at;
            if job.left > 0 {
                // Calls one after the other: `at` still stands at them.
                let site = node.sites.0 + at;
                self.jobs[j].left -= 1;
                if self.jobs[j].left == 0 {
                    self.jobs[j].at += 1;
                }
                let nth = self.jobs[j].left;
                self.call(j, site, nth, now);
                continue;
            }
            if at == node.sites.1 {
                self.stop_calling(j, now);
                return self.answer(j, count::GOOD, now);
            }
            if job.server != NONE && at >= node.held_until {
                self.go_away(j, now);
            }
            let first = self.plant.nodes[self.jobs[j].service as usize].sites.0;
            let end = self.plant.sites[(first + at) as usize].group_end;
            if end == at + 1 {
                let many = self.how_many(j, first + at);
                self.jobs[j].left = many;
                if many == 0 {
                    self.jobs[j].at = end;
                }
            } else {
                self.jobs[j].at = end;
                for site in first + at..first + end {
                    for nth in 0..self.how_many(j, site) {
                        self.call(j, site, nth, now);
                    }
                }
            }
        }
    }

    /// How many calls a request makes at a place: 2.5 are two, and a third for half of the requests.
    fn how_many(&self, j: u32, site: u32) -> u32 {
        let site = &self.plant.sites[site as usize];
        let more = site.part > 0.0 && uniform(site.stream.word(self.jobs[j].key.wrapping_add(MANY))) < site.part;
        site.whole + u32::from(more)
    }

    /// A request makes one of its calls, unless a cache answers it.
    fn call(&mut self, j: u32, site: u32, nth: u32, now: f64) {
        let place = &mut self.plant.sites[site as usize];
        if place.hits > 0.0 {
            let word = place.stream.word(self.jobs[j].key.wrapping_add(HITS + u64::from(nth)));
            if uniform(word) < place.hits {
                place.called.hits += 1;
                return;
            }
        }
        place.called.calls += 1;
        if let Some(budget) = &mut place.budget {
            budget.deposit(now);
        }
        self.jobs[j].open += 1;
        self.launch(j, site, nth, 0, now);
    }

    /// An attempt of a call is made.
    fn launch(&mut self, parent: u32, site: u32, nth: u32, tries: u8, now: f64) {
        let place = &mut self.plant.sites[site as usize];
        place.called.attempts += 1;
        if let Some(breaker) = &mut place.breaker
            && !breaker.allows(now)
        {
            place.called.broken += 1;
            self.steps.push(Step::Broken { parent, site, nth, tries });
            return;
        }
        let child = self.new_call(parent, site, nth, tries, State::Moving);
        let to = self.jobs[child].service as usize;
        self.jobs[child].arrived = now;
        let deadlines = self.plant.sites[site as usize].deadlines;
        if deadlines != NONE {
            let deadlines = &mut self.plant.deadlines[deadlines as usize];
            if deadlines.push(&mut self.jobs, child) && self.events.time(deadlines.slot) > now + deadlines.patience {
                self.events.set(deadlines.slot, now + deadlines.patience);
            }
        }
        self.meters[to].arrive(now);
        if tries == 0 {
            self.meters[to].count(count::FIRST);
        }
        self.steps.push(Step::Arrive(child));
    }

    /// The record of an attempt of a call.
    fn new_call(&mut self, parent: u32, site: u32, nth: u32, tries: u8, state: State) -> u32 {
        let place = &self.plant.sites[site as usize];
        let number = u64::from(nth) << TRIES | u64::from(tries);
        let caller = &self.jobs[parent];
        let key = place.stream.word(caller.key.wrapping_add(number));
        let priority = if place.priority <= 4 { place.priority } else { caller.priority };
        let to = place.to;
        let child = self.jobs.take();
        let job = &mut self.jobs[child];
        (job.key, job.service, job.site, job.nth, job.tries) = (key, to, site, nth, tries);
        (job.priority, job.state, job.root, job.abandoned) = (priority, state, false, false);
        (job.replica, job.server, job.child, job.open, job.left) = (NONE, NONE, NONE, 0, 0);
        self.join(child, parent);
        child
    }

    /// An attempt of a call was answered, or given up.
    fn answered(&mut self, parent: u32, site: u32, nth: u32, tries: u8, good: bool, now: f64) {
        if let Some(breaker) = &mut self.plant.sites[site as usize].breaker {
            breaker.answered(good, now);
        }
        if good {
            self.jobs[parent].open -= 1;
            self.go_on(parent, now);
        } else {
            self.failed(parent, site, nth, tries, now);
        }
    }

    /// An attempt of a call failed: it is tried again, or the call has failed.
    fn failed(&mut self, parent: u32, site: u32, nth: u32, tries: u8, now: f64) {
        let place = &mut self.plant.sites[site as usize];
        if tries < place.retries {
            if place.budget.as_mut().is_none_or(|budget| budget.withdraw(now)) {
                return self.try_again(parent, site, nth, tries + 1, now);
            }
            place.called.denied += 1;
        }
        place.called.failed += 1;
        let needed = place.needed;
        self.jobs[parent].open -= 1;
        if needed {
            self.fail(parent, count::DEPENDENCY, now);
        } else {
            self.go_on(parent, now);
        }
    }

    /// A call is tried again, at once or after a pause.
    #[cold]
    fn try_again(&mut self, parent: u32, site: u32, nth: u32, tries: u8, now: f64) {
        let place = &self.plant.sites[site as usize];
        let rule = place.backoff;
        let longest = (rule.first * libm::pow(rule.times, f64::from(tries - 1))).min(rule.most);
        let number = PAUSES + (u64::from(nth) << TRIES | u64::from(tries));
        let chance = || uniform(place.stream.word(self.jobs[parent].key.wrapping_add(number)));
        let pause = match rule.jitter {
            Jitter::None => longest,
            Jitter::Equal => longest * (0.5 + 0.5 * chance()),
            Jitter::Full => longest * chance(),
        };
        if pause > 0.0 {
            let child = self.new_call(parent, site, nth, tries, State::Pausing);
            self.set_timer(now + pause, Timer::Retry(child));
        } else {
            self.launch(parent, site, nth, tries, now);
        }
    }

    /// The pause before a retry is over.
    pub(super) fn pause_over(&mut self, j: u32, now: f64) {
        let job = &self.jobs[j];
        let (parent, site, nth, tries, abandoned) = (job.parent, job.site, job.nth, job.tries, job.abandoned);
        if !abandoned {
            self.part(j);
        }
        self.jobs.give(j);
        if !abandoned {
            self.launch(parent, site, nth, tries, now);
        }
    }

    /// A request fails before it is done: it leaves its station, and what it called is given up.
    pub(super) fn fail(&mut self, j: u32, outcome: usize, now: f64) {
        self.leave(j, now);
        self.abandon_calls(j, now);
        self.answer(j, outcome, now);
    }

    /// What a request has called is given up, since nobody waits for the answers any more.
    pub(super) fn abandon_calls(&mut self, j: u32, now: f64) {
        self.forget(j);
        self.abandon_children(j, now);
        self.take_back_doomed(now);
    }

    /// Takes back the work of all requests that are doomed, and gives up what they called.
    fn take_back_doomed(&mut self, now: f64) {
        while let Some(j) = self.doomed.pop() {
            self.forget(j);
            self.leave(j, now);
            self.abandon_children(j, now);
            let (s, r) = (self.jobs[j].service as usize, self.jobs[j].replica);
            self.add_load(s, r, -1);
            self.jobs.give(j);
        }
    }

    /// Gives up the calls of one request; those whose work is taken back are doomed.
    fn abandon_children(&mut self, j: u32, now: f64) {
        if !matches!(self.jobs[j].state, State::Calling) {
            return;
        }
        let mut child = std::mem::replace(&mut self.jobs[j].child, NONE);
        while child != NONE {
            let next = self.jobs[child].sibling;
            self.jobs[child].parent = NONE;
            if self.jobs[child].state != State::Pausing {
                self.resolve(child, count::CANCELLED, now);
                if self.plant.sites[self.jobs[child].site as usize].cancels {
                    self.doomed.push(child);
                }
            }
            self.jobs[child].abandoned = true;
            child = next;
        }
    }

    /// Takes back all steps that concern a request whose place will be free.
    fn forget(&mut self, j: u32) {
        for step in &mut self.steps {
            let concerns = match *step {
                Step::None => false,
                Step::Arrive(other) | Step::Worked(other) | Step::GoOn(other) => other == j,
                Step::Answered { parent, .. } | Step::Broken { parent, .. } => parent == j,
            };
            if concerns {
                *step = Step::None;
            }
        }
    }

    /// Callers give up: those of the requests that have been on their way for as long as they are patient.
    #[cold]
    pub(super) fn give_up(&mut self, list: usize, now: f64) {
        let slot = self.plant.deadlines[list].slot;
        self.events.set(slot, crate::kernel::NEVER);
        while let Some(j) = self.plant.deadlines[list].first() {
            let due = self.jobs[j].arrived + self.plant.deadlines[list].patience;
            if due > now {
                self.events.set(slot, due);
                return;
            }
            self.resolve(j, count::TIMEOUT, now);
            self.jobs[j].abandoned = true;
            if self.plant.sites[self.jobs[j].site as usize].cancels {
                self.doomed.push(j);
                self.take_back_doomed(now);
            }
        }
    }
}
