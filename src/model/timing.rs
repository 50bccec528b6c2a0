//! From a distribution as written to the law and the sampler that the simulator draws from.

use std::ops::Range;
use std::path::Path;

use super::columns;
use super::uncertain::{Parameters, Spread, Value};
use crate::dist::{Law, Sampler, Tables};
use crate::scenario::{Distribution, Gamma, Lognormal, MeanOrScale, Uncertain};
use crate::units::{Number, Time};

/// A distribution of a time in the model. Where it holds uncertain numbers its law is made anew for each draw.
#[derive(Debug, Clone)]
pub struct Timing {
    /// The law, with uncertain numbers at their medians.
    pub law: Law,
    /// Draws from `law`.
    pub sampler: Sampler,
    recipe: Option<Recipe>,
}

#[derive(Debug, Clone)]
struct Recipe {
    written: Distribution,
    parameters: Range<u32>,
}

impl Timing {
    /// Compiles a distribution; relative paths start at `folder`.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the numbers or the file.
    pub fn compile(
        written: &Distribution,
        path: &str,
        folder: &Path,
        parameters: &mut Parameters,
        tables: &mut Tables,
    ) -> Result<Self, String> {
        let from = parameters.list.len();
        register(written, path, parameters);
        let range = parameters.since(from);
        let medians = super::uncertain::medians(&parameters.list);
        let law = match written {
            Distribution::Empirical { file, column, unit } => {
                let values = columns::numbers(&folder.join(file), column)?;
                Law::empirical(values.iter().map(|value| value * unit.0).collect())?
            }
            _ => law(written, range.clone(), &medians)?,
        };
        tables.prepare(&law);
        let sampler = tables.sampler(&law);
        let recipe = (!range.is_empty()).then(|| Recipe { written: written.clone(), parameters: range });
        Ok(Self { law, sampler, recipe })
    }

    /// A law known from the start.
    pub fn fixed(law: Law, tables: &mut Tables) -> Self {
        tables.prepare(&law);
        let sampler = tables.sampler(&law);
        Self { law, sampler, recipe: None }
    }

    /// Whether it holds uncertain numbers.
    #[must_use]
    pub fn is_uncertain(&self) -> bool {
        self.recipe.is_some()
    }

    /// The law for the draws of a replication; `None` where the draws contradict each other.
    #[must_use]
    pub fn drawn(&self, draws: &[f64]) -> Option<Law> {
        match &self.recipe {
            None => Some(self.law.clone()),
            Some(recipe) => law(&recipe.written, recipe.parameters.clone(), draws).ok(),
        }
    }

    /// Whether every draw is zero.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.recipe.is_none() && matches!(self.law, Law::Constant(_)) && self.law.mean() == 0.0
    }
}

/// The uncertain numbers of a distribution, in the order in which [`law`] reads them.
fn register(written: &Distribution, path: &str, parameters: &mut Parameters) {
    let mut time = |word: &str, number: &Uncertain<Time>| {
        parameters.value(&format!("{path}.{word}"), Spread::Lognormal, number, |t| t.0);
    };
    match written {
        Distribution::Constant(t) => time("constant", t),
        Distribution::Exponential { mean } | Distribution::Erlang { mean, .. } => time("mean", mean),
        Distribution::Uniform { low, high } => {
            time("low", low);
            time("high", high);
        }
        Distribution::Triangular { low, mode, high } => {
            time("low", low);
            time("mode", mode);
            time("high", high);
        }
        Distribution::Lognormal(Lognormal::MedianP95 { median, p95 }) => {
            time("median", median);
            time("p95", p95);
        }
        Distribution::Quantiles(points) => points.iter().for_each(|(p, t)| time(&format!("p{}", p * 100.0), t)),
        Distribution::Empirical { .. } => {}
        Distribution::Lognormal(Lognormal::MeanCv { mean, cv })
        | Distribution::Gamma(Gamma::MeanCv { mean, cv })
        | Distribution::Hyperexponential { mean, cv } => {
            time("mean", mean);
            number(parameters, path, "cv", cv);
        }
        Distribution::Gamma(Gamma::ShapeScale { shape, scale }) => {
            time("scale", scale);
            number(parameters, path, "shape", shape);
        }
        Distribution::Weibull { shape, size } | Distribution::Pareto { shape, size } => {
            match size {
                MeanOrScale::Mean(mean) => time("mean", mean),
                MeanOrScale::Scale(scale) => time("scale", scale),
            }
            number(parameters, path, "shape", shape);
        }
    }
}

