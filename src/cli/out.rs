//! Standard output and standard error: the one place where commands print.

use std::io::{self, Write};

use super::CliError;

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
