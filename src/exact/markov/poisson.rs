//! The probabilities of a Poisson distribution, all that matter and none below the smallest double.

/// P(N = k) and P(N > k) for the k around the mean that matter.
#[derive(Debug, Clone)]
pub struct Poisson {
    /// The first k that is kept; below it P(N = k) is taken as 0 and P(N > k) as 1.
    pub first: usize,
    /// P(N = first + i).
    pub equal: Vec<f64>,
    /// P(N > first + i).
    pub above: Vec<f64>,
}

/// What is left out on either side, relative to the largest term.
const LEAST: f64 = 1e-100;

impl Poisson {
    /// For a mean of at least 0.
    ///
    /// Terms are found outwards from the largest by their ratios k/mean and scaled to sum to 1 afterwards, which neither
    /// overflows nor underflows (Fox & Glynn, "Computing Poisson probabilities", Comm. ACM 31, 1988). The sums of the tail
    /// are taken from the far end. A term k standard deviations out has a relative error of about k·√mean roundings.
    pub fn new(mean: f64) -> Self {
        let mode = mean.floor();
        let mut below = Vec::new();
        let (mut term, mut k) = (1.0, mode);
        while k > 0.0 && term > LEAST {
            term *= k / mean;
            k -= 1.0;
            below.push(term);
        }
        let first = k as usize;
        let mut equal: Vec<f64> = below.into_iter().rev().collect();
        equal.push(1.0);
        (term, k) = (1.0, mode);
        while term > LEAST && mean > 0.0 {
            k += 1.0;
            term *= mean / k;
            equal.push(term);
        }
        let mut above = vec![0.0; equal.len()];
        let mut tail = 0.0;
        for i in (0..equal.len()).rev() {
            above[i] = tail;
            tail += equal[i];
        }
        equal.iter_mut().chain(above.iter_mut()).for_each(|value| *value /= tail);
        Self { first, equal, above }
    }

    /// The last k that is kept.
    pub fn last(&self) -> usize {
        self.first + self.equal.len() - 1
    }

    /// P(N = k).
    pub fn equal(&self, k: usize) -> f64 {
        if k < self.first { 0.0 } else { self.equal.get(k - self.first).copied().unwrap_or(0.0) }
    }

    /// P(N > k).
    pub fn above(&self, k: usize) -> f64 {
        if k < self.first { 1.0 } else { self.above.get(k - self.first).copied().unwrap_or(0.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64, relative: f64) {
        assert!((a / b - 1.0).abs() < relative, "{a} is not {b}");
    }

    /// Against e^-m m^k / k! with the logarithm of the factorial, and P(N > k) against the lower incomplete gamma
    /// function of statrs.
    #[test]
    fn terms_and_tails_agree_with_special_functions() {
        for mean in [1e-6, 0.3, 5.0, 400.0, 12_345.6] {
            let poisson = Poisson::new(mean);
            for step in [-5.0, -1.0, 0.0, 1.0, 6.0] {
                let k = (mean + step * f64::sqrt(mean)).round();
                if k < 0.0 {
                    continue;
                }
                let exact = libm::exp(k * libm::log(mean) - mean - libm::lgamma(k + 1.0));
                close(poisson.equal(k as usize), exact, 1e-10);
                close(poisson.above(k as usize), statrs::function::gamma::gamma_lr(k + 1.0, mean), 1e-8);
            }
        }
        let tiny = Poisson::new(1e-6);
        close(tiny.above(2), 1e-18 / 6.0, 1e-6);
        let never = Poisson::new(0.0);
        assert_eq!((never.equal(0), never.above(0), never.last()), (1.0, 0.0, 0));
    }
}
