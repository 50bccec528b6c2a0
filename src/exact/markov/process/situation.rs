//! Who is up in a state.

use super::parts::{ACTIVE, Code, Kind, Parts};
use crate::model::{NONE, UpWhen};

/// What follows from a state: who is up, and who is at work.
#[derive(Debug, Clone, Default)]
pub struct Situation {
    /// `down` failures in force, by zone.
    pub zone_down: Vec<u32>,
    /// `down` failures in force on the thing itself.
    pub down: Vec<u32>,
    /// By service: `down` failures of its own.
    pub own_down: Vec<u32>,
    /// By service: replicas that are up and active.
    pub up: Vec<u32>,
    /// By service that is asked for: it is up.
    pub is_up: Vec<bool>,
    /// By team: people at work.
    pub busy: Vec<u32>,
}

impl Situation {
    /// Looks at a state.
    pub fn look(&mut self, parts: &Parts, state: &[Code]) {
        let fill = |list: &mut Vec<u32>, length: usize| {
            list.clear();
            list.resize(length, 0);
        };
        fill(&mut self.zone_down, parts.zones);
        fill(&mut self.down, parts.things.len());
        fill(&mut self.own_down, parts.services.len());
        fill(&mut self.up, parts.services.len());
        fill(&mut self.busy, parts.teams.len());
        for (t, thing) in parts.things.iter().enumerate() {
            for slot in thing.clocks.clone() {
                let Some((_, mode)) = parts.clock(slot) else { continue };
                if let Some(team) = mode.team.filter(|_| mode.at_work(state[slot])) {
                    self.busy[team] += 1;
                }
                self.down[t] += u32::from(mode.down && mode.failed(state[slot]));
            }
            match &thing.kind {
                Kind::Zones(zones) => zones.iter().for_each(|&zone| self.zone_down[zone as usize] += self.down[t]),
                Kind::Service(service) => self.own_down[*service as usize] += self.down[t],
                Kind::Replica { .. } => {}
            }
        }
        for (t, thing) in parts.things.iter().enumerate() {
            if let Kind::Replica { service, zone } = thing.kind {
                let there = zone == NONE || self.zone_down[zone as usize] == 0;
                let active = thing.role.is_none_or(|role| state[role] == ACTIVE);
                self.up[service as usize] += u32::from(self.down[t] == 0 && there && active);
            }
        }
        self.is_up.clear();
        self.is_up.resize(parts.services.len(), false);
        for &s in &parts.order {
            let service = &parts.services[s as usize];
            self.is_up[s as usize] = self.own_down[s as usize] == 0
                && self.up[s as usize] >= service.needs
                && service.up_when.as_ref().is_none_or(|tree| self.holds(tree))
                && service.depends_on.iter().all(|&callee| self.is_up[callee as usize]);
        }
    }

    fn holds(&self, tree: &UpWhen) -> bool {
        match tree {
            UpWhen::Service(service) => self.is_up[*service as usize],
            UpWhen::AtLeast(least, of) => of.iter().map(|&s| u64::from(self.up[s as usize])).sum::<u64>() >= u64::from(*least),
            UpWhen::Any(parts) => parts.iter().any(|part| self.holds(part)),
            UpWhen::All(parts) => parts.iter().all(|part| self.holds(part)),
        }
    }
}
