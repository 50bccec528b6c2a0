//! Histories that branch: a [`World`] that can be saved, taken up again, and given another future.
//!
//! A history that is taken up again would repeat what it did, since its random streams are functions of what it is called.
//! So a branch has streams of its own, and lives, detections, calls and repairs under way are drawn again from their laws,
//! given what has passed of them: then branches of one history are independent given all that an onlooker knows at that
//! instant. What is known beforehand stays as it is: calendars, recorded failures, times of fixed length. So do a few things
//! that are bound to others or that people may interrupt: finds of inspections and tests, switches of a standby with the
//! detections that they wait for, deliveries of parts, and work that may be preempted. Branches share those, which makes them
//! less independent and no estimate wrong: what stays is as likely in each branch as it was before.

mod redraw;

use super::clock::age_at_start;
use super::{Drawn, World};
use crate::dist::Law;
use crate::kernel::System;
use crate::model::{Mode, Model, Timing, Trigger};
use crate::random::base;

/// Events between two looks of the caller, at most.
const PATIENCE: u64 = 1 << 16;

/// The laws of a mode's times, where the fast path has samplers only.
#[derive(Debug, Clone)]
struct Laws {
    detection: Law,
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
            if let Some(age) = age_at_start(self.world.model, &self.world.drawn, c, seed, replication) {
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
        let World { model, teams, stocks, standbys, .. } = &mut self.world;
        for rules in teams.iter_mut().filter_map(|team| team.rules.as_mut()) {
            rules.branch(salt, self.seed, self.replication);
        }
        for stock in stocks {
            stock.draws.branch(salt, self.seed, self.replication);
        }
        standbys.branch(model, salt, self.seed, self.replication);
        self.world.events.rebuild();
    }
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
            exposures,
            replaces: _,
            stages,
            services,
            own_up,
            replica_down,
            zone_down,
            teams,
            cases,
            kinds: _,
            links,
            stocks,
            errands: _,
            services_down,
            in_force,
            in_force_clocks,
            changes,
            effects,
            counted: _,
            dirty: _,
            dirty_count: _,
            dirty_from: _,
            gates,
            healthy: _,
            victims: _,
            scratch: _,
            flow: _,
            standbys,
            scalings,
            releases,
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
        self.exposures.copy_from_slice(exposures);
        self.cases.copy_from_slice(cases);
        self.links.clone_from(links);
        self.stocks.clone_from(stocks);
        self.standbys.clone_from(standbys);
        self.scalings.clone_from(scalings);
        self.releases.clone_from(releases);
        self.services_down = *services_down;
        self.in_force = *in_force;
        self.in_force_clocks = *in_force_clocks;
        self.changes = *changes;
        self.effects = *effects;
        self.gates.copy_from_slice(gates);
        (self.from, self.end) = (*from, *end);
        for service in &mut self.outcome.services {
            service.lengths.clear();
        }
    }
}

/// The laws of the modes for the draws of the uncertain numbers.
fn laws(model: &Model, drawn: &Drawn) -> Vec<Laws> {
    let law = |timing: &Timing| timing.drawn(&drawn.draws).unwrap_or_else(|| timing.law.clone());
    let of = |mode: &Mode| Laws {
        detection: law(&mode.detection),
        repair: match &mode.trigger {
            Trigger::Sla(sla) => Law::exponential(sla.outage.get(&drawn.draws)).ok(),
            _ => mode.repair.as_ref().map(law),
        },
        acknowledge: mode.team.map(|team| law(&model.teams[team as usize].acknowledge)),
    };
    model.modes.iter().map(of).collect()
}
