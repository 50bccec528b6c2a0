//! Constant hazard: what is old is as good as new (Johnson, Kotz & Balakrishnan, *Continuous Univariate Distributions*,
//! vol. 1, chapter 19).

use super::by_hazard::ByHazard;
use super::positive;

/// Exponential: S(t) = exp(−t / mean).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exponential {
    mean: f64,
}

impl Exponential {
    pub(super) fn new(mean: f64) -> Result<Exponential, String> {
        Ok(Exponential { mean: positive("the mean of the exponential", mean)? })
    }

    pub(super) fn hazard_times(self, h: f64) -> Exponential {
        Exponential { mean: self.mean / h }
    }

    pub(super) fn scaled(self, factor: f64) -> Exponential {
        Exponential { mean: self.mean * factor }
    }

    /// The mean in seconds, which is its scale.
    pub(super) fn mean(self) -> f64 {
        self.mean
    }
}

impl ByHazard for Exponential {
    fn mean(&self) -> f64 {
        self.mean
    }

    fn variance(&self) -> f64 {
        self.mean * self.mean
    }

    fn cumulative_hazard(&self, t: f64) -> f64 {
        t.max(0.0) / self.mean
    }

    fn at_hazard(&self, h: f64) -> f64 {
        self.mean * h
    }
}
