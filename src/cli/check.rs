//! `ninefold check`: every mistake, then what is legal but suspicious.

use clap::Args;

use super::common::Variant;
use super::exit::style;
use super::{CliError, Exit, out};
use crate::scenario::diagnostic::{Listed, Severity};
use crate::scenario::{Fidelity, LoadError, Loaded, Problems, unsimulated};

/// Lists every mistake of a scenario, then what is legal but suspicious.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ninefold check shop.yaml
  ninefold check shop.yaml --policy blue-green --fail-on warning")]
pub struct Arguments {
    #[command(flatten)]
    variant: Variant,
    /// Ends with exit code 1 if there is a warning.
    #[arg(long, value_name = "KIND", value_enum)]
    fail_on: Option<FailOn>,
    /// Prints mistakes and warnings as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    /// Something legal but suspicious.
    Warning,
}

/// What `--json` prints.
#[derive(serde::Serialize)]
struct Checked<'a> {
    schema: &'static str,
    errors: Vec<Listed<'a>>,
    warnings: Vec<Listed<'a>>,
}

/// Checks a scenario.
///
/// # Errors
/// A file that cannot be read, or standard output that cannot be written.
pub fn execute(arguments: &Arguments) -> Result<Exit, CliError> {
    let (problems, name) = match arguments.variant.load() {
        Ok(loaded) => (findings(&loaded), loaded.scenario.name),
        Err(LoadError::Wrong(problems)) => (*problems, String::new()),
        Err(world) => return Err(world.into()),
    };
    if arguments.json {
        print_json(&problems)?;
    } else {
        print_text(&problems, &name)?;
    }
    let count = |severity: Severity| problems.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    Ok(match (count(Severity::Error), count(Severity::Warning)) {
        (0, 1..) if arguments.fail_on.is_some() => Exit::Missed,
        (0, _) => Exit::Done,
        _ => Exit::Wrong,
    })
}

/// What no fidelity simulates yet, then what is suspicious.
fn findings(loaded: &Loaded) -> Problems {
    let as_rate = unsimulated(&loaded.scenario, Fidelity::Flow);
    let unknown = unsimulated(&loaded.scenario, Fidelity::Request).into_iter().filter(|found| as_rate.contains(found));
    loaded.problems(unknown.into_iter().chain(loaded.warnings.iter().cloned()))
}

fn print_json(problems: &Problems) -> Result<(), CliError> {
    let (errors, warnings) = problems.listed().into_iter().partition(|listed: &Listed<'_>| listed.severity == Severity::Error);
    out::print_json(&Checked { schema: "ninefold/check/1", errors, warnings })
}

fn print_text(problems: &Problems, name: &str) -> Result<(), CliError> {
    if problems.diagnostics.is_empty() {
        return out::print(&format!("{name}: no mistakes, nothing suspicious\n"));
    }
    let warnings = problems.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Warning).count();
    let mistakes = problems.diagnostics.len() - warnings;
    let counted = format!("{}, {}\n", plural(mistakes, "mistake"), plural(warnings, "warning"));
    out::print(&(problems.render(style(&std::io::stdout())) + &counted))
}

fn plural(count: usize, what: &str) -> String {
    match count {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        many => format!("{many} {what}s"),
    }
}
