//! Chains of a few states with closed forms.

use super::super::chain::Chain;
use super::super::{passage, steady, transient};
use super::{close, crossings, sum};

/// A chain over 0..=n that goes up by `up(i)` and down by `down(i)`.
fn birth_death(n: u32, up: impl Fn(u32) -> f64, down: impl Fn(u32) -> f64) -> Chain {
    let moves = |&i: &u32, found: &mut Vec<(u32, f64)>| {
        if i < n {
            found.push((i + 1, up(i)));
        }
        if i > 0 {
            found.push((i - 1, down(i)));
        }
    };
    Chain::explore(&[(0, 1.0)], 1_000, moves).unwrap().0
}

fn only(n: usize, state: usize) -> Vec<bool> {
    (0..n).map(|i| i == state).collect()
}

/// RAID 5 of eight disks of a million hours, one rebuild of 24 h at a time: (μ + (2n − 1)λ) / (n(n − 1)λ²) (Gibson;
/// Greenan, Plank & Wylie, `HotStorage` 2010), and the loss within ten years by matrix exponential.
#[test]
fn raid_of_eight_disks() {
    let chain = birth_death(2, |i| f64::from(8 - i) / 1e6, |_| 1.0 / 24.0);
    let lost = only(3, 2);
    close("MTTDL", passage::mean_time(&chain, &lost).unwrap(), 744_315_476.190_570_4, 1e-11);
    close("loss in ten years", transient::reaches(&chain, &lost, 87_600.0).unwrap(), 0.000_117_652_880_228_597_71, 1e-8);
}

/// Three replicas on nodes of 4380 h, each lost one rebuilt in an hour. By steps: 1460 + (2190 + 2190 · 1460) +
/// (4380 + 8760 · (2190 + 2190 · 1460)) hours. The figure 28031613783.28612 of the collected cases comes from an ordinary
/// linear solve, which loses nine digits here.
#[test]
fn three_replicas() {
    let chain = birth_death(3, |i| f64::from(3 - i) / 4380.0, f64::from);
    close("MTTDL", passage::mean_time(&chain, &only(4, 3)).unwrap(), 28_031_613_830.0, 1e-14);
}

/// The mean of 10^24 times the fastest: (μ + 3λ) / 2λ² for two units of 1e12 h and a repair of 1 h.
#[test]
fn a_mean_of_a_hundred_billion_billion_hours() {
    let chain = birth_death(2, |i| f64::from(2 - i) * 1e-12, |_| 1.0);
    close("MTTF", passage::mean_time(&chain, &only(3, 2)).unwrap(), (1.0 + 3e-12) / 2e-24, 1e-14);
}

/// Job shop of three machines and two repairers, means 10 h and 8 h (Ross, *Introduction to Probability Models*).
#[test]
fn job_shop() {
    let chain = birth_death(3, |i| f64::from(3 - i) / 10.0, |i| f64::from(i.min(2)) / 8.0);
    let p = steady::long_run(&chain).unwrap().probability;
    let exact = [0.164_257_555_847_568_96, 0.394_218_134_034_165_55, 0.315_374_507_227_332_46, 0.126_149_802_890_933];
    p.iter().zip(exact).for_each(|(p, exact)| close("p", *p, exact, 1e-13));
}

/// Two units in parallel, means 500 h and 10 h, a crew for each (Trivedi; Rausand & Høyland).
#[test]
fn parallel_pair() {
    let chain = birth_death(2, |i| f64::from(2 - i) / 500.0, |i| f64::from(i) / 10.0);
    let down = only(3, 2);
    let p = steady::long_run(&chain).unwrap().probability;
    close("unavailability", sum(&p, &down), (10.0_f64 / 510.0).powi(2), 1e-13);
    close("frequency", crossings(&chain, &p, &down), 7.689_350_249_903_882e-5, 1e-13);
    close("MTTF", passage::mean_time(&chain, &down).unwrap(), 13_250.0, 1e-13);
}

