//! What follows at once from an event: failures begin, people are called, replicas take over. Where chance decides, each
//! outcome goes its own way with its probability.

use std::collections::VecDeque;

use super::parts::{
    ACKNOWLEDGEMENT, ACTIVE, AWAY, Clock, Code, DETECTION, INTERRUPTED, KNOWN, Kind, LACKS_PART, LIFE, MOST_CLOCKS, Mode,
    NOWHERE, Parts, REPAIR, STRIKE, TAKING_OVER, WAITING, WAITS,
};
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
struct Way {
    state: Vec<Code>,
    probability: f64,
    /// What is still to happen, the next last.
    now: Vec<Step>,
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

    fn at(&self, slot: usize) -> Option<(&Clock, &Mode)> {
        self.clock(slot)
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
        let Some((_, mode)) = self.at(slot) else { return };
        if mode.entries[part].is_empty() {
            way.now.push(then);
        } else {
            choose(way, ways, &mode.entries[part], |way, stage| way.state[slot] = stage);
        }
    }

    fn fires(&self, slot: usize, way: &mut Way, ways: &mut Vec<Way>) {
        let Some((clock, mode)) = self.at(slot) else { return };
        let Kind::Service(service) = self.things[clock.thing].kind else { return way.now.push(Step::Fails(slot)) };
        if !clock.strikes {
            return way.now.push(Step::Fails(slot));
        }
        // A common cause: every replica that is up fails by its own clock of the same mode.
        for &replica in self.services[service as usize].replicas.iter().rev() {
            let up = self.down(replica, &way.state) == 0 && self.zone_is_up(replica, &way.state);
            let own =
                self.things[replica].clocks.clone().find(|&own| self.at(own).is_some_and(|(own, _)| own.mode == clock.mode));
            if let Some(own) = own.filter(|&own| up && !mode.failed(way.state[own])) {
                way.now.push(Step::Fails(own));
            }
        }
        choose(way, ways, &mode.entries[STRIKE], |way, stage| way.state[slot] = stage);
    }

    fn fails(&self, slot: usize, way: &mut Way, ways: &mut Vec<Way>) {
        let Some((clock, mode)) = self.at(slot) else { return };
        way.state[slot] = NOWHERE;
        if mode.down {
            self.lost(slot, clock.thing, way);
        }
        self.enter(slot, DETECTION, Step::Detected(slot), way, ways);
    }

