//! Structures of independent components, solved by a binary decision diagram.
//!
//! A [`Tree`] says what it takes for a system to fail: gates over components, which fail and are repaired independently of
//! each other. Its [`Diagram`] answers exactly, however the tree shares its parts:
//!
//! - [`Diagram::probability`], and [`Diagram::steady`] for components with a [`Steady`] state: unavailability, frequency
//!   of failure, mean times between failures, to failure and to repair;
//! - [`Diagram::importance`]: what each component contributes, by every usual [`Measure`];
//! - [`Diagram::single_points`] and [`Diagram::cut_sets`];
//! - [`Diagram::mean_life`] without repair.
//!
//! [`Structure`] takes them from a model, or says why its components are not independent; [`Mission`] does for a model without
//! repair.
//!
//! Nothing is truncated or approximated, and no probability is the difference of two others: an unavailability of 1e-12 is
//! as exact as one of a half. IEC 61078 and IEC 61025 are the standards of such diagrams and trees.

mod build;
mod closure;
mod cut_sets;
mod diagram;
mod importance;
mod layout;
mod mission;
mod nodes;
mod obstacle;
mod of_model;
mod order;
mod steady;
mod things;
mod tree;

pub use cut_sets::{CutSets, LARGEST_LISTED};
pub use diagram::Diagram;
pub use importance::Measure;
pub use nodes::TooLarge;
pub use obstacle::Obstacle;
pub use of_model::{Faults, Mission, Structure};
pub use steady::Steady;
pub use tree::{Node, Tree};

/// Components of a structure that is solved: questions are asked of one after the other, each within the one before.
pub const MOST_COMPONENTS: usize = 4_096;

/// Nodes of a diagram while it is made, unless said otherwise: some hundred megabytes.
pub const MOST_NODES: usize = 2_000_000;
