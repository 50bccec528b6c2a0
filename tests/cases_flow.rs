//! Queues and networks of queues with known answers, where requests are a rate: the cases of `cases_queue.rs` that flow fidelity
//! knows. What is exact in theory is asserted to a millionth, the rest to what the bounds of the project allow; chance enters only
//! where replicas fail.

mod common;

use common::{DAY, Run, run, run_after};

/// Formulas that are exact.
const EXACT: f64 = 1e-6;
/// Mean times where theory gives approximations.
const APPROXIMATE: f64 = 0.15;

/// A month with the given traffic and services, of which nothing is left to chance.
fn month(body: &str) -> Run {
    run(&format!("name: case\nstart: 2026-01-01\nhorizon: 31d\n{body}\n"), 1, 1)
}

/// One queue: arrivals a second, and what the service is like.
fn queue(rate: &str, service: &str) -> Run {
    month(&format!("traffic: {{t: {{to: s, rate: {rate}}}}}\nservices: {{s: {{{service}}}}}"))
}

/// A measure of a service, say `wait.mean`.
#[track_caller]
fn is(run: &Run, name: &str, measure: &str, exact: f64, tolerance: f64) {
    let path = format!("services.{name}.{measure}");
    let value = run.value_at(&path).unwrap_or_else(|| panic!("{path} was not observed"));
    assert!((value - exact).abs() <= tolerance * exact.abs(), "{path} is {value}, not {exact}");
}

/// M/M/1 at 0.8 (textbook): L 4, Lq 3.2, W 5, Wq 4; the response time is exponential of mean 5.
#[test]
fn mm1() {
    let run = queue("0.8/s", "service_time: {exponential: {mean: 1s}}");
    is(&run, "s", "utilization", 0.8, EXACT);
    is(&run, "s", "throughput", 0.8, EXACT);
    is(&run, "s", "response_time.mean", 5.0, EXACT);
    is(&run, "s", "wait.mean", 4.0, EXACT);
    is(&run, "s", "queue_length.mean", 3.2, EXACT);
    is(&run, "s", "in_flight", 4.0, EXACT);
    for (name, p) in [("p50", 0.5_f64), ("p95", 0.95), ("p99", 0.99)] {
        is(&run, "s", &format!("response_time.{name}"), -5.0 * (1.0 - p).ln(), EXACT);
    }
}

/// M/M/1/3 with arrivals at 1/s and service at 2/s: Bolch et al., *Queueing Networks and Markov Chains*, example 3.1: states have
/// probabilities 8/15, 4/15, 2/15 and 1/15.
#[test]
fn mm1_with_two_waiting_places() {
    let run = queue("1/s", "service_time: {exponential: {mean: 0.5s}}, queue: 2");
    is(&run, "s", "error_rate", 1.0 / 15.0, EXACT);
    is(&run, "s", "utilization", 7.0 / 15.0, EXACT);
    is(&run, "s", "queue_length.mean", (2.0 + 2.0 * 1.0) / 15.0, EXACT);
    is(&run, "s", "in_flight", (4.0 + 2.0 * 2.0 + 3.0 * 1.0) / 15.0, EXACT);
}

/// Erlang C: 360 calls in half an hour, 4 min each, 55 agents (mitan's example); 48 calls a minute of a minute each and 50
/// agents: values by the formula.
#[test]
fn erlang_c_of_call_centres() {
    let run = queue("0.2/s", "service_time: {exponential: {mean: 240s}}, concurrency: 55");
    is(&run, "s", "utilization", 0.872_727_272_727_272_7, EXACT);
    is(&run, "s", "wait.mean", 8.184_032_104_388_889, EXACT);
    let run = queue("0.8/s", "service_time: {exponential: {mean: 60s}}, concurrency: 50");
    is(&run, "s", "utilization", 0.96, EXACT);
    is(&run, "s", "wait.mean", 60.0 * 0.347_227_805_598_417_26, EXACT);
    is(&run, "s", "queue_length.mean", 16.666_934_668_724_03, EXACT);
}

/// M/M/10 at 8 erlangs and M/M/2 at 1, also as replicas of one server each behind a shared queue: Wq, Lq, L and the 99th
/// percentile of the wait, by Erlang C.
#[test]
fn erlang_c_textbook() {
    for (servers, rate, waits, line, present, p99) in [
        (10, "8/s", 0.204_590_075_398_221_74, 1.636_720_603_185_774, 9.636_720_603_185_774, 1.855_785_216_328_418_5),
        (2, "1/s", 1.0 / 3.0, 1.0 / 3.0, 4.0 / 3.0, 3.506_557_897_319_982),
    ] {
        let work = "service_time: {exponential: {mean: 1s}}";
        for service in [format!("{work}, concurrency: {servers}"), format!("{work}, replicas: {servers}, balance: shared_queue")]
        {
            let run = queue(rate, &service);
            is(&run, "s", "wait.mean", waits, EXACT);
            is(&run, "s", "queue_length.mean", line, EXACT);
            is(&run, "s", "in_flight", present, EXACT);
            is(&run, "s", "wait.p99", p99, EXACT);
        }
    }
}

