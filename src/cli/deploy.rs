//! `ninefold deploy`: how to release, and whether to.

mod plan;
mod validate;

use clap::{Args, Subcommand};

use super::{CliError, Exit};
use crate::analysis::deploy::Released;
use crate::model::Model;
use crate::scenario::Loaded;
use crate::scenario::suggest::instead;

/// How to release a service, and whether the error budget covers it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ninefold deploy plan shop.yaml --service web --risk high
  ninefold deploy validate shop.yaml --service web --budget-spent 40% --fail-on no-go")]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Plan(plan::Arguments),
    Validate(validate::Arguments),
}

/// Runs the command that the arguments name.
///
/// # Errors
/// What the command complains about.
pub fn execute(arguments: &Arguments) -> Result<Exit, CliError> {
    match &arguments.command {
        Command::Plan(arguments) => plan::execute(arguments),
        Command::Validate(arguments) => validate::execute(arguments),
    }
}

const EXAMPLE: &str = "
    releases:
      every: {exponential: {mean: 84h}}     # how often there is a new version
      bad: 10%                              # how many of them are bad
      effect: {errors: 3%}                  # what a bad one does to the requests that meet it
      strategy: {canary: {steps: [5%, 25%, 50%], bake: 10m, abort_above: 1%}}
      rollback: {lognormal: {median: 4m, p95: 15m}}
      rollback_works: 97%";

/// The releases of the service of this name.
fn released<'m>(model: &'m Model, name: &str, seed: u64) -> Result<Released<'m>, CliError> {
    let names: Vec<&str> = model.services.iter().map(|service| service.name.as_str()).collect();
    let Some(service) = names.iter().position(|other| *other == name) else {
        return Err(CliError::Wrong(format!("no service `{name}`: {}", instead(name, &names))));
    };
    Released::of(model, service, seed).ok_or_else(|| {
        CliError::Wrong(format!("the scenario says nothing of releases of `{name}`: write under it, for example{EXAMPLE}"))
    })
}

/// Seconds from the start of the scenario to a local date, which lies within its horizon.
fn moment(loaded: &Loaded, model: &Model, text: &str) -> Result<f64, CliError> {
    let wrong = |why: &str| CliError::Wrong(format!("--at `{text}` {why}: expected a local date like `2026-01-06T10:00`"));
    let local: jiff::civil::DateTime = text.parse().map_err(|_| wrong("is no date"))?;
    let moment = local.to_zoned(model.start.time_zone().clone()).map_err(|_| wrong("is no moment of the calendar"))?;
    let seconds =
        (moment.timestamp() - model.start.timestamp()).total(jiff::Unit::Second).map_err(|_| wrong("is too far away"))?;
    if (0.0..loaded.scenario.horizon.0).contains(&seconds) {
        Ok(seconds)
    } else {
        Err(wrong("does not lie within the horizon of the scenario"))
    }
}
