//! What makes a team more than the next free person for the first in line: hours, preemption, selection.

use std::collections::BTreeMap;

use super::errands::Errand;
use super::hours::Hours;
use super::line::{Line, Links};
use crate::kernel::NEVER;
use crate::model::{Model, NONE, Selection, Thing};
use crate::random::{Stream, base, uniform};

/// The rules of a team, and where they stand.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Work may start before this time: past while the team is closed, [`NEVER`] if it never closes.
    pub closes: f64,
    /// Its hours, if it has any.
    pub hours: Option<Openings>,
    /// Who waits, and who is taken up first.
    pub queue: Queue,
    /// A higher priority takes the person from a lower one.
    pub preempts: bool,
    /// Incidents at work by priority, the one taken up last at the end; empty where nothing preempts.
    pub at_work: [Line; 5],
    /// Incidents that have people.
    pub manned: u32,
    /// Of them those that wait for more.
    pub holding: u32,
    /// As many may have people.
    pub parallel: u32,
}

/// The openings of a team.
#[derive(Debug, Clone, Copy)]
pub struct Openings {
    /// The slot of the next.
    pub slot: usize,
    /// Where the walk through the hours stands.
    walk: Hours,
    /// When the next stretch ends, seconds after the start.
    until: f64,
}

/// Incidents that wait for a team with rules.
#[derive(Debug, Clone)]
pub enum Queue {
    /// In the lines of the team.
    Lines,
    /// Without order.
    Random(Pool),
    /// By kind, for those who look.
    Race(Race),
}

impl Rules {
    /// The rules of team `t`, if it has any; `clocks` counts those of each mode, `slot` gives the slot of an errand.
    pub fn new(
        model: &Model,
        t: usize,
        kinds: &Kinds,
        clocks: &[usize],
        mut slot: impl FnMut(Errand) -> usize,
    ) -> Option<Box<Self>> {
        let team = &model.teams[t];
        let mine = || model.modes.iter().zip(clocks).filter(|(mode, _)| mode.team == Some(t as u32));
        let needs_parts = mine().any(|(mode, _)| mode.spares.is_some());
        let has_steps = mine().any(|(mode, _)| mode.runbook.is_some());
        let hands_on = team.escalation.is_some() || model.hand_on_to(t as u32).next().is_some();
        let ruled = team.hours.is_some() || team.preempts || team.selection != Selection::Priority || team.parallel < team.people;
        if !ruled && !hands_on && !has_steps && !needs_parts {
            return None;
        }
        let draws = Draws::new(&format!("teams/{}", team.name), "selection");
        let queue = match team.selection {
            Selection::Priority | Selection::Fifo => Queue::Lines,
            Selection::Random => {
                let most = mine().map(|(_, clocks)| clocks).sum();
                Queue::Random(Pool { waiting: Vec::with_capacity(most), draws })
            }
            Selection::Race(mean) => Queue::Race(Race {
                slot: slot(Errand::Look(t as u32)),
                mean,
                lines: vec![Line::EMPTY; kinds.of_team[t] as usize],
                waiting: 0,
                draws,
            }),
        };
        let opening = |slot| Openings { slot, walk: Hours::default(), until: NEVER };
        Some(Box::new(Self {
            closes: NEVER,
            hours: team.hours.as_ref().map(|_| opening(slot(Errand::Opening(t as u32)))),
            queue,
            preempts: team.preempts,
            at_work: [Line::EMPTY; 5],
            manned: 0,
            holding: 0,
            parallel: team.parallel,
        }))
    }

    /// Back to the begin of a replication, `from` seconds before the start. Returns the slot and time of the next opening.
    pub fn reset(&mut self, spans: Option<&[(f64, f64)]>, from: f64, seed: u64, replication: u64) -> Option<(usize, f64)> {
        self.at_work = [Line::EMPTY; 5];
        (self.manned, self.holding) = (0, 0);
        match &mut self.queue {
            Queue::Lines => {}
            Queue::Random(pool) => {
                pool.waiting.clear();
                pool.draws.reset(seed, replication);
            }
            Queue::Race(race) => {
                race.lines.fill(Line::EMPTY);
                race.waiting = 0;
                race.draws.reset(seed, replication);
            }
        }
        let (hours, spans) = (self.hours.as_mut()?, spans?);
        let (walk, first) = Hours::starting(spans, -from);
        hours.walk = walk;
        // Closed until the first stretch begins, which may be at once.
        self.closes = 0.0;
        let (opens, until) = first.unwrap_or((NEVER, NEVER));
        hours.until = until;
        Some((hours.slot, (opens + from).max(0.0)))
    }

    /// Draws to come are those of a branch.
    pub fn branch(&mut self, salt: u64, seed: u64, replication: u64) {
        match &mut self.queue {
            Queue::Lines => {}
            Queue::Random(pool) => pool.draws.branch(salt, seed, replication),
            Queue::Race(race) => race.draws.branch(salt, seed, replication),
        }
    }

