//! Another law whose hazard is multiplied by a factor: its survival is the other's to a power (the proportional hazards
//! of Cox 1972).

use super::by_hazard::ByHazard;
use super::{Law, moments};

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

impl ByHazard for Powered {
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
