//! `ninefold capacity plan`: when each service saturates, what to order by when, and which plan is best.

use std::sync::atomic::Ordering;

use clap::Args;

use crate::analysis::capacity::{Input, Outlook, analyze, outlooks, plans, try_plans};
use crate::cli::common::{
    FailOn, Fidelity, Simulation, Variant, compile, confidence, default_folder, horizon, load_whole, troubled,
};
use crate::cli::progress::Progress;
use crate::cli::{CliError, Exit};
use crate::lab::Lab;
use crate::model::Model;
use crate::scenario::suggest::instead;
use crate::scenario::{Loaded, Scenario};
use crate::units::Time;

/// Replications of each plan, where nothing else is asked for.
const REPLICATIONS: u64 = 32;
const WEEK: f64 = 7.0 * 86_400.0;

/// When each service saturates, how many replicas it needs week by week, by when to order, and the plan of the least regret.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ninefold capacity plan shop.yaml
  ninefold capacity plan shop.yaml --service web --growth-factor 2x --timeframe 12w
  ninefold capacity plan shop.yaml --confidence 99% --lead-time 6w --fail-on breach

With --fail-on breach the exit code is 1 where a service more likely than not saturates in the time planned for.")]
pub struct Arguments {
    #[command(flatten)]
    variant: Variant,
    /// Plans this service alone [default: all that something limits].
    #[arg(long, value_name = "SERVICE")]
    service: Option<String>,
    /// Traffic grows to so many times as much by the end of the time planned for, in place of its own growth, e.g. `2x`.
    #[arg(long, value_name = "TIMES", value_parser = times)]
    growth_factor: Option<f64>,
    /// How far ahead is planned, e.g. `12w` [default: the scenario's horizon].
    #[arg(long, value_name = "TIME", value_parser = horizon, conflicts_with = "horizon")]
    timeframe: Option<Time>,
    /// Needs are met in this share of the futures.
    #[arg(long, value_name = "FRACTION", value_parser = confidence, default_value = "95%")]
    confidence: f64,
    /// From order to arrival, e.g. `6w` [default: that of the service's instance, or none].
    #[arg(long, value_name = "TIME")]
    lead_time: Option<Time>,
    /// From arrival until it serves fully, e.g. `1w`.
    #[arg(long, value_name = "TIME", default_value = "0s")]
    ramp: Time,
    /// Replicas that a plan lacks are bought at so many times their price.
    #[arg(long, value_name = "TIMES", value_parser = times, default_value = "2x")]
    shortage_price: f64,
    #[command(flatten)]
    simulation: Simulation,
}

fn times(text: &str) -> Result<f64, String> {
    let number: f64 = text.trim_end_matches('x').parse().map_err(|_| "expected a number of times like `2x`")?;
    if number.is_finite() && number > 0.0 && number <= 1000.0 {
        Ok(number)
    } else {
        Err("expected more than 0x, at most 1000x".into())
    }
}

/// Follows the demand, tries the plans, and writes what came of it.
///
/// # Errors
/// A scenario that is wrong, or in which nothing can be planned; files that cannot be read or written.
pub fn execute(arguments: &Arguments) -> Result<Exit, CliError> {
    let simulation = &arguments.simulation;
    simulation.flow_only("capacity plan")?;
    let options = simulation.counted(REPLICATIONS)?;
    let loaded = load_grown(arguments)?;
    let model = compile(&loaded)?;
    if options.replications < 4 {
        return Err(CliError::Wrong("a plan needs at least 4 replications".into()));
    }
    known(&model, arguments.service.as_deref())?;
    let (control, progress) = Progress::begin(simulation.quiet || simulation.json);
    let done = || {
        let mut outlooks = outlooks(&model, options.seed);
        outlooks.retain(|o| arguments.service.as_ref().is_none_or(|name| model.services[o.service].name == *name));
        let mut lab = Lab::new(&options, &control);
        let plans = plans(&model, &loaded, &outlooks, arguments.confidence);
        let asked = (options.replications, arguments.shortage_price);
        let tried = try_plans(&mut lab, &loaded, &model, &outlooks, plans, asked).map_err(troubled)?;
        Ok::<_, CliError>((outlooks, tried))
    };
    let done = done();
    progress.end();
    let (outlooks, tried) = done?;
    if outlooks.is_empty() {
        return Err(CliError::Wrong(
            "nothing limits a service that requests reach: give one `service_time`, `capacity` or `resources`".into(),
        ));
    }
    let lead: Vec<f64> = outlooks.iter().map(|o| lead(arguments, &loaded.scenario, &model, o)).collect();
    let input = Input {
        model: &model,
        options: &options,
        outlooks: &outlooks,
        lead: &lead,
        tried: &tried,
        confidence: arguments.confidence,
        shortage_price: arguments.shortage_price,
        interrupted: control.stop.load(Ordering::Relaxed),
    };
    let (summary, report) = analyze(&input);
    let folder = default_folder(&summary.scenario, &arguments.variant.patches()).join("capacity");
    let folder = simulation.out.clone().unwrap_or(folder);
    simulation.hand_over(&folder, &summary, &report)?;
    if summary.interrupted {
        return Ok(Exit::Interrupted);
    }
    let saturates = summary.services.values().any(|service| service.saturation.p50_seconds.is_some());
    Ok(if simulation.fail_on == Some(FailOn::Breach) && saturates { Exit::Missed } else { Exit::Done })
}

/// The scenario over the time that is planned for, with the growth that is asked for.
fn load_grown(arguments: &Arguments) -> Result<Loaded, CliError> {
    let Arguments { variant, growth_factor, timeframe, simulation, .. } = arguments;
    let loaded = load_whole(&variant.scenario, &variant.patches(), timeframe.or(simulation.horizon), Fidelity::Flow)?;
    let Some(factor) = growth_factor else { return Ok(loaded) };
    let a_week = libm::pow(*factor, WEEK / loaded.scenario.horizon.0) - 1.0;
    let open = loaded.scenario.traffic.iter().filter(|(_, traffic)| traffic.users.is_none());
    let sets: Vec<String> = open.map(|(name, _)| format!("traffic.{name}.growth={a_week}/w")).collect();
    if sets.is_empty() {
        return Err(CliError::Wrong("--growth-factor is about open traffic, and the scenario has none".into()));
    }
    Ok(loaded.with(sets)?)
}

fn known(model: &Model, service: Option<&str>) -> Result<(), CliError> {
    let names: Vec<&str> = model.services.iter().map(|service| service.name.as_str()).collect();
    match service.filter(|name| !names.contains(name)) {
        Some(name) => Err(CliError::Wrong(format!("no service `{name}`: {}", instead(name, &names)))),
        None => Ok(()),
    }
}

/// From order to full use of a replica, seconds.
fn lead(arguments: &Arguments, scenario: &Scenario, model: &Model, outlook: &Outlook) -> f64 {
    let instance = || {
        let service = scenario.services.get(&model.services[outlook.service].name)?;
        scenario.instances.get(service.instance.as_ref()?)?.lead_time
    };
    arguments.lead_time.or_else(instance).map_or(0.0, |lead| lead.0) + arguments.ramp.0
}
