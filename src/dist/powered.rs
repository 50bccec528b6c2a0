//! Another law whose hazard is multiplied by a factor: its survival is the other's to a power (the proportional hazards
//! of Cox 1972).

use super::{Law, Lifetime, moments};

/// A law with its hazard multiplied, for the laws that are not closed under it.
#[derive(Debug, Clone, PartialEq)]
pub struct Powered {
    law: Box<Law>,
    factor: f64,
}

impl Powered {
    pub(super) fn new(law: Law, factor: f64) -> Powered {
        Powered { law: Box::new(law), factor }
    }

    pub(super) fn hazard_times(&self, factor: f64) -> Powered {
        Powered { law: self.law.clone(), factor: self.factor * factor }
    }

    pub(super) fn scaled(&self, factor: f64) -> Powered {
        Powered { law: Box::new(self.law.scaled(factor)), factor: self.factor }
    }

    /// The law whose hazard is multiplied.
    #[must_use]
    pub fn law(&self) -> &Law {
        &self.law
    }

    /// What it is multiplied by.
    #[must_use]
    pub fn factor(&self) -> f64 {
        self.factor
    }
}

impl Lifetime for Powered {
    fn cdf(&self, t: f64) -> f64 {
        -libm::expm1(-self.cumulative_hazard(t))
    }

    fn survival(&self, t: f64) -> f64 {
        libm::exp(-self.cumulative_hazard(t))
    }

    fn quantile(&self, u: f64) -> f64 {
        self.at_hazard(-libm::log1p(-u))
    }

    fn quantile_upper(&self, v: f64) -> f64 {
        self.at_hazard(-libm::log(v))
    }

    fn mean(&self) -> f64 {
        moments::mean(self)
    }

    fn variance(&self) -> f64 {
        moments::variance(self)
    }

    fn cumulative_hazard(&self, t: f64) -> f64 {
        self.factor * self.law.cumulative_hazard(t)
    }

    fn at_hazard(&self, h: f64) -> f64 {
        self.law.at_hazard(h / self.factor)
    }
}
