//! The Markov process of a model, as far as its times are exponential or made of exponential stages.
//!
//! This is the meaning of a scenario written down a second time, apart from the simulator, which it checks: what docs/language.md
//! says, and nothing of how the simulator keeps its books. A state is a short list of codes, one for each clock (its stage,
//! or its place in line) and one for the role of each replica that may have to wait. Replicas that nothing tells apart are
//! kept in ascending order of their codes, so that states that differ by their names alone are one state.

mod compile;
mod course;
mod parts;
mod relevant;
mod situation;
mod takeover;

use std::collections::HashMap;

use self::course::Step;
use self::parts::{ACTIVE, AWAY, Code, Kind, LIFE, Parts, STRIKE, TAKING_OVER, WAITING};
pub(super) use self::relevant::relevant;
pub use self::situation::Situation;
use crate::model::{AgesWhile, Model, NONE, Selection};

/// A state: what the codes mean is for the process to know.
pub type State = Box<[u16]>;

/// Most states that a process may start in.
const MOST_STARTS: usize = 20_000;

/// The process that decides whether some services of a model are up.
#[derive(Debug, Clone)]
pub struct Process {
    parts: Parts,
    start: Vec<(State, f64)>,
}

/// A way out of a state.
#[derive(Debug, Clone, PartialEq)]
pub struct Move {
    /// How fast, per second.
    pub rate: f64,
    /// Where it leads.
    pub to: State,
    /// It brings something nearer to its failure, or makes it fail.
    pub fails: bool,
}

impl Process {
    /// The process of a whole model.
    ///
    /// # Errors
    /// Every reason why it is no Markov process, or none that is supported.
    pub fn of(model: &Model) -> Result<Self, Vec<String>> {
        Self::of_services(model, &(0..model.services.len() as u32).collect::<Vec<_>>())
    }

    /// The process of all that has a part in whether `services` are up.
    ///
    /// # Errors
    /// As [`Process::of`], of what has that part alone.
    pub fn of_services(model: &Model, services: &[u32]) -> Result<Self, Vec<String>> {
        let parts = compile::compile(model, &relevant::relevant(model, services))?;
        let mut process = Self { parts, start: Vec::new() };
        process.start = process.starts().ok_or_else(|| vec![format!("it starts in more than {MOST_STARTS} states")])?;
        Ok(process)
    }

    /// The states at the start, with their probabilities.
    pub fn start(&self) -> &[(State, f64)] {
        &self.start
    }

    /// Whether a service is up. The service is one of those that the process was made for, or that they rest on.
    pub fn is_up(&self, state: &[u16], service: u32) -> bool {
        let mut situation = Situation::default();
        self.look(state, &mut situation);
        situation.is_up[service as usize]
    }

    /// Looks at a state as a whole.
    pub fn look(&self, state: &[u16], situation: &mut Situation) {
        situation.look(&self.parts, state);
    }

    /// Everything new, or in force as an external's SLA says.
    fn starts(&self) -> Option<Vec<(State, f64)>> {
        let parts = &self.parts;
        let mut all = vec![(vec![0; parts.clocks.len()], 1.0)];
        for service in &parts.services {
            let roles = service.replicas.iter().filter_map(|&thing| parts.things[thing].role);
            for role in roles.skip(service.active as usize) {
                all[0].0[role] = WAITING;
            }
        }
        parts.stocks.iter().for_each(|stock| all[0].0[stock.shelf] = stock.level);
        for slot in 0..parts.clocks.len() {
            let Some((clock, mode)) = parts.clock(slot) else { continue };
            let entry = &mode.entries[if clock.strikes { STRIKE } else { LIFE }];
            let with = |(state, p): &(Vec<Code>, f64), &(share, stage): &(f64, Code)| {
                let mut state = state.clone();
                state[slot] = stage;
                parts.sort_until(&mut state, slot);
                (state, p * share)
            };
            all = merged(all.iter().flat_map(|one| entry.iter().map(move |outcome| with(one, outcome))))?;
        }
        for slot in 0..parts.clocks.len() {
            let Some((_, mode)) = parts.clock(slot).filter(|(_, mode)| mode.starts_down > 0.0) else { continue };
            let mut next = Vec::new();
            for (state, p) in all {
                parts.follow(&state, Step::Fails(slot), |share, to| next.push((to, p * mode.starts_down * share)));
                next.push((state, p * (1.0 - mode.starts_down)));
            }
            all = merged(next.into_iter())?;
        }
        Some(all.into_iter().map(|(state, p)| (state.into_boxed_slice(), p)).collect())
    }

