//! Logarithmic buckets cut from the bits of a double: 2^`BITS` in each octave, from 2⁻⁶⁴ to 2⁶⁴.
//!
//! A value is known from its bucket to within 1/(2^(`BITS` + 1) + 1): 0.39% for 7 bits, 0.098% for 9. The cut needs no
//! logarithm (the "linearly interpolated" mapping of Masson, Rim & Lee, "`DDSketch`", *VLDB* 2019, section 2.2, and the
//! buckets of `HdrHistogram`).

/// Index of the first bucket: 2⁻⁶⁴ in the bits of a double.
const fn first<const BITS: u32>() -> u64 {
    (1023 - 64) << BITS
}

/// Number of buckets.
const fn count<const BITS: u32>() -> usize {
    128 << BITS
}

/// The bucket of a positive value; values out of range go to the first or the last.
#[inline]
// An index below the count.
pub(super) fn index<const BITS: u32>(x: f64) -> usize {
    ((x.to_bits() >> (52 - BITS)).saturating_sub(first::<BITS>()) as usize).min(count::<BITS>() - 1)
}

/// The lower edge of a bucket, which is the upper edge of the one before it.
pub(super) fn edge<const BITS: u32>(index: usize) -> f64 {
    f64::from_bits((index as u64 + first::<BITS>()) << (52 - BITS))
}

/// The value that stands for a bucket: the harmonic mean of its edges, equally far from both in relative terms.
pub(super) fn middle<const BITS: u32>(index: usize) -> f64 {
    let (low, high) = (edge::<BITS>(index), edge::<BITS>(index + 1));
    2.0 / (1.0 / low + 1.0 / high)
}

/// Counts by bucket, over the range of buckets seen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Counts {
    first: usize,
    counts: Vec<u64>,
}

impl Counts {
    /// Adds `count` values to a bucket.
    #[inline]
    pub(super) fn add(&mut self, index: usize, count: u64) {
        match self.counts.get_mut(index.wrapping_sub(self.first)) {
            Some(bucket) => *bucket += count,
            None => self.extend(index, count),
        }
    }

    /// Adds counts of neighbouring buckets from `first` on, and returns how many values they were.
    pub(super) fn add_all(&mut self, first: usize, counts: &[u32]) -> u64 {
        let Some(last) = counts.len().checked_sub(1) else { return 0 };
        self.add(first, 0);
        self.add(first + last, 0);
        let mut all = 0;
        for (mine, &more) in self.counts[first - self.first..].iter_mut().zip(counts) {
            *mine += u64::from(more);
            all += u64::from(more);
        }
        all
    }

    /// Makes room for a bucket out of the range so far.
    #[cold]
    fn extend(&mut self, index: usize, count: u64) {
        if self.counts.is_empty() {
            self.first = index;
        } else if index < self.first {
            let more = self.first - index;
            self.counts.splice(0..0, core::iter::repeat_n(0, more));
            self.first = index;
        }
        let last = index - self.first;
        if last >= self.counts.len() {
            self.counts.resize(last + 1, 0);
        }
        self.counts[last] += count;
    }

    /// Sets all counts to zero and keeps the range.
    pub(super) fn clear(&mut self) {
        self.counts.fill(0);
    }

    /// Adds all values of another.
    pub(super) fn merge(&mut self, other: &Counts) {
        let Some(last) = other.counts.len().checked_sub(1) else { return };
        self.add(other.first, 0);
        self.add(other.first + last, 0);
        for (mine, more) in self.counts[other.first - self.first..].iter_mut().zip(&other.counts) {
            *mine += more;
        }
    }

    /// (bucket, count) where there is any, in rising order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, u64)> + '_ {
        self.counts.iter().enumerate().filter(|(_, count)| **count > 0).map(|(i, count)| (self.first + i, *count))
    }
}
