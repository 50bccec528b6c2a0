//! `ninefold deploy validate`: go or no-go.

use std::sync::atomic::Ordering;

use clap::Args;
use clap::builder::PossibleValue;

use super::{moment, released};
use crate::analysis::deploy::Released;
use crate::analysis::deploy::validate::{Asked, Input, judge, validate};
use crate::cli::common::{Simulation, Variant, compile, confidence, default_folder, load_whole, troubled};
use crate::cli::progress::Progress;
use crate::cli::{CliError, Exit, out};
use crate::units::Fraction;

/// Replications with and without the release, where nothing else is asked for.
const REPLICATIONS: u64 = 1_024;

/// Go or no-go: whether the error budget that is left covers a release, by every objective that it can touch.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ninefold deploy validate shop.yaml
  ninefold deploy validate shop.yaml --service web --budget-spent 40% --elapsed 60% --fail-on no-go
  ninefold deploy validate shop.yaml --confidence 99% --set 'services.web.releases.strategy=rolling'

It is a go where what is left of the budget covers what one release spends, with the confidence asked for. With --fail-on
no-go the exit code is 1 where it is a no-go.")]
pub struct Arguments {
    #[command(flatten)]
    variant: Variant,
    /// The service that is released [default: each that has `releases`].
    #[arg(long, value_name = "SERVICE")]
    service: Option<String>,
    /// How much of the window's error budget is spent, e.g. `40%`; above 100% where it is overspent [default: what the scenario
    /// spends on average in the part of the window that is over].
    #[arg(long, value_name = "FRACTION", value_parser = spent)]
    budget_spent: Option<f64>,
    /// How much of the window is over.
    #[arg(long, value_name = "FRACTION", value_parser = elapsed, default_value = "50%")]
    elapsed: f64,
    /// The probability with which what is left must cover a release.
    #[arg(long, value_name = "FRACTION", value_parser = confidence, default_value = "95%")]
    confidence: f64,
    /// When the release begins, a local date [default: when its team is first at work].
    #[arg(long, value_name = "DATE")]
    at: Option<String>,
    #[command(flatten)]
    simulation: Simulation<FailOn>,
}

/// What `deploy validate` is asked to fail on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailOn {
    /// A budget that does not cover the release.
    NoGo,
}

impl clap::ValueEnum for FailOn {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::NoGo]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new("no-go").help("What is left of an error budget does not cover the release"))
    }
}

fn spent(text: &str) -> Result<f64, String> {
    // A fraction of the language ends at 100 %; what is spent need not.
    let (number, whole) = text.strip_suffix('%').map_or((text, 1.0), |number| (number, 100.0));
    let share = number.trim().parse::<f64>().map_err(|_| "expected a fraction like `40%`")? / whole;
    if (0.0..=1000.0).contains(&share) { Ok(share) } else { Err("expected a fraction from 0% on, like `40%`".into()) }
}

fn elapsed(text: &str) -> Result<f64, String> {
    let Fraction(fraction) = text.parse().map_err(|error| format!("{error}"))?;
    if (0.0..=0.99).contains(&fraction) { Ok(fraction) } else { Err("expected a fraction from 0% to 99%, like `50%`".into()) }
}

/// Simulates a release of each service, and says go or no-go.
///
/// # Errors
/// A scenario that is wrong, or in which nothing is released or promised; files that cannot be read or written.
pub fn execute(arguments: &Arguments) -> Result<Exit, CliError> {
    let simulation = &arguments.simulation;
    simulation.flow_only("deploy validate")?;
    let options = simulation.counted(REPLICATIONS)?;
    if options.replications < 4 {
        return Err(CliError::Wrong("a go needs at least 4 replications".into()));
    }
    if (options.replications as f64) * (1.0 - arguments.confidence) < 1.0 {
        let text = format!(
            "{} replications cannot tell what happens once in more of them: give more --replications",
            options.replications
        );
        return Err(CliError::Wrong(text));
    }
    let patches = arguments.variant.patches();
    let loaded = load_whole(&arguments.variant.scenario, &patches, simulation.horizon, simulation.fidelity)?;
    let model = compile(&loaded)?;
    let all: Vec<Released<'_>> = match &arguments.service {
        Some(name) => vec![released(&model, name, options.seed)?],
        None => model.releases.iter().filter_map(|r| Released::of(&model, r.service as usize, options.seed)).collect(),
    };
    let Some(first) = all.first() else {
        let name = model.services.first().map_or("web", |service| service.name.as_str());
        return Err(released(&model, name, options.seed).err().unwrap_or(CliError::Wrong("nothing is released".into())));
    };
    let at = arguments.at.as_deref().map_or(Ok(first.first_at_work()), |text| moment(&loaded, &model, text))?;
    let asked = Asked { at, elapsed: arguments.elapsed, spent: arguments.budget_spent, confidence: arguments.confidence };
    let (control, progress) = Progress::begin(simulation.quiet || simulation.json);
    let mut judged = Vec::new();
    let done = all.iter().try_for_each(|released| {
        if !control.stop.load(Ordering::Relaxed) {
            judged.extend(judge((&options, &control), &loaded, released, &asked)?);
        }
        Ok(())
    });
    progress.end();
    done.map_err(troubled)?;
    let interrupted = control.stop.load(Ordering::Relaxed);
    if judged.is_empty() {
        if interrupted {
            out::tell("interrupted before the first replication was done: nothing is written\n");
            return Ok(Exit::Interrupted);
        }
        return Err(CliError::Wrong(format!(
            "no objective is touched by a release of `{}`, so there is no budget: write one, for example\n\n    objectives:\n      works: \
             {{service: {}, target: 99.9%, counts: requests, window: rolling 30d}}",
            first.name(),
            first.name()
        )));
    }
    let input = Input { model: &model, options: &options, asked: &asked, judged: &judged, interrupted };
    let (summary, report) = validate(&input);
    let folder = default_folder(&summary.scenario, &patches).join("deploy").join("validate");
    let folder = simulation.out.clone().unwrap_or(folder);
    simulation.hand_over(&folder, &summary, &report)?;
    Ok(if summary.interrupted {
        Exit::Interrupted
    } else if simulation.fail_on.is_some() && !summary.go {
        Exit::Missed
    } else {
        Exit::Done
    })
}
