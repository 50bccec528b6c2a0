//! Sums and quantiles of hand-made replications, and what is asked before a run.

use super::fixture::{BINS, outcome};
use super::{Found, Load, QUANTILES, RequestRuns, ServedRuns, Warmup, called, can_go_wrong, served};
use crate::model::Model;
use crate::run::{self, Control, Options};
use crate::scenario::{Fidelity, Patches, parse};
use crate::sim::request::{RequestOutcome, Served, Stretch, count, queue_place};
use crate::stats::{Joint, Moments};

const THINGS: [usize; 3] = [3, 2, 4];

fn none(batched: bool) -> RequestRuns {
    let [services, sources, calls] = THINGS;
    RequestRuns {
        batched,
        services: vec![ServedRuns::default(); services],
        sources: vec![ServedRuns::default(); sources],
        calls: vec![Joint::default(); calls],
        bin_seconds: 0.0,
    }
}

fn model(text: &str) -> Model {
    let loaded = parse("requests.yaml", text, &Patches::default()).unwrap_or_else(|error| panic!("{error:?}"));
    crate::model::compile(&loaded).unwrap_or_else(|error| panic!("{error:?}"))
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * b.abs().max(1e-9)
}

fn same(a: &Moments, b: &Moments) -> bool {
    a.count() == b.count() && near(a.mean(), b.mean()) && (a.variance() - b.variance()).abs() <= 1e-9 * (1.0 + b.variance())
}

#[test]
fn merging_gives_the_same_in_any_grouping() {
    let outcomes: Vec<RequestOutcome> = (0..9).map(|n| outcome(n, THINGS, 1, false)).collect();
    let mut whole = none(false);
    for outcome in &outcomes {
        whole.add(&[outcome]);
    }
    for cuts in [vec![1, 8], vec![4, 5], vec![2, 3, 4], vec![1; 9]] {
        let mut merged = none(false);
        let mut rest = outcomes.iter();
        for cut in cuts {
            let mut part = none(false);
            rest.by_ref().take(cut).for_each(|outcome| part.add(&[outcome]));
            merged.merge(&part);
        }
        for (a, b) in merged.services.iter().chain(&merged.sources).zip(whole.services.iter().chain(&whole.sources)) {
            // Counts are exact, sums are rounded.
            assert_eq!((&a.response.all, &a.wait.all), (&b.response.all, &b.wait.all));
            assert!((0..served::N).all(|i| near(a.sums.mean(i), b.sums.mean(i))));
            assert!(near(
                a.sums.covariance(served::FAILED, served::RESOLVED),
                b.sums.covariance(served::FAILED, served::RESOLVED)
            ));
            assert!(a.queue.seconds.iter().zip(&b.queue.seconds).all(|(a, b)| near(*a, *b)));
            for q in 0..3 {
                assert!(same(&a.response.parts[q], &b.response.parts[q]) && same(&a.queue.parts[q], &b.queue.parts[q]));
            }
            assert_eq!(a.course.len(), BINS);
            for (a, b) in a.course.iter().zip(&b.course) {
                assert!(same(&a.rate, &b.rate) && same(&a.failed[1], &b.failed[1]) && same(&a.mean, &b.mean));
                assert!(same(&a.quantiles[2], &b.quantiles[2]) && same(&a.queue, &b.queue) && same(&a.present, &b.present));
            }
        }
        assert!(merged.calls.iter().zip(&whole.calls).all(|(a, b)| (0..called::N).all(|i| near(a.mean(i), b.mean(i)))));
        assert_eq!(merged.bin_seconds, whole.bin_seconds);
    }
}

