//! For objectives that leave failures out: the share of requests that fail by those alone, by structure.

use crate::model::{Call, Model};

/// Room to ask what structures would do.
#[derive(Debug, Clone, Default)]
pub struct Shares {
    /// By objective: the share of requests that fail only by failures it leaves out.
    pub spared: Vec<f64>,
    /// Structures as they would be.
    pub imagined: Vec<bool>,
    ok: Vec<f64>,
}

impl Shares {
    /// For a model's services and objectives.
    pub fn new(model: &Model) -> Self {
        let n = model.services.len();
        Self { spared: vec![0.0; model.objectives.len()], imagined: vec![true; n], ok: vec![1.0; n] }
    }

    /// The share of a service's requests that succeed where services serve all or nothing.
    pub fn structural(&mut self, model: &Model, s: usize, own_ok: impl Fn(usize) -> bool) -> f64 {
        for &u in &model.order {
            let u = u as usize;
            let calls = model.services[u].calls.iter().filter(|call| call.needed);
            let succeed: f64 = calls.map(|call| calls_succeed(call, self.ok[call.to as usize])).product();
            self.ok[u] = f64::from(u8::from(own_ok(u))) * succeed;
        }
        self.ok[s]
    }
}

/// The chance that all calls of one request to one callee succeed, where each does with chance `ok`: 2.5 a request are
/// two, and a third for half of the requests.
fn calls_succeed(call: &Call, ok: f64) -> f64 {
    let whole = call.per_request.floor();
    let part = call.per_request - whole;
    libm::pow(ok, whole) * (1.0 - part + part * ok)
}
