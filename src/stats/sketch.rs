//! Quantiles of many values in little memory.

use super::buckets::{self, Counts};

/// A mergeable quantile sketch of non-negative values: each answer is within 1/(2^(`BITS` + 1) + 1) of the value of that
/// rank, 0.39% for the usual 7 bits and 0.098% for 9.
///
/// Counts in logarithmic buckets (Masson, Rim & Lee, "`DDSketch`: a fast and fully-mergeable quantile sketch with
/// relative-error guarantees", *VLDB* 2019), zeros counted apart. Values from 5.5e-20 to 1.8e19 keep the stated error; it
/// never takes more than 128 KiB (512 KiB with 9 bits), and as a rule much less: the range of the values is what counts. What is not a number is left out; what is negative counts as zero.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SketchOf<const BITS: u32> {
    zeros: u64,
    positive: u64,
    counts: Counts,
    /// Of the positive values.
    least: f64,
    most: f64,
}

/// The usual sketch: answers within 0.39%.
pub type Sketch = SketchOf<7>;

impl<const BITS: u32> SketchOf<BITS> {
    /// Largest relative error of an answer.
    pub const ERROR: f64 = 1.0 / ((2u64 << BITS) + 1) as f64;

    /// Adds one value.
    #[inline]
    pub fn add(&mut self, x: f64) {
        if x > 0.0 {
            self.least = if self.positive == 0 { x } else { self.least.min(x) };
            self.most = self.most.max(x);
            self.positive += 1;
            self.counts.add(buckets::index::<BITS>(x), 1);
        } else if x <= 0.0 {
            self.zeros += 1;
        }
    }

    /// Adds all values of another.
    pub fn merge(&mut self, other: &Self) {
        if other.positive > 0 {
            self.least = if self.positive == 0 { other.least } else { self.least.min(other.least) };
            self.most = self.most.max(other.most);
        }
        self.zeros += other.zeros;
        self.positive += other.positive;
        self.counts.merge(&other.counts);
    }

    /// Adds counts of zeros and of buckets from `first` on, as of a [`super::Tally`]; of the extremes only their buckets are known.
    pub(super) fn add_counts(&mut self, zeros: u64, first: usize, counts: &[u32]) {
        self.zeros += zeros;
        let (Some(low), Some(high)) = (counts.iter().position(|&count| count > 0), counts.iter().rposition(|&count| count > 0))
        else {
            return;
        };
        let (least, most) = (buckets::middle::<BITS>(first + low), buckets::middle::<BITS>(first + high));
        self.least = if self.positive == 0 { least } else { self.least.min(least) };
        self.most = self.most.max(most);
        self.positive += self.counts.add_all(first + low, &counts[low..=high]);
    }

    /// Forgets all values and keeps the room for them.
    pub fn clear(&mut self) {
        (self.zeros, self.positive, self.least, self.most) = (0, 0, 0.0, 0.0);
        self.counts.clear();
    }

    /// (value, count) of each bucket that holds any, ascending; zeros first.
    pub fn buckets(&self) -> impl Iterator<Item = (f64, u64)> + '_ {
        let zeros = (self.zeros > 0).then_some((0.0, self.zeros));
        zeros.into_iter().chain(self.counts.iter().map(|(bucket, count)| (buckets::middle::<BITS>(bucket), count)))
    }

    /// Values added.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.zeros + self.positive
    }

    /// The smallest value, exactly.
    #[must_use]
    pub fn min(&self) -> Option<f64> {
        (self.count() > 0).then_some(if self.zeros > 0 { 0.0 } else { self.least })
    }

    /// The largest value, exactly.
    #[must_use]
    pub fn max(&self) -> Option<f64> {
        (self.count() > 0).then_some(self.most)
    }

    /// The value of rank ⌈p n⌉: the smallest that at least a fraction `p` of the values do not exceed.
    #[must_use]
    // A rank between 1 and the count.
    pub fn quantile(&self, p: f64) -> Option<f64> {
        let n = self.count();
        if n == 0 {
            return None;
        }
        let rank = ((p * n as f64).ceil() as u64).clamp(1, n);
        if rank <= self.zeros {
            return Some(0.0);
        }
        if rank == n {
            return Some(self.most);
        }
        let mut below = self.zeros;
        for (bucket, count) in self.counts.iter() {
            below += count;
            if below >= rank {
                return Some(buckets::middle::<BITS>(bucket).clamp(self.least, self.most));
            }
        }
        Some(self.most)
    }
}
