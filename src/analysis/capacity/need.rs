//! How many replicas a service needs for a load, and what load its replicas sustain.
//!
//! A load is sustained where no more requests than the standard allows find a full queue or wait too long in the steady state
//! ([`Fleet`]: Erlang C and its relatives).

use crate::dist::Cumulants;
use crate::exact::queue::Fleet;
use crate::model::{Counts, Model, Resource, Work};
use crate::sim::Drawn;

/// The share of requests that may be late where no objective says more: that of a critical service.
const LATE: f64 = 1e-3;
/// A promise of 100% is no standard for a queue.
const LEAST: f64 = 1e-6;
/// More replicas than this are no plan.
const MOST: u32 = 1_000_000;

/// What a service has to keep at every moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standard {
    /// The share of its requests that may find a full queue or wait for longer.
    pub late: f64,
    /// How long they may wait, seconds.
    pub wait: f64,
}

/// The standard of each service, from the objectives on requests and the timeouts of calls: callers hand theirs on to what they
/// call and need.
#[must_use]
pub fn standards(model: &Model, drawn: &Drawn) -> Vec<Standard> {
    let mut all = vec![Standard { late: LATE, wait: f64::INFINITY }; model.services.len()];
    let mut promised = vec![f64::INFINITY; all.len()];
    let response = |s: usize| drawn.carry[s].response;
    for objective in model.objectives.iter().filter(|objective| objective.counts != Counts::Time) {
        let s = objective.service as usize;
        promised[s] = promised[s].min((1.0 - objective.target).max(LEAST));
        all[s].wait = all[s].wait.min(objective.latency - response(s));
    }
    for &caller in model.order.iter().rev() {
        let caller = caller as usize;
        for call in model.services[caller].calls.iter().filter(|call| call.per_request > 0.0) {
            let to = call.to as usize;
            all[to].wait = all[to].wait.min(call.timeout - response(to));
            if call.needed {
                all[to].wait = all[to].wait.min(all[caller].wait);
                promised[to] = promised[to].min(promised[caller] / call.per_request.max(1.0));
            }
        }
    }
    for (s, standard) in all.iter_mut().enumerate() {
        if promised[s].is_finite() {
            standard.late = promised[s];
        }
        // Where nobody gives up, a queue with an end limits the wait, and one without needs a limit.
        if standard.wait.is_infinite() && model.services[s].queue.is_infinite() {
            standard.wait = busy(model, drawn, s).mean;
        }
        standard.wait = standard.wait.max(0.0);
    }
    all
}

/// How long a request keeps a server, its held calls included.
fn busy(model: &Model, drawn: &Drawn, s: usize) -> Cumulants {
    let service = &model.services[s];
    match &service.work {
        Work::Unlimited => Cumulants::ZERO,
        Work::Rate(rate) => Cumulants::constant(1.0 / rate.get(&drawn.draws)),
        Work::Servers { time, .. } => {
            let own = time.drawn(&drawn.draws).map_or_else(|| time.law.cumulants(), |law| law.cumulants());
            let held = service.calls.iter().filter(|call| call.held);
            let held = held.map(|call| call.per_request * drawn.carry[call.to as usize].response.min(call.timeout)).sum();
            own.plus(Cumulants::constant(held))
        }
    }
}

/// A service as a queue, for one draw of the uncertain numbers.
#[derive(Debug, Clone)]
pub struct Line<'m> {
    fleet: Fleet,
    standard: Standard,
    resources: &'m [Resource],
    draws: &'m [f64],
}

impl<'m> Line<'m> {
    /// None where nothing limits it.
    #[must_use]
    pub fn of(model: &'m Model, drawn: &'m Drawn, s: usize, standard: Standard) -> Option<Self> {
        let service = &model.services[s];
        let servers = match &service.work {
            Work::Unlimited if service.resources.is_empty() || service.active() == 0 => return None,
            Work::Unlimited => f64::INFINITY,
            Work::Rate(_) => 1.0,
            Work::Servers { concurrency, .. } => *concurrency,
        };
        let fleet = Fleet {
            balance: service.serving.balance,
            replicas: 1.0,
            servers,
            places: service.queue,
            service: busy(model, drawn, s),
            gaps: 1.0,
            limit: f64::INFINITY,
        };
        Some(Self { fleet, standard, resources: &service.resources, draws: &drawn.draws })
    }

