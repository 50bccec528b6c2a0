//! What keeps things going: spare parts, inspections, and replacement before the failure, which is a mode of its own.

use super::compile::Compiler;
use super::timing::Timing;
use super::uncertain::{Spread, Value};
use super::{AgesWhile, Effect, Mode, Trigger, calendar};
use crate::dist::Law;
use crate::scenario::{self, Failure, When};

/// Parts kept in stock for the repairs of a mode; one repair takes one.
#[derive(Debug, Clone)]
pub struct Spares {
    /// Parts at the start, and the level up to which they are ordered again.
    pub stock: u32,
    /// An order is made when stock and open orders, less the repairs that wait for a part, are no more than this.
    pub reorder_at: i64,
    /// From an order to its delivery.
    pub lead_time: Timing,
}

/// When somebody looks whether a thing has failed, and how well.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Inspection {
    /// The first, seconds after the start.
    pub first: f64,
    /// From one to the next, seconds.
    pub every: f64,
    /// How long one takes, seconds; what it finds is known at its end.
    pub takes: f64,
    /// The probability that it finds a failure that is there.
    pub finds: Value,
}

impl Inspection {
    /// The end of the inspection that finds what failed at `failed`, after so many that missed it. Times are seconds after
    /// the start; before it, in a warm-up, inspections take place as well, unless the first is later than one period.
    #[must_use]
    pub fn known(&self, failed: f64, missed: f64) -> f64 {
        let next = ((failed - self.first) / self.every).ceil();
        let next = if self.first <= self.every { next } else { next.max(0.0) };
        self.first + (next + missed) * self.every + self.takes
    }
}

pub(super) fn spares(compiler: &mut Compiler, path: &str, written: &scenario::Spares) -> Option<Spares> {
    let lead_time = compiler.timing(&format!("{path}.lead_time"), &written.lead_time)?;
    let reorder_at = written.reorder_at.map_or(i64::from(written.stock) - 1, i64::from);
    Some(Spares { stock: written.stock, reorder_at, lead_time })
}

pub(super) fn inspection(compiler: &mut Compiler, path: &str, written: &scenario::Inspection) -> Option<Inspection> {
    let every = written.every.0;
    let first = match written.first {
        None => every,
        Some(first) => {
            let first = calendar::local_seconds(&compiler.start, first);
            let first = first.map_err(|message| compiler.wrong(format!("{path}.first"), message)).ok()?;
            // One before the start stands for all that follow it.
            if first < 0.0 { first.rem_euclid(every) } else { first }
        }
    };
    let finds = compiler.parameters.value(&format!("{path}.finds"), Spread::LogitNormal, &written.finds, |f| f.0);
    Some(Inspection { first, every, takes: written.takes.0, finds })
}

/// The modes that stand for the upkeep of another: inspections that take time, replacement before the failure. They hit
/// what that mode hits; `renewed` is the index of that mode.
pub(super) fn upkeep(compiler: &mut Compiler, path: &str, of: &Mode, renewed: u32, failure: &Failure) -> Option<Vec<Mode>> {
    let mut modes = Vec::new();
    if let (Some(inspection), Some(written)) = (of.inspection, &failure.inspection)
        && (inspection.takes > 0.0 || written.cost.is_some())
    {
        let path = format!("{path}.inspection");
        let times = calendar::every(inspection.first, inspection.every, compiler.scenario.horizon.0);
        let times = times.map_err(|message| compiler.wrong(&path, message)).ok()?;
        let takes = fixed(compiler, &path, inspection.takes)?;
        let cost = cost(compiler, &path, written.cost.as_ref());
        modes.push(planned(compiler, of, "inspection", Trigger::Schedule(times), takes, cost)?);
    }
    if let Some(written) = &failure.preventive {
        let path = format!("{path}.preventive");
        let takes = compiler.timing(&format!("{path}.takes"), &written.takes)?;
        let cost = cost(compiler, &path, written.cost.as_ref());
        let trigger = match &written.when {
            When::AtAge(age) => Trigger::Life(fixed(compiler, &path, age.0)?),
            When::Every { every, first } => {
                let times = match first {
                    None => calendar::every(every.0, every.0, compiler.scenario.horizon.0),
                    Some(first) => calendar::occurrences(&compiler.start, compiler.scenario.horizon.0, *first, Some(every.0)),
                };
                Trigger::Schedule(times.map_err(|message| compiler.wrong(&path, message)).ok()?)
            }
        };
        let mode = planned(compiler, of, "preventive", trigger, takes, cost)?;
        let age = matches!(written.when, When::AtAge(_)).then(|| of.age.clone()).flatten();
        modes.push(Mode { renews: Some(renewed), age, ..mode });
    }
    Some(modes)
}

/// What one failure or replacement costs.
pub(super) fn cost(compiler: &mut Compiler, path: &str, written: Option<&scenario::Uncertain<crate::units::Money>>) -> Value {
    written.map_or(Value::Known(0.0), |cost| {
        compiler.parameters.value(&format!("{path}.cost"), Spread::Lognormal, cost, |money| money.0)
    })
}

fn fixed(compiler: &mut Compiler, path: &str, seconds: f64) -> Option<Timing> {
    let law = Law::constant(seconds).map_err(|message| compiler.wrong(path, message)).ok()?;
    Some(Timing::fixed(law, &mut compiler.tables))
}

/// A mode of planned work on what `of` hits, by automation.
fn planned(compiler: &mut Compiler, of: &Mode, what: &str, trigger: Trigger, takes: Timing, cost: Value) -> Option<Mode> {
    Some(Mode {
        name: format!("{} ({what})", of.name),
        trigger,
        effect: Effect::Down,
        detection: fixed(compiler, "failures", 0.0)?,
        repair: Some(takes),
        runbook: None,
        team: None,
        priority: of.priority,
        common_cause: None,
        ages_while: if what == "inspection" { AgesWhile::Up } else { of.ages_while },
        age: None,
        steady: false,
        planned: true,
        renewal: Value::Known(1.0),
        load: Value::Known(0.0),
        spares: None,
        inspection: None,
        renews: None,
        cost,
    })
}
