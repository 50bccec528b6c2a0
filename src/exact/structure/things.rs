//! The things of a model one by one: what each does in the long run, and whether it does so on its own.

use std::collections::BTreeSet;

use super::Steady;
use super::obstacle::Obstacle;
use crate::dist::Law;
use crate::model::{AgesWhile, Effect, Mode, Model, Selection, Thing, Timing, Trigger, Value};

/// Looks at things and remembers what is in the way.
pub(super) struct Things<'m> {
    model: &'m Model,
    obstacles: BTreeSet<Obstacle>,
    /// For each thing whose failures come in step for ever a mode that makes them.
    in_step: Vec<String>,
    /// By team, whether it was looked at.
    looked_at: Vec<bool>,
}

impl<'m> Things<'m> {
    /// Those that a service rests on. Replicas that wait, or come and go, are in the way whatever fails: which of
    /// them count changes.
    pub fn of(model: &'m Model, service: u32) -> Self {
        let support = model.services[service as usize].support.iter().map(|&s| &model.services[s as usize]);
        let rests_on = |s: &u32| model.services[service as usize].support.contains(s);
        let released = model.releases.iter().map(|release| release.service).filter(rests_on);
        let released = released.map(|s| Obstacle::Released(model.services[s as usize].name.clone()));
        let stands_by = support.clone().filter(|s| s.standby.is_some()).map(|s| Obstacle::Standby(s.name.clone()));
        let scaled = support.filter(|s| s.scaling.is_some()).map(|s| Obstacle::Scaled(s.name.clone()));
        let obstacles = stands_by.chain(scaled).chain(released).collect();
        Self { model, obstacles, in_step: Vec::new(), looked_at: vec![false; model.teams.len()] }
    }

    /// All that was found to be in the way.
    pub fn done(mut self) -> Result<(), Vec<Obstacle>> {
        // One may keep its rhythm: the others, which have none, meet it at any point of it.
        if self.in_step.len() > 1 {
            self.obstacles.extend(self.in_step.into_iter().map(Obstacle::Rhythm));
        }
        if self.obstacles.is_empty() { Ok(()) } else { Err(self.obstacles.into_iter().collect()) }
    }

    /// The long run of a thing that these clocks take down, one at a time.
    ///
    /// While it is up, mode i fails once in its mean life; each time it is down for the mean of that mode.
    pub fn long_run(&mut self, clocks: &[u32]) -> Steady {
        let modes: Vec<&'m Mode> =
            clocks.iter().map(|&c| &self.model.modes[self.model.clocks[c as usize].mode as usize]).collect();
        let runs_on = modes.iter().find(|mode| modes.len() > 1 && mode.ages_while == AgesWhile::Always);
        self.obstacles.extend(runs_on.map(|mode| Obstacle::RunsOn(mode.name.clone())));
        let (mut rate, mut down) = (0.0, 0.0);
        for mode in &modes {
            self.independent(mode);
            let Some((life, downtime)) = self.cycle(mode) else { continue };
            if !(life > 0.0 && downtime.is_finite()) {
                self.obstacles.insert(Obstacle::NoMean(mode.name.clone()));
            }
            rate += 1.0 / life;
            down += downtime / life;
        }
        self.in_step.extend(self.steps(&modes).map(|mode| mode.name.clone()));
        let cycle = 1.0 + down;
        Steady { availability: 1.0 / cycle, unavailability: down / cycle, frequency: rate / cycle }
    }

    /// How long a thing lives until the failure of one of its clocks, never to be repaired.
    pub fn life(&mut self, clock: u32) -> Option<Law> {
        let mode = &self.model.modes[self.model.clocks[clock as usize].mode as usize];
        self.independent(mode);
        if mode.is_repairable() {
            self.obstacles.insert(Obstacle::Repaired(mode.name.clone()));
        }
        if mode.age.is_some() || mode.steady {
            self.obstacles.insert(Obstacle::Aged(mode.name.clone()));
        }
        match &mode.trigger {
            Trigger::Life(life) => {
                self.known(mode, life.is_uncertain());
                Some(life.law.clone())
            }
            Trigger::Sla(_) => None,
            Trigger::Schedule(_) | Trigger::Trace(_) => {
                self.obstacles.insert(Obstacle::Scheduled(mode.name.clone()));
                None
            }
        }
    }

    /// Notes what ties the clocks of a mode to other things.
    fn independent(&mut self, mode: &Mode) {
        let name = || mode.name.clone();
        if mode.common_cause.is_some() {
            self.obstacles.insert(Obstacle::CommonCause(name()));
        }
        if mode.load != Value::Known(0.0) {
            self.obstacles.insert(Obstacle::Load(name()));
        }
        if mode.renews.is_some() {
            self.obstacles.insert(Obstacle::Preventive(name()));
        }
        if matches!(mode.ages_while, AgesWhile::ServiceUp(_)) {
            self.obstacles.insert(Obstacle::AgesWhileServiceUp(name()));
        }
    }

