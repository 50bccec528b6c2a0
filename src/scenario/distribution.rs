//! Distributions of a time as written, and numbers that nobody knows exactly.

use std::path::PathBuf;

use crate::units::{Fraction, Number, Time};

/// A quantity, or an interval for one that is uncertain: drawn once for each replication.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Uncertain<T> {
    Known(T),
    /// The central `confidence` (default 90%) of a lognormal (positive quantities), logit-normal (fractions) or
    /// normal (growth).
    Between { low: T, high: T, confidence: f64 },
}

/// A distribution of a time as the scenario writes it.
#[derive(Debug, Clone, PartialEq)]
pub enum Distribution {
    Constant(Uncertain<Time>),
    Exponential { mean: Uncertain<Time> },
    /// Exactly one of `mean` and `scale`.
    Weibull { shape: Uncertain<Number>, size: MeanOrScale },
    Lognormal(Lognormal),
    Gamma(Gamma),
    Erlang { k: u32, mean: Uncertain<Time> },
    Hyperexponential { mean: Uncertain<Time>, cv: Uncertain<Number> },
    Uniform { low: Uncertain<Time>, high: Uncertain<Time> },
    Triangular { low: Uncertain<Time>, mode: Uncertain<Time>, high: Uncertain<Time> },
    /// Type I; exactly one of `mean` and `scale` (the smallest value).
    Pareto { shape: Uncertain<Number>, size: MeanOrScale },
    /// (probability, time), both increasing, at least two.
    Quantiles(Vec<(f64, Uncertain<Time>)>),
    Empirical { file: PathBuf, column: String, unit: Time },
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MeanOrScale {
    Mean(Uncertain<Time>),
    Scale(Uncertain<Time>),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Lognormal {
    MedianP95 { median: Uncertain<Time>, p95: Uncertain<Time> },
    MeanCv { mean: Uncertain<Time>, cv: Uncertain<Number> },
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Gamma {
    MeanCv { mean: Uncertain<Time>, cv: Uncertain<Number> },
    ShapeScale { shape: Uncertain<Number>, scale: Uncertain<Time> },
}

/// A fraction that may be uncertain.
pub type UncertainFraction = Uncertain<Fraction>;
