//! Equally likely between two times.

use super::{Lifetime, time};

/// Uniform on [low, high] seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Uniform {
    low: f64,
    high: f64,
}

impl Uniform {
    pub(super) fn new(low: f64, high: f64) -> Result<Uniform, String> {
        let (low, high) = (time("the low end of the uniform", low)?, time("the high end of the uniform", high)?);
        if high <= low {
            return Err(format!("the uniform goes from {low} s to {high} s; high must be above low"));
        }
        Ok(Uniform { low, high })
    }

    pub(super) fn low(self) -> f64 {
        self.low
    }

    pub(super) fn width(self) -> f64 {
        self.high - self.low
    }

    pub(super) fn scaled(self, factor: f64) -> Uniform {
        Uniform { low: self.low * factor, high: self.high * factor }
    }
}

impl Lifetime for Uniform {
    fn cdf(&self, t: f64) -> f64 {
        ((t - self.low) / self.width()).clamp(0.0, 1.0)
    }

    fn survival(&self, t: f64) -> f64 {
        ((self.high - t) / self.width()).clamp(0.0, 1.0)
    }

    fn quantile(&self, u: f64) -> f64 {
        self.low + u * self.width()
    }

    fn quantile_upper(&self, v: f64) -> f64 {
        self.high - v * self.width()
    }

    fn mean(&self) -> f64 {
        self.low + 0.5 * self.width()
    }

    fn variance(&self) -> f64 {
        self.width() * self.width() / 12.0
    }

    fn third(&self) -> f64 {
        0.0
    }
}
