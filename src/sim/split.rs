//! Histories that branch: a [`World`] that can be saved, taken up again, and given another future.
//!
//! A history that is taken up again would repeat what it did, since its random streams are functions of what it is called.
//! So a branch has streams of its own, and every time that is pending is drawn again from its law, given what has passed
//! of it: then branches of one history are independent given all that an onlooker knows at that instant. Calendars are
//! known beforehand and stay.

use super::clock::{ACKNOWLEDGEMENT, AGE, DETECTION, LIFE, REPAIR, word};
use super::parts::{Phase, Target};
use super::{Drawn, World};
use crate::dist::{Law, Sampler};
use crate::kernel::{NEVER, System};
use crate::model::{Model, NONE, Timing, Trigger};
use crate::random::{Stream, base, uniform};

/// Events between two looks of the caller, at most.
const PATIENCE: u64 = 1 << 16;
/// Draws of a whole time that may be too short, before what is left of it is drawn from its own law.
const ATTEMPTS: u64 = 6;

/// The laws of a mode's times, where the fast path has samplers.
#[derive(Debug, Clone)]
struct Laws {
    life: Option<Law>,
    strike: Option<Law>,
    detection: Option<Law>,
    repair: Option<Law>,
    acknowledge: Option<Law>,
}

/// What the fast path forgets of a duration under way, once it was drawn again. Each is valid for the `n` beside it.
#[derive(Debug, Clone, Copy)]
struct Kept {
    /// The whole life, the part that has passed included.
    life: (u32, f64),
    /// When the person was called who is on the way.
    called: (u32, f64),
}

const NOTHING: Kept = Kept { life: (u32::MAX, 0.0), called: (u32::MAX, 0.0) };

/// A history that can be saved and branched.
#[derive(Debug, Clone)]
pub struct Branch<'m> {
    world: World<'m>,
    kept: Vec<Kept>,
    laws: Vec<Laws>,
    /// The draw that the laws are of.
    of: Option<(u64, u64)>,
    now: f64,
    seed: u64,
    replication: u64,
}

impl<'m> Branch<'m> {
    /// A history of `model` after a warm-up of `warmup` seconds, not begun yet.
    #[must_use]
    pub fn new(model: &'m Model, warmup: f64) -> Self {
        let world = World::new(model, warmup);
        let laws = laws(model, &world.drawn);
        Self { kept: vec![NOTHING; model.clocks.len()], world, laws, of: None, now: 0.0, seed: 0, replication: 0 }
    }

    /// Begins replication `replication` of `seed` with draw `draw` of the uncertain numbers.
    pub fn start(&mut self, seed: u64, replication: u64, draw: u64) {
        self.world.start(seed, replication, draw);
        (self.seed, self.replication, self.now) = (seed, replication, 0.0);
        if !self.world.model.parameters.is_empty() && self.of != Some((seed, draw)) {
            self.laws = laws(self.world.model, &self.world.drawn);
            self.of = Some((seed, draw));
        }
        self.kept.fill(NOTHING);
        for (c, kept) in self.kept.iter_mut().enumerate() {
            let component = &self.world.components[c];
            if let Some((age, ..)) = &self.world.drawn.lives[component.mode as usize] {
                let age = age.quantile(uniform(word(component.stream, 0, AGE)));
                kept.life = (0, age + self.world.events.time(c));
            }
        }
    }

    /// The time of the simulation's clock, seconds; it starts with the warm-up.
    #[must_use]
    pub fn now(&self) -> f64 {
        self.now
    }

