//! The program against files and circumstances that nobody wants: it answers clearly, soon, and within bounds.
//!
//! The library's answers to hostile text are tested in `language.rs`. Here it is the program itself: its exit code, the
//! time it takes and the memory at its peak.

#![allow(clippy::unwrap_used, reason = "tests say what they expect by panicking")]

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

const BASE: &str = "name: t
start: 2026-01-01
horizon: 1y
services: {web: {replicas: 2}}
failures: {crash: {hits: replica, mttf: 60d, repair: 10m}}
objectives: {up: {service: web, target: 99.9%, counts: time, window: rolling 1d}}
";

/// A second is promised of a release build; one of the tests, on a machine that has other work, gets more.
const SOON: Duration = Duration::from_secs(if cfg!(debug_assertions) { 10 } else { 1 });
/// Megabytes.
const LITTLE: u64 = 200;

struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
    took: Duration,
    /// Megabytes at the peak; 0 where the system does not tell.
    peak: u64,
}

/// Runs the program in `folder`, interrupting it after each of `interrupts`.
fn ninefold(folder: &Path, arguments: &[&str], input: &str, interrupts: &[Duration]) -> Ended {
    let began = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_ninefold"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Whoever refuses a command line does not read its input.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let (mut stdout, mut stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let read = |stream: &mut dyn Read| {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    let out = std::thread::spawn(move || read(&mut stdout));
    let err = std::thread::spawn(move || read(&mut stderr));
    let status = format!("/proc/{}/status", child.id());
    let (mut peak, mut sent) = (0, 0);
    let code = loop {
        let line = std::fs::read_to_string(&status).unwrap_or_default();
        let kilobytes = line.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix("kB")?.trim().parse().ok());
        peak = peak.max(kilobytes.unwrap_or(0) / 1024);
        if let Some(status) = child.try_wait().unwrap() {
            break status.code();
        }
        if interrupts.get(sent).is_some_and(|after| began.elapsed() > *after) {
            Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
            sent += 1;
        }
        assert!(began.elapsed() < Duration::from_mins(2), "{arguments:?} hangs: {:?}", child.kill());
        std::thread::sleep(Duration::from_millis(2));
    };
    Ended { code, out: out.join().unwrap(), err: err.join().unwrap(), took: began.elapsed(), peak }
}

/// Runs a scenario and expects a refusal that says `says`.
fn refused(code: i32, text: &str, flags: &[&str], says: &str) {
    let folder = TempDir::new().unwrap();
    let ended = ninefold(folder.path(), &[&["run", "-"], flags].concat(), text, &[]);
    assert_eq!(ended.code, Some(code), "{says}: {}", ended.err);
    assert!(ended.err.contains(says), "{says}: {}", ended.err);
    assert!(!ended.err.contains("panicked"), "{}", ended.err);
    assert_eq!(ended.out, "");
    assert!(ended.took < SOON, "{says} took {:?}", ended.took);
    assert!(ended.peak < LITTLE, "{says} took {} MB", ended.peak);
    assert!(!folder.path().join("notebooks-output").exists(), "{says}: something is written");
}

#[test]
fn what_would_never_end_is_refused_with_numbers() {
    let constant = "--set=failures.crash={hits: replica, time_to_failure: {constant: 1ms}, repair: 0s}";
    refused(2, BASE, &["--set=failures.crash.mttf=0s"], "at least 1ms");
    refused(2, BASE, &["--set=failures.crash.mttf=1ms", "--set=failures.crash.repair=0s"], "about 6.3e10 failures");
    refused(2, BASE, &[constant], "about 6.3e10 failures");
    refused(2, BASE, &["--set=failures.crash.mttf=1s", "--set=failures.crash.repair=0s", "--horizon=1000y"], "failures");
    let tail = "--set=failures.crash={hits: replica, time_to_failure: {lognormal: {mean: 1h, cv: 1e9}}, repair: 0s}";
    refused(2, BASE, &[tail, "--horizon=1000y"], "failures of this kind");
    for (life, after) in [
        ("{constant: 10h}", "old"),
        ("{weibull: {shape: 9, scale: 1d}}", "old"),
        ("{uniform: {low: 0h, high: 9h}}", "{younger: 0%}"),
    ] {
        let old = format!("--set=failures.crash={{hits: replica, time_to_failure: {life}, repair: 0s, after_repair: {after}}}");
        refused(2, BASE, &[&old], "failures of this kind");
    }
    refused(2, BASE, &["--set=services.web.replicas=1000000000000"], "whole number");
    refused(2, BASE, &["--set=failures.crash.mttf=.nan"], "duration");
    refused(2, BASE, &["--set=failures.crash.mttf=-1d"], "negative");
    refused(2, BASE, &["--threads=4096"], "1 to 1024 threads");
    let hourly = format!("{BASE}traffic: {{t: {{to: web, rate: 1/s, daily: [{}]}}}}\n", ["1, 2"; 12].join(", "));
    let hourly = hourly.replace("replicas: 2", "replicas: 2, capacity: 10/s");
    refused(2, &hourly, &["--horizon=1000y"], "pieces of demand");
}

