//! How long a step must be watched until its test finds a bad release with a wanted probability.

use crate::model::Rules;
use crate::stats::{exceeds, two_proportions};

/// More requests than this are no step.
const MOST: u64 = 1 << 40;

/// The fractions of requests that fail: of a bad version, and while all is well.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Errors {
    /// Of a bad version.
    pub bad: f64,
    /// While all is well.
    pub usual: f64,
}

/// The probability that the rules take a version back whose requests fail with probability `errors`: of the requests of a step
/// `n.0` meet the new version and `n.1` the old one, which fails as `usual`.
#[must_use]
pub fn power(rules: &Rules, n: (f64, f64), errors: f64, usual: f64) -> f64 {
    let above = rules.above.map_or(0.0, |limit| exceeds(n.0, errors, limit));
    let worse = rules.worse_at.map_or(0.0, |confidence| two_proportions((errors, usual), n, confidence));
    // Both see the same requests: the sharper one decides.
    above.max(worse)
}

/// The fewest requests of the new version from which on the rules find a bad one with at least the wanted probability, where it
/// gets a fraction `share` of the traffic. `None` where they never do.
#[must_use]
pub fn requests(rules: &Rules, share: f64, errors: Errors, wanted: f64) -> Option<f64> {
    let above = rules.above.and_then(|limit| above(limit, errors.bad, wanted)).map(|n| n as f64);
    let worse = rules.worse_at.and_then(|confidence| worse(confidence, share, errors, wanted));
    [above, worse].into_iter().flatten().reduce(f64::min)
}

/// The fewest requests n from which on P(Bin(n, p) > limit·n) stays at or above the wanted probability.
///
/// The probability falls wherever one more failure is allowed, at n = k/limit, and rises until the next such n. Its value at
/// these falls grows with k where p exceeds the limit, so the fall is searched from which on all are high enough, and then the
/// first request behind the fall before it.
fn above(limit: f64, p: f64, wanted: f64) -> Option<u64> {
    if p <= limit || wanted >= 1.0 {
        return None;
    }
    let found = |n: u64| exceeds(n as f64, p, limit) >= wanted;
    if limit <= 0.0 {
        return first(0, MOST, found);
    }
    // The first n at which k failures are allowed, as `exceeds` counts them.
    let fall = |k: u64| ((k as f64 - 1e-9) / limit).ceil().max(0.0) as u64;
    let most = (MOST as f64 * limit) as u64;
    let k = first(0, most, |k| found(fall(k)))?;
    if k == 0 {
        return Some(0);
    }
    first(fall(k - 1), fall(k), found)
}

/// The first from `low` to `high` from which on `holds` holds. Steps double at first: the laws of far too many requests are costly.
fn first(mut low: u64, high: u64, holds: impl Fn(u64) -> bool) -> Option<u64> {
    if holds(low) {
        return Some(low);
    }
    let (mut step, mut found) = (1, (low + 1).min(high));
    while !holds(found) {
        if found >= high {
            return None;
        }
        step *= 2;
        low = found;
        found = (found + step).min(high);
    }
    while found - low > 1 {
        let middle = low + (found - low) / 2;
        if holds(middle) { found = middle } else { low = middle }
    }
    Some(found)
}

/// The same of the two-proportion test, whose power grows with every request.
fn worse(confidence: f64, share: f64, errors: Errors, wanted: f64) -> Option<f64> {
    if share <= 0.0 || share >= 1.0 || errors.bad <= errors.usual || wanted >= 1.0 {
        return None;
    }
    let found = |n: u64| {
        let new = n as f64;
        two_proportions((errors.bad, errors.usual), (new, new * (1.0 - share) / share), confidence) >= wanted
    };
    first(0, MOST, found).map(|n| n as f64)
}

/// The fraction of errors at which a test tells best between a version that fails `good` and one that fails `bad` of its requests:
/// there both mistakes become rare at the same pace as requests come in (Chernoff, "A measure of asymptotic efficiency for tests of a
/// hypothesis", *Annals of Mathematical Statistics* 23, 1952).
#[must_use]
pub fn between(good: f64, bad: f64) -> f64 {
    libm::log((1.0 - good) / (1.0 - bad)) / libm::log(bad * (1.0 - good) / (good * (1.0 - bad)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::at_most;

    /// The last n whose power is too little, counted down one by one.
    fn by_counting(limit: f64, p: f64, wanted: f64, from: u64) -> u64 {
        let too_little = |n: &u64| 1.0 - at_most(*n, p, (*n as f64 * limit + 1e-9).floor() as u64) < wanted;
        (0..=from).rev().find(too_little).map_or(0, |n| n + 1)
    }

    #[test]
    fn the_fewest_requests_are_those_that_counting_finds() {
        for (limit, p, wanted, from) in [
            (0.01, 0.03, 0.95, 3_000),
            (0.01, 0.03, 0.5, 3_000),
            (0.003, 0.006, 0.9, 20_000),
            (0.05, 1.0, 0.99, 500),
            (0.01, 0.011, 0.6, 9_000),
        ] {
            let rules = Rules { above: Some(limit), worse_at: None };
            let found = requests(&rules, 0.05, Errors { bad: p, usual: 0.0 }, wanted);
            assert_eq!(found, Some(by_counting(limit, p, wanted, from) as f64), "{limit} {p} {wanted}");
        }
        let blind = Rules { above: Some(0.01), worse_at: None };
        assert_eq!(requests(&blind, 0.05, Errors { bad: 0.01, usual: 0.0 }, 0.95), None);
    }

    #[test]
    fn two_proportions_need_what_the_formula_of_fleiss_says() {
        // Fleiss, Levin & Paik, formula 4.14 for unequal groups: m = (z_a √((r+1) P Q) + z_b √(r p1 q1 + p2 q2))² / (r (p2 − p1)²).
        let (share, bad, usual): (f64, f64, f64) = (0.2, 0.02, 0.01);
        let r = (1.0 - share) / share;
        let mean = (bad + r * usual) / (r + 1.0);
        let [a, b] = [0.95, 0.9].map(crate::dist::normal_quantile);
        let root =
            a * libm::sqrt((r + 1.0) * mean * (1.0 - mean)) + b * libm::sqrt(r * bad * (1.0 - bad) + usual * (1.0 - usual));
        let exact = root * root / (r * (bad - usual) * (bad - usual));
        let rules = Rules { above: None, worse_at: Some(0.95) };
        assert_eq!(requests(&rules, share, Errors { bad, usual }, 0.9), Some(exact.ceil()));
        assert_eq!(requests(&rules, 1.0, Errors { bad, usual }, 0.9), None);
    }

    #[test]
    fn the_limit_leaves_both_mistakes_the_same_pace() {
        // The relative entropies of the limit to either fraction are equal.
        let limit = between(0.001, 0.03);
        let entropy = |p: f64| limit * libm::log(limit / p) + (1.0 - limit) * libm::log((1.0 - limit) / (1.0 - p));
        assert!((entropy(0.001) / entropy(0.03) - 1.0).abs() < 1e-12);
    }
}
