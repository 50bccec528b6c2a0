//! `ninefold capacity`: questions about how much is needed, and when.

mod plan;

use clap::{Args, Subcommand};

use super::{CliError, Exit};

/// How much is needed, by when, and at what cost.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ninefold capacity plan shop.yaml
  ninefold capacity plan shop.yaml --growth-factor 2x --timeframe 12w")]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Plan(plan::Arguments),
}

/// Runs the command that the arguments name.
///
/// # Errors
/// What the command complains about.
pub fn execute(arguments: &Arguments) -> Result<Exit, CliError> {
    match &arguments.command {
        Command::Plan(arguments) => plan::execute(arguments),
    }
}
