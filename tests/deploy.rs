//! `ninefold deploy plan` and `ninefold deploy validate`: times, powers and budgets against closed forms.

#![expect(clippy::unwrap_used, reason = "a test says by a panic what it expected")]

use std::path::Path;
use std::process::{Command, Output};

use ninefold::stats::{at_most, two_proportions};
use serde_json::Value;

const DAY: f64 = 86_400.0;

fn ninefold(folder: &Path, text: &str, command: &str, more: &[&str]) -> Output {
    let file = folder.join("case.yaml");
    std::fs::write(&file, text).unwrap();
    let mut all = Command::new(env!("CARGO_BIN_EXE_ninefold"));
    all.args(["deploy", command, file.to_str().unwrap(), "--out", folder.join("out").to_str().unwrap()]);
    all.args(more).output().unwrap()
}

#[track_caller]
fn asked(text: &str, command: &str, more: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let done = ninefold(folder.path(), text, command, &[more, &["--json"]].concat());
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).unwrap()
}

#[track_caller]
fn refused(text: &str, command: &str, more: &[&str], says: &str) {
    let folder = tempfile::tempdir().unwrap();
    let done = ninefold(folder.path(), text, command, more);
    let error = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(2), "{error}");
    assert!(error.split_whitespace().collect::<Vec<_>>().join(" ").contains(says), "{error}");
    assert!(!folder.path().join("out").exists());
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("no number: {value}"))
}

#[track_caller]
fn near(value: f64, exact: f64, part: f64) {
    assert!((value - exact).abs() <= part * exact.abs(), "{value}, not {exact}");
}

/// 18 replicas in three zones, far from their limits, 10 requests a second, for 40 days.
fn scenario(releases: &str, rest: &str) -> String {
    format!(
        "name: case\nstart: 2026-01-01\nhorizon: 40d\nzones: [a, b, c]\n\
         traffic: {{users: {{to: web, rate: 10/s}}}}\n\
         services:\n  web:\n    replicas: 18\n    spread: zones\n    service_time: 10ms\n    concurrency: 8\n    cost: 0.36/h\n    \
         releases: {releases}\n{rest}\n"
    )
}

const TEAM: &str = "teams: {ops: {people: 1, acknowledge: 10m}}";
const PROMISE: &str = "objectives: {works: {service: web, target: 99.9%, counts: requests, window: rolling 30d}}";

/// As often bad as not, 1.1% errors, found above 1%, for certain after an hour.
const HARD: &str = "{every: 12h, bad: 50%, effect: {errors: 1.1%}, rollback: 10m, rollback_works: 80%, detection: 1h, customers: 1000d, \
                    strategy: {canary: {steps: [5%, 50%], bake: 10m, abort_above: 1%}}}";

#[test]
fn each_risk_has_its_strategy() {
    for (risk, strategy) in [("low", "blue-green"), ("medium", "canary"), ("high", "zone by zone"), ("critical", "by hand")] {
        let plan = asked(&scenario(HARD, TEAM), "plan", &["--service", "web", "--risk", risk, "--replications", "8"]);
        assert_eq!(plan["strategy"], strategy);
        assert_eq!(plan["strategies"].as_object().unwrap().keys().next().unwrap(), strategy);
        // Every way is compared, that of the scenario among them.
        for name in ["blue-green", "canary", "zone by zone", "by hand", "rolling", "all at once", "as written"] {
            assert!(plan["strategies"].get(name).is_some(), "{risk}: {name}");
        }
    }
}