#[test]
fn replications_of_one_draw_are_one_observation() {
    let (a, b) = (outcome(1, THINGS, 1, false), outcome(2, THINGS, 1, false));
    let mut runs = none(false);
    runs.add(&[&a, &b]);
    let served = &runs.services[1];
    assert_eq!((served.sums.count(), served.response.parts[0].count()), (1, 1));
    let (one, other) = (&a.batches[0].services[1], &b.batches[0].services[1]);
    let arrived = (one.counts[count::ARRIVED] + other.counts[count::ARRIVED]) as f64 / 2.0;
    assert_eq!(served.sums.mean(count::ARRIVED), arrived);
    assert_eq!(served.sums.mean(served::SECONDS), a.batches[0].seconds);
    // Its quantiles are those of both together.
    let mut both = one.response.clone();
    both.merge(&other.response);
    assert_eq!(served.response.all, both);
    assert_eq!(served.response.parts[2].mean(), both.quantile(QUANTILES[2]).unwrap());
    // The course takes each replication by itself.
    assert_eq!(served.course[0].rate.count(), 2);
}

#[test]
fn batches_are_observations_of_their_own() {
    let one = outcome(5, THINGS, 32, false);
    let mut runs = none(true);
    runs.add(&[&one]);
    let source = &runs.sources[0];
    assert_eq!((source.sums.count(), source.response.parts[1].count(), source.batch_means.len()), (32, 32, 32));
    let first = &one.batches[0].sources[0];
    assert_eq!(source.batch_means[0], first.response_sum / first.response.count() as f64);
    assert_eq!((source.observed.len(), source.observed[0].p99), (32, first.response.quantile(0.99)));
    let all: u64 = one.batches.iter().map(|batch| batch.sources[0].counts[count::GOOD]).sum();
    assert!(near(source.sums.sum(count::GOOD), all as f64));
    assert_eq!(source.course[0].rate.count(), 1);
}

#[test]
fn a_queue_is_as_long_as_it_is_for_that_part_of_the_time() {
    // 50 s empty, 40 s of one, 9 s of 7, 1 s of 5000, which shares its place with those within 0.2%.
    let mut queue = vec![0.0; queue_place(5_000) + 1];
    (queue[0], queue[1], queue[7], queue[queue_place(5_000)]) = (50.0, 40.0, 9.0, 1.0);
    let served = Served { queue, servers: f64::INFINITY, ..Served::default() };
    let stretch = Stretch { seconds: 100.0, services: vec![served; 3], sources: vec![Served::default(); 2], calls: Vec::new() };
    let mut runs = none(false);
    runs.calls.clear();
    runs.add(&[&RequestOutcome { batches: vec![stretch], ..RequestOutcome::default() }]);
    let lengths = &runs.services[0].queue;
    let told = [0.5, 0.51, 0.9, 0.95, 0.99].map(|p| lengths.quantile(p));
    assert_eq!(told, [Some(0.0), Some(1.0), Some(1.0), Some(7.0), Some(7.0)]);
    let long = lengths.quantile(0.995).unwrap();
    assert!(long <= 5_000.0 && long > 4_990.0, "{long}");
    // A service without limit has no servers to be busy, and a source has no line.
    assert_eq!(runs.services[0].sums.mean(served::SERVERS), 0.0);
    assert_eq!(runs.sources[0].queue.quantile(0.5), None);
}

const SHOP: &str = "
ninefold: 1
name: shop
start: 2026-01-01
horizon: 1h
traffic:
  people: {to: web, rate: 100/s}
services:
  web: {service_time: 5ms, calls: [{to: catalog, per_request: 2}, {to: ads, needed: false, timeout: 100ms}]}
  catalog: {service_time: 1ms, calls: [{to: db}]}
  db: {service_time: 1ms}
  ads: {service_time: 1ms}
  alone: {service_time: 1ms, queue: 3}
";

#[test]
fn the_load_counts_what_calls_add() {
    let load = Load::of(&model(SHOP));
    assert!(near(load.at_start, 100.0) && near(load.sent, 360_000.0));
    // One at web, two at the catalog, two at its database, one at ads.
    assert!(near(load.reached, 6.0 * 360_000.0), "{load:?}");
}

#[test]
fn what_cannot_fail_is_known() {
    // Ads are given up after a while; web does not need them.
    assert_eq!(can_go_wrong(&model(SHOP)), [false, false, false, true, true]);
    let needed = SHOP.replace("needed: false, ", "");
    // What web has begun elsewhere is given up with it.
    assert_eq!(can_go_wrong(&model(&needed)), [true, true, true, true, true]);
    let crash = format!("{SHOP}failures:\n  crash: {{hits: replica, of: [db], mttf: 1y, repair: 1h}}\n");
    assert_eq!(can_go_wrong(&model(&crash)), [true, true, true, true, true]);
}

