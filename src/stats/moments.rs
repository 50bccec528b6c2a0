//! Mean and variance of independent observations.

use super::Estimate;
use super::student::{t_probability, t_quantile, unseen_events, unseen_probability};

/// Count, mean, sum of squared deviations and extremes.
///
/// One observation is added by Welford's update and two sets are merged by that of Chan, Golub & `LeVeque` ("Updating
/// formulae and a pairwise algorithm for computing sample variances", 1979): neither squares large numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    n: u64,
    mean: f64,
    m2: f64,
    min: f64,
    max: f64,
}

impl Default for Moments {
    fn default() -> Moments {
        Moments { n: 0, mean: 0.0, m2: 0.0, min: f64::INFINITY, max: f64::NEG_INFINITY }
    }
}

const METHOD: &str = "t over replications";

impl Moments {
    /// Adds one observation.
    #[inline]
    pub fn add(&mut self, x: f64) {
        self.n += 1;
        let off = x - self.mean;
        self.mean += off / self.n as f64;
        self.m2 += off * (x - self.mean);
        self.min = self.min.min(x);
        self.max = self.max.max(x);
    }

    /// Adds all observations of another.
    pub fn merge(&mut self, other: &Moments) {
        if other.n == 0 {
            return;
        }
        if self.n == 0 {
            *self = *other;
            return;
        }
        let n = self.n + other.n;
        let off = other.mean - self.mean;
        let share = other.n as f64 / n as f64;
        self.mean += off * share;
        self.m2 += other.m2 + off * off * share * self.n as f64;
        self.n = n;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    /// Observations.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.n
    }

    /// Their mean; 0 without any.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// Their unbiased sample variance; 0 for fewer than two.
    #[must_use]
    pub fn variance(&self) -> f64 {
        if self.n < 2 { 0.0 } else { self.m2 / (self.n - 1) as f64 }
    }

    /// The sum of squared deviations from the mean.
    pub(super) fn sum_of_squares(&self) -> f64 {
        self.m2
    }

    /// The smallest; none without observations.
    #[must_use]
    pub fn min(&self) -> Option<f64> {
        (self.n > 0).then_some(self.min)
    }

    /// The largest; none without observations.
    #[must_use]
    pub fn max(&self) -> Option<f64> {
        (self.n > 0).then_some(self.max)
    }

    /// The mean with Student's t interval (none from a single observation).
    #[must_use]
    pub fn estimate(&self, level: f64) -> Estimate {
        if self.n == 0 {
            return Estimate::unobserved(level, 0, METHOD);
        }
        let value = Some(self.mean);
        if self.n == 1 {
            return Estimate { value, ..Estimate::unobserved(level, 1, METHOD) };
        }
        let half = t_quantile(level, self.n - 1) * (self.variance() / self.n as f64).sqrt();
        Estimate { value, low: Some(self.mean - half), high: Some(self.mean + half), level, n: self.n, method: METHOD }
    }

    /// The part of Student's t about the mean that is below zero; 0, 0.5 or 1 where observations do not vary.
    #[must_use]
    pub fn chance_below_zero(&self) -> f64 {
        let error = (self.variance() / self.n.max(1) as f64).sqrt();
        if error > 0.0 {
            t_probability(-self.mean / error, self.n - 1)
        } else {
            f64::midpoint(f64::from(u8::from(self.mean < 0.0)), f64::from(u8::from(self.mean <= 0.0)))
        }
    }

    /// The mean of numbers that cannot leave a range (either end may be infinite), its interval clipped to it.
    ///
    /// Where every observation is at one finite end, t would claim certainty. Then at most a share p of further ones is
    /// elsewhere, by Clopper & Pearson's bound, and the mean no further from that end than p times the range.
    #[must_use]
    pub fn estimate_in(&self, level: f64, low: f64, high: f64) -> Estimate {
        let plain = self.estimate(level).clipped(low, high);
        let at = |end: f64| self.n > 0 && self.min >= end && self.max <= end;
        let reach = (high - low) * unseen_probability(level, self.n.max(1));
        let method = "all equal: Clopper-Pearson bound";
        if at(low) {
            Estimate { low: Some(low), high: reach.is_finite().then_some(low + reach), method, ..plain }
        } else if at(high) {
            Estimate { low: reach.is_finite().then_some(high - reach), high: Some(high), method, ..plain }
        } else {
            plain
        }
    }

    /// The mean of counts: as [`Moments::estimate_in`] from 0 up, and with no event seen at all the exact Poisson bound
    /// (Garwood 1936), 3.69 events in all observations together at 95%.
    #[must_use]
    pub fn estimate_count(&self, level: f64) -> Estimate {
        if self.n > 0 && self.max <= 0.0 {
            let high = Some(unseen_events(level) / self.n as f64);
            return Estimate { value: Some(0.0), low: Some(0.0), high, level, n: self.n, method: "none seen: Poisson bound" };
        }
        self.estimate(level).clipped(0.0, f64::INFINITY)
    }
}
