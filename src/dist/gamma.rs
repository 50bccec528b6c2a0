//! A sum of exponential stages, for any positive number of them; Erlang's law where the number is whole (Johnson, Kotz &
//! Balakrishnan, *Continuous Univariate Distributions*, vol. 1, chapter 17).

use core::f64::consts::LN_2;

use super::special::{incomplete_gamma, normal_at_hazard};
use super::{Lifetime, between, positive};

/// Gamma: density proportional to t^(shape − 1) exp(−t / scale).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gamma {
    shape: f64,
    scale: f64,
}

/// One tail probability to be met.
#[derive(Clone, Copy)]
enum Tail {
    Lower,
    Upper,
}

impl Gamma {
    pub(super) fn with_shape_scale(shape: f64, scale: f64) -> Result<Gamma, String> {
        Ok(Gamma {
            shape: between("the shape of the gamma", shape, 0.001, 1e6)?,
            scale: positive("the scale of the gamma", scale)?,
        })
    }

    pub(super) fn with_mean_cv(mean: f64, cv: f64) -> Result<Gamma, String> {
        let mean = positive("the mean of the gamma", mean)?;
        let shape = 1.0 / libm::pow(between("the cv of the gamma", cv, 0.001, 30.0)?, 2.0);
        Gamma::with_shape_scale(shape.min(1e6), mean / shape)
    }

    pub(super) fn erlang(k: u32, mean: f64) -> Result<Gamma, String> {
        let k = between("k of the Erlang", f64::from(k), 1.0, 1e6)?;
        Gamma::with_shape_scale(k, positive("the mean of the Erlang", mean)? / k)
    }

    pub(super) fn scaled(self, factor: f64) -> Gamma {
        Gamma { scale: self.scale * factor, ..self }
    }

    pub(super) fn shape(self) -> f64 {
        self.shape
    }

    pub(super) fn scale(self) -> f64 {
        self.scale
    }

    /// The time, in units of the scale, at which ln of the tail is `target`.
    ///
    /// Halley's method in ln x on the logarithm of the tail, which is concave there for every shape, so that bounded
    /// steps reach the root from any start (cubic convergence near it).
    fn solve(self, tail: Tail, target: f64) -> f64 {
        let a = self.shape;
        let mut x = self.guess(tail, target);
        let longest = 2.0 + 2.0 / a;
        let close = 1e-6 / libm::sqrt(a.max(1.0));
        for _ in 0..200 {
            if x < f64::MIN_POSITIVE {
                return 0.0;
            }
            let at = incomplete_gamma(a, x);
            let (value, slope) = match tail {
                Tail::Lower => (at.lower, libm::exp(at.slope - at.lower)),
                Tail::Upper => (at.upper, -libm::exp(at.slope - at.upper)),
            };
            let newton = (target - value) / slope;
            let bend = (a - x - slope) * newton;
            let step = (newton / (1.0 + 0.5 * bend).max(0.5)).clamp(-longest, longest);
            x *= libm::exp(step);
            if step.abs() < close {
                break;
            }
        }
        x
    }

    /// A start near the root: Wilson & Hilferty's cube (1931) in the body, the leading term of the series below it.
    fn guess(self, tail: Tail, target: f64) -> f64 {
        let a = self.shape;
        let z = match tail {
            Tail::Lower => -normal_at_hazard(-target),
            Tail::Upper => normal_at_hazard(-target),
        };
        let cube = 1.0 - 1.0 / (9.0 * a) + z / (3.0 * libm::sqrt(a));
        match tail {
            _ if a >= 0.5 && cube > 0.3 => a * cube * cube * cube,
            Tail::Lower => libm::exp((target + libm::lgamma(a + 1.0)) / a),
            Tail::Upper => {
                let body = libm::exp((libm::log(-libm::expm1(target)) + libm::lgamma(a + 1.0)) / a);
                body.clamp(f64::MIN_POSITIVE, (a - target).max(1.0))
            }
        }
    }
}

impl Lifetime for Gamma {
    fn cdf(&self, t: f64) -> f64 {
        if t > 0.0 { libm::exp(incomplete_gamma(self.shape, t / self.scale).lower) } else { 0.0 }
    }

    fn survival(&self, t: f64) -> f64 {
        if t > 0.0 { libm::exp(incomplete_gamma(self.shape, t / self.scale).upper) } else { 1.0 }
    }

    fn quantile(&self, u: f64) -> f64 {
        if u <= 0.0 {
            0.0
        } else if u < 0.5 {
            self.scale * self.solve(Tail::Lower, libm::log(u))
        } else {
            self.scale * self.solve(Tail::Upper, libm::log1p(-u))
        }
    }

    fn quantile_upper(&self, v: f64) -> f64 {
        if v < 0.5 { self.at_hazard(-libm::log(v)) } else { self.quantile(1.0 - v) }
    }

    fn mean(&self) -> f64 {
        self.shape * self.scale
    }

    fn variance(&self) -> f64 {
        self.shape * self.scale * self.scale
    }

    fn third(&self) -> f64 {
        2.0 * self.scale * self.variance()
    }

    fn cumulative_hazard(&self, t: f64) -> f64 {
        if t > 0.0 { -incomplete_gamma(self.shape, t / self.scale).upper } else { 0.0 }
    }

    fn at_hazard(&self, h: f64) -> f64 {
        if h < LN_2 {
            self.quantile(-libm::expm1(-h))
        } else if h.is_finite() {
            self.scale * self.solve(Tail::Upper, -h)
        } else {
            h
        }
    }
}
