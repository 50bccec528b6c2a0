//! Distributions of a time as written, and numbers that nobody knows exactly.

use std::path::PathBuf;

use crate::units::{Number, Time};

mod uncertain;
mod written;

pub(super) use written::unit;

/// A quantity, or an interval for one that is uncertain: drawn once for each replication.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Uncertain<T> {
    /// One value.
    Known(T),
    /// The central `confidence` (default 90%) of a lognormal (positive quantities), logit-normal (fractions) or
    /// normal (growth).
    Between {
        /// The lower end of the interval.
        low: T,
        /// The upper end of the interval.
        high: T,
        /// The probability that the value lies between them.
        confidence: f64,
    },
}

/// A distribution of a time as the scenario writes it.
#[derive(Debug, Clone, PartialEq)]
pub enum Distribution {
    /// Always the same.
    Constant(Uncertain<Time>),
    /// Without memory.
    Exponential {
        /// Its mean.
        mean: Uncertain<Time>,
    },
    /// Wear (shape above 1) or early failures (below 1). Exactly one of `mean` and `scale`.
    Weibull {
        /// 1 is the exponential.
        shape: Uncertain<Number>,
        /// Mean or scale.
        size: MeanOrScale,
    },
    /// Its logarithm is normal.
    Lognormal(Lognormal),
    /// A sum of exponentials, with any shape.
    Gamma(Gamma),
    /// A sum of `k` exponentials.
    Erlang {
        /// How many.
        k: u32,
        /// The mean of the sum.
        mean: Uncertain<Time>,
    },
    /// Two phases of balanced means.
    Hyperexponential {
        /// Its mean.
        mean: Uncertain<Time>,
        /// Standard deviation over mean, at least 1.
        cv: Uncertain<Number>,
    },
    /// All values between two alike.
    Uniform {
        /// The smallest value.
        low: Uncertain<Time>,
        /// The largest value.
        high: Uncertain<Time>,
    },
    /// Three points.
    Triangular {
        /// The smallest value.
        low: Uncertain<Time>,
        /// The most likely value.
        mode: Uncertain<Time>,
        /// The largest value.
        high: Uncertain<Time>,
    },
    /// Type I; exactly one of `mean` and `scale` (the smallest value).
    Pareto {
        /// Smaller is heavier; the mean exists above 1.
        shape: Uncertain<Number>,
        /// Mean or smallest value.
        size: MeanOrScale,
    },
    /// (probability, time), both increasing, at least two.
    Quantiles(Vec<(f64, Uncertain<Time>)>),
    /// Measured values, resampled.
    Empirical {
        /// A CSV file, relative to the scenario.
        file: PathBuf,
        /// The column with the values.
        column: String,
        /// The length of time that 1 in the column means.
        unit: Time,
    },
}

impl<T: Copy> Uncertain<T> {
    /// The same number in another measure: both ends of an interval are changed alike.
    #[must_use]
    pub fn map<U>(self, change: impl Fn(T) -> U) -> Uncertain<U> {
        match self {
            Self::Known(value) => Uncertain::Known(change(value)),
            Self::Between { low, high, confidence } => Uncertain::Between { low: change(low), high: change(high), confidence },
        }
    }
}

impl Distribution {
    /// The distribution of the time in which `speed` times as much is done: every time divided by it, its shape as it was.
    #[must_use]
    pub fn faster(&self, speed: f64) -> Self {
        let time = |time: Uncertain<Time>| time.map(|time| Time(time.0 / speed));
        let sized = |size: MeanOrScale| match size {
            MeanOrScale::Mean(mean) => MeanOrScale::Mean(time(mean)),
            MeanOrScale::Scale(scale) => MeanOrScale::Scale(time(scale)),
        };
        match self {
            Self::Constant(constant) => Self::Constant(time(*constant)),
            Self::Exponential { mean } => Self::Exponential { mean: time(*mean) },
            Self::Weibull { shape, size } => Self::Weibull { shape: *shape, size: sized(*size) },
            Self::Lognormal(Lognormal::MedianP95 { median, p95 }) => {
                Self::Lognormal(Lognormal::MedianP95 { median: time(*median), p95: time(*p95) })
            }
            Self::Lognormal(Lognormal::MeanCv { mean, cv }) => Self::Lognormal(Lognormal::MeanCv { mean: time(*mean), cv: *cv }),
            Self::Gamma(Gamma::MeanCv { mean, cv }) => Self::Gamma(Gamma::MeanCv { mean: time(*mean), cv: *cv }),
            Self::Gamma(Gamma::ShapeScale { shape, scale }) => {
                Self::Gamma(Gamma::ShapeScale { shape: *shape, scale: time(*scale) })
            }
            Self::Erlang { k, mean } => Self::Erlang { k: *k, mean: time(*mean) },
            Self::Hyperexponential { mean, cv } => Self::Hyperexponential { mean: time(*mean), cv: *cv },
            Self::Uniform { low, high } => Self::Uniform { low: time(*low), high: time(*high) },
            Self::Triangular { low, mode, high } => Self::Triangular { low: time(*low), mode: time(*mode), high: time(*high) },
            Self::Pareto { shape, size } => Self::Pareto { shape: *shape, size: sized(*size) },
            Self::Quantiles(points) => Self::Quantiles(points.iter().map(|(p, value)| (*p, time(*value))).collect()),
            Self::Empirical { file, column, unit } => {
                Self::Empirical { file: file.clone(), column: column.clone(), unit: Time(unit.0 / speed) }
            }
        }
    }
}

/// The size of a distribution, given one way or the other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MeanOrScale {
    /// By its mean.
    Mean(Uncertain<Time>),
    /// By its scale parameter.
    Scale(Uncertain<Time>),
}

/// The two ways to write a lognormal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Lognormal {
    /// By median and 95th percentile.
    MedianP95 {
        /// Half of the values are below.
        median: Uncertain<Time>,
        /// 95% of the values are below.
        p95: Uncertain<Time>,
    },
    /// By mean and coefficient of variation.
    MeanCv {
        /// Its mean.
        mean: Uncertain<Time>,
        /// Standard deviation over mean.
        cv: Uncertain<Number>,
    },
}

/// The two ways to write a gamma.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Gamma {
    /// By mean and coefficient of variation.
    MeanCv {
        /// Its mean.
        mean: Uncertain<Time>,
        /// Standard deviation over mean.
        cv: Uncertain<Number>,
    },
    /// By its parameters.
    ShapeScale {
        /// The shape parameter.
        shape: Uncertain<Number>,
        /// The scale parameter.
        scale: Uncertain<Time>,
    },
}

impl Distribution {
    /// Always exactly this long.
    #[must_use]
    pub const fn always(time: Time) -> Self {
        Self::Constant(Uncertain::Known(time))
    }

    /// No time at all.
    #[must_use]
    pub const fn zero() -> Self {
        Self::always(Time(0.0))
    }

    /// Whether this is certainly no time at all.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        *self == Self::zero()
    }
}
