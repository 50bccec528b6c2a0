//! The quantiles that intervals are made of.

use statrs::distribution::{Beta, ContinuousCDF, StudentsT};

use crate::dist::normal_quantile;

/// The two-sided Student t quantile: |t| is below it with probability `level`.
///
/// Above a million degrees of freedom the normal's, from which it differs by less than 1e-6.
#[allow(clippy::cast_precision_loss, reason = "degrees of freedom are counts far below 2^52")]
pub(super) fn t_quantile(level: f64, freedom: u64) -> f64 {
    let upper = 0.5 * (1.0 - level);
    if freedom > 1_000_000 {
        return -normal_quantile(upper);
    }
    match StudentsT::new(0.0, 1.0, freedom as f64) {
        Ok(student) if freedom > 0 => student.inverse_cdf(1.0 - upper),
        _ => f64::INFINITY,
    }
}

/// The beta quantile for real parameters; 0 and 1 where a parameter is not positive.
pub(super) fn beta_quantile(a: f64, b: f64, p: f64) -> f64 {
    if a <= 0.0 {
        return 0.0;
    }
    match Beta::new(a, b) {
        Ok(beta) => beta.inverse_cdf(p),
        Err(_) => 1.0,
    }
}

/// Events that `exposure` without one still allows, at this two-sided level: −ln(α/2), the exact Poisson bound
/// (Garwood 1936); 3.69 at 95%.
pub(super) fn unseen_events(level: f64) -> f64 {
    -libm::log(0.5 * (1.0 - level))
}

/// The probability that `n` trials without a success still allow: the upper Clopper–Pearson bound of 0 in n.
#[allow(clippy::cast_precision_loss, reason = "counts of replications are far below 2^52")]
pub(super) fn unseen_probability(level: f64, n: u64) -> f64 {
    -libm::expm1(-unseen_events(level) / n as f64)
}
