//! Series of observations that follow each other in time: where their start is forgotten, and whether they are independent.

use super::Moments;

/// Observations in a batch of [`mser5`].
const BATCH: usize = 5;

/// Where a series has forgotten how it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Truncation {
    /// Observations to leave out at its beginning: a multiple of five.
    pub cut: usize,
    /// The least error lies within the first half of the series. Where it does not, the series never became steady, or is
    /// too short to tell.
    pub settled: bool,
}

/// Where to cut the start off a series, so that the mean of the rest is known best: the rule MSER-5.
///
/// White ("An effective truncation heuristic for bias reduction in simulation output", *Simulation* 69, 1997) leaves out the
/// first d of n observations for which Σ (xᵢ − x̄)² / (n − d)² is least, the sums and x̄ over those that are left: the squared
/// standard error that the mean of the rest would have if they were independent. While the start is far from what follows, an
/// observation more that is left out lowers it; from then on it raises it. White, Cobb & Spratt ("A comparison of five
/// steady-state truncation heuristics for simulation", *Winter Simulation Conference* 2000) apply it to the means of batches
/// of five. Only the first half may be cut: a few last observations may agree by chance. An incomplete last batch does not
/// count.
///
/// A series of fewer than four batches says nothing: nothing is cut and it is not settled.
#[must_use]
pub fn mser5(series: &[f64]) -> Truncation {
    let batches: Vec<f64> =
        series.chunks_exact(BATCH).map(|batch| batch.iter().fold(0.0, |sum, x| sum + x) / BATCH as f64).collect();
    let n = batches.len();
    if n < 4 || batches.iter().any(|mean| !mean.is_finite()) {
        return Truncation { cut: 0, settled: false };
    }
    // From the end on, so that each rest is the one before and one more.
    let (mut rest, mut best) = (Moments::default(), (f64::INFINITY, 0));
    for (first, mean) in batches.iter().enumerate().rev() {
        rest.add(*mean);
        let left = (n - first) as f64;
        let error = rest.sum_of_squares() / (left * left);
        // The shortest cut of equals.
        if first <= n / 2 && error <= best.0 {
            best = (error, first);
        }
    }
    Truncation { cut: best.1 * BATCH, settled: best.1 < n / 2 }
}

/// Whether observations that follow each other look independent, by von Neumann's ratio.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Independence {
    /// The correlation of each with the next.
    pub correlation: f64,
    /// Less than one in twenty series of independent observations is so correlated.
    pub doubtful: bool,
}

/// The correlation between neighbours, and whether it is more than chance.
///
/// Von Neumann's ratio (*Annals of Mathematical Statistics* 12, 1941) is Σ (xᵢ₊₁ − xᵢ)² / Σ (xᵢ − x̄)². For n independent normal
/// observations it has mean 2 and variance 4 (n − 2) / (n² − 1), and is nearly normal; a positive correlation ρ of neighbours
/// lowers it to 2 (1 − ρ). Means of batches that fail this test are too short: their interval is too narrow.
///
/// `None` for fewer than eight observations, or where they are all equal.
#[must_use]
pub fn independence(series: &[f64]) -> Option<Independence> {
    /// The normal distribution is below it 95 times in 100.
    const ONE_SIDED: f64 = 1.644_853_626_951_472;
    let n = series.len() as f64;
    let mut moments = Moments::default();
    for x in series {
        moments.add(*x);
    }
    let squares = moments.sum_of_squares();
    if series.len() < 8 || squares.is_nan() || squares <= 0.0 {
        return None;
    }
    let steps: f64 = series.windows(2).map(|pair| (pair[1] - pair[0]).powi(2)).sum();
    let ratio = steps / squares;
    let deviation = (4.0 * (n - 2.0) / (n * n - 1.0)).sqrt();
    Some(Independence { correlation: 1.0 - ratio / 2.0, doubtful: ratio < 2.0 - ONE_SIDED * deviation })
}
