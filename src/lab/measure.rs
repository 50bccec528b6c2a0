//! What variants are compared by, and its value in each draw of the uncertain numbers.

use std::fmt;

use super::Trial;
use crate::run::{Observed, column};

/// One number of a replication. Of all of them less is better.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measure {
    /// Share of the error budget spent over the horizon, the mean over the objectives.
    Budget,
    /// Time structurally down, all services together, seconds.
    AllDowntime,
    /// Time structurally down of the service of this name, seconds.
    Downtime(String),
    /// Outages of the service of this name.
    Outages(String),
    /// Requests to the service of this name that failed.
    Failed(String),
    /// Share of what the objective of this name counts that was not good.
    Bad(String),
    /// Whether a complete window of the objective of this name was breached: 1 or 0.
    Breached(String),
    /// Credits due by the objective of this name.
    Credits(String),
    /// Money for infrastructure.
    Infrastructure,
    /// Money for repairs, replacements and inspections.
    Repairs,
    /// Credits due by all objectives.
    AllCredits,
    /// What the requests that failed would have been worth.
    LostRevenue,
    /// All money: infrastructure, repairs, credits and lost revenue.
    Cost,
}

impl fmt::Display for Measure {
    /// As it is written on the command line and in `summary.json`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Budget => f.write_str("budget_spent"),
            Self::AllDowntime => f.write_str("downtime"),
            Self::Downtime(name) => write!(f, "services.{name}.downtime"),
            Self::Outages(name) => write!(f, "services.{name}.outages"),
            Self::Failed(name) => write!(f, "services.{name}.failed_requests"),
            Self::Bad(name) => write!(f, "objectives.{name}.bad"),
            Self::Breached(name) => write!(f, "objectives.{name}.breached"),
            Self::Credits(name) => write!(f, "objectives.{name}.credits"),
            Self::Infrastructure => f.write_str("cost.infrastructure"),
            Self::Repairs => f.write_str("cost.repairs"),
            Self::AllCredits => f.write_str("cost.credits"),
            Self::LostRevenue => f.write_str("cost.lost_revenue"),
            Self::Cost => f.write_str("cost.total"),
        }
    }
}

/// A measure of one variant, replication by replication.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its value in each independent draw of the uncertain numbers, such that their mean is the estimate. For a ratio of sums these
    /// are its values made linear about the estimate (the delta method: Cochran, *Sampling Techniques*, 3rd ed. 1977, chapter 6).
    pub draws: Vec<f64>,
    /// Its value in each replication; not a number where there is none, as the share of requests where none came.
    pub single: Vec<f64>,
    /// Replications in a draw.
    pub per_draw: usize,
}

impl Series {
    /// Of a number of each replication.
    #[must_use]
    pub fn of_means(single: Vec<f64>, per_draw: usize) -> Self {
        Self { draws: means(&single, per_draw), single, per_draw }
    }

    /// Of the ratio of the sums of two numbers of each replication.
    #[must_use]
    pub fn of_ratios(parts: &[f64], wholes: &[f64], per_draw: usize) -> Self {
        let single = parts.iter().zip(wholes).map(|(part, whole)| if *whole > 0.0 { part / whole } else { f64::NAN }).collect();
        let (parts, wholes) = (means(parts, per_draw), means(wholes, per_draw));
        let whole = wholes.iter().sum::<f64>() / wholes.len() as f64;
        let ratio = if whole > 0.0 { parts.iter().sum::<f64>() / wholes.iter().sum::<f64>() } else { 0.0 };
        let linear = |(part, of): (&f64, &f64)| if whole > 0.0 { ratio + (part - ratio * of) / whole } else { 0.0 };
        Self { draws: parts.iter().zip(&wholes).map(linear).collect(), single, per_draw }
    }

    fn add(&mut self, other: &Self, factor: f64) {
        self.draws.iter_mut().zip(&other.draws).for_each(|(mine, theirs)| *mine += factor * theirs);
        self.single.iter_mut().zip(&other.single).for_each(|(mine, theirs)| *mine += factor * theirs);
    }

    /// The estimate.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.draws.iter().sum::<f64>() / self.draws.len().max(1) as f64
    }
}

fn means(values: &[f64], per_draw: usize) -> Vec<f64> {
    values.chunks(per_draw).map(|draw| draw.iter().sum::<f64>() / draw.len() as f64).collect()
}

