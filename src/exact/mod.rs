//! Exact answers: what a model's numbers are where they can be computed, to be printed beside what was simulated.
//!
//! - [`markov`]: models whose times have no memory, or are made of stages that have none, as Markov chains.
//! - [`structure`]: systems of components that fail and are repaired independently of each other, by decision diagrams.
//! - [`queue`]: queues and networks of queues in the long run, as formulas.

pub mod markov;
pub mod queue;
pub mod structure;
