//! `ninefold reliability analyze`: against textbook formulas, histories worked out by hand, and the command's own promises.

#![expect(clippy::unwrap_used, reason = "a test says by a panic what it expected")]

mod common;

use std::process::Command;

use common::{DAY, HOUR, YEAR, compiled};
use ninefold::analysis::reliability::{Input, Question, Rarely, Shown, analyze, investigate, services};
use ninefold::run::{Control, Options};
use serde_json::Value;

fn analysis(text: &str, question: &Question, options: &Options) -> Value {
    let model = compiled(text, None);
    let wanted = services(&model, question).unwrap();
    let found = investigate(&model, options, question, wanted, &Control::default()).unwrap();
    let (analysis, report) = analyze(&Input { model: &model, options, question, found: &found });
    let page = ninefold::output::html::render(&report).unwrap();
    assert!(!page.contains("NaN") && !page.contains("inf "), "a number that is none");
    serde_json::to_value(analysis).unwrap()
}

fn replications(replications: u64) -> Options {
    Options { replications, threads: Some(2), ..Options::default() }
}

/// Plain simulation alone.
fn plain() -> Question {
    Question { rare: Rarely::Off, ..Question::default() }
}

/// The exact value of a measure by a method.
fn exact(analysis: &Value, service: &str, method: &str, over: &str, measure: &str) -> f64 {
    let methods = analysis["services"][service]["exact"].as_array().unwrap();
    let of = methods.iter().find(|m| m["method"] == method && m["over"] == over);
    let of = of.unwrap_or_else(|| panic!("{method} does not apply to {service}: {methods:?}"));
    let value = of["values"].as_array().unwrap().iter().find(|v| v["measure"] == measure).unwrap();
    value["exact"].as_f64().unwrap()
}

fn close(value: f64, expected: f64) {
    assert!((value / expected - 1.0).abs() < 1e-9, "{value} is not {expected}");
}

/// One of two is enough, each down for u = 12 h of 732 h: both are for u², and the system fails with the frequency
/// 2 u (1 - u) / 720 h (Rausand & Høyland, *System Reliability Theory*, 2nd ed. 2004, section 9.2).
#[test]
fn two_units_in_parallel_are_as_in_the_textbook() {
    let text = "
name: parallel
start: 2026-01-01
horizon: 1y
services: {db: {replicas: 2}, front: {up_when: db}}
failures: {crash: {hits: replica, of: [db], mttf: 30d, repair: {exponential: {mean: 12h}}}}
";
    let summary = analysis(text, &plain(), &replications(512));
    let u: f64 = 12.0 / 732.0;
    for service in ["db", "front"] {
        for method in ["markov", "structure"] {
            let of = |measure| exact(&summary, service, method, "long_run", measure);
            close(of("downtime_per_year"), u * u * YEAR);
            close(of("outages_per_year"), 2.0 * u * (1.0 - u) / (720.0 * HOUR) * YEAR);
            close(of("mttr"), 6.0 * HOUR);
        }
        // From the start, when both are new: a little less.
        let horizon = exact(&summary, service, "markov", "horizon", "downtime_per_year");
        assert!(horizon < u * u * YEAR && horizon > 0.99 * u * u * YEAR, "{horizon}");
    }
    assert_eq!(summary["agrees"], true);
    let cuts = &summary["services"]["front"]["cuts"];
    assert_eq!(cuts["single_points"].as_array().unwrap().len(), 0);
    assert_eq!(cuts["listed"][0], serde_json::json!(["db 0", "db 1"]));
    // A Birnbaum importance of u, and a criticality of u × u / u² = 1.
    let component = &summary["services"]["db"]["components"][0];
    close(component["birnbaum"].as_f64().unwrap(), u);
    close(component["criticality"].as_f64().unwrap(), 1.0);
}

/// A zone with both web servers and a database that stands alone, by structure.
#[test]
fn single_points_and_cut_sets_come_from_the_structure() {
    let text = "
name: points
start: 2026-01-01
horizon: 1y
zones: [a, b]
services:
  web: {replicas: 4, needs: 2, spread: zones, calls: [{to: db, timeout: 1s}]}
  db: {replicas: 1}
failures:
  crash: {hits: replica, mttf: 30d, repair: 1h, common_cause: 10%}
  zone outage: {hits: zone, mttf: 100d, repair: 1h}
  bad release: {hits: service, of: [web], mttf: 60d, repair: 1h}
";
    let summary = analysis(text, &plain(), &replications(64));
    let cuts = &summary["services"]["web"]["cuts"];
    assert_eq!(cuts["single_points"], serde_json::json!(["db 0", "web itself"]));
    // Two singles; both zones, or a zone with one of the two others (2 × 2); three of the four replicas.
    assert_eq!(cuts["counts"], serde_json::json!([2, 5, 4]));
    let why = summary["services"]["web"]["exact"].to_string();
    assert!(why.contains("common cause"), "{why}");
}

