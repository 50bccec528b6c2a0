//! What follows at once from an event: failures begin, people are called, replicas take over. Where chance decides, each
//! outcome goes its own way with its probability.

use std::collections::VecDeque;

use super::parts::{
    ACKNOWLEDGEMENT, Code, DETECTION, INTERRUPTED, Kind, LACKS_PART, LIFE, NOWHERE, Parts, REPAIR, STRIKE, WAITS,
};
use super::takeover::waits_for;
use crate::model::Selection;

/// Something that happens at this instant.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    /// The clock of a slot runs out.
    Fires(usize),
    /// The failure of a slot begins.
    Fails(usize),
    /// It is known.
    Detected(usize),
    /// Parts of a stock arrive.
    Delivered(usize),
    /// There is a part for its repair, if that needs one.
    Ready(usize),
    /// Somebody comes to it.
    Taken(usize),
    /// Somebody goes on with it at a stage.
    Resumed(usize, Code),
    /// The repair begins.
    Begun(usize),
    /// It is repaired.
    Repaired(usize),
    /// Somebody of a team is free again.
    Free(usize),
    /// The absence of a replica of a service with a standby is known.
    Missed(usize),
    /// A replica begins to take over.
    Switches(usize),
    /// It is done with that.
    TakenOver(usize),
    /// Open places of a service are filled, as far as they are known.
    CallAgain(u32),
    /// One place of a service is filled.
    Call(u32),
}

/// One way that things go.
#[derive(Debug, Clone)]
pub struct Way {
    /// The state so far.
    pub state: Vec<Code>,
    probability: f64,
    /// What is still to happen, the next last.
    pub now: Vec<Step>,
    /// What happens when nothing else does any more.
    later: VecDeque<Step>,
}

impl Parts {
    /// Follows an event to the states in which time passes again, and tells each with its probability. States are sorted.
    pub fn follow(&self, state: &[Code], event: Step, mut tell: impl FnMut(f64, Vec<Code>)) {
        let first = Way { state: state.to_vec(), probability: 1.0, now: vec![event], later: VecDeque::new() };
        let mut ways = vec![first];
        while let Some(mut way) = ways.pop() {
            while let Some(step) = way.now.pop().or_else(|| way.later.pop_front()) {
                self.step(step, &mut way, &mut ways);
            }
            self.sort(&mut way.state);
            tell(way.probability, way.state);
        }
    }

    fn step(&self, step: Step, way: &mut Way, ways: &mut Vec<Way>) {
        match step {
            Step::Fires(slot) => self.fires(slot, way, ways),
            Step::Fails(slot) => self.fails(slot, way, ways),
            Step::Detected(slot) => self.detected(slot, way, ways),
            Step::Delivered(stock) => self.delivered(stock, way),
            Step::Ready(slot) => self.ready(slot, way),
            Step::Taken(slot) => self.enter(slot, ACKNOWLEDGEMENT, Step::Begun(slot), way, ways),
            Step::Resumed(slot, stage) => way.state[slot] = stage,
            Step::Begun(slot) => self.enter(slot, REPAIR, Step::Repaired(slot), way, ways),
            Step::Repaired(slot) => self.repaired(slot, way, ways),
            Step::Free(team) => self.free(team, way, ways),
            Step::Missed(thing) => self.missed(thing, way),
            Step::Switches(thing) => self.switches(thing, way, ways),
            Step::TakenOver(thing) => self.activate(thing, way),
            Step::CallAgain(service) => {
                for _ in self.under_way(service, way) + self.unknown(service, way)..self.open(service, way) {
                    way.now.push(Step::Call(service));
                }
            }
            Step::Call(service) => self.call(service, way, ways),
        }
    }

    /// Enters a part of the course of a failure; `then` follows at once where it takes no time.
    fn enter(&self, slot: usize, part: usize, then: Step, way: &mut Way, ways: &mut Vec<Way>) {
        let Some((_, mode)) = self.clock(slot) else { return };
        if mode.entries[part].is_empty() {
            way.now.push(then);
        } else {
            choose(way, ways, &mode.entries[part], |way, stage| way.state[slot] = stage);
        }
    }

