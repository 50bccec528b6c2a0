//! Failure modes: trigger × scope × effect × repair.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

use super::distribution::{Distribution, Uncertain};
use crate::units::{Fraction, Money, Number, Time};

mod upkeep;
mod words;
mod written;

pub use upkeep::{Inspection, Preventive, Spares, When};

/// Something that breaks: what, how often, with which effect, and how it is repaired.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "written::Written")]
pub struct Failure {
    /// What happens, in a sentence.
    pub about: Option<String>,
    /// What kind of thing is struck.
    pub hits: Hits,
    /// Which services (or zones, regions, calls); empty: all of that kind.
    pub of: Vec<String>,
    /// The machines, with `hits: host`.
    pub hosts: Option<Hosts>,
    /// Exactly one trigger: `time_to_failure` (or its shorts `mttf`, `mtbf`), `schedule`, `trace`.
    pub trigger: Trigger,
    /// What it does; default down.
    pub effect: Effect,
    /// From the failure until it is noticed; default 0.
    pub detection: Distribution,
    /// From the begin of work until it is over.
    pub repair: Repair,
    /// Who repairs; nobody means automation.
    pub team: Option<String>,
    /// 1 (first) to 5; default by severity: service 2, region and zone 3, replica 4.
    pub priority: Option<u8>,
    /// The beta factor: which part of the hazard strikes all replicas at once.
    pub common_cause: Option<Uncertain<Fraction>>,
    /// The age after a repair.
    pub after_repair: AfterRepair,
    /// When the clock runs.
    pub ages_while: AgesWhile,
    /// The age at the start.
    pub age: Age,
    /// Default: true for schedules, false for the rest.
    pub planned: Option<bool>,
    /// The power with which ageing follows the load that each replica carries; absent: it does not.
    pub load: Option<Uncertain<Number>>,
    /// The parts that a repair needs; absent: there are always enough.
    pub spares: Option<Spares>,
    /// Replacement before the failure.
    pub preventive: Option<Preventive>,
    /// Nobody notices before an inspection.
    pub hidden: bool,
    /// The inspections that find it.
    pub inspection: Option<Inspection>,
    /// What one failure costs: parts and work.
    pub cost: Option<Uncertain<Money>>,
}

/// What kind of thing a failure strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Hits {
    /// Each replica on its own.
    Replica,
    /// A zone, with all replicas in it.
    Zone,
    /// A region, with all its zones.
    Region,
    /// A whole service.
    Service,
    /// A machine, with the replicas on it.
    Host,
    /// The calls from one service to another.
    Call,
}

/// Machines or racks that services share.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a map with `of` and `replicas`")]
pub struct Hosts {
    /// The services whose replicas stand on them.
    pub of: Vec<String>,
    /// How many replicas stand on one.
    pub replicas: u32,
}

/// What sets a failure off.
#[derive(Debug, Clone, PartialEq)]
pub enum Trigger {
    /// Chance.
    TimeToFailure(Distribution),
    /// A calendar.
    Schedule {
        /// The first time.
        first: jiff::civil::DateTime,
        /// How often from then on; absent: once.
        every: Option<Time>,
    },
    /// Recorded failures, played back.
    Trace {
        /// A CSV file, relative to the scenario.
        file: PathBuf,
        /// The column with the times between failures.
        interval: String,
        /// The column with their durations.
        duration: String,
        /// The column with their intensities.
        intensity: Option<String>,
        /// The unit of intervals and durations.
        unit: Time,
    },
}

/// What a failure does to what it hits: `down`, or any of the others together.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Nothing works.
    Down,
    /// It works, but worse.
    Degraded {
        /// The fraction of its capacity that is left.
        capacity: Option<Uncertain<Fraction>>,
        /// How many times longer work takes.
        slower: Option<Uncertain<Number>>,
        /// The fraction of requests that fail.
        errors: Option<Uncertain<Fraction>>,
    },
}

/// How a failure ends.
#[derive(Debug, Clone, PartialEq)]
pub enum Repair {
    /// It does not.
    Never,
    /// After a time of work.
    Takes(Distribution),
    /// By the steps of a runbook.
    Runbook(String),
}

/// How old a thing is after its repair.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", expecting = "`new`, `old` or `{younger: 40%}`")]
pub enum AfterRepair {
    /// As good as new.
    #[default]
    New,
    /// As old as it was: a minimal repair.
    Old,
    /// Younger by this fraction of its age.
    Younger(Fraction),
}

/// When the clock of a mode runs.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", expecting = "`up`, `always` or `{service_up: NAME}`")]
pub enum AgesWhile {
    /// While the thing is up in its own right (default).
    #[default]
    Up,
    /// While a service is up.
    ServiceUp(String),
    /// All the time.
    Always,
}

/// The age of a clock at the start.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Age {
    /// None: as new.
    #[default]
    New,
    /// As after a long time.
    Steady,
    /// Drawn from a distribution.
    Of(Distribution),
}
