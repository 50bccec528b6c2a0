//! What single replications gave, kept to be paired with those of a variant.

use crate::model::Model;
use crate::sim::{Outcome, released, sum};

/// Indices of the numbers that are kept of a replication, within those of a service, an objective, or all together.
pub mod column {
    /// Of a service: time structurally down, seconds.
    pub const DOWNTIME: usize = 0;
    /// Of a service: outages that began.
    pub const OUTAGES: usize = 1;
    /// Of a service: requests that failed.
    pub const FAILED: usize = 2;
    /// How many there are of a service.
    pub const OF_SERVICE: usize = 3;
    /// Of an objective: what was not good, seconds or requests.
    pub const BAD: usize = 0;
    /// Of an objective: what was counted, seconds or requests.
    pub const COUNTED: usize = 1;
    /// Of an objective: 1 where a complete window was breached, else 0.
    pub const BREACHED: usize = 2;
    /// Of an objective: credits due.
    pub const CREDITS: usize = 3;
    /// How many there are of an objective.
    pub const OF_OBJECTIVE: usize = 4;
    /// Of all: money for infrastructure.
    pub const INFRASTRUCTURE: usize = 0;
    /// Of all: money for repairs, replacements and inspections.
    pub const REPAIRS: usize = 1;
    /// Of all: what the requests that failed would have been worth.
    pub const LOST_REVENUE: usize = 2;
    /// How many there are of all.
    pub const OF_ALL: usize = 3;
}

/// What is left of a difference of two equal sums by rounding, as a part of either.
const ROUNDING: f64 = 1e-12;

/// A fixed small set of numbers of each replication, in the order of the replications.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    services: usize,
    objectives: usize,
    width: usize,
    values: Vec<f64>,
}

impl Observed {
    /// No replications yet.
    #[must_use]
    pub fn new(model: &Model) -> Self {
        let (services, objectives) = (model.services.len(), model.objectives.len());
        Self { services, objectives, width: Self::width(model), values: Vec::new() }
    }

    /// How many numbers are kept of a replication of a model.
    #[must_use]
    pub fn width(model: &Model) -> usize {
        let services = model.services.len() * column::OF_SERVICE;
        services + model.objectives.len() * column::OF_OBJECTIVE + model.releases.len() * released::N + column::OF_ALL
    }

    /// Replications.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len() / self.width
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// A number of a service, by their indices, of each replication.
    pub fn service(&self, service: usize, column: usize) -> impl Iterator<Item = f64> {
        self.column(service * column::OF_SERVICE + column)
    }

    /// A number of an objective, by their indices, of each replication.
    pub fn objective(&self, objective: usize, column: usize) -> impl Iterator<Item = f64> {
        self.column(self.services * column::OF_SERVICE + objective * column::OF_OBJECTIVE + column)
    }

    /// A number of the releases of a service, by its place among those that are released and an index of [`released`], of each
    /// replication.
    pub fn release(&self, place: usize, column: usize) -> impl Iterator<Item = f64> {
        let before = self.services * column::OF_SERVICE + self.objectives * column::OF_OBJECTIVE;
        self.column(before + place * released::N + column)
    }

    /// A number of all together, of each replication.
    pub fn all(&self, column: usize) -> impl Iterator<Item = f64> {
        self.column(self.width - column::OF_ALL + column)
    }

    fn column(&self, column: usize) -> impl Iterator<Item = f64> {
        self.values.iter().skip(column).step_by(self.width).copied()
    }

    pub(super) fn add(&mut self, outcome: &Outcome) {
        for service in &outcome.services {
            let (requests, good) = (service.sums[sum::REQUESTS], service.sums[sum::GOOD]);
            // Less than rounding leaves of a difference is nothing.
            let failed = if requests - good > requests * ROUNDING { requests - good } else { 0.0 };
            self.values.extend([service.sums[sum::DOWN], service.sums[sum::ONSETS], failed]);
        }
        for objective in &outcome.objectives {
            let breached = f64::from(u8::from(objective.breached > 0.0));
            self.values.extend([objective.counted - objective.good, objective.counted, breached, objective.credits]);
        }
        outcome.releases.iter().for_each(|counted| self.values.extend(counted));
        let repairs = outcome.failures.iter().map(|given| given[3]).sum::<f64>();
        self.values.extend([outcome.cost, repairs, outcome.lost_revenue]);
    }

    pub(super) fn append(&mut self, other: &Self) {
        self.values.extend_from_slice(&other.values);
    }

    pub(super) fn truncate(&mut self, replications: usize) {
        self.values.truncate(replications * self.width);
    }
}
