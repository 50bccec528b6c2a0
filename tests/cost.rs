//! Machines and their prices, and `ninefold cost optimize`: against arithmetic, closed forms and exhaustive search.

#![expect(clippy::unwrap_used, reason = "a test says by a panic what it expected")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const HOURS: f64 = 240.0;

fn ninefold(folder: &Path, text: &str, command: &[&str], more: &[&str]) -> Output {
    let file = folder.join("case.yaml");
    std::fs::write(&file, text).unwrap();
    let mut all = Command::new(env!("CARGO_BIN_EXE_ninefold"));
    all.args(command).args([file.to_str().unwrap(), "--out", folder.join("out").to_str().unwrap()]);
    all.args(more).output().unwrap()
}

fn asked(text: &str, command: &[&str], more: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let done = ninefold(folder.path(), text, command, &[more, &["--json"]].concat());
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).unwrap()
}

fn ran(text: &str, more: &[&str]) -> Value {
    asked(text, &["run"], more)
}

fn value(estimate: &Value) -> f64 {
    estimate["value"].as_f64().unwrap_or_else(|| panic!("no value in {estimate}"))
}

#[track_caller]
fn near(value: f64, exact: f64, part: f64) {
    assert!((value - exact).abs() <= part * exact.abs(), "{value}, not {exact}");
}

/// Ten days of a service on machines.
fn machines(instances: &str, service: &str) -> String {
    format!(
        "name: machines\nstart: 2026-01-01\nhorizon: 10d\ninstances: {{{instances}}}\n\
         traffic: {{t: {{to: web, rate: 20/s}}}}\nservices: {{web: {{{service}}}}}\n"
    )
}

#[test]
fn a_replica_costs_what_its_machine_does_unless_the_service_says() {
    let kinds = "m7.large: {price: 0.10/h, reserved: {price: 0.06/h}}";
    for (service, hourly) in [
        ("instance: m7.large, replicas: 5", 0.50),
        ("instance: m7.large, replicas: 5, cost: 0.30/h", 1.50),
        // Three reserved and two on demand; more reserved than there are is paid all the same.
        ("instance: m7.large, replicas: 5, reserved: 3", 3.0 * 0.06 + 2.0 * 0.10),
        ("instance: m7.large, replicas: 5, reserved: 8", 8.0 * 0.06),
        ("instance: m7.large, replicas: 5, reserved: 3, cost: 0.30/h", 3.0 * 0.06 + 2.0 * 0.30),
    ] {
        let found = ran(&machines(kinds, service), &["--replications", "2"]);
        near(value(&found["cost"]["infrastructure"]), hourly * HOURS, 1e-9);
    }
}

/// The scaler follows 10/s to 30/s, twelve hours each: replicas of 1 request at a time that takes 100 ms, at half their capacity, are
/// 2 and 6 once they have settled. What is beyond the reserve is paid on demand.
#[test]
fn scaled_replicas_beyond_the_reserve_are_paid_by_use() {
    let day: Vec<&str> = (0..24).map(|hour| if hour < 12 { "0.5" } else { "1.5" }).collect();
    let text = |reserved: u32| {
        format!(
            "name: scaled\nstart: 2026-01-01\nhorizon: 10d\n\
             instances: {{m: {{price: 0.10/h, reserved: {{price: 0.06/h}}}}}}\n\
             traffic: {{t: {{to: web, rate: 20/s, daily: [{}]}}}}\n\
             services: {{web: {{instance: m, reserved: {reserved}, service_time: 100ms, replicas: 2, \
             autoscale: {{metric: utilization, target: 50%, min: 2, max: 20}}}}}}\n",
            day.join(", ")
        )
    };
    let runs: Vec<(f64, f64)> = [0, 1, 2, 4, 6, 9]
        .into_iter()
        .map(|reserved| {
            let found = ran(&text(reserved), &["--replications", "2"]);
            (value(&found["cost"]["infrastructure"]), value(&found["services"]["web"]["autoscale"]["replicas_paid"]))
        })
        .collect();
    let paid = runs[0].1 * HOURS;
    near(runs[0].0, 0.10 * paid, 1e-9);
    // There are never fewer than two, so the first two are always in use; never more than nine.
    near(runs[1].0, 0.06 * HOURS + 0.10 * (paid - HOURS), 1e-9);
    near(runs[2].0, 0.12 * HOURS + 0.10 * (paid - 2.0 * HOURS), 1e-9);
    near(runs[5].0, 9.0 * 0.06 * HOURS, 1e-9);
    // Four: half of the time two of them idle. The scaler needs minutes to settle, of half-days.
    near(runs[3].0, 4.0 * 0.06 * HOURS + 0.10 * 2.0 * HOURS / 2.0, 0.02);
}

