//! Variants of a scenario: compiled, and simulated with a progress of their own.

use std::sync::atomic::Ordering;

use crate::model::{self, Model};
use crate::run::{self, Control, Options, RunError, Runs};
use crate::scenario::{LoadError, Loaded};

/// Why a variant could not be simulated.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// It is no scenario.
    #[error(transparent)]
    Variant(#[from] LoadError),
    /// It cannot be run.
    #[error(transparent)]
    Run(#[from] RunError),
}

/// The model of a scenario.
///
/// # Errors
/// Mistakes that only the compiler finds.
pub fn compile(loaded: &Loaded) -> Result<Model, LoadError> {
    model::compile(loaded).map_err(|mistakes| {
        let diagnostics = mistakes.into_iter().map(|mistake| loaded.mistake(&mistake.path, mistake.message));
        loaded.wrong(diagnostics)
    })
}

/// Simulates one of several models, each of which has its own progress.
///
/// # Errors
/// What [`run::simulate`] complains about.
pub fn simulate(model: &Model, options: &Options, control: &Control) -> Result<Runs, RunError> {
    for number in [&control.done, &control.goal, &control.thousandths] {
        number.store(0, Ordering::Relaxed);
    }
    run::simulate(model, options, control, None)
}
