//! The load at which the promise breaks: doubling, then bisection, each step a simulation.

use super::LEVEL;
use super::bench::{Bench, Trial};
use super::parts::{self, Station};
use super::system::{Seen, System};
use crate::lab::Trouble;
use crate::model::{Counts, Model};
use crate::report::Unit;
use crate::report::format::{decimal, duration, number};
use crate::run::RunError;
use crate::run::requests::{RequestRuns, ServedRuns, served};
use crate::sim::request::count;
use crate::stats::{Estimate, Moments};

/// Multiples of the load that are tried are powers of 2^(1/32): neighbours differ by 2.2 %.
pub const GRID: i32 = 32;
/// The load is doubled, or halved, at most so often.
pub const DOUBLINGS: i32 = 10;
/// Without an objective this fraction of requests may fail.
const ERRORS: f64 = 0.01;
/// Requests pile up where so many of those that come are not resolved.
const SHORT: f64 = 0.02;
/// Replications of a step.
const REPLICATIONS: u64 = 4;

/// What must hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Promise {
    /// The objective; none for the default, that hardly any request fails.
    pub objective: Option<String>,
    /// Index of the service whose requests count; none for those of each entry.
    pub service: Option<usize>,
    /// The fraction of requests that must be good.
    pub least: f64,
    /// A request that takes this long or longer is not good, seconds; infinite where any time is.
    pub latency: f64,
}

/// The objectives on requests of the system's services, or the default where there is none.
#[must_use]
pub fn promises(model: &Model, system: &System) -> Vec<Promise> {
    let on_requests = model.objectives.iter().filter_map(|objective| {
        let least = match objective.counts {
            Counts::Requests => objective.target,
            Counts::Slices { good, .. } => good,
            Counts::Time => return None,
        };
        let service = Some(objective.service as usize).filter(|service| system.services.contains(service));
        service?;
        Some(Promise { objective: Some(objective.name.clone()), service, least, latency: objective.latency })
    });
    let list: Vec<Promise> = on_requests.collect();
    if list.is_empty() {
        vec![Promise { objective: None, service: None, least: 1.0 - ERRORS, latency: f64::INFINITY }]
    } else {
        list
    }
}

/// One step of the search.
#[derive(Debug, Clone)]
pub struct Step {
    /// Times the load.
    pub multiple: f64,
    /// Requests from outside per second.
    pub rate: f64,
    /// Why the promise does not hold; none where it does.
    pub broken: Option<String>,
    /// Mean response time from end to end, seconds.
    pub mean: Estimate,
    /// P99 of it, seconds.
    pub p99: Estimate,
    /// Fraction of the requests that failed.
    pub errors: Estimate,
    /// Every service; empty where the simulation was given up.
    pub stations: Vec<Station>,
    /// The busiest of them, as its path: itself, or where its servers are only held, down to the cause.
    pub fullest: Vec<usize>,
    /// Length of each replication, seconds.
    pub seconds: f64,
    /// How many there were.
    pub replications: u64,
}

/// What the search found.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// In the order in which they were made.
    pub steps: Vec<Step>,
    /// The scenario at a higher load is none, in a sentence: the search ended there.
    pub ended: Option<String>,
    /// It was ended by the user.
    pub interrupted: bool,
}

impl Search {
    /// The highest multiple at which the promise held, below any at which it did not.
    #[must_use]
    pub fn holds(&self) -> Option<&Step> {
        let limit = self.breaks().map_or(f64::INFINITY, |step| step.multiple);
        let held = self.steps.iter().filter(|step| step.broken.is_none() && step.multiple < limit);
        held.max_by(|a, b| a.multiple.total_cmp(&b.multiple))
    }

    /// The lowest multiple at which it did not.
    #[must_use]
    pub fn breaks(&self) -> Option<&Step> {
        self.steps.iter().filter(|step| step.broken.is_some()).min_by(|a, b| a.multiple.total_cmp(&b.multiple))
    }
}

/// The multiple at a place of the grid.
fn multiple(place: i32) -> f64 {
    (f64::from(place) / f64::from(GRID)).exp2()
}

/// Looks for it; `base` is the load as it is.
///
/// # Errors
/// What [`Bench::simulate`] complains about, save that more comes than can be followed.
pub fn search(bench: &mut Bench<'_>, base: &Trial, system: &System, promises: &[Promise]) -> Result<Search, Trouble> {
    let mut found = Search::default();
    found.steps.push(step(1.0, base, system, promises));
    let up = found.steps[0].broken.is_none();
    // The last places known to hold and to break.
    let (mut holds, mut breaks) = if up { (Some(0), None) } else { (None, Some(0)) };
    for doubling in 1..=DOUBLINGS {
        if holds.is_some() && breaks.is_some() {
            break;
        }
        let place = if up { doubling * GRID } else { -doubling * GRID };
        match attempt(bench, place, system, promises, &mut found)? {
            Some(true) => holds = Some(place),
            Some(false) => breaks = Some(place),
            None => return Ok(found),
        }
    }
    while let (Some(low), Some(high)) = (holds, breaks)
        && high - low > 1
    {
        let place = i32::midpoint(low, high);
        match attempt(bench, place, system, promises, &mut found)? {
            Some(true) => holds = Some(place),
            Some(false) => breaks = Some(place),
            None => return Ok(found),
        }
    }
    Ok(found)
}

