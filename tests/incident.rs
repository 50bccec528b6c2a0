//! Repair by runbooks: histories worked out by hand, the absorbing chain of the steps, queues of incidents, and what is refused.

mod common;

use common::{HOUR, Run, compiled, load, run, run_after, run_with_timeline};
use ninefold::run::Control;
use ninefold::run::rare::{RareOptions, splitting};

const MINUTE: f64 = 60.0;

/// Services that fail once each, as `(name, when, words of the failure)`, on 2026-01-05, a Monday.
fn scenario(team: &str, runbooks: &str, incidents: &[(&str, &str, &str)]) -> String {
    let mut text = format!(
        "name: incidents\nstart: 2026-01-05\nhorizon: 48h\nteams: {{crew: {{{team}}}}}\nrunbooks:\n{runbooks}\nservices:\n"
    );
    for (name, ..) in incidents {
        text += &format!("  {name}: {{}}\n");
    }
    text += "failures:\n";
    for (name, when, words) in incidents {
        text += &format!("  of {name}: {{hits: replica, of: [{name}], schedule: {{first: 2026-01-05T{when}}}, {words}}}\n");
    }
    text
}

fn down(run: &Run, service: &str, minutes: f64) {
    run.exactly("services", service, "longest_outage", minutes * MINUTE);
}

const TWO: &str = "  fix:\n    - {step: look, takes: 20m}\n    - {step: rebuild, takes: 1h, people: 2}";

/// `a` is acknowledged until 01:10, looked at until 01:30, and waits for a second person; `b`, of 01:10, comes so far at 01:40. Its
/// person helps `a` until 02:40; then both rebuild `b`.
#[test]
fn incidents_do_not_wait_for_each_others_people() {
    let words = "repair: {runbook: fix}, team: crew";
    let text = scenario("people: 2, acknowledge: 10m", TWO, &[("a", "01:00", words), ("b", "01:10", words)]);
    let run = run(&text, 1, 1);
    down(&run, "a", 100.0);
    down(&run, "b", 150.0);
    run.exactly("services", "a", "mtta", 10.0 * MINUTE);
    // One person for 40 and 30 minutes, two for an hour each.
    run.exactly("teams", "crew", "busy", (40.0 + 30.0 + 240.0) / 60.0 / 48.0);
    run.exactly("teams", "crew", "wait", 35.0 * MINUTE);
    run.exactly("teams", "crew", "waiting", 70.0 / 60.0 / 48.0);
}

/// `big` needs both, one of whom is at `x` until 03:00. `y` waits behind it although one is free, unless it is more urgent.
#[test]
fn who_waits_for_people_holds_up_those_behind() {
    let runbooks = "  all: [{step: all hands, takes: 1h, people: 2}]";
    for (priority, minutes) in [(4, 180.0), (1, 60.0)] {
        let y = format!("repair: 1h, team: crew, priority: {priority}");
        let incidents = [
            ("x", "01:00", "repair: 2h, team: crew"),
            ("big", "01:30", "repair: {runbook: all}, team: crew"),
            ("y", "02:00", y.as_str()),
        ];
        let run = run(&scenario("people: 2", runbooks, &incidents), 1, 1);
        down(&run, "x", 120.0);
        down(&run, "big", 150.0);
        down(&run, "y", minutes);
    }
}

/// Two people for the first hour, one for the second: the other takes up what waits.
#[test]
fn people_who_are_not_needed_any_more_go_back() {
    let runbooks = "  fix: [{step: both, takes: 1h, people: 2}, {step: one, takes: 1h}]";
    let incidents = [("r", "01:00", "repair: {runbook: fix}, team: crew"), ("other", "01:30", "repair: 1h, team: crew")];
    let run = run(&scenario("people: 2", runbooks, &incidents), 1, 1);
    down(&run, "r", 120.0);
    down(&run, "other", 90.0);
}

