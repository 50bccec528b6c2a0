//! The calls that services make, as requests meet them.

use super::breaker::{Bucket, Guard};
use super::outcome::Called;
use crate::model::{Backoff, Call};
use crate::random::Stream;

/// One of the calls that a service makes.
#[derive(Debug, Clone)]
pub struct Site {
    /// Index of the service that is called.
    pub to: u32,
    /// Calls for each request, the whole ones and the fraction of one more.
    pub whole: u32,
    /// See `whole`.
    pub part: f64,
    /// The request fails where the call does.
    pub needed: bool,
    /// Work that nobody waits for any more is taken back.
    pub cancels: bool,
    /// Multiple of the called service's work.
    pub work: f64,
    /// The fraction that a cache answers.
    pub hits: f64,
    /// Place in lines that go by priority; above 4 that of the caller.
    pub priority: u8,
    /// Index of its deadlines, or [`NONE`].
    pub deadlines: u32,
    /// The place behind the calls that are made together with it.
    pub group_end: u32,
    /// How often it is tried again.
    pub retries: u8,
    /// The pauses before that.
    pub backoff: Backoff,
    /// The limit on that.
    pub budget: Option<Bucket>,
    /// Its circuit breaker.
    pub breaker: Option<Guard>,
    /// Words for its draws.
    pub stream: Stream,
    /// What is counted of it.
    pub called: Called,
}

impl Site {
    /// A call whose callers are patient as the list `deadlines` says, and whose group ends before the place `group_end`.
    pub fn new(call: &Call, deadlines: u32, group_end: u32) -> Self {
        let handling = &call.handling;
        let none = Backoff { first: 0.0, times: 1.0, most: 0.0, jitter: crate::scenario::Jitter::None };
        let retries = handling.retries.as_ref();
        Site {
            to: call.to,
            whole: call.per_request.floor() as u32,
            part: call.per_request.fract(),
            needed: call.needed,
            cancels: handling.cancels,
            work: handling.work,
            hits: 0.0,
            priority: handling.priority.map_or(u8::MAX, |priority| priority.clamp(1, 5) - 1),
            deadlines,
            group_end,
            retries: retries.map_or(0, |retries| retries.max.min(100) as u8),
            backoff: retries.map_or(none, |retries| retries.backoff),
            budget: retries.and_then(|retries| retries.budget).map(|budget| Bucket::new(&budget)),
            breaker: handling.breaker.as_ref().map(Guard::new),
            stream: Stream::new(0, 0, 0),
            called: Called::default(),
        }
    }

    /// Back to the begin of a replication.
    pub fn reset(&mut self, call: &Call, draws: &[f64], seed: u64, replication: u64) {
        self.stream = Stream::new(call.handling.stream, seed, replication);
        self.hits = call.handling.hits.get(draws);
        self.called = Called::default();
        if let (Some(bucket), Some(budget)) =
            (&mut self.budget, call.handling.retries.as_ref().and_then(|retries| retries.budget))
        {
            bucket.reset(budget.ratio.get(draws));
        }
        if let Some(guard) = &mut self.breaker {
            guard.reset();
        }
    }
}

/// The place behind the calls that are made together with the one at `place`.
pub fn group_end(calls: &[Call], place: usize) -> u32 {
    let more = calls[place + 1..].iter().take_while(|call| call.handling.together).count();
    (place + 1 + more) as u32
}