/// Erlang C: the mean wait of M/M/c, with speed 2 that of half the service time; at both fidelities.
#[test]
fn a_faster_machine_serves_in_less_time() {
    let erlang_c = |offered: f64, servers: u32| {
        let blocked = (1..=servers).fold(1.0, |b, k| offered * b / (f64::from(k) + offered * b));
        let rho = offered / f64::from(servers);
        blocked / (1.0 - rho * (1.0 - blocked))
    };
    let (rate, mean, servers) = (20.0, 0.25, 3_u32);
    let offered = rate * mean / 2.0;
    let exact = mean / 2.0 + erlang_c(offered, servers) * (mean / 2.0) / (f64::from(servers) - offered);
    let text = machines("fast: {concurrency: 3, speed: 2}", "instance: fast, service_time: {exponential: {mean: 250ms}}");
    let flow = ran(&text, &["--replications", "2"]);
    near(value(&flow["services"]["web"]["response_time"]["mean"]), exact, 1e-3);
    let found = ran(&text, &["--fidelity", "request", "--horizon", "4h", "--replications", "20"]);
    let mean = &found["services"]["web"]["response_time"]["mean"];
    let half = (mean["high"].as_f64().unwrap() - mean["low"].as_f64().unwrap()) / 2.0;
    assert!((value(mean) - exact).abs() <= 2.0 * half, "{mean}, not {exact}");
    // A concurrency of the service's own holds.
    let own = text.replace("instance: fast,", "instance: fast, concurrency: 6,");
    near(value(&ran(&own, &["--replications", "2"])["services"]["web"]["utilization"]), offered / 6.0, 1e-6);
}

/// The mean of a lognormal with median √(low·high) and deviation ln(high/low) / (2·1.6449) is median · exp(σ²/2). One price for both
/// services, so it is drawn once.
#[test]
fn an_uncertain_price_costs_its_mean() {
    let text = "name: price\nstart: 2026-01-01\nhorizon: 10d\ninstances: {m: {price: {low: 0.05/h, high: 0.20/h}}}\n\
                services: {a: {instance: m, replicas: 2}, b: {instance: m}}\n";
    let found = ran(text, &["--replications", "20000"]);
    let sigma = 4.0_f64.ln() / (2.0 * 1.644_853_626_951_472_7);
    let exact = 3.0 * HOURS * 0.10 * (sigma * sigma / 2.0).exp();
    let cost = &found["cost"]["infrastructure"];
    let half = (cost["high"].as_f64().unwrap() - cost["low"].as_f64().unwrap()) / 2.0;
    assert!((value(cost) - exact).abs() <= 2.0 * half, "{cost}, not {exact}");
}

#[test]
fn failed_requests_are_revenue_lost() {
    // M/M/1/1 loses a/(1+a) of its requests: with a = 0.25 a fifth.
    let text =
        machines("", "service_time: {exponential: {mean: 12.5ms}}, queue: 0").replace("rate: 20/s", "rate: 20/s, value: 0.02");
    let found = ran(&text, &["--replications", "2"]);
    near(value(&found["cost"]["lost_revenue"]), 0.02 * 0.2 * 20.0 * HOURS * 3600.0, 1e-3);
    near(value(&found["cost"]["total"]), value(&found["cost"]["lost_revenue"]), 1e-12);
}

#[test]
fn what_is_wrong_with_machines_is_told() {
    let folder = tempfile::tempdir().unwrap();
    for (instances, service, says) in [
        ("m: {price: 0.10/h}", "reserved: 2", "only an `instance` can be reserved"),
        ("m: {price: 0.10/h}", "instance: m, reserved: 2", "no price when reserved"),
        ("m: {price: 0.10/h, speed: 0}", "instance: m", "no speed"),
        ("m: {concurrency: 0}", "instance: m", "at least 1"),
        ("m: {price: 0.10/h}", "instance: n", "`m`"),
        ("m: {price: -1/h}", "instance: m", "money"),
    ] {
        let done = ninefold(folder.path(), &machines(instances, service), &["run"], &[]);
        assert_eq!(done.status.code(), Some(2), "{service}");
        let text = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(text.contains(says), "{says}: {text}");
    }
    let shared = machines("", "service_time: 1ms").replace("rate: 20/s}", "rate: 20/s, value: 1}, u: {to: web, rate: 1/s}");
    let done = ninefold(folder.path(), &shared, &["run"], &[]);
    assert_eq!(done.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&done.stderr).contains("asked by others too"));
    for (text, says) in [
        (machines("", "service_time: 1ms"), "nothing is promised"),
        (
            format!("{}objectives: {{o: {{service: web, target: 99%}}}}\n", machines("", "service_time: 1ms")),
            "no service has a price",
        ),
    ] {
        let done = ninefold(folder.path(), &text, &["cost", "optimize"], &[]);
        assert_eq!(done.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&done.stderr).contains(says));
    }
}

