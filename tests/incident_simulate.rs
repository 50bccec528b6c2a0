//! `ninefold incident simulate`: the response to a failure, against times worked out by hand.

#![expect(clippy::unwrap_used, reason = "a test says by a panic what it expected")]

mod common;

use std::process::{Command, Output};

use common::{DAY, HOUR, load};
use ninefold::analysis::incident::{Input, Playbook, Question, incident, investigate, subject, variants};
use ninefold::model::compile;
use ninefold::run::incident::{IncidentRuns, incidents};
use ninefold::run::{Control, Options};
use ninefold::scenario::Loaded;
use serde_json::Value;

const MINUTE: f64 = 60.0;
/// As in `tests/common`: one in a thousand estimates is further off by chance, in half-widths of a 95% interval.
const WIDE: f64 = 3.3 / 1.96;

fn asked(failure: &str, service: Option<&str>) -> Question {
    Question { failure: failure.into(), service: service.map(str::to_owned) }
}

fn times(replications: u64) -> Options {
    Options { replications, threads: Some(2), ..Options::default() }
}

/// The summary of a question, as programs read it, and the playbook.
fn simulate(loaded: &Loaded, question: &Question, options: &Options) -> (Value, Playbook) {
    let model = compile(loaded).unwrap();
    let about = subject(&model, question).unwrap();
    let tries = variants(loaded, &model, &about);
    let found = investigate(&model, &about, question, tries, options, &Control::default()).unwrap();
    let input = Input { loaded, model: &model, options, question, subject: &about, found: &found };
    let (summary, report, playbook) = incident(&input);
    let page = ninefold::output::html::render(&report).unwrap();
    assert!(!page.contains("NaN") && !page.contains("inf "), "a number that is none");
    (serde_json::to_value(summary).unwrap(), playbook)
}

/// The incidents themselves.
fn follow(loaded: &Loaded, question: &Question, options: &Options) -> IncidentRuns {
    let model = compile(loaded).unwrap();
    incidents(&model, options, &subject(&model, question).unwrap(), &Control::default()).unwrap()
}

fn at<'a>(summary: &'a Value, path: &[&str]) -> &'a Value {
    path.iter().fold(summary, |at, key| key.parse::<usize>().map_or(&at[*key], |i| &at[i]))
}

/// Asserts a measure by its path to the last digits.
fn is(summary: &Value, path: &[&str], exact: f64) {
    let value = at(summary, path)["value"].as_f64();
    assert!(value.is_some_and(|v| (v - exact).abs() <= 1e-6 * exact.abs().max(1e-3)), "{path:?} is {value:?}, not {exact}");
}

/// Asserts that the interval of a measure, widened to 99.9%, holds the exact value, and is no wider than a part of it. Quantiles are of
/// buckets of 0.39%.
fn agrees(summary: &Value, path: &[&str], exact: f64, precise: f64) {
    let number = |key: &str| at(summary, path)[key].as_f64().unwrap_or_else(|| panic!("{path:?} is {}", at(summary, path)));
    let (value, low, high) = (number("value"), number("low"), number("high"));
    let rounding = 0.004 * exact.abs();
    assert!(low < high && (high - low) / 2.0 <= precise * exact.abs(), "{path:?}: {low} to {high} is wide for {exact}");
    let (below, above) = (value - WIDE * (value - low) - rounding, value + WIDE * (high - value) + rounding);
    assert!(below <= exact && exact <= above, "{path:?} is {value} ({low} to {high}), not {exact}");
}

fn is_unseen(summary: &Value, path: &[&str]) {
    let estimate = at(summary, path);
    assert!(estimate["value"].is_null() && estimate["method"].is_string(), "{path:?}: {estimate}");
}

