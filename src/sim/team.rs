//! People: who works on what, and who waits for them.
//!
//! A plain team sends whoever is free to the first in line. One with hours, preemption, another selection or repairs that
//! need parts has [`super::rules::Rules`], and every decision of it is made in [`World::assign`].

use super::drawn::ModeNow;
use super::failure::acknowledge;
use super::parts::{Phase, TeamState};
use super::rules::Queue;
use super::{Course, Observer, World};
use crate::kernel::NEVER;
use crate::model::NONE;

impl<O: Observer> World<'_, O> {
    /// A failure is known: it asks for the part that its repair needs, then for a person.
    pub(super) fn detected(&mut self, c: usize, now: f64) {
        let mode = &self.drawn.modes[self.components[c].mode as usize];
        if mode.plain {
            self.ask_team(c, now);
        } else if mode.stock == NONE {
            self.begin_runbook(c, now);
        } else {
            self.ask_for_part(c, now);
        }
    }

    /// A failure that lacks nothing but a person asks its team for one.
    pub(super) fn ask_team(&mut self, c: usize, now: f64) {
        let team = self.drawn.modes[self.components[c].mode as usize].team as usize;
        if self.teams[team].send_someone(now, self.end) {
            self.begin_repair(c, now);
        } else {
            self.wait_in_line(c, now);
        }
    }

    /// Nobody can be sent at once: the incident waits behind those of its priority.
    pub(super) fn wait_in_line(&mut self, c: usize, now: f64) {
        let mode = &self.drawn.modes[self.components[c].mode as usize];
        let team = mode.team as usize;
        let state = &mut self.teams[team];
        self.components[c].phase = Phase::Waiting;
        state.waiting += 1;
        state.queued += self.end - now;
        self.events.set(c, NEVER);
        if state.rules.is_none() {
            self.links.push_last(&mut state.lines[mode.line as usize], c as u32);
        } else {
            self.join(team, c, now);
        }
    }

    /// A person is done with incident `c` and takes the first in line.
    #[inline]
    pub(super) fn release_person(&mut self, team: usize, c: usize, now: f64) {
        let state = &mut self.teams[team];
        if state.rules.is_some() {
            // That of somebody else, where it was handed on.
            let team = self.cases[c].team as usize;
            self.finish_work(team, c, now);
            self.assign(team, now);
        } else if state.waiting == 0 {
            state.free += 1;
            state.busy -= self.end - now;
        } else {
            self.take_next(team, now);
        }
    }

    fn take_next(&mut self, team: usize, now: f64) {
        let state = &mut self.teams[team];
        let Some(line) = state.lines.iter_mut().find(|line| !line.is_empty()) else { return };
        let Some(c) = self.links.pop_first(line) else { return };
        let c = c as usize;
        state.waiting -= 1;
        state.queued -= self.end - now;
        state.waited += now - self.stages[c].detected;
        state.asked += 1.0;
        self.begin_repair(c, now);
    }

    /// A person begins with an incident.
    fn begin_repair(&mut self, c: usize, now: f64) {
        self.observer.moves_on(c as u32, Course::Called, now);
        let component = &mut self.components[c];
        let mode = &self.drawn.modes[component.mode as usize];
        let done = acknowledge(component, mode, &mut self.stages[c], now);
        self.events.set(c, done);
    }
}

