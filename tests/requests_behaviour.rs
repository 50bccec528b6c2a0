//! What becomes of single requests, in histories that can be told by hand: arrivals at whole seconds, fixed times of service.

#![expect(clippy::unwrap_used, reason = "a test says by a panic what it expected")]

use ninefold::model::Model;
use ninefold::run::{Control, Options};
use ninefold::scenario::{Fidelity, Patches, parse};
use ninefold::sim::request::{Plan, RequestOutcome, Requests, Served, count};

fn compile(text: &str) -> Model {
    let loaded = parse("case.yaml", text, &Patches::default()).unwrap_or_else(|error| panic!("{error}\n{text}"));
    ninefold::model::compile(&loaded).unwrap_or_else(|error| panic!("{error:?}\n{text}"))
}

/// One replication of a scenario, whole.
struct Told {
    model: Model,
    given: RequestOutcome,
}

fn tell(body: &str, horizon: &str) -> Told {
    let model = compile(&format!("name: case\nstart: 2026-01-01\nhorizon: {horizon}\n{body}"));
    let mut requests = Requests::new(&model, Plan { warmup: 0.0, bins: 1, batches: 1 });
    requests.run_while(1, 0, 0, |_| true).unwrap();
    let given = requests.requests().clone();
    for served in given.batches[0].services.iter().chain(&given.batches[0].sources) {
        let resolved = served.counts[count::GOOD] + served.failed();
        assert_eq!(served.counts[count::ARRIVED] + served.in_flight_at_start, resolved + served.in_flight_at_end);
    }
    Told { model, given }
}

impl Told {
    fn service(&self, name: &str) -> &Served {
        let place = self.model.services.iter().position(|service| service.name == name).unwrap();
        &self.given.batches[0].services[place]
    }

    fn source(&self, place: usize) -> &Served {
        &self.given.batches[0].sources[place]
    }

    /// Asserts how many arrived, were good, and failed by each reason.
    fn counts(&self, name: &str, arrived: u64, good: u64, reasons: &[(usize, u64)]) {
        let served = self.service(name);
        assert_eq!((served.counts[count::ARRIVED], served.counts[count::GOOD]), (arrived, good), "{name}: {:?}", served.counts);
        for (reason, word) in count::REASONS {
            let expected = reasons.iter().find(|(known, _)| *known == reason).map_or(0, |(_, count)| *count);
            assert_eq!(served.counts[reason], expected, "{name} {word}: {:?}", served.counts);
        }
    }
}

#[track_caller]
fn near(value: f64, exact: f64) {
    assert!((value - exact).abs() <= 1e-9 * exact.abs().max(1.0), "{value}, not {exact}");
}

const EACH_SECOND: &str = "traffic: {t: {to: s, rate: 1/s, arrivals: regular}}\n";

#[test]
fn without_a_queue_every_request_takes_its_service_time() {
    // Requests at 1, 2 … 9 s, each for half a second.
    let told = tell(&format!("{EACH_SECOND}services: {{s: {{service_time: 500ms}}}}"), "10s");
    told.counts("s", 9, 9, &[]);
    let served = told.service("s");
    near(served.response_sum, 4.5);
    near(served.wait_sum, 0.0);
    near(served.busy, 4.5);
    near(served.servers, 10.0);
    near(served.present, 4.5);
    near(told.source(0).response_sum, 4.5);
}

#[test]
fn who_finds_no_waiting_place_is_turned_away() {
    // Work for 2.5 s: at 1 begins A (to 3.5), 2 waits, 3 finds the place taken, 4 waits (2 began at 3.5, to 6), 5 is turned away,
    // at 6 the server takes 4 (to 8.5) before 6 arrives and waits, 7 and 8 are turned away, 9 waits (6 began at 8.5).
    let told = tell(&format!("{EACH_SECOND}services: {{s: {{service_time: 2500ms, queue: 1}}}}"), "10s");
    told.counts("s", 9, 3, &[(count::QUEUE_FULL, 4)]);
    let served = told.service("s");
    assert_eq!(served.in_flight_at_end, 2);
    near(served.response_sum, 2.5 + 4.0 + 4.5);
    // Begun: 1, 2, 4 and 6.
    near(served.wait_sum, 0.0 + 1.5 + 2.0 + 2.5);
    // In line from 2 to 3.5, 4 to 6, 6 to 8.5 and 9 to 10.
    near(served.queued, 1.5 + 2.0 + 2.5 + 1.0);
    near(served.queue[1], 7.0);
    near(served.queue[0], 3.0);
}

