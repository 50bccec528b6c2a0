//! What single requests met: sums, quantiles and courses over time of all replications, by service, source and call.
//!
//! An *observation* is a replication, the replications of one draw of the uncertain numbers together, or one of the batches
//! that a single long replication is cut into (batch means: Law & Carson, "A sequential procedure for determining the length
//! of a steady-state simulation", *Operations Research* 27, 1979). Intervals are over observations.

mod collect;
#[cfg(test)]
pub(crate) mod fixture;
mod load;
mod simulate;
#[cfg(test)]
mod tests;
mod warmup;

pub use load::{Load, can_go_wrong};
pub(super) use simulate::simulate;
pub use warmup::{Found, Warmup};

use crate::sim::request::{Times, count};
use crate::stats::{Joint, Moments};

/// The quantiles that are told of times and queues.
pub const QUANTILES: [f64; 3] = [0.5, 0.95, 0.99];
/// Reasons for which requests fail, in the order of [`count::REASONS`].
pub const REASONS: usize = count::REASONS.len();

/// Indices of the sums of a service, or of a source from end to end, over one observation; those below [`count::N`] are the
/// counts named there.
pub mod served {
    use crate::sim::request::count;

    /// Requests that failed, whatever the reason.
    pub const FAILED: usize = count::N;
    /// Requests that were resolved, well or not.
    pub const RESOLVED: usize = count::N + 1;
    /// Length of the observation, seconds.
    pub const SECONDS: usize = count::N + 2;
    /// Answers whose response time was taken.
    pub const ANSWERED: usize = count::N + 3;
    /// Their response times, seconds.
    pub const RESPONSE: usize = count::N + 4;
    /// Requests that were begun.
    pub const BEGUN: usize = count::N + 5;
    /// Their waits before that, seconds.
    pub const WAIT: usize = count::N + 6;
    /// Server-seconds at work.
    pub const BUSY: usize = count::N + 7;
    /// Server-seconds of replicas that were up and active; 0 where nothing limits the service.
    pub const SERVERS: usize = count::N + 8;
    /// Request-seconds in line.
    pub const QUEUED: usize = count::N + 9;
    /// Request-seconds from arrival until resolved.
    pub const PRESENT: usize = count::N + 10;
    /// How many sums there are.
    pub const N: usize = count::N + 11;
}

/// Indices of the sums of a call over one observation.
pub mod called {
    /// Calls that were wanted: made, or answered by a cache.
    pub const WANTED: usize = 0;
    /// Calls that a cache answered.
    pub const HITS: usize = 1;
    /// Calls that were made, retries not counted.
    pub const CALLS: usize = 2;
    /// Attempts: calls and retries.
    pub const ATTEMPTS: usize = 3;
    /// Calls that failed in the end, whatever was tried.
    pub const FAILED: usize = 4;
    /// Retries that the budget did not allow.
    pub const DENIED: usize = 5;
    /// Attempts that an open circuit breaker failed at once.
    pub const BROKEN: usize = 6;
    /// Length of the observation, seconds.
    pub const SECONDS: usize = 7;
    /// How many sums there are.
    pub const N: usize = 8;
}

/// What the replications gave of single requests.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestRuns {
    /// An observation is a batch of the one long replication.
    pub batched: bool,
    /// By the service's index in the model.
    pub services: Vec<ServedRuns>,
    /// By source: those of the model's demand, then its users.
    pub sources: Vec<ServedRuns>,
    /// By service and place in its calls, one after the other: the sums named in [`called`].
    pub calls: Vec<Joint<{ called::N }>>,
    /// Length of a bin of the courses over time, seconds.
    pub bin_seconds: f64,
}

/// What the replications gave of the requests of one service, or of one source from end to end.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ServedRuns {
    /// Means and covariances over observations of the sums named in [`served`].
    pub sums: Joint<{ served::N }>,
    /// From arrival to answer, of requests that were answered well, seconds.
    pub response: Spread,
    /// From arrival to the begin of work, seconds; empty for sources.
    pub wait: Spread,
    /// Requests in line; empty for sources.
    pub queue: Lengths,
    /// Each observation by itself, in order, to be paired with those of a variant: the first [`OBSERVED`].
    pub observed: Vec<Observed>,
    /// Mean response time of each batch, in order; empty where replications are observations.
    pub batch_means: Vec<f64>,
    /// The course over time, bin by bin.
    pub course: Vec<Point>,
}

/// Observations that are kept one by one.
pub const OBSERVED: usize = 512;

/// What one observation gave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observed {
    /// The sums named in [`served`].
    pub sums: [f64; served::N],
    /// What 99 of 100 response times stay below, seconds; absent without a good answer.
    pub p99: Option<f64>,
}

/// How times differ from request to request.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Spread {
    /// Those of all requests of all replications.
    pub all: Times,
    /// The quantiles [`QUANTILES`] of each observation.
    pub parts: [Moments; 3],
}

/// How long a queue is how long.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lengths {
    /// Seconds of all replications with each length, by [`crate::sim::request::queue_place`].
    pub seconds: Vec<f64>,
    /// The quantiles [`QUANTILES`] of each observation, over its time.
    pub parts: [Moments; 3],
}

/// A point of the course over time: what a bin of the horizon gave, over replications.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Point {
    /// Requests that arrived, per second.
    pub rate: Moments,
    /// Requests that were answered well, per second.
    pub good: Moments,
    /// Requests that failed, per second, by reason.
    pub failed: [Moments; REASONS],
    /// Mean response time, seconds; of replications with an answer in it.
    pub mean: Moments,
    /// The quantiles [`QUANTILES`] of the response time, seconds.
    pub quantiles: [Moments; 3],
    /// Mean requests in line; of services only.
    pub queue: Moments,
    /// Mean requests that have arrived and are not resolved.
    pub present: Moments,
}
