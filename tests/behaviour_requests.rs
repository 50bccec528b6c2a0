//! Requests as a rate: what is lost, what waits, what it costs. Failures are scheduled and rates known, so every figure
//! is worked out by hand: by structure, by Erlang's formula B where nobody can wait, and as a fluid where so many come that
//! chance does not matter.

mod common;

use std::io::Write;

use common::{HOUR, Run, run};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// Ten hours of ten requests a second.
fn ten_hours(services: &str, rest: &str) -> Run {
    run(
        &format!(
            "
name: ten hours
start: 2026-01-01
horizon: 10h
zones: [a, b]
traffic: {{users: {{to: web, rate: 10/s}}}}
services:
{services}
{rest}
"
        ),
        1,
        1,
    )
}

const ONE_HOUR: &str = "failures: {out: {hits: service, of: [db], schedule: {first: 2026-01-01T02:00}, repair: 1h}}";

/// Erlang B for one server without a queue: the share of a load that it loses.
fn one_server(load: f64) -> f64 {
    load / (1.0 + load)
}

/// While what it calls is down, a service fails the requests that call: a tenth, all, all. After a call that failed no other
/// is made.
#[test]
fn a_failed_callee_fails_the_requests_that_call_it() {
    for (per_request, share, down) in [(0.1, 0.1, 0.0), (0.75, 0.75, 0.0), (1.0, 1.0, 0.1), (2.5, 1.0, 0.1)] {
        let run = ten_hours(&format!("  web: {{calls: [{{to: db, per_request: {per_request}}}]}}\n  db: {{}}"), ONE_HOUR);
        run.exactly("services", "web", "error_rate", 0.1 * share);
        let failed = f64::min(per_request, 1.0);
        run.exactly("services", "db", "error_rate", failed / (9.0 * per_request + failed));
        run.exactly("services", "db", "throughput", 10.0 * per_request * 0.9);
        let lost = run.value("services", "web", "time_availability").map_or(0.0, |up| 1.0 - up);
        assert!((lost - down).abs() < 1e-12, "{per_request} a request: down {lost} of the time");
    }
}

/// A source that is so many times as much, in its surges too.
#[test]
fn a_source_comes_so_many_times() {
    let text = "
name: times
start: 2026-01-01
horizon: 10h
traffic: {users: {to: web, rate: 10/s, times: 1.5, surges: [{at: 2026-01-01T05:00, lasts: 1h, times: 3}]}}
services: {web: {}}
";
    run(text, 1, 1).exactly("services", "web", "throughput", 15.0 * 1.2);
}

#[test]
fn a_soft_callee_fails_nothing() {
    let run = ten_hours("  web: {calls: [{to: db, needed: false}]}\n  db: {}", ONE_HOUR);
    run.exactly("services", "web", "error_rate", 0.0);
    run.exactly("services", "web", "throughput", 10.0);
    run.exactly("services", "db", "error_rate", 0.1);
}

/// What a failed service would have called never arrives further down, and nothing fails there.
#[test]
fn requests_that_never_arrive_do_not_count() {
    let run = ten_hours("  web: {calls: [{to: db}]}\n  db: {calls: [{to: disk}]}\n  disk: {}", ONE_HOUR);
    run.exactly("services", "web", "error_rate", 0.1);
    run.exactly("services", "disk", "throughput", 9.0);
    assert_eq!(run.value("services", "disk", "error_rate"), None);
}

/// A zone with half of the replicas fails, and half of the requests for 30 s, of ten hours.
#[test]
fn failed_replicas_get_their_share_until_the_health_check() {
    let run = ten_hours(
        "  web: {replicas: 4, spread: zones, health_check: 30s}",
        "failures: {out: {hits: zone, of: [a], schedule: {first: 2026-01-01T02:00}, repair: 1h}}",
    );
    run.exactly("services", "web", "error_rate", 0.5 * 30.0 / 36_000.0);
}

