//! Calls: what a service asks of another for each of its requests, and what is done when the answer does not come.

use schemars::JsonSchema;
use serde::Deserialize;

use super::retries::Retries;
use super::words;
use crate::scenario::distribution::Uncertain;
use crate::scenario::forms::{one, yes};
use crate::units::{Fraction, Number, Time};

/// A call that a service makes for each of its requests.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a call: a map of words such as `to` and `timeout`")]
pub struct Call {
    /// The service that is called.
    pub to: String,
    /// How many calls for each request; 2.5 means two, and a third with probability 0.5. Default: 1.
    #[serde(default = "once")]
    pub per_request: f64,
    /// How long the caller waits for the answer to one attempt, a duration. Default: for ever.
    pub timeout: Option<Time>,
    /// What becomes of the work of a call whose caller has given up: `wasted` (it goes on for nobody) or `cancelled` (it is
    /// taken back). Default: wasted.
    #[serde(default)]
    pub timed_out: TimedOut,
    /// What is tried again after a failure: `{max: 1, budget: 20%, backoff: 100ms}`. Default: nothing.
    pub retries: Option<Retries>,
    /// A circuit breaker, by which calls fail at once after too many have failed: `{errors: 50%}`. Default: none.
    pub breaker: Option<Breaker>,
    /// The fraction of calls that a cache answers at once, so that they are not made, like `90%`. Default: 0%.
    #[serde(default = "never")]
    pub hits: Uncertain<Fraction>,
    /// How much work the call is, as a multiple of the `service_time` of the service that is called; a number above 0.
    /// Default: 1.
    #[serde(default = "as_usual")]
    pub work: Number,
    /// Its place where requests are served by priority, 1 (first) to 5. Default: that of the caller's request.
    pub priority: Option<u8>,
    /// Whether the caller's request fails when the call does; `false` is a soft dependency. Default: true.
    #[serde(default = "yes")]
    pub needed: bool,
    /// Whether the caller's server is `held` while it waits (as threads are) or `released` (as in async). Default: held.
    #[serde(rename = "while", default = "yes", deserialize_with = "words::held")]
    #[schemars(with = "words::Meanwhile")]
    pub held: bool,
    /// Whether it is made at the same time as the call before it. Default: false, one after the other.
    #[serde(default)]
    pub together: bool,
}

const fn once() -> f64 {
    1.0
}

const fn as_usual() -> Number {
    Number(1.0)
}

const fn never() -> Uncertain<Fraction> {
    Uncertain::Known(Fraction(0.0))
}

/// What becomes of the work of a call whose caller has given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimedOut {
    /// It goes on for nobody.
    #[default]
    Wasted,
    /// It is taken back.
    Cancelled,
}

/// A circuit breaker: it opens after too many calls have failed, then lets none through for a time, then some to see.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a circuit breaker like `{errors: 50%, within: 10s, open: 30s}`")]
pub struct Breaker {
    /// The fraction of failed calls at which it opens, above 0%.
    pub errors: Fraction,
    /// Fewer calls than this `within` the time prove nothing. Default: 20.
    #[serde(default = "twenty")]
    pub least: u32,
    /// Over how long a time calls are counted, a duration. Default: 10s.
    #[serde(default = "ten_seconds")]
    pub within: Time,
    /// How long it stays open, and calls fail at once, before some are let through again, a duration. Default: 30s.
    #[serde(default = "half_a_minute")]
    pub open: Time,
    /// How many calls are then let through: if all succeed it closes, if one fails it opens again. Default: 1.
    #[serde(default = "one")]
    pub probes: u32,
}

const fn twenty() -> u32 {
    20
}

const fn ten_seconds() -> Time {
    Time(10.0)
}

const fn half_a_minute() -> Time {
    Time(30.0)
}