#[test]
fn a_step_lasts_as_long_as_the_binomial_law_needs() {
    for (risk, share, wanted) in [("medium", 0.05, 0.6), ("low", 1.0, 0.9), ("high", 1.0 / 3.0, 0.85)] {
        let text = format!("{}%", wanted * 100.0);
        let plan =
            asked(&scenario(HARD, TEAM), "plan", &["--service", "web", "--risk", risk, "--power", &text, "--replications", "4"]);
        // The last number of requests that is too few, counted down one by one from far above.
        let found = |n: u64| 1.0 - at_most(n, 0.011, (n as f64 * 0.01 + 1e-9) as u64);
        let few = (0..400_000_u64).rev().find(|n| found(*n) < wanted).unwrap();
        let minutes = ((few + 1) as f64 / (share * 10.0) / 60.0).ceil();
        let least = if risk == "high" { 30.0 } else { 5.0 };
        assert_eq!(number(&plan["bake_seconds"]), (minutes.max(least) * 60.0).min(DAY), "{risk}");
        assert!(minutes > least, "{minutes}");
    }
}

#[test]
fn the_steps_follow_each_other_and_find_what_the_law_says() {
    let plan = asked(
        &scenario(HARD, TEAM),
        "plan",
        &["--service", "web", "--risk", "medium", "--power", "60%", "--at", "2026-01-02T10:00", "--replications", "4"],
    );
    let steps = plan["steps"].as_array().unwrap();
    let bake = number(&plan["bake_seconds"]);
    let shares = [0.05, 0.25, 0.5];
    let mut unseen = 1.0;
    let (mut met, mut hurt) = (0.0, 0.0);
    for (i, share) in shares.iter().enumerate() {
        let step = &steps[i];
        near(number(&step["begins_seconds"]), bake * i as f64, 1e-12);
        near(number(&step["lasts_seconds"]), bake, 1e-12);
        near(number(&step["share"]), *share, 1e-12);
        let n = share * 10.0 * bake;
        near(number(&step["requests"]), n, 1e-9);
        let power = 1.0 - at_most(n.round() as u64, 0.011, (n.round() * 0.01 + 1e-9) as u64);
        near(number(&step["power"]), power, 1e-9);
        met += n;
        // Going back takes 10 minutes and works in four of five tries.
        let until = met + share * 10.0 * 600.0 / 0.8;
        near(number(&step["hurt"]), 0.011 * until, 1e-9);
        hurt += unseen * power * until;
        unseen *= 1.0 - power;
        near(number(&step["found_by_then"]), 1.0 - unseen, 1e-9);
    }
    assert_eq!(steps.len(), 4);
    near(number(&plan["lasts_seconds"]), 3.0 * bake, 1e-12);
    hurt += unseen * (met + 10.0 * (3_600.0 + 750.0));
    near(number(&plan["hurt_computed"]), 0.011 * hurt, 1e-9);
    assert_eq!(plan["begins"], "2026-01-02T10:00:00+00:00");
}

#[test]
fn what_the_steps_say_is_what_the_simulation_gives() {
    let plan =
        asked(&scenario(HARD, TEAM), "plan", &["--service", "web", "--power", "60%", "--replications", "512", "--seed", "3"]);
    let simulated = &plan["strategies"]["canary"]["releases"]["hurt_per_bad"];
    let (low, high) = (number(&simulated["low"]), number(&simulated["high"]));
    let exact = number(&plan["hurt_computed"]);
    // Four standard errors in place of two.
    let reach = high - low;
    let middle = f64::midpoint(low, high);
    assert!((middle - exact).abs() < reach, "{exact} against {low} to {high}");
    assert!(reach < 0.1 * exact, "too rough to say: {low} to {high}");
}

#[test]
fn a_rule_that_compares_lasts_as_long_as_its_power_needs() {
    let releases = "{every: 12h, bad: 10%, effect: {errors: 0.5%}, rollback: 5m, \
                    strategy: {canary: {steps: [20%], bake: 10m, abort_if: {worse_at: 95%}}}}";
    let plan = asked(&scenario(releases, TEAM), "plan", &["--service", "web", "--replications", "4", "--power", "99%"]);
    // With a limit of its own as well, which a test without an old version needs, the sharper of the two decides.
    let bake = number(&plan["bake_seconds"]);
    let n = 0.05 * 10.0 * bake;
    let step = &plan["steps"][0];
    let compared = two_proportions((0.005, 0.0), (n, 19.0 * n), 0.95);
    assert!(number(&step["power"]) >= compared - 1e-12 && number(&step["power"]) >= 0.99);
    assert!(bake > 300.0, "{bake}");
    assert!(step["abort"].as_str().unwrap().contains("worse at 95 %"), "{step}");
}

