//! Queues and networks of queues with known answers, simulated request by request from scenario files.
//!
//! Each check asks for a half-width of at most 5% of the exact value (mean waits at high load) or 2% (the rest), and for an
//! estimate within 3.3 standard errors.

mod common;

use common::{Run, compiled, simulate_model};
use ninefold::run::Options;
use ninefold::scenario::Fidelity;
use ninefold::sim::request::{Plan, Requests, Served};
use ninefold::stats::{Estimate, Moments};

/// Mean waits at high load need long runs.
const WAITS: f64 = 0.05;
const REST: f64 = 0.02;

/// A scenario of `seconds` with the given traffic and services.
fn scenario(seconds: f64, body: &str) -> String {
    format!("name: case\nstart: 2026-01-01\nhorizon: {seconds}s\n{body}\n")
}

/// So many replications of the scenario, each after the warm-up that is found for it.
fn simulate(text: &str, replications: u64) -> Run {
    let fidelity = Fidelity::Request;
    simulate_model(&compiled(text, None), &Options { replications, fidelity, threads: Some(2), ..Default::default() })
}

/// Something else of one service, from each of so many replications after a warm-up.
fn measure(text: &str, replications: u64, warmup: f64, of: impl Fn(&Served, f64) -> f64) -> Estimate {
    let model = compiled(text, None);
    let mut requests = Requests::new(&model, Plan { warmup, bins: 1, batches: 1 });
    let mut moments = Moments::default();
    for replication in 0..replications {
        let stopped = requests.run_while(1, replication, 0, |_| true);
        assert!(stopped.is_ok(), "{stopped:?}");
        let batch = &requests.requests().batches[0];
        moments.add(of(&batch.services[0], batch.seconds));
    }
    moments.estimate(0.95)
}

/// The fraction of requests that waited at all.
fn waited(served: &Served, _: f64) -> f64 {
    let at_once = served.wait.buckets().next().filter(|(wait, _)| *wait == 0.0).map_or(0, |(_, count)| count);
    1.0 - at_once as f64 / served.wait.count() as f64
}

#[track_caller]
fn agrees(estimate: &Estimate, exact: f64, precision: f64) {
    let (Some(value), Some(low), Some(high)) = (estimate.value, estimate.low, estimate.high) else {
        panic!("nothing was observed: {estimate:?}");
    };
    let half = (high - low) / 2.0;
    assert!(half <= precision * exact.abs(), "{value} ± {half} is not precise enough for {exact}");
    assert!((value - exact).abs() <= 3.3 * half / 1.96, "{value} ± {half} is not {exact}");
}

/// A measure with parts, of a service or of traffic: `response_time`, `mean`.
#[track_caller]
fn part(run: &Run, kind: &str, name: &str, measure: &str, part: &str) -> Estimate {
    let at = &run.summary_of(kind, name)[measure][part];
    let number = |key: &str| at[key].as_f64();
    let (value, low, high) = (number("value"), number("low"), number("high"));
    assert!(value.is_some(), "{kind}.{name}.{measure}.{part} was not observed: {at}");
    Estimate { value, low, high, level: 0.95, n: 0, method: "" }
}

fn mean(run: &Run, name: &str, measure: &str) -> Estimate {
    part(run, "services", name, measure, "mean")
}

/// One queue: arrivals a second, and what the service is like.
fn queue(seconds: f64, rate: &str, service: &str) -> String {
    scenario(seconds, &format!("traffic: {{t: {{to: s, rate: {rate}}}}}\nservices: {{s: {{{service}}}}}"))
}

