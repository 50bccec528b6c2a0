//! A whole small system against an independent simulation of it, tests/reference/rota.py (SimPy), whose figures stand
//! here: `python tests/reference/rota.py 30000`, seeds 0 to 29,999.

mod common;

use common::{HOUR, YEAR, run};

/// Replicas that crash and wear out (their clocks stand still for each other), zones, bugs of a whole service, and one
/// person on call for all of it, who takes services first, then zones, then replicas.
const SHOP: &str = "
name: shop
start: 2026-01-01
horizon: 2000h
zones: [a, b]
services:
  web: {replicas: 4, needs: 3, spread: zones}
  db: {replicas: 2}
  shop: {up_when: {all: [web, db]}}
teams: {on-call: {people: 1, acknowledge: {exponential: {mean: 10m}}}}
failures:
  crash:
    hits: replica
    of: [web, db]
    time_to_failure: {weibull: {shape: 1.5, mean: 200h}}
    detection: 15m
    repair: {lognormal: {median: 2h, p95: 8h}}
    team: on-call
  wear: {hits: replica, of: [db], time_to_failure: {gamma: {mean: 400h, cv: 0.5}}, repair: 6h, team: on-call}
  zone: {hits: zone, mttf: 1500h, detection: 5m, repair: {exponential: {mean: 3h}}, team: on-call}
  bug: {hits: service, of: [db], mttf: 1000h, repair: {uniform: {low: 1h, high: 3h}}, team: on-call}
";

/// (kind, name, measure, factor from our unit to the reference's, value, standard error).
const FIGURES: &[(&str, &str, &str, f64, f64, f64)] = &[
    ("services", "web", "downtime_per_year", 1.0 / YEAR, 0.00769599, 3.1e-05),
    ("services", "web", "outages_per_year", HOUR / YEAR, 0.00224515, 6.1e-06),
    ("services", "web", "longest_outage", 1.0 / HOUR, 7.23472, 0.031),
    ("services", "web", "mttr", 1.0 / HOUR, 3.4265, 0.01),
    ("services", "db", "downtime_per_year", 1.0 / YEAR, 0.00391818, 1.7e-05),
    ("services", "db", "outages_per_year", HOUR / YEAR, 0.00142975, 4.8e-06),
    ("services", "db", "longest_outage", 1.0 / HOUR, 3.91684, 0.019),
    ("services", "db", "mttr", 1.0 / HOUR, 2.74078, 0.0078),
    ("services", "db", "interval_reliability", 1.0, 0.0567333, 0.0013),
    ("services", "shop", "downtime_per_year", 1.0 / YEAR, 0.0115262, 3.5e-05),
    ("services", "shop", "outages_per_year", HOUR / YEAR, 0.00364997, 7.7e-06),
    ("services", "shop", "longest_outage", 1.0 / HOUR, 8.00406, 0.031),
    ("services", "shop", "mttr", 1.0 / HOUR, 3.1573, 0.007),
    ("teams", "on-call", "busy", 1.0, 0.119944, 8.4e-05),
    ("teams", "on-call", "wait", 1.0 / HOUR, 0.324416, 0.0013),
    ("failures", "crash", "count_per_year", HOUR / YEAR, 0.0285529, 1.5e-05),
    ("failures", "wear", "count_per_year", HOUR / YEAR, 0.00448055, 4.6e-06),
    ("failures", "zone", "count_per_year", HOUR / YEAR, 0.00133375, 4.7e-06),
    ("failures", "bug", "count_per_year", HOUR / YEAR, 0.000999033, 4.1e-06),
];

#[test]
fn a_whole_system_agrees_with_an_independent_simulation() {
    let run = run(SHOP, 30_000, 1);
    for &(kind, name, measure, factor, exact, error) in FIGURES {
        let ours = run.estimate(kind, name, measure).times(factor);
        let standard = ours.standard_error().hypot(error);
        let off = (ours.value - exact) / standard;
        assert!(standard < 0.04 * exact, "{kind}.{name}.{measure}: not precise: {} ± {standard} against {exact}", ours.value);
        assert!(off.abs() < 3.5, "{kind}.{name}.{measure}: {} against {exact}, {off:.1} standard errors", ours.value);
    }
}
