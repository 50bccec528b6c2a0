//! `ninefold scaling analyze`: replicas against the load, and the target to recommend.

use clap::Args;
use clap::builder::PossibleValue;

use crate::analysis::scaling::{Input, Pattern, Scalings, Targets, Usage, analyze, try_targets};
use crate::cli::common::{FailOn, Fidelity, Simulation, Variant, compile, default_folder, load_whole, troubled};
use crate::cli::progress::Progress;
use crate::cli::{CliError, Exit};
use crate::model::Model;
use crate::run::{Control, Options};
use crate::scenario::Loaded;

/// Replications of each target, where nothing else is asked for.
const REPLICATIONS: u64 = 256;

/// Replicas against what the load calls for, hour by hour: what is lost while they lag behind, what stands idle, whether they
/// flap, and which target would be best.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ninefold scaling analyze shop.yaml
  ninefold scaling analyze shop.yaml --usage-pattern weekly --service web

With --fail-on breach the exit code is 1 where a target at hand does not keep what is promised.")]
pub struct Arguments {
    #[command(flatten)]
    variant: Variant,
    /// Shows the use by the hours of a day or of a week.
    #[arg(long, value_name = "PATTERN", value_enum, default_value_t = Pattern::Daily)]
    usage_pattern: Pattern,
    /// Looks at this service alone [default: all that are scaled].
    #[arg(long, value_name = "SERVICE")]
    service: Option<String>,
    #[command(flatten)]
    simulation: Simulation,
}

impl clap::ValueEnum for Pattern {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Daily, Self::Weekly]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            Self::Daily => "By the hours of a day",
            Self::Weekly => "By the hours of a week",
        };
        Some(PossibleValue::new(self.word()).help(help))
    }
}

/// Follows the replicas, simulates other targets, and writes what came of it.
///
/// # Errors
/// A scenario that is wrong, or in which nothing is scaled; files that cannot be read or written.
pub fn execute(arguments: &Arguments) -> Result<Exit, CliError> {
    let simulation = &arguments.simulation;
    simulation.flow_only("scaling analyze")?;
    let options = simulation.counted(REPLICATIONS)?;
    let (scenario, patches) = (&arguments.variant.scenario, arguments.variant.patches());
    let loaded = load_whole(scenario, &patches, simulation.horizon, Fidelity::Flow)?;
    let model = compile(&loaded)?;
    let pattern = arguments.usage_pattern;
    let usage = used(&model, pattern, arguments.service.as_deref())?;
    let (control, progress) = Progress::begin(simulation.quiet || simulation.json);
    let targets = targets(&loaded, &model, &usage, &options, &control);
    progress.end();
    let targets = targets?;
    let interrupted = control.stop.load(std::sync::atomic::Ordering::Relaxed);
    let input = Input { model: &model, options: &options, pattern, usage: &usage, targets: &targets, interrupted };
    let (summary, report) = analyze(&input);
    let folder = simulation.out.clone().unwrap_or_else(|| default_folder(&summary.scenario, &patches).join("scaling"));
    simulation.hand_over(&folder, &summary, &report)?;
    Ok(exit(&summary, &targets, simulation))
}

/// The scaled services that are asked for, as they are used.
fn used(model: &Model, pattern: Pattern, service: Option<&str>) -> Result<Vec<Usage>, CliError> {
    let scaled =
        || model.services.iter().filter(|service| service.scaling.is_some()).map(|service| format!("`{}`", service.name));
    if scaled().next().is_none() {
        let text = "no service has `autoscale`: give one, e.g. --set \
                    'services.web.autoscale={metric: utilization, target: 65%, min: 2, max: 40, startup: 2m}'";
        return Err(CliError::Wrong(text.into()));
    }
    if let Some(name) = service
        && !model.services.iter().any(|service| service.name == name && service.scaling.is_some())
    {
        let known = scaled().collect::<Vec<_>>().join(", ");
        return Err(CliError::Wrong(format!("`{name}` is not scaled; scaled are {known}")));
    }
    let mut usage = Usage::all(model, pattern);
    if usage.is_empty() {
        return Err(CliError::Wrong("no traffic comes: there is no load to follow".into()));
    }
    usage.retain(|usage| service.is_none_or(|name| model.services[usage.service].name == name));
    Ok(usage)
}

fn targets(
    loaded: &Loaded,
    model: &Model,
    usage: &[Usage],
    options: &Options,
    control: &Control,
) -> Result<Vec<Targets>, CliError> {
    let mut all = Vec::new();
    for usage in usage {
        if control.stop.load(std::sync::atomic::Ordering::Relaxed) {
            break;
        }
        all.push(try_targets(loaded, model, usage.service, options, control).map_err(troubled)?);
    }
    Ok(all)
}

fn exit(summary: &Scalings, targets: &[Targets], simulation: &Simulation) -> Exit {
    let breached = targets.iter().any(|targets| targets.at_hand().is_some_and(|trial| !trial.keeps));
    if summary.interrupted {
        Exit::Interrupted
    } else if simulation.fail_on == Some(FailOn::Breach) && breached {
        Exit::Missed
    } else {
        Exit::Done
    }
}
