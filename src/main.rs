//! The command line: arguments in, an exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    ninefold::cli::main(std::env::args_os()).into()
}
