//! Availability of repairable units at a time, over an interval and in the long run, also with times that are not
//! exponential.

mod common;

use common::{HOUR, YEAR, run, run_after};

/// One unit that fails at 1e-4 an hour and is repaired at 3e-2 an hour (fiabilipy documentation, `Component`).
fn unit(horizon: &str) -> String {
    format!(
        "
name: one unit
start: 2026-01-01
horizon: {horizon}
services: {{unit: {{}}}}
failures:
  unit fails:
    hits: replica
    mttf: 10000h
    repair: {{exponential: {{mean: {}h}}}}
",
        1.0 / 0.03
    )
}

/// fiabilipy publishes A(1000 h) = 0.996677740863788.
#[test]
fn exponential_unit_at_a_time() {
    run(&unit("1000h"), 1_500_000, 1).service("unit", "point_availability").is_availability(0.996_677_740_863_787_7);
}

/// The mean of A(t) over [0, 100 h] of the same unit.
#[test]
fn exponential_unit_over_an_interval() {
    run(&unit("100h"), 1_000_000, 1).service("unit", "time_availability").is_availability(0.997_727_076_214_655);
}

/// A unit that fails after 100 h on average (exponential) and takes 1 h, always, to repair: the components of AvailSim4
/// 2.2.1's benchmark BM11 (`availsim4core/test/E2E/input/benchmark/BM11_system.xlsx`).
fn fixed_repair(horizon: &str) -> String {
    format!(
        "
name: fixed repair
start: 2026-01-01
horizon: {horizon}
services: {{unit: {{}}}}
failures: {{unit fails: {{hits: replica, mttf: 100h, repair: 1h}}}}
"
    )
}

/// Before the first repair can end: A(0.5) = exp(-0.005).
#[test]
fn fixed_repair_before_the_first_end() {
    run(&fixed_repair("0.5h"), 1_000_000, 1).service("unit", "point_availability").is_availability(0.995_012_479_192_682_3);
}

/// A(5) = Σ [λ(t-j)]^j / j! exp(-λ(t-j)).
#[test]
fn fixed_repair_at_a_time() {
    run(&fixed_repair("5h"), 500_000, 1).service("unit", "point_availability").is_availability(0.990_099_009_900_989);
}

/// In the long run 100/101, whatever the law of the repair.
#[test]
fn fixed_repair_in_the_long_run() {
    let run = run_after(&fixed_repair("10000h"), 1000, 1, 100.0 * HOUR);
    run.service("unit", "time_availability").is_availability(0.990_099_009_900_990_1);
    run.service("unit", "outages_per_year").times(HOUR / YEAR).is(1.0 / 101.0);
    run.service("unit", "mtbf").times(1.0 / HOUR).is(101.0);
}

/// AvailSim4's benchmark BM11: C1 = 1oo2(B1, B2), C2 = 1oo3(B3, B3, B4) with B4 = series(A, A), and C3, in series; all
/// seven components as above, each repaired on its own.
const BM11: &str = "
name: bm11
start: 2026-01-01
horizon: 1000h
services:
  B1: {}
  B2: {}
  B3 left: {}
  B3 right: {}
  A left: {}
  A right: {}
  C3: {}
  system:
    up_when: {all: [{any: [B1, B2]}, {any: [B3 left, B3 right, {all: [A left, A right]}]}, C3]}
failures:
  component fails:
    hits: replica
    of: [B1, B2, B3 left, B3 right, A left, A right, C3]
    mttf: 100h
    repair: 1h
";

/// Over [0, 1000 h] with all up at the start, by quadrature; AvailSim4's own 100 runs gave 0.99024.
#[test]
fn bm11_over_an_interval() {
    run(BM11, 10_000, 1).service("system", "time_availability").is_availability(0.990_005_005_429_010_7);
}

#[test]
fn bm11_in_the_long_run() {
    run_after(BM11, 10_000, 1, 100.0 * HOUR).service("system", "time_availability").is_availability(0.990_000_038_627_641_5);
}

