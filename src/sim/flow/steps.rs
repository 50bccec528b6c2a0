//! Steps half as long give the same.

#![allow(clippy::unwrap_used, reason = "a test says by a panic what it expected")]

use super::follow::COARSE;
use super::rows::row;
use crate::model::compile;
use crate::scenario::{Patches, parse};
use crate::sim::World;

/// What a replication gave for a service: requests by what became of them, busy time, mean times, and quantiles of response times.
fn measures(text: &str, coarse: f64) -> Vec<(String, f64)> {
    let loaded = parse("steps.yaml", text, &Patches::default()).unwrap();
    let model = compile(&loaded).unwrap();
    let mut world = World::new(&model, 0.0);
    world.flow.coarse = coarse;
    world.run(1, 0, 0);
    let mut found = Vec::new();
    for (s, service) in model.services.iter().enumerate() {
        let load = world.outcome().services[s].load;
        let part = |of: usize, by: usize| if load[by] > 0.0 { load[of] / load[by] } else { 0.0 };
        let failed = row::REASONS.map(|(reason, _)| load[reason]).iter().sum::<f64>();
        let mut add = |what: &str, value: f64| found.push((format!("{} of {}", what, service.name), value));
        add("errors", if load[row::RESOLVED] > 0.0 { failed / load[row::RESOLVED] } else { 0.0 });
        add("busy time", load[row::BUSY]);
        add("mean response", part(row::RESPONSE, row::GOOD));
        add("mean wait", part(row::WAIT, row::BEGUN));
        for p in [0.5, 0.95, 0.99] {
            add(&format!("response at {p}"), world.lengths()[s][0].quantile(p).unwrap_or(0.0));
        }
    }
    found
}

const CASES: [(&str, &str); 5] = [
    (
        "a surge",
        "horizon: 20m\ntraffic: {t: {to: web, rate: 60/s, surges: [{at: '2026-01-01T00:05', lasts: 1m, times: 2}]}}\n\
         services: {web: {service_time: {exponential: {mean: 10ms}}}}\n",
    ),
    (
        "a storm of retries",
        "horizon: 20m\ntraffic: {t: {to: web, rate: 280/s, surges: [{at: '2026-01-01T00:05', lasts: 10s, times: 2}]}}\n\
         services:\n  web: {calls: [{to: db, timeout: 1s, retries: {max: 1, budget: 5%}}]}\n  db: {capacity: 300/s}\n",
    ),
    (
        "an overload with a queue that ends",
        "horizon: 20m\ntraffic: {t: {to: web, rate: 60/s, surges: [{at: '2026-01-01T00:05', lasts: 3m, times: 1.9}]}}\n\
         services: {web: {service_time: {exponential: {mean: 10ms}}, queue: 40}}\n",
    ),
    (
        "a slow replica behind a timeout",
        "horizon: 2h\ntraffic: {t: {to: web, rate: 90/s}}\n\
         services:\n  web: {calls: [{to: db, timeout: 60ms}]}\n  db: {replicas: 3, service_time: {exponential: {mean: 10ms}}}\n\
         failures: {slow: {hits: replica, of: [db], mttf: 2h, effect: {slower: 5}, repair: 10m}}\n",
    ),
    (
        "replicas that crash under load",
        "horizon: 12h\ntraffic: {t: {to: web, rate: 320/s}}\n\
         services: {web: {replicas: 4, service_time: {exponential: {mean: 10ms}}, queue: 30, health_check: 10s}}\n\
         failures: {crash: {hits: replica, mttf: 6h, effect: down, repair: 10m}}\n",
    ),
];

/// Halving the steps changes a measure by less than this,
const SAME: f64 = 1e-3;
/// but these, by less than that: long waits that come and go, and a fixed point of retries.
const NEARLY: f64 = 1e-2;
const LESS_CONTROLLED: [(&str, &[&str]); 3] = [
    ("a surge", &["mean response of web", "mean wait of web", "response at 0.99 of web"]),
    (
        "a storm of retries",
        &[
            "mean response of web",
            "response at 0.95 of web",
            "response at 0.99 of web",
            "mean response of db",
            "response at 0.95 of db",
            "response at 0.99 of db",
        ],
    ),
    ("a slow replica behind a timeout", &["mean wait of db"]),
];

#[test]
fn half_the_steps_change_no_measure_that_is_reported() {
    for (name, text) in CASES {
        let text = format!("name: steps\nstart: 2026-01-01\n{text}");
        let (whole, half) = (measures(&text, COARSE), measures(&text, 0.5 * COARSE));
        for ((what, a), (_, b)) in whole.iter().zip(&half) {
            let less = LESS_CONTROLLED.iter().any(|(case, those)| *case == name && those.contains(&what.as_str()));
            let within = if less { NEARLY } else { SAME };
            assert!((a - b).abs() <= within * b.abs(), "{name}: {what} is {a}, and {b} with half the steps");
        }
    }
}
