//! The quantiles that intervals are made of.

use statrs::distribution::{Beta, Continuous, ContinuousCDF, StudentsT};

use crate::dist::normal_quantile;

/// The two-sided Student t quantile: |t| is below it with probability `level`.
///
/// From 1000 degrees of freedom by the expansion about the normal quantile (Abramowitz & Stegun 26.7.5), there good to
/// 1e-10, since the continued fraction loses digits as they grow.
#[allow(clippy::cast_precision_loss, reason = "degrees of freedom are counts far below 2^52")]
pub(super) fn t_quantile(level: f64, freedom: u64) -> f64 {
    let upper = 0.5 * (1.0 - level);
    if freedom >= 1000 {
        let (z, share) = (-normal_quantile(upper), 1.0 / freedom as f64);
        let square = z * z;
        let first = z * (square + 1.0) / 4.0;
        let second = z * ((5.0 * square + 16.0) * square + 3.0) / 96.0;
        let third = z * (((3.0 * square + 19.0) * square + 17.0) * square - 15.0) / 384.0;
        return z + share * (first + share * (second + share * third));
    }
    match StudentsT::new(0.0, 1.0, freedom as f64) {
        Ok(student) if freedom > 0 => student.inverse_cdf(1.0 - upper),
        _ => f64::INFINITY,
    }
}

/// The beta quantile for real parameters; 0 and 1 where a parameter is not positive.
///
/// The library's inverse stops early for large parameters, so Newton's method goes on from it.
pub(super) fn beta_quantile(a: f64, b: f64, p: f64) -> f64 {
    if a <= 0.0 {
        return 0.0;
    }
    let Ok(beta) = Beta::new(a, b) else { return 1.0 };
    let mut x = beta.inverse_cdf(p);
    for _ in 0..4 {
        let next = x - (beta.cdf(x) - p) / beta.pdf(x);
        if !(next > 0.5 * x && next < 0.5 * (1.0 + x)) {
            break;
        }
        x = next;
    }
    x
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