/// Back after 10 s, before the health check noticed: two of three for 10 s, and nothing after.
#[test]
fn replicas_that_are_back_early_fail_nothing_more() {
    let text = "
name: early
start: 2026-01-01
horizon: 10h
regions: {eu: [a, b], us: [c]}
traffic: {users: {to: web, rate: 10/s}}
services: {web: {replicas: 3, spread: zones, health_check: 30s}}
failures: {out: {hits: region, of: [eu], schedule: {first: 2026-01-01T02:00}, repair: 10s}}
";
    run(text, 1, 1).exactly("services", "web", "error_rate", 2.0 / 3.0 * 10.0 / 36_000.0);
}

/// A replica that fails by two modes at once is in rotation from the first on, and stays out until both are repaired.
#[test]
fn a_replica_with_two_failures_leaves_the_rotation_once() {
    let run = ten_hours(
        "  web: {replicas: 2, spread: zones, health_check: 60s}",
        "failures:
  zone: {hits: zone, of: [a], schedule: {first: 2026-01-01T02:00}, repair: 20s}
  again: {hits: zone, of: [a], schedule: {first: '2026-01-01T02:00:10'}, repair: 30s}",
    );
    // Failed from 0 to 40 s, in one go.
    run.exactly("services", "web", "error_rate", 0.5 * 40.0 / 36_000.0);
}

/// One service under constant or surging load, for `horizon`.
fn loaded(horizon: &str, traffic: &str, services: &str) -> Run {
    run(
        &format!(
            "
name: loaded
start: 2026-01-05
horizon: {horizon}
traffic: {{users: {{to: web, {traffic}}}}}
services:
{services}
"
        ),
        1,
        1,
    )
}

/// 10,000/s against 8,000/s: the queue of 100,000 is full after 50 s; from then on 2,000/s are lost. All of it waits at the end.
#[test]
fn a_full_queue_loses_what_exceeds_the_capacity() {
    let run = loaded("1000s", "rate: 10000/s", "  web: {capacity: 8000/s, queue: 100000}");
    run.as_a_fluid("services", "web", "throughput", 8_000.0);
    run.as_a_fluid("services", "web", "error_rate", 1900.0 / 9900.0);
    run.as_a_fluid("services", "web", "utilization", 1.0);
}

/// The same with servers: 4 replicas of 2,000 servers that take a second each; 25,000 places each.
#[test]
fn servers_and_queues_add_up_over_replicas() {
    let run = loaded("1000s", "rate: 10000/s", "  web: {replicas: 4, concurrency: 2000, service_time: 1s, queue: 25000}");
    run.as_a_fluid("services", "web", "throughput", 8_000.0);
    run.as_a_fluid("services", "web", "error_rate", 1900.0 / 9900.0);
}

/// Twice the traffic for ten minutes: 20,000/s against 15,000/s pile up three million requests, which drain in ten minutes more.
#[test]
fn a_queue_without_end_loses_nothing() {
    let surge = "rate: 10000/s, surges: [{at: 2026-01-05T00:10, lasts: 10m, times: 2}]";
    let run = loaded("1h", surge, "  web: {capacity: 15000/s}");
    run.exactly("services", "web", "error_rate", 0.0);
    run.as_a_fluid("services", "web", "throughput", 42e6 / 3600.0);
    run.as_a_fluid("services", "web", "utilization", 42_000.0 / 3600.0 / 15.0);
    // Until 00:25 it has drained half: 1.5 million wait.
    let half = loaded("25m", surge, "  web: {capacity: 15000/s}");
    half.as_a_fluid("services", "web", "throughput", (21e6 - 1.5e6) / 1500.0);
    // With 600,000 places it is full after 120 s and loses 5,000/s for 480 s.
    let full = loaded("1h", surge, "  web: {capacity: 15000/s, queue: 600000}");
    full.as_a_fluid("services", "web", "error_rate", 2400.0 / 42_000.0);
}

