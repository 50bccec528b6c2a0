//! The records that the world is made of.

use super::line::Line;
use super::rules::Rules;
use crate::kernel::NEVER;
use crate::model::{AgesWhile, Clock, Effect, Model, NONE, Service, Thing, Trigger};
use crate::random::Stream;

/// Where a clock stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Towards its next failure.
    Running,
    /// Stopped for now; `left` holds the time to the failure.
    Paused,
    /// Failed, and nobody knows yet.
    Detecting,
    /// Failed and detected, in the queue for a part or for people.
    Waiting,
    /// Acknowledged and being repaired, or repaired by automation.
    Repairing,
    /// A person has been called to a step of its runbook, or the step is under way.
    Stepping,
    /// Never repaired.
    Lost,
}

impl Phase {
    /// Whether the failure is in force.
    #[inline]
    pub fn failed(self) -> bool {
        !matches!(self, Self::Running | Self::Paused)
    }
}

/// What a clock's failure hits, without a look elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// One replica.
    Replica,
    /// A whole service.
    Service,
    /// Every replica of a service that is up, each by its own clock.
    Strike,
    /// A set of zones.
    Zones,
}

/// One clock: 64 bytes, a cache line.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub struct Component {
    /// The duration that comes next, drawn ahead: of the repair while running, of the life while failed.
    pub ahead: f64,
    /// When the present (or last) failure began.
    pub since: f64,
    /// Time to the failure while paused.
    pub left: f64,
    /// Its random stream in this replication.
    pub stream: Stream,
    /// Failures repaired so far; the number of the draws of the present life and its repair.
    pub n: u32,
    /// Index of its mode.
    pub mode: u32,
    /// Replica or service that it hits.
    pub thing: u32,
    /// Service of the replica, [`NONE`] for other targets.
    pub service: u32,
    /// Zone of the replica, [`NONE`] for other targets.
    pub zone: u32,
    /// Where it stands.
    pub phase: Phase,
    /// What it hits.
    pub target: Target,
    /// Nothing else can stop its clock: no sibling, no condition on ageing, no age to keep, no scaler.
    pub alone: bool,
    /// Its age is kept, since its pace may change or a repair may leave it old.
    pub exposed: bool,
}

impl Component {
    /// A clock as new, before its replication gives it a stream and a life.
    pub fn new(model: &Model, clock: &Clock) -> Self {
        let (target, thing) = match clock.thing {
            Thing::Replica(replica) => (Target::Replica, replica),
            Thing::Service(service) => (Target::Service, service),
            Thing::Strike(service) => (Target::Strike, service),
            Thing::Zones(_) => (Target::Zones, NONE),
        };
        let mode = &model.modes[clock.mode as usize];
        let exposed = super::exposure::keeps_age(model, clock);
        let replica = if target == Target::Replica { model.replicas.get(thing as usize) } else { None };
        Self {
            ahead: 0.0,
            since: 0.0,
            left: 0.0,
            stream: Stream::new(clock.stream, 0, 0),
            n: 0,
            mode: clock.mode,
            thing,
            service: replica.map_or(NONE, |replica| replica.service),
            zone: replica.map_or(NONE, |replica| replica.zone),
            phase: Phase::Running,
            target,
            exposed,
            alone: clock.siblings.len() == 1
                && replica.is_none_or(|replica| model.services[replica.service as usize].scaling.is_none())
                && !exposed
                && !matches!(mode.ages_while, AgesWhile::ServiceUp(_))
                && matches!(mode.trigger, Trigger::Life(_)),
        }
    }
}

/// When the stages of a failure were reached; [`NEVER`] before.
#[derive(Debug, Clone, Copy)]
pub struct Stages {
    /// Somebody, or automation, knew.
    pub detected: f64,
    /// Work began.
    pub acknowledged: f64,
    /// Open outages that its last failure began.
    pub outages: u32,
}

impl Default for Stages {
    fn default() -> Self {
        Self { detected: NEVER, acknowledged: NEVER, outages: 0 }
    }
}

/// What is counted for a mode.
#[derive(Debug, Clone, Copy, Default)]
pub struct ModeTally {
    /// Failures.
    pub count: f64,
    /// Failures that ended.
    pub ended: f64,
    /// Seconds of those that ended.
    pub duration: f64,
    /// Failures in force.
    pub in_force: u32,
}