/// A failure of four hours, of which 1 h is detection and 30 min acknowledgement, and planned work of four hours.
#[test]
fn downtime_is_split_into_its_stages() {
    let text = "
name: split
start: 2026-01-01
horizon: 100d
services: {db: {}}
failures:
  crash: {hits: service, of: [db], schedule: {first: 2026-01-11}, planned: false, detection: 1h, repair: 150m, team: us}
  upgrade: {hits: service, of: [db], schedule: {first: 2026-01-21}, repair: 4h}
teams: {us: {people: 1, acknowledge: 30m}}
";
    let summary = analysis(text, &plain(), &replications(2));
    let split = &summary["services"]["db"]["split"];
    for (part, share) in [("detection", 1.0 / 8.0), ("waiting", 0.5 / 8.0), ("repair", 6.5 / 8.0), ("planned", 0.5)] {
        close(split[part]["value"].as_f64().unwrap(), share);
    }
    close(split["downtime_per_year"]["value"].as_f64().unwrap(), 8.0 * HOUR * YEAR / (100.0 * DAY));
    let drivers = summary["services"]["db"]["drivers"].as_array().unwrap();
    let shares: Vec<f64> = drivers.iter().map(|d| d["downtime_share"]["value"].as_f64().unwrap()).collect();
    assert_eq!(shares, [0.5, 0.5]);
    assert!(drivers.iter().all(|d| d["planned"] == (d["failure"] == "upgrade")), "{drivers:?}");
}

/// Two units that are hardly ever down together: u² = 1.7e-9 of the time. Plain simulation sees nothing.
const RARE: &str = "
name: rare
start: 2026-01-01
horizon: 1y
services: {db: {replicas: 2}}
failures: {crash: {hits: replica, of: [db], mttf: 1000d, repair: {exponential: {mean: 1h}}}}
";

#[test]
fn what_plain_simulation_does_not_see_is_looked_for() {
    let auto = analysis(RARE, &Question::default(), &replications(128));
    let db = &auto["services"]["db"];
    assert!(db["measures"]["time_availability"]["value"].is_null(), "nothing seen is a bound");
    let rare = &db["rare"]["found"];
    assert_eq!(rare["method"], "biasing");
    assert_eq!(rare["verdict"]["converged"], true, "{rare}");
    let exact = exact(&auto, "db", "markov", "horizon", "downtime_per_year") / YEAR;
    let (value, error) = (rare["unavailability"]["value"].as_f64().unwrap(), rare["relative_error"].as_f64().unwrap());
    assert!(error <= 0.06 && (value / exact - 1.0).abs() <= 3.3 * error, "{value} ± {error} against {exact}");
    let off = analysis(RARE, &plain(), &replications(128));
    assert!(off["services"]["db"].get("rare").is_none());
}

#[test]
fn metrics_are_chosen_and_services_found() {
    let question = Question { service: Some("db".into()), metrics: vec![Shown::Uptime, Shown::Mttr], rare: Rarely::Off };
    let summary = analysis(RARE, &question, &replications(16));
    let names: Vec<&String> = summary["services"]["db"]["measures"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["time_availability", "mttr"]);
    let model = compiled(RARE, None);
    let wrong = services(&model, &Question { service: Some("bd".into()), ..question }).unwrap_err();
    assert!(wrong.contains("did you mean `db`?"), "{wrong}");
}

#[test]
fn the_command_writes_its_files() {
    let folder = tempfile::tempdir().unwrap();
    let (file, out) = (folder.path().join("rare.yaml"), folder.path().join("out"));
    std::fs::write(&file, RARE).unwrap();
    let run = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ninefold"));
        command.args(["reliability", "analyze", file.to_str().unwrap(), "--replications", "64", "--out", out.to_str().unwrap()]);
        command.args(more).output().unwrap()
    };
    let done = run(&["--metrics", "uptime,mttr,mtbf", "--rare", "off"]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    for file in ["summary.json", "report.html", "tables/exact.csv", "tables/weak-points.parquet", "tables/cut-sets.csv"] {
        assert!(out.join(file).is_file(), "{file}");
    }
    let json: Value = serde_json::from_slice(&run(&["--json", "--rare", "off"]).stdout).unwrap();
    assert_eq!(json["schema"], "ninefold/reliability/1");
    for wrong in [["--service", "bd"], ["--metrics", "speed"], ["--rare", "never"]] {
        assert_eq!(run(&wrong).status.code(), Some(2), "{wrong:?}");
    }
}
