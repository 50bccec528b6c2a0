//! A law known by its first three cumulants and its least value: what is left of a response time when its parts are added up.
//!
//! Cumulants of independent times add, so the time along a chain of calls costs a few additions. Where a probability or a
//! quantile is asked for, a law with these cumulants answers: the shifted gamma, the shifted lognormal, or the mixture of the two
//! whose shifts average to the least value. Exponential, Erlang and lognormal times, each with or without a constant, are exact.
//!
//! Fitting a shifted gamma (Pearson's type III) by three moments is Bobée & Robitaille's and Stacy & Mihram's method, the shifted
//! lognormal's is Yuan's ("On the semi-logarithmic frequency distribution", *Annals of Mathematical Statistics* 4, 1933).

use super::special::{incomplete_gamma, normal_survival};

/// Mean, variance, third central moment and least value of a time in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Cumulants {
    /// The mean, seconds.
    pub mean: f64,
    /// The variance, seconds squared.
    pub variance: f64,
    /// The third central moment, seconds cubed.
    pub third: f64,
    /// No value is less, seconds.
    pub least: f64,
}

/// A weighted sum of laws, by their raw moments.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mixture {
    /// The sum of the weights.
    pub weight: f64,
    /// The sums of the weights times the first, second and third raw moment.
    moments: [f64; 3],
    least: f64,
}

/// The part of a law up to some time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// The probability of not exceeding it.
    pub share: f64,
    /// The law given that.
    pub law: Cumulants,
}

/// So small a variance, relative to the square of the mean, is rounding.
const NOTHING: f64 = 1e-20;
/// A skewness below this is that of the normal law, as far as anybody can tell.
const STRAIGHT: f64 = 0.02;

impl Cumulants {
    /// No time at all.
    pub const ZERO: Self = Self { mean: 0.0, variance: 0.0, third: 0.0, least: 0.0 };

    /// Always the same time.
    #[must_use]
    pub fn constant(t: f64) -> Self {
        Self { mean: t, variance: 0.0, third: 0.0, least: t }
    }

    /// A gamma law from 0 on, of this mean and coefficient of variation.
    #[must_use]
    pub fn gamma(mean: f64, cv: f64) -> Self {
        let square = cv * cv;
        Self { mean, variance: mean * mean * square, third: 2.0 * mean * mean * mean * square * square, least: 0.0 }
    }

    /// The sum of two independent times.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            mean: self.mean + other.mean,
            variance: self.variance + other.variance,
            third: self.third + other.third,
            least: self.least + other.least,
        }
    }

    /// The sum of `n` independent times of this law; `n` need not be whole.
    #[must_use]
    pub fn repeated(self, n: f64) -> Self {
        Self { mean: self.mean * n, variance: self.variance * n, third: self.third * n, least: self.least * n }
    }

    /// Every time multiplied by `factor`.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        Self {
            mean: self.mean * factor,
            variance: self.variance * factor * factor,
            third: self.third * factor * factor * factor,
            least: self.least * factor,
        }
    }

    /// The coefficient of variation; 0 where there is no time.
    #[must_use]
    pub fn cv(&self) -> f64 {
        if self.mean > 0.0 { libm::sqrt(self.variance.max(0.0)) / self.mean } else { 0.0 }
    }

    /// The first three raw moments.
    fn raw(&self) -> [f64; 3] {
        let m = self.mean;
        [m, self.variance + m * m, self.third + 3.0 * m * self.variance + m * m * m]
    }

    fn from_raw(raw: [f64; 3], least: f64) -> Self {
        let [m, second, third] = raw;
        let variance = (second - m * m).max(0.0);
        Self { mean: m, variance, third: third - 3.0 * m * variance - m * m * m, least }
    }

    /// P(T > t).
    #[must_use]
    pub fn above(&self, t: f64) -> f64 {
        if t < self.least { 1.0 } else { self.shape().above(t) }
    }

    /// What does not exceed `t`: how likely it is, and its law.
    #[must_use]
    pub fn up_to(&self, t: f64) -> Part {
        self.shape().up_to(t, self)
    }

    /// A law on the way to another, by the share of it that is behind: its cumulants lie between theirs in proportion.
    #[must_use]
    pub fn towards(&self, other: &Self, share: f64) -> Self {
        let between = |a: f64, b: f64| a + share * (b - a);
        Self {
            mean: between(self.mean, other.mean),
            variance: between(self.variance, other.variance),
            third: between(self.third, other.third),
            least: between(self.least, other.least),
        }
    }

    /// The time that a share `p` does not exceed.
    #[must_use]
    pub fn quantile(&self, p: f64) -> f64 {
        let shape = self.shape();
        quantile(|t| shape.above(t), p, self.mean + libm::sqrt(self.variance.max(0.0)))
    }

    /// The laws whose cumulants these are.
    fn shape(&self) -> Shape {
        if self.variance <= NOTHING * self.mean * self.mean {
            return Shape { gamma: 1.0, body: Body::Constant(self.mean), tail: Body::Constant(self.mean) };
        }
        let sigma = libm::sqrt(self.variance);
        let skew = self.third / (self.variance * sigma);
        let skew = skew.max(STRAIGHT);
        let gamma_from = self.mean - 2.0 * sigma / skew;
        let body = Body::gamma(gamma_from, 4.0 / (skew * skew), 0.5 * sigma * skew);
        let spread = self.mean - self.least;
        if skew * spread <= 2.0 * sigma * (1.0 + 1e-9) {
            // Less skew than any of the two that begin at the least value: the nearer one, right in its upper tail.
            return Shape { gamma: 1.0, body, tail: body };
        }
        // x³ + 3x = skewness, with x the coefficient of variation of the unshifted lognormal.
        let x = 2.0 * libm::sinh(libm::asinh(0.5 * skew) / 3.0);
        let mean = sigma / x;
        let from = self.mean - mean;
        let variance = libm::log1p(x * x);
        let tail = Body::Lognormal { from, mu: libm::log(mean) - 0.5 * variance, sigma: libm::sqrt(variance) };
        let gamma = ((self.least - from) / (gamma_from - from)).clamp(0.0, 1.0);
        Shape { gamma, body, tail }
    }
}

