//! The summary that programs read: `summary.json`, schema `ninefold/bottleneck/1`. Times are seconds, fractions 0 to 1.

use indexmap::IndexMap;
use serde::Serialize;

use super::Input;
use super::found::Gain;
use super::parts::{Split, Station};
use super::search::{Promise, Step, over};
use crate::report::chart::after;
use crate::stats::Estimate;

/// The value of [`Bottlenecks::schema`].
pub const SCHEMA: &str = "ninefold/bottleneck/1";

/// Everything that was found: the whole of `summary.json`.
#[derive(Debug, Clone, Serialize)]
pub struct Bottlenecks {
    /// Name and version of this form, [`SCHEMA`].
    pub schema: &'static str,
    /// Name of the scenario.
    pub scenario: String,
    /// Version of the program.
    pub version: String,
    /// The seed of all simulations.
    pub seed: u64,
    /// Replications of the load as it is.
    pub replications: u64,
    /// Length of each, seconds.
    pub horizon_seconds: f64,
    /// What was simulated before that and not measured, seconds.
    pub warmup_seconds: f64,
    /// Simulations in all, the steps of the search and the variants included.
    pub simulations: u64,
    /// Events of all of them.
    pub events: u64,
    /// Time that they took; the only field that differs between two runs of the same.
    pub wall_seconds: f64,
    /// Fingerprint of the scenario with its load held.
    pub model_hash: String,
    /// Ended by the user before all of it was done.
    pub interrupted: bool,
    /// The service whose requests were looked at; absent where all traffic was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// The load that is held.
    pub load: LoadSummary,
    /// From end to end at that load.
    pub response: EndToEnd,
    /// The service that is full at the smallest multiple of the load; null where none has a limit.
    pub first: Option<String>,
    /// Why it is: itself, or a service that its servers are held for.
    pub cause: Option<String>,
    /// By name, the one that is full first before the others.
    pub services: IndexMap<String, ServiceLoad>,
    /// From each service that is asked from outside down to where the time goes.
    pub chains: Vec<Vec<String>>,
    /// The load at which the promise breaks.
    pub breaking: Breaking,
    /// What one more replica brings, by service, the most first.
    pub one_more_replica: IndexMap<String, OneMore>,
}

/// The load that multiples are of.
#[derive(Debug, Clone, Serialize)]
pub struct LoadSummary {
    /// Requests from outside per second.
    pub requests_per_second: f64,
    /// When in the horizon it is so high; absent where it never changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_as_of: Option<String>,
}

/// Response times and errors from end to end, all entries together.
#[derive(Debug, Clone, Serialize)]
pub struct EndToEnd {
    /// Mean response time of good answers.
    pub mean: Estimate,
    /// P99 of it; the highest of the sources.
    pub p99: Estimate,
    /// Fraction of the requests that failed.
    pub error_rate: Estimate,
}

/// How full a service is, and where the time of its requests goes.
#[derive(Debug, Clone, Serialize)]
pub struct ServiceLoad {
    /// Busy over up-and-active server time, held servers included; absent where nothing limits it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub utilization: Option<Estimate>,
    /// Times the load at which it is full, if its utilisation grows in proportion; absent where nothing limits it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full_at: Option<Estimate>,
    /// Its servers are busy mostly because calls hold them.
    pub symptom: bool,
    /// The fraction of its busy time in which its servers are only held for calls; absent where no call holds them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<Estimate>,
    /// Its utilisation at the lowest load at which the promise broke; absent where none was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub utilization_when_broken: Option<Estimate>,
    /// Requests to it for each request from outside.
    pub visits: Estimate,
    /// Where the time of one request to it goes.
    pub per_visit: Parts,
    /// The same for each request from outside.
    pub per_request: Parts,
}

/// Where time goes.
#[derive(Debug, Clone, Serialize)]
pub struct Parts {
    /// Waiting for a server.
    pub wait: Estimate,
    /// Work of its own.
    pub work: Estimate,
    /// In calls.
    pub calls: Estimate,
    /// All of it.
    pub response: Estimate,
}

/// The load at which the promise breaks.
#[derive(Debug, Clone, Serialize)]
pub struct Breaking {
    /// What must hold.
    pub promises: Vec<PromiseSummary>,
    /// The highest multiple of the load at which it held; null where it never did.
    pub holds_at: Option<f64>,
    /// The lowest at which it did not; null where it always did.
    pub breaks_at: Option<f64>,
    /// In which way it did not.
    pub why: Option<String>,
    /// The busiest service there, or where its servers are only held, the one that it waits for.
    pub fullest: Option<String>,
    /// Why the search ended before it found both; absent where it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<String>,
    /// In the order in which they were made.
    pub steps: Vec<StepSummary>,
}

/// What must hold.
#[derive(Debug, Clone, Serialize)]
pub struct PromiseSummary {
    /// The objective; null for the default.
    pub objective: Option<String>,
    /// The fraction of requests that must be good.
    pub least: f64,
    /// A request that takes this long or longer is not; absent where any time is good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency: Option<f64>,
}

