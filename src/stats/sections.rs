//! Quantiles of many values, of which the intervals come from the quantiles of parts.

use super::student::t_quantile;
use super::{Estimate, Moments};

/// A quantile of all values, with Student's t interval from those of its sections: the replications, or the batches of a long
/// one.
///
/// Sectioning (Asmussen & Glynn, *Stochastic Simulation*, 2007, section III.5; Nakayama, "Confidence intervals for quantiles
/// using sectioning when applying variance-reduction techniques", *ACM TOMACS* 24, 2014): the deviations of the sections'
/// quantiles are taken about `whole`, the quantile of all values together, not about their mean. A quantile of few values is
/// biased; that of all is less so, and what bias the sections have widens the interval.
///
/// Each quantile is within `error`, relative, of the true one of its values (the error of a sketch); the interval is that much
/// wider on either side. From a single section there is none.
#[must_use]
pub fn sectioned(whole: Option<f64>, sections: &Moments, error: f64, level: f64, method: &'static str) -> Estimate {
    let n = sections.count();
    let Some(value) = whole else { return Estimate::unobserved(level, n, method) };
    let plain = Estimate { value: Some(value), ..Estimate::unobserved(level, n, method) };
    if n < 2 {
        return plain;
    }
    let count = n as f64;
    let squares = sections.sum_of_squares() + count * (sections.mean() - value).powi(2);
    let half = t_quantile(level, n - 1) * (squares / (count * (count - 1.0))).sqrt();
    Estimate { low: Some((value - half) / (1.0 + error)), high: Some((value + half) / (1.0 - error)), ..plain }
}
