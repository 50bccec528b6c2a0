//! What the requests of one replication gave: counts, times and lengths of queues, by service and by source.

use crate::model::Model;
use crate::stats::SketchOf;

/// Quantiles of requests are within 0.098%.
pub type Times = SketchOf<9>;

/// Indices of what is counted of the requests that arrive at a service, or come from a source. Each attempt of a call is a
/// request of its own.
///
/// Arrived and in flight at the start = good + failed by reason + in flight at the end.
pub mod count {
    /// Requests that arrived.
    pub const ARRIVED: usize = 0;
    /// Requests that were answered, and well.
    pub const GOOD: usize = 1;
    /// Failed: their caller gave up waiting.
    pub const TIMEOUT: usize = 2;
    /// Failed: no waiting place was left.
    pub const QUEUE_FULL: usize = 3;
    /// Failed: no replica was up, or the one that had them failed.
    pub const DOWN: usize = 4;
    /// Failed: turned away by load shedding.
    pub const SHED: usize = 5;
    /// Failed: something that they called failed.
    pub const DEPENDENCY: usize = 6;
    /// Failed: a failure in force made errors of them.
    pub const FAULT: usize = 7;
    /// Failed: whoever wanted them was itself given up.
    pub const CANCELLED: usize = 8;
    /// How many outcomes and reasons there are, from 1 on.
    pub const OUTCOMES: usize = 9;
    /// Arrivals that are first attempts: the others are retries.
    pub const FIRST: usize = 9;
    /// Finished after their caller had given up: work for nobody.
    pub const WASTED: usize = 10;
    /// How many counts there are.
    pub const N: usize = 11;

    /// The reasons for which a request fails, with the name that tables and summaries use.
    pub const REASONS: [(usize, &str); 7] = [
        (TIMEOUT, "timeout"),
        (QUEUE_FULL, "queue_full"),
        (DOWN, "down"),
        (SHED, "shed"),
        (DEPENDENCY, "dependency"),
        (FAULT, "fault"),
        (CANCELLED, "cancelled"),
    ];
}

/// What a stretch of time gave for a service, or for the requests of a source from end to end.
#[derive(Debug, Clone, Default)]
pub struct Served {
    /// The counts named in [`count`].
    pub counts: [u64; count::N],
    /// Requests that had arrived and were not resolved when the stretch began.
    pub in_flight_at_start: u64,
    /// Requests that had arrived and were not resolved when it ended.
    pub in_flight_at_end: u64,
    /// From arrival to answer, of the requests that were answered well, seconds; its sum beside it.
    pub response: Times,
    /// Sum of `response`, seconds.
    pub response_sum: f64,
    /// From arrival to the begin of work, of the requests that were begun, seconds; for services only.
    pub wait: Times,
    /// Sum of `wait`, seconds.
    pub wait_sum: f64,
    /// Server-seconds at work, while held for a call too; for services only.
    pub busy: f64,
    /// Server-seconds of replicas that were up and active; infinite where nothing limits the service.
    pub servers: f64,
    /// Request-seconds in line; for services only.
    pub queued: f64,
    /// Request-seconds from arrival until resolved.
    pub present: f64,
    /// How long so many requests stood in line, seconds: by [`queue_place`]; for services only.
    pub queue: Vec<f64>,
}

/// Lengths of a queue with a place of their own; longer ones share places of 0.2%.
const EXACT: usize = 1_024;

/// The place of a queue length in [`Served::queue`].
#[inline]
#[must_use]
pub fn queue_place(length: u32) -> usize {
    if (length as usize) < EXACT {
        length as usize
    } else {
        // From 2^10 on 512 places to the octave, by the bits of the number.
        EXACT + ((f64::from(length).to_bits() >> 43) as usize - ((1023 + 10) << 9))
    }
}

/// The queue length that a place stands for.
#[must_use]
pub fn queue_length(place: usize) -> f64 {
    if place < EXACT { place as f64 } else { f64::from_bits((((place - EXACT) + ((1023 + 10) << 9)) as u64) << 43) }
}

/// What one of the calls that services make gave.
#[derive(Debug, Clone, Copy, Default)]
pub struct Called {
    /// Calls, retries not counted; those that a cache answered aside.
    pub calls: u64,
    /// Calls that a cache answered.
    pub hits: u64,
    /// Attempts: calls and retries.
    pub attempts: u64,
    /// Calls that failed in the end, whatever was tried.
    pub failed: u64,
    /// Retries that the budget did not allow.
    pub denied: u64,
    /// Attempts that an open circuit breaker failed at once.
    pub broken: u64,
}

/// What a stretch of measured time gave: a whole replication, or one batch of a long one.
#[derive(Debug, Clone, Default)]
pub struct Stretch {
    /// Its length, seconds.
    pub seconds: f64,
    /// By the service's index.
    pub services: Vec<Served>,
    /// By source: those of [`Model::demand`], then those of [`Model::users`].
    pub sources: Vec<Served>,
    /// By service and place in its calls, one after the other.
    pub calls: Vec<Called>,
}

/// A point of the course over time: what a bin of the horizon gave for a service or a source.
#[derive(Debug, Clone, Copy, Default)]
pub struct Bin {
    /// The counts named in [`count`].
    pub counts: [u64; count::N],
    /// Mean response time, seconds; not a number without a good answer.
    pub mean: f64,
    /// Median, 95th and 99th percentile of it, seconds; not numbers without a good answer.
    pub quantiles: [f64; 3],
    /// Mean requests in line; for services only.
    pub queue: f64,
    /// Mean requests that have arrived and are not resolved.
    pub present: f64,
}

/// What the requests of one replication gave.
#[derive(Debug, Clone, Default)]
pub struct RequestOutcome {
    /// The batches, in order; one where each replication is an observation of its own.
    pub batches: Vec<Stretch>,
    /// Length of a bin, seconds.
    pub bin_seconds: f64,
    /// By service, then by bin.
    pub services: Vec<Vec<Bin>>,
    /// By source, then by bin.
    pub sources: Vec<Vec<Bin>>,
}

impl Served {
    /// Requests that failed, whatever the reason.
    #[must_use]
    pub fn failed(&self) -> u64 {
        count::REASONS.iter().map(|(reason, _)| self.counts[*reason]).sum()
    }
}

impl Stretch {
    /// Room for what the services, sources and calls of a model give.
    #[must_use]
    pub fn new(model: &Model) -> Self {
        let sources = model.demand.sources.len() + model.users.len();
        let calls = model.services.iter().map(|service| service.calls.len()).sum();
        Self {
            seconds: 0.0,
            services: vec![Served::default(); model.services.len()],
            sources: vec![Served::default(); sources],
            calls: vec![Called::default(); calls],
        }
    }
}
