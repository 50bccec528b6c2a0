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
    /// The scenario's name, which its reports and their folder bear.
    pub name: String,
    /// What the scenario is about, in its author's words.
    pub about: Option<String>,
    /// Code of the currency of all money, as `USD`.
    pub currency: String,
    /// The start, in the scenario's time zone.
    pub start: jiff::Zoned,
    /// Length of a replication, in seconds.
    pub horizon: f64,
    /// Hash of the effective scenario and of the data it reads.
    pub hash: u64,
    /// Names of the zones; elsewhere a zone is its index here.
    pub zones: Vec<String>,
    /// The services, in the order of the scenario.
    pub services: Vec<Service>,
    /// Services in an order in which what a service depends on comes before it.
    pub order: Vec<u32>,
    /// All replicas, those of a service side by side.
    pub replicas: Vec<Replica>,
    /// Failure modes: of external dependencies first, then those of the scenario in its order.
    pub modes: Vec<Mode>,
    /// One for each thing that a mode can hit; a clock has the slot of its index.
    pub clocks: Vec<Clock>,
    /// The teams, in the order of the scenario.
    pub teams: Vec<Team>,
    /// The objectives of the scenario in its order, then the defaults that tiers stand for.
    pub objectives: Vec<Objective>,
    /// What the traffic sources ask for over the horizon.
    pub demand: Demand,
    /// The numbers that nobody knows exactly.
    pub parameters: Vec<Parameter>,
    /// The nodes of all `up_when` trees.
    pub gates: Vec<Gate>,
    /// Clocks of zones.
    pub zone_clocks: Range<u32>,
    /// Quantile tables of all laws.
    pub tables: Tables,
    /// Draws 0: what a mode without a team takes to be acknowledged.
    pub zero: Sampler,
    /// Draws a time that never comes: the life of what fails by a calendar, the repair of what nobody repairs.
    pub never: Sampler,
}

/// A service and what its state depends on.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its name in the scenario.
    pub name: String,
    /// Its replicas, by their index in [`Model::replicas`]; empty where only `up_when` or an SLA says when it is up.
    pub replicas: Range<u32>,
    /// Replicas that must be up.
    pub needs: u32,
    /// What must hold for it to be up, beside its replicas and its needed callees; absent where these are all.
    pub up_when: Option<UpWhen>,
    /// What its requests ask of other services.
    pub calls: Vec<Call>,
    /// Services that must be up for this one to be up, its `up_when` tree aside: needed callees.
    pub depends_on: Vec<u32>,
    /// Services that call this one and need it for every request.
    pub needed_by: Vec<u32>,
    /// Gates that read whether this service is up, by their index in [`Model::gates`].
    pub feeds: Vec<u32>,
    /// Gates that count its replicas, by their index in [`Model::gates`].
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
    /// This service is structurally up.
    Service(u32),
    /// Of the replicas of these services at least so many are up, taken together.
    AtLeast(u32, Vec<u32>),
    /// At least one of the parts holds.
    Any(Vec<UpWhen>),
    /// Every part holds.
    All(Vec<UpWhen>),
}

impl UpWhen {
    /// Whether the tree holds, where `is_up` says which services are up and `count` how many of their replicas.
    pub fn holds(&self, is_up: &impl Fn(u32) -> bool, count: &impl Fn(u32) -> u32) -> bool {
        match self {
            Self::Service(s) => is_up(*s),
            Self::AtLeast(least, of) => of.iter().map(|&s| u64::from(count(s))).sum::<u64>() >= u64::from(*least),
            Self::Any(parts) => parts.iter().any(|part| part.holds(is_up, count)),
            Self::All(parts) => parts.iter().all(|part| part.holds(is_up, count)),
        }
    }
}

/// What a request to one service asks of another.
#[derive(Debug, Clone)]
pub struct Call {
    /// Index of the service that is called.
    pub to: u32,
    /// Calls for each request: 2.5 are two, and a third for half of the requests.
    pub per_request: f64,
    /// A request fails where its call does; else it goes on without.
    pub needed: bool,
    /// Longest time that the caller waits for the answer, seconds; infinite without one.
    pub timeout: f64,
    /// The caller's server stays busy meanwhile.
    pub held: bool,
}

/// One of the equal parts that a service consists of.
#[derive(Debug, Clone)]
pub struct Replica {
    /// Index of its service.
    pub service: u32,
    /// [`NONE`] where the replica stands in no zone.
    pub zone: u32,
    /// Clocks of the modes that strike it alone, by their index in [`Model::clocks`].
    pub clocks: Range<u32>,
}

