//! The same scenario and seed give the same results: on any number of threads, in every file, for each replication alone,
//! beside any other component, and up to wherever a run was stopped.

#![allow(clippy::expect_used, reason = "a test says by a panic what it expected")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::Ordering;

use common::{HOUR, compiled, simulate_rows};
use ninefold::model::Model;
use ninefold::run::{Control, Options, Row, timeline};

/// Two services that share nothing, with a policy for the one and one for the other, and an uncertain number.
const TEXT: &str = "
name: two services
start: 2026-01-01
horizon: 1y
zones: [a, b]
traffic:
  users: {to: web, rate: 100/s, growth: 2%/mo}
services:
  web: {replicas: 4, spread: zones, needs: 3, capacity: 60/s}
  batch: {replicas: 2}
failures:
  web crash: {hits: replica, of: [web], time_to_failure: {weibull: {shape: 1.5, mean: 60d}}, detection: 30s, repair: {lognormal: {median: 20m, p95: 3h}}}
  zone outage: {hits: zone, mttf: {low: 100d, high: 400d}, repair: {exponential: {mean: 1h}}}
  batch crash: {hits: replica, of: [batch], mttf: 20d, common_cause: 5%, repair: {erlang: {k: 2, mean: 3h}}, team: people}
teams:
  people: {people: 1, acknowledge: {exponential: {mean: 10m}}}
objectives:
  web works: {service: web, target: 99.9%, counts: requests, window: calendar month}
policies:
  more people: {set: {teams.people.people: 2}}
  quicker batch: {set: {failures.batch crash.repair: 1h}}
";

/// The same with one more service and a failure of its own, before all others.
fn with_another() -> String {
    TEXT.replace("services:\n", "services:\n  another: {}\n").replace(
        "failures:\n",
        "failures:\n  another crash: {hits: replica, of: [another], mttf: 30d, repair: {exponential: {mean: 2h}}}\n",
    )
}

fn options(replications: u64) -> Options {
    Options { seed: 7, replications, threads: Some(2), ..Default::default() }
}

fn rows(model: &Model, replications: u64) -> Vec<Row> {
    simulate_rows(model, &options(replications), &Control::default(), |_| ()).1
}

/// The rows of one service, without the index that it has in its model.
fn of(model: &Model, rows: &[Row], name: &str) -> Vec<Row> {
    let at = model.services.iter().position(|service| service.name == name).unwrap_or_else(|| panic!("no service {name}"));
    rows.iter().filter(|row| row.service as usize == at).map(|row| Row { service: 0, ..*row }).collect()
}

/// Equal to the last bit: numbers are printed so that they read back as themselves.
fn same(what: &str, a: &[Row], b: &[Row]) {
    assert_eq!(a.len(), b.len(), "{what}");
    for (a, b) in a.iter().zip(b) {
        assert_eq!(format!("{a:?}"), format!("{b:?}"), "{what}");
    }
}

fn ninefold(scenario: &Path, out: &Path, more: &[&str]) {
    let status = Command::new(env!("CARGO_BIN_EXE_ninefold"))
        .args(["run", "--quiet", "--out"])
        .args([out, scenario])
        .args(more)
        .status()
        .expect("the program starts");
    assert!(status.success(), "{more:?}: {status}");
}

/// Every file below a folder, by its path there. The time that a run took is taken out of the summary.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).expect("below the folder").display().to_string();
            let mut bytes = fs::read(&path).expect("a file");
            if name == "summary.json" {
                let mut summary: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
                summary["wall_seconds"] = serde_json::Value::Null;
                bytes = summary.to_string().into_bytes();
            }
            found.insert(name, bytes);
        }
    }
    found
}

