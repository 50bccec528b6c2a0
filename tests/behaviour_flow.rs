//! Requests as a rate that are served, but late or wrong: objectives with a latency against the law of the response time, and
//! failures that slow a service down or spoil its answers, against values worked out by hand.

mod common;

use common::{Run, run};

/// Attainments, and what changes once in a month for some seconds.
const CLOSE: f64 = 1e-3;

/// A month of one M/M/1, called `s`, of 10 ms, with an objective of at most `below` for its requests.
fn served(rate: f64, below: &str, rest: &str) -> Run {
    let text = format!(
        "name: case\nstart: 2026-01-01\nhorizon: 31d\ntraffic: {{t: {{to: s, rate: {rate}/s}}}}\n\
         services: {{s: {{service_time: {{exponential: {{mean: 10ms}}}}}}}}\n\
         objectives: {{soon: {{service: s, target: 90%, latency: {{below: {below}, for: 90%}}}}}}\n{rest}\n"
    );
    run(&text, 1, 1)
}

/// Half of the month something is wrong with `s`.
fn half_of_it(effect: &str) -> String {
    format!("failures: {{bad: {{hits: service, of: [s], schedule: {{first: 2026-01-08}}, repair: 372h, effect: {{{effect}}}}}}}")
}

fn value(run: &Run, path: &str) -> f64 {
    run.value_at(path).unwrap_or_else(|| panic!("{path} was not observed"))
}

#[track_caller]
fn is(run: &Run, path: &str, exact: f64) {
    let value = value(run, path);
    assert!((value - exact).abs() <= CLOSE * exact, "{path} is {value}, not {exact}");
}

/// The 99th percentile of a time that is exponential of one mean as often as of the other.
fn p99_of_both(one: f64, other: f64) -> f64 {
    let above = |t: f64| 0.5 * (-t / one).exp() + 0.5 * (-t / other).exp();
    let (mut low, mut high) = (0.0, 100.0 * one.max(other));
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if above(middle) > 0.01 { low = middle } else { high = middle }
    }
    low
}

/// The response time of M/M/1 is exponential: P(T > t) = e^(−(μ − λ) t) (textbook; Kleinrock, *Queueing Systems*, volume 1, 1975,
/// section 3.2).
#[test]
fn a_latency_is_kept_as_often_as_the_law_of_the_response_says() {
    for rate in [1.0_f64, 30.0, 70.0, 95.0] {
        for (below, t) in [("5ms", 0.005), ("20ms", 0.02), ("100ms", 0.1), ("1s", 1.0)] {
            let kept = 1.0 - (-(100.0 - rate) * t).exp();
            // Where none of the requests is late, attainment is not given but bounded.
            let found = served(rate, below, "").value_at("objectives.soon.attainment").unwrap_or(1.0);
            assert!((found - kept).abs() <= CLOSE, "{rate}/s below {below}: {found}, not {kept}");
        }
    }
}

/// 5% of the answers are wrong for half of the time: 2.5% of all. Times and utilisation stay as they are; an answer that is in time
/// and wrong is not good.
#[test]
fn a_failure_that_spoils_answers_costs_its_share() {
    let run = served(70.0, "100ms", &half_of_it("errors: 5%"));
    is(&run, "services.s.error_rate", 0.025);
    is(&run, "services.s.utilization", 0.7);
    is(&run, "services.s.response_time.mean", 1.0 / 30.0);
    is(&run, "services.s.response_time.p99", 100.0_f64.ln() / 30.0);
    is(&run, "objectives.soon.attainment", 0.975 * (1.0 - (-3.0_f64).exp()));
}

/// Three times as slow for half of the time: M/M/1 at load 0.25, and at 0.75 with work of 30 ms.
#[test]
fn a_failure_that_slows_down_makes_another_queue() {
    let (fast, slow) = (0.01_f64 / 0.75, 0.03_f64 / 0.25);
    let run = served(25.0, "100ms", &half_of_it("slower: 3"));
    is(&run, "services.s.utilization", 0.5);
    is(&run, "services.s.response_time.mean", f64::midpoint(fast, slow));
    is(&run, "services.s.wait.mean", f64::midpoint(fast - 0.01, slow - 0.03));
    is(&run, "objectives.soon.attainment", 1.0 - 0.5 * ((-0.1 / fast).exp() + (-0.1 / slow).exp()));
    is(&run, "services.s.response_time.p99", p99_of_both(fast, slow));
}

/// One of four replicas is three times as slow, and gets its quarter of the requests: three M/M/1 at load 0.25 and one at 0.75.
#[test]
fn a_slow_replica_slows_its_share_down() {
    let (fast, slow) = (0.01_f64 / 0.75, 0.03_f64 / 0.25);
    let text = "name: case\nstart: 2026-01-01\nhorizon: 31d\nzones: [a, b, c, d]\ntraffic: {t: {to: s, rate: 100/s}}\n\
                services: {s: {service_time: {exponential: {mean: 10ms}}, replicas: 4, spread: zones}}\n\
                objectives: {soon: {service: s, target: 90%, latency: {below: 100ms, for: 90%}}}\n\
                failures: {bad: {hits: zone, of: [a], schedule: {first: 2026-01-01}, repair: never, effect: {slower: 3}}}\n";
    let run = run(text, 1, 1);
    is(&run, "services.s.utilization", 0.375);
    is(&run, "services.s.response_time.mean", 0.75 * fast + 0.25 * slow);
    is(&run, "objectives.soon.attainment", 1.0 - 0.75 * (-0.1 / fast).exp() - 0.25 * (-0.1 / slow).exp());
}

/// For an hour 200 requests a second come where 100 are served, and before and after next to none: whoever comes after t seconds of the
/// hour waits t seconds, half an hour in the mean and an hour at most. Flow knows how long the line is, not who stands where in it: those
/// served while nobody comes are all told the longest wait there is, so it says more than half an hour (2,250 s), and never more than an hour.
#[test]
fn a_line_whose_callers_are_gone_drains_and_that_is_all() {
    let text = "name: case\nstart: 2026-01-01\nhorizon: 2d\n\
                traffic: {t: {to: s, rate: 0.001/s, surges: [{name: rush, at: 2026-01-01T06:00, lasts: 1h, times: 200000}]}}\n\
                services: {s: {service_time: {exponential: {mean: 10ms}}}}\n\
                objectives: {soon: {service: s, target: 90%, latency: {below: 1h, for: 90%}}}\n";
    let wait = value(&run(text, 1, 1), "services.s.wait.mean");
    assert!((1800.0 * (1.0 - CLOSE)..=3600.0).contains(&wait), "{wait}");
}
