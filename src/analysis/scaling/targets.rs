//! Other targets, simulated with the same luck, and the one to recommend.

use super::LEVEL;
use crate::analysis::forecast::estimates::attainment;
use crate::analysis::forecast::load::response_times;
use crate::lab::{Trouble, compile, simulate};
use crate::model::{Counts, Model};
use crate::run::runs::{row, sum};
use crate::run::{Control, Options, Runs};
use crate::scenario::Loaded;
use crate::sim::scaled;
use crate::stats::Estimate;
use crate::units::Fraction;

/// The targets that are tried beside the one at hand.
const TARGETS: [f64; 12] = [0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9];
/// Where nothing is promised, more than this fraction of failed requests is too much.
const FEW: f64 = 1e-3;

/// One target and what the replications gave with it.
#[derive(Debug, Clone)]
pub struct Trial {
    /// The utilisation aimed at.
    pub target: f64,
    /// Mean replicas paid of the service.
    pub replicas: Estimate,
    /// Busy over available server time.
    pub utilization: Estimate,
    /// Fraction of its requests that failed.
    pub error_rate: Estimate,
    /// P99 of its response time, seconds.
    pub p99: Estimate,
    /// Money over the horizon, credits included.
    pub cost: Estimate,
    /// By objective on requests: what was attained.
    pub attained: Vec<(String, Estimate, f64)>,
    /// Every objective on requests is kept with confidence; where there is none, few requests fail.
    pub keeps: bool,
}

/// The targets of one service.
#[derive(Debug, Clone)]
pub struct Targets {
    /// Index of the service.
    pub service: usize,
    /// The target at hand.
    pub now: f64,
    /// Ascending.
    pub trials: Vec<Trial>,
}

impl Targets {
    /// The cheapest of those that keep what is promised; of equals the lowest. `None` where none does.
    pub fn best(&self) -> Option<&Trial> {
        let cost = |trial: &Trial| trial.cost.value.unwrap_or(f64::INFINITY);
        self.trials.iter().filter(|trial| trial.keeps).min_by(|a, b| cost(a).total_cmp(&cost(b)))
    }

    /// The one at hand.
    pub fn at_hand(&self) -> Option<&Trial> {
        self.trials.iter().find(|trial| trial.target == self.now)
    }
}

/// Simulates a scaled service at each target; fewer where the user asks to stop.
///
/// # Errors
/// What [`simulate`] complains about.
pub fn try_targets(
    loaded: &Loaded,
    model: &Model,
    service: usize,
    options: &Options,
    control: &Control,
) -> Result<Targets, Trouble> {
    let now = model.services[service].scaling.as_ref().map_or(0.0, |scaling| scaling.target);
    let mut targets: Vec<f64> = TARGETS.iter().copied().filter(|target| (target - now).abs() > 0.005).chain([now]).collect();
    targets.sort_unstable_by(f64::total_cmp);
    let mut trials = Vec::new();
    for target in targets {
        let mut variant = loaded.clone();
        if let Some(autoscale) =
            variant.scenario.services.get_mut(&model.services[service].name).and_then(|service| service.autoscale.as_mut())
        {
            autoscale.target = Fraction(target);
        }
        let changed = compile(&variant)?;
        let runs = simulate(&changed, options, control)?;
        if runs.replications > 0 {
            trials.push(trial(&changed, &runs, service, target));
        }
        if runs.interrupted {
            break;
        }
    }
    Ok(Targets { service, now, trials })
}

fn trial(model: &Model, runs: &Runs, service: usize, target: f64) -> Trial {
    let of = &runs.services[service];
    let none = || Estimate::unobserved(LEVEL, 0, "nothing seen");
    let asks = of.load.sums.count() > 0;
    let attained: Vec<(String, Estimate, f64)> = model
        .objectives
        .iter()
        .zip(&runs.objectives)
        .filter(|(objective, _)| objective.counts == Counts::Requests)
        .map(|(objective, runs)| (objective.name.clone(), attainment(runs), objective.target))
        .collect();
    let error_rate = if asks { of.sums.portion_without(sum::REQUESTS, &[sum::GOOD], LEVEL) } else { none() };
    let keeps = if attained.is_empty() {
        error_rate.high.is_none_or(|high| high <= FEW)
    } else {
        attained.iter().all(|(_, attained, target)| attained.low.or(attained.value).is_some_and(|low| low >= *target))
    };
    Trial {
        target,
        replicas: of
            .scaled
            .as_ref()
            .map_or_else(none, |counts| counts.mean_estimate(scaled::THERE, LEVEL).scaled(1.0 / runs.horizon)),
        utilization: of.sums.ratio(sum::BUSY, sum::SERVERS, LEVEL).clipped(0.0, 1.0),
        error_rate,
        p99: if asks && of.load.sums.mean(row::GOOD) > 0.0 { response_times(&of.load).p99 } else { none() },
        cost: runs.cost.total.estimate(LEVEL),
        attained,
        keeps,
    }
}
