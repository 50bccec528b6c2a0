//! Histories that branch have the mean of those that do not, whatever is pending when they do.

use std::sync::atomic::AtomicBool;

use super::restart::{Limits, Runner, Step, Tally};
use super::sums::Sums;
use crate::model::Model;
use crate::scenario::{Patches, parse};
use crate::sim::Distance;

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

#[test]
fn lives_repairs_and_ages() {
    let text = "
name: a
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
    println!("{:?}", distances(text, "unit"));
    agrees(text, "unit", 0.0, &distances(text, "unit"), 4_000);
}
