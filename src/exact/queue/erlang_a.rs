//! M/M/c+M, or Erlang A: arrivals leave the queue when their patience, an exponential time, is at its end.

use super::erlang::Loss;
use super::numbers::{falls_to, integrals, ln_poisson};
use super::sums::{Below, exceeds, is_below};

/// Poisson arrivals to several exponential servers; who has waited for an exponential patience leaves unserved.
///
/// It never diverges: overload leaves. The queue is a birth-and-death chain whose sums are incomplete gamma functions (Palm,
/// "Research on telephone traffic carried by full availability groups", *Tele* 1, 1957; Mandelbaum & Zeltyn, "Service
/// engineering in action: the Palm/Erlang-A queue", 2007).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ErlangA {
    /// The probability that an arrival leaves unserved.
    pub left: f64,
    /// The probability that an arrival finds all servers busy.
    pub waits: f64,
    /// Mean time in the queue in seconds, of all arrivals, whether they are served or leave.
    pub wait: f64,
    /// Mean number of those who wait.
    pub queue: f64,
    /// The share of time that a server is busy.
    pub utilisation: f64,
    /// Arrivals served, per second.
    pub throughput: f64,
    /// The probability that somebody who is served had to wait.
    pub served_waits: f64,
    arrivals: f64,
    /// Departures per second while all servers are busy.
    capacity: f64,
    patience: f64,
}

/// What the states weigh, relative to each other.
struct Weights {
    /// A server is free.
    free: f64,
    /// All are busy and nobody waits.
    full: f64,
    /// Somebody waits.
    queue: f64,
    /// Departures for want of patience over arrivals.
    leaving: f64,
}

impl ErlangA {
    /// For `arrivals` per second, a mean service time and a mean patience in seconds, and a number of servers that need not be
    /// whole. With a patience of 0 nobody waits (Erlang B); it may be infinite (M/M/c).
    pub fn new(arrivals: f64, service: f64, servers: f64, patience: f64) -> Self {
        let load = arrivals * service;
        let capacity = servers / service;
        if load == 0.0 || servers <= 0.0 {
            let (left, wait) = if load == 0.0 { (0.0, 0.0) } else { (1.0, patience) };
            return Self {
                left,
                waits: left,
                wait,
                queue: if left == 0.0 { 0.0 } else { arrivals * wait },
                utilisation: left,
                throughput: if left == 0.0 { arrivals } else { 0.0 },
                served_waits: 0.0,
                arrivals,
                capacity,
                patience,
            };
        }
        let Weights { free, full, queue, leaving } = weights(Loss::new(servers, load), arrivals, capacity, patience);
        let all = free + full + queue;
        let ratio = load / servers;
        let left = leaving / all;
        let served = free + queue / ratio;
        let wait = if patience.is_finite() {
            patience * left
        } else if arrivals < capacity {
            (full + queue) / all / (capacity - arrivals)
        } else {
            f64::INFINITY
        };
        Self {
            left,
            waits: (full + queue) / all,
            wait,
            queue: arrivals * wait,
            utilisation: (ratio * free + queue) / all,
            throughput: arrivals * served / all,
            served_waits: queue / ratio / served,
            arrivals,
            capacity,
            patience,
        }
    }

    /// The probability that somebody who is served waited longer than `t` seconds.
    ///
    /// The wait offered to an arrival has a density proportional to exp(λp(1 − e^(−t/p)) − μt), with arrivals λ and departures
    /// μ per second and patience p, and is served with probability e^(−t/p) (Baccelli & Hebuterne, "On queues with impatient
    /// customers", *Performance* 1981). What remains after t is an incomplete gamma function.
    pub fn served_wait_above(&self, t: f64) -> f64 {
        if t <= 0.0 || self.served_waits == 0.0 {
            return self.served_waits;
        }
        let Self { arrivals, capacity, patience, .. } = *self;
        if patience.is_infinite() {
            return self.served_waits * libm::exp((arrivals - capacity).min(0.0) * t);
        }
        let (x, y) = (capacity * patience, arrivals * patience);
        let z = y * libm::exp(-t / patience);
        let left = if is_below(x, y) {
            // Both are sums below: their leading factors are divided before they can underflow.
            let lost = -libm::expm1(-t / patience);
            let fall = y * lost - (capacity + 1.0 / patience) * t;
            libm::exp(fall) * Below::new(x, z).sum / Below::new(x, y).sum
        } else {
            exceeds(x, z) / exceeds(x, y)
        };
        self.served_waits * left
    }

    /// The wait in seconds that the share `p` of those who are served does not exceed.
    pub fn served_wait_quantile(&self, p: f64) -> f64 {
        if self.served_waits <= 1.0 - p {
            return 0.0;
        }
        let guess = if self.patience.is_finite() { self.patience } else { 1.0 / (self.capacity - self.arrivals).abs() };
        falls_to(|t| self.served_wait_above(t), 1.0 - p, guess)
    }

    /// Mean wait in seconds of those who are served, by quadrature over the density of [`ErlangA::served_wait_above`].
    pub fn served_wait(&self) -> f64 {
        let Self { arrivals, capacity, patience, .. } = *self;
        if self.served_waits == 0.0 || patience == 0.0 {
            return 0.0;
        }
        if patience.is_infinite() {
            return if arrivals < capacity { self.served_waits / (capacity - arrivals) } else { f64::INFINITY };
        }
        // In units of patience: exp(−(x + 1)u + y(1 − e^(−u))), which has its peak at 0 or at ln(y/(x + 1)).
        let (rate, y) = (capacity * patience + 1.0, arrivals * patience);
        let peak = libm::log(y / rate).max(0.0);
        let height = y * libm::exp(-peak);
        let fall = |u: f64| (rate - height) * (u - peak) + height * (libm::expm1(peak - u) + (u - peak));
        let density = |u: f64| {
            let density = libm::exp(-fall(u));
            [density, u * density]
        };
        let bell = libm::sqrt(80.0 / height);
        let from = (peak - bell).max(0.0);
        let to = peak + (40.0 / (rate - height).max(0.0)).min(bell + 40.0 / height);
        let panels = |length: f64| libm::ceil(length / bell.min(1.5)).max(1.0) as usize;
        let before = integrals(density, from, peak, panels(peak - from));
        let after = integrals(density, peak, to, panels(to - peak));
        self.served_waits * patience * (before[1] + after[1]) / (before[0] + after[0])
    }
}

fn weights(loss: Loss, arrivals: f64, capacity: f64, patience: f64) -> Weights {
    let Loss { lost, carried, .. } = loss;
    if patience.is_infinite() {
        let ratio = arrivals / capacity;
        return if ratio < 1.0 {
            Weights { free: carried, full: lost, queue: lost * arrivals / (capacity - arrivals), leaving: 0.0 }
        } else {
            Weights { free: 0.0, full: 0.0, queue: 1.0, leaving: 1.0 - 1.0 / ratio }
        };
    }
    let (x, y) = (capacity * patience, arrivals * patience);
    if is_below(x, y) {
        let sums = Below::new(x, y);
        Weights { free: carried, full: lost, queue: lost * y * sums.sum, leaving: lost * sums.weighted }
    } else {
        // Overload: relative to the likeliest states, where what leaves is what arrives and is not served.
        let scale = libm::exp(ln_poisson(x, y));
        let queue = lost * exceeds(x, y);
        let full = lost * scale;
        Weights { free: carried * scale, full, queue, leaving: full + queue * (y - x) / y }
    }
}
