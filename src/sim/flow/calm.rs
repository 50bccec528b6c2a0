//! Calm: conditions in which no queue matters, so that what is served and lost is linear in the demand.
//!
//! Such a condition is solved once, at the mean rates of the sources, and kept: most of what happens in a year happens again.

use super::condition::{Condition, Pool, mix};
use super::net::{Net, Node};
use super::rows::{Row, row};
use super::state::State;
use super::times::Times;
use crate::dist::Cumulants;
use crate::exact::queue::Fleet;

/// A share of requests so small is none.
const NO_LOSS: f64 = 1e-9;
/// A wait this short, relative to the response time of the slowest service that leads to it, is none.
const NO_WAIT: f64 = 0.05;
/// Conditions that are kept.
const KEPT: usize = 64;

/// What a condition of all services comes to while it is calm.
#[derive(Debug, Clone, Default)]
pub struct Calm {
    key: u64,
    /// By service and source: requests that come for one of the source.
    pub reach: Vec<f64>,
    /// By service: what is counted for one request that comes.
    pub each: Vec<Row>,
    /// By service: how long good answers take.
    pub good: Vec<Times>,
    /// Services for which something differs from the healthy condition.
    pub touched: Vec<u32>,
}

impl Calm {
    /// Solves a condition at the given rates.
    pub fn solve(&mut self, net: &Net, state: &mut State, conditions: &[Condition], rates: &[f64]) {
        let n = rates.len();
        state.reset();
        state.solve(net, conditions, rates, f64::INFINITY);
        self.each.clear();
        self.good.clear();
        state.rows(net, rates, |_, counted, service, good| {
            let each = if service.arrivals > 0.0 { counted.map(|value| value / service.arrivals) } else { [0.0; row::N] };
            self.each.push(each);
            self.good.push(*good);
        });
        self.reach.clear();
        self.reach.resize(net.nodes.len() * n, 0.0);
        let solved = state.services.clone();
        let mut alone = vec![0.0; n];
        for source in 0..n {
            if n > 1 {
                state.services.clone_from(&solved);
                alone.fill(0.0);
                alone[source] = rates[source];
                state.ask(net, &alone, 1.0);
            }
            for (s, service) in state.services.iter().enumerate() {
                self.reach[s * n + source] = if rates[source] > 0.0 { service.arrivals / rates[source] } else { 0.0 };
            }
        }
        state.forget();
    }

    /// Notes where this differs from `healthy`.
    fn compare(&mut self, healthy: &Self) {
        let n = self.reach.len() / self.each.len().max(1);
        let differs = |a: &[f64], b: &[f64]| a.iter().zip(b).any(|(a, b)| (a - b).abs() > 1e-12 * a.abs().max(b.abs()));
        let reach = |calm: &Self, s: usize| calm.reach[s * n..(s + 1) * n].to_vec();
        let touched = (0..self.each.len())
            .filter(|&s| differs(&self.each[s], &healthy.each[s]) || differs(&reach(self, s), &reach(healthy, s)));
        self.touched = touched.map(|s| s as u32).collect();
    }

    /// Requests of a service for so many of each source.
    pub fn requests(&self, s: usize, asked: &[f64]) -> f64 {
        let n = asked.len();
        self.reach[s * n..(s + 1) * n].iter().zip(asked).map(|(reach, asked)| reach * asked).sum()
    }
}

/// Calm conditions that were met before.
#[derive(Debug, Clone)]
pub struct Kept {
    entries: Vec<Calm>,
    next: usize,
}

impl Kept {
    /// None yet.
    pub fn new() -> Self {
        Self { entries: Vec::new(), next: 0 }
    }

    /// Forgets all: the numbers have changed.
    pub fn clear(&mut self) {
        self.entries.iter_mut().for_each(|entry| entry.key = 0);
        self.next = 0;
    }

    /// The place of a condition, solved now if it was not met before.
    pub fn find(
        &mut self,
        (net, conditions): (&Net, &[Condition]),
        unusual: &[u32],
        state: &mut State,
        healthy: &Calm,
        rates: &[f64],
    ) -> usize {
        let key = unusual.iter().fold(1, |key, &s| key ^ mix(conditions[s as usize].signature() ^ mix(u64::from(s)))).max(1);
        if let Some(place) = self.entries.iter().position(|entry| entry.key == key) {
            return place;
        }
        let place = self.next % KEPT;
        self.next += 1;
        if place == self.entries.len() {
            self.entries.push(Calm::default());
        }
        let entry = &mut self.entries[place];
        entry.key = key;
        entry.solve(net, state, conditions, rates);
        entry.compare(healthy);
        place
    }

    /// A condition by its place.
    pub fn get(&self, place: usize) -> &Calm {
        &self.entries[place]
    }
}

/// The greatest rate at which replicas of a service neither lose requests nor let them wait for a time that matters.
pub fn calm_rate(node: &Node, held: Cumulants, pool: &Pool) -> f64 {
    if node.servers.is_infinite() {
        return f64::INFINITY;
    }
    if pool.replicas <= 0.0 {
        return 0.0;
    }
    let service = node.own.scaled(1.0 / pool.speed.max(1e-9)).plus(held);
    let fleet = Fleet {
        balance: node.balance,
        replicas: pool.replicas,
        servers: node.servers,
        places: super::pools::places(node, service.mean),
        service,
        gaps: node.gaps,
        limit: node.limit,
    };
    let calm = |rate: f64| {
        let steady = fleet.steady(rate);
        steady.full <= NO_LOSS && steady.mean() <= NO_WAIT * node.above
    };
    let (mut low, mut high) = (0.0, fleet.capacity());
    if high.is_infinite() {
        return f64::INFINITY;
    }
    for _ in 0..24 {
        let middle = f64::midpoint(low, high);
        if calm(middle) { low = middle } else { high = middle }
    }
    low
}
