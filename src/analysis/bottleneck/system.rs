//! The part of a scenario that is looked at: where its requests come in, and the services that they reach.

use crate::model::Model;
use crate::run::requests::{Observed, RequestRuns, ServedRuns, served};
use crate::scenario::suggest::instead;
use crate::sim::request::count;

/// The services that are looked at, and where requests come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct System {
    /// Where requests come in.
    pub entries: Vec<Entry>,
    /// The services that they reach, callers before those that they call; by their index in the model.
    pub services: Vec<usize>,
}

/// A place where requests come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The source, or the service.
    pub name: String,
    /// The service that is asked first.
    pub to: usize,
    /// Index of the source, those of the model's demand before its users; none where all requests to the service are meant.
    pub source: Option<usize>,
}

impl System {
    /// A service and all that it calls; without a name all that traffic reaches.
    ///
    /// # Errors
    /// A sentence that names the nearest right service, or says that no requests come to it.
    pub fn of(model: &Model, name: Option<&str>) -> Result<Self, String> {
        let open = model.demand.sources.iter().map(|source| (&source.name, source.to));
        let closed = model.users.iter().map(|users| (&users.name, users.to));
        let sources: Vec<Entry> = open
            .chain(closed)
            .enumerate()
            .map(|(index, (name, to))| Entry { name: name.clone(), to: to as usize, source: Some(index) })
            .collect();
        if sources.is_empty() {
            return Err("nothing sends requests in this scenario, so nothing can be full: add `traffic`".to_owned());
        }
        let all = reached(model, sources.iter().map(|entry| entry.to));
        let Some(name) = name else { return Ok(Self { entries: sources, services: all }) };
        let names: Vec<&str> = model.services.iter().map(|service| service.name.as_str()).collect();
        let Some(service) = names.iter().position(|known| *known == name) else {
            return Err(format!("no service `{name}` in the scenario: {}", instead(name, &names)));
        };
        if !all.contains(&service) {
            return Err(format!(
                "no requests come to `{name}`: no traffic is sent to it, and nothing that traffic reaches calls it"
            ));
        }
        let entry = Entry { name: name.to_owned(), to: service, source: None };
        Ok(Self { entries: vec![entry], services: reached(model, [service].into_iter()) })
    }

    /// What each entry gave.
    pub fn given<'a>(&'a self, runs: &'a RequestRuns) -> impl Iterator<Item = &'a ServedRuns> {
        self.entries.iter().filter_map(|entry| match entry.source {
            Some(source) => runs.sources.get(source),
            None => runs.services.get(entry.to),
        })
    }

    /// What each observation gave from end to end.
    #[must_use]
    pub fn seen(&self, runs: &RequestRuns) -> Vec<Seen> {
        let entries: Vec<&[Observed]> = self.given(runs).map(|served| served.observed.as_slice()).collect();
        let observations = entries.iter().map(|entry| entry.len()).min().unwrap_or(0);
        (0..observations).map(|i| Seen::of(&entries.iter().map(|entry| &entry[i]).collect::<Vec<_>>())).collect()
    }
}

/// The services that requests to these reach, callers first.
fn reached(model: &Model, from: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut hit = vec![false; model.services.len()];
    from.for_each(|service| hit[service] = true);
    // What a service depends on comes before it in the order.
    let mut order: Vec<usize> = model.order.iter().rev().map(|&service| service as usize).collect();
    for &service in &order {
        if hit[service] {
            let calls = model.services[service].calls.iter().filter(|call| call.per_request > 0.0);
            calls.for_each(|call| hit[call.to as usize] = true);
        }
    }
    order.retain(|&service| hit[service]);
    order
}

/// What one observation gave from end to end, all entries together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seen {
    /// Mean response time of good answers, seconds.
    pub mean: Option<f64>,
    /// P99 of it, seconds; the highest of the entries.
    pub p99: Option<f64>,
    /// Fraction of the resolved requests that failed.
    pub errors: Option<f64>,
    /// Arrivals that were not resolved, less those resolved that had arrived before, as a fraction of all arrivals.
    pub shortfall: Option<f64>,
    /// Requests that arrived per second.
    pub rate: f64,
}

impl Seen {
    fn of(entries: &[&Observed]) -> Self {
        let sum = |what: usize| entries.iter().map(|entry| entry.sums[what]).sum::<f64>();
        let over = |part: f64, whole: f64| (whole > 0.0).then(|| part / whole);
        let arrived = sum(count::ARRIVED);
        let seconds = entries.iter().map(|entry| entry.sums[served::SECONDS]).fold(0.0, f64::max);
        Self {
            mean: over(sum(served::RESPONSE), sum(served::ANSWERED)),
            p99: entries.iter().filter_map(|entry| entry.p99).reduce(f64::max),
            errors: over(sum(served::FAILED), sum(served::RESOLVED)),
            shortfall: over(arrived - sum(served::RESOLVED), arrived),
            rate: over(arrived, seconds).unwrap_or(0.0),
        }
    }
}
