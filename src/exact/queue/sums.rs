//! The two sums that every formula with many servers comes down to, fast and to full precision for any number of servers.
//!
//! Both are integrals that also make sense for a number x of servers that is not whole. Below the load, [`Below`]; above
//! it, [`above`]. In each the terms are positive and fall from the first on. With fewer than [`LARGE`] servers they are summed
//! until they are negligible (some 8·√x of them at most); with more the integral is evaluated by a Gauss rule, so that 10⁵
//! servers take no longer than 4,000.

use super::numbers::{integrals, ln_1p_less, ln_poisson};

/// From here on the Gauss rule is faster than the sum.
const LARGE: f64 = 4000.0;
/// A load up to which the sum below is used whatever x is: it converges quickly, and the sum above does not.
const SMALL: f64 = 1.5;
/// e^(−40) is negligible.
const FAR: f64 = 40.0;

/// Whether [`Below`] is the sum for this load, else it is [`above`].
pub(super) fn is_below(x: f64, load: f64) -> bool {
    load <= x.max(SMALL)
}

/// Sums over j ≥ 1 with terms aʲ⁻¹/((x + 1)(x + 2)…(x + j)), for a load a no greater than x.
///
/// a·`sum`·e^(−a)·aˣ/Γ(x + 1) is the regularised incomplete gamma function P(x + 1, a) (Abramowitz & Stegun 6.5.29): the
/// probability that a Poisson variable of mean a exceeds x.
#[derive(Debug, Clone, Copy)]
pub(super) struct Below {
    /// The sum of the terms, which is ∫₀¹ e^(a·u)(1 − u)ˣ du.
    pub sum: f64,
    /// The sum of j times the jth term, which is ∫₀¹ (1 + a·u) e^(a·u)(1 − u)ˣ du.
    pub weighted: f64,
}

impl Below {
    pub(super) fn new(x: f64, load: f64) -> Self {
        if x < LARGE || load < 0.9 * x {
            let (mut term, mut j) = (1.0 / (x + 1.0), 1.0);
            let (mut sum, mut weighted) = (term, term);
            while term * j > 1e-17 * weighted {
                j += 1.0;
                term *= load / (x + j);
                sum += term;
                weighted += j * term;
            }
            return Self { sum, weighted };
        }
        let slope = x - load;
        let end = (2.0 * FAR / (slope + libm::sqrt(slope * slope + 2.0 * FAR * x))).min(1.0);
        let density = |u: f64| {
            let density = libm::exp(x * ln_1p_less(-u) - slope * u);
            [density, u * density]
        };
        let [sum, moment] = integrals(density, 0.0, end, 1);
        Self { sum, weighted: sum + load * moment }
    }
}

/// x/a + x(x − 1)/a² + x(x − 1)(x − 2)/a³ + … for a load a above x: 1/B − 1 with Erlang's blocking probability B.
///
/// For x that is not whole the sum ends in a continued fraction, and all of it is x ∫₀^∞ e^(−a·t)(1 + t)^(x−1) dt (Jagerman,
/// "Some properties of the Erlang loss function", *Bell System Technical Journal* 53, 1974).
pub(super) fn above(x: f64, load: f64) -> f64 {
    if x >= LARGE {
        let power = x - 1.0;
        let slope = load - power;
        // ln(1 + t) − t is at most −0.75·t²/2 as far as this reaches.
        let end = 2.0 * FAR / (slope + libm::sqrt(slope * slope + 1.5 * FAR * power));
        let [integral] = integrals(|t| [libm::exp(power * ln_1p_less(t) - slope * t)], 0.0, end, 1);
        return x * integral;
    }
    let inverse = 1.0 / load;
    let (mut term, mut sum, mut left) = (1.0, 0.0, x);
    while left >= 1.0 {
        term *= left * inverse;
        sum += term;
        left -= 1.0;
        if term < 1e-17 * sum {
            return sum;
        }
    }
    if left > 0.0 { sum + term * fraction(left, load) } else { sum }
}

/// 1/B − 1 for less than one server, by Legendre's continued fraction of the incomplete gamma function (Abramowitz & Stegun
/// 6.5.31), written so that nothing cancels. The load must be above [`SMALL`].
fn fraction(x: f64, load: f64) -> f64 {
    let levels = libm::ceil(FRACTION / load) + 6.0;
    let level = |k: f64| load - x + 2.0 * k;
    let (mut k, mut value) = (levels, level(levels));
    while k > 1.0 {
        value = level(k - 1.0) + k * (x + 1.0 - k) / value;
        k -= 1.0;
    }
    x * (1.0 - 1.0 / value) / (load - x + x / value)
}

/// Levels of the fraction times the load: its error falls as e^(−4·√(load·levels)).
const FRACTION: f64 = 110.0;

/// The probability that a Poisson variable with this mean exceeds x, continued to real x.
pub(super) fn exceeds(x: f64, mean: f64) -> f64 {
    let equal = libm::exp(ln_poisson(x, mean));
    if is_below(x, mean) { equal * mean * Below::new(x, mean).sum } else { 1.0 - equal * (1.0 + above(x, mean)) }
}
