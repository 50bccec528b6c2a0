//! From incidents to estimates: `summary.json`, schema `ninefold/incident/1`.

use indexmap::IndexMap;
use serde::Serialize;

use super::changes::{VariantSummary, variants};
use super::measures::{estimate, lasting, mean_length, means, ratio};
use super::steps::{StepSummary, steps};
use super::{Input, LEVEL};
use crate::analysis::impact::things;
use crate::model::{Model, NONE, Next};
use crate::run::incident::{self, IncidentRuns, STAGES, Stage};
use crate::stats::{Estimate, Proportion};

/// The value of [`Incident::schema`].
pub const SCHEMA: &str = "ninefold/incident/1";
const YEAR: f64 = 365.0 * 86_400.0;
const HOUR: f64 = 3_600.0;

/// Everything that was found about the response to one failure, for programs.
#[derive(Debug, Clone, Serialize)]
pub struct Incident {
    /// Name and version of this form, [`SCHEMA`].
    pub schema: &'static str,
    /// Name of the scenario.
    pub scenario: String,
    /// Version of the program that simulated.
    pub version: String,
    /// The seed that all random streams were made from.
    pub seed: u64,
    /// Replications of the scenario as it is.
    pub replications: u64,
    /// Replications in which the failure could be made to happen.
    pub incidents: u64,
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
    /// Ended by the user before all was done.
    pub interrupted: bool,
    /// The failure mode.
    pub failure: String,
    /// The service that it hits, where one was asked for.
    pub service: Option<String>,
    /// The things that it hit, by chance one of them in each replication.
    pub things: Vec<String>,
    /// The team that responds; null: a program.
    pub team: Option<String>,
    /// Place in the queue of the team, 1 (first) to 5.
    pub priority: u8,
    /// Share of replications in which what was to be hit had failed already: those hold no incident.
    pub already_failed: Estimate,
    /// Share of incidents that were not over at the horizon.
    pub not_restored: Estimate,
    /// Failures of this kind that arise by themselves in 365 days, on all things that it can hit.
    pub own_per_year: Estimate,
    /// `detect`, `acknowledge`, `diagnose`, `mitigate`, `restore`; null where there is no such stage.
    pub stages: IndexMap<&'static str, Option<Lengths>>,
    /// From the onset until what failed is as before.
    pub time_to_restore: Lengths,
    /// What the time to acknowledge is made of; null where a program begins the work.
    pub acknowledge: Option<Acknowledge>,
    /// Mean length of each stage as far as it was seen, those that did not come to it as zero, seconds: they add up.
    pub mean_stages: IndexMap<&'static str, Option<f64>>,
    /// From the begin of work until what failed is as before.
    pub repair: Lengths,
    /// The steps of the runbook, in its order; empty without one.
    pub steps: Vec<StepSummary>,
    /// Share of incidents that hurt users: a service of theirs is down because of it, or works worse.
    pub hurts: Estimate,
    /// How long it hurts, of those that do.
    pub hurts_for: Lengths,
    /// By service of users: share of incidents in which it goes down because of it, and for how long.
    pub services: IndexMap<String, ServiceHit>,
    /// Requests lost by one incident where traffic enters; null without traffic.
    pub requests_lost: Option<Estimate>,
    /// The same in an hour of it.
    pub requests_lost_per_hour: Option<Estimate>,
    /// What it costs each objective.
    pub objectives: IndexMap<String, ObjectiveHit>,
    /// What each change would bring, the one that shortens most first.
    pub variants: IndexMap<String, VariantSummary>,
}

/// How long something takes, seconds.
#[derive(Debug, Clone, Serialize)]
pub struct Lengths {
    /// The median.
    pub p50: Estimate,
    /// What 90 of 100 do not exceed.
    pub p90: Estimate,
    /// What 99 of 100 do not exceed.
    pub p99: Estimate,
    /// The mean; only bounded where some were not over at the horizon.
    pub mean: Estimate,
}

