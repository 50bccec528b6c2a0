//! From the command line's options to the summary at request fidelity: queues with closed formulas, intervals that hold what they
//! say, and what a seed, threads and an interruption leave alone.

mod common;

use std::sync::atomic::Ordering;

use common::{compiled, simulate_model, simulate_rows};
use ninefold::model::Model;
use ninefold::run::requests::Found;
use ninefold::run::{Control, Options};
use ninefold::scenario::Fidelity;

fn requests() -> Options {
    Options { replications: 10, threads: Some(2), fidelity: Fidelity::Request, ..Options::default() }
}

/// One server with exponential times of mean 1 s, asked by a Poisson process: M/M/1.
fn queue(rate: &str, horizon: &str) -> Model {
    compiled(
        &format!(
            "
ninefold: 1
name: queue
start: 2026-01-01
horizon: {horizon}
traffic:
  people: {{to: desk, rate: {rate}}}
services:
  desk: {{service_time: {{exponential: {{mean: 1s}}}}}}
"
        ),
        None,
    )
}

/// M/M/1 at 80%: the number in it is geometric, the response time exponential with mean 1 / (μ − λ) = 5 s, and the wait is 0 with
/// probability 0.2 and else exponential with that mean (Kleinrock, *Queueing Systems* 1, 1975, sections 3.2 and 5.12).
#[test]
fn a_queue_is_estimated_as_its_formulas_say() {
    for (replications, horizon) in [(10, "1d"), (1, "10d")] {
        let run = simulate_model(&queue("0.8/s", horizon), &Options { replications, ..requests() });
        let at = |path: &str| run.at(&format!("services.desk.{path}"));
        let precision = 0.12;
        at("response_time.mean").agrees(5.0, precision);
        for (p, q) in [("p50", 0.5), ("p95", 0.95), ("p99", 0.99_f64)] {
            at(&format!("response_time.{p}")).agrees(-5.0 * (1.0 - q).ln(), precision);
            run.at(&format!("traffic.people.response_time.{p}")).agrees(-5.0 * (1.0 - q).ln(), precision);
        }
        at("wait.mean").agrees(4.0, precision);
        at("wait.p50").agrees(5.0 * (0.8 / 0.5_f64).ln(), precision);
        at("wait.p95").agrees(5.0 * (0.8 / 0.05_f64).ln(), precision);
        at("queue_length.mean").agrees(3.2, precision);
        // More than n stand in line with probability 0.8^(n + 2): 19 is the first that 99 of 100 instants do not exceed.
        at("queue_length.p99").agrees(19.0, precision);
        at("utilization").agrees(0.8, 0.02);
        at("throughput").agrees(0.8, 0.02);
        run.at("traffic.people.in_flight").agrees(4.0, precision);
        assert_eq!(at("error_rate").value, 0.0);
    }
}

/// Erlang's loss formula: two servers without a queue, asked for two servers' work, lose 40%.
#[test]
fn losses_are_those_of_erlang() {
    let text = "
ninefold: 1
name: loss
start: 2026-01-01
horizon: 2h
traffic:
  callers: {to: trunk, rate: 2/s}
services:
  trunk: {service_time: 1s, concurrency: 2, queue: 0}
";
    let run = simulate_model(&compiled(text, None), &requests());
    for path in ["services.trunk.error_rate", "services.trunk.errors.queue_full", "traffic.callers.error_rate"] {
        run.at(path).agrees(0.4, 0.02);
    }
    run.at("services.trunk.request_availability").agrees(0.6, 0.02);
    run.at("services.trunk.utilization").agrees(0.6, 0.02);
    run.at("traffic.callers.throughput").agrees(1.2, 0.02);
}

