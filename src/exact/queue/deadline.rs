//! M/M/c+D: arrivals leave the queue when they have waited for a fixed time, as a timeout of the wait has it.

use super::erlang::Loss;
use super::numbers::{exponential_integral, mean_of_growth};

/// Poisson arrivals to several exponential servers; who has waited for a fixed time leaves unserved.
///
/// It never diverges: overload leaves. The wait offered to an arrival has the density of an M/M/c up to the deadline, and
/// who would wait longer leaves (Barrer, "Queuing with impatient customers and ordered service", *Operations Research* 5,
/// 1957; Gnedenko & Kovalenko, *Introduction to Queueing Theory*, 2nd edition, 1989, chapter 1).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Deadline {
    /// The probability that an arrival leaves unserved.
    pub left: f64,
    /// The probability that an arrival finds all servers busy.
    pub waits: f64,
    /// Mean time in the queue in seconds, of all arrivals, whether they are served or leave.
    pub wait: f64,
    /// Mean wait in seconds of those who are served.
    pub served_wait: f64,
    /// Mean number of those who wait.
    pub queue: f64,
    /// The share of time that a server is busy.
    pub utilisation: f64,
    /// Arrivals served, per second.
    pub throughput: f64,
    /// The probability that somebody who is served had to wait.
    pub served_waits: f64,
    limit: f64,
    /// Arrivals less departures per second while all servers are busy.
    growth: f64,
}

impl Deadline {
    /// For `arrivals` per second, a mean service time and a deadline in seconds, and a number of servers that need not be
    /// whole. With a deadline of 0 nobody waits (Erlang B); it may be infinite (M/M/c).
    pub fn new(arrivals: f64, service: f64, servers: f64, deadline: f64) -> Self {
        let load = arrivals * service;
        let capacity = servers / service;
        let growth = if load == 0.0 { f64::NEG_INFINITY } else { arrivals - capacity };
        let (free, queue, late) = if load == 0.0 {
            (1.0, 0.0, 0.0)
        } else if servers <= 0.0 {
            (0.0, 0.0, 1.0)
        } else if deadline.is_infinite() && growth >= 0.0 {
            (0.0, capacity / arrivals, growth / arrivals)
        } else {
            // Relative to the likelier end of the queue, times Erlang B.
            let Loss { lost, carried, .. } = Loss::new(servers, load);
            let smaller = if growth == 0.0 { 1.0 } else { libm::exp(-deadline * growth.abs()) };
            let (first, last) = if growth > 0.0 { (smaller, 1.0) } else { (1.0, smaller) };
            (carried * first, lost * capacity * exponential_integral(-growth.abs(), deadline), lost * last)
        };
        let all = free + queue + late;
        let (served, left) = ((free + queue) / all, late / all);
        let served_waits = if queue > 0.0 { queue / (free + queue) } else { 0.0 };
        let mean = if deadline.is_finite() {
            deadline * mean_of_growth(growth * deadline)
        } else if growth < 0.0 {
            -1.0 / growth
        } else {
            f64::INFINITY
        };
        let served_wait = if served_waits > 0.0 { served_waits * mean } else { 0.0 };
        let wait = served * served_wait + if left > 0.0 { left * deadline } else { 0.0 };
        Self {
            left,
            waits: (queue + late) / all,
            wait,
            served_wait,
            queue: if wait > 0.0 { arrivals * wait } else { 0.0 },
            utilisation: if load == 0.0 {
                0.0
            } else if servers > 0.0 {
                load * served / servers
            } else {
                1.0
            },
            throughput: arrivals * served,
            served_waits,
            limit: deadline,
            growth,
        }
    }

    /// The probability that somebody who is served waited longer than `t` seconds.
    pub fn served_wait_above(&self, t: f64) -> f64 {
        if t <= 0.0 || self.served_waits == 0.0 || self.served_wait.is_infinite() {
            return self.served_waits;
        }
        if t >= self.limit {
            return 0.0;
        }
        let Self { growth, limit: deadline, .. } = *self;
        let decay = -growth.abs();
        // Of the shares of the density on either side, the smaller exponentials are kept.
        let before = if growth > 0.0 { 1.0 } else { libm::exp(growth * t) };
        self.served_waits * before * exponential_integral(decay, deadline - t) / exponential_integral(decay, deadline)
    }

    /// The wait in seconds that the share `p` of those who are served does not exceed.
    pub fn served_wait_quantile(&self, p: f64) -> f64 {
        let share = (1.0 - p) / self.served_waits;
        if self.served_waits == 0.0 || share >= 1.0 {
            return 0.0;
        }
        let Self { growth, limit: deadline, .. } = *self;
        let span = growth * deadline;
        if growth == 0.0 {
            deadline * (1.0 - share)
        } else if growth > 0.0 {
            if deadline.is_infinite() { deadline } else { deadline + libm::log1p(share * libm::expm1(-span)) / growth }
        } else {
            libm::log(share + (1.0 - share) * libm::exp(span)) / growth
        }
    }
}
