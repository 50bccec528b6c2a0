//! What single requests meet beyond a rate: how they arrive, are balanced, wait, time out and are tried again.

use super::{Timing, Value};
use crate::scenario::{Balance, Discipline, Interrupted, Jitter, WhileDown};

mod compile;
#[cfg(test)]
mod tests;

pub(super) use compile::{arriving, handling, serving, users};

/// How a service treats single requests.
#[derive(Debug, Clone)]
pub struct Serving {
    /// Which replica a request goes to.
    pub balance: Balance,
    /// Who is served next.
    pub discipline: Discipline,
    /// What becomes of requests in a replica that fails.
    pub interrupted: Interrupted,
    /// What becomes of requests that arrive while no replica is up.
    pub while_down: WhileDown,
    /// A request is shed where so many wait in its replica; infinite where none is.
    pub shed_queue: f64,
    /// A request that has waited longer is shed when its turn comes, seconds; infinite where none is.
    pub shed_age: f64,
    /// How long the share of a replica that has come back grows to that of the others, seconds.
    pub slow_start: f64,
    /// Base of the random stream of its service times.
    pub service_stream: u64,
    /// Base of the random stream of its choices of a replica, and of its errors.
    pub choice_stream: u64,
}

/// What is tried again when a call fails.
#[derive(Debug, Clone)]
pub struct Retries {
    /// How often at most, after the first attempt.
    pub max: u32,
    /// The limit on all retries of this call together; absent: none.
    pub budget: Option<Budget>,
    /// The pause before each.
    pub backoff: Backoff,
}

/// A limit on retries, as a bucket of tokens: a first attempt adds `ratio` of one, time adds `min_per_second`, a retry takes
/// one, and no more is kept than comes in `ttl`.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// Retries for each first attempt.
    pub ratio: Value,
    /// Retries per second beside those.
    pub min_per_second: f64,
    /// For how long what is not used is kept, seconds.
    pub ttl: f64,
}

/// The pauses before retries: the k-th is `first` times `times` to the power k − 1, at most `most`, with jitter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Backoff {
    /// The first, seconds.
    pub first: f64,
    /// Each as many times as long as the one before.
    pub times: f64,
    /// The longest, seconds.
    pub most: f64,
    /// What chance makes of it.
    pub jitter: Jitter,
}

/// A circuit breaker: it opens when too many calls fail, then fails all at once, then lets some through to see.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Breaker {
    /// The fraction of failed calls at which it opens.
    pub errors: f64,
    /// Fewer calls than this within the time prove nothing.
    pub least: u32,
    /// The time over which calls are counted, seconds.
    pub within: f64,
    /// How long it stays open before calls are let through again, seconds.
    pub open: f64,
    /// So many calls that all succeed close it again.
    pub probes: u32,
}

/// What of a call concerns single requests.
#[derive(Debug, Clone)]
pub struct Handling {
    /// It is made at the same time as the call before it.
    pub together: bool,
    /// The fraction of calls that a cache answers, so that they are never made.
    pub hits: Value,
    /// The work of the called service for it, as a multiple of its service time.
    pub work: f64,
    /// Where the caller has given up, the callee's work is taken back; else it goes on for nobody.
    pub cancels: bool,
    /// Place in lines that go by priority, 1 (first) to 5; absent: that of the caller's request.
    pub priority: Option<u8>,
    /// What is tried again when it fails; absent: nothing.
    pub retries: Option<Retries>,
    /// Its circuit breaker; absent: none.
    pub breaker: Option<Breaker>,
    /// Base of its random stream: how many calls, hits, back-off.
    pub stream: u64,
}

/// How the requests of a source follow each other.
#[derive(Debug, Clone)]
pub enum Arrivals {
    /// Independent of each other: a Poisson process of the source's rate.
    Poisson,
    /// With gaps of this law, scaled to the source's rate: its shape alone counts.
    Renewal(Timing),
}

/// How the requests of an open source come.
#[derive(Debug, Clone)]
pub struct Arriving {
    /// How they follow each other.
    pub arrivals: Arrivals,
    /// Place in lines that go by priority, 1 (first) to 5.
    pub priority: u8,
    /// Base of the random stream of its gaps and of its requests.
    pub stream: u64,
}

/// Users who send a request, wait for its answer, think, and send the next: a closed source.
#[derive(Debug, Clone)]
pub struct Users {
    /// Its name in the scenario.
    pub name: String,
    /// Index of the service that they ask.
    pub to: u32,
    /// How many they are, before `times`.
    pub count: u32,
    /// So many times as many, rounded; see [`Users::number`].
    pub times: Value,
    /// From an answer to the next request.
    pub think: Timing,
    /// Place in lines that go by priority, 1 (first) to 5.
    pub priority: u8,
    /// Base of the random stream of their thinking and of their requests.
    pub stream: u64,
}

impl Users {
    /// How many there are for one draw of the uncertain numbers: at least one, and never more than a million.
    #[must_use]
    pub fn number(&self, draws: &[f64]) -> u32 {
        (f64::from(self.count) * self.times.get(draws)).round().clamp(1.0, f64::from(crate::scenario::MOST_USERS)) as u32
    }
}
