//! `ninefold cost`: questions about money.

mod optimize;

use clap::{Args, Subcommand};

use super::{CliError, Exit};

/// Money: the cheapest system that keeps what was promised.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ninefold cost optimize shop.yaml
  ninefold cost optimize shop.yaml --target-savings 20% --confidence 99%")]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Optimize(optimize::Arguments),
}

/// Runs the command that the arguments name.
///
/// # Errors
/// What the command complains about.
pub fn execute(arguments: &Arguments) -> Result<Exit, CliError> {
    match &arguments.command {
        Command::Optimize(arguments) => optimize::execute(arguments),
    }
}
