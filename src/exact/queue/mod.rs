//! Queues and networks of queues in the long run, as formulas: plain functions of rates and times.
//!
//! Rates are per second and times in seconds. No function fails or panics for what its arguments mean: rates, times and numbers
//! of servers from 0 on, also without arrivals, without servers and under overload; a wait without bound is infinite. Numbers
//! of servers are real where nothing else is said, and results are continuous in them.
//!
//! | queue | what | is |
//! |---|---|---|
//! | [`erlang_b`], [`erlang_c`] and their inverses | M/G/c/c, M/M/c | exact, to 1e-13 |
//! | [`Waiting::mmc`], [`random`], [`pooled`] | M/M/c, one for each replica or one for all | exact, to 1e-13 |
//! | [`Mmck`] | a queue with an end, also far above load 1 | exact, to 1e-13 |
//! | [`ErlangA`], [`Deadline`] | exponential patience, or a timeout of the wait | exact, to 1e-12 |
//! | [`mg1_wait`], [`Mdc`] | M/G/1, M/D/c | exact; M/D/c to 1e-10 |
//! | [`shared_response`], [`busy_above`] | M/G/1 with processor sharing, M/G/∞ | exact |
//! | [`round_robin`] | replicas in turn: Eₙ/M/c | exact |
//! | [`Open`], [`Closed`], [`Classes`], [`Engset`] | Jackson networks, closed networks, few sources | exact |
//! | [`ggc_wait`] | G/G/c (Allen & Cunneen) | mean wait 1% to 8% low for M/D/c at load 0.9 (2 to 50 servers), 18% for 20 servers at 0.7; mean response at most 19% high for Eₙ/M/c |
//! | [`least_busy`] | join the shortest queue (Nelson & Philips, refitted) | mean response within 2%, probability to wait within 25% |
//! | [`power_of_choices_wait`] | the least busy of a few chosen at random | limit for many replicas: response 12% low for 10 of load 0.9, 1.5% for 100 of load 0.8 |
//! | [`Fleet`] | all of these behind one name, and the way from one steady state to another | as the rows above |
//!
//! The figures of the three rows before the last are measured in the tests. Service times are exponential where an M stands; first come
//! first served throughout. Where time matters: Erlang B and C, M/M/c/K and impatience take from 0.1 to 1 microsecond (some 3
//! in the worst case), for any number of servers.

mod balance;
mod classes;
mod closed;
mod deadline;
mod engset;
mod erlang;
mod erlang_a;
mod fleet;
mod general;
mod growth;
mod mmck;
mod numbers;
mod open;
mod sums;
mod waiting;

pub use balance::{least_busy, pooled, power_of_choices_tail, power_of_choices_wait, random, round_robin};
pub use classes::{ClassStation, Classes, MOST_MIXES, StationKind, TooManyMixes};
pub use closed::{Closed, Visited};
pub use deadline::Deadline;
pub use engset::Engset;
pub use erlang::{
    arrivals_for_wait, erlang_b, erlang_c, load_for_blocking, servers_for_blocking, servers_for_mean_wait, servers_for_wait,
};
pub use erlang_a::ErlangA;
pub use fleet::{Fleet, Steady, Step};
pub use general::{Mdc, busy_above, ggc_wait, mg1_wait, shared_response};
pub use growth::{arrivals_until, until_exponential, until_linear};
pub use mmck::Mmck;
pub use open::{Open, Station};
pub use waiting::Waiting;

#[cfg(test)]
mod tests;
