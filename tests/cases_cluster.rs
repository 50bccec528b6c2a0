//! The workstation cluster of Haverkort, Hermanns and Katoen ("On the use of model checking techniques for dependability
//! evaluation", SRDS 2000; `cluster.sm` of the PRISM benchmark suite), by plain simulation: one repair unit that looks at all
//! kinds of failed parts at once and repairs what it looked at first.

mod common;

use common::{HOUR, Run, YEAR, run, run_after};

/// `n` workstations in each of two halves; `minimum` takes three quarters of `n`, `premium` all `n`.
fn cluster(n: u32, horizon: &str) -> String {
    let text = format!(
        "
name: workstation cluster
start: 2026-01-01
horizon: {horizon}
services:
  left: {{replicas: {n}}}
  right: {{replicas: {n}}}
  left switch: {{}}
  right switch: {{}}
  backbone: {{}}
teams:
  repair unit: {{people: 1, selection: {{race: 6m}}}}
failures:
  workstation: {{hits: replica, of: [left, right], mttf: 500h, repair: {{exponential: {{mean: 30m}}}}, team: repair unit}}
  switch: {{hits: replica, of: [left switch, right switch], mttf: 4000h, repair: {{exponential: {{mean: 4h}}}}, team: repair unit}}
  cable: {{hits: replica, of: [backbone], mttf: 5000h, repair: {{exponential: {{mean: 8h}}}}, team: repair unit}}
"
    );
    let mut more = String::new();
    for (name, k) in [("minimum", n * 3 / 4), ("premium", n)] {
        more += &format!(
            "  {name}:
    up_when:
      any:
        - all: [{{at_least: {k}, of: [left]}}, left switch]
        - all: [{{at_least: {k}, of: [right]}}, right switch]
        - all: [{{at_least: {k}, of: [left, right]}}, left switch, right switch, backbone]
"
        );
    }
    text.replace("teams:\n", &format!("{more}teams:\n"))
}

/// Long-run figures of the chain, in hours.
struct Exact {
    n: u32,
    /// Percent of the workstations that work.
    percent: f64,
    repairs: f64,
    premium: f64,
    premium_frequency: f64,
    minimum: f64,
    minimum_frequency: f64,
    minimum_down: f64,
    busy: f64,
    waiting: f64,
}

/// Failures that were repaired, an hour.
fn repairs(run: &Run, hours: f64) -> f64 {
    run.runs().failures.iter().map(|failure| failure.duration.mean(1)).sum::<f64>() / hours
}

fn long_run(exact: &Exact) {
    let hours = 1e6;
    let run = run_after(&cluster(exact.n, "1000000h"), 1_000, 1, 1000.0 * HOUR);
    let each = 100.0 / f64::from(exact.n);
    let halves = ["left", "right"].map(|half| run.service(half, "replicas").from(f64::from(exact.n)).times(each));
    for half in halves {
        half.agrees(100.0 - exact.percent, 0.005);
    }
    // Counts with a variance like their mean, in a thousand replications.
    let error = 1.0 / (exact.repairs * hours * 1000.0).sqrt();
    let repaired = repairs(&run, hours);
    assert!((repaired / exact.repairs - 1.0).abs() < 3.3 * error, "{repaired}");
    run.service("premium", "time_availability").is_availability(exact.premium);
    run.service("premium", "outages_per_year").times(HOUR / YEAR).agrees(exact.premium_frequency, 0.03);
    // Rare for plain simulation: some six hundred outages.
    run.service("minimum", "time_availability").from(1.0).agrees(1.0 - exact.minimum, 0.15);
    run.service("minimum", "outages_per_year").times(HOUR / YEAR).agrees(exact.minimum_frequency, 0.1);
    run.service("minimum", "mttr").times(1.0 / HOUR).agrees(exact.minimum_down, 0.12);
    run.service("minimum", "mtbf").times(1.0 / HOUR).agrees(1.0 / exact.minimum_frequency, 0.1);
    run.estimate("teams", "repair unit", "busy").agrees(exact.busy, 0.005);
    run.estimate("teams", "repair unit", "waiting").agrees(exact.waiting, 0.005);
}

/// Published by PRISM and Storm (QVBS, `cluster`); frequencies, busy and waiting solved here from the same chain of 276
/// states, whose other figures agree to ten digits.
#[test]
fn two_workstations_a_side() {
    long_run(&Exact {
        n: 2,
        percent: 99.875_589_346_204,
        repairs: 0.008_689_208_836_714_464,
        premium: 0.999_961_533_562_363_3,
        premium_frequency: 1.024_902_292_345_28e-5,
        minimum: 0.999_997_660_176_635_6,
        minimum_frequency: 5.815_384_285_163_936e-7,
        minimum_down: 4.023_506_014_181_243,
        busy: 0.007_590_374_727_309_91,
        waiting: 0.001_063_196_004_670_21,
    });
}

/// `premium` is published; the rest is solved from the same chain of 820 states.
#[test]
fn four_workstations_a_side() {
    long_run(&Exact {
        n: 4,
        percent: 99.875_078_208_227_1,
        repairs: 0.016_679_173_792_688_2,
        premium: 0.999_921_240_851_379_3,
        premium_frequency: 2.024_655_202_186_37e-5,
        minimum: 1.0 - 3.701_129_862_61e-6,
        minimum_frequency: 9.162_336_515_412_09e-7,
        minimum_down: 4.039_504_395_4,
        busy: 0.011_585_355_378_543_5,
        waiting: 0.002_087_269_375_130_94,
    });
}

/// The first hundred hours from new: percent of the workstations that work at their end, and repairs until then.
#[test]
fn a_hundred_hours_from_new() {
    let counts = [1, 2, 3, 4].map(|k| format!("  at least {k}: {{up_when: {{at_least: {k}, of: [left, right]}}}}\n")).concat();
    let text = cluster(2, "100h").replace("teams:\n", &format!("{counts}teams:\n"));
    let run = run(&text, 400_000, 1);
    let counts = [1, 2, 3, 4].map(|k| run.service(&format!("at least {k}"), "point_availability").from(1.0));
    let (down, error) = counts.iter().fold((0.0, 0.0), |sum, e| (sum.0 + e.value, sum.1 + e.standard_error()));
    let exact = (100.0 - 99.875_589_476_693_38) / 25.0;
    assert!(error < 0.03 * exact && (down - exact).abs() < 3.3 * error, "{down} ± {error} against {exact}");
    // Repairs are a sum over replications of counts with a variance like their mean.
    let repaired = repairs(&run, 1.0);
    assert!((repaired - 0.860_281_505_796_720_4).abs() < 3.3 * (0.86_f64 / 400_000.0).sqrt() * 1.05, "{repaired}");
}
