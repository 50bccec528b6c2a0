//! Retries: how often a call is tried again, within which budget and after which pauses.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use crate::scenario::distribution::Uncertain;
use crate::scenario::forms::Peeked;
use crate::units::{Fraction, Number, Rate, Time};

/// What is tried again when a call fails.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "retries like `{max: 1, budget: 20%}`")]
pub struct Retries {
    /// How often one call is tried again at most, 1 to 100.
    pub max: u32,
    /// How many retries there may be for each call, over all: a fraction like `20%`, or `{ratio: 20%, min_per_second: 10,
    /// ttl: 10s}`. Default: no limit.
    #[serde(default, deserialize_with = "budget")]
    #[schemars(schema_with = "budget_schema")]
    pub budget: Option<Budget>,
    /// The pause before a retry, a duration that doubles with each, or `{first: 50ms, times: 2, most: 1s, jitter: full}`.
    /// Default: 0s.
    #[serde(default, deserialize_with = "backoff")]
    #[schemars(schema_with = "backoff_schema")]
    pub backoff: Backoff,
}

/// A limit on the retries of a call, over all requests together.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a budget like `{ratio: 20%, min_per_second: 10, ttl: 10s}`")]
pub struct Budget {
    /// How many retries each first attempt allows, a fraction.
    pub ratio: Uncertain<Fraction>,
    /// How many retries are allowed besides, a number per second like `10` or a rate. Default: 0.
    #[serde(default = "no_rate", deserialize_with = "per_second")]
    #[schemars(schema_with = "per_second_schema")]
    pub min_per_second: Rate,
    /// For how long what is not used is kept, a duration. Default: 10s.
    #[serde(default = "ten_seconds")]
    pub ttl: Time,
}

/// The pauses before retries.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "pauses like `{first: 50ms, times: 2, most: 1s, jitter: full}`")]
pub struct Backoff {
    /// The pause before the first retry, a duration.
    pub first: Time,
    /// How many times as long each further pause is as the one before, a number from 1 to 100. Default: 2.
    #[serde(default = "twice")]
    pub times: Number,
    /// No pause is longer than this, a duration. Default: no limit.
    pub most: Option<Time>,
    /// What chance makes of a pause: `none` (nothing), `equal` (at least half of it is left) or `full` (anything from nothing
    /// to all of it). Default: none.
    #[serde(default)]
    pub jitter: Jitter,
}

/// What chance makes of the pause before a retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Jitter {
    /// Nothing.
    #[default]
    None,
    /// Half of it is fixed, the other half anything between nothing and all.
    Equal,
    /// Anything between nothing and all of it.
    Full,
}

const fn no_rate() -> Rate {
    Rate(0.0)
}

const fn ten_seconds() -> Time {
    Time(10.0)
}

const fn twice() -> Number {
    Number(2.0)
}

impl Budget {
    const fn of(ratio: Uncertain<Fraction>) -> Self {
        Self { ratio, min_per_second: no_rate(), ttl: ten_seconds() }
    }
}

impl Backoff {
    const fn of(first: Time) -> Self {
        Self { first, times: twice(), most: None, jitter: Jitter::None }
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self::of(Time(0.0))
    }
}

struct BudgetVisitor;

