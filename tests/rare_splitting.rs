//! Importance splitting against exact values.

mod common;

use std::time::Instant;

use common::compiled;
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
    holds(&found.unavailability, 1e-7);
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
    let one: f64 = 1.0 - (-0.01_f64).exp();
    holds(&found.outage_probability.unwrap(), one.powi(4));
    holds(&found.outages.unwrap(), one.powi(4));
    // The time down is what is left of the horizon: the integral of the distribution function, here in closed form.
    let integral: f64 = (0..5).map(|k| {
        let binomial = [1.0, -4.0, 6.0, -4.0, 1.0][k];
        if k == 0 { 10.0 } else { binomial * 1000.0 / k as f64 * (1.0 - (-(k as f64) * 0.01).exp()) }
    }).sum();
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
    let found = split(TIERS, "app", &RareOptions { warmup: 5000.0 * 3600.0, ..PLAIN });
    show("tiers", &found, began);
    println!("exact {}", tiers());
    holds(&found.unavailability, tiers());
}