/// A service as it stands.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "parts of one answer, each kept where it changes")]
pub struct ServiceState {
    /// Replicas that are up and active.
    pub up: u32,
    /// Replicas that must be up.
    pub needs: u32,
    /// `down` failures of the service itself in force.
    pub own_down: u32,
    /// Callees that it needs and that are down.
    pub callees_down: u32,
    /// Its `up_when` holds.
    pub tree_ok: bool,
    /// Whether its own structure holds: needs, `up_when`, no failure of its own.
    pub own_ok: bool,
    /// Structurally up.
    pub is_up: bool,
    /// Some other service counts its replicas.
    pub counted: bool,
    /// Some of its replicas wait.
    pub standby: bool,
    /// Its replicas age by the load that each of them carries.
    pub loaded: bool,
    /// Failures with an effect on capacity in force on it, its replicas or their zones.
    pub weakened: u32,
    /// Replica-seconds in service, up to the end if nothing changed any more.
    pub area: f64,
    /// Its present or last outage.
    pub outage: OpenOutage,
}

impl ServiceState {
    pub fn reset(&mut self, service: &Service, healthy: (bool, bool, bool, u32)) {
        self.up = service.active();
        self.needs = service.needs;
        self.own_down = 0;
        (self.tree_ok, self.own_ok, self.is_up, self.callees_down) = healthy;
        self.counted = !service.counted_by.is_empty();
        self.standby = service.standby.is_some();
        self.weakened = 0;
        self.area = 0.0;
        self.outage.reset();
    }
}

/// The present or the last outage of a service. One that goes on at the instant at which it ended is the same outage.
#[derive(Debug, Clone)]
pub struct OpenOutage {
    /// When it began.
    pub began: f64,
    /// [`NEVER`] while it is open; negative where there was none yet.
    pub ended: f64,
    /// The clock whose failure began it.
    pub cause: u32,
    /// Detection and acknowledgement of that failure, once it was repaired or the outage ended.
    pub stages: Option<(f64, f64)>,
    /// Downtime is charged up to here.
    pub charged: f64,
    /// The change of the world at which it was.
    pub change: u64,
    /// The modes to charge for the time from then on.
    pub culprits: Vec<u32>,
    /// It began before the measured time.
    pub carried_over: bool,
}

impl Default for OpenOutage {
    fn default() -> Self {
        Self {
            began: 0.0,
            ended: -1.0,
            cause: NONE,
            stages: None,
            charged: 0.0,
            change: 0,
            culprits: Vec::new(),
            carried_over: false,
        }
    }
}

impl OpenOutage {
    /// As if there had been none.
    pub fn reset(&mut self) {
        self.ended = -1.0;
        self.cause = NONE;
        self.stages = None;
        self.culprits.clear();
        self.carried_over = false;
    }
}

/// A team: who is free, and the incidents that wait.
#[derive(Debug, Clone)]
pub struct TeamState {
    /// People without work.
    pub free: u32,
    /// One for each priority.
    pub lines: [Line; 5],
    /// What is to be asked before somebody is sent; absent for most teams.
    pub rules: Option<Box<Rules>>,
    /// Incidents that wait for a person.
    pub waiting: u32,
    /// Person-seconds at work, up to the end if nothing changed any more.
    pub busy: f64,
    /// Incident-seconds in line, up to the end if nothing changed any more.
    pub queued: f64,
    /// Seconds that incidents waited before a person came.
    pub waited: f64,
    /// Incidents to which a person came.
    pub asked: f64,
}

impl TeamState {
    /// A team with its rules, if it has any.
    pub fn new(rules: Option<Box<Rules>>) -> Self {
        Self { free: 0, lines: [Line::EMPTY; 5], rules, waiting: 0, busy: 0.0, queued: 0.0, waited: 0.0, asked: 0.0 }
    }

    /// Everybody is free and nothing waits.
    pub fn reset(&mut self, people: u32) {
        self.free = people;
        self.lines = [Line::EMPTY; 5];
        self.waiting = 0;
        self.busy = 0.0;
        self.queued = 0.0;
        self.waited = 0.0;
        self.asked = 0.0;
    }
}

/// Whether a mode takes things down.
#[inline]
pub fn takes_down(effect: &Effect) -> bool {
    matches!(effect, Effect::Down)
}