#[test]
fn calls_that_fan_out_again_and_again_are_refused() {
    let service = |n: usize| format!("  s{n}: {{calls: [{{to: s{}}}, {{to: s{}}}, {{to: s{}}}]}}\n", n + 1, n + 2, n + 3);
    let services: String = (0..500).map(service).collect();
    let text = format!(
        "name: t\nstart: 2026-01-01\nhorizon: 1y\nservices:\n{services}  s500: {{}}\n  s501: {{}}\n  s502: {{}}\ntraffic: {{t: {{to: s0, rate: 1/s}}}}\n"
    );
    refused(2, &text, &[], "one request from outside leads to");
    let many: String = (0..100_000).map(|n| format!("  s{n}: {{}}\n")).collect::<Vec<String>>().concat();
    refused(2, &format!("name: t\nstart: 2026-01-01\nhorizon: 1y\nservices:\n{many}"), &[], "more than 200000 values");
}

#[test]
fn results_stay_where_they_belong() {
    for name in ["../../etc", "/tmp/evil", ".", "..", "a/b", "a\\b"] {
        refused(2, &BASE.replace("name: t", &format!("name: '{name}'")), &[], "names are made of letters");
    }
    refused(2, &format!("{BASE}policies: {{../p: {{set: {{horizon: 1y}}}}}}\n"), &["--policy=../p"], "names are made of letters");
    let folder = TempDir::new().unwrap();
    for name in ["Grüße 店", "-rf", "with space"] {
        let text = BASE.replace("name: t", &format!("name: {name}"));
        let ended = ninefold(folder.path(), &["run", "-", "--quiet", "--replications=64"], &text, &[]);
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        assert!(folder.path().join("notebooks-output").join(name).join("report.html").is_file());
    }
}

#[test]
fn folders_that_cannot_be_written_are_named() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "x").unwrap();
    refused(3, BASE, &["--out", file.to_str().unwrap()], "--out");
    refused(3, BASE, &["--out", file.join("below").to_str().unwrap()], "--out");
    if Path::new("/proc/self").exists() {
        refused(3, BASE, &["--out=/proc/ninefold"], "/proc/ninefold");
    }
}

#[test]
fn what_fails_each_second_is_told_in_part() {
    let folder = TempDir::new().unwrap();
    let flags = ["--set=failures.crash.mttf=1m", "--set=failures.crash.repair=1m", "--replications=2", "--horizon=60d"];
    let ended = ninefold(folder.path(), &[&["run", "-", "--quiet", "--out=o"], &flags[..]].concat(), BASE, &[]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.peak < LITTLE, "{} MB", ended.peak);
    let report = std::fs::read_to_string(folder.path().join("o/report.html")).unwrap();
    assert!(report.contains("10,000 failures") && report.contains("It is told only until"));
    let table = std::fs::metadata(folder.path().join("o/tables/timeline.csv")).unwrap();
    assert!(table.len() < 20_000_000, "{} bytes", table.len());
}

#[cfg(unix)]
mod interrupted {
    use super::*;

    fn soon_after(ended: &Ended, interrupt: Duration) {
        assert_eq!(ended.code, Some(130), "{}", ended.err);
        assert!(ended.err.contains("interrupted"), "{}", ended.err);
        assert!(ended.took < interrupt + SOON, "took {:?}", ended.took);
    }

    #[test]
    fn a_long_run_gives_the_results_so_far() {
        let (folder, interrupt) = (TempDir::new().unwrap(), Duration::from_millis(1500));
        let ended = ninefold(folder.path(), &["run", "-", "--replications=1000000000", "--json", "--out=o"], BASE, &[interrupt]);
        soon_after(&ended, interrupt);
        let printed: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
        assert_eq!(printed["interrupted"], true);
        let written = std::fs::read_to_string(folder.path().join("o/summary.json")).unwrap();
        assert_eq!(serde_json::from_str::<serde_json::Value>(&written).unwrap(), printed);
    }

    #[test]
    fn a_replication_that_takes_long_is_left() {
        let (folder, interrupt) = (TempDir::new().unwrap(), Duration::from_millis(1500));
        let huge = ["--set=services.web.replicas=1000000", "--set=failures.crash.repair=1d"];
        let ended = ninefold(folder.path(), &[&["run", "-", "--out=o"], &huge[..]].concat(), BASE, &[interrupt]);
        soon_after(&ended, interrupt);
        assert!(ended.err.contains("nothing is written"), "{}", ended.err);
        assert!(!folder.path().join("o/summary.json").exists());
    }
}
