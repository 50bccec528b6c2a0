//! Several sums per replication together, and the ratios between them.

use super::Estimate;
use super::student::{t_quantile, unseen_events, unseen_probability};

/// Mean vector and covariance matrix of N numbers observed together, one set per independent draw.
///
/// Merged by the formula of Chan, Golub & LeVeque (1979), its products in place of squares.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Joint<const N: usize> {
    n: u64,
    mean: [f64; N],
    /// Sums of products of deviations.
    products: [[f64; N]; N],
}

impl<const N: usize> Default for Joint<N> {
    fn default() -> Joint<N> {
        Joint { n: 0, mean: [0.0; N], products: [[0.0; N]; N] }
    }
}

const METHOD: &str = "t on the logarithm, delta method";

impl<const N: usize> Joint<N> {
    /// Adds one observation of all numbers.
    #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    pub fn add(&mut self, x: &[f64; N]) {
        self.n += 1;
        let share = 1.0 / self.n as f64;
        let off: [f64; N] = core::array::from_fn(|i| x[i] - self.mean[i]);
        self.add_products(&off, 1.0 - share);
        for (mean, off) in self.mean.iter_mut().zip(off) {
            *mean += off * share;
        }
    }

    /// Adds all observations of another.
    #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    pub fn merge(&mut self, other: &Joint<N>) {
        if other.n == 0 {
            return;
        }
        if self.n == 0 {
            *self = *other;
            return;
        }
        let n = self.n + other.n;
        let share = other.n as f64 / n as f64;
        let off: [f64; N] = core::array::from_fn(|i| other.mean[i] - self.mean[i]);
        for (row, more) in self.products.iter_mut().zip(&other.products) {
            for (product, more) in row.iter_mut().zip(more) {
                *product += more;
            }
        }
        self.add_products(&off, share * self.n as f64);
        for (mean, off) in self.mean.iter_mut().zip(off) {
            *mean += off * share;
        }
        self.n = n;
    }

    fn add_products(&mut self, off: &[f64; N], weight: f64) {
        for (row, a) in self.products.iter_mut().zip(off) {
            for (product, b) in row.iter_mut().zip(off) {
                *product += a * b * weight;
            }
        }
    }

    /// Observations.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.n
    }

    /// The mean of number `i`; 0 without observations.
    #[must_use]
    pub fn mean(&self, i: usize) -> f64 {
        self.mean[i]
    }

    /// The sum of number `i`.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    pub fn sum(&self, i: usize) -> f64 {
        self.mean[i] * self.n as f64
    }

    /// The sample covariance of two numbers; 0 for fewer than two observations.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    pub fn covariance(&self, i: usize, j: usize) -> f64 {
        if self.n < 2 { 0.0 } else { self.products[i][j] / (self.n - 1) as f64 }
    }

    /// The mean of number `i` with Student's t interval.
    #[must_use]
    pub fn mean_estimate(&self, i: usize, level: f64) -> Estimate {
        let mut gradient = [0.0; N];
        gradient[i] = 1.0;
        self.delta(self.mean[i], &gradient, level, "t over replications")
    }

    /// The ratio of the sums of two non-negative numbers, i / j: a mean time to repair from downtime and repairs.
    ///
    /// Cochran's ratio estimator (*Sampling Techniques*, 3rd ed. 1977, chapter 6) with the delta method's variance on the
    /// logarithm. Where the denominator is 0 there is no value; then if the numerator is not, the exact Poisson bound on
    /// unseen events (Garwood 1936) bounds the ratio from below: exposure / 3.69 at 95%.
    #[must_use]
    pub fn ratio(&self, i: usize, j: usize, level: f64) -> Estimate {
        self.ratios(&[(i, j)], level)
    }

    /// The sum of two such ratios: a mean time between failures from up time over onsets and downtime over repairs.
    #[must_use]
    pub fn ratio_sum(&self, first: (usize, usize), second: (usize, usize), level: f64) -> Estimate {
        self.ratios(&[first, second], level)
    }

    fn ratios(&self, terms: &[(usize, usize)], level: f64) -> Estimate {
        if terms.iter().any(|(_, j)| self.mean[*j] <= 0.0) {
            // Each term is at least its exposure over the events that may have gone unseen.
            let least: f64 = terms
                .iter()
                .map(|(i, j)| if self.mean[*j] > 0.0 { 0.0 } else { self.sum(*i) / unseen_events(level) })
                .sum();
            let low = (least > 0.0).then_some(least);
            return Estimate { low, ..Estimate::unobserved(level, self.n, "none seen: Poisson bound") };
        }
        let mut gradient = [0.0; N];
        let mut value = 0.0;
        for (i, j) in terms {
            let ratio = self.mean[*i] / self.mean[*j];
            value += ratio;
            gradient[*i] += 1.0 / self.mean[*j];
            gradient[*j] -= ratio / self.mean[*j];
        }
        self.logarithmic(self.delta(value, &gradient, level, METHOD))
    }

    /// One minus the ratio of two sums, where the numerator is a part of the denominator: availability from downtime.
    ///
    /// The interval is that of the ratio, so that it is as good for five nines as for one. With a numerator of 0 the value
    /// is 1, and its lower bound takes the whole of as many draws as may have gone unseen (Clopper & Pearson 1934).
    #[must_use]
    pub fn complement_ratio(&self, i: usize, j: usize, level: f64) -> Estimate {
        if self.mean[j] > 0.0 && self.mean[i] <= 0.0 {
            return Estimate {
                value: Some(1.0),
                low: Some(1.0 - unseen_probability(level, self.n)),
                high: Some(1.0),
                level,
                n: self.n,
                method: "none seen: Clopper-Pearson bound",
            };
        }
        let ratio = self.ratio(i, j, level);
        if ratio.value.is_none() { Estimate::unobserved(level, self.n, METHOD) } else { ratio.complement().clipped(0.0, 1.0) }
    }

    /// A function of the means, by its value and gradient there, with Student's t interval: the delta method.
    fn delta(&self, value: f64, gradient: &[f64; N], level: f64, method: &'static str) -> Estimate {
        if self.n == 0 {
            return Estimate::unobserved(level, 0, method);
        }
        let value = Some(value);
        if self.n == 1 {
            return Estimate { value, ..Estimate::unobserved(level, 1, method) };
        }
        let half = t_quantile(level, self.n - 1) * self.standard_error(gradient);
        let (low, high) = (value.map(|value| value - half), value.map(|value| value + half));
        Estimate { value, low, high, level, n: self.n, method }
    }

    #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    fn standard_error(&self, gradient: &[f64; N]) -> f64 {
        let mut variance = 0.0;
        for (i, a) in gradient.iter().enumerate() {
            for (j, b) in gradient.iter().enumerate() {
                variance += a * b * self.covariance(i, j);
            }
        }
        (variance.max(0.0) / self.n as f64).sqrt()
    }

    /// The interval of a positive value taken on its logarithm: never below zero, and longer upwards.
    fn logarithmic(&self, plain: Estimate) -> Estimate {
        match (plain.value, plain.high) {
            (Some(value), Some(high)) if value > 0.0 => {
                let spread = libm::exp(high / value - 1.0);
                Estimate { low: Some(value / spread), high: Some(value * spread), ..plain }
            }
            _ => plain,
        }
    }
}
