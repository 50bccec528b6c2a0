//! `ninefold sla report`: each promise, period by period.

use clap::Args;

use super::common::{REPLICATIONS, Telling, finish};
use crate::analysis::sla::{Input, Question, watch};
use crate::cli::common::{Fidelity, Simulation, Variant, compile, failed, load_whole};
use crate::cli::progress::Progress;
use crate::cli::{CliError, Exit};
use crate::lab::simulate;

/// What each month or quarter attains, how much of its error budget is burnt, and what is paid back.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ninefold sla report shop.yaml
  ninefold sla report shop.yaml --period quarterly --services web,checkout
  ninefold sla report shop.yaml --format dashboard

With --fail-on breach the exit code is 1 where a promise is more likely broken in some period than not.")]
pub struct Arguments {
    #[command(flatten)]
    variant: Variant,
    #[command(flatten)]
    telling: Telling,
    #[command(flatten)]
    simulation: Simulation,
}

/// Watches every promise by period, simulates, and writes what came of it.
///
/// # Errors
/// A scenario that is wrong; files that cannot be read or written.
pub fn execute(arguments: &Arguments) -> Result<Exit, CliError> {
    let Arguments { variant, telling, simulation } = arguments;
    simulation.flow_only("sla report")?;
    let options = simulation.counted(REPLICATIONS)?;
    let loaded = load_whole(&variant.scenario, &variant.patches(), simulation.horizon, Fidelity::Flow)?;
    let mut model = compile(&loaded)?;
    let agreed = model.objectives.len();
    let watches = watch(&mut model, telling.period).map_err(CliError::Wrong)?;
    let watches = telling.keep(&model, watches)?;
    let (control, progress) = Progress::begin(simulation.quiet || simulation.json);
    let runs = simulate(&model, &options, &control);
    progress.end();
    let runs = runs.map_err(|error| failed(&error))?;
    let input = Input {
        model: &model,
        options: &options,
        runs: &runs,
        question: Question::Report,
        period: telling.period,
        agreed,
        watches: &watches,
        drivers: &[],
        backtest: None,
        growth: None,
        interrupted: runs.interrupted,
    };
    finish(&input, variant, simulation, telling.format)
}