/// Teams with rules.
impl<O: Observer> World<'_, O> {
    /// An incident comes to a team with rules.
    #[cold]
    fn join(&mut self, team: usize, c: usize, now: f64) {
        let mode = &self.drawn.modes[self.components[c].mode as usize];
        let acknowledgement = mode.acknowledgement(&self.components[c]);
        self.cases[c] = Case { since: now, acknowledgement, needs: 1, ..Case::of(mode, 0) };
        self.await_acknowledgement(team, c, now);
        self.stand_last(team, c);
        self.assign(team, now);
    }

    /// An incident stands behind those of its priority.
    pub(super) fn stand_last(&mut self, team: usize, c: usize) {
        let line = self.cases[c].line as usize;
        let TeamState { rules: Some(rules), lines, .. } = &mut self.teams[team] else { return };
        match &mut rules.queue {
            Queue::Lines => self.links.push_last(&mut lines[line], c as u32),
            Queue::Random(pool) => pool.push(c as u32),
            Queue::Race(race) => race.push(&mut self.links, self.kinds.of_clock[c], c as u32),
        }
    }

    /// Sends people to incidents for as long as the rules allow; whatever may let work start ends here.
    pub(super) fn assign(&mut self, team: usize, now: f64) {
        loop {
            let state = &mut self.teams[team];
            let Some(rules) = &mut state.rules else { return };
            let may_start = state.waiting > 0 && now < rules.closes;
            if let Queue::Race(race) = &mut rules.queue {
                let next = if may_start && state.free > 0 { now + race.look() } else { NEVER };
                self.events.set(race.slot, next);
                return;
            }
            if !may_start {
                return;
            }
            // Whoever is first and must wait for people holds up those behind.
            let wanted = self.wanted(team);
            while self.teams[team].free < wanted || self.is_at_limit(team) {
                if !self.lend(team, now) && !self.preempt(team, now) {
                    return;
                }
            }
            self.take_up(team, now);
        }
    }

    /// A free person takes up one of the incidents that wait.
    fn take_up(&mut self, team: usize, now: f64) {
        let state = &mut self.teams[team];
        let Some(rules) = &mut state.rules else { return };
        let next = match &mut rules.queue {
            Queue::Lines => state.lines.iter_mut().find(|line| !line.is_empty()).and_then(|line| self.links.pop_first(line)),
            Queue::Random(pool) => pool.pick(),
            Queue::Race(race) => race.pick(&mut self.links),
        };
        let Some(c) = next else { return };
        self.observer.moves_on(c, Course::Called, now);
        let case = &mut self.cases[c as usize];
        if rules.preempts {
            self.links.push_last(&mut rules.at_work[case.line as usize], c);
        }
        let c = c as usize;
        if case.held > 0 {
            rules.holding -= 1;
        } else {
            rules.manned += 1;
        }
        state.waiting -= 1;
        state.queued -= self.end - now;
        state.waited += now - case.since;
        state.asked += f64::from(u8::from(!case.taken_up));
        let more = case.needs - case.held;
        state.free -= more;
        state.busy += f64::from(more) * (self.end - now);
        case.held = case.needs;
        case.taken_up = true;
        case.ready = now + case.acknowledgement;
        if case.ready > case.escalates {
            // Too late: nobody acknowledges before it is handed on.
            self.components[c].phase = Phase::Waiting;
            self.events.set(c, case.escalates);
            return;
        }
        let stages = &mut self.stages[c];
        if stages.acknowledged == NEVER {
            stages.acknowledged = case.ready;
        }
        let component = &mut self.components[c];
        if self.drawn.modes[component.mode as usize].runbook == NONE {
            component.phase = Phase::Repairing;
            self.events.set(c, case.ready + component.left);
        } else {
            component.phase = Phase::Stepping;
            self.events.set(c, case.ready);
        }
    }

    /// A person leaves an incident, done or not.
    pub(super) fn finish_work(&mut self, team: usize, c: usize, now: f64) {
        let state = &mut self.teams[team];
        let case = &mut self.cases[c];
        let held = std::mem::take(&mut case.held);
        state.free += held;
        state.busy -= f64::from(held) * (self.end - now);
        let Some(rules) = &mut state.rules else { return };
        rules.manned -= u32::from(held > 0);
        if rules.preempts {
            self.links.remove(&mut rules.at_work[case.line as usize], c as u32);
        }
    }

    /// Frees the people of what was taken up last of the lowest priority, if something of a higher one waits. What they did
    /// is not lost, and what a program does goes on without them.
    fn preempt(&mut self, team: usize, now: f64) -> bool {
        let Some(c) = self.gives_way(team, now) else { return false };
        let last = self.cases[c].line as usize;
        let by_program = self.is_done_by_program(c);
        self.finish_work(team, c, now);
        if by_program {
            return true;
        }
        let (component, stages, case) = (&mut self.components[c], &mut self.stages[c], &mut self.cases[c]);
        component.phase = Phase::Waiting;
        case.since = now;
        if case.ready > now {
            case.acknowledgement = case.ready - now;
            if stages.acknowledged > now {
                stages.acknowledged = NEVER;
            }
        } else {
            case.acknowledgement = 0.0;
            case.escalates = NEVER;
            case.working = false;
            component.left = self.events.time(c) - now;
        }
        self.events.set(c, case.escalates);
        let state = &mut self.teams[team];
        state.waiting += 1;
        state.queued += self.end - now;
        self.links.push_first(&mut state.lines[last], c as u32);
        true
    }

    /// Whose people go to the first in line, which has a higher priority: nobody's as long as all that could be taken
    /// would be too few, or where something is due at this very instant, after which there is another look.
    fn gives_way(&self, team: usize, now: f64) -> Option<usize> {
        let state = &self.teams[team];
        let rules = state.rules.as_ref().filter(|rules| rules.preempts)?;
        let first = state.lines.iter().position(|line| !line.is_empty())?;
        let (mut people, mut last) = (state.free, None);
        for line in &rules.at_work[first + 1..] {
            let mut c = line.first;
            while c != NONE {
                if self.events.time(c as usize) <= now {
                    return None;
                }
                people += self.cases[c as usize].held;
                (last, c) = (Some(c as usize), self.links.behind(c));
            }
        }
        last.filter(|_| people >= self.wanted(team))
    }

    /// The hours of a team begin.
    #[cold]
    pub(super) fn opens(&mut self, team: usize, now: f64) {
        let next = match (&mut self.teams[team].rules, &self.model.teams[team].hours) {
            (Some(rules), Some(spans)) => rules.open(spans, self.from),
            _ => None,
        };
        if let Some((slot, time)) = next {
            self.events.set(slot, time);
        }
        self.assign(team, now);
    }

    /// A look of a racing team is over.
    #[cold]
    pub(super) fn looked(&mut self, team: usize, now: f64) {
        let open = self.teams[team].rules.as_ref().is_some_and(|rules| now < rules.closes);
        if open {
            self.take_up(team, now);
        }
        self.assign(team, now);
    }
}

