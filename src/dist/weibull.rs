//! Hazard that rises (shape above 1: wear) or falls (below 1: infant mortality) as a power of age (Rinne, *The Weibull
//! Distribution: A Handbook*, 2008).

use super::by_hazard::ByHazard;
use super::{between, positive};

/// Weibull: S(t) = exp(−(t / scale)^shape).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weibull {
    shape: f64,
    scale: f64,
}

impl Weibull {
    pub(super) fn with_scale(shape: f64, scale: f64) -> Result<Weibull, String> {
        Ok(Weibull {
            shape: between("the shape of the Weibull", shape, 0.05, 1000.0)?,
            scale: positive("the scale of the Weibull", scale)?,
        })
    }

    pub(super) fn with_mean(shape: f64, mean: f64) -> Result<Weibull, String> {
        let shape = between("the shape of the Weibull", shape, 0.05, 1000.0)?;
        Weibull::with_scale(shape, positive("the mean of the Weibull", mean)? / libm::tgamma(1.0 + 1.0 / shape))
    }

    /// The hazard times `h`: another scale, since (t / scale)^shape · h is a power of t again.
    pub(super) fn hazard_times(self, h: f64) -> Weibull {
        Weibull { scale: self.scale * libm::pow(h, -1.0 / self.shape), ..self }
    }

    pub(super) fn scaled(self, factor: f64) -> Weibull {
        Weibull { scale: self.scale * factor, ..self }
    }

    pub(super) fn shape(self) -> f64 {
        self.shape
    }

    pub(super) fn scale(self) -> f64 {
        self.scale
    }

    /// The time left at `age` until `more` cumulative hazard has passed: without the cancellation of t − age.
    pub(super) fn remaining(self, age: f64, more: f64) -> f64 {
        let reached = self.cumulative_hazard(age);
        if reached > 0.0 { age * libm::expm1(libm::log1p(more / reached) / self.shape) } else { self.at_hazard(more) }
    }
}

impl ByHazard for Weibull {
    fn mean(&self) -> f64 {
        self.scale * libm::tgamma(1.0 + 1.0 / self.shape)
    }

    fn variance(&self) -> f64 {
        // m₂ − m₁² by logarithms, since for large shapes the two nearly agree.
        let (first, second) = (libm::lgamma(1.0 + 1.0 / self.shape), libm::lgamma(1.0 + 2.0 / self.shape));
        self.scale * self.scale * libm::exp(2.0 * first) * libm::expm1(second - 2.0 * first)
    }

    fn cumulative_hazard(&self, t: f64) -> f64 {
        libm::pow(t.max(0.0) / self.scale, self.shape)
    }

    fn at_hazard(&self, h: f64) -> f64 {
        self.scale * libm::pow(h, 1.0 / self.shape)
    }
}
