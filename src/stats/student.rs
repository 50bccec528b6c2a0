//! The quantiles that intervals are made of.

use statrs::distribution::{Beta, ContinuousCDF, StudentsT};

use crate::dist::{normal_quantile, normal_survival};

/// The two-sided Student t quantile: |t| is below it with probability `level`.
///
/// From 1000 degrees of freedom by the expansion about the normal quantile (Abramowitz & Stegun 26.7.5), there good to
/// 1e-10, since the continued fraction loses digits as they grow.
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

/// The probability that Student's t is at most `t`: normal from a thousand degrees of freedom on, there good to a thousandth.
pub(super) fn t_probability(t: f64, freedom: u64) -> f64 {
    match StudentsT::new(0.0, 1.0, freedom as f64) {
        Ok(student) if freedom < 1000 => student.cdf(t),
        _ => normal_survival(-t),
    }
}

/// The beta quantile for real parameters; 0 and 1 where a parameter is not positive.
///
/// In closed form where one of them is 1; by Cornish & Fisher's expansion where both are large, so that the beta is
/// nearly normal; else by bisection of the cdf on the log odds, since the library's own inverse stops early for large
/// parameters and need not end.
pub(super) fn beta_quantile(a: f64, b: f64, p: f64) -> f64 {
    let (Ok(beta), true) = (Beta::new(a, b), a > 0.0) else { return f64::from(u8::from(a > 0.0)) };
    if a == 1.0 {
        return -libm::expm1(libm::log1p(-p) / b);
    }
    if b == 1.0 {
        return libm::exp(libm::log(p) / a);
    }
    if a.min(b) > 1e5 {
        let (n, z) = (a + b, normal_quantile(p));
        let skewness = 2.0 * (b - a) * ((n + 1.0) / (a * b)).sqrt() / (n + 2.0);
        return a / n + (a / n * (b / n) / (n + 1.0)).sqrt() * (z + skewness * (z * z - 1.0) / 6.0);
    }
    let (mut low, mut high) = (-80.0, 80.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if beta.cdf(logistic(middle)) < p { low = middle } else { high = middle }
    }
    logistic(0.5 * (low + high))
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

/// Events that `exposure` without one still allows, at this two-sided level: −ln(α/2), the exact Poisson bound
/// (Garwood 1936); 3.69 at 95%.
pub(super) fn unseen_events(level: f64) -> f64 {
    -libm::log(0.5 * (1.0 - level))
}

/// The probability that `n` trials without a success still allow: the upper Clopper–Pearson bound of 0 in n.
pub(super) fn unseen_probability(level: f64, n: u64) -> f64 {
    -libm::expm1(-unseen_events(level) / n as f64)
}
