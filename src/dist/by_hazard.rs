//! Laws whose cumulative hazard and its inverse are closed forms; all else follows from these.

use super::Lifetime;

/// A law that is known by its cumulative hazard H(t) = −ln P(T > t).
pub(super) trait ByHazard {
    /// H(t), also where the survival is below the smallest double.
    fn cumulative_hazard(&self, t: f64) -> f64;
    /// The time at which H reaches `h`.
    fn at_hazard(&self, h: f64) -> f64;
    /// The mean in seconds; may be infinite.
    fn mean(&self) -> f64;
    /// The variance in seconds squared; may be infinite.
    fn variance(&self) -> f64;
}

impl<T: ByHazard> Lifetime for T {
    fn cdf(&self, t: f64) -> f64 {
        -libm::expm1(-ByHazard::cumulative_hazard(self, t))
    }

    fn survival(&self, t: f64) -> f64 {
        libm::exp(-ByHazard::cumulative_hazard(self, t))
    }

    fn quantile(&self, u: f64) -> f64 {
        ByHazard::at_hazard(self, -libm::log1p(-u))
    }

    fn quantile_upper(&self, v: f64) -> f64 {
        ByHazard::at_hazard(self, -libm::log(v))
    }

    fn mean(&self) -> f64 {
        ByHazard::mean(self)
    }

    fn variance(&self) -> f64 {
        ByHazard::variance(self)
    }

    fn cumulative_hazard(&self, t: f64) -> f64 {
        ByHazard::cumulative_hazard(self, t)
    }

    fn at_hazard(&self, h: f64) -> f64 {
        ByHazard::at_hazard(self, h)
    }
}
