//! What a test of errors finds: the chance that a share of errors is seen for what it is.

use crate::dist::{normal_quantile, normal_survival};

/// Beyond so many standard deviations from the mean nothing is left of a binomial law.
const FAR: f64 = 40.0;

/// The probability that of `n` requests, each of which fails with probability `p`, no more than `most` fail: the binomial law,
/// summed from the side on which less is left.
#[must_use]
pub fn at_most(n: u64, p: f64, most: u64) -> f64 {
    if most >= n || p <= 0.0 {
        return 1.0;
    }
    if p >= 1.0 {
        return 0.0;
    }
    let (count, limit) = (n as f64, most as f64);
    let (mean, deviation) = (count * p, libm::sqrt(count * p * (1.0 - p)));
    if (limit - mean).abs() > FAR * (deviation + 1.0) {
        return f64::from(u8::from(limit > mean));
    }
    let odds = p / (1.0 - p);
    let probability = |k: f64| {
        let ways = libm::lgamma(count + 1.0) - libm::lgamma(k + 1.0) - libm::lgamma(count - k + 1.0);
        libm::exp(ways + k * libm::log(p) + (count - k) * libm::log1p(-p))
    };
    if limit < mean {
        let (mut k, mut term, mut sum) = (limit, probability(limit), 0.0);
        while term > f64::EPSILON * sum * 1e-3 && k >= 0.0 {
            sum += term;
            term *= k / ((count - k + 1.0) * odds);
            k -= 1.0;
        }
        return sum.min(1.0);
    }
    let (mut k, mut term, mut sum) = (limit + 1.0, probability(limit + 1.0), 0.0);
    while term > f64::EPSILON * sum * 1e-3 && k <= count {
        sum += term;
        term *= (count - k) / (k + 1.0) * odds;
        k += 1.0;
    }
    (1.0 - sum).clamp(0.0, 1.0)
}

/// The probability that more than the fraction `limit` of `n` requests fails, each with probability `p`.
#[must_use]
pub fn exceeds(n: f64, p: f64, limit: f64) -> f64 {
    let n = n.round().max(0.0);
    1.0 - at_most(n as u64, p, (n * limit + 1e-9).floor() as u64)
}

/// The power of a one-sided two-proportion test at `confidence`: the probability that it says that the first of two groups has
/// more errors, where each of its `n.0` requests fails with probability `p.0`, and those of the second with `n.1` and `p.1`.
/// Pooled variance under no difference, the normal approximation (Fleiss, Levin & Paik, *Statistical Methods for Rates and
/// Proportions*, 3rd ed. 2003, section 4.2).
#[must_use]
pub fn two_proportions(p: (f64, f64), n: (f64, f64), confidence: f64) -> f64 {
    if n.0 <= 0.0 || n.1 <= 0.0 {
        return 0.0;
    }
    let pooled = (p.0 * n.0 + p.1 * n.1) / (n.0 + n.1);
    let equal = libm::sqrt(pooled * (1.0 - pooled) * (1.0 / n.0 + 1.0 / n.1));
    let apart = libm::sqrt(p.0 * (1.0 - p.0) / n.0 + p.1 * (1.0 - p.1) / n.1);
    let beyond = normal_quantile(confidence) * equal - (p.0 - p.1);
    if apart > 0.0 {
        return normal_survival(beyond / apart);
    }
    f64::from(u8::from(beyond < 0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_binomial_law_is_that_of_its_sum() {
        // P(Bin(10, 0.3) <= 2) = 0.7^10 + 10 0.3 0.7^9 + 45 0.09 0.7^8.
        let exact = 0.7_f64.powi(10) + 3.0 * 0.7_f64.powi(9) + 4.05 * 0.7_f64.powi(8);
        assert!((at_most(10, 0.3, 2) - exact).abs() < 1e-13);
        assert!((at_most(10, 0.3, 9) - (1.0 - 0.3_f64.powi(10))).abs() < 1e-14);
        assert_eq!((at_most(5, 0.0, 0), at_most(5, 1.0, 4), at_most(5, 0.5, 5)), (1.0, 0.0, 1.0));
        // Far more than can be summed one by one: half of a symmetric law, within the mass at its middle.
        assert!((at_most(1_000_000_000, 0.5, 500_000_000) - 0.5).abs() < 2e-5);
        assert_eq!(at_most(1_000_000, 0.2, 10_000), 0.0);
    }

    #[test]
    fn a_test_without_a_difference_fails_as_often_as_its_confidence_leaves() {
        assert!((two_proportions((0.01, 0.01), (1_000.0, 19_000.0), 0.95) - 0.05).abs() < 1e-9);
        assert_eq!(two_proportions((0.0, 0.0), (1_000.0, 19_000.0), 0.95), 0.0);
        assert_eq!(two_proportions((1.0, 0.0), (1_000.0, 19_000.0), 0.95), 1.0);
    }
}
