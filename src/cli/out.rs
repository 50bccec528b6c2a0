//! Standard output and standard error: the one place where commands print.

use std::io::{self, Write};

use super::CliError;
use crate::output::terminal::Screen;
use crate::scenario::Style;

/// Prints a result.
///
/// # Errors
/// Standard output that is closed or full.
pub fn print(text: &str) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// Prints a result as JSON.
///
/// # Errors
/// Standard output that is closed or full.
pub fn print_json(value: &impl serde::Serialize) -> Result<(), CliError> {
    let text = serde_json::to_string_pretty(value).map_err(|error| CliError::World(format!("cannot write JSON: {error}")))?;
    print(&(text + "\n"))
}

/// Tells the user something that is no result. What cannot be told is lost: there is nobody left to tell.
pub fn tell(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// The screen that standard output is, or one of 80 by 35 without colours.
pub fn screen() -> Screen {
    let stdout = io::stdout();
    let color = super::exit::style(&stdout) == Style::Coloured;
    let size = console::Term::stdout().size_checked();
    let plain = Screen { color, ..Screen::default() };
    size.map_or(plain, |(height, width)| Screen {
        width: usize::from(width),
        height: usize::from(height).max(plain.height),
        color,
    })
}
