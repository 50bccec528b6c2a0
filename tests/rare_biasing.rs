//! Failure biasing against the exact values of the same models.

mod common;

use common::compiled;
use ninefold::exact::markov::measures;
use ninefold::model::Model;
use ninefold::run::Control;
use ninefold::run::rare::{Rare, RareOptions, biasing, biasing_long_run};
use ninefold::stats::Estimate;

/// Sixteen components in five groups that two people repair: any group that falls short brings the plant down.
fn plant() -> Model {
    compiled(
        "
name: plant
start: 2026-01-01
horizon: 720h
services:
  pumps: {replicas: 3, needs: 1}
  fans: {replicas: 4, needs: 2}
  supplies: {replicas: 2}
  controls: {replicas: 3, needs: 1}
  sensors: {replicas: 4, needs: 2}
  plant: {up_when: {all: [pumps, fans, supplies, controls, sensors]}}
failures:
  pump: {hits: replica, of: [pumps], mttf: 2000h, repair: {exponential: {mean: 4h}}, team: crew}
  fan: {hits: replica, of: [fans], mttf: 4000h, repair: {exponential: {mean: 2h}}, team: crew}
  supply: {hits: replica, of: [supplies], mttf: 60000h, repair: {exponential: {mean: 5h}}, team: crew}
  control: {hits: replica, of: [controls], mttf: 3000h, repair: {exponential: {mean: 3h}}, team: crew}
  sensor: {hits: replica, of: [sensors], mttf: 5000h, repair: {exponential: {mean: 1h}}, team: crew}
teams: {crew: {people: 2, selection: random}}
",
        None,
    )
}

const PLANT: u32 = 5;

fn holds(estimate: &Estimate, exact: f64) -> bool {
    estimate.low.is_some_and(|low| low <= exact) && estimate.high.is_some_and(|high| exact <= high)
}

fn show(what: &str, found: &Rare, exact: f64) {
    println!(
        "{what}: {:?} exact {exact:e}, {} histories, {} events, {:.2} s, gain {:?}, {:?}",
        found.unavailability, found.replications, found.events, found.wall_seconds, found.gain, found.verdict
    );
}

#[test]
fn an_unavailability_of_1e_7_in_seconds() {
    let model = plant();
    let exact = measures(&model, 1_000_000).swap_remove(PLANT as usize).unwrap();
    let options = RareOptions { precision: Some(0.03), threads: Some(2), ..Default::default() };
    let found = biasing_long_run(&model, PLANT, &options, &Control::default()).unwrap();
    show("long run", &found, exact.long_run.unavailability);
    let value = found.unavailability.value.unwrap();
    assert!((value / exact.long_run.unavailability - 1.0).abs() < 0.1);
    let found = biasing(&model, PLANT, &options, &Control::default()).unwrap();
    show("horizon", &found, exact.horizon.downtime / exact.horizon.length);
    println!("{:?} exact {:e}", found.outage_probability, exact.horizon.outage_probability);
    println!("{:?} exact {:e}", found.outages, exact.horizon.outages);
}
