//! The summary that programs read: `summary.json`, schema `ninefold/deploy-validate/1`. Shares are of the error budget of a window.

use serde::Serialize;

use super::Input;
use super::spend::Judged;
use crate::report::chart::after;
use crate::stats::Estimate;

/// The value of [`DeployValidation::schema`].
pub const SCHEMA: &str = "ninefold/deploy-validate/1";

/// Go or no-go, and why: the whole of `summary.json`.
#[derive(Debug, Clone, Serialize)]
pub struct DeployValidation {
    /// Name and version of this form, [`SCHEMA`].
    pub schema: &'static str,
    /// Name of the scenario.
    pub scenario: String,
    /// Version of the program.
    pub version: String,
    /// The seed of all simulations.
    pub seed: u64,
    /// Replications, with and without the release each.
    pub replications: u64,
    /// Fingerprint of the scenario.
    pub model_hash: String,
    /// Ended by the user before all of it was done.
    pub interrupted: bool,
    /// When the release begins, ISO 8601.
    pub begins: String,
    /// The part of the window that is over.
    pub elapsed: f64,
    /// What is left must cover a release with this probability.
    pub confidence: f64,
    /// Whether every objective that a release can touch covers it.
    pub go: bool,
    /// By service and objective.
    pub objectives: Vec<Touched>,
}

/// One objective, as a release of one service touches it.
#[derive(Debug, Clone, Serialize)]
pub struct Touched {
    /// The service that is released.
    pub service: String,
    /// The objective.
    pub objective: String,
    /// Its target.
    pub target: f64,
    /// The length of its window.
    pub window_seconds: f64,
    /// What may be bad in a window: requests, or seconds.
    pub budget: f64,
    /// `requests` or `seconds`.
    pub counts: &'static str,
    /// The share spent so far.
    pub spent: f64,
    /// Whether that was told, not simulated.
    pub spent_told: bool,
    /// The share that is left.
    pub left: f64,
    /// The share that a release spends, on average.
    pub expected: Estimate,
    /// The same of those that spend something; null where none does.
    pub expected_if_bad: Option<f64>,
    /// Its quantile at the confidence; null where there is no budget and it spends.
    pub quantile: Option<f64>,
    /// The probability that a release spends more than is left.
    pub uncovered_probability: Estimate,
    /// The probability that the window is breached without it.
    pub breach_without: Estimate,
    /// The same with it.
    pub breach_with: Estimate,
    /// How much likelier it makes that.
    pub breach_difference: Estimate,
    /// Whether what is left covers it.
    pub go: bool,
    /// Whether more replications could tell otherwise.
    pub close: bool,
}

/// Reads the numbers out of what was found.
pub fn summary(input: &Input<'_>) -> DeployValidation {
    let asked = input.asked;
    DeployValidation {
        schema: SCHEMA,
        scenario: input.model.name.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: input.options.seed,
        replications: input.options.replications,
        model_hash: format!("{:016x}", input.model.hash),
        interrupted: input.interrupted,
        begins: after(&input.model.start, asked.at).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
        elapsed: asked.elapsed,
        confidence: asked.confidence,
        // What was not simulated to its end is no go.
        go: !input.interrupted && input.judged.iter().all(|judged| judged.go),
        objectives: input.judged.iter().map(|judged| touched(judged, asked.spent.is_some())).collect(),
    }
}

fn touched(judged: &Judged, spent_told: bool) -> Touched {
    Touched {
        service: judged.released.clone(),
        objective: judged.objective.clone(),
        target: judged.target,
        window_seconds: judged.window,
        budget: judged.budget,
        counts: if judged.in_time { "seconds" } else { "requests" },
        spent: judged.spent,
        spent_told,
        left: judged.left(),
        expected: judged.expected,
        expected_if_bad: judged.if_bad,
        quantile: Some(judged.quantile).filter(|quantile| quantile.is_finite()),
        uncovered_probability: judged.uncovered,
        breach_without: judged.breach_without,
        breach_with: judged.breach_with,
        breach_difference: judged.breach_more,
        go: judged.go,
        close: judged.close,
    }
}