    fn fires(&self, slot: usize, way: &mut Way, ways: &mut Vec<Way>) {
        let Some((clock, mode)) = self.clock(slot) else { return };
        let Kind::Service(service) = self.things[clock.thing].kind else { return way.now.push(Step::Fails(slot)) };
        if !clock.strikes {
            return way.now.push(Step::Fails(slot));
        }
        // A common cause: every replica that is up fails by its own clock of the same mode.
        for &replica in self.services[service as usize].replicas.iter().rev() {
            let up = self.down(replica, &way.state) == 0 && self.zone_is_up(replica, &way.state);
            let own =
                self.things[replica].clocks.clone().find(|&own| self.clock(own).is_some_and(|(own, _)| own.mode == clock.mode));
            if let Some(own) = own.filter(|&own| up && !mode.failed(way.state[own])) {
                way.now.push(Step::Fails(own));
            }
        }
        choose(way, ways, &mode.entries[STRIKE], |way, stage| way.state[slot] = stage);
    }

    fn fails(&self, slot: usize, way: &mut Way, ways: &mut Vec<Way>) {
        let Some((clock, mode)) = self.clock(slot) else { return };
        way.state[slot] = NOWHERE;
        if mode.down {
            self.lost(slot, clock.thing, way);
        }
        self.enter(slot, DETECTION, Step::Detected(slot), way, ways);
    }

    fn detected(&self, slot: usize, way: &mut Way, ways: &mut Vec<Way>) {
        let Some((clock, mode)) = self.clock(slot) else { return };
        for (t, thing) in self.things.iter().enumerate() {
            if thing.role.is_some_and(|role| waits_for(way.state[role]) == Some(self.name_of(slot, t))) {
                way.later.push_back(Step::Missed(t));
            }
        }
        way.state[slot] = NOWHERE;
        if !mode.repairable {
            return;
        }
        let Some(stock) = clock.stock else { return way.now.push(Step::Ready(slot)) };
        let stock = &self.stocks[stock];
        if way.state[stock.shelf] > 0 {
            way.state[stock.shelf] -= 1;
            way.now.push(Step::Ready(slot));
        } else {
            way.state[slot] = LACKS_PART + self.lacking(clock.stock, &way.state).count() as Code;
        }
        let open: Code = (0..stock.stages.len()).map(|i| way.state[stock.shelf + 1 + i]).sum();
        let coming = i64::from(way.state[stock.shelf]) + i64::from(open) * i64::from(stock.lot);
        if coming - self.lacking(clock.stock, &way.state).count() as i64 <= stock.reorder_at {
            choose(way, ways, &stock.entry, |way, stage| way.state[stock.shelf + 1 + usize::from(stage)] += 1);
        }
    }

    /// The slots that wait for a part of a stock.
    fn lacking<'a>(&'a self, stock: Option<usize>, state: &'a [Code]) -> impl Iterator<Item = usize> + 'a {
        let lacks = move |slot: usize| (LACKS_PART..INTERRUPTED).contains(&state[slot]);
        (0..state.len()).filter(move |&slot| lacks(slot) && self.clock(slot).is_some_and(|(clock, _)| clock.stock == stock))
    }

    /// Parts arrive: those who wait get theirs, first come first served, and the rest lies there.
    fn delivered(&self, stock: usize, way: &mut Way) {
        let mut waiting: Vec<usize> = self.lacking(Some(stock), &way.state).collect();
        waiting.sort_by_key(|&slot| way.state[slot]);
        let lot = usize::from(self.stocks[stock].lot);
        let served = waiting.len().min(lot);
        for &slot in &waiting[served..] {
            way.state[slot] -= served as Code;
        }
        for &slot in waiting[..served].iter().rev() {
            way.state[slot] = NOWHERE;
            way.now.push(Step::Ready(slot));
        }
        way.state[self.stocks[stock].shelf] += (lot - served) as Code;
    }

    /// Nothing is lacking but a person, or nothing at all.
    fn ready(&self, slot: usize, way: &mut Way) {
        let Some((clock, mode)) = self.clock(slot) else { return };
        let Some(team) = mode.team else { return way.now.push(Step::Begun(slot)) };
        let crew = &self.teams[team];
        let racing = matches!(crew.selection, Selection::Race(_));
        if !racing && self.busy(team, &way.state) < crew.people {
            return way.now.push(Step::Taken(slot));
        }
        if crew.preempts
            && let Some(other) = self.taken_from(team, clock.line, &way.state)
        {
            self.interrupt(other, &mut way.state);
            return way.now.push(Step::Taken(slot));
        }
        let place = if self.lines[clock.line] { self.in_line(clock.line, &way.state).count() as Code } else { 0 };
        way.state[slot] = WAITS + place;
    }

