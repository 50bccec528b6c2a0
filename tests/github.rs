//! The github scenario against the record that it was made from: its figures, and its forecast of the recorded downtime.

#![expect(clippy::expect_used, reason = "a test says by a panic what it expected")]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use common::{DAY, HOUR, YEAR, run, scenario, shared};

const COMPONENTS: [&str; 10] = [
    "Actions",
    "API Requests",
    "Codespaces",
    "Copilot",
    "Git Operations",
    "Issues",
    "Packages",
    "Pages",
    "Pull Requests",
    "Webhooks",
];

/// Days of the record: 2022-03-24 to 2025-06-30, both included.
const DAYS: f64 = 1195.0;

/// Seconds after 1970 of `2022-03-24T19:11:00Z` or `2014-04-10 00:04:00`.
fn seconds(text: &str) -> f64 {
    let part = |range: std::ops::Range<usize>| text[range].parse::<i64>().unwrap_or_else(|_| panic!("not a time: {text}"));
    let (year, month, day) = (part(0..4), part(5..7), part(8..10));
    // Days from the civil calendar with the year beginning in March, as in Hinnant's algorithm.
    let y = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = 365 * y + y / 4 - y / 100 + y / 400 + of_year - 719_468;
    (days * 86_400 + part(11..13) * 3600 + part(14..16) * 60 + part(17..19)) as f64
}

/// A row counts when it is minor, major or critical and has a length: (components, begin, end).
fn incidents(data: &Path) -> Vec<(BTreeSet<String>, f64, f64)> {
    let text = fs::read_to_string(data.join("github_incidents.csv")).expect("the incidents can be read");
    let mut lines = text.lines();
    assert_eq!(
        lines.next(),
        Some("incident_id,impact,components,started_at,resolved_at,downtime_start,downtime_end,duration_minutes,n_updates")
    );
    lines
        .map(|line| line.split(',').collect::<Vec<_>>())
        .filter(|row| matches!(row[1], "minor" | "major" | "critical"))
        .map(|row| (row[2].split('|').map(str::to_owned).collect(), seconds(row[5]), seconds(row[6])))
        .filter(|(_, begin, end)| end > begin)
        .collect()
}

/// Lengths in seconds of the outages of one component: incidents that overlap or touch are one.
fn outages(incidents: &[(BTreeSet<String>, f64, f64)], component: &str) -> Vec<f64> {
    let mut spans: Vec<(f64, f64)> =
        incidents.iter().filter(|(names, ..)| names.contains(component)).map(|&(_, begin, end)| (begin, end)).collect();
    spans.sort_by(|a, b| a.partial_cmp(b).expect("times are numbers"));
    let mut merged: Vec<(f64, f64)> = Vec::new();
    for (begin, end) in spans {
        match merged.last_mut() {
            Some(last) if begin <= last.1 => last.1 = last.1.max(end),
            _ => merged.push((begin, end)),
        }
    }
    let mut lengths: Vec<f64> = merged.into_iter().map(|(begin, end)| end - begin).collect();
    lengths.sort_by(f64::total_cmp);
    lengths
}

/// Linear between order statistics; `sorted` ascends.
fn quantile(sorted: &[f64], p: f64) -> f64 {
    let place = p * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (place - place.floor()) * (sorted[above] - sorted[below])
}

#[test]
fn failure_modes_carry_the_recorded_rates_and_lengths() {
    let Some(data) = shared("data") else { return };
    let (text, record) = (scenario("github.yaml"), incidents(&data));
    for component in COMPONENTS {
        let lengths = outages(&record, component);
        let up = (DAYS * DAY - lengths.iter().sum::<f64>()) / lengths.len() as f64;
        let quantiles: Vec<String> =
            [0.1, 0.5, 0.9, 0.99].iter().map(|p| format!("p{:.0}: {:.0}m", 100.0 * p, quantile(&lengths, *p) / 60.0)).collect();
        let mode = format!(
            "  {component} incident:\n    {{hits: service, of: [{component}], mttf: {:.1}h, repair: {{quantiles: {{{}}}}}}}\n",
            up / HOUR,
            quantiles.join(", ")
        );
        assert!(text.contains(&mode), "the record gives\n{mode}which scenarios/github.yaml does not say");
    }
}

#[test]
fn traffic_carries_the_weekly_profile_of_the_load_balancer() {
    let Some(data) = shared("data") else { return };
    let series = fs::read_to_string(data.join("nab_elb_request_count_8c0756.csv")).expect("the series can be read");
    let mut hours = vec![(0.0, 0.0); 168];
    for line in series.lines().skip(1) {
        let (time, value) = line.split_once(',').expect("two columns");
        // 1970-01-01 was a Thursday.
        let hour = (seconds(time) / 3600.0) as usize + 3 * 24;
        let (sum, count) = &mut hours[hour % 168];
        *sum += value.trim().parse::<f64>().expect("a number of requests");
        *count += 1.0;
    }
    let means: Vec<f64> = hours.iter().map(|(sum, count)| sum / count).collect();
    let total: f64 = means.iter().sum();
    let derived: Vec<String> = means.iter().map(|mean| format!("{:.2}", 168.0 * mean / total)).collect();

    let text = scenario("github.yaml");
    let list =
        text.split_once("&office_week").and_then(|(_, rest)| rest.split_once('[')).and_then(|(_, rest)| rest.split_once(']'));
    let carried: Vec<String> = list.expect("a list of 168 numbers").0.split(',').map(|number| number.trim().to_owned()).collect();
    assert_eq!(carried, derived);
}

