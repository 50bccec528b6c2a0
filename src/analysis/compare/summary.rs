//! The summary that programs read: `summary.json`, schema `ninefold/compare/1`. Times are seconds, fractions 0 to 1.

use indexmap::IndexMap;
use serde::Serialize;

use super::{Input, LEVEL};
use crate::lab::{Measure, Paired, Series, Standing};
use crate::stats::{Estimate, Moments};

/// The value of [`Comparison::schema`].
pub const SCHEMA: &str = "ninefold/compare/1";

/// Everything that was found: the whole of `summary.json`. Less is better in every measure.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    /// Name and version of this form, [`SCHEMA`].
    pub schema: &'static str,
    /// Name of the first variant's scenario.
    pub scenario: String,
    /// Version of the program that simulated.
    pub version: String,
    /// The seed of all variants.
    pub seed: u64,
    /// Replications of each variant.
    pub replications: u64,
    /// More would not have been done.
    pub most_replications: u64,
    /// How requests were followed: `flow`.
    pub fidelity: &'static str,
    /// Time that each replication covers, its warm-up aside.
    pub horizon_seconds: f64,
    /// Events of all variants together.
    pub events: u64,
    /// Time that simulating them took; the only field that differs between two runs of the same.
    pub wall_seconds: f64,
    /// Ended by the user.
    pub interrupted: bool,
    /// Code of the currency of all money.
    pub currency: String,
    /// The measure of the ranking, as in `measures`.
    pub by: String,
    /// Probability with which all that is said about the ranking holds.
    pub confidence: f64,
    /// Variants that differ by less than this part are as good as each other.
    pub tolerance: f64,
    /// Whether the best is known, others that are as good aside.
    pub decided: bool,
    /// The variant with the best mean.
    pub best: String,
    /// By name, the baseline first.
    pub variants: IndexMap<String, Variant>,
}

/// One variant.
#[derive(Debug, Clone, Serialize)]
pub struct Variant {
    /// What it is about, in its author's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// Fingerprint of the scenario and the data it reads.
    pub model_hash: String,
    /// Its place by the mean of the ranking's measure, from 1.
    pub rank: usize,
    /// Against the best by the ranking's measure; absent for the best.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against_best: Option<Against>,
    /// Against the baseline by the ranking's measure; absent for the baseline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against_first: Option<Against>,
    /// Every measure by its name.
    pub measures: IndexMap<String, Measured>,
}

/// A variant against another by the ranking's measure.
#[derive(Debug, Clone, Serialize)]
pub struct Against {
    /// Its mean less that of the other; the interval is one of all those of the ranking, which hold together.
    pub difference: Estimate,
    /// `better`, `worse`, `as good`, `the same` (as a model) or `open`.
    pub standing: &'static str,
}

/// One measure of a variant.
#[derive(Debug, Clone, Serialize)]
pub struct Measured {
    /// Its mean over the horizon.
    pub value: Estimate,
    /// What it is against the baseline; absent for the baseline and where that has no such measure.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub paired: Option<Pair>,
}

/// A measure of a variant against the baseline, in pairs of replications that met the same luck.
#[derive(Debug, Clone, Serialize)]
pub struct Pair {
    /// The variant's mean less the baseline's; null where no pair differs.
    pub difference: Estimate,
    /// Probability that the variant's mean is lower in the long run; null where no pair differs.
    pub better_in_the_long_run: Option<f64>,
    /// Share of replications in which the variant's is lower.
    pub better_in_a_replication: Estimate,
    /// Share of replications in which the variant's is higher.
    pub worse_in_a_replication: Estimate,
    /// How many times as many replications separate seeds would need for the same interval; null where the difference never varies.
    pub variance_ratio: Option<f64>,
}

impl Comparison {
    /// Whether a variant is known to be worse than the baseline.
    #[must_use]
    pub fn is_any_worse(&self) -> bool {
        self.variants.values().any(|variant| variant.against_first.as_ref().is_some_and(|against| against.standing == WORSE))
    }

    /// The variants, the best first.
    #[must_use]
    pub fn ranked(&self) -> Vec<(&String, &Variant)> {
        let mut ranked: Vec<(&String, &Variant)> = self.variants.iter().collect();
        ranked.sort_by_key(|(_, variant)| variant.rank);
        ranked
    }
}

