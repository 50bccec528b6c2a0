//! What may be changed, and between which bounds.

use crate::model::Model;
use crate::scenario::Scenario;
use crate::sim::Drawn;

/// Targets of utilization that are tried, the dearest first.
const TARGETS: [f64; 8] = [0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8];
/// At most so many times the replicas that there are, and so many more.
const TIMES: u32 = 2;
const MORE: u32 = 2;

/// What is chosen for one service.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// How many replicas; `None` where they follow the load.
    pub replicas: Option<u32>,
    /// On which kind of machine; `None` where it names none.
    pub instance: Option<String>,
    /// Of how many the reserved price is paid.
    pub reserved: u32,
    /// At which utilization they are scaled.
    pub target: Option<f64>,
    /// Over all zones, where it stands in none as written.
    pub spread: bool,
}

/// What may be changed of one service.
#[derive(Debug, Clone)]
pub struct Knobs {
    /// Its name.
    pub service: String,
    /// As it is.
    pub now: Choice,
    /// Fewest and most replicas that are tried.
    pub replicas: (u32, u32),
    /// Why not fewer.
    pub why: String,
    /// Kinds of machines that are tried: name, speed times concurrency against the present one, whether it can be reserved.
    pub instances: Vec<(String, f64, bool)>,
    /// It could stand in all zones and stands in none.
    pub may_spread: bool,
}

impl Knobs {
    /// Of every service that costs anything.
    #[must_use]
    pub fn all(scenario: &Scenario, model: &Model) -> Vec<Self> {
        let drawn = Drawn::new(model);
        let of = |(s, (name, written)): (usize, (&String, &crate::scenario::Service))| {
            let compiled = &model.services[s];
            let priced = written.cost.is_some() || written.instance.is_some();
            if !priced || written.external.is_some() || compiled.replicas.is_empty() {
                return None;
            }
            let waiting = compiled.standby.as_ref().map_or(0, |standby| standby.waiting);
            let mean = |(curve, visits): (&crate::model::Curve, &f64)| visits * curve.total(&model.demand, model.horizon);
            let demand: f64 = drawn.curves.iter().zip(&compiled.visits).map(mean).sum::<f64>() / model.horizon;
            let offered = (demand / drawn.carry[s].capacity).ceil() as u32;
            let structural = compiled.needs + waiting;
            let count = compiled.replicas.len() as u32;
            let fewest = structural.max(offered + waiting).max(1);
            let why = if offered + waiting > structural {
                format!("the mean demand keeps {offered} of the present kind busy")
            } else {
                format!("it needs {structural}, those that wait included")
            };
            let kind = |name: &String| scenario.instances.get(name);
            let power = |name: &String| {
                let concurrency = if written.concurrency.is_some() || written.capacity.is_some() {
                    1.0
                } else {
                    f64::from(kind(name).and_then(|kind| kind.concurrency).unwrap_or(1))
                };
                concurrency * kind(name).and_then(|kind| kind.speed).unwrap_or(1.0)
            };
            let alike = |name: &String| {
                let own = written.instance.as_ref().and_then(kind).and_then(|kind| kind.concurrency);
                written.capacity.is_none() || kind(name).and_then(|kind| kind.concurrency) == own
            };
            let others = scenario.instances.keys().filter(|name| written.cost.is_none() && alike(name));
            let others = others.filter(|name| kind(name).is_some_and(|kind| kind.price.is_some()));
            let instances = written.instance.as_ref().map_or(Vec::new(), |own| {
                let names = std::iter::once(own).chain(others.filter(|name| *name != own));
                names
                    .map(|name| (name.clone(), power(name) / power(own), kind(name).is_some_and(|kind| kind.reserved.is_some())))
                    .collect()
            });
            let target = written.autoscale.as_ref().map(|autoscale| autoscale.target.0);
            Some(Self {
                service: name.clone(),
                now: Choice {
                    replicas: target.is_none().then_some(count),
                    instance: written.instance.clone(),
                    reserved: written.reserved.unwrap_or(0),
                    target,
                    spread: false,
                },
                replicas: (fewest, (count * TIMES).max(count + MORE).max(fewest)),
                why,
                instances,
                may_spread: written.spread.is_none() && model.zones.len() > 1 && count > 1,
            })
        };
        scenario.services.iter().enumerate().filter_map(of).collect()
    }

    /// The most of everything.
    #[must_use]
    pub fn most(&self) -> Choice {
        let replicas = self.now.replicas.map(|_| self.replicas.1);
        Choice { replicas, target: self.now.target.map(|target| target.min(TARGETS[0])), ..self.now.clone() }
    }

    /// The choice at hand on each kind of machine, in zones or not.
    #[must_use]
    pub fn kinds(&self, at: &Choice) -> Vec<Choice> {
        let mut all = vec![at.clone()];
        for (name, _, reservable) in self.instances.iter().filter(|(name, ..)| Some(name) != at.instance.as_ref()) {
            let reserved = if *reservable { at.reserved } else { 0 };
            all.push(Choice { instance: Some(name.clone()), reserved, ..at.clone() });
        }
        if self.may_spread && !at.spread {
            all.push(Choice { spread: true, ..at.clone() });
        }
        all
    }

    /// From the most replicas to the fewest.
    #[must_use]
    pub fn amounts(&self, at: &Choice) -> Vec<Choice> {
        if at.replicas.is_none() {
            return Vec::new();
        }
        let (fewest, most) = self.replicas;
        let power =
            self.instances.iter().find(|(name, ..)| Some(name) == at.instance.as_ref()).map_or(1.0, |(_, power, _)| *power);
        let scaled = |count: u32| (f64::from(count) / power).ceil() as u32;
        let structural = fewest.min(self.now.replicas.unwrap_or(fewest));
        let fewest = if power > 1.0 { scaled(fewest).max(1) } else { scaled(structural) };
        (fewest..=scaled(most).max(most)).rev().map(|count| Choice { replicas: Some(count), ..at.clone() }).collect()
    }

    /// From the lowest target to the highest.
    #[must_use]
    pub fn targets(&self, at: &Choice) -> Vec<Choice> {
        if at.target.is_none() {
            return Vec::new();
        }
        TARGETS.iter().map(|target| Choice { target: Some(*target), ..at.clone() }).collect()
    }

    /// The most replicas that it could be worth to reserve.
    #[must_use]
    pub fn most_reserved(&self, at: &Choice) -> u32 {
        let reservable = self.instances.iter().any(|(name, _, reservable)| *reservable && Some(name) == at.instance.as_ref());
        if reservable { at.replicas.unwrap_or(self.replicas.1) } else { 0 }
    }

    /// The patches that make the choice of what is written.
    pub fn sets(&self, choice: &Choice, sets: &mut Vec<String>) {
        let mut set = |word: &str, value: String| sets.push(format!("services.{}.{word}={value}", self.service));
        if let Some(count) = choice.replicas.filter(|_| choice.replicas != self.now.replicas) {
            set("replicas", count.to_string());
        }
        if let Some(name) = choice.instance.as_ref().filter(|_| choice.instance != self.now.instance) {
            set("instance", name.clone());
        }
        if choice.reserved != self.now.reserved {
            set("reserved", choice.reserved.to_string());
        }
        if let Some(target) = choice.target.filter(|_| choice.target != self.now.target) {
            set("autoscale.target", format!("{}%", (target * 100.0).round()));
        }
        if choice.spread {
            set("spread", "zones".into());
        }
    }
}