    /// The mean life and the mean time down of a mode, in seconds.
    fn cycle(&mut self, mode: &'m Mode) -> Option<(f64, f64)> {
        let name = || mode.name.clone();
        if mode.runbook.is_some() {
            self.obstacles.insert(Obstacle::Runbook(name()));
        } else if mode.repair.is_none() {
            self.obstacles.insert(Obstacle::NeverRepaired(name()));
        }
        if mode.spares.is_some() {
            self.obstacles.insert(Obstacle::Spares(name()));
        }
        if mode.inspection.is_some() {
            self.obstacles.insert(Obstacle::Hidden(name()));
        }
        if let Some(team) = mode.team {
            self.team(team);
        }
        let downtimes = self.downtimes(mode);
        self.known(mode, downtimes.iter().any(|time| time.is_uncertain()));
        match &mode.trigger {
            Trigger::Sla(sla) => {
                let (Value::Known(availability), Value::Known(outage)) = (sla.availability, sla.outage) else {
                    self.known(mode, true);
                    return None;
                };
                Some((outage * availability / (1.0 - availability), outage))
            }
            Trigger::Life(life) => {
                self.known(mode, life.is_uncertain());
                // A life that does not age is as good as new at any time.
                if mode.renewal != Value::Known(1.0) && !matches!(life.law, Law::Exponential(_)) {
                    self.obstacles.insert(Obstacle::AfterRepair(name()));
                }
                Some((life.law.mean(), downtimes.iter().map(|time| time.law.mean()).sum()))
            }
            Trigger::Schedule(_) | Trigger::Trace(_) => {
                self.obstacles.insert(Obstacle::Scheduled(name()));
                None
            }
        }
    }

    /// The mode, if any, for which the failures of a thing come at instants that follow from the start for ever: its lives
    /// have only certain lengths, and so has all that holds the thing down.
    fn steps(&self, modes: &[&'m Mode]) -> Option<&'m Mode> {
        let varies = |mode: &&Mode| {
            matches!(mode.trigger, Trigger::Sla(_)) || self.downtimes(mode).iter().any(|time| !is_discrete(&time.law))
        };
        let steps = |mode: &&&Mode| matches!(&mode.trigger, Trigger::Life(life) if is_discrete(&life.law));
        modes.iter().find(steps).copied().filter(|_| !modes.iter().any(varies))
    }

    /// The stages of being down: detection, acknowledgement, repair.
    fn downtimes(&self, mode: &'m Mode) -> Vec<&'m Timing> {
        let acknowledge = mode.team.map(|team| &self.model.teams[team as usize].acknowledge);
        [Some(&mode.detection), acknowledge, mode.repair.as_ref()].into_iter().flatten().collect()
    }

    fn known(&mut self, mode: &Mode, uncertain: bool) {
        if uncertain {
            self.obstacles.insert(Obstacle::Uncertain(mode.name.clone()));
        }
    }

    /// Notes where somebody may have to wait for a person of a team.
    fn team(&mut self, index: u32) {
        let team = &self.model.teams[index as usize];
        if std::mem::replace(&mut self.looked_at[index as usize], true) {
            return;
        }
        if team.hours.is_some() || matches!(team.selection, Selection::Race(_)) {
            self.obstacles.insert(Obstacle::Hours(team.name.clone()));
        }
        if team.escalation.is_some() {
            self.obstacles.insert(Obstacle::Escalates(team.name.clone()));
        }
        let model = self.model;
        self.obstacles.extend(model.hand_on_to(index).map(|from| Obstacle::Escalates(from.name.clone())));
        let (things, people) = (self.most_at_once(index), team.people.min(team.parallel));
        if things > people {
            self.obstacles.insert(Obstacle::Waits { team: team.name.clone(), people, things });
        }
    }

    /// How many incidents can need a team at the same time, at most.
    fn most_at_once(&self, team: u32) -> u32 {
        let mut most = 0;
        let mut from = 0;
        while let Some(clock) = self.model.clocks.get(from as usize) {
            let siblings = clock.siblings.clone();
            from = siblings.end;
            let mut one_at_a_time = false;
            for clock in &self.model.clocks[siblings.start as usize..siblings.end as usize] {
                let mode = &self.model.modes[clock.mode as usize];
                if mode.team != Some(team) || !mode.is_repairable() || matches!(clock.thing, Thing::Strike(_)) {
                    continue;
                }
                let stops = mode.ages_while == AgesWhile::Up
                    && matches!(mode.effect, Effect::Down)
                    && !matches!(mode.trigger, Trigger::Schedule(_));
                if stops {
                    one_at_a_time = true;
                } else {
                    most += 1;
                }
            }
            most += u32::from(one_at_a_time);
        }
        most
    }
}

/// Whether a law has only certain values, so that sums of its times may come at the same instants for ever.
fn is_discrete(law: &Law) -> bool {
    matches!(law, Law::Constant(_) | Law::Empirical(_)) || law.variance() == 0.0
}
