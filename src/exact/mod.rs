//! Exact answers: what a model's numbers are where they can be computed, to be printed beside what was simulated.
//!
//! - [`structure`]: systems of components that fail and are repaired independently of each other, by decision diagrams.

pub mod structure;
