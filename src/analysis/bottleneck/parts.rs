//! How full each service is, and where the time of a request goes: waiting, work, calls.

use super::LEVEL;
use super::bench::Trial;
use super::system::System;
use crate::model::{Model, Work};
use crate::run::requests::{Observed, RequestRuns, called, served};
use crate::sim::Drawn;
use crate::sim::request::count;
use crate::stats::{Estimate, Moments};

/// A service whose servers spend more of their busy time than this held for calls is full because of what it calls.
pub const HELD: f64 = 0.5;
/// From this utilisation on a service counts as full.
pub const FULL: f64 = 0.98;

/// One service of the system.
#[derive(Debug, Clone)]
pub struct Station {
    /// Its index in the model.
    pub service: usize,
    /// Busy over up-and-active server time, held servers included; none where nothing limits it.
    pub utilization: Option<Estimate>,
    /// Times the load at which that reaches 1, if it grows in proportion; none where nothing limits it or nothing came.
    pub multiple: Option<Estimate>,
    /// The fraction of its busy time in which its servers are only held for calls; none where no call holds them.
    pub held: Option<Estimate>,
    /// Requests to it for each request from outside.
    pub visits: Estimate,
    /// Where the time of one request to it goes.
    pub visit: Split,
    /// The same for each request from outside, all its visits together.
    pub request: Split,
}

/// Where time goes, seconds.
#[derive(Debug, Clone, Copy)]
pub struct Split {
    /// Waiting for a server.
    pub wait: Estimate,
    /// Work of its own.
    pub work: Estimate,
    /// In calls: the rest.
    pub calls: Estimate,
    /// All of it: the response time.
    pub response: Estimate,
}

/// Numbers of one observation.
struct Moment {
    wait: f64,
    work: f64,
    calls: f64,
    response: f64,
    visits: f64,
}

/// What of its busy time a server of each service works itself, for one request, seconds; with the medians of uncertain
/// numbers, and as much as callers ask for.
fn own_work(model: &Model, runs: &RequestRuns) -> Vec<f64> {
    let drawn = Drawn::new(model);
    let mut more = vec![0.0; model.services.len()];
    let calls = model.services.iter().flat_map(|service| &service.calls).zip(&runs.calls);
    calls.for_each(|(call, sums)| more[call.to as usize] += sums.mean(called::ATTEMPTS) * (call.handling.work - 1.0));
    let work = |(s, more): (usize, f64)| {
        let mean = match &model.services[s].work {
            Work::Unlimited => 0.0,
            Work::Rate(rate) => 1.0 / rate.get(&drawn.draws),
            Work::Servers { time, .. } => time.drawn(&drawn.draws).map_or(time.law.mean(), |law| law.mean()),
        };
        let arrived = runs.services[s].sums.mean(count::ARRIVED);
        if arrived > 0.0 { mean * (1.0 + more / arrived).max(0.0) } else { mean }
    };
    more.into_iter().enumerate().map(work).collect()
}

/// Every service of the system, in its order; empty where nothing was simulated.
#[must_use]
pub fn stations(trial: &Trial, system: &System) -> Vec<Station> {
    let Some(runs) = &trial.runs.requests else { return Vec::new() };
    let own = own_work(&trial.model, runs);
    let outside: Vec<f64> = {
        let mut sums: Vec<f64> = Vec::new();
        for served in system.given(runs) {
            sums.resize(served.observed.len().max(sums.len()), 0.0);
            sums.iter_mut().zip(&served.observed).for_each(|(sum, seen)| *sum += seen.sums[count::ARRIVED]);
        }
        sums
    };
    system.services.iter().map(|&s| station(&trial.model, runs, s, own[s], &outside)).collect()
}

fn station(model: &Model, runs: &RequestRuns, s: usize, own: f64, outside: &[f64]) -> Station {
    let served = &runs.services[s];
    let limited = served.sums.mean(served::SERVERS) > 0.0;
    let holds = limited && model.services[s].calls.iter().any(|call| call.held);
    let moment = |(seen, outside): (&Observed, &f64)| {
        let over = |part: usize, whole: usize| if seen.sums[whole] > 0.0 { seen.sums[part] / seen.sums[whole] } else { 0.0 };
        let (wait, response) = (over(served::WAIT, served::BEGUN), over(served::RESPONSE, served::ANSWERED));
        let work = if limited && !holds { over(served::BUSY, served::BEGUN) } else { own };
        let visits = if *outside > 0.0 { seen.sums[count::ARRIVED] / outside } else { 0.0 };
        // Without calls there is nothing else; requests that failed may have worked longer than those answered.
        let calls = if model.services[s].calls.is_empty() { 0.0 } else { (response - wait - work).max(0.0) };
        (seen.sums[count::ARRIVED] > 0.0).then_some(Moment { wait, work, calls, response, visits })
    };
    let moments: Vec<Moment> = served.observed.iter().zip(outside).filter_map(moment).collect();
    let of = |pick: fn(&Moment) -> f64| mean(runs, moments.iter().map(|moment| Some(pick(moment))));
    let utilization = limited.then(|| told(runs, served.sums.portion(served::BUSY, served::SERVERS, LEVEL)));
    let busy =
        |seen: &Observed| (seen.sums[served::BUSY] > 0.0).then(|| 1.0 - own * seen.sums[served::BEGUN] / seen.sums[served::BUSY]);
    Station {
        service: s,
        utilization,
        multiple: utilization.and_then(inverse),
        held: holds.then(|| mean(runs, served.observed.iter().map(busy)).clipped(0.0, 1.0)),
        visits: of(|m| m.visits),
        visit: Split { wait: of(|m| m.wait), work: of(|m| m.work), calls: of(|m| m.calls), response: of(|m| m.response) },
        request: Split {
            wait: of(|m| m.wait * m.visits),
            work: of(|m| m.work * m.visits),
            calls: of(|m| m.calls * m.visits),
            response: of(|m| m.response * m.visits),
        },
    }
}