/// M/M/1 at 0.8 (textbook): L 4, Lq 3.2, W 5, Wq 4, P(W > 10) = e^-2; the response time is exponential of mean 5.
#[test]
fn mm1() {
    let text = queue(100_000.0, "0.8/s", "service_time: {exponential: {mean: 1s}}");
    let run = simulate(&text, 40);
    agrees(&mean(&run, "s", "response_time"), 5.0, WAITS);
    agrees(&mean(&run, "s", "wait"), 4.0, WAITS);
    agrees(&mean(&run, "s", "queue_length"), 3.2, WAITS);
    run.estimate("services", "s", "in_flight").agrees(4.0, WAITS);
    run.service("s", "utilization").agrees(0.8, REST);
    run.service("s", "throughput").agrees(0.8, REST);
    for (name, p) in [("p50", 0.5_f64), ("p95", 0.95), ("p99", 0.99)] {
        agrees(&part(&run, "services", "s", "response_time", name), -5.0 * (1.0 - p).ln(), WAITS);
        agrees(&part(&run, "traffic", "t", "response_time", name), -5.0 * (1.0 - p).ln(), WAITS);
    }
    // The wait: none with probability 0.2, else as long as the response time. The median is 5 ln(0.8/0.5).
    agrees(&part(&run, "services", "s", "wait", "p50"), 5.0 * 1.6_f64.ln(), WAITS);
    agrees(&part(&run, "services", "s", "wait", "p99"), 5.0 * 80.0_f64.ln(), WAITS);
    let longer = measure(&text, 40, 500.0, |served, _| {
        let longer: u64 = served.response.buckets().filter(|(time, _)| *time > 10.0).map(|(_, count)| count).sum();
        longer as f64 / served.response.count() as f64
    });
    agrees(&longer, 0.135_335_283_236_612_7, WAITS);
}

/// The same as one long run: batch means in place of replications.
#[test]
fn mm1_in_one_long_run() {
    let run = simulate(&queue(4_000_000.0, "0.8/s", "service_time: {exponential: {mean: 1s}}"), 1);
    agrees(&mean(&run, "s", "response_time"), 5.0, WAITS);
    agrees(&part(&run, "services", "s", "response_time", "p99"), 23.025_850_929_940_457, WAITS);
    run.service("s", "utilization").agrees(0.8, REST);
}

/// M/M/1/3 with arrivals at 1/s and service at 2/s: Bolch et al., *Queueing Networks and Markov Chains*, example 3.1.
#[test]
fn mm1_with_two_waiting_places() {
    let text = queue(20_000.0, "1/s", "service_time: {exponential: {mean: 0.5s}}, queue: 2");
    let states = [8.0 / 15.0, 4.0 / 15.0, 2.0 / 15.0, 1.0 / 15.0];
    let share = |k: usize| move |served: &Served, seconds: f64| served.queue.get(k).map_or(0.0, |time| time / seconds);
    agrees(&measure(&text, 60, 50.0, |served, _| 1.0 - served.busy / served.servers), states[0], REST);
    agrees(
        &measure(&text, 60, 50.0, |served, seconds| served.queue[0] / seconds - 1.0 + served.busy / served.servers),
        states[1],
        REST,
    );
    agrees(&measure(&text, 60, 50.0, share(1)), states[2], REST);
    agrees(&measure(&text, 60, 50.0, share(2)), states[3], REST);
    simulate(&text, 60).service("s", "error_rate").agrees(states[3], REST);
}

/// Erlang C: 360 calls in half an hour, 4 min each, 55 agents, answered within 15 s (mitan's example): values by the formula.
#[test]
fn erlang_c_of_a_call_centre() {
    let text = queue(1_000_000.0, "0.2/s", "service_time: {exponential: {mean: 240s}}, concurrency: 55");
    let run = simulate(&text, 40);
    run.service("s", "utilization").agrees(0.872_727_272_727_272_7, REST);
    agrees(&mean(&run, "s", "wait"), 8.184_032_104_388_889, WAITS);
    agrees(&measure(&text, 40, 5_000.0, waited), 0.238_700_936_378_009_1, WAITS);
    let within = measure(&text, 40, 5_000.0, |served, _| {
        let within: u64 = served.wait.buckets().filter(|(time, _)| *time <= 15.0).map(|(_, count)| count).sum();
        within as f64 / served.wait.count() as f64
    });
    agrees(&within, 0.845_883_092_170_580_3, REST);
}

