//! From a scenario to the files that people and programs read.

#![expect(clippy::unwrap_used, reason = "a test says by a panic what it expected")]

use ninefold::analysis::forecast::{Findings, Input, forecast};
use ninefold::output::{self, ReplicationsWriter, terminal};
use ninefold::run::{Control, Options, simulate};
use ninefold::scenario::{Patches, parse};

/// A shop that grows out of its fleet, with something of everything that a report tells of.
const SHOP: &str = "
name: storefront
about: A web shop over three zones, growing 4 % a month.
start: 2026-01-01
horizon: 1y
timezone: Europe/Berlin
zones: [a, b, c]
traffic:
  shoppers:
    to: web
    rate: {low: 800/s, high: 1000/s}
    growth: 4%/mo
    daily: [0.4, 0.3, 0.3, 0.3, 0.3, 0.4, 0.6, 0.9, 1.1, 1.2, 1.3, 1.3, 1.3, 1.3, 1.3, 1.3, 1.3, 1.4, 1.5, 1.6, 1.6, 1.4, 1.0, 0.6]
services:
  web:
    replicas: 9
    spread: zones
    service_time: {lognormal: {mean: 45ms, cv: 1.2}}
    concurrency: 12
    queue: 100
    cost: 0.34/h
    calls: [{to: catalog, per_request: 2, timeout: 300ms}, {to: checkout, per_request: 0.1}]
  catalog: {replicas: 6, spread: zones, capacity: 1800/s}
  checkout: {replicas: 4, service_time: 120ms, concurrency: 8, calls: [{to: db}]}
  db: {replicas: 2, service_time: 4ms, concurrency: 64}
  archive: {replicas: 1}
failures:
  host crash:
    hits: replica
    of: [web, catalog, checkout, db]
    time_to_failure: {exponential: {mean: {low: 60d, high: 240d}}}
    effect: down
    detection: 30s
    repair: {lognormal: {median: 8m, p95: 40m}}
    common_cause: 5%
  zone outage: {hits: zone, mttf: 2y, effect: down, repair: {lognormal: {median: 90m, p95: 6h}}}
  disk wear: {hits: replica, of: [db], time_to_failure: {weibull: {shape: 2, mean: 3y}}, effect: down, repair: 2h, team: on-call}
  schema change: {hits: service, of: [checkout], mttf: 90d, effect: down, detection: 2m, repair: {lognormal: {median: 20m, p95: 90m}}, team: on-call}
teams:
  on-call: {people: 1, acknowledge: {lognormal: {median: 4m, p95: 20m}}}
objectives:
  shopping works: {service: web, target: 99.9%, counts: requests, window: calendar month, fee: 50000, credits: [{below: 99.9%, credit: 10%}, {below: 99.0%, credit: 25%}]}
  checkout up: {service: checkout, target: 99.9%, counts: time, window: rolling 30d}
";

/// Runs the example and writes everything into `folder`.
fn write(folder: &std::path::Path, replications: u64) -> String {
    let loaded = parse("shop.yaml", SHOP, &Patches::default());
    let loaded = loaded.unwrap_or_else(|error| panic!("{error}"));
    let model = ninefold::model::compile(&loaded).unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
    let options = Options { replications, threads: Some(1), ..Options::default() };
    let names: Vec<String> = model.services.iter().map(|service| service.name.clone()).collect();
    let mut writer = ReplicationsWriter::create(folder, &names).unwrap();
    let mut sink = |rows: &[ninefold::run::Row]| writer.write(rows).map_err(std::io::Error::other);
    let runs = simulate(&model, &options, &Control::default(), Some(&mut sink)).unwrap();
    writer.finish().unwrap();
    let findings = Findings::of(&model, &options, &runs);
    let (summary, report) = forecast(&Input::of(&model, options.seed, &runs, &findings));
    output::write_all(folder, &summary, &report).unwrap();
    terminal::render(&report, terminal::Screen::default())
}

#[test]
fn the_example_is_reported_whole() {
    let folder = tempfile::tempdir().unwrap();
    let screen = write(folder.path(), 16);
    assert!(screen.starts_with("storefront"), "{screen}");
    assert!(!screen.contains("NaN") && !screen.contains('?'), "{screen}");
    for file in ["summary.json", "report.html", "tables/replications.parquet", "tables/services.csv", "tables/timeline.csv"] {
        assert!(folder.path().join(file).is_file(), "{file}");
    }
}
