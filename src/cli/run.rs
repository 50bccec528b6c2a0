//! `ninefold run`: simulate a scenario.

use std::path::PathBuf;

use clap::Args;

use super::common::{Simulation, Variant, compile, default_folder, failed, load_whole};
use super::progress::Progress;
use super::{CliError, Exit};
use crate::analysis::forecast::{Findings, Input, forecast};
use crate::output::{self, ReplicationsWriter, terminal};
use crate::report::Summary;
use crate::run::{self, Options, Row, Runs};
use crate::scenario::Patches;
use crate::units::Time;

pub use super::common::{FailOn, Fidelity};

/// Simulates a scenario: tables, charts and a report.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ninefold run shop.yaml
  ninefold run shop.yaml --set services.web.replicas=12 --replications 10000 --fail-on breach
  ninefold run shop.yaml --fidelity request --horizon 1h")]
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
    /// How it is simulated.
    pub options: Options,
    /// In place of the scenario's horizon.
    pub horizon: Option<Time>,
    /// The folder for the results; absent: named after scenario and policies.
    pub out: Option<PathBuf>,
    /// Whether the summary is printed as JSON.
    pub json: bool,
    /// Whether nothing but errors is printed.
    pub quiet: bool,
    /// What ends the program with exit code 1.
    pub fail_on: Option<FailOn>,
}

impl Arguments {
    /// The arguments as plain data.
    #[must_use]
    pub fn parsed(&self) -> RunArgs {
        let simulation = &self.simulation;
        RunArgs {
            scenario: self.variant.scenario.clone(),
            patches: self.variant.patches(),
            options: simulation.options(),
            horizon: simulation.horizon,
            out: simulation.out.clone(),
            json: simulation.json,
            quiet: simulation.quiet,
            fail_on: simulation.fail_on,
        }
    }
}

/// Loads the scenario, makes sure that all of it can be simulated, simulates it and writes what came of it.
///
/// # Errors
/// A scenario that is wrong or holds what is not simulated at this fidelity; files that cannot be read or written.
pub fn execute(args: &RunArgs) -> Result<Exit, CliError> {
    let loaded = load_whole(&args.scenario, &args.patches, args.horizon, args.options.fidelity)?;
    let model = compile(&loaded)?;
    let folder = args.out.clone().unwrap_or_else(|| default_folder(&model.name, &args.patches));
    let names: Vec<String> = model.services.iter().map(|service| service.name.clone()).collect();
    let mut table = ReplicationsWriter::create(&folder, &names)?;
    let mut sink = |rows: &[Row]| table.write(rows).map_err(std::io::Error::other);
    let options = &args.options;
    let (control, progress) = Progress::begin(args.quiet || args.json);
    let runs = run::simulate(&model, options, &control, Some(&mut sink)).map_err(|error| failed(&error));
    progress.end();
    let runs = runs?;
    if runs.replications == 0 {
        super::out::tell("interrupted before the first replication was done: nothing is written\n");
        return Ok(Exit::Interrupted);
    }
    table.finish()?;
    let found = Findings::of(&model, options, &runs);
    let (summary, report) = forecast(&Input::of(&model, options.seed, &runs, &found));
    if runs.interrupted {
        super::out::tell(&format!("interrupted: the results rest on the {} replications that were done\n", runs.replications));
    }
    output::write_all(&folder, &summary, &report)?;
    if args.json {
        super::out::print_json(&summary)?;
    } else if !args.quiet {
        super::out::print(&terminal::render(&report, super::out::screen()))?;
        super::out::print(&format!("\nReport, charts and tables: {}\n", folder.join("report.html").display()))?;
    }
    Ok(exit(args, &runs, &summary))
}

/// An objective counts as breached where more replications than not have a complete window below its target.
fn exit(args: &RunArgs, runs: &Runs, summary: &Summary) -> Exit {
    let breached =
        summary.objectives.values().any(|objective| objective.breach_probability.value.is_some_and(|chance| chance > 0.5));
    if runs.interrupted {
        Exit::Interrupted
    } else if args.fail_on == Some(FailOn::Breach) && breached {
        Exit::Missed
    } else {
        Exit::Done
    }
}
