//! What the forecast is made from: the results, and the names and promises that give them meaning.

use jiff::Zoned;
use jiff::tz::TimeZone;

pub use crate::model::Counts;
use crate::model::{self, Model, SeriesForecast};
use crate::report::Unit;
use crate::report::format::{duration, number};
use crate::run::runs::{DemandCurve, Runs, Timeline};
use crate::run::{self, Options};
pub use crate::scenario::Fidelity;

/// Everything the forecast needs. Indices are those of the model; the lists are in its order.
#[derive(Debug, Clone)]
pub struct Input<'a> {
    /// The scenario's name.
    pub scenario: String,
    /// What the scenario is about, in its author's words.
    pub about: Option<String>,
    /// Code of the currency, as `USD`.
    pub currency: String,
    /// The start, in the time zone of the scenario.
    pub start: Zoned,
    /// The seed that all random streams of the runs were made from.
    pub seed: u64,
    /// The version of the program that simulated, as `0.1.0`.
    pub version: String,
    /// Fingerprint of the scenario and the data it reads, 16 hexadecimal digits: equal where the same was simulated.
    pub model_hash: String,
    /// How requests were followed.
    pub fidelity: Fidelity,
    /// One for each service of the runs.
    pub services: Vec<ServiceInput>,
    /// One for each failure mode of the runs.
    pub failures: Vec<FailureInput>,
    /// One for each team of the runs.
    pub teams: Vec<TeamInput>,
    /// Names of the services that are released, in the order of the runs.
    pub releases: Vec<String>,
    /// One for each objective of the runs.
    pub objectives: Vec<ObjectiveInput>,
    /// One for each source of requests of the runs; read at request fidelity only.
    pub sources: Vec<SourceInput>,
    /// Measured series that go on by a forecast.
    pub forecasts: Vec<SeriesForecast>,
    /// One for each call of the runs; read at request fidelity only.
    pub calls: Vec<CallInput>,
    /// What the replications gave.
    pub runs: &'a Runs,
    /// Of the services that traffic reaches.
    pub demand: &'a [DemandCurve],
    /// The replication whose total downtime is nearest to the median.
    pub typical: &'a Timeline,
    /// The replication whose total downtime is at about the 95th percentile.
    pub bad: &'a Timeline,
    /// What the simulator left out or simplified in this scenario, one sentence each.
    pub notes: Vec<String>,
}

/// A service as the report names and judges it.
#[derive(Debug, Clone)]
pub struct ServiceInput {
    /// Its name in the scenario.
    pub name: String,
    /// Whether any failure that takes something down can reach it, directly or along its structure.
    pub can_fail: bool,
    /// Whether any of its requests can fail.
    pub can_err: bool,
    /// Replicas left in the worst case when one zone is lost; absent where it is not spread over zones.
    pub replicas_without_zone: Option<u32>,
}

/// A failure mode as the report names it.
#[derive(Debug, Clone)]
pub struct FailureInput {
    /// Its name in the scenario; an external dependency's own is `NAME (external)`.
    pub name: String,
    /// Whether one costs anything.
    pub has_cost: bool,
}

/// A team as the report names it.
#[derive(Debug, Clone)]
pub struct TeamInput {
    /// Its name in the scenario.
    pub name: String,
    /// How many of its people can work at the same time.
    pub people: u32,
}

/// A source of requests as the report names it.
#[derive(Debug, Clone)]
pub struct SourceInput {
    /// Its name in the scenario.
    pub name: String,
    /// Index of the service that its requests are sent to.
    pub to: usize,
}

/// The calls that one service makes to another, as the report names them.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "which columns and fields apply, each its own question")]
pub struct CallInput {
    /// `web -> catalog`; with a number behind it where a service calls another more than once.
    pub name: String,
    /// Something is tried again.
    pub retries: bool,
    /// Retries have a budget.
    pub budget: bool,
    /// There is a circuit breaker.
    pub breaker: bool,
    /// Some are answered by a cache.
    pub cache: bool,
}

/// A promise about one service.
#[derive(Debug, Clone)]
pub struct ObjectiveInput {
    /// Its name in the scenario; the default of a tier is called after service and tier, `web (critical)`.
    pub name: String,
    /// Index of its service.
    pub service: usize,
    /// The fraction of what it counts that must be good, 0 to 1.
    pub target: f64,
    /// What it counts.
    pub counts: Counts,
    /// The stretch of time over which it must hold.
    pub window: WindowKind,
    /// Good only where answered in less than so many seconds; absent where any time is good.
    pub latency: Option<f64>,
    /// Whether it promises credits.
    pub has_credits: bool,
}

/// The window an objective holds for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum WindowKind {
    /// A calendar month in the scenario's time zone.
    Month,
    /// A calendar quarter in the scenario's time zone.
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
            releases: Vec::new(),
            objectives: Vec::new(),
            sources: Vec::new(),
            forecasts: Vec::new(),
            calls: Vec::new(),
            runs,
            demand: &[],
            typical,
            bad,
            notes: Vec::new(),
        }
    }

    /// The input with the names and promises of a model.
    pub fn of(model: &Model, seed: u64, runs: &'a Runs, findings: &'a Findings) -> Self {
        let can_err = run::requests::can_go_wrong(model);
        Self {
            about: model.about.clone(),
            currency: model.currency.clone(),
            start: model.start.clone(),
            seed,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            model_hash: format!("{:016x}", model.hash),
            fidelity: if runs.requests.is_some() { Fidelity::Request } else { Fidelity::Flow },
            services: model.services.iter().zip(can_err).map(|(s, can_err)| service(model, s, can_err)).collect(),
            failures: model.modes.iter().map(failure).collect(),
            teams: model.teams.iter().map(|t| TeamInput { name: t.name.clone(), people: t.people }).collect(),
            releases: model.releases.iter().map(|r| model.services[r.service as usize].name.clone()).collect(),
            objectives: model.objectives.iter().map(objective).collect(),
            sources: sources(model),
            forecasts: model.forecasts.clone(),
            notes: model.forecasts.iter().map(|forecast| note(&model.start, forecast)).chain(full(model)).collect(),
            calls: calls(model),
            demand: &findings.demand,
            ..Self::new(&model.name, runs, &findings.typical, &findings.bad)
        }
    }

    /// The name of a service, by its index.
    pub(super) fn service(&self, index: usize) -> &str {
        self.services.get(index).map_or("?", |s| &s.name)
    }

    /// The name of a failure mode, by its index.
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