    /// Lists the ways out of a state.
    pub fn moves(&self, state: &[u16], moves: &mut Vec<Move>) {
        let mut situation = Situation::default();
        self.look(state, &mut situation);
        self.moves_in(state, &situation, moves);
    }

    /// The same, where the situation in that state is known.
    pub fn moves_in(&self, state: &[u16], situation: &Situation, moves: &mut Vec<Move>) {
        moves.clear();
        let mut alike = self.parts.alike.iter().peekable();
        let mut thing = 0;
        while thing < self.parts.things.len() {
            while alike.peek().is_some_and(|range| range.end <= thing) {
                alike.next();
            }
            let end = alike.peek().filter(|range| range.contains(&thing)).map_or(thing + 1, |range| range.end);
            let slots = |thing: usize| &state[self.parts.things[thing].slots()];
            let same = (thing..end).take_while(|&other| slots(other) == slots(thing)).count();
            self.moves_of(thing, same as f64, state, situation, moves);
            thing += same;
        }
        self.races(state, situation, moves);
        self.orders(state, moves);
    }

    /// The ways in which one of `same` things that are in the same state moves on.
    fn moves_of(&self, thing: usize, same: f64, state: &[u16], situation: &Situation, moves: &mut Vec<Move>) {
        let parts = &self.parts;
        for slot in parts.things[thing].clocks.clone() {
            let Some((_, mode)) = parts.clock(slot) else { continue };
            let Some(part) = mode.part(state[slot]) else { continue };
            let fails = part == LIFE || part == STRIKE;
            let pace = if fails { self.pace(slot, thing, state, situation) } else { 1.0 };
            if pace == 0.0 {
                continue;
            }
            let stage = mode.stages[usize::from(state[slot])];
            let end = match part {
                LIFE | STRIKE => Step::Fires(slot),
                parts::DETECTION => Step::Detected(slot),
                parts::ACKNOWLEDGEMENT => Step::Begun(slot),
                _ => Step::Repaired(slot),
            };
            self.end_stage(state, slot, (stage, 0), end, (same * pace, fails), moves);
        }
        if let Some(role) = parts.things[thing].role
            && (TAKING_OVER..AWAY).contains(&state[role])
            && let Kind::Replica { service, .. } = parts.things[thing].kind
            && let Some(standby) = &parts.services[service as usize].standby
        {
            let stage = standby.stages[usize::from(state[role] - TAKING_OVER)];
            self.end_stage(state, role, (stage, TAKING_OVER), Step::TakenOver(thing), (same, false), moves);
        }
    }

    /// The end of a stage: the next one, whose code is `base` higher than its number, or an event.
    fn end_stage(
        &self,
        state: &[u16],
        slot: usize,
        (stage, base): (parts::Stage, Code),
        end: Step,
        (times, fails): (f64, bool),
        moves: &mut Vec<Move>,
    ) {
        let rate = stage.rate * times;
        if let Some(next) = stage.next {
            let mut to = state.to_vec();
            to[slot] = base + next;
            self.parts.sort(&mut to);
            moves.push(Move { rate, to: to.into(), fails });
        } else {
            self.parts.follow(state, end, |share, to| moves.push(Move { rate: rate * share, to: to.into(), fails }));
        }
    }

