//! The summary that programs read: `summary.json`, schema `ninefold/summary/1`.
//!
//! Times are seconds, fractions are 0 to 1, money is in the scenario's currency. A number that was not observed is
//! `null`, with the bounds that can be given all the same. Fields that do not apply to a scenario are left out.

use indexmap::IndexMap;
use serde::Serialize;

use crate::stats::Estimate;

/// The value of [`Summary::schema`].
pub const SCHEMA: &str = "ninefold/summary/1";

/// Everything that a forecast found, for programs: the whole of `summary.json`.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// Name and version of this form, [`SCHEMA`]; a program should check it before it reads on.
    pub schema: &'static str,
    /// Name of the scenario.
    pub scenario: String,
    /// Version of the program that simulated, as `0.1.0`.
    pub version: String,
    /// The seed that all random streams were made from.
    pub seed: u64,
    /// Replications that were done.
    pub replications: u64,
    /// How requests were followed: `flow` or `request`.
    pub fidelity: String,
    /// Time that each replication covers, its warm-up aside.
    pub horizon_seconds: f64,
    /// Time before it that was simulated and not measured; where requests were followed one by one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warmup_seconds: Option<f64>,
    /// How that was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warmup_method: Option<String>,
    /// Events of all replications together.
    pub events: u64,
    /// Time that the simulation took; the only field that differs between two runs of the same.
    pub wall_seconds: f64,
    /// Fingerprint of the scenario and the data it reads: equal where the same was simulated.
    pub model_hash: String,
    /// Ended by the user before the replications or the precision asked for.
    pub interrupted: bool,
    /// Code of the currency of all money, as `USD`.
    pub currency: String,
    /// By name, in the order of the scenario, as in the other maps.
    pub services: IndexMap<String, ServiceSummary>,
    /// End to end, by the name of the source; where requests were followed one by one.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub traffic: IndexMap<String, TrafficSummary>,
    /// By the name of the source: measured series that go on by a forecast.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub forecasts: IndexMap<String, SeriesForecast>,
    /// By caller and callee, as `web -> catalog`; where requests were followed one by one.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub calls: IndexMap<String, CallSummary>,
    /// By name; defaults of tiers are called after service and tier, `web (critical)`.
    pub objectives: IndexMap<String, ObjectiveSummary>,
    /// By name.
    pub teams: IndexMap<String, TeamSummary>,
    /// By the name of the service that is released.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub releases: IndexMap<String, ReleaseSummary>,
    /// By name; an external dependency's own is `NAME (external)`.
    pub failures: IndexMap<String, FailureSummary>,
    /// What the whole horizon costs.
    pub cost: CostSummary,
}

/// What is expected of one service.
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
    /// Onsets of outages in 365 days.
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
    /// Seconds structurally down in 365 days.
    pub downtime_per_year: Estimate,
    /// Longest outage of a replication, zero without one: the mean.
    pub longest_outage: Estimate,
    /// Busy over up-and-active server time; absent where servers do not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub utilization: Option<Estimate>,
    /// Mean number of replicas that are up.
    pub replicas: Estimate,
    /// What its scaler did; absent where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub autoscale: Option<ScalingSummary>,
    /// What its requests met one by one; absent where they are followed as rates.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub requests: Option<RequestSummary>,
    /// Requests that wait; absent where they are followed as rates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue_length: Option<Distribution>,
    /// Seconds that a request waits for a server; absent where they are followed as rates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait: Option<Distribution>,
    /// Seconds from the arrival of a request to its answer; absent where they are followed as rates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_time: Option<Distribution>,
    /// Good requests per second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub throughput: Option<Estimate>,
    /// Fraction of requests that were not good: one minus `request_availability`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_rate: Option<Estimate>,
}

/// What is known of the requests of a service, or of a source from end to end, where they were followed one by one.
#[derive(Debug, Clone, Serialize)]
pub struct RequestSummary {
    /// Requests that arrive per second; to a service each attempt of a call is one.
    pub arrival_rate: Estimate,
    /// Fraction of the requests that failed, by reason: `timeout`, `queue_full`, `down`, `shed`, `dependency`, `fault`,
    /// `cancelled`. Reasons that did not occur are left out.
    pub errors: IndexMap<&'static str, Estimate>,
    /// Requests that have arrived and are not resolved, on average over time.
    pub in_flight: Estimate,
    /// Arrivals for each first attempt; absent where nothing was tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_amplification: Option<Estimate>,
    /// Work that was finished after the caller had given up, as a fraction of all requests; absent where there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wasted: Option<Estimate>,
}

/// What is expected of the requests of a source, from end to end.
#[derive(Debug, Clone, Serialize)]
pub struct TrafficSummary {
    /// Name of the service that they are sent to.
    pub to: String,
    /// Good answers per second.
    pub throughput: Estimate,
    /// Fraction of requests that were not good.
    pub error_rate: Estimate,
    /// Seconds from sending a request to its good answer.
    pub response_time: Distribution,
    /// What else is known of them.
    #[serde(flatten)]
    pub requests: RequestSummary,
}

/// What is expected of the calls that one service makes to another.
#[derive(Debug, Clone, Serialize)]
pub struct CallSummary {
    /// Calls made per second, retries and those that a cache answered not counted.
    pub per_second: Estimate,
    /// Attempts for each call; 1 where nothing is tried again.
    pub attempts_per_call: Estimate,
    /// Fraction of calls that failed in the end, whatever was tried.
    pub failed: Estimate,
    /// Fraction of wanted calls that a cache answered; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_hits: Option<Estimate>,
    /// Retries that the budget did not allow, for each call; absent where there is no budget.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retries_denied: Option<Estimate>,
    /// Fraction of attempts that an open circuit breaker failed at once; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broken: Option<Estimate>,
}

