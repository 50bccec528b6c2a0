//! The commands about the scenario language: what they print, and how they end.

#![expect(clippy::unwrap_used, reason = "tests say what they expect by panicking")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const STOREFRONT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scenarios/storefront.yaml");

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ninefold"));
    command.args(arguments).env_remove("NO_COLOR");
    command
}

fn ninefold(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn ends_with(code: i32, arguments: &[&str]) -> Output {
    let output = ninefold(arguments);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{}\n{}", out(&output), err(&output));
    output
}

#[test]
fn the_first_scenario_is_checked_and_can_be_simulated() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("first.yaml");
    let file = file.to_str().unwrap();
    ends_with(0, &["init", file]);
    let checked = ends_with(0, &["check", file, "--fail-on", "warning"]);
    assert_eq!(out(&checked), "first: no mistakes, nothing suspicious\n");
    ends_with(0, &["check", file, "--policy", "smaller fleet"]);
    let results = folder.path().join("results");
    ends_with(0, &["run", file, "--replications", "64", "--quiet", "--out", results.to_str().unwrap()]);
}

#[test]
fn a_missing_table_is_shown_where_the_scenario_names_it() {
    let patch = "failures.host crash.repair={empirical: {file: no/such.csv, column: x, unit: m}}";
    let without = ["services.web.releases", "services.web.calls.catalog.retries"];
    let without = without.map(|path| format!("--set={path}=null"));
    let latency = "--set=objectives.shopping works.latency=null";
    let mut arguments = vec!["run", STOREFRONT, "--set", patch, latency, "--set=failures.disk wear.repair=2h"];
    arguments.extend(without.iter().map(String::as_str));
    let wrong = ends_with(2, &arguments);
    assert!(err(&wrong).contains("--set 1:1:1") && err(&wrong).contains("no/such.csv"), "{}", err(&wrong));
}

#[test]
fn init_overwrites_nothing_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.yaml");
    fs::write(&path, "mine").unwrap();
    let file = path.to_str().unwrap();
    assert!(err(&ends_with(2, &["init", file])).contains("--force"));
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    ends_with(0, &["init", file, "--force"]);
    assert!(fs::read_to_string(&path).unwrap().starts_with("# A first scenario"));
    let missing = folder.path().join("no/such/folder.yaml");
    ends_with(3, &["init", missing.to_str().unwrap()]);
    assert!(out(&ends_with(0, &["init", "-"])).contains("name: first"));
}

#[test]
fn check_lists_mistakes_and_warnings() {
    let wrong = ends_with(2, &["check", STOREFRONT, "--set", "services.web.replicas=many"]);
    assert!(out(&wrong).contains("--set 1:1:23"), "{}", out(&wrong));
    assert!(out(&wrong).ends_with("1 mistake, no warnings\n"), "{}", out(&wrong));
    let call = ["--set=failures.zone outage.hits=call", "--set=failures.zone outage.of=[web -> catalog]"];
    let not_yet = ends_with(2, &["check", STOREFRONT, call[0], call[1]]);
    assert!(out(&not_yet).contains("not simulated yet: hits: call"), "{}", out(&not_yet));
    let json = ends_with(2, &["check", STOREFRONT, call[0], call[1], "--json"]);
    let json: serde_json::Value = serde_json::from_str(&out(&json)).unwrap();
    assert_eq!(json["errors"][0]["code"], "not-simulated");
    assert_eq!(json["warnings"][0]["severity"], "warning");
}

#[test]
fn check_can_fail_on_warnings() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/warnings/mtbf.yaml");
    assert!(out(&ends_with(0, &["check", file])).ends_with("no mistakes, 1 warning\n"));
    ends_with(1, &["check", file, "--fail-on", "warning"]);
}

#[test]
fn show_prints_the_scenario_with_its_patches() {
    let folder = tempfile::tempdir().unwrap();
    let patch = folder.path().join("patch.yaml");
    fs::write(&patch, "about: More databases.\nset: {services.db.replicas: 3}\n").unwrap();
    let arguments =
        ["show", STOREFRONT, "--patch", patch.to_str().unwrap(), "--policy", "third responder", "--set", "zones=[a, b]"];
    let shown = out(&ends_with(0, &arguments));
    let file = folder.path().join("shown.yaml");
    fs::write(&file, &shown).unwrap();
    let again = out(&ends_with(0, &["show", file.to_str().unwrap()]));
    assert_eq!(again, shown);
    let json = out(&ends_with(0, &["show", file.to_str().unwrap(), "--json"]));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["services"]["db"]["replicas"], 3);
    assert_eq!(json["teams"]["on-call"]["people"], 3);
    assert_eq!(json["zones"], serde_json::json!(["a", "b"]));
}

#[test]
fn a_scenario_comes_from_standard_input_too() {
    let text = fs::File::open(STOREFRONT).unwrap();
    let output = command(&["show", "-"]).stdin(text).output().unwrap();
    assert!(out(&output).starts_with("name: storefront\n"), "{}", err(&output));
    let output = command(&["show", "-"]).stdin(Stdio::null()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("the file is empty"), "{}", err(&output));
}

#[test]
fn explain_says_what_a_word_means() {
    assert!(out(&ends_with(0, &["explain"])).contains("horizon "));
    assert!(out(&ends_with(0, &["explain", "services.NAME.queue"])).contains("Default: unlimited"));
    assert!(out(&ends_with(0, &["explain", "services.web.calls.catalog.retries"])).contains("budget"));
    assert!(out(&ends_with(0, &["explain", "failures.mttf"])).contains("a duration like"));
    let wrong = ends_with(2, &["explain", "failures.repare"]);
    assert_eq!(err(&wrong), "error: there is no `repare` under `failures`: did you mean `repair`?\n");
}

