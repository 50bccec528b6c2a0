//! Two variants against each other, replication by replication.

use super::Series;
use crate::stats::{Estimate, Moments, Proportion};

/// A measure of one variant less that of another, in pairs that met the same luck.
///
/// Replications that share a draw of the uncertain numbers are not independent, so means and intervals are over draws; what
/// happens in a single replication is counted over replications, in clusters of a draw.
#[derive(Debug, Clone, Default)]
pub struct Paired {
    difference: Moments,
    first: Moments,
    second: Moments,
    /// Draws in which the two differ.
    pub differing: u64,
    /// Replications in which the first has less.
    pub less: Proportion,
    /// Replications in which the first has more.
    pub more: Proportion,
}

/// Two sums of the same, added in another order, differ by less than this part of them.
const ROUNDING: f64 = 1e-10;

fn differ(a: f64, b: f64) -> bool {
    (a - b).abs() > ROUNDING * a.abs().max(b.abs())
}

const SAME: &str = "no pair differs";

impl Paired {
    /// Pairs two series of equal length.
    #[must_use]
    pub fn of(first: &Series, second: &Series) -> Self {
        let mut paired = Self::default();
        for (a, b) in first.draws.iter().zip(&second.draws) {
            paired.difference.add(a - b);
            paired.first.add(*a);
            paired.second.add(*b);
        }
        // What is not a number on either side counts as equal.
        for (a, b) in first.single.chunks(first.per_draw).zip(second.single.chunks(second.per_draw)) {
            let count = |holds: fn(&f64, &f64) -> bool| a.iter().zip(b).filter(|(a, b)| holds(a, b)).count() as u64;
            let (less, more) = (count(|a, b| differ(*a, *b) && a < b), count(|a, b| differ(*a, *b) && a > b));
            paired.less.add_cluster(less, a.len() as u64);
            paired.more.add_cluster(more, a.len() as u64);
            paired.differing += u64::from(less + more > 0);
        }
        paired
    }

    /// Independent pairs: draws.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.difference.count()
    }

    /// The mean of the second.
    #[must_use]
    pub fn reference(&self) -> f64 {
        self.second.mean()
    }

    /// The mean difference with Student's t interval over pairs. Without a pair that differs nothing was seen of it.
    #[must_use]
    pub fn difference(&self, level: f64) -> Estimate {
        if self.differing == 0 {
            return Estimate::unobserved(level, self.count(), SAME);
        }
        Estimate { method: "t over pairs", ..self.difference.estimate(level) }
    }

    /// The probability that the mean of the first is less than that of the second: of Student's t about the difference seen, the
    /// part below zero (the posterior of a mean, from a flat prior: Gelman et al., *Bayesian Data Analysis*, 3rd ed. 2013, section
    /// 3.2). None without a pair that differs.
    #[must_use]
    pub fn chance_less(&self) -> Option<f64> {
        (self.differing > 0 && self.count() > 1).then(|| self.difference.chance_below_zero())
    }

    /// How many times as many replications with seeds of their own would be needed for the same interval: the sum of the
    /// variances over the variance of the difference. None where the difference never varies.
    #[must_use]
    pub fn saved(&self) -> Option<f64> {
        let varies = self.difference.variance();
        (varies > 0.0).then(|| (self.first.variance() + self.second.variance()) / varies)
    }
}
