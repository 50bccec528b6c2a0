//! Measured records drive a scenario as they are: request counts and lengths of incidents, from files that stay outside the
//! repository (the Numenta Anomaly Benchmark's counts and GitHub's status page, see docs/accuracy.md).

#![allow(clippy::expect_used, reason = "a test says by a panic what it expected")]

mod common;

use std::fs;

use common::{YEAR, compiled, run, shared, simulate_rows};
use ninefold::run::{Control, Options};

const BALANCER: &str = "nab_elb_request_count_8c0756.csv";
const TAXIS: &str = "nab_nyc_taxi.csv";

/// A column of a file with a header and no quoted commas.
fn column(file: &str, name: &str) -> Vec<String> {
    let path = shared("data").expect("asked for before").join(file);
    let text = fs::read_to_string(path).expect("the file is there");
    let mut lines = text.lines();
    let at = lines.next().and_then(|header| header.split(',').position(|word| word == name));
    let at = at.unwrap_or_else(|| panic!("{file} has no column {name}"));
    lines.map(|line| line.split(',').nth(at).unwrap_or_default().to_owned()).collect()
}

fn numbers(file: &str, name: &str) -> Vec<f64> {
    column(file, name).iter().map(|word| word.parse().unwrap_or_else(|_| panic!("{file}: {word:?}"))).collect()
}

/// Seconds of the timestamps, from the first on.
fn times(file: &str) -> Vec<f64> {
    let seconds = |word: &String| {
        let civil: jiff::civil::DateTime = word.parse().unwrap_or_else(|_| panic!("{file}: {word:?}"));
        civil.to_zoned(jiff::tz::TimeZone::UTC).expect("a time in UTC").timestamp().as_second() as f64
    };
    let times: Vec<f64> = column(file, "timestamp").iter().map(seconds).collect();
    times.iter().map(|time| time - times[0]).collect()
}

/// Counts of `per` seconds from their file, over and over until `horizon`; where a count is missing, the one before it holds.
fn expected(file: &str, per: f64, horizon: f64) -> f64 {
    let (times, values) = (times(file), numbers(file, "value"));
    let length = times.last().expect("not empty") + per;
    let mut total = 0.0;
    let mut lap = 0.0;
    while lap < horizon {
        for (i, value) in values.iter().enumerate() {
            let until = (lap + times.get(i + 1).copied().unwrap_or(length)).min(horizon);
            total += value / per * (until - lap - times[i]).max(0.0);
        }
        lap += length;
    }
    total
}

/// Requests of each of four replications, of which an unlimited service answers every one.
fn simulated(file: &str, per: &str, horizon: &str) -> Vec<f64> {
    let text = format!(
        "
name: measured load
start: 2026-01-01
horizon: {horizon}
services: {{web: {{}}}}
traffic:
  measured: {{to: web, series: {{file: ../shared/data/{file}, time: timestamp, value: value, per: {per}}}}}
"
    );
    let options = Options { replications: 4, threads: Some(1), ..Default::default() };
    let (_, rows) = simulate_rows(&compiled(&text, None), &options, &Control::default(), |_| ());
    assert!(rows.iter().all(|row| row.good_requests == row.requests), "{file}: requests lost without a failure");
    rows.iter().map(|row| row.requests).collect()
}

fn agree(what: &str, simulated: &[f64], expected: f64) {
    assert_eq!(simulated.len(), 4);
    for requests in simulated {
        assert!((requests / expected - 1.0).abs() < 1e-9, "{what}: {requests} requests, {expected} in the file");
    }
}

/// 4,032 counts of five minutes in fourteen days and forty minutes: eight are missing.
#[test]
fn a_load_balancers_requests_are_those_of_its_record() {
    if shared("data").is_none() {
        return;
    }
    let (length, per) = (4_040.0 * 300.0, 300.0);
    assert_eq!(times(BALANCER).last().copied(), Some(length - per), "the record has changed");
    // Once through: the sum of the file, and once more the counts before the gaps.
    let (times, values) = (times(BALANCER), numbers(BALANCER, "value"));
    let twice: f64 = (1..times.len()).filter(|&i| times[i] - times[i - 1] > per).map(|i| values[i - 1]).sum();
    agree("one lap", &simulated(BALANCER, "5m", "20200m"), values.iter().sum::<f64>() + twice);
    agree("three laps", &simulated(BALANCER, "5m", "60600m"), 3.0 * (values.iter().sum::<f64>() + twice));
    agree("until amid the third", &simulated(BALANCER, "5m", "30d"), expected(BALANCER, per, 30.0 * 86_400.0));
}

/// 215 days of half hours, without a gap, over a year: once and 150 days.
#[test]
fn a_citys_taxi_rides_are_those_of_its_record() {
    if shared("data").is_none() {
        return;
    }
    let values = numbers(TAXIS, "value");
    let again: f64 = values.iter().take(150 * 48).sum();
    agree("a year", &simulated(TAXIS, "30m", "1y"), values.iter().sum::<f64>() + again);
    agree("a year", &simulated(TAXIS, "30m", "1y"), expected(TAXIS, 1_800.0, YEAR));
}

/// GitHub's incidents from 2022 on, resampled: their lengths vary 3.8 times as much as their mean, and fourteen have none.
#[test]
fn repairs_are_as_long_as_the_incidents_on_record() {
    if shared("data").is_none() {
        return;
    }
    let text = "
name: measured repairs
start: 2026-01-01
horizon: 100y
services: {site: {}}
failures:
  incident:
    hits: replica
    mttf: 10d
    repair: {empirical: {file: ../shared/data/github_incidents.csv, column: duration_minutes, unit: m}}
";
    let minutes = numbers("github_incidents.csv", "duration_minutes");
    let mean = minutes.iter().sum::<f64>() / minutes.len() as f64;
    let lasting: Vec<f64> = minutes.iter().copied().filter(|length| *length > 0.0).collect();
    assert_eq!((minutes.len(), lasting.len()), (508, 494), "the record has changed");
    let run = run(text, 64, 1);
    let seconds = 60.0;
    run.estimate("failures", "incident", "mean_duration").times(1.0 / seconds).is(mean);
    // What lasts no time is a failure and no outage.
    let longer = lasting.iter().sum::<f64>() / lasting.len() as f64;
    run.service("site", "mttr").times(1.0 / seconds).is(longer);
    // Nothing is longer than what was seen.
    let longest = minutes.iter().copied().fold(0.0, f64::max);
    let longest_simulated = run.value("services", "site", "longest_outage").expect("outages were seen") / seconds;
    assert!(longest_simulated <= longest + 1e-6, "{longest_simulated} min, {longest} on record");
}