/// Two minutes until it is known, five for the program, then a person: fifteen to acknowledge and thirty to fix. Work began with
/// the program. Without a team nobody is called.
#[test]
fn a_program_waits_for_nobody() {
    let runbooks = "  fix: [{step: restart, takes: 5m, by: automation}, {step: mend, takes: 30m}]";
    let incidents = [
        ("a", "01:00", "detection: 2m, repair: {runbook: fix}, team: crew"),
        ("b", "03:00", "detection: 2m, repair: {runbook: fix}"),
    ];
    let run = run(&scenario("people: 1, acknowledge: 15m", runbooks, &incidents), 1, 1);
    down(&run, "a", 52.0);
    down(&run, "b", 37.0);
    run.exactly("services", "a", "mttd", 2.0 * MINUTE);
    run.exactly("services", "a", "mtta", 0.0);
    run.exactly("teams", "crew", "busy", 0.75 / 48.0);
}

/// From 17:30 one looks for twenty minutes and at 17:50 two rebuild; from 17:45 the second person is called after 18:00 and comes
/// at 09:00.
#[test]
fn people_are_added_within_hours() {
    for (when, minutes) in [("17:30", 80.0), ("17:45", 15.25 * 60.0 + 60.0)] {
        let text = scenario("people: 2, hours: mon-fri 09:00-18:00", TWO, &[("a", when, "repair: {runbook: fix}, team: crew")]);
        down(&run(&text, 1, 1), "a", minutes);
    }
}

/// Acknowledged until 01:15, the first step until 02:15, fifteen minutes of the second; `high` has the person from 02:30 to 03:45.
#[test]
fn a_preempted_step_goes_on_where_it_was_left() {
    let runbooks = "  fix: [{step: one, takes: 1h}, {step: two, takes: 2h}]";
    let incidents = [
        ("low", "01:00", "repair: {runbook: fix}, team: crew, priority: 4"),
        ("high", "02:30", "repair: 1h, team: crew, priority: 1"),
    ];
    let run = run(&scenario("people: 1, acknowledge: 15m, preempt: true", runbooks, &incidents), 1, 1);
    down(&run, "low", 270.0);
    down(&run, "high", 75.0);
}

/// Mean and variance of the time to absorption, from the moments of each step and where it leads with which probability: the solution of
/// m = t + P m and s = E[X²] + 2 t P m + P s (Kemeny & Snell, Finite Markov Chains, 1960, chapter 3, with times in the states).
fn absorbed(steps: &[(f64, f64, f64, usize)]) -> (f64, f64) {
    let (mut mean, mut square) = (vec![0.0; steps.len() + 1], vec![0.0; steps.len() + 1]);
    for _ in 0..500 {
        for (i, &(t, second, goes_on, next)) in steps.iter().enumerate() {
            mean[i] = t + goes_on * mean[next];
            square[i] = second + goes_on * (2.0 * t * mean[next] + square[next]);
        }
    }
    (mean[0], square[0] - mean[0] * mean[0])
}

/// Ten thousand incidents of a runbook that leads back: mean and variance within four standard errors of the chain's.
#[test]
fn the_length_of_a_runbook_is_that_of_its_chain() {
    let text = "
name: chain
start: 2026-01-01
horizon: 27y
services: {a: {}}
runbooks:
  fix:
    - {step: diagnose, takes: {exponential: {mean: 10m}}}
    - {step: restart, takes: 5m, works: 40%}
    - {step: roll back, takes: {exponential: {mean: 20m}}, works: 70%, else: diagnose}
failures:
  f: {hits: replica, schedule: {first: 2026-01-01T01:00, every: 1d}, repair: {runbook: fix}}
";
    let (mean, variance) = absorbed(&[(600.0, 720_000.0, 1.0, 1), (300.0, 90_000.0, 0.6, 2), (1200.0, 2_880_000.0, 0.3, 0)]);
    assert!((mean - 27.0 / 0.82 * MINUTE).abs() < 1e-6, "{mean}");
    let (_, failures) = run_with_timeline(text, 1);
    let lengths: Vec<f64> = failures.iter().filter_map(|(_, _, began, repaired)| Some((*repaired)? - began)).collect();
    assert!(lengths.len() > 9_000, "{}", lengths.len());
    let n = lengths.len() as f64;
    let moment = |centre: f64, power: i32| lengths.iter().map(|length| (length - centre).powi(power)).sum::<f64>() / n;
    let seen = moment(0.0, 1);
    assert!((seen - mean).abs() < 4.0 * (variance / n).sqrt(), "{seen} is not {mean}");
    let (square, fourth) = (moment(seen, 2), moment(seen, 4));
    assert!((square - variance).abs() < 4.0 * ((fourth - square * square) / n).sqrt(), "{square} is not {variance}");
}

