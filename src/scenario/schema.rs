//! The words of a scenario, as plain data: what the user wrote, with names and units.
//!
//! The comments on the fields are what `ninefold explain` prints and what the JSON Schema carries.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::distribution::{Distribution, Uncertain};
use super::failure::Failure;
use super::forms::{moment, moment_schema, one};
use super::objective::Objective;
use super::service::Service;
use super::traffic::Traffic;
use crate::units::{Fraction, MoneyPerTime, Time};

pub use super::hours::Hours;

/// A whole scenario: services, what breaks them, who repairs them, who uses them, and what was promised.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a scenario: a map of words such as `name`, `services`, `failures`")]
pub struct Scenario {
    /// Version of the language. Default: the newest, 1.
    #[serde(default = "one")]
    pub ninefold: u32,
    /// A short name; results are filed under it.
    pub name: String,
    /// What this scenario is about, in a sentence.
    pub about: Option<String>,
    /// When the simulated time begins: a local date, or date and time, in `timezone`. A bare date is midnight.
    #[serde(deserialize_with = "moment")]
    #[schemars(schema_with = "moment_schema")]
    pub start: jiff::civil::DateTime,
    /// How long is simulated, a duration like `1y`.
    pub horizon: Time,
    /// IANA name of the time zone of daily patterns, schedules, hours and calendar windows. Default: `UTC`.
    #[serde(default = "utc")]
    pub timezone: String,
    /// What all money is counted in. Default: `USD`.
    #[serde(default = "usd")]
    pub currency: String,
    /// Names of the availability zones that replicas stand in. Default: none.
    #[serde(default)]
    pub zones: Vec<String>,
    /// Regions with their zones, in place of `zones`: `{eu: [eu-a, eu-b], us: [us-a]}`.
    #[serde(default)]
    pub regions: IndexMap<String, Vec<String>>,
    /// Sources of requests, by name.
    #[serde(default)]
    pub traffic: IndexMap<String, Traffic>,
    /// Services, by name.
    #[serde(default)]
    pub services: IndexMap<String, Service>,
    /// Failure modes, by name: what breaks, how often, with which effect, and how it is repaired.
    #[serde(default)]
    pub failures: IndexMap<String, Failure>,
    /// Teams that repair, by name.
    #[serde(default)]
    pub teams: IndexMap<String, Team>,
    /// Runbooks, by name: the steps of a repair, in order.
    #[serde(default)]
    pub runbooks: IndexMap<String, Vec<Step>>,
    /// Kinds of machines, by name.
    #[serde(default)]
    pub instances: IndexMap<String, Instance>,
    /// Objectives (SLOs; with `credits` also SLAs), by name.
    #[serde(default)]
    pub objectives: IndexMap<String, Objective>,
    /// Variants of the scenario, by name; `--policy NAME` applies one.
    #[serde(default)]
    pub policies: IndexMap<String, Policy>,
}

impl Scenario {
    /// A team and those that what it does not acknowledge is handed on to, in order.
    pub fn asked(&self, team: &str) -> impl Iterator<Item = (&str, &Team)> {
        let get = |name: &str| self.teams.get_key_value(name);
        // No longer than there are teams, also where they lead in a circle.
        let teams = std::iter::successors(get(team), move |(_, team)| get(&team.escalate.as_ref()?.to)).take(self.teams.len());
        teams.map(|(name, team)| (name.as_str(), team))
    }
}

fn utc() -> String {
    "UTC".into()
}

fn usd() -> String {
    "USD".into()
}