/// One step of the search.
#[derive(Debug, Clone, Serialize)]
pub struct StepSummary {
    /// Times the load.
    pub multiple: f64,
    /// Requests from outside per second.
    pub requests_per_second: f64,
    /// Whether the promise held.
    pub holds: bool,
    /// From end to end.
    pub response: EndToEnd,
    /// The highest utilisation of any service.
    pub highest_utilization: Option<Estimate>,
    /// Length of each replication.
    pub horizon_seconds: f64,
    /// How many there were.
    pub replications: u64,
}

/// What one more replica of a service brings: how much less there is with it.
#[derive(Debug, Clone, Serialize)]
pub struct OneMore {
    /// Replicas that it has.
    pub replicas: u32,
    /// Of the mean response time from end to end.
    pub mean: Estimate,
    /// Of its P99.
    pub p99: Estimate,
    /// Of the fraction of failed requests.
    pub error_rate: Estimate,
}

/// The summary of what was found.
pub fn summary(input: &Input<'_>) -> Bottlenecks {
    let (found, model) = (input.found, &input.found.base.model);
    let runs = &found.base.runs;
    let name = |service: usize| input.name(service).to_owned();
    let broken = found.search.breaks();
    let placed = |station: &&Station| found.order.iter().all(|&place| found.stations[place].service != station.service);
    let ordered = found.order.iter().map(|&place| &found.stations[place]).chain(found.stations.iter().filter(placed));
    Bottlenecks {
        schema: SCHEMA,
        scenario: model.name.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: input.options.seed,
        replications: runs.replications,
        horizon_seconds: runs.horizon,
        warmup_seconds: runs.warmup.seconds,
        simulations: found.simulations,
        events: found.events,
        wall_seconds: found.wall_seconds,
        model_hash: format!("{:016x}", model.hash),
        interrupted: found.interrupted,
        system: input.system.map(str::to_owned),
        load: load(input),
        response: response(input),
        first: found.order.first().map(|&place| name(found.stations[place].service)),
        cause: found.cause.last().map(|&service| name(service)),
        services: ordered.map(|station| (name(station.service), service(station, broken))).collect(),
        chains: found.chains.iter().map(|chain| chain.iter().map(|&service| name(service)).collect()).collect(),
        breaking: breaking(input, broken),
        one_more_replica: found.gains.iter().map(|gain| (name(gain.service), one_more(gain))).collect(),
    }
}

fn load(input: &Input<'_>) -> LoadSummary {
    let seen = input.seen();
    let rate = seen.iter().map(|seen| seen.rate).sum::<f64>() / seen.len().max(1) as f64;
    let moment = |t: f64| after(&input.found.base.model.start, t).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
    LoadSummary { requests_per_second: rate, held_as_of: input.found.peak.map(moment) }
}

fn response(input: &Input<'_>) -> EndToEnd {
    let none = || Estimate::unobserved(super::LEVEL, 0, "not simulated");
    let Some(runs) = &input.found.base.runs.requests else {
        return EndToEnd { mean: none(), p99: none(), error_rate: none() };
    };
    let seen = input.seen();
    EndToEnd {
        mean: over(runs, &seen, |seen| seen.mean),
        p99: over(runs, &seen, |seen| seen.p99),
        error_rate: over(runs, &seen, |seen| seen.errors).clipped(0.0, 1.0),
    }
}

fn service(station: &Station, broken: Option<&Step>) -> ServiceLoad {
    let parts = |split: &Split| Parts { wait: split.wait, work: split.work, calls: split.calls, response: split.response };
    let there = broken.and_then(|step| step.stations.iter().find(|there| there.service == station.service));
    ServiceLoad {
        utilization: station.utilization,
        full_at: station.multiple,
        symptom: station.is_symptom(),
        held: station.held,
        utilization_when_broken: there.and_then(|there| there.utilization),
        visits: station.visits,
        per_visit: parts(&station.visit),
        per_request: parts(&station.request),
    }
}

fn breaking(input: &Input<'_>, broken: Option<&Step>) -> Breaking {
    let search = &input.found.search;
    let promise = |promise: &Promise| PromiseSummary {
        objective: promise.objective.clone(),
        least: promise.least,
        latency: Some(promise.latency).filter(|latency| latency.is_finite()),
    };
    Breaking {
        promises: input.found.promises.iter().map(promise).collect(),
        holds_at: search.holds().map(|step| step.multiple),
        breaks_at: broken.map(|step| step.multiple),
        why: broken.and_then(|step| step.broken.clone()),
        fullest: broken.and_then(|step| step.fullest.last()).map(|&service| input.name(service).to_owned()),
        ended: search.ended.clone(),
        steps: search.steps.iter().map(step).collect(),
    }
}

fn step(step: &Step) -> StepSummary {
    let used = step.stations.iter().filter_map(|station| station.utilization);
    StepSummary {
        multiple: step.multiple,
        requests_per_second: step.rate,
        holds: step.broken.is_none(),
        response: EndToEnd { mean: step.mean, p99: step.p99, error_rate: step.errors },
        highest_utilization: used.max_by(|a, b| a.value.unwrap_or(0.0).total_cmp(&b.value.unwrap_or(0.0))),
        horizon_seconds: step.seconds,
        replications: step.replications,
    }
}

fn one_more(gain: &Gain) -> OneMore {
    OneMore { replicas: gain.replicas, mean: gain.mean, p99: gain.p99, error_rate: gain.errors }
}
