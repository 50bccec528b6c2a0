//! Replacement and inspection against published and closed forms (cases maintenance and inspection).

mod common;

use common::{HOUR, run, run_after};

/// Simpson's rule.
fn integral(from: f64, to: f64, f: impl Fn(f64) -> f64) -> f64 {
    let n = 2000;
    let h = (to - from) / f64::from(n);
    let weight = |i: i32| if i == 0 || i == n { 1.0 } else { f64::from(2 + 2 * (i % 2)) };
    (0..=n).map(|i| weight(i) * f(from + h * f64::from(i))).sum::<f64>() * h / 3.0
}

/// Of the published example: Weibull, shape 2.5, scale 1000 h.
fn survival(t: f64) -> f64 {
    (-(t / 1000.0_f64).powf(2.5)).exp()
}

/// Units of the example, replaced at an age or by the calendar, with costs of 5 for a failure and 1 for a replacement.
fn replaced(preventive: &str, repair: &str, hours: f64) -> String {
    format!(
        "
name: replacement
start: 2026-01-01
horizon: {hours}h
services: {{units: {{replicas: 100}}}}
failures:
  wear:
    hits: replica
    time_to_failure: {{weibull: {{shape: 2.5, scale: 1000h}}}}
    cost: 5
    preventive: {{{preventive}, cost: 1}}
    {repair}
"
    )
}

/// `ReliaWiki`, "Optimum Replacement Time Example": the optimum is 493.0 h (age-replacement-optimum), and costs
/// 0.003462042738789263 an hour there (age-replacement-cost-rate). By renewal and reward a cycle costs 1 S(T) + 5 F(T) and
/// lasts ∫ S (Barlow & Proschan, *Mathematical Theory of Reliability*, 1965, chapter 4).
#[test]
fn age_replacement_costs_least_at_its_optimum() {
    let rate = |at: f64| (survival(at) + 5.0 * (1.0 - survival(at))) / integral(0.0, at, survival);
    assert!((rate(493.046_957_736_132_36) - 0.003_462_042_738_789_263).abs() < 1e-12);
    let mut found = Vec::new();
    for at in [300.0, 493.047, 800.0] {
        let text = replaced(&format!("at_age: {at}h"), "repair: 0s", 20_000.0);
        let run = run_after(&text, 100, 1, 5000.0 * HOUR);
        let spent = run.spent("repairs").times(1.0 / 20_000.0 / 100.0);
        spent.is(rate(at));
        found.push(spent.value);
    }
    assert!(found[1] < found[0] && found[1] < found[2], "{found:?}");
}

/// Repaired as old as it was, and replaced at an age of T or every T: a period costs 1 + 5 (T/η)^β (Barlow & Hunter, "Optimum
/// preventive maintenance policies", *Operations Research* 8, 1960, policy II).
#[test]
fn with_minimal_repair_failures_follow_the_age() {
    for when in ["at_age: 800h", "every: 800h"] {
        let run = run(&replaced(when, "repair: 0s\n    after_repair: old", 8000.0), 100, 1);
        // Ten periods, of which the last replacement falls on the horizon.
        run.spent("repairs").times(1.0 / 100.0).is(9.0 + 10.0 * 5.0 * 0.8_f64.powf(2.5));
    }
}

/// A cycle is up for ∫ S and down for 10 h S(T) + 50 h F(T), by renewal and reward.
#[test]
fn availability_under_age_replacement() {
    let text = replaced("at_age: 600h, takes: 10h", "repair: {exponential: {mean: 50h}}", 20_000.0);
    let run = run_after(&text, 100, 1, 5000.0 * HOUR);
    let (up, fails) = (integral(0.0, 600.0, survival), 1.0 - survival(600.0));
    let down = 10.0 * (1.0 - fails) + 50.0 * fails;
    run.service("units", "replicas").times(0.01).from(1.0).is(down / (up + down));
}

const RATE: f64 = 1e-5;
const TESTED_EVERY: f64 = 8760.0;

fn channels(replicas: u32, finds: &str) -> String {
    format!(
        "
name: channels
start: 2026-01-01
horizon: 87600h
services: {{channels: {{replicas: {replicas}}}}}
failures:
  dangerous: {{hits: replica, mttf: 100000h, repair: 0s, hidden: true, inspection: {{every: 8760h{finds}}}}}
"
    )
}

/// IEC 61508-6, one channel with a hidden failure and a perfect proof test (pfdavg-1oo1): 1 - (1 - exp(-λτ)) / (λτ).
#[test]
fn one_channel_fails_on_demand() {
    let run = run(&channels(1, ""), 20_000, 1);
    run.service("channels", "time_availability").is_availability(1.0 - 0.042_548_565_578_243_71);
}

/// Two channels of which one is enough, tested together (pfdavg-1oo2): the mean of (1 - exp(-λt))² between tests.
#[test]
fn two_channels_tested_together_fail_on_demand() {
    let run = run(&channels(2, ""), 100_000, 1);
    run.service("channels", "time_availability").is_availability(1.0 - 0.002_396_525_259_942_161_6);
}

/// A test finds a failure with probability f. With q = exp(-λτ) and u the probability that it has failed just after a test,
/// it has before the next with 1 - (1 - u) q, and u is 1 - f times that after it. Between tests it is up for (1 - u) (1 - q)
/// / λ on average. From new, u = 0.
#[test]
fn tests_that_miss_failures_leave_them_for_the_next() {
    let (find, survives) = (0.7, (-RATE * TESTED_EVERY).exp());
    let (mut failed, mut up) = (0.0, 0.0);
    for _ in 0..10 {
        up += (1.0 - failed) * (1.0 - survives) / RATE;
        failed = (1.0 - find) * (1.0 - (1.0 - failed) * survives);
    }
    let run = run(&channels(1, ", finds: 70%"), 20_000, 1);
    run.service("channels", "time_availability").is_availability(up / (10.0 * TESTED_EVERY));
}
