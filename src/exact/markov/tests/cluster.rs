//! The workstation cluster of Haverkort, Hermanns & Katoen ("On the use of model checking techniques for dependability
//! evaluation", SRDS 2000). The model is that of the PRISM benchmark suite (prism-benchmarks, models/ctmcs/cluster); the
//! long-run probabilities of premium service are exact rationals of the Quantitative Verification Benchmark Set, the other
//! figures were computed from the explicit state space by sparse LU and uniformisation (scipy).

use super::super::chain::Chain;
use super::super::{passage, steady, transient};
use super::{close, crossings, sum};

/// Left and right workstations that are down, left switch, right switch and backbone, and what is under repair (0: nothing).
type State = [u8; 6];

/// What fails: how many there are, its mean life and its mean repair, hours.
fn kinds(n: u8) -> [(u8, f64, f64); 5] {
    [(n, 500.0, 0.5), (n, 500.0, 0.5), (1, 4000.0, 4.0), (1, 4000.0, 4.0), (1, 5000.0, 8.0)]
}

fn cluster(n: u8) -> (Chain, Vec<State>) {
    let moves = |state: &State, found: &mut Vec<(State, f64)>| {
        for (kind, (count, life, repair)) in kinds(n).into_iter().enumerate() {
            let mut next = *state;
            if state[kind] < count {
                next[kind] += 1;
                found.push((next, f64::from(count - state[kind]) / life));
                next = *state;
            }
            if state[5] == 0 && state[kind] > 0 {
                next[5] = kind as u8 + 1;
                found.push((next, 10.0));
                next = *state;
            }
            if state[5] == kind as u8 + 1 {
                next[kind] -= 1;
                next[5] = 0;
                found.push((next, 1.0 / repair));
            }
        }
    };
    Chain::explore(&[([0; 6], 1.0)], 100_000, moves).unwrap()
}

/// The states without the quality of service that `k` workstations give.
fn below(k: u8, n: u8, states: &[State]) -> Vec<bool> {
    let good = |s: &State| {
        let (left, right) = (n - s[0], n - s[1]);
        (left >= k && s[2] == 0) || (right >= k && s[3] == 0) || (left + right >= k && s[2] + s[3] + s[4] == 0)
    };
    states.iter().map(|state| !good(state)).collect()
}

#[test]
fn two_workstations_a_side() {
    let (chain, states) = cluster(2);
    assert_eq!(chain.len(), 276);
    let long = steady::long_run(&chain).unwrap();
    let p = &long.probability;
    close("P(premium)", 1.0 - sum(p, &below(2, 2, &states)), 0.999_961_533_562_362_8, 1e-12);
    let down = below(1, 2, &states);
    let unavailable = sum(p, &down);
    close("unavailability", unavailable, 2.339_823_364_613_218_5e-6, 1e-9);
    let frequency = crossings(&chain, p, &down);
    close("failures per hour", frequency, 5.815_384_285_163_936e-7, 1e-9);
    close("MDT", unavailable / frequency, 4.023_506_014_181_243, 1e-9);
    close("MUT", (1.0 - unavailable) / frequency, 1_719_572.793_715_120_3, 1e-9);
    let repairs = |weights: &[f64]| -> f64 {
        let rate = |s: &State| if s[5] > 0 { 1.0 / kinds(2)[s[5] as usize - 1].2 } else { 0.0 };
        states.iter().zip(weights).map(|(state, weight)| weight * rate(state)).sum()
    };
    close("repairs per hour", repairs(p), 0.008_689_208_836_714_464, 1e-10);
    let operational = |weights: &[f64]| -> f64 {
        states.iter().zip(weights).map(|(s, weight)| weight * 100.0 * f64::from(4 - s[0] - s[1]) / 4.0).sum()
    };
    close("percent up", operational(p), 99.875_589_346_204, 1e-12);
    close("MTTF", passage::mean_time(&chain, &down).unwrap(), 1_721_636.159_769_407_5, 1e-9);

    close("lost by 100 h", transient::reaches(&chain, &down, 100.0).unwrap(), 5.546_125_470_441_469_4e-5, 1e-9);
    for long in [None, Some(&long)] {
        let course = transient::course(&chain, 100.0, long).unwrap();
        close("unavailability at 100 h", sum(&course.at_end, &down), 2.339_787_354_818_787e-6, 1e-9);
        close("percent up at 100 h", operational(&course.at_end), 99.875_589_476_693_38, 1e-10);
        close("hours below", sum(&course.time_in, &down), 0.000_213_528_367_424_321_8, 1e-9);
        close("repairs", repairs(&course.time_in), 0.860_281_505_796_720_4, 1e-10);
    }
}

#[test]
fn four_workstations_a_side() {
    let (chain, states) = cluster(4);
    let long = steady::long_run(&chain).unwrap();
    close("P(premium)", 1.0 - sum(&long.probability, &below(4, 4, &states)), 0.999_921_240_851_379_3, 1e-12);
}
