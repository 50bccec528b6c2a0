//! `ninefold compare`: variants of a scenario side by side.

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValue;

use super::common::{Patching, Simulation, confidence, default_folder, failed, load_whole, troubled};
use super::progress::Progress;
use super::{CliError, Exit, out};
use crate::analysis::compare::{Comparison, Entry, Input, Plan, Question, compare};
use crate::lab::Lab;
use crate::scenario::{Loaded, Patches};
use crate::units::Fraction;

/// Replications of each variant at most, where nothing else is asked for.
const MOST: u64 = 512;
/// What the scenario without a policy is called.
const AS_IT_IS: &str = "as it is";

/// Policies of a scenario, or several scenarios, side by side on the same luck: every measure with its paired difference, the
/// chance that each is better, and which is best.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ninefold compare shop.yaml
  ninefold compare shop.yaml --policies 'third responder,faster detection' --by downtime
  ninefold compare today.yaml proposal.yaml --fail-on worse

All variants are simulated 64, 128, 256 … times, --replications times at most [512], until it is known which is
best, or that the others are as good. The first one is the baseline: the scenario as it is, or the first file. With
--fail-on worse the exit code is 1 where another is worse than it with the confidence asked for.")]
pub struct Arguments {
    /// The scenario, a YAML file (`-` reads it from standard input), or several to compare with each other.
    #[arg(value_name = "SCENARIO", required = true)]
    scenarios: Vec<PathBuf>,
    #[command(flatten)]
    patching: Patching,
    /// The policies to compare with the scenario as it is [default: all of them].
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    policies: Vec<String>,
    /// What they are ranked by, e.g. `downtime`, `services.web.downtime`, `objectives.NAME.bad`, `cost.total`; less is better
    /// [default: the error budget spent; without objectives the downtime, else the cost].
    #[arg(long, value_name = "MEASURE")]
    by: Option<String>,
    /// The probability with which all that is said about the ranking holds.
    #[arg(long, value_name = "FRACTION", value_parser = confidence, default_value = "95%")]
    confidence: f64,
    /// Variants that differ by less than this part are as good as each other.
    #[arg(long, value_name = "FRACTION", value_parser = tolerance, default_value = "1%")]
    tolerance: f64,
    #[command(flatten)]
    simulation: Simulation<FailOn>,
}

/// What `compare` is asked to fail on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailOn {
    /// A variant that is worse than the first.
    Worse,
}

impl clap::ValueEnum for FailOn {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Worse]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new("worse").help("A variant that is worse than the first by the measure of the ranking"))
    }
}

fn tolerance(text: &str) -> Result<f64, String> {
    let Fraction(fraction) = text.parse().map_err(|error| format!("{error}"))?;
    if (0.0..1.0).contains(&fraction) { Ok(fraction) } else { Err("expected a fraction below 100%, like `1%`".into()) }
}

/// Simulates the variants until the best is known, and writes what came of it.
///
/// # Errors
/// A scenario or policy that is wrong, nothing to compare with; files that cannot be read or written.
pub fn execute(arguments: &Arguments) -> Result<Exit, CliError> {
    let simulation = &arguments.simulation;
    simulation.flow_only("compare")?;
    let options = simulation.counted(MOST)?;
    let variants = variants(arguments)?;
    let (control, progress) = Progress::begin(simulation.quiet || simulation.json);
    let mut lab = Lab::new(&options, &control);
    let mut entries = Vec::new();
    for (name, loaded) in variants {
        let about = loaded.scenario.policies.get(&name).and_then(|policy| policy.about.clone());
        entries.push(Entry { name, about, place: lab.add(&loaded).map_err(troubled)? });
    }
    let question = Question {
        by: arguments.by.clone(),
        confidence: arguments.confidence,
        tolerance: arguments.tolerance,
        most: options.replications,
        most_is_asked: simulation.replications.is_some(),
        against_first: simulation.fail_on == Some(FailOn::Worse),
    };
    let plan = Plan::new(&lab, entries, &question).map_err(CliError::Wrong)?;
    let found = plan.investigate(&mut lab).map_err(|error| failed(&error));
    progress.end();
    let found = found?;
    if !found.is_enough() {
        out::tell("interrupted before each variant was simulated often enough: nothing is written\n");
        return Ok(Exit::Interrupted);
    }
    if found.interrupted {
        out::tell(&format!("interrupted: the results rest on the {} replications of each that were done\n", found.replications));
    }
    let (summary, report) = compare(&Input { lab: &lab, options: &options, plan: &plan, found: &found });
    let default = || default_folder(&summary.scenario, &arguments.patching.patches()).join("comparison");
    let folder = simulation.out.clone().unwrap_or_else(default);
    simulation.hand_over(&folder, &summary, &report)?;
    Ok(exit(&summary, simulation.fail_on))
}

/// Each variant by its name, the baseline first.
fn variants(arguments: &Arguments) -> Result<Vec<(String, Loaded)>, CliError> {
    let simulation = &arguments.simulation;
    let base = arguments.patching.patches();
    let load = |scenario: &Path, patches: &Patches| load_whole(scenario, patches, simulation.horizon, simulation.fidelity);
    if let [_, _, ..] = &arguments.scenarios[..] {
        if !arguments.policies.is_empty() {
            return Err(CliError::Wrong("--policies goes with one scenario; with several, each is a variant".into()));
        }
        return names(&arguments.scenarios)
            .into_iter()
            .zip(&arguments.scenarios)
            .map(|(n, file)| Ok((n, load(file, &base)?)))
            .collect();
    }
    let scenario = &arguments.scenarios[0];
    let first = load(scenario, &base)?;
    let mut policies = arguments.policies.clone();
    if policies.is_empty() {
        policies = first.scenario.policies.keys().filter(|policy| !base.policy.contains(policy)).cloned().collect();
    }
    if policies.is_empty() {
        let text =
            format!("nothing to compare with: {} has no `policies`; write some, or name a second scenario", scenario.display());
        return Err(CliError::Wrong(text));
    }
    if scenario == Path::new("-") {
        return Err(CliError::Wrong(
            "standard input can be read only once: write the scenario to a file to compare its policies".into(),
        ));
    }
    let mut variants = vec![(AS_IT_IS.to_owned(), first)];
    for policy in policies {
        if variants.iter().any(|(name, _)| *name == policy) {
            return Err(CliError::Wrong(format!("`{policy}` is named twice")));
        }
        let patches = Patches { policy: base.policy.iter().chain([&policy]).cloned().collect(), ..base.clone() };
        variants.push((policy, load(scenario, &patches)?));
    }
    Ok(variants)
}

/// Files by their stems, or as they were written where two have the same.
fn names(files: &[PathBuf]) -> Vec<String> {
    let stem = |file: &PathBuf| file.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let stems: Vec<String> = files.iter().map(stem).collect();
    let alone = |name: &String| stems.iter().filter(|other| *other == name).count() == 1;
    let mut names: Vec<String> = Vec::new();
    for (stem, file) in stems.iter().zip(files) {
        let mut name = if alone(stem) { stem.clone() } else { file.display().to_string() };
        while names.contains(&name) {
            name.push_str(" again");
        }
        names.push(name);
    }
    names
}

fn exit(summary: &Comparison, fail_on: Option<FailOn>) -> Exit {
    if summary.interrupted {
        Exit::Interrupted
    } else if fail_on == Some(FailOn::Worse) && summary.is_any_worse() {
        Exit::Missed
    } else {
        Exit::Done
    }
}
