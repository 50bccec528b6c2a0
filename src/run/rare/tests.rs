//! Histories that branch have the mean of those that do not, whatever is pending when they do.

use std::sync::atomic::AtomicBool;

use super::restart::{Limits, Runner, Step, Tally};
use super::sums::Sums;
use crate::model::Model;
use crate::scenario::{Patches, parse};
use crate::sim::{World, sum};

fn model(text: &str) -> Model {
    let loaded = parse("case.yaml", text, &Patches::default()).unwrap_or_else(|error| panic!("{error:?}"));
    crate::model::compile(&loaded).unwrap_or_else(|error| panic!("{error:?}"))
}

/// What each of `runs` runs gave: of histories with an outage, outages, seconds down, and their squares.
fn sums(model: &Model, service: &str, warmup: f64, steps: &[Step], runs: u64, seed: u64) -> ([Sums; 4], Tally) {
    let service = model.services.iter().position(|one| one.name == service).expect("the service");
    let mut runner = Runner::new(model, service, warmup, false);
    let stop = AtomicBool::new(false);
    let (mut sums, mut all) = ([Sums::default(); 4], Tally::default());
    for run in 0..runs {
        let limits = Limits { stop: &stop, events: u64::MAX };
        let tally = runner.run(steps, seed, run, run, limits).expect("a whole run");
        let values = [tally.first, tally.outages, tally.down, tally.down_squared];
        sums.iter_mut().zip(values).for_each(|(sum, value)| sum.add(value));
        all.add(&tally);
    }
    (sums, all)
}

/// Splitting at every distance that comes up agrees with crude Monte Carlo, to 3.5 standard errors of their difference.
fn agrees(text: &str, service: &str, warmup: f64, steps: &[u32], runs: u64) {
    let model = model(text);
    let steps: Vec<Step> = steps.iter().map(|&distance| Step { distance, copies: 3 }).collect();
    let (crude, _) = sums(&model, service, warmup, &[], 4 * runs, 1);
    let (split, tally) = sums(&model, service, warmup, &steps, runs, 2);
    assert!(tally.passed.iter().all(|passed| *passed > 50.0), "the steps are passed: {tally:?}");
    for (what, (crude, split)) in ["histories", "outages", "downtime", "its square"].iter().zip(crude.iter().zip(&split)) {
        let error = (crude.variance() / (4 * runs) as f64 + split.variance() / runs as f64).sqrt();
        let off = (split.mean() - crude.mean()) / error;
        println!("{what}: {} against {}, {off:.2} standard errors; {:.3}", split.mean(), crude.mean(), error / crude.mean());
        assert!(off.abs() < 3.5, "{what}: {} against {}, {off} standard errors", split.mean(), crude.mean());
        assert!(error < 0.1 * crude.mean(), "{what}: too little is known to compare");
    }
}

/// Distances from far to near, as a look at a healthy system and a few trials show them.
fn distances(text: &str, service: &str) -> Vec<u32> {
    let model = model(text);
    let index = model.services.iter().position(|one| one.name == service).expect("the service");
    let mut runner = Runner::new(&model, index, 0.0, true);
    let stop = AtomicBool::new(false);
    let mut all = Tally::default();
    for run in 0..50 {
        all.add(&runner.run(&[], 9, run, run, Limits { stop: &stop, events: u64::MAX }).expect("a whole run"));
    }
    let mut found: Vec<u32> = all.approaches.keys().map(|&(to, _)| to).filter(|&to| to > 0).collect();
    found.dedup();
    found.reverse();
    found
}

/// Splitting at every distance that comes up.
fn agrees_everywhere(text: &str, service: &str, runs: u64) {
    let steps = distances(text, service);
    assert!(steps.len() > 1, "{steps:?}");
    agrees(text, service, 0.0, &steps, runs);
}

