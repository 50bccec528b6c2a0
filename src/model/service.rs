//! Services: what they are made of, and what their state depends on.

use std::ops::Range;

use super::compile::Compiler;
use super::uncertain::Spread as Law;
use super::{
    Handling, Inspection, Model, NONE, Price, Resource, Scaling, Serving, Timing, Value, Work, machine, request, resources,
    scaling, upkeep,
};
use crate::scenario::{self, Spread};

/// A service and what its state depends on.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its name in the scenario.
    pub name: String,
    /// Its replicas, by their index in [`Model::replicas`]; empty where only `up_when` or an SLA says when it is up.
    pub replicas: Range<u32>,
    /// Replicas that must be up.
    pub needs: u32,
    /// What must hold for it to be up, beside its replicas and its needed callees; absent where these are all.
    pub up_when: Option<UpWhen>,
    /// Of its replicas, some wait to take over: those of the highest indices at the start.
    pub standby: Option<Standby>,
    /// How the number of its replicas follows the load; then `replicas` are all that there is room for.
    pub scaling: Option<Scaling>,
    /// What its requests ask of other services.
    pub calls: Vec<Call>,
    /// Services that must be up for this one to be up, its `up_when` tree aside: needed callees.
    pub depends_on: Vec<u32>,
    /// Services that call this one and need it for every request.
    pub needed_by: Vec<u32>,
    /// Gates that read whether this service is up, by their index in [`Model::gates`].
    pub feeds: Vec<u32>,
    /// Gates that count its replicas, by their index in [`Model::gates`].
    pub counted_by: Vec<u32>,
    /// Its place in `order`.
    pub rank: u32,
    /// This service and all that it depends on, directly or not, in `order`.
    pub support: Vec<u32>,
    /// This service and all that depend on it, directly or not.
    pub reach: Vec<u32>,
    /// Some failure can take this service down.
    pub can_fail: bool,
    /// Clocks of the service itself (its own failures and common-cause strikes).
    pub own_clocks: Range<u32>,
    /// Objectives on the time that it is up.
    pub time_objectives: Vec<u32>,
    /// Clocks that age while this service is up.
    pub ageing_with: Vec<u32>,
    /// Clocks of its replicas.
    pub replica_clocks: Range<u32>,
    /// What one request costs a replica.
    pub work: Work,
    /// Waiting places of one replica; infinite where nothing limits them.
    pub queue: f64,
    /// How it treats single requests.
    pub serving: Serving,
    /// How long a failed replica still gets its share of the requests, seconds.
    pub health_check: f64,
    /// What is paid for its replicas.
    pub price: Price,
    /// What its replicas have so much of, beside their servers.
    pub resources: Vec<Resource>,
    /// Requests that reach this service for each request of each open traffic source, in a healthy system.
    pub visits: Vec<f64>,
}

impl Service {
    /// Replicas that are active while all is well; those at the start where they follow the load.
    #[must_use]
    pub fn active(&self) -> u32 {
        self.present().len() as u32 - self.standby.as_ref().map_or(0, |standby| standby.waiting)
    }

    /// Replicas that are there while all is well, at work or waiting; those at the start where they follow the load.
    #[must_use]
    pub fn present(&self) -> Range<u32> {
        let first = |scaling: &Scaling| self.replicas.start + scaling.initial.unwrap_or(scaling.min);
        self.scaling.as_ref().map_or(self.replicas.clone(), |scaling| self.replicas.start..first(scaling))
    }

    /// Money per second that is paid whatever happens: for what is reserved, and for replicas of which there are always as many.
    #[must_use]
    pub fn steady_cost(&self, draws: &[f64]) -> f64 {
        let always = if self.scaling.is_some() { 0 } else { self.replicas.len() as u32 };
        self.price.fixed(draws) + self.price.beyond(always) * self.price.on_demand.get(draws)
    }

    /// As [`Service::present`], at the most that there are while all is well.
    #[must_use]
    pub fn most(&self) -> Range<u32> {
        self.scaling.as_ref().map_or(self.replicas.clone(), |scaling| self.replicas.start..self.replicas.start + scaling.max)
    }

