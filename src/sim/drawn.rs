//! The numbers of one replication: uncertain ones drawn, laws and demand made from them.

use super::clock::{ACKNOWLEDGEMENT, word};
use super::parts::{Component, ModeTally};
use super::release::ReleaseNow;
use super::standby::StandbyNow;
use crate::dist::{Equilibrium, Law, Sampler};
use crate::model::{Carry, Curve, Effect, Model, Runbook, Selection, Step, Timing, Trigger, draw_all, medians};

/// Draws that contradict each other (a 95th percentile below the median) are drawn again, at most so often.
const ATTEMPTS: u64 = 1_000;

/// Samplers of a mode.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "answers to questions of the event loop, each its own")]
pub struct ModeNow {
    /// From new, or from a repair, to the failure of one thing; without the common cause.
    pub life: Sampler,
    /// Life of the common cause.
    pub strike: Sampler,
    /// From the failure until it is known.
    pub detection: Sampler,
    /// From the begin of work until it is over.
    pub repair: Sampler,
    /// From the call of a free person to the begin of work.
    pub acknowledge: Sampler,
    /// It takes down what it hits; else it takes capacity.
    pub down: bool,
    /// Nothing but detection and people stand between a failure and its repair: it is repaired, needs no part, and is not
    /// found by looking for it.
    pub straight: bool,
    /// Somebody or something repairs it.
    pub repairable: bool,
    /// Detection takes time.
    pub detects: bool,
    /// It is found by inspections.
    pub hidden: bool,
    /// It hits replicas that wait, whose failures are found by tests.
    pub tested: bool,
    /// Its repair is the arrival of the person whom a release called.
    pub calls: bool,
    /// Acknowledgement takes time.
    pub acknowledges: bool,
    /// Index of the team, [`crate::model::NONE`] for automation.
    pub team: u32,
    /// Index of its runbook, [`crate::model::NONE`] where `repair` says how long it takes.
    pub runbook: u32,
    /// Its repair needs neither a part nor a runbook.
    pub plain: bool,
    /// Index of the stock of its parts, [`crate::model::NONE`] where it needs none.
    pub stock: u32,
    /// Which line of the team it waits in.
    pub line: u8,
    /// Fraction of the capacity that is left.
    pub capacity: f64,
    /// Times as long as work takes.
    pub slower: f64,
    /// Fraction of the requests that fail after they were worked on.
    pub errors: f64,
    /// Long-run unavailability that an external starts with.
    pub starts_down: f64,
    /// What is counted.
    pub tally: ModeTally,
}

/// What the lives of a mode follow.
#[derive(Debug, Clone)]
pub struct Life {
    /// From new to the failure of one thing; without the common cause.
    pub alone: Law,
    /// Life of the common cause.
    pub strike: Option<Law>,
    /// The age at the start; `None` where it is new, or `steady` says how old.
    pub age: Option<Law>,
    /// The age at the start of what has long been running.
    pub steady: Option<Equilibrium>,
    /// The part of the age that a repair takes away.
    pub renewal: f64,
    /// The power of the load that a clock's pace is.
    pub load: f64,
}

impl ModeNow {
    /// From the call of a person to the present failure of a clock until work on it begins, seconds.
    #[inline]
    pub fn acknowledgement(&self, component: &Component) -> f64 {
        if self.acknowledges { self.acknowledge.draw(word(component.stream, component.n, ACKNOWLEDGEMENT)) } else { 0.0 }
    }
}

/// A step of a runbook.
#[derive(Debug, Clone)]
pub struct StepNow {
    /// How long it takes.
    pub takes: Sampler,
    /// The probability that it ends the incident.
    pub works: f64,
}

impl StepNow {
    /// The steps of a runbook.
    fn all(runbook: &Runbook, draws: &[f64], sampler: impl Fn(&Timing) -> Sampler) -> Vec<Self> {
        let step = |step: &Step| Self { takes: sampler(&step.takes), works: step.works.map_or(0.0, |works| works.get(draws)) };
        runbook.steps.iter().map(step).collect()
    }
}

