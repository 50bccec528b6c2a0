//! The summary that programs read: `summary.json`, schema `ninefold/sla/1`. Times are seconds, fractions 0 to 1.

use indexmap::IndexMap;
use serde::Serialize;

use super::Input;
use super::origins::Fared;
use crate::stats::Estimate;

/// The value of [`Sla::schema`].
pub const SCHEMA: &str = "ninefold/sla/1";

/// Everything that was found: the whole of `summary.json`.
#[derive(Debug, Clone, Serialize)]
pub struct Sla {
    /// Name and version of this form, [`SCHEMA`].
    pub schema: &'static str,
    /// `report`, `forecast` or `compliance`.
    pub question: &'static str,
    /// Name of the scenario.
    pub scenario: String,
    /// Version of the program.
    pub version: String,
    /// The seed of all simulations.
    pub seed: u64,
    /// Replications behind the objectives.
    pub replications: u64,
    /// Length of each, seconds.
    pub horizon_seconds: f64,
    /// Fingerprint of the scenario.
    pub model_hash: String,
    /// Code of the currency of all money.
    pub currency: String,
    /// `monthly` or `quarterly`.
    pub period: &'static str,
    /// The threshold that services are judged at; compliance only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// Ended by the user before all of it was done.
    pub interrupted: bool,
    /// By name: the promises of the scenario; of compliance, the services at the threshold.
    pub objectives: IndexMap<String, Promise>,
    /// By service: what it can keep at most, given what it depends on; compliance only.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub ceilings: IndexMap<String, Bound>,
    /// How such forecasts fared on a record of incidents, where one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backtest: Option<Fared>,
}

/// A promise over the horizon and by period.
#[derive(Debug, Clone, Serialize)]
pub struct Promise {
    /// Its service.
    pub service: String,
    /// The fraction that has to be good.
    pub target: f64,
    /// What it is judged by: `month` or `quarter`, as agreed; a rolling window by the periods that are told.
    pub judged_by: &'static str,
    /// `good`, `at risk`, `bad`; `unknown` where no period is complete.
    pub state: &'static str,
    /// The good fraction over the horizon.
    pub attainment: Estimate,
    /// Probability that at least one complete window ends below the target.
    pub breach_probability: Estimate,
    /// Fraction of the error budget of the horizon that is used up.
    pub budget_burnt: Estimate,
    /// The first window that is more likely broken than kept; null where none is.
    pub first_likely_breach: Option<FirstBreach>,
    /// The window by whose end one has more likely than not been broken; null where none is.
    pub likely_broken_by: Option<String>,
    /// In order.
    pub periods: Vec<Stretch>,
    /// What is paid back, by the windows that were agreed; null where nothing is promised.
    pub credits: Option<Credits>,
    /// What would be without each cause, the one that matters most first; forecast only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub drivers: Vec<Without>,
}

impl Promise {
    /// Whether a cause is worth a row: the scenario as it is, every failure, and what takes at least a hundredth of what is lost.
    pub fn matters(&self, cause: &Without) -> bool {
        let [as_it_is, .., every] = self.drivers.as_slice() else { return true };
        let apart = cause.cause == as_it_is.cause || cause.cause == every.cause;
        apart || cause.spared.value.is_some_and(|spared| spared > 0.01)
    }
}

/// A period that is more likely broken than kept.
#[derive(Debug, Clone, Serialize)]
pub struct FirstBreach {
    /// `2026-11`.
    pub period: String,
    /// Where it begins, seconds after the start.
    pub from_seconds: f64,
    /// The probability that it ends below the target.
    pub probability: Estimate,
    /// The first period of which that cannot be excluded, by its 95% interval.
    pub at_the_earliest: String,
    /// The first period of which it is sure, by its 95% interval; null where there is none in the horizon.
    pub at_the_latest: Option<String>,
}

