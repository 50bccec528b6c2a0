//! The scenario: what the user wrote, parsed, patched and checked.

pub mod distribution;
pub mod failure;
pub mod objective;
pub mod schema;
pub mod service;
pub mod traffic;
pub mod tree;

pub use distribution::{Distribution, Gamma, Lognormal, MeanOrScale, Uncertain};
pub use failure::{AfterRepair, Age, AgesWhile, Effect, Failure, Hits, Hosts, Repair, Trigger};
pub use objective::{Counts, Credit, Latency, Objective, Window};
pub use schema::{Hours, Instance, Policy, Scenario, Step, Team};
pub use service::{
    Autoscale, Balance, Call, External, Interrupted, Releases, Resource, Retries, Service, Spread, Standby, StandbyMode, Strategy, Tier,
    UpWhen, WhileDown,
};
pub use traffic::{After, Growth, Series, Surge, Traffic};
