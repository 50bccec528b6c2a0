//! The simulator: a [`World`] of services, failures and people that advances from event to event.
//!
//! A replication allocates nothing once its world has run before, formats nothing, hashes nothing and cannot fail. Each
//! behaviour has a file; they meet in [`World::handle`] and in the few functions that it calls, in a fixed order.
//!
//! At equal times events are handled in order of their slots: replicas, services, zones, then what the simulator itself
//! does. An outage that ends at the instant at which another begins is one outage, and one of no length is none, so
//! that order shows nowhere in the results.

mod account;
mod clock;
mod distance;
mod drawn;
mod errands;
mod escalation;
mod exposure;
mod failure;
mod flow;
mod forced;
mod hit;
mod hours;
mod line;
mod observer;
mod outcome;
mod parts;
mod release;
pub mod request;
mod response;
mod rotation;
mod rules;
mod scaling;
mod spares;
mod split;
mod standby;
mod structure;
mod team;
mod trace;
mod upkeep;
mod windows;

pub use distance::Distance;
pub use drawn::Drawn;
pub use flow::{Lengths, Row, ScaledPiece, Undisturbed, row};
pub use observer::{Course, Observer, Recorder};
pub use outcome::{BUDGET_POINTS, ObjectiveOutcome, Outcome, ServiceOutcome, WindowOutcome, sum};
pub use parts::Stages;
pub use release::{healthy_errors, released};
pub use scaling::scaled;
pub use spares::part;
pub use split::Branch;

use crate::kernel::{NEVER, System, Tournament};
use crate::model::{Model, Trigger};
use errands::Errand;
use exposure::Exposure;
use flow::Flow;
use parts::{Component, ModeTally, Phase, ServiceState, TeamState};
use release::Releases;
use scaling::Scalings;
use standby::Standbys;

/// The state of one replication.
#[derive(Debug, Clone)]
pub struct World<'m, O = ()> {
    model: &'m Model,
    events: Tournament,
    drawn: Drawn,
    components: Vec<Component>,
    /// Ages, by clock; empty where none is kept.
    exposures: Vec<Exposure>,
    /// Something is replaced before it fails.
    replaces: bool,
    stages: Vec<Stages>,
    services: Vec<ServiceState>,
    /// Replicas that are up in their own right, by service and zone (`service * zones + zone`).
    own_up: Vec<u32>,
    /// `down` failures in force, by replica and by zone.
    replica_down: Vec<u32>,
    zone_down: Vec<u32>,
    teams: Vec<TeamState>,
    /// Incidents of teams with rules and those with a runbook, by clock; empty where there are none.
    cases: Vec<team::Case>,
    kinds: rules::Kinds,
    links: line::Links,
    stocks: Vec<spares::Stock>,
    /// What happens in the slots behind those of the health checks.
    errands: Vec<Errand>,
    /// Services that are structurally down.
    services_down: u32,
    /// `down` failures in force, and the exclusive or of their clocks: the clock itself where there is one.
    in_force: u32,
    in_force_clocks: u32,
    /// Failures and repairs so far.
    changes: u64,
    /// Begins and ends of failures that make work worse without ending it.
    effects: u64,
    /// By objective: requests resolved by a time, seconds after the start; empty where requests are a rate.
    counted: Vec<Vec<(f64, f64)>>,
    /// Services whose state must be looked at again, by their rank in the order, and how many.
    dirty: Vec<bool>,
    dirty_count: u32,
    /// The lowest rank that is dirty.
    dirty_from: usize,
    /// Inputs that hold, by gate.
    gates: Vec<u32>,
    healthy: structure::Healthy,
    /// Clocks of the replicas that a recorded failure may strike.
    victims: Vec<u32>,
    scratch: structure::Scratch,
    flow: Flow,
    standbys: Standbys,
    scalings: Scalings,
    releases: Releases,
    outcome: Outcome,
    observer: O,
    /// What is measured lies between these times of the simulation's clock, which starts with the warm-up.
    from: f64,
    end: f64,
}

impl<'m> World<'m> {
    /// A world for replications of `model` after a warm-up of `warmup` seconds.
    #[must_use]
    pub fn new(model: &'m Model, warmup: f64) -> Self {
        Self::observed(model, warmup, ())
    }

    /// A world that leaves the requests to whoever runs it.
    fn without_flow(model: &'m Model, warmup: f64) -> Self {
        Self::with_flow(model, warmup, (), Flow::idle(model))
    }
}

