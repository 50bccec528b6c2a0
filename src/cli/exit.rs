//! How a command ends.

use std::io::{self, ErrorKind, IsTerminal};
use std::process::ExitCode;

use crate::scenario::{LoadError, Style};

/// What the exit code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done,
    /// Done, and something that was asked to hold does not.
    Missed,
    /// The scenario or the command line is wrong.
    Wrong,
    /// A file, the disk or the network is.
    World,
    /// Interrupted by the user.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Missed => 1,
            Exit::Wrong => 2,
            Exit::World => 3,
            Exit::Interrupted => 130,
        })
    }
}

/// Why a command did not do what it should.
#[derive(Debug)]
pub enum CliError {
    /// The arguments, or the help that was asked for.
    Usage(clap::Error),
    /// A scenario or a patch, or the file they are in.
    Load(LoadError),
    /// Something else about the command line, in a sentence.
    Wrong(String),
    /// Something about files, in a sentence.
    World(String),
    /// Writing to standard output.
    Output(io::Error),
}

impl From<LoadError> for CliError {
    fn from(error: LoadError) -> Self {
        Self::Load(error)
    }
}

impl From<io::Error> for CliError {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<crate::output::OutputError> for CliError {
    fn from(error: crate::output::OutputError) -> Self {
        Self::World(error.to_string())
    }
}

impl CliError {
    /// Tells the user on standard error, and gives the exit code.
    pub fn report(self) -> Exit {
        match self {
            Self::Usage(error) => {
                // What cannot be printed cannot be reported either.
                let _ = error.print();
                if error.use_stderr() { Exit::Wrong } else { Exit::Done }
            }
            Self::Load(error) => {
                let text = error.render(style(&io::stderr()));
                let is_world = matches!(error, LoadError::World(_));
                super::out::tell(&if is_world { format!("error: {text}") } else { text });
                if is_world { Exit::World } else { Exit::Wrong }
            }
            Self::Wrong(message) => {
                super::out::tell(&format!("error: {message}\n"));
                Exit::Wrong
            }
            Self::World(message) => {
                super::out::tell(&format!("error: {message}\n"));
                Exit::World
            }
            // The reader has seen enough, as in `ninefold schema | head`.
            Self::Output(error) if error.kind() == ErrorKind::BrokenPipe => Exit::Done,
            Self::Output(error) => {
                super::out::tell(&format!("error: cannot write to standard output: {error}\n"));
                Exit::World
            }
        }
    }
}

/// Colours for a terminal that shows them.
pub fn style(stream: &impl IsTerminal) -> Style {
    let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if stream.is_terminal() && !unwanted { Style::Coloured } else { Style::Plain }
}
