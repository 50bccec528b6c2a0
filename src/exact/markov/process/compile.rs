//! From a model to the parts of a process, or to the reasons why it is none.

mod crews;

use std::collections::{BTreeMap, BTreeSet};

use super::parts::{Clock, Code, Kind, LIFE, MOST_CLOCKS, MOST_STAGES, Mode, Parts, STRIKE, Service, Stage, Standby, Thing};
use super::relevant::Relevant;
use crate::dist::{Law, Phases};
use crate::model::{self, AgesWhile, Effect, Model, Timing, Trigger, Value, Waiting};

/// Collects the parts, and all that does not fit.
struct Compiler<'m> {
    model: &'m Model,
    relevant: &'m Relevant,
    reasons: BTreeSet<String>,
    parts: Parts,
}

/// The parts of the process of what is relevant.
///
/// # Errors
/// Every reason why it is no Markov process, or none that is supported.
pub fn compile(model: &Model, relevant: &Relevant) -> Result<Parts, Vec<String>> {
    let parts = Parts {
        things: Vec::new(),
        clocks: Vec::new(),
        modes: Vec::new(),
        teams: Vec::new(),
        stocks: Vec::new(),
        lines: Vec::new(),
        services: Vec::new(),
        order: model.order.iter().copied().filter(|&s| relevant.asked[s as usize]).collect(),
        zones: model.zones.len(),
        alike: Vec::new(),
    };
    let mut compiler = Compiler { model, relevant, reasons: BTreeSet::new(), parts };
    let modes = compiler.modes();
    compiler.services();
    compiler.things(&modes);
    compiler.lines();
    compiler.stocks();
    if compiler.reasons.is_empty() { Ok(compiler.parts) } else { Err(compiler.reasons.into_iter().collect()) }
}

