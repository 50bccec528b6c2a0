//! What each change would bring: the same incidents with it and without, paired.

use indexmap::IndexMap;
use serde::Serialize;

use super::measures::Pairs;
use super::summary::mean_stages;
use super::{Input, LEVEL, Tried};
use crate::run::incident::IncidentRuns;
use crate::stats::Estimate;

/// What one change would bring.
#[derive(Debug, Clone, Serialize)]
pub struct VariantSummary {
    /// Time to restore, cut off at the horizon: the mean difference from the scenario as it is, seconds.
    pub time_to_restore: Estimate,
    /// `shorter`, `longer` or `not told apart`, for all variants together with 95%.
    pub known: &'static str,
    /// Requests lost by one incident, the mean difference; null without traffic.
    pub requests_lost: Option<Estimate>,
    /// Mean length of each stage: that of the scenario as it is plus the paired difference, seconds; null where there is no such stage.
    pub stages: IndexMap<&'static str, Option<f64>>,
}

/// Every change, the one that shortens most first.
pub fn variants(input: &Input<'_>) -> IndexMap<String, VariantSummary> {
    let base = input.found.base();
    let together = 1.0 - (1.0 - LEVEL) / input.found.tried.len().max(1) as f64;
    let one = |tried: &Tried| {
        let pairs = Pairs::of(&tried.runs, base, |incident| incident.response.restored.min(incident.left));
        let known = match pairs.estimate(together) {
            Estimate { high: Some(high), .. } if high < 0.0 => SHORTER,
            Estimate { low: Some(low), .. } if low > 0.0 => LONGER,
            _ => NOT_TOLD,
        };
        let lost = Pairs::of(&tried.runs, base, |incident| incident.lost).estimate(LEVEL);
        let mode = tried.model.modes.iter().position(|mode| mode.name == input.question.failure).unwrap_or(0) as u32;
        VariantSummary {
            time_to_restore: pairs.estimate(LEVEL),
            known,
            requests_lost: (!input.model.demand.is_empty()).then_some(lost),
            stages: paired_stages(input, tried, mode),
        }
    };
    let mut variants: Vec<(String, VariantSummary)> =
        input.found.tried.iter().map(|tried| (tried.name.clone(), one(tried))).collect();
    let key = |variant: &VariantSummary| variant.time_to_restore.value.unwrap_or(0.0);
    variants.sort_by(|a, b| key(&a.1).total_cmp(&key(&b.1)));
    variants.into_iter().collect()
}

/// The mean stages of a variant: it met the first of the incidents, so what it differs there is added to the mean of all.
fn paired_stages(input: &Input<'_>, tried: &Tried, mode: u32) -> IndexMap<&'static str, Option<f64>> {
    let base = input.found.base();
    let mut first = base.clone();
    first.incidents.truncate(tried.runs.incidents.len());
    let of = |runs: &IncidentRuns| mean_stages(input.model, input.subject.mode, runs);
    let (all, first) = (of(base), of(&first));
    let seconds = |stages: &IndexMap<&'static str, Option<f64>>, stage: &str| stages.get(stage).copied().flatten().unwrap_or(0.0);
    let of_variant = mean_stages(&tried.model, mode, &tried.runs).into_iter();
    of_variant
        .map(|(stage, mean)| (stage, mean.map(|mean| (seconds(&all, stage) + mean - seconds(&first, stage)).max(0.0))))
        .collect()
}

/// The values of [`VariantSummary::known`].
pub const SHORTER: &str = "shorter";
/// See [`SHORTER`].
pub const LONGER: &str = "longer";
/// See [`SHORTER`].
pub const NOT_TOLD: &str = "not told apart";
