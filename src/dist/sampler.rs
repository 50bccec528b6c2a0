//! Drawing from a law by inversion: one 64-bit word in, one time out, increasing in the word.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::table::{Half, Table, half};
use super::{Exponential, Law};
use crate::random::uniform;

/// How a law is drawn from.
#[derive(Debug, Clone)]
pub enum Sampler {
    /// No randomness.
    Constant(f64),
    /// low + width × uniform, in seconds.
    Uniform {
        /// The shortest time, in seconds.
        low: f64,
        /// From the shortest to the longest, in seconds.
        width: f64,
    },
    /// A quantile table of unit scale, shared by every law of its shape.
    Table {
        /// Of unit scale.
        table: Arc<Table>,
        /// What a time of the table is multiplied by, in seconds.
        scale: f64,
    },
    /// The law's own quantile function: exact and slower.
    Direct(Arc<Law>),
}

impl Sampler {
    /// The time in seconds of one word.
    #[must_use]
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the event loop draws with it")]
    pub fn draw(&self, word: u64) -> f64 {
        // Nearly every law has a table: the rest stays out of the way.
        if let Sampler::Table { table, scale } = self { scale * table.draw(word) } else { self.draw_otherwise(word) }
    }

    #[inline(never)]
    fn draw_otherwise(&self, word: u64) -> f64 {
        match self {
            Sampler::Table { table, scale } => scale * table.draw(word),
            Sampler::Constant(value) => *value,
            Sampler::Uniform { low, width } => low + width * uniform(word),
            Sampler::Direct(law) => invert(law, word),
        }
    }
}

/// The law's quantile at a word.
#[inline(never)]
pub(super) fn invert(law: &Law, word: u64) -> f64 {
    match half(word) {
        Half::Lower(u) => law.quantile(u),
        Half::Upper(v) => law.quantile_upper(v),
    }
}

/// A standard exponential from a word: the cumulative hazard that passes.
pub(super) fn hazard(word: u64) -> f64 {
    match half(word) {
        Half::Lower(u) => -libm::log1p(-u),
        Half::Upper(v) => -libm::log(v),
    }
}

/// The probability below a word.
pub(super) fn fraction(word: u64) -> f64 {
    match half(word) {
        Half::Lower(u) => u,
        Half::Upper(v) => 1.0 - v,
    }
}

/// What a table depends on: the law without its scale. Parameters by their bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Shape {
    family: Family,
    parameter: u64,
    hazard_factor: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Family {
    Exponential,
    Weibull,
    Lognormal,
    Gamma,
    Hyperexponential,
    Pareto,
}

/// Quantile tables by shape, built once for a model; a law whose scale alone varies draws from the same table.
#[derive(Debug, Clone)]
pub struct Tables {
    tables: BTreeMap<Shape, Option<Arc<Table>>>,
}

impl Tables {
    /// With the exponential's table, which every model needs.
    #[must_use]
    pub fn new() -> Tables {
        let mut tables = Tables { tables: BTreeMap::new() };
        if let Ok(law) = Exponential::new(1.0) {
            tables.prepare(&Law::Exponential(law));
        }
        tables
    }

    /// Builds the table of a law's shape, if it has one and it is not there yet: some milliseconds and 128 KiB.
    ///
    /// A shape has none where its quantile bends too sharply for the pieces (a hyperexponential of cv 3 and more, a Weibull
    /// of shape 0.1 and less, a gamma of shape below about 0.1), and it is drawn directly: some 20 to 400 ns a draw.
    pub fn prepare(&mut self, law: &Law) {
        if let Some((shape, scale)) = shape(law) {
            self.tables.entry(shape).or_insert_with(|| Table::new(&law.scaled(1.0 / scale)).map(Arc::new));
        }
    }

    /// The sampler of a law: its table where its shape is prepared, else its own quantile function.
    #[must_use]
    pub fn sampler(&self, law: &Law) -> Sampler {
        match law {
            Law::Constant(law) => return Sampler::Constant(law.value()),
            Law::Uniform(law) => return Sampler::Uniform { low: law.low(), width: law.width() },
            _ => {}
        }
        let table = shape(law).and_then(|(shape, scale)| Some((self.tables.get(&shape)?.as_ref()?, scale)));
        match table {
            Some((table, scale)) => Sampler::Table { table: Arc::clone(table), scale },
            None => Sampler::Direct(Arc::new(law.clone())),
        }
    }
}

impl Default for Tables {
    fn default() -> Tables {
        Tables::new()
    }
}

/// A law's shape and its scale in seconds, where its quantile is a smooth function of the one times the other.
fn shape(law: &Law) -> Option<(Shape, f64)> {
    let (family, parameter, scale) = match law {
        Law::Exponential(law) => (Family::Exponential, 1.0, law.mean()),
        Law::Weibull(law) => (Family::Weibull, law.shape(), law.scale()),
        Law::Lognormal(law) => (Family::Lognormal, law.sigma(), law.median()),
        Law::Gamma(law) => (Family::Gamma, law.shape(), law.scale()),
        Law::Hyperexponential(law) => (Family::Hyperexponential, law.cv(), law.scale()),
        Law::Pareto(law) => (Family::Pareto, law.shape(), law.scale()),
        Law::Powered(powered) => {
            let (inner, scale) = shape(powered.law())?;
            return Some((Shape { hazard_factor: powered.factor().to_bits(), ..inner }, scale));
        }
        Law::Constant(_) | Law::Uniform(_) | Law::Triangular(_) | Law::Quantiles(_) | Law::Empirical(_) => return None,
    };
    Some((Shape { family, parameter: parameter.to_bits(), hazard_factor: 1.0_f64.to_bits() }, scale))
}
