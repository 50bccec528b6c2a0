//! Requests as a rate: what is served, lost or late between two events.
//!
//! Three levels, of which each is left only for what it cannot tell:
//!
//! - *Healthy.* What the system does while nothing is broken is known for the whole horizon ([`healthy`]), once for each draw of
//!   the numbers that load depends on. Nothing is computed for it while events pass.
//! - *Calm.* Something is broken, and no queue matters: what is served and lost is linear in the demand, with shares that are
//!   solved once for each condition and kept ([`calm`]).
//! - *Followed.* Queues matter: the interval is cut at the pieces of demand and the state of load is followed ([`follow`]), from
//!   where it stood, until it has settled in a condition of one of the other levels.
//!
//! Where something is broken but neither requests nor times are affected, as when one of many replicas is down, it counts as
//! healthy. What is booked are differences to the healthy system.
//!
//! The state of load itself is in [`state`]: queues by their formulas, calls end to end, retries as a fixed point.

mod account;
mod calls;
mod calm;
mod condition;
mod course;
mod finish;
mod follow;
mod healthy;
mod looks;
mod lost;
mod net;
mod part;
mod pools;
mod rows;
mod shares;
mod standing;
mod state;
#[cfg(test)]
mod steps;
mod times;
mod undisturbed;

use std::collections::VecDeque;

use super::Drawn;
use crate::dist::Cumulants;
use crate::model::{Curve, Model};
use calm::{Kept, calm_rate};
use condition::{Condition, Pool};
use follow::Follower;
use healthy::{Healthy, Making};
use net::Net;
use shares::Shares;

pub use course::{look_on, next_look};
pub use rows::{Lengths, Row, row};
pub use undisturbed::{ScaledPiece, Undisturbed};

/// Failed replicas of a service that still get requests.
#[derive(Debug, Clone, Default)]
pub struct Rotation {
    /// (when they leave, on the simulation's clock; how many), in order.
    pub leaving: VecDeque<(f64, u32)>,
    /// How many of them there are.
    pub failed: u32,
}

/// Next to no load, as a part of the usual one.
const NO_LOAD: f64 = 1e-6;

/// How a service stands to what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Standing {
    /// As it should be, or nobody asks it.
    #[default]
    Usual,
    /// It has fewer or more replicas than it should have.
    Fewer,
    /// Requests fail or are slow whatever the demand.
    Broken,
}

/// The state of all requests.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each says something of its own")]
pub struct Flow {
    /// Some traffic exists.
    pub active: bool,
    /// Services with a health check that requests reach, ascending.
    pub checked: Vec<u32>,
    /// By service.
    pub rotations: Vec<Rotation>,
    /// By service: it matters to some request, or something that depends on it does.
    matters: Vec<bool>,
    /// Accounted up to here, seconds after the start.
    last: f64,
    /// The numbers that load depends on are known: they and the healthy system are made once.
    known: bool,
    made: bool,
    net: Net,
    healthy: Healthy,
    kept: Kept,
    follower: Follower,
    conditions: Vec<Condition>,
    /// By service: replicas that serve in the healthy system now.
    usual: Vec<f64>,
    /// Room for all services as they should be.
    before: Vec<Condition>,
    /// By service: how long calls keep a server while all is well.
    held: Vec<Cumulants>,
    standings: Vec<Standing>,
    /// Services that are not as they should be, ascending.
    unusual: Vec<u32>,
    broken_count: u32,
    /// The greatest rate at which each service is calm as it stands, and those known so far, by replicas and speed.
    calm_rates: Vec<f64>,
    known_rates: Vec<Vec<(Pool, f64)>>,
    /// Upper bound of the demand over the horizon.
    highest: Vec<f64>,
    /// Services that may be asked for more than they can do calmly, as they stand.
    tight: Vec<bool>,
    tight_count: u32,
    /// The place of the present condition among those kept; `None` where it has changed.
    entry: Option<usize>,
    /// The load is not that of the healthy system nor settled: it must be followed.
    astray: bool,
    /// By service: what differs from the healthy system.
    tallies: Vec<Row>,
    /// By service: times of good answers and waits that are counted apart, and the good answers and begun requests of the healthy
    /// system in their place.
    apart: Vec<[Lengths; 2]>,
    replaced: Vec<[f64; 2]>,
    /// By service: times of good answers and waits of all replications since they were last taken.
    lengths: Vec<[Lengths; 2]>,
    /// How finely changes are followed.
    coarse: f64,
    shares: Shares,
    /// Requests of each source in the present piece, and their rates.
    asked: Vec<f64>,
    rates: Vec<f64>,
    /// Rates of the sources in proportion to their means over the horizon, at which every service is calm.
    usual_rates: Vec<f64>,
}

