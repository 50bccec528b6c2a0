//! From sums to the summary: every number with its interval, and bounds where nothing was seen.

use indexmap::IndexMap;

use super::{DAY, Input, LEVEL, YEAR, requests};
use crate::report::summary::{
    CostSummary, FailureSummary, ObjectiveSummary, SCHEMA, ScalingSummary, SeriesForecast, ServiceSummary, Summary, TeamSummary,
};
use crate::run::runs::{ObjectiveRuns, ServiceRuns, sum};
use crate::sim::scaled;
use crate::stats::{Estimate, Joint, Moments, Proportion};

const CANNOT_FAIL: &str = "cannot fail";

/// Every estimate of the summary.
pub fn summary(input: &Input<'_>) -> Summary {
    let runs = input.runs;
    let name = |names: &str| names.to_owned();
    Summary {
        schema: SCHEMA,
        scenario: input.scenario.clone(),
        version: input.version.clone(),
        seed: input.seed,
        replications: runs.replications,
        fidelity: input.fidelity.word().to_owned(),
        horizon_seconds: input.runs.horizon,
        warmup_seconds: runs.requests.is_some().then_some(runs.warmup.seconds),
        warmup_method: runs.requests.is_some().then(|| requests::words::found(runs)),
        events: runs.events,
        wall_seconds: runs.wall_seconds,
        model_hash: input.model_hash.clone(),
        interrupted: runs.interrupted,
        currency: input.currency.clone(),
        forecasts: input.forecasts.iter().map(|forecast| (forecast.source.clone(), series(forecast))).collect(),
        services: input
            .services
            .iter()
            .zip(&runs.services)
            .enumerate()
            .map(|(i, (s, r))| {
                let mut summary = service(input, r, s.can_fail, s.can_err);
                super::load::service(input, i, &mut summary);
                requests::estimates::service(input, i, &mut summary);
                (name(&s.name), summary)
            })
            .collect(),
        traffic: requests::estimates::traffic(input),
        calls: requests::estimates::calls(input),
        objectives: input
            .objectives
            .iter()
            .zip(&runs.objectives)
            .map(|(o, r)| (name(&o.name), objective(r, input.service(o.service), o.target, o.has_credits)))
            .collect(),
        teams: input
            .teams
            .iter()
            .zip(&runs.teams)
            .map(|(t, r)| {
                let team = TeamSummary {
                    people: t.people,
                    busy: clean(r.busy.estimate_in(LEVEL, 0.0, f64::INFINITY)),
                    waiting: clean(r.waiting.estimate_in(LEVEL, 0.0, f64::INFINITY)),
                    wait: clean(r.wait.ratio(0, 1, LEVEL)),
                };
                (name(&t.name), team)
            })
            .collect(),
        releases: super::releases::summaries(input),
        failures: input
            .failures
            .iter()
            .zip(&runs.failures)
            .enumerate()
            .map(|(i, (f, r))| {
                let failure = FailureSummary {
                    count_per_year: clean(r.count.estimate_count(LEVEL).scaled(YEAR / input.runs.horizon)),
                    downtime_share: shares(input, i),
                    mean_duration: clean(r.duration.ratio(0, 1, LEVEL)),
                    cost_per_year: f
                        .has_cost
                        .then(|| clean(r.cost.estimate_in(LEVEL, 0.0, f64::INFINITY).scaled(YEAR / input.runs.horizon))),
                    waiting_for_parts: r.parts.as_ref().map(|parts| clean(parts.wait.ratio(0, 1, LEVEL))),
                    fill_rate: r.parts.as_ref().map(|parts| clean(parts.found.portion(0, 1, LEVEL))),
                };
                (name(&f.name), failure)
            })
            .collect(),
        cost: CostSummary {
            infrastructure: clean(runs.cost.infrastructure.estimate(LEVEL)),
            credits: clean(runs.cost.credits.estimate_in(LEVEL, 0.0, f64::INFINITY)),
            repairs: clean(runs.cost.repairs.estimate_in(LEVEL, 0.0, f64::INFINITY)),
            lost_revenue: (runs.cost.lost_revenue.mean() > 0.0)
                .then(|| clean(runs.cost.lost_revenue.estimate_in(LEVEL, 0.0, f64::INFINITY))),
            total: clean(runs.cost.total.estimate(LEVEL)),
        },
    }
}