/// Two minutes to notice, five to acknowledge, ten to look, twenty to fix: 37 minutes, in which all requests fail. One of them is a
/// hundredth of the requests of January's hundredth part.
const CONSTANT: &str = "
name: constant
start: 2026-01-01
horizon: 31d
traffic: {users: {to: web, rate: 10/s}}
services: {web: {capacity: 100/s}, idle: {}}
failures:
  breaks: {about: It stops., hits: service, of: [web], time_to_failure: {constant: 900d}, detection: 2m, repair: {runbook: fix}, team: crew}
  maintenance: {hits: service, of: [idle], schedule: {first: 2026-01-05T03:00}, repair: 1h}
  rots: {hits: replica, of: [idle], time_to_failure: {constant: 900d}, effect: {errors: 1%}, repair: never}
runbooks: {fix: [{step: look, takes: 10m}, {step: mend, takes: 20m}]}
teams: {crew: {people: 1, acknowledge: 5m}}
objectives: {web works: {service: web, target: 99%, counts: requests, window: calendar month}}
";

#[test]
fn constant_times_are_told_to_the_second() {
    let (summary, _) = simulate(&load(CONSTANT, None), &asked("breaks", None), &times(16));
    assert_eq!(summary["schema"], "ninefold/incident/1");
    for (stage, minutes) in [("detect", 2.0), ("acknowledge", 5.0), ("diagnose", 10.0), ("mitigate", 20.0), ("restore", 0.0)] {
        for measure in ["p50", "p90", "p99", "mean"] {
            is(&summary, &["stages", stage, measure], minutes * MINUTE);
        }
    }
    let whole = 37.0 * MINUTE;
    is(&summary, &["time_to_restore", "p50"], whole);
    is(&summary, &["time_to_restore", "mean"], whole);
    is(&summary, &["acknowledge", "outside_hours"], 0.0);
    is(&summary, &["acknowledge", "for_a_person"], 0.0);
    is(&summary, &["acknowledge", "acknowledging"], 5.0 * MINUTE);
    is(&summary, &["hurts"], 1.0);
    is(&summary, &["services", "web", "back", "p90"], whole);
    is(&summary, &["requests_lost"], 10.0 * whole);
    is(&summary, &["requests_lost_per_hour"], 36_000.0);
    is(&summary, &["objectives", "web works", "budget_spent"], whole / (0.01 * 31.0 * DAY));
    is(&summary, &["objectives", "web works", "budget_spent_per_hour"], HOUR / (0.01 * 31.0 * DAY));
    assert_eq!(summary["services"].as_object().unwrap().len(), 1, "nobody uses the other one");
}

/// The crew's five minutes are longer than it may take: after three the second team is asked, and comes after four.
#[test]
fn an_incident_that_is_handed_on_is_followed() {
    let text = CONSTANT.replace(
        "teams: {crew: {people: 1, acknowledge: 5m}}",
        "teams: {crew: {people: 1, acknowledge: 5m, escalate: {after: 3m, to: second line}}, second line: {people: 1, acknowledge: 4m}}",
    );
    let (summary, playbook) = simulate(&load(&text, None), &asked("breaks", None), &times(16));
    for (stage, minutes) in [("detect", 2.0), ("acknowledge", 7.0), ("diagnose", 10.0), ("mitigate", 20.0), ("restore", 0.0)] {
        is(&summary, &["stages", stage, "mean"], minutes * MINUTE);
    }
    is(&summary, &["time_to_restore", "mean"], 39.0 * MINUTE);
    assert!(
        playbook.markdown().contains("Nobody at work 3 min after the call: second line is called."),
        "{}",
        playbook.markdown()
    );
}