#[test]
fn work_for_a_caller_who_gave_up_is_wasted_or_taken_back() {
    let scenario = |word: &str| {
        format!(
            "traffic: {{t: {{to: front, rate: 1/s, arrivals: regular}}}}\nservices:\n  front: {{calls: [{{to: s, timeout: 2s{word}}}]}}\n  \
             s: {{service_time: 3s}}"
        )
    };
    // Nobody is ever served within 2 s. The work goes on for nobody: begun at 1, 4, 7; finished at 4, 7.
    let told = tell(&scenario(""), "9500ms");
    told.counts("s", 9, 0, &[(count::TIMEOUT, 7)]);
    assert_eq!(told.service("s").counts[count::WASTED], 2);
    told.counts("front", 9, 0, &[(count::DEPENDENCY, 7)]);
    near(told.service("s").busy, 8.5);
    // Taken back: 1 works to 3, then 2 gives up at 4 having begun at 3, 3 begins at 4 and gives up at 5, and so on.
    let told = tell(&scenario(", timed_out: cancelled"), "9500ms");
    told.counts("s", 9, 0, &[(count::TIMEOUT, 7)]);
    assert_eq!(told.service("s").counts[count::WASTED], 0);
    near(told.service("s").busy, 8.5);
    assert_eq!(told.service("s").wait.count(), 8);
}

#[test]
fn an_answer_at_the_very_deadline_is_in_time() {
    let body = "traffic: {t: {to: front, rate: 1/s, arrivals: regular}}\nservices:\n  front: {calls: [{to: s, timeout: 500ms}]}\n  \
                s: {service_time: 500ms}";
    tell(body, "10s").counts("front", 9, 9, &[]);
}

#[test]
fn a_failed_call_is_tried_again_after_its_pause() {
    // The only request comes at 10 s, is tried at 10, 10.1 and 10.3 s (pauses double), and fails each time: nothing serves it.
    let body = "traffic: {t: {to: front, rate: 0.1/s, arrivals: regular}}\nservices:\n  \
                front: {calls: [{to: s, retries: {max: 2, backoff: 100ms}}]}\n  s: {service_time: 1s}\n\
                failures: {cut: {hits: service, of: [s], schedule: {first: 2026-01-01T00:00:05}, repair: 1d}}";
    let told = tell(body, "15s");
    told.counts("s", 3, 0, &[(count::DOWN, 3)]);
    assert_eq!(told.service("s").counts[count::FIRST], 1);
    told.counts("front", 1, 0, &[(count::DEPENDENCY, 1)]);
    near(told.service("front").present, 0.3);
    let called = told.given.batches[0].calls[0];
    assert_eq!((called.calls, called.attempts, called.failed, called.denied), (1, 3, 1, 0));
}

#[test]
fn a_retry_that_finds_the_service_back_saves_the_request() {
    let body = "traffic: {t: {to: front, rate: 0.1/s, arrivals: regular}}\nservices:\n  \
                front: {calls: [{to: s, retries: {max: 2, backoff: 2s}}]}\n  s: {service_time: 1s}\n\
                failures: {cut: {hits: service, of: [s], schedule: {first: 2026-01-01T00:00:05}, repair: 6s}}";
    let told = tell(body, "15s");
    told.counts("s", 2, 1, &[(count::DOWN, 1)]);
    told.counts("front", 1, 1, &[]);
    near(told.service("front").response_sum, 3.0);
}

#[test]
fn a_breaker_fails_calls_at_once_until_its_probe_succeeds() {
    // Down from 0.5 to 20.5 s. Calls at 1, 2, 3 fail and open it; from 4 to 12 all fail at once; the probe at 13 (10 s after 3) fails
    // and opens it again; the probe at 23 succeeds.
    let body = "traffic: {t: {to: front, rate: 1/s, arrivals: regular}}\nservices:\n  \
                front: {calls: [{to: s, breaker: {errors: 50%, least: 3, within: 10s, open: 10s}}]}\n  s: {service_time: 100ms}\n\
                failures: {cut: {hits: service, of: [s], schedule: {first: 2026-01-01T00:00:00}, repair: 20500ms}}";
    let told = tell(body, "30500ms");
    told.counts("s", 4 + 8, 8, &[(count::DOWN, 4)]);
    told.counts("front", 30, 8, &[(count::DEPENDENCY, 22)]);
    assert_eq!(told.given.batches[0].calls[0].broken, 18);
}