/// Erlang C: 48 calls a minute of a minute each and 50 agents.
#[test]
fn erlang_c_at_high_load() {
    let text = queue(2_000_000.0, "0.8/s", "service_time: {exponential: {mean: 60s}}, concurrency: 50");
    let run = simulate(&text, 40);
    run.service("s", "utilization").agrees(0.96, REST);
    agrees(&mean(&run, "s", "wait"), 60.0 * 0.347_227_805_598_417_26, WAITS);
    agrees(&mean(&run, "s", "queue_length"), 16.666_934_668_724_03, WAITS);
    agrees(&measure(&text, 10, 20_000.0, waited), 0.694_455_611_196_834_7, WAITS);
}

/// M/M/10 at 8 erlangs and M/M/2 at 1, also as replicas of one server each behind a shared queue: Wq, Lq, L, P(wait) and the
/// 99th percentile of the wait, by Erlang C.
#[test]
fn erlang_c_textbook() {
    for (servers, rate, waits, line, present, p_wait, p99) in [
        (
            10,
            "8/s",
            0.204_590_075_398_221_74,
            1.636_720_603_185_774,
            9.636_720_603_185_774,
            0.409_180_150_796_443_5,
            1.855_785_216_328_418_5,
        ),
        (2, "1/s", 1.0 / 3.0, 1.0 / 3.0, 4.0 / 3.0, 1.0 / 3.0, 3.506_557_897_319_982),
    ] {
        let work = "service_time: {exponential: {mean: 1s}}";
        for service in [format!("{work}, concurrency: {servers}"), format!("{work}, replicas: {servers}, balance: shared_queue")]
        {
            let text = queue(30_000.0, rate, &service);
            let run = simulate(&text, 40);
            agrees(&mean(&run, "s", "wait"), waits, WAITS);
            agrees(&mean(&run, "s", "queue_length"), line, WAITS);
            run.estimate("services", "s", "in_flight").agrees(present, REST);
            agrees(&part(&run, "services", "s", "wait", "p99"), p99, WAITS);
            agrees(&measure(&text, 40, 200.0, waited), p_wait, REST);
        }
    }
}

/// Erlang B does not ask for the law of the service time, only for its mean.
#[test]
fn erlang_b_for_any_law() {
    for (servers, rate, loss) in
        [(10, "7/s", 0.078_740_882_969_570_26), (50, "45/s", 0.054_104_472_164_626_16), (20, "20/s", 0.158_891_961_541_971_55)]
    {
        for law in ["{exponential: {mean: 1s}}", "{lognormal: {mean: 1s, cv: 2}}", "1s"] {
            let run = simulate(&queue(8_000.0, rate, &format!("service_time: {law}, concurrency: {servers}, queue: 0")), 40);
            run.service("s", "error_rate").agrees(loss, REST);
            run.service("s", "utilization")
                .agrees(rate[..rate.len() - 2].parse::<f64>().unwrap_or(0.0) * (1.0 - loss) / f64::from(servers), REST);
        }
    }
}

/// Engset: ten sources that are idle for 1/0.3 s, five servers, whoever is blocked goes back to being idle.
#[test]
fn engset() {
    let text = scenario(
        60_000.0,
        "traffic: {t: {to: s, users: 10, think: {exponential: {mean: 3.3333333333333335s}}}}\n\
         services: {s: {service_time: {exponential: {mean: 1s}}, concurrency: 5, queue: 0}}",
    );
    simulate(&text, 40).service("s", "error_rate").agrees(0.029_063_729_854_823_736, REST);
}

