//! M/M/c/K: a queue with a limited number of places in front of several servers.

use super::erlang::Loss;
use super::numbers::{falls_to, geometric, ln_poisson, ln_ratio, mean_of_growth};

/// Poisson arrivals to several exponential servers and a queue of limited length: who finds it full is lost.
///
/// With K = servers + places. All sums over states have a closed form, relative to the state with all servers busy and an
/// empty queue, scaled by its largest; so neither a load far above 1 nor 10⁶ places overflow, and no time is lost on them.
/// Formulas: Gross et al., *Fundamentals of Queueing Theory*, 4th edition, 2008, section 2.5.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mmck {
    /// The probability that an arrival finds the queue full and is lost.
    pub lost: f64,
    /// The probability that an arrival that is admitted must wait.
    pub waits: f64,
    /// Mean wait in seconds, of those admitted.
    pub wait: f64,
    /// Mean number of those who wait.
    pub queue: f64,
    /// The share of time that a server is busy.
    pub utilisation: f64,
    /// Departures per second.
    pub throughput: f64,
    load: f64,
    service: f64,
    servers: f64,
    places: f64,
    /// ln of the load of a server.
    growth: f64,
    /// ln of the probability that all servers are busy and nobody waits.
    ln_full: f64,
}

impl Mmck {
    /// For `arrivals` per second, a mean service time of `service` seconds, a number of servers, and a number of places in
    /// the queue, which may be infinite. Neither number need be whole: between whole numbers the results are interpolated
    /// smoothly.
    pub fn new(arrivals: f64, service: f64, servers: f64, places: f64) -> Self {
        let load = arrivals * service;
        let places = if places < ENDLESS { places } else { f64::INFINITY };
        let growth = if load > 0.0 && servers > 0.0 { ln_ratio(load, servers) } else { 0.0 };
        let idle = Self {
            lost: 0.0,
            waits: 0.0,
            wait: 0.0,
            queue: 0.0,
            utilisation: 0.0,
            throughput: arrivals,
            load,
            service,
            servers,
            places,
            growth,
            ln_full: f64::NEG_INFINITY,
        };
        if load == 0.0 {
            return idle;
        }
        if servers <= 0.0 || places == f64::INFINITY && growth >= 0.0 {
            // All that is queued stays there, or the queue grows without bound.
            let lost = if places == f64::INFINITY { 0.0 } else { 1.0 };
            let throughput = servers / service;
            return Self { lost, waits: 1.0, wait: f64::INFINITY, queue: places, utilisation: 1.0, throughput, ..idle };
        }
        let loss = Loss::new(servers, load);
        // Below load 1 relative to the state with an empty queue, above it relative to the full one; times Erlang B.
        let ratio = load / servers;
        let (empty, last) = if growth <= 0.0 { (1.0, libm::exp(places * growth)) } else { (libm::exp(-places * growth), 1.0) };
        let free = loss.carried * empty;
        let queueing = loss.lost * if growth <= 0.0 { geometric(places, growth) } else { geometric(places, -growth) / ratio };
        let full = loss.lost * last;
        let all = free + queueing + full;
        let admitted = (free + queueing) / all;
        let waits = if places > 0.0 { queueing / (free + queueing) } else { 0.0 };
        let wait = waits * mean_place(places, growth) * service / servers;
        Self {
            lost: full / all,
            waits,
            wait,
            queue: arrivals * admitted * wait,
            utilisation: ratio * admitted,
            throughput: arrivals * admitted,
            ln_full: loss.ln_lost - places * growth.max(0.0) - libm::log(all),
            ..idle
        }
    }

    /// The probability that `n` are in the system, waiting or in service; for whole numbers of servers and places.
    pub fn state(&self, n: u64) -> f64 {
        let n = n as f64;
        if n > self.servers + self.places {
            0.0
        } else if n > self.servers {
            libm::exp(self.ln_full + (n - self.servers) * self.growth)
        } else if self.load == 0.0 {
            if n == 0.0 { 1.0 } else { 0.0 }
        } else {
            libm::exp(self.ln_full + ln_poisson(n, self.load) - ln_poisson(self.servers, self.load))
        }
    }

    /// Mean time in seconds from arrival to departure, of those admitted.
    pub fn response(&self) -> f64 {
        self.wait + self.service
    }

    /// The probability that an arrival that is admitted waits longer than `t` seconds.
    ///
    /// Who finds j waiting waits for j + 1 departures, an Erlang time. Summed over j, and with Poisson probabilities for the
    /// Erlang tails, all terms are positive; some √(t × service rate) of them matter.
    pub fn wait_above(&self, t: f64) -> f64 {
        if t <= 0.0 || self.waits == 0.0 || self.wait.is_infinite() {
            return self.waits;
        }
        let departures = t * self.servers / self.service;
        let ratio = self.load / self.servers;
        let drain = departures * (1.0 - ratio).max(0.0);
        if self.places == f64::INFINITY {
            return self.waits * libm::exp(-drain);
        }
        // The number of departures, thinned below load 1, and what is left of the queue after n of them.
        let mean = departures * ratio.min(1.0);
        let decay = -self.growth.abs();
        let last = libm::ceil(self.places) - 1.0;
        let most_likely = libm::floor(mean).min(last);
        let (mut n, mut term) = (most_likely, 1.0);
        while n < last && term > 1e-18 {
            n += 1.0;
            term *= mean / n;
        }
        let factor = libm::exp(decay);
        let mut rest = geometric(self.places - n, decay);
        let mut sum = term * rest;
        while n > 0.0 && (n > mean || term * rest > 1e-18 * sum) {
            term *= n / mean;
            n -= 1.0;
            rest = 1.0 + factor * rest;
            sum += term * rest;
        }
        let scale = libm::exp(ln_poisson(most_likely, mean) - drain);
        self.waits * scale * sum / geometric(self.places, decay)
    }

    /// The wait in seconds that the share `p` of those admitted does not exceed.
    pub fn wait_quantile(&self, p: f64) -> f64 {
        if self.waits <= 1.0 - p {
            return 0.0;
        }
        falls_to(|t| self.wait_above(t), 1.0 - p, self.wait)
    }
}

/// So many places are never filled.
const ENDLESS: f64 = 1e15;

/// Mean of 1 … n where k has weight r^k, with ln r = `growth`: what whoever waits has to see depart.
fn mean_place(n: f64, growth: f64) -> f64 {
    let z = n * growth;
    let body = if z < -50.0 { -1.0 / growth } else { n * mean_of_growth(z) };
    body + mean_of_growth(-growth)
}
