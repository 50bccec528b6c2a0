//! Calm: conditions in which no queue matters, so that what is served and lost is linear in the demand.
//!
//! Such a condition is solved once, at the mean rates of the sources, and kept: most of what happens in a year happens again. Only
//! what is broken counts, and only what that can reach is solved, from where the healthy system stands; of a service that merely
//! has fewer replicas nothing is lost while it is calm.

use std::collections::BTreeMap;

use super::condition::{Condition, Pool, mix};
use super::net::{Net, Node};
use super::rows::{Row, row};
use super::state::{Noted, State};
use super::times::Times;
use crate::dist::Cumulants;
use crate::exact::queue::Fleet;

/// A share of requests so small is none.
const NO_LOSS: f64 = 1e-9;
/// A wait this short, relative to the response time of the slowest service that leads to it, is none.
const NO_WAIT: f64 = 0.05;
/// Services of all conditions that are kept.
const KEPT: usize = 1 << 15;
/// Turns after which the healthy system has found its state to the last digit.
const TURNS: usize = 20;

/// What a condition of some services comes to while it is calm.
#[derive(Debug, Clone, Default)]
pub struct Calm {
    /// The services for which something differs from the healthy system, ascending; of that, all.
    pub services: Vec<u32>,
    /// By service of these and source: requests that come for one of the source.
    pub reach: Vec<f64>,
    /// By service of these: what is counted for one request that comes.
    pub each: Vec<Row>,
    /// By service of these: how long good answers take.
    pub good: Vec<Times>,
}

impl Calm {
    /// The healthy system, where the sources ask at `rates`.
    pub fn healthy(net: &Net, state: &mut State, conditions: &[Condition], rates: &[f64]) -> Self {
        state.reset(net, &net.order);
        for _ in 0..TURNS {
            let before = state.arrivals();
            state.solve(net, conditions, rates, f64::INFINITY);
            if before == state.arrivals() {
                break;
            }
        }
        let n = rates.len();
        let mut calm = Self { reach: vec![0.0; net.nodes.len() * n], ..Self::default() };
        reach(net, state, &net.order, n, &mut calm.reach);
        for s in 0..net.nodes.len() {
            calm.services.push(s as u32);
            calm.add(net, state, s);
        }
        calm
    }

    /// Notes what a service does for each request that comes.
    fn add(&mut self, net: &Net, state: &State, s: usize) {
        let (counted, good) = state.row_of(net, s);
        let arrivals = state.services[s].arrivals;
        self.each.push(if arrivals > 0.0 { counted.map(|value| value / arrivals) } else { [0.0; row::N] });
        self.good.push(good);
    }

    /// Forgets the service added last, unless something differs from the healthy system; answers whether it does.
    fn differs(&mut self, s: usize, reach: &[f64], healthy: &Self) -> bool {
        let n = reach.len();
        let off = |a: &[f64], b: &[f64]| a.iter().zip(b).any(|(a, b)| (a - b).abs() > 1e-12 * a.abs().max(b.abs()));
        let differs = self.each.last().is_some_and(|each| off(each, &healthy.each[s]));
        let differs = differs || off(reach, &healthy.reach[s * n..(s + 1) * n]);
        if !differs {
            self.each.pop();
            self.good.pop();
        }
        differs
    }

    /// The place of a service among those for which something differs.
    pub fn place(&self, s: usize) -> Option<usize> {
        self.services.binary_search(&(s as u32)).ok()
    }

    /// Requests of the service at a place for so many of each source.
    pub fn requests(&self, place: usize, asked: &[f64]) -> f64 {
        let n = asked.len();
        self.reach[place * n..(place + 1) * n].iter().zip(asked).map(|(reach, asked)| reach * asked).sum()
    }
}

/// By service of a part and source: requests that come for one of the source, where those of all others are known.
fn reach(net: &Net, state: &State, part: &[u32], n: usize, reach: &mut [f64]) {
    for s in part.iter().rev().map(|&s| s as usize) {
        for (source, &asked) in net.asked.iter().enumerate() {
            reach[s * n + source] = f64::from(u8::from(asked as usize == s));
        }
        for i in net.callers[s].iter().map(|&i| i as usize) {
            let (from, passed_on) = (net.sites[i].from, state.passed_on(net, i));
            for source in 0..n {
                reach[s * n + source] += passed_on * reach[from * n + source];
            }
        }
    }
}

/// Calm conditions that were met before.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// The healthy system, which is changed for a moment and given back.
    pub base: State,
    /// Its services as they should be.
    usual: Vec<Condition>,
    /// Room for what a change reaches, and for what comes to it.
    noted: Noted,
    reach: Vec<f64>,
    entries: Vec<Calm>,
    places: BTreeMap<u64, usize>,
    /// Services of all entries.
    size: usize,
}

impl Kept {
    /// None yet: the healthy system has changed.
    pub fn begin(&mut self, state: &State, conditions: &[Condition], healthy: &Calm) {
        self.forget();
        self.base.clone_from(state);
        self.usual.clear();
        self.usual.extend_from_slice(conditions);
        self.reach.clone_from(&healthy.reach);
    }

    fn forget(&mut self) {
        self.entries.clear();
        self.places.clear();
        self.size = 0;
    }

    /// The place of a condition, in which the services `broken`, ascending, are; solved now if it was not met before.
    pub fn find(
        &mut self,
        net: &Net,
        conditions: &[Condition],
        broken: &(impl Iterator<Item = u32> + Clone),
        healthy: &Calm,
        rates: &[f64],
    ) -> usize {
        let key = broken.clone().fold(0, |key, s| key ^ mix(conditions[s as usize].signature() ^ mix(u64::from(s))));
        if let Some(place) = self.places.get(&key) {
            return *place;
        }
        if self.size > KEPT {
            self.forget();
        }
        let is_broken = |s: usize| broken.clone().any(|broken| broken as usize == s);
        let entry = self.solve(net, conditions, is_broken, healthy, rates);
        self.size += entry.services.len() + 1;
        self.entries.push(entry);
        self.places.insert(key, self.entries.len() - 1);
        self.entries.len() - 1
    }

    fn solve(
        &mut self,
        net: &Net,
        conditions: &[Condition],
        is_broken: impl Fn(usize) -> bool,
        healthy: &Calm,
        rates: &[f64],
    ) -> Calm {
        let mut part = net.part(&is_broken);
        let Self { base, usual, noted, reach: come, .. } = self;
        let n = rates.len();
        base.note(net, &part, noted);
        let condition = |s: usize| if is_broken(s) { &conditions[s] } else { &usual[s] };
        base.solve_part(net, &part, condition, rates, f64::INFINITY);
        reach(net, base, &part, n, come);
        let (mut calm, in_order) = (Calm::default(), part.clone());
        part.sort_unstable();
        for &s in &part {
            let of_it = s as usize * n..(s as usize + 1) * n;
            calm.add(net, base, s as usize);
            if calm.differs(s as usize, &come[of_it.clone()], healthy) {
                calm.services.push(s);
                calm.reach.extend_from_slice(&come[of_it.clone()]);
            }
            come[of_it.clone()].copy_from_slice(&healthy.reach[of_it]);
        }
        base.give_back(net, &in_order, noted);
        calm
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
