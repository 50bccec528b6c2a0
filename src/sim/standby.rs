//! Replicas that wait and take over: who is active, who waits, and the switch between them.
//!
//! A service with a standby wants a fixed number of its replicas active: its places. A place is *open* while fewer are up
//! and active. When an active replica goes, its failure is detected, and then the waiting replica of the lowest index takes
//! over, if the switch works; a switch that does not leaves the place open until a replica comes back. A replica that comes
//! back while a place is open fills it at once, and a switch that is then one too many is called off. So a place is open
//! only while some replica of the service is away, and there is always a failure to blame for it.
//!
//! Each replica of such a service has a slot: while it is away, for the detection of its failure; while it takes over, for
//! the end of the switch.

mod prooftest;

use super::exposure::Pace;
use super::{Observer, World};
use crate::dist::Sampler;
use crate::kernel::NEVER;
use crate::model::{AgesWhile, Model, NONE, Waiting};
use crate::random::{Stream, uniform};

pub use prooftest::is_tested;

/// The words that one switch draws: how long it takes, and whether it works.
const DRAWS: u64 = 2;

/// What a replica does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// It counts, and carries load.
    Active,
    /// It is up and waits.
    Waiting,
    /// It is up, and its switch goes on.
    TakingOver,
    /// It is down, or its zone is, and it was active or about to be: nobody knows yet.
    Missed,
    /// It is down, or its zone is.
    Away,
}

/// One replica of a service with a standby.
#[derive(Debug, Clone)]
struct Member {
    service: u32,
    role: Role,
}

/// A service with a standby.
#[derive(Debug, Clone)]
struct Group {
    service: u32,
    /// Its first member.
    first: usize,
    /// Members that are missed.
    missed: u32,
    /// Switches that go on.
    under_way: u32,
    /// Switches so far.
    switches: u64,
    stream: Stream,
}

/// The replicas of all services with a standby.
#[derive(Debug, Clone)]
pub struct Standbys {
    members: Vec<Member>,
    /// By service, ascending.
    groups: Vec<Group>,
}

/// Numbers of a standby for one replication.
#[derive(Debug, Clone)]
pub struct StandbyNow {
    /// From the call until the replica is active.
    pub time: Sampler,
    /// The probability that a switch works.
    pub works: f64,
    /// The fraction of its hazard with which a waiting replica ages.
    pub rate: f64,
}

impl StandbyNow {
    /// The fraction of the hazard with which waiting replicas age.
    pub fn rate(ages: Waiting, draws: &[f64]) -> f64 {
        match ages {
            Waiting::Hot => 1.0,
            Waiting::Warm(rate) => rate.get(draws),
            Waiting::Cold => 0.0,
        }
    }
}

impl Standbys {
    /// With room for a model's replicas.
    pub fn new(model: &Model) -> Self {
        let mut standbys = Self { members: Vec::new(), groups: Vec::new() };
        for (s, service) in model.services.iter().enumerate().filter(|(_, service)| service.standby.is_some()) {
            let first = standbys.members.len();
            let stream = Stream::new(0, 0, 0);
            standbys.groups.push(Group { service: s as u32, first, missed: 0, under_way: 0, switches: 0, stream });
            standbys.members.extend(service.replicas.clone().map(|_| Member { service: s as u32, role: Role::Active }));
        }
        standbys
    }

    /// How many slots they need.
    pub fn slots(&self) -> usize {
        self.members.len()
    }

    /// As many active as are wanted, those of the lowest indices; the others wait.
    pub fn reset(&mut self, model: &Model, seed: u64, replication: u64) {
        for group in &mut self.groups {
            let service = &model.services[group.service as usize];
            let base = service.standby.as_ref().map_or(0, |standby| standby.stream);
            group.stream = Stream::new(base, seed, replication);
            (group.missed, group.under_way, group.switches) = (0, 0, 0);
            for (i, member) in self.members[group.first..][..service.replicas.len()].iter_mut().enumerate() {
                member.role = if i < service.active() as usize { Role::Active } else { Role::Waiting };
            }
        }
    }

    /// Draws to come are those of a branch.
    pub fn branch(&mut self, model: &Model, salt: u64, seed: u64, replication: u64) {
        for group in &mut self.groups {
            let base = model.services[group.service as usize].standby.as_ref().map_or(0, |standby| standby.stream);
            group.stream = Stream::new(base ^ salt, seed, replication);
        }
    }

    /// The place of a service among those with a standby.
    fn group(&self, s: usize) -> usize {
        self.groups.partition_point(|group| (group.service as usize) < s)
    }
}