impl Default for Mixture {
    fn default() -> Self {
        Self { weight: 0.0, moments: [0.0; 3], least: f64::INFINITY }
    }
}

impl Mixture {
    /// Adds a law with a weight.
    pub fn add(&mut self, weight: f64, law: &Cumulants) {
        if weight > 0.0 {
            self.weight += weight;
            self.moments.iter_mut().zip(law.raw()).for_each(|(sum, moment)| *sum += weight * moment);
            self.least = self.least.min(law.least);
        }
    }

    /// Adds another mixture.
    pub fn merge(&mut self, other: &Self) {
        self.weight += other.weight;
        self.moments.iter_mut().zip(other.moments).for_each(|(sum, moment)| *sum += moment);
        self.least = self.least.min(other.least);
    }

    /// Adds another mixture with its weights multiplied by `factor`.
    pub fn merge_times(&mut self, other: &Self, factor: f64) {
        if factor > 0.0 && other.weight > 0.0 {
            self.weight += factor * other.weight;
            self.moments.iter_mut().zip(other.moments).for_each(|(sum, moment)| *sum += factor * moment);
            self.least = self.least.min(other.least);
        }
    }

    /// The law of one draw; no time where nothing was added.
    #[must_use]
    pub fn law(&self) -> Cumulants {
        if self.weight > 0.0 {
            Cumulants::from_raw(self.moments.map(|sum| sum / self.weight), self.least)
        } else {
            Cumulants::ZERO
        }
    }
}