fn service(input: &Input<'_>, runs: &ServiceRuns, can_fail: bool, can_err: bool) -> ServiceSummary {
    let s = &runs.sums;
    // A structure that never holds is down without any failure.
    let can_fail = can_fail || s.mean(sum::DOWN) > 0.0;
    // Seconds that one observation of the sums covers: all its replications together.
    let covered = s.mean(sum::UP) + s.mean(sum::DOWN);
    let per_second = if covered > 0.0 { 1.0 / covered } else { f64::NAN };
    let traffic = s.mean(sum::REQUESTS) > 0.0;
    let request_availability = traffic.then(|| {
        let served = good_of(s, sum::GOOD, sum::REQUESTS);
        if can_err || served.value.is_some() { served } else { Estimate::exact(1.0, CANNOT_FAIL) }
    });
    let seen = s.mean(sum::ONSETS) > 0.0 || s.mean(sum::DOWN) > 0.0;
    let availability = time_availability(runs, can_fail);
    let unless_perfect = |e: Estimate| if can_fail { e } else { Estimate::unobserved(LEVEL, e.n, CANNOT_FAIL) };
    let exact = |value: f64, e: Estimate| if can_fail { e } else { Estimate::exact(value, CANNOT_FAIL) };
    let hide = |e: Estimate| if seen { e } else { Estimate { value: None, ..e } };
    ServiceSummary {
        time_availability: clean(availability),
        point_availability: clean(exact(1.0, runs.up_at_end.estimate(LEVEL))),
        interval_reliability: clean(exact(1.0, runs.no_outage.estimate(LEVEL))),
        request_availability: request_availability.map(clean),
        outages_per_year: clean(exact(0.0, onsets_per_second(s, per_second).scaled(YEAR))),
        mtbf: clean(unless_perfect(s.ratio_sum((sum::UP, sum::ONSETS), (sum::DOWN, sum::ENDED), LEVEL))),
        mttr: clean(unless_perfect(s.ratio(sum::DOWN, sum::ENDED, LEVEL))),
        mttf: clean(unless_perfect(s.ratio(sum::UP, sum::ONSETS, LEVEL))),
        mttd: clean(unless_perfect(s.ratio(sum::DETECTION, sum::ENDED, LEVEL))),
        mtta: clean(unless_perfect(s.ratio(sum::ACKNOWLEDGEMENT, sum::ENDED, LEVEL))),
        time_to_first_outage: clean(unless_perfect(first_outage(runs))),
        downtime_per_year: clean(availability.complement().scaled(YEAR)),
        longest_outage: clean(exact(0.0, hide(runs.longest.estimate_in(LEVEL, 0.0, input.runs.horizon)))),
        utilization: (traffic && s.mean(sum::SERVERS) > 0.0)
            .then(|| clean(s.ratio(sum::BUSY, sum::SERVERS, LEVEL).clipped(0.0, 1.0))),
        replicas: clean(runs.replicas.estimate_in(LEVEL, 0.0, f64::INFINITY)),
        autoscale: runs.scaled.as_ref().map(|counts| scaling(counts, input.runs.horizon)),
        requests: None,
        queue_length: None,
        wait: None,
        response_time: None,
        throughput: traffic.then(|| clean(s.mean_estimate(sum::GOOD, LEVEL).scaled(per_second).clipped(0.0, f64::INFINITY))),
        error_rate: request_availability.map(|e| clean(e.complement())),
    }
}

fn series(forecast: &crate::model::SeriesForecast) -> SeriesForecast {
    let backtest = &forecast.error;
    SeriesForecast {
        method: backtest.method.clone(),
        from_seconds: forecast.from,
        held_back_seconds: backtest.held_back,
        error: backtest.error,
        error_of_repetition: backtest.repeated,
        coverage_of_80: backtest.coverage,
    }
}

fn scaling(counts: &Joint<{ scaled::N }>, horizon: f64) -> ScalingSummary {
    let per =
        |which, seconds: f64| clean(counts.mean_estimate(which, LEVEL).scaled(seconds / horizon).clipped(0.0, f64::INFINITY));
    ScalingSummary {
        replicas_paid: per(scaled::THERE, 1.0),
        ups_per_day: per(scaled::UPS, DAY),
        downs_per_day: per(scaled::DOWNS, DAY),
    }
}

/// Up time over all time; where nothing went down, no value and a bound.
fn time_availability(runs: &ServiceRuns, can_fail: bool) -> Estimate {
    let s = &runs.sums;
    if !can_fail {
        return Estimate::exact(1.0, CANNOT_FAIL);
    }
    if s.count() > 0 && s.mean(sum::DOWN) <= 0.0 {
        // At worst an outage that went unseen lasts as long as the horizon.
        let low = runs.no_outage.estimate(LEVEL).low;
        return Estimate { low, high: Some(1.0), ..Estimate::unobserved(LEVEL, s.count(), "none seen: Clopper-Pearson bound") };
    }
    s.share(sum::UP, sum::DOWN, LEVEL)
}

fn onsets_per_second(s: &Joint<{ sum::N }>, per_second: f64) -> Estimate {
    if s.mean(sum::ONSETS) > 0.0 || s.count() == 0 {
        return s.mean_estimate(sum::ONSETS, LEVEL).scaled(per_second).clipped(0.0, f64::INFINITY);
    }
    // The longest mean up time that cannot be excluded is the lowest rate's bound turned over.
    let high = s.ratio(sum::UP, sum::ONSETS, LEVEL).low.filter(|t| *t > 0.0).map(|t| 1.0 / t);
    Estimate { value: Some(0.0), low: Some(0.0), high, level: LEVEL, n: s.count(), method: "none seen: Poisson bound" }
}

fn first_outage(runs: &ServiceRuns) -> Estimate {
    let restricted = runs.first_outage.estimate(LEVEL);
    if runs.first_outage_censored == 0 {
        return restricted.clipped(0.0, f64::INFINITY);
    }
    let low = restricted.low.or(restricted.value).map(|v| v.max(0.0));
    Estimate { value: None, low, high: None, method: "restricted mean: a bound", ..restricted }
}

