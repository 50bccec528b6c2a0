//! M/M/c, and every queue like it: an arrival waits with some probability, and then for an exponential time.

use super::erlang::erlang_c;
use super::numbers::falls_to;

/// A queue without end in front of exponential servers: an arrival waits with a probability, then for an exponential time.
///
/// So it is in M/M/c ([`Waiting::mmc`]) and in GI/M/c ([`super::round_robin`]), and approximately where the least busy of several
/// replicas is chosen ([`super::least_busy`]). Where the load reaches the number of servers the queue grows without bound: every
/// arrival waits, for an infinite time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Waiting {
    /// The share of time that a server is busy.
    pub utilisation: f64,
    /// Departures per second.
    pub throughput: f64,
    /// The probability that an arrival must wait.
    pub waits: f64,
    /// Mean wait in seconds, of all arrivals.
    pub wait: f64,
    /// Mean number of those who wait.
    pub queue: f64,
    /// Mean service time in seconds.
    service: f64,
    /// One over the mean wait of those who wait, per second.
    rate: f64,
}

impl Waiting {
    /// M/M/c: `arrivals` per second, a Poisson stream, that wait first come first served for one of `servers` with an
    /// exponential service time of mean `service` seconds. The number of servers need not be whole, and may be infinite.
    ///
    /// Who waits does so for an exponential time of rate (servers − load)/service (Kleinrock, *Queueing Systems*, volume 1,
    /// 1975, section 3.5; Gross et al., *Fundamentals of Queueing Theory*, 4th edition, 2008, section 2.3).
    pub fn mmc(arrivals: f64, service: f64, servers: f64) -> Self {
        let load = arrivals * service;
        if load > 0.0 && load >= servers {
            return Self::overloaded(service, servers);
        }
        let waits = if load == 0.0 { 0.0 } else { erlang_c(servers, load) };
        Self::new(arrivals, service, servers, waits, (servers - load) / service)
    }

    /// Servers that keep up with their load: who waits, with probability `waits`, does so at this rate.
    pub(super) fn new(arrivals: f64, service: f64, servers: f64, waits: f64, rate: f64) -> Self {
        let load = arrivals * service;
        let utilisation = if load == 0.0 { 0.0 } else { load / servers };
        let wait = if waits == 0.0 { 0.0 } else { waits / rate };
        Self { utilisation, throughput: arrivals, waits, wait, queue: arrivals * wait, service, rate }
    }

    /// Servers that do not.
    pub(super) fn overloaded(service: f64, servers: f64) -> Self {
        let (wait, throughput) = (f64::INFINITY, servers / service);
        Self { utilisation: 1.0, throughput, waits: 1.0, wait, queue: wait, service, rate: 0.0 }
    }

    /// Mean time in seconds from arrival to departure.
    pub fn response(&self) -> f64 {
        self.wait + self.service
    }

    /// The probability that an arrival waits longer than `t` seconds.
    pub fn wait_above(&self, t: f64) -> f64 {
        if self.waits == 0.0 { 0.0 } else { self.waits * libm::exp(-self.rate * t) }
    }

    /// The wait in seconds that the share `p` of arrivals does not exceed.
    pub fn wait_quantile(&self, p: f64) -> f64 {
        let late = 1.0 - p;
        if self.waits <= late { 0.0 } else { libm::log(self.waits / late) / self.rate }
    }

    /// The probability that an arrival is not done after `t` seconds.
    ///
    /// A wait that is zero or exponential, then an exponential service: the sum is written so that it holds where both rates
    /// are equal, and nothing cancels where they nearly are.
    pub fn response_above(&self, t: f64) -> f64 {
        if self.service == 0.0 {
            return self.wait_above(t);
        }
        let rate = 1.0 / self.service;
        let gap = (self.rate - rate).abs() * t;
        let shape = if gap == 0.0 { 1.0 } else { -libm::expm1(-gap) / gap };
        let served = libm::exp(-rate * t);
        if self.waits == 0.0 {
            return served;
        }
        served + self.waits * rate * t * libm::exp(-rate.min(self.rate) * t) * shape
    }

    /// The time in seconds from arrival to departure that the share `p` of arrivals does not exceed.
    pub fn response_quantile(&self, p: f64) -> f64 {
        if self.wait.is_infinite() || self.service == 0.0 {
            return self.wait;
        }
        falls_to(|t| self.response_above(t), 1.0 - p, self.response())
    }
}
