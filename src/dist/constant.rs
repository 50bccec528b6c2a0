//! Always the same time.

use super::{Lifetime, time};

/// A time that never varies, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Constant {
    value: f64,
}

impl Constant {
    pub(super) fn new(value: f64) -> Result<Constant, String> {
        Ok(Constant { value: time("the constant time", value)? })
    }

    pub(super) fn value(self) -> f64 {
        self.value
    }

    pub(super) fn scaled(self, factor: f64) -> Constant {
        Constant { value: self.value * factor }
    }
}

impl Lifetime for Constant {
    fn cdf(&self, t: f64) -> f64 {
        f64::from(u8::from(t >= self.value))
    }

    fn survival(&self, t: f64) -> f64 {
        1.0 - self.cdf(t)
    }

    fn quantile(&self, _: f64) -> f64 {
        self.value
    }

    fn quantile_upper(&self, _: f64) -> f64 {
        self.value
    }

    fn mean(&self) -> f64 {
        self.value
    }

    fn variance(&self) -> f64 {
        0.0
    }

    fn third(&self) -> f64 {
        0.0
    }
}
