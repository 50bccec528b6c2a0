//! `ninefold explain`: what a word means, its form and default, and the words below it.

use std::fmt::Write;

use clap::Args;

use super::{CliError, Exit, out};
use crate::scenario::vocabulary::{Content, Spot, find};

/// Explains a word of the language: what it means, how it is written, its default, and the words below it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ninefold explain
  ninefold explain failures.repair
  ninefold explain services.web.calls.retries")]
pub struct Arguments {
    /// The word with the words above it, like `services.queue`; names may be left out. Without it: the top level.
    #[arg(value_name = "PATH")]
    path: Option<String>,
}

/// Explains a word.
///
/// # Errors
/// A word that is unknown, or standard output that cannot be written.
pub fn execute(arguments: &Arguments) -> Result<Exit, CliError> {
    let path = arguments.path.as_deref().unwrap_or_default();
    let spot = find(path).map_err(CliError::Wrong)?;
    out::print(&explanation(path, spot))?;
    Ok(Exit::Done)
}

fn explanation(path: &str, spot: Spot) -> String {
    let mut text = String::new();
    if !path.is_empty() {
        let _ = writeln!(text, "{path}\n");
    }
    if let Some(meaning) = spot.meaning() {
        let _ = writeln!(text, "{}", wrap(&meaning, 2));
    }
    let forms = spot.forms();
    if !forms.is_empty() {
        let _ = writeln!(text, "\n  Written as:");
        for form in forms {
            let _ = writeln!(text, "{}", wrap(&form, 4));
        }
    }
    below(spot, &mut text);
    text
}

/// The words that stand under a word, or under the names or elements below it.
fn below(spot: Spot, text: &mut String) {
    let (title, inner) = match spot.content() {
        Content::Names => ("Names of your choice, each with", spot.name().map(element_or_self)),
        Content::Elements => ("A list, each with", spot.element()),
        Content::Words => ("Words", Some(spot)),
        Content::Value => ("", None),
    };
    let words = inner.map(Spot::words).unwrap_or_default();
    if words.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n  {title}:");
    let width = words.iter().map(|(word, _)| word.len()).max().unwrap_or_default();
    for (word, spot) in words {
        let meaning = wrap(&spot.meaning().unwrap_or_default(), width + 6);
        let _ = writeln!(text, "    {word:width$}  {}", meaning.trim_start());
    }
}

/// A runbook is a name with a list of steps: the steps are what matters.
fn element_or_self(spot: Spot) -> Spot {
    if spot.content() == Content::Elements { spot.element().unwrap_or(spot) } else { spot }
}

const WIDTH: usize = 100;

/// Breaks a text into lines, each indented.
fn wrap(text: &str, indent: usize) -> String {
    let margin = " ".repeat(indent);
    let mut lines = vec![margin.clone()];
    for word in text.split_whitespace() {
        let line = lines.last().map_or(0, |line| line.chars().count());
        if line > indent && line + 1 + word.chars().count() > WIDTH {
            lines.push(margin.clone());
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(if line.len() > indent { " " } else { "" });
            line.push_str(word);
        }
    }
    lines.join("\n")
}
