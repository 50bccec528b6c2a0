//! Distributions of a time: one file each, and the samplers that draw from them.
//!
//! A [`Law`] is a resolved distribution of a non-negative time in seconds; it answers with quantiles, tails, moments and
//! hazards to nearly full precision in both tails. A [`Sampler`] draws from it by inversion of one 64-bit word. All
//! transcendental functions come from a library of portable code, so that the same word gives the same time, to the
//! last bit, on every platform.

mod by_hazard;
mod constant;
mod construct;
mod cumulants;
mod empirical;
mod equilibrium;
mod exponential;
mod gamma;
mod hyperexponential;
mod lognormal;
mod moments;
mod pareto;
mod phases;
mod powered;
mod quantiles;
mod sampler;
mod special;
mod table;
mod triangular;
mod uniform;
mod weibull;

pub use constant::Constant;
pub use cumulants::{Cumulants, Mixture, Part, quantile as quantile_of};
pub use empirical::Empirical;
pub use equilibrium::Equilibrium;
pub use exponential::Exponential;
pub use gamma::Gamma;
pub use hyperexponential::Hyperexponential;
pub use lognormal::Lognormal;
pub use pareto::Pareto;
pub use phases::Phases;
pub use powered::Powered;
pub use quantiles::Quantiles;
pub use sampler::{Sampler, Tables};
pub use special::{normal_quantile, normal_survival};
pub use table::Table;
pub use triangular::Triangular;
pub use uniform::Uniform;
pub use weibull::Weibull;

/// A distribution of a non-negative time in seconds.
#[derive(Debug, Clone, PartialEq)]
pub enum Law {
    /// Always the same time.
    Constant(Constant),
    /// Constant hazard.
    Exponential(Exponential),
    /// Hazard that rises or falls as a power of age.
    Weibull(Weibull),
    /// The logarithm is normal.
    Lognormal(Lognormal),
    /// Sum of exponential stages, for any positive number of them; Erlang where the number is whole.
    Gamma(Gamma),
    /// One of two exponential phases.
    Hyperexponential(Hyperexponential),
    /// Equally likely between two times.
    Uniform(Uniform),
    /// A density that rises straight to a mode and falls straight from it.
    Triangular(Triangular),
    /// A power-law tail (type I).
    Pareto(Pareto),
    /// Interpolated between quantiles that somebody knows.
    Quantiles(Quantiles),
    /// Values seen, drawn again.
    Empirical(Empirical),
    /// Another law whose hazard is multiplied by a factor.
    Powered(Powered),
}

/// What every law answers. `h` is a cumulative hazard, −ln P(T > t): it reaches further into the tail than a probability.
trait Lifetime {
    /// P(T ≤ t), accurate in the lower tail.
    fn cdf(&self, t: f64) -> f64;
    /// P(T > t), accurate in the upper tail.
    fn survival(&self, t: f64) -> f64;
    /// The time whose cdf is `u`.
    fn quantile(&self, u: f64) -> f64;
    /// The time whose survival is `v`.
    fn quantile_upper(&self, v: f64) -> f64;
    /// The mean in seconds; may be infinite.
    fn mean(&self) -> f64;
    /// The variance in seconds squared; may be infinite.
    fn variance(&self) -> f64;

    /// The third central moment in seconds cubed; may be infinite.
    fn third(&self) -> f64 {
        moments::third(self)
    }

    /// −ln P(T > t), also where the survival is below the smallest double.
    fn cumulative_hazard(&self, t: f64) -> f64 {
        hazard_of(self.cdf(t), self.survival(t))
    }

    /// The time at which the cumulative hazard reaches `h`.
    fn at_hazard(&self, h: f64) -> f64 {
        if h < core::f64::consts::LN_2 { self.quantile(-libm::expm1(-h)) } else { self.quantile_upper(libm::exp(-h)) }
    }
}

/// The cumulative hazard from whichever of the two probabilities is the more accurate.
fn hazard_of(cdf: f64, survival: f64) -> f64 {
    if cdf < 0.5 { -libm::log1p(-cdf) } else { -libm::log(survival) }
}

impl Law {
    /// The time t in seconds with P(T ≤ t) = `u`; accurate for small `u`.
    #[must_use]
    pub fn quantile(&self, u: f64) -> f64 {
        self.lifetime().quantile(u)
    }

    /// The time t in seconds with P(T > t) = `v`; accurate for small `v`.
    #[must_use]
    pub fn quantile_upper(&self, v: f64) -> f64 {
        self.lifetime().quantile_upper(v)
    }

    /// P(T ≤ t); accurate where it is small.
    #[must_use]
    pub fn cdf(&self, t: f64) -> f64 {
        self.lifetime().cdf(t)
    }

    /// P(T > t); accurate where it is small.
    #[must_use]
    pub fn survival(&self, t: f64) -> f64 {
        self.lifetime().survival(t)
    }

