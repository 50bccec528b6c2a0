//! Five hundred components in groups that share them, solved exactly, against another way of computing the same.

#![allow(clippy::expect_used, reason = "a test says by a panic what it expected")]

#[path = "../benches/structure/groups.rs"]
mod groups;

use std::time::Instant;

use groups::{COMMON, FATAL, GROUPS, LEAST, OWN, commons, link, own};
use ninefold::exact::structure::{Diagram, Measure};

/// The probability that the system has failed, by another way: for each state of the common components and of the link that
/// closes the ring, from group to group, with the state of the link between them and the number of groups that have failed.
fn by_recursion(failed: &[f64]) -> f64 {
    let closing = link(GROUPS - 1);
    let given: Vec<usize> = (0..COMMON).chain([closing]).collect();
    let mut total = 0.0;
    for state in 0..1_usize << given.len() {
        let is_down = |component: usize| given.iter().position(|&g| g == component).is_some_and(|at| state >> at & 1 == 1);
        let weight: f64 = given.iter().map(|&g| if is_down(g) { failed[g] } else { 1.0 - failed[g] }).product();
        let mut reached = [[0.0; FATAL + 1]; 2];
        reached[usize::from(is_down(closing))][0] = 1.0;
        for group in 0..GROUPS {
            let mut own_down = [0.0; OWN + 1];
            own_down[0] = 1.0;
            for component in own(group) {
                for count in (0..=OWN).rev() {
                    let one_more = if count > 0 { own_down[count - 1] * failed[component] } else { 0.0 };
                    own_down[count] = own_down[count] * (1.0 - failed[component]) + one_more;
                }
            }
            let common = commons(group).filter(|&common| is_down(common)).count();
            let mut next = [[0.0; FATAL + 1]; 2];
            for (before, counts) in reached.iter().enumerate() {
                for (after, next) in next.iter_mut().enumerate() {
                    let chance = match (link(group) == closing, after) {
                        (true, _) => f64::from(u8::from(is_down(closing) == (after == 1))),
                        (false, 1) => failed[link(group)],
                        (false, _) => 1.0 - failed[link(group)],
                    };
                    let needed = LEAST.saturating_sub(common + before + after);
                    let fails: f64 = own_down.iter().skip(needed).sum();
                    let works: f64 = own_down.iter().take(needed).sum();
                    for (count, reached) in counts.iter().enumerate() {
                        next[count] += reached * chance * works;
                        next[(count + 1).min(FATAL)] += reached * chance * fails;
                    }
                }
            }
            reached = next;
        }
        total += weight * (reached[0][FATAL] + reached[1][FATAL]);
    }
    total
}

fn close(what: &str, value: f64, exact: f64, relative: f64) {
    assert!((value - exact).abs() <= relative * exact.abs(), "{what}: {value}, not {exact}");
}

#[test]
fn five_hundred_components_that_groups_share() {
    let (tree, top, steady) = groups::system();
    assert_eq!(tree.names().len(), 500);
    let start = Instant::now();
    let diagram = Diagram::of(&tree, top).expect("it is solved");
    let system = diagram.steady(&steady).expect("it is solved");
    let importance = diagram.importance(&steady).expect("it is solved");
    let took = start.elapsed();

    let failed: Vec<f64> = steady.iter().map(|steady| steady.unavailability).collect();
    close("probability", system.unavailability, by_recursion(&failed), 1e-11);
    let mut frequency = 0.0;
    for component in 0..steady.len() {
        let given = |probability: f64| {
            let mut failed = failed.clone();
            failed[component] = probability;
            by_recursion(&failed)
        };
        let (if_down, if_up) = (given(1.0), given(0.0));
        let (birnbaum, q) = (if_down - if_up, failed[component]);
        frequency += birnbaum * steady[component].frequency;
        for (measure, exact) in [
            (Measure::Birnbaum, birnbaum),
            (Measure::Criticality, q * birnbaum / system.unavailability),
            (Measure::Diagnostic, q * if_down / system.unavailability),
            (Measure::Achievement, if_down / system.unavailability),
            (Measure::Reduction, system.unavailability / if_up),
        ] {
            close(measure.name(), importance[[component, measure as usize]], exact, 1e-9);
        }
    }
    close("frequency", system.frequency, frequency, 1e-10);
    assert!(took.as_secs_f64() < 1.0, "it took {took:?}");
}