#[test]
fn another_strategy_that_hurts_less_is_told_and_can_fail_the_command() {
    // Blue-green lets everybody meet a bad release for its whole watch, a canary one in twenty.
    let text =
        scenario("{every: 12h, bad: 50%, effect: {errors: 20%}, rollback: 1m, detection: 1h, strategy: all_at_once}", TEAM);
    let plan = asked(&text, "plan", &["--service", "web", "--risk", "low", "--replications", "16"]);
    let better: Vec<&str> = plan["better"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(better.contains(&"canary") && better.contains(&"zone by zone"), "{better:?}");
    assert!(!better.contains(&"all at once"));
    // 300 s of everybody against 360 s of one in twenty: constants, so each bad release hurts the same.
    near(number(&plan["strategies"]["blue-green"]["measured"]["hurt_per_bad"]["value"]["value"]), 0.2 * 10.0 * 300.0, 1e-6);
    near(number(&plan["strategies"]["canary"]["measured"]["hurt_per_bad"]["value"]["value"]), 0.2 * 0.5 * 360.0, 1e-6);
    near(number(&plan["strategies"]["canary"]["measured"]["hurt_per_bad"]["difference"]["value"]), 36.0 - 600.0, 1e-6);
    // A second fleet of 18 for 6 minutes at 0.36 an hour, where it is not taken back before.
    near(number(&plan["strategies"]["blue-green"]["measured"]["extra_cost_per_release"]["value"]["value"]), 0.36 * 1.8, 1e-6);
    let folder = tempfile::tempdir().unwrap();
    let more = ["--service", "web", "--risk", "low", "--replications", "16", "--fail-on", "worse"];
    let done = ninefold(folder.path(), &text, "plan", &more);
    assert_eq!(done.status.code(), Some(1));
    let said = String::from_utf8_lossy(&done.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("“canary” is clearly better at this risk than “blue-green”"), "{said}");
}

#[test]
fn the_checklist_says_what_the_scenario_shows() {
    let area = |plan: &Value, area: &str| {
        let items = plan["readiness"].as_array().unwrap();
        items.iter().find(|item| item["area"] == area).map(|item| item["state"].as_str().unwrap().to_owned())
    };
    let bare = asked(
        &scenario("{every: 12h, bad: 10%, effect: {errors: 3%}}", ""),
        "plan",
        &["--service", "web", "--replications", "4"],
    );
    for missing in ["monitoring", "rollback", "on-call"] {
        assert_eq!(area(&bare, missing).as_deref(), Some("missing"), "{missing}");
    }
    assert_eq!(bare["nothing_missing"], false);
    let rest = format!("{TEAM}\n{PROMISE}");
    let full = asked(
        &scenario("{every: 12h, bad: 10%, effect: {errors: 3%}, rollback: 5m}", &rest),
        "plan",
        &["--service", "web", "--replications", "4"],
    );
    for shown in ["monitoring", "rollback", "on-call", "capacity", "checks at the steps"] {
        assert_eq!(area(&full, shown).as_deref(), Some("shown"), "{shown}");
    }
    for person in ["tests", "security", "rollback tested", "docs", "training"] {
        assert_eq!(area(&full, person).as_deref(), Some("to confirm"), "{person}");
    }
    assert_eq!(full["nothing_missing"], true);
    // In the night nobody is there.
    let rest = format!("teams: {{ops: {{people: 1, acknowledge: 10m, hours: mon-fri 09:00-17:00}}}}\n{PROMISE}");
    let text = scenario("{every: 12h, bad: 10%, effect: {errors: 3%}, rollback: 5m}", &rest);
    let night = asked(&text, "plan", &["--service", "web", "--replications", "4", "--at", "2026-01-02T03:00"]);
    assert_eq!(area(&night, "on-call").as_deref(), Some("missing"));
    let day = asked(&text, "plan", &["--service", "web", "--replications", "4"]);
    assert_eq!(area(&day, "on-call").as_deref(), Some("shown"));
    assert_eq!(day["begins"], "2026-01-01T09:00:00+00:00");
}

/// All at once, certainly bad: 10/s · 20% fail for 20 min until it is noticed and 10 until it is gone.
const CERTAIN: &str = "{every: 5d, bad: 100%, effect: {errors: 20%}, detection: 20m, customers: 1000d, rollback: 10m}";
const LOSS: f64 = 10.0 * 0.2 * 1_800.0;
/// A thousandth of thirty days of 10/s.
const BUDGET: f64 = 0.001 * 30.0 * DAY * 10.0;

#[test]
fn go_turns_to_no_go_at_the_very_budget() {
    let text = scenario(CERTAIN, PROMISE);
    let at = |spent: f64, more: &[&str]| {
        let spent = format!("{}%", spent * 100.0);
        asked(&text, "validate", &[&["--service", "web", "--replications", "32", "--budget-spent", &spent], more].concat())
    };
    let share = LOSS / BUDGET;
    let go = at(1.0 - share * 1.0001, &[]);
    let objective = &go["objectives"][0];
    assert_eq!(go["go"], true, "{objective}");
    near(number(&objective["budget"]), BUDGET, 1e-9);
    near(number(&objective["expected"]["value"]), share, 1e-9);
    near(number(&objective["quantile"]), share, 1e-9);
    assert_eq!(number(&objective["uncovered_probability"]["value"]), 0.0);
    let no = at(1.0 - share * 0.9999, &[]);
    assert_eq!(no["go"], false);
    assert_eq!(number(&no["objectives"][0]["breach_with"]["value"]), 1.0);
    assert_eq!(number(&no["objectives"][0]["breach_without"]["value"]), 0.0);
    // The same at any moment, and with any part of the window over.
    let late = at(0.5, &["--elapsed", "90%", "--at", "2026-01-05T12:00"]);
    near(number(&late["objectives"][0]["expected"]["value"]), share, 1e-9);
    near(number(&late["objectives"][0]["budget"]), BUDGET, 1e-9);
    // More than all is spent.
    assert_eq!(at(1.2, &[])["go"], false);
}

#[test]
fn what_is_spent_so_far_is_what_releases_spend_by_the_middle() {
    // Seven releases in 40 days spend 7 · LOSS of 4/3 of the budget; half of that is spent by the middle of a window.
    let validated = asked(&scenario(CERTAIN, PROMISE), "validate", &["--replications", "32"]);
    let objective = &validated["objectives"][0];
    near(number(&objective["spent"]), 0.5 * 7.0 * LOSS / (BUDGET * 40.0 / 30.0), 1e-9);
    assert_eq!(objective["spent_told"], false);
}

#[test]
fn the_quantile_is_that_of_a_release_that_may_be_good() {
    let text = scenario(&CERTAIN.replace("bad: 100%", "bad: 30%"), PROMISE);
    let spent = format!("{}%", 100.0 - 50.0 * LOSS / BUDGET);
    let asked = |confidence: &str| {
        asked(&text, "validate", &["--replications", "1024", "--budget-spent", &spent, "--confidence", confidence])
    };
    // Half of a loss is left: it covers the 70% of releases that are good.
    let (sure, bold) = (asked("95%"), asked("60%"));
    assert_eq!((sure["go"].as_bool(), bold["go"].as_bool()), (Some(false), Some(true)));
    let uncovered = &sure["objectives"][0]["uncovered_probability"];
    assert!((number(&uncovered["low"])..number(&uncovered["high"])).contains(&0.3), "{uncovered}");
    near(number(&sure["objectives"][0]["expected_if_bad"]), LOSS / BUDGET, 1e-9);
    assert_eq!(number(&bold["objectives"][0]["quantile"]), 0.0);
}

#[test]
fn a_no_go_can_fail_the_command() {
    let text = scenario(CERTAIN, PROMISE);
    let folder = tempfile::tempdir().unwrap();
    let more = ["--replications", "32", "--budget-spent", "99%"];
    assert_eq!(ninefold(folder.path(), &text, "validate", &more).status.code(), Some(0));
    let done = ninefold(folder.path(), &text, "validate", &[&more[..], &["--fail-on", "no-go"]].concat());
    assert_eq!(done.status.code(), Some(1));
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(said.contains("no-go") && said.contains("No-go for web by “works”"), "{said}");
    let covered =
        ninefold(folder.path(), &text, "validate", &["--replications", "32", "--budget-spent", "0%", "--fail-on", "no-go"]);
    assert_eq!(covered.status.code(), Some(0));
}

#[test]
fn promises_of_callers_are_touched_and_those_of_callees_are_not() {
    let text = "name: case\nstart: 2026-01-01\nhorizon: 40d\ntraffic: {users: {to: edge, rate: 10/s}}\nservices:\n  \
                edge: {replicas: 4, service_time: 5ms, concurrency: 8, calls: [{to: web, timeout: 1s}]}\n  \
                web:\n    replicas: 4\n    service_time: 5ms\n    concurrency: 8\n    calls: [{to: db, timeout: 1s}]\n    \
                releases: RELEASES\n  db: {replicas: 2, service_time: 1ms, concurrency: 64}\n\
                objectives:\n  front: {service: edge, target: 99%, counts: requests, window: rolling 30d}\n  \
                store: {service: db, target: 99%, counts: requests, window: rolling 30d}\n"
        .replace("RELEASES", CERTAIN);
    let validated = asked(&text, "validate", &["--replications", "32", "--budget-spent", "0%"]);
    let objectives = validated["objectives"].as_array().unwrap();
    assert_eq!(objectives.len(), 1);
    assert_eq!(objectives[0]["objective"], "front");
    near(number(&objectives[0]["expected"]["value"]), LOSS / (10.0 * BUDGET), 1e-6);
}

#[test]
fn a_bad_release_costs_what_its_requests_are_worth() {
    let text = scenario(CERTAIN, PROMISE).replace("rate: 10/s", "rate: 10/s, value: 0.02");
    let plan = asked(&text, "plan", &["--service", "web", "--risk", "medium", "--replications", "8"]);
    // Five minutes of one in twenty, and ten more until it is gone: a fifth of these fail.
    let hurt = 0.2 * 0.5 * 900.0;
    near(number(&plan["rollback"]["hurt_per_bad"]["value"]), hurt, 1e-6);
    near(number(&plan["rollback"]["money_per_bad"]["value"]), 0.02 * hurt, 1e-6);
    // The limit lies between a thousandth and a fifth where both mistakes become rare at the same pace (Chernoff): 4.0%. The few that
    // the first step misses the second finds, with a quarter of the traffic.
    let abort = plan["steps"][0]["abort"].as_str().unwrap();
    assert_eq!(abort, "over 4 % errors");
    let missed = at_most(150, 0.2, 6);
    let found_later = 0.2 * (0.5 * 300.0 + 2.5 * 900.0);
    near(number(&plan["hurt_computed"]), hurt + missed * (found_later - hurt), 1e-12);
}

#[test]
fn what_tests_of_errors_cannot_foresee_is_planned_all_the_same() {
    for effect in ["{slower: 3}", "down"] {
        let releases = format!("{{every: 12h, bad: 20%, effect: {effect}, rollback: 5m}}");
        let text = scenario(&releases, TEAM);
        let plan = asked(&text, "plan", &["--service", "web", "--risk", "critical", "--replications", "4"]);
        assert_eq!(plan["strategy"], "by hand");
        let known = plan["steps"][1]["power"].is_null();
        assert_eq!(known, effect != "down", "{effect}: {}", plan["steps"][1]);
        assert_eq!(number(&plan["bake_seconds"]), 1_800.0);
    }
}

#[test]
fn what_cannot_be_is_refused_with_what_to_write() {
    let none = "name: case\nstart: 2026-01-01\nhorizon: 40d\ntraffic: {users: {to: web, rate: 10/s}}\nservices:\n  web: {replicas: 4, service_time: 5ms}\n";
    refused(
        none,
        "plan",
        &["--service", "web"],
        "the scenario says nothing of releases of `web`: write under it, for example releases:",
    );
    refused(none, "validate", &[], "the scenario says nothing of releases of `web`");
    let text = scenario(HARD, "");
    refused(&text, "plan", &["--service", "wep"], "no service `wep`");
    refused(&text, "plan", &[], "--service");
    refused(&text, "plan", &["--service", "web", "--risk", "critical"], "write `teams:");
    refused(&text, "plan", &["--service", "web", "--team", "ops"], "no team `ops`");
    refused(
        &text.replace("spread: zones", "queue: 10"),
        "plan",
        &["--service", "web", "--risk", "high"],
        "write `zones: [a, b, c]`",
    );
    refused(&text, "validate", &[], "no objective is touched");
    let text = scenario(HARD, &format!("{TEAM}\n{PROMISE}"));
    for hostile in [
        &["--risk", "extreme"][..],
        &["--power", "100%"],
        &["--power", "0%"],
        &["--power", "NaN"],
        &["--at", "tomorrow"],
        &["--at", "2031-01-01"],
        &["--at", "2025-12-31T23:00"],
        &["--replications", "1"],
        &["--precision", "1%"],
        &["--fidelity", "request"],
        &["--fail-on", "breach"],
    ] {
        refused(&text, "plan", &[&["--service", "web"], hostile].concat(), "");
    }
    for hostile in [
        &["--budget-spent", "-5%"][..],
        &["--budget-spent", "inf"],
        &["--budget-spent", "NaN%"],
        &["--budget-spent", "half"],
        &["--elapsed", "100%"],
        &["--elapsed", "-1%"],
        &["--confidence", "100%"],
        &["--confidence", "99.9%", "--replications", "100"],
        &["--replications", "2"],
        &["--at", "2026-02-10"],
        &["--fail-on", "worse"],
    ] {
        refused(&text, "validate", hostile, "");
    }
}

#[test]
fn the_example_is_planned_and_judged_and_its_files_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/release-train.yaml");
    let mut plan = Command::new(env!("CARGO_BIN_EXE_ninefold"));
    let out = folder.path().join("plan");
    plan.args(["deploy", "plan", file.to_str().unwrap(), "--service", "web", "--replications", "64"]);
    let done = plan.args(["--out", out.to_str().unwrap()]).output().unwrap();
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    for name in [
        "report.html",
        "summary.json",
        "charts/timeline.svg",
        "charts/strategies-hurt-per-bad.svg",
        "tables/steps.csv",
        "tables/readiness.csv",
    ] {
        assert!(out.join(name).exists(), "{name}");
    }
    let mut validate = Command::new(env!("CARGO_BIN_EXE_ninefold"));
    let out = folder.path().join("validate");
    validate.args(["deploy", "validate", file.to_str().unwrap(), "--replications", "64"]);
    let done = validate.args(["--out", out.to_str().unwrap()]).output().unwrap();
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    for name in ["report.html", "summary.json", "charts/budget-left.svg", "tables/spend.csv", "tables/breach.csv"] {
        assert!(out.join(name).exists(), "{name}");
    }
}
