//! Models that are Markov chains: their states explored one by one and solved for what simulation estimates.

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