#[test]
fn every_file_is_the_same_on_any_number_of_threads() {
    let folder = tempfile::tempdir().expect("a folder");
    let scenario = folder.path().join("two.yaml");
    fs::write(&scenario, TEXT).expect("the scenario is written");
    let written = |threads: &str, seed: &str| {
        let out = folder.path().join(format!("{threads}-{seed}"));
        ninefold(&scenario, &out, &["--replications", "700", "--threads", threads, "--seed", seed]);
        files(&out)
    };
    let one = written("1", "7");
    for name in ["summary.json", "report.html", "tables/replications.csv", "tables/replications.parquet"] {
        assert!(one.contains_key(name), "{name} is missing among {:?}", one.keys());
    }
    for threads in ["2", "3"] {
        let more = written(threads, "7");
        assert_eq!(one.keys().collect::<Vec<_>>(), more.keys().collect::<Vec<_>>(), "{threads} threads");
        for (name, bytes) in &one {
            assert!(more[name] == *bytes, "{name} differs on {threads} threads");
        }
    }
    assert_ne!(one["tables/replications.csv"], written("1", "8")["tables/replications.csv"], "the seed changes nothing");
}

/// A replication run alone, out of any order, tells the history that the rows of all of them sum up.
#[test]
fn a_replication_is_reached_alone() {
    let model = compiled(TEXT, None);
    let rows = rows(&model, 300);
    for replication in [299, 0, 64, 63, 178] {
        let alone = timeline(&model, 7, 0.0, replication);
        for row in rows.iter().filter(|row| row.replication == replication) {
            let outages = || alone.outages.iter().filter(|outage| outage.service == row.service);
            let down: f64 = outages().map(|outage| outage.ended.unwrap_or(model.horizon) - outage.began).sum();
            assert_eq!(outages().count() as u64, row.outages, "{row:?}");
            assert_eq!(outages().next().map(|outage| outage.began), row.first_outage_seconds, "{row:?}");
            assert!((down - row.down_seconds).abs() <= 1e-6 * down.max(1.0), "{down}: {row:?}");
        }
    }
    assert!(rows.iter().any(|row| row.outages > 1), "nothing happens here");
}

#[test]
fn another_service_leaves_the_draws_of_others_alone() {
    let (alone, beside) = (compiled(TEXT, None), compiled(&with_another(), None));
    let (rows_alone, rows_beside) = (rows(&alone, 500), rows(&beside, 500));
    for name in ["web", "batch"] {
        same(name, &of(&alone, &rows_alone, name), &of(&beside, &rows_beside, name));
    }
    assert!(of(&beside, &rows_beside, "another").iter().any(|row| row.outages > 0));
}

#[test]
fn a_policy_leaves_the_draws_of_others_alone() {
    let plain = compiled(TEXT, None);
    let base = rows(&plain, 500);
    for policy in ["more people", "quicker batch"] {
        let model = compiled(TEXT, Some(policy));
        let changed = rows(&model, 500);
        same(policy, &of(&plain, &base, "web"), &of(&model, &changed, "web"));
        let (before, after) = (of(&plain, &base, "batch"), of(&model, &changed, "batch"));
        assert!(before.iter().zip(&after).any(|(a, b)| a.down_seconds != b.down_seconds), "{policy} changes nothing");
        // What the policy changes shares its beginning with what it was: the pairs of a comparison differ by the policy.
        for replication in 0..50 {
            let first = |model: &Model| {
                let mut first = BTreeMap::new();
                for incident in timeline(model, 7, 0.0, replication).incidents {
                    let began = first.entry(incident.thing).or_insert(incident.began);
                    *began = incident.began.min(*began);
                }
                first
            };
            assert_eq!(first(&plain), first(&model), "{policy}, replication {replication}");
        }
    }
}

/// A component's n-th life is the same whatever its repairs: with an hour more each, the n-th failure is n hours later.
#[test]
fn lives_are_the_same_under_other_repairs() {
    let unit = |repair: &str| {
        let text = format!(
            "
name: one unit
start: 2026-01-01
horizon: 1y
services: {{unit: {{}}}}
failures: {{unit fails: {{hits: replica, time_to_failure: {{gamma: {{mean: 20d, cv: 0.7}}}}, repair: {repair}}}}}
"
        );
        compiled(&text, None)
    };
    let (short, long) = (unit("1h"), unit("2h"));
    for replication in 0..20 {
        let [short, long] = [&short, &long].map(|model| timeline(model, 3, 0.0, replication).outages);
        assert!(long.len() > 5, "nothing happens here");
        for (n, (a, b)) in short.iter().zip(&long).enumerate() {
            assert!((b.began - a.began - n as f64 * HOUR).abs() < 1e-3, "replication {replication}, failure {n}: {a:?} {b:?}");
        }
    }
}