/// What one replication runs with.
#[derive(Debug, Clone)]
pub struct Drawn {
    /// The uncertain numbers, by parameter.
    pub draws: Vec<f64>,
    /// The seed and the number of the draw.
    of: Option<(u64, u64)>,
    /// The modes, by their index in the model.
    pub modes: Vec<ModeNow>,
    /// Laws of the lives, by mode, for clocks that do more than run down from new; `None` without a time to failure.
    pub lives: Vec<Option<Life>>,
    /// From the call of a person to the begin of work, by team.
    pub acknowledge: Vec<Sampler>,
    /// The steps of the runbooks, by runbook and step.
    pub steps: Vec<Vec<StepNow>>,
    /// From order to delivery of the parts of each stock.
    pub lead_times: Vec<Sampler>,
    /// What each service can carry, by its index in the model.
    pub carry: Vec<Carry>,
    /// The rate of each traffic source over time.
    pub curves: Vec<Curve>,
    /// By service that is released: how.
    pub releases: Vec<ReleaseNow>,
    /// By service with a standby: how a replica of it takes over.
    pub standbys: Vec<StandbyNow>,
    /// Money per second for what is reserved, and for all replicas of which there are always as many.
    pub cost: f64,
    /// Money for one failure, by mode.
    pub failure_costs: Vec<f64>,
}

impl Drawn {
    /// The numbers at their medians.
    #[must_use]
    pub fn new(model: &Model) -> Self {
        let draws = medians(&model.parameters);
        let mut drawn = Self {
            draws,
            of: None,
            modes: Vec::new(),
            lives: Vec::new(),
            acknowledge: Vec::new(),
            steps: Vec::new(),
            lead_times: Vec::new(),
            carry: Vec::new(),
            curves: Vec::new(),
            releases: Vec::new(),
            standbys: Vec::new(),
            cost: 0.0,
            failure_costs: Vec::new(),
        };
        drawn.build(model);
        drawn
    }

    /// The numbers of draw `draw`; nothing to do where nothing is uncertain.
    pub fn resolve(&mut self, model: &Model, seed: u64, draw: u64) {
        if model.parameters.is_empty() || self.of == Some((seed, draw)) {
            return;
        }
        self.of = Some((seed, draw));
        for attempt in 0..ATTEMPTS {
            draw_all(&model.parameters, seed, draw, attempt, &mut self.draws);
            if model.timings().all(|timing| timing.drawn(&self.draws).is_some()) {
                self.build(model);
                return;
            }
        }
        self.draws = medians(&model.parameters);
        self.build(model);
    }