/// M/M/3/7 and M/M/2/5 of the tests of octave-queueing 1.2.7 (`qsmmmk`). The probability of a full system follows from the
/// published one of an empty system: pK = p0 a^K / (c! c^(K − c)).
#[test]
fn finite_queues() {
    let run = simulate(
        &queue(4_000.0, "40/s", "service_time: {exponential: {mean: 33.333333333333336ms}}, concurrency: 3, queue: 4"),
        60,
    );
    let full = 0.255_036_877_675_725_1 * (40.0_f64 / 30.0).powi(7) / (6.0 * 81.0);
    run.service("s", "error_rate").agrees(full, REST);
    agrees(&mean(&run, "s", "response_time"), 0.036_517_007_943_287_43, REST);
    let run = simulate(&queue(40_000.0, "3/s", "service_time: {exponential: {mean: 0.5s}}, concurrency: 2, queue: 3"), 40);
    run.service("s", "error_rate").agrees(0.085_113_835_376_532_4, REST);
    run.estimate("services", "s", "in_flight").agrees(2.005_954_465_849_387, REST);
    agrees(&mean(&run, "s", "wait"), 0.230_857_580_398_162_4, REST);
    // An empty system: both servers idle. U = 1 − p0 − p1/2 with p1 = 1.5 p0.
    run.service("s", "utilization").agrees(1.0 - 0.179_334_500_875_657_05 * (1.0 + 0.75), REST);
}

/// M/G/1 at 0.8: Pollaczek and Khinchine's Wq = ρ s (1 + cv²) / (2 (1 − ρ)).
#[test]
fn pollaczek_khinchine() {
    for (law, wait, seconds) in [
        ("1s", 2.0, 60_000.0),
        ("{erlang: {k: 2, mean: 1s}}", 3.0, 80_000.0),
        ("{exponential: {mean: 1s}}", 4.0, 100_000.0),
        ("{hyperexponential: {mean: 1s, cv: 2}}", 10.0, 400_000.0),
    ] {
        let run = simulate(&queue(seconds, "0.8/s", &format!("service_time: {law}")), 40);
        agrees(&mean(&run, "s", "wait"), wait, WAITS);
        run.estimate("services", "s", "in_flight").agrees(0.8 * (wait + 1.0), WAITS);
    }
}

/// Arrivals that are more, or less, regular than by chance. D/M/1 at 0.8: the wait is 1 × σ/(1 − σ) with σ = e^(−(1 − σ)/0.8)
/// (Kleinrock, *Queueing Systems*, volume 1, section 6.4).
#[test]
fn regular_arrivals() {
    let mut sigma = 0.5_f64;
    for _ in 0..200 {
        sigma = (-(1.0 - sigma) / 0.8).exp();
    }
    let text = scenario(
        60_000.0,
        "traffic: {t: {to: s, rate: 0.8/s, arrivals: regular}}\nservices: {s: {service_time: {exponential: {mean: 1s}}}}",
    );
    agrees(&mean(&simulate(&text, 40), "s", "wait"), sigma / (1.0 - sigma), WAITS);
}

/// With processor sharing the mean response time is s / (1 − ρ), whatever the law of the work (Kleinrock, volume 2, 4.4).
#[test]
fn processor_sharing_does_not_ask_for_the_law() {
    for law in ["1s", "{exponential: {mean: 1s}}", "{hyperexponential: {mean: 1s, cv: 2}}"] {
        let run = simulate(&queue(100_000.0, "0.7/s", &format!("service_time: {law}, discipline: processor_sharing")), 40);
        agrees(&mean(&run, "s", "response_time"), 1.0 / 0.3, WAITS);
        run.service("s", "utilization").agrees(0.7, REST);
    }
}

/// The order of service does not change the mean wait, as long as it does not ask for the work.
#[test]
fn last_in_first_out_waits_as_long_on_average() {
    let run = simulate(&queue(100_000.0, "0.8/s", "service_time: {exponential: {mean: 1s}}, discipline: lifo"), 40);
    agrees(&mean(&run, "s", "wait"), 4.0, WAITS);
}

