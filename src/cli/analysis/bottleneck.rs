//! `ninefold analysis bottleneck-detect`: which service is full first, and at which load the promise breaks.

use clap::Args;

use crate::analysis::bottleneck::{Bottlenecks, Input, System, analyze, investigate};
use crate::cli::common::{FailOn, Fidelity, Simulation, Variant, compile, default_folder, load_whole, troubled};
use crate::cli::progress::Progress;
use crate::cli::{CliError, Exit, out};
use crate::run::{Options, default_replications};

/// Which service is full first as the load grows, where requests wait, what one more replica brings, and at which load the
/// promise breaks. Every request is simulated.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ninefold analysis bottleneck-detect shop.yaml
  ninefold analysis bottleneck-detect shop.yaml --system web --horizon 1h

With --fail-on breach the exit code is 1 where the promise does not hold at the load as it is.")]
pub struct Arguments {
    #[command(flatten)]
    variant: Variant,
    /// Looks at this service and all that it calls [default: all that traffic reaches].
    #[arg(long, value_name = "SERVICE")]
    system: Option<String>,
    #[command(flatten)]
    simulation: Simulation,
}

/// Simulates the load, its multiples and one more replica of each service, and writes what came of it.
///
/// # Errors
/// A scenario that is wrong, a service that it has not; files that cannot be read or written.
pub fn execute(arguments: &Arguments) -> Result<Exit, CliError> {
    let simulation = &arguments.simulation;
    let fidelity = Fidelity::Request;
    let options = Options { fidelity, ..simulation.counted(default_replications(fidelity))? };
    let (scenario, patches) = (&arguments.variant.scenario, arguments.variant.patches());
    let loaded = load_whole(scenario, &patches, simulation.horizon, Fidelity::Request)?;
    let name = arguments.system.as_deref();
    let system = System::of(&compile(&loaded)?, name).map_err(CliError::Wrong)?;
    let (control, progress) = Progress::begin(simulation.quiet || simulation.json);
    let found = investigate(&loaded, system, &options, &control).map_err(troubled);
    progress.end();
    let Some(found) = found? else {
        out::tell("interrupted before the first replication was done: nothing is written\n");
        return Ok(Exit::Interrupted);
    };
    let (summary, report) = analyze(&Input { found: &found, options: &options, system: name });
    let default = || default_folder(&summary.scenario, &patches).join("bottlenecks");
    let folder = simulation.out.clone().unwrap_or_else(default);
    simulation.hand_over(&folder, &summary, &report)?;
    Ok(exit(&summary, simulation))
}

fn exit(summary: &Bottlenecks, simulation: &Simulation) -> Exit {
    let breached = summary.breaking.breaks_at.is_some_and(|multiple| multiple <= 1.0);
    if summary.interrupted {
        Exit::Interrupted
    } else if simulation.fail_on == Some(FailOn::Breach) && breached {
        Exit::Missed
    } else {
        Exit::Done
    }
}
