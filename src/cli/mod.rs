//! The command line: one file per command, which holds its arguments and one call.

mod analysis;
mod capacity;
mod check;
mod common;
mod compare;
mod completions;
mod cost;
mod deploy;
mod exit;
mod explain;
mod incident;
mod init;
mod out;
mod progress;
mod reliability;
pub mod run;
mod scaling;
mod schema;
mod show;
mod sla;

use std::ffi::OsString;

use clap::{Parser, Subcommand};

pub use exit::{CliError, Exit};

/// Will we keep our promises, with which capacity, at what cost, and what breaks first?
///
/// Ninefold simulates services, their failures and their load from one scenario file.
#[derive(Debug, Parser)]
#[command(name = "ninefold", version, max_term_width = 100, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Begin with: ninefold init shop.yaml && ninefold check shop.yaml && ninefold run shop.yaml

Exit codes: 0 done; 1 done, and something that was asked to hold does not; 2 the scenario or
the command line is wrong; 3 a file or the disk is; 130 interrupted.";

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Arguments),
    Check(check::Arguments),
    Compare(compare::Arguments),
    Cost(cost::Arguments),
    Deploy(deploy::Arguments),
    Reliability(reliability::Arguments),
    Incident(incident::Arguments),
    Analysis(analysis::Arguments),
    Scaling(scaling::Arguments),
    Capacity(capacity::Arguments),
    Sla(sla::Arguments),
    Show(show::Arguments),
    Explain(explain::Arguments),
    Schema(schema::Arguments),
    Init(init::Arguments),
    Completions(completions::Arguments),
}

/// Runs the command that the arguments name, and says how it ended.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let done = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => execute(&arguments.command),
        Err(error) => Err(CliError::Usage(error)),
    };
    done.unwrap_or_else(CliError::report)
}

fn execute(command: &Command) -> Result<Exit, CliError> {
    match command {
        Command::Run(arguments) => run::execute(&arguments.parsed()),
        Command::Check(arguments) => check::execute(arguments),
        Command::Compare(arguments) => compare::execute(arguments),
        Command::Cost(arguments) => cost::execute(arguments),
        Command::Deploy(arguments) => deploy::execute(arguments),
        Command::Reliability(arguments) => reliability::execute(arguments),
        Command::Incident(arguments) => incident::execute(arguments),
        Command::Analysis(arguments) => analysis::execute(arguments),
        Command::Scaling(arguments) => scaling::execute(arguments),
        Command::Capacity(arguments) => capacity::execute(arguments),
        Command::Sla(arguments) => sla::execute(arguments),
        Command::Show(arguments) => show::execute(arguments),
        Command::Explain(arguments) => explain::execute(arguments),
        Command::Schema(_) => schema::execute(),
        Command::Init(arguments) => init::execute(arguments),
        Command::Completions(arguments) => completions::execute(arguments),
    }
}

/// The whole command line as clap knows it, for completions.
fn description() -> clap::Command {
    <Arguments as clap::CommandFactory>::command()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_arguments_are_consistent_and_every_command_has_an_example() {
        super::description().debug_assert();
        let all = super::description();
        let below = all.get_subcommands().flat_map(clap::Command::get_subcommands);
        for command in all.get_subcommands().chain(below) {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("ninefold "), "{} has no example", command.get_name());
        }
    }
}
