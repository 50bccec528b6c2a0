//! How a quantity is written that may be uncertain: `100d`, or `{low: 100d, high: 300d, confidence: 80%}`.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use super::Uncertain;
use crate::units::{Fraction, Quantity};

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Interval<T> {
    low: T,
    high: T,
    confidence: Option<Fraction>,
}

struct UncertainVisitor<T>(PhantomData<T>);

impl<'de, T: Quantity + Deserialize<'de>> Visitor<'de> for UncertainVisitor<T> {
    type Value = Uncertain<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::FORM)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        text.parse().map(Uncertain::Known).map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        between(Interval::<T>::deserialize(MapAccessDeserializer::new(map))?).map_err(A::Error::custom)
    }
}

fn between<T: Quantity>(interval: Interval<T>) -> Result<Uncertain<T>, String> {
    let Interval { low, high, confidence } = interval;
    let (least, most) = T::RANGE;
    if low.value() <= least || high.value() >= most {
        return Err("an interval cannot end at the edge of what is possible: choose its ends inside".to_string());
    }
    if low.value() >= high.value() {
        return Err(format!("`low` ({low}) must be below `high` ({high})"));
    }
    let confidence = confidence.map_or(0.9, |fraction| fraction.0);
    if !(0.01..=0.9999).contains(&confidence) {
        return Err("`confidence` must lie between 1% and 99.99%".to_string());
    }
    Ok(Uncertain::Between { low, high, confidence })
}

impl<'de, T: Quantity + Deserialize<'de>> Deserialize<'de> for Uncertain<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UncertainVisitor(PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for Uncertain<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("{}-or-interval", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<T>();
        let confidence = generator.subschema_for::<Fraction>();
        json_schema!({ "anyOf": [value, {
            "description": "An interval for a value that nobody knows exactly: drawn once for each replication.",
            "type": "object",
            "properties": {
                "low": value,
                "high": value,
                "confidence": confidence,
            },
            "required": ["low", "high"],
            "additionalProperties": false,
        }]})
    }
}

impl<T: Quantity> Uncertain<T> {
    /// The smallest value that is likely: the value itself, or the lower end of the interval.
    #[must_use]
    pub fn low(self) -> f64 {
        match self {
            Self::Known(value) => value.value(),
            Self::Between { low, .. } => low.value(),
        }
    }

    /// The largest value that is likely: the value itself, or the upper end of the interval.
    #[must_use]
    pub fn high(self) -> f64 {
        match self {
            Self::Known(value) => value.value(),
            Self::Between { high, .. } => high.value(),
        }
    }
}
