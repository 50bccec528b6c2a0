//! People: who works on what, and who waits for them.

use super::clock::{ACKNOWLEDGEMENT, word};
use super::parts::Phase;
use super::{Observer, World};
use crate::kernel::NEVER;
use crate::model::NONE;

impl<O: Observer> World<'_, O> {
    /// A detected failure asks its team for a person.
    #[inline]
    pub(super) fn ask_team(&mut self, c: usize, now: f64) {
        let mode = &self.drawn.modes[self.components[c].mode as usize];
        let team = mode.team as usize;
        let line = usize::from(mode.priority.clamp(1, 5) - 1);
        let state = &mut self.teams[team];
        if state.free > 0 {
            state.asked += 1.0;
            state.free -= 1;
            state.busy += self.end - now;
            self.begin_repair(c, now);
        } else {
            self.wait_in_line(team, line, c, now);
        }
    }

    fn wait_in_line(&mut self, team: usize, line: usize, c: usize, now: f64) {
        let state = &mut self.teams[team];
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

    /// A person acknowledges, then repairs.
    #[inline]
    fn begin_repair(&mut self, c: usize, now: f64) {
        let component = &mut self.components[c];
        let mode = &self.drawn.modes[component.mode as usize];
        let takes =
            if mode.acknowledges { mode.acknowledge.draw(word(component.stream, component.n, ACKNOWLEDGEMENT)) } else { 0.0 };
        let acknowledged = now + takes;
        component.phase = Phase::Repairing;
        self.stages[c].acknowledged = acknowledged;
        self.events.set(c, acknowledged + component.left);
    }
}