    /// How fast a clock that runs towards a failure does so; 0 while something stops it.
    fn pace(&self, slot: usize, thing: usize, state: &[u16], situation: &Situation) -> f64 {
        let Some((clock, mode)) = self.parts.clock(slot) else { return 0.0 };
        let runs = match mode.ages_while {
            AgesWhile::Always => true,
            AgesWhile::ServiceUp(service) => situation.is_up[service as usize],
            AgesWhile::Up => situation.down[thing] == 0,
        };
        if !runs {
            return 0.0;
        }
        let (s, zone) = match self.parts.things[thing].kind {
            Kind::Replica { service, zone } => (service, zone),
            Kind::Service(service) if clock.strikes && mode.load != 0.0 => return self.load(service, mode.load, situation),
            Kind::Service(_) | Kind::Zones(_) => return 1.0,
        };
        let service = &self.parts.services[s as usize];
        if let (Some(standby), Some(role)) = (&service.standby, self.parts.things[thing].role) {
            let active = state[role] == ACTIVE || (state[role] >= AWAY && (state[role] - AWAY) % 2 == 1);
            if mode.ages_while == AgesWhile::Up && !active {
                return standby.rate;
            }
        }
        if mode.load == 0.0 {
            return 1.0;
        }
        // What is not up carries nothing.
        let carries = situation.down[thing] == 0 && (zone == NONE || situation.zone_down[zone as usize] == 0);
        if carries { self.load(s, mode.load, situation) } else { 0.0 }
    }

    /// How fast clocks run for the share of the load that each replica that is up carries.
    fn load(&self, service: u32, power: f64, situation: &Situation) -> f64 {
        let up = situation.up[service as usize];
        if up == 0 { 0.0 } else { libm::pow(f64::from(self.parts.services[service as usize].active) / f64::from(up), power) }
    }

    /// Free people of teams that look at all kinds of incidents at once: what they may take up first.
    fn races(&self, state: &[u16], situation: &Situation, moves: &mut Vec<Move>) {
        for (team, busy) in self.parts.teams.iter().zip(&situation.busy) {
            let Selection::Race(mean) = team.selection else { continue };
            // One look at each kind goes on as long as anybody is free.
            for &line in team.lines.iter().filter(|_| team.people > *busy) {
                if let Some(slot) = self.parts.first_in_line(line, state) {
                    let mut to = state.to_vec();
                    let step = self.parts.take_up(slot, &mut to);
                    self.parts
                        .follow(&to, step, |share, to| moves.push(Move { rate: share / mean, to: to.into(), fails: false }));
                }
            }
        }
    }
}

impl Process {
    /// Orders of spare parts on their way.
    fn orders(&self, state: &[u16], moves: &mut Vec<Move>) {
        for (s, stock) in self.parts.stocks.iter().enumerate() {
            for (i, stage) in stock.stages.iter().enumerate() {
                let slot = stock.shelf + 1 + i;
                if state[slot] == 0 {
                    continue;
                }
                let rate = stage.rate * f64::from(state[slot]);
                let mut to = state.to_vec();
                to[slot] -= 1;
                if let Some(next) = stage.next {
                    to[stock.shelf + 1 + usize::from(next)] += 1;
                    moves.push(Move { rate, to: to.into(), fails: false });
                } else {
                    let arrives = Step::Delivered(s);
                    self.parts
                        .follow(&to, arrives, |share, to| moves.push(Move { rate: rate * share, to: to.into(), fails: false }));
                }
            }
        }
    }
}

/// The same states together, in the order in which they come first; `None` where there are too many.
fn merged(all: impl Iterator<Item = (Vec<Code>, f64)>) -> Option<Vec<(Vec<Code>, f64)>> {
    let mut known: HashMap<Vec<Code>, usize> = HashMap::new();
    let mut merged: Vec<(Vec<Code>, f64)> = Vec::new();
    for (state, p) in all {
        let place = *known.entry(state.clone()).or_insert(merged.len());
        if place < merged.len() {
            merged[place].1 += p;
        } else {
            merged.push((state, p));
        }
        if merged.len() > MOST_STARTS {
            return None;
        }
    }
    Some(merged)
}
