//! Numbers that nobody knows exactly: one draw for each replication, or for each pair of replications.

use std::ops::Range;

use crate::dist::normal_quantile;
use crate::random::Stream;
use crate::scenario::Uncertain;

/// A number that the simulator uses: known, or drawn for each replication.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// The same in all replications.
    Known(f64),
    /// Index of a [`Parameter`].
    Drawn(u32),
}

impl Value {
    /// The number, given the parameters' draws of the replication.
    #[inline]
    #[must_use]
    pub fn get(self, draws: &[f64]) -> f64 {
        match self {
            Self::Known(value) => value,
            Self::Drawn(parameter) => draws[parameter as usize],
        }
    }
}

/// How an uncertain number spreads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spread {
    /// Positive quantities.
    Lognormal,
    /// Fractions.
    LogitNormal,
    /// Growth.
    Normal,
}

/// An uncertain number: `low` and `high` hold its central `confidence`.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Where it stands in the scenario.
    pub path: String,
    /// Base of its random stream, made from `path`.
    pub stream: u64,
    /// The family it is drawn from.
    pub spread: Spread,
    centre: f64,
    deviation: f64,
}

impl Parameter {
    fn new(path: &str, spread: Spread, low: f64, high: f64, confidence: f64) -> Self {
        let scale = |x: f64| match spread {
            Spread::Lognormal => libm::log(x),
            Spread::LogitNormal => libm::log(x / (1.0 - x)),
            Spread::Normal => x,
        };
        let (low, high) = (scale(low), scale(high));
        let z = normal_quantile(0.5 + confidence / 2.0);
        Self {
            path: path.to_owned(),
            stream: crate::random::base(path, 0),
            spread,
            centre: f64::midpoint(low, high),
            deviation: (high - low) / (2.0 * z),
        }
    }

    /// The value at probability `u`.
    #[must_use]
    pub fn quantile(&self, u: f64) -> f64 {
        let x = self.centre + self.deviation * normal_quantile(u);
        match self.spread {
            Spread::Lognormal => libm::exp(x),
            Spread::LogitNormal => 1.0 / (1.0 + libm::exp(-x)),
            Spread::Normal => x,
        }
    }
}

/// The parameters found while compiling.
#[derive(Debug, Default)]
pub struct Parameters {
    /// In the order in which they were found; a parameter's index is its place here.
    pub list: Vec<Parameter>,
}

impl Parameters {
    /// Registers one uncertain number and returns how the simulator reads it.
    pub fn value<T: Copy>(&mut self, path: &str, spread: Spread, number: &Uncertain<T>, base: impl Fn(T) -> f64) -> Value {
        match *number {
            Uncertain::Known(value) => Value::Known(base(value)),
            Uncertain::Between { low, high, confidence } => {
                self.list.push(Parameter::new(path, spread, base(low), base(high), confidence));
                Value::Drawn(u32::try_from(self.list.len() - 1).unwrap_or(u32::MAX))
            }
        }
    }

    /// Everything registered since there were `from` parameters.
    pub fn since(&self, from: usize) -> Range<u32> {
        from as u32..self.list.len() as u32
    }
}

/// Draws all parameters for draw number `draw` of `seed`; `attempt` tells apart draws that were refused.
pub fn draw_all(parameters: &[Parameter], seed: u64, draw: u64, attempt: u64, draws: &mut Vec<f64>) {
    draws.clear();
    draws.extend(parameters.iter().map(|parameter| {
        let word = Stream::new(parameter.stream, seed, draw).word(attempt);
        parameter.quantile(crate::random::uniform(word))
    }));
}

/// Every parameter at its median.
#[must_use]
pub fn medians(parameters: &[Parameter]) -> Vec<f64> {
    parameters.iter().map(|parameter| parameter.quantile(0.5)).collect()
}
