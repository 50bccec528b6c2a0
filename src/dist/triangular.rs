//! A density that rises straight to a mode and falls straight from it: three guesses of an expert (Kotz & van Dorp,
//! *Beyond Beta*, 2004, chapter 1).

use super::{Lifetime, time};

/// Triangular on [low, high] seconds with its peak at mode.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Triangular {
    low: f64,
    mode: f64,
    high: f64,
}

impl Triangular {
    pub(super) fn new(low: f64, mode: f64, high: f64) -> Result<Triangular, String> {
        let low = time("the low end of the triangular", low)?;
        let mode = time("the mode of the triangular", mode)?;
        let high = time("the high end of the triangular", high)?;
        if low > mode || mode > high || low >= high {
            return Err(format!(
                "the triangular has low {low} s, mode {mode} s, high {high} s; they must be in this order, with high above low"
            ));
        }
        Ok(Triangular { low, mode, high })
    }

    pub(super) fn scaled(self, factor: f64) -> Triangular {
        Triangular { low: self.low * factor, mode: self.mode * factor, high: self.high * factor }
    }

    /// P(T ≤ mode).
    fn left(self) -> f64 {
        (self.mode - self.low) / (self.high - self.low)
    }

    fn rising(self, u: f64) -> f64 {
        self.low + libm::sqrt(u * (self.high - self.low) * (self.mode - self.low))
    }

    fn falling(self, v: f64) -> f64 {
        self.high - libm::sqrt(v * (self.high - self.low) * (self.high - self.mode))
    }
}

impl Lifetime for Triangular {
    fn cdf(&self, t: f64) -> f64 {
        if t <= self.low {
            0.0
        } else if t < self.mode {
            let x = t - self.low;
            x * x / ((self.high - self.low) * (self.mode - self.low))
        } else {
            1.0 - self.survival(t)
        }
    }

    fn survival(&self, t: f64) -> f64 {
        if t >= self.high {
            0.0
        } else if t >= self.mode {
            let x = self.high - t;
            x * x / ((self.high - self.low) * (self.high - self.mode))
        } else {
            1.0 - self.cdf(t)
        }
    }

    fn quantile(&self, u: f64) -> f64 {
        if u < self.left() { self.rising(u) } else { self.falling(1.0 - u) }
    }

    fn quantile_upper(&self, v: f64) -> f64 {
        if v < 1.0 - self.left() { self.falling(v) } else { self.rising(1.0 - v) }
    }

    fn mean(&self) -> f64 {
        (self.low + self.mode + self.high) / 3.0
    }

    fn variance(&self) -> f64 {
        let (rise, fall) = (self.mode - self.low, self.high - self.mode);
        (rise * rise + rise * fall + fall * fall) / 18.0
    }
}
