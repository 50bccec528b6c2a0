//! The model: what the simulator runs. Dense indices in place of names, immutable, and free of mistakes: compiling a
//! scenario is the last step that can fail.

mod calendar;
mod clocks;
mod columns;
mod compile;
mod demand;
mod gates;
mod graph;
mod load;
mod objectives;
mod size;
mod timing;
mod traffic;
mod uncertain;

use std::ops::Range;

use crate::dist::{Sampler, Tables};

pub use calendar::Span;
pub use compile::{Mistake, compile};
pub use demand::{Curve, Demand, Growth, Profile, Source};
pub use gates::{Gate, Output};
pub use load::{Carry, Work};
pub use timing::Timing;
pub use uncertain::{Parameter, Value, draw_all, medians};

/// Stands for "none" where an index is optional and the hot loop reads it.
pub const NONE: u32 = u32::MAX;

/// A compiled scenario.
#[derive(Debug, Clone)]
pub struct Model {
    pub name: String,
    pub about: Option<String>,
    pub currency: String,
    /// The start, in the scenario's time zone.
    pub start: jiff::Zoned,
    /// Length of a replication, in seconds.
    pub horizon: f64,
    /// Hash of the effective scenario and of the data it reads.
    pub hash: u64,
    pub zones: Vec<String>,
    pub services: Vec<Service>,
    /// Services in an order in which what a service depends on comes before it.
    pub order: Vec<u32>,
    /// All replicas, those of a service side by side.
    pub replicas: Vec<Replica>,
    pub modes: Vec<Mode>,
    /// One for each thing that a mode can hit; a clock has the slot of its index.
    pub clocks: Vec<Clock>,
    pub teams: Vec<Team>,
    pub objectives: Vec<Objective>,
    pub demand: Demand,
    /// The numbers that nobody knows exactly.
    pub parameters: Vec<Parameter>,
    /// The nodes of all `up_when` trees.
    pub gates: Vec<Gate>,
    /// Clocks of zones.
    pub zone_clocks: Range<u32>,
    /// Quantile tables of all laws.
    pub tables: Tables,
    /// Draws 0, and draws a time that never comes.
    pub zero: Sampler,
    pub never: Sampler,
}

/// A service and what its state depends on.
#[derive(Debug, Clone)]
pub struct Service {
    pub name: String,
    pub replicas: Range<u32>,
    /// Replicas that must be up.
    pub needs: u32,
    pub up_when: Option<UpWhen>,
    pub calls: Vec<Call>,
    /// Services that must be up for this one to be up, its `up_when` tree aside: needed callees.
    pub depends_on: Vec<u32>,
    /// Services that call this one and need it for every request.
    pub needed_by: Vec<u32>,
    /// Gates that read whether this service is up, and gates that count its replicas.
    pub feeds: Vec<u32>,
    pub counted_by: Vec<u32>,
    /// Its place in `order`.
    pub rank: u32,
    /// This service and all that it depends on, directly or not, in `order`.
    pub support: Vec<u32>,
    /// This service and all that depend on it, directly or not.
    pub reach: Vec<u32>,
    /// Some failure can take this service down.
    pub can_fail: bool,
    /// Clocks of the service itself (its own failures and common-cause strikes).
    pub own_clocks: Range<u32>,
    /// Objectives on the time that it is up.
    pub time_objectives: Vec<u32>,
    /// Clocks that age while this service is up.
    pub ageing_with: Vec<u32>,
    /// Clocks of its replicas.
    pub replica_clocks: Range<u32>,
    /// What one request costs a replica.
    pub work: Work,
    /// Waiting places of one replica; infinite where nothing limits them.
    pub queue: f64,
    /// How long a failed replica still gets its share of the requests, seconds.
    pub health_check: f64,
    /// Money per second for one replica.
    pub cost: Value,
    /// Requests that reach this service for each request of each traffic source, in a healthy system.
    pub visits: Vec<f64>,
}

impl Service {
    /// Whether a replica of it stands in one of these zones.
    #[must_use]
    pub fn stands_in(&self, model: &Model, zones: &[u32]) -> bool {
        self.replicas.clone().any(|replica| zones.contains(&model.replicas[replica as usize].zone))
    }
}

/// A tree that says when a service is up.
#[derive(Debug, Clone)]
pub enum UpWhen {
    Service(u32),
    AtLeast(u32, Vec<u32>),
    Any(Vec<UpWhen>),
    All(Vec<UpWhen>),
}

#[derive(Debug, Clone)]
pub struct Call {
    pub to: u32,
    pub per_request: f64,
    pub needed: bool,
    /// Longest time that the caller waits for the answer, seconds; infinite without one.
    pub timeout: f64,
    /// The caller's server stays busy meanwhile.
    pub held: bool,
}