    /// Whether a replica of it stands in one of these zones.
    #[must_use]
    pub fn stands_in(&self, model: &Model, zones: &[u32]) -> bool {
        self.replicas.clone().any(|replica| zones.contains(&model.replicas[replica as usize].zone))
    }
}

/// Replicas that wait to take over from those that are active.
#[derive(Debug, Clone)]
pub struct Standby {
    /// How many wait while all is well.
    pub waiting: u32,
    /// How they age meanwhile.
    pub ages: Waiting,
    /// From the detection of an active one's failure until the one that takes over is active.
    pub switch_time: Timing,
    /// The probability that taking over works; one that did not is tried again when a repair ends.
    pub switch_works: Value,
    /// A repaired replica becomes active again, and the one that took over waits again.
    pub failback: bool,
    /// The tests that find what failed while it waited; `None`: it is noticed as a failure of an active one is.
    pub test: Option<Inspection>,
    /// Base of the random stream of its switches.
    pub stream: u64,
}

/// How waiting replicas age.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Waiting {
    /// As the active ones.
    Hot,
    /// With this fraction of the hazard of the active ones. Taking over, one is as old as an active one that has used up as
    /// much of its life (Nelson's cumulative exposure).
    Warm(Value),
    /// Not at all.
    Cold,
}

/// A tree that says when a service is up.
#[derive(Debug, Clone)]
pub enum UpWhen {
    /// This service is structurally up.
    Service(u32),
    /// Of the replicas of these services at least so many are up, taken together.
    AtLeast(u32, Vec<u32>),
    /// At least one of the parts holds.
    Any(Vec<UpWhen>),
    /// Every part holds.
    All(Vec<UpWhen>),
}

impl UpWhen {
    /// Whether the tree holds, where `is_up` says which services are up and `count` how many of their replicas.
    pub fn holds(&self, is_up: &impl Fn(u32) -> bool, count: &impl Fn(u32) -> u32) -> bool {
        match self {
            Self::Service(s) => is_up(*s),
            Self::AtLeast(least, of) => of.iter().map(|&s| u64::from(count(s))).sum::<u64>() >= u64::from(*least),
            Self::Any(parts) => parts.iter().any(|part| part.holds(is_up, count)),
            Self::All(parts) => parts.iter().all(|part| part.holds(is_up, count)),
        }
    }
}

/// What a request to one service asks of another.
#[derive(Debug, Clone)]
pub struct Call {
    /// Index of the service that is called.
    pub to: u32,
    /// Calls for each request: 2.5 are two, and a third for half of the requests.
    pub per_request: f64,
    /// A request fails where its call does; else it goes on without.
    pub needed: bool,
    /// Longest time that the caller waits for the answer, seconds; infinite without one.
    pub timeout: f64,
    /// The caller's server stays busy meanwhile.
    pub held: bool,
    /// What concerns single requests.
    pub handling: Handling,
}

/// One of the equal parts that a service consists of.
#[derive(Debug, Clone)]
pub struct Replica {
    /// Index of its service.
    pub service: u32,
    /// [`NONE`] where the replica stands in no zone.
    pub zone: u32,
    /// Clocks of the modes that strike it alone, by their index in [`Model::clocks`].
    pub clocks: Range<u32>,
}