    /// The state of the system.
    #[must_use]
    pub fn world(&self) -> &World<'m> {
        &self.world
    }

    /// Goes on until something has failed or been repaired and all that happens at that instant has happened, or until
    /// `end`, or for many events. Returns how many there were.
    pub fn advance(&mut self, end: f64) -> u64 {
        let before = self.world.changes;
        let mut handled = 0;
        loop {
            let (slot, now) = self.world.events.next();
            if (self.world.changes != before && now > self.now) || handled >= PATIENCE {
                return handled;
            }
            if now >= end {
                self.now = end;
                return handled;
            }
            self.world.handle(slot, now);
            self.now = now;
            handled += 1;
        }
    }

    /// Becomes another history as it stands: one of the same replication of the same model.
    pub fn take_up(&mut self, other: &Self) {
        self.world.copy_state(&other.world);
        self.kept.copy_from_slice(&other.kept);
        (self.now, self.seed, self.replication) = (other.now, other.seed, other.replication);
    }

    /// Gives what is pending another future: branch `branch` of this replication, a number never used in it before.
    pub fn branch(&mut self, branch: u64) {
        let salt = base("branch", branch);
        for c in 0..self.kept.len() {
            self.redraw(c, salt);
        }
        self.world.events.rebuild();
    }

    /// Draws again all that is pending for one clock.
    fn redraw(&mut self, c: usize, salt: u64) {
        let now = self.now;
        let world = &mut self.world;
        let component = &mut world.components[c];
        let mode = &world.drawn.modes[component.mode as usize];
        let laws = &self.laws[component.mode as usize];
        let stages = &mut world.stages[c];
        let kept = &mut self.kept[c];
        let (old, n) = (component.stream, component.n);
        let new = Stream::new(world.model.clocks[c].stream ^ salt, self.seed, self.replication);
        component.stream = new;
        let rest = |law: &Option<Law>, sampler: &Sampler, passed: f64, purpose: u64| match law {
            None => NEVER,
            Some(law) => rest(law, sampler, passed, new, u64::from(n), purpose),
        };
        match component.phase {
            Phase::Running | Phase::Paused => {
                component.ahead = mode.repair.draw(word(new, n, REPAIR));
                let strike = component.target == Target::Strike;
                let left = if component.phase == Phase::Running { world.events.time(c) - now } else { component.left };
                let scheduled = matches!(world.model.modes[component.mode as usize].trigger, Trigger::Schedule(_));
                if left == NEVER || scheduled {
                    return;
                }
                let life = if kept.life.0 == n {
                    kept.life.1
                } else {
                    (if strike { &mode.strike } else { &mode.life }).draw(word(old, n, LIFE))
                };
                let passed = (life - left).max(0.0);
                let left = if strike {
                    rest(&laws.strike, &mode.strike, passed, LIFE)
                } else {
                    rest(&laws.life, &mode.life, passed, LIFE)
                };
                kept.life = (n, passed + left);
                if component.phase == Phase::Running {
                    world.events.place(c, now + left);
                } else {
                    component.left = left;
                }
            }
            Phase::Lost => {}
            Phase::Detecting => {
                component.ahead = mode.life.draw(word(new, n + 1, LIFE));
                component.left = mode.repair.draw(word(new, n, REPAIR));
                stages.detected = now + rest(&laws.detection, &mode.detection, now - component.since, DETECTION);
                world.events.place(c, stages.detected);
            }
            Phase::Waiting => {
                component.ahead = mode.life.draw(word(new, n + 1, LIFE));
                component.left = mode.repair.draw(word(new, n, REPAIR));
            }
            Phase::Repairing => {
                component.ahead = mode.life.draw(word(new, n + 1, LIFE));
                if now >= stages.acknowledged {
                    let passed = now - stages.acknowledged;
                    let left = rest(&laws.repair, &mode.repair, passed, REPAIR);
                    component.left = passed + left;
                    world.events.place(c, now + left);
                    return;
                }
                component.left = mode.repair.draw(word(new, n, REPAIR));
                if mode.team == NONE {
                    stages.detected = now + rest(&laws.detection, &mode.detection, now - component.since, DETECTION);
                    stages.acknowledged = stages.detected;
                } else {
                    if kept.called.0 != n {
                        let took = mode.acknowledge.draw(word(old, n, ACKNOWLEDGEMENT));
                        kept.called = (n, stages.acknowledged - took);
                    }
                    let passed = (now - kept.called.1).max(0.0);
                    stages.acknowledged = now + rest(&laws.acknowledge, &mode.acknowledge, passed, ACKNOWLEDGEMENT);
                }
                world.events.place(c, stages.acknowledged + component.left);
            }
        }
    }
}