    fn build(&mut self, model: &Model) {
        let draws = &self.draws;
        let sampler = |timing: &Timing| {
            if timing.is_uncertain() {
                model.tables.sampler(&timing.drawn(draws).unwrap_or_else(|| timing.law.clone()))
            } else {
                timing.sampler.clone()
            }
        };
        self.modes.clear();
        self.lives.clear();
        self.lead_times.clear();
        for (m, mode) in model.modes.iter().enumerate() {
            let tested = super::standby::is_tested(model, m as u32);
            let never = model.never.clone();
            let beta = mode.common_cause.map_or(0.0, |beta| beta.get(draws));
            let (mut life, mut strike, mut starts_down) = (never.clone(), never.clone(), 0.0);
            let mut repair = mode.repair.as_ref().map_or(never, &sampler);
            let mut old = None;
            match &mode.trigger {
                Trigger::Schedule(_) | Trigger::Trace(_) => {}
                Trigger::Sla(sla) => {
                    let (availability, outage) = (sla.availability.get(draws), sla.outage.get(draws));
                    starts_down = 1.0 - availability;
                    life = exponential(model, outage * availability / (1.0 - availability));
                    repair = exponential(model, outage);
                }
                Trigger::Life(timing) => {
                    let law = timing.drawn(draws).unwrap_or_else(|| timing.law.clone());
                    if beta == 0.0 {
                        life = sampler(timing);
                    } else if beta < 1.0 {
                        life = model.tables.sampler(&law.clone().hazard_times(1.0 - beta));
                    }
                    if beta > 0.0 {
                        strike = model.tables.sampler(&law.clone().hazard_times(beta));
                    }
                    let share = |beta: f64| if beta == 1.0 { law.clone() } else { law.hazard_times(beta.max(f64::MIN_POSITIVE)) };
                    old = Some(Life {
                        alone: share(1.0 - beta),
                        strike: (beta > 0.0).then(|| share(beta)),
                        age: mode.age.as_ref().map(|age| age.drawn(draws).unwrap_or_else(|| age.law.clone())),
                        steady: if mode.steady { Equilibrium::new(&law) } else { None },
                        renewal: mode.renewal.get(draws),
                        load: mode.load.get(draws),
                    });
                }
            }
            self.lives.push(old);
            let (capacity, slower, errors) = match mode.effect {
                Effect::Down => (1.0, 1.0, 0.0),
                Effect::Degraded(worse) => (worse.capacity.get(draws), worse.slower.get(draws), worse.errors.get(draws)),
            };
            let team = mode.team.unwrap_or(crate::model::NONE);
            let acknowledge =
                mode.team.map_or_else(|| model.zero.clone(), |team| sampler(&model.teams[team as usize].acknowledge));
            let by_priority = mode.team.is_none_or(|team| model.teams[team as usize].selection != Selection::Fifo);
            let line = if by_priority { mode.priority.clamp(1, 5) - 1 } else { 0 };
            let stock = mode.spares.as_ref().map_or(crate::model::NONE, |spares| {
                self.lead_times.push(sampler(&spares.lead_time));
                self.lead_times.len() as u32 - 1
            });
            self.modes.push(ModeNow {
                life,
                strike,
                detection: sampler(&mode.detection),
                repair,
                acknowledge,
                down: super::parts::takes_down(&mode.effect),
                repairable: mode.is_repairable(),
                straight: mode.repair.is_some() && mode.spares.is_none() && !tested && mode.inspection.is_none(),
                detects: tested || mode.inspection.is_some() || !mode.detection.is_zero(),
                tested,
                hidden: mode.inspection.is_some(),
                calls: super::release::calls(model, m as u32),
                acknowledges: mode.team.is_some_and(|team| !model.teams[team as usize].acknowledge.is_zero()),
                team,
                runbook: mode.runbook.unwrap_or(crate::model::NONE),
                plain: mode.runbook.is_none() && mode.spares.is_none(),
                stock,
                line,
                capacity,
                slower,
                errors,
                starts_down,
                tally: ModeTally::default(),
            });
        }
        self.acknowledge.clear();
        self.acknowledge.extend(model.teams.iter().map(|team| sampler(&team.acknowledge)));
        self.steps.clear();
        self.steps.extend(model.runbooks.iter().map(|runbook| StepNow::all(runbook, draws, sampler)));
        self.releases = model.releases.iter().map(|release| ReleaseNow::new(release, draws, &sampler)).collect();
        self.standbys = standbys(model, draws, sampler);
        self.failure_costs.clear();
        self.failure_costs.extend(model.modes.iter().map(|mode| mode.cost.get(draws)));
        self.carry = model.carry(draws);
        model.demand.draw(draws, &mut self.curves);
        self.cost = model.services.iter().map(|service| service.steady_cost(draws)).sum();
    }
}

/// How replicas that wait take over, by service with a standby.
fn standbys(model: &Model, draws: &[f64], sampler: impl Fn(&Timing) -> Sampler) -> Vec<StandbyNow> {
    let standbys = model.services.iter().filter_map(|service| service.standby.as_ref());
    standbys
        .map(|standby| StandbyNow {
            time: sampler(&standby.switch_time),
            works: standby.switch_works.get(draws),
            rate: StandbyNow::rate(standby.ages, draws),
        })
        .collect()
}

fn exponential(model: &Model, mean: f64) -> Sampler {
    Law::exponential(mean).map_or_else(|_| model.never.clone(), |law| model.tables.sampler(&law))
}
