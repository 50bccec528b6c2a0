//! Values of a service that can be written in more than one way.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::{Spread, Standby, StandbyMode, UpWhen};
use crate::scenario::distribution::{Distribution, Uncertain};
use crate::scenario::forms::{Peeked, schema_of_form};
use crate::units::Fraction;

struct SpreadVisitor;

impl<'de> Visitor<'de> for SpreadVisitor {
    type Value = Spread;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`zones`, or a list of zones or regions like `[a, b]`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Spread, E> {
        match text {
            "zones" => Ok(Spread::Zones),
            other => {
                Err(E::custom(format!("`{other:.40}` is no way to spread: expected `zones`, or a list like `[{other:.40}]`")))
            }
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Spread, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(list)).map(Spread::Over)
    }
}

impl<'de> Deserialize<'de> for Spread {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SpreadVisitor)
    }
}

impl JsonSchema for Spread {
    fn schema_name() -> Cow<'static, str> {
        "spread".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "const": "zones" }, { "type": "array", "items": { "type": "string" } }] })
    }
}

struct UpWhenVisitor;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct AtLeast {
    at_least: u32,
    of: Vec<String>,
}

impl<'de> Visitor<'de> for UpWhenVisitor {
    type Value = UpWhen;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a service, `{any: […]}`, `{all: […]}` or `{at_least: 2, of: […]}`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<UpWhen, E> {
        Ok(UpWhen::Service(text.to_string()))
    }

    fn visit_u64<E: Error>(self, name: u64) -> Result<UpWhen, E> {
        self.visit_str(&name.to_string())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<UpWhen, A::Error> {
        let peeked = Peeked::new(map)?;
        match peeked.word() {
            "any" => peeked.only().map(UpWhen::Any),
            "all" => peeked.only().map(UpWhen::All),
            "at_least" | "of" => {
                let AtLeast { at_least, of } = AtLeast::deserialize(MapAccessDeserializer::new(peeked))?;
                Ok(UpWhen::AtLeast { at_least, of })
            }
            other => Err(A::Error::unknown_field(other, &["any", "all", "at_least", "of"])),
        }
    }
}

impl<'de> Deserialize<'de> for UpWhen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UpWhenVisitor)
    }
}

impl JsonSchema for UpWhen {
    fn schema_name() -> Cow<'static, str> {
        "up_when".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let inner = generator.subschema_for::<Vec<Self>>();
        json_schema!({ "anyOf": [{ "type": "string" }, {
            "type": "object",
            "properties": {
                "any": { "description": "One of these is enough.", "allOf": [inner] },
                "all": { "description": "All of these are needed.", "allOf": [inner] },
                "at_least": { "description": "How many replicas have to be up, over the services of `of`.", "type": "integer", "minimum": 1 },
                "of": { "description": "The services whose replicas are counted.", "type": "array", "items": { "type": "string" } },
            },
            "additionalProperties": false,
        }]})
    }
}

/// Replicas that wait to take over.
#[derive(serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a map with one of `hot`, `warm` and `cold`")]
pub struct StandbyForm {
    /// So many wait and age as the active ones do.
    hot: Option<u32>,
    /// Some wait and age more slowly: `{count: 1, rate: 30%}`.
    warm: Option<Warm>,
    /// So many wait and do not age.
    cold: Option<u32>,
    /// How one takes over: `{time: 20s, works: 99%}`. Default: at once and always.
    switch: Option<Switch>,
    /// Whether a repaired replica takes its place back. Default: false, it joins the waiting.
    #[serde(default)]
    failback: bool,
    /// The tests of those that wait, which nobody else sees fail: `{every: 1mo, takes: 5m, finds: 95%}`. Default: their
    /// failures are noticed as those of the active ones.
    test: Option<crate::scenario::failure::Inspection>,
}

/// Replicas that age more slowly while they wait.
#[derive(serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Warm {
    /// How many wait.
    count: u32,
    /// Their hazard, as a fraction of that of the active ones.
    rate: Uncertain<Fraction>,
}

/// How a waiting replica takes over.
#[derive(serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Switch {
    /// How long it takes, a duration or distribution. Default: 0s.
    #[serde(default = "Distribution::zero")]
    time: Distribution,
    /// The probability that it works, a fraction. Default: 100%.
    works: Option<Uncertain<Fraction>>,
}

schema_of_form!(Standby, StandbyForm, "Standby");

impl TryFrom<StandbyForm> for Standby {
    type Error = String;

    fn try_from(form: StandbyForm) -> Result<Self, String> {
        let mode = match (form.hot, form.warm, form.cold) {
            (Some(count), None, None) => StandbyMode::Hot(count),
            (None, Some(Warm { count, rate }), None) => StandbyMode::Warm { count, rate },
            (None, None, Some(count)) => StandbyMode::Cold(count),
            _ => return Err("exactly one of `hot`, `warm` and `cold` is needed: set the others to `null` in a patch".into()),
        };
        let switch = form.switch.unwrap_or_else(|| Switch { time: Distribution::zero(), works: None });
        Ok(Self {
            mode,
            switch_time: switch.time,
            switch_works: switch.works.unwrap_or(Uncertain::Known(Fraction(1.0))),
            failback: form.failback,
            test: form.test,
        })
    }
}

/// What a caller's server does while it waits for a call.
#[derive(serde::Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Meanwhile {
    /// It is busy, as a thread is.
    Held,
    /// It serves others, as in async.
    Released,
}

/// Reads `while: held` or `while: released`.
pub fn held<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Meanwhile::deserialize(deserializer).map(|meanwhile| matches!(meanwhile, Meanwhile::Held))
}
