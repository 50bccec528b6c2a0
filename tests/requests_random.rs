//! Random scenarios with everything that requests can meet: every request is accounted for, Little's law holds, and the bytes do
//! not depend on the number of threads.

mod common;

use common::{compiled, simulate_model};
use ninefold::run::Options;
use ninefold::scenario::Fidelity;
use ninefold::sim::request::{Plan, Requests, Served, count};
use ninefold::stats::Moments;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// Choices, by a generator of Lehmer's kind: a scenario is a function of its number.
struct Choices(u64);

impl Choices {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len() as u64) as usize]
    }

    /// The words in one of three cases.
    fn sometimes(&mut self, words: &str) -> String {
        if self.below(3) == 0 { format!(", {words}") } else { String::new() }
    }
}

fn call(choices: &mut Choices, to: u64, first: bool) -> String {
    let many = choices.of(&["1", "2", "0.5", "2.5"]);
    let mut words = format!("to: s{to}, per_request: {many}");
    for word in [
        "timeout: 300ms",
        "timeout: 1s",
        "needed: false",
        "while: released",
        "timed_out: cancelled",
        "hits: 30%",
        "work: 2",
        "priority: 1",
        "retries: {max: 2, budget: 20%}",
        "breaker: {errors: 50%, least: 5, open: 3s}",
    ] {
        let more = choices.sometimes(word);
        let key = word.split(':').next().unwrap_or_default();
        if !words.contains(&format!("{key}:")) {
            words.push_str(&more);
        }
    }
    if !words.contains("retries") {
        words.push_str(&choices.sometimes("retries: {max: 1, backoff: {first: 200ms, jitter: full}}"));
    }
    if !first {
        words.push_str(&choices.sometimes("together: true"));
    }
    format!("{{{words}}}")
}

fn service(choices: &mut Choices, s: u64, services: u64) -> String {
    let mut words = format!("replicas: {}, spread: zones", 1 + choices.below(4));
    match choices.below(5) {
        0 => {}
        1 => words.push_str(", capacity: 40/s"),
        _ => {
            let law = choices.of(&["20ms", "{exponential: {mean: 20ms}}", "{lognormal: {mean: 30ms, cv: 2}}"]);
            words.push_str(&format!(", service_time: {law}, concurrency: {}", 1 + choices.below(3)));
        }
    }
    let balance = choices.of(&["random", "round_robin", "least_busy", "shared_queue", "{power_of: 2}"]);
    words.push_str(&format!(", balance: {balance}"));
    let discipline = choices.of(&["fifo", "lifo", "priority", "processor_sharing"]);
    words.push_str(&format!(", discipline: {discipline}"));
    words.push_str(&format!(", interrupted: {}", choices.of(&["fail", "restart", "resume"])));
    words.push_str(&format!(", while_down: {}", choices.of(&["fail", "wait"])));
    words.push_str(&choices.sometimes("queue: 5"));
    words.push_str(&choices.sometimes("health_check: 2s"));
    if discipline != "processor_sharing" {
        words.push_str(&choices.sometimes("shed: {queue: 4, age: 500ms}"));
    }
    if balance != "shared_queue" {
        words.push_str(&choices.sometimes("slow_start: 5s"));
    }
    let calls: Vec<u64> = (s + 1..services).filter(|_| choices.below(2) == 0).collect();
    let calls: Vec<String> = calls.iter().enumerate().map(|(place, to)| call(choices, *to, place == 0)).collect();
    format!("  s{s}: {{{words}, calls: [{}]}}\n", calls.join(", "))
}

