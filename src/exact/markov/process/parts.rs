//! What a process is made of: things with their slots in the state, modes as stages, lines of incidents.

use std::ops::Range;

use crate::model::{AgesWhile, NONE, Selection, UpWhen};

/// A slot's value in the states of a process. Below [`WAITS`] it is a stage of the clock's mode.
pub type Code = u16;

/// Waits for a person, with the place in its line added.
pub const WAITS: Code = 1_000;
/// Waits for a spare part, with the place in its line added.
pub const LACKS_PART: Code = 2_000;
/// Waits first in its line, for a person that was taken away at a stage of the work, which is added.
pub const INTERRUPTED: Code = 3_000;
/// Failed and in no stage: never repaired, or on its way between two stages at one instant.
pub const NOWHERE: Code = u16::MAX;
/// Most stages of a mode, and most places in a line.
pub const MOST_STAGES: usize = 1_000;

/// What a replica of a service with a standby does, as a code: it counts.
pub const ACTIVE: Code = 0;
/// It is up and waits.
pub const WAITING: Code = 1;
/// It is up and takes over; the stage of the switch is added.
pub const TAKING_OVER: Code = 2;
/// It is away, and had waited before (or had been active: one more). What is added twice is [`KNOWN`] or the name of the
/// failure that is still to be detected.
pub const AWAY: Code = 1_000;
/// The failure has been detected.
pub const KNOWN: Code = 0;
/// Most clocks of a replica that has a role.
pub const MOST_CLOCKS: usize = 100;

/// Something that fails: its slots in a state.
#[derive(Debug, Clone)]
pub struct Thing {
    /// What it is.
    pub kind: Kind,
    /// The slots of its clocks.
    pub clocks: Range<usize>,
    /// The slot of its role, where its service has a standby.
    pub role: Option<usize>,
}

impl Thing {
    /// All its slots.
    pub fn slots(&self) -> Range<usize> {
        self.clocks.start..self.role.map_or(self.clocks.end, |role| role + 1)
    }
}

/// What fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A replica of a service in a zone ([`NONE`]: in no zone).
    Replica {
        /// Index of its service.
        service: u32,
        /// Index of its zone.
        zone: u32,
    },
    /// A service itself, and its common causes.
    Service(u32),
    /// Zones that fail together.
    Zones(Vec<u32>),
}

impl Kind {
    /// The zone of a replica.
    pub fn zone(&self) -> Option<u32> {
        if let Self::Replica { zone, .. } = self { Some(*zone).filter(|zone| *zone != NONE) } else { None }
    }
}

/// A clock of a thing.
#[derive(Debug, Clone)]
pub struct Clock {
    /// Its mode, by the index in [`Parts::modes`].
    pub mode: usize,
    /// Its thing, by the index in [`Parts::things`].
    pub thing: usize,
    /// It strikes all replicas of its service that are up.
    pub strikes: bool,
    /// Its line while it waits for people.
    pub line: usize,
    /// The stock of the parts for its repairs, by the index in [`Parts::stocks`].
    pub stock: Option<usize>,
}

/// A failure mode as stages.
#[derive(Debug, Clone)]
pub struct Mode {
    /// Index in the model.
    pub index: u32,
    /// All stages: of the life, of the life of the common cause, of detection, of acknowledgement, of the repair.
    pub stages: Vec<Stage>,
    /// Where each of the five begins, and the end.
    pub begins: [Code; 6],
    /// How each of the five is entered: (probability, stage); empty where it takes no time.
    pub entries: [Vec<(f64, Code)>; 5],
    /// It takes down what it hits.
    pub down: bool,
    /// Somebody or something repairs it.
    pub repairable: bool,
    /// Index of its team among [`Parts::teams`].
    pub team: Option<usize>,
    /// When its clocks run.
    pub ages_while: AgesWhile,
    /// The power of the load with which its clocks run.
    pub load: f64,
    /// The probability to be in force at the start.
    pub starts_down: f64,
}

/// One exponential stage.
#[derive(Debug, Clone, Copy)]
pub struct Stage {
    /// Rate out of it, per second.
    pub rate: f64,
    /// The stage that follows; `None`: the end.
    pub next: Option<Code>,
}

/// Where a failure stands, as the index into [`Mode::begins`].
pub const LIFE: usize = 0;
/// The life of the common cause.
pub const STRIKE: usize = 1;
/// Failed, and nobody knows.
pub const DETECTION: usize = 2;
/// A person is on the way.
pub const ACKNOWLEDGEMENT: usize = 3;
/// Being repaired.
pub const REPAIR: usize = 4;

impl Mode {
    /// Whether a code says that the failure is in force.
    pub fn failed(&self, code: Code) -> bool {
        code >= self.begins[DETECTION]
    }

    /// Which of the five a code is a stage of; `None` while it waits.
    pub fn part(&self, code: Code) -> Option<usize> {
        (code < self.begins[5]).then(|| (0..5).rev().find(|&part| code >= self.begins[part]).unwrap_or(LIFE))
    }

