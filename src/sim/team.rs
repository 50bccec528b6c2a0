//! People: who works on what, and who waits for them.

use super::failure::acknowledge;
use super::parts::{Phase, TeamState};
use super::{Observer, World};
use crate::kernel::NEVER;
use crate::model::NONE;

impl<O: Observer> World<'_, O> {
    /// A detected failure asks its team for a person.
    pub(super) fn ask_team(&mut self, c: usize, now: f64) {
        let team = self.drawn.modes[self.components[c].mode as usize].team as usize;
        if self.teams[team].send_someone(now, self.end) {
            self.begin_repair(c, now);
        } else {
            self.wait_in_line(c, now);
        }
    }

    /// Nobody is free: the incident waits behind those of its priority.
    pub(super) fn wait_in_line(&mut self, c: usize, now: f64) {
        let mode = &self.drawn.modes[self.components[c].mode as usize];
        let line = usize::from(mode.priority.clamp(1, 5) - 1);
        let state = &mut self.teams[mode.team as usize];
        self.components[c].phase = Phase::Waiting;
        state.waiting += 1;
        state.queued += self.end - now;
        state.behind[c] = NONE;
        let (first, last) = state.lines[line];
        if first == NONE {
            state.lines[line] = (c as u32, c as u32);
        } else {
            state.behind[last as usize] = c as u32;
            state.lines[line].1 = c as u32;
        }
        self.events.set(c, NEVER);
    }

    /// A person is done with an incident and takes the first in line.
    #[inline]
    pub(super) fn release_person(&mut self, team: usize, now: f64) {
        let state = &mut self.teams[team];
        if state.waiting == 0 {
            state.free += 1;
            state.busy -= self.end - now;
            return;
        }
        self.take_next(team, now);
    }

    fn take_next(&mut self, team: usize, now: f64) {
        let state = &mut self.teams[team];
        let Some(line) = state.lines.iter_mut().find(|line| line.0 != NONE) else { return };
        let c = line.0 as usize;
        line.0 = state.behind[c];
        state.waiting -= 1;
        state.queued -= self.end - now;
        state.waited += now - self.stages[c].detected;
        state.asked += 1.0;
        self.begin_repair(c, now);
    }

    /// A person begins with an incident.
    fn begin_repair(&mut self, c: usize, now: f64) {
        let component = &mut self.components[c];
        let mode = &self.drawn.modes[component.mode as usize];
        let done = acknowledge(component, mode, &mut self.stages[c], now);
        self.events.set(c, done);
    }
}

impl TeamState {
    /// Sends a person to an incident if one is free; `end` is that of the replication.
    #[inline]
    pub fn send_someone(&mut self, now: f64, end: f64) -> bool {
        if self.free == 0 {
            return false;
        }
        self.asked += 1.0;
        self.free -= 1;
        self.busy += end - now;
        true
    }
}
