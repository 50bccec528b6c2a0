//! `ninefold sla forecast`: when a promise breaks, what drives it, and how far such a forecast can be trusted.

use std::path::PathBuf;
use std::sync::atomic::Ordering;

use clap::Args;

use super::common::{REPLICATIONS, Telling, finish};
use crate::analysis::sla::{Input, Question, Unfit, backtest, leave_out, watch};
use crate::cli::common::{Fidelity, Simulation, Variant, compile, failed, horizon, load_whole, troubled};
use crate::cli::progress::Progress;
use crate::cli::{CliError, Exit};
use crate::lab::simulate;
use crate::model::incidents;
use crate::run::Options;
use crate::scenario::Loaded;
use crate::units::{GrowthRate, Time};

/// In which month a promise is first more likely broken than kept, what drives that, and what it will cost.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ninefold sla forecast shop.yaml --growth-rate 15%/mo --timeframe 6mo
  ninefold sla forecast shop.yaml --timeframe 2y --period quarterly
  ninefold sla forecast shop.yaml --backtest incidents.csv --timeframe 6mo

The file of --backtest holds past incidents: columns `start`, one of `duration_seconds`, `duration_minutes`,
`duration_hours` and `duration_days`, and perhaps `service`. Forecasts of `--timeframe` are then made from what was
known at origins in the past, and compared with what happened.")]
pub struct Arguments {
    #[command(flatten)]
    variant: Variant,
    /// How all open traffic grows, in place of the scenario's `growth`, e.g. `15%/mo`.
    #[arg(long, value_name = "GROWTH", value_parser = growth)]
    growth_rate: Option<String>,
    /// How far ahead is looked, in place of the scenario's `horizon`, e.g. `6mo`.
    #[arg(long, value_name = "TIME", value_parser = horizon, conflicts_with = "horizon")]
    timeframe: Option<Time>,
    /// A CSV file of past incidents, on which such forecasts are tried.
    #[arg(long, value_name = "FILE")]
    backtest: Option<PathBuf>,
    #[command(flatten)]
    telling: Telling,
    #[command(flatten)]
    simulation: Simulation,
}

/// As it is written, once it is known to be a growth.
fn growth(text: &str) -> Result<String, String> {
    text.parse::<GrowthRate>().map(|_| text.to_owned()).map_err(|error| format!("{error}"))
}

/// Simulates with the growth and over the time that is asked for, leaves out one cause after the other, and writes what came of it.
///
/// # Errors
/// A scenario or a record that is wrong; files that cannot be read or written.
pub fn execute(arguments: &Arguments) -> Result<Exit, CliError> {
    let Arguments { variant, growth_rate, telling, simulation, .. } = arguments;
    simulation.flow_only("sla forecast")?;
    let options = simulation.counted(REPLICATIONS)?;
    // A record that is wrong is told before anything is simulated.
    let record = arguments.backtest.as_deref().map(incidents).transpose().map_err(CliError::Wrong)?;
    let loaded = load_grown(arguments)?;
    let mut model = compile(&loaded)?;
    let agreed = model.objectives.len();
    let watches = watch(&mut model, telling.period).map_err(CliError::Wrong)?;
    let watches = telling.keep(&model, watches)?;
    let (control, progress) = Progress::begin(simulation.quiet || simulation.json);
    let all = || {
        let runs = simulate(&model, &options, &control).map_err(|error| failed(&error))?;
        let drivers = leave_out(&model, &runs, &options, &control).map_err(|error| failed(&error))?;
        let fared = record.as_ref().map(|record| {
            let options = Options { warmup: None, ..options.clone() };
            backtest(record, loaded.scenario.horizon.0, &options, &control).map_err(unfit)
        });
        Ok::<_, CliError>((runs, drivers, fared.transpose()?.flatten()))
    };
    let done = all();
    progress.end();
    let (runs, drivers, fared) = done?;
    let input = Input {
        model: &model,
        options: &options,
        runs: &runs,
        question: Question::Forecast,
        period: telling.period,
        agreed,
        watches: &watches,
        drivers: &drivers,
        backtest: fared.as_ref(),
        growth: growth_rate.as_deref(),
        interrupted: control.stop.load(Ordering::Relaxed),
    };
    finish(&input, variant, simulation, telling.format)
}

/// The scenario with the growth and the horizon that are asked for.
fn load_grown(arguments: &Arguments) -> Result<Loaded, CliError> {
    let Arguments { variant, growth_rate, timeframe, simulation, .. } = arguments;
    let horizon = timeframe.or(simulation.horizon);
    let loaded = load_whole(&variant.scenario, &variant.patches(), horizon, Fidelity::Flow)?;
    let Some(growth) = growth_rate else { return Ok(loaded) };
    let open = loaded.scenario.traffic.iter().filter(|(_, traffic)| traffic.users.is_none());
    let sets: Vec<String> = open.map(|(name, _)| format!("traffic.{name}.growth={growth}")).collect();
    if sets.is_empty() {
        return Err(CliError::Wrong("--growth-rate is about open traffic, and the scenario has none".into()));
    }
    Ok(loaded.with(sets)?)
}

fn unfit(unfit: Unfit) -> CliError {
    match unfit {
        Unfit::Record(text) => CliError::Wrong(text),
        Unfit::Forecast(trouble) => troubled(trouble),
    }
}