/// What the report shows beside the estimates; by default nothing.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    demand: Vec<DemandCurve>,
    typical: Timeline,
    bad: Timeline,
}

impl Findings {
    /// Repeats the typical and the bad replication with every incident written down, and follows the demand.
    pub fn of(model: &Model, options: &Options, runs: &Runs) -> Self {
        let timeline = |replication| run::timeline(model, options.seed, runs.warmup.seconds, replication);
        Self { demand: run::demand_curves(model, options.seed), typical: timeline(runs.typical), bad: timeline(runs.bad) }
    }
}

fn service(model: &Model, service: &model::Service, can_err: bool) -> ServiceInput {
    let zones: Vec<u32> =
        service.most().filter_map(|r| usize::try_from(r).ok().and_then(|r| model.replicas.get(r))).map(|r| r.zone).collect();
    let stands_in = |zone: u32| zones.iter().filter(|z| **z == zone).count();
    let most = zones.iter().filter(|z| **z != model::NONE).map(|z| stands_in(*z)).max();
    let left = most.and_then(|most| u32::try_from(zones.len() - most).ok());
    ServiceInput { name: service.name.clone(), can_fail: service.can_fail, can_err, replicas_without_zone: left }
}

/// What a forecast of a series is worth, in a sentence.
fn note(start: &Zoned, forecast: &SeriesForecast) -> String {
    let percent = |fraction| number(fraction, Unit::Share);
    let from = crate::report::chart::after(start, forecast.from).strftime("%-d %b %Y");
    let test = &forecast.error;
    format!(
        "From {from} on the requests of {} are a forecast from their series ({}). Of its last {}, forecast from what came before, it missed \
         {} (a repetition of the last period: {}), and its 80 % interval held {}. One draw for each replication makes all of it higher or lower.",
        forecast.source,
        test.method,
        duration(test.held_back),
        percent(test.error),
        percent(test.repeated),
        percent(test.coverage)
    )
}

/// When each resource is full for a replica at work with all its servers, which the simulation does not follow.
fn full(model: &Model) -> Vec<String> {
    let draws = model::medians(&model.parameters);
    let mut notes = Vec::new();
    for service in &model.services {
        let servers = if let model::Work::Servers { concurrency, .. } = &service.work { *concurrency } else { 1.0 };
        for resource in &service.resources {
            let at = resource.full(&draws, servers);
            let when = if at < model.horizon {
                format!("is full from {} on", crate::report::chart::after(&model.start, at).strftime("%-d %b %Y"))
            } else {
                "is not full within the horizon".to_owned()
            };
            notes.push(format!(
                "{} of {} {when}, where a replica works on {} at a time; the simulation goes on as if there were always enough.",
                resource.name,
                service.name,
                number(servers, Unit::Count)
            ));
        }
    }
    notes
}

fn sources(model: &Model) -> Vec<SourceInput> {
    let open = model.demand.sources.iter().map(|source| (&source.name, source.to));
    let all = open.chain(model.users.iter().map(|users| (&users.name, users.to)));
    all.map(|(name, to)| SourceInput { name: name.clone(), to: usize::try_from(to).unwrap_or(usize::MAX) }).collect()
}

fn calls(model: &Model) -> Vec<CallInput> {
    let mut calls: Vec<CallInput> = Vec::new();
    for caller in &model.services {
        for call in &caller.calls {
            let callee = usize::try_from(call.to).ok().and_then(|to| model.services.get(to)).map_or("?", |s| &s.name);
            let (name, handling) = (format!("{} -> {callee}", caller.name), &call.handling);
            let alike = calls.iter().filter(|c| c.name == name || c.name.starts_with(&format!("{name} ("))).count();
            calls.push(CallInput {
                name: if alike == 0 { name } else { format!("{name} ({})", alike + 1) },
                retries: handling.retries.is_some(),
                budget: handling.retries.as_ref().is_some_and(|retries| retries.budget.is_some()),
                breaker: handling.breaker.is_some(),
                cache: handling.hits != model::Value::Known(0.0),
            });
        }
    }
    calls
}

fn failure(mode: &model::Mode) -> FailureInput {
    FailureInput { name: mode.name.clone(), has_cost: mode.cost != model::Value::Known(0.0) }
}

/// A promise of the model as a report names it.
pub(in crate::analysis) fn objective(objective: &model::Objective) -> ObjectiveInput {
    ObjectiveInput {
        name: objective.name.clone(),
        service: usize::try_from(objective.service).unwrap_or(usize::MAX),
        target: objective.target,
        counts: objective.counts,
        window: match objective.windows {
            model::Windows::Calendar { months: 1, .. } => WindowKind::Month,
            model::Windows::Calendar { .. } => WindowKind::Quarter,
            model::Windows::Rolling(seconds) => WindowKind::Rolling(seconds),
        },
        latency: objective.latency.is_finite().then_some(objective.latency),
        has_credits: !objective.credits.is_empty(),
    }
}
