//! `ninefold capacity plan`: dates, replicas and headroom against closed forms and hand computation.

#![expect(clippy::unwrap_used, reason = "a test says by a panic what it expected")]

use std::process::{Command, Output};

use ninefold::exact::queue::erlang_c;
use serde_json::Value;

const DAY: f64 = 86_400.0;
const WEEK: f64 = 7.0 * DAY;
const MONTH: f64 = 365.0 * DAY / 12.0;

fn asked(text: &str, more: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("case.yaml");
    std::fs::write(&file, text).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_ninefold"));
    command.args(["capacity", "plan", file.to_str().unwrap(), "--json", "--replications", "8"]);
    command.args(["--out", folder.path().join("out").to_str().unwrap()]).args(more).output().unwrap()
}

fn summary(text: &str, more: &[&str]) -> Value {
    let done = asked(text, more);
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).unwrap()
}

fn case(traffic: &str, service: &str, horizon: &str) -> String {
    format!(
        "name: case\nstart: 2026-01-01\nhorizon: {horizon}\nzones: [a, b, c]\ntraffic: {{t: {{to: s, {traffic}}}}}\n\
         services: {{s: {{{service}}}}}\n\
         objectives: {{fast: {{service: s, target: 99%, counts: requests, latency: {{below: 300ms, for: 99%}}}}}}\n"
    )
}

/// M/M/c in one line: of requests of 100 ms that may take 300 ms, at most 1% may wait for more than 200 ms:
/// C(c, a) e^(−(c − a)·2) ≤ 1%.
fn keeps(servers: f64, load: f64) -> bool {
    load < servers && erlang_c(servers, load) * (-(servers - load) * 2.0).exp() <= 0.01
}

const GROWING: &str = "rate: 500/s, growth: 4%/mo";
const POOLED: &str =
    "replicas: 16, spread: zones, balance: shared_queue, concurrency: 4, service_time: {exponential: {mean: 100ms}}";

#[test]
fn dates_and_replicas_of_growth_are_those_of_erlangs_formula() {
    let found = summary(&case(GROWING, POOLED, "52w"), &["--lead-time", "4w"]);
    let s = &found["services"]["s"];
    // The load that 16 replicas of 4 sustain, by halving.
    let (mut low, mut high) = (0.0, 64.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if keeps(64.0, middle) { low = middle } else { high = middle }
    }
    let date = (low / 50.0).ln() / 1.04_f64.ln() * MONTH;
    for quantile in ["p10_seconds", "p50_seconds", "p90_seconds"] {
        let seen = s["saturation"][quantile].as_f64().unwrap();
        assert!((seen - date).abs() < 0.001 * DAY, "{quantile}: {} d, not {}", seen / DAY, date / DAY);
    }
    let order = s["order_by_seconds"].as_f64().unwrap();
    assert!((order - (date - 4.0 * WEEK)).abs() < 0.001 * DAY, "{order}");
    assert!((s["headroom"].as_f64().unwrap() - (low * 10.0 / (500.0 * 1.04_f64.powf(WEEK / MONTH)) - 1.0)).abs() < 1e-3);
    // The highest load of a week is that at its end.
    let weeks = s["weeks"].as_array().unwrap();
    assert_eq!(weeks.len(), 52);
    let needed = |load: f64| (1..100_u32).find(|n| keeps(4.0 * f64::from(*n), load)).unwrap();
    for (n, week) in weeks.iter().enumerate() {
        let load = 50.0 * 1.04_f64.powf((n + 1) as f64 * WEEK / MONTH);
        assert_eq!(week["replicas"].as_u64(), Some(u64::from(needed(load))), "week {n}");
    }
    // N of three zones: half as many again, rounded up.
    let most = needed(50.0 * 1.04_f64.powf(52.0 * WEEK / MONTH));
    assert_eq!(s["needed"].as_u64(), Some(u64::from(most)));
    assert_eq!(s["needed_one_lost"].as_u64(), Some(u64::from(most + 1)));
    let zone = s["needed_zone_lost"].as_u64().unwrap();
    assert!(zone - zone.div_ceil(3) >= u64::from(most) && (zone - 1) - (zone - 1).div_ceil(3) < u64::from(most));
}

