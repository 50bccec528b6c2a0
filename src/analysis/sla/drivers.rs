//! What drives a breach: the scenario simulated with the same luck, and one cause that does no harm.

use std::fmt;

use crate::lab::simulate;
use crate::model::{Degraded, Effect, Model, Value};
use crate::run::runs::ObjectiveRuns;
use crate::run::{Control, Options, RunError, Runs};

/// Failure modes that are left out one by one; of more, those that last longest in all.
pub const MOST: usize = 16;
/// Replications of each variant, at most.
const REPLICATIONS: u64 = 256;

/// What does no harm in a variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// Nothing: the scenario as it is.
    Nothing,
    /// One failure mode, by its name.
    Failure(String),
    /// All of them: what is lost then is lost to load.
    Failures,
}

impl Cause {
    /// Its place in a list.
    pub fn rank(&self) -> u8 {
        match self {
            Self::Nothing => 0,
            Self::Failure(_) => 1,
            Self::Failures => 2,
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("nothing"),
            Self::Failure(name) => f.write_str(name),
            Self::Failures => f.write_str("every failure"),
        }
    }
}

/// The promises, had one cause done no harm.
#[derive(Debug, Clone)]
pub struct Driver {
    /// What does no harm.
    pub cause: Cause,
    /// What the replications gave, by the objective's index.
    pub objectives: Vec<ObjectiveRuns>,
}

/// Simulates the model without each of its causes of harm; fewer where the user asks to stop.
///
/// A failure mode that does no harm happens all the same, and is repaired as ever: people are as busy, and every other
/// failure comes when it would.
///
/// # Errors
/// What [`simulate`] complains about.
pub fn leave_out(model: &Model, runs: &Runs, options: &Options, control: &Control) -> Result<Vec<Driver>, RunError> {
    if model.modes.is_empty() {
        return Ok(Vec::new());
    }
    let options = Options { replications: runs.replications.min(REPLICATIONS), ..options.clone() };
    let mut longest: Vec<usize> = (0..model.modes.len()).filter(|&mode| runs.failures[mode].count.mean() > 0.0).collect();
    longest.sort_by(|&a, &b| runs.failures[b].duration.mean(0).total_cmp(&runs.failures[a].duration.mean(0)));
    longest.truncate(MOST);
    let single = longest.iter().map(|&mode| (Cause::Failure(model.modes[mode].name.clone()), vec![mode]));
    let all = [(Cause::Nothing, Vec::new()), (Cause::Failures, (0..model.modes.len()).collect())];
    let mut drivers = Vec::new();
    for (cause, modes) in all.into_iter().chain(single) {
        let mut variant = model.clone();
        for mode in modes {
            variant.modes[mode].effect = harmless();
        }
        let runs = simulate(&variant, &options, control)?;
        if runs.interrupted {
            break;
        }
        drivers.push(Driver { cause, objectives: runs.objectives });
    }
    Ok(drivers)
}

fn harmless() -> Effect {
    Effect::Degraded(Degraded { capacity: Value::Known(1.0), slower: Value::Known(1.0), errors: Value::Known(0.0) })
}
