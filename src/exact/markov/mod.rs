//! Models that are Markov chains: their states explored one by one and solved for what simulation estimates.
//!
//! ```text
//! Model ──Process::of_services──▶ Process ──explore──▶ Chain ──Solver──▶ ServiceMeasures
//! ```
//!
//! - [`process`]: what a scenario means, state by state, as far as its times are made of exponential stages.
//! - [`chain`], [`classes`]: a sparse chain, and which of its states lead to each other.
//! - [`steady`]: the long run, each probability to 10 digits or more, however small.
//! - [`transient`], [`poisson`]: up to a horizon, by uniformisation.
//! - [`passage`]: mean times to a set of states, and where a chain ends.
//! - [`mod@measures`]: all that is asked of a service.
//!
//! Nothing here subtracts one probability from another: an unavailability of 1e-15 has as many digits as one of a half.

pub mod chain;
pub mod classes;
mod elimination;
pub mod explore;
mod levels;
pub mod measures;
pub mod passage;
pub mod poisson;
pub mod process;
pub mod steady;
pub mod transient;

pub use chain::Chain;
pub use explore::{Explored, explore};
pub use measures::{LongRun, ServiceMeasures, measures};
pub use process::Process;
pub use steady::Trouble;

#[cfg(test)]
mod tests;
