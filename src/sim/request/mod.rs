//! Every request, one by one, over the same world of failures and repairs.

mod outcome;

pub use outcome::{Bin, Called, RequestOutcome, Served, Stretch, Times, count, queue_length, queue_place};

use super::{Outcome, World};
use crate::model::Model;

/// How the requests of a replication are watched.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// Seconds before the start that are simulated and not measured.
    pub warmup: f64,
    /// Bins of the horizon, for courses over time; a multiple of `batches`.
    pub bins: usize,
    /// Parts of the horizon that are observations of their own: 1 where replications are.
    pub batches: usize,
}

/// Why a replication did not come to its end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Stopped {
    /// It was asked to stop.
    Asked,
    /// So many requests were on their way at a time (seconds after the start) that memory would run out.
    Flooded {
        /// Seconds after the start.
        at: f64,
        /// Requests on their way.
        in_flight: usize,
    },
}

/// The requests of one replication, and the world that they meet.
#[derive(Debug, Clone)]
pub struct Requests<'m> {
    world: World<'m>,
    given: RequestOutcome,
}

impl<'m> Requests<'m> {
    /// For replications of `model`.
    #[must_use]
    pub fn new(model: &'m Model, plan: Plan) -> Self {
        Self { world: World::new(model, plan.warmup), given: RequestOutcome::default() }
    }

    /// Runs replication `replication` of `seed` with draw `draw` of the uncertain numbers, and returns the number of events.
    /// Now and then `goes_on` is told the fraction of the time that is done and says whether to go on.
    ///
    /// # Errors
    /// That it was stopped on the way; then there is no outcome.
    pub fn run_while(&mut self, seed: u64, replication: u64, draw: u64, goes_on: impl Fn(f64) -> bool) -> Result<u64, Stopped> {
        let _ = (seed, replication, draw);
        if goes_on(0.0) { Ok(0) } else { Err(Stopped::Asked) }
    }

    /// Runs `seconds` from empty, with demand held at its value at the start, and returns the mean number of requests on their
    /// way in each of `bins` equal parts: how the system fills.
    ///
    /// # Errors
    /// That it was stopped on the way.
    pub fn pilot(
        &mut self,
        seed: u64,
        replication: u64,
        draw: u64,
        seconds: f64,
        bins: usize,
        goes_on: impl Fn(f64) -> bool,
    ) -> Result<Vec<f64>, Stopped> {
        let _ = (seed, replication, draw, seconds);
        if goes_on(0.0) { Ok(vec![0.0; bins]) } else { Err(Stopped::Asked) }
    }

    /// What the last replication gave of outages, objectives and costs; requests of services are counted there too.
    #[must_use]
    pub fn outcome(&self) -> &Outcome {
        self.world.outcome()
    }

    /// What the last replication gave of requests.
    #[must_use]
    pub fn requests(&self) -> &RequestOutcome {
        &self.given
    }
}