/// Erlang B: the fewest of n servers that lose at most 1% of 5 erlangs is 11, and nothing else is cheaper.
#[test]
fn the_cheapest_loss_system_is_that_of_erlang_b() {
    let loss = |servers: u32| (1..=servers).fold(1.0, |b, k| 5.0 * b / (f64::from(k) + 5.0 * b));
    let exact = (1..100).find(|servers| loss(*servers) <= 0.01).unwrap();
    let text = format!(
        "{}objectives: {{o: {{service: web, target: 99%}}}}\n",
        machines(
            "m: {price: 1/h}",
            "instance: m, replicas: 16, balance: shared_queue, queue: 0, service_time: {exponential: {mean: 250ms}}"
        )
    );
    let found = asked(&text, &["cost", "optimize"], &["--replications", "64"]);
    assert_eq!(found["best"]["changes"], serde_json::json!([format!("services.web.replicas={exact}")]));
    near(value(&found["savings"]), 1.0 - f64::from(exact) / 16.0, 1e-9);
    // More than that is out of reach, and told by the exit code.
    let folder = tempfile::tempdir().unwrap();
    for (asked, code) in [("20%", 0), ("50%", 1)] {
        let done = ninefold(folder.path(), &text, &["cost", "optimize"], &["--replications", "64", "--target-savings", asked]);
        assert_eq!(done.status.code(), Some(code), "{asked}");
    }
}

/// k of n by the binomial law: of n replicas that are up with a = 19/20 each at least two are needed; 99.9% of the time needs
/// the least n with P(Bin(n, a) ≥ 2) ≥ 99.9%.
#[test]
fn the_cheapest_redundancy_is_that_of_the_binomial_law() {
    let up: f64 = 0.95;
    let kept = |n: i32| 1.0 - (1.0 - up).powi(n) - f64::from(n) * up * (1.0 - up).powi(n - 1);
    let exact = (2..100).find(|n| kept(*n) >= 0.999).unwrap();
    let text = "name: redundancy\nstart: 2026-01-01\nhorizon: 360d\n\
                services: {db: {replicas: 8, needs: 2, cost: 1/h}}\n\
                failures: {crash: {hits: replica, mttf: 19h, repair: {exponential: {mean: 1h}}}}\n\
                objectives: {o: {service: db, target: 99.9%, counts: time}}\n";
    let found = asked(text, &["cost", "optimize"], &[]);
    assert_eq!(found["best"]["changes"], serde_json::json!([format!("services.db.replicas={exact}")]));
}

/// All of a small space on the same luck: the search finds the same optimum.
#[test]
fn the_search_finds_what_exhaustive_search_does() {
    let text = "name: small\nstart: 2026-01-01\nhorizon: 60d\n\
                instances:\n  s: {price: 0.10/h, concurrency: 1, reserved: {price: 0.06/h}}\n  l: {price: 0.17/h, concurrency: 2, reserved: {price: 0.11/h}}\n\
                traffic: {t: {to: web, rate: 20/s, value: 0.00001}}\n\
                services:\n  web: {replicas: 5, instance: s, queue: 4, balance: shared_queue, service_time: {exponential: {mean: 100ms}}}\n\
                failures: {crash: {hits: replica, mttf: 5d, repair: {exponential: {mean: 2h}}}}\n\
                objectives: {o: {service: web, target: 99%}}\n";
    let found = asked(text, &["cost", "optimize"], &["--replications", "256"]);
    let best = found["variants"].as_array().unwrap().iter().filter(|v| v["keeps"] == true);
    let best = best.map(|v| value(&v["total"])).fold(f64::INFINITY, f64::min);
    let mut least = (f64::INFINITY, String::new());
    for kind in ["s", "l"] {
        for replicas in 2..=10 {
            // What is reserved up to all of them is cheaper, and beyond that is paid for nothing.
            let sets = [
                format!("services.web.instance={kind}"),
                format!("services.web.replicas={replicas}"),
                format!("services.web.reserved={replicas}"),
            ];
            let sets: Vec<&str> = sets.iter().flat_map(|set| ["--set", set.as_str()]).collect();
            let one = ran(text, &[&sets[..], &["--replications", "256"]].concat());
            let attained = &one["objectives"]["o"]["attainment"];
            if attained["low"].as_f64().unwrap() >= 0.99 && value(&one["cost"]["total"]) < least.0 {
                least = (value(&one["cost"]["total"]), format!("{kind} {replicas}"));
            }
        }
    }
    near(best, least.0, 0.002);
    assert_eq!(found["best"]["keeps"], true, "{}", least.1);
}
