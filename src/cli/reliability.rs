//! `ninefold reliability`: what breaks, and what a failure does.

mod simulate;

use clap::{Args, Subcommand};

use super::{CliError, Exit};

/// Shows what a failure does when it happens.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  ninefold reliability simulate shop.yaml --failure 'zone outage'")]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Simulate(simulate::Arguments),
}

/// Runs the command that the arguments name.
///
/// # Errors
/// What the command complains about.
pub fn execute(arguments: &Arguments) -> Result<Exit, CliError> {
    match &arguments.command {
        Command::Simulate(arguments) => simulate::execute(arguments),
    }
}
