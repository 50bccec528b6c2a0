//! What keeps things going: spare parts, replacement before the failure, inspections.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::scenario::distribution::{Distribution, Uncertain};
use crate::scenario::forms::{moment, moment_schema, one_of, schema_of_form};
use crate::units::{Fraction, Money, Time};

/// Parts kept in stock, one for each repair.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "spares like `{stock: 2, reorder_at: 1, lead_time: 2w}`")]
pub struct Spares {
    /// How many parts there are at the start, and up to how many are ordered again.
    pub stock: u32,
    /// Parts are ordered when so few are in stock or on order. Default: one less than `stock`, so that each is replaced.
    pub reorder_at: Option<u32>,
    /// From the order to the delivery, a duration or distribution.
    pub lead_time: Distribution,
}

/// Replacement before the failure: at an age, or by the calendar.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "PreventiveForm")]
pub struct Preventive {
    /// When it is done.
    pub when: When,
    /// How long the thing is down for it; default 0.
    pub takes: Distribution,
    /// What one costs.
    pub cost: Option<Uncertain<Money>>,
}

/// When something is replaced before it fails.
#[derive(Debug, Clone, PartialEq)]
pub enum When {
    /// At this age.
    AtAge(Time),
    /// By the calendar, whatever its age.
    Every {
        /// From one to the next.
        every: Time,
        /// The first; absent: `every` after the start.
        first: Option<jiff::civil::DateTime>,
    },
}

/// Replacement before the failure: `{at_age: 500h, takes: 10m}` or `{every: 6mo}`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "replacement like `{at_age: 500h, takes: 10m}` or `{every: 6mo}`")]
struct PreventiveForm {
    /// The age at which it is replaced, a duration. One of this and `every`.
    at_age: Option<Time>,
    /// How often it is replaced by the calendar, a duration.
    every: Option<Time>,
    /// The first replacement by the calendar, a local date, or date and time. Default: `every` after the start.
    #[serde(default, deserialize_with = "some_moment")]
    #[schemars(schema_with = "moment_schema")]
    first: Option<jiff::civil::DateTime>,
    /// How long the thing is down for it, a duration or distribution. Default: 0s.
    #[serde(default = "Distribution::zero")]
    takes: Distribution,
    /// What one costs, an amount of money. Default: nothing.
    cost: Option<Uncertain<Money>>,
}

schema_of_form!(Preventive, PreventiveForm, "Preventive");

/// The shortest time from one replacement or inspection to the next, seconds.
const SHORTEST: f64 = 1.0;

impl TryFrom<PreventiveForm> for Preventive {
    type Error = String;

    fn try_from(form: PreventiveForm) -> Result<Self, String> {
        let when = match one_of(("at_age", form.at_age), ("every", form.every))? {
            Ok(age) => When::AtAge(age),
            Err(every) => When::Every { every, first: form.first },
        };
        let (When::AtAge(time) | When::Every { every: time, .. }) = &when;
        if time.0 < SHORTEST {
            return Err("a replacement comes after at least 1s".into());
        }
        if form.first.is_some() && matches!(when, When::AtAge(_)) {
            return Err("`first` goes with `every`: an age has no calendar".into());
        }
        Ok(Self { when, takes: form.takes, cost: form.cost })
    }
}

/// Looks whether something hidden has failed.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "InspectionForm")]
pub struct Inspection {
    /// From one to the next.
    pub every: Time,
    /// The first; absent: `every` after the start.
    pub first: Option<jiff::civil::DateTime>,
    /// How long the thing is down for it; default 0.
    pub takes: Time,
    /// The probability that it finds a failure that is there; default 100%.
    pub finds: Uncertain<Fraction>,
    /// What one costs.
    pub cost: Option<Uncertain<Money>>,
}

/// Looks whether something hidden has failed: `{every: 1y, takes: 2h, finds: 95%}`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "an inspection like `{every: 1y, takes: 2h, finds: 95%}`")]
struct InspectionForm {
    /// From one to the next, a duration.
    every: Time,
    /// The first, a local date, or date and time. Default: `every` after the start.
    #[serde(default, deserialize_with = "some_moment")]
    #[schemars(schema_with = "moment_schema")]
    first: Option<jiff::civil::DateTime>,
    /// How long the thing is down for it, a duration. Default: 0s.
    #[serde(default = "at_once")]
    takes: Time,
    /// The probability that it finds a failure that is there, a fraction. Default: 100%.
    #[serde(default = "surely")]
    finds: Uncertain<Fraction>,
    /// What one costs, an amount of money. Default: nothing.
    cost: Option<Uncertain<Money>>,
}

schema_of_form!(Inspection, InspectionForm, "Inspection");

impl TryFrom<InspectionForm> for Inspection {
    type Error = String;

    fn try_from(form: InspectionForm) -> Result<Self, String> {
        if form.every.0 < SHORTEST {
            return Err("an inspection comes after at least 1s".into());
        }
        if form.takes.0 >= form.every.0 {
            return Err("an inspection is over before the next begins: `takes` must be shorter than `every`".into());
        }
        Ok(Self { every: form.every, first: form.first, takes: form.takes, finds: form.finds, cost: form.cost })
    }
}

const fn at_once() -> Time {
    Time(0.0)
}

const fn surely() -> Uncertain<Fraction> {
    Uncertain::Known(Fraction(1.0))
}

fn some_moment<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<jiff::civil::DateTime>, D::Error> {
    moment(deserializer).map(Some)
}
