//! Importance splitting against exact values.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test says by a panic what it expected, and shows what it found"
)]

mod common;

use std::time::Instant;

use common::{HOUR, compiled};
use ninefold::model::Model;
use ninefold::run::Control;
use ninefold::run::rare::{Rare, RareOptions, splitting};
use ninefold::stats::Estimate;

fn service(model: &Model, name: &str) -> u32 {
    model.services.iter().position(|service| service.name == name).expect("a service of that name") as u32
}

fn split(text: &str, name: &str, options: &RareOptions) -> Rare {
    let model = compiled(text, None);
    splitting(&model, service(&model, name), options, &Control::default()).expect("a result")
}

/// Within 3.3 standard errors of the exact value.
fn holds(found: &Estimate, exact: f64) {
    let (value, low, high) = (found.value.expect("a value"), found.low.expect("a low end"), found.high.expect("a high end"));
    let wide = 3.3 / 1.96;
    let holds = value - wide * (value - low) <= exact && exact <= value + wide * (high - value);
    assert!(holds, "{found:?} does not hold {exact}");
}

fn show(what: &str, rare: &Rare, began: Instant) {
    println!("{what}: {rare:#?}\n{:?}", began.elapsed());
}

const PLAIN: RareOptions =
    RareOptions { seed: 1, replications: 1 << 22, precision: Some(0.05), most_events: 1 << 31, threads: Some(2), warmup: 0.0 };

/// Case raid5-loss10y-8 of the storage group of ../shared/cases: eight disks of which seven are needed, MTTF 10⁶ h, rebuilt in
/// 24 h; a matrix exponential gives the probability of a loss in ten years.
#[test]
fn a_loss_of_eight_disks() {
    let text = "
name: eight disks
start: 2026-01-01
horizon: 87600h
services: {array: {replicas: 8, needs: 7}}
failures: {disk: {hits: replica, mttf: 1000000h, repair: {exponential: {mean: 24h}}}}
";
    let began = Instant::now();
    let found = split(text, "array", &RareOptions { precision: Some(0.1), ..PLAIN });
    show("disks", &found, began);
    assert!(found.verdict.converged);
    holds(&found.outage_probability.unwrap(), 1.1765288022859771e-4);
}

/// Case azure-db-or-queue (Microsoft, "Composite SLAs"): a database of 99.99% or a queue of 99.9% will do, 1 − 10⁻⁷ in all.
/// Externals start in their long run, so this is the unavailability over any horizon.
#[test]
fn a_database_or_a_queue() {
    let text = "
name: database or queue
start: 2026-01-01
horizon: 1y
services:
  database: {external: {availability: 99.99%, outage: 1h}}
  queue: {external: {availability: 99.9%, outage: 1h}}
  orders: {up_when: {any: [database, queue]}}
";
    let began = Instant::now();
    let found = split(text, "orders", &RareOptions { precision: Some(0.1), ..PLAIN });
    show("azure", &found, began);
    assert!(found.verdict.converged);
    holds(&found.unavailability, 1e-7);
}

/// Case cluster-N2-T100 of ../shared/cases, the workstation cluster of Haverkort, Hermanns and Katoen (2000), whose repair unit
/// looks at all kinds of failed parts at once: the chance that the minimum of service is lost within 100 h, and the hours
/// below it, by uniformisation of 276 states.
#[test]
fn a_cluster_of_workstations() {
    let text = "
name: workstation cluster
start: 2026-01-01
horizon: 100h
services:
  left: {replicas: 2}
  right: {replicas: 2}
  left switch: {}
  right switch: {}
  backbone: {}
  minimum:
    up_when:
      any:
        - all: [{at_least: 1, of: [left]}, left switch]
        - all: [{at_least: 1, of: [right]}, right switch]
        - all: [{at_least: 1, of: [left, right]}, left switch, right switch, backbone]
teams:
  repair unit: {people: 1, selection: {race: 6m}}
failures:
  workstation: {hits: replica, of: [left, right], mttf: 500h, repair: {exponential: {mean: 30m}}, team: repair unit}
  switch: {hits: replica, of: [left switch, right switch], mttf: 4000h, repair: {exponential: {mean: 4h}}, team: repair unit}
  cable: {hits: replica, of: [backbone], mttf: 5000h, repair: {exponential: {mean: 8h}}, team: repair unit}
";
    let began = Instant::now();
    let found = split(text, "minimum", &RareOptions { precision: Some(0.1), ..PLAIN });
    show("cluster", &found, began);
    assert!(found.verdict.converged);
    holds(&found.outage_probability.unwrap(), 5.5461254704414694e-5);
    holds(&found.downtime.unwrap(), 0.0002135283674243218 * HOUR);
}

