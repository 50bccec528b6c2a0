//! Queues as a fluid: what a service cannot carry waits, and drains when there is room again.
//!
//! Within a piece of demand all rates are constant between the instants at which a queue runs empty, fills up or gets
//! too long for a caller's patience; the piece is cut there, and every part is exact. A queue is served in order of
//! arrival, so a request that arrives at a queue of length B waits B / capacity; it is lost at once where that exceeds
//! what its caller puts up with, or where the queue is full.

use super::super::{Drawn, Observer, World};
use super::shares::calls_succeed;
use crate::model::Model;

/// Queues shorter than this, in seconds of work, are empty.
const EMPTY: f64 = 1e-9;
/// Cuts of one piece; beyond that the rest goes on with the rates of the last cut.
const MOST_CUTS: usize = 10_000;

/// Callers of a service with the longest wait they put up with; the traffic itself waits for ever.
#[derive(Debug, Clone, Default)]
struct Caller {
    from: u32,
    call: u32,
    patience: f64,
    /// Share admitted in the present part, and the share of those that succeed in the end.
    admitted: f64,
}

/// The queues of all services.
#[derive(Debug, Clone)]
pub struct Fluid {
    queues: Vec<f64>,
    anywhere: bool,
    /// Length of the present piece, seconds.
    span: f64,
    callers: Vec<Vec<Caller>>,
    /// By caller and call: the place in the callee's `callers`.
    places: Vec<Vec<usize>>,
    /// Rates of the present part, requests/s.
    arriving: Vec<f64>,
    direct: Vec<f64>,
    admitted: Vec<f64>,
    served: Vec<f64>,
    /// Share of what a service works on that succeeds at all it calls.
    ok: Vec<f64>,
}

impl Fluid {
    pub fn new(model: &Model) -> Self {
        let n = model.services.len();
        let mut callers: Vec<Vec<Caller>> = vec![Vec::new(); n];
        let mut places = Vec::new();
        for (s, service) in model.services.iter().enumerate() {
            places.push(
                service
                    .calls
                    .iter()
                    .enumerate()
                    .map(|(i, call)| {
                        callers[call.to as usize].push(Caller { from: s as u32, call: i as u32, ..Caller::default() });
                        callers[call.to as usize].len() - 1
                    })
                    .collect(),
            );
        }
        Self {
            queues: vec![0.0; n],
            anywhere: false,
            span: 1.0,
            callers,
            places,
            arriving: vec![0.0; n],
            direct: vec![0.0; n],
            admitted: vec![0.0; n],
            served: vec![0.0; n],
            ok: vec![1.0; n],
        }
    }

    /// Empties all queues.
    pub fn reset(&mut self, model: &Model, drawn: &Drawn) {
        self.queues.fill(0.0);
        self.anywhere = false;
        for (s, callers) in self.callers.iter_mut().enumerate() {
            for caller in callers {
                let call = &model.services[caller.from as usize].calls[caller.call as usize];
                caller.patience = (call.timeout - drawn.carry[s].response).max(0.0);
            }
        }
    }

    /// Whether nothing waits anywhere.
    pub fn is_empty(&self) -> bool {
        !self.anywhere
    }
}

/// Adds to the requests of each service those at what it calls and needs, in the shares in which its calls arrive there.
/// Calls of one request stand together in a queue, so `per_request` of them are one request.
fn add_to_callers(model: &Model, drawn: &Drawn, at: f64, requests: &mut [f64]) {
    let rate = |s: u32| -> f64 {
        let visits = model.services[s as usize].visits.iter().zip(&drawn.curves);
        visits.map(|(visits, curve)| visits * curve.rate(&model.demand, at)).sum()
    };
    for &caller in &model.order {
        for call in model.services[caller as usize].calls.iter().filter(|call| call.needed) {
            let below = requests[call.to as usize];
            let all = if below > 0.0 { rate(call.to) } else { 0.0 };
            if all > 0.0 {
                requests[caller as usize] += below * rate(caller) / all * call.per_request.min(1.0);
            }
        }
    }
}