/// What is there when a run is stopped is what a shorter run would have given.
fn is_a_prefix(model: &Model, stopped: (common::Run, Vec<Row>), least: u64) {
    let (run, found) = stopped;
    let done = run.runs().replications;
    assert!(run.runs().interrupted && done >= least && done < 100_000_000, "{done} replications");
    assert_eq!(found.len() as u64, done * model.services.len() as u64);
    let (shorter, rows) = simulate_rows(model, &options(done), &Control::default(), |_| ());
    same("rows", &found, &rows);
    let (mut stopped, whole) = (run.results(), shorter.results());
    assert_eq!(stopped["interrupted"], serde_json::Value::Bool(true));
    stopped["interrupted"] = whole["interrupted"].clone();
    assert_eq!(stopped, whole);
}

#[test]
fn a_run_stopped_between_blocks_is_a_shorter_run() {
    let model = compiled(TEXT, None);
    let control = Control::default();
    let stopped = simulate_rows(&model, &options(100_000_000), &control, |rows| {
        if rows.iter().any(|row| row.replication >= 1_000) {
            control.stop.store(true, Ordering::Relaxed);
        }
    });
    is_a_prefix(&model, stopped, 1_000);
}

/// From another thread, most likely amid some blocks: those done in part give what they have, and none after them counts.
#[test]
fn a_run_stopped_amid_blocks_is_a_shorter_run() {
    let model = compiled(TEXT, None);
    for wait in [100, 333, 1_000, 1_501] {
        let control = Control::default();
        let stopped = std::thread::scope(|scope| {
            scope.spawn(|| {
                while control.done.load(Ordering::Relaxed) < wait {
                    std::hint::spin_loop();
                }
                control.stop.store(true, Ordering::Relaxed);
            });
            simulate_rows(&model, &options(100_000_000), &control, |_| ())
        });
        is_a_prefix(&model, stopped, 0);
    }
}

/// Memory at its highest, in kB, of a run of the program; the last reading before it ended.
#[cfg(target_os = "linux")]
fn peak(scenario: &Path, out: &Path, replications: &str) -> u64 {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ninefold"))
        .args(["run", "--quiet", "--threads", "2", "--replications", replications, "--out"])
        .args([out, scenario])
        .spawn()
        .expect("the program starts");
    let mut highest = 0;
    loop {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix("kB")).and_then(|number| number.trim().parse().ok());
        highest = highest.max(kilobytes.unwrap_or(0));
        if let Some(status) = child.try_wait().expect("the program is watched") {
            assert!(status.success(), "{status}");
            return highest;
        }
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
}

/// Ten times the replications: 630,000 more rows of 80 bytes would be 50 MB, were they kept.
#[test]
#[cfg(target_os = "linux")]
fn memory_does_not_grow_with_replications() {
    let folder = tempfile::tempdir().expect("a folder");
    let scenario = folder.path().join("small.yaml");
    let text = "
name: small
start: 2026-01-01
horizon: 30d
services: {unit: {}}
failures: {unit fails: {hits: replica, mttf: 10d, repair: {exponential: {mean: 1h}}}}
objectives:
  promise: {service: unit, target: 99.9%, counts: time, window: rolling 7d}
";
    fs::write(&scenario, text).expect("the scenario is written");
    // A table's batch is 65,536 rows: both runs fill at least one.
    let [few, many] = ["70000", "700000"].map(|count| peak(&scenario, &folder.path().join(count), count));
    println!("at most {few} kB with 70,000 replications, {many} kB with 700,000");
    assert!(few > 1_000 && many < few + 20_000, "{few} kB with 70,000 replications, {many} kB with 700,000");
}
