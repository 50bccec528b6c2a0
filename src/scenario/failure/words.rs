//! Values of a failure mode that can be written in more than one way.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use super::{Age, Effect, Repair};
use crate::scenario::distribution::{Distribution, Uncertain};
use crate::scenario::forms::Peeked;
use crate::units::{Fraction, Number};

/// Effects that leave a thing up.
#[derive(serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Degraded {
    /// The fraction of its capacity that is left.
    capacity: Option<Uncertain<Fraction>>,
    /// How many times longer its work takes, a number like `3`.
    slower: Option<Uncertain<Number>>,
    /// The fraction of its requests that fail.
    errors: Option<Uncertain<Fraction>>,
}

struct EffectVisitor;

impl<'de> Visitor<'de> for EffectVisitor {
    type Value = Effect;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`down`, or any of `{capacity: 50%, slower: 3, errors: 5%}` together")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Effect, E> {
        match text {
            "down" => Ok(Effect::Down),
            other => Err(E::unknown_variant(other, &["down", "capacity", "slower", "errors"])),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Effect, A::Error> {
        let Degraded { capacity, slower, errors } = Degraded::deserialize(MapAccessDeserializer::new(map))?;
        if capacity.is_none() && slower.is_none() && errors.is_none() {
            return Err(A::Error::custom("an effect that does nothing: expected `down`, or some of `capacity`, `slower`, `errors`"));
        }
        Ok(Effect::Degraded { capacity, slower, errors })
    }
}

impl<'de> Deserialize<'de> for Effect {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EffectVisitor)
    }
}

impl JsonSchema for Effect {
    fn schema_name() -> Cow<'static, str> {
        "effect".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let degraded = Degraded::json_schema(generator);
        json_schema!({ "anyOf": [{ "const": "down", "description": "Nothing works." }, degraded] })
    }
}

struct RepairVisitor;

impl<'de> Visitor<'de> for RepairVisitor {
    type Value = Repair;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a duration like `5m`, a distribution, `{runbook: NAME}` or `never`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Repair, E> {
        match text {
            "never" => Ok(Repair::Never),
            time => time.parse().map(|time| Repair::Takes(Distribution::always(time))).map_err(E::custom),
        }
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Repair, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Repair, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Repair, A::Error> {
        let peeked = Peeked::new(map)?;
        if peeked.word() == "runbook" {
            return peeked.only().map(Repair::Runbook);
        }
        Distribution::from_map(peeked).map(Repair::Takes)
    }
}

impl<'de> Deserialize<'de> for Repair {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RepairVisitor)
    }
}

impl JsonSchema for Repair {
    fn schema_name() -> Cow<'static, str> {
        "repair".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let time = generator.subschema_for::<Distribution>();
        json_schema!({ "anyOf": [{ "const": "never", "description": "It stays broken." }, time, {
            "type": "object",
            "properties": { "runbook": { "description": "The runbook whose steps repair it.", "type": "string" } },
            "required": ["runbook"],
            "additionalProperties": false,
        }]})
    }
}

struct AgeVisitor;

impl<'de> Visitor<'de> for AgeVisitor {
    type Value = Age;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`new`, `steady`, a duration like `90d` or a distribution")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Age, E> {
        match text {
            "new" => Ok(Age::New),
            "steady" => Ok(Age::Steady),
            time => time.parse().map(|time| Age::Of(Distribution::always(time))).map_err(E::custom),
        }
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Age, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Age, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Age, A::Error> {
        Distribution::from_map(map).map(Age::Of)
    }
}

impl<'de> Deserialize<'de> for Age {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AgeVisitor)
    }
}

impl JsonSchema for Age {
    fn schema_name() -> Cow<'static, str> {
        "age".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let time = generator.subschema_for::<Distribution>();
        json_schema!({ "anyOf": [{ "enum": ["new", "steady"] }, time] })
    }
}
