//! The alternatives simulated with the same luck: what bad releases hurt, how long they stay, and what each way costs.

use super::strategies::Alternative;
use crate::analysis::forecast::releases;
use crate::lab::{Lab, Measure, Paired, Series, Trial, Trouble};
use crate::model::{Model, medians};
use crate::report::Unit;
use crate::report::summary::ReleaseSummary;
use crate::run::column;
use crate::run::runs::released as r;
use crate::scenario::{LoadError, Loaded};
use crate::stats::{Estimate, Moments};

/// Confidence level of every interval.
pub const LEVEL: f64 = 0.95;

/// What strategies are compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Criterion {
    /// In the summary and as a column.
    pub key: &'static str,
    /// For people.
    pub title: &'static str,
    /// What it measures.
    pub unit: Unit,
    of: Of,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    Ratio(usize, usize),
    /// Money for replicas in addition, a release.
    Extra,
    Whole(Whole),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whole {
    Budget,
    Cost,
}

/// All of them; the first is that by which a strategy is better than another.
pub const CRITERIA: [Criterion; 9] = [
    Criterion { key: "hurt_per_bad", title: "Requests hurt per bad release", unit: Unit::Number, of: Of::Ratio(r::HURT, r::BAD) },
    Criterion {
        key: "at_risk_per_bad_seconds",
        title: "Time at risk per bad release",
        unit: Unit::Duration,
        of: Of::Ratio(r::RISK, r::BAD),
    },
    Criterion { key: "recovery_seconds", title: "Recovery time", unit: Unit::Duration, of: Of::Ratio(r::RECOVERY, r::RECOVERED) },
    Criterion { key: "change_fail_rate", title: "Change fail rate", unit: Unit::Share, of: Of::Ratio(r::BAD, r::STARTED) },
    Criterion {
        key: "turned_back",
        title: "Good ones turned back",
        unit: Unit::Share,
        of: Of::Ratio(r::FALSE_ALARMS, r::STARTED),
    },
    Criterion { key: "lead_seconds", title: "Start to all released", unit: Unit::Duration, of: Of::Ratio(r::LEAD, r::FINISHED) },
    Criterion { key: "extra_cost_per_release", title: "Extra replicas, a release", unit: Unit::Money, of: Of::Extra },
    Criterion { key: "budget_spent", title: "Error budget spent", unit: Unit::Share, of: Of::Whole(Whole::Budget) },
    Criterion { key: "cost", title: "All cost", unit: Unit::Money, of: Of::Whole(Whole::Cost) },
];

/// What one strategy came to by one criterion.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    /// Its value.
    pub value: Estimate,
    /// Less that of the recommended one; with no value where no replication differs.
    pub difference: Estimate,
    /// The same with the level at which statements about all alternatives hold together (Bonferroni).
    pub joint: Estimate,
}

/// A strategy and what came of it.
#[derive(Debug, Clone)]
pub struct Tried {
    /// The strategy.
    pub alternative: Alternative,
    /// What is simulated.
    pub model: Model,
    /// DORA's measures and more.
    pub releases: ReleaseSummary,
    /// In the order of the criteria; none where the scenario has not what it is about.
    pub measured: Vec<Option<Measured>>,
}

impl Tried {
    /// Whether it hurts fewer requests than the recommended one, for sure over all alternatives together.
    #[must_use]
    pub fn is_better(&self) -> bool {
        self.measured[0].is_some_and(|m| m.joint.high.is_some_and(|high| high < 0.0))
    }
}

