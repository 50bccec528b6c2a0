//! Teams, the lines in which incidents wait for them, and stocks of spare parts.

use std::collections::BTreeMap;

use super::super::parts::{Code, Kind, MOST_STAGES, Stock, Team};
use super::{Compiler, stages};
use crate::model::Selection;

impl Compiler<'_> {
    /// The people of a team, still without lines.
    pub fn team(&mut self, index: u32) {
        let team = &self.model.teams[index as usize];
        if team.hours.is_some() {
            self.refuse(format!("the team `{}` has hours", team.name));
        }
        if team.escalation.is_some() {
            self.refuse(format!("the team `{}` escalates", team.name));
        }
        let model = self.model;
        for from in model.hand_on_to(index) {
            self.refuse(format!("the team `{}` escalates to `{}`", from.name, team.name));
        }
        if team.parallel < team.people {
            self.refuse(format!("the team `{}` has a limit to incidents", team.name));
        }
        if team.preempts && team.people > 1 {
            self.refuse(format!("the team `{}` preempts and has more than one person", team.name));
        }
        self.parts.teams.push(Team {
            people: team.people,
            selection: team.selection,
            lines: Vec::new(),
            preempts: team.preempts,
        });
    }

    /// The lines in which incidents wait.
    pub fn lines(&mut self) {
        // By team: what tells its lines apart, in the order in which they are served, and the slots of each.
        let mut lines: BTreeMap<(usize, (usize, usize)), Vec<usize>> = BTreeMap::new();
        for slot in 0..self.parts.clocks.len() {
            let Some((clock, mode)) = self.parts.clock(slot) else { continue };
            let Some(team) = mode.team.filter(|_| !clock.strikes && mode.repairable) else { continue };
            let priority = usize::from(self.model.modes[mode.index as usize].priority.clamp(1, 5));
            let place = match &self.parts.things[clock.thing].kind {
                Kind::Replica { service, .. } | Kind::Service(service) => *service as usize,
                Kind::Zones(_) => self.parts.services.len() + clock.thing,
            };
            let line = match self.parts.teams[team].selection {
                Selection::Priority => (priority, 0),
                Selection::Fifo | Selection::Random => (0, 0),
                Selection::Race(_) => (clock.mode, place),
            };
            lines.entry((team, line)).or_default().push(slot);
        }
        for ((team, _), slots) in lines {
            let line = self.parts.lines.len();
            if slots.len() >= MOST_STAGES {
                self.refuse(format!("{} incidents can wait in one line; at most {MOST_STAGES} are followed", slots.len()));
            }
            self.parts.teams[team].lines.push(line);
            self.parts.lines.push(self.parts.teams[team].selection != Selection::Random);
            for slot in slots {
                if let Some(clock) = &mut self.parts.clocks[slot] {
                    clock.line = line;
                }
            }
        }
    }

    /// The stocks of spare parts, whose slots come last.
    pub fn stocks(&mut self) {
        for m in 0..self.parts.modes.len() {
            let mode = &self.model.modes[self.parts.modes[m].index as usize];
            let Some(spares) = &mode.spares else { continue };
            let phases = self.phases(&format!("the lead time of the parts for `{}`", mode.name), &spares.lead_time);
            let (stages, entry) = stages(&phases, 0);
            if entry.is_empty() {
                self.refuse(format!("the parts for `{}` arrive at once", mode.name));
            }
            let stock = Some(self.parts.stocks.len());
            let users = self.parts.clocks.iter_mut().flatten().filter(|clock| clock.mode == m && !clock.strikes);
            users.for_each(|clock| clock.stock = stock);
            let (level, lot) = (Code::try_from(spares.stock), Code::try_from(i64::from(spares.stock) - spares.reorder_at));
            let (Ok(level), Ok(lot)) = (level, lot) else {
                self.refuse(format!("there are too many parts for `{}`", mode.name));
                continue;
            };
            let shelf = self.parts.clocks.len();
            self.parts.clocks.resize(shelf + 1 + stages.len(), None);
            self.parts.stocks.push(Stock { shelf, level, reorder_at: spares.reorder_at, lot, stages, entry });
        }
    }
}
