//! Chains of 10^5 states and more, stiff or nearly falling apart, against product forms.

use std::time::Instant;

use super::super::chain::Chain;
use super::super::steady;

/// Groups of machines, each with its own repairers: (machines, failure rate, repairers, repair rate).
type Group = (u8, f64, u8, f64);

/// All groups at once: a state is how many are down in each.
fn shop(groups: &[Group], limit: usize) -> (Chain, Vec<Vec<u8>>) {
    let moves = |state: &Vec<u8>, found: &mut Vec<(Vec<u8>, f64)>| {
        for (g, &(machines, fails, repairers, repairs)) in groups.iter().enumerate() {
            let mut to = |down: u8, rate: f64| {
                let mut next = state.clone();
                next[g] = down;
                found.push((next, rate));
            };
            if state[g] < machines {
                to(state[g] + 1, f64::from(machines - state[g]) * fails);
            }
            if state[g] > 0 {
                to(state[g] - 1, f64::from(state[g].min(repairers)) * repairs);
            }
        }
    };
    Chain::explore(&[(vec![0; groups.len()], 1.0)], limit, moves).unwrap()
}

/// P(so many down) of one group, from its birth–death chain.
fn alone(&(machines, fails, repairers, repairs): &Group) -> Vec<f64> {
    let mut p = vec![1.0];
    for down in 0..machines {
        let up = f64::from(machines - down) * fails;
        p.push(p[down as usize] * up / (f64::from((down + 1).min(repairers)) * repairs));
    }
    let total: f64 = p.iter().rev().sum();
    p.iter().map(|x| x / total).collect()
}

/// The worst relative error of any state's probability against the product of its groups'.
fn solve(groups: &[Group]) {
    let (chain, states) = shop(groups, 1_000_000);
    let started = Instant::now();
    let long = steady::long_run(&chain).unwrap();
    let alone: Vec<Vec<f64>> = groups.iter().map(alone).collect();
    let product = |state: &Vec<u8>| -> f64 { state.iter().zip(&alone).map(|(&down, p)| p[down as usize]).product() };
    let errors = states.iter().zip(&long.probability).map(|(state, p)| (p / product(state) - 1.0).abs());
    let worst = errors.fold(0.0, |most: f64, x| if x <= most { most } else { x });
    println!(
        "{} states, {} rates: {:.1?}, {} cycles, says {:.1e}, is {worst:.1e}",
        chain.len(),
        chain.leaving.rates.len(),
        started.elapsed(),
        long.cycles,
        long.accuracy
    );
    assert!(worst < 1e-10, "{worst:e}");
    assert!(long.accuracy < 1e-10);
}

#[test]
fn a_hundred_thousand_stiff_states() {
    // 6^4 · 3^4 = 104,976 states; failures of 1e-6 an hour, repairs of 1 an hour.
    let groups: Vec<Group> =
        (0..4).map(|i| (5, 1e-6 * f64::from(i + 1), 1, 1.0)).chain((0..4).map(|_| (2, 1e-6, 2, 0.5))).collect();
    solve(&groups);
}

#[test]
fn a_hundred_thousand_busy_states() {
    // Repairers that are nearly always busy, and rates within one order of magnitude.
    let groups: Vec<Group> = (0..5).map(|i| (9, 0.1 + 0.05 * f64::from(i), 1, 0.7)).collect();
    solve(&groups);
}

#[test]
fn a_hundred_thousand_states_of_all_speeds() {
    // Each group a hundred times slower than the one before.
    let groups: Vec<Group> =
        (0..6).map(|i| (6, 0.02 * libm::pow(0.01, f64::from(i)), 1, libm::pow(0.01, f64::from(i)))).collect();
    solve(&groups);
}

#[test]
fn parts_that_hardly_touch() {
    // Switches of 10^-12 and 10^-9 an hour between copies of two busy groups.
    let groups: Vec<Group> = vec![(1, 1e-12, 1, 3e-12), (2, 1e-9, 1, 2e-9), (120, 0.01, 1, 1.0), (120, 0.02, 2, 1.0)];
    solve(&groups);
}

#[test]
fn a_walk_of_many_steps() {
    // Up and down at nearly the same rate: nothing is rare, and it takes 10^9 moves from end to end.
    solve(&[(250, 1e-3, 1, 0.14), (250, 1e-3, 2, 0.07)]);
}

/// A hub and 20,000 spokes, each with its own rates: p of a spoke is its rate in over its rate out.
#[test]
fn a_wheel() {
    let rates = |i: u32| (1e-6 * f64::from(i % 7 + 1), 1.0 / f64::from(i % 11 + 1));
    let moves = |&i: &u32, found: &mut Vec<(u32, f64)>| {
        if i == 0 {
            found.extend((1..=20_000).map(|i| (i, rates(i).0)));
        } else {
            found.push((0, rates(i).1));
        }
    };
    let (chain, _) = Chain::explore(&[(0, 1.0)], 30_000, moves).unwrap();
    let p = steady::long_run(&chain).unwrap().probability;
    for i in 1..=20_000 {
        super::close("spoke", p[i as usize] / p[0], rates(i).0 / rates(i).1, 1e-12);
    }
}

/// Random chains whose rates differ by twelve orders of magnitude, against elimination of the whole chain, which has no
/// iteration to settle. What they are made of, moves that never lead back the way they came, is the worst that lumps can meet.
#[test]
fn random_chains_against_elimination() {
    let mut word = 0;
    let mut uniform = || {
        word += 1;
        crate::random::uniform(crate::random::Stream::new(1, 2, 3).word(word))
    };
    for case in 0..6 {
        let n = 450 + 30 * case;
        let mut rates = ndarray::Array2::zeros((n, n));
        for i in 0..n {
            // A way around, so that all states lead to each other, and some short cuts.
            for target in [(i + 1) % n, (uniform() * n as f64) as usize, (uniform() * n as f64) as usize] {
                rates[[i, target]] += libm::exp10(12.0 * uniform() - 6.0);
            }
        }
        let moves = |&i: &usize, found: &mut Vec<(usize, f64)>| {
            found.extend((0..n).filter(|&j| j != i && rates[[i, j]] > 0.0).map(|j| (j, rates[[i, j]])));
        };
        let (chain, states) = Chain::explore(&[(0, 1.0)], n, moves).unwrap();
        let long = steady::long_run(&chain).unwrap();
        let whole = super::super::elimination::stationary(rates.clone());
        let total: f64 = whole.iter().sum();
        for (&state, p) in states.iter().zip(&long.probability) {
            super::close("p", *p, whole[state] / total, 1e-10);
        }
    }
}
