//! Against queues with known answers, and a caller that is full because of what it calls.

use serde_json::Value;

use super::{Input, System, analyze, investigate};
use crate::output::{html, terminal};
use crate::run::{Control, Options};
use crate::scenario::{Fidelity, Loaded, Patches, parse};

fn loaded(text: &str) -> Loaded {
    parse("bottleneck.yaml", text, &Patches::default()).unwrap_or_else(|error| panic!("{error:?}"))
}

fn system(text: &str, name: Option<&str>) -> Result<System, String> {
    System::of(&crate::model::compile(&loaded(text)).unwrap_or_else(|error| panic!("{error:?}")), name)
}

/// The summary, and the report as the terminal shows it.
fn bottlenecks(text: &str, name: Option<&str>, replications: u64) -> (Value, String) {
    let options = Options { replications, threads: Some(2), fidelity: Fidelity::Request, ..Options::default() };
    let system = system(text, name).unwrap();
    let found = investigate(&loaded(text), system, &options, &Control::default()).unwrap().unwrap();
    let (summary, report) = analyze(&Input { found: &found, options: &options, system: name });
    let page = html::render(&report).unwrap();
    assert!(!page.contains("NaN") && !page.contains("inf "), "a number that is none");
    (serde_json::to_value(summary).unwrap(), terminal::render(&report, terminal::Screen::default()))
}

/// Whether an estimate from 10 replications is within 3.3 standard errors of a value (2.26 of them are half its interval).
fn is(estimate: &Value, exact: f64) {
    let at = |what: &str| estimate[what].as_f64().unwrap();
    let half = (at("high") - at("value")).max(at("value") - at("low"));
    assert!((at("value") - exact).abs() <= 3.3 / 2.26 * half, "{estimate} is not {exact}");
}

/// Two stations one after the other, M/M/2 and M/M/1 (Burke's theorem: the second has Poisson arrivals too), at 80/s.
const TANDEM: &str = "
ninefold: 1
name: tandem
start: 2026-01-01
horizon: 1h
traffic: {people: {to: front, rate: 80/s}}
services:
  gate: {calls: [{to: front}]}
  front:
    replicas: 2
    balance: shared_queue
    service_time: {exponential: {mean: 15ms}}
    calls: [{to: back, while: released}]
  back: {balance: shared_queue, service_time: {exponential: {mean: 11.25ms}}}
";

#[test]
fn of_two_queues_the_fuller_is_named_and_one_more_server_brings_what_erlang_says() {
    let (summary, text) = bottlenecks(TANDEM, None, 10);
    assert_eq!((&summary["first"], &summary["cause"]), (&Value::from("back"), &Value::from("back")), "{text}");
    let services = &summary["services"];
    assert!(services.get("gate").is_none(), "no requests come to it");
    is(&services["back"]["full_at"], 1.0 / 0.9);
    is(&services["front"]["full_at"], 1.0 / 0.6);
    // M/M/1: 1 / (μ - λ) in all; M/M/2: the time of work over 1 - ρ².
    let mu = 1.0 / 0.01125;
    let (one, two) = (1.0 / (mu - 80.0), 1.0 / mu / (1.0 - 0.45 * 0.45));
    is(&services["back"]["per_visit"]["wait"], one - 1.0 / mu);
    is(&services["back"]["per_visit"]["work"], 1.0 / mu);
    is(&services["front"]["per_request"]["response"], 0.015 / (1.0 - 0.36) + one);
    is(&summary["one_more_replica"]["back"]["mean"], one - two);
    assert_eq!(summary["one_more_replica"].as_object().unwrap().keys().next().unwrap(), "back");
    // M/M/2 and M/M/3 (Erlang C at an offered load of 1.2).
    let waiting = 1.2f64.powi(3) / 6.0 / 0.6 / (1.0 + 1.2 + 0.72 + 1.2f64.powi(3) / 6.0 / 0.6);
    let three = 0.015 + waiting / (3.0 / 0.015 - 80.0);
    is(&summary["one_more_replica"]["front"]["mean"], 0.015 / 0.64 - three);
    // The chain goes on where most of the time passes, and nothing fails until requests pile up.
    assert_eq!(summary["chains"], serde_json::json!([["front", "back"]]));
    let (holds, breaks) = (summary["breaking"]["holds_at"].as_f64().unwrap(), summary["breaking"]["breaks_at"].as_f64().unwrap());
    assert!(holds > 1.05 && breaks < 1.25 && breaks / holds < 1.03, "{holds} to {breaks}");
    assert_eq!(summary["breaking"]["fullest"], "back");
    assert!(text.contains("The bottleneck is back") && text.contains("confirms"), "{text}");
}

