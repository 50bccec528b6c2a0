//! From names to indices: compiling a scenario, the last step that can fail.

use std::collections::HashMap;
use std::path::Path;

use jiff::tz::TimeZone;

use super::clocks::Builder;
use super::timing::Timing;
use super::uncertain::Parameters;
use super::{
    Call, Model, Replica, Service, Trigger, crew, gates, graph, objectives, release, request, revenue, runbook, service, traffic,
};
use crate::dist::{Sampler, Tables};
use crate::scenario::{self, Loaded, Scenario};

/// Something that keeps a scenario from being simulated, found while compiling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Key path in the scenario, e.g. `traffic.shoppers.series`.
    pub path: String,
    /// What is wrong there, and what would be right.
    pub message: String,
}

impl Mistake {
    pub(super) fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into() }
    }
}

/// What every part of the compiler needs: the names, and what it collects on the way.
pub(super) struct Compiler<'s> {
    /// What is compiled.
    pub scenario: &'s Scenario,
    /// Where relative paths of files start.
    pub folder: &'s Path,
    /// The start, in the scenario's time zone.
    pub start: jiff::Zoned,
    /// Indices of the services, by name.
    pub services: HashMap<&'s str, u32>,
    /// Indices of the zones, by name.
    pub zones: HashMap<&'s str, u32>,
    /// The uncertain numbers found so far.
    pub parameters: Parameters,
    /// Quantile tables of the laws found so far.
    pub tables: Tables,
    /// Sources that go on by a forecast.
    pub forecasts: Vec<super::SeriesForecast>,
    /// All that is wrong; compiling goes on, so that it is told at once.
    pub mistakes: Vec<Mistake>,
}

impl Compiler<'_> {
    /// Notes a mistake at a key path of the scenario.
    pub fn wrong(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.mistakes.push(Mistake::new(path, message));
    }

    /// The index of a service; a mistake at `path` where there is none of that name.
    pub fn service(&mut self, path: &str, name: &str) -> Option<u32> {
        let found = self.services.get(name).copied();
        if found.is_none() {
            self.wrong(path, format!("no service `{name}`"));
        }
        found
    }

    /// A distribution compiled; a mistake at `path` where its numbers or its file are wrong.
    pub fn timing(&mut self, path: &str, written: &scenario::Distribution) -> Option<Timing> {
        let compiled = Timing::compile(written, path, self.folder, &mut self.parameters, &mut self.tables);
        compiled.map_err(|message| self.wrong(path, message)).ok()
    }

    /// The zones that a list of names of zones and regions stands for.
    pub fn zones_of(&mut self, path: &str, names: &[String]) -> Vec<u32> {
        let mut found = Vec::new();
        for name in names {
            if let Some(&zone) = self.zones.get(name.as_str()) {
                found.push(zone);
            } else if let Some(zones) = self.scenario.regions.get(name) {
                found.extend(zones.iter().filter_map(|zone| self.zones.get(zone.as_str())));
            } else {
                self.wrong(path, format!("no zone or region `{name}`"));
            }
        }
        found
    }
}

