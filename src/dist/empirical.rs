//! Values seen, drawn again: the bootstrap's law (Efron & Tibshirani, *An Introduction to the Bootstrap*, 1993).

use std::sync::Arc;

use super::{Lifetime, sampler, time};

/// Each of the values seen is equally likely; kept sorted.
#[derive(Debug, Clone, PartialEq)]
pub struct Empirical {
    sorted: Arc<[f64]>,
}

impl Empirical {
    pub(super) fn new(mut values: Vec<f64>) -> Result<Empirical, String> {
        if values.is_empty() {
            return Err("the empirical distribution has no values; it needs at least one".to_owned());
        }
        for (row, value) in values.iter().enumerate() {
            time(&format!("value {} of the empirical distribution", row + 1), *value)?;
        }
        values.sort_by(f64::total_cmp);
        Ok(Empirical { sorted: values.into() })
    }

    /// The values seen, ascending.
    pub(super) fn values(&self) -> &[f64] {
        &self.sorted
    }

    /// The value at fraction `x` of those from index `from` on.
    // An index into a slice: the product is not negative and below its length.
    fn at(&self, from: usize, x: f64) -> f64 {
        let rest = self.sorted.len() - from;
        self.sorted[from + ((x * rest as f64) as usize).min(rest - 1)]
    }

    /// How many values are at most `t`.
    fn up_to(&self, t: f64) -> usize {
        self.sorted.partition_point(|value| *value <= t)
    }

    fn fraction(&self, count: usize) -> f64 {
        count as f64 / self.sorted.len() as f64
    }

    /// One of the values above `age`, less the age; 0 where there is none.
    pub(super) fn remaining(&self, age: f64, word: u64) -> f64 {
        let from = self.up_to(age);
        if from == self.sorted.len() { 0.0 } else { self.at(from, sampler::fraction(word)) - age }
    }

    pub(super) fn scaled(&self, factor: f64) -> Empirical {
        Empirical { sorted: self.sorted.iter().map(|value| value * factor).collect() }
    }
}

impl Lifetime for Empirical {
    fn cdf(&self, t: f64) -> f64 {
        self.fraction(self.up_to(t))
    }

    fn survival(&self, t: f64) -> f64 {
        self.fraction(self.sorted.len() - self.up_to(t))
    }

    fn quantile(&self, u: f64) -> f64 {
        self.at(0, u)
    }

    fn quantile_upper(&self, v: f64) -> f64 {
        self.at(0, 1.0 - v)
    }

    fn mean(&self) -> f64 {
        self.sorted.iter().sum::<f64>() * self.fraction(1)
    }

    fn variance(&self) -> f64 {
        let mean = self.mean();
        self.sorted.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() * self.fraction(1)
    }

    fn third(&self) -> f64 {
        let mean = self.mean();
        self.sorted.iter().map(|value| libm::pow(value - mean, 3.0)).sum::<f64>() * self.fraction(1)
    }
}