/// What is left of a time of which `passed` seconds have passed.
///
/// Whole times are drawn until one is longer: the law itself, by the fast sampler, unless it takes too many.
fn rest(law: &Law, sampler: &Sampler, passed: f64, stream: Stream, n: u64, purpose: u64) -> f64 {
    if passed <= 0.0 || matches!(law, Law::Exponential(_)) {
        return sampler.draw(word(stream, n as u32, purpose));
    }
    for attempt in 0..ATTEMPTS {
        // Far from the words of the draws to come.
        let whole = sampler.draw(stream.word(u64::MAX - (n * ATTEMPTS + attempt)));
        if whole > passed {
            return whole - passed;
        }
    }
    law.remaining(passed, word(stream, n as u32, purpose))
}

impl World<'_> {
    /// Whether a service is structurally up.
    #[must_use]
    pub fn is_up(&self, service: usize) -> bool {
        self.services[service].is_up
    }

    /// Takes over the state of another world of the same model and the same draw of its uncertain numbers. What was counted
    /// stays behind.
    fn copy_state(&mut self, other: &Self) {
        // Without `..`, so that nobody adds to the state and forgets it here.
        let Self {
            model: _,
            events,
            drawn,
            components,
            stages,
            services,
            own_up,
            replica_down,
            zone_down,
            teams,
            services_down,
            in_force,
            in_force_clocks,
            changes,
            dirty: _,
            dirty_count: _,
            dirty_from: _,
            gates,
            healthy: _,
            scratch: _,
            flow: _,
            outcome: _,
            observer: (),
            from,
            end,
        } = other;
        self.events.copy_from(events);
        for (mine, theirs) in self.drawn.modes.iter_mut().zip(&drawn.modes) {
            mine.tally = theirs.tally;
        }
        self.components.clone_from(components);
        self.stages.copy_from_slice(stages);
        self.services.clone_from(services);
        self.own_up.copy_from_slice(own_up);
        self.replica_down.copy_from_slice(replica_down);
        self.zone_down.copy_from_slice(zone_down);
        self.teams.clone_from(teams);
        self.services_down = *services_down;
        self.in_force = *in_force;
        self.in_force_clocks = *in_force_clocks;
        self.changes = *changes;
        self.gates.copy_from_slice(gates);
        (self.from, self.end) = (*from, *end);
        for service in &mut self.outcome.services {
            service.lengths.clear();
        }
    }
}

/// The laws of the modes for the draws of the uncertain numbers.
fn laws(model: &Model, drawn: &Drawn) -> Vec<Laws> {
    let law = |timing: &Timing| Some(timing.drawn(&drawn.draws).unwrap_or_else(|| timing.law.clone()));
    let mut all = Vec::with_capacity(model.modes.len());
    for mode in &model.modes {
        let mut laws = Laws {
            life: None,
            strike: None,
            detection: law(&mode.detection),
            repair: mode.repair.as_ref().and_then(law),
            acknowledge: mode.team.and_then(|team| law(&model.teams[team as usize].acknowledge)),
        };
        match &mode.trigger {
            Trigger::Schedule(_) => {}
            Trigger::Sla(sla) => {
                let (availability, outage) = (sla.availability.get(&drawn.draws), sla.outage.get(&drawn.draws));
                laws.repair = Law::exponential(outage).ok();
                laws.life = Law::exponential(outage * availability / (1.0 - availability)).ok();
            }
            Trigger::Life(timing) => {
                let beta = mode.common_cause.map_or(0.0, |beta| beta.get(&drawn.draws));
                let part = |share: f64| law(timing).filter(|_| share > 0.0).map(|law| law.hazard_times(share));
                laws.life = if beta > 0.0 { part(1.0 - beta) } else { law(timing) };
                laws.strike = part(beta);
            }
        }
        all.push(laws);
    }
    all
}