/// The mean of what observations gave, with Student's t interval.
pub fn mean(runs: &RequestRuns, values: impl Iterator<Item = Option<f64>>) -> Estimate {
    let mut moments = Moments::default();
    values.flatten().for_each(|value| moments.add(value));
    told(runs, moments.estimate(LEVEL))
}

/// Says that the observations are batches, where they are.
fn told(runs: &RequestRuns, estimate: Estimate) -> Estimate {
    if runs.batched { Estimate { method: "batch means: over batches of one replication", ..estimate } } else { estimate }
}

/// One over a positive estimate.
fn inverse(e: Estimate) -> Option<Estimate> {
    let over = |x: Option<f64>| x.filter(|x| *x > 0.0).map(|x| 1.0 / x);
    Some(Estimate { value: Some(over(e.value)?), low: over(e.high), high: over(e.low), ..e })
}

impl Station {
    /// Its servers are busy mostly because calls hold them.
    #[must_use]
    pub fn is_symptom(&self) -> bool {
        self.held.is_some_and(|held| held.value.is_some_and(|share| share > HELD))
    }

    /// Its utilisation; 0 where nothing limits it.
    #[must_use]
    pub fn busy(&self) -> f64 {
        self.utilization.and_then(|used| used.value).unwrap_or(0.0)
    }
}

impl Split {
    /// The value of one of its times.
    fn value(e: &Estimate) -> f64 {
        e.value.unwrap_or(0.0)
    }

    /// Own waiting and own work, whichever is longer, is at least as long as what passes in calls.
    fn own_dominates(&self) -> bool {
        Self::value(&self.wait).max(Self::value(&self.work)) >= Self::value(&self.calls)
    }

    /// More of it is waiting than work.
    #[must_use]
    pub fn waits(&self) -> bool {
        Self::value(&self.wait) > Self::value(&self.work)
    }
}

/// From a service along the call in which most time passes, down to one whose own waiting or work is more than that: indices
/// of services. A service whose servers are mostly held waits because of what it calls, so the way goes on there, along a call
/// that holds them. With `held` the first step is such a call too.
#[must_use]
pub fn follow(trial: &Trial, stations: &[Station], from: usize, held: bool) -> Vec<usize> {
    let Some(runs) = &trial.runs.requests else { return vec![from] };
    let mut path = vec![from];
    let mut at = from;
    while let Some(station) = stations.iter().find(|station| station.service == at) {
        let by_held = station.is_symptom() || held && path.len() == 1;
        if !by_held && station.visit.own_dominates() {
            break;
        }
        match costliest(&trial.model, runs, at, by_held) {
            Some(next) if !path.contains(&next) => at = next,
            _ => break,
        }
        path.push(at);
    }
    path
}

/// The service that takes most time of the calls that a service makes: attempts × time until each is resolved.
fn costliest(model: &Model, runs: &RequestRuns, from: usize, held: bool) -> Option<usize> {
    let before: usize = model.services[..from].iter().map(|service| service.calls.len()).sum();
    let calls = model.services[from].calls.iter().enumerate().filter(|(_, call)| call.held || !held);
    let cost = |(place, call): (usize, &crate::model::Call)| {
        let to = call.to as usize;
        let sums = &runs.services[to].sums;
        let each = if sums.mean(served::RESOLVED) > 0.0 { sums.mean(served::PRESENT) / sums.mean(served::RESOLVED) } else { 0.0 };
        (to, runs.calls.get(before + place).map_or(0.0, |call| call.mean(called::ATTEMPTS)) * each)
    };
    calls.map(cost).filter(|(_, cost)| *cost > 0.0).max_by(|a, b| a.1.total_cmp(&b.1)).map(|(to, _)| to)
}