/// Erlang B does not ask for the law of the service time, only for its mean.
#[test]
fn erlang_b_for_any_law() {
    for (servers, rate, loss) in
        [(10, 7.0, 0.078_740_882_969_570_26), (50, 45.0, 0.054_104_472_164_626_16), (20, 20.0, 0.158_891_961_541_971_55)]
    {
        for law in ["{exponential: {mean: 1s}}", "{lognormal: {mean: 1s, cv: 2}}", "1s"] {
            let run = queue(&format!("{rate}/s"), &format!("service_time: {law}, concurrency: {servers}, queue: 0"));
            is(&run, "s", "error_rate", loss, EXACT);
            is(&run, "s", "utilization", rate * (1.0 - loss) / f64::from(servers), EXACT);
        }
    }
}

/// M/M/3/7 and M/M/2/5 of the tests of octave-queueing 1.2.7 (`qsmmmk`). The probability of a full system follows from the
/// published one of an empty system: pK = p0 a^K / (c! c^(K − c)).
#[test]
fn finite_queues() {
    let run = queue("40/s", "service_time: {exponential: {mean: 33.333333333333336ms}}, concurrency: 3, queue: 4");
    is(&run, "s", "error_rate", 0.255_036_877_675_725_1 * (40.0_f64 / 30.0).powi(7) / (6.0 * 81.0), EXACT);
    is(&run, "s", "response_time.mean", 0.036_517_007_943_287_43, EXACT);
    let run = queue("3/s", "service_time: {exponential: {mean: 0.5s}}, concurrency: 2, queue: 3");
    is(&run, "s", "error_rate", 0.085_113_835_376_532_4, EXACT);
    is(&run, "s", "in_flight", 2.005_954_465_849_387, EXACT);
    is(&run, "s", "wait.mean", 0.230_857_580_398_162_4, EXACT);
    is(&run, "s", "utilization", 1.0 - 0.179_334_500_875_657_05 * (1.0 + 0.75), EXACT);
}

/// M/G/1 at 0.8: Pollaczek and Khinchine's Wq = ρ s (1 + cv²) / (2 (1 − ρ)).
#[test]
fn pollaczek_khinchine() {
    for (law, wait) in [
        ("1s", 2.0),
        ("{erlang: {k: 2, mean: 1s}}", 3.0),
        ("{exponential: {mean: 1s}}", 4.0),
        ("{hyperexponential: {mean: 1s, cv: 2}}", 10.0),
    ] {
        let run = queue("0.8/s", &format!("service_time: {law}"));
        is(&run, "s", "wait.mean", wait, EXACT);
        is(&run, "s", "in_flight", 0.8 * (wait + 1.0), EXACT);
    }
}

/// D/M/1 at 0.8: the wait is 1 × σ/(1 − σ) with σ = e^(−(1 − σ)/0.8) (Kleinrock, *Queueing Systems*, volume 1, section 6.4).
#[test]
fn regular_arrivals() {
    let mut sigma = 0.5_f64;
    for _ in 0..200 {
        sigma = (-(1.0 - sigma) / 0.8).exp();
    }
    let run =
        month("traffic: {t: {to: s, rate: 0.8/s, arrivals: regular}}\nservices: {s: {service_time: {exponential: {mean: 1s}}}}");
    is(&run, "s", "response_time.mean", 1.0 / (1.0 - sigma), APPROXIMATE);
}

/// An open network: octave-queueing 1.2.7 (`qnos`), Jain's example 34.1. Requests visit the stations in a fixed order, which has
/// the same product form as Jackson's (Kelly, *Reversibility and Stochastic Networks*, 1979, section 3.1).
#[test]
fn an_open_network_by_jain() {
    let run = month(
        "traffic: {t: {to: job, rate: 3/s}}\nservices:\n  job: {calls: [{to: cpu, per_request: 16}, {to: disk a, per_request: 7}, {to: disk b, per_request: 8}]}\n  \
         cpu: {service_time: {exponential: {mean: 10ms}}}\n  disk a: {service_time: {exponential: {mean: 20ms}}}\n  \
         disk b: {service_time: {exponential: {mean: 30ms}}}",
    );
    for (name, response, utilization) in [
        ("cpu", 0.019_230_769_230_769_232, 0.48),
        ("disk a", 0.034_482_758_620_689_655, 0.42),
        ("disk b", 0.107_142_857_142_857_12, 0.72),
    ] {
        is(&run, name, "response_time.mean", response, EXACT);
        is(&run, name, "utilization", utilization, EXACT);
    }
    is(&run, "job", "response_time.mean", 1.406_214_475_179_992_3, EXACT);
}

