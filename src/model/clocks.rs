//! Failure modes and their clocks: one for each thing that a mode can hit.

use super::compile::Compiler;
use super::timing::Timing;
use super::uncertain::Spread;
use super::{AgesWhile, Clock, Effect, Mode, Replica, Service, Sla, Thing, Trigger, Value, mode, release, upkeep};
use crate::dist::Law;
use crate::scenario::{Failure, Hits};

/// Most clocks of a model; each takes about 150 bytes for every thread.
const MOST_CLOCKS: usize = 2_000_000;

/// Collects modes and what they hit, then lays out the clocks.
#[derive(Default)]
pub struct Builder {
    /// The modes found so far.
    pub modes: Vec<Mode>,
    /// Their clocks, once laid out.
    pub clocks: Vec<Clock>,
    /// Clocks of zones, by their index in `clocks`.
    pub zone_clocks: std::ops::Range<u32>,
    scopes: Vec<Scope>,
}

/// What a mode can hit.
#[derive(Clone)]
enum Scope {
    /// Every replica of these services.
    Replicas(Vec<u32>),
    Services(Vec<u32>),
    /// Sets of zones that fail together.
    Zones(Vec<Vec<u32>>),
}

impl Builder {
    /// A mode for each dependency that is known by its SLA alone.
    pub fn externals(&mut self, compiler: &mut Compiler) {
        let scenario = compiler.scenario;
        for (s, (name, service)) in scenario.services.iter().enumerate() {
            let Some(external) = &service.external else { continue };
            let path = format!("services.{name}.external");
            let availability =
                compiler.parameters.value(&format!("{path}.availability"), Spread::LogitNormal, &external.availability, |f| f.0);
            let outage = compiler.parameters.value(&format!("{path}.outage"), Spread::Lognormal, &external.outage, |t| t.0);
            if availability == Value::Known(1.0) {
                continue;
            }
            let Some(zero) = zero(compiler) else { continue };
            self.modes.push(Mode {
                name: format!("{name} (external)"),
                trigger: Trigger::Sla(Sla { availability, outage }),
                effect: Effect::Down,
                detection: zero.clone(),
                repair: Some(zero),
                runbook: None,
                team: None,
                priority: 2,
                common_cause: None,
                ages_while: AgesWhile::Up,
                age: None,
                steady: false,
                planned: false,
                renewal: Value::Known(1.0),
                load: Value::Known(0.0),
                spares: None,
                inspection: None,
                renews: None,
                cost: Value::Known(0.0),
            });
            self.scopes.push(Scope::Services(vec![s as u32]));
        }
    }

    /// The failure modes as written.
    pub fn modes(&mut self, compiler: &mut Compiler, services: &[Service]) {
        let scenario = compiler.scenario;
        for (name, failure) in &scenario.failures {
            let path = format!("failures.{name}");
            let scope = scope(compiler, &path, failure, services);
            if let (Some(scope), Some(mode)) = (scope, mode::compile(compiler, &path, name, failure)) {
                let upkeep = upkeep::upkeep(compiler, &path, &mode, self.modes.len() as u32, failure);
                for mode in std::iter::once(mode).chain(upkeep.unwrap_or_default()) {
                    self.modes.push(mode);
                    self.scopes.push(scope.clone());
                }
            }
        }
    }

    /// What releases set off.
    pub fn releases(&mut self, compiler: &mut Compiler) {
        let scenario = compiler.scenario;
        for (s, (name, service)) in scenario.services.iter().enumerate() {
            let Some(releases) = &service.releases else { continue };
            for (whole, mode) in release::modes(compiler, name, releases) {
                self.modes.push(mode);
                self.scopes.push(if whole { Scope::Services(vec![s as u32]) } else { Scope::Replicas(vec![s as u32]) });
            }
        }
    }

    /// Lays out the clocks: those of a thing side by side, replicas first, then services, then zones.
    pub fn clocks(&mut self, compiler: &mut Compiler, services: &mut [Service], replicas: &mut [Replica]) {
        let hit = |scope: &Scope| match scope {
            Scope::Replicas(of) => of.iter().map(|&s| services[s as usize].replicas.len()).sum(),
            Scope::Services(of) => of.len(),
            Scope::Zones(sets) => sets.len(),
        };
        let total: usize = self.scopes.iter().map(hit).sum();
        if total > MOST_CLOCKS {
            compiler.wrong(
                "services",
                format!("{total} pairs of a failure mode and what it hits; at most {MOST_CLOCKS} are simulated"),
            );
            return;
        }
        for s in 0..services.len() as u32 {
            let from = self.clocks.len() as u32;
            let hits: Vec<u32> = self.hitting(|scope| matches!(scope, Scope::Replicas(of) if of.contains(&s)));
            for replica in services[s as usize].replicas.clone() {
                let index = replica - services[s as usize].replicas.start;
                let label = format!("{}/{index}", services[s as usize].name);
                let things = hits.iter().map(|&mode| (mode, Thing::Replica(replica))).collect();
                replicas[replica as usize].clocks = self.push(things, &label);
            }
            services[s as usize].replica_clocks = from..self.clocks.len() as u32;
        }
        for s in 0..services.len() as u32 {
            let strikes = self.hitting(|scope| matches!(scope, Scope::Replicas(of) if of.contains(&s)));
            let mut things: Vec<(u32, Thing)> = strikes
                .into_iter()
                .filter(|&mode| self.modes[mode as usize].strikes())
                .map(|mode| (mode, Thing::Strike(s)))
                .collect();
            let own = self.hitting(|scope| matches!(scope, Scope::Services(of) if of.contains(&s)));
            things.extend(own.into_iter().map(|mode| (mode, Thing::Service(s))));
            let label = services[s as usize].name.clone();
            services[s as usize].own_clocks = self.push(things, &label);
        }
        let mut sets: Vec<Vec<u32>> = self
            .scopes
            .iter()
            .filter_map(|scope| if let Scope::Zones(sets) = scope { Some(sets) } else { None })
            .flatten()
            .cloned()
            .collect();
        sets.sort();
        sets.dedup();
        let first_zone = self.clocks.len() as u32;
        for set in sets {
            let modes = self.hitting(|scope| matches!(scope, Scope::Zones(sets) if sets.contains(&set)));
            let names: Vec<&str> = compiler.zones.iter().filter(|(_, zone)| set.contains(zone)).map(|(name, _)| *name).collect();
            let label = format!("zones/{}", {
                let mut names = names;
                names.sort_unstable();
                names.join("+")
            });
            self.push(modes.into_iter().map(|mode| (mode, Thing::Zones(set.clone()))).collect(), &label);
        }
        self.zone_clocks = first_zone..self.clocks.len() as u32;
        for (c, clock) in self.clocks.iter().enumerate() {
            if let AgesWhile::ServiceUp(service) = self.modes[clock.mode as usize].ages_while {
                services[service as usize].ageing_with.push(c as u32);
            }
        }
    }

