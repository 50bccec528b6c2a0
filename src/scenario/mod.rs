//! The scenario: what the user wrote, parsed, patched and checked.
//!
//! Text becomes a tree that keeps positions ([`yaml`]), patches apply to the tree ([`patch`]), the tree becomes plain
//! data with all its mistakes collected, and checks across fields follow ([`checks`]).

pub mod checks;
pub mod diagnostic;
pub mod distribution;
pub mod failure;
mod fidelity;
mod forms;
mod from_tree;
mod hours;
mod load;
pub mod objective;
pub mod patch;
pub mod path;
pub mod schema;
pub mod service;
pub mod show;
pub mod source;
pub mod suggest;
pub mod traffic;
pub mod tree;
mod unsimulated;
pub mod vocabulary;
pub mod yaml;

pub use diagnostic::{Diagnostic, Severity, Style};
pub use distribution::{Distribution, Gamma, Lognormal, MeanOrScale, Uncertain};
pub use failure::{
    AfterRepair, Age, AgesWhile, Effect, Failure, Hits, Hosts, Inspection, Preventive, Repair, Spares, Trigger, When,
};
pub use fidelity::Fidelity;
pub use load::{LoadError, Loaded, Patches, Problems, load, parse};
pub use objective::{Counts, Credit, Latency, Objective, Window};
pub use path::KeyPath;
pub use schema::{By, Hours, Instance, Policy, Reserved, Scenario, Selection, Step, Team};
pub use service::{
    AbortIf, Autoscale, Backoff, Balance, Breaker, Budget, Call, Discipline, External, Floor, Interrupted, Jitter, Releases,
    Resource, Retries, ScalingLimits, Service, Shed, Spread, Standby, StandbyMode, Strategy, Tier, TimedOut, UpWhen, WhileDown,
};
pub use traffic::{After, Arrivals, Growth, MOST_USERS, Series, Surge, Traffic, TrafficStep};
pub use tree::Node;
pub use unsimulated::unsimulated;
