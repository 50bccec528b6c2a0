//! Failure modes: what sets them off, what they do, how they end.

use super::compile::Compiler;
use super::uncertain::Spread;
use super::{Inspection, NONE, Spares, Timing, Trace, Value, calendar, runbook, upkeep};
use crate::dist::Law;
use crate::scenario::{self, AfterRepair, Age, Failure, Hits, Repair};
use crate::units::Fraction;

/// A failure mode: what it does and how it ends.
#[derive(Debug, Clone)]
pub struct Mode {
    /// Its name in the scenario; an external dependency's own is `NAME (external)`.
    pub name: String,
    /// What sets it off.
    pub trigger: Trigger,
    /// What it does to what it hits.
    pub effect: Effect,
    /// From the failure until somebody, or automation, knows of it.
    pub detection: Timing,
    /// How long the repair takes; `None`: never repaired, or by a runbook.
    pub repair: Option<Timing>,
    /// Index of the runbook that repairs it; `None`: `repair` says how long that takes.
    pub runbook: Option<u32>,
    /// Index of the team that repairs it; `None`: automation, which begins once the failure is detected.
    pub team: Option<u32>,
    /// Place in the queue for people, 1 (first) to 5.
    pub priority: u8,
    /// Share of the hazard that strikes all replicas of a service at once.
    pub common_cause: Option<Value>,
    /// When its clocks run.
    pub ages_while: AgesWhile,
    /// Age of every clock at the start; `None`: new.
    pub age: Option<Timing>,
    /// Every clock starts as old as one is after a long time: by the equilibrium distribution of its life.
    pub steady: bool,
    /// It is meant to happen: an objective that excludes `planned` leaves it out.
    pub planned: bool,
    /// The part of its age that a repair takes away: 1 makes it as good as new, 0 leaves it as old as it was (Kijima's
    /// second model of virtual age, 1989).
    pub renewal: Value,
    /// Where each replica left carries x times its share of the load, its clock runs x to this power times as fast; 0: as
    /// ever.
    pub load: Value,
    /// The parts that its repairs need; `None`: there are always enough.
    pub spares: Option<Spares>,
    /// It is hidden until one of these finds it; `None`: `detection` says when it is known.
    pub inspection: Option<Inspection>,
    /// The mode whose clock on the same thing its end makes new: it is a replacement before that mode's failure.
    pub renews: Option<u32>,
    /// What one failure costs, in the currency.
    pub cost: Value,
}

impl Mode {
    /// Whether somebody or something repairs it.
    #[must_use]
    pub fn is_repairable(&self) -> bool {
        self.repair.is_some() || self.runbook.is_some()
    }

    /// Whether it strikes several replicas of a service at once: by a common cause, or since it was recorded so.
    #[must_use]
    pub fn strikes(&self) -> bool {
        self.common_cause.is_some() || matches!(self.trigger, Trigger::Trace(_))
    }
}

/// What sets a failure off.
#[derive(Debug, Clone)]
pub enum Trigger {
    /// Chance: the time from a repair, or from new, to the next failure.
    Life(Timing),
    /// Known to begin by an external's SLA: exponential, and in force at the start with the long-run probability.
    Sla(Sla),
    /// Occurrences in seconds after the start, ascending.
    Schedule(Vec<f64>),
    /// Recorded failures, which say themselves how long they last.
    Trace(Trace),
}

/// What an external dependency promises: its long-run availability and its mean outage in seconds.
#[derive(Debug, Clone, Copy)]
pub struct Sla {
    /// The fraction of time that it is up in the long run, 0 to 1.
    pub availability: Value,
    /// Mean length of its outages, seconds.
    pub outage: Value,
}

/// What a failure does while it is in force.
#[derive(Debug, Clone, Copy)]
pub enum Effect {
    /// What it hits is down.
    Down,
    /// It goes on, and worse.
    Degraded(Degraded),
}

/// How a failure makes work worse without ending it.
#[derive(Debug, Clone, Copy)]
pub struct Degraded {
    /// The capacity that is left, as a fraction.
    pub capacity: Value,
    /// Times as long as a request takes.
    pub slower: Value,
    /// The fraction of requests that fail after they were worked on.
    pub errors: Value,
}

/// When the clock of a mode runs towards the next failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgesWhile {
    /// While the thing it strikes is up in its own right.
    Up,
    /// While the service of this index is structurally up.
    ServiceUp(u32),
    /// All the time, also while another mode holds the thing down.
    Always,
}