/// Two classes in one queue, the first served before the second without interruption: Cobham's formula (1954), W1 = R/(1 − ρ1),
/// W2 = R/((1 − ρ1)(1 − ρ)), with R = ρ s for exponential work.
#[test]
fn priorities_wait_as_cobham_says() {
    let text = scenario(
        100_000.0,
        "traffic:\n  first: {to: s, rate: 0.3/s, priority: 1}\n  second: {to: s, rate: 0.5/s, priority: 2}\n\
         services: {s: {service_time: {exponential: {mean: 1s}}, discipline: priority}}",
    );
    let run = simulate(&text, 40);
    agrees(&part(&run, "traffic", "first", "response_time", "mean"), 1.0 + 0.8 / 0.7, WAITS);
    agrees(&part(&run, "traffic", "second", "response_time", "mean"), 1.0 + 0.8 / (0.7 * 0.2), WAITS);
}

/// An open network: octave-queueing 1.2.7 (`qnos`), Jain's example 34.1. Requests visit the stations in a fixed order, which has
/// the same product form as Jackson's (Kelly, *Reversibility and Stochastic Networks*, 1979, section 3.1).
#[test]
fn an_open_network_by_jain() {
    let text = scenario(
        20_000.0,
        "traffic: {t: {to: job, rate: 3/s}}\nservices:\n  job: {calls: [{to: cpu, per_request: 16}, {to: disk a, per_request: 7}, {to: disk b, per_request: 8}]}\n  \
         cpu: {service_time: {exponential: {mean: 10ms}}}\n  disk a: {service_time: {exponential: {mean: 20ms}}}\n  \
         disk b: {service_time: {exponential: {mean: 30ms}}}",
    );
    let run = simulate(&text, 30);
    for (name, response, utilization) in [
        ("cpu", 0.019_230_769_230_769_232, 0.48),
        ("disk a", 0.034_482_758_620_689_655, 0.42),
        ("disk b", 0.107_142_857_142_857_12, 0.72),
    ] {
        agrees(&mean(&run, name, "response_time"), response, REST);
        run.service(name, "utilization").agrees(utilization, REST);
    }
    agrees(&part(&run, "traffic", "t", "response_time", "mean"), 1.406_214_475_179_992_3, REST);
}

/// The same for Lazowska et al., *Quantitative System Performance*, page 113.
#[test]
fn an_open_network_by_lazowska() {
    let text = scenario(
        30_000.0,
        "traffic: {t: {to: job, rate: 0.3/s}}\nservices:\n  job: {calls: [{to: cpu, per_request: 121}, {to: disk a, per_request: 70}, {to: disk b, per_request: 50}]}\n  \
         cpu: {service_time: {exponential: {mean: 5ms}}}\n  disk a: {service_time: {exponential: {mean: 30ms}}}\n  \
         disk b: {service_time: {exponential: {mean: 27ms}}}",
    );
    let run = simulate(&text, 30);
    run.service("cpu", "utilization").agrees(0.1815, REST);
    run.service("cpu", "throughput").agrees(36.3, REST);
    run.estimate("services", "cpu", "in_flight").agrees(0.221_747_098_350_641_4, REST);
}