    /// Requests that a replica has room for at the same time: the least of its concurrency and its resources.
    #[must_use]
    pub fn servers(&self, t: f64) -> f64 {
        self.resources.iter().map(|resource| resource.room(self.draws, t)).fold(self.fleet.servers, f64::min)
    }

    /// What allows for the fewest of them: a resource by its place, none where it is the concurrency.
    #[must_use]
    pub fn binding(&self, t: f64) -> Option<usize> {
        let rooms = self.resources.iter().map(|resource| resource.room(self.draws, t)).enumerate();
        rooms.filter(|room| room.1 < self.fleet.servers).min_by(|a, b| a.1.total_cmp(&b.1)).map(|room| room.0)
    }

    /// From when on a replica has no room for a single request, seconds after the start.
    #[must_use]
    pub fn full(&self) -> f64 {
        self.resources.iter().map(|resource| resource.full(self.draws, 1.0)).fold(f64::INFINITY, f64::min)
    }

    /// Whether so many replicas of so many servers sustain a load, requests/s.
    #[must_use]
    pub fn sustains(&self, replicas: u32, servers: f64, load: f64) -> bool {
        if servers < 1.0 || replicas == 0 {
            return load <= 0.0;
        }
        let fleet = Fleet { replicas: f64::from(replicas), servers, ..self.fleet };
        let capacity = fleet.capacity();
        if capacity.is_infinite() {
            return true;
        }
        if load >= capacity {
            // Beyond it the queue grows, or so much is lost.
            return fleet.places.is_finite() && load * (1.0 - self.standard.late) <= capacity && self.kept(&fleet, load);
        }
        self.kept(&fleet, load)
    }

    fn kept(&self, fleet: &Fleet, load: f64) -> bool {
        let steady = fleet.steady(load);
        let longer = if self.standard.wait <= 0.0 || steady.waits <= 0.0 {
            1.0
        } else if self.standard.wait.is_infinite() {
            0.0
        } else {
            Cumulants::gamma(steady.wait, steady.cv).above(self.standard.wait)
        };
        steady.full + (1.0 - steady.full) * steady.waits * longer <= self.standard.late
    }

    /// The fewest replicas that sustain a load; none where no number does.
    #[must_use]
    pub fn need(&self, servers: f64, load: f64) -> Option<u32> {
        let one = Fleet { servers, ..self.fleet }.capacity();
        if servers < 1.0 {
            return (load <= 0.0).then_some(1);
        }
        let mut low = (load / one).floor().clamp(0.0, f64::from(MOST)) as u32;
        let mut step = 1;
        let mut high = low + 1;
        while !self.sustains(high, servers, load) {
            low = high;
            step *= 2;
            high += step;
            if high > MOST {
                return None;
            }
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if self.sustains(middle, servers, load) { high = middle } else { low = middle }
        }
        Some(high)
    }

    /// The highest load that so many replicas sustain, requests/s; infinite where nothing limits it.
    #[must_use]
    pub fn sustained(&self, replicas: u32, servers: f64) -> f64 {
        let capacity = Fleet { replicas: f64::from(replicas), servers, ..self.fleet }.capacity();
        if servers < 1.0 || replicas == 0 {
            return 0.0;
        }
        if capacity.is_infinite() {
            return f64::INFINITY;
        }
        let (mut low, mut high) = (0.0, capacity / (1.0 - self.standard.late));
        for _ in 0..48 {
            let middle = f64::midpoint(low, high);
            if self.sustains(replicas, servers, middle) { low = middle } else { high = middle }
        }
        low
    }
}