impl<'m, O: Observer> World<'m, O> {
    /// A world that tells `observer` of every failure and outage.
    #[must_use]
    pub fn observed(model: &'m Model, warmup: f64, observer: O) -> Self {
        Self::with_flow(model, warmup, observer, Flow::new(model))
    }

    fn with_flow(model: &'m Model, warmup: f64, observer: O, flow: Flow) -> Self {
        let services: Vec<ServiceState> = model
            .services
            .iter()
            .map(|service| ServiceState { loaded: exposure::is_loaded(model, service), ..Default::default() })
            .collect();
        let standbys = Standbys::new(model);
        // Slots: the clocks, then replicas of services with a standby (those that take over), then services with a health
        // check (replicas leaving the rotation), then the errands of people and parts, then the scalers, then the releases, then the warm-up's end.
        let kinds = rules::Kinds::new(model);
        let first = model.clocks.len() + standbys.slots() + flow.checked.len();
        let (teams, stocks, errands) = errands::crews(model, &kinds, first);
        let cases =
            if !model.runbooks.is_empty() || teams.iter().any(|team| team.rules.is_some()) { model.clocks.len() } else { 0 };
        let scalings = Scalings::new(model, first + errands.len());
        let releases = Releases::new(model, first + errands.len() + scalings.slots());
        let slots = first + errands.len() + scalings.slots() + releases.slots() + usize::from(warmup > 0.0);
        let components: Vec<Component> = model.clocks.iter().map(|clock| Component::new(model, clock)).collect();
        let ages = if components.iter().any(|component| component.exposed) { components.len() } else { 0 };
        Self {
            model,
            events: Tournament::new(slots),
            drawn: Drawn::new(model),
            components,
            replaces: model.modes.iter().any(|mode| mode.renews.is_some()),
            exposures: vec![Exposure::new(); ages],
            stages: vec![Stages::default(); model.clocks.len()],
            own_up: vec![0; model.services.len() * model.zones.len()],
            replica_down: vec![0; model.replicas.len()],
            zone_down: vec![0; model.zones.len()],
            teams,
            cases: vec![team::Case::default(); cases],
            kinds,
            links: line::Links::new(model.clocks.len()),
            stocks,
            errands,
            services_down: 0,
            in_force: 0,
            in_force_clocks: 0,
            changes: 0,
            effects: 0,
            counted: vec![Vec::new(); model.objectives.len()],
            dirty: vec![false; services.len()],
            dirty_count: 0,
            dirty_from: usize::MAX,
            gates: Vec::new(),
            healthy: structure::Healthy::new(model),
            victims: Vec::new(),
            scratch: structure::Scratch::new(model),
            flow,
            standbys,
            scalings,
            releases,
            outcome: Outcome::new(model),
            observer,
            from: warmup,
            end: warmup + model.horizon,
            services,
        }
    }

    /// Runs replication `replication` of `seed` with draw `draw` of the uncertain numbers, and returns the number of
    /// events. What it gave is in [`World::outcome`] until the next one.
    pub fn run(&mut self, seed: u64, replication: u64, draw: u64) -> u64 {
        self.run_while(seed, replication, draw, |_| true).unwrap_or_default()
    }

    /// As [`World::run`], unless `goes_on` says no on the way: then there is no outcome, and the answer is `None`.
    pub fn run_while(&mut self, seed: u64, replication: u64, draw: u64, goes_on: impl Fn(&Self) -> bool) -> Option<u64> {
        self.start(seed, replication, draw);
        self.run_to_end(goes_on)
    }

    /// Goes on to the horizon from wherever the replication stands; answers as [`World::run_while`].
    pub fn run_to_end(&mut self, goes_on: impl Fn(&Self) -> bool) -> Option<u64> {
        let end = self.end;
        let (events, reached) = crate::kernel::run_while(self, end, goes_on);
        if !reached {
            return None;
        }
        self.finish();
        Some(events)
    }

    /// What the last replication gave.
    #[must_use]
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// By service: times of good answers, and waits, of all replications since they were last cleared; where requests are a rate.
    pub fn lengths(&mut self) -> &mut [[Lengths; 2]] {
        self.flow.take_lengths()
    }

    /// The observer, with what it saw so far.
    pub fn observer(&self) -> &O {
        &self.observer
    }

