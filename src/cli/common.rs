//! Arguments that several commands share.

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValue;
use serde::Serialize;

use super::{CliError, out};
use crate::lab::{self, Trouble};
use crate::model::Model;
use crate::output::{self, terminal};
use crate::report::Report;
use crate::run::{Options, RunError, default_replications};
pub use crate::scenario::Fidelity;
use crate::scenario::{LoadError, Loaded, Patches, load, unsimulated};
use crate::units::{Fraction, Time};

/// Which scenario, and what is changed in it.
#[derive(Debug, Clone, Args)]
pub struct Variant {
    /// The scenario, a YAML file; `-` reads it from standard input.
    #[arg(value_name = "SCENARIO")]
    pub scenario: PathBuf,
    #[command(flatten)]
    patching: Patching,
}

/// What is changed in a scenario.
#[derive(Debug, Clone, Args)]
pub struct Patching {
    /// Changes one value, e.g. `services.web.replicas=12`; `null` removes it. May be repeated.
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub sets: Vec<String>,
    /// Applies the patches in a YAML file that maps paths to values. May be repeated.
    #[arg(long = "patch", value_name = "FILE")]
    pub patch_files: Vec<PathBuf>,
    /// Applies a policy of the scenario. May be repeated.
    #[arg(long, value_name = "NAME")]
    pub policy: Vec<String>,
}

impl Patching {
    /// The patches, in the order in which they apply.
    #[must_use]
    pub fn patches(&self) -> Patches {
        Patches { patch_files: self.patch_files.clone(), policy: self.policy.clone(), sets: self.sets.clone() }
    }
}

impl Variant {
    /// The patches, in the order in which they apply.
    #[must_use]
    pub fn patches(&self) -> Patches {
        self.patching.patches()
    }

    /// Loads the scenario with its patches.
    ///
    /// # Errors
    /// What [`load`] complains about.
    pub fn load(&self) -> Result<Loaded, LoadError> {
        load(Path::new(&self.scenario), &self.patches())
    }
}

/// How it is simulated, where the results go, and on which `Event` the command ends with exit code 1.
#[derive(Debug, Clone, Args)]
pub struct Simulation<Event: clap::ValueEnum + Send + Sync + 'static = FailOn> {
    /// How many replications are run [default: 1000; with --fidelity request 10].
    #[arg(long, value_name = "N", value_parser = replications, conflicts_with = "precision")]
    pub replications: Option<u64>,
    /// Runs until every objective's interval is this narrow relative to its downtime, e.g. `1%`.
    #[arg(long, value_name = "FRACTION", value_parser = precision)]
    pub precision: Option<f64>,
    /// Seed of all random numbers: the same seed gives the same results.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// How many threads work [default: one for each core].
    #[arg(long, value_name = "N", value_parser = threads)]
    pub threads: Option<usize>,
    /// Whether requests are a rate (`flow`, years in milliseconds) or simulated one by one (`request`, minutes to days).
    #[arg(long, value_enum, default_value_t = Fidelity::Flow)]
    pub fidelity: Fidelity,
    /// How long is simulated, in place of the scenario's `horizon`, e.g. `90d`.
    #[arg(long, value_name = "TIME", value_parser = horizon)]
    pub horizon: Option<Time>,
    /// How long runs before the start without being measured, e.g. `30d` [default: 0s; with --fidelity request as long as
    /// the system takes to fill, found by pilot runs].
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub warmup: Option<Time>,
    /// The folder for the results [default: notebooks-output/SCENARIO, with +POLICY].
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Prints the summary as JSON on standard output, and nothing else there.
    #[arg(long)]
    pub json: bool,
    /// Prints nothing but errors; the results are in the files.
    #[arg(long)]
    pub quiet: bool,
    /// Ends with exit code 1 if this happens.
    #[arg(long, value_name = "EVENT", value_enum)]
    pub fail_on: Option<Event>,
}

impl<Event: clap::ValueEnum + Send + Sync + 'static> Simulation<Event> {
    /// Makes sure that a command is asked for no more than it can do: it follows requests as a rate alone.
    ///
    /// # Errors
    /// `--fidelity request`.
    pub fn flow_only(&self, command: &str) -> Result<(), CliError> {
        if self.fidelity == Fidelity::Flow {
            return Ok(());
        }
        Err(CliError::Wrong(format!(
            "`{command}` follows requests as a rate: leave out `--fidelity request`, which is for `run`"
        )))
    }

    /// How it is simulated by a command that has no use for a precision, with so many replications where nothing else is asked for.
    ///
    /// # Errors
    /// `--precision`.
    pub fn counted(&self, replications: u64) -> Result<Options, CliError> {
        if self.precision.is_some() {
            let text = "--precision is about the objectives of a forecast; give --replications here";
            return Err(CliError::Wrong(text.into()));
        }
        Ok(Options { replications: self.replications.unwrap_or(replications), ..self.options() })
    }

    /// Writes what came of a command into a folder, and shows it as it was asked for.
    ///
    /// # Errors
    /// A folder that cannot be written to.
    pub fn hand_over(&self, folder: &Path, summary: &impl Serialize, report: &Report) -> Result<(), CliError> {
        output::write_all(folder, summary, report)?;
        if self.json {
            out::print_json(summary)?;
        } else if !self.quiet {
            out::print(&terminal::render(report, out::screen()))?;
            out::print(&format!("\nReport, charts and tables: {}\n", folder.join("report.html").display()))?;
        }
        Ok(())
    }

    /// How it is simulated.
    pub fn options(&self) -> Options {
        Options {
            seed: self.seed,
            replications: self.replications.unwrap_or(default_replications(self.fidelity)),
            precision: self.precision,
            threads: self.threads,
            warmup: self.warmup.map(|warmup| warmup.0),
            fidelity: self.fidelity,
        }
    }
}

