//! `ninefold sla compliance`: every service at a threshold, and which promises are possible.

use clap::Args;

use super::common::{REPLICATIONS, Telling, finish};
use crate::analysis::sla::{Input, Question, watch_services};
use crate::cli::common::{Fidelity, Simulation, Variant, compile, failed, load_whole};
use crate::cli::progress::Progress;
use crate::cli::{CliError, Exit};
use crate::lab::simulate;
use crate::units::Fraction;

/// Which services keep a threshold, how surely in each month or quarter, and which promises cannot be kept given what a
/// service depends on.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ninefold sla compliance shop.yaml --threshold 99.9%
  ninefold sla compliance shop.yaml --threshold 99.5% --services web --fail-on breach

With --fail-on breach the exit code is 1 where a service does not keep the threshold: where more replications than not
fall below it in some complete period.")]
pub struct Arguments {
    #[command(flatten)]
    variant: Variant,
    /// The fraction that has to be good, e.g. `99.9%`.
    #[arg(long, value_name = "FRACTION", value_parser = threshold)]
    threshold: f64,
    #[command(flatten)]
    telling: Telling,
    #[command(flatten)]
    simulation: Simulation,
}

fn threshold(text: &str) -> Result<f64, String> {
    let Fraction(fraction) = text.parse().map_err(|error| format!("{error}"))?;
    if fraction > 0.0 && fraction < 1.0 {
        Ok(fraction)
    } else {
        Err("expected a fraction between 0% and 100%, like `99.9%`".into())
    }
}

/// Watches every service at the threshold, simulates, and writes what came of it.
///
/// # Errors
/// A scenario that is wrong, or a horizon in which no period is complete; files that cannot be read or written.
pub fn execute(arguments: &Arguments) -> Result<Exit, CliError> {
    let Arguments { variant, threshold, telling, simulation } = arguments;
    simulation.flow_only("sla compliance")?;
    let options = simulation.counted(REPLICATIONS)?;
    let loaded = load_whole(&variant.scenario, &variant.patches(), simulation.horizon, Fidelity::Flow)?;
    let mut model = compile(&loaded)?;
    let agreed = model.objectives.len();
    let watches = watch_services(&mut model, telling.period, *threshold).map_err(CliError::Wrong)?;
    if !telling.period.fits(&model) {
        let noun = telling.period.noun();
        let text = format!("no whole {noun} lies within the horizon, so nothing can be judged: give a longer one with --horizon");
        return Err(CliError::Wrong(text));
    }
    let watches = telling.keep(&model, watches)?;
    let (control, progress) = Progress::begin(simulation.quiet || simulation.json);
    let runs = simulate(&model, &options, &control);
    progress.end();
    let runs = runs.map_err(|error| failed(&error))?;
    let input = Input {
        model: &model,
        options: &options,
        runs: &runs,
        question: Question::Compliance { threshold: *threshold },
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
