//! The summary that programs read: `summary.json`, schema `ninefold/cost/1`. Money is over the horizon, in the currency.

use serde::Serialize;

use super::{Input, Tried};
use crate::stats::Estimate;

/// The value of [`Optimum::schema`].
pub const SCHEMA: &str = "ninefold/cost/1";

/// Everything that was found.
#[derive(Debug, Clone, Serialize)]
pub struct Optimum {
    /// Name and version of this form, [`SCHEMA`].
    pub schema: &'static str,
    /// Name of the scenario.
    pub scenario: String,
    /// Version of the program that simulated.
    pub version: String,
    /// The seed of the search.
    pub seed: u64,
    /// The seed of the confirmation.
    pub fresh_seed: u64,
    /// Each variant was simulated so often at most.
    pub most_replications: u64,
    /// Time that each replication covers.
    pub horizon_seconds: f64,
    /// Ended by the user.
    pub interrupted: bool,
    /// Code of the currency of all money.
    pub currency: String,
    /// Probability with which a promise that is said to be kept is.
    pub confidence: f64,
    /// Variants that were tried.
    pub tried: usize,
    /// Of them those that keep every objective.
    pub keeping: usize,
    /// The system as it is, on fresh luck.
    pub now: Variant,
    /// The cheapest that keeps every objective, on fresh luck; absent where none is known to.
    pub best: Option<Variant>,
    /// What the best saves, a part of what the system as it is costs; above 0 is less.
    pub savings: Option<Estimate>,
    /// The savings that were asked for; absent where none were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// Variants to which no other is at once cheaper and of less risk, the cheapest first.
    pub frontier: Vec<Variant>,
    /// All that was tried, in order.
    pub variants: Vec<Variant>,
}

/// The savings that were asked for.
#[derive(Debug, Clone, Serialize)]
pub struct Target {
    /// A part of what the system as it is costs.
    pub savings: f64,
    /// Whether the best saves as much, at the lower end of its interval.
    pub reached: bool,
    /// The variant of least risk that saves as much, promises broken or not; absent where none does.
    pub at_risk: Option<Variant>,
}

/// A variant.
#[derive(Debug, Clone, Serialize)]
pub struct Variant {
    /// How it differs from the scenario as it is: patches.
    pub changes: Vec<String>,
    /// Replications.
    pub replications: u64,
    /// Machines, repairs, credits and lost revenue.
    pub total: Estimate,
    /// Of it machines and repairs; null where it could not be simulated.
    pub cost: Option<f64>,
    /// Of it credits and lost revenue.
    pub risk: Option<f64>,
    /// The probability that the likeliest objective is breached in some window.
    pub breach_probability: Option<f64>,
    /// Whether every objective is known to be kept.
    pub keeps: bool,
    /// What is not.
    pub rejected: Vec<String>,
}

fn variant(tried: &Tried) -> Variant {
    let known = |value: f64| value.is_finite().then_some(value);
    Variant {
        changes: tried.sets.clone(),
        replications: tried.replications,
        total: tried.total,
        cost: known(tried.machines),
        risk: known(tried.risk),
        breach_probability: known(tried.breached),
        keeps: tried.keeps(),
        rejected: tried.broken.clone(),
    }
}

/// Reads the numbers out of what was found.
pub fn summary(input: &Input<'_>) -> Optimum {
    let found = input.found;
    let best = found.best();
    let variants: Vec<Variant> = found.tried.iter().map(variant).collect();
    let target = input.target.map(|savings| {
        let enough = (1.0 - savings) * found.tried[0].cost();
        let mut cheap: Vec<&Tried> = found.tried.iter().filter(|tried| tried.cost() <= enough).collect();
        cheap.sort_by(|a, b| a.breached.total_cmp(&b.breached).then(a.cost().total_cmp(&b.cost())));
        let reached = best.and_then(|best| best.savings.low.or(best.savings.value)).is_some_and(|low| low >= savings);
        Target { savings, reached, at_risk: cheap.first().map(|tried| variant(tried)) }
    });
    Optimum {
        schema: SCHEMA,
        scenario: input.model.name.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: input.options.seed,
        fresh_seed: super::fresh(input.options.seed),
        most_replications: input.options.replications,
        horizon_seconds: input.model.horizon,
        interrupted: found.interrupted,
        currency: input.model.currency.clone(),
        confidence: input.confidence,
        tried: variants.len(),
        keeping: found.tried.iter().filter(|tried| tried.keeps()).count(),
        now: variant(&found.now),
        best: best.map(|best| variant(&best.fresh)),
        savings: best.map(|best| best.savings),
        target,
        frontier: frontier(&variants),
        variants,
    }
}

/// Those to which no other is at once cheaper and of less risk. Where risk has no price, it is the chance of a breach.
fn frontier(variants: &[Variant]) -> Vec<Variant> {
    let priced = variants.iter().any(|variant| variant.risk.is_some_and(|risk| risk > 0.0));
    let risk = |variant: &Variant| (if priced { variant.risk } else { variant.breach_probability }).unwrap_or(f64::INFINITY);
    let mut sorted: Vec<&Variant> = variants.iter().filter(|variant| variant.cost.is_some()).collect();
    let cost = |variant: &Variant| variant.cost.unwrap_or(f64::INFINITY);
    sorted.sort_by(|a, b| cost(a).total_cmp(&cost(b)).then(risk(a).total_cmp(&risk(b))));
    let mut least = f64::INFINITY;
    let mut kept = Vec::new();
    for variant in sorted {
        if risk(variant) < least {
            least = risk(variant);
            kept.push(variant.clone());
        }
    }
    kept
}
