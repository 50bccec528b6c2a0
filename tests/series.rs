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

/// The first `rows` of a file, as a file in a folder of its own.
fn beginning(file: &str, rows: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let text = fs::read_to_string(shared("data").expect("asked for before").join(file)).expect("the file is there");
    let kept: Vec<&str> = text.lines().take(rows + 1).collect();
    fs::write(folder.path().join("series.csv"), kept.join("\n")).expect("written");
    folder
}

/// The model of a series that goes on, from a folder that holds it.
fn extended(folder: &tempfile::TempDir, per: &str, weeks: usize) -> ninefold::model::Model {
    let text = format!(
        "
name: extended
start: 2014-07-01
horizon: {weeks}w
services: {{web: {{}}}}
traffic: {{t: {{to: web, series: {{file: series.csv, time: timestamp, value: value, per: {per}, after: extend}}}}}}
"
    );
    let loaded = ninefold::scenario::Loaded { folder: folder.path().to_owned(), ..common::load(&text, None) };
    ninefold::model::compile(&loaded).expect("a scenario without mistakes")
}

/// Requests between two times of the median curve.
fn between(model: &ninefold::model::Model, from: f64, to: f64) -> f64 {
    let curve = &ninefold::sim::Drawn::new(model).curves[0];
    curve.total(&model.demand, to) - curve.total(&model.demand, from)
}

/// Four weeks of taxi rides after each even number of weeks from 6 to 26, from the weeks before: on average over these eleven, which hold
/// a marathon, Thanksgiving, Christmas and a blizzard, a forecast is nearer than the last week over again: 10.7% off, not 11.9%.
#[test]
fn a_forecast_of_taxi_rides_is_better_than_the_last_week_again() {
    if shared("data").is_none() {
        return;
    }
    let values = numbers(TAXIS, "value");
    let hour = |hour: usize| values[2 * hour] + values[2 * hour + 1];
    let (mut forecast, mut repeated) = (0.0, 0.0);
    for weeks in (6..=26).step_by(2) {
        let model = extended(&beginning(TAXIS, weeks * 7 * 48), "30m", weeks + 4);
        assert!(model.forecasts[0].error.method.starts_with("MSTL by day and week"), "{:?}", model.forecasts);
        let curve = &ninefold::sim::Drawn::new(&model).curves[0];
        let total = |hour: usize| curve.total(&model.demand, hour as f64 * 3600.0);
        let future = weeks * 168..(weeks + 4) * 168;
        let all: f64 = future.clone().map(hour).sum();
        forecast += future.clone().map(|h| (hour(h) - (total(h + 1) - total(h))).abs()).sum::<f64>() / all / 11.0;
        repeated += future.map(|h| (hour(h) - hour((weeks - 1) * 168 + h % 168)).abs()).sum::<f64>() / all / 11.0;
    }
    assert!(forecast < repeated, "off by {forecast}, a repetition by {repeated}");
}

/// What is not known of a forecast spreads over replications; the measured weeks are the same in all.
#[test]
fn a_forecast_is_uncertain_as_a_whole() {
    if shared("data").is_none() {
        return;
    }
    let values = numbers(TAXIS, "value");
    let model = extended(&beginning(TAXIS, 12 * 7 * 48), "30m", 16);
    let options = Options { replications: 400, threads: Some(1), ..Default::default() };
    let (_, rows) = simulate_rows(&model, &options, &Control::default(), |_| ());
    let measured: f64 = values[..12 * 7 * 48].iter().sum();
    let mut after: Vec<f64> = rows.iter().map(|row| row.requests - measured).collect();
    after.sort_unstable_by(f64::total_cmp);
    let median = between(&model, 12.0 * 7.0 * 86_400.0, 16.0 * 7.0 * 86_400.0);
    let below = after.iter().filter(|count| **count < median).count();
    // Two replications share a draw: half of 200 draws, give or take three standard deviations of a fair coin.
    assert!((158..=242).contains(&below), "{below} of 400 below the median");
    let known: f64 = values[12 * 7 * 48..16 * 7 * 48].iter().sum();
    assert!(after[20] < known && known < after[379], "{known} is not within {} to {}", after[20], after[379]);
}

/// Two weeks of a load balancer in steps of five minutes, with gaps: they go on.
#[test]
fn a_load_balancers_requests_go_on() {
    if shared("data").is_none() {
        return;
    }
    let folder = beginning(BALANCER, 4_032);
    let model = extended(&folder, "5m", 4);
    let (half, rest) = (between(&model, 0.0, 14.0 * 86_400.0), between(&model, 14.0 * 86_400.0, 28.0 * 86_400.0));
    // Nothing like it has a reason to be far from what it was.
    assert!(rest / half > 0.5 && rest / half < 2.0, "{half} and then {rest}");
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