impl<O: Observer> World<'_, O> {
    /// The member that stands for a replica of service `s`.
    fn member(&self, s: usize, replica: u32) -> usize {
        self.standbys.groups[self.standbys.group(s)].first + (replica - self.model.services[s].replicas.start) as usize
    }

    fn replica(&self, m: usize) -> u32 {
        let s = self.standbys.members[m].service as usize;
        self.model.services[s].replicas.start + (m - self.standbys.groups[self.standbys.group(s)].first) as u32
    }

    fn members(&self, g: usize) -> std::ops::Range<usize> {
        let group = &self.standbys.groups[g];
        group.first..group.first + self.model.services[group.service as usize].replicas.len()
    }

    fn member_slot(&self, m: usize) -> usize {
        self.components.len() + m
    }

    /// Whether a replica of service `s` is up and active.
    pub(super) fn is_active(&self, s: usize, replica: u32) -> bool {
        if self.services[s].standby { self.role(s, replica) == Role::Active } else { self.replica_is_up(replica) }
    }

    /// Whether a replica of service `s` is up and waits, or is about to take over.
    pub(super) fn waits(&self, s: usize, replica: u32) -> bool {
        self.services[s].standby && matches!(self.role(s, replica), Role::Waiting | Role::TakingOver)
    }

    fn role(&self, s: usize, replica: u32) -> Role {
        self.standbys.members[self.member(s, replica)].role
    }

    /// Places that nobody fills.
    fn open(&self, g: usize) -> u32 {
        let s = self.standbys.groups[g].service as usize;
        self.model.services[s].active() - self.services[s].up
    }

    /// At the start: the clocks of those that wait go at the pace of waiting.
    pub(super) fn start_waiting(&mut self) {
        for m in 0..self.standbys.members.len() {
            if self.standbys.members[m].role == Role::Waiting {
                self.take_role(m, Role::Waiting, 0.0);
            }
        }
    }

    /// A replica goes by the failure of clock `c`, alone.
    #[cold]
    pub(super) fn member_lost(&mut self, s: usize, replica: u32, c: usize, now: f64) {
        self.lose_member(s, replica, c, now);
        self.settle_dirty(c, now);
        self.touched(s, now);
    }

    /// A replica comes back with the repair of clock `c`, alone.
    #[cold]
    pub(super) fn member_back(&mut self, s: usize, replica: u32, c: usize, now: f64) {
        self.regain_member(s, replica, self.components[c].since, now);
        self.call_again(s, now);
        self.settle_dirty(c, now);
        self.touched(s, now);
    }

    /// The replicas of a service in one zone go with it, or come back with it, if they are up in their own right.
    #[cold]
    pub(super) fn zone_of_members(&mut self, s: usize, zone: u32, c: usize, now: f64, down: bool) {
        let model = self.model;
        for replica in model.services[s].replicas.clone() {
            if model.replicas[replica as usize].zone != zone || self.replica_down[replica as usize] > 0 {
                continue;
            }
            if down {
                self.lose_member(s, replica, c, now);
            } else {
                self.regain_member(s, replica, self.components[c].since, now);
            }
        }
        if !down {
            self.call_again(s, now);
        }
    }

    fn lose_member(&mut self, s: usize, replica: u32, c: usize, now: f64) {
        let (g, m) = (self.standbys.group(s), self.member(s, replica));
        match std::mem::replace(&mut self.standbys.members[m].role, Role::Missed) {
            Role::Active => {
                self.leave_rotation(s, 1, now);
                self.count_active(s, -1, now);
            }
            Role::TakingOver => self.standbys.groups[g].under_way -= 1,
            Role::Waiting | Role::Missed | Role::Away => {
                self.standbys.members[m].role = Role::Away;
                return;
            }
        }
        self.standbys.groups[g].missed += 1;
        self.events.set(self.member_slot(m), self.stages[c].detected.max(now));
    }

    fn regain_member(&mut self, s: usize, replica: u32, since: f64, now: f64) {
        let (g, m) = (self.standbys.group(s), self.member(s, replica));
        if self.standbys.members[m].role == Role::Missed {
            self.events.set(self.member_slot(m), NEVER);
            self.standbys.groups[g].missed -= 1;
        }
        let service = &self.model.services[s];
        let first = self.standbys.groups[g].first;
        let primary = first..first + service.active() as usize;
        let fails_back = service.standby.as_ref().is_some_and(|standby| standby.failback) && primary.contains(&m);
        if self.open(g) > 0 {
            self.take_role(m, Role::Active, now);
            self.join_rotation(s, since, 1, now);
            self.count_active(s, 1, now);
            if self.standbys.groups[g].under_way > self.open(g) {
                self.call_off(g, now);
            }
        } else if fails_back && let Some(other) = self.last(g, Role::Active).filter(|other| !primary.contains(other)) {
            self.take_role(m, Role::Active, now);
            self.take_role(other, Role::Waiting, now);
            self.capacity_changed(s);
        } else {
            self.take_role(m, Role::Waiting, now);
        }
    }

    /// The member of the highest index in a role.
    fn last(&self, g: usize, role: Role) -> Option<usize> {
        self.members(g).rev().find(|&m| self.standbys.members[m].role == role)
    }

    /// A switch is no longer needed: the one that was to take over waits on.
    fn call_off(&mut self, g: usize, now: f64) {
        if let Some(m) = self.last(g, Role::TakingOver) {
            self.standbys.groups[g].under_way -= 1;
            self.events.set(self.member_slot(m), NEVER);
            self.take_role(m, Role::Waiting, now);
        }
    }

    /// The slot of a replica of a service with a standby is due: its failure is detected, or its switch is done.
    #[cold]
    pub(super) fn member_due(&mut self, m: usize, now: f64) {
        self.before_change(now);
        self.events.set(self.member_slot(m), NEVER);
        let Member { service, role, .. } = self.standbys.members[m];
        let s = service as usize;
        let g = self.standbys.group(s);
        if role == Role::TakingOver {
            self.standbys.groups[g].under_way -= 1;
            self.activate(m, now);
        } else {
            self.standbys.members[m].role = Role::Away;
            self.standbys.groups[g].missed -= 1;
            if self.open(g) > self.standbys.groups[g].under_way {
                self.call(g, now);
            }
        }
        self.settle_dirty(NONE as usize, now);
        self.touched(s, now);
        self.look_soon(now);
    }

    /// A replica has come back: places that are known to be open, and that it left open, are tried again.
    fn call_again(&mut self, s: usize, now: f64) {
        let g = self.standbys.group(s);
        let group = &self.standbys.groups[g];
        for _ in group.under_way + group.missed..self.open(g) {
            self.call(g, now);
        }
    }

    /// The first that waits is called to an open place. One that has failed unnoticed is found, and the next is called.
    fn call(&mut self, g: usize, now: f64) {
        let s = self.standbys.groups[g].service as usize;
        let mut called = None;
        for m in self.members(g) {
            match self.standbys.members[m].role {
                Role::Waiting => {
                    called = Some(m);
                    break;
                }
                Role::Away if self.test(s).is_some() => self.find(m, now),
                _ => {}
            }
        }
        let Some(m) = called else { return };
        let starts = self.after_test(s, now);
        let standby = &self.drawn.standbys[g];
        let group = &mut self.standbys.groups[g];
        let draw = group.switches * DRAWS;
        group.switches += 1;
        if uniform(group.stream.word(draw + 1)) >= standby.works {
            return;
        }
        let done = starts + standby.time.draw(group.stream.word(draw));
        if done > now {
            group.under_way += 1;
            self.standbys.members[m].role = Role::TakingOver;
            self.events.set(self.member_slot(m), done);
        } else {
            self.activate(m, now);
        }
    }

    /// A replica takes over now.
    fn activate(&mut self, m: usize, now: f64) {
        let s = self.standbys.members[m].service as usize;
        self.take_role(m, Role::Active, now);
        self.fill_rotation(s);
        self.count_active(s, 1, now);
    }

    /// A replica that is up turns to another role, and its clocks to the pace of it. One that goes away keeps its pace, in
    /// case it is only its zone that is down.
    fn take_role(&mut self, m: usize, role: Role, now: f64) {
        let member = &mut self.standbys.members[m];
        member.role = role;
        let s = member.service as usize;
        let g = self.standbys.group(s);
        let rate = self.drawn.standbys[g].rate;
        let pace = if role == Role::Active || rate == 1.0 { Pace::Active(1.0) } else { Pace::Waiting(rate) };
        for c in self.model.replicas[self.replica(m) as usize].clocks.clone() {
            let component = &self.components[c as usize];
            if component.exposed && self.model.modes[component.mode as usize].ages_while == AgesWhile::Up {
                self.set_pace(c as usize, pace, now);
            }
        }
    }

    /// A service has one active replica more or less; what that changes is marked, and settled by the caller.
    fn count_active(&mut self, s: usize, change: i32, now: f64) {
        let state = &mut self.services[s];
        state.up = state.up.wrapping_add_signed(change);
        state.area += f64::from(change) * (self.end - now);
        self.changes += 1;
        self.capacity_changed(s);
        self.recount(s, change);
        if self.services[s].loaded {
            self.share_load(s, now);
        }
        self.mark_dirty(s);
    }
}
