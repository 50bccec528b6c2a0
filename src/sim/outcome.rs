//! What one replication gave.

use super::flow::{Row, row};
use super::release::released;
use super::scaling::scaled;
use super::spares::part;
use super::windows::Segment;
use crate::model::{Model, Windows};

/// Indices of the sums of a service over one replication. Times in seconds.
pub mod sum {
    /// Structurally up.
    pub const UP: usize = 0;
    /// Structurally down.
    pub const DOWN: usize = 1;
    /// Outages that began in the measured time.
    pub const ONSETS: usize = 2;
    /// Outages that ended in it.
    pub const ENDED: usize = 3;
    /// Of the ended outages: from their onset until the failure that began them was detected.
    pub const DETECTION: usize = 4;
    /// Of the ended outages: from that detection to the begin of work, the wait for a person included.
    pub const ACKNOWLEDGEMENT: usize = 5;
    /// Requests that arrived at the service and were resolved.
    pub const REQUESTS: usize = 6;
    /// Those of them that succeeded.
    pub const GOOD: usize = 7;
    /// Server-seconds at work.
    pub const BUSY: usize = 8;
    /// Server-seconds in service: of replicas that are up, at work or not.
    pub const SERVERS: usize = 9;
    /// How many sums there are.
    pub const N: usize = 10;
}

/// Points in time at which the budget left is kept for the fan chart.
pub const BUDGET_POINTS: usize = 97;

/// The result of one replication, in the order of the model.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// By the service's index.
    pub services: Vec<ServiceOutcome>,
    /// By the objective's index.
    pub objectives: Vec<ObjectiveOutcome>,
    /// By the mode's index: [failures, seconds of those that ended, how many ended, what they all cost].
    pub failures: Vec<[f64; 4]>,
    /// By the team's index: [mean people at work, mean incidents in line, seconds waited before a person came, each time where
    /// that person was called away again, incidents to which one came].
    pub teams: Vec<[f64; 4]>,
    /// By the place of the mode among those with spares: the counts named in [`part`].
    pub stocks: Vec<[f64; part::N]>,
    /// By the place of the service among those that are released: the counts named in [`released`].
    pub releases: Vec<[f64; released::N]>,
    /// Money for infrastructure over the horizon.
    pub cost: f64,
    /// What the requests that failed would have been worth.
    pub lost_revenue: f64,
}

/// What one replication gave for one service.
#[derive(Debug, Clone)]
pub struct ServiceOutcome {
    /// The sums named in [`sum`].
    pub sums: [f64; sum::N],
    /// It was structurally up at the horizon.
    pub up_at_end: bool,
    /// When its first outage began, seconds after the start; infinite without one.
    pub first_outage: f64,
    /// Length of its longest outage, seconds; 0 without one.
    pub longest: f64,
    /// Replicas that were up, averaged over time.
    pub replicas: f64,
    /// Where its replicas follow the load: the counts named in [`scaled`].
    pub scaled: [f64; scaled::N],
    /// Each outage that was seen: (seconds, whether it ended before the horizon).
    pub lengths: Vec<(f64, bool)>,
    /// Downtime charged to each mode, seconds.
    pub causes: Vec<f64>,
    /// What its requests came to, where they are a rate.
    pub load: Row,
}

/// What one replication gave for one objective. What is counted is seconds or requests.
#[derive(Debug, Clone, Default)]
pub struct ObjectiveOutcome {
    /// What did not count as good, in order of time.
    pub log: Vec<Segment>,
    /// The present downtime is left out.
    pub excluded: bool,
    /// What was good over the horizon.
    pub good: f64,
    /// What was counted over the horizon, without what the objective leaves out.
    pub counted: f64,
    /// Complete windows that ended below the target; seconds where the window rolls.
    pub breached: f64,
    /// Complete windows in which something was counted; seconds where the window rolls.
    pub complete: f64,
    /// Fraction of the error budget left at the end of a complete window, averaged over them; negative where more was
    /// spent.
    pub budget_left: f64,
    /// Credits due, in the currency.
    pub credits: f64,
    /// Lowest attainment of a complete window; above 1 where there is none.
    pub worst: f64,
    /// The windows of the calendar, in order; empty where the window rolls.
    pub windows: Vec<WindowOutcome>,
    /// Share of the budget spent at the points of the fan chart.
    pub spent: Vec<f64>,
}

/// What one replication gave for one window of the calendar.
#[derive(Debug, Clone, Copy, Default)]
pub struct WindowOutcome {
    /// What was good in it.
    pub good: f64,
    /// What was counted in it.
    pub counted: f64,
    /// It is complete and ended below the target.
    pub breached: bool,
    /// Credits due for it, in the currency.
    pub credits: f64,
    /// The tier of credits that they are due by, by its place in [`crate::model::Objective::credits`].
    pub tier: Option<usize>,
}

impl Outcome {
    /// An outcome with room for everything, and nothing in it.
    pub fn new(model: &Model) -> Self {
        let service = ServiceOutcome {
            sums: [0.0; sum::N],
            up_at_end: true,
            first_outage: f64::INFINITY,
            longest: 0.0,
            replicas: 0.0,
            scaled: [0.0; scaled::N],
            lengths: Vec::new(),
            causes: vec![0.0; model.modes.len()],
            load: [0.0; row::N],
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
            failures: vec![[0.0; 4]; model.modes.len()],
            teams: vec![[0.0; 4]; model.teams.len()],
            stocks: vec![[0.0; part::N]; model.modes.iter().filter(|mode| mode.spares.is_some()).count()],
            releases: vec![[0.0; released::N]; model.releases.len()],
            cost: 0.0,
            lost_revenue: 0.0,
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