impl Flow {
    /// With room for a model's services and sources.
    pub fn new(model: &Model) -> Self {
        let n = model.services.len();
        let sources = model.demand.sources.len();
        let load = |path: &str| path.starts_with("traffic.") || path.starts_with("services.");
        Self {
            active: !model.demand.is_empty(),
            checked: (0..n).filter(|&s| model.services[s].health_check > 0.0 && is_reached(model, s)).map(|s| s as u32).collect(),
            rotations: vec![Rotation::default(); n],
            matters: model.services.iter().map(|service| service.reach.iter().any(|&s| is_reached(model, s as usize))).collect(),
            known: !model.parameters.iter().any(|parameter| load(&parameter.path)),
            kept: Kept::default(),
            conditions: model.services.iter().map(|service| Condition::plain(f64::from(service.active()))).collect(),
            usual: vec![0.0; n],
            before: vec![Condition::plain(0.0); n],
            standings: vec![Standing::Usual; n],
            calm_rates: vec![f64::INFINITY; n],
            known_rates: vec![Vec::new(); n],
            highest: vec![0.0; n],
            tight: vec![false; n],
            tallies: vec![[0.0; row::N]; n],
            apart: vec![Default::default(); n],
            replaced: vec![[0.0; 2]; n],
            lengths: vec![Default::default(); n],
            shares: Shares::new(model),
            asked: vec![0.0; sources],
            rates: vec![0.0; sources],
            usual_rates: vec![0.0; sources],
            ..Self::idle(model)
        }
    }

    /// One that follows nothing: requests are the business of somebody else.
    pub fn idle(model: &Model) -> Self {
        Self {
            active: false,
            checked: Vec::new(),
            rotations: Vec::new(),
            matters: Vec::new(),
            last: 0.0,
            known: true,
            made: false,
            net: Net::default(),
            healthy: Healthy::default(),
            kept: Kept::default(),
            follower: Follower::default(),
            conditions: Vec::new(),
            usual: Vec::new(),
            before: Vec::new(),
            held: Vec::new(),
            standings: Vec::new(),
            unusual: Vec::new(),
            broken_count: 0,
            calm_rates: Vec::new(),
            known_rates: Vec::new(),
            highest: Vec::new(),
            tight: Vec::new(),
            tight_count: 0,
            entry: None,
            astray: false,
            tallies: Vec::new(),
            apart: Vec::new(),
            replaced: Vec::new(),
            lengths: Vec::new(),
            coarse: follow::COARSE,
            shares: Shares::new(model),
            asked: Vec::new(),
            rates: Vec::new(),
            usual_rates: Vec::new(),
        }
    }

    /// Everything healthy at `start` seconds (negative with a warm-up).
    pub fn reset(&mut self, model: &Model, drawn: &Drawn, start: f64) {
        if !self.active {
            return;
        }
        self.last = start;
        for rotation in &mut self.rotations {
            rotation.leaving.clear();
            rotation.failed = 0;
        }
        for ((usual, condition), service) in self.usual.iter_mut().zip(&mut self.conditions).zip(&model.services) {
            *usual = f64::from(service.active());
            *condition = Condition::plain(*usual);
        }
        self.standings.fill(Standing::Usual);
        self.unusual.clear();
        self.broken_count = 0;
        self.entry = None;
        if !(self.made && self.known) {
            self.make(model, drawn);
        }
        for (place, &s) in self.healthy.course.scaled.iter().enumerate() {
            self.usual[s as usize] = f64::from(self.healthy.course.first(place));
            self.conditions[s as usize] = Condition::plain(self.usual[s as usize]);
        }
        self.tight_count = 0;
        for s in 0..self.tight.len() {
            self.calm_rates[s] = self.rate_of(s);
            self.tight[s] = self.calm_rates[s] < self.highest[s];
            self.tight_count += u32::from(self.tight[s]);
        }
        self.astray = false;
        self.forget();
    }

    /// Makes all that depends on the draw of the numbers.
    fn make(&mut self, model: &Model, drawn: &Drawn) {
        self.made = true;
        self.net = Net::new(model, &drawn.draws);
        self.follower = Follower::new(&self.net);
        self.known_rates.iter_mut().for_each(Vec::clear);
        let mean = |curve: &Curve| curve.total(&model.demand, model.horizon) / model.horizon;
        self.usual_rates.iter_mut().zip(&drawn.curves).for_each(|(rate, curve)| *rate = mean(curve).max(1e-9));
        // First with next to no load, to know how much of it is calm; then as near to the usual load as that allows.
        self.usual_rates.iter_mut().for_each(|rate| *rate *= NO_LOAD);
        self.solve_calm(model, drawn);
        let more = self.net.nodes.iter().enumerate().map(|(s, _)| {
            let asked = self.healthy.calm.requests(s, &self.usual_rates);
            if asked > 0.0 { 0.5 * self.calm_rates[s] / asked } else { f64::INFINITY }
        });
        let more = more.fold(1.0 / NO_LOAD, f64::min).max(1.0);
        self.usual_rates.iter_mut().for_each(|rate| *rate *= more);
        self.solve_calm(model, drawn);
        let making = Making {
            model,
            net: &self.net,
            curves: &drawn.curves,
            conditions: &self.conditions,
            draws: &drawn.draws,
            calm_rates: &self.calm_rates,
            coarse: self.coarse,
            held: &self.held,
            base: (&self.kept.base, &self.usual_rates),
        };
        self.healthy.follow(&making, &mut self.follower);
    }

