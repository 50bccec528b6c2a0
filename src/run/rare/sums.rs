//! Means of independent runs whose values are seldom, and then widely, above zero.

use crate::stats::{Estimate, Moments};

/// Numbers that are not negative, one for each run.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sums {
    moments: Moments,
    cubes: f64,
    seen: u64,
}

const METHOD: &str = "t over independent runs, corrected for skewness";

impl Sums {
    /// Adds the value of one run.
    pub fn add(&mut self, x: f64) {
        self.moments.add(x);
        self.cubes += x * x * x;
        self.seen += u64::from(x > 0.0);
    }

    /// The mean.
    #[cfg(test)]
    pub fn mean(&self) -> f64 {
        self.moments.mean()
    }

    /// The variance of one run.
    pub fn variance(&self) -> f64 {
        self.moments.variance()
    }

    /// Runs whose value is above zero.
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// The share of the sum that the largest run holds.
    pub fn largest_share(&self) -> f64 {
        let sum = self.moments.mean() * self.moments.count() as f64;
        if sum > 0.0 { self.moments.max().unwrap_or_default() / sum } else { 0.0 }
    }

    /// Standard error of the mean, relative to it; absent where nothing was seen.
    pub fn relative_error(&self) -> Option<f64> {
        let n = self.moments.count();
        (self.seen > 0 && n > 1).then(|| (self.moments.variance() / n as f64).sqrt() / self.moments.mean())
    }

    /// The mean of values between 0 and `most`, with its interval.
    ///
    /// Student's interval, its ends moved by Hall's transformation ("On the removal of skewness by transformation", *Journal
    /// of the Royal Statistical Society* B 54, 1992): values that are seldom above zero are skew, and a symmetric interval
    /// misses their mean above more often than below. Where nothing was seen there is no value, and the upper end comes
    /// from the probability that a run sees something, since each is a crude replication, too.
    pub fn estimate(&self, level: f64, most: f64) -> Estimate {
        let plain =
            if most.is_finite() { self.moments.estimate_in(level, 0.0, most) } else { self.moments.estimate_count(level) };
        if self.seen == 0 {
            return Estimate { value: None, ..plain };
        }
        let (n, mean, deviation) = (self.moments.count() as f64, self.moments.mean(), self.moments.variance().sqrt());
        let (Some(_), Some(high)) = (plain.low, self.moments.estimate(level).high) else { return plain };
        if deviation <= 1e-9 * mean {
            return plain;
        }
        let centred = self.cubes / n - mean * (3.0 * deviation * deviation * (n - 1.0) / n + mean * mean);
        let skewness = centred / (deviation * deviation * deviation);
        let half = (high - mean) / deviation;
        let moved = |x: f64| {
            if skewness.abs() < 1e-6 {
                return x;
            }
            3.0 / skewness * (libm::cbrt(1.0 + skewness * (x - skewness / (6.0 * n))) - 1.0)
        };
        let end = |x: f64| Some((mean - deviation * moved(x)).clamp(0.0, most));
        Estimate { low: end(half), high: end(-half), method: METHOD, ..plain }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Half of the numbers are 0 and the others 2: symmetric, so that the correction leaves Student's interval.
    #[test]
    fn without_skewness_the_interval_is_students() {
        let (mut sums, mut plain) = (Sums::default(), Moments::default());
        for i in 0..100 {
            sums.add(f64::from(i % 2) * 2.0);
            plain.add(f64::from(i % 2) * 2.0);
        }
        let (mine, students) = (sums.estimate(0.95, f64::INFINITY), plain.estimate(0.95));
        assert!((mine.low.unwrap() - students.low.unwrap()).abs() < 1e-9);
        assert!((mine.high.unwrap() - students.high.unwrap()).abs() < 1e-9);
    }

    #[test]
    fn skew_values_reach_further_up_than_down() {
        let mut sums = Sums::default();
        (0..1_000).for_each(|i| sums.add(f64::from(u8::from(i % 100 == 0))));
        let found = sums.estimate(0.95, 1.0);
        let (down, up) = (found.value.unwrap() - found.low.unwrap(), found.high.unwrap() - found.value.unwrap());
        assert!(up > 1.2 * down && found.low.unwrap() > 0.0, "{found:?}");
    }

    #[test]
    fn nothing_seen_is_a_bound_and_no_value() {
        let mut sums = Sums::default();
        (0..100).for_each(|_| sums.add(0.0));
        let found = sums.estimate(0.95, 1.0);
        assert_eq!((found.value, found.low), (None, Some(0.0)));
        // The upper Clopper–Pearson bound of 0 in 100: 1 − 0.025^(1/100).
        assert!((found.high.unwrap() - 0.036_216_693).abs() < 1e-8, "{found:?}");
        assert!(sums.relative_error().is_none());
    }
}
