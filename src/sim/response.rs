//! Repair by a runbook: step after step, each by people or by a program, until one ends the incident.

use super::clock::{ACKNOWLEDGEMENT, STEPS, word};
use super::parts::Phase;
use super::rules::Queue;
use super::team::Case;
use super::{Course, Observer, World};
use crate::kernel::NEVER;
use crate::model::{NONE, Next};
use crate::random::{Stream, uniform};

impl<O: Observer> World<'_, O> {
    /// A failure begins: what is known of it as an incident, where a runbook repairs it.
    pub(super) fn open_case(&mut self, c: usize) {
        let component = &self.components[c];
        if self.drawn.modes[component.mode as usize].runbook != NONE {
            self.cases[c] = Case::of(&self.drawn.modes[component.mode as usize], component.n);
        }
    }

    /// A failure is known and lacks no part: its runbook begins.
    #[cold]
    pub(super) fn begin_runbook(&mut self, c: usize, now: f64) {
        self.enter_step(c, 0, now);
    }

    /// The streams of the present step: functions of the incident, the step's name, and how often its steps led back. So a
    /// step keeps its draws where others come before it or go.
    fn step_stream(&self, c: usize) -> Stream {
        let (component, case) = (&self.components[c], &self.cases[c]);
        let runbook = self.drawn.modes[component.mode as usize].runbook as usize;
        let step = self.model.runbooks[runbook].steps[case.step as usize].stream;
        Stream::new(step, word(component.stream, case.number, STEPS), u64::from(case.round))
    }

    /// A step is next: it starts, or waits for people.
    fn enter_step(&mut self, c: usize, step: u32, now: f64) {
        let mode = &self.drawn.modes[self.components[c].mode as usize];
        let (runbook, team) = (mode.runbook as usize, self.cases[c].team);
        self.cases[c].step = step;
        self.cases[c].working = false;
        let people = if team == NONE { 0 } else { self.model.runbooks[runbook].steps[step as usize].people };
        self.components[c].left = self.drawn.steps[runbook][step as usize].takes.draw(self.step_stream(c).word(0));
        let case = &mut self.cases[c];
        // Whoever was called stays until the last step ends.
        case.needs = people.max(u32::from(case.held > 0));
        if case.needs > case.held {
            self.wait_for_people(team as usize, c, now);
            return;
        }
        let spare = case.held - case.needs;
        case.held = case.needs;
        self.work_on(c, now);
        if spare > 0 {
            let state = &mut self.teams[team as usize];
            state.free += spare;
            state.busy -= f64::from(spare) * (self.end - now);
            self.assign(team as usize, now);
        } else {
            self.make_way(c, now);
        }
    }

    /// A step has begun: something more urgent that came at this very instant could take nobody from what was due.
    fn make_way(&mut self, c: usize, now: f64) {
        let team = self.cases[c].team as usize;
        if self.teams.get(team).and_then(|team| team.rules.as_ref()).is_some_and(|rules| rules.preempts) {
            self.assign(team, now);
        }
    }

    /// Whether a program is at work on an incident.
    pub(super) fn is_done_by_program(&self, c: usize) -> bool {
        let (case, runbook) = (&self.cases[c], self.drawn.modes[self.components[c].mode as usize].runbook);
        runbook != NONE && case.working && self.model.runbooks[runbook as usize].steps[case.step as usize].people == 0
    }

    /// The present step starts.
    fn work_on(&mut self, c: usize, now: f64) {
        let (component, stages) = (&mut self.components[c], &mut self.stages[c]);
        component.phase = Phase::Stepping;
        stages.acknowledged = stages.acknowledged.min(now);
        self.cases[c].working = true;
        self.events.set(c, now + component.left);
        self.observer.moves_on(c as u32, Course::Begins(self.cases[c].step), now);
    }

    /// Too few people are at work on an incident for its next step.
    fn wait_for_people(&mut self, team: usize, c: usize, now: f64) {
        let component = &mut self.components[c];
        let mode = &self.drawn.modes[component.mode as usize];
        let case = &mut self.cases[c];
        component.phase = Phase::Waiting;
        case.since = now;
        case.acknowledgement = 0.0;
        if !case.taken_up && mode.acknowledges {
            case.acknowledgement = mode.acknowledge.draw(word(component.stream, case.number, ACKNOWLEDGEMENT));
        }
        let (line, begun) = (case.line as usize, case.taken_up);
        self.events.set(c, NEVER);
        if begun {
            case.escalates = NEVER;
        } else {
            self.await_acknowledgement(team, c, now);
        }
        let (case, state) = (&self.cases[c], &mut self.teams[team]);
        state.waiting += 1;
        state.queued += self.end - now;
        match &mut state.rules {
            Some(rules) if begun => {
                rules.holding += u32::from(case.held > 0);
                if rules.preempts && case.held > 0 {
                    self.links.remove(&mut rules.at_work[line], c as u32);
                }
                if matches!(rules.queue, Queue::Lines) {
                    // In front of those to whom nobody has come yet.
                    let mut other = NONE;
                    let mut next = state.lines[line].first;
                    while next != NONE && self.cases[next as usize].taken_up {
                        (other, next) = (next, self.links.behind(next));
                    }
                    self.links.push_behind(&mut state.lines[line], other, c as u32);
                } else {
                    self.stand_last(team, c);
                }
            }
            _ => self.stand_last(team, c),
        }
        self.assign(team, now);
    }

    /// How many people the first in line of a team with rules lacks.
    pub(super) fn wanted(&self, team: usize) -> u32 {
        let first = self.teams[team].lines.iter().find(|line| !line.is_empty());
        first.map_or(1, |line| {
            let case = &self.cases[line.first as usize];
            case.needs - case.held
        })
    }

    /// The people of another incident, who wait for more to come, help the first in line meanwhile: else two incidents could
    /// wait for each other's people for ever. The last in line gives its people first.
    pub(super) fn lend(&mut self, team: usize, now: f64) -> bool {
        let state = &self.teams[team];
        let Some(first) = state.lines.iter().find(|line| !line.is_empty()).map(|line| line.first) else { return false };
        if state.rules.as_ref().is_none_or(|rules| rules.holding == 0) {
            return false;
        }
        for line in state.lines.iter().rev() {
            let mut c = line.last;
            while c != NONE && c != first {
                let held = std::mem::take(&mut self.cases[c as usize].held);
                if held > 0 {
                    let state = &mut self.teams[team];
                    state.free += held;
                    state.busy -= f64::from(held) * (self.end - now);
                    if let Some(rules) = &mut state.rules {
                        rules.manned -= 1;
                        rules.holding -= 1;
                    }
                    return true;
                }
                c = self.links.before(c);
            }
        }
        false
    }

    /// A person has acknowledged, or a step is over.
    #[cold]
    pub(super) fn step_due(&mut self, c: usize, now: f64) {
        if !self.cases[c].working {
            self.work_on(c, now);
            self.make_way(c, now);
            return;
        }
        let mode = &self.drawn.modes[self.components[c].mode as usize];
        let (runbook, team) = (mode.runbook as usize, self.cases[c].team);
        let step = self.cases[c].step;
        let works = self.drawn.steps[runbook][step as usize].works;
        let done = works > 0.0 && uniform(self.step_stream(c).word(1)) < works;
        let next = self.model.runbooks[runbook].steps[step as usize].next;
        let ends = done || next == Next::End;
        self.observer.moves_on(c as u32, Course::Ends { step, done: ends }, now);
        match next {
            Next::Step(next) if !done => {
                self.cases[c].round += u32::from(next <= step);
                self.enter_step(c, next, now);
            }
            Next::Step(_) | Next::End => {
                self.restore(c, now);
                if self.cases[c].held > 0 {
                    self.release_person(team as usize, c, now);
                }
            }
        }
    }
}
