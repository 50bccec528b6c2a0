//! Lengths of which some were still going on when the watching ended.

use super::buckets::{self, Counts};

/// Buckets of 0.39%.
const BITS: u32 = 7;

/// Kaplan & Meier's estimate of how long things last ("Nonparametric estimation from incomplete observations", *JASA* 53,
/// 1958), over logarithmic buckets of 0.39%.
///
/// In one bucket, what ended is taken to end before what was cut off, as the estimator has it for ties.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Survival {
    ended: Counts,
    open: Counts,
    count: u64,
}

impl Survival {
    /// Adds one length in seconds; not `ended` means it lasted at least so long. What is not a number is left out, and
    /// what is not positive goes to the shortest bucket.
    pub fn add(&mut self, length: f64, ended: bool) {
        if length.is_nan() {
            return;
        }
        let bucket = buckets::index::<BITS>(length.max(0.0));
        self.count += 1;
        if ended {
            self.ended.add(bucket, 1);
        } else {
            self.open.add(bucket, 1);
        }
    }

    /// Adds all lengths of another.
    pub fn merge(&mut self, other: &Survival) {
        self.ended.merge(&other.ended);
        self.open.merge(&other.open);
        self.count += other.count;
    }

    /// Lengths added.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// (seconds, fraction that lasts longer), falling, a step at each bucket in which something ended; from (0, 1) on.
    #[must_use]
    pub fn curve(&self) -> Vec<(f64, f64)> {
        let mut open = self.open.iter().peekable();
        let mut at_risk = self.count;
        let mut fraction = 1.0;
        let mut curve = vec![(0.0, 1.0)];
        for (bucket, ended) in self.ended.iter() {
            while let Some((_, cut)) = open.next_if(|(at, _)| *at < bucket) {
                at_risk -= cut;
            }
            fraction *= (at_risk - ended) as f64 / at_risk as f64;
            at_risk -= ended;
            curve.push((if bucket == 0 { 0.0 } else { buckets::middle::<BITS>(bucket) }, fraction));
        }
        curve
    }

    /// The length that a fraction `p` do not exceed; none where too many had not ended to tell.
    #[must_use]
    pub fn quantile(&self, p: f64) -> Option<f64> {
        let rest = 1.0 - p;
        // A fraction is a product of rounded ratios: a step that should meet `rest` may miss it by some roundings.
        self.curve().into_iter().skip(1).find(|(_, longer)| *longer <= rest + 1e-12).map(|(length, _)| length)
    }
}