/// In M/M/1 a response takes longer than t with probability exp(-(μ - λ) t): 1 % take longer than 100 ms where λ = μ - ln(100) / t.
#[test]
fn a_promise_of_a_response_time_breaks_at_the_load_that_the_formula_says() {
    let text = "
ninefold: 1
name: single
start: 2026-01-01
horizon: 1h
traffic: {people: {to: only, rate: 40/s}}
services: {only: {service_time: {exponential: {mean: 10ms}}}}
objectives: {fast: {service: only, target: 99%, counts: requests, latency: {below: 100ms, for: 99%}, window: rolling 10m}}
";
    let (summary, text) = bottlenecks(text, Some("only"), 2);
    let exact = (100.0 - 100f64.ln() / 0.1) / 40.0;
    let (holds, breaks) = (summary["breaking"]["holds_at"].as_f64().unwrap(), summary["breaking"]["breaks_at"].as_f64().unwrap());
    assert!(holds * 0.95 < exact && exact < breaks * 1.05, "{exact} is not between {holds} and {breaks}");
    assert!((breaks / holds - 1.0).abs() < 0.03, "{holds} to {breaks}");
    assert!(text.contains("It is not servers that are missing"), "{text}");
}

/// Ten threads wait for a database that takes long.
const HELD: &str = "
ninefold: 1
name: held
start: 2026-01-01
horizon: 1h
traffic: {people: {to: web, rate: 80/s, daily: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]}}
services:
  web: {concurrency: 10, service_time: 5ms, calls: [{to: cache}, {to: db}]}
  cache: {}
  db: {concurrency: 12, service_time: {exponential: {mean: 100ms}}}
";

#[test]
fn a_caller_that_is_full_because_of_its_callee_is_a_symptom() {
    let (summary, text) = bottlenecks(HELD, None, 4);
    assert_eq!((&summary["first"], &summary["cause"]), (&Value::from("web"), &Value::from("db")), "{text}");
    assert_eq!(summary["services"]["web"]["symptom"], true);
    assert_eq!(summary["services"]["db"]["symptom"], false);
    assert!(summary["services"]["cache"].get("utilization").is_none());
    assert!(text.contains("symptom") && text.contains("The cause is db"), "{text}");
    assert_eq!(summary["breaking"]["fullest"], "db");
    assert!(text.contains("cache has no limit"), "{text}");
}

#[test]
fn a_load_that_changes_is_held_where_it_is_highest() {
    let text = "
ninefold: 1
name: daily
start: 2026-01-01
horizon: 1d
traffic:
  people:
    {to: web, rate: 10/s, times: {low: 0.9, high: 1.1}, surges: [{at: 2026-01-01T12:00, lasts: 1h, times: 4}]}
  robots: {to: web, rate: 10/s}
services: {web: {replicas: 2, service_time: 10ms}}
";
    let (summary, _) = bottlenecks(text, None, 4);
    let rate = summary["load"]["requests_per_second"].as_f64().unwrap();
    assert!((rate - 50.0).abs() < 6.0, "{rate}");
    assert!(summary["load"]["held_as_of"].as_str().unwrap().starts_with("2026-01-01T12:00"), "{}", summary["load"]);
}

#[test]
fn a_system_that_is_not_there_is_answered_with_the_nearest() {
    assert!(system(TANDEM, Some("bakc")).unwrap_err().contains("did you mean `back`?"));
    assert!(system(TANDEM, Some("gate")).unwrap_err().contains("no requests come"));
    let back = system(TANDEM, Some("back")).unwrap();
    assert_eq!((back.entries.len(), back.services.len()), (1, 1));
}