/// Four units in parallel that are never repaired: all are down at the end with probability (1 − exp(−t/m))⁴.
#[test]
fn a_mission_without_repair() {
    let text = "
name: mission
start: 2026-01-01
horizon: 10h
services: {unit: {replicas: 4}}
failures: {breaks: {hits: replica, mttf: 1000h, repair: never}}
";
    let began = Instant::now();
    let found = split(text, "unit", &RareOptions { precision: Some(0.1), ..PLAIN });
    show("mission", &found, began);
    assert!(found.verdict.converged);
    assert!(found.gain.unwrap().events > 1e4 && found.gain.unwrap().time > 1e3);
    let one: f64 = 1.0 - (-0.01_f64).exp();
    holds(&found.outage_probability.unwrap(), one.powi(4));
    holds(&found.outages.unwrap(), one.powi(4));
    // The time down is what is left of the horizon: the integral of the distribution function, here in closed form.
    let integral: f64 = (0..5)
        .map(|k| {
            let binomial = [1.0, -4.0, 6.0, -4.0, 1.0][k];
            if k == 0 { 10.0 } else { binomial * 1000.0 / k as f64 * (1.0 - (-(k as f64) * 0.01).exp()) }
        })
        .sum();
    holds(&found.downtime.unwrap(), integral * 3600.0);
}

/// A common cause takes all replicas at once, and nothing else is likely to: nothing is gained, and it is said.
#[test]
fn a_common_cause_jumps() {
    let text = "
name: common cause
start: 2026-01-01
horizon: 30d
services: {unit: {replicas: 3}}
failures: {crash: {hits: replica, mttf: 90d, repair: {lognormal: {mean: 1h, cv: 1}}, common_cause: 1%}}
";
    let began = Instant::now();
    let found = split(text, "unit", &RareOptions { precision: Some(0.1), ..PLAIN });
    show("common", &found, began);
    // One strike in 9,000 days and unit; what else could happen is a thousand times as rare.
    holds(&found.outages.unwrap(), 30.0 / 9_000.0);
    assert!(found.jumped.unwrap() > 0.9);
    assert!(found.verdict.remarks.iter().any(|remark| remark.contains("no gain")), "{:?}", found.verdict);
}

/// Nothing is seen: there is a bound and no value, and it is no result to trust.
#[test]
fn nothing_seen_is_a_bound() {
    let text = "
name: never
start: 2026-01-01
horizon: 1h
services: {unit: {replicas: 2}}
failures: {breaks: {hits: replica, time_to_failure: {uniform: {low: 2h, high: 3h}}, repair: {exponential: {mean: 1h}}}}
";
    let found = split(text, "unit", &RareOptions { replications: 1_000, ..PLAIN });
    for estimate in [found.outage_probability.unwrap(), found.unavailability, found.downtime.unwrap(), found.outages.unwrap()] {
        assert_eq!((estimate.value, estimate.low), (None, Some(0.0)));
        assert!(estimate.high.unwrap() > 0.0, "{estimate:?}");
    }
    // The upper Clopper–Pearson bound of 0 in 1,000: 1 − 0.025^(1/1000).
    let bound = 1.0 - 0.025_f64.powf(1e-3);
    assert!((found.outage_probability.unwrap().high.unwrap() - bound).abs() < 1e-9);
    assert!(!found.verdict.converged && found.relative_error.is_none() && found.gain.is_none());
    assert!(found.verdict.remarks[0].contains("came as near as"), "{:?}", found.verdict);
}

/// Too little effort is told as such.
#[test]
fn what_has_not_converged_says_so() {
    let found = split(TIERS, "app", &RareOptions { replications: 16, precision: None, ..PLAIN });
    assert!(!found.verdict.converged);
    assert!(found.verdict.remarks.iter().any(|remark| remark.contains("independent runs")), "{:?}", found.verdict);
}

#[test]
fn any_number_of_threads_gives_the_same() {
    let of = |threads| {
        let found = split(TIERS, "app", &RareOptions { replications: 64, precision: None, threads: Some(threads), ..PLAIN });
        (
            found.outage_probability,
            found.unavailability,
            found.outages,
            found.levels,
            found.events,
            found.gain.map(|gain| gain.events),
        )
    };
    assert_eq!(of(1), of(3));
}

#[test]
fn a_run_can_be_stopped() {
    let model = compiled(TIERS, None);
    let control = Control::default();
    control.stop.store(true, std::sync::atomic::Ordering::Relaxed);
    assert!(splitting(&model, service(&model, "app"), &PLAIN, &control).is_err());
}

