//! `ninefold reliability simulate`: a failure that is made to happen, on histories that are worked out by hand.

#![expect(clippy::unwrap_used, reason = "a test says by a panic what it expected")]

mod common;

use std::process::{Command, Output};

use common::{DAY, HOUR, compiled};
use ninefold::analysis::impact::{Input, Moment, Plan, Question, impact, investigate};
use ninefold::run::{Control, Options};
use serde_json::Value;

/// A zone takes the only database and one of two web servers with it. Nothing fails by itself within the horizon, and
/// repairs take 2 h after 10 min until they are noticed: 7,800 s.
const ZONES: &str = "
name: zones
start: 2026-01-01
horizon: 31d
zones: [a, b]
traffic: {users: {to: web, rate: 10/s}}
services:
  web: {replicas: 2, spread: zones, capacity: 100/s, calls: [{to: db, timeout: 1s}, {to: search, per_request: 0.5, needed: false}]}
  db: {spread: [a], capacity: 1000/s}
  search: {spread: [a], capacity: 1000/s}
  mail: {spread: [b]}
failures:
  zone outage: {hits: zone, time_to_failure: {constant: 900d}, detection: 10m, repair: 2h}
objectives:
  web works: {service: web, target: 99%, counts: requests, window: calendar month}
  db is up: {service: db, target: 99%, counts: time, window: rolling 7d}
  mail is up: {service: mail, target: 99%, counts: time, window: calendar month}
";

const LASTS: f64 = 7_800.0;

fn asked(failure: &str, on: Option<&str>, at: f64) -> Question {
    Question { failure: failure.into(), on: on.map(str::to_owned), at: Some(Moment::After(at)), paths: true }
}

/// The summary of a question, as programs read it.
fn simulate(text: &str, question: &Question, options: &Options) -> Value {
    let model = compiled(text, None);
    let plan = Plan::new(&model, question).unwrap();
    let found = investigate(&model, options, &plan, &Control::default()).unwrap();
    let (summary, report) = impact(&Input { model: &model, options, question, found: &found });
    let page = ninefold::output::html::render(&report).unwrap();
    assert!(!page.contains("NaN") && !page.contains("inf "), "a number that is none");
    serde_json::to_value(summary).unwrap()
}

fn pairs(replications: u64) -> Options {
    Options { replications, threads: Some(2), ..Options::default() }
}

/// Asserts a measure by its path to the last digits.
fn is(summary: &Value, path: &[&str], exact: f64) {
    let value = path.iter().fold(summary, |at, key| &at[*key])["value"].as_f64();
    assert!(value.is_some_and(|v| (v - exact).abs() <= 1e-9 * exact.abs().max(1.0)), "{path:?} is {value:?}, not {exact}");
}

/// Asserts that nothing was seen of a measure.
fn is_unseen(summary: &Value, path: &[&str]) {
    let estimate = path.iter().fold(summary, |at, key| &at[*key]);
    assert!(estimate["value"].is_null() && estimate["method"].is_string(), "{path:?}: {estimate}");
}

#[test]
fn a_zone_outage_costs_exactly_what_it_should() {
    let summary = simulate(ZONES, &asked("zone outage", Some("a"), 36.0 * HOUR), &pairs(8));
    assert_eq!(summary["schema"], "ninefold/impact/1");
    assert_eq!(summary["failure"]["thing"], "zone a");
    assert_eq!(summary["failure"]["at"], "2026-01-02T12:00:00+00:00");
    is(&summary, &["failure", "repair", "p50"], LASTS);
    for service in ["web", "db", "search"] {
        is(&summary, &["services", service, "goes_down"], 1.0);
        is(&summary, &["services", service, "downtime"], LASTS);
        is(&summary, &["services", service, "outages"], 1.0);
        is(&summary, &["services", service, "restored", "p50"], LASTS);
        is(&summary, &["services", service, "restored", "p95"], LASTS);
        is(&summary, &["services", service, "restored_last"], 1.0);
    }
    is(&summary, &["services", "web", "capacity_lost"], 0.5);
    is(&summary, &["services", "db", "capacity_lost"], 1.0);
    is(&summary, &["services", "web", "requests_lost"], 10.0 * LASTS);
    is(&summary, &["services", "db", "requests_lost"], 10.0 * LASTS);
    // A page that misses the database asks nobody else.
    is_unseen(&summary, &["services", "search", "requests_lost"]);
    is(&summary, &["services", "search", "requests_kept_away"], 5.0 * LASTS);
    is_unseen(&summary, &["services", "mail", "downtime"]);
    is(&summary, &["services", "mail", "goes_down"], 0.0);
    // A hundredth of the requests of January, and of the seconds of seven days.
    let spent = LASTS / (0.01 * 31.0 * DAY);
    is(&summary, &["objectives", "web works", "budget_spent"], spent);
    is(&summary, &["objectives", "web works", "budget_spent_with"], spent);
    is(&summary, &["objectives", "web works", "budget_spent_without"], 0.0);
    is(&summary, &["objectives", "web works", "breach_probability_with"], 0.0);
    is(&summary, &["objectives", "db is up", "budget_spent"], LASTS / (0.01 * 7.0 * DAY));
    is(&summary, &["objectives", "db is up", "breach_probability_with"], 1.0);
    is(&summary, &["objectives", "db is up", "breach_probability_without"], 0.0);
    is(&summary, &["objectives", "mail is up", "budget_spent"], 0.0);
}

