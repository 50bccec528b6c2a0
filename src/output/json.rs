//! `summary.json`: the numbers for programs.

use super::OutputError;

/// The summary as JSON for people and programs, with a newline at its end. Numbers that are not finite are `null`.
///
/// # Errors
/// None is known: a summary holds nothing that JSON cannot say.
pub fn render(summary: &impl serde::Serialize) -> Result<String, OutputError> {
    let mut text = serde_json::to_string_pretty(summary)?;
    text.push('\n');
    Ok(text)
}