/// A promise in one period.
#[derive(Debug, Clone, Serialize)]
pub struct Stretch {
    /// `2026-11`.
    pub period: String,
    /// Its begin, seconds after the start.
    pub from_seconds: f64,
    /// Its end, seconds after the start.
    pub until_seconds: f64,
    /// It lies within the horizon as a whole, and so can be broken.
    pub complete: bool,
    /// Mean of what was good over replications: seconds, or requests.
    pub good: f64,
    /// Mean of what was counted.
    pub counted: f64,
    /// The good fraction.
    pub attainment: Estimate,
    /// What one of twenty replications attains less than.
    pub attainment_p5: Option<f64>,
    /// What half of the replications attain less than.
    pub attainment_p50: Option<f64>,
    /// What one of twenty replications attains more than.
    pub attainment_p95: Option<f64>,
    /// Fraction of its error budget that is used up.
    pub budget_burnt: Estimate,
    /// Fraction of its error budget that is left; negative where more was used.
    pub budget_left: Estimate,
    /// Probability that it ends below the target.
    pub breach_probability: Estimate,
    /// Probability that it, or one before it, ends below the target.
    pub broken_by_then: Estimate,
}

/// What is paid back.
#[derive(Debug, Clone, Serialize)]
pub struct Credits {
    /// Over the horizon.
    pub expected: Estimate,
    /// By the windows that were agreed, complete ones only.
    pub windows: Vec<Due>,
}

/// What is paid back for one window.
#[derive(Debug, Clone, Serialize)]
pub struct Due {
    /// `2026-11`, or `2026 Q4` where the agreement is by quarter.
    pub window: String,
    /// Its begin, seconds after the start.
    pub from_seconds: f64,
    /// Its end, seconds after the start.
    pub until_seconds: f64,
    /// Money.
    pub expected: Estimate,
    /// The largest credit first.
    pub tiers: Vec<Tier>,
}

/// One tier of credits in one window.
#[derive(Debug, Clone, Serialize)]
pub struct Tier {
    /// The attainment below which it is due.
    pub below: f64,
    /// The fraction of the fee.
    pub credit: f64,
    /// Money.
    pub amount: f64,
    /// The probability that it, and no larger one, is due.
    pub probability: Estimate,
}

/// A promise, had one cause done no harm.
#[derive(Debug, Clone, Serialize)]
pub struct Without {
    /// The failure mode; `every failure` where load alone is left; `nothing` for the scenario as it is.
    pub cause: String,
    /// The part of what is lost that would not be; null where nothing is lost as it is.
    pub spared: Estimate,
    /// The good fraction over the horizon.
    pub attainment: Estimate,
    /// Fraction of the error budget of the horizon that is used up.
    pub budget_burnt: Estimate,
    /// Probability that at least one complete period ends below the target.
    pub breach_probability: Estimate,
}

/// What a service can keep at most, even if it never failed itself.
#[derive(Debug, Clone, Serialize)]
pub struct Bound {
    /// By what is promised of all that it needs.
    pub promised: f64,
    /// What that rests on, with what each promises.
    pub rests_on: IndexMap<String, f64>,
    /// By the callee that is simulated to be there least, if it calls any.
    pub simulated: Option<Estimate>,
    /// That callee.
    pub weakest: Option<String>,
    /// The highest that is asked of it, its own promises and the threshold.
    pub asked: f64,
    /// Whether that is within what is promised to it.
    pub possible: bool,
}

pub fn summary(input: &Input<'_>) -> Sla {
    let model = input.model;
    let names = |watch: &super::Watch| model.objectives[watch.promise].name.clone();
    Sla {
        schema: SCHEMA,
        question: input.question.word(),
        scenario: model.name.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: input.options.seed,
        replications: input.runs.replications,
        horizon_seconds: model.horizon,
        model_hash: format!("{:016x}", model.hash),
        currency: model.currency.clone(),
        period: input.period.word(),
        threshold: input.question.threshold(),
        interrupted: input.interrupted,
        objectives: input.watches.iter().map(|watch| (names(watch), super::estimates::promise(input, *watch))).collect(),
        ceilings: super::ceiling::bounds(input),
        backtest: input.backtest.cloned(),
    }
}