impl<O: Observer> World<'_, O> {
    /// What waits at a service whose structure is down fails, and so does what waits in places that went with a replica.
    pub(super) fn drop_queues_of_failed(&mut self, at: f64) {
        if self.flow.fluid.is_empty() {
            return;
        }
        let mut lost_at = std::mem::take(&mut self.flow.fluid.direct);
        lost_at.fill(0.0);
        for s in 0..self.services.len() {
            let waiting = self.flow.fluid.queues[s];
            let room = if self.services[s].own_ok { self.model.services[s].queue * f64::from(self.services[s].up) } else { 0.0 };
            if waiting > room * (1.0 + EMPTY) {
                let lost = waiting - room;
                self.flow.fluid.queues[s] = room;
                self.flow.tallies[s].unworked += lost;
                lost_at[s] = lost;
            }
        }
        add_to_callers(self.model, &self.drawn, at, &mut lost_at);
        for (s, &lost) in lost_at.iter().enumerate() {
            self.book(s, at, at, lost, 0.0, lost, 0.0);
        }
        self.flow.fluid.direct = lost_at;
    }

    /// Requests at each service that wait, there or in what it calls.
    pub(super) fn unresolved(&mut self, at: f64) -> Vec<f64> {
        let mut waiting = self.flow.fluid.queues.clone();
        if self.flow.fluid.anywhere {
            add_to_callers(self.model, &self.drawn, at, &mut waiting);
        }
        waiting
    }

    /// A piece of demand in which something waits or may come to wait.
    pub(super) fn fluid_piece(&mut self, from: f64, to: f64) {
        let mut at = from;
        self.flow.fluid.span = to - from;
        for cut in 0..MOST_CUTS {
            self.rates();
            let next = if cut + 1 == MOST_CUTS { to } else { (at + self.until_cut()).min(to) };
            self.pass(at, next);
            at = next;
            if at >= to {
                return;
            }
        }
    }

    /// Solves the rates of all services, callers before what they call.
    fn rates(&mut self) {
        let model = self.model;
        let flow = &mut self.flow;
        let fluid = &mut flow.fluid;
        fluid.direct.fill(0.0);
        for (source, requests) in model.demand.sources.iter().zip(&flow.requests) {
            fluid.direct[source.to as usize] += requests / fluid.span;
        }
        for &s in model.order.iter().rev() {
            let s = s as usize;
            let own = flow.shares.own[s];
            let capacity = flow.capacity[s];
            let queue = fluid.queues[s];
            let room = model.services[s].queue * f64::from(self.services[s].up);
            let mut callers = std::mem::take(&mut fluid.callers[s]);
            let rate_of = |caller: &Caller, fluid: &Fluid| {
                fluid.served[caller.from as usize] * model.services[caller.from as usize].calls[caller.call as usize].per_request
            };
            fluid.arriving[s] = fluid.direct[s] + callers.iter().map(|caller| rate_of(caller, fluid)).sum::<f64>();
            // Who is admitted: all whose patience is longer than the wait. Those at whose patience the wait stands
            // are admitted as far as there is capacity left: the wait stays there.
            let wait = if queue > 0.0 { queue / capacity } else { 0.0 };
            let slack = EMPTY.max(wait * 1e-12);
            let full = queue >= room - EMPTY * capacity.min(1e18);
            let direct = fluid.direct[s] * own;
            let mut sure = if full { 0.0 } else { direct };
            let mut edge = if full { direct } else { 0.0 };
            for caller in &callers {
                let rate = rate_of(caller, fluid) * own;
                if full || (wait - caller.patience).abs() <= slack {
                    edge += if caller.patience + slack >= wait { rate } else { 0.0 };
                } else if caller.patience > wait {
                    sure += rate;
                }
            }
            let at_edge = if edge > 0.0 { ((capacity - sure) / edge).clamp(0.0, 1.0) } else { 1.0 };
            for caller in &mut callers {
                caller.admitted = own
                    * if full || (wait - caller.patience).abs() <= slack {
                        if caller.patience + slack >= wait { at_edge } else { 0.0 }
                    } else {
                        f64::from(u8::from(caller.patience > wait))
                    };
            }
            fluid.callers[s] = callers;
            fluid.admitted[s] = sure + edge * at_edge;
            fluid.served[s] = if own == 0.0 {
                0.0
            } else if queue > EMPTY * capacity.min(1e18) || fluid.admitted[s] > capacity {
                capacity
            } else {
                fluid.admitted[s]
            };
        }
        for &s in &model.order {
            let calls = model.services[s as usize].calls.iter().enumerate().filter(|(_, call)| call.needed);
            let ok = |(i, call): (usize, &crate::model::Call)| {
                let admitted = fluid.callers[call.to as usize][fluid.places[s as usize][i]].admitted;
                calls_succeed(call, admitted * fluid.ok[call.to as usize])
            };
            fluid.ok[s as usize] = calls.map(ok).product();
        }
    }

    /// Seconds until a queue runs empty, fills, or reaches a caller's patience.
    fn until_cut(&self) -> f64 {
        let fluid = &self.flow.fluid;
        let mut soonest = f64::INFINITY;
        for s in 0..self.services.len() {
            let (capacity, queue) = (self.flow.capacity[s], fluid.queues[s]);
            let grows = fluid.admitted[s] - fluid.served[s];
            if grows == 0.0 || !capacity.is_finite() {
                continue;
            }
            let room = self.model.services[s].queue * f64::from(self.services[s].up);
            let marks = fluid.callers[s].iter().map(|caller| caller.patience * capacity).chain([0.0, room]);
            for mark in marks {
                let ahead = (mark - queue) / grows;
                if ahead > EMPTY && ahead.is_finite() {
                    soonest = soonest.min(ahead);
                }
            }
        }
        soonest
    }

    /// Lets the rates of the present part run from `from` to `to`.
    fn pass(&mut self, from: f64, to: f64) {
        let length = to - from;
        let mut anywhere = false;
        for s in 0..self.services.len() {
            let n = self.flow.requests.len();
            let fluid = &mut self.flow.fluid;
            let capacity = self.flow.capacity[s];
            let mut queue = (fluid.queues[s] + (fluid.admitted[s] - fluid.served[s]) * length).max(0.0);
            if queue <= EMPTY * capacity.min(1e18) || !self.services[s].own_ok {
                queue = 0.0;
            }
            fluid.queues[s] = queue;
            anywhere |= queue > 0.0;
            let refused = fluid.arriving[s] - fluid.admitted[s];
            let unworked = refused.max(0.0) * length;
            let bad = unworked + fluid.served[s] * (1.0 - fluid.ok[s]) * length;
            let arrived = fluid.arriving[s] * length;
            let healthy: f64 = (0..n).map(|source| self.model.services[s].visits[source] * self.flow.requests[source]).sum();
            let missed = healthy / fluid.span * length - arrived;
            // Rounding alone is nothing to book.
            let noise = 1e-12 * (arrived + 1.0);
            let clean = |x: f64| if x.abs() <= noise { 0.0 } else { x };
            self.book(s, from, to, arrived, clean(missed), clean(bad), clean(unworked));
        }
        self.flow.fluid.anywhere = anywhere;
    }
}
