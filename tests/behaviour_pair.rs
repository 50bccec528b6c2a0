//! A caller and its callee under load against a simulation in small steps: thousands of requests a second, so that they behave as a
//! fluid, and a callee that learns who has given up.

mod common;

use common::run;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// A caller and its callee under load and outages, in steps of a twentieth of a second: how many requests each loses, and
/// how many arrive at the callee.
struct Steps {
    lost: f64,
    lost_below: f64,
    below: f64,
    waiting: [f64; 2],
}

#[derive(Debug, Clone)]
struct Pair {
    rate: f64,
    capacity: [f64; 2],
    places: [f64; 2],
    per_request: f64,
    patience: f64,
    outages: Vec<(usize, f64, f64)>,
}

fn steps(pair: &Pair, horizon: f64) -> Steps {
    const STEP: f64 = 0.05;
    let mut given = Steps { lost: 0.0, lost_below: 0.0, below: 0.0, waiting: [0.0; 2] };
    let mut queues = [0.0_f64; 2];
    for n in 0..(horizon / STEP) as usize {
        let at = (n as f64 + 0.5) * STEP;
        let out = [0, 1].map(|s| pair.outages.iter().any(|o| o.0 == s && o.1 <= at && at < o.1 + o.2));
        let arrive = pair.rate * STEP;
        if out[0] {
            given.lost += arrive + queues[0];
            queues[0] = 0.0;
        }
        let served = if out[0] { 0.0 } else { (queues[0] + arrive).min(pair.capacity[0] * STEP) };
        if !out[0] {
            queues[0] += arrive - served;
            let over = (queues[0] - pair.places[0]).max(0.0);
            given.lost += over;
            queues[0] -= over;
        }
        let calls = served * pair.per_request;
        given.below += calls;
        let mut refused = calls;
        if out[1] {
            given.lost += queues[1] / pair.per_request.max(1.0);
            given.lost_below += queues[1];
            queues[1] = 0.0;
        } else {
            queues[1] = (queues[1] + calls - pair.capacity[1] * STEP).max(0.0);
            refused = (queues[1] - pair.places[1].min(pair.patience * pair.capacity[1])).clamp(0.0, calls);
            queues[1] -= refused;
        }
        given.lost_below += refused;
        if calls > 0.0 {
            let ok = 1.0 - refused / calls;
            let whole = pair.per_request.floor();
            given.lost += served * (1.0 - ok.powf(whole) * (1.0 - (pair.per_request - whole) * (1.0 - ok)));
        }
    }
    given.waiting = queues;
    given
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn a_caller_and_its_callee_agree_with_small_steps(
        rate in 5_u32..40,
        capacity in [5_u32..60, 5_u32..60],
        places in [prop_oneof![Just(None), (1_u32..500).prop_map(Some)], prop_oneof![Just(None), (1_u32..500).prop_map(Some)]],
        per_request in prop_oneof![Just(0.5), Just(1.0)],
        timeout in prop_oneof![Just(None), (1_u32..60).prop_map(Some)],
        outages in prop::collection::vec((0_usize..2, 0_u32..1_700, 1_u32..600), 0..4),
    ) {
        let queue = |s: usize| places[s].map_or(String::new(), |places| format!(", queue: {places}000"));
        let timeout_text = timeout.map_or(String::new(), |timeout| format!(", timeout: {timeout}s, timed_out: cancelled"));
        let mut text = format!(
            "\nname: pair\nstart: 2026-01-01\nhorizon: 30m\ntraffic: {{users: {{to: web, rate: {rate}000/s}}}}\nservices:\n  web: {{capacity: {}000/s{}, calls: [{{to: db, per_request: {per_request}{timeout_text}}}]}}\n  db: {{capacity: {}000/s{}}}\nobjectives:\n  web: {{service: web, target: 99%, window: rolling 30m}}\n  db: {{service: db, target: 99%, window: rolling 30m}}\n",
            capacity[0], queue(0), capacity[1], queue(1),
        );
        if !outages.is_empty() {
            text += "failures:\n";
        }
        for (i, (s, at, lasts)) in outages.iter().enumerate() {
            text += &format!(
                "  out {i}: {{hits: service, of: [{}], schedule: {{first: '2026-01-01T00:{:02}:{:02}'}}, repair: {lasts}s}}\n",
                ["web", "db"][*s], at / 60, at % 60
            );
        }
        let number = |places: Option<u32>| places.map_or(f64::INFINITY, f64::from);
        let pair = Pair {
            rate: f64::from(rate),
            capacity: capacity.map(f64::from),
            places: places.map(number),
            per_request,
            patience: number(timeout),
            outages: outages.iter().map(|&(s, at, lasts)| (s, f64::from(at), f64::from(lasts))).collect(),
        };
        let exact = steps(&pair, 1800.0);
        let all = f64::from(rate) * 1800.0;
        let run = run(&text, 1, 1);
        let lost = |name: &str| 1.0 - run.value("objectives", name, "attainment").unwrap_or(1.0);
        prop_assert!((lost("web") - exact.lost / (all - exact.waiting[0])).abs() < 2e-3, "web: {} against {}\n{text}", lost("web"), exact.lost / (all - exact.waiting[0]));
        // Who gives up some time is counted when it comes, who does not when it is served.
        let waiting = if timeout.is_some() { 0.0 } else { exact.waiting[1] };
        let below = exact.lost_below / (exact.below - waiting).max(1.0);
        prop_assert!((lost("db") - below).abs() < 2e-3, "db: {} against {below}\n{text}", lost("db"));
    }
}
