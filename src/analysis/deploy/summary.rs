//! The summary that programs read: `summary.json`, schema `ninefold/deploy-plan/1`. Times are seconds, fractions 0 to 1.

use indexmap::IndexMap;
use serde::Serialize;

use super::readiness::{Item, State};
use super::steps::Course;
use super::trial::{CRITERIA, Tried};
use super::{Input, words};
use crate::report::chart::after;
use crate::report::summary::ReleaseSummary;
use crate::stats::Estimate;

/// The value of [`DeployPlan::schema`].
pub const SCHEMA: &str = "ninefold/deploy-plan/1";

/// The plan: the whole of `summary.json`.
#[derive(Debug, Clone, Serialize)]
pub struct DeployPlan {
    /// Name and version of this form, [`SCHEMA`].
    pub schema: &'static str,
    /// Name of the scenario.
    pub scenario: String,
    /// Version of the program.
    pub version: String,
    /// The seed of all simulations.
    pub seed: u64,
    /// Replications of each strategy.
    pub replications: u64,
    /// Time that each covers.
    pub horizon_seconds: f64,
    /// Fingerprint of the scenario.
    pub model_hash: String,
    /// Ended by the user before all of it was done.
    pub interrupted: bool,
    /// Code of the currency of all money.
    pub currency: String,
    /// The service that is released.
    pub service: String,
    /// The risk that the plan is for.
    pub risk: &'static str,
    /// The strategy that it asks for.
    pub strategy: &'static str,
    /// The patch that makes it.
    pub patch: String,
    /// When it begins, ISO 8601.
    pub begins: String,
    /// From its begin until all replicas run it.
    pub lasts_seconds: f64,
    /// How long each step is watched; null where nothing is.
    pub bake_seconds: Option<f64>,
    /// The probability with which the first test was to find a bad release.
    pub wanted_power: f64,
    /// Requests that a bad release hurts on average, computed; null where that depends on the load.
    pub hurt_computed: Option<f64>,
    /// In their order; in the last all replicas run the new version.
    pub steps: Vec<StepSummary>,
    /// How it is taken back.
    pub rollback: Rollback,
    /// What has to be there.
    pub readiness: Vec<Ready>,
    /// Whether nothing is known to be missing.
    pub nothing_missing: bool,
    /// By name, the recommended strategy first.
    pub strategies: IndexMap<&'static str, Strategy>,
    /// Strategies that hurt fewer requests than the recommended one, for sure over all together.
    pub better: Vec<&'static str>,
    /// Strategies that the scenario cannot have, and why.
    pub left_out: IndexMap<&'static str, String>,
}

/// One step.
#[derive(Debug, Clone, Serialize)]
pub struct StepSummary {
    /// What is done.
    pub what: String,
    /// After the begin of the release.
    pub begins_seconds: f64,
    /// Null for the last, which stays.
    pub lasts_seconds: Option<f64>,
    /// The fraction of the traffic that meets the new version.
    pub share: f64,
    /// Requests that meet it in the step.
    pub requests: f64,
    /// What is checked.
    pub check: String,
    /// The value at which it is taken back.
    pub abort: Option<String>,
    /// The probability that its own check finds a bad release; null where that depends on the load or nothing is asked.
    pub power: Option<f64>,
    /// The probability that it has been found by then.
    pub found_by_then: Option<f64>,
    /// The probability that its check turns back a good one.
    pub false_alarm: f64,
    /// Requests that a bad release hurts where it is found here.
    pub hurt: Option<f64>,
    /// How long going back from here takes on average.
    pub back_seconds: f64,
}

/// Going back.
#[derive(Debug, Clone, Serialize)]
pub struct Rollback {
    /// How long one try takes on average.
    pub mean_seconds: f64,
    /// What one try exceeds once in twenty times.
    pub p95_seconds: f64,
    /// The probability that a try works.
    pub works: f64,
    /// How long it takes on average until one has worked.
    pub until_done_seconds: f64,
    /// Fraction of the tries that failed in the simulation.
    pub failed: Estimate,
    /// Requests hurt per bad release in the simulation, until it was gone.
    pub hurt_per_bad: Estimate,
    /// Money that a bad release costs: lost revenue, credits, replicas, repairs. Null where nothing has a price.
    pub money_per_bad: Option<Estimate>,
}