    fn hitting(&self, picks: impl Fn(&Scope) -> bool) -> Vec<u32> {
        (0..self.modes.len()).filter(|&mode| picks(&self.scopes[mode])).map(|mode| mode as u32).collect()
    }

    /// Adds the clocks of one thing.
    fn push(&mut self, things: Vec<(u32, Thing)>, label: &str) -> std::ops::Range<u32> {
        let from = self.clocks.len() as u32;
        let siblings = from..from + things.len() as u32;
        for (mode, thing) in things {
            let kind = if matches!(thing, Thing::Strike(_)) { "strike" } else { "" };
            let stream = crate::random::base(&format!("{label}/{}/{kind}", self.modes[mode as usize].name), 0);
            self.clocks.push(Clock { mode, thing, siblings: siblings.clone(), stream });
        }
        siblings
    }

    /// For each service, whether some failure takes it, or one of its replicas, down.
    pub fn services_hurt(&self, services: &[Service], replicas: &[Replica]) -> Vec<bool> {
        let down: Vec<&Scope> = self
            .scopes
            .iter()
            .zip(&self.modes)
            .filter(|(_, mode)| matches!(mode.effect, Effect::Down))
            .map(|(scope, _)| scope)
            .collect();
        let stands_in = |service: &Service, zone: u32| service.replicas.clone().any(|r| replicas[r as usize].zone == zone);
        let hurt = |s: u32| {
            let service = &services[s as usize];
            // Replicas matter where the service needs some of its own, or where another counts them.
            let matter = service.needs > 0 || !service.counted_by.is_empty();
            down.iter().any(|scope| match scope {
                Scope::Services(of) => of.contains(&s),
                Scope::Replicas(of) => matter && of.contains(&s),
                Scope::Zones(sets) => matter && sets.iter().flatten().any(|&zone| stands_in(service, zone)),
            })
        };
        (0..services.len() as u32).map(hurt).collect()
    }
}

fn zero(compiler: &mut Compiler) -> Option<Timing> {
    let law = Law::constant(0.0).map_err(|message| compiler.wrong("services", message)).ok()?;
    Some(Timing::fixed(law, &mut compiler.tables))
}

fn scope(compiler: &mut Compiler, path: &str, failure: &Failure, services: &[Service]) -> Option<Scope> {
    let of_path = format!("{path}.of");
    match failure.hits {
        Hits::Replica | Hits::Service if failure.of.is_empty() => {
            let replicas = failure.hits == Hits::Replica;
            let externals: Vec<bool> = compiler.scenario.services.values().map(|service| service.external.is_some()).collect();
            let all = (0..services.len()).filter(|&s| if replicas { !services[s].replicas.is_empty() } else { !externals[s] });
            let all = all.map(|s| s as u32).collect();
            Some(if replicas { Scope::Replicas(all) } else { Scope::Services(all) })
        }
        Hits::Replica | Hits::Service => {
            let mut of: Vec<u32> = failure.of.iter().filter_map(|name| compiler.service(&of_path, name)).collect();
            of.sort_unstable();
            of.dedup();
            Some(if failure.hits == Hits::Replica { Scope::Replicas(of) } else { Scope::Services(of) })
        }
        Hits::Zone if failure.of.is_empty() => {
            Some(Scope::Zones((0..compiler.zones.len() as u32).map(|zone| vec![zone]).collect()))
        }
        Hits::Zone => Some(Scope::Zones(compiler.zones_of(&of_path, &failure.of).into_iter().map(|zone| vec![zone]).collect())),
        Hits::Region => {
            let scenario = compiler.scenario;
            let names: Vec<&String> =
                if failure.of.is_empty() { scenario.regions.keys().collect() } else { failure.of.iter().collect() };
            Some(Scope::Zones(names.into_iter().map(|name| compiler.zones_of(&of_path, std::slice::from_ref(name))).collect()))
        }
        Hits::Host | Hits::Call => {
            compiler.wrong(format!("{path}.hits"), "not simulated yet: this kind of hit");
            None
        }
    }
}
