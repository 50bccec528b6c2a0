//! What the forecast is made from: the results, and the names and promises that give them meaning.

use jiff::Zoned;
use jiff::tz::TimeZone;

use crate::model::{self, Model};
use crate::run::runs::{DemandCurve, Runs, Timeline};
use crate::run::{self, Options};

/// Everything the forecast needs. Indices are those of the model; the lists are in its order.
#[derive(Debug, Clone)]
pub struct Input<'a> {
    pub scenario: String,
    pub about: Option<String>,
    /// Code of the currency, as `USD`.
    pub currency: String,
    /// The start, in the time zone of the scenario.
    pub start: Zoned,
    pub seed: u64,
    pub version: String,
    pub model_hash: String,
    pub fidelity: Fidelity,
    pub services: Vec<ServiceInput>,
    pub failures: Vec<FailureInput>,
    pub teams: Vec<TeamInput>,
    pub objectives: Vec<ObjectiveInput>,
    pub runs: &'a Runs,
    /// Of the services that traffic reaches.
    pub demand: &'a [DemandCurve],
    pub typical: &'a Timeline,
    pub bad: &'a Timeline,
    /// What the simulator left out or simplified in this scenario, one sentence each.
    pub notes: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fidelity {
    Flow,
    Request,
}

impl Fidelity {
    pub fn word(self) -> &'static str {
        match self {
            Self::Flow => "flow",
            Self::Request => "request",
        }
    }
}

#[derive(Debug, Clone)]
pub struct ServiceInput {
    pub name: String,
    /// Whether any failure that takes something down can reach it, directly or along its structure.
    pub can_fail: bool,
    /// Replicas left in the worst case when one zone is lost; absent where it is not spread over zones.
    pub replicas_without_zone: Option<u32>,
}

#[derive(Debug, Clone)]
pub struct FailureInput {
    pub name: String,
}

#[derive(Debug, Clone)]
pub struct TeamInput {
    pub name: String,
    pub people: u32,
}

/// A promise about one service.
#[derive(Debug, Clone)]
pub struct ObjectiveInput {
    pub name: String,
    /// Index of its service.
    pub service: usize,
    pub target: f64,
    pub counts: Counts,
    pub window: WindowKind,
    /// Good only where answered within so many seconds, for this fraction of requests.
    pub latency: Option<(f64, f64)>,
    /// A month's fee, in the currency.
    pub fee: Option<f64>,
    /// Whether it promises credits.
    pub has_credits: bool,
}

/// What an objective counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Counts {
    Requests,
    Time,
    /// Slices of so many seconds, each good where at least this fraction of its requests is.
    Slices {
        seconds: f64,
        good: f64,
    },
}

/// The window an objective holds for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum WindowKind {
    Month,
    Quarter,
    /// The last so many seconds, at every instant.
    Rolling(f64),
}

impl<'a> Input<'a> {
    /// An input with nothing but the results: no names, no promises. Meant to be filled field by field.
    pub fn new(scenario: &str, runs: &'a Runs, typical: &'a Timeline, bad: &'a Timeline) -> Self {
        Self {
            scenario: scenario.to_owned(),
            about: None,
            currency: "USD".to_owned(),
            start: jiff::Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC),
            seed: 1,
            version: String::new(),
            model_hash: String::new(),
            fidelity: Fidelity::Flow,
            services: Vec::new(),
            failures: Vec::new(),
            teams: Vec::new(),
            objectives: Vec::new(),
            runs,
            demand: &[],
            typical,
            bad,
            notes: Vec::new(),
        }
    }

    /// The input with the names and promises of a model.
    pub fn of(model: &Model, seed: u64, runs: &'a Runs, findings: &'a Findings) -> Self {
        Self {
            about: model.about.clone(),
            currency: model.currency.clone(),
            start: model.start.clone(),
            seed,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            model_hash: format!("{:016x}", model.hash),
            services: model.services.iter().map(|s| service(model, s)).collect(),
            failures: model.modes.iter().map(|m| FailureInput { name: m.name.clone() }).collect(),
            teams: model.teams.iter().map(|t| TeamInput { name: t.name.clone(), people: t.people }).collect(),
            objectives: model.objectives.iter().map(objective).collect(),
            demand: &findings.demand,
            ..Self::new(&model.name, runs, &findings.typical, &findings.bad)
        }
    }

    pub(super) fn service(&self, index: usize) -> &str {
        self.services.get(index).map_or("?", |s| &s.name)
    }

    pub(super) fn failure(&self, index: usize) -> &str {
        self.failures.get(index).map_or("?", |f| &f.name)
    }

    /// `simulated years`, or `runs of 90 d`: what a share of replications is a share of.
    pub(super) fn lives(&self) -> String {
        if (self.runs.horizon - super::YEAR).abs() <= 86_400.0 {
            "simulated years".to_owned()
        } else {
            format!("runs of {}", super::charts::horizon(self.runs.horizon))
        }
    }
}

/// What the report shows beside the estimates.
#[derive(Debug, Clone)]
pub struct Findings {
    demand: Vec<DemandCurve>,
    typical: Timeline,
    bad: Timeline,
}

impl Findings {
    /// Repeats the typical and the bad replication with every incident written down, and follows the demand.
    pub fn of(model: &Model, options: &Options, runs: &Runs) -> Self {
        let timeline = |replication| run::timeline(model, options.seed, options.warmup, replication);
        Self { demand: run::demand_curves(model, options.seed), typical: timeline(runs.typical), bad: timeline(runs.bad) }
    }
}

fn service(model: &Model, service: &model::Service) -> ServiceInput {
    let zones: Vec<u32> = service
        .replicas
        .clone()
        .filter_map(|r| usize::try_from(r).ok().and_then(|r| model.replicas.get(r)))
        .map(|r| r.zone)
        .collect();
    let stands_in = |zone: u32| zones.iter().filter(|z| **z == zone).count();
    let most = zones.iter().filter(|z| **z != model::NONE).map(|z| stands_in(*z)).max();
    let left = most.and_then(|most| u32::try_from(zones.len() - most).ok());
    ServiceInput { name: service.name.clone(), can_fail: service.can_fail, replicas_without_zone: left }
}

fn objective(objective: &model::Objective) -> ObjectiveInput {
    ObjectiveInput {
        name: objective.name.clone(),
        service: usize::try_from(objective.service).unwrap_or(usize::MAX),
        target: objective.target,
        counts: match objective.counts {
            model::Counts::Time => Counts::Time,
            model::Counts::Requests => Counts::Requests,
            model::Counts::Slices { length, good } => Counts::Slices { seconds: length, good },
        },
        window: match objective.windows {
            model::Windows::Calendar { months: 1, .. } => WindowKind::Month,
            model::Windows::Calendar { .. } => WindowKind::Quarter,
            model::Windows::Rolling(seconds) => WindowKind::Rolling(seconds),
        },
        latency: None,
        fee: (objective.fee > 0.0).then_some(objective.fee),
        has_credits: !objective.credits.is_empty(),
    }
}
