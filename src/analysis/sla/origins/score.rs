//! The logarithmic score: the logarithm of the density that a forecast gave to what happened (Good, "Rational decisions",
//! *Journal of the Royal Statistical Society B* 14, 1952). Higher is better; no forecast can do better on average than to say what it
//! believes.

use super::fit::LastYear;
use crate::stats::Sketch;

const HOUR: f64 = 3_600.0;
const ROOT_TAU: f64 = 2.506_628_274_631_000_2;
/// A forecast that excluded what happened: no density is taken for smaller, so that one surprise does not decide alone.
const LEAST: f64 = 1e-12;

/// Of the downtime of replications, as fractions of `ahead` seconds. Their density is a sum of normal kernels on the logarithm, as wide as
/// Silverman's rule has it (*Density Estimation*, 1986, section 3.4); no downtime at all is an outcome of its own.
pub fn of_replications(unavailability: &Sketch, ahead: f64, happened: f64) -> f64 {
    let (mut zeros, mut points) = (0.0, Vec::new());
    for (fraction, count) in unavailability.buckets() {
        if fraction > 0.0 {
            points.push(((fraction * ahead / HOUR).ln(), count as f64));
        } else {
            zeros += count as f64;
        }
    }
    let positive: f64 = points.iter().map(|(_, weight)| weight).sum();
    if happened <= 0.0 {
        return ((zeros + 0.5) / (zeros + positive + 1.0)).ln();
    }
    let mean = points.iter().map(|(x, weight)| x * weight).sum::<f64>() / positive;
    let variance = points.iter().map(|(x, weight)| (x - mean).powi(2) * weight).sum::<f64>() / positive;
    let width = (1.06 * variance.sqrt() * positive.powf(-0.2)).max(1e-6);
    let at = (happened / HOUR).ln();
    let kernels = points.iter().map(|(x, weight)| weight * (-0.5 * ((at - x) / width).powi(2)).exp()).sum::<f64>();
    let density = kernels / ((zeros + positive) * width * ROOT_TAU) / (happened / HOUR);
    density.max(LEAST).ln()
}

/// Of what a spreadsheet says: the mean of the year before, with the variance of as many independent outages of such
/// lengths; lognormal, since downtime is positive and skewed.
pub fn of_last_year(last: &LastYear, ahead: f64, happened: f64) -> f64 {
    if happened <= 0.0 {
        return (-last.rate * ahead).max(LEAST.ln());
    }
    let (mean, variance) = (last.mean * ahead / HOUR, last.squares * ahead / (HOUR * HOUR));
    if mean <= 0.0 {
        return LEAST.ln();
    }
    let scale = (variance / (mean * mean)).ln_1p();
    let x = happened / HOUR;
    let off = x.ln() - mean.ln() + 0.5 * scale;
    let density = (-0.5 * off * off / scale).exp() / (x * scale.sqrt() * ROOT_TAU);
    density.max(LEAST).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Quantiles of a lognormal downtime of median 10 h and σ 0.5: the score must be near that law's own density.
    #[test]
    fn the_score_of_replications_is_the_density_of_their_law() {
        let mut sketch = Sketch::default();
        let (ahead, sigma) = (1_000.0 * HOUR, 0.5);
        let mut z = -4.0;
        // A grid of normal quantiles, as many of each as its density says.
        while z < 4.0_f64 {
            let times = (400.0 * (-0.5 * z * z).exp()) as u32;
            (0..times).for_each(|_| sketch.add(10.0 * (sigma * z).exp() * HOUR / ahead));
            z += 0.02;
        }
        for x in [5.0_f64, 10.0, 20.0] {
            let off = (x.ln() - 10.0_f64.ln()) / sigma;
            let exact = -0.5 * off * off - (x * sigma * ROOT_TAU).ln();
            let found = of_replications(&sketch, ahead, x * HOUR);
            // A kernel widens: its variance adds to that of the law, by 3% here.
            assert!((found - exact).abs() < 0.03, "{x}: {found}, not {exact}");
        }
    }

    #[test]
    fn the_score_of_last_year_is_that_of_a_lognormal_of_its_moments() {
        // 20 outages of an hour each in 100 h ahead: mean 20 h, variance 20 h².
        let last = LastYear { mean: 0.2, squares: 0.2 * HOUR, rate: 0.2 / HOUR };
        let scale: f64 = (20.0_f64 / 400.0).ln_1p();
        let exact = -0.5 * (0.5 * scale).powi(2) / scale - (20.0 * scale.sqrt() * ROOT_TAU).ln();
        assert!((of_last_year(&last, 100.0 * HOUR, 20.0 * HOUR) - exact).abs() < 1e-12);
        assert!((of_last_year(&last, 100.0 * HOUR, 0.0) + 20.0).abs() < 1e-12);
    }
}
