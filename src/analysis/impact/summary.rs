//! From sums over pairs of runs to estimates: `summary.json`, schema `ninefold/impact/1`.

use indexmap::IndexMap;
use serde::Serialize;

use super::{Input, LEVEL};
use crate::model::Model;
use crate::run::impact::{ImpactRuns, Lasting, ObjectiveImpact, ServiceImpact};
use crate::stats::{Estimate, Moments, Proportion};

/// The value of [`Impact::schema`].
pub const SCHEMA: &str = "ninefold/impact/1";

/// Everything that was found about one failure, for programs. Differences are of the runs with it less those without.
#[derive(Debug, Clone, Serialize)]
pub struct Impact {
    /// Name and version of this form, [`SCHEMA`].
    pub schema: &'static str,
    /// Name of the scenario.
    pub scenario: String,
    /// Version of the program that simulated.
    pub version: String,
    /// The seed that all random streams were made from.
    pub seed: u64,
    /// Pairs of runs.
    pub replications: u64,
    /// How requests were followed: `flow`.
    pub fidelity: &'static str,
    /// Time that each run covers, its warm-up aside.
    pub horizon_seconds: f64,
    /// Events of all runs together.
    pub events: u64,
    /// Time that the simulation took; the only field that differs between two runs of the same.
    pub wall_seconds: f64,
    /// Fingerprint of the scenario and the data it reads.
    pub model_hash: String,
    /// Ended by the user before all were done.
    pub interrupted: bool,
    /// Code of the currency of all money.
    pub currency: String,
    /// What was made to fail, and when.
    pub failure: FailureMade,
    /// Each kind of thing that the failure can hit, the worst first, from fewer pairs of runs; empty where it hits one only
    /// or one was asked for.
    pub things: Vec<ThingSummary>,
    /// By name, in the order of the scenario.
    pub services: IndexMap<String, ServiceEffect>,
    /// By name.
    pub objectives: IndexMap<String, ObjectiveEffect>,
}

/// The failure that was made to happen.
#[derive(Debug, Clone, Serialize)]
pub struct FailureMade {
    /// The failure mode.
    pub name: String,
    /// What it hit: `zone a`.
    pub thing: String,
    /// When, in seconds after the start.
    pub at_seconds: f64,
    /// When, in the time zone of the scenario.
    pub at: String,
    /// Why then: `asked for`, `highest demand`, `start`.
    pub at_chosen: &'static str,
    /// Share of runs in which it had failed already: then the failure that was there counts.
    pub already_failed: Estimate,
    /// From the failure until it was repaired, seconds.
    pub repair: Times,
}

/// A distribution of times since the failure, seconds.
#[derive(Debug, Clone, Serialize)]
pub struct Times {
    /// The median.
    pub p50: Estimate,
    /// What 95 of 100 stay below.
    pub p95: Estimate,
}

/// What a failure of one kind of thing does, in short.
#[derive(Debug, Clone, Serialize)]
pub struct ThingSummary {
    /// `zone a`, `web 3`.
    pub thing: String,
    /// Things that fare just the same, this one among them.
    pub alike: u64,
    /// Services that go down because of it, the mean over runs.
    pub services_down: Estimate,
    /// Downtime of all services together, difference in seconds.
    pub downtime: Estimate,
    /// Requests of all traffic sources that fail, difference; absent without traffic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests_lost: Option<Estimate>,
    /// Error budgets of the objective that loses most of its own, difference; absent without objectives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget_spent: Option<Estimate>,
}

/// What the failure does to one service.
#[derive(Debug, Clone, Serialize)]
pub struct ServiceEffect {
    /// Share of runs in which it goes down because of the failure.
    pub goes_down: Estimate,
    /// Downtime over the rest of the horizon, difference in seconds.
    pub downtime: Estimate,
    /// Outages in the horizon, difference.
    pub outages: Estimate,
    /// From the failure until it is up again, where it goes down because of it.
    pub restored: Times,
    /// Of the runs in which some service goes down: it is the last to be restored, alone or with others.
    pub restored_last: Estimate,
    /// Share of what its replicas could carry that is gone at once.
    pub capacity_lost: Estimate,
    /// Requests that arrive and fail, difference; absent without traffic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests_lost: Option<Estimate>,
    /// Requests that never arrive because a caller failed before, difference; absent without traffic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests_kept_away: Option<Estimate>,
}

/// What the failure does to one objective.
#[derive(Debug, Clone, Serialize)]
pub struct ObjectiveEffect {
    /// Name of the service that it is about.
    pub service: String,
    /// The fraction of what it counts that must be good.
    pub target: f64,
    /// The window that the failure falls in, or the rolling one that begins with it: seconds after the start.
    pub window_from_seconds: f64,
    /// Its end.
    pub window_to_seconds: f64,
    /// It lies within the horizon as a whole, and so can be breached.
    pub window_is_whole: bool,
    /// Share of the window's error budget that is spent without the failure.
    pub budget_spent_without: Estimate,
    /// The same with it.
    pub budget_spent_with: Estimate,
    /// Budgets spent because of it, in this window and those after it.
    pub budget_spent: Estimate,
    /// Chance that the window ends below target without the failure.
    pub breach_probability_without: Estimate,
    /// The same with it.
    pub breach_probability_with: Estimate,
    /// Difference of the two.
    pub breach_probability: Estimate,
    /// Credits over the horizon, difference, in the currency; absent where the objective promises none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credits: Option<Estimate>,
}

