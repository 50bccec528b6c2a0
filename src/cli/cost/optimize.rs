//! `ninefold cost optimize`: the cheapest system that keeps every objective.

use clap::Args;

use crate::analysis::cost::{Bench, Input, Knobs, confirm, fresh, optimize, search};
use crate::cli::common::{FailOn, Simulation, Variant, compile, confidence, default_folder, load_whole, troubled};
use crate::cli::progress::Progress;
use crate::cli::{CliError, Exit};
use crate::lab::Lab;
use crate::run::Options;
use crate::units::Fraction;

/// Replications of each variant at most, where nothing else is asked for.
const MOST: u64 = 512;

/// The cheapest system that keeps every objective: replicas, kinds of machines, targets of scalers, zones, and what is reserved.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ninefold cost optimize shop.yaml
  ninefold cost optimize shop.yaml --target-savings 20% --confidence 99%

Each variant is simulated 64, 128, 256 … times, --replications times at most [512], until it is known whether it keeps
every objective. Exit code 1: with --target-savings where they are out of reach; with --fail-on breach where no
variant is known to keep every objective.")]
pub struct Arguments {
    #[command(flatten)]
    variant: Variant,
    /// Whether so large a part of the cost can be saved with every objective kept, e.g. `20%`.
    #[arg(long, value_name = "FRACTION", value_parser = savings)]
    target_savings: Option<f64>,
    /// The probability with which a promise that is said to be kept is.
    #[arg(long, value_name = "FRACTION", value_parser = confidence, default_value = "95%")]
    confidence: f64,
    #[command(flatten)]
    simulation: Simulation<FailOn>,
}

fn savings(text: &str) -> Result<f64, String> {
    let Fraction(fraction) = text.parse().map_err(|error| format!("{error}"))?;
    if fraction > 0.0 && fraction < 1.0 {
        Ok(fraction)
    } else {
        Err("expected a fraction between 0% and 100%, like `20%`".into())
    }
}

/// Searches, confirms, and writes what came of it.
///
/// # Errors
/// A scenario that is wrong, or in which nothing has a price or is promised; files that cannot be read or written.
pub fn execute(arguments: &Arguments) -> Result<Exit, CliError> {
    let simulation = &arguments.simulation;
    simulation.flow_only("cost optimize")?;
    let options = simulation.counted(MOST)?;
    let patches = arguments.variant.patches();
    let base = load_whole(&arguments.variant.scenario, &patches, simulation.horizon, simulation.fidelity)?;
    let model = compile(&base)?;
    if model.objectives.is_empty() {
        return Err(CliError::Wrong("nothing is promised, so the cheapest is nothing at all: write `objectives`".into()));
    }
    let knobs = Knobs::all(&base.scenario, &model);
    if knobs.is_empty() {
        let text = "no service has a price, so there is nothing to save: give services a `cost`, or an `instance` with a `price`";
        return Err(CliError::Wrong(text.into()));
    }
    let (control, progress) = Progress::begin(simulation.quiet || simulation.json);
    let mut lab = Lab::new(&options, &control);
    let mut bench = Bench::new(&mut lab, &base, &knobs, arguments.confidence, options.replications);
    let searched = search(&mut bench, &knobs);
    let (tried, interrupted) = (std::mem::take(&mut bench.tried), bench.stopped());
    // What was found is confirmed even where the user ended the search; a second Ctrl-C ends that too.
    control.stop.store(false, std::sync::atomic::Ordering::Relaxed);
    let again = Options { seed: fresh(options.seed), ..options.clone() };
    let mut lab = Lab::new(&again, &control);
    let mut bench = Bench::new(&mut lab, &base, &knobs, arguments.confidence, options.replications);
    let found = searched.and_then(|_| confirm(&mut bench, tried, interrupted));
    progress.end();
    let found = found.map_err(troubled)?;
    let input = Input {
        model: &model,
        options: &options,
        confidence: arguments.confidence,
        target: arguments.target_savings,
        knobs: &knobs,
        found: &found,
    };
    let (summary, report) = optimize(&input);
    let default = || default_folder(&summary.scenario, &patches).join("cost");
    let folder = simulation.out.clone().unwrap_or_else(default);
    simulation.hand_over(&folder, &summary, &report)?;
    let missed =
        summary.target.as_ref().is_some_and(|target| !target.reached) || (simulation.fail_on.is_some() && summary.best.is_none());
    Ok(if summary.interrupted {
        Exit::Interrupted
    } else if missed {
        Exit::Missed
    } else {
        Exit::Done
    })
}
