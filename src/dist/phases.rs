//! Laws that are made of exponential stages, and what those are.

use super::Law;

/// A time as a walk through exponential stages.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Phases {
    /// Where it begins: the probability of each stage; empty where the time is 0.
    pub entry: Vec<(f64, usize)>,
    /// The rate out of each stage, per second.
    pub rates: Vec<f64>,
    /// The end of a stage leads on to the next, and the last ends the time; else each stage ends it.
    pub in_sequence: bool,
}

impl Law {
    /// The exponential stages of an exponential, Erlang or hyperexponential law, or of a time that is 0; `None` for all
    /// others.
    #[must_use]
    pub fn phases(&self) -> Option<Phases> {
        match self {
            Law::Constant(law) if law.value() == 0.0 => Some(Phases::default()),
            Law::Exponential(law) => Some(Phases { entry: vec![(1.0, 0)], rates: vec![1.0 / law.mean()], in_sequence: true }),
            Law::Gamma(law) if law.shape().fract() == 0.0 => {
                Some(Phases { entry: vec![(1.0, 0)], rates: vec![1.0 / law.scale(); law.shape() as usize], in_sequence: true })
            }
            Law::Hyperexponential(law) => {
                let phases = law.phases();
                let entry = phases.iter().enumerate().map(|(i, phase)| (phase.0, i)).collect();
                Some(Phases { entry, rates: phases.iter().map(|phase| phase.1).collect(), in_sequence: false })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean and variance of a walk through the stages are those of the law.
    #[test]
    fn stages_have_the_moments_of_their_law() {
        for law in [Law::exponential(3.0), Law::erlang(4, 8.0), Law::gamma_shape_scale(3.0, 2.0), Law::hyperexponential(5.0, 2.5)]
        {
            let law = law.unwrap();
            let phases = law.phases().unwrap();
            let mean = |rate: &f64| 1.0 / rate;
            let (first, second) = if phases.in_sequence {
                let first: f64 = phases.rates.iter().map(mean).sum();
                (first, phases.rates.iter().map(|rate| mean(rate) * mean(rate)).sum::<f64>() + first * first)
            } else {
                let each = |power: i32| phases.entry.iter().map(|(p, i)| p * mean(&phases.rates[*i]).powi(power)).sum::<f64>();
                (each(1), 2.0 * each(2))
            };
            assert!((first / law.mean() - 1.0).abs() < 1e-12, "{law:?}");
            assert!(((second - first * first) / law.variance() - 1.0).abs() < 1e-12, "{law:?}");
        }
        assert_eq!(Law::constant(0.0).unwrap().phases().unwrap().entry, []);
        for law in [Law::constant(1.0), Law::weibull_scale(2.0, 1.0), Law::gamma_shape_scale(1.5, 1.0)] {
            assert_eq!(law.unwrap().phases(), None);
        }
    }
}