impl clap::ValueEnum for Fidelity {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Flow, Self::Request]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            Self::Flow => "As a rate",
            Self::Request => "One by one",
        };
        Some(PossibleValue::new(self.word()).help(help))
    }
}

/// What `run` is asked to fail on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum FailOn {
    /// An objective that is likely to be breached.
    Breach,
}

const MOST_REPLICATIONS: u64 = 1_000_000_000;
/// More of them only wait for each other.
const MOST_THREADS: usize = 1_024;

fn replications(text: &str) -> Result<u64, String> {
    let count: u64 = text.parse().map_err(|_| "expected a whole number like `1000`")?;
    if (1..=MOST_REPLICATIONS).contains(&count) {
        Ok(count)
    } else {
        Err(format!("expected 1 to {MOST_REPLICATIONS} replications"))
    }
}

fn threads(text: &str) -> Result<usize, String> {
    let count: usize = text.parse().map_err(|_| "expected a whole number like `4`")?;
    if (1..=MOST_THREADS).contains(&count) {
        Ok(count)
    } else {
        Err(format!("expected 1 to {MOST_THREADS} threads; leave it out for one for each core"))
    }
}

fn precision(text: &str) -> Result<f64, String> {
    let Fraction(fraction) = text.parse().map_err(|error| format!("{error}"))?;
    if fraction > 0.0 && fraction < 1.0 { Ok(fraction) } else { Err("expected a fraction between 0% and 100%, like `1%`".into()) }
}

/// A thousand years, in seconds: the longest horizon of a scenario too.
const LONGEST: f64 = 1000.0 * 365.0 * 86_400.0;

fn time(text: &str) -> Result<Time, String> {
    let time: Time = text.parse().map_err(|error| format!("{error}"))?;
    if time.0 <= LONGEST { Ok(time) } else { Err("expected at most a thousand years, `1000y`".into()) }
}

/// A probability with which something is to hold.
///
/// # Errors
/// Less than one half, or all but certain.
pub fn confidence(text: &str) -> Result<f64, String> {
    let Fraction(fraction) = text.parse().map_err(|error| format!("{error}"))?;
    if (0.5..=0.9999).contains(&fraction) {
        Ok(fraction)
    } else {
        Err("expected a fraction from 50% to 99.99%, like `95%`".into())
    }
}

/// A length of simulated time.
///
/// # Errors
/// What is no duration, or none above 0.
pub fn horizon(text: &str) -> Result<Time, String> {
    let horizon = time(text)?;
    if horizon.0 > 0.0 { Ok(horizon) } else { Err("expected a duration above 0s, like `90d`".into()) }
}

/// The scenario with its patches, of which everything can be simulated at a fidelity.
///
/// # Errors
/// A scenario that is wrong, or holds what is not simulated at this fidelity.
pub fn load_whole(scenario: &Path, patches: &Patches, horizon: Option<Time>, fidelity: Fidelity) -> Result<Loaded, CliError> {
    let mut loaded = load(scenario, patches)?;
    let unknown = unsimulated(&loaded.scenario, fidelity);
    if !unknown.is_empty() {
        return Err(loaded.wrong(unknown).into());
    }
    if let Some(horizon) = horizon {
        loaded.scenario.horizon = horizon;
    }
    Ok(loaded)
}

/// The model of a scenario.
///
/// # Errors
/// Mistakes that only the compiler finds.
pub fn compile(loaded: &Loaded) -> Result<Model, CliError> {
    Ok(lab::compile(loaded)?)
}

/// What a command says of a variant that could not be simulated.
pub fn troubled(trouble: Trouble) -> CliError {
    match trouble {
        Trouble::Variant(error) => CliError::Load(error),
        Trouble::Run(error) => failed(&error),
    }
}

/// Why a run could not go on, as the command ends.
pub fn failed(error: &RunError) -> CliError {
    if error.is_wrong() { CliError::Wrong(error.to_string()) } else { CliError::World(error.to_string()) }
}

/// `notebooks-output/storefront+third responder`.
pub fn default_folder(name: &str, patches: &Patches) -> PathBuf {
    let mut folder = name.to_owned();
    for policy in &patches.policy {
        folder.push('+');
        folder.push_str(policy);
    }
    Path::new("notebooks-output").join(folder)
}
