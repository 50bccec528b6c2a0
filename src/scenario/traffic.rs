//! Traffic sources: who asks, how often, and how that changes over time.

use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use super::distribution::{Distribution, Uncertain};
use super::forms::{Peeked, moment, moment_schema};
use crate::units::{GrowthRate, Money, Number, Quantity, Rate, Time};

mod arrivals;

pub use arrivals::Arrivals;

/// A source of requests to one service: open, by a `rate` or a `series`, or closed, by `users` who wait for their answers.
#[derive(Debug, Clone, PartialEq, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a source of traffic: a map of words such as `to` and `rate`")]
pub struct Traffic {
    /// The service that is asked.
    pub to: String,
    /// Mean rate at the start, like `900/s`; exactly one of `rate`, `series` and `users`.
    pub rate: Option<Uncertain<Rate>>,
    /// A measured series from a CSV file, in place of `rate`.
    pub series: Option<Series>,
    /// How many users there are, 1 to 1,000,000, in place of `rate`: each sends a request, waits for its answer, thinks, and sends
    /// the next.
    pub users: Option<u32>,
    /// How long a user thinks between an answer and the next request, a duration or distribution. Default: 0s.
    pub think: Option<Distribution>,
    /// How many times as much all of it is, `rate`, `series` or `users`; a number like `1.5`. Default: 1.
    #[serde(default = "once")]
    pub times: Uncertain<Number>,
    /// How requests follow each other: `poisson` (independent of each other), `regular`, `{cv: 2}` (the cv of the gaps: 0 would be
    /// regular, 1 is poisson, above come bursts), or a distribution of the gaps, which counts by its shape and is scaled to
    /// the rate. Default: poisson.
    pub arrivals: Option<Arrivals>,
    /// The place of its requests where they are served by priority, 1 (first) to 5. Default: 3.
    pub priority: Option<u8>,
    /// What a request that succeeds is worth, an amount of money like `0.02`; those that fail are revenue lost. Only where the service
    /// gets its requests from this source alone. Default: nothing is said.
    pub value: Option<Uncertain<Money>>,
    /// How the rate grows: `4%/mo` compounds, `{linear: 4%/mo}` adds the same each time. Default: not at all.
    pub growth: Option<Growth>,
    /// 24 relative numbers, one for each hour of the day in `timezone`, scaled to mean 1; at most one of `daily`
    /// and `weekly`.
    pub daily: Option<Vec<f64>>,
    /// 168 relative numbers, one for each hour of the week from Monday 00:00 in `timezone`, scaled to mean 1.
    pub weekly: Option<Vec<f64>>,
    /// Times of more (or less) traffic than usual. Default: none.
    #[serde(default)]
    pub surges: Vec<Surge>,
    /// Changes for good, as when a customer joins or leaves. Default: none.
    #[serde(default)]
    pub steps: Vec<TrafficStep>,
}

/// So many users can be followed one by one.
pub const MOST_USERS: u32 = 1_000_000;

const fn once() -> Uncertain<Number> {
    Uncertain::Known(Number(1.0))
}

/// How a rate grows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Growth {
    /// (1 + g)^(t / per).
    Compound(Uncertain<GrowthRate>),
    /// 1 + g t / per, of the first rate.
    Linear(Uncertain<GrowthRate>),
}

/// A time of more (or less) traffic than usual.
#[derive(Debug, Clone, PartialEq, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a surge: a map with `at`, `lasts` and `times`")]
pub struct Surge {
    /// What the surge is called.
    pub name: Option<String>,
    /// When it begins: a local date, or date and time.
    #[serde(deserialize_with = "moment")]
    #[schemars(schema_with = "moment_schema")]
    pub at: jiff::civil::DateTime,
    /// How long it lasts, a duration like `4d`.
    pub lasts: Time,
    /// How many times the usual traffic, a number like `3`.
    pub times: Uncertain<Number>,
}

/// A change for good: so many times as much from then on.
#[derive(Debug, Clone, PartialEq, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a step: a map with `at` and `times`")]
pub struct TrafficStep {
    /// What the step is called.
    pub name: Option<String>,
    /// When it happens: a local date, or date and time.
    #[serde(deserialize_with = "moment")]
    #[schemars(schema_with = "moment_schema")]
    pub at: jiff::civil::DateTime,
    /// How many times as much traffic as before, from then on; a number like `1.3`.
    pub times: Uncertain<Number>,
}

/// A measured series: `value` events in each `per`, repeated after its end.
#[derive(Debug, Clone, PartialEq, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a series: a map with `file`, `time`, `value` and `per`")]
pub struct Series {
    /// A CSV file; its path is relative to the scenario.
    pub file: PathBuf,
    /// The column with the times.
    pub time: String,
    /// The column with the counts.
    pub value: String,
    /// The length of time that each count covers, a duration like `5m`.
    pub per: Time,
    /// What follows the end of the series: `repeat` or `extend` (a forecast). Default: repeat.
    #[serde(default)]
    pub after: After,
}

/// What follows the end of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum After {
    /// It begins again.
    #[default]
    Repeat,
    /// It is continued by a forecast.
    Extend,
}

struct GrowthVisitor;

impl<'de> Visitor<'de> for GrowthVisitor {
    type Value = Growth;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(GrowthRate::FORM)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Growth, E> {
        text.parse().map(|rate| Growth::Compound(Uncertain::Known(rate))).map_err(E::custom)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Growth, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Growth, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Growth, A::Error> {
        let peeked = Peeked::new(map)?;
        if peeked.word() == "linear" {
            return peeked.only().map(Growth::Linear);
        }
        Uncertain::deserialize(MapAccessDeserializer::new(peeked)).map(Growth::Compound)
    }
}

impl<'de> Deserialize<'de> for Growth {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(GrowthVisitor)
    }
}

impl JsonSchema for Growth {
    fn schema_name() -> Cow<'static, str> {
        "growth".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let rate = generator.subschema_for::<Uncertain<GrowthRate>>();
        json_schema!({ "anyOf": [rate, {
            "type": "object",
            "properties": {
                "linear": { "description": "Growth of the first rate that adds the same each time.", "allOf": [rate] },
            },
            "required": ["linear"],
            "additionalProperties": false,
        }]})
    }
}