const WEAR: &str = "
name: wear
start: 2026-01-01
horizon: 300h
services: {unit: {replicas: 3}}
failures:
  wear:
    hits: replica
    time_to_failure: {weibull: {shape: 3, mean: 100h}}
    age: {uniform: {low: 0h, high: 80h}}
    detection: {constant: 2h}
    repair: {lognormal: {mean: 25h, cv: 1.5}}
  shock: {hits: replica, mttf: 150h, repair: {uniform: {low: 5h, high: 20h}}, ages_while: always}
";

#[test]
fn lives_and_repairs_of_any_law_and_clocks_that_start_old() {
    agrees_everywhere(WEAR, "unit", 8_000);
}

#[test]
fn after_a_warm_up() {
    agrees(WEAR, "unit", 500.0 * 3_600.0, &distances(WEAR, "unit"), 4_000);
}

#[test]
fn people_who_are_called_come_late_and_are_too_few() {
    let text = "
name: people
start: 2026-01-01
horizon: 400h
services: {unit: {replicas: 4, needs: 2}}
failures:
  wear:
    hits: replica
    time_to_failure: {gamma: {mean: 100h, cv: 0.5}}
    detection: {uniform: {low: 0h, high: 9h}}
    repair: {weibull: {shape: 2, mean: 20h}}
    team: crew
  crash: {hits: replica, mttf: 200h, repair: {constant: 6h}, team: crew, priority: 1}
teams: {crew: {people: 1, acknowledge: {lognormal: {mean: 8h, cv: 1}}}}
";
    agrees_everywhere(text, "unit", 8_000);
}

#[test]
fn common_causes_zones_promises_and_calendars() {
    let text = "
name: causes
start: 2026-01-01
horizon: 500h
zones: [a, b]
services:
  cloud: {external: {availability: 90%, outage: 10h}}
  store: {replicas: 4, needs: 2, spread: zones}
  web: {replicas: 2}
  site: {up_when: {all: [store, {any: [cloud, web]}]}}
failures:
  disk: {hits: replica, of: [store], time_to_failure: {weibull: {shape: 1.5, mean: 250h}}, repair: {lognormal: {mean: 15h, cv: 1}},
    common_cause: 10%}
  power: {hits: zone, mttf: 400h, repair: {uniform: {low: 2h, high: 12h}}}
  crash: {hits: replica, of: [web], time_to_failure: {weibull: {shape: 2, mean: 60h}}, repair: {exponential: {mean: 10h}},
    ages_while: {service_up: store}}
  upgrade: {hits: service, of: [web], schedule: {first: 2026-01-03T00:00, every: 5d}, repair: {uniform: {low: 4h, high: 12h}}}
";
    agrees_everywhere(text, "site", 2_000);
}

#[test]
fn numbers_that_nobody_knows() {
    let text = "
name: unknown
start: 2026-01-01
horizon: 300h
services: {unit: {replicas: 2}}
failures:
  wear: {hits: replica, mttf: {low: 50h, high: 200h}, repair: {lognormal: {mean: {low: 5h, high: 20h}, cv: 1}}}
";
    agrees_everywhere(text, "unit", 8_000);
}

#[test]
fn shared_load_and_repairs_that_leave_old() {
    let text = "
name: load
start: 2026-01-01
horizon: 400h
services: {unit: {replicas: 3}}
failures:
  wear: {hits: replica, time_to_failure: {weibull: {shape: 2.5, mean: 120h}}, repair: {lognormal: {mean: 20h, cv: 1}}, load: 1.5,
    after_repair: {younger: 50%}}
  crash: {hits: replica, time_to_failure: {weibull: {shape: 2, mean: 200h}}, repair: {uniform: {low: 2h, high: 10h}}, age: steady}
";
    agrees_everywhere(text, "unit", 4_000);
}

