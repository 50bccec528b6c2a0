//! `summary.json` of an analysis, schema `ninefold/reliability/1`.

use indexmap::IndexMap;
use serde::Serialize;

use super::exact::{Component, Cuts, Exact, Method, Over};
use super::{Comparison, Input, LEVEL, Measure, Standing, YEAR};
use crate::report::Summary;
use crate::report::summary::ServiceSummary;
use crate::run::rare::Rare;
use crate::run::runs::{ServiceRuns, sum};
use crate::stats::Estimate;

/// The value of [`Analysis::schema`].
pub const SCHEMA: &str = "ninefold/reliability/1";

/// Everything that was found, for programs.
#[derive(Debug, Clone, Serialize)]
pub struct Analysis {
    /// Name and version of this form, [`SCHEMA`].
    pub schema: &'static str,
    /// Name of the scenario.
    pub scenario: String,
    /// Version of the program that simulated.
    pub version: String,
    /// The seed that all random streams were made from.
    pub seed: u64,
    /// Replications that were done.
    pub replications: u64,
    /// How requests were followed: `flow`.
    pub fidelity: &'static str,
    /// Time that each replication covers, its warm-up aside.
    pub horizon_seconds: f64,
    /// Events of all replications.
    pub events: u64,
    /// Time that the simulation took; the only field that differs between two runs of the same.
    pub wall_seconds: f64,
    /// Fingerprint of the scenario and the data it reads.
    pub model_hash: String,
    /// Ended by the user before all were done.
    pub interrupted: bool,
    /// Whether simulated and exact values agree; null where nothing could be compared.
    pub agrees: Option<bool>,
    /// By name, in the order of the scenario.
    pub services: IndexMap<String, ServiceAnalysis>,
}

/// What was found about one service.
#[derive(Debug, Clone, Serialize)]
pub struct ServiceAnalysis {
    /// The measures that were asked for, by name.
    pub measures: IndexMap<&'static str, Estimate>,
    /// Where its downtime goes.
    pub split: Split,
    /// What drives its downtime, the greatest first.
    pub drivers: Vec<Driver>,
    /// Exact importance of its components, the most important first; empty where they are not independent.
    pub components: Vec<Component>,
    /// Which failures take it down; null where there are too many to tell.
    pub cuts: Option<Cuts>,
    /// Each exact method, its values, or why it does not apply.
    pub exact: Vec<MethodSummary>,
    /// Rare outages, where they were looked for; null where the method does not apply. What is measured in seconds of the
    /// machine differs from run to run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rare: Option<RareSummary>,
}

/// What was found about rare outages.
#[derive(Debug, Clone, Serialize)]
pub struct RareSummary {
    /// Outages that plain simulation saw.
    pub seen: f64,
    /// What was found; null where the method does not apply.
    pub found: Option<Rare>,
    /// Why nothing was.
    pub why_not: Option<String>,
}

/// Shares of downtime.
#[derive(Debug, Clone, Serialize)]
pub struct Split {
    /// Seconds down in 365 days.
    pub downtime_per_year: Estimate,
    /// Nobody knew.
    pub detection: Estimate,
    /// Known, and nobody was at work: waiting for a person, acknowledgement included.
    pub waiting: Estimate,
    /// At work, on failures and on what was planned.
    pub repair: Estimate,
    /// Of all downtime: charged to failures that are planned (maintenance).
    pub planned: Estimate,
}

/// A failure mode, and what it does to one service.
#[derive(Debug, Clone, Serialize)]
pub struct Driver {
    /// Its name.
    pub failure: String,
    /// Whether it is planned.
    pub planned: bool,
    /// Share of the service's downtime that is charged to it.
    pub downtime_share: Estimate,
    /// Seconds of downtime in 365 days.
    pub downtime_per_year: Estimate,
    /// How often it happens in 365 days, to all that it hits together.
    pub count_per_year: Estimate,
}

/// An exact method for one service.
#[derive(Debug, Clone, Serialize)]
pub struct MethodSummary {
    /// The method.
    pub method: Method,
    /// Whether it applies.
    pub applies: bool,
    /// Why it does not; empty where it does.
    pub why_not: Vec<String>,
    /// What its values are about; null where it does not apply.
    pub over: Option<Over>,
    /// How large the problem was.
    pub size: Option<String>,
    /// Exact values, and those simulated where there are.
    pub values: Vec<Value>,
}