/// A callee that works off 10,000/s; 16,000/s come for ten minutes, 8,000/s before and after. The caller gives up after 10 s, which
/// the queue reaches after 16.67 s. Where the callee learns of it, the queue stays there and 6,000/s are lost. Where it does not, it
/// goes on growing to 3.6 million and drains by 2,000/s: nobody is served in time until the wait is back at 10 s, 1,750 s later.
#[test]
fn a_caller_loses_what_waits_longer_than_its_timeout() {
    let surge = "rate: 8000/s, surges: [{at: 2026-01-05T00:10, lasts: 10m, times: 2}]";
    let db = "\n  db: {capacity: 10000/s}";
    let (reached, all) = (600.0 - 100.0 / 6.0, 8.0 * 4200.0);
    let back = 1750.0;
    let cases = [(", timed_out: cancelled", 6.0 * reached), ("", 16.0 * reached + 8.0 * back)];
    for (word, lost) in cases {
        let timed = loaded("1h", surge, &format!("  web: {{calls: [{{to: db, timeout: 10s{word}}}]}}{db}"));
        // The ten seconds in which the wait passes the timeout are sharp to one.
        let error = timed.value("services", "web", "error_rate").unwrap();
        assert!((error - lost / all).abs() < 1.0 * 16.0 / all, "{word}: {error} against {}", lost / all);
        let soft = loaded("1h", surge, &format!("  web: {{calls: [{{to: db, timeout: 10s, needed: false{word}}}]}}{db}"));
        soft.exactly("services", "web", "error_rate", 0.0);
        let below = soft.value("services", "db", "error_rate").unwrap();
        assert!((below - lost / all).abs() < 1.0 * 16.0 / all, "{word}: {below} against {}", lost / all);
    }
    let patient = loaded("1h", surge, &format!("  web: {{calls: [{{to: db}}]}}{db}"));
    patient.exactly("services", "web", "error_rate", 0.0);
}

/// When half of the places go with half of the replicas, what waits there is lost: 10,000/s against 2 x 4,000/s fill
/// both queues of 100,000 after 100 s. At 600 s one replica goes for good: 100,000 are lost at once, then 6,000/s.
#[test]
fn places_in_a_queue_go_with_their_replica() {
    let text = "
name: places
start: 2026-01-01
horizon: 1000s
zones: [a, b]
traffic: {users: {to: web, rate: 10000/s}}
services: {web: {replicas: 2, spread: zones, capacity: 4000/s, queue: 100000}}
failures: {out: {hits: zone, of: [a], schedule: {first: 2026-01-01T00:10}, repair: never}}
";
    let run = run(text, 1, 1);
    run.as_a_fluid("services", "web", "throughput", 600.0 * 8.0 + 400.0 * 4.0);
    run.as_a_fluid("services", "web", "error_rate", (500.0 * 2.0 + 100.0 + 400.0 * 6.0) / 9900.0);
}

/// What waits in a service that goes down fails: 10,000/s against 8,000/s for 100 s, then a minute of nothing, then again.
#[test]
fn a_queue_fails_with_its_service() {
    let text = "
name: dropped
start: 2026-01-01
horizon: 260s
traffic: {users: {to: web, rate: 10000/s}}
services: {web: {capacity: 8000/s}}
failures: {out: {hits: service, schedule: {first: '2026-01-01T00:01:40'}, repair: 60s}}
";
    let run = run(text, 1, 1);
    // 200,000 wait after 100 s and fail; 600,000 fail on arrival; 200,000 wait at the end.
    run.as_a_fluid("services", "web", "throughput", 1.6e6 / 260.0);
    run.as_a_fluid("services", "web", "error_rate", 800.0 / 2400.0);
}

/// The same queue behind a caller: what fails there fails the requests that called, and so does what comes meanwhile; after the
/// first call that fails no other is made.
#[test]
fn a_queue_that_fails_fails_the_callers() {
    for per_request in [0.5, 1.0] {
        let rate = 10_000.0 / per_request;
        let text = format!(
            "
name: dropped
start: 2026-01-01
horizon: 260s
traffic: {{users: {{to: front, rate: {rate}/s}}}}
services:
  front: {{calls: [{{to: web}}]}}
  web: {{calls: [{{to: db, per_request: {per_request}}}]}}
  db: {{capacity: 8000/s}}
failures: {{out: {{hits: service, of: [db], schedule: {{first: '2026-01-01T00:01:40'}}, repair: 60s}}}}
"
        );
        let run = run(&text, 1, 1);
        run.as_a_fluid("services", "db", "throughput", 1.6e6 / 260.0);
        run.as_a_fluid("services", "db", "error_rate", 800.0 / 2400.0);
        // What waits below at the end counts as answered above: a caller that waits for ever is not followed to the answer.
        let lost = 2e5 + rate * 60.0 * per_request;
        for service in ["front", "web"] {
            run.as_a_fluid("services", service, "error_rate", lost / (rate * 260.0));
        }
    }
}