/// Four machines of mean life 20 h and two who repair, for 3 h on average, after a program that takes no time: birth and death.
#[test]
fn incidents_queue_as_machines_do_for_repairers() {
    let text = "
name: machines
start: 2026-01-01
horizon: 20000h
services: {a: {replicas: 4}}
teams: {crew: {people: 2}}
runbooks:
  fix: [{step: sort, takes: 0s, by: automation}, {step: mend, takes: {exponential: {mean: 3h}}}]
failures: {f: {hits: replica, mttf: 20h, repair: {runbook: fix}, team: crew}}
";
    let mut chances = vec![1.0];
    for n in 0..4_u32 {
        let (fails, repaired) = (f64::from(4 - n) / 20.0, f64::from((n + 1).min(2)) / 3.0);
        chances.push(chances[n as usize] * fails / repaired);
    }
    let all: f64 = chances.iter().sum();
    let down: f64 = chances.iter().zip(0_u32..).map(|(chance, n)| chance * f64::from(n)).sum::<f64>() / all;
    let queue = (chances[3] + 2.0 * chances[4]) / all;
    let run = run_after(text, 400, 1, 500.0 * HOUR);
    run.service("a", "replicas").from(4.0).agrees(down, 0.01);
    run.estimate("teams", "crew", "waiting").agrees(queue, 0.02);
}

/// Case raid5-loss10y-8 as in `tests/rare_splitting.rs`, rebuilt by a runbook: histories that branch keep their incidents.
#[test]
fn branches_of_a_history_keep_their_incidents() {
    let text = "
name: eight disks
start: 2026-01-01
horizon: 87600h
services: {array: {replicas: 8, needs: 7}}
runbooks: {rebuild: [{step: rebuild, takes: {exponential: {mean: 24h}}}]}
failures: {disk: {hits: replica, mttf: 1000000h, repair: {runbook: rebuild}}}
";
    let model = compiled(text, None);
    let options =
        RareOptions { seed: 1, replications: 1 << 20, precision: Some(0.2), most_events: 1 << 28, threads: Some(2), warmup: 0.0 };
    let found = splitting(&model, 0, &options, &Control::default()).expect("a result").outage_probability.unwrap();
    let (value, low, high) = (found.value.unwrap(), found.low.unwrap(), found.high.unwrap());
    let (exact, wide) = (1.176_528_802_285_977_1e-4, 3.3 / 1.96);
    assert!(value - wide * (value - low) <= exact && exact <= value + wide * (high - value), "{found:?}");
}

#[test]
fn the_same_on_any_number_of_threads() {
    let text = scenario("people: 3, preempt: true, acknowledge: {exponential: {mean: 5m}}", TWO, &[])
        .replace("services:\n", "services: {a: {replicas: 9}}\n")
        .replace("failures:\n", "failures: {f: {hits: replica, mttf: 10h, repair: {runbook: fix}, team: crew}}\n");
    let results = |threads| common::run_policy(&text, None, 256, threads).results();
    assert_eq!(results(1), results(3));
}

#[test]
fn what_cannot_be_followed_is_told() {
    let told = |team: &str, runbook: &str, words: &str| {
        let text = scenario(team, &format!("  fix: {runbook}"), &[("a", "01:00", words)]);
        let mistakes = ninefold::model::compile(&load(&text, None)).expect_err("a mistake");
        mistakes.into_iter().map(|mistake| mistake.message).collect::<Vec<_>>().join(" ")
    };
    let by = "repair: {runbook: fix}, team: crew";
    assert!(told("people: 1", "[]", by).contains("without steps"));
    assert!(told("people: 1", "[{step: a, takes: 1m, then: a}]", by).contains("never ends"));
    assert!(told("people: 1", "[{step: a, takes: 1m, people: 2}]", by).contains("needs 2 people"));
    assert!(told("people: 2", "[{step: a, takes: 1m, people: 2}]", "repair: {runbook: fix}").contains("without a `team`"));
    assert!(told("people: 2, selection: random", "[{step: a, takes: 1m, people: 2}]", by).contains("selection: priority"));
    assert!(told("people: 2", "[{step: a, takes: 1m, people: 2, by: automation}]", by).contains("needs no people"));
    assert!(told("people: 2", "[{step: a, takes: 1m, else: a}]", by).contains("cannot fail"));
}
