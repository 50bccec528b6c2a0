//! How far a service is from its next outage: what must still fail, weighed by how seldom it does.
//!
//! A failure that would be in force a share q of the time counts −log₁₀ q, and the distance is the least sum over all ways
//! to an outage: of series the nearest part, of alternatives their sum, of k out of n as many as are left above n − k, by
//! ones, by zones or by a common cause. Distance 4.2 means that what is missing would be down together with a probability
//! of about 10⁻⁴·². It guides splitting and biases nothing: a poor distance costs time only.

use super::{Observer, World};
use crate::model::{Effect, Mode, Model, Thing, Trigger, UpWhen, Value, medians};

/// Units of distance in one power of ten.
const DECADE: f64 = 100.0;
/// What cannot happen.
const FAR: u32 = 1 << 30;

/// Measures the distance of one service.
#[derive(Debug, Clone)]
pub struct Distance {
    service: usize,
    /// What it rests on and itself, in the order of dependence.
    parts: Vec<Part>,
    weights: Weights,
    /// Distances found, by service.
    found: Vec<u32>,
    /// (replicas lost at once, weight), while it is worked out.
    groups: Vec<(u32, u32)>,
}

/// How much failures weigh.
#[derive(Debug, Clone)]
struct Weights {
    /// Of one replica's failure, and of all at once, by service.
    replica: Vec<u32>,
    strike: Vec<u32>,
    /// Of sets of zones that fail together.
    zones: Vec<(u32, Vec<u32>)>,
}

/// One service on the way.
#[derive(Debug, Clone)]
struct Part {
    service: u32,
    /// Weight of a failure of the service itself.
    own: u32,
    /// Its `up_when` tree, services counted together in the order of the weight of their replicas.
    tree: Option<UpWhen>,
}

impl Distance {
    /// For a service of a model, by its index. Uncertain numbers count with their medians.
    #[must_use]
    pub fn new(model: &Model, service: usize) -> Self {
        let draws = medians(&model.parameters);
        let shares: Vec<Share> = model.modes.iter().map(|mode| Share::new(model, mode, &draws)).collect();
        let weights = |clocks: std::ops::Range<u32>, counts: &dyn Fn(&Thing) -> bool, common: bool| {
            let clocks = clocks.filter(|&c| counts(&model.clocks[c as usize].thing));
            let share = |c: u32| {
                let share = &shares[model.clocks[c as usize].mode as usize];
                if common { share.common } else { share.single }
            };
            weight(1.0 - clocks.map(|c| 1.0 - share(c)).product::<f64>())
        };
        let replica: Vec<u32> = model
            .services
            .iter()
            .map(|service| match model.replicas.get(service.replicas.start as usize) {
                Some(first) if !service.replicas.is_empty() => weights(first.clocks.clone(), &|_| true, false),
                _ => FAR,
            })
            .collect();
        let is_strike = |thing: &Thing| matches!(thing, Thing::Strike(_));
        let is_service = |thing: &Thing| matches!(thing, Thing::Service(_));
        let strike = model.services.iter().map(|service| weights(service.own_clocks.clone(), &is_strike, true)).collect();
        let part = |&u: &u32| Part {
            service: u,
            own: weights(model.services[u as usize].own_clocks.clone(), &is_service, false),
            tree: model.services[u as usize].up_when.as_ref().map(|tree| sorted(tree, &replica)),
        };
        let parts = model.services[service].support.iter().map(part).collect();
        let mut zones: Vec<(u32, Vec<u32>)> = Vec::new();
        for clock in &model.clocks[model.zone_clocks.start as usize..model.zone_clocks.end as usize] {
            if let Thing::Zones(set) = &clock.thing
                && zones.iter().all(|(_, known)| known != set)
            {
                zones.push((weights(clock.siblings.clone(), &|_| true, false), set.clone()));
            }
        }
        zones.retain(|(weight, _)| *weight < FAR);
        let weights = Weights { replica, strike, zones };
        Self { service, parts, weights, found: vec![0; model.services.len()], groups: Vec::new() }
    }

    /// The distance as things stand, in hundredths of a power of ten; 0 while the service is down.
    pub fn of<O: Observer>(&mut self, world: &World<'_, O>) -> u32 {
        if !world.services[self.service].is_up {
            return 0;
        }
        let mut walk = Walk { world, weights: &self.weights, found: &mut self.found, groups: &mut self.groups };
        for part in &self.parts {
            let u = part.service as usize;
            walk.found[u] = if world.services[u].is_up { walk.part(part).max(1) } else { 0 };
        }
        self.found[self.service]
    }

    /// A distance in powers of ten.
    #[must_use]
    pub fn decades(distance: u32) -> f64 {
        f64::from(distance) / DECADE
    }
}

/// Shares of time that the failures of a mode are in force on one thing.
struct Share {
    single: f64,
    common: f64,
}