/// The same incident with one thing changed. A program that looks needs no person, but whoever mends is called only then, so nothing is won.
#[test]
fn paired_differences_of_constants_are_exact() {
    let (summary, _) = simulate(&load(CONSTANT, None), &asked("breaks", None), &times(16));
    let changes = [
        ("noticed in half the time", -1.0, "shorter"),
        ("crew: acknowledges in half the time", -2.5, "shorter"),
        ("all by programs", -5.0, "shorter"),
        ("look: 25 % faster", -2.5, "shorter"),
        ("mend: 25 % faster", -5.0, "shorter"),
    ];
    for (name, minutes, known) in changes {
        is(&summary, &["variants", name, "time_to_restore"], minutes * MINUTE);
        is(&summary, &["variants", name, "requests_lost"], 10.0 * minutes * MINUTE);
        assert_eq!(summary["variants"][name]["known"], known, "{name}");
    }
    for name in ["crew: one person more", "look: by a program"] {
        is_unseen(&summary, &["variants", name, "time_to_restore"]);
        assert_eq!(summary["variants"][name]["known"], "not told apart", "{name}");
    }
    let names: Vec<&String> = summary["variants"].as_object().unwrap().keys().collect();
    assert_eq!(names.len(), 7, "nobody can be spared, the hours are all, and no step fails: {names:?}");
    assert!(["all by programs", "mend: 25 % faster"].contains(&names[0].as_str()), "{names:?}");
    let stages = &summary["variants"]["mend: 25 % faster"]["stages"];
    for (stage, seconds) in [("diagnose", 600.0), ("mitigate", 900.0)] {
        assert!((stages[stage].as_f64().unwrap() - seconds).abs() < 1e-6, "{stage}: {stages}");
    }
}

/// A restart of ten minutes works in two of five cases, else a rebuild follows, exponential with mean 30 min; a person comes after an exponential
/// time of mean 6 min. Mean 6 + 10 + 0.6 × 30 = 34 min; the median of an exponential is mean × ln 2, its 90th percentile mean × ln 10. The
/// first step can end it, so there is no diagnosis.
#[test]
fn a_step_that_fails_leads_to_the_next() {
    let text = "
name: chance
start: 2026-01-01
horizon: 60d
services: {a: {}}
failures: {f: {hits: replica, time_to_failure: {constant: 900d}, repair: {runbook: fix}, team: crew}}
runbooks: {fix: [{step: restart, takes: 10m, works: 40%}, {step: rebuild, takes: {exponential: {mean: 30m}}}]}
teams: {crew: {people: 1, acknowledge: {exponential: {mean: 6m}}}}
";
    let (summary, _) = simulate(&load(text, None), &asked("f", Some("a")), &times(8_192));
    assert!(summary["stages"]["diagnose"].is_null());
    let (ln2, ln10) = (std::f64::consts::LN_2, std::f64::consts::LN_10);
    agrees(&summary, &["time_to_restore", "mean"], 34.0 * MINUTE, 0.02);
    agrees(&summary, &["stages", "acknowledge", "mean"], 6.0 * MINUTE, 0.03);
    agrees(&summary, &["stages", "acknowledge", "p50"], 6.0 * ln2 * MINUTE, 0.04);
    agrees(&summary, &["stages", "acknowledge", "p90"], 6.0 * ln10 * MINUTE, 0.04);
    agrees(&summary, &["steps", "1", "reached"], 0.6, 0.02);
    agrees(&summary, &["steps", "0", "works"], 0.4, 0.03);
    agrees(&summary, &["steps", "1", "takes", "p50"], 30.0 * ln2 * MINUTE, 0.05);
    agrees(&summary, &["steps", "1", "takes", "mean"], 30.0 * MINUTE, 0.03);
    is(&summary, &["steps", "0", "takes", "p90"], 10.0 * MINUTE);
    // It then works in 70 of 100: 18 min less 9; and 0.6 × 30 × 0.25 = 4.5 min less.
    agrees(&summary, &["variants", "restart: fails half as often", "time_to_restore"], -9.0 * MINUTE, 0.08);
    agrees(&summary, &["variants", "rebuild: 25 % faster", "time_to_restore"], -4.5 * MINUTE, 0.08);
    is(&summary, &["variants", "restart: 25 % faster", "time_to_restore"], -2.5 * MINUTE);
}

