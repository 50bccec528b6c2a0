//! `ninefold scaling`: questions about replicas that follow the load.

mod analyze;

use clap::{Args, Subcommand};

use super::{CliError, Exit};

/// How replicas follow the load.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ninefold scaling analyze shop.yaml
  ninefold scaling analyze shop.yaml --usage-pattern weekly")]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Analyze(analyze::Arguments),
}

/// Runs the command that the arguments name.
///
/// # Errors
/// What the command complains about.
pub fn execute(arguments: &Arguments) -> Result<Exit, CliError> {
    match &arguments.command {
        Command::Analyze(arguments) => analyze::execute(arguments),
    }
}
