//! From slices of numbers to estimates with intervals: accumulators that merge, and what they estimate.
//!
//! Every accumulator is plain data. Merged in a fixed order it gives the same result to the last bit on any number of
//! threads.

mod buckets;
mod components;
mod estimate;
mod joint;
mod moments;
mod power;
mod proportion;
mod sections;
mod series;
mod sketch;
mod student;
mod survival;
mod tally;

pub use components::Components;
pub use estimate::Estimate;
pub use joint::Joint;
pub use moments::Moments;
pub use power::{at_most, exceeds, two_proportions};
pub use proportion::Proportion;
pub use sections::sectioned;
pub use series::{Independence, Truncation, independence, mser5};
pub use sketch::{Sketch, SketchOf};
pub use survival::Survival;
pub use tally::Tally;

#[cfg(test)]
mod tests;