/// A failure mode: what it does and how it ends.
#[derive(Debug, Clone)]
pub struct Mode {
    /// Its name in the scenario; an external dependency's own is `NAME (external)`.
    pub name: String,
    /// What sets it off.
    pub trigger: Trigger,
    /// What it does to what it hits.
    pub effect: Effect,
    /// From the failure until somebody, or automation, knows of it.
    pub detection: Timing,
    /// `None`: never repaired.
    pub repair: Option<Timing>,
    /// Index of the team that repairs it; `None`: automation, which begins once the failure is detected.
    pub team: Option<u32>,
    /// Place in the queue for people, 1 (first) to 5.
    pub priority: u8,
    /// Share of the hazard that strikes all replicas of a service at once.
    pub common_cause: Option<Value>,
    /// When its clocks run.
    pub ages_while: AgesWhile,
    /// Age of every clock at the start; `None`: new.
    pub age: Option<Timing>,
    /// It is meant to happen: an objective that excludes `planned` leaves it out.
    pub planned: bool,
}

/// What sets a failure off.
#[derive(Debug, Clone)]
pub enum Trigger {
    /// Chance: the time from a repair, or from new, to the next failure.
    Life(Timing),
    /// Known to begin by an external's SLA: exponential, and in force at the start with the long-run probability.
    Sla(Sla),
    /// Occurrences in seconds after the start, ascending.
    Schedule(Vec<f64>),
}

/// What an external dependency promises: its long-run availability and its mean outage in seconds.
#[derive(Debug, Clone, Copy)]
pub struct Sla {
    /// The fraction of time that it is up in the long run, 0 to 1.
    pub availability: Value,
    /// Mean length of its outages, seconds.
    pub outage: Value,
}

/// What a failure does while it is in force.
#[derive(Debug, Clone, Copy)]
pub enum Effect {
    /// What it hits is down.
    Down,
    /// The capacity that is left, as a fraction.
    Capacity(Value),
}

/// When the clock of a mode runs towards the next failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgesWhile {
    /// While the thing it strikes is up in its own right.
    Up,
    /// While the service of this index is structurally up.
    ServiceUp(u32),
    /// All the time, also while another mode holds the thing down.
    Always,
}

/// The clock of one mode on one thing.
#[derive(Debug, Clone)]
pub struct Clock {
    /// Index of its mode.
    pub mode: u32,
    /// What it hits.
    pub thing: Thing,
    /// The clocks of the same thing, this one among them.
    pub siblings: Range<u32>,
    /// Base of its random streams.
    pub stream: u64,
}

/// What a clock's failure hits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Thing {
    /// One replica, by its index in [`Model::replicas`].
    Replica(u32),
    /// A whole service, by its index, whatever its replicas do.
    Service(u32),
    /// A common cause: every replica of the service that is then up fails, by its own clock of the same mode.
    Strike(u32),
    /// One zone, or the zones of a region.
    Zones(Vec<u32>),
}

/// People who repair.
#[derive(Debug, Clone)]
pub struct Team {
    /// Its name in the scenario.
    pub name: String,
    /// How many can work at the same time, each on one incident.
    pub people: u32,
    /// From the call of a free person until that person begins to repair.
    pub acknowledge: Timing,
}

/// A promise about one service.
#[derive(Debug, Clone)]
pub struct Objective {
    /// Its name in the scenario; the default of a tier is called after service and tier, `web (critical)`.
    pub name: String,
    /// Index of its service.
    pub service: u32,
    /// The fraction of what it counts that must be good, 0 to 1.
    pub target: f64,
    /// What it counts.
    pub counts: Counts,
    /// The stretches of time over which it must hold.
    pub windows: Windows,
    /// What the customer pays a month, in the currency; 0 where nothing is said.
    pub fee: f64,
    /// What is paid back where the attainment is below a limit, as (limit, fraction of the fee), the largest credit
    /// first.
    pub credits: Vec<(f64, f64)>,
    /// Modes that the objective leaves out, by their index.
    pub excludes: Vec<bool>,
}

/// What an objective counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Counts {
    /// Seconds, good while the service is structurally up.
    Time,
    /// Requests that arrive at the service, good where they succeed.
    Requests,
    /// Slices of time, each good or bad as a whole.
    Slices {
        /// Length of a slice, seconds.
        length: f64,
        /// The least fraction of good requests that makes a slice good, 0 to 1.
        good: f64,
    },
}

/// The stretches of time over which an objective must hold.
#[derive(Debug, Clone)]
pub enum Windows {
    /// Months or quarters of the scenario's time zone.
    Calendar {
        /// Those that overlap the horizon, in order.
        spans: Vec<Span>,
        /// Months in each: 1 or 3.
        months: u32,
    },
    /// The last so many seconds, at every instant from that length on.
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