/// Whether the promise holds at a place of the grid; nothing where the search must end.
fn attempt(
    bench: &mut Bench<'_>,
    place: i32,
    system: &System,
    promises: &[Promise],
    found: &mut Search,
) -> Result<Option<bool>, Trouble> {
    let times = multiple(place);
    let trial = match bench.simulate(bench.times(times), None, REPLICATIONS) {
        Ok(trial) => trial,
        Err(Trouble::Run(RunError::Asked(text))) => {
            found.steps.push(given_up(times, text));
            return Ok(Some(false));
        }
        Err(Trouble::Variant(error)) => {
            found.ended = Some(format!("{} times the load is no scenario: {error}", number(times, Unit::Number)));
            return Ok(None);
        }
        Err(other) => return Err(other),
    };
    if trial.runs.interrupted {
        found.interrupted = true;
        return Ok(None);
    }
    let step = step(times, &trial, system, promises);
    let holds = step.broken.is_none();
    found.steps.push(step);
    Ok(Some(holds))
}

/// A step that could not be simulated, because more was on its way than can be followed.
fn given_up(multiple: f64, why: String) -> Step {
    let none = Estimate::unobserved(LEVEL, 0, "not simulated");
    let (mean, p99, errors) = (none, none, none);
    Step {
        multiple,
        rate: 0.0,
        broken: Some(why),
        mean,
        p99,
        errors,
        stations: Vec::new(),
        fullest: Vec::new(),
        seconds: 0.0,
        replications: 0,
    }
}

fn step(multiple: f64, trial: &Trial, system: &System, promises: &[Promise]) -> Step {
    let Some(runs) = &trial.runs.requests else { return given_up(multiple, "nothing was simulated".to_owned()) };
    let seen = system.seen(runs);
    let stations = parts::stations(trial, system);
    let busiest = stations.iter().filter(|s| s.utilization.is_some()).max_by(|a, b| a.busy().total_cmp(&b.busy()));
    let fullest = busiest.map_or(Vec::new(), |s| path(trial, &stations, s));
    let broken = promises.iter().find_map(|promise| broken(promise, &trial.model, runs, system));
    Step {
        multiple,
        rate: seen.iter().map(|seen| seen.rate).sum::<f64>() / seen.len().max(1) as f64,
        broken: broken.or_else(|| piling_up(&seen)),
        mean: over(runs, &seen, |seen| seen.mean),
        p99: over(runs, &seen, |seen| seen.p99),
        errors: over(runs, &seen, |seen| seen.errors).clipped(0.0, 1.0),
        stations,
        fullest,
        seconds: trial.runs.horizon,
        replications: trial.runs.replications,
    }
}

/// From a service down to why it is full: itself alone where that is its own doing.
#[must_use]
pub fn path(trial: &Trial, stations: &[Station], station: &Station) -> Vec<usize> {
    if station.is_symptom() { parts::follow(trial, stations, station.service, true) } else { vec![station.service] }
}

/// What observations gave from end to end: a mean with its interval.
pub fn over(runs: &RequestRuns, seen: &[Seen], pick: impl Fn(&Seen) -> Option<f64>) -> Estimate {
    parts::mean(runs, seen.iter().map(pick)).clipped(0.0, f64::INFINITY)
}

/// In which way a promise does not hold.
fn broken(promise: &Promise, model: &Model, runs: &RequestRuns, system: &System) -> Option<String> {
    let services: Vec<(&str, &ServedRuns)> = match promise.service {
        Some(service) => vec![(model.services[service].name.as_str(), &runs.services[service])],
        None => system.entries.iter().map(|entry| entry.name.as_str()).zip(system.given(runs)).collect(),
    };
    services.into_iter().find_map(|(name, served)| {
        let good = good(served, promise.latency)?;
        (good < promise.least).then(|| {
            let within =
                if promise.latency.is_finite() { format!(" within {}", duration(promise.latency)) } else { String::new() };
            let percent = |share: f64| decimal(share * 100.0, 3);
            format!(
                "{} % of the requests of {name} are not answered well{within}, {} % may be",
                percent(1.0 - good),
                percent(1.0 - promise.least)
            )
        })
    })
}

/// The fraction of the resolved requests that were answered well and in time; none where none was resolved.
fn good(served: &ServedRuns, latency: f64) -> Option<f64> {
    let resolved = served.sums.mean(served::RESOLVED);
    let in_time = if latency.is_finite() && served.response.all.count() > 0 {
        let fast = served.response.all.buckets().filter(|(time, _)| *time < latency).map(|(_, count)| count).sum::<u64>();
        fast as f64 / served.response.all.count() as f64
    } else {
        1.0
    };
    (resolved > 0.0).then(|| served.sums.mean(count::GOOD) / resolved * in_time)
}

/// That more comes than is resolved, beyond chance.
fn piling_up(seen: &[Seen]) -> Option<String> {
    let mut short = Moments::default();
    seen.iter().filter_map(|seen| seen.shortfall).for_each(|share| short.add(share));
    let sure = short.estimate(LEVEL).low.is_none_or(|low| low > 0.0);
    (short.mean() > SHORT && sure).then(|| {
        format!(
            "requests pile up: {} of those that come are not answered in the time looked at",
            number(short.mean(), Unit::Share)
        )
    })
}
