//! The words of a scenario, as plain data: what the user wrote, with names and units.

use indexmap::IndexMap;

use super::distribution::{Distribution, Uncertain};
use super::failure::Failure;
use super::objective::Objective;
use super::service::Service;
use super::traffic::Traffic;
use crate::units::{Fraction, MoneyPerTime, Time};

/// A whole scenario file.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// Version of the language (default: the newest, 1).
    pub ninefold: u32,
    pub name: String,
    pub about: Option<String>,
    /// Local civil time in `timezone`; a bare date is midnight.
    pub start: jiff::civil::DateTime,
    pub horizon: Time,
    /// IANA name, default UTC.
    pub timezone: String,
    pub currency: String,
    pub zones: Vec<String>,
    pub regions: IndexMap<String, Vec<String>>,
    pub traffic: IndexMap<String, Traffic>,
    pub services: IndexMap<String, Service>,
    pub failures: IndexMap<String, Failure>,
    pub teams: IndexMap<String, Team>,
    pub runbooks: IndexMap<String, Vec<Step>>,
    pub instances: IndexMap<String, Instance>,
    pub objectives: IndexMap<String, Objective>,
    pub policies: IndexMap<String, Policy>,
}

/// People who repair.
#[derive(Debug, Clone, PartialEq)]
pub struct Team {
    pub people: u32,
    pub acknowledge: Distribution, // default constant 0
    pub hours: Hours,              // default always
    pub preempt: bool,
}

/// When a team works: `always` or `mon-fri 09:00-18:00`.
#[derive(Debug, Clone, PartialEq)]
pub enum Hours {
    Always,
    /// First and last weekday (0 = Monday), start and end of the day in seconds after midnight.
    Weekly { first: u8, last: u8, from: u32, to: u32 },
}

/// One step of a runbook.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub step: String,
    pub takes: Distribution,
    pub works: Option<Uncertain<Fraction>>,
    pub people: u32, // default 1
    pub then: Option<String>,
    pub otherwise: Option<String>, // written `else`
}

/// A kind of machine (`instances:`).
#[derive(Debug, Clone, PartialEq)]
pub struct Instance {
    pub price: Option<Uncertain<MoneyPerTime>>,
    pub concurrency: Option<u32>,
    pub speed: Option<f64>,
    pub lead_time: Option<Time>,
}

/// A named variant: a list of patches (applied to the tree before it is typed, so the values stay raw).
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    pub about: Option<String>,
    pub set: Vec<(String, super::tree::Node)>,
}
