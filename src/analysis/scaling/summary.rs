//! The summary that programs read: `summary.json`, schema `ninefold/scaling/1`. Times are seconds, fractions 0 to 1.

use indexmap::IndexMap;
use serde::Serialize;

use super::usage::{Sums, Usage};
use super::{Input, Targets, Trial};
use crate::stats::Estimate;

/// The value of [`Scalings::schema`].
pub const SCHEMA: &str = "ninefold/scaling/1";

/// Everything that was found: the whole of `summary.json`.
#[derive(Debug, Clone, Serialize)]
pub struct Scalings {
    /// Name and version of this form, [`SCHEMA`].
    pub schema: &'static str,
    /// Name of the scenario.
    pub scenario: String,
    /// Version of the program.
    pub version: String,
    /// The seed of all simulations.
    pub seed: u64,
    /// Replications of each target.
    pub replications: u64,
    /// Length of each, seconds.
    pub horizon_seconds: f64,
    /// Fingerprint of the scenario.
    pub model_hash: String,
    /// Code of the currency of all money.
    pub currency: String,
    /// `daily` or `weekly`.
    pub usage_pattern: &'static str,
    /// Ended by the user before all of it was done.
    pub interrupted: bool,
    /// By name: the services whose replicas follow the load.
    pub services: IndexMap<String, Service>,
}

/// A service whose replicas follow the load, while nothing breaks.
#[derive(Debug, Clone, Serialize)]
pub struct Service {
    /// The utilisation that its scaler aims at.
    pub target: f64,
    /// Means over the horizon.
    #[serde(flatten)]
    pub all: Use,
    /// Mean replicas that are paid.
    pub replicas_paid: f64,
    /// Decisions for more replicas, in a day.
    pub ups_per_day: f64,
    /// Decisions for fewer, in a day.
    pub downs_per_day: f64,
    /// Decisions for more within a quarter of an hour of one for fewer, in a day.
    pub flaps_per_day: f64,
    /// The longest time with fewer replicas than the target with its tolerance calls for.
    pub longest_lag_seconds: f64,
    /// When it began.
    pub longest_lag_at: String,
    /// Requests lost to lag over the horizon.
    pub requests_lost_to_lag: f64,
    /// Money for idle capacity over the horizon.
    pub idle_cost: f64,
    /// Money for all its replicas over the horizon.
    pub cost: f64,
    /// By hour of the day or the week (from Monday), local time.
    pub hours: Vec<Use>,
    /// Targets that were simulated, ascending.
    pub targets: Vec<Attempt>,
    /// The target to recommend; null where none keeps what is promised, or not all were tried.
    pub recommended_target: Option<f64>,
}

/// How a service is used over a stretch of time.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Use {
    /// Requests per second.
    pub requests_per_second: f64,
    /// Replicas that serve.
    pub replicas: f64,
    /// Replicas that an ideal scaler would have.
    pub ideal: f64,
    /// Replicas at work over replicas that serve.
    pub utilization: f64,
    /// Replicas that serve beyond the ideal.
    pub idle: f64,
    /// Replicas missing to what the target with its tolerance calls for.
    pub missing: f64,
    /// The fraction of the time with fewer replicas than that.
    pub short: f64,
    /// The fraction of requests that found the queue full or were answered too late.
    pub overloaded: f64,
    /// The fraction of requests that did so in that time.
    pub lost_to_lag: f64,
}

/// What the replications gave with one target.
#[derive(Debug, Clone, Serialize)]
pub struct Attempt {
    /// The utilisation aimed at.
    pub target: f64,
    /// Mean replicas paid.
    pub replicas_paid: Estimate,
    /// Busy over available server time.
    pub utilization: Estimate,
    /// Fraction of its requests that failed.
    pub error_rate: Estimate,
    /// P99 of its response time.
    pub response_p99_seconds: Estimate,
    /// Money over the horizon, of the whole scenario.
    pub cost: Estimate,
    /// By objective on requests.
    pub attained: IndexMap<String, Estimate>,
    /// All of them are kept, with confidence.
    pub keeps: bool,
}

pub fn summary(input: &Input<'_>) -> Scalings {
    let model = input.model;
    Scalings {
        schema: SCHEMA,
        scenario: model.name.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: input.options.seed,
        replications: input.options.replications,
        horizon_seconds: model.horizon,
        model_hash: format!("{:016x}", model.hash),
        currency: model.currency.clone(),
        usage_pattern: input.pattern.word(),
        interrupted: input.interrupted,
        services: input.usage.iter().map(|usage| (input.name(usage.service).to_owned(), service(input, usage))).collect(),
    }
}

fn service(input: &Input<'_>, usage: &Usage) -> Service {
    let model = input.model;
    let days = model.horizon / 86_400.0;
    let compiled = &model.services[usage.service];
    let draws = crate::model::medians(&model.parameters);
    let price = compiled.price.on_demand.get(&draws);
    let targets = input.targets_of(usage.service);
    Service {
        target: compiled.scaling.as_ref().map_or(0.0, |scaling| scaling.target),
        all: used(&usage.all),
        replicas_paid: usage.paid / model.horizon,
        ups_per_day: usage.ups as f64 / days,
        downs_per_day: usage.downs as f64 / days,
        flaps_per_day: usage.flaps as f64 / days,
        longest_lag_seconds: usage.longest_lag.0,
        longest_lag_at: crate::report::chart::after(&model.start, usage.longest_lag.1)
            .strftime("%Y-%m-%dT%H:%M:%S%:z")
            .to_string(),
        requests_lost_to_lag: usage.all.lost_to_lag,
        idle_cost: usage.all.idle * price,
        cost: compiled.price.fixed(&draws) * model.horizon + usage.beyond * price,
        hours: usage.hours.iter().map(used).collect(),
        targets: targets.map(|targets| targets.trials.iter().map(target).collect()).unwrap_or_default(),
        recommended_target: targets.filter(|_| !input.interrupted).and_then(Targets::best).map(|trial| trial.target),
    }
}

fn used(sums: &Sums) -> Use {
    let mean = |sum: f64| if sums.time > 0.0 { sum / sums.time } else { 0.0 };
    let part = |sum: f64| if sums.requests > 0.0 { sum / sums.requests } else { 0.0 };
    Use {
        requests_per_second: mean(sums.requests),
        replicas: mean(sums.ready),
        ideal: mean(sums.ideal),
        utilization: sums.utilization(),
        idle: mean(sums.idle),
        missing: mean(sums.missing),
        short: mean(sums.short),
        overloaded: part(sums.lost),
        lost_to_lag: part(sums.lost_to_lag),
    }
}

fn target(trial: &Trial) -> Attempt {
    Attempt {
        target: trial.target,
        replicas_paid: trial.replicas,
        utilization: trial.utilization,
        error_rate: trial.error_rate,
        response_p99_seconds: trial.p99,
        cost: trial.cost,
        attained: trial.attained.iter().map(|(name, attained, _)| (name.clone(), *attained)).collect(),
        keeps: trial.keeps,
    }
}
