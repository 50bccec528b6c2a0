//! The long run, simulated: long enough after a start with everything new that the start no longer shows.

use crate::dist::Law;
use crate::model::{Demand, Mode, Model, Timing, Trigger, medians};
use crate::run::{Options, Runs};

/// Events that a simulated long run may take.
const MOST_EVENTS: f64 = 4e7;
/// Fewer replications than this have no interval that could be trusted.
const FEWEST: u64 = 128;

/// How a long run is simulated.
#[derive(Debug, Clone, PartialEq)]
pub struct LongRun {
    /// Seconds that run before it is measured.
    pub warmup: f64,
    /// Seconds that are measured.
    pub horizon: f64,
    /// How often.
    pub replications: u64,
}

impl LongRun {
    /// How to simulate the long run of these modes; `runs` tells how many events that takes.
    ///
    /// # Errors
    /// A sentence, where it would take too long.
    pub fn plan(model: &Model, modes: &[u32], runs: &Runs, options: &Options) -> Result<Self, String> {
        let settles = modes.iter().map(|&mode| settles(model, &model.modes[mode as usize])).fold(0.0, f64::max);
        if !settles.is_finite() {
            let text = "some times never settle: they do not vary at all, or their spread is infinite";
            return Err(text.to_owned());
        }
        let horizon = settles.max(model.horizon);
        let simulated = runs.replications as f64 * (model.horizon + options.before());
        let events = runs.events as f64 / simulated.max(f64::MIN_POSITIVE) * (settles + horizon);
        let replications = (MOST_EVENTS / events.max(1e-9)).min(options.replications.max(FEWEST) as f64) as u64;
        if replications < FEWEST {
            let text = "the start is forgotten only after {}, and simulating so long would take too many events";
            return Err(text.replace("{}", &crate::report::format::duration(settles)));
        }
        Ok(Self { warmup: settles, horizon, replications })
    }

    /// The model with nothing but its failures, over this horizon: what is left out has no part in what is up.
    pub fn model(&self, model: &Model) -> Model {
        let mut bare = model.clone();
        bare.horizon = self.horizon;
        bare.demand = Demand::default();
        bare.objectives.clear();
        for service in &mut bare.services {
            service.visits.clear();
            service.time_objectives.clear();
        }
        bare
    }

    /// The options for it.
    pub fn options(&self, options: &Options) -> Options {
        Options { warmup: Some(self.warmup), replications: self.replications, precision: None, ..options.clone() }
    }
}

/// After how long a mode is in its long run, about: what is left of the start is then below a thousandth of it.
///
/// With an exponential life the mode begins anew at each failure and each repair, so that only the time down must pass,
/// long ones included. Other lives are renewals: their density comes to rest like exp(−2π² c² t / m) for lives of
/// mean m that vary little (c is their coefficient of variation), and with their long phases where they vary much.
fn settles(model: &Model, mode: &Mode) -> f64 {
    let acknowledge = mode.team.map(|team| &model.teams[team as usize].acknowledge);
    let stages = [Some(&mode.detection), acknowledge, mode.repair.as_ref()].into_iter().flatten();
    let steps =
        mode.runbook.into_iter().flat_map(|runbook| model.runbooks[runbook as usize].steps.iter().map(|step| &step.takes));
    let down: f64 = stages.chain(steps).map(|stage| 20.0 * spread(&stage.law)).sum();
    let of_life = |life: &Timing| match &life.law {
        Law::Exponential(_) => 0.0,
        law => {
            let square = law.variance() / law.mean().powi(2);
            law.mean() * (10.0 * (1.0 + square)).max(0.5 / square)
        }
    };
    match &mode.trigger {
        Trigger::Life(life) => down + of_life(life),
        Trigger::Sla(sla) => down + 20.0 * sla.outage.get(&medians(&model.parameters)),
        Trigger::Schedule(_) | Trigger::Trace(_) => f64::INFINITY,
    }
}

/// The mean, and more where it varies much.
fn spread(law: &Law) -> f64 {
    let mean = law.mean();
    if mean > 0.0 { mean + law.variance() / mean } else { 0.0 }
}
