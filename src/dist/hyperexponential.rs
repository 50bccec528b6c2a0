//! One of two exponential phases, a quick and a slow one, of balanced means: each contributes half of the mean
//! (Tijms, *A First Course in Stochastic Models*, 2003, appendix B; Whitt 1982).

use super::{Lifetime, between, positive};

/// Hyperexponential: S(t) = p₁ exp(−λ₁ t) + p₂ exp(−λ₂ t), with p₁ / λ₁ = p₂ / λ₂.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hyperexponential {
    mean: f64,
    cv: f64,
    quick: Phase,
    slow: Phase,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Phase {
    probability: f64,
    rate: f64,
}

impl Hyperexponential {
    pub(super) fn new(mean: f64, cv: f64) -> Result<Hyperexponential, String> {
        let mean = positive("the mean of the hyperexponential", mean)?;
        if cv < 1.0 {
            return Err(format!("the cv of the hyperexponential is {cv}; it must be at least 1 (for less, use gamma)"));
        }
        Ok(Hyperexponential::balanced(mean, between("the cv of the hyperexponential", cv, 1.0, 1000.0)?))
    }

    fn balanced(mean: f64, cv: f64) -> Hyperexponential {
        let square = cv * cv;
        let skew = libm::sqrt((square - 1.0) / (square + 1.0));
        // 1 − skew, without cancellation for large cv.
        let gap = (2.0 / (square + 1.0)) / (1.0 + skew);
        let phase = |probability: f64| Phase { probability, rate: 2.0 * probability / mean };
        Hyperexponential { mean, cv, quick: phase(0.5 * (1.0 + skew)), slow: phase(0.5 * gap) }
    }

    pub(super) fn scaled(self, factor: f64) -> Hyperexponential {
        Hyperexponential::balanced(self.mean * factor, self.cv)
    }

    /// The mean in seconds, which is its scale.
    pub(super) fn scale(self) -> f64 {
        self.mean
    }

    pub(super) fn cv(self) -> f64 {
        self.cv
    }

    /// Probability and rate of the quick phase and of the slow one.
    pub(super) fn phases(self) -> [(f64, f64); 2] {
        [self.quick, self.slow].map(|phase| (phase.probability, phase.rate))
    }

    /// Hazard rate at t: the mean of the two rates, weighed by what is left of each phase.
    fn hazard_rate(self, t: f64) -> f64 {
        let quick = self.quick.probability * libm::exp(-(self.quick.rate - self.slow.rate) * t);
        (quick * self.quick.rate + self.slow.probability * self.slow.rate) / (quick + self.slow.probability)
    }
}

impl Lifetime for Hyperexponential {
    fn cdf(&self, t: f64) -> f64 {
        let t = t.max(0.0);
        let part = |phase: Phase| -phase.probability * libm::expm1(-phase.rate * t);
        part(self.quick) + part(self.slow)
    }

    fn survival(&self, t: f64) -> f64 {
        let t = t.max(0.0);
        let part = |phase: Phase| phase.probability * libm::exp(-phase.rate * t);
        part(self.quick) + part(self.slow)
    }

    fn quantile(&self, u: f64) -> f64 {
        self.at_hazard(-libm::log1p(-u))
    }

    fn quantile_upper(&self, v: f64) -> f64 {
        self.at_hazard(-libm::log(v))
    }

    fn mean(&self) -> f64 {
        self.mean
    }

    fn variance(&self) -> f64 {
        self.mean * self.mean * self.cv * self.cv
    }

    fn cumulative_hazard(&self, t: f64) -> f64 {
        let cdf = self.cdf(t);
        if cdf < 0.5 {
            return -libm::log1p(-cdf);
        }
        let quick = self.quick.probability * libm::exp(-(self.quick.rate - self.slow.rate) * t);
        self.slow.rate * t - libm::log(self.slow.probability + quick)
    }

    /// Newton's method on the cumulative hazard, which is concave: from a start below the root it climbs to it without
    /// overshooting.
    fn at_hazard(&self, h: f64) -> f64 {
        if !h.is_finite() {
            return h;
        }
        let straight = h / self.hazard_rate(0.0);
        let mut t = straight.max((h + libm::log(self.slow.probability)) / self.slow.rate);
        for _ in 0..100 {
            let step = (h - self.cumulative_hazard(t)) / self.hazard_rate(t);
            t += step;
            if step.abs() <= 1e-15 * t {
                break;
            }
        }
        t
    }
}
