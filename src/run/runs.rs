//! What the replications gave: mergeable sums and sketches, never single replications.

pub use crate::sim::sum;
use crate::stats::{Components, Joint, Moments, Proportion, Sketch, Survival};

/// The merged result of all replications of one model.
///
/// A *draw* is one set of values of the uncertain numbers. Replications that share a draw are not independent, so means
/// and ratios are taken over draws (`per_draw` replications each), and so are the intervals.
#[derive(Debug, Clone)]
pub struct Runs {
    pub replications: u64,
    /// Replications that share one draw of the uncertain numbers: 1 where nothing is uncertain, else 2.
    pub per_draw: u64,
    pub events: u64,
    pub wall_seconds: f64,
    /// Ended by the user before the count or precision asked for was reached.
    pub interrupted: bool,
    /// Seconds measured in each replication.
    pub horizon: f64,
    pub services: Vec<ServiceRuns>,
    pub objectives: Vec<ObjectiveRuns>,
    pub failures: Vec<FailureRuns>,
    pub teams: Vec<TeamRuns>,
    pub cost: CostRuns,
    /// The replication whose total downtime is nearest to the median, and the one at about the 95th percentile.
    pub typical: u64,
    pub bad: u64,
}

#[derive(Debug, Clone)]
pub struct ServiceRuns {
    /// Means and covariances over draws of the sums named in [`sum`].
    pub sums: Joint<{ sum::N }>,
    pub up_at_end: Proportion,
    pub no_outage: Proportion,
    /// Time to the first outage where there was one, else the horizon (censored).
    pub first_outage: Moments,
    pub first_outage_censored: u64,
    /// Longest outage of a replication, seconds (0 without one).
    pub longest: Moments,
    /// Time-average number of replicas in service.
    pub replicas: Moments,
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
}

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
    pub credits: Moments,
    /// Attainment of the worst complete window.
    pub worst_window: Moments,
    pub by_window: Vec<WindowRuns>,
    /// Fraction of the current window's budget spent (1 = all), at the times of `budget_times`.
    pub budget_spent: Vec<Sketch>,
    pub budget_times: Vec<f64>,
}

/// One calendar window.
#[derive(Debug, Clone)]
pub struct WindowRuns {
    /// Seconds after the start.
    pub from: f64,
    pub to: f64,
    pub complete: bool,
    pub attainment: Joint<2>,
    pub breach: Proportion,
    pub credits: Moments,
}

#[derive(Debug, Clone)]
pub struct FailureRuns {
    /// Failures in the horizon.
    pub count: Moments,
    /// (total duration, failures ended) of those that ended.
    pub duration: Joint<2>,
}

#[derive(Debug, Clone)]
pub struct TeamRuns {
    /// Mean people at work.
    pub busy: Moments,
    /// Mean incidents in the queue.
    pub waiting: Moments,
    /// (seconds waited for a person, incidents that asked for one).
    pub wait: Joint<2>,
}

#[derive(Debug, Clone)]
pub struct CostRuns {
    pub infrastructure: Moments,
    pub credits: Moments,
    pub total: Moments,
}

/// One row of the replications table: one service in one replication.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    pub replication: u64,
    pub draw: u64,
    pub service: u32,
    pub up_seconds: f64,
    pub down_seconds: f64,
    pub outages: u64,
    pub longest_outage_seconds: f64,
    /// None without an outage.
    pub first_outage_seconds: Option<f64>,
    pub requests: f64,
    pub good_requests: f64,
}

/// One failure in the timeline of one replication. Times are seconds after the start; `None` is after the horizon.
#[derive(Debug, Clone)]
pub struct Incident {
    pub failure: u32,
    /// What it hit: `web 3`, `zone a`, `checkout`.
    pub thing: String,
    pub began: f64,
    pub detected: Option<f64>,
    /// A person (or automation) began.
    pub acknowledged: Option<f64>,
    pub repaired: Option<f64>,
}

/// One outage in the timeline of one replication.
#[derive(Debug, Clone)]
pub struct Outage {
    pub service: u32,
    pub began: f64,
    pub ended: Option<f64>,
    /// The failure mode that began it; none where the structure never held.
    pub failure: Option<u32>,
}

/// Every incident and outage of one replication.
#[derive(Debug, Clone, Default)]
pub struct Timeline {
    pub replication: u64,
    pub incidents: Vec<Incident>,
    pub outages: Vec<Outage>,
    /// So much happened that it is told only up to here, seconds after the start.
    pub told_until: Option<f64>,
}

/// Demand of one service over time against what its replicas can carry.
#[derive(Debug, Clone)]
pub struct DemandCurve {
    pub service: u32,
    /// Middle of each interval, seconds after the start.
    pub times: Vec<f64>,
    /// Where each interval begins, seconds after the start.
    pub begins: Vec<f64>,
    /// Mean and highest rate in each interval, requests/s: quantiles over draws (equal where nothing is uncertain).
    pub mean: Vec<f64>,
    pub peak_p5: Vec<f64>,
    pub peak_p50: Vec<f64>,
    pub peak_p95: Vec<f64>,
    /// Of one replica, requests/s; infinite where the service has no capacity.
    pub capacity: f64,
    pub replicas: u32,
}
