//! Elementary functions where the usual way of writing them loses digits.

/// The geometric sum 1 + r + … + r^(n−1), with r = e^y, for any n ≥ 0 that need not be whole; infinite n for y < 0.
pub(super) fn geometric(n: f64, y: f64) -> f64 {
    if y == 0.0 { n } else { libm::expm1(n * y) / libm::expm1(y) }
}

/// ∫₀ᵗ e^(r·u) du, for t up to infinity where r < 0.
pub(super) fn exponential_integral(r: f64, t: f64) -> f64 {
    if r == 0.0 { t } else { libm::expm1(r * t) / r }
}

/// 1/(1 − e^(−z)) − 1/z: the mean of a density that grows as e^(z·u) on 0 ≤ u ≤ 1. It is ½ at 0, and 1 − itself at −z.
pub(super) fn mean_of_growth(z: f64) -> f64 {
    if z.abs() < 0.3 {
        // The Bernoulli numbers: Abramowitz & Stegun 23.1.1 (1964).
        let s = z * z;
        let series = 1.0 / 12.0
            - s * (1.0 / 720.0
                - s * (1.0 / 30_240.0 - s * (1.0 / 1_209_600.0 - s * (1.0 / 47_900_160.0 - s * (691.0 / 1_307_674_368_000.0)))));
        0.5 + z * series
    } else {
        1.0 / -libm::expm1(-z) - 1.0 / z
    }
}

/// ln(r) of a ratio r = above/below near or far from 1.
pub(super) fn ln_ratio(above: f64, below: f64) -> f64 {
    let off = (above - below) / below;
    if off.abs() < 0.5 { libm::log1p(off) } else { libm::log(above / below) }
}

/// ln(1 + t) − t, to full precision about 0: by the series of the inverse hyperbolic tangent (Abramowitz & Stegun 4.1.27).
pub(super) fn ln_1p_less(t: f64) -> f64 {
    let s = t / (2.0 + t);
    if s.abs() > 0.2 {
        return libm::log1p(t) - t;
    }
    let q = s * s;
    let mut series = 0.0;
    for odd in (1..=12).rev() {
        series = series * q + INVERSE_ODD[odd];
    }
    s * (2.0 * q * series - t)
}

/// 1/(2k + 1).
const INVERSE_ODD: [f64; 13] = [
    1.0,
    1.0 / 3.0,
    1.0 / 5.0,
    1.0 / 7.0,
    1.0 / 9.0,
    1.0 / 11.0,
    1.0 / 13.0,
    1.0 / 15.0,
    1.0 / 17.0,
    1.0 / 19.0,
    1.0 / 21.0,
    1.0 / 23.0,
    1.0 / 25.0,
];

/// ln of the Poisson probability of k for this mean, continued to real k ≥ 0: k ln(mean) − mean − ln Γ(k + 1).
///
/// The large terms cancel before they are rounded (Loader, "Fast and accurate computation of binomial probabilities", 2000).
pub(super) fn ln_poisson(k: f64, mean: f64) -> f64 {
    if mean == 0.0 {
        return if k == 0.0 { 0.0 } else { f64::NEG_INFINITY };
    }
    if k < 10.0 {
        return k * libm::log(mean) - mean - libm::lgamma(k + 1.0);
    }
    let s = 1.0 / (k * k);
    let stirling = (1.0 / 12.0 - s * (1.0 / 360.0 - s * (1.0 / 1260.0 - s * (1.0 / 1680.0 - s / 1188.0)))) / k;
    k * ln_1p_less((mean - k) / k) - stirling - 0.5 * libm::log(core::f64::consts::TAU * k)
}

/// The integrals of the components of `f` from `from` to `to` in `panels` equal parts, by the Gauss–Legendre rule of 24 points
/// (Abramowitz & Stegun, table 25.4): to rounding for what varies by no more than a bell of 9 standard deviations in a part.
pub(super) fn integrals<const N: usize>(f: impl Fn(f64) -> [f64; N], from: f64, to: f64, panels: usize) -> [f64; N] {
    let half = 0.5 * (to - from) / panels as f64;
    let mut sums = [0.0; N];
    for panel in 0..panels {
        let middle = from + half * (2 * panel + 1) as f64;
        for (x, w) in GAUSS {
            let (left, right) = (f(middle - half * x), f(middle + half * x));
            (0..N).for_each(|i| sums[i] += half * w * (left[i] + right[i]));
        }
    }
    sums
}

/// The positive points and their weights.
const GAUSS: [(f64, f64); 12] = [
    (0.064_056_892_862_605_63, 0.127_938_195_346_752_16),
    (0.191_118_867_473_616_3, 0.125_837_456_346_828_3),
    (0.315_042_679_696_163_4, 0.121_670_472_927_803_39),
    (0.433_793_507_626_045_1, 0.115_505_668_053_725_6),
    (0.545_421_471_388_839_5, 0.107_444_270_115_965_63),
    (0.648_093_651_936_975_5, 0.097_618_652_104_113_88),
    (0.740_124_191_578_554_4, 0.086_190_161_531_953_27),
    (0.820_001_985_973_903, 0.073_346_481_411_080_31),
    (0.886_415_527_004_401, 0.059_298_584_915_436_78),
    (0.938_274_552_002_732_8, 0.044_277_438_817_419_81),
    (0.974_728_555_971_309_5, 0.028_531_388_628_933_663),
    (0.995_187_219_997_021_4, 0.012_341_229_799_987_2),
];

/// The time at which a survival function has fallen to `share`, from a first guess of its size; 0 where it starts no higher,
/// infinite where it never falls so far.
///
/// The logarithm of the survival is followed by false position, with a halving whenever that stalls (the Illinois method:
/// Dowell & Jarratt, "A modified regula falsi method", *BIT* 11, 1971): tails are nearly exponential, so a few steps do.
pub(super) fn falls_to(survival: impl Fn(f64) -> f64, share: f64, guess: f64) -> f64 {
    let off = |t: f64| libm::log(survival(t) / share);
    let (mut low, mut above) = (0.0, off(0.0));
    if above <= 0.0 || above.is_nan() {
        return 0.0;
    }
    let mut high = guess;
    let mut below = off(high);
    while below > 0.0 {
        (low, above) = (high, below);
        high *= 2.0;
        if !high.is_finite() {
            return f64::INFINITY;
        }
        below = off(high);
    }
    let mut last = 0;
    for step in 0..200 {
        if high - low <= 4.0 * f64::EPSILON * high || below == 0.0 {
            break;
        }
        let inner = high - below * (high - low) / (below - above);
        let halve = step % 8 == 7 || !(inner > low && inner < high);
        let t = if halve { 0.5 * (low + high) } else { inner };
        let value = off(t);
        if value > 0.0 {
            (low, above) = (t, value);
            if last == 1 {
                below *= 0.5;
            }
            last = 1;
        } else {
            (high, below) = (t, value);
            if last == -1 {
                above *= 0.5;
            }
            last = -1;
        }
        if value.abs() < 1e-14 {
            return t;
        }
    }
    high
}