/// Every estimate.
pub fn summary(input: &Input<'_>) -> Impact {
    let (model, runs) = (input.model, input.found.main());
    let moment = crate::report::chart::after(&model.start, runs.forced.at);
    let names = |s: u32| model.services[s as usize].name.clone();
    Impact {
        schema: SCHEMA,
        scenario: model.name.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: input.options.seed,
        replications: runs.replications,
        fidelity: "flow",
        horizon_seconds: model.horizon,
        events: runs.events,
        wall_seconds: input.found.wall_seconds(),
        model_hash: format!("{:016x}", model.hash),
        interrupted: runs.interrupted,
        currency: model.currency.clone(),
        failure: FailureMade {
            name: model.modes[model.clocks[runs.forced.clock as usize].mode as usize].name.clone(),
            thing: input.found.target.name.clone(),
            at_seconds: runs.forced.at,
            at: moment.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            at_chosen: input.found.chosen.word(),
            already_failed: runs.already.estimate(LEVEL),
            repair: times(&runs.repair, runs.per_draw),
        },
        things: input.found.ranking.iter().map(|(target, runs)| thing(model, &target.name, target.alike, runs)).collect(),
        services: (0..model.services.len() as u32).map(|s| (names(s), service(model, runs, s))).collect(),
        objectives: model
            .objectives
            .iter()
            .zip(&runs.objectives)
            .map(|(o, r)| (o.name.clone(), objective(model, o, r)))
            .collect(),
    }
}

fn thing(model: &Model, name: &str, alike: u64, runs: &ImpactRuns) -> ThingSummary {
    let worst = runs.objectives.iter().filter(|o| o.spent.count() > 0).max_by(|a, b| a.spent.mean().total_cmp(&b.spent.mean()));
    ThingSummary {
        thing: name.to_owned(),
        alike,
        services_down: seen(&runs.services_down, runs.replications),
        downtime: seen(&runs.downtime, runs.replications),
        requests_lost: (!model.demand.is_empty()).then(|| seen(&runs.lost, runs.replications)),
        budget_spent: worst.map(|o| seen(&o.spent, runs.replications)),
    }
}

fn service(model: &Model, runs: &ImpactRuns, s: u32) -> ServiceEffect {
    let of: &ServiceImpact = &runs.services[s as usize];
    let reached = model.services[s as usize].visits.iter().any(|&visits| visits > 0.0);
    // Where no pair differs, the share of pairs that do is bounded, and each could lose no more than all that is left.
    let difference = |moments: &Moments, all: f64| {
        let plain = seen(moments, runs.replications);
        let bound = moments.estimate_in(LEVEL, 0.0, all);
        if plain.value.is_some() { plain } else { Estimate { low: bound.low, high: bound.high, ..plain } }
    };
    let requests = |moments: &Moments| reached.then(|| seen(moments, runs.replications));
    ServiceEffect {
        goes_down: of.goes_down.estimate(LEVEL),
        downtime: difference(&of.downtime, runs.left),
        outages: seen(&of.outages, runs.replications),
        restored: times(&of.restored, runs.per_draw),
        restored_last: of.last.estimate(LEVEL),
        capacity_lost: if model.services[s as usize].replicas.is_empty() {
            Estimate::unobserved(LEVEL, 0, "no replicas")
        } else {
            of.weakened.estimate_in(LEVEL, 0.0, 1.0)
        },
        requests_lost: requests(&of.lost),
        requests_kept_away: requests(&of.kept_away),
    }
}

fn objective(model: &Model, objective: &crate::model::Objective, runs: &ObjectiveImpact) -> ObjectiveEffect {
    let share = |moments: &Moments| {
        if moments.count() == 0 { Estimate::unobserved(LEVEL, 0, "no error budget") } else { moments.estimate(LEVEL) }
    };
    let chance = |p: &Proportion| {
        if p.count() == 0 { Estimate::unobserved(LEVEL, 0, "no whole window") } else { p.estimate(LEVEL) }
    };
    let (from, to, whole) = runs.window;
    ObjectiveEffect {
        service: model.services[objective.service as usize].name.clone(),
        target: objective.target,
        window_from_seconds: from,
        window_to_seconds: to,
        window_is_whole: whole,
        budget_spent_without: share(&runs.spent_without),
        budget_spent_with: share(&runs.spent_with),
        budget_spent: share(&runs.spent),
        breach_probability_without: chance(&runs.breach_without),
        breach_probability_with: chance(&runs.breach_with),
        breach_probability: share(&runs.breach),
        credits: (!objective.credits.is_empty()).then(|| runs.credits.estimate(LEVEL)),
    }
}

/// A difference; where no pair differs nothing was seen, which is not the same as nothing.
fn seen(moments: &Moments, pairs: u64) -> Estimate {
    let differs = moments.min().is_some_and(|min| min != 0.0) || moments.max().is_some_and(|max| max != 0.0);
    if differs { moments.estimate(LEVEL) } else { Estimate::unobserved(LEVEL, pairs, "no pair of runs differs") }
}

fn times(lasting: &Lasting, per_draw: u64) -> Times {
    Times { p50: lasting.estimate(0.5, per_draw), p95: lasting.estimate(0.95, per_draw) }
}
