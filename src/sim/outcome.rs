//! What one replication gave.

use super::windows::Segment;
use crate::model::{Model, Windows};

/// Indices of the sums of a service over one replication. Times in seconds.
pub mod sum {
    pub const UP: usize = 0;
    pub const DOWN: usize = 1;
    pub const ONSETS: usize = 2;
    pub const ENDED: usize = 3;
    pub const DETECTION: usize = 4;
    pub const ACKNOWLEDGEMENT: usize = 5;
    pub const REQUESTS: usize = 6;
    pub const GOOD: usize = 7;
    /// Server-seconds at work, and in service (up and active).
    pub const BUSY: usize = 8;
    pub const SERVERS: usize = 9;
    pub const N: usize = 10;
}

/// Points in time at which the budget left is kept for the fan chart.
pub const BUDGET_POINTS: usize = 97;

/// The result of one replication, in the order of the model.
#[derive(Debug, Clone)]
pub struct Outcome {
    pub services: Vec<ServiceOutcome>,
    pub objectives: Vec<ObjectiveOutcome>,
    /// [count, seconds of those that ended, how many ended].
    pub failures: Vec<[f64; 3]>,
    /// [mean people at work, mean incidents in line, seconds waited, incidents that asked].
    pub teams: Vec<[f64; 4]>,
    /// Money for infrastructure over the horizon.
    pub cost: f64,
}

#[derive(Debug, Clone)]
pub struct ServiceOutcome {
    /// The sums named in [`sum`].
    pub sums: [f64; sum::N],
    pub up_at_end: bool,
    /// Seconds after the start; infinite without an outage.
    pub first_outage: f64,
    pub longest: f64,
    pub replicas: f64,
    /// (seconds, whether it ended).
    pub lengths: Vec<(f64, bool)>,
    /// Downtime charged to each mode, seconds.
    pub causes: Vec<f64>,
}

#[derive(Debug, Clone, Default)]
pub struct ObjectiveOutcome {
    /// What did not count as good, in order of time.
    pub log: Vec<Segment>,
    /// The present downtime is left out.
    pub excluded: bool,
    pub good: f64,
    pub counted: f64,
    /// Complete windows breached, and complete windows with something to count; seconds where rolling.
    pub breached: f64,
    pub complete: f64,
    /// Mean over the complete windows, of the whole budget.
    pub budget_left: f64,
    pub credits: f64,
    /// Lowest attainment of a complete window; above 1 where there is none.
    pub worst: f64,
    pub windows: Vec<WindowOutcome>,
    /// Share of the budget spent at the points of the fan chart.
    pub spent: Vec<f64>,
}

#[derive(Debug, Clone, Copy, Default)]
pub struct WindowOutcome {
    pub good: f64,
    pub counted: f64,
    pub breached: bool,
    pub credits: f64,
}

impl Outcome {
    pub fn new(model: &Model) -> Self {
        let service = ServiceOutcome {
            sums: [0.0; sum::N],
            up_at_end: true,
            first_outage: f64::INFINITY,
            longest: 0.0,
            replicas: 0.0,
            lengths: Vec::new(),
            causes: vec![0.0; model.modes.len()],
        };
        let objective = |windows: &Windows| ObjectiveOutcome {
            log: Vec::new(),
            excluded: false,
            good: 0.0,
            counted: 0.0,
            breached: 0.0,
            complete: 0.0,
            budget_left: 0.0,
            credits: 0.0,
            worst: 2.0,
            windows: match windows {
                Windows::Calendar { spans, .. } => vec![WindowOutcome::default(); spans.len()],
                Windows::Rolling(_) => Vec::new(),
            },
            spent: vec![0.0; BUDGET_POINTS],
        };
        Self {
            services: vec![service; model.services.len()],
            objectives: model.objectives.iter().map(|o| objective(&o.windows)).collect(),
            failures: vec![[0.0; 3]; model.modes.len()],
            teams: vec![[0.0; 4]; model.teams.len()],
            cost: 0.0,
        }
    }

    /// Forgets what was counted; what is in force stays known.
    pub fn reset(&mut self) {
        for service in &mut self.services {
            service.sums = [0.0; sum::N];
            service.first_outage = f64::INFINITY;
            service.longest = 0.0;
            service.lengths.clear();
            service.causes.fill(0.0);
        }
        for objective in &mut self.objectives {
            objective.log.clear();
        }
    }
}
