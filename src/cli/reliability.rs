//! `ninefold reliability`: what breaks, and what a failure does.

mod analyze;
mod simulate;

use clap::{Args, Subcommand};

use super::{CliError, Exit};

/// Uptime, what drives downtime, and exact answers beside simulated ones; or what one failure does.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ninefold reliability analyze shop.yaml --service db
  ninefold reliability simulate shop.yaml --failure 'zone outage'")]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Analyze(analyze::Arguments),
    Simulate(simulate::Arguments),
}

/// Runs the command that the arguments name.
///
/// # Errors
/// What the command complains about.
pub fn execute(arguments: &Arguments) -> Result<Exit, CliError> {
    match &arguments.command {
        Command::Analyze(arguments) => analyze::execute(arguments),
        Command::Simulate(arguments) => simulate::execute(arguments),
    }
}