/// Three tiers in series: 4 machines of which 1 is enough, 5 of which 2, 4 of which 1. Machines are independent.
const TIERS: &str = "
name: three tiers
start: 2026-01-01
horizon: 10000h
services:
  cache: {replicas: 4}
  app: {replicas: 5, needs: 2, calls: [{to: cache}, {to: store}]}
  store: {replicas: 4}
failures:
  cache machine:
    {hits: replica, of: [cache], time_to_failure: {weibull: {shape: 1.5, mean: 1000h}}, repair: {lognormal: {mean: 12h, cv: 1}}}
  app machine:
    {hits: replica, of: [app], time_to_failure: {weibull: {shape: 2, mean: 900h}}, repair: {lognormal: {mean: 10h, cv: 0.8}}}
  store machine:
    {hits: replica, of: [store], time_to_failure: {weibull: {shape: 0.8, mean: 1200h}}, repair: {gamma: {mean: 15h, cv: 1.5}}}
";

/// The long-run unavailability: of a machine MTTR / (MTTF + MTTR), whatever the laws, of the tiers by counting.
fn tiers() -> f64 {
    let q = |up: f64, down: f64| down / (up + down);
    let (cache, app, store) = (q(1000.0, 12.0), q(900.0, 10.0), q(1200.0, 15.0));
    let app = 5.0 * app.powi(4) * (1.0 - app) + app.powi(5);
    1.0 - (1.0 - cache.powi(4)) * (1.0 - app) * (1.0 - store.powi(4))
}

#[test]
fn long_run() {
    let began = Instant::now();
    let found = split(TIERS, "app", &RareOptions { warmup: 5000.0 * HOUR, precision: Some(0.1), ..PLAIN });
    show("tiers", &found, began);
    println!("exact {}", tiers());
    assert!(found.verdict.converged && found.relative_error.unwrap() <= 0.1);
    assert!(found.gain.unwrap().events > 50.0);
    holds(&found.unavailability, tiers());
}

/// The share of independent repetitions whose interval holds the exact value, of an estimate of each.
fn coverage(text: &str, name: &str, options: &RareOptions, estimate: impl Fn(&Rare) -> Estimate, exact: f64, times: u64) -> f64 {
    let model = compiled(text, None);
    let service = service(&model, name);
    let held = (0..times).filter(|&seed| {
        let options = RareOptions { seed: 1_000 + seed, ..options.clone() };
        let found = estimate(&splitting(&model, service, &options, &Control::default()).expect("a result"));
        found.low.unwrap() <= exact && exact <= found.high.unwrap()
    });
    held.count() as f64 / times as f64
}

const MISSION: &str = "
name: mission
start: 2026-01-01
horizon: 10h
services: {unit: {replicas: 3}}
failures: {breaks: {hits: replica, mttf: 200h, repair: never}}
";

const PROMISES: &str = "
name: promises
start: 2026-01-01
horizon: 300h
services:
  a: {external: {availability: 99%, outage: 1h}}
  b: {external: {availability: 99%, outage: 2h}}
  c: {external: {availability: 98%, outage: 1h}}
  any: {up_when: {any: [a, b, c]}}
";

/// Of 200 intervals of 95%, 95% ± 3.3 standard errors of that share.
#[test]
fn intervals_hold_about_as_often_as_they_say() {
    let options = RareOptions { replications: 1_024, precision: None, ..PLAIN };
    let p = (1.0 - (-0.05_f64).exp()).powi(3);
    let share = coverage(MISSION, "unit", &options, |found| found.outage_probability.unwrap(), p, 200);
    assert!(share >= 0.95 - 3.3 * (0.95 * 0.05 / 200.0_f64).sqrt(), "{share}");
}

fn covers(text: &str, name: &str, options: &RareOptions, estimate: impl Fn(&Rare) -> Estimate, exact: f64) {
    let began = Instant::now();
    let share = coverage(text, name, options, estimate, exact, 1_000);
    println!("{name}, precision {:?}: {share} in {:?}", options.precision, began.elapsed());
    assert!((0.93..=0.97).contains(&share), "{share}");
}

#[test]
#[ignore = "minutes"]
fn intervals_hold_as_often_as_they_say() {
    let fixed = RareOptions { replications: 1_024, precision: None, ..PLAIN };
    let precise = RareOptions { precision: Some(0.1), ..PLAIN };
    let p = (1.0 - (-0.05_f64).exp()).powi(3);
    for options in [fixed, precise] {
        covers(MISSION, "unit", &options, |found| found.outage_probability.unwrap(), p);
        covers(PROMISES, "any", &options, |found| found.unavailability, 2e-6);
    }
}
