//! What the replications gave: mergeable sums and sketches, never single replications.

pub use super::requests::QUANTILES;
use super::requests::{RequestRuns, Warmup};
use crate::sim::{Lengths, scaled};
pub use crate::sim::{released, row, sum};
use crate::stats::{Components, Joint, Moments, Proportion, Sketch, Survival};

/// The merged result of all replications of one model.
///
/// A *draw* is one set of values of the uncertain numbers. Replications that share a draw are not independent, so means
/// and ratios are taken over draws (`per_draw` replications each), and so are the intervals.
#[derive(Debug, Clone)]
pub struct Runs {
    /// Replications merged so far.
    pub replications: u64,
    /// Replications that share one draw of the uncertain numbers: 1 where nothing is uncertain, else 2.
    pub per_draw: u64,
    /// Events of all of them.
    pub events: u64,
    /// Time that simulating them took; of all fields the only one that differs between two runs of the same.
    pub wall_seconds: f64,
    /// Ended by the user before the count or precision asked for was reached.
    pub interrupted: bool,
    /// Seconds measured in each replication.
    pub horizon: f64,
    /// What was simulated before the start and not measured.
    pub warmup: Warmup,
    /// By the service's index in the model.
    pub services: Vec<ServiceRuns>,
    /// By the objective's index in the model.
    pub objectives: Vec<ObjectiveRuns>,
    /// By the failure mode's index in the model.
    pub failures: Vec<FailureRuns>,
    /// By the team's index in the model.
    pub teams: Vec<TeamRuns>,
    /// By the place of the service among those that are released: the sums named in [`released`].
    pub releases: Vec<Joint<{ released::N }>>,
    /// Money over the horizon.
    pub cost: CostRuns,
    /// What single requests met; at request fidelity only.
    pub requests: Option<RequestRuns>,
    /// The replication whose total downtime is nearest to the median, of the first 4,096.
    pub typical: u64,
    /// The one whose total downtime is at about the 95th percentile.
    pub bad: u64,
    /// Number and total downtime (seconds) of the first 4,096, of which these two are chosen.
    pub downtimes: Vec<(u64, f64)>,
}

/// What the replications gave for one service.
#[derive(Debug, Clone, Default)]
pub struct ServiceRuns {
    /// Means and covariances over draws of the sums named in [`sum`].
    pub sums: Joint<{ sum::N }>,
    /// Replications in which it was structurally up at the horizon.
    pub up_at_end: Proportion,
    /// Replications without an outage.
    pub no_outage: Proportion,
    /// Time to the first outage where there was one, else the horizon (censored).
    pub first_outage: Moments,
    /// Replications without an outage: how many values of `first_outage` are the horizon.
    pub first_outage_censored: u64,
    /// Longest outage of a replication, seconds (0 without one).
    pub longest: Moments,
    /// Time-average number of replicas in service.
    pub replicas: Moments,
    /// Where its replicas follow the load: means over draws of the counts named in [`crate::sim::scaled`].
    pub scaled: Option<Joint<{ scaled::N }>>,
    /// Unavailability of each replication.
    pub unavailability: Sketch,
    /// Failed over all requests of each replication.
    pub unserved: Sketch,
    /// Lengths of all outages, those open at the end censored.
    pub outage_lengths: Survival,
    /// Downtime in seconds charged to each failure mode, by its index in the model.
    pub causes: Vec<Moments>,
    /// Random against uncertain: unavailability of single replications within draws.
    pub components: Components,
    /// What its requests came to, where they are a rate.
    pub load: LoadRuns,
}

/// What the replications gave for the requests of one service, where they are a rate.
#[derive(Debug, Clone, Default)]
pub struct LoadRuns {
    /// Means and covariances over draws of the sums named in [`row`].
    pub sums: Joint<{ row::N }>,
    /// Times of good answers, and waits, of all replications.
    pub lengths: [Lengths; 2],
    /// Their quantiles ([`QUANTILES`]), each over blocks of replications.
    pub parts: [[Moments; 3]; 2],
}

/// What the replications gave for one objective.
#[derive(Debug, Clone)]
pub struct ObjectiveRuns {
    /// (good, counted) over the horizon.
    pub attainment: Joint<2>,
    /// Replications in which something was not good.
    pub hurt: u64,
    /// Replications with at least one complete window breached; absent without a complete window.
    pub breach: Option<Proportion>,
    /// (breached, complete) windows; for rolling ones seconds.
    pub windows: Joint<2>,
    /// Fraction of the error budget left at the end of a complete window, mean over the windows.
    pub budget_left: Moments,
    /// Credits due over the horizon, in the currency.
    pub credits: Moments,
    /// Attainment of the worst complete window.
    pub worst_window: Moments,
    /// Each window of the calendar, those cut by the horizon among them; empty for a rolling window.
    pub by_window: Vec<WindowRuns>,
    /// Fraction of the current window's budget spent (1 = all), at the times of `budget_times`.
    pub budget_spent: Vec<Sketch>,
    /// Times after the start at which `budget_spent` is looked at, seconds, ascending.
    pub budget_times: Vec<f64>,
}

