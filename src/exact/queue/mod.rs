//! Queues in the long run, as formulas: plain functions of rates and times.
mod balance;
mod classes;
mod closed;
mod deadline;
mod engset;
mod erlang;
mod erlang_a;
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
pub use general::{Mdc, busy_above, ggc_wait, mg1_wait, shared_response};
pub use growth::{arrivals_until, until_exponential, until_linear};
pub use mmck::Mmck;
pub use open::{Open, Station};
pub use waiting::Waiting;

#[cfg(test)]
mod tests;
