//! How the number of replicas follows the load.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::scenario::hours::Hours;
use crate::units::{Fraction, Time};

/// How the number of replicas follows the load: as the Horizontal Pod Autoscaler of Kubernetes does, whose defaults these are.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a map with `metric`, `target`, `min`, `max` and `startup`")]
pub struct Autoscale {
    /// What is measured: `utilization`.
    pub metric: String,
    /// The value that it is kept at, a fraction like `65%`.
    pub target: Fraction,
    /// The smallest number of replicas.
    pub min: u32,
    /// The largest number of replicas, those aside that have failed.
    pub max: u32,
    /// How long a new replica takes until it serves, a duration. Default: 0s.
    #[serde(default = "none")]
    pub startup: Time,
    /// How often the load is looked at, a duration. Default: 15s.
    #[serde(default = "every")]
    pub every: Time,
    /// How far the load may be off the target, relative to it, without anything being done. Default: 10%.
    #[serde(default = "tolerance")]
    pub tolerance: Fraction,
    /// How fast replicas are added. Default: `{window: 0s, share: 100%, replicas: 4}`.
    #[serde(default)]
    pub up: ScalingLimits,
    /// How fast replicas are taken away. Default: `{window: 5m, share: 100%, replicas: 0}`.
    #[serde(default)]
    pub down: ScalingLimits,
    /// The most replicas that one zone has room for. Default: twice `max` over all zones.
    pub quota: Option<u32>,
    /// A larger `min` in some hours of the week.
    #[serde(default)]
    pub schedule: Vec<Floor>,
    /// Replicas are there for the load that the usual pattern and growth of the traffic, without surges and steps, bring within so
    /// much time from now: a duration. Default: 0s, nothing is foreseen.
    #[serde(default = "none")]
    pub ahead: Time,
}

/// How fast replicas are added or taken away.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a map with any of `window`, `share` and `replicas`")]
pub struct ScalingLimits {
    /// What was called for all the time so long is done: up by the least of it, down by the most. A duration. Default: 0s up, 5m down.
    pub window: Option<Time>,
    /// At one look at most this share of the replicas, or `replicas`, if that is more. Default: 100%.
    pub share: Option<Fraction>,
    /// At one look at most so many replicas, or `share`, if that is more. Default: 4 up, 0 down.
    pub replicas: Option<u32>,
}

/// A larger `min` in some hours.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a map with `hours` and `min`")]
pub struct Floor {
    /// When: days and hours like `mon-fri 08:00-18:00`, in `timezone`.
    pub hours: Hours,
    /// The smallest number of replicas then.
    pub min: u32,
}

const fn every() -> Time {
    Time(15.0)
}

const fn tolerance() -> Fraction {
    Fraction(0.1)
}

const fn none() -> Time {
    Time(0.0)
}
