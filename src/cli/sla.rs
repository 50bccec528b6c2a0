//! `ninefold sla`: questions about agreements.

mod common;
mod compliance;
mod forecast;
mod report;

use clap::{Args, Subcommand};

use super::{CliError, Exit};

/// Agreements: what each month or quarter attains and pays back, when a promise breaks, and which can be kept at all.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ninefold sla report shop.yaml --period quarterly
  ninefold sla forecast shop.yaml --growth-rate 15%/mo --timeframe 6mo
  ninefold sla compliance shop.yaml --threshold 99.9% --fail-on breach")]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Report(report::Arguments),
    Forecast(forecast::Arguments),
    Compliance(compliance::Arguments),
}

/// Runs the command that the arguments name.
///
/// # Errors
/// What the command complains about.
pub fn execute(arguments: &Arguments) -> Result<Exit, CliError> {
    match &arguments.command {
        Command::Report(arguments) => report::execute(arguments),
        Command::Forecast(arguments) => forecast::execute(arguments),
        Command::Compliance(arguments) => compliance::execute(arguments),
    }
}