/// Calls that fail one time in two are tried again once: 1.5 attempts a call, and a quarter fails in the end.
#[test]
fn retries_are_counted_by_call_and_by_service() {
    let text = "
ninefold: 1
name: retries
start: 2026-01-01
horizon: 10m
traffic:
  people: {to: web, rate: 20/s}
services:
  web: {calls: [{to: db, per_request: 2, retries: {max: 1, backoff: {first: 1ms}}, hits: 20%}]}
  db: {service_time: 1ms, concurrency: 64}
failures:
  flaky: {hits: replica, of: [db], schedule: {first: 2026-01-01T00:00}, repair: 1d, effect: {errors: 50%}}
";
    let run = simulate_model(&compiled(text, None), &Options { warmup: Some(0.0), ..requests() });
    run.at("calls.web -> db.attempts_per_call").agrees(1.5, 0.02);
    run.at("calls.web -> db.failed").agrees(0.25, 0.05);
    run.at("calls.web -> db.cache_hits").agrees(0.2, 0.05);
    run.at("services.db.retry_amplification").agrees(1.5, 0.02);
    run.at("services.db.errors.fault").agrees(0.5, 0.02);
    // A request makes its second call only where the first went well: 0.8 × 0.25 fail at either.
    run.at("traffic.people.errors.dependency").agrees(1.0 - 0.8 * 0.8, 0.03);
}

/// Of 200 intervals at 95%, 190 hold the exact value, with a standard error of 3.1.
#[test]
fn intervals_cover() {
    let exact = [
        ("response_time.mean", 2.0),
        ("response_time.p50", 2.0 * 2.0_f64.ln()),
        ("response_time.p99", 2.0 * 100.0_f64.ln()),
        ("utilization", 0.5),
    ];
    for (replications, horizon) in [(10, "1h"), (1, "10h")] {
        let model = queue("0.5/s", horizon);
        let mut held = [0; 4];
        for seed in 0..200 {
            let options = Options { seed, replications, warmup: Some(60.0), ..requests() };
            let run = simulate_model(&model, &options);
            for (held, (path, exact)) in held.iter_mut().zip(exact) {
                *held += u32::from(run.at(&format!("services.desk.{path}")).holds(exact));
            }
        }
        assert!(held.iter().all(|held| (180..=199).contains(held)), "{replications} replications: {held:?}");
    }
}

#[test]
fn threads_change_nothing() {
    // Five replications in draws of two, and a warm-up that is found.
    let model = queue("{low: 0.4/s, high: 0.6/s}", "20m");
    let [one, two, three] = [1, 2, 3].map(|threads| {
        let options = Options { replications: 5, threads: Some(threads), ..requests() };
        simulate_model(&model, &options).results().to_string()
    });
    assert!(one.contains("warmup_seconds"));
    assert_eq!(one, two);
    assert_eq!(one, three);
}

#[test]
fn an_interruption_keeps_what_was_done() {
    let model = queue("0.5/s", "20m");
    let options = Options { replications: 1_000, threads: Some(1), warmup: Some(60.0), ..requests() };
    let control = Control::default();
    let (run, rows) = simulate_rows(&model, &options, &control, |_| control.stop.store(true, Ordering::Relaxed));
    let done = run.runs().replications;
    assert!(run.runs().interrupted && done > 0 && done < 1_000);
    assert_eq!(rows.len() as u64, done);
    assert_eq!(control.done.load(Ordering::Relaxed), done);
    assert!(control.thousandths.load(Ordering::Relaxed) >= 1_000 * done);
    let again = simulate_model(&model, &Options { replications: done, ..options });
    assert_eq!(run.service("desk", "throughput").value, again.service("desk", "throughput").value);
    assert_eq!(run.at("services.desk.wait.p99").value, again.at("services.desk.wait.p99").value);
}

#[test]
fn what_never_settles_is_told() {
    // Six come where five are served.
    let run = simulate_model(&queue("1.2/s", "1m"), &Options { replications: 2, ..requests() });
    assert!(matches!(run.runs().warmup.found, Found::Unsettled(_)), "{:?}", run.runs().warmup);
}
