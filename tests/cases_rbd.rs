//! Reliability block diagrams: components that are never repaired, and what is left of the system at the mission time.
//!
//! A component of reliability R at the mission time T fails at rate -ln R / T. The system's reliability is the share of
//! replications that are up at the horizon, which is T.

mod common;

use common::{HOUR, run};

/// The mission time of every case here, in hours.
const MISSION: f64 = 100.0;

/// Mean life in hours of a component that survives the mission with probability `r`.
fn mean_life(r: f64) -> f64 {
    -MISSION / r.ln()
}

/// A scenario of services `NAME: (definition, R)` whose replicas are never repaired, and of a `system` built on them.
fn blocks(services: &[(&str, &str, f64)], system: &str) -> String {
    let mut text = format!("name: blocks\nstart: 2026-01-01\nhorizon: {MISSION}h\nservices:\n");
    for (name, definition, _) in services {
        text += &format!("  {name}: {definition}\n");
    }
    text += &format!("  system: {{up_when: {system}}}\nfailures:\n");
    for (name, _, r) in services {
        text += &format!("  {name} fails: {{hits: replica, of: [{name}], mttf: {}h, repair: never}}\n", mean_life(*r));
    }
    text
}

fn reliability(services: &[(&str, &str, f64)], system: &str, replications: u64, exact: f64) {
    let text = blocks(services, system);
    let run = run(&text, replications, 1);
    run.service("system", "point_availability").is_availability(exact);
    // Nothing is repaired, so the system is up at the end exactly when it was never down.
    run.service("system", "interval_reliability").is_availability(exact);
}

/// ReliaWiki, "RBDs and Analytical System Reliability", series example: 99.5%, 98.7% and 97.3% for 100 h.
#[test]
fn series_of_three() {
    let services = [("one", "{}", 0.995), ("two", "{}", 0.987), ("three", "{}", 0.973)];
    reliability(&services, "{all: [one, two, three]}", 120_000, 0.955_549_245);
}

/// reliabilityanalytics.com, 2011-09-02, "k-out-of-n configuration": 4 displays, 3 needed, R = 0.9; published 0.9477.
/// "3oo4" means three needed, not three failures tolerated.
#[test]
fn three_out_of_four() {
    reliability(&[("displays", "{replicas: 4, needs: 3}", 0.9)], "{all: [displays]}", 100_000, 0.9477);
}

/// Two out of three (triple modular redundancy), R = 0.9: 3R² - 2R³.
#[test]
fn two_out_of_three() {
    reliability(&[("units", "{replicas: 3, needs: 2}", 0.9)], "{all: [units]}", 180_000, 0.972);
}

/// SchemaTex/SchemaTex, pull request 44: power supply 0.99 in series with two fans of 0.95 in parallel and with two out of
/// three disks of 0.97; published 0.98491.
#[test]
fn server_with_fans_and_disks() {
    let services = [("psu", "{}", 0.99), ("fans", "{replicas: 2, needs: 1}", 0.95), ("disks", "{replicas: 3, needs: 2}", 0.97)];
    reliability(&services, "{all: [psu, fans, disks]}", 330_000, 0.984_912_008_85);
}

/// The bridge network of textbooks, five components of R = 0.9 and minimal paths 12, 34, 154, 352: 2R² + 2R³ - 5R⁴ + 2R⁵.
#[test]
fn bridge() {
    let services = [("c1", "{}", 0.9), ("c2", "{}", 0.9), ("c3", "{}", 0.9), ("c4", "{}", 0.9), ("c5", "{}", 0.9)];
    let paths = "{any: [{all: [c1, c2]}, {all: [c3, c4]}, {all: [c1, c5, c4]}, {all: [c3, c5, c2]}]}";
    reliability(&services, paths, 230_000, 0.978_48);
}

/// Linear consecutive-2-out-of-10:F, q = 0.1: the system fails when two neighbours have failed (exact recursion).
#[test]
fn consecutive_two_out_of_ten() {
    let names: Vec<String> = (1..=10).map(|i| format!("c{i}")).collect();
    let services: Vec<(&str, &str, f64)> = names.iter().map(|name| (name.as_str(), "{}", 0.9)).collect();
    let pairs: Vec<String> = (1..10).map(|i| format!("{{any: [c{i}, c{}]}}", i + 1)).collect();
    reliability(&services, &format!("{{all: [{}]}}", pairs.join(", ")), 70_000, 0.919_747_224);
}

/// Two out of three without repair at 0.001 an hour: the mean time to failure is (1/3 + 1/2)/λ.
#[test]
fn two_out_of_three_mean_life() {
    // Twenty mean lives: a replication without a failure of the system has probability 3e-9.
    let text = "
name: two of three
start: 2026-01-01
horizon: 20000h
services: {units: {replicas: 3, needs: 2}}
failures: {unit fails: {hits: replica, of: [units], mttf: 1000h, repair: never}}
";
    run(text, 20_000, 1).service("units", "time_to_first_outage").times(1.0 / HOUR).is(833.333_333_333_333_3);
}
