//! Without repair: how long a system lasts.

use super::Diagram;
use super::nodes::{FALSE, TRUE};
use super::steady::Chance;
use crate::dist::Law;

/// Relative error to which a mean life is sought.
const PRECISION: f64 = 1e-10;
/// Intervals into which the integral may be divided; one that needs more has no finite value, or none that is found.
const MOST_INTERVALS: usize = 2_000;

/// Abscissae of the 15-point Kronrod rule, the mirrored half left out; every second one is of the 7-point Gauss rule.
/// Piessens, de Doncker-Kapenga, Überhuber & Kahaner, *QUADPACK*, 1983.
const POINTS: [f64; 8] = [
    0.991_455_371_120_812_6,
    0.949_107_912_342_758_5,
    0.864_864_423_359_769_1,
    0.741_531_185_599_394_4,
    0.586_087_235_467_691_1,
    0.405_845_151_377_397_2,
    0.207_784_955_007_898_47,
    0.0,
];
/// Weights of the Kronrod rule.
const KRONROD: [f64; 8] = [
    0.022_935_322_010_529_224,
    0.063_092_092_629_978_55,
    0.104_790_010_322_250_18,
    0.140_653_259_715_525_92,
    0.169_004_726_639_267_9,
    0.190_350_578_064_785_4,
    0.204_432_940_075_298_9,
    0.209_482_141_084_727_82,
];
/// Weights of the Gauss rule, for every second point.
const GAUSS: [f64; 4] = [0.129_484_966_168_869_7, 0.279_705_391_489_276_64, 0.381_830_050_505_118_9, 0.417_959_183_673_469_4];

impl Diagram {
    /// The probability that the system still works after `time` seconds, where component i lives as `lives[i]` says and is
    /// never repaired.
    ///
    /// # Panics
    /// Where there are fewer lives than components.
    #[must_use]
    pub fn reliability(&self, lives: &[Law], time: f64) -> f64 {
        let chances: Vec<Chance> =
            lives.iter().map(|life| Chance { fails: life.cdf(time), works: life.survival(time) }).collect();
        self.values(&chances)[self.top as usize].works
    }

    /// The mean time in seconds until the system fails, where component i lives as `lives[i]` says and is never repaired;
    /// infinite where no failure of components fails it.
    ///
    /// The integral of the reliability over all times, by an adaptive Gauss–Kronrod rule. `None` where it does not
    /// settle to ten digits, as where the mean is infinite.
    ///
    /// # Panics
    /// Where there are fewer lives than components.
    #[must_use]
    pub fn mean_life(&self, lives: &[Law]) -> Option<f64> {
        match self.top {
            FALSE => return Some(f64::INFINITY),
            TRUE => return Some(0.0),
            _ => {}
        }
        let scale = self.median_life(lives);
        if !(scale > 0.0 && scale.is_finite()) {
            return None;
        }
        // All times, as the interval from 1 (at the start) to 0 (never).
        integral(|y| self.reliability(lives, scale * (1.0 - y) / y) * scale / (y * y))
    }

    /// A time at which about half of all systems have failed.
    fn median_life(&self, lives: &[Law]) -> f64 {
        let medians = self.order.iter().map(|&component| lives[component as usize].quantile(0.5));
        let mut time = medians.fold(f64::INFINITY, f64::min).max(f64::MIN_POSITIVE);
        while time.is_finite() && self.reliability(lives, time) > 0.5 {
            time *= 2.0;
        }
        while time > f64::MIN_POSITIVE && self.reliability(lives, time / 2.0) < 0.5 {
            time /= 2.0;
        }
        time
    }
}

/// The integral of a function from 0 to 1, neither of which it is asked for.
fn integral(of: impl Fn(f64) -> f64) -> Option<f64> {
    let mut parts = vec![Part::new(&of, 0.0, 1.0)];
    while parts.len() < MOST_INTERVALS {
        let total: f64 = parts.iter().map(|part| part.value).sum();
        let error: f64 = parts.iter().map(|part| part.error).sum();
        if error.is_nan() || total.is_infinite() {
            return None;
        } else if error <= PRECISION * total {
            return Some(total);
        }
        // The worst is halved.
        let worst = (0..parts.len()).max_by(|&a, &b| parts[a].error.total_cmp(&parts[b].error))?;
        let Part { from, to, .. } = parts.swap_remove(worst);
        let middle = f64::midpoint(from, to);
        parts.push(Part::new(&of, from, middle));
        parts.push(Part::new(&of, middle, to));
    }
    None
}

struct Part {
    from: f64,
    to: f64,
    value: f64,
    /// What the two rules differ by.
    error: f64,
}

impl Part {
    fn new(of: &impl Fn(f64) -> f64, from: f64, to: f64) -> Self {
        let (middle, half) = (f64::midpoint(from, to), (to - from) / 2.0);
        let (mut kronrod, mut gauss) = (0.0, 0.0);
        for (i, (point, weight)) in POINTS.iter().zip(KRONROD).enumerate() {
            let both = if *point == 0.0 { of(middle) } else { of(middle - half * point) + of(middle + half * point) };
            kronrod += weight * both;
            if i % 2 == 1 {
                gauss += GAUSS[i / 2] * both;
            }
        }
        Self { from, to, value: half * kronrod, error: half * (kronrod - gauss).abs() }
    }
}