#[test]
fn schema_and_completions_are_printed() {
    let schema: serde_json::Value = serde_json::from_str(&out(&ends_with(0, &["schema"]))).unwrap();
    assert_eq!(schema["title"], "Ninefold scenario");
    assert!(schema["properties"]["services"].is_object());
    for shell in ["bash", "zsh", "fish"] {
        assert!(out(&ends_with(0, &["completions", shell])).contains("explain"));
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = command(&["schema"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(err(&output), "");
}

#[test]
fn run_refuses_what_is_not_simulated_yet() {
    let refused = ends_with(2, &["run", STOREFRONT, "--fidelity", "request"]);
    assert!(err(&refused).contains("not simulated yet: releases"), "{}", err(&refused));
}

#[test]
fn what_only_requests_have_is_refused_for_a_rate_and_nothing_to_check_complains_of() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scenarios/requests.yaml");
    assert_eq!(out(&ends_with(0, &["check", file])), "requests: no mistakes, nothing suspicious\n");
    let words = ["users", "discipline: priority", "shed", "slow_start", "breaker"];
    for arguments in [&["run", file][..], &["reliability", "analyze", file]] {
        let refused = ends_with(2, arguments);
        for word in words {
            assert!(err(&refused).contains(&format!("not simulated yet: {word}")), "{word}: {}", err(&refused));
        }
        assert!(err(&refused).contains("`--fidelity request` simulates it"), "{}", err(&refused));
    }
}

#[test]
fn run_follows_single_requests() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scenarios/requests.yaml");
    let folder = tempfile::tempdir().unwrap();
    let run = ["run", file, "--fidelity", "request", "--out", folder.path().to_str().unwrap()];
    let printed = out(&ends_with(0, &[&run[..], &["--horizon", "1m", "--replications", "2", "--json"]].concat()));
    let summary: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert_eq!((&summary["fidelity"], &summary["replications"]), (&"request".into(), &2.into()));
    assert!(summary["traffic"]["office"]["response_time"]["p99"]["value"].as_f64().is_some_and(|p99| p99 > 0.0));
    assert!(summary["calls"]["web -> db"]["cache_hits"]["value"].as_f64().is_some_and(|hits| (0.8..1.0).contains(&hits)));
    assert!(summary["warmup_seconds"].as_f64().is_some_and(|warmup| warmup >= 0.0));
    assert!(folder.path().join("tables").join("requests-over-time.parquet").is_file());
    let refused = ends_with(2, &[&run[..], &["--precision", "1%"]].concat());
    assert!(err(&refused).contains("give --replications"), "{}", err(&refused));
    let refused = ends_with(2, &[&run[..], &["--horizon", "100y"]].concat());
    assert!(err(&refused).contains("--horizon 7d"), "{}", err(&refused));
}

#[test]
fn what_follows_requests_as_a_rate_says_so() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scenarios/requests.yaml");
    for arguments in [&["analyze", file][..], &["simulate", file, "--failure", "crash"]] {
        let refused = ends_with(2, &[&["reliability"], arguments, &["--fidelity", "request"]].concat());
        let expected = format!("error: `reliability {}` follows requests as a rate: leave out", arguments[0]);
        assert!(err(&refused).starts_with(&expected), "{}", err(&refused));
    }
}

#[test]
fn flags_that_make_no_sense_are_refused() {
    for (flags, says) in [
        (&["--threads", "0"][..], "threads"),
        (&["--replications", "0"], "replications"),
        (&["--replications", "many"], "whole number"),
        (&["--precision", "200%"], "more than 1"),
        (&["--precision", "0%"], "between 0% and 100%"),
        (&["--precision", "1%", "--replications", "10"], "cannot be used with"),
        (&["--horizon", "0s"], "above 0s"),
        (&["--horizon", "12"], "has no unit"),
        (&["--horizon", "1001y"], "thousand years"),
        (&["--warmup", "20000y"], "thousand years"),
        (&["--warmup", "-1d"], "unexpected argument"),
        (&["--seed", "-1"], "unexpected argument"),
        (&["--fail-on", "rain"], "breach"),
        (&["--fidelity", "high"], "flow"),
        (&["--colour"], "unexpected argument"),
    ] {
        let arguments = [&["run", STOREFRONT], flags].concat();
        let output = ends_with(2, &arguments);
        assert!(err(&output).contains(says), "{flags:?}: {}", err(&output));
        assert_eq!(out(&output), "");
    }
}

#[test]
fn what_is_wrong_with_the_world_ends_with_3() {
    let folder = Path::new(STOREFRONT).parent().unwrap().to_str().unwrap();
    assert!(err(&ends_with(3, &["check", "no/such/file.yaml"])).contains("no/such/file.yaml"));
    assert!(err(&ends_with(3, &["show", folder])).contains("folder"));
    ends_with(3, &["show", STOREFRONT, "--patch", "no/such/patch.yaml"]);
}

#[test]
fn files_that_are_no_text_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("binary.yaml");
    fs::write(&file, [0x6e, 0x61, 0xff, 0xfe, 0x00]).unwrap();
    assert!(err(&ends_with(2, &["run", file.to_str().unwrap()])).contains("no UTF-8 text: it goes wrong at byte 2"));
    fs::write(&file, vec![b'#'; 5 << 20]).unwrap();
    assert!(err(&ends_with(2, &["run", file.to_str().unwrap()])).contains("bytes allowed"));
}
