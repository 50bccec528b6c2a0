//! Erlang's two formulas, for any number of servers that is not negative, and what they say of how many are needed.

use super::numbers::ln_poisson;
use super::sums::{Below, above, is_below};
use super::waiting::Waiting;

/// What becomes of arrivals where nobody can wait, each to full relative precision.
#[derive(Debug, Clone, Copy)]
pub(super) struct Loss {
    /// Erlang B.
    pub lost: f64,
    /// One minus Erlang B.
    pub carried: f64,
    /// ln of Erlang B, also where that is below the smallest double.
    pub ln_lost: f64,
}

impl Loss {
    pub(super) fn new(servers: f64, load: f64) -> Self {
        if servers <= 0.0 {
            Self { lost: 1.0, carried: 0.0, ln_lost: 0.0 }
        } else if servers == 1.0 {
            let carried = 1.0 / (1.0 + load);
            Self { lost: load * carried, carried, ln_lost: libm::log(load * carried) }
        } else if servers.is_infinite() {
            Self { lost: 0.0, carried: 1.0, ln_lost: f64::NEG_INFINITY }
        } else if is_below(servers, load) {
            let ln_full = ln_poisson(servers, load);
            let full = libm::exp(ln_full);
            let up_to = 1.0 - full * load * Below::new(servers, load).sum;
            let lost = full / up_to;
            Self { lost, carried: 1.0 - lost, ln_lost: ln_full - libm::log(up_to) }
        } else {
            let free = above(servers, load);
            Self { lost: 1.0 / (1.0 + free), carried: free / (1.0 + free), ln_lost: -libm::log1p(free) }
        }
    }
}

/// Erlang B: the probability that an arrival finds all servers busy and is lost, in M/G/c/c.
///
/// `load` is arrivals per second times the mean service time; the law of the service time does not matter. `servers` need
/// not be whole: 1/B(x, a) = a ∫₀^∞ e^(−a·t)(1 + t)ˣ dt continues the formula (Jagerman, "Some properties of the Erlang loss
/// function", *Bell System Technical Journal* 53, 1974; Jagers & Van Doorn, "On the continued Erlang loss function",
/// *Operations Research Letters* 5, 1986). Without servers everything is lost.
pub fn erlang_b(servers: f64, load: f64) -> f64 {
    Loss::new(servers, load).lost
}

/// Erlang C: the probability that an arrival must wait, in M/M/c; 1 where the load is `servers` or more.
///
/// From Erlang B as B/((1 − ρ) + ρB) with ρ the load of a server, so that nothing cancels near load 1 (Cooper, *Introduction
/// to Queueing Theory*, 2nd edition, 1981, section 3.4). `servers` need not be whole, as for [`erlang_b`].
pub fn erlang_c(servers: f64, load: f64) -> f64 {
    if load >= servers {
        return 1.0;
    }
    let lost = erlang_b(servers, load);
    let utilisation = if servers.is_infinite() { 0.0 } else { load / servers };
    let spare = if servers.is_infinite() { 1.0 } else { (servers - load) / servers };
    lost / (spare + utilisation * lost)
}

/// The fewest servers that lose at most the share `blocking` of arrivals (M/G/c/c); `None` for a share of 0 or less.
pub fn servers_for_blocking(load: f64, blocking: f64) -> Option<u64> {
    fewest(load, blocking, |servers| erlang_b(servers, load) <= blocking)
}

/// The fewest servers with which at most the share `late` of arrivals waits longer than `within` seconds (M/M/c); with
/// `within` of 0 it is the share that waits at all. `None` where no number of servers does.
pub fn servers_for_wait(arrivals: f64, service: f64, within: f64, late: f64) -> Option<u64> {
    fewest(arrivals * service, late, |servers| Waiting::mmc(arrivals, service, servers).wait_above(within) <= late)
}

/// The fewest servers with which the mean wait is at most `wait` seconds (M/M/c); `None` where no number of servers does.
pub fn servers_for_mean_wait(arrivals: f64, service: f64, wait: f64) -> Option<u64> {
    fewest(arrivals * service, wait, |servers| Waiting::mmc(arrivals, service, servers).wait <= wait)
}

/// The greatest load of which `servers` lose at most the share `blocking` (M/G/c/c): what they can be offered.
pub fn load_for_blocking(servers: f64, blocking: f64) -> f64 {
    greatest(servers.max(1.0), |load| erlang_b(servers, load) <= blocking)
}

/// The greatest rate of arrivals, per second, of which at most the share `late` waits longer than `within` seconds (M/M/c):
/// what `servers` with a mean service time of `service` seconds can sustain.
pub fn arrivals_for_wait(service: f64, servers: f64, within: f64, late: f64) -> f64 {
    greatest(servers / service, |arrivals| Waiting::mmc(arrivals, service, servers).wait_above(within) <= late)
}

/// The fewest servers that meet a target which more servers meet the better: doubling the distance from the load, then
/// halving. No number reaches a target of 0.
fn fewest(load: f64, target: f64, meets: impl Fn(f64) -> bool) -> Option<u64> {
    if load > 0.0 && target <= 0.0 {
        return None;
    }
    let (mut low, mut high, mut step) = (-1.0, libm::floor(load).max(0.0), 1.0);
    while !meets(high) {
        (low, high, step) = (high, high + step, 2.0 * step);
        if high.is_nan() || high > 9e15 {
            return None;
        }
    }
    while high - low > 1.0 {
        let middle = libm::floor(0.5 * (low + high));
        if meets(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(high as u64)
}

/// The greatest argument that meets a target which a smaller one meets the better, to rounding.
fn greatest(guess: f64, meets: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, guess);
    while meets(high) {
        low = high;
        high *= 2.0;
        if !high.is_finite() {
            return f64::INFINITY;
        }
    }
    while high - low > 2.0 * f64::EPSILON * high {
        let middle = 0.5 * (low + high);
        if meets(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}