/// Compiles a scenario into the model that the simulator runs.
///
/// # Errors
/// All mistakes that only show here: files that cannot be read, laws whose numbers contradict each other, circles of
/// dependencies, what is too large to simulate.
pub fn compile(loaded: &Loaded) -> Result<Model, Vec<Mistake>> {
    let scenario = &loaded.scenario;
    let start = start(scenario).map_err(|message| vec![Mistake::new("start", message)])?;
    let names: Vec<&str> = if scenario.regions.is_empty() {
        scenario.zones.iter().map(String::as_str).collect()
    } else {
        scenario.regions.values().flatten().map(String::as_str).collect()
    };
    let mut compiler = Compiler {
        scenario,
        folder: &loaded.folder,
        start,
        services: scenario.services.keys().enumerate().map(|(i, name)| (name.as_str(), i as u32)).collect(),
        zones: names.iter().enumerate().map(|(i, &name)| (name, i as u32)).collect(),
        parameters: Parameters::default(),
        tables: Tables::new(),
        forecasts: Vec::new(),
        mistakes: Vec::new(),
    };
    let zones = names.iter().map(|&name| name.to_owned()).collect();
    let (mut services, mut replicas) = service::compile(&mut compiler);
    let teams = crew::compile(&mut compiler);
    let runbooks = runbook::compile(&mut compiler);
    let mut builder = Builder::default();
    builder.externals(&mut compiler);
    builder.modes(&mut compiler, &services);
    builder.releases(&mut compiler);
    builder.clocks(&mut compiler, &mut services, &mut replicas);
    let demand = traffic::compile(&mut compiler);
    let users = request::users(&mut compiler);
    let revenue = revenue::compile(&mut compiler);
    let objectives = objectives::compile(&mut compiler, &builder.modes);
    let releases = release::compile(&mut compiler, (&services, &replicas), (&builder.modes, &builder.clocks), &objectives);
    let gates = gates::compile(&mut services);
    let order = match graph::connect(&mut services) {
        Ok(order) => order,
        Err(circle) => {
            let names: Vec<&str> = circle.iter().map(|&s| services[s as usize].name.as_str()).collect();
            compiler.wrong(
                format!("services.{}", names[0]),
                format!("services depend on each other in a circle: {}", names.join(" -> ")),
            );
            Vec::new()
        }
    };
    if !compiler.mistakes.is_empty() {
        return Err(compiler.mistakes);
    }
    for (o, objective) in objectives.iter().enumerate().filter(|(_, objective)| objective.counts == super::Counts::Time) {
        services[objective.service as usize].time_objectives.push(o as u32);
    }
    let visits: Vec<Vec<f64>> =
        demand.sources.iter().map(|source| reached(&services, &order, source.to, |call| call.per_request)).collect();
    for (s, service) in services.iter_mut().enumerate() {
        service.visits = visits.iter().map(|visits| visits[s]).collect();
    }
    let asked = demand.sources.iter().map(|source| source.to).chain(users.iter().map(|users| users.to));
    if let Some(mistake) = flooded(&services, &order, asked) {
        return Err(vec![mistake]);
    }
    can_fail(&mut services, &replicas, &order, &builder);
    let mut model = Model {
        name: scenario.name.clone(),
        about: scenario.about.clone(),
        currency: scenario.currency.clone(),
        start: compiler.start,
        horizon: scenario.horizon.0,
        hash: 0,
        zones,
        services,
        order,
        replicas,
        modes: builder.modes,
        clocks: builder.clocks,
        teams,
        runbooks,
        releases,
        objectives,
        demand,
        users,
        revenue,
        parameters: compiler.parameters.list,
        forecasts: compiler.forecasts,
        gates,
        zone_clocks: builder.zone_clocks,
        tables: compiler.tables,
        zero: Sampler::Constant(0.0),
        never: Sampler::Constant(f64::INFINITY),
    };
    model.hash = hash(scenario, &model);
    match super::size::too_much(&model) {
        Some(mistake) => Err(vec![mistake]),
        None => Ok(model),
    }
}

fn start(scenario: &Scenario) -> Result<jiff::Zoned, String> {
    let zone = TimeZone::get(&scenario.timezone).map_err(|error| error.to_string())?;
    scenario.start.to_zoned(zone).map_err(|error| error.to_string())
}

/// A number that stands for the effective scenario and the data it reads.
fn hash(scenario: &Scenario, model: &Model) -> u64 {
    let mut text = format!("{scenario:?}");
    for timing in model.timings() {
        text.push_str(&format!("{:?}", timing.law));
    }
    for mode in &model.modes {
        if let Trigger::Trace(trace) = &mode.trigger {
            text.push_str(&format!("{trace:?}"));
        }
    }
    for source in &model.demand.sources {
        text.push_str(&format!("{:?}", source.shape));
    }
    crate::random::base(&text, 0)
}

/// Calls of one service that one request from outside may lead to.
const MOST_VISITS: f64 = 1e6;

/// What reaches each service for one request to the service `asked`, where each call counts as `calls` says.
fn reached(services: &[Service], order: &[u32], asked: u32, calls: impl Fn(&Call) -> f64) -> Vec<f64> {
    let mut visits = vec![0.0; services.len()];
    visits[asked as usize] = 1.0;
    for &caller in order.iter().rev() {
        for call in &services[caller as usize].calls {
            visits[call.to as usize] += visits[caller as usize] * calls(call);
        }
    }
    visits
}

/// Too many calls of one service for one request from outside, every retry made.
fn flooded(services: &[Service], order: &[u32], asked: impl Iterator<Item = u32>) -> Option<Mistake> {
    let attempts = |call: &Call| f64::from(1 + call.handling.retries.as_ref().map_or(0, |retries| retries.max));
    let reached = asked.map(|to| reached(services, order, to, |call| call.per_request * attempts(call)));
    let visits: Vec<f64> = reached.fold(vec![0.0; services.len()], |most, visits| {
        most.iter().zip(visits).map(|(most, visits)| visits.max(*most)).collect()
    });
    let (service, most) = services.iter().zip(visits).find(|(_, most)| *most > MOST_VISITS)?;
    let message = format!(
        "one request from outside leads to {most:.1e} calls of this service, by way of the calls of its callers and their \
         retries; at most {MOST_VISITS:.0e} are followed: look at `per_request`, at `retries` and at calls that fan out again and \
         again"
    );
    Some(Mistake::new(format!("services.{}", service.name), message))
}

/// Marks the services that some failure can take down, directly or through what they depend on.
fn can_fail(services: &mut [Service], replicas: &[Replica], order: &[u32], builder: &Builder) {
    let hurt = builder.services_hurt(services, replicas);
    for &s in order {
        let support = &services[s as usize].support;
        services[s as usize].can_fail = support.iter().any(|&source| hurt[source as usize]);
    }
}
