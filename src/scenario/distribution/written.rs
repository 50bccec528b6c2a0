//! How distributions are written, and what their parameters must satisfy.

use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use super::{Distribution, Gamma, Lognormal, MeanOrScale, Uncertain};
use crate::scenario::forms::one_of;
use crate::units::{Number, Quantity, Time};

/// A random length of time.
#[derive(serde::Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", expecting = "a duration like `5m`, or a distribution like `{exponential: {mean: 5m}}`")]
enum Written {
    /// Always the same: `5m` is short for `{constant: 5m}`.
    Constant(Uncertain<Time>),
    /// Without memory: what waited long is no nearer to its end.
    Exponential(Exponential),
    /// Wear (shape above 1) or early failures (shape below 1).
    Weibull(WeibullForm),
    /// Its logarithm is normal: most repairs look like this. By `median` and `p95`, or by `mean` and `cv`.
    Lognormal(LognormalForm),
    /// Between constant (small cv) and exponential (cv 1). By `mean` and `cv`, or by `shape` and `scale`.
    Gamma(GammaForm),
    /// The sum of `k` exponential phases.
    Erlang(ErlangForm),
    /// More variable than the exponential: two phases of balanced means.
    Hyperexponential(HyperexponentialForm),
    /// Any value between two is equally likely.
    Uniform(UniformForm),
    /// A lowest, a most likely and a highest value.
    Triangular(TriangularForm),
    /// A heavy tail (type I).
    Pareto(ParetoForm),
    /// Known percentiles, interpolated: `{p10: 22m, p50: 76m, p90: 317m}`.
    Quantiles(IndexMap<String, Uncertain<Time>>),
    /// Measured values from a CSV file, resampled.
    Empirical(EmpiricalForm),
}

#[derive(serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Exponential {
    /// The mean.
    mean: Uncertain<Time>,
}

#[derive(serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct WeibullForm {
    /// 1 is the exponential; above 1 the hazard rises with age, below 1 it falls.
    shape: Uncertain<Number>,
    /// The mean; this or `scale`.
    mean: Option<Uncertain<Time>>,
    /// The scale parameter, the age that 63.2% do not survive; this or `mean`.
    scale: Option<Uncertain<Time>>,
}

#[derive(serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct LognormalForm {
    /// Half of the values are below; together with `p95`.
    median: Option<Uncertain<Time>>,
    /// 95% of the values are below; together with `median`.
    p95: Option<Uncertain<Time>>,
    /// The mean; together with `cv`.
    mean: Option<Uncertain<Time>>,
    /// Standard deviation over mean; together with `mean`.
    cv: Option<Uncertain<Number>>,
}

#[derive(serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct GammaForm {
    /// The mean; together with `cv`.
    mean: Option<Uncertain<Time>>,
    /// Standard deviation over mean; together with `mean`.
    cv: Option<Uncertain<Number>>,
    /// The shape parameter; together with `scale`.
    shape: Option<Uncertain<Number>>,
    /// The scale parameter; together with `shape`.
    scale: Option<Uncertain<Time>>,
}

#[derive(serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ErlangForm {
    /// The number of phases, 1 to 10,000.
    k: u32,
    /// The mean of their sum.
    mean: Uncertain<Time>,
}

#[derive(serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct HyperexponentialForm {
    /// The mean.
    mean: Uncertain<Time>,
    /// Standard deviation over mean, at least 1.
    cv: Uncertain<Number>,
}

#[derive(serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UniformForm {
    /// The smallest value.
    low: Uncertain<Time>,
    /// The largest value.
    high: Uncertain<Time>,
}

#[derive(serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TriangularForm {
    /// The smallest value.
    low: Uncertain<Time>,
    /// The most likely value.
    mode: Uncertain<Time>,
    /// The largest value.
    high: Uncertain<Time>,
}