/// The parts of the mean time to acknowledge, seconds.
#[derive(Debug, Clone, Serialize)]
pub struct Acknowledge {
    /// Outside the hours of the team.
    pub outside_hours: Estimate,
    /// Within them, until somebody is free (or a part is there).
    pub for_a_person: Estimate,
    /// From the call of a person to the begin of work.
    pub acknowledging: Estimate,
    /// The distribution of that last part.
    pub after_call: Lengths,
}

/// What the failure does to one service of users.
#[derive(Debug, Clone, Serialize)]
pub struct ServiceHit {
    /// Share of incidents in which it goes down because of it.
    pub goes_down: Estimate,
    /// From the onset until it is up for good, of those.
    pub back: Lengths,
}

/// What an incident costs one objective.
#[derive(Debug, Clone, Serialize)]
pub struct ObjectiveHit {
    /// Name of the service that it is about.
    pub service: String,
    /// The fraction of what it counts that must be good.
    pub target: f64,
    /// Error budgets of the window that it falls in, spent by one incident.
    pub budget_spent: Estimate,
    /// The same in an hour of it.
    pub budget_spent_per_hour: Estimate,
}

/// Every estimate.
pub fn summary(input: &Input<'_>) -> Incident {
    let (model, runs, subject) = (input.model, input.found.base(), input.subject);
    let mode = &model.modes[subject.mode as usize];
    let stage = |i: usize| move |incident: &incident::Incident| incident.stages(model)[i];
    let restored = |incident: &incident::Incident| {
        Some((incident.response.restored.min(incident.left), incident.response.restored.is_finite()))
    };
    let repair = |incident: &incident::Incident| {
        let (began, over) = (incident.response.acknowledged, incident.response.restored);
        (began <= incident.left).then(|| (over.min(incident.left) - began, over.is_finite()))
    };
    let cut = |incident: &incident::Incident| incident.response.restored.min(incident.left);
    let hurt = |incident: &incident::Incident| {
        (incident.hurt > 0.0).then(|| (incident.hurt.min(incident.left), incident.hurt.is_finite()))
    };
    let has_traffic = !model.demand.is_empty();
    let mut things: Vec<String> = subject.clocks.iter().map(|&clock| things::name(model, clock)).collect();
    things.dedup();
    let objectives = model.objectives.iter().enumerate().map(|(o, objective)| {
        let spent = move |incident: &incident::Incident| incident.budgets.get(o).copied().flatten();
        let hit = ObjectiveHit {
            service: model.services[objective.service as usize].name.clone(),
            target: objective.target,
            budget_spent: estimate(runs, spent),
            budget_spent_per_hour: ratio(runs, |i| spent(i).unwrap_or(0.0), cut).scaled(HOUR),
        };
        (objective.name.clone(), hit)
    });
    let services = subject.users.iter().enumerate().map(|(place, &s)| {
        let down = move |incident: &incident::Incident| incident.down.get(place).copied().filter(|down| *down > 0.0);
        let hit = ServiceHit {
            goes_down: share(runs, |incident| Some(down(incident).is_some())),
            back: lengths(runs, |incident| down(incident).map(|down| (down.min(incident.left), down.is_finite()))),
        };
        (model.services[s as usize].name.clone(), hit)
    });
    Incident {
        schema: SCHEMA,
        scenario: model.name.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: input.options.seed,
        replications: runs.incidents.len() as u64,
        incidents: runs.incidents.iter().flatten().count() as u64,
        fidelity: "flow",
        horizon_seconds: model.horizon,
        events: runs.events + input.found.tried.iter().map(|tried| tried.runs.events).sum::<u64>(),
        wall_seconds: runs.wall_seconds + input.found.tried.iter().map(|tried| tried.runs.wall_seconds).sum::<f64>(),
        model_hash: format!("{:016x}", model.hash),
        interrupted: input.found.interrupted(),
        failure: mode.name.clone(),
        service: input.question.service.clone(),
        things,
        team: mode.team.filter(|team| *team != NONE).and_then(|team| Some(model.teams.get(team as usize)?.name.clone())),
        priority: mode.priority,
        already_failed: already(runs),
        not_restored: share(runs, |incident| Some(incident.response.restored.is_infinite())),
        own_per_year: estimate(runs, |incident| Some(incident.own)).scaled(YEAR / model.horizon),
        stages: STAGES
            .into_iter()
            .enumerate()
            .map(|(i, of)| (of.word(), is_there(model, subject.mode, of).then(|| lengths(runs, stage(i)))))
            .collect(),
        time_to_restore: lengths(runs, restored),
        acknowledge: acknowledge(runs),
        mean_stages: mean_stages(model, subject.mode, runs),
        repair: lengths(runs, repair),
        steps: steps(model, subject.mode, runs),
        hurts: share(runs, |incident| Some(incident.hurt > 0.0)),
        hurts_for: lengths(runs, hurt),
        services: services.collect(),
        requests_lost: has_traffic.then(|| estimate(runs, |incident| Some(incident.lost))),
        requests_lost_per_hour: has_traffic.then(|| ratio(runs, |incident| incident.lost, cut).scaled(HOUR)),
        objectives: objectives.collect(),
        variants: variants(input),
    }
}

