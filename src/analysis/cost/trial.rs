//! One variant on the bench: simulated until it is known whether it keeps what is promised.

use std::collections::HashMap;

use super::space::{Choice, Knobs};
use crate::lab::{Lab, Measure, Trouble, looks};
use crate::scenario::Loaded;
use crate::stats::{Estimate, Moments};

/// A variant that was tried.
#[derive(Debug, Clone)]
pub struct Tried {
    /// How it differs from the scenario as it is.
    pub sets: Vec<String>,
    /// Its place in the lab; none where it is no scenario that can be simulated.
    pub place: Option<usize>,
    /// Replications.
    pub replications: u64,
    /// All cost over the horizon: machines, repairs, credits and lost revenue.
    pub total: Estimate,
    /// Of it machines and repairs.
    pub machines: f64,
    /// Of it credits and lost revenue.
    pub risk: f64,
    /// The probability that any objective is breached in some window.
    pub breached: f64,
    /// What is promised and not shown to be kept, and how: empty where all is.
    pub broken: Vec<String>,
}

impl Tried {
    /// Whether it is known to keep every objective.
    #[must_use]
    pub fn keeps(&self) -> bool {
        self.broken.is_empty()
    }

    /// All cost over the horizon.
    #[must_use]
    pub fn cost(&self) -> f64 {
        self.total.value.unwrap_or(f64::INFINITY)
    }
}

/// Whether an objective is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Kept,
    Broken,
    Open,
}

/// Where variants are tried on the same luck.
#[derive(Debug)]
pub struct Bench<'l, 'a> {
    lab: &'l mut Lab<'a>,
    base: &'l Loaded,
    knobs: &'l [Knobs],
    confidence: f64,
    most: u64,
    /// All that was tried, in order; the first is the system as it is.
    pub tried: Vec<Tried>,
    known: HashMap<String, usize>,
}

impl<'l, 'a> Bench<'l, 'a> {
    /// An empty bench, whose variants are simulated so often at most.
    pub fn new(lab: &'l mut Lab<'a>, base: &'l Loaded, knobs: &'l [Knobs], confidence: f64, most: u64) -> Self {
        Self { lab, base, knobs, confidence, most, tried: Vec::new(), known: HashMap::new() }
    }

    /// Whether the user asked to end.
    #[must_use]
    pub fn stopped(&self) -> bool {
        self.lab.stopped()
    }

    /// The lab in which they are.
    #[must_use]
    pub fn lab(&self) -> &Lab<'a> {
        self.lab
    }

    /// The cheapest that keeps all.
    #[must_use]
    pub fn cheapest(&self) -> Option<usize> {
        let keeps = (0..self.tried.len()).filter(|at| self.tried[*at].keeps());
        keeps.min_by(|a, b| self.tried[*a].cost().total_cmp(&self.tried[*b].cost()))
    }

    /// Tries what is chosen for each service: its place among those tried.
    ///
    /// # Errors
    /// What simulating complains about.
    pub fn judge(&mut self, choices: &[Choice]) -> Result<usize, Trouble> {
        let mut sets = Vec::new();
        self.knobs.iter().zip(choices).for_each(|(knobs, choice)| knobs.sets(choice, &mut sets));
        self.try_sets(sets)
    }

    /// Tries a variant by its patches.
    ///
    /// # Errors
    /// What simulating complains about.
    pub fn try_sets(&mut self, sets: Vec<String>) -> Result<usize, Trouble> {
        let key = sets.join("\n");
        if let Some(&place) = self.known.get(&key) {
            return Ok(place);
        }
        let tried = match self.base.with(sets.clone()).map_err(Trouble::from).and_then(|variant| self.lab.add(&variant)) {
            Ok(place) => self.race(sets, place)?,
            Err(Trouble::Variant(_)) if !sets.is_empty() => refused(sets),
            Err(trouble) => return Err(trouble),
        };
        self.known.insert(key, self.tried.len());
        self.tried.push(tried);
        Ok(self.tried.len() - 1)
    }

    /// Simulates it until each promise is known to be kept or one to be broken, or it was done often enough.
    fn race(&mut self, sets: Vec<String>, place: usize) -> Result<Tried, Trouble> {
        let looks = looks(self.most);
        let mut broken = Vec::new();
        for &look in &looks {
            self.lab.simulate(place, look)?;
            let standings = self.standings(place, looks.len(), look == self.most);
            broken = standings.iter().filter(|(_, standing)| *standing != Standing::Kept).map(|(text, _)| text.clone()).collect();
            let open = standings.iter().any(|(_, standing)| *standing == Standing::Open);
            let lost = standings.iter().any(|(_, standing)| *standing == Standing::Broken);
            if lost || !open || self.stopped() {
                break;
            }
        }
        Ok(self.told(sets, place, broken))
    }

    /// Each objective with what is known of it. Every interval of every objective at every look holds together with the
    /// confidence (Bonferroni). Where nothing was seen to go wrong an interval says nothing: that is believed only at the last look.
    fn standings(&self, place: usize, looks: usize, last: bool) -> Vec<(String, Standing)> {
        let trial = self.lab.trial(place);
        let count = trial.model.objectives.len() * looks;
        let level = 1.0 - 2.0 * (1.0 - self.confidence) / count.max(1) as f64;
        let of = |objective: &crate::model::Objective| {
            let budget = 1.0 - objective.target;
            let bad = estimate(trial, &Measure::Bad(objective.name.clone()), level);
            let value = bad.value.unwrap_or(0.0);
            let standing = match (bad.low, bad.high) {
                (_, Some(high)) if high <= budget && (high > 0.0 || last) => Standing::Kept,
                (Some(low), _) if low > budget => Standing::Broken,
                _ => Standing::Open,
            };
            let verb = if standing == Standing::Broken { "breaks" } else { "is not known to keep" };
            let text =
                format!("{verb} “{}”: {:.4} % not good where {:.4} % may be", objective.name, 100.0 * value, 100.0 * budget);
            (text, standing)
        };
        trial.model.objectives.iter().map(of).collect()
    }

    fn told(&self, sets: Vec<String>, place: usize, broken: Vec<String>) -> Tried {
        let trial = self.lab.trial(place);
        let mean = |measure: &Measure| estimate(trial, measure, 0.95).value.unwrap_or(0.0);
        let breach = |objective: &crate::model::Objective| mean(&Measure::Breached(objective.name.clone()));
        Tried {
            sets,
            place: Some(place),
            replications: trial.runs.replications,
            total: estimate(trial, &Measure::Cost, 0.95),
            machines: mean(&Measure::Infrastructure) + mean(&Measure::Repairs),
            risk: mean(&Measure::AllCredits) + mean(&Measure::LostRevenue),
            breached: trial.model.objectives.iter().map(breach).fold(0.0, f64::max),
            broken,
        }
    }
}

fn refused(sets: Vec<String>) -> Tried {
    Tried {
        sets,
        place: None,
        replications: 0,
        total: Estimate::unobserved(0.95, 0, "not simulated"),
        machines: f64::NAN,
        risk: f64::NAN,
        breached: f64::NAN,
        broken: vec!["is no scenario that can be simulated".into()],
    }
}

/// A measure of a trial with Student's t interval over draws.
pub fn estimate(trial: &crate::lab::Trial, measure: &Measure, level: f64) -> Estimate {
    let per_draw = trial.runs.per_draw as usize;
    let whole = trial.observed.len() - trial.observed.len() % per_draw;
    let mut moments = Moments::default();
    if let Some(series) = measure.series(trial, whole, per_draw) {
        series.draws.iter().for_each(|value| moments.add(*value));
    }
    moments.estimate(level)
}
