//! Estimates of what single requests met.

use indexmap::IndexMap;

use super::super::estimates::clean;
use super::super::{Input, LEVEL};
use crate::report::summary::{CallSummary, Distribution, RequestSummary, ServiceSummary, TrafficSummary};
use crate::run::requests::{QUANTILES, RequestRuns, ServedRuns, called, served};
use crate::sim::request::{Times, count};
use crate::stats::{Estimate, Joint, Moments, sectioned};

/// Queues from this length on share places of 0.2%; shorter ones are exact.
const EXACT: f64 = 1_024.0;
const COARSE: f64 = 0.002;

const CANNOT_FAIL: &str = "cannot fail";
const NOT_SEEN: &str = "none seen";

/// Puts what single requests met into the summary of a service, where they were followed.
pub fn service(input: &Input<'_>, index: usize, summary: &mut ServiceSummary) {
    let Some((runs, all)) = input.runs.requests.as_ref().and_then(|all| Some((all.services.get(index)?, all))) else { return };
    if runs.sums.mean(served::RESOLVED) + runs.sums.mean(count::ARRIVED) <= 0.0 {
        return;
    }
    let can_err = input.services.get(index).is_none_or(|s| s.can_err);
    let limited = runs.sums.mean(served::SERVERS) > 0.0;
    let error_rate = error_rate(all, runs, can_err);
    summary.requests = Some(requests(all, runs));
    summary.queue_length = Some(queue(all, runs));
    summary.wait = Some(wait(all, runs));
    summary.response_time = Some(response(all, runs));
    summary.throughput = Some(rate(all, &runs.sums, count::GOOD, served::SECONDS));
    summary.error_rate = Some(error_rate);
    summary.request_availability = Some(clean(error_rate.complement()));
    summary.utilization = limited.then(|| over(all, runs.sums.portion(served::BUSY, served::SERVERS, LEVEL)));
}

/// The summaries of the sources, by name.
pub fn traffic(input: &Input<'_>) -> IndexMap<String, TrafficSummary> {
    let Some(all) = &input.runs.requests else { return IndexMap::new() };
    let sources = input.sources.iter().zip(&all.sources);
    let summary = |(source, runs): (&super::super::SourceInput, &ServedRuns)| {
        let can_err = input.services.get(source.to).is_none_or(|s| s.can_err);
        let summary = TrafficSummary {
            to: input.service(source.to).to_owned(),
            throughput: rate(all, &runs.sums, count::GOOD, served::SECONDS),
            error_rate: error_rate(all, runs, can_err),
            response_time: response(all, runs),
            requests: requests(all, runs),
        };
        (source.name.clone(), summary)
    };
    sources.map(summary).collect()
}

/// The summaries of the calls, by caller and callee.
pub fn calls(input: &Input<'_>) -> IndexMap<String, CallSummary> {
    let Some(all) = &input.runs.requests else { return IndexMap::new() };
    let share = |runs: &Joint<{ called::N }>, part, whole| over(all, runs.portion(part, whole, LEVEL));
    let calls = input.calls.iter().zip(&all.calls);
    let wanted = calls.filter(|(_, runs)| runs.mean(called::WANTED) > 0.0);
    let summary = |(call, runs): (&super::super::CallInput, &Joint<{ called::N }>)| {
        let summary = CallSummary {
            per_second: rate(all, runs, called::CALLS, called::SECONDS),
            attempts_per_call: ratio(all, runs, called::ATTEMPTS, called::CALLS),
            failed: share(runs, called::FAILED, called::CALLS),
            cache_hits: call.cache.then(|| share(runs, called::HITS, called::WANTED)),
            retries_denied: call.budget.then(|| share(runs, called::DENIED, called::CALLS)),
            broken: call.breaker.then(|| share(runs, called::BROKEN, called::ATTEMPTS)),
        };
        (call.name.clone(), summary)
    };
    wanted.map(summary).collect()
}

