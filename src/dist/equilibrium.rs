//! The age of something that has long been renewed whenever it failed, seen at an instant that knows nothing of it: its
//! density is S(a) / mean (Cox, *Renewal Theory*, 1962, section 5.3).

use super::Law;

/// Points of a law's tails, by halves of the probability left; the smallest double is 2⁻¹⁰⁷⁴.
const HALVES: i32 = 1000;
/// Abscissae and weights of Gauss and Legendre's rule with eight points, on [0, 1], by halves.
const GAUSS: [(f64, f64); 4] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_5),
    (0.960_289_856_497_536_2, 0.101_228_536_290_376_3),
];

/// The equilibrium distribution of a law.
#[derive(Debug, Clone, PartialEq)]
pub struct Equilibrium {
    law: Law,
    /// (t, the integral of the survival up to t), ascending.
    knots: Vec<(f64, f64)>,
    /// The survival falls in steps, at the knots.
    steps: bool,
}

impl Equilibrium {
    /// Of a law with a finite mean; `None` without one.
    #[must_use]
    pub fn new(law: &Law) -> Option<Self> {
        if !law.mean().is_finite() {
            return None;
        }
        let lower = (1..=HALVES).rev().map(|half| law.quantile(libm::ldexp(1.0, -half)));
        let upper = (2..=HALVES).map(|half| law.quantile_upper(libm::ldexp(1.0, -half)));
        let jumps = law.jumps();
        let steps = jumps.is_some();
        let mut times: Vec<f64> = jumps.unwrap_or_else(|| lower.chain(upper).filter(|t| t.is_finite()).collect());
        times.insert(0, 0.0);
        times.dedup();
        let mut equilibrium = Self { law: law.clone(), knots: vec![(0.0, 0.0)], steps };
        let mut reached = 0.0;
        for pair in times.windows(2) {
            let more = equilibrium.integral(pair[0], pair[1]);
            if more > 0.0 {
                reached += more;
                equilibrium.knots.push((pair[1], reached));
            }
        }
        Some(equilibrium)
    }

    /// The age in seconds that is not reached with probability `u`.
    #[must_use]
    pub fn quantile(&self, u: f64) -> f64 {
        let whole = self.knots.last().map_or(0.0, |last| last.1);
        let sought = u * whole;
        let next = self.knots.partition_point(|knot| knot.1 < sought).clamp(1, self.knots.len().max(2) - 1);
        let (Some(&(from, before)), Some(&(to, after))) = (self.knots.get(next - 1), self.knots.get(next)) else { return 0.0 };
        let (mut low, mut high) = (from, to);
        let mut t = from + (to - from) * ((sought - before) / (after - before)).clamp(0.0, 1.0);
        // Newton's steps, kept between what is known.
        for _ in 0..60 {
            let off = before + self.integral(from, t) - sought;
            let step = t - off / self.law.survival(t);
            if (step - t).abs() <= 1e-13 * t {
                break;
            }
            if off > 0.0 {
                high = t;
            } else {
                low = t;
            }
            t = if step > low && step < high { step } else { f64::midpoint(low, high) };
        }
        t
    }

    /// The integral of the survival between two times that no jump separates.
    fn integral(&self, from: f64, to: f64) -> f64 {
        let width = to - from;
        if self.steps {
            return self.law.survival(from) * width;
        }
        let at = |x: f64| self.law.survival(from + width * x);
        GAUSS.iter().map(|&(x, weight)| weight * (at(0.5 - 0.5 * x) + at(0.5 + 0.5 * x))).sum::<f64>() * 0.5 * width
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The mean of the equilibrium age is (variance + mean²) / (2 mean).
    #[test]
    fn its_mean_follows_from_the_moments() {
        let laws = [
            Law::constant(3.0),
            Law::exponential(3.0),
            Law::weibull_scale(2.5, 3.0),
            Law::weibull_scale(0.6, 3.0),
            Law::lognormal_mean_cv(3.0, 1.2),
            Law::gamma_mean_cv(3.0, 0.4),
            Law::hyperexponential(3.0, 2.0),
            Law::uniform(1.0, 5.0),
            Law::triangular(0.0, 1.0, 5.0),
            Law::pareto_mean(6.0, 3.0),
            Law::empirical(vec![1.0, 1.0, 2.0, 7.0]),
            Law::weibull_scale(2.5, 3.0).map(|law| law.hazard_times(0.3)),
        ];
        for law in laws {
            let law = law.unwrap();
            let equilibrium = Equilibrium::new(&law).unwrap();
            let points = 20_000;
            let mean = (0..points).map(|i| equilibrium.quantile((f64::from(i) + 0.5) / f64::from(points))).sum::<f64>();
            let exact = (law.variance() + law.mean() * law.mean()) / (2.0 * law.mean());
            let off = mean / f64::from(points) / exact - 1.0;
            assert!(off.abs() < 0.01, "{law:?}: {off}");
            let whole = equilibrium.knots.last().unwrap().1;
            // Where a density has a corner, as the triangular's, a piece is not a polynomial.
            assert!((whole / law.mean() - 1.0).abs() < 1e-6, "{law:?}: {whole}");
        }
    }

    /// Of an exponential it is the exponential itself, of a constant it is uniform.
    #[test]
    fn it_is_known_for_some() {
        let exponential = Law::exponential(3.0).unwrap();
        let equilibrium = Equilibrium::new(&exponential).unwrap();
        for u in [1e-9, 0.1, 0.5, 0.9, 1.0 - 1e-9] {
            assert!((equilibrium.quantile(u) / exponential.quantile(u) - 1.0).abs() < 1e-6, "{u}");
        }
        let constant = Equilibrium::new(&Law::constant(4.0).unwrap()).unwrap();
        assert!((constant.quantile(0.3) - 1.2).abs() < 1e-12);
    }

    #[test]
    fn without_a_mean_there_is_none() {
        assert!(Equilibrium::new(&Law::pareto_scale(0.9, 1.0).unwrap()).is_none());
    }
}
