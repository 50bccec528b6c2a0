//! The special functions the laws need, on a portable library of elementary functions.
//!
//! Tails are answered as cumulative hazards (−ln of a tail probability) where a probability would underflow.

use core::f64::consts::{FRAC_1_SQRT_2, LN_2};

/// P(Z > z) of the standard normal, accurate in the upper tail.
#[must_use]
pub fn normal_survival(z: f64) -> f64 {
    0.5 * libm::erfc(z * FRAC_1_SQRT_2)
}

/// −ln P(Z > z); for large z by the asymptotic series of Mills' ratio (Abramowitz & Stegun 26.2.12).
pub(super) fn normal_hazard(z: f64) -> f64 {
    if z < 0.0 {
        -libm::log1p(-normal_survival(-z))
    } else if z < 30.0 {
        -libm::log(normal_survival(z))
    } else {
        let x = 1.0 / (z * z);
        let series = x * (-1.0 + x * (3.0 + x * (-15.0 + x * 105.0)));
        0.5 * z * z + libm::log(z) + HALF_LN_TAU - libm::log1p(series)
    }
}

/// ln(2π) / 2.
const HALF_LN_TAU: f64 = 0.918_938_533_204_672_7;

/// The standard normal's quantile for 0 < u < 1, to about 1e-15 relative; for the upper tail use −quantile(v).
///
/// Wichura's rational approximations (algorithm AS 241, *Applied Statistics* 37, 1988).
#[must_use]
pub fn normal_quantile(u: f64) -> f64 {
    let q = u - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180_625 - q * q;
        q * ratio(r, &CENTRE.0, &CENTRE.1)
    } else if q < 0.0 {
        -normal_tail(libm::sqrt(-libm::log(u)))
    } else {
        normal_tail(libm::sqrt(-libm::log1p(-u)))
    }
}

/// z at which −ln P(Z > z) is `h`.
pub(super) fn normal_at_hazard(h: f64) -> f64 {
    if h < LN_2 {
        normal_quantile(-libm::expm1(-h))
    } else if h < 2.590_267_165_445 {
        // P(Z > z) is above 0.075: the middle of the distribution.
        -normal_quantile(libm::exp(-h))
    } else {
        normal_tail(libm::sqrt(h))
    }
}

/// z in the upper tail, below 7.5%, from r = √(−ln P(Z > z)).
fn normal_tail(r: f64) -> f64 {
    if r <= 5.0 {
        ratio(r - 1.6, &MIDDLE.0, &MIDDLE.1)
    } else if r <= 27.0 {
        ratio(r - 5.0, &FAR.0, &FAR.1)
    } else if r.is_finite() {
        // Beyond the smallest double: Newton's method on the hazard, whose slope is Mills' ratio inverted.
        let h = r * r;
        let mut z = libm::sqrt(2.0 * h - libm::log(2.0 * h) - 2.0 * HALF_LN_TAU);
        for _ in 0..4 {
            let x = 1.0 / (z * z);
            z -= (normal_hazard(z) - h) / (z * (1.0 + x * (1.0 - 2.0 * x)));
        }
        z
    } else {
        r
    }
}

/// Numerator and denominator, lowest power first.
type Rational = ([f64; 8], [f64; 8]);

fn ratio(x: f64, above: &[f64; 8], below: &[f64; 8]) -> f64 {
    let polynomial = |c: &[f64; 8]| c.iter().rev().fold(0.0, |sum, a| sum * x + a);
    polynomial(above) / polynomial(below)
}

#[expect(clippy::excessive_precision, reason = "as published")]
const CENTRE: Rational = (
    [
        3.3871328727963666080e0,
        1.3314166789178437745e2,
        1.9715909503065514427e3,
        1.3731693765509461125e4,
        4.5921953931549871457e4,
        6.7265770927008700853e4,
        3.3430575583588128105e4,
        2.5090809287301226727e3,
    ],
    [
        1.0,
        4.2313330701600911252e1,
        6.8718700749205790830e2,
        5.3941960214247511077e3,
        2.1213794301586595867e4,
        3.9307895800092710610e4,
        2.8729085735721942674e4,
        5.2264952788528545610e3,
    ],
);