impl<'de> Visitor<'de> for BudgetVisitor {
    type Value = Budget;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a fraction like `20%`, or `{ratio: 20%, min_per_second: 10, ttl: 10s}`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Budget, E> {
        text.parse().map(|ratio| Budget::of(Uncertain::Known(ratio))).map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Budget, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Budget, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Budget, A::Error> {
        let peeked = Peeked::new(map)?;
        if ["low", "high", "confidence"].contains(&peeked.word()) {
            return Uncertain::deserialize(MapAccessDeserializer::new(peeked)).map(Budget::of);
        }
        Budget::deserialize(MapAccessDeserializer::new(peeked))
    }
}

fn budget<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Budget>, D::Error> {
    deserializer.deserialize_any(BudgetVisitor).map(Some)
}

fn budget_schema(generator: &mut SchemaGenerator) -> Schema {
    let ratio = generator.subschema_for::<Uncertain<Fraction>>();
    let whole = generator.subschema_for::<Budget>();
    json_schema!({ "anyOf": [ratio, whole] })
}

struct BackoffVisitor;

impl<'de> Visitor<'de> for BackoffVisitor {
    type Value = Backoff;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a duration like `100ms`, or `{first: 50ms, times: 2, most: 1s, jitter: full}`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Backoff, E> {
        text.parse().map(Backoff::of).map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Backoff, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Backoff, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Backoff, A::Error> {
        Backoff::deserialize(MapAccessDeserializer::new(map))
    }
}

fn backoff<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Backoff, D::Error> {
    deserializer.deserialize_any(BackoffVisitor)
}

fn backoff_schema(generator: &mut SchemaGenerator) -> Schema {
    let first = generator.subschema_for::<Time>();
    let whole = generator.subschema_for::<Backoff>();
    json_schema!({ "anyOf": [first, whole] })
}

/// A number per second, or a rate with its unit.
struct PerSecond;

impl Visitor<'_> for PerSecond {
    type Value = Rate;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number per second like `10`, or a rate like `10/s`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Rate, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Rate, E> {
        self.visit_str(&format!("{number}/s"))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Rate, E> {
        self.visit_str(&format!("{number}/s"))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Rate, E> {
        self.visit_str(&format!("{number}/s"))
    }
}

fn per_second<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Rate, D::Error> {
    deserializer.deserialize_any(PerSecond)
}

fn per_second_schema(generator: &mut SchemaGenerator) -> Schema {
    let rate = generator.subschema_for::<Rate>();
    json_schema!({ "anyOf": [{ "type": "number", "minimum": 0 }, rate] })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Patches, parse};

    fn retries(written: &str) -> Result<Retries, String> {
        let text = format!(
            "name: t\nstart: 2026-01-01\nhorizon: 1h\nservices:\n  web: {{calls: [{{to: db, retries: {written}}}]}}\n  db: {{}}\n"
        );
        let loaded = parse("t.yaml", &text, &Patches::default()).map_err(|error| error.to_string())?;
        Ok(loaded.scenario.services["web"].calls[0].retries.clone().unwrap())
    }

    #[test]
    fn a_budget_is_a_fraction_or_all_of_it() {
        let budget = |written: &str| retries(&format!("{{max: 2, budget: {written}}}")).unwrap().budget;
        let known = |ratio, rate, ttl| {
            Some(Budget { ratio: Uncertain::Known(Fraction(ratio)), min_per_second: Rate(rate), ttl: Time(ttl) })
        };
        assert_eq!(retries("{max: 2}").unwrap().budget, None);
        assert_eq!(budget("null"), None);
        assert_eq!(budget("20%"), known(0.2, 0.0, 10.0));
        assert_eq!(budget("1"), known(1.0, 0.0, 10.0));
        assert_eq!(budget("{ratio: 0.1}"), known(0.1, 0.0, 10.0));
        assert_eq!(budget("{ttl: 1m, ratio: 10%, min_per_second: 10}"), known(0.1, 10.0, 60.0));
        assert_eq!(budget("{ratio: 0%, min_per_second: 30/m}"), known(0.0, 0.5, 10.0));
        let Some(Budget { ratio: Uncertain::Between { low, .. }, .. }) = budget("{low: 10%, high: 20%}") else {
            panic!("an interval is a ratio that nobody knows")
        };
        assert_eq!(low, Fraction(0.1));
        for wrong in ["120%", "{rato: 20%}", "{ratio: 20%, min_per_second: -1}", "[20%]", "{ratio: 20%, min_per_second: .inf}"] {
            assert!(retries(&format!("{{max: 2, budget: {wrong}}}")).is_err(), "{wrong}");
        }
    }

    #[test]
    fn pauses_are_a_duration_or_all_of_them() {
        let backoff = |written: &str| retries(&format!("{{max: 2, backoff: {written}}}")).unwrap().backoff;
        assert_eq!(retries("{max: 2}").unwrap().backoff, Backoff::of(Time(0.0)));
        assert_eq!(backoff("100ms"), Backoff::of(Time(0.1)));
        assert_eq!(backoff("{first: 1s}"), Backoff::of(Time(1.0)));
        let whole = Backoff { first: Time(0.05), times: Number(3.0), most: Some(Time(1.0)), jitter: Jitter::Full };
        assert_eq!(backoff("{first: 50ms, times: 3, most: 1s, jitter: full}"), whole);
        for wrong in ["5", "{times: 2}", "{first: 1s, jitter: some}", "{first: 1s, times: 0}", "1s per retry"] {
            assert!(retries(&format!("{{max: 2, backoff: {wrong}}}")).is_err(), "{wrong}");
        }
    }
}
