//! An estimate with its interval: the only form in which a simulated number leaves the program.

use serde::Serialize;

/// A number with the interval it was estimated to.
///
/// `value` is `None` where nothing was observed; `low` and `high` are given where they can be bounded all the same.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The estimate; `None` where nothing was observed.
    pub value: Option<f64>,
    /// Lower end of the interval.
    pub low: Option<f64>,
    /// Upper end of the interval.
    pub high: Option<f64>,
    /// Confidence level of the interval, 0.95.
    pub level: f64,
    /// Independent observations behind it.
    pub n: u64,
    /// How the interval was made, e.g. `t over replications`.
    pub method: &'static str,
}

impl Estimate {
    /// A number known without error.
    #[must_use]
    pub fn exact(value: f64, method: &'static str) -> Estimate {
        Estimate { value: Some(value), low: Some(value), high: Some(value), level: 1.0, n: 0, method }
    }

    /// Nothing was observed and nothing bounds it.
    #[must_use]
    pub fn unobserved(level: f64, n: u64, method: &'static str) -> Estimate {
        Estimate { value: None, low: None, high: None, level, n, method }
    }

    /// One minus it: availability from unavailability.
    #[must_use]
    pub fn complement(self) -> Estimate {
        let flip = |x: Option<f64>| x.map(|x| 1.0 - x);
        Estimate { value: flip(self.value), low: flip(self.high), high: flip(self.low), ..self }
    }

    /// Multiplied by a factor > 0: another unit.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Estimate {
        let scale = |x: Option<f64>| x.map(|x| x * factor);
        Estimate { value: scale(self.value), low: scale(self.low), high: scale(self.high), ..self }
    }

    /// Its interval held to a range that the truth cannot leave.
    #[must_use]
    pub fn clipped(self, low: f64, high: f64) -> Estimate {
        let clip = |x: Option<f64>| x.map(|x| x.clamp(low, high));
        Estimate { low: clip(self.low), high: clip(self.high), ..self }
    }
}
