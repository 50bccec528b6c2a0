//! `ninefold incident`: how people and programs respond when something fails.

mod simulate;

use clap::{Args, Subcommand};

use super::{CliError, Exit};

/// How long it takes to notice, acknowledge, diagnose, mitigate and restore a failure, and what would shorten that.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  ninefold incident simulate shop.yaml --failure 'host crash' --service web")]
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
