//! `ninefold reliability simulate`: a failure is made to happen.

use clap::Args;
use jiff::civil::DateTime;

use crate::analysis::impact::{Impact, Input, Moment, Plan, Question, impact, investigate};
use crate::cli::common::{FailOn, Simulation, Variant, compile, default_folder, load_whole};
use crate::cli::progress::Progress;
use crate::cli::{CliError, Exit, out};
use crate::run::default_replications;
use crate::units::Time;

/// Makes a failure happen, and shows against the same runs without it what goes down, what is lost and what recovers last.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ninefold reliability simulate shop.yaml --failure 'zone outage'
  ninefold reliability simulate shop.yaml --failure 'host crash' --on 'db 1' --at 2026-11-27T20:00 --impact")]
pub struct Arguments {
    #[command(flatten)]
    variant: Variant,
    /// The failure that happens: its name in the scenario.
    #[arg(long, value_name = "NAME")]
    failure: String,
    /// What it hits, e.g. `zone a`, `db 1` or `all of db` (by a common cause) [default: each kind of thing in turn, to show
    /// the worst].
    #[arg(long, value_name = "THING")]
    on: Option<String>,
    /// When it happens: a time after the start like `36h`, or a date like `2026-11-27T20:00` in the scenario's time zone
    /// [default: when demand is highest; without traffic at the start].
    #[arg(long, value_name = "TIME", value_parser = moment)]
    at: Option<Moment>,
    /// Adds what depends on what, and along which path each service is hit.
    #[arg(long)]
    impact: bool,
    #[command(flatten)]
    simulation: Simulation,
}

fn moment(text: &str) -> Result<Moment, String> {
    if let Ok(Time(after)) = text.parse() {
        return Ok(Moment::After(after));
    }
    let date: Result<DateTime, _> = text.parse();
    date.map(Moment::On).map_err(|_| "expected a time after the start like `36h`, or a date like `2026-11-27T20:00`".to_owned())
}

/// Simulates with and without the failure, and writes what came of it.
///
/// # Errors
/// A scenario that is wrong, a failure or thing that it has not; files that cannot be read or written.
pub fn execute(arguments: &Arguments) -> Result<Exit, CliError> {
    let simulation = &arguments.simulation;
    simulation.flow_only("reliability simulate")?;
    let options = simulation.counted(default_replications(simulation.fidelity))?;
    let (scenario, patches) = (&arguments.variant.scenario, arguments.variant.patches());
    let model = compile(&load_whole(scenario, &patches, simulation.horizon, simulation.fidelity)?)?;
    let question =
        Question { failure: arguments.failure.clone(), on: arguments.on.clone(), at: arguments.at, paths: arguments.impact };
    let plan = Plan::new(&model, &question).map_err(CliError::Wrong)?;
    let (control, progress) = Progress::begin(simulation.quiet || simulation.json);
    let found = investigate(&model, &options, &plan, &control).map_err(|error| CliError::World(error.to_string()));
    progress.end();
    let found = found?;
    let done = found.main().replications;
    if done == 0 {
        out::tell("interrupted before the first pair of runs was done: nothing is written\n");
        return Ok(Exit::Interrupted);
    }
    if found.main().interrupted {
        out::tell(&format!("interrupted: the results rest on the {done} pairs of runs that were done\n"));
    }
    let (summary, report) = impact(&Input { model: &model, options: &options, question: &question, found: &found });
    let default = || default_folder(&model.name, &patches).join(format!("impact of {}", arguments.failure));
    let folder = simulation.out.clone().unwrap_or_else(default);
    simulation.hand_over(&folder, &summary, &report)?;
    Ok(exit(simulation, &summary))
}

/// An objective counts as breached where more runs than not end its window below target, with the failure.
fn exit(simulation: &Simulation, summary: &Impact) -> Exit {
    let breached = summary.objectives.values().any(|o| o.breach_probability_with.value.is_some_and(|chance| chance > 0.5));
    if summary.interrupted {
        Exit::Interrupted
    } else if simulation.fail_on == Some(FailOn::Breach) && breached {
        Exit::Missed
    } else {
        Exit::Done
    }
}