    fn detected(&self, slot: usize, way: &mut Way, ways: &mut Vec<Way>) {
        let Some((clock, mode)) = self.at(slot) else { return };
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
        (0..state.len()).filter(move |&slot| lacks(slot) && self.at(slot).is_some_and(|(clock, _)| clock.stock == stock))
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
        let Some((clock, mode)) = self.at(slot) else { return };
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
            self.at(slot).is_some_and(|(clock, mode)| mode.team == Some(team) && mode.at_work(state[slot]) && clock.line > line)
        })
    }

    /// What somebody was at waits first in its line, and goes on later where it was left.
    fn interrupt(&self, slot: usize, state: &mut [Code]) {
        let Some((clock, _)) = self.at(slot) else { return };
        let behind: Vec<usize> = self.in_line(clock.line, state).collect();
        behind.into_iter().for_each(|other| state[other] += 1);
        state[slot] += INTERRUPTED;
    }

    /// People of a team at work.
    fn busy(&self, team: usize, state: &[Code]) -> u32 {
        let at_work = |slot: usize| self.at(slot).is_some_and(|(_, mode)| mode.team == Some(team) && mode.at_work(state[slot]));
        (0..state.len()).filter(|&slot| at_work(slot)).count() as u32
    }

    /// The slots that wait in a line.
    fn in_line<'a>(&'a self, line: usize, state: &'a [Code]) -> impl Iterator<Item = usize> + 'a {
        (0..state.len())
            .filter(move |&slot| self.at(slot).is_some_and(|(clock, _)| clock.line == line && place(state[slot]).is_some()))
    }

    /// The first in a line.
    pub fn first_in_line(&self, line: usize, state: &[Code]) -> Option<usize> {
        self.in_line(line, state).find(|&slot| place(state[slot]) == Some(0))
    }

    /// Somebody takes up what waits in a line: what follows.
    pub fn take_up(&self, slot: usize, state: &mut [Code]) -> Step {
        let was = std::mem::replace(&mut state[slot], NOWHERE);
        if let Some((clock, _)) = self.at(slot) {
            let behind: Vec<usize> = self.in_line(clock.line, state).filter(|&other| place(state[other]) > place(was)).collect();
            behind.into_iter().for_each(|other| state[other] -= 1);
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
        let Some((clock, mode)) = self.at(slot) else { return };
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

/// What a role says of the failure that is still to be detected: what [`Parts::name_of`] calls it.
fn waits_for(role: Code) -> Option<Code> {
    Some(role.checked_sub(AWAY)? / 2).filter(|undetected| *undetected != KNOWN)
}

/// Replicas that wait and take over. A service with a standby wants a number of its replicas active; a place is open while
/// fewer are. When an active replica goes and that is detected, the first that waits is called; a switch that does not work
/// leaves the place open until a replica comes back. One that comes back while a place is open fills it at once.
impl Parts {
    /// How the role of a thing calls a failure: its own by their place among its clocks, the same for all that are alike.
    fn name_of(&self, slot: usize, thing: usize) -> Code {
        let own = &self.things[thing].clocks;
        (if own.contains(&slot) { slot - own.start + 1 } else { slot + 1 + MOST_CLOCKS }) as Code
    }

    fn role(&self, thing: usize, state: &[Code]) -> Option<Code> {
        self.things[thing].role.map(|role| state[role])
    }

    fn set_role(&self, thing: usize, code: Code, state: &mut [Code]) {
        if let Some(role) = self.things[thing].role {
            state[role] = code;
        }
    }

    fn count(&self, service: u32, way: &Way, picks: impl Fn(Code) -> bool) -> u32 {
        let replicas = &self.services[service as usize].replicas;
        replicas.iter().filter(|&&thing| self.role(thing, &way.state).is_some_and(&picks)).count() as u32
    }

    /// Places that nobody fills.
    fn open(&self, service: u32, way: &Way) -> u32 {
        self.services[service as usize].active.saturating_sub(self.count(service, way, |role| role == ACTIVE))
    }

    fn under_way(&self, service: u32, way: &Way) -> u32 {
        self.count(service, way, |role| (TAKING_OVER..AWAY).contains(&role))
    }

    fn unknown(&self, service: u32, way: &Way) -> u32 {
        self.count(service, way, |role| waits_for(role).is_some())
    }

    /// The failure of a slot has begun on a thing: replicas with a role lose it.
    fn lost(&self, slot: usize, thing: usize, way: &mut Way) {
        match &self.things[thing].kind {
            Kind::Replica { .. } => {
                if self.down(thing, &way.state) == 1 && self.zone_is_up(thing, &way.state) {
                    self.goes(slot, thing, way);
                }
            }
            Kind::Zones(zones) => {
                for t in self.standing_in(zones) {
                    // Those that went with an earlier failure have gone.
                    if self.down(t, &way.state) == 0 && self.role(t, &way.state).is_some_and(|role| role < AWAY) {
                        self.goes(slot, t, way);
                    }
                }
            }
            Kind::Service(_) => {}
        }
    }

    /// A repair has ended on a thing: replicas that are up again get a role.
    fn back(&self, thing: usize, way: &mut Way) {
        match &self.things[thing].kind {
            Kind::Replica { service, .. } => {
                if self.things[thing].role.is_some() && self.down(thing, &way.state) == 0 && self.zone_is_up(thing, &way.state) {
                    self.comes_back(thing, way);
                    way.now.push(Step::CallAgain(*service));
                }
            }
            Kind::Zones(zones) => {
                let mut services = Vec::new();
                for t in self.standing_in(zones) {
                    let away = self.role(t, &way.state).is_some_and(|role| role >= AWAY);
                    if away && self.down(t, &way.state) == 0 && self.zone_is_up(t, &way.state) {
                        self.comes_back(t, way);
                        if let Kind::Replica { service, .. } = self.things[t].kind {
                            services.push(service);
                        }
                    }
                }
                services.dedup();
                way.now.extend(services.into_iter().rev().map(Step::CallAgain));
            }
            Kind::Service(_) => {}
        }
    }

    /// Replicas with a role in some zones.
    fn standing_in<'a>(&'a self, zones: &'a [u32]) -> impl Iterator<Item = usize> + 'a {
        let there =
            |t: &usize| self.things[*t].role.is_some() && self.things[*t].kind.zone().is_some_and(|zone| zones.contains(&zone));
        (0..self.things.len()).filter(there)
    }

    fn goes(&self, slot: usize, thing: usize, way: &mut Way) {
        let Some(role) = self.role(thing, &way.state) else { return };
        let was_active = Code::from(role == ACTIVE);
        let undetected = if role == WAITING { KNOWN } else { self.name_of(slot, thing) };
        self.set_role(thing, AWAY + 2 * undetected + was_active, &mut way.state);
    }

    fn comes_back(&self, thing: usize, way: &mut Way) {
        let Kind::Replica { service: s, .. } = self.things[thing].kind else { return };
        let service = &self.services[s as usize];
        let primary =
            |t: usize| service.replicas.iter().position(|&other| other == t).is_some_and(|i| i < service.active as usize);
        let failback = service.standby.as_ref().is_some_and(|standby| standby.failback);
        if self.open(s, way) > 0 {
            self.set_role(thing, ACTIVE, &mut way.state);
            if self.under_way(s, way) > self.open(s, way) {
                let last = self.last(s, way, |role| (TAKING_OVER..AWAY).contains(&role));
                last.into_iter().for_each(|other| self.set_role(other, WAITING, &mut way.state));
            }
            return;
        }
        let other = self.last(s, way, |role| role == ACTIVE).filter(|&other| failback && primary(thing) && !primary(other));
        if let Some(other) = other {
            self.set_role(thing, ACTIVE, &mut way.state);
            self.set_role(other, WAITING, &mut way.state);
        } else {
            self.set_role(thing, WAITING, &mut way.state);
        }
    }

    fn last(&self, service: u32, way: &Way, picks: impl Fn(Code) -> bool) -> Option<usize> {
        let replicas = &self.services[service as usize].replicas;
        replicas.iter().rev().copied().find(|&thing| self.role(thing, &way.state).is_some_and(&picks))
    }

    /// The absence of a replica becomes known: its place is filled, unless a switch to it is under way.
    fn missed(&self, thing: usize, way: &mut Way) {
        let Kind::Replica { service, .. } = self.things[thing].kind else { return };
        let Some(role) = self.role(thing, &way.state).filter(|role| *role >= AWAY) else { return };
        self.set_role(thing, AWAY + 2 * KNOWN + (role - AWAY) % 2, &mut way.state);
        if self.open(service, way) > self.under_way(service, way) {
            way.now.push(Step::Call(service));
        }
    }

    fn call(&self, service: u32, way: &mut Way, ways: &mut Vec<Way>) {
        let Some(standby) = &self.services[service as usize].standby else { return };
        let replicas = &self.services[service as usize].replicas;
        let Some(first) = replicas.iter().copied().find(|&thing| self.role(thing, &way.state) == Some(WAITING)) else { return };
        choose(way, ways, &[(standby.works, 1), (1.0 - standby.works, 0)], |way, works| {
            if works == 1 {
                way.now.push(Step::Switches(first));
            }
        });
    }

    fn switches(&self, thing: usize, way: &mut Way, ways: &mut Vec<Way>) {
        let Kind::Replica { service, .. } = self.things[thing].kind else { return };
        let Some(standby) = &self.services[service as usize].standby else { return };
        if standby.entry.is_empty() {
            return self.activate(thing, way);
        }
        choose(way, ways, &standby.entry, |way, stage| self.set_role(thing, TAKING_OVER + stage, &mut way.state));
    }

    fn activate(&self, thing: usize, way: &mut Way) {
        self.set_role(thing, ACTIVE, &mut way.state);
    }
}

/// Chance decides: the way goes on with the last outcome, and others begin with the rest.
fn choose(way: &mut Way, ways: &mut Vec<Way>, outcomes: &[(f64, Code)], with: impl Fn(&mut Way, Code)) {
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
