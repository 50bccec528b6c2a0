//! Ninefold: will we keep our promises, with which capacity, at what cost, and what breaks first?
pub mod analysis;
pub mod cli;
pub mod dist;
pub mod kernel;
pub mod model;
pub mod output;
pub mod random;
pub mod report;
pub mod run;
pub mod scenario;
pub mod sim;
pub mod stats;
pub mod units;
