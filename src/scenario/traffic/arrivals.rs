//! How the requests of a source follow each other.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use crate::scenario::distribution::{Distribution, Gamma, Uncertain};
use crate::scenario::forms::Peeked;
use crate::units::{Number, Time};

/// How the requests of a source follow each other.
#[derive(Debug, Clone, PartialEq)]
pub enum Arrivals {
    /// Independent of each other.
    Poisson,
    /// With the same gap between any two.
    Regular,
    /// With gaps of this coefficient of variation (standard deviation over mean).
    Cv(Number),
    /// With gaps of this shape.
    Like(Distribution),
}

impl Arrivals {
    /// The distribution of the gaps, of any mean; `None` where arrivals are a Poisson process.
    #[must_use]
    pub fn gaps(&self) -> Option<Distribution> {
        let mean = Uncertain::Known(Time(1.0));
        match self {
            Self::Poisson | Self::Cv(Number(1.0)) => None,
            Self::Regular => Some(Distribution::always(Time(1.0))),
            Self::Cv(cv) if cv.0 < 1.0 => Some(Distribution::Gamma(Gamma::MeanCv { mean, cv: Uncertain::Known(*cv) })),
            Self::Cv(cv) => Some(Distribution::Hyperexponential { mean, cv: Uncertain::Known(*cv) }),
            Self::Like(gaps) => Some(gaps.clone()),
        }
    }
}

struct ArrivalsVisitor;

impl<'de> Visitor<'de> for ArrivalsVisitor {
    type Value = Arrivals;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`poisson`, `regular`, `{cv: 2}` or a distribution like `{gamma: {mean: 1s, cv: 0.5}}`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Arrivals, E> {
        match text {
            "poisson" => Ok(Arrivals::Poisson),
            "regular" => Ok(Arrivals::Regular),
            other => {
                let constant = other.parse().map(|gap| Arrivals::Like(Distribution::always(gap)));
                constant.map_err(|_| E::unknown_variant(other, &["poisson", "regular", "cv"]))
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Arrivals, A::Error> {
        let peeked = Peeked::new(map)?;
        if peeked.word() == "cv" {
            return peeked.only().map(Arrivals::Cv);
        }
        Distribution::from_map(peeked).map(Arrivals::Like)
    }
}

impl<'de> Deserialize<'de> for Arrivals {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ArrivalsVisitor)
    }
}

impl JsonSchema for Arrivals {
    fn schema_name() -> Cow<'static, str> {
        "arrivals".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let gaps = generator.subschema_for::<Distribution>();
        let cv = generator.subschema_for::<Number>();
        json_schema!({ "anyOf": [{ "enum": ["poisson", "regular"] }, {
            "type": "object",
            "properties": { "cv": { "description": "Standard deviation of the gaps over their mean.", "allOf": [cv] } },
            "required": ["cv"],
            "additionalProperties": false,
        }, gaps]})
    }
}
