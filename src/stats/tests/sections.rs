//! Quantiles of values in sections, against those of known laws.

use super::assert_near;
use crate::random::{Stream, uniform};
use crate::stats::student::t_quantile;
use crate::stats::{Moments, SketchOf, sectioned};

const LEVEL: f64 = 0.95;

fn moments(values: &[f64]) -> Moments {
    let mut moments = Moments::default();
    for x in values {
        moments.add(*x);
    }
    moments
}

#[test]
fn the_interval_is_about_the_quantile_of_all() {
    // Deviations of 1, 2 and 6 about 10: (1 + 4 + 36) / (3 · 2) is the squared standard error.
    let found = sectioned(Some(10.0), &moments(&[9.0, 12.0, 16.0]), 0.0, LEVEL, "m");
    let half = t_quantile(LEVEL, 2) * (41.0_f64 / 6.0).sqrt();
    assert_near(found.low.unwrap(), 10.0 - half, 1e-12);
    assert_near(found.high.unwrap(), 10.0 + half, 1e-12);
    assert_eq!((found.value, found.n, found.method), (Some(10.0), 3, "m"));
    // Where all agree the error of the sketch is left.
    let found = sectioned(Some(10.0), &moments(&[10.0; 4]), 0.001, LEVEL, "m");
    assert_near(found.low.unwrap(), 10.0 / 1.001, 1e-12);
    assert_near(found.high.unwrap(), 10.0 / 0.999, 1e-12);
    let one = sectioned(Some(10.0), &moments(&[10.0]), 0.001, LEVEL, "m");
    assert_eq!((one.value, one.low, one.high, one.n), (Some(10.0), None, None, 1));
    assert_eq!(sectioned(None, &Moments::default(), 0.001, LEVEL, "m").value, None);
}

/// Exponential times: their quantile p is −ln(1 − p). Ten sections of two thousand, as replications, and thirty-two of five
/// hundred, as batches.
#[test]
fn quantiles_cover() {
    for (sections, values) in [(10, 2_000), (32, 500)] {
        for p in [0.5, 0.95, 0.99] {
            let truth = -libm::log(1.0 - p);
            let repeats = 400;
            let mut held = 0;
            for repeat in 0..repeats {
                let (mut all, mut parts) = (SketchOf::<9>::default(), Moments::default());
                for section in 0..sections {
                    let stream = Stream::new(5, repeat, section);
                    let mut sketch = SketchOf::<9>::default();
                    (0..values).for_each(|n| sketch.add(-libm::log(uniform(stream.word(n)))));
                    parts.add(sketch.quantile(p).unwrap());
                    all.merge(&sketch);
                }
                let found = sectioned(all.quantile(p), &parts, SketchOf::<9>::ERROR, LEVEL, "m");
                held += u32::from(found.low.unwrap() <= truth && truth <= found.high.unwrap());
            }
            // 95% of 400 is 380, with a standard error of 4.4.
            assert!((366..=396).contains(&held), "{sections} sections, p{p}: {held}");
        }
    }
}