/// Whether incidents of a mode have a stage: there is no diagnosis without a step for it.
fn is_there(model: &Model, mode: u32, stage: Stage) -> bool {
    let runbook = model.modes[mode as usize].runbook.and_then(|runbook| model.runbooks.get(runbook as usize));
    let first = runbook.and_then(|runbook| runbook.steps.first());
    stage != Stage::Diagnose || first.is_some_and(|step| step.works.is_none() && step.next != Next::End)
}

pub fn lengths(runs: &IncidentRuns, part: impl Fn(&incident::Incident) -> Option<(f64, bool)>) -> Lengths {
    let all = lasting(runs, &part);
    let at = |p: f64| all.estimate(p, runs.per_draw);
    Lengths { p50: at(0.5), p90: at(0.9), p99: at(0.99), mean: mean_length(runs, part) }
}

pub fn share(runs: &IncidentRuns, holds: impl Fn(&incident::Incident) -> Option<bool>) -> Estimate {
    let mut share = Proportion::default();
    for draw in runs.incidents.chunks(runs.per_draw as usize) {
        let (mut yes, mut all) = (0, 0);
        for holds in draw.iter().flatten().filter_map(&holds) {
            yes += u64::from(holds);
            all += 1;
        }
        if all > 0 {
            share.add_cluster(yes, all);
        }
    }
    share.estimate(LEVEL)
}

fn already(runs: &IncidentRuns) -> Estimate {
    let mut share = Proportion::default();
    for draw in runs.incidents.chunks(runs.per_draw as usize) {
        share.add_cluster(draw.iter().filter(|incident| incident.is_none()).count() as u64, draw.len() as u64);
    }
    share.estimate(LEVEL)
}

/// Nothing where no person was called before work began.
fn acknowledge(runs: &IncidentRuns) -> Option<Acknowledge> {
    let parts = |incident: &incident::Incident| {
        let response = &incident.response;
        let seen = response.acknowledged.is_finite() && response.called <= response.acknowledged;
        let wait = response.called - response.detected;
        seen.then(|| [incident.closed, (wait - incident.closed).max(0.0), response.acknowledged - response.called])
    };
    runs.incidents.iter().flatten().find_map(parts)?;
    let part = |i: usize| estimate(runs, move |incident| parts(incident).map(|parts| parts[i]));
    let after_call = lengths(runs, |incident| Some((parts(incident)?[2], true)));
    Some(Acknowledge { outside_hours: part(0), for_a_person: part(1), acknowledging: part(2), after_call })
}

/// Mean length of each stage as far as it was seen; incidents that did not come to it count as zero, so that they add up.
pub fn mean_stages(model: &Model, mode: u32, runs: &IncidentRuns) -> IndexMap<&'static str, Option<f64>> {
    let mean = |i: usize| {
        let values = means(runs, |incident| Some(incident.stages(model)[i].map_or(0.0, |(took, _)| took)));
        values.iter().sum::<f64>() / values.len().max(1) as f64
    };
    STAGES.into_iter().enumerate().map(|(i, stage)| (stage.word(), is_there(model, mode, stage).then(|| mean(i)))).collect()
}