    /// The team opens. Returns the slot and time of the opening after this one.
    pub fn open(&mut self, spans: &[(f64, f64)], from: f64) -> Option<(usize, f64)> {
        let hours = self.hours.as_mut()?;
        self.closes = hours.until + from;
        let (opens, until) = hours.walk.walk(spans).unwrap_or((NEVER, NEVER));
        hours.until = until;
        Some((hours.slot, opens + from))
    }
}

/// Words of a random stream, one after the other.
#[derive(Debug, Clone)]
pub struct Draws {
    base: u64,
    stream: Stream,
    next: u64,
}

impl Draws {
    /// The stream of something by its name.
    pub fn new(name: &str, purpose: &str) -> Self {
        let base = base(&format!("{name}/{purpose}"), 0);
        Self { base, stream: Stream::new(base, 0, 0), next: 0 }
    }

    /// Back to the first word of a replication.
    pub fn reset(&mut self, seed: u64, replication: u64) {
        self.stream = Stream::new(self.base, seed, replication);
        self.next = 0;
    }

    /// Goes on with words of its own: those of a branch.
    pub fn branch(&mut self, salt: u64, seed: u64, replication: u64) {
        self.stream = Stream::new(self.base ^ salt, seed, replication);
    }

    /// The next word.
    pub fn word(&mut self) -> u64 {
        self.next += 1;
        self.stream.word(self.next - 1)
    }

    /// A whole number below `n`, each with the same probability.
    fn below(&mut self, n: usize) -> usize {
        // The product may round up to `n` itself.
        ((uniform(self.word()) * n as f64) as usize).min(n.saturating_sub(1))
    }
}

/// Incidents of which any may be the next, each with the same probability.
#[derive(Debug, Clone)]
pub struct Pool {
    waiting: Vec<u32>,
    draws: Draws,
}

impl Pool {
    pub fn push(&mut self, c: u32) {
        self.waiting.push(c);
    }

    /// Takes one out.
    pub fn pick(&mut self) -> Option<u32> {
        if self.waiting.is_empty() {
            return None;
        }
        let picked = self.draws.below(self.waiting.len());
        Some(self.waiting.swap_remove(picked))
    }
}

/// Incidents at which somebody looks before one is taken up: as long as a person is free, there is one look at each kind
/// under way.
#[derive(Debug, Clone)]
pub struct Race {
    /// The slot of the look that is over first.
    pub slot: usize,
    mean: f64,
    /// One line for each kind.
    lines: Vec<Line>,
    /// Lines in which somebody stands.
    waiting: u32,
    draws: Draws,
}

impl Race {
    /// An incident of a kind comes.
    pub fn push(&mut self, links: &mut Links, kind: u32, c: u32) {
        let line = &mut self.lines[kind as usize];
        self.waiting += u32::from(line.is_empty());
        links.push_last(line, c);
    }

    /// Until the first of the looks under way is over. They have no memory, so this may be asked again at any time.
    pub fn look(&mut self) -> f64 {
        -libm::log(uniform(self.draws.word())) * self.mean / f64::from(self.waiting)
    }

    /// Takes out the incident that has waited longest of the kind that was looked at first, any with the same probability.
    pub fn pick(&mut self, links: &mut Links) -> Option<u32> {
        let nth = self.draws.below(self.waiting as usize);
        let line = self.lines.iter_mut().filter(|line| !line.is_empty()).nth(nth)?;
        let c = links.pop_first(line);
        self.waiting -= u32::from(line.is_empty());
        c
    }
}

/// The kinds of incidents of teams that race: a mode on the replicas of one service, on a service, or on a set of zones.
#[derive(Debug, Clone)]
pub struct Kinds {
    /// By clock, from 0 for each team; empty where no team races.
    pub of_clock: Vec<u32>,
    /// How many each team has.
    pub of_team: Vec<u32>,
}

impl Kinds {
    pub fn new(model: &Model) -> Self {
        let mut kinds = Self { of_clock: Vec::new(), of_team: vec![0; model.teams.len()] };
        let races = |team: u32| matches!(model.teams[team as usize].selection, Selection::Race(_));
        if !(0..model.teams.len() as u32).any(races) {
            return kinds;
        }
        let mut known = BTreeMap::new();
        for (c, clock) in model.clocks.iter().enumerate() {
            let team = model.modes[clock.mode as usize].team.filter(|&team| races(team));
            let what = match clock.thing {
                Thing::Replica(replica) => (0, model.replicas[replica as usize].service),
                Thing::Service(service) | Thing::Strike(service) => (1, service),
                Thing::Zones(_) => (2, c as u32),
            };
            let kind = team.map_or(NONE, |team| {
                *known.entry((clock.mode, what)).or_insert_with(|| {
                    kinds.of_team[team as usize] += 1;
                    kinds.of_team[team as usize] - 1
                })
            });
            kinds.of_clock.push(kind);
        }
        kinds
    }
}