/// AvailSim4's convergence test: one unit of mean life 1, never repaired, over a time of 1. It has failed by the end with
/// probability 1 - 1/e, and has been down a fraction 1/e of the time on average (AvailSim4's 100,000 runs gave 0.368231).
#[test]
fn one_life_without_repair() {
    let text = "
name: convergence
start: 2026-01-01
horizon: 1h
services: {unit: {}}
failures: {unit fails: {hits: replica, mttf: 1h, repair: never}}
";
    let run = run(text, 50_000, 1);
    run.service("unit", "point_availability").from(1.0).is(0.632_120_558_828_557_7);
    run.service("unit", "time_availability").from(1.0).is((-1.0_f64).exp());
}

// Composite service levels: dependencies that are known by their SLA alone.

/// A service built of external dependencies `(NAME, availability)`, with outages of one hour on average.
fn composite(externals: &[(&str, f64)], up_when: &str, horizon: &str) -> String {
    let mut text = format!("name: composite\nstart: 2026-01-01\nhorizon: {horizon}\nservices:\n");
    for (name, availability) in externals {
        text += &format!("  {name}: {{external: {{availability: {availability}, outage: 1h}}}}\n");
    }
    text + &format!("  system: {{up_when: {up_when}}}\n")
}

/// Microsoft, "Composite SLAs": a web app of 99.95% on a database of 99.99%; published as 99.94%.
#[test]
fn web_app_on_a_database() {
    let text = composite(&[("web", 0.9995), ("sql", 0.9999)], "{all: [web, sql]}", "10y");
    run(&text, 3000, 1).service("system", "time_availability").is_availability(0.999_400_05);
}

/// The same through a needed call in place of `up_when`: a service is down while a callee that it needs is.
#[test]
fn web_app_that_calls_its_database() {
    let text = "
name: composite
start: 2026-01-01
horizon: 10y
services:
  web: {calls: [{to: host}, {to: sql}]}
  host: {external: {availability: 99.95%, outage: 1h}}
  sql: {external: {availability: 99.99%, outage: 1h}}
";
    run(text, 3000, 1).service("web", "time_availability").is_availability(0.999_400_05);
}

/// The same page: the database or a queue of 99.9% beside it; published as 99.99999%. Both are down for half an hour in
/// 570 years: plain simulation needs millions of years to see it, so this case is held to 10%.
#[test]
fn database_or_queue() {
    let text = composite(&[("sql", 0.9999), ("queue", 0.999)], "{any: [sql, queue]}", "100y");
    run(&text, 12_000, 1).service("system", "time_availability").from(1.0).agrees(1e-7, 0.10);
}

/// The same page: the web app with the database or the queue; published as about 99.95%.
#[test]
fn web_app_with_a_fallback() {
    let text = composite(&[("web", 0.9995), ("sql", 0.9999), ("queue", 0.999)], "{all: [web, {any: [sql, queue]}]}", "10y");
    run(&text, 3000, 1).service("system", "time_availability").is_availability(0.999_499_900_05);
}

/// jtprogru/The-Way-of-SRE, pull request 67: a balancer, machines, a database and a store in series; published 99.83%.
#[test]
fn four_in_series() {
    let text = composite(
        &[("balancer", 0.9999), ("machines", 0.9999), ("database", 0.9995), ("store", 0.999)],
        "{all: [balancer, machines, database, store]}",
        "10y",
    );
    run(&text, 1500, 1).service("system", "time_availability").is_availability(0.998_300_809_885_005);
}

/// Two independent instances of 99.5%: the often quoted 99.9975%.
#[test]
fn two_instances_side_by_side() {
    let text = composite(&[("one", 0.995), ("two", 0.995)], "{any: [one, two]}", "10y");
    run(&text, 6000, 1).service("system", "time_availability").is_availability(0.999_975);
}

/// Treynor, Dahlin, Rau, Beyer: The Calculus of Service Availability, ACM Queue 2017, the rule of the extra nine: ten
/// dependencies of 99.999% leave four nines.
#[test]
fn ten_dependencies_of_five_nines() {
    let names = ["d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7", "d8", "d9"];
    let externals: Vec<(&str, f64)> = names.iter().map(|name| (*name, 0.99999)).collect();
    let text = composite(&externals, &format!("{{all: [{}]}}", names.join(", ")), "20y");
    run(&text, 2000, 1).service("system", "time_availability").is_availability(0.999_900_004_499_880_5);
}