/// An exact value, and the simulated one.
#[derive(Debug, Clone, Serialize)]
pub struct Value {
    /// What is measured.
    pub measure: Measure,
    /// Exactly.
    pub exact: f64,
    /// As simulated; null where that could not be.
    pub simulated: Option<Estimate>,
    /// Whether the two agree.
    pub standing: Option<Standing>,
}

/// What can be shown of a service, by `--metrics`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Shown {
    /// Fraction of the time up.
    Uptime,
    /// Mean time from onset to onset.
    Mtbf,
    /// Mean time from onset to restoration.
    Mttr,
    /// Mean up time between outages.
    Mttf,
    /// Mean time to detection.
    Mttd,
    /// Mean time from detection to the begin of work.
    Mtta,
    /// Outages a year.
    Outages,
    /// Downtime a year.
    Downtime,
    /// Chance of no outage until the horizon.
    Reliability,
    /// Time from the start to the first outage.
    FirstOutage,
    /// Longest outage of a replication.
    LongestOutage,
}

impl Shown {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 11] = [
        Self::Uptime,
        Self::Downtime,
        Self::Outages,
        Self::Mttr,
        Self::Mtbf,
        Self::Mttf,
        Self::Mttd,
        Self::Mtta,
        Self::Reliability,
        Self::FirstOutage,
        Self::LongestOutage,
    ];

    /// As `summary.json` of a forecast calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Uptime => "time_availability",
            Self::Mtbf => "mtbf",
            Self::Mttr => "mttr",
            Self::Mttf => "mttf",
            Self::Mttd => "mttd",
            Self::Mtta => "mtta",
            Self::Outages => "outages_per_year",
            Self::Downtime => "downtime_per_year",
            Self::Reliability => "interval_reliability",
            Self::FirstOutage => "time_to_first_outage",
            Self::LongestOutage => "longest_outage",
        }
    }

    fn of(self, service: &ServiceSummary) -> Estimate {
        match self {
            Self::Uptime => service.time_availability,
            Self::Mtbf => service.mtbf,
            Self::Mttr => service.mttr,
            Self::Mttf => service.mttf,
            Self::Mttd => service.mttd,
            Self::Mtta => service.mtta,
            Self::Outages => service.outages_per_year,
            Self::Downtime => service.downtime_per_year,
            Self::Reliability => service.interval_reliability,
            Self::FirstOutage => service.time_to_first_outage,
            Self::LongestOutage => service.longest_outage,
        }
    }
}

/// Everything, for programs.
pub fn analysis(input: &Input<'_>, forecast: &Summary) -> Analysis {
    let (model, found) = (input.model, input.found);
    let services = found.services.iter().zip(&found.exact).filter_map(|(&s, exact)| {
        let name = &model.services[s].name;
        Some((name.clone(), service(input, forecast, s, forecast.services.get(name)?, exact)))
    });
    Analysis {
        schema: SCHEMA,
        scenario: forecast.scenario.clone(),
        version: forecast.version.clone(),
        seed: forecast.seed,
        replications: forecast.replications,
        fidelity: "flow",
        horizon_seconds: forecast.horizon_seconds,
        events: forecast.events,
        wall_seconds: forecast.wall_seconds,
        model_hash: forecast.model_hash.clone(),
        interrupted: forecast.interrupted,
        agrees: found.comparisons.iter().any(|c| c.standing != Standing::TooFew).then(|| !found.disagrees()),
        services: services.collect(),
    }
}

fn service(input: &Input<'_>, forecast: &Summary, s: usize, of: &ServiceSummary, exact: &Exact) -> ServiceAnalysis {
    let wanted = &input.question.metrics;
    let shown = Shown::ALL.iter().filter(|shown| wanted.is_empty() || wanted.contains(shown));
    ServiceAnalysis {
        measures: shown.map(|shown| (shown.name(), shown.of(of))).collect(),
        split: split(input, s, of),
        drivers: drivers(input, forecast, s),
        components: exact.components.clone(),
        cuts: exact.cuts.clone().ok(),
        exact: exact.answers.iter().map(|answer| method(input, s, answer)).collect(),
        rare: input.found.rare.iter().find(|(service, _)| *service == s).map(|(_, found)| RareSummary {
            seen: input.found.runs.services[s].sums.sum(sum::ONSETS),
            found: found.as_ref().ok().cloned(),
            why_not: found.as_ref().err().cloned(),
        }),
    }
}

