//! How traffic grows: the factor over time, and its integral in closed form.

use super::Value;

/// How a source grows.
#[derive(Debug, Clone, Copy)]
pub enum Profile {
    /// Not at all.
    Flat,
    /// By a constant fraction of what it has reached: exponentially.
    Compound {
        /// Growth in one `per`, relative: 0.04 for 4%.
        fraction: Value,
        /// Seconds in which it grows so much.
        per: f64,
    },
    /// By a constant fraction of the rate at the start: in a straight line.
    Linear {
        /// Growth in one `per`, relative to the start.
        fraction: Value,
        /// Seconds in which it grows so much.
        per: f64,
    },
}

/// The growth factor as a function of time, with its numbers drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Growth {
    /// Always 1.
    Flat,
    /// exp(rate t).
    Exponential(f64),
    /// 1 + slope t, never below 0.
    Linear(f64),
}

impl Growth {
    /// The factor at `t` seconds after the start.
    #[must_use]
    pub fn factor(self, t: f64) -> f64 {
        match self {
            Self::Flat => 1.0,
            Self::Exponential(rate) => libm::exp(rate * t),
            Self::Linear(slope) => (1.0 + slope * t).max(0.0),
        }
    }

    /// From when on the factor is above `factor`, seconds after the start; 0 where it is at the start, infinite where it never is.
    #[must_use]
    pub fn reaches(self, factor: f64) -> f64 {
        if factor < 1.0 {
            return 0.0;
        }
        match self {
            Self::Exponential(rate) if rate > 0.0 => libm::log(factor) / rate,
            Self::Linear(slope) if slope > 0.0 => (factor - 1.0) / slope,
            Self::Flat | Self::Exponential(_) | Self::Linear(_) => f64::INFINITY,
        }
    }

    /// The integral of the factor between two times, seconds.
    #[must_use]
    pub fn between(self, from: f64, to: f64) -> f64 {
        match self {
            Self::Exponential(rate) => self.factor(from) * Self::Exponential(rate).integral(to - from),
            Self::Flat | Self::Linear(_) => self.integral(to) - self.integral(from),
        }
    }

    /// The time at which the integral of the factor from `from` on has reached `amount` seconds; infinite where it never does.
    #[must_use]
    pub fn after(self, from: f64, amount: f64) -> f64 {
        match self {
            Self::Flat | Self::Exponential(0.0) | Self::Linear(0.0) => from + amount,
            Self::Exponential(rate) => {
                let grown = rate * amount / self.factor(from);
                if grown > -1.0 { from + libm::log1p(grown) / rate } else { f64::INFINITY }
            }
            Self::Linear(slope) => {
                // factor·x + slope·x²/2 = amount, by the root that does not cancel.
                let factor = self.factor(from);
                let square = factor * factor + 2.0 * slope * amount;
                if square < 0.0 { f64::INFINITY } else { from + 2.0 * amount / (factor + square.sqrt()) }
            }
        }
    }

    /// The integral of the factor from 0 to `t`, seconds.
    #[must_use]
    pub fn integral(self, t: f64) -> f64 {
        match self {
            Self::Flat | Self::Exponential(0.0) => t,
            Self::Exponential(rate) => libm::expm1(rate * t) / rate,
            Self::Linear(slope) => {
                let end = if slope < 0.0 { t.min(-1.0 / slope) } else { t };
                end + slope * end * end / 2.0
            }
        }
    }
}

impl Profile {
    /// The growth factor, for one draw of the uncertain numbers.
    pub(super) fn growth(self, draws: &[f64]) -> Growth {
        match self {
            Self::Flat => Growth::Flat,
            Self::Compound { fraction, per } => Growth::Exponential(libm::log1p(fraction.get(draws).max(-0.999_999)) / per),
            Self::Linear { fraction, per } => Growth::Linear(fraction.get(draws) / per),
        }
    }
}

/// Walks along a growth factor from edge to edge. Most pieces have the same width, and so the same growth: a factor is
/// multiplied on, and computed anew often enough that its rounding stays below 1e-14.
pub(super) struct Path {
    growth: Growth,
    factor: f64,
    width: f64,
    /// Growth over a piece of this width, and its integral for a factor of 1 at the start.
    times: f64,
    integral: f64,
    steps: u32,
}

impl Path {
    const ANEW: u32 = 64;

    pub(super) fn new(growth: Growth) -> Self {
        Self { growth, factor: 1.0, width: f64::NAN, times: 1.0, integral: 0.0, steps: 0 }
    }

    /// The integral of the factor over a piece, and the factor at its end.
    pub(super) fn step(&mut self, from: f64, to: f64) -> (f64, f64) {
        let Growth::Exponential(rate) = self.growth else {
            return (self.growth.integral(to) - self.growth.integral(from), self.growth.factor(to));
        };
        if to - from != self.width {
            self.width = to - from;
            self.times = libm::exp(rate * self.width);
            self.integral = self.growth.integral(self.width);
        }
        let grown = self.factor * self.integral;
        self.steps += 1;
        self.factor = if self.steps.is_multiple_of(Self::ANEW) { libm::exp(rate * to) } else { self.factor * self.times };
        (grown, self.factor)
    }
}
