//! What is random against what is not known: two variances from clusters of replications.

use super::Moments;

/// Variance components of a one-way random-effects model: replications (random) within draws of the uncertain numbers.
///
/// The method of moments (Searle, Casella & `McCulloch`, *Variance Components*, 1992, chapter 3), also for clusters of
/// unequal size.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Components {
    clusters: u64,
    /// Sum over clusters of size².
    sizes: u64,
    /// Sum of squares within clusters.
    within: f64,
    all: Moments,
}

impl Components {
    /// Adds the values of one draw.
    pub fn add_cluster(&mut self, values: &[f64]) {
        if values.is_empty() {
            return;
        }
        let mut cluster = Moments::default();
        for value in values {
            cluster.add(*value);
        }
        self.clusters += 1;
        self.sizes += cluster.count() * cluster.count();
        self.within += cluster.sum_of_squares();
        self.all.merge(&cluster);
    }

    /// Adds all clusters of another.
    pub fn merge(&mut self, other: &Components) {
        self.clusters += other.clusters;
        self.sizes += other.sizes;
        self.within += other.within;
        self.all.merge(&other.all);
    }

    /// Variance between replications of one draw; with one replication for each draw, all of the variance.
    #[must_use]
    pub fn random_variance(&self) -> f64 {
        let freedom = self.all.count() - self.clusters;
        if freedom == 0 { self.all.variance() } else { self.within / freedom as f64 }
    }

    /// Variance that the uncertain numbers add; 0 where the estimate is negative or there is one replication per draw.
    #[must_use]
    pub fn uncertain_variance(&self) -> f64 {
        let n = self.all.count();
        if n == self.clusters || self.clusters < 2 {
            return 0.0;
        }
        let freedom = (self.clusters - 1) as f64;
        let between = (self.all.sum_of_squares() - self.within) / freedom;
        let size = (n as f64 - self.sizes as f64 / n as f64) / freedom;
        ((between - self.random_variance()) / size).max(0.0)
    }

    /// The share of the variance of one replication that is from the uncertain numbers; 0 where nothing varies.
    #[must_use]
    pub fn uncertain_share(&self) -> f64 {
        let uncertain = self.uncertain_variance();
        let total = uncertain + self.random_variance();
        if total > 0.0 { uncertain / total } else { 0.0 }
    }
}