#[test]
fn a_replica_that_fails_takes_its_requests_with_it_or_not() {
    let scenario = |words: &str| {
        format!(
            "{EACH_SECOND}services: {{s: {{service_time: 2s, {words}}}}}\n\
             failures: {{cut: {{hits: replica, of: [s], schedule: {{first: 2026-01-01T00:00:02}}, repair: 3500ms}}}}"
        )
    };
    // 1 is at work when the replica fails at 2, where the world comes before the arrival: 1 fails, 2 to 5 find nobody, 6 and 7 are
    // served or wait.
    let told = tell(&scenario("queue: 10"), "7500ms");
    told.counts("s", 7, 0, &[(count::DOWN, 5)]);
    // It goes on after the repair at 5.5, for the second that is left; those that come meanwhile fail.
    let told = tell(&scenario("interrupted: resume"), "7500ms");
    told.counts("s", 7, 1, &[(count::DOWN, 4)]);
    near(told.service("s").response_sum, 5.5);
    near(told.service("s").busy, 1.0 + 1.0 + 1.0);
    near(told.service("s").servers, 4.0);
    // Those that come meanwhile wait: 1 ends at 6.5, 2 is begun then.
    let told = tell(&scenario("interrupted: resume, while_down: wait"), "8600ms");
    told.counts("s", 8, 2, &[]);
    near(told.service("s").response_sum, 5.5 + 6.5);
    // It begins anew elsewhere, and there is no elsewhere: it waits as well, first in line.
    let told = tell(&scenario("interrupted: restart, while_down: wait"), "8s");
    told.counts("s", 7, 1, &[]);
    near(told.service("s").response_sum, 6.5);
}

/// The first team would come at 7; the second is asked at 3, begins at 3.5 and is done at 5.5. So 2 to 5 find nobody.
#[test]
fn failures_are_handed_on_where_requests_are_followed_too() {
    let body = format!(
        "{EACH_SECOND}services: {{s: {{service_time: 100ms}}}}\n\
         teams: {{first: {{people: 1, acknowledge: 5s, escalate: {{after: 1s, to: second}}}}, second: {{people: 1, acknowledge: 500ms}}}}\n\
         failures: {{cut: {{hits: replica, of: [s], schedule: {{first: 2026-01-01T00:00:02}}, repair: 2s, team: first}}}}"
    );
    tell(&body, "7500ms").counts("s", 7, 3, &[(count::DOWN, 4)]);
}

#[test]
fn what_is_interrupted_begins_anew_in_another_replica() {
    let body = format!(
        "{EACH_SECOND}zones: [a, b]\nservices: {{s: {{replicas: 2, spread: zones, balance: round_robin, service_time: 1500ms, \
         interrupted: restart}}}}\nfailures: {{cut: {{hits: zone, of: [a], schedule: {{first: 2026-01-01T00:00:03}}, repair: 1d}}}}"
    );
    // Round robin: 1 to b, 2 to a (to 3.5). At 3 a fails: 2 goes to b, which is free since 2.5, until 4.5; 3 waits until then.
    let told = tell(&body, "6100ms");
    told.counts("s", 6, 3, &[]);
    near(told.service("s").response_sum, 1.5 + 2.5 + 3.0);
}

#[test]
fn a_failed_replica_gets_its_share_until_the_health_check() {
    let body = "traffic: {t: {to: s, rate: 1000/s, arrivals: regular}}\nzones: [a, b]\n\
                services: {s: {replicas: 2, spread: zones, service_time: 0.1ms, health_check: 10s}}\n\
                failures: {cut: {hits: zone, of: [a], schedule: {first: 2026-01-01T00:00:10}, repair: 1d}}";
    let told = tell(body, "30s");
    let failed = told.service("s").counts[count::DOWN] as f64;
    // Half of 10,000 within 3.3 standard errors of a binomial share.
    assert!((failed - 5_000.0).abs() < 3.3 * 50.0, "{failed}");
    assert_eq!(told.service("s").failed(), told.service("s").counts[count::DOWN]);
}

#[test]
fn work_that_is_slower_or_wrong_is_so_while_the_failure_is_in_force() {
    let scenario = |effect: &str| {
        format!(
            "{EACH_SECOND}services: {{s: {{service_time: 500ms, concurrency: 2}}}}\n\
             failures: {{bad: {{hits: replica, of: [s], schedule: {{first: 2026-01-01T00:00:03}}, repair: 3250ms, effect: {effect}}}}}"
        )
    };
    // From 3 to 6.25 s: those of 3 and 4 take 1.5 s. At 6.25 that of 5 has work for 1/12 s left, that of 6 for 5/12 s.
    let told = tell(&scenario("{slower: 3}"), "8s");
    near(told.service("s").response_sum, 0.5 + 0.5 + 1.5 + 1.5 + (1.25 + 1.0 / 12.0) + (0.25 + 5.0 / 12.0) + 0.5);
    // A third of the capacity is the same.
    let told = tell(&scenario("{capacity: 50%, slower: 1.5}"), "8s");
    near(told.service("s").response_sum, 6.5);
}