impl Share {
    fn new(model: &Model, mode: &Mode, draws: &[f64]) -> Self {
        if !matches!(mode.effect, Effect::Down) {
            return Self { single: 0.0, common: 0.0 };
        }
        let mean = |timing: &crate::model::Timing| {
            let law = timing.drawn(draws).unwrap_or_else(|| timing.law.clone());
            let mean = law.mean();
            if mean.is_finite() { mean } else { law.quantile(0.5) }
        };
        let called = mode.team.map_or(0.0, |team| mean(&model.teams[team as usize].acknowledge));
        let repair = mode.repair.as_ref().map_or(model.horizon, mean);
        let hidden = mode.inspection.map_or(0.0, |inspection| inspection.every * (1.0 / inspection.finds.get(draws) - 0.5));
        let down = (mean(&mode.detection) + hidden + called + repair).min(model.horizon);
        let beta = mode.common_cause.map_or(0.0, |beta: Value| beta.get(draws));
        let share = |life: f64| if down > 0.0 { down / (life + down) } else { 0.0 };
        match &mode.trigger {
            Trigger::Sla(sla) => Self { single: 1.0 - sla.availability.get(draws), common: 0.0 },
            Trigger::Life(life) => {
                let life = mean(life);
                Self { single: share(life / (1.0 - beta)), common: share(life / beta) }
            }
            Trigger::Trace(trace) => {
                let broken = trace.events.iter().map(|event| (event.ends - event.begins) * event.share).sum::<f64>();
                Self { single: broken / trace.length(), common: 0.0 }
            }
            Trigger::Schedule(times) => Self { single: share(model.horizon / times.len() as f64), common: 0.0 },
        }
    }
}

/// The weight of a failure that is in force this share of the time.
fn weight(share: f64) -> u32 {
    if share > 0.0 { (-libm::log10(share.min(1.0)) * DECADE).round().clamp(1.0, f64::from(FAR)) as u32 } else { FAR }
}

fn sorted(tree: &UpWhen, replica: &[u32]) -> UpWhen {
    let parts = |parts: &[UpWhen]| parts.iter().map(|part| sorted(part, replica)).collect();
    match tree {
        UpWhen::Service(service) => UpWhen::Service(*service),
        UpWhen::AtLeast(least, of) => {
            let mut of = of.clone();
            of.sort_by_key(|&u| replica[u as usize]);
            UpWhen::AtLeast(*least, of)
        }
        UpWhen::Any(of) => UpWhen::Any(parts(of)),
        UpWhen::All(of) => UpWhen::All(parts(of)),
    }
}

/// A walk through the structure.
struct Walk<'a, 'm, O> {
    world: &'a World<'m, O>,
    weights: &'a Weights,
    found: &'a mut [u32],
    groups: &'a mut Vec<(u32, u32)>,
}

impl<O: Observer> Walk<'_, '_, O> {
    /// The distance of a service that is up, its callees' known.
    fn part(&mut self, part: &Part) -> u32 {
        let service = &self.world.model.services[part.service as usize];
        let state = &self.world.services[part.service as usize];
        let callees = service.depends_on.iter().map(|&callee| self.found[callee as usize]).min();
        let mut least = part.own.min(callees.unwrap_or(FAR));
        if state.needs > 0 {
            least = least.min(self.losing(&[part.service], (self.standing(part.service) + 1).saturating_sub(state.needs)));
        }
        match &part.tree {
            Some(tree) => least.min(self.tree(tree)),
            None => least,
        }
    }

    /// The distance to a tree that no longer holds; 0 for one that does not hold now.
    fn tree(&mut self, tree: &UpWhen) -> u32 {
        match tree {
            UpWhen::Service(service) => self.found[*service as usize],
            UpWhen::Any(of) => of.iter().fold(0, |sum, part| (sum + self.tree(part)).min(FAR)),
            UpWhen::All(of) => of.iter().map(|part| self.tree(part)).min().unwrap_or(FAR),
            UpWhen::AtLeast(least, of) => {
                let standing: u32 = of.iter().map(|&u| self.standing(u)).sum();
                self.losing(of, (standing + 1).saturating_sub(*least))
            }
        }
    }

    /// Replicas of a service that are up, those that wait included.
    fn standing(&self, u: u32) -> u32 {
        let state = &self.world.services[u as usize];
        if !state.standby {
            return state.up;
        }
        let replicas = self.world.model.services[u as usize].replicas.clone();
        replicas.filter(|&replica| self.world.replica_is_up(replica)).count() as u32
    }

    /// The least weight of losing `missing` replicas of services taken together, which stand in the order of their weight.
    fn losing(&mut self, of: &[u32], missing: u32) -> u32 {
        let mut least = self.by_ones(of, missing);
        self.find_groups(of, least);
        let (mut lost, mut sum) = (0, 0);
        for i in 0..self.groups.len() {
            if lost >= missing {
                break;
            }
            let (size, weight) = self.groups[i];
            lost += size;
            sum += weight;
            least = least.min(sum + self.by_ones(of, missing.saturating_sub(lost)));
        }
        least
    }

    /// Losing so many replicas, each alone.
    fn by_ones(&self, of: &[u32], mut missing: u32) -> u32 {
        let mut sum: u32 = 0;
        for &u in of {
            let lost = missing.min(self.standing(u));
            sum = sum.saturating_add(lost.saturating_mul(self.weights.replica[u as usize])).min(FAR);
            missing -= lost;
        }
        if missing > 0 { FAR } else { sum }
    }

    /// What takes several of the replicas at once and weighs less than `most`, the largest first.
    fn find_groups(&mut self, of: &[u32], most: u32) {
        let world = self.world;
        self.groups.clear();
        for &u in of {
            let all = (self.standing(u), self.weights.strike[u as usize]);
            self.groups.push(all);
        }
        for (weight, set) in &self.weights.zones {
            let standing = set.iter().filter(|&&zone| world.zone_down[zone as usize] == 0);
            let there = |&zone: &u32| -> u32 {
                of.iter().map(|&u| world.own_up[u as usize * world.zone_down.len() + zone as usize]).sum()
            };
            self.groups.push((standing.map(there).sum(), *weight));
        }
        self.groups.retain(|&(lost, weight)| lost > 0 && weight < most);
        self.groups.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    }
}