/// The time that a share `p` does not exceed, from the probability of exceeding it; `guess` is of its size.
pub fn quantile(above: impl Fn(f64) -> f64, p: f64, guess: f64) -> f64 {
    let late = 1.0 - p;
    if above(0.0) <= late {
        return 0.0;
    }
    let (mut low, mut high) = (0.0, guess.max(f64::MIN_POSITIVE));
    while above(high) > late && high < 1e18 {
        low = high;
        high *= 2.0;
    }
    while high - low > 1e-9 * high {
        let middle = f64::midpoint(low, high);
        if above(middle) > late {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// A gamma with weight `gamma`, and for the rest a lognormal.
struct Shape {
    gamma: f64,
    body: Body,
    tail: Body,
}

#[derive(Clone, Copy)]
enum Body {
    Constant(f64),
    Gamma { from: f64, shape: f64, scale: f64 },
    Lognormal { from: f64, mu: f64, sigma: f64 },
}

impl Shape {
    fn above(&self, t: f64) -> f64 {
        let mut above = 0.0;
        if self.gamma > 0.0 {
            above += self.gamma * self.body.above(t);
        }
        if self.gamma < 1.0 {
            above += (1.0 - self.gamma) * self.tail.above(t);
        }
        above
    }

    fn up_to(&self, t: f64, whole: &Cumulants) -> Part {
        let all = |weight: f64, body: &Body| weight <= 0.0 || body.is_below(t);
        if all(self.gamma, &self.body) && all(1.0 - self.gamma, &self.tail) {
            return Part { share: 1.0, law: *whole };
        }
        let mut sums = [0.0; 4];
        for (weight, body) in [(self.gamma, &self.body), (1.0 - self.gamma, &self.tail)] {
            if weight > 0.0 {
                sums.iter_mut().zip(body.up_to(t)).for_each(|(sum, part)| *sum += weight * part);
            }
        }
        let share = sums[0].clamp(0.0, 1.0);
        if share >= 1.0 - 1e-14 {
            return Part { share: 1.0, law: *whole };
        }
        if share <= 1e-12 {
            return Part { share: 0.0, law: Cumulants::constant(t) };
        }
        let raw = [sums[1] / share, sums[2] / share, sums[3] / share];
        let mut law = Cumulants::from_raw(raw, whole.least.min(t));
        law.mean = law.mean.clamp(0.0, t);
        Part { share, law }
    }
}

impl Body {
    fn gamma(from: f64, shape: f64, scale: f64) -> Self {
        // Above this the gamma is a normal law to six digits, and its function slow.
        const ROUND: f64 = 2e4;
        let shape = shape.max(1e-3);
        if shape <= ROUND {
            Self::Gamma { from, shape, scale }
        } else {
            Self::Gamma { from: from + (shape - ROUND) * scale, shape: ROUND, scale }
        }
    }

    fn above(&self, t: f64) -> f64 {
        match *self {
            Self::Constant(value) => f64::from(u8::from(value > t)),
            Self::Gamma { from, shape, scale } => {
                if t <= from {
                    1.0
                } else {
                    libm::exp(incomplete_gamma(shape, (t - from) / scale).upper)
                }
            }
            Self::Lognormal { from, mu, sigma } => {
                if t <= from {
                    1.0
                } else {
                    normal_survival((libm::log(t - from) - mu) / sigma)
                }
            }
        }
    }

    /// Whether less than 1e-14 exceeds `t`, as far as that is seen at a glance: of a gamma law by Chernoff's bound.
    fn is_below(&self, t: f64) -> bool {
        const NOBODY: f64 = 33.0;
        match *self {
            Self::Constant(value) => value <= t,
            Self::Gamma { from, .. } | Self::Lognormal { from, .. } if t <= from => false,
            Self::Gamma { from, shape, scale } => {
                let x = (t - from) / scale;
                x > shape + NOBODY && x - shape * (1.0 + libm::log(x / shape)) > NOBODY
            }
            Self::Lognormal { from, mu, sigma } => libm::log(t - from) - mu > 8.0 * sigma,
        }
    }

    /// P(T ≤ t), and the first three raw moments over that part.
    fn up_to(&self, t: f64) -> [f64; 4] {
        match *self {
            Self::Constant(value) if value > t => [0.0; 4],
            Self::Constant(value) => [1.0, value, value * value, value * value * value],
            Self::Gamma { from, .. } | Self::Lognormal { from, .. } if t <= from => [0.0; 4],
            Self::Gamma { from, shape, scale } => {
                let x = (t - from) / scale;
                let at = incomplete_gamma(shape, x);
                let p = libm::exp(at.lower);
                // P(a + 1, x) = P(a, x) − xᵃe⁻ˣ/Γ(a + 1).
                let mut density = libm::exp(at.slope) / shape;
                let mut lower = p;
                let mut rising = 1.0;
                let mut about = [p, 0.0, 0.0, 0.0];
                for (k, moment) in about.iter_mut().enumerate().skip(1) {
                    let a = shape + k as f64 - 1.0;
                    lower = (lower - density).max(0.0);
                    density *= x / (a + 1.0);
                    rising *= a * scale;
                    *moment = rising * lower;
                }
                moved(about, from)
            }
            Self::Lognormal { from, mu, sigma } => {
                let z = (libm::log(t - from) - mu) / sigma;
                let part = |k: f64| libm::exp(k * mu + 0.5 * k * k * sigma * sigma) * normal_survival(k * sigma - z);
                moved([part(0.0), part(1.0), part(2.0), part(3.0)], from)
            }
        }
    }
}

/// Partial raw moments of a time that is longer by `by`.
fn moved([p, first, second, third]: [f64; 4], by: f64) -> [f64; 4] {
    [p, first + by * p, second + by * (2.0 * first + by * p), third + by * (3.0 * second + by * (3.0 * first + by * p))]
}