/// The scenario over the days of the record: one more record of that length should look like the real one.
#[test]
fn recorded_downtime_lies_in_the_forecast_range() {
    let Some(data) = shared("data") else { return };
    let text = scenario("github.yaml");
    let ours = "start: 2025-07-01\nhorizon: 1y ";
    assert!(text.contains(ours), "the scenario's horizon has moved");
    let text = text.replace(ours, &format!("start: 2022-03-24\nhorizon: {DAYS}d "));
    let run = run(&text, 4000, 1);

    let (record, mut outside) = (incidents(&data), Vec::new());
    println!("| component | outages recorded | downtime recorded, h/year | forecast, h/year | 95% of replications |");
    println!("|---|---|---|---|---|");
    for component in COMPONENTS {
        let lengths = outages(&record, component);
        let recorded = lengths.iter().sum::<f64>() / (DAYS * DAY);
        let unavailability = run.unavailability(component);
        let at = |p| unavailability.quantile(p).expect("there are replications");
        let (low, high) = (at(0.025), at(0.975));
        let forecast = run.service(component, "time_availability").from(1.0).value;
        let hours = YEAR / HOUR;
        println!(
            "| {component} | {} | {:.1} | {:.1} | {:.1} to {:.1} |",
            lengths.len(),
            hours * recorded,
            hours * forecast,
            hours * low,
            hours * high
        );
        if !(low..=high).contains(&recorded) {
            outside.push(component);
        }
    }
    assert!(outside.is_empty(), "recorded downtime outside the forecast's 95% range: {outside:?}");
}

/// Forecasts of the next half-year's downtime, each from all that was known before, at the six origins that the record has room for.
#[test]
fn forecasts_from_origins_in_the_past_hold_what_happened() {
    let Some(data) = shared("data") else { return };
    let record = incidents(&data);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("incidents.csv");
    let mut text = String::from("service,start,duration_seconds\n");
    for (names, begin, end) in &record {
        for name in names.iter().filter(|name| COMPONENTS.contains(&name.as_str())) {
            text += &format!("{name},{},{}\n", jiff::Timestamp::from_second(*begin as i64).expect("a time"), end - begin);
        }
    }
    fs::write(&file, text).expect("a file can be written");
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/github.yaml");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_ninefold"));
    command.args(["sla", "forecast", scenario.to_str().expect("a path"), "--timeframe", "6mo", "--json", "--backtest"]);
    let done = command.arg(&file).arg("--out").arg(folder.path()).output().expect("the command runs");
    let found: serde_json::Value = serde_json::from_slice(&done.stdout).expect("a summary");
    let number = |value: &serde_json::Value| value.as_f64().expect("a number");

    // What any of the components had, by a way of its own: minute by minute.
    let mut down = vec![false; (DAYS * DAY / 60.0) as usize];
    let first = seconds("2022-03-24T00:00:00Z");
    for (names, begin, end) in &record {
        if names.iter().any(|name| COMPONENTS.contains(&name.as_str())) {
            let minute = |time: f64| ((time - first) / 60.0) as usize;
            down[minute(*begin)..minute(*end).min((DAYS * DAY / 60.0) as usize)].fill(true);
        }
    }
    let series = found["backtest"]["series"].as_array().expect("series");
    let all = &series[0];
    let origins = all["origins"].as_array().expect("origins");
    assert!(origins.len() >= 6, "{all}");
    let until = seconds(&format!("{}T00:00:00Z", found["backtest"]["until"].as_str().expect("a day")));
    println!("| origin | incidents known | forecast, h: 80% interval (median) | happened, h | held | last year's mean, h |");
    println!("|---|---|---|---|---|---|");
    for (i, origin) in origins.iter().enumerate() {
        let hours = |name: &str| number(&origin[name]) / HOUR;
        let from = until - (origins.len() - i) as f64 * YEAR / 2.0 - first;
        let minutes = &down[(from / 60.0) as usize..((from + YEAR / 2.0) / 60.0) as usize];
        let happened = minutes.iter().filter(|down| **down).count() as f64 / 60.0;
        assert!((hours("happened") - happened).abs() < 1.0, "{origin}: {happened} h");
        assert_eq!(origin["held"], (hours("p10")..=hours("p90")).contains(&hours("happened")));
        println!(
            "| {} | {} | {:.0} to {:.0} ({:.0}) | {:.0} | {} | {:.0} |",
            origin["day"].as_str().expect("a day"),
            origin["known"],
            hours("p10"),
            hours("p90"),
            hours("p50"),
            hours("happened"),
            if origin["held"] == true { "yes" } else { "no" },
            hours("last_year"),
        );
    }
    println!("\n| | origins | held | log score | of last year's mean |\n|---|---|---|---|---|");
    for one in series {
        println!(
            "| {} | {} | {} | {:.1} | {:.1} |",
            one["service"].as_str().expect("a name"),
            one["origins"].as_array().expect("origins").len(),
            one["held"],
            number(&one["log_score"]),
            number(&one["log_score_of_last_year"])
        );
    }
    assert!(2.0 * number(&all["held"]) >= origins.len() as f64, "{all}");
    assert!(number(&all["log_score"]) > number(&all["log_score_of_last_year"]), "{all}");
    // Of all components taken one by one, too.
    let sum = |pick: &str| series[1..].iter().map(|one| number(&one[pick])).sum::<f64>();
    let tried: usize = series[1..].iter().map(|one| one["origins"].as_array().expect("origins").len()).sum();
    assert!(2.0 * sum("held") >= tried as f64, "{} of {tried}", sum("held"));
    assert!(sum("log_score") > sum("log_score_of_last_year"));
}