#[derive(Debug, Clone)]
pub struct Replica {
    pub service: u32,
    /// [`NONE`] where the replica stands in no zone.
    pub zone: u32,
    pub clocks: Range<u32>,
}

/// A failure mode: what it does and how it ends.
#[derive(Debug, Clone)]
pub struct Mode {
    pub name: String,
    pub trigger: Trigger,
    pub effect: Effect,
    pub detection: Timing,
    /// `None`: never repaired.
    pub repair: Option<Timing>,
    pub team: Option<u32>,
    /// Place in the queue for people, 1 (first) to 5.
    pub priority: u8,
    /// Share of the hazard that strikes all replicas of a service at once.
    pub common_cause: Option<Value>,
    pub ages_while: AgesWhile,
    /// Age of every clock at the start; `None`: new.
    pub age: Option<Timing>,
    pub planned: bool,
}

#[derive(Debug, Clone)]
pub enum Trigger {
    Life(Timing),
    /// Known to begin by an external's SLA: exponential, and in force at the start with the long-run probability.
    Sla(Sla),
    /// Occurrences in seconds after the start, ascending.
    Schedule(Vec<f64>),
}

/// What an external dependency promises: its long-run availability and its mean outage in seconds.
#[derive(Debug, Clone, Copy)]
pub struct Sla {
    pub availability: Value,
    pub outage: Value,
}

#[derive(Debug, Clone, Copy)]
pub enum Effect {
    Down,
    /// The capacity that is left, as a fraction.
    Capacity(Value),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgesWhile {
    Up,
    ServiceUp(u32),
    Always,
}

/// The clock of one mode on one thing.
#[derive(Debug, Clone)]
pub struct Clock {
    pub mode: u32,
    pub thing: Thing,
    /// The clocks of the same thing, this one among them.
    pub siblings: Range<u32>,
    /// Base of its random streams.
    pub stream: u64,
}

/// What a clock's failure hits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Thing {
    Replica(u32),
    Service(u32),
    /// A common cause: every replica of the service that is then up fails, by its own clock of the same mode.
    Strike(u32),
    /// One zone, or the zones of a region.
    Zones(Vec<u32>),
}

#[derive(Debug, Clone)]
pub struct Team {
    pub name: String,
    pub people: u32,
    pub acknowledge: Timing,
}

#[derive(Debug, Clone)]
pub struct Objective {
    pub name: String,
    pub service: u32,
    pub target: f64,
    pub counts: Counts,
    pub windows: Windows,
    pub fee: f64,
    /// (below, credit), the largest credit first.
    pub credits: Vec<(f64, f64)>,
    /// Modes that the objective leaves out, by their index.
    pub excludes: Vec<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Counts {
    Time,
    Requests,
    /// Slices of this length are good when at least this fraction of their requests is.
    Slices {
        length: f64,
        good: f64,
    },
}

#[derive(Debug, Clone)]
pub enum Windows {
    /// Calendar windows that overlap the horizon, in order; `months` in each.
    Calendar {
        spans: Vec<Span>,
        months: u32,
    },
    Rolling(f64),
}

impl Model {
    /// Every distribution of the model.
    pub fn timings(&self) -> impl Iterator<Item = &Timing> {
        let modes = self.modes.iter().flat_map(|mode| {
            let life = if let Trigger::Life(life) = &mode.trigger { Some(life) } else { None };
            [life, Some(&mode.detection), mode.repair.as_ref(), mode.age.as_ref()].into_iter().flatten()
        });
        let work = self
            .services
            .iter()
            .filter_map(|service| if let Work::Servers { time, .. } = &service.work { Some(time) } else { None });
        modes.chain(work).chain(self.teams.iter().map(|team| &team.acknowledge))
    }

    /// What a clock's failure hits, in words: `web 3`, `checkout`, `zone a`.
    #[must_use]
    pub fn thing_name(&self, clock: u32) -> String {
        match &self.clocks[clock as usize].thing {
            Thing::Replica(replica) => {
                let service = &self.services[self.replicas[*replica as usize].service as usize];
                format!("{} {}", service.name, replica - service.replicas.start)
            }
            Thing::Service(service) | Thing::Strike(service) => self.services[*service as usize].name.clone(),
            Thing::Zones(zones) => {
                let names: Vec<&str> = zones.iter().map(|&zone| self.zones[zone as usize].as_str()).collect();
                format!("{} {}", if names.len() == 1 { "zone" } else { "zones" }, names.join(", "))
            }
        }
    }
}