fn scenario(number: u64) -> String {
    let mut choices = Choices(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let services = 1 + choices.below(6);
    let mut text = String::from("name: random\nstart: 2026-01-01\nhorizon: 60s\nzones: [a, b]\ntraffic:\n");
    let arrivals = choices.of(&["poisson", "regular", "{cv: 2}"]);
    text.push_str(&format!("  open: {{to: s0, rate: {}/s, arrivals: {arrivals}, priority: 2}}\n", 20 + choices.below(100)));
    text.push_str(&format!(
        "  closed: {{to: s{}, users: 5, think: {{exponential: {{mean: 500ms}}}}}}\n",
        choices.below(services)
    ));
    text.push_str("services:\n");
    for s in 0..services {
        text.push_str(&service(&mut choices, s, services));
    }
    text.push_str(
        "failures:\n  crash: {hits: replica, mttf: 20s, repair: {exponential: {mean: 4s}}}\n  \
         zone: {hits: zone, mttf: 60s, repair: {exponential: {mean: 3s}}}\n  \
         cut: {hits: service, mttf: 90s, repair: {exponential: {mean: 2s}}}\n  \
         slow: {hits: replica, mttf: 30s, effect: {slower: 3, errors: 10%}, repair: {exponential: {mean: 5s}}}\n  \
         weak: {hits: zone, mttf: 60s, effect: {capacity: 50%}, repair: {exponential: {mean: 5s}}}\n",
    );
    text
}

/// Arrived and in flight at the start = good + failed + in flight at the end, and one batch begins as the one before it ended.
fn is_accounted_for(batches: &[&Served], what: &str) {
    for served in batches {
        let resolved = served.counts[count::GOOD] + served.failed();
        assert_eq!(
            served.counts[count::ARRIVED] + served.in_flight_at_start,
            resolved + served.in_flight_at_end,
            "{what}: {:?}",
            served.counts
        );
        assert!(served.busy >= -1e-6 && served.queued >= 0.0 && served.present >= -1e-6, "{what}");
        assert_eq!(served.response.count(), served.counts[count::GOOD], "{what}");
    }
    for pair in batches.windows(2) {
        assert_eq!(pair[0].in_flight_at_end, pair[1].in_flight_at_start, "{what}");
    }
}

fn check(number: u64) {
    let text = scenario(number);
    let model = compiled(&text, None);
    let mut requests = Requests::new(&model, Plan { warmup: 5.0, bins: 8, batches: 4 });
    for replication in 0..2 {
        let stopped = requests.run_while(number, replication, 0, |_| true);
        assert!(stopped.is_ok(), "{stopped:?}");
        let given = requests.requests();
        for (s, service) in model.services.iter().enumerate() {
            let batches: Vec<&Served> = given.batches.iter().map(|batch| &batch.services[s]).collect();
            is_accounted_for(&batches, &format!("{} of scenario {number}\n{text}", service.name));
        }
        for source in 0..2 {
            let batches: Vec<&Served> = given.batches.iter().map(|batch| &batch.sources[source]).collect();
            is_accounted_for(&batches, &format!("source {source} of scenario {number}\n{text}"));
        }
        // What a call attempted arrived at the service that it calls, but for what a breaker stopped.
        for batch in &given.batches {
            let attempts: u64 = batch.calls.iter().map(|called| called.attempts - called.broken).sum();
            let arrived: u64 = batch.services.iter().map(|served| served.counts[count::ARRIVED]).sum();
            let from_outside: u64 = batch.sources.iter().map(|served| served.counts[count::ARRIVED]).sum();
            assert_eq!(arrived, attempts + from_outside, "scenario {number}\n{text}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn every_request_is_accounted_for(number in any::<u64>()) {
        check(number);
    }
}

#[test]
fn the_bytes_do_not_depend_on_the_number_of_threads() {
    for number in 0..12 {
        let model = compiled(&scenario(number), None);
        let options = |threads| Options {
            replications: 6,
            fidelity: Fidelity::Request,
            threads: Some(threads),
            warmup: if number % 2 == 0 { Some(5.0) } else { None },
            ..Default::default()
        };
        let [one, three] = [1, 3].map(|threads| simulate_model(&model, &options(threads)).results());
        assert_eq!(one, three, "scenario {number}\n{}", scenario(number));
    }
}

/// L = λ W, for the line and for all that is present, where nothing is given up: the difference of the two sides, which the edges
/// of the time leave, is zero on average.
#[test]
fn littles_law_holds() {
    for (balance, discipline) in
        [("random", "fifo"), ("least_busy", "lifo"), ("shared_queue", "priority"), ("{power_of: 2}", "processor_sharing")]
    {
        let text = format!(
            "name: little\nstart: 2026-01-01\nhorizon: 500s\ntraffic: {{t: {{to: a, rate: 100/s}}}}\nservices:\n  \
             a: {{replicas: 3, concurrency: 2, service_time: {{exponential: {{mean: 30ms}}}}, balance: {balance}, discipline: {discipline}, \
             calls: [{{to: b, per_request: 1.5, while: released}}]}}\n  \
             b: {{replicas: 4, service_time: {{lognormal: {{mean: 20ms, cv: 1.5}}}}, balance: {balance}, discipline: {discipline}}}\n"
        );
        let model = compiled(&text, None);
        let mut requests = Requests::new(&model, Plan { warmup: 20.0, bins: 1, batches: 1 });
        let mut off = [[Moments::default(); 2]; 2];
        for replication in 0..30 {
            let stopped = requests.run_while(1, replication, 0, |_| true);
            assert!(stopped.is_ok(), "{stopped:?}");
            let batch = &requests.requests().batches[0];
            for (off, served) in off.iter_mut().zip(&batch.services) {
                off[0].add((served.queued - served.wait_sum) / batch.seconds);
                off[1].add((served.present - served.response_sum) / batch.seconds);
                assert!(served.present > 0.0 && (discipline == "processor_sharing" || served.queued > 0.0));
            }
        }
        for moments in off.as_flattened() {
            let error = (moments.variance() / moments.count() as f64).sqrt();
            assert!(moments.mean().abs() <= 3.3 * error + 1e-12, "{balance} {discipline}: {} ± {error}", moments.mean());
        }
    }
}

/// Most requests take a short way through services in their usual state. With priorities they take the long way, and where all
/// have the same priority the order is the same: so is every count and every time, to the last bit.
#[test]
fn the_short_way_and_the_long_way_are_the_same() {
    let text = |discipline: &str| {
        format!(
            "name: ways\nstart: 2026-01-01\nhorizon: 300s\ntraffic: {{t: {{to: a, rate: 60/s}}, u: {{to: b, users: 4, think: 200ms}}}}\n\
             services:\n  a: {{concurrency: 3, service_time: {{exponential: {{mean: 30ms}}}}, queue: 8, discipline: {discipline}, calls: [\
             {{to: b, timeout: 100ms, retries: {{max: 1}}}}, {{to: c, while: released, timeout: 200ms, timed_out: cancelled}}]}}\n  \
             b: {{replicas: 3, balance: shared_queue, service_time: {{lognormal: {{mean: 20ms, cv: 1.5}}}}, discipline: {discipline}}}\n  \
             c: {{service_time: {{exponential: {{mean: 12ms}}}}, discipline: {discipline}, interrupted: resume, while_down: wait}}\n\
             failures:\n  crash: {{hits: replica, mttf: 60s, repair: {{exponential: {{mean: 2s}}}}}}\n  \
             slow: {{hits: service, of: [c], mttf: 50s, effect: {{slower: 2, errors: 10%}}, repair: 5s}}\n"
        )
    };
    let outcome = |discipline: &str| {
        let model = compiled(&text(discipline), None);
        let mut requests = Requests::new(&model, Plan { warmup: 5.0, bins: 4, batches: 2 });
        let stopped = requests.run_while(7, 3, 0, |_| true);
        assert!(stopped.is_ok(), "{stopped:?}");
        format!("{:?}", requests.requests())
    };
    let short = outcome("fifo");
    assert!(short.len() > 1_000);
    assert_eq!(short, outcome("priority"));
}
