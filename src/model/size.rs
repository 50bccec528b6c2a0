//! How much happens in one replication, and how much is too much.
//!
//! A replication keeps the lengths of its outages, and nothing ends it but its horizon (or the user): something that
//! fails every millisecond for a year would fill the memory before anybody saw a number.

use super::compile::Mistake;
use super::timing::Timing;
use super::{Mode, Model, Sla, Trigger, Value};
use crate::dist::Law;

/// Failures in one replication, a few seconds of work and at most some hundred bytes each.
const MOST: f64 = 10_000_000.0;

/// The mode with the most failures, where one replication would hold too many of them.
pub fn too_much(model: &Model) -> Option<Mistake> {
    let mut failures = vec![0.0; model.modes.len()];
    let each: Vec<f64> = model.modes.iter().map(|mode| expected(mode, model.horizon)).collect();
    for clock in &model.clocks {
        failures[clock.mode as usize] += each[clock.mode as usize];
    }
    let all: f64 = failures.iter().sum();
    let (most, count) = failures.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
    if all <= MOST {
        return None;
    }
    let message = format!(
        "about {count:.1e} failures of this kind in each replication; at most {MOST:.0e} in all are simulated: shorten the \
         horizon, or model rarer and longer failures"
    );
    Some(Mistake { path: format!("failures.{}", model.modes[most].name), message })
}

/// Failures of one thing over the horizon.
fn expected(mode: &Mode, horizon: f64) -> f64 {
    let repair = mode.repair.as_ref();
    match &mode.trigger {
        Trigger::Schedule(times) => times.len() as f64,
        Trigger::Trace(trace) => (trace.events.len() as f64 * horizon / trace.length()).ceil(),
        Trigger::Life(life) => {
            // The steps of a runbook may be none at all.
            let none = if mode.runbook.is_some() { 0.0 } else { f64::INFINITY };
            let down = repair.map_or(none, |repair| typical(repair, horizon));
            if let Value::Known(renewal) = mode.renewal
                && renewal < 1.0
                && down < horizon
            {
                let age = mode.age.as_ref().map_or(0.0, |age| typical(age, f64::INFINITY));
                return ageing(&life.law, age, renewal, down, horizon);
            }
            (horizon / (typical(life, horizon) + down)).max(1.0)
        }
        Trigger::Sla(Sla { availability: Value::Known(up), outage: Value::Known(outage) }) => horizon * (1.0 - up) / outage,
        Trigger::Sla(_) => 1.0,
    }
}

/// Failures of something that its repairs leave old, each life as long as its median: what has no length has no end.
fn ageing(law: &Law, age: f64, renewal: f64, down: f64, horizon: f64) -> f64 {
    let (mut now, mut age, mut count) = (0.0, age, 0.0);
    while now < horizon && count <= MOST {
        let life = law.remaining(age, u64::MAX / 2);
        if life + down < horizon / MOST / 100.0 {
            return count + (horizon - now) / (life + down);
        }
        now += life + down;
        age = (age + life) * (1.0 - renewal);
        count += 1.0;
    }
    count
}

/// The mean of what of a time lies within the horizon: a law with a heavy tail may have a mean of days and last
/// milliseconds nearly always.
fn typical(timing: &Timing, horizon: f64) -> f64 {
    const POINTS: u32 = 200;
    let at = |point: u32| timing.law.quantile((f64::from(point) + 0.5) / f64::from(POINTS)).min(horizon);
    (0..POINTS).map(at).sum::<f64>() / f64::from(POINTS)
}
