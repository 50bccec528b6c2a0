//! Incidents that are handed on since nobody acknowledged them in time, and teams that work at so many at most.

use super::clock::{ACKNOWLEDGEMENT, word};
use super::parts::Phase;
use super::{Observer, World};
use crate::kernel::NEVER;
use crate::model::Selection;
use crate::random::Stream;

impl<O: Observer> World<'_, O> {
    /// A team is asked: from now on its time to acknowledge runs.
    pub(super) fn await_acknowledgement(&mut self, team: usize, c: usize, now: f64) {
        let escalation = self.model.teams[team].escalation;
        self.cases[c].escalates = escalation.map_or(NEVER, |escalation| now + escalation.after);
        self.events.set(c, self.cases[c].escalates);
    }

    /// Nobody has acknowledged an incident in time: another team is asked, and whoever was called is free.
    #[cold]
    pub(super) fn escalate(&mut self, c: usize, now: f64) {
        let from = self.cases.get(c).map_or(crate::model::NONE, |case| case.team) as usize;
        let Some(escalation) = self.model.teams.get(from).and_then(|team| team.escalation) else {
            self.events.set(c, NEVER);
            return;
        };
        if self.cases[c].held > 0 {
            self.finish_work(from, c, now);
        } else {
            let state = &mut self.teams[from];
            state.waiting -= 1;
            state.queued -= self.end - now;
            self.links.remove(&mut state.lines[self.cases[c].line as usize], c as u32);
        }
        let to = escalation.to as usize;
        let component = &mut self.components[c];
        component.phase = Phase::Waiting;
        let team = &self.model.teams[to];
        // A draw of its own for each team, so that it does not depend on who was asked before.
        let draw = Stream::new(team.stream, word(component.stream, component.n, ACKNOWLEDGEMENT), 0).word(0);
        let priority = self.model.modes[component.mode as usize].priority.clamp(1, 5) - 1;
        let case = &mut self.cases[c];
        case.team = escalation.to;
        case.line = if team.selection == Selection::Fifo { 0 } else { priority };
        case.acknowledgement = if team.acknowledge.is_zero() { 0.0 } else { self.drawn.acknowledge[to].draw(draw) };
        (case.since, case.taken_up) = (now, false);
        let state = &mut self.teams[to];
        state.waiting += 1;
        state.queued += self.end - now;
        self.await_acknowledgement(to, c, now);
        self.stand_last(to, c);
        // It may have held up those behind it, also where nobody was called.
        self.assign(from, now);
        self.assign(to, now);
    }

    /// Whether the first in line must wait since its team works at as many incidents as it may.
    pub(super) fn is_at_limit(&self, team: usize) -> bool {
        let state = &self.teams[team];
        let Some(rules) = state.rules.as_ref().filter(|rules| rules.manned >= rules.parallel) else { return false };
        let first = state.lines.iter().find(|line| !line.is_empty());
        rules.parallel != crate::model::NONE && first.is_some_and(|line| self.cases[line.first as usize].held == 0)
    }
}