fn refused(text: &str, options: &Options) -> String {
    run::simulate(&model(text), options, &Control::default(), None).map(|runs| runs.replications).unwrap_err().to_string()
}

#[test]
fn what_would_not_end_is_refused_with_what_to_do() {
    let options = Options { replications: 2, threads: Some(1), fidelity: Fidelity::Request, ..Options::default() };
    let text = refused(&SHOP.replace("horizon: 1h", "horizon: 5y"), &options);
    assert!(text.contains("9.5e10") && text.contains("--horizon 1d"), "{text}");
    let text = refused(&SHOP.replace("100/s", "0/s"), &options);
    assert!(text.contains("nothing sends requests"), "{text}");
    let text = refused(SHOP, &Options { precision: Some(0.01), ..options });
    assert!(text.contains("--replications"), "{text}");
}

#[test]
fn a_warm_up_that_is_asked_for_is_not_looked_for() {
    let options =
        Options { replications: 1, threads: Some(1), fidelity: Fidelity::Request, warmup: Some(7.0), ..Options::default() };
    let short = SHOP.replace("horizon: 1h", "horizon: 10s");
    let runs = run::simulate(&model(&short), &options, &Control::default(), None).unwrap();
    assert_eq!(runs.warmup, Warmup { seconds: 7.0, found: Found::Asked });
    assert!(runs.requests.is_some_and(|requests| requests.batched));
}

/// The mean number in M/M/1 at a time, from empty, by uniformisation (Jensen 1953) in steps: exact but for rounding.
fn filled(arrivals: f64, services: f64, time: f64) -> f64 {
    let rate = arrivals + services;
    let (up, down) = (arrivals / rate, services / rate);
    // A tail of 0.9^300 is lost.
    let mut p = vec![0.0; 300];
    let last = p.len() - 1;
    p[0] = 1.0;
    let steps = (time / 20.0).ceil();
    let jumps = rate * time / steps;
    for _ in 0..steps as usize {
        let mut weight = libm::exp(-jumps);
        let mut after = vec![0.0; p.len()];
        for jump in 1..(3.0 * jumps + 40.0) as usize {
            after.iter_mut().zip(&p).for_each(|(after, p)| *after += weight * p);
            weight *= jumps / jump as f64;
            let next = |n: usize| {
                let from_below = if n > 0 { up * p[n - 1] } else { down * p[0] };
                from_below + if n < last { down * p[n + 1] } else { up * p[last] }
            };
            p = (0..=last).map(next).collect();
        }
        p = after;
    }
    p.iter().enumerate().map(|(n, p)| n as f64 * p).sum()
}

#[test]
fn a_warm_up_lasts_until_the_system_has_filled() {
    assert!((filled(0.9, 1.0, 1e4) - 9.0).abs() < 1e-6);
    for (rate, seed) in [(0.5, 1), (0.9, 1), (0.9, 2), (0.9, 3)] {
        let text = format!(
            "
ninefold: 1
name: queue
start: 2026-01-01
horizon: 1m
traffic:
  people: {{to: desk, rate: {rate}/s}}
services:
  desk: {{service_time: {{exponential: {{mean: 1s}}}}}}
"
        );
        let options = Options { seed, replications: 2, threads: Some(2), fidelity: Fidelity::Request, ..Options::default() };
        let runs = run::simulate(&model(&text), &options, &Control::default(), None).unwrap();
        assert!(matches!(runs.warmup.found, Found::Steady(_)), "{:?}", runs.warmup);
        let steady = rate / (1.0 - rate);
        let left = 1.0 - filled(rate, 1.0, runs.warmup.seconds) / steady;
        println!("{rate} {seed}: {:?} leaves {left}", runs.warmup);
        assert!(left < 0.1, "{:?} leaves {left} of the start", runs.warmup);
    }
}