/// At work from Monday to Friday, 9 to 18 o'clock: 45 of the 168 hours of a week. A random moment of four whole weeks (five less the last)
/// falls into a night of 15 h before Tuesday to Friday, of which there are four, or into the weekend of 63 h, and waits for its end: half
/// of it on average. Mean wait (4 × 15²/2 + 63²/2) / 168 = 14.491 h; half wait no longer than w with (45 + 5 w) / 168 = 1/2, w = 7.8 h.
#[test]
fn the_hours_of_a_team_make_the_wait_that_they_must() {
    let text = "
name: hours
start: 2026-01-05
horizon: 5w
services: {a: {}}
failures: {f: {hits: replica, time_to_failure: {constant: 900d}, repair: 30m, team: crew}}
teams: {crew: {people: 1, hours: mon-fri 09:00-18:00}}
";
    let mean = (4.0 * 15.0 * 15.0 / 2.0 + 63.0 * 63.0 / 2.0) / 168.0 * HOUR;
    let (summary, _) = simulate(&load(text, None), &asked("f", None), &times(4_096));
    agrees(&summary, &["stages", "acknowledge", "mean"], mean, 0.05);
    agrees(&summary, &["stages", "acknowledge", "p50"], 7.8 * HOUR, 0.1);
    agrees(&summary, &["acknowledge", "outside_hours"], mean, 0.05);
    is(&summary, &["acknowledge", "for_a_person"], 0.0);
    agrees(&summary, &["variants", "crew: at work day and night", "time_to_restore"], -mean, 0.06);
    // Each by itself: no wait within the hours.
    let runs = follow(&load(text, None), &asked("f", None), &times(512));
    let (mut within, mut all) = (0.0, 0.0);
    for incident in runs.incidents.iter().flatten() {
        let (day, hour) = ((incident.at / DAY).floor() as u64 % 7, incident.at % DAY / HOUR);
        let at_work = day < 5 && (9.0..18.0).contains(&hour);
        assert_eq!(at_work, incident.response.acknowledged == 0.0, "{incident:?}");
        assert!((incident.closed - incident.response.acknowledged).abs() < 1e-6, "{incident:?}");
        within += f64::from(u8::from(at_work));
        all += 1.0;
    }
    let (share, error) = (within / all, (45.0 / 168.0 * (123.0_f64 / 168.0) / all).sqrt());
    assert!((share - 45.0 / 168.0).abs() < 3.3 * error, "{share}");
}

/// The only person is at another incident until day 10 of 13 (20 less the last week): whoever calls at day t < 10 waits 10 − t, on average
/// 10² / 2 / 13 days. A second person makes an end of that, and of nothing else.
#[test]
fn people_who_are_elsewhere_are_waited_for() {
    let text = "
name: busy
start: 2026-01-01
horizon: 20d
services: {a: {}, b: {}}
failures:
  f: {hits: replica, of: [a], time_to_failure: {constant: 900d}, repair: 1h, team: crew}
  long: {hits: replica, of: [b], schedule: {first: 2026-01-01T00:00}, repair: 10d, team: crew}
teams: {crew: {people: 1}}
";
    let runs = follow(&load(text, None), &asked("f", None), &times(512));
    for incident in runs.incidents.iter().flatten() {
        let wait = (10.0 * DAY - incident.at).max(0.0);
        assert!(incident.at < 13.0 * DAY && (incident.response.called - wait).abs() < 1e-6, "{incident:?}");
        assert!((incident.response.restored - wait - HOUR).abs() < 1e-6 && incident.closed == 0.0, "{incident:?}");
    }
    let (summary, _) = simulate(&load(text, None), &asked("f", None), &times(4_096));
    let mean = 100.0 / 2.0 / 13.0 * DAY;
    agrees(&summary, &["acknowledge", "for_a_person"], mean, 0.03);
    agrees(&summary, &["variants", "crew: one person more", "time_to_restore"], -mean, 0.05);
}

