//! Quantities in a scenario file: reading them, and the patterns that the JSON Schema gives for them.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, Visitor};

use super::{Fraction, GrowthRate, Money, MoneyPerTime, Number, Quantity, Rate, Time};

struct QuantityVisitor<T>(PhantomData<T>);

impl<T: Quantity> Visitor<'_> for QuantityVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::FORM)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        self.visit_str(&number.to_string())
    }
}

const NUMBER: &str = r"[0-9]*\.?[0-9]+([eE][-+]?[0-9]+)?";
const UNIT: &str = "(ms|s|m|h|d|w|mo|y)";

macro_rules! in_files {
    ($type:ident, $name:literal, $schema:expr) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(QuantityVisitor::<$type>(PhantomData))
            }
        }

        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                let mut schema: Schema = $schema;
                schema.insert("description".into(), $type::FORM.into());
                schema
            }
        }
    };
}

fn text(pattern: &str) -> Schema {
    json_schema!({ "type": "string", "pattern": format!("^{pattern}$") })
}

in_files!(Time, "duration", text(&format!("{NUMBER}{UNIT}")));
in_files!(Rate, "rate", text(&format!("{NUMBER}/{UNIT}")));
in_files!(
    Fraction,
    "fraction",
    json_schema!({ "anyOf": [
        { "type": "string", "pattern": format!("^{NUMBER}%$") },
        { "type": "number", "minimum": 0, "maximum": 1 },
    ]})
);
in_files!(GrowthRate, "growth-rate", text(&format!("[-+]?{NUMBER}%?/{UNIT}")));
in_files!(Money, "money", json_schema!({ "type": "number", "minimum": 0 }));
in_files!(MoneyPerTime, "money-per-time", text(&format!("{NUMBER}/{UNIT}")));
in_files!(Number, "positive-number", json_schema!({ "type": "number", "exclusiveMinimum": 0 }));
