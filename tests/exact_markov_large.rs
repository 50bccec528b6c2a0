//! A scenario of more than 10^5 states, solved as one Markov chain, against the product of its independent parts.

mod common;

use std::time::Instant;

use common::{HOUR, compiled};
use ninefold::exact::markov::measures::{MOST_STATES, Solver};
use ninefold::exact::markov::{Process, explore, measures, steady};

/// Groups of machines, each with its own repairers: replicas, how many are needed, mean life and mean repair in hours, and
/// how many repairers.
const GROUPS: [(u32, u32, f64, f64, u32); 7] = [
    (5, 3, 2e5, 1.0, 1),
    (5, 2, 1e4, 5.0, 2),
    (5, 3, 1e6, 24.0, 1),
    (5, 2, 5e3, 0.5, 5),
    (3, 1, 1e3, 2.0, 1),
    (3, 1, 1e4, 8.0, 1),
    (4, 2, 1e5, 12.0, 2),
];

/// P(fewer than needed are up) of one group, by its birth–death chain.
fn down(&(machines, needed, life, repair, repairers): &(u32, u32, f64, f64, u32)) -> f64 {
    let mut p = vec![1.0];
    for down in 0..machines {
        p.push(p[down as usize] * f64::from(machines - down) / life * repair / f64::from((down + 1).min(repairers)));
    }
    p[(machines - needed + 1) as usize..].iter().rev().sum::<f64>() / p.iter().rev().sum::<f64>()
}

fn close(what: &str, value: f64, exact: f64, relative: f64) {
    assert!((value / exact - 1.0).abs() <= relative, "{what} is {value:e}, not {exact:e}: off by {:e}", value / exact - 1.0);
}

#[test]
fn a_hundred_thousand_states() {
    let mut text = String::from("name: plant\nstart: 2026-01-01\nhorizon: 720h\nservices:\n");
    let (mut modes, mut teams) = (String::from("failures:\n"), String::from("teams:\n"));
    for (g, (machines, needed, life, repair, repairers)) in GROUPS.iter().enumerate() {
        text += &format!("  g{g}: {{replicas: {machines}, needs: {needed}}}\n");
        modes += &format!(
            "  f{g}: {{hits: replica, of: [g{g}], mttf: {life}h, repair: {{exponential: {{mean: {repair}h}}}}, team: t{g}}}\n"
        );
        teams += &format!("  t{g}: {{people: {repairers}}}\n");
    }
    text += "  plant: {up_when: {all: [g0, g1, g2, g3, g4, g5, g6]}}\n";
    let model = compiled(&(text + &modes + &teams), None);
    let plant = model.services.len() as u32 - 1;

    let started = Instant::now();
    let process = Process::of_services(&model, &[plant]).unwrap();
    let explored = explore(&process, MOST_STATES).unwrap();
    println!("{} states, {} rates: explored {:.1?}", explored.chain.len(), explored.chain.leaving.rates.len(), started.elapsed());
    let long = steady::long_run(&explored.chain).unwrap();
    println!("long run {:.1?}, {} cycles, error {:.1e}", started.elapsed(), long.cycles, long.accuracy);
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    let solver = Solver::new(&explored, model.horizon).unwrap();
    println!("over 30 days {:.1?}", started.elapsed());
    let solved = solver.measures(plant).unwrap();
    println!("outage and first outage {:.1?}", started.elapsed());
    assert!(solved.states > 100_000);

    // 1 − ∏ (1 − down), without subtraction of nearly equal numbers.
    let unavailable = -f64::exp_m1(GROUPS.iter().map(|group| (-down(group)).ln_1p()).sum());
    println!(
        "unavailability {:e}, off by {:e}",
        solved.long_run.unavailability,
        solved.long_run.unavailability / unavailable - 1.0
    );
    close("unavailability", solved.long_run.unavailability, unavailable, 1e-10);
    // The frequency of a product: of each group, the flow into its first state that is too low, while all others are up.
    let frequency: f64 = GROUPS
        .iter()
        .map(|group| {
            let &(machines, needed, _, repair, repairers) = group;
            let lost = machines - needed + 1;
            let mut p = vec![1.0];
            for down in 0..machines {
                let (life, repair) = (group.2, group.3);
                p.push(p[down as usize] * f64::from(machines - down) / life * repair / f64::from((down + 1).min(repairers)));
            }
            let ends = p[lost as usize] / p.iter().sum::<f64>() * f64::from(lost.min(repairers)) / repair;
            ends / (1.0 - down(group)) * (1.0 - unavailable)
        })
        .sum();
    close("frequency", solved.long_run.frequency * HOUR, frequency, 1e-10);
    // Over the horizon the groups are independent, too: the product of what their own small chains say.
    let groups: Vec<f64> =
        measures(&model, 10)[..GROUPS.len()].iter().map(|group| group.as_ref().unwrap().horizon.unavailability_at_end).collect();
    let at_end = -f64::exp_m1(groups.iter().map(|down| (-down).ln_1p()).sum());
    close("unavailability at the end", solved.horizon.unavailability_at_end, at_end, 1e-9);
    // And an outage comes nearly as in a Poisson process of this frequency.
    close("outage", solved.horizon.outage_probability, -f64::exp_m1(-frequency * 720.0), 0.05);
}