/// Weights 1 and 3 for half a day each: 5/s and 15/s for one server that does 12/s, where nobody can wait.
#[test]
fn a_daily_profile_is_scaled_to_mean_one() {
    let weights = format!("[{}]", [[1; 12], [3; 12]].concat().iter().map(ToString::to_string).collect::<Vec<_>>().join(", "));
    let run = loaded("2d", &format!("rate: 10/s, daily: {weights}"), "  web: {capacity: 12/s, queue: 0}");
    let lost = 5.0 * one_server(5.0 / 12.0) + 15.0 * one_server(15.0 / 12.0);
    run.exactly("services", "web", "error_rate", lost / 20.0);
    run.exactly("services", "web", "throughput", (20.0 - lost) / 2.0);
}

/// Eight times as much on Monday: 40/s against 5/s on other days, for one server that does 30/s. 5 January 2026 is a Monday.
#[test]
fn a_weekly_profile_begins_on_monday() {
    let weights: Vec<String> = (0..168).map(|hour| if hour < 24 { "8".to_owned() } else { "1".to_owned() }).collect();
    let traffic = format!("rate: 10/s, weekly: [{}]", weights.join(", "));
    let run = loaded("7d", &traffic, "  web: {capacity: 30/s, queue: 0}");
    let lost = 40.0 * one_server(40.0 / 30.0) + 6.0 * 5.0 * one_server(5.0 / 30.0);
    run.exactly("services", "web", "error_rate", lost / 70.0);
    // A day later it is still Monday's noon that counts.
    let monday = loaded("1d", &traffic, "  web: {capacity: 30/s, queue: 0}");
    monday.exactly("services", "web", "throughput", 40.0 * (1.0 - one_server(40.0 / 30.0)));
}

/// Hours are those of the time zone: it is one o'clock in Berlin when the scenario is an hour old, and on 29 March 2026
/// the hour from two to three does not exist.
#[test]
fn a_daily_profile_follows_local_time() {
    let weights: Vec<String> = (0..24).map(|hour| if hour == 2 { "24".to_owned() } else { "0".to_owned() }).collect();
    let text = |start: &str| {
        format!(
            "
name: local
start: {start}
horizon: 1d
timezone: Europe/Berlin
traffic: {{users: {{to: web, rate: 10/s, daily: [{}]}}}}
services: {{web: {{}}}}
",
            weights.join(", ")
        )
    };
    run(&text("2026-03-28"), 1, 1).exactly("services", "web", "throughput", 10.0);
    // Summer time skips the hour; the horizon of 24 h ends at one o'clock.
    assert_eq!(run(&text("2026-03-29"), 1, 1).value("services", "web", "throughput"), None);
    // In October it comes twice.
    run(&text("2026-10-25"), 1, 1).exactly("services", "web", "throughput", 20.0);
}

/// (1 + g)^(t / month) and 1 + g t / month, integrated over two months.
#[test]
fn growth_compounds_or_adds() {
    let compound = loaded("2mo", "rate: 10/s, growth: 100%/mo", "  web: {}");
    compound.exactly("services", "web", "throughput", 10.0 * 3.0 / (2.0 * 2.0_f64.ln()));
    let linear = loaded("2mo", "rate: 10/s, growth: {linear: 50%/mo}", "  web: {}");
    linear.exactly("services", "web", "throughput", 15.0);
}

/// From 80/s to 160/s in a month, linearly, for one server that does 100/s where nobody can wait: at a load of a the share
/// a/(1 + a) is lost, so ∫ a²/(1 + a) da of ∫ a da, from 0.8 to 1.6; the integral is a²/2 − a + ln(1 + a).
#[test]
fn growth_passes_the_capacity_when_it_does() {
    for (growth, end) in [("100%", 1.6), ("47.5%", 1.18)] {
        let run = loaded("1mo", &format!("rate: 80/s, growth: {{linear: {growth}/mo}}"), "  web: {capacity: 100/s, queue: 0}");
        let lost = |a: f64| a * a / 2.0 - a + (1.0 + a).ln();
        let exact = (lost(end) - lost(0.8)) / (end * end / 2.0 - 0.32);
        let found = run.value("services", "web", "error_rate").expect("some are lost");
        // Growth is solved piece by piece, 1,024 of them: their means are off by a square of that.
        assert!((found - exact).abs() < 2e-6, "{found} against {exact}");
    }
}

