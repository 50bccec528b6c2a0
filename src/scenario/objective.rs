//! Objectives (SLOs) and, with credits, agreements (SLAs).

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use crate::units::{Fraction, Money, Time};

/// A promise about a service.
#[derive(Debug, Clone, PartialEq, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "an objective: a map of words such as `service` and `target`")]
pub struct Objective {
    /// The service it is about.
    pub service: String,
    /// The fraction that has to be good, like `99.9%`.
    pub target: Fraction,
    /// What is counted: `requests`, `time`, or slices of time with enough good requests, `{slices: 1m, good: 99%}`.
    /// Default: requests where traffic reaches the service, else time.
    pub counts: Option<Counts>,
    /// A request that takes longer is not good: `{below: 2s, for: 99%}`. Default: any time is good.
    pub latency: Option<Latency>,
    /// Over what time: `calendar month`, `calendar quarter` or `rolling 30d`. Default: calendar month.
    #[serde(default)]
    pub window: Window,
    /// A month's fee, an amount of money, for credits.
    pub fee: Option<Money>,
    /// What is paid back below which attainment: `[{below: 99.9%, credit: 10%}]`. Default: nothing.
    #[serde(default)]
    pub credits: Vec<Credit>,
    /// Failures that do not count: their names, or `planned` for all that are planned. Default: all count.
    #[serde(default)]
    pub excludes: Vec<String>,
}

/// What an objective counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Counts {
    /// Good requests over all requests.
    Requests,
    /// Time up over all time.
    Time,
    /// Slices of time of which at least a fraction `good` of the requests was good.
    Slices {
        /// The length of a slice.
        slices: Time,
        /// The fraction of its requests that makes a slice good.
        good: Fraction,
    },
}

/// When a request is too slow to be good.
#[derive(Debug, Clone, Copy, PartialEq, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a map with `below` and `for`")]
pub struct Latency {
    /// A good request takes less than this, a duration like `2s`.
    pub below: Time,
    /// The fraction of requests that has to, like `99%`.
    #[serde(rename = "for")]
    pub within: Fraction,
}

/// Over what time an objective is judged.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Window {
    /// From the first of a month to the first of the next.
    #[default]
    CalendarMonth,
    /// Three months, from January, April, July or October on.
    CalendarQuarter,
    /// The last so many days, at every instant.
    Rolling(Time),
}

/// What is paid back when a window attains less than `below`.
#[derive(Debug, Clone, Copy, PartialEq, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a map with `below` and `credit`")]
pub struct Credit {
    /// The attainment below which it is paid, a fraction.
    pub below: Fraction,
    /// The fraction of the fee that is paid back.
    pub credit: Fraction,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Slices {
    slices: Time,
    good: Fraction,
}

struct CountsVisitor;

impl<'de> Visitor<'de> for CountsVisitor {
    type Value = Counts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`requests`, `time` or `{slices: 1m, good: 99%}`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Counts, E> {
        match text {
            "requests" => Ok(Counts::Requests),
            "time" => Ok(Counts::Time),
            other => Err(E::unknown_variant(other, &["requests", "time", "slices"])),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Counts, A::Error> {
        let Slices { slices, good } = Slices::deserialize(MapAccessDeserializer::new(map))?;
        if slices.0 < 1.0 {
            return Err(A::Error::custom("a slice must be at least 1s long"));
        }
        Ok(Counts::Slices { slices, good })
    }
}

impl<'de> Deserialize<'de> for Counts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CountsVisitor)
    }
}

impl JsonSchema for Counts {
    fn schema_name() -> Cow<'static, str> {
        "counts".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let slices = generator.subschema_for::<Time>();
        let good = generator.subschema_for::<Fraction>();
        json_schema!({ "anyOf": [{ "enum": ["requests", "time"] }, {
            "type": "object",
            "properties": {
                "slices": { "description": "The length of a slice of time, a duration.", "allOf": [slices] },
                "good": { "description": "The fraction of its requests that makes a slice good.", "allOf": [good] },
            },
            "required": ["slices", "good"],
            "additionalProperties": false,
        }]})
    }
}

fn window(text: &str) -> Result<Window, String> {
    let expected = || format!("`{text:.40}` is no window: expected `calendar month`, `calendar quarter` or `rolling 30d`");
    match text {
        "calendar month" => Ok(Window::CalendarMonth),
        "calendar quarter" => Ok(Window::CalendarQuarter),
        other => {
            let length = other.strip_prefix("rolling ").ok_or_else(expected)?;
            let time: Time = length.trim().parse().map_err(|error| format!("{error}"))?;
            if time.0 < 60.0 { Err("a rolling window is at least 1m long".into()) } else { Ok(Window::Rolling(time)) }
        }
    }
}

impl<'de> Deserialize<'de> for Window {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        window(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl JsonSchema for Window {
    fn schema_name() -> Cow<'static, str> {
        "window".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": r"^(calendar month|calendar quarter|rolling [0-9]*\.?[0-9]+(m|h|d|w|mo|y))$",
        })
    }
}
