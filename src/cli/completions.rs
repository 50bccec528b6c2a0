//! `ninefold completions`: completions for a shell.

use clap::Args;
use clap_complete::Shell;

use super::{CliError, Exit, description, out};

/// Prints completions for a shell.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  ninefold completions bash > /etc/bash_completion.d/ninefold")]
pub struct Arguments {
    /// The shell.
    shell: Shell,
}

/// Prints completions.
///
/// # Errors
/// Standard output that cannot be written.
pub fn execute(arguments: &Arguments) -> Result<Exit, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut description(), "ninefold", &mut script);
    out::print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