pub(super) fn compile(compiler: &mut Compiler) -> (Vec<Service>, Vec<Replica>) {
    let mut services = Vec::new();
    let mut replicas: Vec<Replica> = Vec::new();
    let scenario = compiler.scenario;
    let prices = machine::prices(compiler);
    for (name, written) in &scenario.services {
        let path = format!("services.{name}");
        let from = replicas.len() as u32;
        let zones = match &written.spread {
            None => Vec::new(),
            Some(Spread::Zones) => (0..compiler.zones.len() as u32).collect(),
            Some(Spread::Over(names)) => compiler.zones_of(&format!("{path}.spread"), names),
        };
        let count = written.autoscale.as_ref().map_or_else(|| replica_count(written), |scale| scaling::room(scale, zones.len()));
        replicas.extend((0..count as usize).map(|i| Replica {
            service: services.len() as u32,
            zone: if zones.is_empty() { NONE } else { zones[i % zones.len()] },
            clocks: 0..0,
        }));
        let up_when = written.up_when.as_ref().and_then(|tree| compile_tree(compiler, &format!("{path}.up_when"), tree));
        services.push(Service {
            name: name.clone(),
            replicas: from..from + count,
            needs: written.needs.unwrap_or(1).min(count),
            up_when,
            standby: written.standby.as_ref().and_then(|standby| compile_standby(compiler, &path, standby)),
            scaling: scaling::compile(compiler, &path, written, count),
            calls: compile_calls(compiler, &path, written),
            depends_on: Vec::new(),
            needed_by: Vec::new(),
            feeds: Vec::new(),
            counted_by: Vec::new(),
            rank: 0,
            support: Vec::new(),
            reach: Vec::new(),
            can_fail: false,
            own_clocks: 0..0,
            time_objectives: Vec::new(),
            ageing_with: Vec::new(),
            replica_clocks: 0..0,
            work: machine::work(compiler, &path, written),
            queue: written.queue.map_or(f64::INFINITY, |places| places as f64),
            serving: request::serving(&path, written),
            health_check: written.health_check.0,
            price: machine::price(compiler, &prices, &path, written),
            resources: resources::compile(compiler, &path, written),
            visits: Vec::new(),
        });
    }
    (services, replicas)
}

/// Replicas of a service: 1 by default, 0 where something else says when it is up.
fn replica_count(service: &scenario::Service) -> u32 {
    let default = u32::from(service.up_when.is_none() && service.external.is_none());
    service.replicas.unwrap_or(default)
}

fn compile_standby(compiler: &mut Compiler, path: &str, written: &scenario::Standby) -> Option<Standby> {
    let path = format!("{path}.standby");
    let (waiting, ages) = match &written.mode {
        scenario::StandbyMode::Hot(count) => (*count, Waiting::Hot),
        scenario::StandbyMode::Cold(count) => (*count, Waiting::Cold),
        scenario::StandbyMode::Warm { count, rate } => {
            let rate = compiler.parameters.value(&format!("{path}.warm.rate"), Law::LogitNormal, rate, |f| f.0);
            (*count, Waiting::Warm(rate))
        }
    };
    let works = format!("{path}.switch.works");
    Some(Standby {
        waiting,
        ages,
        switch_time: compiler.timing(&format!("{path}.switch.time"), &written.switch_time)?,
        switch_works: compiler.parameters.value(&works, Law::LogitNormal, &written.switch_works, |f| f.0),
        failback: written.failback,
        test: match &written.test {
            None => None,
            Some(test) => Some(upkeep::inspection(compiler, &format!("{path}.test"), test)?),
        },
        stream: crate::random::base(&path, 0),
    })
}

fn compile_calls(compiler: &mut Compiler, path: &str, written: &scenario::Service) -> Vec<Call> {
    let mut calls = Vec::new();
    for (index, call) in written.calls.iter().enumerate() {
        if let Some(to) = compiler.service(&format!("{path}.calls.{}.to", call.to), &call.to) {
            calls.push(Call {
                to,
                per_request: call.per_request,
                needed: call.needed,
                timeout: call.timeout.map_or(f64::INFINITY, |timeout| timeout.0),
                held: call.held,
                handling: request::handling(compiler, &format!("{path}.calls[{index}]"), call),
            });
        }
    }
    calls
}

fn compile_tree(compiler: &mut Compiler, path: &str, tree: &scenario::UpWhen) -> Option<UpWhen> {
    let mut parts = |parts: &[scenario::UpWhen]| -> Vec<UpWhen> {
        parts.iter().filter_map(|part| compile_tree(compiler, path, part)).collect()
    };
    Some(match tree {
        scenario::UpWhen::Any(of) => UpWhen::Any(parts(of)),
        scenario::UpWhen::All(of) => UpWhen::All(parts(of)),
        scenario::UpWhen::Service(name) => UpWhen::Service(compiler.service(path, name)?),
        scenario::UpWhen::AtLeast { at_least, of } => {
            UpWhen::AtLeast(*at_least, of.iter().filter_map(|name| compiler.service(path, name)).collect())
        }
    })
}