/// One calendar window.
#[derive(Debug, Clone)]
pub struct WindowRuns {
    /// Its begin, seconds after the start.
    pub from: f64,
    /// Its end, seconds after the start.
    pub to: f64,
    /// It lies within the horizon as a whole, and so can be breached.
    pub complete: bool,
    /// (good, counted) in the window.
    pub attainment: Joint<2>,
    /// Replications in which it ended below its target.
    pub breach: Proportion,
    /// Replications in which it, or one before it, ended below its target.
    pub broken_by: Proportion,
    /// Credits due for it, in the currency.
    pub credits: Moments,
    /// Replications in which each tier of credits was due, in the order of [`crate::model::Objective::credits`].
    pub tiers: Vec<Proportion>,
    /// What was not good of what was counted, of each replication in which something was.
    pub shortfall: Sketch,
}

/// What the replications gave for one failure mode, on all things that it hits together.
#[derive(Debug, Clone, Default)]
pub struct FailureRuns {
    /// Failures in the horizon.
    pub count: Moments,
    /// (total duration, failures ended) of those that ended.
    pub duration: Joint<2>,
    /// What they cost in the horizon.
    pub cost: Moments,
    /// What its repairs found of parts; absent where they need none.
    pub parts: Option<PartRuns>,
}

/// What the replications gave for the parts of one failure mode.
#[derive(Debug, Clone, Default)]
pub struct PartRuns {
    /// (seconds waited for a part, repairs that got one) of those that got one.
    pub wait: Joint<2>,
    /// (repairs that found a part on the shelf, repairs that asked for one).
    pub found: Joint<2>,
}

/// What the replications gave for one team.
#[derive(Debug, Clone, Default)]
pub struct TeamRuns {
    /// Mean people at work.
    pub busy: Moments,
    /// Mean incidents in the queue.
    pub waiting: Moments,
    /// (seconds waited for a person, incidents to which one came).
    pub wait: Joint<2>,
}

/// Money over the horizon of a replication, in the currency.
#[derive(Debug, Clone, Default)]
pub struct CostRuns {
    /// What the replicas cost.
    pub infrastructure: Moments,
    /// Credits due by all objectives.
    pub credits: Moments,
    /// What failures, replacements and inspections cost in parts and work.
    pub repairs: Moments,
    /// What the requests that failed would have been worth.
    pub lost_revenue: Moments,
    /// All of it.
    pub total: Moments,
}

/// One row of the replications table: one service in one replication.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Number of the replication, from 0.
    pub replication: u64,
    /// Number of its draw of the uncertain numbers; its own where nothing is uncertain.
    pub draw: u64,
    /// Index of the service.
    pub service: u32,
    /// Time structurally up.
    pub up_seconds: f64,
    /// Time structurally down.
    pub down_seconds: f64,
    /// Outages that began.
    pub outages: u64,
    /// Length of the longest, 0 without one.
    pub longest_outage_seconds: f64,
    /// None without an outage.
    pub first_outage_seconds: Option<f64>,
    /// Requests that arrived and were resolved.
    pub requests: f64,
    /// Those of them that were good.
    pub good_requests: f64,
}

/// One failure in the timeline of one replication. Times are seconds after the start; `None` is after the horizon.
#[derive(Debug, Clone)]
pub struct Incident {
    /// Index of the failure mode.
    pub failure: u32,
    /// What it hit: `web 3`, `zone a`, `checkout`.
    pub thing: String,
    /// The failure itself; before the start, and so negative, where it happened in the warm-up.
    pub began: f64,
    /// Somebody, or automation, knew of it.
    pub detected: Option<f64>,
    /// A person (or automation) began.
    pub acknowledged: Option<f64>,
    /// It was over.
    pub repaired: Option<f64>,
}

/// One outage in the timeline of one replication.
#[derive(Debug, Clone)]
pub struct Outage {
    /// Index of the service.
    pub service: u32,
    /// Seconds after the start.
    pub began: f64,
    /// Seconds after the start; `None` where it was open at the horizon.
    pub ended: Option<f64>,
    /// The failure mode that began it; none where the structure never held.
    pub failure: Option<u32>,
}

/// Every incident and outage of one replication.
#[derive(Debug, Clone, Default)]
pub struct Timeline {
    /// Its number, from 0.
    pub replication: u64,
    /// In the order in which they began.
    pub incidents: Vec<Incident>,
    /// In the order in which they began.
    pub outages: Vec<Outage>,
    /// So much happened that it is told only up to here, seconds after the start.
    pub told_until: Option<f64>,
}

/// Demand of one service over time against what its replicas can carry.
#[derive(Debug, Clone)]
pub struct DemandCurve {
    /// Index of the service.
    pub service: u32,
    /// Middle of each interval, seconds after the start.
    pub times: Vec<f64>,
    /// Where each interval begins, seconds after the start.
    pub begins: Vec<f64>,
    /// Mean rate in each interval, requests/s: the mean over the draws of the uncertain numbers.
    pub mean: Vec<f64>,
    /// Highest rate in each interval, requests/s: its 5th percentile over the draws, equal to the others where nothing is
    /// uncertain.
    pub peak_p5: Vec<f64>,
    /// Highest rate in each interval, requests/s: its median over the draws.
    pub peak_p50: Vec<f64>,
    /// Highest rate in each interval, requests/s: its 95th percentile over the draws.
    pub peak_p95: Vec<f64>,
    /// Of one replica, requests/s; infinite where the service has no capacity.
    pub capacity: f64,
    /// Replicas that the service has.
    pub replicas: u32,
}
