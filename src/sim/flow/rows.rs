//! The books: what is counted of the requests of a service, and the lengths of their times.

use crate::dist::{Cumulants, Mixture, quantile_of};

/// What is counted of a service: requests, but where something else is said; or all of it per second.
pub type Row = [f64; row::N];

/// Indices of what is counted.
pub mod row {
    /// Requests that were resolved.
    pub const RESOLVED: usize = 0;
    /// Those of them that were answered well, and in time for whoever asked.
    pub const GOOD: usize = 1;
    /// Failed: whoever asked gave up.
    pub const TIMEOUT: usize = 2;
    /// Failed: no waiting place was left.
    pub const FULL: usize = 3;
    /// Failed: no replica was up, or the one that had them was not.
    pub const DOWN: usize = 4;
    /// Failed: something that they called failed.
    pub const DEPENDENCY: usize = 5;
    /// Failed: a failure in force made errors of them.
    pub const FAULT: usize = 6;
    /// Seconds that replicas were at work, with all their servers.
    pub const BUSY: usize = 7;
    /// Seconds that good answers took.
    pub const RESPONSE: usize = 8;
    /// Requests that got a server or a place to wait.
    pub const BEGUN: usize = 9;
    /// Seconds that they waited.
    pub const WAIT: usize = 10;
    /// Requests that waited, times seconds.
    pub const QUEUED: usize = 11;
    /// Requests that came.
    pub const ARRIVED: usize = 12;
    /// Those of them that were no retries.
    pub const FIRST: usize = 13;
    /// Answers that came too late for whoever asked.
    pub const WASTED: usize = 14;
    /// Requests on their way, times seconds.
    pub const PRESENT: usize = 15;
    /// How much is counted.
    pub const N: usize = 16;

    /// The reasons for which a request fails, with the names that summaries use.
    pub const REASONS: [(usize, &str); 5] =
        [(TIMEOUT, "timeout"), (FULL, "queue_full"), (DOWN, "down"), (DEPENDENCY, "dependency"), (FAULT, "fault")];
}

/// Adds `row` times `factor`.
pub fn add(sum: &mut Row, row: &Row, factor: f64) {
    sum.iter_mut().zip(row).for_each(|(sum, value)| *sum += factor * value);
}

/// Requests of a row that failed.
pub fn failed(row: &Row) -> f64 {
    row::REASONS.iter().map(|(reason, _)| row[*reason]).sum()
}

/// Laws of times, of which those of about the same mean are taken together.
#[derive(Debug, Clone, Default)]
pub struct Lengths {
    /// In order: the bin, and what is in it.
    bins: Vec<(u16, Mixture)>,
}

impl Lengths {
    /// Adds a law with a weight.
    pub fn add(&mut self, weight: f64, law: &Cumulants) {
        if weight > 0.0 {
            self.bin(bin(law.mean)).add(weight, law);
        }
    }

    /// Adds all of others, with their weights multiplied by `factor`.
    pub fn merge(&mut self, other: &Self, factor: f64) {
        for (bin, mixture) in &other.bins {
            self.bin(*bin).merge_times(mixture, factor);
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.bins.clear();
    }

    /// The sum of the weights.
    #[must_use]
    pub fn weight(&self) -> f64 {
        self.bins.iter().map(|(_, mixture)| mixture.weight).sum()
    }

    /// The time that a share `p` does not exceed; `None` where nothing was added.
    #[must_use]
    pub fn quantile(&self, p: f64) -> Option<f64> {
        let all = self.weight();
        if all <= 0.0 {
            return None;
        }
        let laws: Vec<(f64, Cumulants)> = self.bins.iter().map(|(_, mixture)| (mixture.weight / all, mixture.law())).collect();
        let mean = laws.iter().map(|(weight, law)| weight * law.mean).sum();
        Some(quantile_of(|t| laws.iter().map(|(weight, law)| weight * law.above(t)).sum(), p, mean))
    }

    fn bin(&mut self, number: u16) -> &mut Mixture {
        let place = match self.bins.binary_search_by_key(&number, |(bin, _)| *bin) {
            Ok(place) => place,
            Err(place) => {
                self.bins.insert(place, (number, Mixture::default()));
                place
            }
        };
        &mut self.bins[place].1
    }
}

/// The bin of a mean: eight for each doubling.
fn bin(mean: f64) -> u16 {
    (mean.max(0.0).to_bits() >> 49) as u16
}