    /// The observer, with what it saw.
    pub fn into_observer(self) -> O {
        self.observer
    }

    fn start(&mut self, seed: u64, replication: u64, draw: u64) {
        let model = self.model;
        self.drawn.resolve(model, seed, draw);
        self.zone_down.fill(0);
        self.replica_down.fill(0);
        self.own_up.fill(0);
        let zones = model.zones.len();
        for replica in &model.replicas {
            if replica.zone != crate::model::NONE {
                self.own_up[replica.service as usize * zones + replica.zone as usize] += 1;
            }
        }
        for ((state, service), healthy) in self.services.iter_mut().zip(&model.services).zip(&self.healthy.services) {
            state.reset(service, *healthy);
        }
        self.gates.clone_from(&self.healthy.gates);
        self.services_down = 0;
        self.in_force = 0;
        self.in_force_clocks = 0;
        self.changes = 0;
        self.effects = 0;
        self.counted.iter_mut().for_each(Vec::clear);
        self.drawn.modes.iter_mut().for_each(|mode| mode.tally = ModeTally::default());
        self.flow.reset(model, &self.drawn, -self.from);
        self.standbys.reset(model, seed, replication);
        let mut at_once = false;
        for c in 0..self.components.len() {
            let time = self.start_clock(c, seed, replication);
            at_once |= time <= 0.0;
            self.events.place(c, time);
        }
        for slot in self.components.len()..self.warmup_slot() {
            self.events.place(slot, NEVER);
        }
        self.start_errands(seed, replication);
        self.start_scaling();
        self.start_releases(seed, replication);
        if self.from > 0.0 {
            self.events.place(self.warmup_slot(), self.from);
        }
        self.events.rebuild();
        self.start_waiting();
        self.stop_absent();
        for s in 0..self.services.len() {
            // An `up_when` that nothing fulfils: down from the start, by no failure.
            if !self.services[s].is_up {
                self.begin_outage(s, crate::model::NONE as usize, 0.0);
                self.structure_changed(s, self.services[s].own_ok);
                self.review_agers(s, 0.0);
            }
        }
        if at_once {
            self.in_force_at_start();
        }
        self.measure_from(0.0);
    }

    /// Failures that are known to be in force at the start began before it.
    #[cold]
    fn in_force_at_start(&mut self) {
        for c in 0..self.components.len() {
            let mode = self.components[c].mode as usize;
            if self.events.time(c) <= 0.0 && matches!(self.model.modes[mode].trigger, Trigger::Sla(_)) {
                self.fail(c, 0.0);
            }
        }
    }

    /// What is due in a slot behind those of the clocks.
    fn handle_other(&mut self, slot: usize, now: f64) {
        let Some(check) = slot.checked_sub(self.standbys.slots()) else { return self.member_due(slot, now) };
        match self.flow.checked.get(check) {
            Some(&service) => self.out_of_rotation(service as usize, now),
            None => self.run_errand(check - self.flow.checked.len(), now),
        }
    }

    fn warmup_slot(&self) -> usize {
        let crews = self.standbys.slots() + self.flow.checked.len() + self.errands.len();
        self.components.len() + crews + self.scalings.slots() + self.releases.slots()
    }

    /// The end of the warm-up: what was counted is forgotten, what is in force stays.
    fn warmed_up(&mut self, now: f64) {
        self.events.set(self.warmup_slot(), NEVER);
        self.before_change(now);
        self.measure_from(now);
    }
}

impl<O: Observer> System for World<'_, O> {
    #[inline]
    fn events(&self) -> &Tournament {
        &self.events
    }

    #[inline(always)]
    #[allow(clippy::inline_always, reason = "the body of the loop of every run")]
    fn handle(&mut self, slot: usize, now: f64) {
        if let Some(component) = self.components.get(slot) {
            match component.phase {
                Phase::Running => self.fires(slot, now),
                Phase::Detecting => self.detected(slot, now),
                Phase::Repairing if self.drawn.modes[component.mode as usize].calls => self.person_came(slot, now),
                Phase::Repairing => self.repaired(slot, now),
                Phase::Stepping => self.step_due(slot, now),
                Phase::Waiting => self.escalate(slot, now),
                Phase::Paused | Phase::Lost => self.events.set(slot, NEVER),
            }
        } else {
            self.handle_other(slot - self.components.len(), now);
        }
    }
}