    /// The mean in seconds; infinite for a Pareto of shape 1 or less.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.lifetime().mean()
    }

    /// The variance in seconds squared; infinite for a Pareto of shape 2 or less.
    #[must_use]
    pub fn variance(&self) -> f64 {
        self.lifetime().variance()
    }

    /// Mean, variance, third central moment and least value. A law so heavy in its tail that one of these is infinite gets that
    /// of a lognormal, with a coefficient of variation of at most 10.
    #[must_use]
    pub fn cumulants(&self) -> Cumulants {
        const HEAVY: f64 = 10.0;
        if let Law::Exponential(law) = self {
            return Cumulants::gamma(law.mean(), 1.0);
        }
        let law = self.lifetime();
        let mean = if law.mean().is_finite() { law.mean() } else { law.quantile(0.999) };
        let variance = law.variance();
        let variance = if variance.is_finite() { variance } else { HEAVY * HEAVY * mean * mean };
        let third = law.third();
        let cv = libm::sqrt(variance) / mean.max(f64::MIN_POSITIVE);
        let third = if third.is_finite() { third } else { (3.0 + cv * cv) * cv * variance * libm::sqrt(variance) };
        Cumulants { mean, variance, third, least: law.quantile(0.0).clamp(0.0, mean) }
    }

    /// −ln P(T > t): finite and accurate also where the survival is below the smallest double, infinite beyond the
    /// longest time.
    #[must_use]
    pub fn cumulative_hazard(&self, t: f64) -> f64 {
        self.lifetime().cumulative_hazard(t)
    }

    /// The time in seconds at which the cumulative hazard reaches `h`: the inverse of [`Law::cumulative_hazard`].
    #[must_use]
    pub fn at_hazard(&self, h: f64) -> f64 {
        self.lifetime().at_hazard(h)
    }

    /// The law with its hazard multiplied by `h` > 0: its survival is this one's to the power `h`.
    ///
    /// The beta-factor model of common cause failures (IEC 61508-6, annex D) splits a hazard so. Closed for constant,
    /// exponential, Weibull and Pareto laws.
    #[must_use]
    pub fn hazard_times(&self, h: f64) -> Law {
        match self {
            Law::Constant(_) => self.clone(),
            Law::Exponential(law) => Law::Exponential(law.hazard_times(h)),
            Law::Weibull(law) => Law::Weibull(law.hazard_times(h)),
            Law::Pareto(law) => Law::Pareto(law.hazard_times(h)),
            Law::Powered(law) => Law::Powered(law.hazard_times(h)),
            _ => Law::Powered(Powered::new(self.clone(), h)),
        }
    }

    /// The time that is left, in seconds, to something that has reached `age`; 0 beyond the longest time.
    ///
    /// By inversion of one word, increasing in it; at age 0 it is the draw of [`Sampler::draw`] to rounding.
    #[must_use]
    pub fn remaining(&self, age: f64, word: u64) -> f64 {
        if age <= 0.0 {
            return sampler::invert(self, word);
        }
        let more = sampler::hazard(word);
        match self {
            Law::Constant(law) => (law.value() - age).max(0.0),
            Law::Exponential(law) => law.mean() * more,
            Law::Weibull(law) => law.remaining(age, more),
            Law::Empirical(law) => law.remaining(age, word),
            _ => {
                let reached = self.cumulative_hazard(age);
                if reached.is_finite() { (self.at_hazard(reached + more) - age).max(0.0) } else { 0.0 }
            }
        }
    }

    /// The same law with every time multiplied by `factor` > 0.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Law {
        match self {
            Law::Constant(law) => Law::Constant(law.scaled(factor)),
            Law::Exponential(law) => Law::Exponential(law.scaled(factor)),
            Law::Weibull(law) => Law::Weibull(law.scaled(factor)),
            Law::Lognormal(law) => Law::Lognormal(law.scaled(factor)),
            Law::Gamma(law) => Law::Gamma(law.scaled(factor)),
            Law::Hyperexponential(law) => Law::Hyperexponential(law.scaled(factor)),
            Law::Uniform(law) => Law::Uniform(law.scaled(factor)),
            Law::Triangular(law) => Law::Triangular(law.scaled(factor)),
            Law::Pareto(law) => Law::Pareto(law.scaled(factor)),
            Law::Quantiles(law) => Law::Quantiles(law.scaled(factor)),
            Law::Empirical(law) => Law::Empirical(law.scaled(factor)),
            Law::Powered(law) => Law::Powered(law.scaled(factor)),
        }
    }

    /// The only times that it can be, ascending; `None` where there are no gaps between them.
    fn jumps(&self) -> Option<Vec<f64>> {
        match self {
            Law::Constant(law) => Some(vec![law.value()]),
            Law::Empirical(law) => Some(law.values().to_vec()),
            Law::Powered(law) => law.law().jumps(),
            _ => None,
        }
    }

    fn lifetime(&self) -> &dyn Lifetime {
        match self {
            Law::Constant(law) => law,
            Law::Exponential(law) => law,
            Law::Weibull(law) => law,
            Law::Lognormal(law) => law,
            Law::Gamma(law) => law,
            Law::Hyperexponential(law) => law,
            Law::Uniform(law) => law,
            Law::Triangular(law) => law,
            Law::Pareto(law) => law,
            Law::Quantiles(law) => law,
            Law::Empirical(law) => law,
            Law::Powered(law) => law,
        }
    }
}

/// `value` where it is positive and finite, else what is wrong with it.
fn positive(what: &str, value: f64) -> Result<f64, String> {
    if value.is_finite() && value > 0.0 { Ok(value) } else { Err(format!("{what} is {value}; it must be positive and finite")) }
}

/// `value` where it is a length of time, else what is wrong with it.
fn time(what: &str, value: f64) -> Result<f64, String> {
    if value.is_finite() && value >= 0.0 {
        Ok(value)
    } else {
        Err(format!("{what} is {value}; it must be finite and not negative"))
    }
}

/// `value` where it lies between two bounds, else what is wrong with it.
fn between(what: &str, value: f64, low: f64, high: f64) -> Result<f64, String> {
    if value >= low && value <= high { Ok(value) } else { Err(format!("{what} is {value}; it must be between {low} and {high}")) }
}

#[cfg(test)]
mod tests;