/// Two minutes with 600 and 1200 requests, again and again, for one server that does 15/s where nobody can wait.
#[test]
fn a_series_repeats_after_its_end() {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(b"time,value\n0,600\n60,1200\n").expect("written");
    let series = format!("series: {{file: {}, time: time, value: value, per: 1m}}", file.path().display());
    let run = loaded("4m", &series, "  web: {capacity: 15/s, queue: 0}");
    let (less, more) = (600.0 * one_server(10.0 / 15.0), 1200.0 * one_server(20.0 / 15.0));
    run.exactly("services", "web", "error_rate", (less + more) / 1800.0);
    run.exactly("services", "web", "throughput", (1800.0 - less - more) / 120.0);
    let part = loaded("3m", &series, "  web: {capacity: 15/s, queue: 0}");
    part.exactly("services", "web", "error_rate", (2.0 * less + more) / 2400.0);
}

/// Two replicas of four servers, 20/s of 100 ms: 2 of 8 are busy. With one replica out for half of the time 2 of 6.
#[test]
fn utilization_is_busy_over_up() {
    let services = "  web: {replicas: 2, spread: zones, service_time: 200ms, concurrency: 4}";
    ten_hours(services, "").exactly("services", "web", "utilization", 0.25);
    let half = ten_hours(services, "failures: {out: {hits: zone, of: [a], schedule: {first: 2026-01-01T02:00}, repair: 5h}}");
    half.exactly("services", "web", "utilization", 1.0 / 3.0);
}

/// A server is busy while it waits for a call, unless it is released meanwhile.
#[test]
fn a_held_server_is_busy_during_its_calls() {
    for (held, busy) in [("", 0.4), (", while: released", 0.1)] {
        let run = ten_hours(
            &format!(
                "  web: {{service_time: 100ms, concurrency: 10, calls: [{{to: db{held}}}]}}\n  db: {{service_time: 300ms, concurrency: 30}}"
            ),
            "",
        );
        run.exactly("services", "web", "utilization", busy);
        run.exactly("services", "db", "utilization", 0.1);
    }
}

/// Half of the capacity for an hour: two servers without a queue share 10/s that each could do 6/s of, then 3/s.
#[test]
fn a_weakened_service_carries_less() {
    for hits in ["service", "replica"] {
        let run = ten_hours(
            "  web: {replicas: 2, capacity: 6/s, queue: 0}",
            &format!(
                "failures: {{slow: {{hits: {hits}, schedule: {{first: 2026-01-01T02:00}}, effect: {{capacity: 50%}}, repair: 1h}}}}"
            ),
        );
        let lost = 0.9 * one_server(5.0 / 6.0) + 0.1 * one_server(5.0 / 3.0);
        run.exactly("services", "web", "error_rate", lost);
        assert!(run.value("services", "web", "time_availability").is_none_or(|up| up == 1.0));
    }
}

/// Replicas cost what they cost, in service or not.
#[test]
fn cost_is_that_of_all_replicas() {
    let run = ten_hours(
        "  web: {replicas: 4, cost: 0.50/h, spread: zones}\n  db: {replicas: 2, cost: 24/d}",
        "failures: {out: {hits: zone, of: [a], schedule: {first: 2026-01-01T02:00}, repair: 5h}}",
    );
    run.costs("infrastructure", 4.0 * 0.5 * 10.0 + 2.0 * 10.0);
}