/// One of two replicas is enough, so nobody is hurt: all work restores. What works worse hurts until it is over.
#[test]
fn what_hurts_nobody_is_restored_and_not_mitigated() {
    let text = "
name: pair
start: 2026-01-01
horizon: 30d
services: {a: {replicas: 2, needs: 1}, b: {}}
failures:
  f: {hits: replica, of: [a], time_to_failure: {constant: 900d}, detection: 3m, repair: 1h}
  slow: {hits: service, of: [b], time_to_failure: {constant: 900d}, effect: {slower: 2}, detection: 3m, repair: 1h}
";
    for (failure, hurts, mitigate, restore) in [("f", 0.0, 0.0, 60.0), ("slow", 1.0, 60.0, 0.0)] {
        let (summary, playbook) = simulate(&load(text, None), &asked(failure, None), &times(32));
        is(&summary, &["hurts"], hurts);
        is(&summary, &["stages", "detect", "p50"], 3.0 * MINUTE);
        is(&summary, &["stages", "acknowledge", "p50"], 0.0);
        is(&summary, &["stages", "mitigate", "p50"], mitigate * MINUTE);
        is(&summary, &["stages", "restore", "p50"], restore * MINUTE);
        assert!(summary["acknowledge"].is_null() && summary["team"].is_null());
        assert!(playbook.markdown().contains("Nobody: a program repairs it."));
    }
    // One in ten requests fails, or half of a capacity that nobody needs is gone.
    for (effect, hurts, lost) in [("errors: 10%", 1.0, 3_780.0), ("capacity: 50%", 0.0, 0.0)] {
        let text = format!(
            "{}traffic: {{users: {{to: b, rate: 10/s}}}}\n",
            text.replace("slower: 2", effect).replace("b: {}", "b: {capacity: 100/s}")
        );
        let (summary, _) = simulate(&load(&text, None), &asked("slow", None), &times(32));
        is(&summary, &["hurts"], hurts);
        is(&summary, &["requests_lost"], lost);
    }
}

/// Ten days to repair, moments of the first seven of fourteen days: those after the fourth are not over. Kaplan and Meier know the length all
/// the same; the mean is only bounded.
#[test]
fn the_horizon_cuts_off_no_length() {
    let text = "
name: long
start: 2026-01-01
horizon: 14d
services: {a: {}}
failures: {f: {hits: replica, time_to_failure: {constant: 900d}, repair: 10d}}
";
    let (summary, _) = simulate(&load(text, None), &asked("f", None), &times(1_024));
    agrees(&summary, &["not_restored"], 3.0 / 7.0, 0.1);
    is(&summary, &["time_to_restore", "p90"], 10.0 * DAY);
    is_unseen(&summary, &["time_to_restore", "mean"]);
    assert!(summary["time_to_restore"]["mean"]["low"].as_f64().unwrap() < 10.0 * DAY);
}

/// A person is called away from the first step for an hour, and goes on with what was left: 30 min become 90 between its begin and its end.
#[test]
fn a_step_that_is_interrupted_is_one_step() {
    let text = "
name: called away
start: 2026-01-01
horizon: 1h
services: {a: {}, b: {}}
failures:
  f: {hits: replica, of: [a], time_to_failure: {constant: 900d}, repair: {runbook: fix}, team: crew}
  urgent: {hits: replica, of: [b], schedule: {first: 2026-01-01T00:31, every: 10h}, repair: 1h, team: crew, priority: 1}
runbooks: {fix: [{step: look, takes: 30m}, {step: mend, takes: 45m}]}
teams: {crew: {people: 1, preempt: true}}
";
    let text = text.replace("horizon: 1h", "horizon: 4h").replace("00:31", "01:31");
    let runs = follow(&load(&text, None), &asked("f", None), &times(256));
    let mut interrupted = 0;
    for incident in runs.incidents.iter().flatten() {
        let urgent = 91.0 * MINUTE - incident.at;
        let steps = &incident.response.steps;
        if urgent > 0.0 && urgent < 30.0 * MINUTE {
            interrupted += 1;
            assert!(steps[0].began == 0.0 && (steps[0].ended - 90.0 * MINUTE).abs() < 1e-6 && !steps[0].done, "{incident:?}");
        }
        assert!(steps.len() <= 2 && steps.last().is_some_and(|last| last.done == last.ended.is_finite()), "{incident:?}");
    }
    assert!(interrupted > 20, "{interrupted}");
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    // The numbers of the second are uncertain: two replications share a draw of them.
    for (file, failure) in [("night-shift.yaml", "database hangs"), ("three-zone-database.yaml", "zone outage")] {
        let loaded = load(&common::scenario(file), None);
        let of = |threads| {
            let options = Options { threads: Some(threads), ..times(201) };
            let (mut summary, playbook) = simulate(&loaded, &asked(failure, None), &options);
            summary["wall_seconds"] = Value::Null;
            (summary, playbook.markdown())
        };
        assert_eq!(of(1), of(3), "{file}");
    }
}