impl Measure {
    /// What a variant can be judged by, the broadest first. Time and requests of services at which nothing can go wrong are left out.
    #[must_use]
    pub fn all(trial: &Trial) -> Vec<Self> {
        let model = &trial.model;
        let fails = model.services.iter().any(|service| service.can_fail);
        let mut all = Vec::new();
        all.extend((!model.objectives.is_empty()).then_some(Self::Budget));
        all.extend(fails.then_some(Self::AllDowntime));
        for service in &model.services {
            if service.can_fail {
                all.extend([Self::Downtime(service.name.clone()), Self::Outages(service.name.clone())]);
            }
            if service.visits.iter().any(|visits| *visits > 0.0) {
                all.push(Self::Failed(service.name.clone()));
            }
        }
        for (objective, runs) in model.objectives.iter().zip(&trial.runs.objectives) {
            all.push(Self::Bad(objective.name.clone()));
            all.extend(runs.breach.map(|_| Self::Breached(objective.name.clone())));
            all.extend((!objective.credits.is_empty()).then(|| Self::Credits(objective.name.clone())));
        }
        let credits = model.objectives.iter().any(|objective| !objective.credits.is_empty());
        all.push(Self::Infrastructure);
        all.extend(credits.then_some(Self::AllCredits));
        all.extend((!model.revenue.is_empty()).then_some(Self::LostRevenue));
        all.extend([Self::Repairs, Self::Cost]);
        all
    }

    /// Its values in the first replications of a variant, in draws of `per_draw`; none where the variant has not what it is about.
    #[must_use]
    pub fn series(&self, trial: &Trial, replications: usize, per_draw: usize) -> Option<Series> {
        let (model, observed) = (&trial.model, &trial.observed);
        let means = |values: Vec<f64>| Some(Series::of_means(values, per_draw));
        let service = |name: &str, column: usize| {
            let at = model.services.iter().position(|service| service.name == name)?;
            means(observed.service(at, column).take(replications).collect())
        };
        let objective = |name: &str| model.objectives.iter().position(|objective| objective.name == name);
        let of_objective =
            |name: &str, column: usize| means(observed.objective(objective(name)?, column).take(replications).collect());
        match self {
            Self::Budget => budget(trial, replications, per_draw),
            Self::AllDowntime => {
                let services = 0..model.services.len();
                let each = services.map(|at| observed.service(at, column::DOWNTIME).take(replications));
                means(sum(each, replications))
            }
            Self::Downtime(name) => service(name, column::DOWNTIME),
            Self::Outages(name) => service(name, column::OUTAGES),
            Self::Failed(name) => service(name, column::FAILED),
            Self::Bad(name) => Some(bad(observed, objective(name)?, replications, per_draw)),
            Self::Breached(name) => {
                trial.runs.objectives[objective(name)?].breach?;
                of_objective(name, column::BREACHED)
            }
            Self::Credits(name) => of_objective(name, column::CREDITS),
            Self::Infrastructure => means(observed.all(column::INFRASTRUCTURE).take(replications).collect()),
            Self::Repairs => means(observed.all(column::REPAIRS).take(replications).collect()),
            Self::AllCredits => means(credits(trial, replications)),
            Self::LostRevenue => means(observed.all(column::LOST_REVENUE).take(replications).collect()),
            Self::Cost => {
                let mut cost = credits(trial, replications);
                for column in [column::INFRASTRUCTURE, column::REPAIRS, column::LOST_REVENUE] {
                    cost.iter_mut().zip(observed.all(column)).for_each(|(cost, more)| *cost += more);
                }
                means(cost)
            }
        }
    }
}

fn sum(each: impl Iterator<Item = impl Iterator<Item = f64>>, replications: usize) -> Vec<f64> {
    let mut sums = vec![0.0; replications];
    each.for_each(|values| sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value));
    sums
}

fn credits(trial: &Trial, replications: usize) -> Vec<f64> {
    let objectives = 0..trial.model.objectives.len();
    sum(objectives.map(|at| trial.observed.objective(at, column::CREDITS).take(replications)), replications)
}

fn bad(observed: &Observed, objective: usize, replications: usize, per_draw: usize) -> Series {
    let column = |column| observed.objective(objective, column).take(replications).collect::<Vec<f64>>();
    Series::of_ratios(&column(column::BAD), &column(column::COUNTED), per_draw)
}

/// Of a promise of 100% any failure is all of the budget and more: there bad itself counts.
fn budget(trial: &Trial, replications: usize, per_draw: usize) -> Option<Series> {
    let share = 1.0 / trial.model.objectives.len() as f64;
    let mut all: Option<Series> = None;
    for (at, objective) in trial.model.objectives.iter().enumerate() {
        let budget = 1.0 - objective.target;
        let factor = if budget > 0.0 { share / budget } else { share };
        let bad = bad(&trial.observed, at, replications, per_draw);
        let zero = || Series { draws: vec![0.0; bad.draws.len()], single: vec![0.0; bad.single.len()], per_draw };
        all.get_or_insert_with(zero).add(&bad, factor);
    }
    all
}
