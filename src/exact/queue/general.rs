//! Queues whose times are not exponential: what is exact, and one approximation.

use super::numbers::{integrals, ln_1p_less, ln_poisson};
use super::sums::{Below, exceeds};
use super::waiting::Waiting;

/// Mean wait in seconds in M/G/1, first come first served: exact (Pollaczek 1930, Khinchine 1932; Kleinrock, *Queueing
/// Systems*, volume 1, 1975, section 5.6).
///
/// For `arrivals` per second and a service time of mean `service` seconds, whose standard deviation is `cv` of the mean.
/// Infinite where the load is 1 or more.
pub fn mg1_wait(arrivals: f64, service: f64, cv: f64) -> f64 {
    let load = arrivals * service;
    if load == 0.0 {
        0.0
    } else if load < 1.0 {
        load * service * (1.0 + cv * cv) / (2.0 * (1.0 - load))
    } else {
        f64::INFINITY
    }
}

/// Mean wait in seconds in G/G/c, approximately: the wait in M/M/c times half the sum of the squared coefficients of variation
/// of the times between arrivals and of service (Allen, *Probability, Statistics and Queueing Theory*, 2nd edition, 1990,
/// section 5.3; with Cunneen).
///
/// Exact for M/M/c and M/G/1. For fixed service times and c servers it is too low: see the table of [`super`].
pub fn ggc_wait(arrivals: f64, service: f64, servers: f64, cv_arrivals: f64, cv_service: f64) -> f64 {
    let factor = 0.5 * (cv_arrivals * cv_arrivals + cv_service * cv_service);
    let wait = Waiting::mmc(arrivals, service, servers).wait;
    if factor == 0.0 { 0.0 } else { factor * wait }
}

/// What waits for several servers with a fixed service time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mdc {
    /// The probability that an arrival must wait.
    pub waits: f64,
    /// Mean wait in seconds, of all arrivals.
    pub wait: f64,
}

impl Mdc {
    /// M/D/c, first come first served: exact, for a whole number of servers (Crommelin, "Delay probability formulae when the
    /// holding times are constant", *P.O. Electrical Engineers' Journal* 25, 1932; here by Spitzer's identity for the random
    /// walk of every c-th arrival: Spitzer, "A combinatorial lemma", *Trans. AMS* 82, 1956).
    ///
    /// For `arrivals` per second that are each served for `service` seconds. A reference, not for inner loops: it
    /// takes some hundred microseconds. Infinite where the load is the number of servers or more.
    pub fn new(arrivals: f64, service: f64, servers: f64) -> Self {
        let load = arrivals * service;
        if load == 0.0 {
            return Self { waits: 0.0, wait: 0.0 };
        }
        if load >= servers {
            return Self { waits: 1.0, wait: f64::INFINITY };
        }
        let term = |k: f64| {
            let equal = libm::exp(ln_poisson(k * servers, k * load));
            let sums = Below::new(k * servers, k * load);
            [equal * (1.0 / k + load * sums.sum), equal * load * sums.weighted]
        };
        let [positive, mean] = series(term, servers, load);
        Self { waits: -libm::expm1(-positive), wait: mean / arrivals }
    }
}

/// Σ f(k) over k ≥ 1 for smooth f that fall as e^(−k·c(ρ − 1 − ln ρ)): the first terms one by one, the others by the
/// Euler–Maclaurin formula (Abramowitz & Stegun 23.1.30).
fn series(f: impl Fn(f64) -> [f64; 2], servers: f64, load: f64) -> [f64; 2] {
    const FIRST: u32 = 256;
    let end = 40.0 / -(servers * ln_1p_less((load - servers) / servers));
    let from = f64::from(FIRST);
    let mut sums = [0.0; 2];
    for k in 1..FIRST.min((end as u32).saturating_add(2)) {
        let terms = f(f64::from(k));
        (0..2).for_each(|i| sums[i] += terms[i]);
    }
    if end > from {
        let (low, high) = (libm::log(from), libm::log(end));
        let stretched = |v: f64| f(libm::exp(v)).map(|term| libm::exp(v) * term);
        let rest = integrals(stretched, low, high, libm::ceil(high - low) as usize);
        let (before, at, after) = (f(from - 1.0), f(from), f(from + 1.0));
        (0..2).for_each(|i| sums[i] += rest[i] + 0.5 * at[i] - (after[i] - before[i]) / 24.0);
    }
    sums
}

/// Mean time in seconds from arrival to departure of who brings `work` seconds of service to M/G/1 with processor sharing,
/// where the load of the server is `load`, whatever the law of the service time: exact (Kleinrock, *Queueing Systems*, volume
/// 2, 1976, section 4.4). The mean of all is that of the mean work. Infinite where the load is 1 or more.
pub fn shared_response(work: f64, load: f64) -> f64 {
    if load < 1.0 { work / (1.0 - load) } else { f64::INFINITY }
}

/// The probability that more than `n` are in service in M/G/∞, where nobody waits, whatever the law of the service time: their
/// number is Poisson with the load for its mean (Takács, *Introduction to the Theory of Queues*, 1962, chapter 3).
pub fn busy_above(load: f64, n: u64) -> f64 {
    exceeds(n as f64, load)
}
