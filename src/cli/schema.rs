//! `ninefold schema`: the JSON Schema of scenarios.

use clap::Args;

use super::{CliError, Exit, out};
use crate::scenario::vocabulary;

/// Prints the JSON Schema of scenarios, with which editors complete and check while you type.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  ninefold schema > ninefold.schema.json
and as the first line of a scenario, for editors with the YAML language server:
  # yaml-language-server: $schema=ninefold.schema.json")]
pub struct Arguments {}

/// Prints the schema.
///
/// # Errors
/// Standard output that cannot be written.
pub fn execute() -> Result<Exit, CliError> {
    out::print_json(vocabulary::schema())?;
    Ok(Exit::Done)
}
