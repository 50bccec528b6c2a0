//! The model: what the simulator runs. Dense indices in place of names, immutable, and free of mistakes: compiling a
//! scenario is the last step that can fail.

mod calendar;
mod clocks;
mod columns;
mod compile;
mod crew;
mod demand;
mod extend;
mod gates;
mod graph;
mod grid;
mod growth;
mod load;
mod machine;
mod mode;
mod objectives;
mod release;
mod request;
mod resources;
mod revenue;
mod runbook;
mod scaling;
mod service;
mod size;
mod timing;
mod trace;
mod traffic;
mod uncertain;
mod upkeep;

use std::ops::Range;

use crate::dist::{Sampler, Tables};

pub use calendar::{Span, hours};
pub use columns::{Incident, incidents};
pub use compile::{Mistake, compile};
pub use crew::{Escalation, Selection, Team};
pub use demand::{Curve, Demand, Source, Unsure};
pub use extend::{Backtest, SeriesForecast};
pub use gates::{Gate, Output};
pub use grid::Grid;
pub use growth::{Growth, Profile};
pub use load::{Carry, Work};
pub use machine::Price;
pub use mode::{AgesWhile, Degraded, Effect, Mode, Sla, Trigger};
pub use release::{ALARMS, Release, Rules, Stage};
pub use request::{Arrivals, Arriving, Backoff, Breaker, Budget, Handling, Retries, Serving, Users};
pub use resources::Resource;
pub use revenue::Revenue;
pub use runbook::{Next, Runbook, Step};
pub use scaling::{Limits, Scaling};
pub use service::{Call, Replica, Service, Standby, UpWhen, Waiting};
pub use timing::Timing;
pub use trace::{Recorded, Trace};
pub use uncertain::{Parameter, Value, draw_all, medians};
pub use upkeep::{Inspection, Spares};

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
    /// The runbooks, in the order of the scenario.
    pub runbooks: Vec<Runbook>,
    /// The releases of services that have some, in the order of the services.
    pub releases: Vec<Release>,
    /// The objectives of the scenario in its order, then the defaults that tiers stand for.
    pub objectives: Vec<Objective>,
    /// What the open traffic sources ask for over the horizon.
    pub demand: Demand,
    /// The closed traffic sources: users who wait for an answer before they ask again.
    pub users: Vec<Users>,
    /// What requests are worth, by source where one says so.
    pub revenue: Vec<Revenue>,
    /// The numbers that nobody knows exactly.
    pub parameters: Vec<Parameter>,
    /// Sources that go on by a forecast.
    pub forecasts: Vec<SeriesForecast>,
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
    /// A request that takes this long or longer is not good, seconds; infinite where any time is good.
    pub latency: f64,
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
            let lead_time = mode.spares.as_ref().map(|spares| &spares.lead_time);
            [life, Some(&mode.detection), mode.repair.as_ref(), mode.age.as_ref(), lead_time].into_iter().flatten()
        });
        let switches = self.services.iter().filter_map(|service| service.standby.as_ref().map(|standby| &standby.switch_time));
        let work = self
            .services
            .iter()
            .filter_map(|service| if let Work::Servers { time, .. } = &service.work { Some(time) } else { None });
        let gaps = self
            .demand
            .sources
            .iter()
            .filter_map(|source| if let Arrivals::Renewal(gaps) = &source.arriving.arrivals { Some(gaps) } else { None });
        let thinking = self.users.iter().map(|users| &users.think);
        let acknowledging = self.teams.iter().map(|team| &team.acknowledge);
        let steps = self.runbooks.iter().flat_map(|runbook| runbook.steps.iter().map(|step| &step.takes));
        let releasing = self.releases.iter().flat_map(|release| {
            let fixed = [&release.every, &release.rollback, &release.customers];
            fixed.into_iter().chain(&release.detection)
        });
        modes.chain(switches).chain(work).chain(acknowledging).chain(gaps).chain(thinking).chain(steps).chain(releasing)
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