/// People who repair.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a team: a map of words such as `people`")]
pub struct Team {
    /// How many people are there to work on incidents at the same time.
    pub people: u32,
    /// From the call to the begin of work, a duration or distribution. Default: 0s.
    #[serde(default = "Distribution::zero")]
    pub acknowledge: Distribution,
    /// When work may start: `always`, or weekdays and hours like `mon-fri 09:00-18:00` in `timezone`. Default: always.
    #[serde(default)]
    pub hours: Hours,
    /// Whether a more severe incident takes people from a less severe one. Default: false.
    #[serde(default)]
    pub preempt: bool,
    /// Which of the incidents that wait is taken up first: `priority` (then the one that waits longest), `fifo`, `random`, or
    /// `{race: 6m}` (whoever is free looks at all kinds that wait at once, each look takes an exponential time of this mean,
    /// and the first to be looked at is taken up). Default: priority.
    #[serde(default)]
    pub selection: Selection,
    /// At how many incidents it works at the same time at most, however many people it has. Default: no limit.
    pub parallel: Option<u32>,
    /// To whom an incident goes that nobody has acknowledged in time, as `{after: 15m, to: TEAM}`. Default: it stays.
    pub escalate: Option<Escalate>,
}

/// To whom an incident goes that nobody has acknowledged in time.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "an escalation: a map with `after` and `to`")]
pub struct Escalate {
    /// From the moment at which the team is asked.
    pub after: Time,
    /// The team that is asked then.
    pub to: String,
}

/// Which of the incidents that wait is taken up first.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", expecting = "`priority`, `fifo`, `random` or `{race: 6m}`")]
pub enum Selection {
    /// By priority, then the one that waits longest.
    #[default]
    Priority,
    /// The one that waits longest.
    Fifo,
    /// Any, by chance.
    Random,
    /// The one whose kind is looked at first; the mean time of a look.
    Race(Time),
}

/// One step of a runbook.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a step: a map of words such as `step` and `takes`")]
pub struct Step {
    /// The name of the step.
    pub step: String,
    /// How long it takes, a duration or distribution.
    pub takes: Distribution,
    /// The probability that the step ends the incident, a fraction. Default: it never does and goes on.
    pub works: Option<Uncertain<Fraction>>,
    /// How many people are at work from this step on. Default: 1.
    #[serde(default = "one")]
    pub people: u32,
    /// Who does it: `people`, or `automation`, which waits for nobody. Default: people.
    #[serde(default)]
    pub by: By,
    /// The step that follows. Default: the next in the list.
    pub then: Option<String>,
    /// The step that follows if this one did not work. Default: the next in the list.
    #[serde(rename = "else")]
    pub otherwise: Option<String>,
}

/// Who does a step of a runbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", expecting = "`people` or `automation`")]
pub enum By {
    /// Whoever of the team is called.
    #[default]
    People,
    /// A program.
    Automation,
}

/// A kind of machine that services run on.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "an instance: a map of words such as `price`")]
pub struct Instance {
    /// What one costs while it is there, money per time like `0.10/h`. Default: nothing.
    pub price: Option<Uncertain<MoneyPerTime>>,
    /// What one that is reserved costs: `{price: 0.06/h}`. A service says with `reserved` how many of them it has. Default: none can
    /// be reserved.
    pub reserved: Option<Reserved>,
    /// How many requests one serves at the same time; where a service gives a `concurrency` of its own, or a `capacity`, that
    /// holds.
    pub concurrency: Option<u32>,
    /// Its speed relative to the one that `service_time` (or `capacity`) was measured on: a number above 0. Default: 1.
    pub speed: Option<f64>,
    /// From order to use, a duration like `2w`. Default: 0s.
    pub lead_time: Option<Time>,
}

/// What a machine costs that is paid whether it is used or not.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a map with `price`, like `{price: 0.06/h}`")]
pub struct Reserved {
    /// What one costs, money per time like `0.06/h`.
    pub price: Uncertain<MoneyPerTime>,
}

/// A named variant: a list of patches (applied to the tree before it is typed, so the values stay raw).
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a policy: a map with `set`")]
pub struct Policy {
    /// What the variant changes, in a sentence.
    pub about: Option<String>,
    /// Patches: paths with the value that each gets; `null` removes it. Like `services.web.replicas: 12`.
    // Filled in from the tree once the scenario is read, because a value must keep its raw form and its place.
    #[serde(default, deserialize_with = "later")]
    #[schemars(with = "IndexMap<String, serde_json::Value>")]
    pub set: Vec<(String, super::tree::Node)>,
}

fn later<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<(String, super::tree::Node)>, D::Error> {
    serde::de::IgnoredAny::deserialize(deserializer).map(|_| Vec::new())
}