/// One line of the checklist.
#[derive(Debug, Clone, Serialize)]
pub struct Ready {
    /// What it belongs to.
    pub area: &'static str,
    /// `shown`, `missing` or `to confirm`.
    pub state: &'static str,
    /// What was found, or what a person has to confirm.
    pub text: String,
}

/// A strategy and what came of it.
#[derive(Debug, Clone, Serialize)]
pub struct Strategy {
    /// What is written under `strategy`; null where it is that of the scenario.
    pub written: Option<String>,
    /// How long each step is watched; null where that is not computed.
    pub bake_seconds: Option<f64>,
    /// DORA's measures and more.
    pub releases: ReleaseSummary,
    /// By criterion.
    pub measured: IndexMap<&'static str, Measured>,
    /// Whether it hurts fewer requests than the recommended one, for sure.
    pub is_better: bool,
}

/// What it came to by one criterion.
#[derive(Debug, Clone, Serialize)]
pub struct Measured {
    /// Its value.
    pub value: Estimate,
    /// Less that of the recommended one, in pairs; no value where no replication differs.
    pub difference: Estimate,
}

/// Reads the numbers out of what was found.
pub fn summary(input: &Input<'_>, course: &Course, items: &[Item]) -> DeployPlan {
    let (released, chosen) = (input.released, input.chosen());
    let model = released.model;
    let release = released.release();
    DeployPlan {
        schema: SCHEMA,
        scenario: model.name.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: input.options.seed,
        replications: input.trials.replications,
        horizon_seconds: model.horizon,
        model_hash: format!("{:016x}", model.hash),
        interrupted: input.interrupted,
        currency: model.currency.clone(),
        service: released.name().to_owned(),
        risk: input.risk.word(),
        strategy: chosen.alternative.name,
        patch: chosen.alternative.sets(released.name()).join(" "),
        begins: after(&model.start, input.at).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
        lasts_seconds: course.lasts,
        bake_seconds: chosen.alternative.bake,
        wanted_power: input.wanted,
        hurt_computed: course.hurt,
        steps: course.steps.iter().map(step).collect(),
        rollback: Rollback {
            mean_seconds: release.rollback.law.mean(),
            p95_seconds: release.rollback.law.quantile(0.95),
            works: released.works(),
            until_done_seconds: released.back(),
            failed: chosen.releases.rollbacks_failed,
            hurt_per_bad: chosen.releases.hurt_per_bad,
            money_per_bad: input.trials.money_per_bad.filter(|_| words::is_priced(input)),
        },
        readiness: items.iter().map(|i| Ready { area: i.area, state: i.state.word(), text: i.text.clone() }).collect(),
        nothing_missing: items.iter().all(|item| item.state != State::Missing),
        strategies: input.trials.tried.iter().map(|tried| (tried.alternative.name, strategy(tried))).collect(),
        better: input.trials.tried.iter().filter(|tried| tried.is_better()).map(|tried| tried.alternative.name).collect(),
        left_out: input.trials.left_out.iter().cloned().collect(),
    }
}

fn step(step: &super::Step) -> StepSummary {
    StepSummary {
        what: step.what.clone(),
        begins_seconds: step.begins,
        lasts_seconds: step.lasts,
        share: step.share,
        requests: step.requests,
        check: step.check.clone(),
        abort: step.abort.clone(),
        power: step.power,
        found_by_then: step.found,
        false_alarm: step.false_alarm,
        hurt: step.hurt,
        back_seconds: step.back,
    }
}

fn strategy(tried: &Tried) -> Strategy {
    let measured = CRITERIA.iter().zip(&tried.measured).filter_map(|(criterion, measured)| {
        let measured = (*measured)?;
        Some((criterion.key, Measured { value: measured.value, difference: measured.difference }))
    });
    Strategy {
        written: Some(tried.alternative.written.clone()).filter(|written| !written.is_empty()),
        bake_seconds: tried.alternative.bake,
        releases: tried.releases.clone(),
        measured: measured.collect(),
        is_better: tried.is_better(),
    }
}
