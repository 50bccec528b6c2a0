//! Services: replicas, what one replica can carry, what it calls, and when the service counts as up.

use indexmap::IndexMap;

use super::distribution::{Distribution, Uncertain};
use crate::units::{Fraction, GrowthRate, MoneyPerTime, Rate, Time};

#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    pub tier: Option<Tier>,
    /// Default 1, and 0 where `up_when` or `external` is given.
    pub replicas: Option<u32>,
    pub spread: Option<Spread>,
    pub service_time: Option<Distribution>,
    pub concurrency: Option<u32>,
    /// Of one replica, in place of `service_time` and `concurrency`.
    pub capacity: Option<Uncertain<Rate>>,
    /// Waiting places in one replica, default unlimited.
    pub queue: Option<u64>,
    pub health_check: Time, // default 0
    pub balance: Balance,   // default random
    pub cost: Option<Uncertain<MoneyPerTime>>,
    pub instance: Option<String>,
    pub resources: IndexMap<String, Resource>,
    pub needs: Option<u32>,
    pub up_when: Option<UpWhen>,
    pub standby: Option<Standby>,
    pub calls: Vec<Call>,
    pub autoscale: Option<Autoscale>,
    pub releases: Option<Releases>,
    pub external: Option<External>,
    pub interrupted: Interrupted, // default fail
    pub while_down: WhileDown,    // default fail
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    Critical,
    Standard,
}

/// Where replicas stand: `zones` (all of them, replica i in zone i mod n), or a list of names of zones or regions.
#[derive(Debug, Clone, PartialEq)]
pub enum Spread {
    Zones,
    Over(Vec<String>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Balance {
    Random,
    RoundRobin,
    LeastBusy,
    SharedQueue,
    PowerOf(u32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interrupted {
    Fail,
    Restart,
    Resume,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhileDown {
    Fail,
    Wait,
}

/// A tree that says when a service is up.
#[derive(Debug, Clone, PartialEq)]
pub enum UpWhen {
    /// A service, up or not.
    Service(String),
    AtLeast { at_least: u32, of: Vec<String> },
    Any(Vec<UpWhen>),
    All(Vec<UpWhen>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Standby {
    pub mode: StandbyMode,
    pub switch_time: Distribution,            // default 0
    pub switch_works: Uncertain<Fraction>,    // default 100%
    pub failback: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum StandbyMode {
    Hot(u32),
    Cold(u32),
    Warm { count: u32, rate: Uncertain<Fraction> },
}

#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    pub to: String,
    pub per_request: f64, // default 1; 2.5 is two and a third with probability 0.5
    pub timeout: Option<Time>,
    pub retries: Option<Retries>,
    pub needed: bool,   // default true
    pub held: bool,     // `while: held` (default) or `while: released`
    pub together: bool, // default false
}

#[derive(Debug, Clone, PartialEq)]
pub struct Retries {
    pub max: u32,
    pub budget: Option<Uncertain<Fraction>>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Autoscale {
    pub metric: String,
    pub target: Fraction,
    pub min: u32,
    pub max: u32,
    pub startup: Time,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Releases {
    pub every: Distribution,
    pub bad: Uncertain<Fraction>,
    pub effect: super::failure::Effect,
    pub strategy: Strategy,
    pub rollback: Distribution,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Strategy {
    AllAtOnce,
    Rolling,
    BlueGreen { bake: Time },
    Canary { steps: Vec<Fraction>, bake: Time, abort_above: Option<Fraction> },
}

/// A dependency known by its SLA alone: up a long-run fraction `availability` of the time, outages exponential of mean `outage`.
#[derive(Debug, Clone, PartialEq)]
pub struct External {
    pub availability: Uncertain<Fraction>,
    pub outage: Uncertain<Time>, // default 1h
}

/// Something a replica has so much of, in any unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    pub size: f64,
    pub used: f64,
    pub growth: Option<Uncertain<GrowthRate>>,
    pub per_request: Option<f64>,
}
