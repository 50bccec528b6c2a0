//! Models that are Markov chains: their states explored one by one and solved for what simulation estimates.

pub mod chain;
pub mod classes;
mod elimination;
mod levels;
pub mod passage;
pub mod poisson;
pub mod steady;
pub mod transient;

pub use chain::Chain;
pub use steady::Trouble;

#[cfg(test)]
mod tests;