/// What one service under constant load loses, from outages, weaknesses and a queue, one change after the other: an
/// account of its own to hold the simulator's against. Returns (good, lost, waiting).
fn account(rate: f64, capacity: f64, places: f64, horizon: f64, changes: &[(f64, f64, f64)]) -> (f64, f64, f64) {
    let (mut good, mut lost, mut queue) = (0.0, 0.0, 0.0_f64);
    let mut edges: Vec<f64> = changes.iter().flat_map(|change| [change.0, change.0 + change.1]).collect();
    edges.extend([0.0, horizon]);
    edges.retain(|edge| *edge <= horizon);
    edges.sort_by(f64::total_cmp);
    for pair in edges.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let strength: f64 =
            changes.iter().filter(|change| change.0 <= from && to <= change.0 + change.1).map(|change| change.2).product();
        let length = to - from;
        if length <= 0.0 {
            continue;
        }
        if strength == 0.0 {
            lost += queue + rate * length;
            queue = 0.0;
            continue;
        }
        let carried = capacity * strength;
        if rate > carried {
            let filling = ((places - queue) / (rate - carried)).min(length);
            queue += (rate - carried) * filling;
            good += carried * length;
            lost += (rate - carried) * (length - filling);
        } else {
            let drains = if carried > rate { queue / (carried - rate) } else { f64::INFINITY };
            let draining = drains.min(length);
            good += carried * draining + rate * (length - draining);
            queue -= (carried - rate) * draining;
        }
    }
    (good, lost, queue)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    /// Every request that arrives is good, lost or still waiting, as many of each as the account says. With at least a thousand
    /// servers chance moves loads of the size of the capacity by one over the square root of that, 3%.
    #[test]
    fn requests_are_conserved(
        rate in 1_u32..40,
        capacity in 1_u32..40,
        places in prop_oneof![Just(None), (0_u32..2_000).prop_map(Some)],
        outages in prop::collection::vec((0_u32..3_400, 1_u32..900), 0..4),
        weak in prop::collection::vec((0_u32..3_400, 1_u32..900, 1_u32..10), 0..4),
    ) {
        let mut text = format!(
            "\nname: random\nstart: 2026-01-01\nhorizon: 1h\ntraffic: {{users: {{to: web, rate: {rate}000/s}}}}\nservices: {{web: {{service_time: 1s, concurrency: {capacity}000{}}}}}\n",
            places.map_or(String::new(), |places| format!(", queue: {places}000"))
        );
        text += "objectives: {good: {service: web, target: 99%, window: rolling 1h}}\n";
        if outages.len() + weak.len() > 0 {
            text += "failures:\n";
        }
        let mut changes = Vec::new();
        for (i, (at, lasts)) in outages.iter().enumerate() {
            text += &format!(
                "  out {i}: {{hits: service, schedule: {{first: '2026-01-01T00:{:02}:{:02}'}}, repair: {lasts}s}}\n", at / 60, at % 60
            );
            changes.push((f64::from(*at), f64::from(*lasts), 0.0));
        }
        for (i, (at, lasts, tenths)) in weak.iter().enumerate() {
            text += &format!(
                "  weak {i}: {{hits: replica, schedule: {{first: '2026-01-01T00:{:02}:{:02}'}}, effect: {{capacity: {}%}}, repair: {lasts}s}}\n",
                at / 60, at % 60, tenths * 10
            );
            changes.push((f64::from(*at), f64::from(*lasts), f64::from(*tenths) / 10.0));
        }
        let places = places.map_or(f64::INFINITY, f64::from);
        let (good, lost, waiting) = account(f64::from(rate), f64::from(capacity), places, HOUR, &changes);
        let all = f64::from(rate) * HOUR;
        prop_assert!((good + lost + waiting - all).abs() < 1e-6 * all, "the account itself leaks");
        let run = run(&text, 1, 1);
        let simulated = run.value("services", "web", "throughput").unwrap_or(0.0) * HOUR / 1_000.0;
        prop_assert!((simulated - good).abs() < 0.03 * all, "good: {simulated} against {good} of {all}\n{text}");
        let failed = run.value("services", "web", "error_rate").unwrap_or(0.0);
        let exact = if lost > 1e-9 * all { lost / (all - waiting) } else { 0.0 };
        prop_assert!((failed - exact).abs() < 0.03, "lost: {failed} against {exact}\n{text}");
        let judged = run.value("objectives", "good", "attainment").unwrap_or(1.0);
        prop_assert!((judged - (1.0 - exact)).abs() < 0.03, "judged: {judged} against {}\n{text}", 1.0 - exact);
    }
}