#[test]
fn replicas_that_wait_and_take_over() {
    let text = "
name: standby
start: 2026-01-01
horizon: 400h
services: {unit: {replicas: 4, needs: 2, standby: {warm: {count: 2, rate: 30%}, switch: {time: {uniform: {low: 1h, high: 4h}}, works: 90%}}}}
failures:
  wear: {hits: replica, time_to_failure: {weibull: {shape: 2, mean: 150h}}, detection: {uniform: {low: 0h, high: 3h}},
    repair: {lognormal: {mean: 25h, cv: 1}}}
";
    agrees_everywhere(text, "unit", 4_000);
}

#[test]
fn parts_inspections_and_replacements() {
    let text = "
name: upkeep
start: 2026-01-01
horizon: 500h
services: {unit: {replicas: 3}}
failures:
  wear: {hits: replica, time_to_failure: {weibull: {shape: 3, mean: 120h}}, repair: {lognormal: {mean: 10h, cv: 1}},
    hidden: true, inspection: {every: 30h, finds: 80%}, preventive: {at_age: 90h, takes: {uniform: {low: 1h, high: 4h}}}}
  crash: {hits: replica, mttf: 150h, repair: {uniform: {low: 2h, high: 10h}},
    spares: {stock: 1, lead_time: {gamma: {mean: 30h, cv: 0.5}}}}
";
    agrees_everywhere(text, "unit", 4_000);
}

#[test]
fn crews_with_hours_that_preempt_or_race() {
    for team in [
        "{people: 1, hours: Mon-Fri 08:00-18:00, preempt: true, acknowledge: {uniform: {low: 0h, high: 4h}}}",
        "{people: 1, selection: {race: 2h}, acknowledge: {uniform: {low: 0h, high: 4h}}}",
    ] {
        let text = format!(
            "
name: crews
start: 2026-01-01
horizon: 400h
services: {{unit: {{replicas: 4, needs: 2}}}}
failures:
  wear: {{hits: replica, time_to_failure: {{weibull: {{shape: 2, mean: 150h}}}}, repair: {{lognormal: {{mean: 8h, cv: 1}}}}, team: crew}}
  crash: {{hits: replica, mttf: 200h, repair: {{exponential: {{mean: 5h}}}}, team: crew, priority: 1}}
teams: {{crew: {team}}}
"
        );
        agrees_everywhere(&text, "unit", 3_000);
    }
}

/// What was handed on and preempted waits with a part of its repair done, which belongs to the team that it is with.
#[test]
fn crews_that_hand_on_to_one_that_preempts() {
    let text = "
name: crews
start: 2026-01-01
horizon: 400h
services: {unit: {replicas: 3, needs: 1}}
failures:
  wear: {hits: replica, time_to_failure: {weibull: {shape: 2, mean: 100h}}, repair: {uniform: {low: 25h, high: 35h}}, team: first}
  crash: {hits: replica, mttf: 60h, repair: {uniform: {low: 5h, high: 10h}}, team: second, priority: 1}
teams:
  first: {people: 1, acknowledge: {uniform: {low: 0h, high: 4h}}, escalate: {after: 1h, to: second}}
  second: {people: 1, preempt: true}
";
    agrees_everywhere(text, "unit", 8_000);
}

/// Without a step a run is a replication as everywhere else.
#[test]
fn a_run_that_never_splits_is_a_replication() {
    let model = model(WEAR);
    let mut world = World::new(&model, 3_600.0);
    let (sums, _) = sums(&model, "unit", 3_600.0, &[], 200, 7);
    let mut down = Sums::default();
    let mut outages = Sums::default();
    for run in 0..200 {
        world.run(7, run, run);
        down.add(world.outcome().services[0].sums[sum::DOWN]);
        outages.add(world.outcome().services[0].sums[sum::ONSETS]);
    }
    assert_eq!(outages.mean(), sums[1].mean());
    let ratio = down.mean() / sums[2].mean();
    assert!((ratio - 1.0).abs() < 1e-9, "{ratio}");
}