/// The good part of all that counts. Where nothing bad was seen there is no value, and the bound takes the whole of as
/// many draws as may have gone unseen.
pub(in crate::analysis) fn good_of<const N: usize>(joint: &Joint<N>, good: usize, counted: usize) -> Estimate {
    let portion = joint.portion(good, counted, LEVEL);
    // What differs by less was rounded, not lost.
    if portion.value.is_some_and(|v| v >= 1.0 - 1e-13) { unhurt(joint, counted) } else { portion }
}

/// Nothing bad was seen: no value where something was counted, and the bound that this gives.
fn unhurt<const N: usize>(joint: &Joint<N>, counted: usize) -> Estimate {
    let n = joint.count();
    if n == 0 || joint.mean(counted) <= 0.0 {
        return Estimate::unobserved(LEVEL, n, "nothing counted");
    }
    let low = unseen(n).map(|p| 1.0 - p);
    Estimate { low, high: Some(1.0), ..Estimate::unobserved(LEVEL, n, "none seen: Clopper-Pearson bound") }
}

/// The greatest chance that `n` independent trials without a success do not exclude.
fn unseen(n: u64) -> Option<f64> {
    let mut none = Proportion::default();
    for _ in 0..n {
        none.add_cluster(0, 1);
    }
    none.estimate(LEVEL).high
}

fn objective(runs: &ObjectiveRuns, service: &str, target: f64, has_credits: bool) -> ObjectiveSummary {
    let none = |n| Estimate::unobserved(LEVEL, n, "no complete window");
    ObjectiveSummary {
        service: service.to_owned(),
        target,
        attainment: attainment(runs),
        breach_probability: clean(runs.breach.filter(|b| b.count() > 0).map_or_else(|| none(0), |b| b.estimate(LEVEL))),
        window_breach_rate: clean(runs.windows.portion(0, 1, LEVEL)),
        budget_left: clean(some(&runs.budget_left, |m| m.estimate(LEVEL))),
        credits: has_credits.then(|| clean(some(&runs.credits, |m| m.estimate_in(LEVEL, 0.0, f64::INFINITY)))),
        worst_window: clean(some(&runs.worst_window, |m| m.estimate_in(LEVEL, 0.0, 1.0))),
    }
}

/// The share of what an objective counts that was good.
pub(in crate::analysis) fn attainment(runs: &ObjectiveRuns) -> Estimate {
    clean(if runs.hurt > 0 { good_of(&runs.attainment, 0, 1) } else { unhurt(&runs.attainment, 1) })
}

fn some(moments: &Moments, estimate: impl Fn(&Moments) -> Estimate) -> Estimate {
    if moments.count() == 0 { Estimate::unobserved(LEVEL, 0, "no complete window") } else { estimate(moments) }
}

/// The share of one failure mode in the downtime of each service that it took down.
fn shares(input: &Input<'_>, failure: usize) -> IndexMap<String, Estimate> {
    input
        .services
        .iter()
        .zip(&input.runs.services)
        .filter_map(|(s, r)| {
            let cause = r.causes.get(failure).filter(|m| m.mean() > 0.0)?;
            let rest = r.causes.iter().enumerate().filter(|(i, _)| *i != failure).map(|(_, m)| m);
            Some((s.name.clone(), clean(share(cause, rest))))
        })
        .collect()
}

/// `cause` / (`cause` + `rest`) with an interval on the logit, from the standard errors of both, which are taken as
/// independent: failure modes have random streams of their own.
fn share<'m>(cause: &Moments, rest: impl Iterator<Item = &'m Moments>) -> Estimate {
    const NORMAL: f64 = 1.959_963_984_540_054;
    let error = |m: &Moments| if m.count() > 1 { m.variance() / m.count() as f64 } else { f64::NAN };
    let (mut other, mut variance) = (0.0, 0.0);
    for m in rest.filter(|m| m.mean() > 0.0) {
        other += m.mean();
        variance += error(m);
    }
    let value = cause.mean() / (cause.mean() + other);
    if other <= 0.0 {
        return Estimate {
            value: Some(1.0),
            low: None,
            high: Some(1.0),
            level: LEVEL,
            n: cause.count(),
            method: "the only cause seen",
        };
    }
    let half = NORMAL * (error(cause) / cause.mean().powi(2) + variance / other.powi(2)).sqrt();
    let at = |shift: f64| 1.0 / (1.0 + other / cause.mean() * (-shift).exp());
    Estimate {
        value: Some(value),
        low: Some(at(-half)),
        high: Some(at(half)),
        level: LEVEL,
        n: cause.count(),
        method: "logit, delta method",
    }
}

/// Without what is not finite: JSON knows no such number.
pub(in crate::analysis) fn clean(e: Estimate) -> Estimate {
    let finite = |x: Option<f64>| x.filter(|x| x.is_finite());
    Estimate { value: finite(e.value), low: finite(e.low), high: finite(e.high), ..e }
}