    /// What requests meet while all is healthy and calm.
    fn solve_calm(&mut self, model: &Model, drawn: &Drawn) {
        self.healthy = Healthy::new(model, &self.net, &mut self.follower, &self.conditions, &self.usual_rates);
        self.kept.begin(&self.follower.state, &self.conditions, &self.healthy.calm);
        self.held = self.follower.state.services.iter().map(|service| service.held).collect();
        self.known_rates.iter_mut().for_each(Vec::clear);
        let n = drawn.curves.len();
        for s in 0..self.net.nodes.len() {
            let reach = &self.healthy.calm.reach[s * n..(s + 1) * n];
            self.highest[s] = reach.iter().zip(&drawn.curves).map(|(reach, curve)| reach * curve.highest()).sum();
            self.calm_rates[s] = self.rate_of(s);
        }
    }

    /// Measuring begins.
    pub fn measure_from(&mut self, now: f64) {
        self.forget();
        self.last = self.last.max(now);
    }

    fn forget(&mut self) {
        self.tallies.fill([0.0; row::N]);
        self.replaced.fill([0.0; 2]);
        self.apart.iter_mut().flatten().for_each(Lengths::clear);
    }

    /// Times of good answers and waits of each service since they were last taken.
    pub fn take_lengths(&mut self) -> &mut [[Lengths; 2]] {
        &mut self.lengths
    }

    /// The greatest rate at which a service is calm as it stands.
    fn rate_of(&mut self, s: usize) -> f64 {
        let condition = &self.conditions[s];
        let (all, node, held) = (condition.up(), &self.net.nodes[s], self.held[s]);
        if node.servers.is_infinite() {
            return f64::INFINITY;
        }
        if all <= 0.0 {
            return if condition.ok || node.waits { 0.0 } else { f64::INFINITY };
        }
        if let Some(place) = self.healthy.course.place(s).filter(|_| condition.is_plain()) {
            return self.healthy.course.calm_rate(&self.net, &self.held, place, all as u32);
        }
        let known = &mut self.known_rates[s];
        let mut least = f64::INFINITY;
        for pool in condition.pools() {
            let same = |(other, _): &&(Pool, f64)| other.replicas == pool.replicas && other.speed == pool.speed;
            let rate = if let Some((_, rate)) = known.iter().find(same) {
                *rate
            } else {
                let rate = calm_rate(node, held, pool);
                known.push((*pool, rate));
                rate
            };
            least = least.min(rate * all / pool.replicas.max(f64::MIN_POSITIVE));
        }
        least
    }

    /// The condition of a service has changed: how it stands now, and what it can do calmly.
    fn review(&mut self, model: &Model, s: usize) {
        let condition = &self.conditions[s];
        let standing = if !is_reached(model, s) {
            Standing::Usual
        } else if !condition.is_plain() {
            Standing::Broken
        } else if condition.up() == self.usual[s] || self.net.nodes[s].servers.is_infinite() {
            Standing::Usual
        } else {
            Standing::Fewer
        };
        let before = std::mem::replace(&mut self.standings[s], standing);
        self.broken_count += u32::from(standing == Standing::Broken);
        self.broken_count -= u32::from(before == Standing::Broken);
        let place = self.unusual.binary_search(&(s as u32));
        match (standing == Standing::Usual, place) {
            (true, Ok(place)) => {
                self.unusual.remove(place);
            }
            (false, Err(place)) => self.unusual.insert(place, s as u32),
            _ => {}
        }
        self.entry = None;
        if let Some(place) = self.healthy.course.place(s) {
            // What the healthy system does is left where either is not calm.
            let usual = self.healthy.course.calm_rate(&self.net, &self.held, place, self.usual[s] as u32);
            self.calm_rates[s] = self.rate_of(s).min(usual);
        } else if standing != Standing::Usual || before != Standing::Usual {
            self.calm_rates[s] = self.rate_of(s);
        }
        let tight = self.calm_rates[s] < self.highest[s];
        if tight != self.tight[s] {
            self.tight[s] = tight;
            if tight { self.tight_count += 1 } else { self.tight_count -= 1 }
        }
    }
}

/// Whether requests reach a service.
fn is_reached(model: &Model, s: usize) -> bool {
    model.services[s].visits.iter().any(|&visits| visits > 0.0)
}
