//! Counting times in a hot loop: buckets and nothing else.

use super::buckets;
use super::sketch::SketchOf;

/// Counts of non-negative values by logarithmic buckets, for loops that count hundreds of millions of them: what a sketch
/// knows beside its buckets is worked out when the counts are handed over.
#[derive(Debug, Clone, Default)]
pub struct Tally<const BITS: u32> {
    zeros: u64,
    first: usize,
    counts: Vec<u32>,
}

impl<const BITS: u32> Tally<BITS> {
    /// Counts one value; what is not positive counts as zero.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "the inner loop of every request")]
    pub fn add(&mut self, x: f64) {
        if x > 0.0 {
            let bucket = buckets::index::<BITS>(x);
            match self.counts.get_mut(bucket.wrapping_sub(self.first)) {
                Some(count) => *count += 1,
                None => self.extend(bucket),
            }
        } else {
            self.zeros += 1;
        }
    }

    /// Makes room for a bucket out of the range so far, and counts one value in it.
    #[cold]
    #[inline(never)]
    fn extend(&mut self, bucket: usize) {
        const ROOM: usize = 1 << 9;
        if self.counts.is_empty() {
            self.first = bucket;
        } else if bucket < self.first {
            let more = (self.first - bucket).next_multiple_of(ROOM).min(self.first);
            self.counts.splice(0..0, core::iter::repeat_n(0, more));
            self.first -= more;
        }
        let last = bucket - self.first;
        if last >= self.counts.len() {
            self.counts.resize((last + 1).next_multiple_of(ROOM), 0);
        }
        self.counts[last] += 1;
    }

    /// Hands all counts over to a sketch and begins anew.
    pub fn hand_over(&mut self, to: &mut SketchOf<BITS>) {
        to.add_counts(std::mem::take(&mut self.zeros), self.first, &self.counts);
        self.counts.fill(0);
    }

    /// Forgets all counts.
    pub fn clear(&mut self) {
        self.zeros = 0;
        self.counts.fill(0);
    }

    /// The values of the ranks ⌈p n⌉ for ascending fractions `p`; none where nothing was counted.
    pub fn quantiles<const N: usize>(&self, fractions: [f64; N]) -> Option<[f64; N]> {
        let n = self.zeros + self.counts.iter().map(|&count| u64::from(count)).sum::<u64>();
        if n == 0 {
            return None;
        }
        let (mut below, mut at) = (self.zeros, 0);
        Some(fractions.map(|p| {
            let rank = ((p * n as f64).ceil() as u64).clamp(1, n);
            if rank <= self.zeros {
                return 0.0;
            }
            // In strides while the rank lies beyond them: a sum of many counts at once is cheap.
            while at + STRIDE <= self.counts.len() {
                let more: u64 = self.counts[at..at + STRIDE].iter().map(|&count| u64::from(count)).sum();
                if below + more >= rank {
                    break;
                }
                below += more;
                at += STRIDE;
            }
            let mut sum = below;
            let inside = self.counts[at..].iter().position(|&count| {
                sum += u64::from(count);
                sum >= rank
            });
            buckets::middle::<BITS>(self.first + at + inside.unwrap_or(0))
        }))
    }
}

/// Buckets that are looked at together.
const STRIDE: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_handed_over_is_what_a_sketch_would_have_counted() {
        let mut tally = Tally::<9>::default();
        let (mut sketch, mut handed) = (SketchOf::<9>::default(), SketchOf::<9>::default());
        for round in 0..3 {
            for k in 0..10_000 {
                let x = f64::from((k * 7_919 + round * 13) % 10_007) * 1e-4;
                tally.add(x);
                sketch.add(x);
            }
            let quantiles = tally.quantiles([0.0, 0.5, 0.95, 0.99, 1.0]).unwrap();
            assert!(quantiles.windows(2).all(|pair| pair[0] <= pair[1]));
            tally.hand_over(&mut handed);
            assert_eq!(tally.quantiles([0.5]), None);
        }
        assert_eq!(handed.count(), sketch.count());
        for p in [0.001, 0.1, 0.5, 0.9, 0.999] {
            assert_eq!(handed.quantile(p), sketch.quantile(p));
        }
        assert_eq!(handed.buckets().collect::<Vec<_>>(), sketch.buckets().collect::<Vec<_>>());
    }

    #[test]
    fn quantiles_are_those_of_a_sketch() {
        let (mut tally, mut sketch) = (Tally::<9>::default(), SketchOf::<9>::default());
        for k in 1..=5_000 {
            let x = f64::from(k).sqrt();
            tally.add(x);
            sketch.add(x);
        }
        let [median, p99] = tally.quantiles([0.5, 0.99]).unwrap();
        assert_eq!(Some(median), sketch.quantile(0.5));
        assert_eq!(Some(p99), sketch.quantile(0.99));
    }
}
