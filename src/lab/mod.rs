//! The lab: variants of a scenario simulated with the same luck, and what differs between them.
//!
//! All variants are simulated with one seed. Every component draws from streams found by its name, so a replication of two
//! variants meets the same luck wherever they are alike (common random numbers: Glasserman & Yao, "Some guidelines and
//! guarantees for common random numbers", *Management Science* 38, 1992), and the differences of paired replications are far
//! sharper than those of separate ones. What was simulated is kept: the same variant is not simulated twice, and more
//! replications extend what is there.

mod measure;
mod paired;
mod rule;
mod variant;

pub use measure::{Measure, Series};
pub use paired::Paired;
pub use rule::{Rule, Standing, looks};
pub use variant::{Trouble, compile, simulate};

use std::collections::HashMap;
use std::sync::atomic::Ordering;

use crate::model::Model;
use crate::run::{self, Control, Observed, Options, RunError, Runs};
use crate::scenario::Loaded;

/// Simulates variants and keeps what they gave.
#[derive(Debug)]
pub struct Lab<'a> {
    options: &'a Options,
    control: &'a Control,
    trials: Vec<Trial>,
    /// The place of each model among them, by its fingerprint.
    places: HashMap<u64, usize>,
    simulated: u64,
}

/// A variant and what its replications gave.
#[derive(Debug, Clone)]
pub struct Trial {
    /// What is simulated.
    pub model: Model,
    /// All replications merged.
    pub runs: Runs,
    /// A few numbers of each replication, in order.
    pub observed: Observed,
}

impl<'a> Lab<'a> {
    /// An empty lab; the count of replications in `options` is not used.
    #[must_use]
    pub fn new(options: &'a Options, control: &'a Control) -> Self {
        Self { options, control, trials: Vec::new(), places: HashMap::new(), simulated: 0 }
    }

    /// Compiles a variant, and gives its place in the lab: that of an equal one where there is one.
    ///
    /// # Errors
    /// Mistakes that only the compiler finds.
    pub fn add(&mut self, variant: &Loaded) -> Result<usize, Trouble> {
        let model = compile(variant)?;
        let place = self.trials.len();
        let place = *self.places.entry(model.hash).or_insert(place);
        if place == self.trials.len() {
            let (runs, observed) = (Runs::new(&model), Observed::new(&model));
            self.trials.push(Trial { model, runs, observed });
        }
        Ok(place)
    }

    /// Simulates the variant at `place` until it has so many replications; fewer where the user asks to stop.
    ///
    /// # Errors
    /// What [`run::simulate`] complains about.
    pub fn simulate(&mut self, place: usize, replications: u64) -> Result<&Trial, RunError> {
        let trial = &mut self.trials[place];
        let before = trial.runs.replications;
        if before < replications {
            let options = Options { replications, precision: None, ..self.options.clone() };
            self.control.done.store(before, Ordering::Relaxed);
            self.control.thousandths.store(0, Ordering::Relaxed);
            run::extend(&trial.model, &options, self.control, &mut trial.runs, &mut trial.observed)?;
            // What could not be gone on with was done anew.
            self.simulated += self.control.done.load(Ordering::Relaxed).saturating_sub(before);
        }
        Ok(trial)
    }

    /// What is known of the variant at `place`.
    #[must_use]
    pub fn trial(&self, place: usize) -> &Trial {
        &self.trials[place]
    }

    /// Replications simulated so far, of all variants.
    #[must_use]
    pub fn simulated(&self) -> u64 {
        self.simulated
    }

    /// Whether the user asked to end.
    #[must_use]
    pub fn stopped(&self) -> bool {
        self.control.stop.load(Ordering::Relaxed)
    }
}