#[derive(serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ParetoForm {
    /// The smaller, the heavier the tail; there is a mean above 1.
    shape: Uncertain<Number>,
    /// The mean; this or `scale`.
    mean: Option<Uncertain<Time>>,
    /// The smallest value; this or `mean`.
    scale: Option<Uncertain<Time>>,
}

#[derive(serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct EmpiricalForm {
    /// A CSV file; its path is relative to the scenario.
    file: PathBuf,
    /// The column with the values.
    column: String,
    /// The unit of the values: `s`, `m`, `h` …
    #[serde(deserialize_with = "unit")]
    #[schemars(with = "String")]
    unit: Time,
}

/// A unit of time, `m`, or a multiple of one, `15m`.
pub(in crate::scenario) fn unit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
    let text = String::deserialize(deserializer)?;
    let one = format!("1{text}").parse::<Time>().ok().filter(|_| !text.starts_with(|c: char| c.is_ascii_digit() || c == '.'));
    let unit = one.map_or_else(|| text.parse::<Time>().map_err(D::Error::custom), Ok)?;
    if unit.0 > 0.0 { Ok(unit) } else { Err(D::Error::custom("a unit of no length: expected a unit like `s`, `m` or `h`")) }
}

struct DistributionVisitor;

impl<'de> Visitor<'de> for DistributionVisitor {
    type Value = Distribution;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a duration like `5m`, or a distribution like `{exponential: {mean: 5m}}`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Distribution, E> {
        text.parse().map(Distribution::always).map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Distribution, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Distribution, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Distribution, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Distribution, A::Error> {
        let written = Written::deserialize(MapAccessDeserializer::new(&mut map))?;
        if let Some(second) = map.next_key::<String>()? {
            let message =
                format!("`{second}` stands beside another distribution: keep one, and set the other to `null` in a patch");
            return Err(A::Error::custom(message));
        }
        written.check().map_err(A::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Distribution {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DistributionVisitor)
    }
}

impl Distribution {
    /// Reads a distribution from a map, of which something else may have seen the first key.
    pub(crate) fn from_map<'de, A: MapAccess<'de>>(map: A) -> Result<Self, A::Error> {
        DistributionVisitor.visit_map(map)
    }
}

impl JsonSchema for Distribution {
    fn schema_name() -> Cow<'static, str> {
        "distribution".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let constant = generator.subschema_for::<Time>();
        let mut words = Written::json_schema(generator);
        words.remove("description");
        json_schema!({
            "description": "A length of time that varies: a constant like `5m`, or a distribution.",
            "anyOf": [constant, words],
        })
    }
}

type Checked = Result<Distribution, String>;

impl Written {
    fn check(self) -> Checked {
        match self {
            Self::Constant(time) => Ok(Distribution::Constant(time)),
            Self::Exponential(form) => Ok(Distribution::Exponential { mean: above_zero("mean", form.mean)? }),
            Self::Weibull(form) => Ok(Distribution::Weibull { shape: form.shape, size: size(form.mean, form.scale)? }),
            Self::Lognormal(form) => lognormal(&form),
            Self::Gamma(form) => gamma(&form),
            Self::Erlang(form) => erlang(&form),
            Self::Hyperexponential(form) => hyperexponential(&form),
            Self::Uniform(form) => uniform(&form),
            Self::Triangular(form) => triangular(&form),
            Self::Pareto(form) => pareto(&form),
            Self::Quantiles(points) => quantiles(points),
            Self::Empirical(form) => Ok(Distribution::Empirical { file: form.file, column: form.column, unit: form.unit }),
        }
    }
}

fn above_zero(word: &str, time: Uncertain<Time>) -> Result<Uncertain<Time>, String> {
    if time.low() > 0.0 { Ok(time) } else { Err(format!("`{word}` must be longer than 0s")) }
}

fn size(mean: Option<Uncertain<Time>>, scale: Option<Uncertain<Time>>) -> Result<MeanOrScale, String> {
    match one_of(("mean", mean), ("scale", scale))? {
        Ok(mean) => above_zero("mean", mean).map(MeanOrScale::Mean),
        Err(scale) => above_zero("scale", scale).map(MeanOrScale::Scale),
    }
}

fn lognormal(form: &LognormalForm) -> Checked {
    let written = match (form.median, form.p95, form.mean, form.cv) {
        (Some(median), Some(p95), None, None) => {
            if above_zero("median", median)?.high() >= p95.low() {
                return Err("`p95` must be longer than `median`".into());
            }
            Lognormal::MedianP95 { median, p95 }
        }
        (None, None, Some(mean), Some(cv)) => Lognormal::MeanCv { mean: above_zero("mean", mean)?, cv },
        _ => return Err("a lognormal is given by `median` and `p95`, or by `mean` and `cv`".into()),
    };
    Ok(Distribution::Lognormal(written))
}

fn gamma(form: &GammaForm) -> Checked {
    let written = match (form.mean, form.cv, form.shape, form.scale) {
        (Some(mean), Some(cv), None, None) => Gamma::MeanCv { mean: above_zero("mean", mean)?, cv },
        (None, None, Some(shape), Some(scale)) => Gamma::ShapeScale { shape, scale: above_zero("scale", scale)? },
        _ => return Err("a gamma is given by `mean` and `cv`, or by `shape` and `scale`".into()),
    };
    Ok(Distribution::Gamma(written))
}

fn erlang(form: &ErlangForm) -> Checked {
    if !(1..=10_000).contains(&form.k) {
        return Err(format!("`k` is {}: it must be from 1 to 10,000", form.k));
    }
    Ok(Distribution::Erlang { k: form.k, mean: above_zero("mean", form.mean)? })
}

fn hyperexponential(form: &HyperexponentialForm) -> Checked {
    if form.cv.low() < 1.0 {
        return Err("the `cv` of a hyperexponential is at least 1; below it, `gamma` fits".into());
    }
    Ok(Distribution::Hyperexponential { mean: above_zero("mean", form.mean)?, cv: form.cv })
}

fn uniform(form: &UniformForm) -> Checked {
    if form.low.high() >= form.high.low() {
        return Err("`low` must be below `high`".into());
    }
    Ok(Distribution::Uniform { low: form.low, high: form.high })
}

fn triangular(form: &TriangularForm) -> Checked {
    let ordered = form.low.high() <= form.mode.low() && form.mode.high() <= form.high.low();
    if !ordered || form.low.high() >= form.high.low() {
        return Err("`low`, `mode` and `high` must stand in this order, `low` below `high`".into());
    }
    Ok(Distribution::Triangular { low: form.low, mode: form.mode, high: form.high })
}

fn pareto(form: &ParetoForm) -> Checked {
    let size = size(form.mean, form.scale)?;
    if matches!(size, MeanOrScale::Mean(_)) && form.shape.low() <= 1.0 {
        return Err("a Pareto has a mean only if its `shape` is above 1: give `scale`, the smallest value".into());
    }
    Ok(Distribution::Pareto { shape: form.shape, size })
}

fn quantiles(points: IndexMap<String, Uncertain<Time>>) -> Checked {
    if points.len() < 2 {
        return Err("at least two quantiles are needed".into());
    }
    let points: Vec<(f64, Uncertain<Time>)> = points
        .into_iter()
        .map(|(word, time)| Ok((probability(&word)?, above_zero(&word, time)?)))
        .collect::<Result<_, String>>()?;
    let increasing = points.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1.high() < pair[1].1.low());
    if !increasing {
        return Err("quantiles must increase, in probability and in time".into());
    }
    Ok(Distribution::Quantiles(points))
}

/// `p99.9` is 0.999.
fn probability(word: &str) -> Result<f64, String> {
    let percent = word.strip_prefix('p').and_then(|number| number.parse::<Number>().ok()).map(Quantity::value);
    percent
        .filter(|percent| *percent < 100.0)
        .map(|percent| percent / 100.0)
        .ok_or_else(|| format!("`{word}` is no quantile: write `p50` for the median, `p99.9` for 99.9%"))
}