/// The same for Lazowska et al., *Quantitative System Performance*, page 113.
#[test]
fn an_open_network_by_lazowska() {
    let run = month(
        "traffic: {t: {to: job, rate: 0.3/s}}\nservices:\n  job: {calls: [{to: cpu, per_request: 121}, {to: disk a, per_request: 70}, {to: disk b, per_request: 50}]}\n  \
         cpu: {service_time: {exponential: {mean: 5ms}}}\n  disk a: {service_time: {exponential: {mean: 30ms}}}\n  \
         disk b: {service_time: {exponential: {mean: 27ms}}}",
    );
    is(&run, "cpu", "utilization", 0.1815, EXACT);
    is(&run, "cpu", "throughput", 36.3, EXACT);
    is(&run, "cpu", "in_flight", 0.221_747_098_350_641_4, EXACT);
}

/// A wait that hardly matters to whoever asks is booked nevertheless, also where demand changes from hour to hour: M/M/1 at 20/s
/// and 40/s in turn waits ρ s/(1 − ρ), for a third and two thirds of the requests.
#[test]
fn short_waits_are_waits() {
    let run = month(
        "traffic: {t: {to: job, rate: 30/s, daily: [1,1,1,1,1,1,2,2,2,2,2,2,2,2,2,2,2,2,1,1,1,1,1,1]}}\nservices:\n  \
         job: {service_time: 1s, concurrency: 10000, calls: [{to: s}]}\n  s: {service_time: {exponential: {mean: 10ms}}}",
    );
    let wait = (0.2 * 0.01 / 0.8 + 2.0 * 0.4 * 0.01 / 0.6) / 3.0;
    is(&run, "s", "wait.mean", wait, EXACT);
    is(&run, "s", "response_time.mean", wait + 0.01, EXACT);
    is(&run, "s", "in_flight", 30.0 * (wait + 0.01), EXACT);
    is(&run, "s", "queue_length.mean", 30.0 * wait, EXACT);
    is(&run, "job", "in_flight", 30.0 * (wait + 1.01), EXACT);
}

/// Enough of n replicas up: the binomial tail, for availabilities of 0.995 and 0.99 of a replica.
#[test]
fn enough_replicas_for_the_load() {
    for (replicas, needs, mttf, exact) in [(12, 10, "199s", 0.999_973_413_418_450_9), (5, 3, "99s", 0.999_990_149_4)] {
        let text = format!(
            "name: case\nstart: 2026-01-01\nhorizon: 4000000s\ntraffic: {{t: {{to: s, rate: 10/s}}}}\n\
             services: {{s: {{replicas: {replicas}, needs: {needs}}}}}\n\
             failures: {{crash: {{hits: replica, mttf: {mttf}, repair: {{exponential: {{mean: 1s}}}}}}}}\n"
        );
        let run = run_after(&text, 30, 1, 100.0);
        run.service("s", "time_availability").from(1.0).agrees(1.0 - exact, 0.05);
        run.service("s", "error_rate").agrees(1.0 - exact, 0.05);
    }
}

/// Servers that fail for days serve requests of milliseconds: between two failures a loss system of as many servers as are up is
/// in its steady state, so that the share lost is the mean of Erlang's formula B over the binomial number of those (Meyer, "On
/// evaluating the performability of degradable computing systems", *IEEE Transactions on Computers* 29, 1980).
#[test]
fn loss_while_servers_fail_and_are_repaired() {
    let (servers, load, up) = (5_u32, 3.0, 0.9_f64);
    let (mut lost, mut blocked, mut ways) = (0.0, 1.0, 1.0);
    for k in 0..=servers {
        if k > 0 {
            blocked = load * blocked / (f64::from(k) + load * blocked);
            ways *= f64::from(servers - k + 1) / f64::from(k);
        }
        lost += ways * up.powi(k as i32) * (1.0 - up).powi((servers - k) as i32) * blocked;
    }
    let text = "name: case\nstart: 2026-01-01\nhorizon: 1y\ntraffic: {t: {to: s, rate: 300/s}}\n\
                services: {s: {replicas: 5, balance: shared_queue, service_time: {exponential: {mean: 10ms}}, queue: 0}}\n\
                failures: {crash: {hits: replica, mttf: 9d, repair: {exponential: {mean: 1d}}}}\n";
    run_after(text, 400, 1, 100.0 * DAY).service("s", "error_rate").agrees(lost, 0.01);
}