fn requests(all: &RequestRuns, runs: &ServedRuns) -> RequestSummary {
    let s = &runs.sums;
    let share = |part| over(all, s.portion(part, served::RESOLVED, LEVEL));
    let seen = count::REASONS.iter().filter(|(reason, _)| s.mean(*reason) > 0.0);
    let again = s.mean(count::FIRST) > 0.0 && s.mean(count::ARRIVED) > s.mean(count::FIRST);
    RequestSummary {
        arrival_rate: rate(all, s, count::ARRIVED, served::SECONDS),
        errors: seen.map(|(reason, name)| (*name, share(*reason))).collect(),
        in_flight: rate(all, s, served::PRESENT, served::SECONDS),
        retry_amplification: again.then(|| ratio(all, s, count::ARRIVED, count::FIRST).clipped(1.0, f64::INFINITY)),
        wasted: (s.mean(count::WASTED) > 0.0).then(|| share(count::WASTED)),
    }
}

/// Failed over resolved; where nothing can fail and nothing did, that is known.
fn error_rate(all: &RequestRuns, runs: &ServedRuns, can_err: bool) -> Estimate {
    if !can_err && runs.sums.mean(served::FAILED) <= 0.0 {
        return Estimate::exact(0.0, CANNOT_FAIL);
    }
    over(all, runs.sums.portion(served::FAILED, served::RESOLVED, LEVEL))
}

fn response(all: &RequestRuns, runs: &ServedRuns) -> Distribution {
    let mean = ratio(all, &runs.sums, served::RESPONSE, served::ANSWERED);
    let quantile = |p| runs.response.all.quantile(p);
    distribution(all, mean, quantile, &runs.response.parts, |_| Times::ERROR)
}

fn wait(all: &RequestRuns, runs: &ServedRuns) -> Distribution {
    let mean = ratio(all, &runs.sums, served::WAIT, served::BEGUN);
    distribution(all, mean, |p| runs.wait.all.quantile(p), &runs.wait.parts, |_| Times::ERROR)
}

fn queue(all: &RequestRuns, runs: &ServedRuns) -> Distribution {
    let mean = rate(all, &runs.sums, served::QUEUED, served::SECONDS);
    let error = |length| if length < EXACT { 0.0 } else { COARSE };
    distribution(all, mean, |p| runs.queue.quantile(p), &runs.queue.parts, error)
}

fn distribution(
    all: &RequestRuns,
    mean: Estimate,
    quantile: impl Fn(f64) -> Option<f64>,
    parts: &[Moments; 3],
    error: impl Fn(f64) -> f64,
) -> Distribution {
    let method = if all.batched {
        "quantile of all requests, t over batches, error of the sketch added"
    } else {
        "quantile of all requests, t over replications, error of the sketch added"
    };
    let one = |place: usize| {
        let value = quantile(QUANTILES[place]);
        let error = value.map_or(0.0, &error);
        clean(sectioned(value, &parts[place], error, LEVEL, method).clipped(0.0, f64::INFINITY))
    };
    Distribution { mean, p50: one(0), p95: one(1), p99: one(2) }
}

/// One sum over another, both non-negative.
fn ratio<const N: usize>(all: &RequestRuns, sums: &Joint<N>, of: usize, to: usize) -> Estimate {
    if sums.mean(to) <= 0.0 {
        return Estimate::unobserved(LEVEL, sums.count(), NOT_SEEN);
    }
    over(all, sums.ratio(of, to, LEVEL))
}

/// A sum over the time of an observation, which is the same for all.
fn rate<const N: usize>(all: &RequestRuns, sums: &Joint<N>, of: usize, seconds: usize) -> Estimate {
    let time = sums.mean(seconds);
    if time <= 0.0 {
        return Estimate::unobserved(LEVEL, sums.count(), NOT_SEEN);
    }
    over(all, sums.mean_estimate(of, LEVEL).scaled(1.0 / time).clipped(0.0, f64::INFINITY))
}

/// Says that the observations are batches, where they are.
fn over(all: &RequestRuns, estimate: Estimate) -> Estimate {
    let method = match estimate.method {
        "t over replications" if all.batched => "batch means: t over batches of one replication",
        "t on the inverse root, delta method" if all.batched => "batch means: t on the inverse root, delta method",
        "t on the inverse root of the odds, delta method" if all.batched => {
            "batch means: t on the inverse root of the odds, delta method"
        }
        other => other,
    };
    clean(Estimate { method, ..estimate })
}
