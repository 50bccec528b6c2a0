//! The logarithm is normal: the usual shape of repair times (Johnson, Kotz & Balakrishnan, *Continuous Univariate
//! Distributions*, vol. 1, chapter 14; MIL-HDBK-472 for repairs).

use super::special::{normal_at_hazard, normal_hazard, normal_quantile, normal_survival};
use super::{Lifetime, positive};

/// Lognormal: ln T is normal with mean ln(median) and standard deviation sigma.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lognormal {
    median: f64,
    sigma: f64,
}

/// The 95% quantile of the standard normal.
const Z95: f64 = 1.644_853_626_951_472_7;

impl Lognormal {
    pub(super) fn with_median_p95(median: f64, p95: f64) -> Result<Lognormal, String> {
        let median = positive("the median of the lognormal", median)?;
        let p95 = positive("the p95 of the lognormal", p95)?;
        if p95 <= median {
            return Err(format!("p95 is {p95} s and the median {median} s; p95 must be above the median"));
        }
        Ok(Lognormal { median, sigma: libm::log(p95 / median) / Z95 })
    }

    pub(super) fn with_mean_cv(mean: f64, cv: f64) -> Result<Lognormal, String> {
        let mean = positive("the mean of the lognormal", mean)?;
        let variance = libm::log1p(libm::pow(positive("the cv of the lognormal", cv)?, 2.0));
        Ok(Lognormal { median: mean * libm::exp(-variance / 2.0), sigma: libm::sqrt(variance) })
    }

    pub(super) fn scaled(self, factor: f64) -> Lognormal {
        Lognormal { median: self.median * factor, ..self }
    }

    /// The standard deviation of the logarithm.
    #[must_use]
    pub fn sigma(self) -> f64 {
        self.sigma
    }

    /// The median in seconds.
    #[must_use]
    pub fn median(self) -> f64 {
        self.median
    }

    fn at(self, z: f64) -> f64 {
        self.median * libm::exp(self.sigma * z)
    }

    fn z(self, t: f64) -> f64 {
        libm::log(t / self.median) / self.sigma
    }
}

impl Lifetime for Lognormal {
    fn cdf(&self, t: f64) -> f64 {
        if t > 0.0 { normal_survival(-self.z(t)) } else { 0.0 }
    }

    fn survival(&self, t: f64) -> f64 {
        if t > 0.0 { normal_survival(self.z(t)) } else { 1.0 }
    }

    fn quantile(&self, u: f64) -> f64 {
        self.at(normal_quantile(u))
    }

    fn quantile_upper(&self, v: f64) -> f64 {
        self.at(-normal_quantile(v))
    }

    fn mean(&self) -> f64 {
        self.median * libm::exp(self.sigma * self.sigma / 2.0)
    }

    fn variance(&self) -> f64 {
        let mean = self.mean();
        mean * mean * libm::expm1(self.sigma * self.sigma)
    }

    fn third(&self) -> f64 {
        let square = libm::expm1(self.sigma * self.sigma);
        (3.0 + square) * libm::sqrt(square) * self.variance() * libm::sqrt(self.variance())
    }

    fn cumulative_hazard(&self, t: f64) -> f64 {
        if t > 0.0 { normal_hazard(self.z(t)) } else { 0.0 }
    }

    fn at_hazard(&self, h: f64) -> f64 {
        self.at(normal_at_hazard(h))
    }
}