/// A failure mode as written.
pub(super) fn compile(compiler: &mut Compiler, path: &str, name: &str, failure: &Failure) -> Option<Mode> {
    let trigger = match &failure.trigger {
        scenario::Trigger::TimeToFailure(life) => Trigger::Life(compiler.timing(&format!("{path}.time_to_failure"), life)?),
        scenario::Trigger::Schedule { first, every } => {
            let times = calendar::occurrences(&compiler.start, compiler.scenario.horizon.0, *first, every.map(|t| t.0));
            Trigger::Schedule(times.map_err(|message| compiler.wrong(format!("{path}.schedule"), message)).ok()?)
        }
        scenario::Trigger::Trace { file, interval, duration, intensity, unit } => {
            let trace = Trace::read(&compiler.folder.join(file), interval, duration, intensity.as_deref(), unit.0);
            Trigger::Trace(trace.map_err(|message| compiler.wrong(format!("{path}.trace"), message)).ok()?)
        }
    };
    let repair = match &failure.repair {
        Repair::Never | Repair::Runbook(_) => None,
        Repair::Takes(time) => Some(compiler.timing(&format!("{path}.repair"), time)?),
    };
    let runbook = match &failure.repair {
        Repair::Runbook(name) => runbook::of(compiler, path, name, failure),
        Repair::Never | Repair::Takes(_) => None,
    };
    let effect = effect(compiler, path, &failure.effect);
    let team = match &failure.team {
        None => None,
        Some(team) => Some(compiler.scenario.teams.get_index_of(team).unwrap_or(NONE as usize) as u32),
    };
    let by_severity = match failure.hits {
        Hits::Service => 2,
        Hits::Zone | Hits::Region => 3,
        Hits::Replica | Hits::Host | Hits::Call => 4,
    };
    let common_cause = failure
        .common_cause
        .as_ref()
        .map(|beta| compiler.parameters.value(&format!("{path}.common_cause"), Spread::LogitNormal, beta, |f| f.0));
    if let (Some(Value::Known(beta)), Trigger::Life(life)) = (common_cause, &trigger) {
        for share in [beta, 1.0 - beta].into_iter().filter(|share| *share > 0.0) {
            compiler.tables.prepare(&life.law.clone().hazard_times(share));
        }
    }
    let ages_while = match &failure.ages_while {
        scenario::AgesWhile::Up => AgesWhile::Up,
        scenario::AgesWhile::Always => AgesWhile::Always,
        scenario::AgesWhile::ServiceUp(service) => {
            AgesWhile::ServiceUp(compiler.service(&format!("{path}.ages_while"), service)?)
        }
    };
    let age = match &failure.age {
        Age::Of(age) => Some(compiler.timing(&format!("{path}.age"), age)?),
        Age::New | Age::Steady => None,
    };
    let steady = failure.age == Age::Steady;
    if let (true, Trigger::Life(life)) = (steady, &trigger)
        && (!life.law.mean().is_finite() || (life.is_uncertain() && matches!(life.law, Law::Pareto(_))))
    {
        compiler.wrong(format!("{path}.age"), "a life without a mean, or with one that nobody knows, never becomes steady");
    }
    let scheduled = matches!(trigger, Trigger::Schedule(_));
    Some(Mode {
        name: name.to_owned(),
        trigger,
        effect,
        detection: compiler.timing(&format!("{path}.detection"), &failure.detection)?,
        repair,
        runbook,
        team,
        priority: failure.priority.unwrap_or(by_severity),
        common_cause: common_cause.filter(|beta| *beta != Value::Known(0.0)),
        ages_while,
        age,
        steady,
        planned: failure.planned.unwrap_or(scheduled),
        renewal: match failure.after_repair {
            AfterRepair::New => Value::Known(1.0),
            AfterRepair::Old => Value::Known(0.0),
            AfterRepair::Younger(part) => Value::Known(part.0),
        },
        load: failure.load.as_ref().map_or(Value::Known(0.0), |load| {
            compiler.parameters.value(&format!("{path}.load"), Spread::Lognormal, load, |n| n.0)
        }),
        spares: match &failure.spares {
            None => None,
            Some(spares) => Some(upkeep::spares(compiler, &format!("{path}.spares"), spares)?),
        },
        inspection: match &failure.inspection {
            None => None,
            Some(inspection) => Some(upkeep::inspection(compiler, &format!("{path}.inspection"), inspection)?),
        },
        renews: None,
        cost: upkeep::cost(compiler, path, failure.cost.as_ref()),
    })
}

/// A mode that only the simulator itself sets off and ends; with a team, its repair is over when a person is there.
pub(super) fn by_hand(compiler: &mut Compiler, name: String, effect: Effect, team: Option<u32>) -> Option<Mode> {
    let zero = Law::constant(0.0).map_err(|message| compiler.wrong("services", message)).ok()?;
    let zero = Timing::fixed(zero, &mut compiler.tables);
    Some(Mode {
        name,
        trigger: Trigger::Schedule(Vec::new()),
        effect,
        detection: zero.clone(),
        repair: team.map(|_| zero),
        runbook: None,
        team,
        priority: 5,
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
    })
}

/// What does nothing to what it hits.
pub(super) const fn no_effect() -> Effect {
    Effect::Degraded(Degraded { capacity: Value::Known(1.0), slower: Value::Known(1.0), errors: Value::Known(0.0) })
}

/// What a failure does, as written.
pub(super) fn effect(compiler: &mut Compiler, path: &str, written: &scenario::Effect) -> Effect {
    let scenario::Effect::Degraded { capacity, slower, errors } = written else { return Effect::Down };
    let path = |word: &str| format!("{path}.effect.{word}");
    let mut share = |word: &str, of: &Option<scenario::Uncertain<Fraction>>, default: f64| {
        of.as_ref().map_or(Value::Known(default), |share| {
            compiler.parameters.value(&path(word), Spread::LogitNormal, share, |share| share.0)
        })
    };
    let (capacity, errors) = (share("capacity", capacity, 1.0), share("errors", errors, 0.0));
    let slower = slower
        .as_ref()
        .map_or(Value::Known(1.0), |times| compiler.parameters.value(&path("slower"), Spread::Lognormal, times, |times| times.0));
    Effect::Degraded(Degraded { capacity, slower, errors })
}
