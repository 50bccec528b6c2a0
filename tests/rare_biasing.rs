//! Failure biasing against the exact values of the same models.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test says by a panic what it expected, and prints what it measured"
)]

mod common;

use common::compiled;
use ninefold::exact::markov::measures;
use ninefold::model::Model;
use ninefold::run::Control;
use ninefold::run::rare::{RareOptions, biasing, biasing_long_run};
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
  pump: {hits: replica, of: [pumps], mttf: 1500h, repair: {exponential: {mean: 4h}}, team: crew}
  fan: {hits: replica, of: [fans], mttf: 2500h, repair: {exponential: {mean: 2h}}, team: crew}
  supply: {hits: replica, of: [supplies], mttf: 30000h, repair: {exponential: {mean: 5h}}, team: crew}
  control: {hits: replica, of: [controls], mttf: 2000h, repair: {exponential: {mean: 3h}}, team: crew}
  sensor: {hits: replica, of: [sensors], mttf: 3500h, repair: {exponential: {mean: 1h}}, team: crew}
teams: {crew: {people: 2, selection: random}}
",
        None,
    )
}

const PLANT: u32 = 5;

/// What is exact about the plant: the unavailability in the long run, and over the horizon the fraction of time down, the
/// probability of an outage and the number of outages.
fn exact(model: &Model) -> [f64; 4] {
    let exact = measures(model, 200_000).swap_remove(PLANT as usize).unwrap();
    let horizon = exact.horizon;
    [exact.long_run.unavailability, horizon.downtime / horizon.length, horizon.outage_probability, horizon.outages]
}

fn holds(estimate: &Estimate, exact: f64) -> bool {
    estimate.low.is_some_and(|low| low <= exact) && estimate.high.is_some_and(|high| exact <= high)
}

fn near(what: &str, found: &Estimate, exact: f64) {
    let (value, low, high) = (found.value.unwrap(), found.low.unwrap(), found.high.unwrap());
    let off = value / exact - 1.0;
    assert!(off.abs() < 0.1, "{what}: {found:?}, exact {exact:e}");
    // Within 3.3 standard errors, as everywhere.
    assert!((value - exact).abs() <= 3.3 * (high - low) / 2.0 / 1.96, "{what}: {found:?}, exact {exact:e}");
}

/// About 1e-7, within a tenth, in less than ten seconds on two cores, by either way.
#[test]
fn an_unavailability_of_1e_7_in_seconds() {
    let model = plant();
    let [long, down, first, outages] = exact(&model);
    assert!(long > 5e-8 && long < 2e-7, "{long:e}");
    let options = RareOptions { precision: Some(0.025), threads: Some(2), ..Default::default() };
    for (found, exact) in [
        (biasing_long_run(&model, PLANT, &options, &Control::default()).unwrap(), long),
        (biasing(&model, PLANT, &options, &Control::default()).unwrap(), down),
    ] {
        println!("{exact:e}: {:?} {} events, {:.2} s, {:?}", found.unavailability, found.events, found.wall_seconds, found.gain);
        near("unavailability", &found.unavailability, exact);
        assert!(found.verdict.converged && found.verdict.remarks.is_empty(), "{:?}", found.verdict);
        assert!(found.relative_error.unwrap() <= 0.025);
        assert!(found.wall_seconds < 10.0, "{} s", found.wall_seconds);
        assert!(found.gain.unwrap().events > 50.0, "{:?}", found.gain);
        if let Some(estimate) = found.outage_probability {
            near("outage", &estimate, first);
            near("outages", &found.outages.unwrap(), outages);
        }
    }
}