#[test]
fn errors_fail_their_share_of_what_is_worked_on() {
    let body = "traffic: {t: {to: s, rate: 1000/s, arrivals: regular}}\nservices: {s: {service_time: 0.1ms}}\n\
                failures: {bad: {hits: service, of: [s], schedule: {first: 2026-01-01T00:00:10}, repair: 10s, effect: {errors: 20%}}}";
    let told = tell(body, "30s");
    let failed = told.service("s").counts[count::FAULT] as f64;
    assert!((failed - 2_000.0).abs() < 3.3 * (10_000.0_f64 * 0.2 * 0.8).sqrt(), "{failed}");
}

#[test]
fn calls_are_made_in_turn_or_together() {
    let scenario = |together: &str| {
        format!(
            "traffic: {{t: {{to: front, rate: 1/s, arrivals: regular}}}}\nservices:\n  front: {{service_time: 100ms, \
             calls: [{{to: a}}, {{to: b{together}}}]}}\n  a: {{service_time: 200ms}}\n  b: {{service_time: 300ms}}"
        )
    };
    near(tell(&scenario(""), "5s").service("front").response_sum, 4.0 * 0.6);
    near(tell(&scenario(", together: true"), "5s").service("front").response_sum, 4.0 * 0.4);
}

#[test]
fn a_server_is_held_for_a_call_or_given_back() {
    let scenario = |word: &str| {
        format!(
            "traffic: {{t: {{to: front, rate: 1/s, arrivals: regular}}}}\nservices:\n  front: {{service_time: 500ms, \
             calls: [{{to: a, while: {word}}}]}}\n  a: {{service_time: 700ms, concurrency: 9}}"
        )
    };
    // Held for 1.2 s, so that each waits 0.2 s longer than the one before: 1 to 2.2, 3.4, 4.6, 5.8 …
    let told = tell(&scenario("held"), "5900ms");
    told.counts("front", 5, 4, &[]);
    near(told.service("front").response_sum, 1.2 + 1.4 + 1.6 + 1.8);
    near(told.service("front").busy, 4.9);
    let told = tell(&scenario("released"), "5900ms");
    told.counts("front", 5, 4, &[]);
    near(told.service("front").response_sum, 4.0 * 1.2);
    near(told.service("front").busy, 5.0 * 0.5);
}

#[test]
fn a_soft_call_that_fails_is_left_out() {
    let body = "traffic: {t: {to: front, rate: 1/s, arrivals: regular}}\nservices:\n  \
                front: {calls: [{to: a, needed: false, timeout: 100ms}, {to: b}]}\n  a: {service_time: 500ms}\n  b: {service_time: 50ms}";
    let told = tell(body, "5s");
    told.counts("front", 4, 4, &[]);
    near(told.service("front").response_sum, 4.0 * 0.15);
    told.counts("a", 4, 0, &[(count::TIMEOUT, 4)]);
}

#[test]
fn a_needed_call_that_fails_ends_the_request_at_once() {
    let body = "traffic: {t: {to: front, rate: 1/s, arrivals: regular}}\nservices:\n  \
                front: {calls: [{to: a, timeout: 100ms}, {to: b}]}\n  a: {service_time: 500ms}\n  b: {service_time: 50ms}";
    let told = tell(body, "5s");
    told.counts("front", 4, 0, &[(count::DEPENDENCY, 4)]);
    told.counts("b", 0, 0, &[]);
}

#[test]
fn calls_made_together_are_given_up_when_one_of_them_fails() {
    let body = "traffic: {t: {to: front, rate: 1/s, arrivals: regular}}\nservices:\n  \
                front: {calls: [{to: a, timeout: 100ms}, {to: b, together: true, timed_out: cancelled}]}\n  \
                a: {service_time: 500ms}\n  b: {service_time: 300ms}";
    let told = tell(body, "5s");
    told.counts("front", 4, 0, &[(count::DEPENDENCY, 4)]);
    told.counts("b", 4, 0, &[(count::CANCELLED, 4)]);
    near(told.service("b").busy, 0.4);
}

