//! `ninefold reliability analyze`: how reliable each service is, and what drives its downtime.

use clap::Args;

use crate::analysis::reliability::{Found, Input, Question, Rarely, Shown, analyze, investigate, services};
use crate::cli::common::{FailOn, Simulation, Variant, compile, default_folder, load_whole};
use crate::cli::progress::Progress;
use crate::cli::{CliError, Exit, out};

/// Uptime, MTTR and MTBF of each service, what drives its downtime, its single points of failure, and exact answers beside
/// simulated ones.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ninefold reliability analyze shop.yaml
  ninefold reliability analyze shop.yaml --service db --metrics uptime,mttr,mtbf

Exit code 1: simulated and exact values disagree beyond chance, which happens by chance in less than one of a
million reports: a bug, please report it.")]
pub struct Arguments {
    #[command(flatten)]
    variant: Variant,
    /// Shows this service alone.
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// What is shown of each service [default: everything].
    #[arg(long, value_name = "LIST", value_enum, value_delimiter = ',')]
    metrics: Vec<Shown>,
    /// How outages too rare for plain simulation are looked for.
    #[arg(long, value_name = "HOW", value_enum, default_value_t = Rarely::Auto)]
    rare: Rarely,
    #[command(flatten)]
    simulation: Simulation,
}

/// Simulates, solves what can be solved, compares, and writes what came of it.
///
/// # Errors
/// A scenario that is wrong, a service that it has not; files that cannot be read or written.
pub fn execute(arguments: &Arguments) -> Result<Exit, CliError> {
    let simulation = &arguments.simulation;
    simulation.flow_only("reliability analyze")?;
    let options = simulation.options();
    let (scenario, patches) = (&arguments.variant.scenario, arguments.variant.patches());
    let model = compile(&load_whole(scenario, &patches, simulation.horizon, simulation.fidelity)?)?;
    let question = Question { service: arguments.service.clone(), metrics: arguments.metrics.clone(), rare: arguments.rare };
    let wanted = services(&model, &question).map_err(CliError::Wrong)?;
    let (control, progress) = Progress::begin(simulation.quiet || simulation.json);
    let found = investigate(&model, &options, &question, wanted, &control).map_err(|error| CliError::World(error.to_string()));
    progress.end();
    let found = found?;
    if found.runs.replications == 0 {
        out::tell("interrupted before the first replication was done: nothing is written\n");
        return Ok(Exit::Interrupted);
    }
    let input = Input { model: &model, options: &options, question: &question, found: &found };
    let (summary, report) = analyze(&input);
    let default = || default_folder(&model.name, &patches).join("reliability");
    let folder = simulation.out.clone().unwrap_or_else(default);
    simulation.hand_over(&folder, &summary, &report)?;
    for sentence in input.disagreements() {
        out::tell(&format!("error: {sentence}\n"));
    }
    Ok(exit(&found, simulation))
}

/// Also where an objective is breached in more replications than not, if that was asked.
fn exit(found: &Found, simulation: &Simulation) -> Exit {
    let chances = found.runs.objectives.iter().filter_map(|objective| objective.breach.as_ref()?.estimate(0.95).value);
    let breached = simulation.fail_on == Some(FailOn::Breach) && chances.into_iter().any(|chance| chance > 0.5);
    if found.runs.interrupted {
        Exit::Interrupted
    } else if found.disagrees() || breached {
        Exit::Missed
    } else {
        Exit::Done
    }
}