/// One unit, failure 1e-4 and repair 3e-2 per hour (documentation of fiabilipy): λ/(λ+μ) (1 − e^(−(λ+μ)t)).
#[test]
fn one_unit_over_time() {
    let chain = birth_death(1, |_| 1e-4, |_| 3e-2);
    let down = only(2, 1);
    let long = steady::long_run(&chain).unwrap();
    let at = |t: f64| transient::course(&chain, t, Some(&long)).unwrap();
    close("A(1000)", 1.0 - sum(&at(1000.0).at_end, &down), 0.996_677_740_863_787_7, 1e-13);
    close("interval availability", 1.0 - sum(&at(100.0).time_in, &down) / 100.0, 0.997_727_076_214_655, 1e-13);
    let (rate, share) = (3.01e-2, 1e-4 / 3.01e-2);
    for t in [1e-9, 1e-3, 10.0, 500.0, 1e4, 1e7] {
        let course = at(t);
        let fading = -libm::expm1(-rate * t);
        close("U(t)", sum(&course.at_end, &down), share * fading, 1e-10);
        let mean = share * (1.0 - fading / (rate * t));
        if t > 1.0 {
            close("mean U", sum(&course.time_in, &down) / t, mean, 1e-10);
        }
        close("by t", transient::reaches(&chain, &down, t).unwrap(), -libm::expm1(-1e-4 * t), 1e-10);
    }
}

/// One in cold standby behind a switch that works with 95%: e^(−1)(1 + 0.95) at the mean life.
#[test]
fn cold_standby_behind_a_switch() {
    let moves = |&i: &u32, found: &mut Vec<(u32, f64)>| match i {
        0 => found.extend([(1, 0.95e-3), (2, 0.05e-3)]),
        1 => found.push((2, 1e-3)),
        _ => {}
    };
    let (chain, _) = Chain::explore(&[(0, 1.0)], 10, moves).unwrap();
    let lost = only(3, 2);
    close("reliability", 1.0 - transient::reaches(&chain, &lost, 1000.0).unwrap(), 0.717_364_910_284_312_5, 1e-12);
    // One life and, with 95%, another.
    close("MTTF", passage::mean_time(&chain, &lost).unwrap(), 1950.0, 1e-13);
    assert_eq!(steady::long_run(&chain).unwrap().probability, [0.0, 0.0, 1.0]);
}

/// From 0 by equal rates to an end, and to a pair that goes on for ever: 1/4 and 3/4, and within the pair 2/3 and 1/3.
#[test]
fn several_ends() {
    let moves = |&i: &u32, found: &mut Vec<(u32, f64)>| match i {
        0 => found.extend([(1, 1.0), (2, 3.0)]),
        2 => found.push((3, 1e-3)),
        3 => found.push((2, 2e-3)),
        _ => {}
    };
    let (chain, states) = Chain::explore(&[(0, 1.0)], 10, moves).unwrap();
    let long = steady::long_run(&chain).unwrap();
    let exact = [0.0, 0.25, 0.5, 0.25];
    for (state, p) in states.iter().zip(&long.probability) {
        assert!((p - exact[*state as usize]).abs() < 1e-14);
    }
    assert_eq!(long.ends.len(), 2);
    let end: Vec<bool> = states.iter().map(|&state| state == 1).collect();
    assert_eq!(passage::mean_time(&chain, &end).unwrap(), f64::INFINITY);
    let either: Vec<bool> = states.iter().map(|&state| state > 0).collect();
    close("mean time to either", passage::mean_time(&chain, &either).unwrap(), 0.25, 1e-14);
}

/// Ten years of a pair that is repaired in half a minute: 10^7 steps if nothing ended them early. By the roots of
/// s² + (3λ + μ) s + 2λ² = 0, of which the fast one has long died away.
#[test]
fn a_horizon_of_ten_million_fast_steps() {
    let (fails, repairs, t) = (1e-3, 120.0, 87_600.0);
    let chain = birth_death(2, |i| f64::from(2 - i) * fails, |i| f64::from(i) * repairs);
    let both = only(3, 2);
    let sum_of_roots: f64 = 3.0 * fails + repairs;
    let fast = f64::midpoint(sum_of_roots, (sum_of_roots * sum_of_roots - 8.0 * fails * fails).sqrt());
    let slow = 2.0 * fails * fails / fast;
    let exact = (-libm::expm1(-slow * t) - slow / fast) / (1.0 - slow / fast);
    let started = std::time::Instant::now();
    close("lost in ten years", transient::reaches(&chain, &both, t).unwrap(), exact, 1e-9);
    let long = steady::long_run(&chain).unwrap();
    let course = transient::course(&chain, t, Some(&long)).unwrap();
    close("unavailability", sum(&course.at_end, &both), (fails / (fails + repairs)).powi(2), 1e-10);
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}