/// A closed network: octave-queueing 1.2.7 (`qncsmva`), Jain, *The Art of Computer Systems Performance Analysis*, page 577.
#[test]
fn a_closed_network_by_jain() {
    let text = scenario(
        100_000.0,
        "traffic: {t: {to: job, users: 20, think: {exponential: {mean: 4s}}}}\nservices:\n  \
         job: {calls: [{to: cpu, per_request: 16}, {to: disk a, per_request: 10}, {to: disk b, per_request: 5}]}\n  \
         cpu: {service_time: {exponential: {mean: 125ms}}}\n  disk a: {service_time: {exponential: {mean: 300ms}}}\n  \
         disk b: {service_time: {exponential: {mean: 200ms}}}",
    );
    let run = simulate(&text, 20);
    run.service("job", "throughput").agrees(0.333_246_512_220_576_3, REST);
    for (name, response, present) in [
        ("cpu", 0.373_339_107_078_095_7, 1.990_623_284_949_121),
        ("disk a", 4.854_259_693_196_409, 16.176_651_121_706_28),
        ("disk b", 0.299_921_845_322_430_05, 0.499_739_544_462_294_85),
    ] {
        agrees(&mean(&run, name, "response_time"), response, REST);
        run.estimate("services", name, "in_flight").agrees(present, REST);
    }
}

/// Two classes of one customer each: octave-queueing 1.2.7 (`qncmmva`), Lazowska et al., page 142. Stations that are shared, since
/// the classes need different work there.
#[test]
fn a_closed_network_of_two_classes() {
    let text = scenario(
        100_000.0,
        "traffic: {a: {to: first, users: 1}, b: {to: second, users: 1}}\nservices:\n  \
         first: {calls: [{to: one, per_request: 10, work: 0.1}, {to: two, per_request: 9, work: 0.3333333333333333}]}\n  \
         second: {calls: [{to: one, per_request: 5, work: 0.4}, {to: two, per_request: 4}]}\n  \
         one: {service_time: {exponential: {mean: 1s}}, discipline: processor_sharing}\n  \
         two: {service_time: {exponential: {mean: 1s}}, discipline: processor_sharing}",
    );
    let run = simulate(&text, 30);
    run.service("first", "throughput").agrees(0.157_894_736_842_105_25, REST);
    run.service("second", "throughput").agrees(0.105_263_157_894_736_84, REST);
    // Q by class and station adds up to what is present at a station: 0.2105 + 0.2632 and 0.7895 + 0.7368.
    run.estimate("services", "one", "in_flight").agrees(0.210_526_315_789_473_67 + 0.263_157_894_736_842_1, REST);
    run.estimate("services", "two", "in_flight").agrees(0.789_473_684_210_526_3 + 0.736_842_105_263_157_9, REST);
}

/// Terminals of two kinds and one processor: octave-queueing 1.2.7 (`qncmmva`), Schwetman, CSD-TR-355, 1982, table 5, published to
/// three digits behind the point.
#[test]
fn a_closed_network_of_terminals() {
    let text = scenario(
        20_000.0,
        "traffic:\n  a: {to: first, users: 15, think: {exponential: {mean: 1s}}}\n  b: {to: second, users: 5, think: {exponential: {mean: 15s}}}\n\
         services:\n  first: {calls: [{to: cpu, work: 0.05}]}\n  second: {calls: [{to: cpu}]}\n  \
         cpu: {service_time: {exponential: {mean: 500ms}}, discipline: processor_sharing}",
    );
    let run = simulate(&text, 30);
    run.service("first", "throughput").agrees(14.323, REST);
    run.service("second", "throughput").agrees(0.314, REST);
}

/// Enough of n replicas up: the binomial tail, for availabilities of 0.995 and 0.99 of a replica.
#[test]
fn enough_replicas_for_the_load() {
    for (replicas, needs, mttf, exact) in [(12, 10, "199s", 0.999_973_413_418_450_9), (5, 3, "99s", 0.999_990_149_4)] {
        let text = scenario(
            4_000_000.0,
            &format!(
                "traffic: {{t: {{to: s, rate: 0.01/s}}}}\nservices: {{s: {{replicas: {replicas}, needs: {needs}}}}}\n\
                 failures: {{crash: {{hits: replica, mttf: {mttf}, repair: {{exponential: {{mean: 1s}}}}}}}}"
            ),
        );
        let run = simulate(&text, 30);
        run.service("s", "time_availability").from(1.0).agrees(1.0 - exact, WAITS);
    }
}