fn number(parameters: &mut Parameters, path: &str, word: &str, value: &Uncertain<Number>) -> Value {
    parameters.value(&format!("{path}.{word}"), Spread::Lognormal, value, |n| n.0)
}

/// The law of a distribution whose uncertain numbers have the values of `draws[range]`.
fn law(written: &Distribution, range: Range<u32>, draws: &[f64]) -> Result<Law, String> {
    let mut next = range;
    let mut drawn = || next.next().map_or(f64::NAN, |i| draws[i as usize]);
    let mut time = |number: &Uncertain<Time>| match number {
        Uncertain::Known(t) => t.0,
        Uncertain::Between { .. } => drawn(),
    };
    match written {
        Distribution::Constant(t) => Law::constant(time(t)),
        Distribution::Exponential { mean } => Law::exponential(time(mean)),
        Distribution::Erlang { k, mean } => Law::erlang(*k, time(mean)),
        Distribution::Uniform { low, high } => {
            let low = time(low);
            Law::uniform(low, time(high))
        }
        Distribution::Triangular { low, mode, high } => {
            let (low, mode) = (time(low), time(mode));
            Law::triangular(low, mode, time(high))
        }
        Distribution::Lognormal(Lognormal::MedianP95 { median, p95 }) => {
            let median = time(median);
            Law::lognormal_median_p95(median, time(p95))
        }
        Distribution::Quantiles(points) => Law::quantiles(&points.iter().map(|(p, t)| (*p, time(t))).collect::<Vec<_>>()),
        Distribution::Empirical { .. } => Err("a resampled distribution has no uncertain numbers".to_owned()),
        Distribution::Lognormal(Lognormal::MeanCv { mean, cv }) => {
            let mean = time(mean);
            Law::lognormal_mean_cv(mean, plain(cv, drawn))
        }
        Distribution::Gamma(Gamma::MeanCv { mean, cv }) => {
            let mean = time(mean);
            Law::gamma_mean_cv(mean, plain(cv, drawn))
        }
        Distribution::Hyperexponential { mean, cv } => {
            let mean = time(mean);
            Law::hyperexponential(mean, plain(cv, drawn))
        }
        Distribution::Gamma(Gamma::ShapeScale { shape, scale }) => {
            let scale = time(scale);
            Law::gamma_shape_scale(plain(shape, drawn), scale)
        }
        Distribution::Weibull { shape, size: MeanOrScale::Mean(mean) } => {
            let mean = time(mean);
            Law::weibull_mean(plain(shape, drawn), mean)
        }
        Distribution::Weibull { shape, size: MeanOrScale::Scale(scale) } => {
            let scale = time(scale);
            Law::weibull_scale(plain(shape, drawn), scale)
        }
        Distribution::Pareto { shape, size: MeanOrScale::Mean(mean) } => {
            let mean = time(mean);
            Law::pareto_mean(plain(shape, drawn), mean)
        }
        Distribution::Pareto { shape, size: MeanOrScale::Scale(scale) } => {
            let scale = time(scale);
            Law::pareto_scale(plain(shape, drawn), scale)
        }
    }
}

fn plain(number: &Uncertain<Number>, drawn: impl FnOnce() -> f64) -> f64 {
    match number {
        Uncertain::Known(n) => n.0,
        Uncertain::Between { .. } => drawn(),
    }
}
