//! What the state of some services follows from: everything else is left out of the chain.

use crate::model::{AgesWhile, Effect, Model, Thing};

/// Clocks and services that matter.
#[derive(Debug, Clone)]
pub struct Relevant {
    /// By clock.
    pub clocks: Vec<bool>,
    /// By service: whether it is up is asked for.
    pub asked: Vec<bool>,
    /// By service: its replicas matter.
    pub blocks: Vec<bool>,
}

/// All that has a part in whether `services` are up: what they rest on, the zones they stand in, whoever competes for the
/// same people and parts, and what that follows from in turn.
///
/// A failure that takes nothing down and needs nobody matters to nothing.
pub fn relevant(model: &Model, services: &[u32]) -> Relevant {
    let mut found = Search {
        model,
        relevant: Relevant {
            clocks: vec![false; model.clocks.len()],
            asked: vec![false; model.services.len()],
            blocks: vec![false; model.services.len()],
        },
        todo: Vec::new(),
    };
    for &service in services {
        found.ask(service);
    }
    while let Some(clock) = found.todo.pop() {
        found.follow(clock);
    }
    found.relevant
}

struct Search<'m> {
    model: &'m Model,
    relevant: Relevant,
    todo: Vec<u32>,
}

impl Search<'_> {
    fn ask(&mut self, service: u32) {
        for &source in &self.model.services[service as usize].support {
            if !std::mem::replace(&mut self.relevant.asked[source as usize], true) {
                self.block(source);
                self.zones(source);
            }
        }
    }

    /// The clocks of a service and its replicas.
    fn block(&mut self, service: u32) {
        if std::mem::replace(&mut self.relevant.blocks[service as usize], true) {
            return;
        }
        let block = &self.model.services[service as usize];
        let clocks: Vec<u32> = block.replica_clocks.clone().chain(block.own_clocks.clone()).collect();
        for &clock in &clocks {
            self.add(clock);
        }
        // Where replicas are counted, those whose zone is down are not.
        let counted = |&clock: &u32| {
            let mode = &self.model.modes[self.model.clocks[clock as usize].mode as usize];
            mode.common_cause.is_some() || mode.load != crate::model::Value::Known(0.0)
        };
        if block.standby.is_some() || clocks.iter().any(counted) {
            self.zones(service);
        }
    }

    fn zones(&mut self, service: u32) {
        for clock in self.model.zone_clocks.clone() {
            if let Thing::Zones(zones) = &self.model.clocks[clock as usize].thing
                && self.model.services[service as usize].stands_in(self.model, zones)
            {
                self.add(clock);
            }
        }
    }

    fn add(&mut self, clock: u32) {
        let mode = &self.model.modes[self.model.clocks[clock as usize].mode as usize];
        let matters = matches!(mode.effect, Effect::Down) || mode.team.is_some() || mode.spares.is_some();
        if matters && !std::mem::replace(&mut self.relevant.clocks[clock as usize], true) {
            self.todo.push(clock);
        }
    }

    fn follow(&mut self, clock: u32) {
        let clock = &self.model.clocks[clock as usize];
        match clock.thing {
            Thing::Replica(replica) => self.block(self.model.replicas[replica as usize].service),
            Thing::Service(service) | Thing::Strike(service) => self.block(service),
            Thing::Zones(_) => clock.siblings.clone().for_each(|sibling| self.add(sibling)),
        }
        let mode = &self.model.modes[clock.mode as usize];
        if let AgesWhile::ServiceUp(service) = mode.ages_while {
            self.ask(service);
        }
        for other in 0..self.model.clocks.len() as u32 {
            let index = self.model.clocks[other as usize].mode;
            let same_team = mode.team.is_some() && self.model.modes[index as usize].team == mode.team;
            if same_team || (mode.spares.is_some() && index == clock.mode) {
                self.add(other);
            }
        }
    }
}