/// What came of all of them.
#[derive(Debug, Clone)]
pub struct Trials {
    /// The recommended one first.
    pub tried: Vec<Tried>,
    /// Those that the scenario cannot have, and why.
    pub left_out: Vec<(&'static str, String)>,
    /// Money that a bad release of the recommended strategy costs.
    pub money_per_bad: Option<Estimate>,
    /// Replications of each.
    pub replications: u64,
}

/// Simulates the alternatives of the service at `place` among the released ones; fewer where the user asks to stop.
///
/// # Errors
/// What the lab complains about.
pub fn trials(
    lab: &mut Lab<'_>,
    loaded: &Loaded,
    service: &str,
    place: usize,
    alternatives: Vec<Alternative>,
    replications: u64,
) -> Result<Trials, Trouble> {
    let mut places = Vec::new();
    let mut left_out = Vec::new();
    for alternative in alternatives {
        let variant = loaded.with(alternative.sets(service)).map_err(Trouble::from).and_then(|variant| lab.add(&variant));
        match variant {
            Ok(at) => {
                lab.simulate(at, replications)?;
                places.push((alternative, at));
            }
            // The recommended one must be possible; the scenario itself is.
            Err(Trouble::Variant(error)) if !places.is_empty() => left_out.push((alternative.name, reason(&error))),
            Err(trouble) => return Err(trouble),
        }
        if lab.stopped() {
            break;
        }
    }
    let mut sets = places[0].0.sets(service);
    sets.push(format!("services.{service}.releases.bad=0%"));
    let without = lab.add(&loaded.with(sets)?)?;
    if !lab.stopped() {
        lab.simulate(without, replications)?;
    }
    let first = lab.trial(places[0].1);
    let per_draw = first.runs.per_draw as usize;
    let least = places.iter().map(|(_, at)| lab.trial(*at).observed.len()).min().unwrap_or(0);
    let count = least - least % per_draw;
    let joint = 1.0 - (1.0 - LEVEL) / (places.len().max(2) - 1) as f64;
    let series = |trial: &Trial, criterion: &Criterion| criterion.series(trial, place, count, per_draw);
    let tried = places.iter().map(|(alternative, at)| {
        let trial = lab.trial(*at);
        let measured = CRITERIA.iter().map(|criterion| {
            let (own, reference) = (series(trial, criterion)?, series(first, criterion)?);
            let paired = Paired::of(&own, &reference);
            Some(Measured { value: mean(&own), difference: paired.difference(LEVEL), joint: paired.difference(joint) })
        });
        Tried {
            alternative: alternative.clone(),
            model: trial.model.clone(),
            releases: releases::summary(&trial.runs.releases[place], trial.runs.horizon),
            measured: measured.collect(),
        }
    });
    let tried: Vec<Tried> = tried.collect();
    let money_per_bad = money(first, lab.trial(without), place, count, per_draw);
    Ok(Trials { tried, left_out, money_per_bad, replications: count as u64 })
}

/// What bad releases cost, each: all cost less that of the same with none, over their number.
fn money(with: &Trial, without: &Trial, place: usize, count: usize, per_draw: usize) -> Option<Estimate> {
    let without = (without.observed.len() >= count && count > 0).then_some(without)?;
    let cost = |trial: &Trial| Measure::Cost.series(trial, count, per_draw);
    let difference: Vec<f64> =
        cost(with)?.single.iter().zip(cost(without)?.single).map(|(with, without)| with - without).collect();
    let bad: Vec<f64> = with.observed.release(place, r::BAD).take(count).collect();
    (bad.iter().sum::<f64>() > 0.0).then(|| mean(&Series::of_ratios(&difference, &bad, per_draw)))
}

fn mean(series: &Series) -> Estimate {
    let mut moments = Moments::default();
    series.draws.iter().for_each(|value| moments.add(*value));
    moments.estimate(LEVEL)
}

/// The first mistake.
fn reason(error: &LoadError) -> String {
    match error {
        LoadError::Wrong(problems) => {
            problems.diagnostics.first().map_or_else(|| error.to_string(), |first| first.message.clone())
        }
        LoadError::World(message) => message.clone(),
    }
}

impl Criterion {
    fn series(&self, trial: &Trial, place: usize, count: usize, per_draw: usize) -> Option<Series> {
        let column = |which| trial.observed.release(place, which).take(count).collect::<Vec<f64>>();
        let ratio = |parts: Vec<f64>, over: usize| {
            let wholes = column(over);
            (wholes.iter().sum::<f64>() > 0.0).then(|| Series::of_ratios(&parts, &wholes, per_draw))
        };
        match self.of {
            Of::Ratio(of, over) => ratio(column(of), over),
            Of::Extra => {
                let service = trial.model.releases[place].service as usize;
                let price = trial.model.services[service].price.on_demand.get(&medians(&trial.model.parameters));
                if price <= 0.0 {
                    return None;
                }
                ratio(column(r::EXTRA).into_iter().map(|extra| extra * price).collect(), r::STARTED)
            }
            Of::Whole(Whole::Budget) => Measure::Budget.series(trial, count, per_draw),
            Of::Whole(Whole::Cost) => {
                let paid = trial.observed.all(column::INFRASTRUCTURE).any(|cost| cost > 0.0);
                paid.then(|| Measure::Cost.series(trial, count, per_draw)).flatten()
            }
        }
    }
}
