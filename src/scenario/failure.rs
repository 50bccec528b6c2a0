//! Failure modes: trigger × scope × effect × repair.

use std::path::PathBuf;

use super::distribution::{Distribution, Uncertain};
use crate::units::{Fraction, Number, Time};

#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    pub about: Option<String>,
    pub hits: Hits,
    /// Which services (or zones, regions, calls); empty: all of that kind.
    pub of: Vec<String>,
    pub hosts: Option<Hosts>, // with hits: host
    /// Exactly one trigger: `time_to_failure` (or its shorts `mttf`, `mtbf`), `schedule`, `trace`.
    pub trigger: Trigger,
    pub effect: Effect, // default down
    pub detection: Distribution, // default 0
    pub repair: Repair,
    pub team: Option<String>,
    /// 1 (first) to 5; default by severity: service 2, region and zone 3, replica 4.
    pub priority: Option<u8>,
    pub common_cause: Option<Uncertain<Fraction>>,
    pub after_repair: AfterRepair,
    pub ages_while: AgesWhile,
    pub age: Age,
    /// Default: true for schedules, false for the rest.
    pub planned: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hits {
    Replica,
    Zone,
    Region,
    Service,
    Host,
    Call,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Hosts {
    pub of: Vec<String>,
    pub replicas: u32,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Trigger {
    TimeToFailure(Distribution),
    Schedule { first: jiff::civil::DateTime, every: Option<Time> },
    Trace { file: PathBuf, interval: String, duration: String, intensity: Option<String> },
}

/// What a failure does to what it hits: `down`, or any of the others together.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    Down,
    Degraded { capacity: Option<Uncertain<Fraction>>, slower: Option<Uncertain<Number>>, errors: Option<Uncertain<Fraction>> },
}

#[derive(Debug, Clone, PartialEq)]
pub enum Repair {
    Never,
    Takes(Distribution),
    Runbook(String),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum AfterRepair {
    New,
    Old,
    Younger(Fraction),
}

/// When the clock of a mode runs.
#[derive(Debug, Clone, PartialEq)]
pub enum AgesWhile {
    /// While the thing is up in its own right (default).
    Up,
    ServiceUp(String),
    Always,
}

/// The age of a clock at the start.
#[derive(Debug, Clone, PartialEq)]
pub enum Age {
    New,
    Steady,
    Of(Distribution),
}
