//! Whatever the split, merging gives what adding everything would.

use proptest::prelude::*;

use super::assert_near;
use crate::stats::{Components, Joint, Moments, Proportion, Sketch, Survival};

proptest! {
    #[test]
    fn moments_merge(values in prop::collection::vec(-1e6..1e6_f64, 1..200), cut in 0_usize..200) {
        let cut = cut.min(values.len());
        let collect = |values: &[f64]| values.iter().fold(Moments::default(), |mut moments, x| { moments.add(*x); moments });
        let mut merged = collect(&values[..cut]);
        merged.merge(&collect(&values[cut..]));
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>();
        prop_assert_eq!(merged.count(), values.len() as u64);
        prop_assert!((merged.mean() - mean).abs() < 1e-8);
        prop_assert!((merged.variance() * (n - 1.0) - squares).abs() <= 1e-9 * squares + 1e-9);
        prop_assert_eq!(merged.min().unwrap(), values.iter().copied().fold(f64::INFINITY, f64::min));
        prop_assert_eq!(merged.max().unwrap(), values.iter().copied().fold(f64::NEG_INFINITY, f64::max));
    }

    #[test]
    fn joint_merges(values in prop::collection::vec([0.0..1e3_f64, -1e3..1e3, 0.0..1.0], 2..100), cut in 0_usize..100) {
        let cut = cut.min(values.len());
        let collect = |values: &[[f64; 3]]| values.iter().fold(Joint::<3>::default(), |mut joint, x| { joint.add(x); joint });
        let mut merged = collect(&values[..cut]);
        merged.merge(&collect(&values[cut..]));
        let n = values.len() as f64;
        let mean = |i: usize| values.iter().map(|x| x[i]).sum::<f64>() / n;
        for i in 0..3 {
            prop_assert!((merged.mean(i) - mean(i)).abs() < 1e-9);
            for j in 0..3 {
                let products: f64 = values.iter().map(|x| (x[i] - mean(i)) * (x[j] - mean(j))).sum();
                prop_assert!((merged.covariance(i, j) * (n - 1.0) - products).abs() < 1e-5);
            }
        }
    }

    #[test]
    fn counts_merge_exactly(values in prop::collection::vec((0.0..1e9_f64, any::<bool>()), 0..200), cut in 0_usize..200) {
        let cut = cut.min(values.len());
        let collect = |values: &[(f64, bool)]| {
            let (mut sketch, mut survival, mut proportion) = (Sketch::default(), Survival::default(), Proportion::default());
            for (x, yes) in values {
                // Some zeros, and many octaves.
                let x = if *x < 1e7 { 0.0 } else { x.powi(3) };
                sketch.add(x);
                survival.add(x, *yes);
                proportion.add_cluster(u64::from(*yes), 2);
            }
            (sketch, survival, proportion)
        };
        let whole = collect(&values);
        let (mut sketch, mut survival, mut proportion) = collect(&values[..cut]);
        let rest = collect(&values[cut..]);
        sketch.merge(&rest.0);
        survival.merge(&rest.1);
        proportion.merge(&rest.2);
        prop_assert_eq!(&sketch, &whole.0);
        prop_assert_eq!(&survival, &whole.1);
        prop_assert_eq!(&proportion, &whole.2);
    }

    #[test]
    fn sketch_errs_by_at_most_half_a_percent(exponents in prop::collection::vec(-60.0..60.0_f64, 1..300), p in 0.0..=1.0_f64) {
        let mut values: Vec<f64> = exponents.iter().map(|x| x.exp2()).collect();
        let mut sketch = Sketch::default();
        for value in &values {
            sketch.add(*value);
        }
        values.sort_by(f64::total_cmp);
        let rank = ((p * values.len() as f64).ceil() as usize).clamp(1, values.len());
        let (got, exact) = (sketch.quantile(p).unwrap(), values[rank - 1]);
        prop_assert!((got - exact).abs() <= exact / 257.0 * (1.0 + 1e-12), "{} against {}", got, exact);
    }
}

#[test]
fn sketch_survives_anything() {
    let mut sketch = Sketch::default();
    assert_eq!((sketch.quantile(0.5), sketch.min(), sketch.max()), (None, None, None));
    for x in [f64::NAN, -1.0, 0.0, 1e-300, 1.0, f64::MAX, f64::INFINITY] {
        sketch.add(x);
    }
    assert_eq!(sketch.count(), 6);
    assert_eq!((sketch.min(), sketch.max()), (Some(0.0), Some(f64::INFINITY)));
    assert_eq!((sketch.quantile(0.0), sketch.quantile(1.0)), (Some(0.0), Some(f64::INFINITY)));
    let mut other = Sketch::default();
    other.merge(&sketch);
    assert_eq!(other, sketch);
}

#[test]
fn variance_components_of_a_worked_example() {
    // Three draws of two replications: within 2 + 0.5 + 0.5 on 3 degrees of freedom; means 2, 5.5, 8.5, of variance 10.583.
    let mut components = Components::default();
    for pair in [[1.0, 3.0], [5.0, 6.0], [8.0, 9.0]] {
        components.add_cluster(&pair);
    }
    assert_near(components.random_variance(), 1.0, 1e-14);
    assert_near(components.uncertain_variance(), (2.0 * 127.0 / 12.0 - 1.0) / 2.0, 1e-13);
    let total = components.uncertain_variance() + components.random_variance();
    assert_near(components.uncertain_share(), components.uncertain_variance() / total, 1e-14);
}

#[test]
fn variance_components_merge_and_stay_positive() {
    let (mut all, mut first, mut second) = (Components::default(), Components::default(), Components::default());
    for i in 0..20 {
        // Pairs of equal mean: nothing is uncertain.
        let pair = [f64::from(i % 3), -f64::from(i % 3)];
        all.add_cluster(&pair);
        if i < 7 { first.add_cluster(&pair) } else { second.add_cluster(&pair) }
    }
    first.merge(&second);
    assert_near(first.random_variance(), all.random_variance(), 1e-14);
    assert_eq!((all.uncertain_variance(), all.uncertain_share()), (0.0, 0.0));
}

#[test]
fn single_replications_show_only_their_whole_variance() {
    let mut components = Components::default();
    for x in [1.0, 2.0, 3.0] {
        components.add_cluster(&[x]);
    }
    assert_eq!((components.random_variance(), components.uncertain_variance()), (1.0, 0.0));
    assert_eq!(Components::default().uncertain_share(), 0.0);
}