#[test]
fn the_last_or_the_most_important_is_served_first() {
    let scenario = |discipline: &str| {
        format!(
            "traffic:\n  low: {{to: s, rate: 1/s, arrivals: regular, priority: 4}}\n  high: {{to: s, rate: 0.32/s, arrivals: regular, priority: 2}}\n\
             services: {{s: {{service_time: 1250ms, discipline: {discipline}}}}}"
        )
    };
    // Low at 1, 2, 3 …, high at 3.125 s. Server: 1 to 2.25, then 2 to 3.5; then the one of 3 and the high one are in line.
    near(tell(&scenario("priority"), "6100ms").source(1).response_sum, 4.75 - 3.125);
    near(tell(&scenario("fifo"), "6100ms").source(1).response_sum, 6.0 - 3.125);
    // Last first: at 3.5 the high one (to 4.75), then the one of 4.
    let told = tell(&scenario("lifo"), "6100ms");
    near(told.source(1).response_sum, 4.75 - 3.125);
    near(told.source(0).response_sum, 1.25 + 1.5 + 2.0);
}

#[test]
fn those_who_share_a_replica_slow_each_other_down() {
    // Work of 1.5 s. 1 is alone to 2 (1 s done), shares to 3 (0.5 s more): done at 3. 2 has 0.5 s of 1.5 then, shares with 3 from 3 to 4
    // (0.5 s): three share from 4 on.
    let told = tell(&format!("{EACH_SECOND}services: {{s: {{service_time: 1500ms, discipline: processor_sharing}}}}"), "4s");
    told.counts("s", 3, 1, &[]);
    near(told.service("s").response_sum, 2.0);
    near(told.service("s").busy, 3.0);
    // Two servers: nobody is slowed down before three are there.
    let told = tell(
        &format!("{EACH_SECOND}services: {{s: {{service_time: 1500ms, concurrency: 2, discipline: processor_sharing}}}}"),
        "4s",
    );
    near(told.service("s").response_sum, 3.0);
}

#[test]
fn who_has_waited_too_long_is_shed_when_the_turn_comes() {
    // As above without places, 2.5 s of work: 1 to 3.5, 2 (waited 1.5) is shed, 3 (0.5) is served to 6, 4 and 5 are shed (2 and 1)...
    let told = tell(&format!("{EACH_SECOND}services: {{s: {{service_time: 2500ms, shed: {{age: 900ms}}}}}}"), "6500ms");
    told.counts("s", 6, 2, &[(count::SHED, 3)]);
    let told = tell(&format!("{EACH_SECOND}services: {{s: {{service_time: 2500ms, shed: {{queue: 1}}}}}}"), "6500ms");
    told.counts("s", 6, 2, &[(count::SHED, 2)]);
}

#[test]
fn a_cache_answers_its_share_of_calls() {
    let body = "traffic: {t: {to: front, rate: 1000/s, arrivals: regular}}\nservices:\n  front: {calls: [{to: s, hits: 90%}]}\n  \
                s: {service_time: 0.1ms}";
    let told = tell(body, "9999.5ms");
    let made = told.service("s").counts[count::ARRIVED] as f64;
    assert!((made - 999.9).abs() < 3.3 * (9_999.0_f64 * 0.09).sqrt(), "{made}");
    assert_eq!(told.given.batches[0].calls[0].hits + told.service("s").counts[count::ARRIVED], 9_999);
}

#[test]
fn users_wait_for_their_answer_and_think() {
    // Think 1 s, served for 0.5 s one after the other: at 1 both ask; done at 1.5 and 2; ask at 2.5 and 3; done at 3 and 3.5.
    let body = "traffic: {t: {to: s, users: 2, think: 1s}}\nservices: {s: {service_time: 500ms}}";
    let told = tell(body, "3900ms");
    told.counts("s", 4, 4, &[]);
    near(told.source(0).response_sum, 0.5 + 1.0 + 0.5 + 0.5);
}

#[test]
fn a_chain_of_many_services_that_answer_at_once_is_no_danger() {
    let mut body = String::from("traffic: {t: {to: s0, rate: 1/s, arrivals: regular}}\nservices:\n");
    for s in 0..3_000 {
        body.push_str(&format!("  s{s}: {{calls: [{{to: s{}}}]}}\n", s + 1));
    }
    body.push_str("  s3000: {service_time: 1ms}\n");
    tell(&body, "3s").counts("s0", 2, 2, &[]);
}

#[test]
fn more_servers_than_can_be_followed_are_refused() {
    let text = "name: case\nstart: 2026-01-01\nhorizon: 1s\ntraffic: {t: {to: s, rate: 1/s}}\n\
                services: {s: {replicas: 1000, concurrency: 100000, service_time: 1s}}";
    let options = Options { fidelity: Fidelity::Request, ..Options::default() };
    let refused = ninefold::run::simulate(&compile(text), &options, &Control::default(), None).err();
    assert!(refused.as_ref().is_some_and(|error| error.to_string().contains("too many to follow")), "{refused:?}");
}