impl Compiler<'_> {
    fn refuse(&mut self, reason: String) {
        self.reasons.insert(reason);
    }

    /// A number that is known; a reason where it is not.
    fn known(&mut self, what: &str, value: Value) -> f64 {
        match value {
            Value::Known(value) => value,
            Value::Drawn(_) => {
                self.refuse(format!("{what} is a number that nobody knows exactly"));
                1.0
            }
        }
    }

    /// The stages of a time.
    fn phases(&mut self, what: &str, time: &Timing) -> Phases {
        if time.is_uncertain() {
            self.refuse(format!("{what} holds a number that nobody knows exactly"));
        }
        self.phases_of(what, &time.law)
    }

    fn phases_of(&mut self, what: &str, law: &Law) -> Phases {
        law.phases().unwrap_or_else(|| {
            self.refuse(format!("{what} is not exponential, Erlang or hyperexponential"));
            Phases::default()
        })
    }

    /// Compiles the modes whose clocks matter: their places among those of the process, by the index in the model.
    fn modes(&mut self) -> BTreeMap<u32, usize> {
        let of_clock = |(clock, _): (&model::Clock, &bool)| clock.mode;
        let used: BTreeSet<u32> =
            self.model.clocks.iter().zip(&self.relevant.clocks).filter(|(_, matters)| **matters).map(of_clock).collect();
        let teams: BTreeSet<u32> = used.iter().filter_map(|&mode| self.model.modes[mode as usize].team).collect();
        let teams: BTreeMap<u32, usize> = teams.into_iter().enumerate().map(|(i, team)| (team, i)).collect();
        for &team in teams.keys() {
            self.team(team);
        }
        for &mode in &used {
            self.mode(mode, &teams);
        }
        used.into_iter().enumerate().map(|(i, mode)| (mode, i)).collect()
    }

    fn mode(&mut self, index: u32, teams: &BTreeMap<u32, usize>) {
        let mode = &self.model.modes[index as usize];
        let name = format!("`{}`", mode.name);
        let beta = mode.common_cause.map_or(0.0, |beta| self.known(&format!("the common cause of {name}"), beta));
        let (life, starts_down, sla_repair) = self.trigger(mode, &name);
        self.refuse_what_remembers(mode, &name, life.rates.len() > 1, beta);
        let acknowledge = mode.team.map_or_else(Phases::default, |team| {
            let team = &self.model.teams[team as usize];
            self.phases(&format!("the acknowledgement by `{}`", team.name), &team.acknowledge)
        });
        let repair = match (&sla_repair, &mode.repair) {
            (Some(law), _) => self.phases_of(&name, law),
            (None, Some(repair)) => self.phases(&format!("the repair of {name}"), repair),
            (None, None) => Phases::default(),
        };
        // Of what is never repaired, only those that take over need to know.
        let missed = |(service, relevant): (&model::Service, &bool)| *relevant && service.standby.is_some();
        let detection = if mode.repair.is_some() || self.model.services.iter().zip(&self.relevant.blocks).any(missed) {
            self.phases(&format!("the detection of {name}"), &mode.detection)
        } else {
            Phases::default()
        };
        if life.entry.is_empty() && self.reasons.is_empty() {
            self.refuse(format!("the time to failure of {name} is 0"));
        }
        let share = |share: f64| Phases { rates: life.rates.iter().map(|rate| rate * share).collect(), ..life.clone() };
        let strike = if beta > 0.0 { share(beta) } else { Phases::default() };
        let load = self.known(&format!("the load of {name}"), mode.load);
        let mut compiled = Mode {
            index,
            stages: Vec::new(),
            begins: [0; 6],
            entries: Default::default(),
            down: matches!(mode.effect, Effect::Down),
            repairable: mode.is_repairable(),
            team: mode.team.map(|team| teams[&team]),
            ages_while: mode.ages_while,
            load,
            starts_down,
        };
        for (part, phases) in [share(1.0 - beta), strike, detection, acknowledge, repair].iter().enumerate() {
            let (stages, entry) = stages(phases, compiled.stages.len() as Code);
            compiled.stages.extend(stages);
            compiled.entries[part] = entry;
            compiled.begins[part + 1] = compiled.stages.len().min(MOST_STAGES) as Code;
        }
        if compiled.stages.len() >= MOST_STAGES {
            self.refuse(format!("{name} has {} stages; at most {MOST_STAGES} are followed", compiled.stages.len()));
        }
        self.parts.modes.push(compiled);
    }

    /// What sets a mode off: its life, the probability to be in force at the start, and the repair if an SLA tells it.
    fn trigger(&mut self, mode: &model::Mode, name: &str) -> (Phases, f64, Option<Law>) {
        match &mode.trigger {
            Trigger::Life(life) => (self.phases(&format!("the time to failure of {name}"), life), 0.0, None),
            Trigger::Sla(sla) => {
                let up = self.known(&format!("the availability of {name}"), sla.availability);
                let outage = self.known(&format!("the mean outage of {name}"), sla.outage);
                let life = Law::exponential(outage * up / (1.0 - up)).ok().and_then(|law| law.phases());
                (life.unwrap_or_default(), 1.0 - up, Law::exponential(outage).ok())
            }
            Trigger::Schedule(_) => {
                self.refuse(format!("{name} comes by a schedule"));
                (Phases::default(), 0.0, None)
            }
            Trigger::Trace(_) => {
                self.refuse(format!("{name} is played back from a record"));
                (Phases::default(), 0.0, None)
            }
        }
    }

    /// Refuses what a chain of stages cannot follow. `memory`: the time to failure has more than one stage.
    fn refuse_what_remembers(&mut self, mode: &model::Mode, name: &str, memory: bool, beta: f64) {
        let not_exponential = "and its time to failure is not exponential";
        if memory && beta > 0.0 {
            self.refuse(format!("{name} has a common cause, {not_exponential}"));
        }
        if memory && mode.renewal != Value::Known(1.0) {
            self.refuse(format!("{name} stays old after a repair, {not_exponential}"));
        }
        if memory && mode.age.is_some() {
            self.refuse(format!("{name} starts old, {not_exponential}"));
        }
        if mode.runbook.is_some() {
            self.refuse(format!("{name} is repaired by a runbook"));
        }
        if mode.inspection.is_some() {
            self.refuse(format!("{name} is hidden until an inspection"));
        }
        if mode.renews.is_some() {
            self.refuse(format!("{name} is a replacement before the failure"));
        }
    }

    fn services(&mut self) {
        for (s, service) in self.model.services.iter().enumerate() {
            let relevant = self.relevant.blocks[self.parts.services.len()];
            if relevant && self.model.releases.iter().any(|release| release.service == s as u32) {
                self.refuse(format!("new versions of `{}` are released", service.name));
            }
            if relevant && service.scaling.is_some() {
                self.refuse(format!("the number of replicas of `{}` follows its load", service.name));
            }
            let standby = service.standby.as_ref().filter(|_| relevant).map(|standby| {
                let name = &service.name;
                if standby.test.is_some() {
                    self.refuse(format!("the standby of `{name}` is tested"));
                }
                let phases = self.phases(&format!("the switch of `{name}`"), &standby.switch_time);
                let (stages, entry) = stages(&phases, 0);
                Standby {
                    rate: match standby.ages {
                        Waiting::Hot => 1.0,
                        Waiting::Warm(rate) => self.known(&format!("the rate of the standby of `{name}`"), rate),
                        Waiting::Cold => 0.0,
                    },
                    stages,
                    entry,
                    works: self.known(&format!("the switch of `{name}`"), standby.switch_works),
                    failback: standby.failback,
                }
            });
            let waiting = service.standby.as_ref().map_or(0, |standby| standby.waiting);
            self.parts.services.push(Service {
                replicas: Vec::new(),
                needs: service.needs,
                up_when: service.up_when.clone(),
                depends_on: service.depends_on.clone(),
                active: service.present().len() as u32 - waiting,
                standby,
            });
        }
    }

    fn things(&mut self, modes: &BTreeMap<u32, usize>) {
        for s in 0..self.model.services.len() {
            if self.relevant.blocks[s] {
                self.replicas(s, modes);
            }
        }
        for s in 0..self.model.services.len() {
            let clocks = self.model.services[s].own_clocks.clone();
            self.push(Kind::Service(s as u32), clocks, modes, false);
        }
        let mut zones: BTreeMap<u32, &model::Clock> = BTreeMap::new();
        for clock in self.model.zone_clocks.clone() {
            zones.entry(self.model.clocks[clock as usize].siblings.start).or_insert(&self.model.clocks[clock as usize]);
        }
        for clock in zones.into_values() {
            if let model::Thing::Zones(zones) = &clock.thing {
                self.push(Kind::Zones(zones.clone()), clock.siblings.clone(), modes, false);
            }
        }
    }

    /// The replicas of a service: those that nothing tells apart side by side.
    fn replicas(&mut self, s: usize, modes: &BTreeMap<u32, usize>) {
        let service = &self.model.services[s];
        let zone = |replica: u32| self.model.replicas[replica as usize].zone;
        let failback = service.standby.as_ref().is_some_and(|standby| standby.failback);
        let primaries = service.replicas.start + self.parts.services[s].active;
        // Alike are those in one zone; where a replica takes back its place, also those that have one.
        let mut groups: BTreeMap<(bool, u32), Vec<u32>> = BTreeMap::new();
        for replica in service.present() {
            groups.entry((failback && replica >= primaries, zone(replica))).or_default().push(replica);
        }
        let zones: BTreeSet<u32> = service.present().map(zone).collect();
        let clocks = || service.replica_clocks.clone().filter(|&clock| self.relevant.clocks[clock as usize]);
        let mode = |clock: u32| &self.parts.modes[modes[&self.model.clocks[clock as usize].mode]];
        let strikes_people = clocks().any(|clock| {
            let shared = |mode: &Mode| mode.team.is_some() || self.model.modes[mode.index as usize].spares.is_some();
            !mode(clock).entries[STRIKE].is_empty() && shared(mode(clock))
        });
        // Where the order of the replicas decides, it must not matter which of those that are up comes first.
        let ordered = service.standby.is_some() || strikes_people;
        let up_in_one_way = clocks().all(|clock| mode(clock).down && mode(clock).begins[LIFE + 1] == 1);
        if service.standby.as_ref().is_some_and(|standby| matches!(standby.ages, Waiting::Warm(_)))
            && clocks().any(|clock| mode(clock).begins[LIFE + 1] > 1)
        {
            let reason = format!("a warm standby of `{}` has a time to failure that is not exponential", service.name);
            self.reasons.insert(reason);
        }
        if service.standby.is_some() && clocks().any(|clock| mode(clock).load != 0.0) {
            let hit = |&clock: &u32| matches!(&self.model.clocks[clock as usize].thing, model::Thing::Zones(of) if service.stands_in(self.model, of));
            let follows = clocks().any(|clock| mode(clock).load != 0.0 && mode(clock).ages_while != AgesWhile::Up);
            if follows || self.model.zone_clocks.clone().any(|clock| hit(&clock)) {
                let reason = format!(
                    "the replicas of `{}` share a load and wait, and more than their own failures stop them",
                    service.name
                );
                self.reasons.insert(reason);
            }
        }
        if ordered && (zones.len() > 1 || !up_in_one_way) {
            groups = service.present().map(|replica| ((false, replica), vec![replica])).collect();
        }
        for group in groups.into_values() {
            let first = self.parts.things.len();
            for &replica in &group {
                let kind = Kind::Replica { service: s as u32, zone: zone(replica) };
                let clocks = self.model.replicas[replica as usize].clocks.clone();
                if service.standby.is_some() && clocks.len() >= MOST_CLOCKS {
                    self.refuse(format!("a replica of `{}` has {} failure modes", service.name, clocks.len()));
                }
                self.push(kind, clocks, modes, service.standby.is_some());
            }
            let things = first..self.parts.things.len();
            self.parts.services[s].replicas.extend(things.clone());
            if things.len() > 1 && !self.parts.things[first].slots().is_empty() {
                self.parts.alike.push(things);
            }
        }
    }

    /// Adds a thing with those of its clocks that matter; one of a replica also without any.
    fn push(&mut self, kind: Kind, clocks: std::ops::Range<u32>, modes: &BTreeMap<u32, usize>, role: bool) {
        let matter: Vec<u32> = clocks.filter(|&clock| self.relevant.clocks[clock as usize]).collect();
        if matter.is_empty() && !matches!(kind, Kind::Replica { .. }) {
            return;
        }
        let first = self.parts.clocks.len();
        for clock in matter {
            let clock = &self.model.clocks[clock as usize];
            self.parts.clocks.push(Some(Clock {
                mode: modes[&clock.mode],
                thing: self.parts.things.len(),
                strikes: matches!(clock.thing, model::Thing::Strike(_)),
                line: usize::MAX,
                stock: None,
            }));
        }
        let clocks = first..self.parts.clocks.len();
        let role = role.then(|| {
            self.parts.clocks.push(None);
            clocks.end
        });
        self.parts.things.push(Thing { kind, clocks, role });
    }
}

/// Phases as stages numbered from `first`, and how they are entered.
fn stages(phases: &Phases, first: Code) -> (Vec<Stage>, Vec<(f64, Code)>) {
    let count = phases.rates.len();
    let stage = |(i, &rate): (usize, &f64)| Stage {
        rate,
        next: (phases.in_sequence && i + 1 < count).then(|| first.saturating_add(i as Code + 1)),
    };
    let entry = phases.entry.iter().map(|&(p, i)| (p, first.saturating_add(i as Code))).collect();
    (phases.rates.iter().enumerate().map(stage).collect(), entry)
}
