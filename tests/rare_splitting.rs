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

#[test]
fn disks() {
    let text = "
name: eight disks
start: 2026-01-01
horizon: 87600h
services: {array: {replicas: 8, needs: 7}}
failures: {disk: {hits: replica, mttf: 1000000h, repair: {exponential: {mean: 24h}}}}
";
    let began = Instant::now();
    let found = split(text, "array", &PLAIN);
    show("raid", &found, began);
    holds(&found.outage_probability.unwrap(), 1.1765288022859771e-4);
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