/// What an operator sees first, without anything left to chance.
#[test]
fn the_screen_says_what_happens() {
    let model = compiled(ZONES, None);
    let (question, options) = (asked("zone outage", None, 36.0 * HOUR), pairs(8));
    let plan = Plan::new(&model, &Question { on: None, ..question.clone() }).unwrap();
    let found = investigate(&model, &options, &plan, &Control::default()).unwrap();
    let (_, report) = impact(&Input { model: &model, options: &options, question: &question, found: &found });
    let screen = ninefold::output::terminal::Screen { width: 100, height: 60, color: false };
    insta::assert_snapshot!(ninefold::output::terminal::render(&report, screen));
}

/// The same failure by a schedule: what is forced is what a failure that just happens would be.
#[test]
fn a_forced_failure_is_as_one_that_comes_by_itself() {
    let scheduled = ZONES.replace("time_to_failure: {constant: 900d}", "of: [a], schedule: {first: 2026-01-02T12:00}");
    let by_itself = common::run(&scheduled, 1, 1);
    let forced = simulate(ZONES, &asked("zone outage", Some("zone a"), 36.0 * HOUR), &pairs(1));
    for service in ["web", "db", "search"] {
        let down = (1.0 - by_itself.value("services", service, "time_availability").unwrap()) * 31.0 * DAY;
        is(&forced, &["services", service, "downtime"], down);
    }
    // Where it is in force already, nothing is added to it.
    let within = scheduled.replace("12:00", "11:00");
    let already = simulate(&within, &asked("zone outage", Some("a"), 36.0 * HOUR), &pairs(4));
    is(&already, &["failure", "already_failed"], 1.0);
    is(&already, &["failure", "repair", "p50"], LASTS - HOUR);
    is_unseen(&already, &["services", "web", "downtime"]);
    is(&already, &["services", "web", "goes_down"], 0.0);
}

#[test]
fn the_worst_of_all_things_is_shown() {
    let question = Question { on: None, ..asked("zone outage", None, 36.0 * HOUR) };
    let summary = simulate(ZONES, &question, &pairs(8));
    let things: Vec<&str> = summary["things"].as_array().unwrap().iter().map(|t| t["thing"].as_str().unwrap()).collect();
    assert_eq!(things, ["zone a", "zone b"]);
    assert_eq!(summary["failure"]["thing"], "zone a");
    is(&summary["things"][0], &["services_down"], 3.0);
    is(&summary["things"][0], &["downtime"], 3.0 * LASTS);
    is(&summary["things"][1], &["services_down"], 1.0);
}

/// Two databases crash together and one person repairs them one after the other: an hour for each.
#[test]
fn a_common_cause_hits_all_and_the_last_to_recover_is_told() {
    let text = "
name: crew
start: 2026-01-01
horizon: 30d
services:
  db: {replicas: 2, needs: 2}
  reads: {up_when: {at_least: 1, of: [db]}}
failures:
  crash: {hits: replica, of: [db], mttf: 20000y, repair: 1h, team: us, common_cause: 50%}
teams: {us: {people: 1, acknowledge: 5m}}
";
    let summary = simulate(text, &asked("crash", Some("all of db"), DAY), &pairs(16));
    is(&summary, &["services", "db", "downtime"], 2.0 * 3_900.0);
    is(&summary, &["services", "reads", "downtime"], 3_900.0);
    is(&summary, &["services", "reads", "restored", "p50"], 3_900.0);
    is(&summary, &["services", "db", "restored_last"], 1.0);
    is(&summary, &["services", "reads", "restored_last"], 0.0);
    is(&summary, &["failure", "repair", "p50"], 7_800.0);
    // One of two: the other carries on.
    let one = simulate(text, &asked("crash", None, DAY), &pairs(16));
    assert_eq!(one["failure"]["thing"], "db 0");
    is(&one, &["services", "db", "downtime"], 3_900.0);
    is(&one, &["services", "reads", "goes_down"], 0.0);
}

