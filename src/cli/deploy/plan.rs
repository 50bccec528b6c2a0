//! `ninefold deploy plan`: the plan of a release.

use std::sync::atomic::Ordering;

use clap::Args;
use clap::builder::PossibleValue;

use super::{moment, released};
use crate::analysis::deploy::{Input, Risk, alternatives, plan, trials};
use crate::cli::common::{Simulation, Variant, compile, confidence, default_folder, load_whole, troubled};
use crate::cli::progress::Progress;
use crate::cli::{CliError, Exit, out};
use crate::lab::Lab;
use crate::scenario::suggest::instead;

/// Replications of each strategy, where nothing else is asked for.
const REPLICATIONS: u64 = 256;

/// The plan of a release: strategy for the risk, steps with their times and checks, the way back and its cost, what must be ready,
/// and all other strategies beside it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ninefold deploy plan shop.yaml --service web
  ninefold deploy plan shop.yaml --service web --risk critical --team on-call --at 2026-02-03T10:00
  ninefold deploy plan shop.yaml --service web --risk low --power 99% --fail-on worse

Strategies by risk: low blue-green, medium canary, high zone by zone with extensive monitoring, critical by hand with full
oversight. With --fail-on worse the exit code is 1 where another strategy clearly hurts fewer requests than that of the risk.")]
pub struct Arguments {
    #[command(flatten)]
    variant: Variant,
    /// The service that is released; it has `releases` in the scenario.
    #[arg(long, value_name = "SERVICE")]
    service: String,
    /// How bad it would be if the release went wrong.
    #[arg(long, value_name = "RISK", value_enum, default_value_t = Risk::Medium)]
    risk: Risk,
    /// The probability with which the first test finds a bad release [default: 90% for low, 95% for medium, else 99%].
    #[arg(long, value_name = "FRACTION", value_parser = confidence)]
    power: Option<f64>,
    /// When the release begins, a local date [default: when its team is first at work].
    #[arg(long, value_name = "DATE")]
    at: Option<String>,
    /// The team of a release by hand [default: that of the scenario's strategy, or the first].
    #[arg(long, value_name = "TEAM")]
    team: Option<String>,
    #[command(flatten)]
    simulation: Simulation<FailOn>,
}

/// What `deploy plan` is asked to fail on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailOn {
    /// A strategy that is clearly better than that of the risk.
    Worse,
}

impl clap::ValueEnum for FailOn {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Worse]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new("worse").help("Another strategy clearly hurts fewer requests than that of the risk"))
    }
}

impl clap::ValueEnum for Risk {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Low, Self::Medium, Self::High, Self::Critical]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            Self::Low => "Blue-green",
            Self::Medium => "Canary",
            Self::High => "Zone by zone, with extensive monitoring",
            Self::Critical => "By hand, with full oversight",
        };
        Some(PossibleValue::new(self.word()).help(help))
    }
}

/// Plans, simulates the strategies, and writes what came of it.
///
/// # Errors
/// A scenario that is wrong, or in which nothing is released; files that cannot be read or written.
pub fn execute(arguments: &Arguments) -> Result<Exit, CliError> {
    let simulation = &arguments.simulation;
    simulation.flow_only("deploy plan")?;
    let options = simulation.counted(REPLICATIONS)?;
    if options.replications < 4 {
        return Err(CliError::Wrong("a plan needs at least 4 replications".into()));
    }
    let patches = arguments.variant.patches();
    let loaded = load_whole(&arguments.variant.scenario, &patches, simulation.horizon, simulation.fidelity)?;
    let model = compile(&loaded)?;
    let released = released(&model, &arguments.service, options.seed)?;
    let teams: Vec<&str> = model.teams.iter().map(|team| team.name.as_str()).collect();
    if let Some(team) = arguments.team.as_deref().filter(|team| !teams.contains(team)) {
        return Err(CliError::Wrong(format!("no team `{team}`: {}", instead(team, &teams))));
    }
    let at = arguments.at.as_deref().map_or(Ok(released.first_at_work()), |text| moment(&loaded, &model, text))?;
    let wanted = arguments.power.unwrap_or(arguments.risk.power());
    let ways = alternatives(&released, &loaded.scenario, arguments.risk, wanted, arguments.team.as_deref());
    let ways = ways.map_err(CliError::Wrong)?;
    let (control, progress) = Progress::begin(simulation.quiet || simulation.json);
    let mut lab = Lab::new(&options, &control);
    let trials = trials(&mut lab, &loaded, released.name(), released.place, ways, options.replications);
    progress.end();
    let trials = trials.map_err(troubled)?;
    let interrupted = control.stop.load(Ordering::Relaxed);
    let input = Input { released: &released, options: &options, risk: arguments.risk, wanted, at, trials: &trials, interrupted };
    if trials.replications == 0 {
        out::tell("interrupted before the first replication was done: nothing is written\n");
        return Ok(Exit::Interrupted);
    }
    let (summary, report) = plan(&input);
    let folder = default_folder(&summary.scenario, &patches).join("deploy").join("plan");
    let folder = simulation.out.clone().unwrap_or(folder);
    simulation.hand_over(&folder, &summary, &report)?;
    Ok(if summary.interrupted {
        Exit::Interrupted
    } else if simulation.fail_on.is_some() && !summary.better.is_empty() {
        Exit::Missed
    } else {
        Exit::Done
    })
}