/// The words of [`Against::standing`].
pub const BETTER: &str = "better";
pub const WORSE: &str = "worse";
pub const AS_GOOD: &str = "as good";
pub const THE_SAME: &str = "the same";
pub const OPEN: &str = "open";

/// Every estimate.
pub fn summary(input: &Input<'_>) -> Comparison {
    let (plan, found) = (input.plan, input.found);
    let trials = || plan.entries.iter().map(|entry| input.lab.trial(entry.place));
    let first = &input.lab.trial(plan.entries[0].place).model;
    let mut places: Vec<usize> = plan.entries.iter().map(|entry| entry.place).collect();
    places.sort_unstable();
    places.dedup();
    let runs = || places.iter().map(|&place| &input.lab.trial(place).runs);
    let all = |measure: &Measure| -> Vec<Option<Series>> {
        (0..plan.entries.len()).map(|at| plan.series(input.lab, found, measure, at)).collect()
    };
    let mut measures: Vec<IndexMap<String, Measured>> = vec![IndexMap::new(); plan.entries.len()];
    for measure in &plan.measures {
        let series = all(measure);
        for (at, (of, measured)) in series.iter().zip(&mut measures).enumerate() {
            let Some(own) = of else { continue };
            let base = series[0].as_ref().filter(|_| at > 0);
            let value = mean(own);
            measured.insert(measure.to_string(), Measured { value, paired: base.map(|base| pair(&Paired::of(own, base))) });
        }
    }
    let by = all(plan.by());
    let against = |of: usize, other: usize| (of != other).then(|| against(input, &by, of, other)).flatten();
    let best = found.order[0];
    let rank = |at: usize| found.order.iter().position(|&of| of == at).map_or(0, |place| place + 1);
    let variant = |(at, measures): (usize, IndexMap<String, Measured>)| Variant {
        about: plan.entries[at].about.clone(),
        model_hash: format!("{:016x}", input.lab.trial(plan.entries[at].place).model.hash),
        rank: rank(at),
        against_best: against(at, best),
        against_first: against(at, 0),
        measures,
    };
    let variants = measures.into_iter().enumerate().map(variant);
    Comparison {
        schema: SCHEMA,
        scenario: first.name.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: input.options.seed,
        replications: found.replications,
        most_replications: plan.looks.last().copied().unwrap_or(0),
        fidelity: "flow",
        horizon_seconds: first.horizon,
        events: runs().map(|runs| runs.events).sum(),
        wall_seconds: runs().map(|runs| runs.wall_seconds).sum(),
        interrupted: found.interrupted || trials().any(|trial| trial.runs.interrupted),
        currency: first.currency.clone(),
        by: plan.by().to_string(),
        confidence: plan.rule.confidence,
        tolerance: plan.rule.tolerance,
        decided: found.decided,
        best: plan.entries[best].name.clone(),
        variants: plan.entries.iter().map(|entry| entry.name.clone()).zip(variants).collect(),
    }
}

/// The mean of something that is never negative.
fn mean(series: &Series) -> Estimate {
    let mut moments = Moments::default();
    series.draws.iter().for_each(|value| moments.add(*value));
    moments.estimate_in(LEVEL, 0.0, f64::INFINITY)
}

fn pair(paired: &Paired) -> Pair {
    Pair {
        difference: paired.difference(LEVEL),
        better_in_the_long_run: paired.chance_less(),
        better_in_a_replication: paired.less.estimate(LEVEL),
        worse_in_a_replication: paired.more.estimate(LEVEL),
        variance_ratio: paired.saved(),
    }
}

fn against(input: &Input<'_>, by: &[Option<Series>], of: usize, other: usize) -> Option<Against> {
    let paired = Paired::of(by[of].as_ref()?, by[other].as_ref()?);
    let difference = paired.difference(input.plan.rule.level());
    if input.plan.is_same(of, other) {
        return Some(Against { difference: Estimate::exact(0.0, "the same model"), standing: THE_SAME });
    }
    let standing = match input.plan.rule.judge(&paired) {
        Standing::Less => BETTER,
        Standing::More => WORSE,
        Standing::Alike => AS_GOOD,
        Standing::Open => OPEN,
    };
    Some(Against { difference, standing })
}
