//! What requests come to where they are rates: times, waits, and reasons for failure, from the queueing formulas.

use super::estimates::clean;
use super::{Input, LEVEL};
use crate::report::summary::{Distribution, RequestSummary, ServiceSummary};
use crate::run::runs::{LoadRuns, QUANTILES, row};
use crate::stats::{Estimate, sectioned};

const NOT_SEEN: &str = "none seen";
const METHOD: &str = "quantile by three cumulants, t over blocks of replications";
const NOT_MODELLED: &str = "not modelled where requests are rates";

/// Puts what is known of the requests of a service into its summary, where they are rates.
pub fn service(input: &Input<'_>, index: usize, summary: &mut ServiceSummary) {
    let load = &input.runs.services[index].load;
    if input.runs.requests.is_some() || load.sums.count() == 0 || load.sums.mean(row::ARRIVED) <= 0.0 {
        return;
    }
    summary.requests = Some(requests(load, input.runs.horizon));
    summary.queue_length = Some(Distribution {
        mean: rate(load, row::QUEUED, input.runs.horizon),
        p50: Estimate::unobserved(LEVEL, load.sums.count(), NOT_MODELLED),
        p95: Estimate::unobserved(LEVEL, load.sums.count(), NOT_MODELLED),
        p99: Estimate::unobserved(LEVEL, load.sums.count(), NOT_MODELLED),
    });
    summary.response_time = Some(response_times(load));
    summary.wait = Some(times(load, 1, row::WAIT, row::BEGUN));
}

/// How long good answers take.
pub(in crate::analysis) fn response_times(load: &LoadRuns) -> Distribution {
    times(load, 0, row::RESPONSE, row::GOOD)
}

fn requests(load: &LoadRuns, horizon: f64) -> RequestSummary {
    let sums = &load.sums;
    let share = |part| clean(sums.portion(part, row::RESOLVED, LEVEL));
    let seen = row::REASONS.iter().filter(|(reason, _)| sums.mean(*reason) > 0.0);
    let again = sums.mean(row::ARRIVED) > sums.mean(row::FIRST) * (1.0 + 1e-9);
    RequestSummary {
        arrival_rate: rate(load, row::ARRIVED, horizon),
        errors: seen.map(|(reason, name)| (*name, share(*reason))).collect(),
        in_flight: rate(load, row::PRESENT, horizon),
        retry_amplification: again.then(|| ratio(load, row::ARRIVED, row::FIRST).clipped(1.0, f64::INFINITY)),
        wasted: (sums.mean(row::WASTED) > 0.0).then(|| share(row::WASTED)),
    }
}

fn times(load: &LoadRuns, which: usize, sum: usize, count: usize) -> Distribution {
    let one = |place: usize| {
        let value = load.lengths[which].quantile(QUANTILES[place]);
        clean(sectioned(value, &load.parts[which][place], 0.0, LEVEL, METHOD).clipped(0.0, f64::INFINITY))
    };
    Distribution { mean: ratio(load, sum, count), p50: one(0), p95: one(1), p99: one(2) }
}

fn ratio(load: &LoadRuns, of: usize, to: usize) -> Estimate {
    if load.sums.mean(to) <= 0.0 {
        return Estimate::unobserved(LEVEL, load.sums.count(), NOT_SEEN);
    }
    clean(load.sums.ratio(of, to, LEVEL))
}

fn rate(load: &LoadRuns, of: usize, seconds: f64) -> Estimate {
    clean(load.sums.mean_estimate(of, LEVEL).scaled(1.0 / seconds).clipped(0.0, f64::INFINITY))
}
