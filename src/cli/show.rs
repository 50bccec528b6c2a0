//! `ninefold show`: the scenario with its patches.

use clap::Args;

use super::common::Variant;
use super::{CliError, Exit, out};
use crate::scenario::show;

/// Prints the scenario as it is after its patches.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  ninefold show shop.yaml --policy blue-green --set services.web.replicas=12")]
pub struct Arguments {
    #[command(flatten)]
    variant: Variant,
    /// Prints JSON in place of YAML.
    #[arg(long)]
    json: bool,
}

/// Shows a scenario.
///
/// # Errors
/// A scenario that is wrong, or standard output that cannot be written.
pub fn execute(arguments: &Arguments) -> Result<Exit, CliError> {
    let loaded = arguments.variant.load()?;
    if arguments.json {
        out::print_json(&show::json(&loaded.tree))?;
    } else {
        out::print(&show::yaml(&loaded.tree))?;
    }
    Ok(Exit::Done)
}