/// What people read, without anything left to chance.
#[test]
fn the_playbook_says_what_to_do() {
    let (_, playbook) = simulate(&load(CONSTANT, None), &asked("breaks", None), &times(16));
    insta::assert_snapshot!(playbook.markdown());
}

/// Names of a scenario are plain, what it says about a failure is any text.
#[test]
fn texts_cannot_change_the_form_of_the_playbook() {
    let text = CONSTANT.replace("about: It stops.", "about: \"# [x](y) <b>\\n# z\"");
    let (_, playbook) = simulate(&load(&text, None), &asked("breaks", None), &times(4));
    let markdown = playbook.markdown();
    assert!(markdown.contains("\n- \\# \\[x\\](y) \\<b\\> \\# z\n"), "{markdown}");
    assert_eq!(markdown.lines().filter(|line| line.starts_with("# ")).count(), 1);
}

fn ninefold(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ninefold")).args(arguments).output().unwrap()
}

#[test]
fn the_command_writes_its_files_and_tells_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let (file, out) = (folder.path().join("constant.yaml"), folder.path().join("out"));
    std::fs::write(&file, CONSTANT).unwrap();
    let (file, out) = (file.to_str().unwrap(), out.to_str().unwrap());
    let simulate = |more: &[&str]| {
        let mut arguments = vec!["incident", "simulate", file, "--out", out];
        arguments.extend(more);
        let done = ninefold(&arguments);
        (done.status.code(), String::from_utf8(done.stdout).unwrap(), String::from_utf8(done.stderr).unwrap())
    };
    let (code, shown, errors) = simulate(&["--failure", "breaks", "--replications", "8"]);
    assert_eq!(code, Some(0), "{errors}");
    assert!(shown.starts_with("constant: response to breaks") && shown.contains("playbook.md"), "{shown}");
    for file in
        ["summary.json", "report.html", "playbook.md", "charts/stages.svg", "charts/differences.svg", "tables/incidents.csv"]
    {
        assert!(std::path::Path::new(out).join(file).is_file(), "{file}");
    }
    let (code, json, _) =
        simulate(&["--failure", "breaks", "--service", "web", "--replications", "4", "--json", "--fail-on", "breach"]);
    assert_eq!(code, Some(0), "one of them spends a twelfth of the budget");
    assert_eq!(serde_json::from_str::<Value>(&json).unwrap()["service"], "web");
    for (wrong, said) in [
        (vec!["--failure", "brakes"], "did you mean `breaks`?"),
        (vec!["--failure", "breaks", "--service", "wob"], "did you mean `web`?"),
        (vec!["--failure", "breaks", "--service", "idle"], "`breaks` does not hit `idle`: it hits web"),
        (vec!["--failure", "maintenance"], "`maintenance` is planned, and nobody is called to it"),
        (vec!["--failure", "rots"], "`rots` is never repaired"),
        (vec!["--failure", "breaks", "--replications", "2000000"], "at most 1000000"),
        (vec!["--failure", "breaks", "--precision", "1%"], "give --replications here"),
        (vec!["--failure", "breaks", "--fidelity", "request"], "follows requests as a rate"),
        (vec!["--failure", "breaks", "--policies", "none"], "none"),
    ] {
        let (code, _, errors) = simulate(&wrong);
        assert_eq!(code, Some(2), "{wrong:?}");
        assert!(errors.contains(said), "{wrong:?}: {errors}");
    }
}
