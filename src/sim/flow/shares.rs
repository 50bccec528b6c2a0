//! Shares of requests that fail while nothing waits: linear in the demand, so solved once for each state.

use crate::model::{Call, Model};

/// Per service and source, for one request of the source.
#[derive(Debug, Clone)]
pub struct Shares {
    /// Share of the arriving requests that the service itself can serve.
    pub own: Vec<f64>,
    /// Share of the arriving requests that succeed, calls included.
    pub ok: Vec<f64>,
    /// Requests that arrive at a service for one of each source (`service * sources + source`).
    pub reach: Vec<f64>,
    /// By objective: the share of requests that fail only by failures it leaves out.
    pub spared: Vec<f64>,
    /// Room for structures as they would be.
    pub imagined: Vec<bool>,
    /// Room for services that serve all or nothing: what each can serve itself, and what comes of it.
    whole: Vec<f64>,
    room: Vec<f64>,
    sources: usize,
}

impl Shares {
    /// All served, for a model's services and sources.
    pub fn new(model: &Model) -> Self {
        let (n, sources) = (model.services.len(), model.demand.sources.len());
        Self {
            own: vec![1.0; n],
            ok: vec![1.0; n],
            reach: vec![0.0; n * sources],
            spared: vec![0.0; model.objectives.len()],
            imagined: vec![true; n],
            whole: vec![1.0; n],
            room: vec![1.0; n],
            sources,
        }
    }

    /// From `own` to `ok` and `reach`.
    pub fn solve(&mut self, model: &Model) {
        succeed(model, &self.own, &mut self.ok);
        let n = self.sources;
        self.reach.fill(0.0);
        for (source, traffic) in model.demand.sources.iter().enumerate() {
            self.reach[traffic.to as usize * n + source] = 1.0;
        }
        for &s in model.order.iter().rev() {
            for call in &model.services[s as usize].calls {
                for source in 0..n {
                    self.reach[call.to as usize * n + source] +=
                        self.reach[s as usize * n + source] * self.own[s as usize] * call.per_request;
                }
            }
        }
    }

    /// The share of a service's requests that succeed where services serve all or nothing.
    pub fn structural(&mut self, model: &Model, s: usize, own_ok: impl Fn(usize) -> bool) -> f64 {
        for (u, own) in self.whole.iter_mut().enumerate() {
            *own = f64::from(u8::from(own_ok(u)));
        }
        succeed(model, &self.whole, &mut self.room);
        self.room[s]
    }
}

/// The share of requests that succeed at each service, given what each can serve itself.
fn succeed(model: &Model, own: &[f64], ok: &mut [f64]) {
    for &s in &model.order {
        let calls = model.services[s as usize].calls.iter().filter(|call| call.needed);
        ok[s as usize] = own[s as usize] * calls.map(|call| calls_succeed(call, ok[call.to as usize])).product::<f64>();
    }
}

/// The chance that all calls of one request to one callee succeed, where each does with chance `ok`: 2.5 a request are
/// two, and a third for half of the requests.
pub fn calls_succeed(call: &Call, ok: f64) -> f64 {
    let whole = call.per_request.floor();
    let part = call.per_request - whole;
    libm::pow(ok, whole) * (1.0 - part + part * ok)
}
