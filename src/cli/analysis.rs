//! `ninefold analysis`: questions about how fast requests are answered, and why not faster.

mod bottleneck;

use clap::{Args, Subcommand};

use super::{CliError, Exit};

/// Which service is full first, and where requests wait.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ninefold analysis bottleneck-detect shop.yaml
  ninefold analysis bottleneck-detect shop.yaml --system web")]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    BottleneckDetect(bottleneck::Arguments),
}

/// Runs the command that the arguments name.
///
/// # Errors
/// What the command complains about.
pub fn execute(arguments: &Arguments) -> Result<Exit, CliError> {
    match &arguments.command {
        Command::BottleneckDetect(arguments) => bottleneck::execute(arguments),
    }
}
