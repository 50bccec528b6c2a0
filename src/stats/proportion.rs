//! The probability of something that happens or not in a replication.

use super::Estimate;
use super::student::{beta_quantile, t_quantile};

/// Successes among trials that come in clusters: the replications that share one draw of the uncertain numbers.
///
/// Integer counts only, so that merging is exact in any order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Proportion {
    clusters: u64,
    trials: u64,
    successes: u64,
    /// Sums over clusters of successes², successes × size and size².
    squares: u64,
    products: u64,
    sizes: u64,
}

impl Proportion {
    /// Adds one cluster of `size` trials of which `successes` succeeded.
    pub fn add_cluster(&mut self, successes: u64, size: u64) {
        self.clusters += 1;
        self.trials += size;
        self.successes += successes;
        self.squares += successes * successes;
        self.products += successes * size;
        self.sizes += size * size;
    }

    /// Adds all clusters of another.
    pub fn merge(&mut self, other: &Proportion) {
        self.clusters += other.clusters;
        self.trials += other.trials;
        self.successes += other.successes;
        self.squares += other.squares;
        self.products += other.products;
        self.sizes += other.sizes;
    }

    /// Trials.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.trials
    }

    /// The probability with Clopper & Pearson's interval (*Biometrika* 26, 1934), which holds at least its level.
    ///
    /// Trials of one cluster may go together; then they count as fewer: the effective sample size of Korn & Graubard
    /// ("Confidence intervals for proportions with small expected number of positive counts estimated from survey
    /// data", *Survey Methodology* 24, 1998), between the number of clusters and that of trials. With no success the
    /// value is 0 and the upper end a bound.
    #[must_use]
    pub fn estimate(&self, level: f64) -> Estimate {
        const METHOD: &str = "Clopper-Pearson";
        if self.trials == 0 {
            return Estimate::unobserved(level, 0, METHOD);
        }
        let value = self.successes as f64 / self.trials as f64;
        let n = self.effective(value, level);
        let (x, tail) = (value * n, 0.5 * (1.0 - level));
        let low = if self.successes == 0 { 0.0 } else { beta_quantile(x, n - x + 1.0, tail) };
        let high = if self.successes == self.trials { 1.0 } else { beta_quantile(x + 1.0, n - x, 1.0 - tail) };
        Estimate { value: Some(value), low: Some(low), high: Some(high), level, n: self.trials, method: METHOD }
    }

    /// Independent trials that would say as much.
    fn effective(&self, value: f64, level: f64) -> f64 {
        let (clusters, trials) = (self.clusters as f64, self.trials as f64);
        if self.clusters == self.trials || self.clusters < 2 {
            return clusters;
        }
        let squares = self.squares as f64 - 2.0 * value * self.products as f64 + value * value * self.sizes as f64;
        let variance = clusters / (clusters - 1.0) * squares / (trials * trials);
        if variance <= 0.0 {
            return clusters;
        }
        let freedom = t_quantile(level, self.trials - 1) / t_quantile(level, self.clusters - 1);
        (value * (1.0 - value) / variance * freedom * freedom).clamp(clusters, trials)
    }
}