    /// What the one person of a team is taken from for an incident of a line: that of a later line.
    fn taken_from(&self, team: usize, line: usize, state: &[Code]) -> Option<usize> {
        (0..state.len()).find(|&slot| {
            self.clock(slot)
                .is_some_and(|(clock, mode)| mode.team == Some(team) && mode.at_work(state[slot]) && clock.line > line)
        })
    }

    /// What somebody was at waits first in its line, and goes on later where it was left.
    fn interrupt(&self, slot: usize, state: &mut [Code]) {
        let Some((clock, _)) = self.clock(slot) else { return };
        let behind: Vec<usize> = self.in_line(clock.line, state).collect();
        for other in behind {
            state[other] += 1;
        }
        state[slot] += INTERRUPTED;
    }

    /// People of a team at work.
    fn busy(&self, team: usize, state: &[Code]) -> u32 {
        let at_work =
            |slot: usize| self.clock(slot).is_some_and(|(_, mode)| mode.team == Some(team) && mode.at_work(state[slot]));
        (0..state.len()).filter(|&slot| at_work(slot)).count() as u32
    }

    /// The slots that wait in a line.
    fn in_line<'a>(&'a self, line: usize, state: &'a [Code]) -> impl Iterator<Item = usize> + 'a {
        (0..state.len())
            .filter(move |&slot| self.clock(slot).is_some_and(|(clock, _)| clock.line == line && place(state[slot]).is_some()))
    }

    /// The first in a line.
    pub fn first_in_line(&self, line: usize, state: &[Code]) -> Option<usize> {
        self.in_line(line, state).find(|&slot| place(state[slot]) == Some(0))
    }

    /// Somebody takes up what waits in a line: what follows.
    pub fn take_up(&self, slot: usize, state: &mut [Code]) -> Step {
        let was = std::mem::replace(&mut state[slot], NOWHERE);
        if let Some((clock, _)) = self.clock(slot) {
            let behind: Vec<usize> = self.in_line(clock.line, state).filter(|&other| place(state[other]) > place(was)).collect();
            for other in behind {
                state[other] -= 1;
            }
        }
        if was >= INTERRUPTED { Step::Resumed(slot, was - INTERRUPTED) } else { Step::Taken(slot) }
    }

    fn free(&self, team: usize, way: &mut Way, ways: &mut Vec<Way>) {
        let crew = &self.teams[team];
        match crew.selection {
            Selection::Priority | Selection::Fifo => {
                if let Some(slot) = crew.lines.iter().find_map(|&line| self.first_in_line(line, &way.state)) {
                    let step = self.take_up(slot, &mut way.state);
                    way.now.push(step);
                }
            }
            Selection::Random => {
                let waiting: Vec<usize> = crew.lines.iter().flat_map(|&line| self.in_line(line, &way.state)).collect();
                let share = 1.0 / waiting.len() as f64;
                let each: Vec<(f64, Code)> = waiting.iter().map(|&slot| (share, slot as Code)).collect();
                choose(way, ways, &each, |way, slot| {
                    let step = self.take_up(usize::from(slot), &mut way.state);
                    way.now.push(step);
                });
            }
            Selection::Race(_) => {}
        }
    }

    fn repaired(&self, slot: usize, way: &mut Way, ways: &mut Vec<Way>) {
        let Some((clock, mode)) = self.clock(slot) else { return };
        if let Some(team) = mode.team {
            way.now.push(Step::Free(team));
        }
        // From here on it counts as up; the stage in which its next life begins is chosen last, for each way alike.
        way.state[slot] = mode.entries[LIFE].first().map_or(NOWHERE, |(_, stage)| *stage);
        if mode.down {
            self.back(clock.thing, way);
        }
        choose(way, ways, &mode.entries[LIFE], |way, stage| way.state[slot] = stage);
    }
}

/// The place in a line of people that a code stands for.
fn place(code: Code) -> Option<Code> {
    match code {
        WAITS..LACKS_PART => Some(code - WAITS),
        NOWHERE => None,
        INTERRUPTED.. => Some(0),
        _ => None,
    }
}

/// Chance decides: the way goes on with the last outcome, and others begin with the rest.
pub fn choose(way: &mut Way, ways: &mut Vec<Way>, outcomes: &[(f64, Code)], with: impl Fn(&mut Way, Code)) {
    let mut outcomes = outcomes.iter().filter(|(p, _)| *p > 0.0);
    let Some(&(last, code)) = outcomes.next_back() else { return };
    for &(p, code) in outcomes {
        let mut other = way.clone();
        other.probability *= p;
        with(&mut other, code);
        ways.push(other);
    }
    way.probability *= last;
    with(way, code);
}