/// What a team with rules knows of an incident.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// The team that it is with.
    pub team: u32,
    /// Its line there.
    pub line: u8,
    /// When it goes to another team unless it is acknowledged by then; [`NEVER`] where it does not.
    pub escalates: f64,
    /// Since when it has been in line.
    pub since: f64,
    /// What is left of its acknowledgement, seconds.
    pub acknowledgement: f64,
    /// Somebody has been called to it.
    pub taken_up: bool,
    /// When the acknowledgement of whoever was called is, or was, over.
    pub ready: f64,
    /// People who are at work on it, or wait for more to come.
    pub held: u32,
    /// People who must be at work before it goes on.
    pub needs: u32,
    /// The step of its runbook.
    pub step: u32,
    /// How many times a step led back to an earlier one.
    pub round: u32,
    /// The number of the draws of this incident.
    pub number: u32,
    /// The present step is under way.
    pub working: bool,
}

impl Case {
    /// An incident of a mode that has just begun; `number` is that of its draws.
    pub fn of(mode: &ModeNow, number: u32) -> Self {
        Self { team: mode.team, line: mode.line, number, ..Self::default() }
    }
}

impl Default for Case {
    fn default() -> Self {
        Self {
            team: NONE,
            line: 0,
            escalates: NEVER,
            since: 0.0,
            acknowledgement: 0.0,
            taken_up: false,
            ready: 0.0,
            held: 0,
            needs: 0,
            step: 0,
            round: 0,
            number: 0,
            working: false,
        }
    }
}

impl TeamState {
    /// Sends a person to an incident if one is free and there is nothing else to ask; `end` is that of the replication.
    #[inline]
    pub fn send_someone(&mut self, now: f64, end: f64) -> bool {
        if self.free == 0 || self.rules.is_some() {
            return false;
        }
        self.asked += 1.0;
        self.free -= 1;
        self.busy += end - now;
        true
    }
}
