//! `ninefold run`: simulate a scenario.

use std::path::PathBuf;

use clap::Args;

use super::common::{Simulation, Variant};
use super::{CliError, Exit};
use crate::scenario::{Patches, load, unsimulated};
use crate::units::Time;

pub use super::common::{FailOn, Fidelity};

/// Simulates a scenario: tables, charts and a report.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ninefold run shop.yaml
  ninefold run shop.yaml --set services.web.replicas=12 --replications 10000 --fail-on breach")]
pub struct Arguments {
    #[command(flatten)]
    variant: Variant,
    #[command(flatten)]
    simulation: Simulation,
}

/// What `run` was asked for.
#[derive(Debug, Clone)]
pub struct RunArgs {
    /// The scenario file; `-` is standard input.
    pub scenario: PathBuf,
    /// What is changed in it.
    pub patches: Patches,
    /// How many replications, or how precise.
    pub stop: Stop,
    /// The seed of all random numbers.
    pub seed: u64,
    /// How many threads; absent: one for each core.
    pub threads: Option<usize>,
    /// How requests are followed.
    pub fidelity: Fidelity,
    /// In place of the scenario's horizon.
    pub horizon: Option<Time>,
    /// Unmeasured time before the start.
    pub warmup: Time,
    /// The folder for the results; absent: named after scenario and policies.
    pub out: Option<PathBuf>,
    /// Whether the summary is printed as JSON.
    pub json: bool,
    /// Whether nothing else is printed.
    pub quiet: bool,
    /// What ends the program with exit code 1.
    pub fail_on: Option<FailOn>,
}

/// When enough has been simulated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Stop {
    /// After a number that suits the scenario.
    Default,
    /// After so many replications.
    Replications(u64),
    /// When every objective's interval is this narrow relative to its downtime.
    Precision(f64),
}

impl Arguments {
    /// The arguments as plain data.
    ///
    /// # Errors
    /// What is known and cannot be done yet.
    pub fn parsed(&self) -> Result<RunArgs, CliError> {
        let simulation = &self.simulation;
        if simulation.fidelity == Fidelity::Request {
            return Err(CliError::Wrong("not simulated yet: --fidelity request; leave it out for `flow`".into()));
        }
        let stop = match (simulation.replications, simulation.precision) {
            (Some(count), _) => Stop::Replications(count),
            (None, Some(fraction)) => Stop::Precision(fraction),
            (None, None) => Stop::Default,
        };
        Ok(RunArgs {
            scenario: self.variant.scenario.clone(),
            patches: self.variant.patches(),
            stop,
            seed: simulation.seed,
            threads: simulation.threads,
            fidelity: simulation.fidelity,
            horizon: simulation.horizon,
            warmup: simulation.warmup.unwrap_or(Time(0.0)),
            out: simulation.out.clone(),
            json: simulation.json,
            quiet: simulation.quiet,
            fail_on: simulation.fail_on,
        })
    }
}

/// Loads the scenario, makes sure that all of it can be simulated, and simulates it.
///
/// # Errors
/// A scenario that is wrong or holds what is not simulated yet; files that cannot be read or written.
pub fn execute(args: &RunArgs) -> Result<Exit, CliError> {
    let loaded = load(&args.scenario, &args.patches)?;
    let unknown = unsimulated(&loaded.scenario);
    if !unknown.is_empty() {
        return Err(loaded.wrong(unknown).into());
    }
    // the simulator is attached here
    Ok(Exit::Done)
}