fn split(input: &Input<'_>, s: usize, of: &ServiceSummary) -> Split {
    let runs = &input.found.runs.services[s];
    let part = |i: usize| runs.sums.portion(i, sum::DOWN, LEVEL);
    Split {
        downtime_per_year: of.downtime_per_year,
        detection: part(sum::DETECTION),
        waiting: part(sum::ACKNOWLEDGEMENT),
        repair: runs.sums.portion_without(sum::DOWN, &[sum::DETECTION, sum::ACKNOWLEDGEMENT], LEVEL),
        planned: planned(input, runs),
    }
}

/// The share of downtime that is charged to planned failures, its interval on the logit as that of a single failure.
fn planned(input: &Input<'_>, runs: &ServiceRuns) -> Estimate {
    const NORMAL: f64 = 1.959_963_984_540_054;
    const METHOD: &str = "logit, delta method";
    let (mut mean, mut error) = ([0.0; 2], [0.0; 2]);
    for (mode, cause) in input.model.modes.iter().zip(&runs.causes) {
        let place = usize::from(!mode.planned);
        mean[place] += cause.mean();
        error[place] += cause.variance() / cause.count().max(1) as f64;
    }
    let n = runs.sums.count();
    let [planned, rest] = mean;
    if planned + rest <= 0.0 {
        return Estimate::unobserved(LEVEL, n, METHOD);
    }
    let value = planned / (planned + rest);
    if planned <= 0.0 || rest <= 0.0 {
        return Estimate { value: Some(value), ..Estimate::unobserved(LEVEL, n, METHOD) };
    }
    let half = NORMAL * (error[0] / planned.powi(2) + error[1] / rest.powi(2)).sqrt();
    let at = |shift: f64| 1.0 / (1.0 + rest / planned * libm::exp(-shift));
    Estimate { value: Some(value), low: Some(at(-half)), high: Some(at(half)), level: LEVEL, n, method: METHOD }
}

fn drivers(input: &Input<'_>, forecast: &Summary, s: usize) -> Vec<Driver> {
    let (model, runs) = (input.model, &input.found.runs);
    let name = &model.services[s].name;
    let mut drivers: Vec<Driver> = model
        .modes
        .iter()
        .enumerate()
        .filter_map(|(m, mode)| {
            let failure = forecast.failures.get(&mode.name)?;
            let down = runs.services[s].causes.get(m)?.estimate_in(LEVEL, 0.0, f64::INFINITY).scaled(YEAR / runs.horizon);
            Some(Driver {
                failure: mode.name.clone(),
                planned: mode.planned,
                downtime_share: *failure.downtime_share.get(name)?,
                downtime_per_year: down,
                count_per_year: failure.count_per_year,
            })
        })
        .collect();
    drivers
        .sort_by(|a, b| b.downtime_per_year.value.partial_cmp(&a.downtime_per_year.value).unwrap_or(std::cmp::Ordering::Equal));
    drivers
}

fn method(input: &Input<'_>, s: usize, answer: &super::exact::Answer) -> MethodSummary {
    let over = answer.found.as_ref().ok().map(|values| values.over);
    let compared = |measure: Measure| -> Option<&Comparison> {
        let of_answer = |c: &&Comparison| c.service == s && c.method == answer.method && Some(c.over) == over;
        input.found.comparisons.iter().filter(of_answer).find(|c| c.measure == measure)
    };
    let (why_not, values) = match &answer.found {
        Ok(values) => (Vec::new(), Some(values)),
        Err(reasons) => (reasons.clone(), None),
    };
    let each = values.into_iter().flat_map(|values| &values.list).map(|&(measure, exact)| Value {
        measure,
        exact,
        simulated: compared(measure).map(|c| c.simulated),
        standing: compared(measure).map(|c| c.standing),
    });
    MethodSummary {
        method: answer.method,
        applies: values.is_some(),
        why_not,
        over,
        size: values.map(|values| values.size.clone()),
        values: each.collect(),
    }
}
