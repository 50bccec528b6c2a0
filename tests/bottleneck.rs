//! `ninefold analysis bottleneck-detect`: the command's promises. What it finds is tested in `src/analysis/bottleneck/tests.rs`.

#![expect(clippy::unwrap_used, reason = "a test says by a panic what it expected")]

use std::process::{Command, Output};

use serde_json::Value;

const SHOP: &str = "
ninefold: 1
name: shop
start: 2026-01-01
horizon: 2m
traffic: {people: {to: web, rate: 100/s}}
services:
  web: {replicas: 2, concurrency: 8, service_time: 20ms, calls: [{to: db, per_request: 2, timeout: 1s}]}
  db: {service_time: {exponential: {mean: 4ms}}}
objectives: {buying: {service: web, target: 99%, counts: requests, window: rolling 1m}}
";

fn detect(folder: &std::path::Path, more: &[&str]) -> Output {
    let file = folder.join("shop.yaml");
    std::fs::write(&file, SHOP).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_ninefold"));
    command.args(["analysis", "bottleneck-detect", file.to_str().unwrap(), "--replications", "2"]);
    command.args(["--out", folder.join("out").to_str().unwrap()]).args(more).output().unwrap()
}

#[test]
fn json_is_all_that_is_printed_and_the_same_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let read = |more: &[&str]| -> Value {
        let done = detect(folder.path(), more);
        assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
        assert!(done.stderr.is_empty(), "{}", String::from_utf8_lossy(&done.stderr));
        let mut json: Value = serde_json::from_slice(&done.stdout).unwrap();
        json.as_object_mut().unwrap().remove("wall_seconds");
        json
    };
    let json = read(&["--json"]);
    assert_eq!(json["schema"], "ninefold/bottleneck/1");
    assert_eq!((&json["first"], &json["cause"]), (&Value::from("db"), &Value::from("db")));
    assert_eq!(json["breaking"]["promises"][0]["objective"], "buying");
    let out = folder.path().join("out");
    for file in ["summary.json", "report.html", "tables/saturation.csv", "tables/load-search.parquet", "charts/utilization.svg"] {
        assert!(out.join(file).is_file(), "{file}");
    }
    assert_eq!(json, read(&["--json", "--threads", "1"]));
}

#[test]
fn what_is_asked_wrongly_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let unknown = detect(folder.path(), &["--system", "bd"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("did you mean `db`?"), "{unknown:?}");
    assert_eq!(detect(folder.path(), &["--precision", "1%"]).status.code(), Some(2));
}
