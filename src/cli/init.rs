//! `ninefold init`: a first scenario to begin with.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::{CliError, Exit, out};

/// Writes a commented first scenario.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ninefold init shop.yaml && ninefold run shop.yaml
  ninefold init - | less")]
pub struct Arguments {
    /// The file to write; `-` prints it.
    #[arg(value_name = "FILE", default_value = "scenario.yaml")]
    file: PathBuf,
    /// Overwrites a file that is already there.
    #[arg(long)]
    force: bool,
}

const FIRST: &str = include_str!("init/first.yaml");

/// Writes the first scenario.
///
/// # Errors
/// A file that is already there or cannot be written.
pub fn execute(arguments: &Arguments) -> Result<Exit, CliError> {
    let file = &arguments.file;
    if file == Path::new("-") {
        out::print(FIRST)?;
        return Ok(Exit::Done);
    }
    write(file, arguments.force)?;
    let name = file.display();
    out::tell(&format!("{name} is written. Next: ninefold check {name}, then ninefold run {name}\n"));
    Ok(Exit::Done)
}

fn write(file: &Path, force: bool) -> Result<(), CliError> {
    let name = file.display();
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).create_new(!force);
    let mut opened = options.open(file).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => CliError::Wrong(format!("{name} is already there: choose another name, or overwrite it with --force")),
        _ => CliError::World(format!("cannot write {name}: {error}")),
    })?;
    opened.write_all(FIRST.as_bytes()).map_err(|error| CliError::World(format!("cannot write {name}: {error}")))
}
