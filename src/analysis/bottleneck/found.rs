//! What is simulated: the scenario as it is, at higher loads, and with one more replica of each service.

use super::bench::{Bench, Trial};
use super::parts::{self, Station, follow};
use super::search::{self, Promise, Search};
use super::system::{Seen, System};
use crate::lab::Trouble;
use crate::run::requests::RequestRuns;
use crate::run::{Control, Options};
use crate::scenario::Loaded;
use crate::stats::Estimate;

/// Services that one more replica is tried for: those whose servers are busiest.
const TRIED: usize = 12;
/// Entries whose chain of waiting is told, the busiest first.
const CHAINS: usize = 3;

/// What was simulated, and what it gave.
#[derive(Debug, Clone)]
pub struct Found {
    /// What is looked at.
    pub system: System,
    /// The load as it is.
    pub base: Trial,
    /// Every service at that load, in the order of the system.
    pub stations: Vec<Station>,
    /// The services by the multiple at which they are full, the first first: places in `stations`.
    pub order: Vec<usize>,
    /// From the service that is full first down to why: indices of services; one alone where it is its own doing.
    pub cause: Vec<usize>,
    /// From each entry down to where the time goes: indices of services.
    pub chains: Vec<Vec<usize>>,
    /// What must hold.
    pub promises: Vec<Promise>,
    /// The load at which it does not.
    pub search: Search,
    /// What one more replica brings, the most first.
    pub gains: Vec<Gain>,
    /// The load is held as it is then, seconds after the start; none where it never changes.
    pub peak: Option<f64>,
    /// Simulations that were made.
    pub simulations: u64,
    /// Events of all of them.
    pub events: u64,
    /// Time that they took, seconds.
    pub wall_seconds: f64,
    /// Ended by the user.
    pub interrupted: bool,
}

/// What one more replica of a service brings: without it less with it, means over pairs of observations.
#[derive(Debug, Clone)]
pub struct Gain {
    /// Index of the service.
    pub service: usize,
    /// Replicas that it has.
    pub replicas: u32,
    /// How much shorter the mean response time is, from end to end, seconds.
    pub mean: Estimate,
    /// How much shorter its P99, seconds.
    pub p99: Estimate,
    /// How much smaller the fraction of failed requests.
    pub errors: Estimate,
}

/// Simulates all of it. Nothing where it was ended before the first replication.
///
/// # Errors
/// A scenario that does not compile or cannot be simulated.
pub fn investigate(loaded: &Loaded, system: System, options: &Options, control: &Control) -> Result<Option<Found>, Trouble> {
    let mut bench = Bench::new(loaded, options, control)?;
    let base = bench.simulate(Vec::new(), None, options.replications)?;
    if base.runs.replications == 0 {
        return Ok(None);
    }
    let stations = parts::stations(&base, &system);
    let order = order(&stations);
    let cause = order.first().map_or(Vec::new(), |first| search::path(&base, &stations, &stations[*first]));
    let chains = chains(&base, &stations, &system);
    let promises = search::promises(&base.model, &system);
    let search = if base.runs.interrupted { Search::default() } else { search::search(&mut bench, &base, &system, &promises)? };
    let gains = gains(&mut bench, &base, &stations, &system)?;
    let interrupted = base.runs.interrupted || search.interrupted || bench.stopped();
    let (peak, simulations, events, wall_seconds) = (bench.peak, bench.simulations, bench.events, bench.wall_seconds);
    Ok(Some(Found {
        system,
        base,
        stations,
        order,
        cause,
        chains,
        promises,
        search,
        gains,
        peak,
        simulations,
        events,
        wall_seconds,
        interrupted,
    }))
}

/// Services with a limit, the one that is full first before the others.
fn order(stations: &[Station]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..stations.len()).filter(|&place| stations[place].multiple.is_some()).collect();
    order.sort_by(|&a, &b| stations[b].busy().total_cmp(&stations[a].busy()));
    order
}

/// Down from each service that entries ask, the one with the most requests first.
fn chains(base: &Trial, stations: &[Station], system: &System) -> Vec<Vec<usize>> {
    let Some(runs) = &base.runs.requests else { return Vec::new() };
    let mut asked: Vec<(usize, f64)> = Vec::new();
    for (entry, served) in system.entries.iter().zip(system.given(runs)) {
        let arrived = served.sums.mean(crate::sim::request::count::ARRIVED);
        match asked.iter_mut().find(|(to, _)| *to == entry.to) {
            Some((_, sum)) => *sum += arrived,
            None => asked.push((entry.to, arrived)),
        }
    }
    asked.sort_by(|a, b| b.1.total_cmp(&a.1));
    asked.iter().take(CHAINS).map(|(to, _)| follow(base, stations, *to, false)).collect()
}

/// One more replica of each service that has some and a limit, the busiest.
fn gains(bench: &mut Bench<'_>, base: &Trial, stations: &[Station], system: &System) -> Result<Vec<Gain>, Trouble> {
    let Some(runs) = &base.runs.requests else { return Ok(Vec::new()) };
    let before = system.seen(runs);
    let mut gains = Vec::new();
    for place in order(stations).into_iter().take(TRIED) {
        if bench.stopped() {
            break;
        }
        let service = stations[place].service;
        let name = &base.model.services[service].name;
        let replicas = bench.replicas(name);
        let change = vec![format!("services.{name}.replicas={}", u64::from(replicas) + 1)];
        match bench.simulate(change, Some(base.runs.horizon), base.runs.replications) {
            Ok(trial) if trial.runs.interrupted => break,
            Ok(trial) => {
                let after = trial.runs.requests.as_ref().map(|runs| system.seen(runs)).unwrap_or_default();
                gains.push(gain(runs, service, replicas, &before, &after));
            }
            // Some scenarios do not allow one more.
            Err(Trouble::Variant(_)) => {}
            Err(error) => return Err(error),
        }
    }
    let size = |gain: &Gain| gain.mean.value.unwrap_or(f64::NEG_INFINITY);
    gains.sort_by(|a, b| size(b).total_cmp(&size(a)));
    Ok(gains)
}

fn gain(runs: &RequestRuns, service: usize, replicas: u32, before: &[Seen], after: &[Seen]) -> Gain {
    let less = |pick: fn(&Seen) -> Option<f64>| {
        let estimate = parts::mean(runs, before.iter().zip(after).map(|(before, after)| Some(pick(before)? - pick(after)?)));
        Estimate { method: if runs.batched { "paired: t over batches" } else { "paired: t over replications" }, ..estimate }
    };
    Gain { service, replicas, mean: less(|seen| seen.mean), p99: less(|seen| seen.p99), errors: less(|seen| seen.errors) }
}