/// Mean and quantiles of what varies from request to request.
#[derive(Debug, Clone, Serialize)]
pub struct Distribution {
    /// The mean.
    pub mean: Estimate,
    /// The median.
    pub p50: Estimate,
    /// What 95 of 100 stay below.
    pub p95: Estimate,
    /// What 99 of 100 stay below.
    pub p99: Estimate,
}

/// How an objective is expected to fare.
#[derive(Debug, Clone, Serialize)]
pub struct ObjectiveSummary {
    /// Name of the service that it is about.
    pub service: String,
    /// The fraction of what it counts that must be good, 0 to 1.
    pub target: f64,
    /// Good over counted, over the whole horizon.
    pub attainment: Estimate,
    /// Share of replications with at least one complete window breached.
    pub breach_probability: Estimate,
    /// Share of complete windows breached.
    pub window_breach_rate: Estimate,
    /// Fraction of the error budget left at the end of a complete window; negative where more than all was spent.
    pub budget_left: Estimate,
    /// Credits due over the horizon, in the currency; absent where the objective promises none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credits: Option<Estimate>,
    /// Attainment of the worst complete window of a replication.
    pub worst_window: Estimate,
}

/// How busy a team is expected to be.
#[derive(Debug, Clone, Serialize)]
pub struct TeamSummary {
    /// How many of its people can work at the same time.
    pub people: u32,
    /// Mean people at work.
    pub busy: Estimate,
    /// Mean incidents in the queue.
    pub waiting: Estimate,
    /// Mean time an incident waited for a person; with preemption all its waits together.
    pub wait: Estimate,
}

/// How the releases of a service are expected to go.
#[derive(Debug, Clone, Serialize)]
pub struct ReleaseSummary {
    /// Releases that begin in 365 days (deployment frequency).
    pub per_year: Estimate,
    /// Seconds from when a good release is due until all replicas run it (change lead time, from its start).
    pub lead_time: Estimate,
    /// Fraction of releases that are bad and met requests (change fail rate).
    pub change_fail_rate: Estimate,
    /// Seconds from the first request that met a bad release until it is gone (failed-deployment recovery time).
    pub recovery_time: Estimate,
    /// Of the bad releases that ended, the fraction that the test of a stage found.
    pub found_by_test: Estimate,
    /// Fraction of the good releases that a test took for bad.
    pub false_alarms: Estimate,
    /// Requests that meet a bad release, for each.
    pub exposed_per_bad: Estimate,
    /// Requests that fail while a bad release is there, beyond those that fail while all is well, for each.
    pub hurt_per_bad: Estimate,
    /// Seconds in 365 days in which requests may meet a bad release.
    pub at_risk_per_year: Estimate,
    /// Fraction of the tries to go back that did not work.
    pub rollbacks_failed: Estimate,
    /// Replicas that are paid in addition, on average over the horizon.
    pub extra_replicas: Estimate,
}

/// How often a failure mode is expected to strike, and what it does.
#[derive(Debug, Clone, Serialize)]
pub struct FailureSummary {
    /// Failures in 365 days, of all things that it hits together.
    pub count_per_year: Estimate,
    /// Of each service's downtime; only services that it took down.
    pub downtime_share: IndexMap<String, Estimate>,
    /// Seconds from the failure to the end of its repair, of those that ended.
    pub mean_duration: Estimate,
    /// What they cost in parts and work in 365 days, in the currency; absent where they cost nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_per_year: Option<Estimate>,
    /// Mean time that a repair waited for a part, none for those that found one; absent where repairs need no parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_for_parts: Option<Estimate>,
    /// Share of the repairs that found a part on the shelf; absent where repairs need no parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fill_rate: Option<Estimate>,
}

/// How good a forecast of a series was on its own tail.
#[derive(Debug, Clone, Serialize)]
pub struct SeriesForecast {
    /// How it was made.
    pub method: String,
    /// From when on it stands in for the series, seconds after the start.
    pub from_seconds: f64,
    /// How much of the end of the series was held back to see how good it was.
    pub held_back_seconds: f64,
    /// Sum of the absolute errors over the sum of the values held back.
    pub error: f64,
    /// The same for a repetition of the longest period before.
    pub error_of_repetition: f64,
    /// The fraction of the days (or steps) held back that were within their 80% interval.
    pub coverage_of_80: f64,
}

/// Replicas that follow the load.
#[derive(Debug, Clone, Serialize)]
pub struct ScalingSummary {
    /// Mean number of replicas that are paid: those that are there, at work, starting or failed and not yet known to be.
    pub replicas_paid: Estimate,
    /// Decisions for more replicas, in a day.
    pub ups_per_day: Estimate,
    /// Decisions for fewer, in a day.
    pub downs_per_day: Estimate,
}

/// Money over the whole horizon, in the currency.
#[derive(Debug, Clone, Serialize)]
pub struct CostSummary {
    /// What the replicas cost.
    pub infrastructure: Estimate,
    /// Credits due by all objectives.
    pub credits: Estimate,
    /// What failures, replacements and inspections cost in parts and work.
    pub repairs: Estimate,
    /// What the requests that failed would have been worth; absent where nothing of worth was lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost_revenue: Option<Estimate>,
    /// All of it.
    pub total: Estimate,
}
