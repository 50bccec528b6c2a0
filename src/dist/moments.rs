//! Means and variances by quadrature, for the laws without a closed form.
//!
//! A lifetime is its quantile at an exponential hazard, so E\[g(T)\] = ∫ g(T(h)) e⁻ʰ dh. With h = eˢ the integrand is
//! smooth and dies out at both ends, where the trapezoidal rule converges geometrically (Trefethen & Weideman, "The
//! exponentially convergent trapezoidal rule", 2014).

use super::Lifetime;

/// Steps for each unit of s.
const STEPS: i32 = 128;

/// The mean of a law from its times at given hazards.
pub(super) fn mean(law: &dyn Lifetime) -> f64 {
    expectation(law, |t| t)
}

/// The variance of a law from its times at given hazards.
pub(super) fn variance(law: &dyn Lifetime) -> f64 {
    let mean = mean(law);
    expectation(law, |t| (t - mean) * (t - mean))
}

/// The third central moment of a law from its times at given hazards.
pub(super) fn third<L: Lifetime + ?Sized>(law: &L) -> f64 {
    let mean = law.mean();
    expectation(law, |t| (t - mean) * (t - mean) * (t - mean))
}

fn expectation<L: Lifetime + ?Sized>(law: &L, g: impl Fn(f64) -> f64) -> f64 {
    let width = 1.0 / f64::from(STEPS);
    let sum: f64 = (-42 * STEPS..=7 * STEPS)
        .map(|step| libm::exp(f64::from(step) * width))
        .map(|h| (h, h * libm::exp(-h)))
        .filter(|(_, weight)| *weight > 0.0)
        .map(|(h, weight)| weight * g(law.at_hazard(h)))
        .sum();
    sum * width
}