    /// Whether a person of the team is at it.
    pub fn at_work(&self, code: Code) -> bool {
        self.team.is_some() && code >= self.begins[ACKNOWLEDGEMENT] && code < self.begins[5]
    }
}

/// The spare parts of a mode. Parts are ordered in lots of the same size, since each repair takes one and an order brings
/// what there is and what is to come up to the same level.
#[derive(Debug, Clone)]
pub struct Stock {
    /// The slot that holds how many parts lie there; open orders follow, one slot for each stage of the lead time.
    pub shelf: usize,
    /// Parts at the start.
    pub level: Code,
    /// An order is made where parts there and on order, less the repairs that wait, are no more than this.
    pub reorder_at: i64,
    /// Parts in an order.
    pub lot: Code,
    /// Stages of the lead time.
    pub stages: Vec<Stage>,
    /// How the lead time is entered.
    pub entry: Vec<(f64, Code)>,
}

/// A team.
#[derive(Debug, Clone)]
pub struct Team {
    /// How many can work at a time.
    pub people: u32,
    /// Whom they serve first.
    pub selection: Selection,
    /// Its lines, the first to be served first.
    pub lines: Vec<usize>,
    /// Its one person is taken from an incident of a later line for one of an earlier.
    pub preempts: bool,
}

/// A service.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its replicas, by the index in [`Parts::things`], in the order of the model.
    pub replicas: Vec<usize>,
    /// How many must be up.
    pub needs: u32,
    /// Its tree.
    pub up_when: Option<UpWhen>,
    /// Services that must be up.
    pub depends_on: Vec<u32>,
    /// Replicas that are active while all is well.
    pub active: u32,
    /// How one takes over.
    pub standby: Option<Standby>,
}

/// How a replica that waits takes over.
#[derive(Debug, Clone)]
pub struct Standby {
    /// The fraction of its hazard with which it ages while it waits.
    pub rate: f64,
    /// Stages of the switch.
    pub stages: Vec<Stage>,
    /// How the switch is entered; empty where it takes no time.
    pub entry: Vec<(f64, Code)>,
    /// The probability that it works.
    pub works: f64,
    /// A repaired replica becomes active again.
    pub failback: bool,
}

/// Everything.
#[derive(Debug, Clone)]
pub struct Parts {
    /// Things, those of a group side by side.
    pub things: Vec<Thing>,
    /// Clocks by slot; `None` for slots of roles and of stocks.
    pub clocks: Vec<Option<Clock>>,
    /// Modes that matter.
    pub modes: Vec<Mode>,
    /// Teams that matter.
    pub teams: Vec<Team>,
    /// Stocks of spare parts.
    pub stocks: Vec<Stock>,
    /// By line: its order matters.
    pub lines: Vec<bool>,
    /// All services of the model; those that do not matter have no replicas.
    pub services: Vec<Service>,
    /// Services whose state is asked for, each after those that it depends on.
    pub order: Vec<u32>,
    /// Number of zones.
    pub zones: usize,
    /// Ranges of things that are alike: their states are kept in ascending order.
    pub alike: Vec<Range<usize>>,
}

impl Parts {
    /// The clock of a slot and its mode.
    pub fn clock(&self, slot: usize) -> Option<(&Clock, &Mode)> {
        self.clocks[slot].as_ref().map(|clock| (clock, &self.modes[clock.mode]))
    }

    /// `down` failures in force on a thing itself.
    pub fn down(&self, thing: usize, state: &[Code]) -> usize {
        let clocks = self.things[thing].clocks.clone();
        clocks.filter(|&slot| self.clock(slot).is_some_and(|(_, mode)| mode.down && mode.failed(state[slot]))).count()
    }

    /// Whether the zone of a thing is up.
    pub fn zone_is_up(&self, thing: usize, state: &[Code]) -> bool {
        let Some(zone) = self.things[thing].kind.zone() else { return true };
        (0..self.things.len()).rev().take_while(|&other| matches!(self.things[other].kind, Kind::Zones(_))).all(|other| {
            let Kind::Zones(zones) = &self.things[other].kind else { return true };
            !zones.contains(&zone) || self.down(other, state) == 0
        })
    }

    /// Puts the states of things that are alike in order.
    pub fn sort(&self, state: &mut [Code]) {
        self.sort_until(state, state.len());
    }

    /// The same for the things alike whose slots all lie before `end`, or at it.
    pub fn sort_until(&self, state: &mut [Code], end: usize) {
        for alike in self.alike.iter().take_while(|alike| self.things[alike.end - 1].clocks.end <= end.saturating_add(1)) {
            let width = self.things[alike.start].slots().len();
            let slots = self.things[alike.start].slots().start..self.things[alike.end - 1].slots().end;
            let part = &mut state[slots];
            if width == 1 {
                part.sort_unstable();
            } else if !part.chunks(width).is_sorted() {
                let mut chunks: Vec<Vec<Code>> = part.chunks(width).map(<[Code]>::to_vec).collect();
                chunks.sort_unstable();
                part.copy_from_slice(&chunks.concat());
            }
        }
    }
}