/// Everything here fails often and at random; what nothing depends on changes nothing else, to the last bit, and what
/// is hit meets its own later failures as if nothing had been.
#[test]
fn common_random_numbers_leave_no_difference_without_an_effect() {
    let text = "
name: luck
start: 2026-01-01
horizon: 1y
traffic: {users: {to: web, rate: 10/s}}
services:
  web: {replicas: 3, needs: 2, capacity: 4/s, queue: 10, calls: [{to: db, timeout: 1s}]}
  db: {replicas: 2, capacity: 20/s}
  lonely: {replicas: 1}
failures:
  crash: {hits: replica, mttf: 10d, detection: {exponential: {mean: 1m}}, repair: {lognormal: {median: 1h, p95: 8h}}}
  wear: {hits: replica, of: [web], time_to_failure: {weibull: {shape: 2, mean: 60d}}, repair: 3h}
  trip: {hits: replica, of: [lonely], mttf: 10d, repair: 1h}
objectives:
  web works: {service: web, target: 99%, counts: requests, window: calendar month}
";
    let summary = simulate(text, &asked("trip", None, 100.0 * DAY), &pairs(512));
    for service in ["web", "db"] {
        for measure in ["downtime", "outages", "requests_lost", "requests_kept_away"] {
            is_unseen(&summary, &["services", service, measure]);
        }
    }
    is(&summary, &["objectives", "web works", "budget_spent"], 0.0);
    // One outage more, but for the few failures that it delays beyond the horizon or that come while it lasts.
    let outages = &summary["services"]["lonely"]["outages"];
    let (low, high) = (outages["low"].as_f64().unwrap(), outages["high"].as_f64().unwrap());
    assert!(high - low < 0.05 && (0.9..=1.01).contains(&outages["value"].as_f64().unwrap()), "{outages}");
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    let text = common::scenario("storefront.yaml");
    let question = asked("zone outage", Some("b"), 330.0 * DAY);
    let of = |threads| {
        let mut summary =
            simulate(&text, &question, &Options { replications: 200, threads: Some(threads), ..Options::default() });
        summary["wall_seconds"] = Value::Null;
        summary
    };
    assert_eq!(of(1), of(3));
}

#[test]
fn a_failure_after_a_warm_up_happens_at_its_time() {
    let options = Options { warmup: Some(10.0 * DAY), ..pairs(4) };
    let summary = simulate(ZONES, &asked("zone outage", Some("a"), 0.0), &options);
    is(&summary, &["services", "db", "downtime"], LASTS);
    is(&summary, &["services", "db", "outages"], 1.0);
    is(&summary, &["services", "db", "restored", "p50"], LASTS);
}

fn ninefold(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ninefold")).args(arguments).output().unwrap()
}

#[test]
fn the_command_writes_its_files_and_tells_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let (file, out) = (folder.path().join("zones.yaml"), folder.path().join("out"));
    std::fs::write(&file, ZONES).unwrap();
    let (file, out) = (file.to_str().unwrap(), out.to_str().unwrap());
    let simulate = |more: &[&str]| {
        let mut arguments = vec!["reliability", "simulate", file, "--replications", "8", "--out", out];
        arguments.extend(more);
        let done = ninefold(&arguments);
        (done.status.code(), String::from_utf8(done.stdout).unwrap(), String::from_utf8(done.stderr).unwrap())
    };
    let (code, shown, _) = simulate(&["--failure", "zone outage", "--at", "2026-01-02T12:00", "--impact"]);
    assert_eq!(code, Some(0));
    assert!(shown.starts_with("zones: impact of zone outage on zone a"), "{shown}");
    for file in
        ["summary.json", "report.html", "charts/down-after-failure.svg", "charts/requests-lost.svg", "tables/blast-radius.csv"]
    {
        assert!(std::path::Path::new(out).join(file).is_file(), "{file}");
    }
    let (code, json, _) = simulate(&["--failure", "zone outage", "--json", "--fail-on", "breach"]);
    assert_eq!(code, Some(1), "the objective of db breaks");
    assert_eq!(serde_json::from_str::<Value>(&json).unwrap()["failure"]["at_chosen"], "highest demand");
    for (wrong, said) in [
        (vec!["--failure", "zone outge"], "did you mean `zone outage`?"),
        (vec!["--failure", "zone outage", "--on", "zone d"], "did you mean `zone a`?"),
        (vec!["--failure", "zone outage", "--at", "40d"], "--at must lie between the start and the horizon"),
        (vec!["--failure", "zone outage", "--at", "noon"], "a date like `2026-11-27T20:00`"),
        (vec!["--failure", "zone outage", "--at", "2025-01-01T00:00"], "--at must lie"),
    ] {
        let (code, _, errors) = simulate(&wrong);
        assert_eq!(code, Some(2), "{wrong:?}");
        assert!(errors.contains(said), "{wrong:?}: {errors}");
    }
}
