//! An estimate with its interval: the only form in which a simulated number leaves the program.

use serde::Serialize;

/// A number with the interval it was estimated to.
///
/// `value` is `None` where nothing was observed; `low` and `high` are given where they can be bounded all the same.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    pub value: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
    /// Confidence level of the interval, 0.95.
    pub level: f64,
    /// Independent observations behind it.
    pub n: u64,
    /// How the interval was made, e.g. `t over replications`.
    pub method: &'static str,
}