/// Shares of repeated 95% intervals that hold the exact value, at small effort: never below what 95% may show by chance.
fn coverage(repetitions: u64, least: f64) {
    let model = plant();
    let [long, down, first, _] = exact(&model);
    let (mut held, mut seen) = ([0_u32; 3], 0);
    for seed in 1..=repetitions {
        let options = RareOptions { seed, replications: 2_048, precision: None, threads: Some(1), ..Default::default() };
        let found = biasing_long_run(&model, PLANT, &options, &Control::default()).unwrap();
        held[0] += u32::from(holds(&found.unavailability, long));
        let found = biasing(&model, PLANT, &options, &Control::default()).unwrap();
        held[1] += u32::from(holds(&found.unavailability, down));
        held[2] += u32::from(holds(&found.outage_probability.unwrap(), first));
        seen += u32::from(found.verdict.converged);
    }
    let shares = held.map(|held| f64::from(held) / repetitions as f64);
    println!("long run, horizon, probability of an outage: {shares:?}; {seen} converged");
    assert!(shares.iter().all(|share| *share >= least), "{shares:?}");
}

#[test]
fn intervals_cover() {
    // 3.3 standard errors below 95% for 200 repetitions.
    coverage(200, 0.95 - 3.3 * (0.05 * 0.95 / 200.0_f64).sqrt());
}

#[test]
#[ignore = "a minute"]
fn a_thousand_intervals_cover() {
    coverage(1_000, 0.93);
}

#[test]
fn threads_change_nothing() {
    let model = plant();
    let run = |threads: usize| {
        let options = RareOptions { replications: 3_000, precision: None, threads: Some(threads), ..Default::default() };
        let found = biasing(&model, PLANT, &options, &Control::default()).unwrap();
        let long = biasing_long_run(&model, PLANT, &options, &Control::default()).unwrap();
        (found.downtime, found.outage_probability, found.outages, found.events, long.unavailability, long.gain, long.verdict)
    };
    assert_eq!(run(1), run(2));
}

/// Where no history saw an outage there is no value: an upper bound at most, and a word about it.
#[test]
fn nothing_seen_is_a_bound() {
    let model = plant();
    let [long, down, first, outages] = exact(&model);
    let mut unseen = [0; 2];
    for seed in 1..=60 {
        let options = RareOptions { seed, replications: 2, precision: None, threads: Some(1), ..Default::default() };
        for (i, found) in [
            biasing(&model, PLANT, &options, &Control::default()).unwrap(),
            biasing_long_run(&model, PLANT, &options, &Control::default()).unwrap(),
        ]
        .into_iter()
        .enumerate()
        {
            assert!(!found.verdict.converged, "{:?}", found.verdict);
            if found.relative_error.is_some() {
                continue;
            }
            unseen[i] += 1;
            assert_eq!((found.unavailability.value, found.unavailability.low, found.gain), (None, Some(0.0), None), "{found:?}");
            assert!(found.unavailability.high.unwrap() > [down, long][i]);
            for (estimate, exact) in [(found.outage_probability, first), (found.outages, outages)] {
                assert!(estimate.is_none_or(|estimate| estimate.value.is_none() && holds(&estimate, exact)));
            }
        }
    }
    assert!(unseen[0] > 0 && unseen[1] > 5, "{unseen:?}");
}

/// No repair at all: every failure is forced into the horizon, one after the other. Three of three within an hour:
/// (1 - e^(-1/5000))^3.
#[test]
fn a_mission_without_repair() {
    let model = compiled(
        "
name: mission
start: 2026-01-01
horizon: 1h
services: {system: {replicas: 3}}
failures: {loss: {hits: replica, mttf: 5000h, repair: never}}
",
        None,
    );
    let options = RareOptions { precision: Some(0.02), threads: Some(2), ..Default::default() };
    let found = biasing(&model, 0, &options, &Control::default()).unwrap();
    near("loss", &found.outage_probability.unwrap(), (-f64::exp_m1(-1.0 / 5000.0)).powi(3));
    assert!(found.verdict.converged, "{:?}", found.verdict);
    let refused = biasing_long_run(&model, 0, &options, &Control::default()).unwrap_err();
    assert_eq!(refused.to_string(), "the system does not come back to the state that it starts in within a million events");
}
