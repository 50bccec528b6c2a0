//! How likely a month is to keep its promise: the distribution of downtime in a window, by Takács (1957), also Barlow and
//! Proschan: `P(downtime in [0, t] ≤ x) = Σ Poisson(n; λ(t - x)) G_n(x)` for exponential up times and any law of repair.

mod common;

use common::run;

/// One month of 30 days (June), up at its start, with 99.9% promised: 0.72 h of downtime are allowed.
fn month(mttf: &str, repair: &str) -> String {
    format!(
        "
name: one month
start: 2026-06-01
horizon: 30d
services: {{unit: {{}}}}
failures: {{unit fails: {{hits: replica, mttf: {mttf}, repair: {repair}}}}}
objectives:
  promise: {{service: unit, target: 99.9%, counts: time, window: calendar month}}
"
    )
}

/// The cases have long-run availabilities of 99.93% and 99.85%: one above the promise, one below, and neither mean tells how
/// often a month keeps it.
fn kept_with(text: &str, probability: f64) {
    let run = run(text, 40_000, 1);
    run.estimate("objectives", "promise", "breach_probability").is(1.0 - probability);
    // There is one complete window, so the share of windows is the share of replications.
    run.estimate("objectives", "promise", "window_breach_rate").is(1.0 - probability);
}

/// Up 720 h and repaired in 0.5 h on average, both exponential.
#[test]
fn rare_failures_with_exponential_repair() {
    kept_with(&month("720h", "{exponential: {mean: 0.5h}}"), 0.738_218_619_614_270_4);
}

/// Up 168 h on average; repaired in 0.25 h on average, in two exponential stages.
#[test]
fn frequent_failures_with_two_stage_repair() {
    kept_with(&month("168h", "{erlang: {k: 2, mean: 0.25h}}"), 0.326_141_299_856_368_86);
}