/// 1,200 requests/s of one second that grow by 7% a month reach 4,000 servers after ln(4000/1200)/ln 1.07 months; a queue is kept short
/// a little before: a square root of the servers, 1.6% of them, is a week.
#[test]
fn growth_exhausts_a_capacity_when_the_logarithm_says() {
    let months = 17.794_810_145_991_84;
    let text = "name: case\nstart: 2026-01-01\nhorizon: 24mo\ntraffic: {t: {to: s, rate: 1200/s, growth: 7%/mo}}\n\
                services: {s: {service_time: {exponential: {mean: 1s}}, concurrency: 4000}}\n\
                objectives: {any: {service: s, target: 99%, counts: requests, latency: {below: 1000s, for: 99%}}}\n";
    let found = summary(text, &[]);
    let seen = found["services"]["s"]["saturation"]["p50_seconds"].as_f64().unwrap();
    assert!((seen - months * MONTH).abs() < DAY, "{} months", seen / MONTH);
}

#[test]
fn a_resource_is_full_when_its_growth_says() {
    let disk = format!("{POOLED}, resources: {{disk: {{size: 2000, used: 1600, growth: 4%/mo}}}}");
    let found = summary(&case("rate: 100/s", &disk, "1y"), &[]);
    let s = &found["services"]["s"];
    let seen = s["saturation"]["p50_seconds"].as_f64().unwrap();
    assert!((seen - 1.25_f64.ln() / 1.04_f64.ln() * MONTH).abs() < 1.0, "{}", seen / MONTH);
    assert_eq!((s["binding"].as_str(), s["needed"].as_u64()), (Some("disk"), None));
    // Half the concurrency has connections: twice the replicas.
    let connections = format!("{POOLED}, resources: {{connections: {{size: 10, per_request: 5}}}}");
    let [plain, bound] = [POOLED, &connections].map(|service| summary(&case("rate: 500/s", service, "4w"), &[]));
    let [plain, bound] = [&plain, &bound].map(|found| found["services"]["s"]["needed"].as_u64().unwrap());
    assert!(bound == 2 * plain || bound + 1 == 2 * plain, "{plain} and {bound}");
}

/// Growth between 2% and 6% a month, normal: the date is ln(x)/ln(1 + g) months, so its quantiles are those of g turned over. Of 400 draws
/// the median is within 4 standard errors of the middle, each 1.25 σ / √400 of g.
#[test]
fn uncertain_growth_spreads_the_date_as_the_normal_law_says() {
    let text = "name: case\nstart: 2026-01-01\nhorizon: 10y\ntraffic: {t: {to: s, rate: 1200/s, growth: {low: 2%/mo, high: 6%/mo}}}\n\
                services: {s: {service_time: {exponential: {mean: 1s}}, concurrency: 4000}}\n\
                objectives: {any: {service: s, target: 99%, counts: requests, latency: {below: 1000s, for: 99%}}}\n";
    let found = summary(text, &[]);
    let sigma = 0.02 / 1.644_853_626_951_472_2;
    // Quantile of the date, that of growth, and the standard error of that: √(p(1 − p)/n)/φ(z).
    for (name, z, density) in [
        ("p10_seconds", 1.281_551_565_5, 0.175_498),
        ("p50_seconds", 0.0, 0.398_942),
        ("p90_seconds", -1.281_551_565_5, 0.175_498),
    ] {
        let p: f64 = if z == 0.0 { 0.5 } else { 0.1 };
        let error = 4.0 * (p * (1.0 - p) / 400.0).sqrt() / density;
        let date = |z: f64| (4000.0_f64 / 1200.0).ln() / (0.04 + sigma * z).ln_1p() * MONTH;
        let seen = found["services"]["s"]["saturation"][name].as_f64().unwrap();
        assert!(seen > date(z + error) - DAY && seen < date(z - error) + DAY, "{name}: {} of {}", seen / MONTH, date(z) / MONTH);
    }
}

/// Twice the load after twelve weeks.
#[test]
fn a_growth_factor_is_reached_at_the_end_of_the_time() {
    let found = summary(&case("rate: 500/s", POOLED, "1y"), &["--growth-factor", "2x", "--timeframe", "12w"]);
    let last = found["services"]["s"]["weeks"].as_array().unwrap().last().unwrap()["load_p50"].as_f64().unwrap();
    assert!((last / 1000.0 - 1.0).abs() < 1e-6, "{last}");
    let plans = found["plans"].as_array().unwrap();
    assert!(plans.iter().any(|plan| plan["name"] == "as it is" && !plan["rejected_because"].is_null()), "{plans:?}");
}

#[test]
fn mistakes_are_told() {
    let text = case("rate: 500/s", POOLED, "4w");
    for (more, said) in [
        (["--service", "ss"], "no service `ss`"),
        (["--confidence", "100%"], "50%"),
        (["--growth-factor=-1x", "--quiet"], "0x"),
        (["--fidelity", "request"], "capacity plan"),
    ] {
        let done = asked(&text, &more);
        let told = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(done.status.code() == Some(2) && told.contains(said), "{more:?}: {told}");
    }
}
