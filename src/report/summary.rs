//! The summary that programs read: `summary.json`, schema `ninefold/summary/1`.
//!
//! Times are seconds, fractions are 0 to 1, money is in the scenario's currency. A number that was not observed is
//! `null`, with the bounds that can be given all the same. Fields that do not apply to a scenario are left out.

use indexmap::IndexMap;
use serde::Serialize;

use crate::stats::Estimate;

/// The value of [`Summary::schema`].
pub const SCHEMA: &str = "ninefold/summary/1";

#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    pub schema: &'static str,
    pub scenario: String,
    pub version: String,
    pub seed: u64,
    pub replications: u64,
    pub fidelity: String,
    pub horizon_seconds: f64,
    pub events: u64,
    pub wall_seconds: f64,
    pub model_hash: String,
    /// Ended by the user before the replications or the precision asked for.
    pub interrupted: bool,
    pub currency: String,
    pub services: IndexMap<String, ServiceSummary>,
    pub objectives: IndexMap<String, ObjectiveSummary>,
    pub teams: IndexMap<String, TeamSummary>,
    pub failures: IndexMap<String, FailureSummary>,
    pub cost: CostSummary,
}

#[derive(Debug, Clone, Serialize)]
pub struct ServiceSummary {
    /// Fraction of time structurally up.
    pub time_availability: Estimate,
    /// Fraction of replications structurally up at the horizon.
    pub point_availability: Estimate,
    /// Fraction of replications without an outage.
    pub interval_reliability: Estimate,
    /// Good over all requests; absent without traffic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_availability: Option<Estimate>,
    pub outages_per_year: Estimate,
    /// Mean time from onset to onset: MTTF + MTTR. IEC 60050-192 leaves the downtime out and would call our `mttf` so.
    pub mtbf: Estimate,
    /// All downtime over the outages that ended, detection and waiting included. The mean length of those that ended alone
    /// would be too short, since long ones are more often open at the end.
    pub mttr: Estimate,
    /// All up time over onsets: the mean up time between outages.
    pub mttf: Estimate,
    /// Mean time from the onset of an outage to its detection.
    pub mttd: Estimate,
    /// Mean time from detection to the start of work.
    pub mtta: Estimate,
    /// From the start; null where a replication had none, and `low` is then the bound that their mean, cut at the horizon, gives.
    pub time_to_first_outage: Estimate,
    pub downtime_per_year: Estimate,
    /// Longest outage of a replication, zero without one: the mean.
    pub longest_outage: Estimate,
    /// Busy over up-and-active server time; absent where servers do not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub utilization: Option<Estimate>,
    pub replicas: Estimate,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue_length: Option<Distribution>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait: Option<Distribution>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_time: Option<Distribution>,
    /// Good requests per second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub throughput: Option<Estimate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_rate: Option<Estimate>,
}

/// Mean and quantiles of what varies from request to request.
#[derive(Debug, Clone, Serialize)]
pub struct Distribution {
    pub mean: Estimate,
    pub p50: Estimate,
    pub p95: Estimate,
    pub p99: Estimate,
}

#[derive(Debug, Clone, Serialize)]
pub struct ObjectiveSummary {
    pub service: String,
    pub target: f64,
    /// Good over counted, over the whole horizon.
    pub attainment: Estimate,
    /// Share of replications with at least one complete window breached.
    pub breach_probability: Estimate,
    /// Share of complete windows breached.
    pub window_breach_rate: Estimate,
    /// Fraction of the error budget left at the end of a complete window; negative where more than all was spent.
    pub budget_left: Estimate,
    /// Absent where the objective promises none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credits: Option<Estimate>,
    /// Attainment of the worst complete window of a replication.
    pub worst_window: Estimate,
}

#[derive(Debug, Clone, Serialize)]
pub struct TeamSummary {
    pub people: u32,
    /// Mean people at work.
    pub busy: Estimate,
    /// Mean incidents in the queue.
    pub waiting: Estimate,
    /// Mean time an incident waited for a person.
    pub wait: Estimate,
}

#[derive(Debug, Clone, Serialize)]
pub struct FailureSummary {
    pub count_per_year: Estimate,
    /// Of each service's downtime; only services that it took down.
    pub downtime_share: IndexMap<String, Estimate>,
    pub mean_duration: Estimate,
}

#[derive(Debug, Clone, Serialize)]
pub struct CostSummary {
    pub infrastructure: Estimate,
    pub credits: Estimate,
    pub total: Estimate,
}