#[expect(clippy::excessive_precision, reason = "as published")]
const MIDDLE: Rational = (
    [
        1.42343711074968357734e0,
        4.63033784615654529590e0,
        5.76949722146069140550e0,
        3.64784832476320460504e0,
        1.27045825245236838258e0,
        2.41780725177450611770e-1,
        2.27238449892691845833e-2,
        7.74545014278341407640e-4,
    ],
    [
        1.0,
        2.05319162663775882187e0,
        1.67638483018380384940e0,
        6.89767334985100004550e-1,
        1.48103976427480074590e-1,
        1.51986665636164571966e-2,
        5.47593808499534494600e-4,
        1.05075007164441684324e-9,
    ],
);

#[expect(clippy::excessive_precision, reason = "as published")]
const FAR: Rational = (
    [
        6.65790464350110377720e0,
        5.46378491116411436990e0,
        1.78482653991729133580e0,
        2.96560571828504891230e-1,
        2.65321895265761230930e-2,
        1.24266094738807843860e-3,
        2.71155556874348757815e-5,
        2.01033439929228813265e-7,
    ],
    [
        1.0,
        5.99832206555887937690e-1,
        1.36929880922735805310e-1,
        1.48753612908506148525e-2,
        7.86869131145613259100e-4,
        1.84631831751005468180e-5,
        1.42151175831644588870e-7,
        2.04426310338993978564e-15,
    ],
);

/// The regularised incomplete gamma functions at one point, as logarithms.
pub(super) struct IncompleteGamma {
    /// ln of xᵃ e⁻ˣ / Γ(a): the slope of P in ln x.
    pub(super) slope: f64,
    /// ln P(a, x).
    pub(super) lower: f64,
    /// ln Q(a, x).
    pub(super) upper: f64,
}

/// P and Q for a > 0 and x > 0: the power series below a + 1, Legendre's continued fraction above (Abramowitz & Stegun
/// 6.5.29 and 6.5.31; the fraction by Lentz's method).
pub(super) fn incomplete_gamma(a: f64, x: f64) -> IncompleteGamma {
    let slope = ln_gamma_slope(a, x);
    if x < a + 1.0 {
        let lower = slope + libm::log(lower_series(a, x));
        IncompleteGamma { slope, lower, upper: ln_one_minus_exp(lower) }
    } else {
        let upper = slope + libm::log(upper_fraction(a, x));
        IncompleteGamma { slope, lower: ln_one_minus_exp(upper), upper }
    }
}

/// ln(1 − eˣ) for x ≤ 0 (Mächler 2012).
fn ln_one_minus_exp(x: f64) -> f64 {
    if x >= 0.0 {
        f64::NEG_INFINITY
    } else if x > -LN_2 {
        libm::log(-libm::expm1(x))
    } else {
        libm::log1p(-libm::exp(x))
    }
}

/// a ln x − x − ln Γ(a); for large a through Stirling's series, so that the large terms cancel before they are rounded
/// (Loader, "Fast and accurate computation of binomial probabilities", 2000).
fn ln_gamma_slope(a: f64, x: f64) -> f64 {
    if a < 10.0 {
        return a * libm::log(x) - x - libm::lgamma(a);
    }
    let off = (x - a) / a;
    let exponent = if off.abs() < 0.5 { a * (libm::log1p(off) - off) } else { a * libm::log(x / a) - (x - a) };
    let s = 1.0 / (a * a);
    let stirling = (1.0 / 12.0 - s * (1.0 / 360.0 - s * (1.0 / 1260.0 - s * (1.0 / 1680.0 - s / 1188.0)))) / a;
    exponent + 0.5 * libm::log(a) - HALF_LN_TAU - stirling
}

/// P(a, x) over its slope.
fn lower_series(a: f64, x: f64) -> f64 {
    let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
    while term > sum * 1e-17 {
        n += 1.0;
        term *= x / n;
        sum += term;
    }
    sum
}

/// Q(a, x) over its slope.
fn upper_fraction(a: f64, x: f64) -> f64 {
    let mut partial = x + 1.0 - a;
    let mut above = f64::MAX;
    let mut below = 1.0 / partial;
    let mut value = below;
    let mut level = 0.0;
    while level < 1e5 {
        level += 1.0;
        let numerator = -level * (level - a);
        partial += 2.0;
        below = 1.0 / (numerator * below + partial);
        above = partial + numerator / above;
        let change = above * below;
        value *= change;
        if (change - 1.0).abs() < 1e-16 {
            break;
        }
    }
    value
}
