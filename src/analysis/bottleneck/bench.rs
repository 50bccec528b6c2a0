//! Variants of a scenario under a steady load, and their simulation.

use std::sync::atomic::Ordering;

use crate::lab::{self, Trouble, compile};
use crate::model::Model;
use crate::run::requests::Load;
use crate::run::{Control, Options, Runs};
use crate::scenario::{Fidelity, Loaded, Uncertain};
use crate::sim::Drawn;
use crate::units::{Number, Time};

/// Requests from outside that each replication follows, about.
const REQUESTS: f64 = 50_000.0;
/// Fewer where each reaches so many services that these are followed.
const VISITS: f64 = 500_000.0;
/// At least so many times what a request takes unloaded is simulated, thinking included.
const LIVES: f64 = 20.0;
/// But no more than so many times the requests.
const MORE: f64 = 8.0;
/// The warm-up, as a part of what is measured.
const WARMUP: f64 = 0.25;

/// A variant and what its replications gave.
#[derive(Debug, Clone)]
pub struct Trial {
    /// What was simulated.
    pub model: Model,
    /// What it gave.
    pub runs: Runs,
}

/// Makes variants of one scenario and simulates them, all with the same seed: since every component has its own random
/// streams, the same requests come with the same work.
#[derive(Debug)]
pub struct Bench<'a> {
    /// The scenario, its load held at its highest.
    held: Loaded,
    options: &'a Options,
    control: &'a Control,
    /// When in the horizon the load is highest, seconds after the start; none where it never changes.
    pub peak: Option<f64>,
    /// Simulations so far.
    pub simulations: u64,
    /// Events of all of them.
    pub events: u64,
    /// Time that they took, seconds.
    pub wall_seconds: f64,
}

impl<'a> Bench<'a> {
    /// Holds the load of a scenario where it is highest within the horizon, all sources together, uncertain numbers at their
    /// medians.
    ///
    /// # Errors
    /// A scenario that does not compile.
    pub fn new(loaded: &Loaded, options: &'a Options, control: &'a Control) -> Result<Self, Trouble> {
        let (sets, peak) = hold(loaded, &compile(loaded)?);
        let held = if sets.is_empty() { loaded.clone() } else { loaded.with(sets)? };
        Ok(Self { held, options, control, peak, simulations: 0, events: 0, wall_seconds: 0.0 })
    }

    /// Whether the user asked to end.
    #[must_use]
    pub fn stopped(&self) -> bool {
        self.control.stop.load(Ordering::Relaxed)
    }

    /// The change that makes the load so many times as high.
    #[must_use]
    pub fn times(&self, multiple: f64) -> Vec<String> {
        let sources = self.held.scenario.traffic.iter();
        sources.map(|(name, traffic)| format!("traffic.{name}.times={}", scaled(traffic.times, multiple))).collect()
    }

    /// How many replicas a service is written with.
    #[must_use]
    pub fn replicas(&self, service: &str) -> u32 {
        self.held.scenario.services.get(service).map_or(0, |service| service.replicas.unwrap_or(1))
    }

    /// Simulates a variant for `seconds`, or as long as it takes for enough requests to come.
    ///
    /// # Errors
    /// A change that leaves no scenario, and what [`run::simulate`] complains about.
    pub fn simulate(&mut self, sets: Vec<String>, seconds: Option<f64>, replications: u64) -> Result<Trial, Trouble> {
        let mut varied = if sets.is_empty() { self.held.clone() } else { self.held.with(sets)? };
        let horizon = varied.scenario.horizon.0;
        let seconds = match seconds {
            Some(seconds) => seconds,
            None => enough(&compile(&varied)?).min(horizon),
        };
        varied.scenario.horizon = Time(seconds);
        let model = compile(&varied)?;
        let warmup = self.options.warmup.unwrap_or(WARMUP * seconds);
        let options =
            Options { replications, precision: None, warmup: Some(warmup), fidelity: Fidelity::Request, ..self.options.clone() };
        self.simulations += 1;
        let runs = lab::simulate(&model, &options, self.control)?;
        self.events += runs.events;
        self.wall_seconds += runs.wall_seconds;
        Ok(Trial { model, runs })
    }
}

/// Seconds in which enough requests come.
fn enough(model: &Model) -> f64 {
    let load = Load::of(model);
    if load.sent <= 0.0 {
        return model.horizon;
    }
    let requests = REQUESTS.min(VISITS * load.sent / load.reached);
    let seconds = requests * model.horizon / load.sent;
    let drawn = Drawn::new(model);
    let thinking =
        model.users.iter().map(|users| users.think.drawn(&drawn.draws).map_or(users.think.law.mean(), |law| law.mean()));
    let longest = drawn.carry.iter().map(|carry| carry.response).fold(0.0, f64::max) + thinking.fold(0.0, f64::max);
    seconds.max((LIVES * longest).min(MORE * seconds))
}

/// The changes that hold the load where it is highest, and when that is; none where it never changes.
fn hold(loaded: &Loaded, model: &Model) -> (Vec<String>, Option<f64>) {
    let (drawn, demand) = (Drawn::new(model), &model.demand);
    // The rate jumps where a piece begins, and grows or shrinks steadily within.
    let ends = demand.grid.edges.iter().skip(1).map(|end| end * (1.0 - 1e-12));
    let times: Vec<f64> = demand.grid.edges.iter().take(demand.grid.edges.len().saturating_sub(1)).copied().chain(ends).collect();
    let total = |t: f64| drawn.curves.iter().map(|curve| curve.rate(demand, t)).sum::<f64>();
    let highest =
        times.iter().map(|&t| (t, total(t))).reduce(|best, next| if next.1 > best.1 * (1.0 + 1e-9) { next } else { best });
    let Some((peak, _)) = highest else { return (Vec::new(), None) };
    let varies = drawn.curves.iter().any(|curve| {
        let now = curve.rate(demand, peak);
        times.iter().any(|&t| (curve.rate(demand, t) - now).abs() > 1e-9 * now)
    });
    if !varies {
        return (Vec::new(), None);
    }
    let mut sets = Vec::new();
    for (source, curve) in demand.sources.iter().zip(&drawn.curves) {
        let Some(written) = loaded.scenario.traffic.get(&source.name) else { continue };
        let mut set = |word: &str, value: &str| sets.push(format!("traffic.{}.{word}={value}", source.name));
        let patterns = [
            ("daily", written.daily.is_some()),
            ("weekly", written.weekly.is_some()),
            ("growth", written.growth.is_some()),
            ("surges", !written.surges.is_empty()),
            ("steps", !written.steps.is_empty()),
            ("series", written.series.is_some()),
        ];
        patterns.iter().filter(|(_, present)| *present).for_each(|(word, _)| set(word, "null"));
        if written.series.is_some() {
            set("rate", "1/s");
        }
        let usual = source.rate.get(&drawn.draws) * source.times.get(&drawn.draws);
        let factor = (curve.rate(demand, peak) / usual).max(1e-9);
        set("times", &scaled(written.times, factor));
    }
    (sets, Some(peak))
}

/// A number so many times as large, as it is written.
fn scaled(number: Uncertain<Number>, factor: f64) -> String {
    match number {
        Uncertain::Known(value) => format!("{}", value.0 * factor),
        Uncertain::Between { low, high, confidence } => {
            format!("{{low: {}, high: {}, confidence: {confidence}}}", low.0 * factor, high.0 * factor)
        }
    }
}
