//! What a replica can carry, and how long a request takes in an unloaded system.

use super::{Model, Timing, Value};

/// What one request costs a replica.
#[derive(Debug, Clone)]
pub enum Work {
    /// Nothing limits it, and a request takes no time.
    Unlimited,
    /// Requests/s of one replica, from a load test.
    Rate(Value),
    /// The time that a request keeps one of `concurrency` servers busy.
    Servers {
        /// The time that a request keeps a server busy, its calls aside unless they are held.
        time: Timing,
        /// Requests that one replica works on at the same time.
        concurrency: f64,
    },
}

/// What the work of a service comes to for one draw of the uncertain numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Carry {
    /// Requests/s that one replica can carry; infinite where nothing limits it.
    pub capacity: f64,
    /// Mean time of a request without any waiting, the calls it makes included, seconds.
    pub response: f64,
}

impl Model {
    /// What each service can carry. A server that is held during calls is busy for their (unloaded) time too.
    #[must_use]
    pub fn carry(&self, draws: &[f64]) -> Vec<Carry> {
        let mut carry = vec![Carry { capacity: f64::INFINITY, response: 0.0 }; self.services.len()];
        for &s in &self.order {
            let service = &self.services[s as usize];
            let calls = |held_only: bool| -> f64 {
                let calls = service.calls.iter().filter(|call| call.held || !held_only);
                calls.map(|call| call.per_request * carry[call.to as usize].response.min(call.timeout)).sum()
            };
            let (own, capacity) = match &service.work {
                Work::Unlimited => (0.0, f64::INFINITY),
                Work::Rate(rate) => (0.0, rate.get(draws)),
                Work::Servers { time, concurrency } => {
                    let own = time.drawn(draws).map_or(time.law.mean(), |law| law.mean());
                    (own, concurrency / (own + calls(true)))
                }
            };
            carry[s as usize] = Carry { capacity, response: own + calls(false) };
        }
        carry
    }
}
