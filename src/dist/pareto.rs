//! A power-law tail (type I; Arnold, *Pareto Distributions*, 2nd ed. 2015).

use super::by_hazard::ByHazard;
use super::{between, positive};

/// Pareto type I: S(t) = (scale / t)^shape for t ≥ scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pareto {
    shape: f64,
    scale: f64,
}

impl Pareto {
    pub(super) fn with_scale(shape: f64, scale: f64) -> Result<Pareto, String> {
        Ok(Pareto {
            shape: between("the shape of the Pareto", shape, 0.05, 1e6)?,
            scale: positive("the scale of the Pareto", scale)?,
        })
    }

    pub(super) fn with_mean(shape: f64, mean: f64) -> Result<Pareto, String> {
        if shape <= 1.0 {
            return Err(format!(
                "the shape of the Pareto is {shape}, so its mean is infinite; a mean needs a shape above 1 (or give the scale)"
            ));
        }
        Pareto::with_scale(shape, positive("the mean of the Pareto", mean)? * (shape - 1.0) / shape)
    }

    /// The hazard times `h`: the shape times `h`.
    pub(super) fn hazard_times(self, h: f64) -> Pareto {
        Pareto { shape: self.shape * h, ..self }
    }

    pub(super) fn scaled(self, factor: f64) -> Pareto {
        Pareto { scale: self.scale * factor, ..self }
    }

    pub(super) fn shape(self) -> f64 {
        self.shape
    }

    pub(super) fn scale(self) -> f64 {
        self.scale
    }
}

impl ByHazard for Pareto {
    fn mean(&self) -> f64 {
        if self.shape > 1.0 { self.scale * self.shape / (self.shape - 1.0) } else { f64::INFINITY }
    }

    fn variance(&self) -> f64 {
        let a = self.shape;
        if a > 2.0 { self.scale * self.scale * a / ((a - 1.0) * (a - 1.0) * (a - 2.0)) } else { f64::INFINITY }
    }

    fn cumulative_hazard(&self, t: f64) -> f64 {
        if t > self.scale { self.shape * libm::log(t / self.scale) } else { 0.0 }
    }

    fn at_hazard(&self, h: f64) -> f64 {
        self.scale * libm::exp(h / self.shape)
    }
}
