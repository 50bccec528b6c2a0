//! Incidents that are handed on, and teams that work at so many at most: histories worked out by hand, and closed forms.

mod common;

use common::{Run, run};

const MINUTE: f64 = 60.0;

/// Services that fail once each, as `(name, when, words of the failure)`, on 2026-01-05, a Monday.
fn scenario(teams: &str, runbooks: &str, incidents: &[(&str, &str, &str)]) -> String {
    let mut text =
        format!("name: incidents\nstart: 2026-01-05\nhorizon: 48h\nteams: {{{teams}}}\nrunbooks: {{{runbooks}}}\nservices:\n");
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

const SECOND: &str = "second: {people: 2, acknowledge: 10m}";
const HOUR_LONG: &str = "repair: 1h, team: first";

/// Whoever takes 15 minutes is in time; whoever takes 20 is let go after 15, and the second team acknowledges after 10 more.
#[test]
fn what_nobody_acknowledges_in_time_is_handed_on() {
    for (acknowledge, mtta, busy) in [("15m", 15.0, 75.0), ("20m", 25.0, 15.0)] {
        let teams = format!("first: {{people: 1, acknowledge: {acknowledge}, escalate: {{after: 15m, to: second}}}}, {SECOND}");
        let run = run(&scenario(&teams, "", &[("a", "01:00", HOUR_LONG)]), 1, 1);
        down(&run, "a", mtta + 60.0);
        run.exactly("services", "a", "mtta", mtta * MINUTE);
        run.exactly("teams", "first", "busy", busy / 60.0 / 48.0);
        let second = if mtta > 15.0 { 70.0 } else { 0.0 };
        run.exactly("teams", "second", "busy", second / 60.0 / 48.0);
    }
}

/// At 20:00 the first team has gone home; at 01:30 its only person is busy until 03:00; no time at all is never enough.
#[test]
fn nights_busy_people_and_no_patience_hand_on() {
    let teams = format!("first: {{people: 1, hours: mon-fri 09:00-17:00, escalate: {{after: 15m, to: second}}}}, {SECOND}");
    down(&run(&scenario(&teams, "", &[("a", "20:00", HOUR_LONG)]), 1, 1), "a", 85.0);
    let teams = format!("first: {{people: 1, escalate: {{after: 15m, to: second}}}}, {SECOND}");
    let incidents = [("x", "01:00", "repair: 2h, team: first"), ("a", "01:30", HOUR_LONG)];
    let busy = run(&scenario(&teams, "", &incidents), 1, 1);
    down(&busy, "x", 120.0);
    down(&busy, "a", 85.0);
    let teams = format!("first: {{people: 1, acknowledge: 1m, escalate: {{after: 0s, to: second}}}}, {SECOND}");
    down(&run(&scenario(&teams, "", &[("a", "01:00", HOUR_LONG)]), 1, 1), "a", 70.0);
}

/// 15 minutes of the first team, 5 of the second, and the third comes after one: 21.
#[test]
fn a_second_team_hands_on_as_well() {
    let teams = "first: {people: 1, acknowledge: 20m, escalate: {after: 15m, to: second}}, \
                 second: {people: 1, acknowledge: 30m, escalate: {after: 5m, to: third}}, third: {people: 1, acknowledge: 1m}";
    let run = run(&scenario(teams, "", &[("a", "01:00", HOUR_LONG)]), 1, 1);
    down(&run, "a", 81.0);
    run.exactly("services", "a", "mtta", 21.0 * MINUTE);
}

/// Both steps are done by the team that acknowledged: 25 minutes, 20 to look, an hour of two people.
#[test]
fn a_runbook_goes_with_the_incident() {
    let teams = format!("first: {{people: 2, acknowledge: 20m, escalate: {{after: 15m, to: second}}}}, {SECOND}");
    let fix = "fix: [{step: look, takes: 20m}, {step: rebuild, takes: 1h, people: 2}]";
    let run = run(&scenario(&teams, fix, &[("a", "01:00", "repair: {runbook: fix}, team: first")]), 1, 1);
    down(&run, "a", 105.0);
    run.exactly("teams", "first", "busy", 15.0 / 60.0 / 48.0);
    run.exactly("teams", "second", "busy", (10.0 + 20.0 + 120.0) / 60.0 / 48.0);
}

/// Of acknowledgements with rates a and b and patience T: (1 − e^(−aT))/a + e^(−aT)/b.
#[test]
fn the_mean_time_to_acknowledge_is_that_of_two_exponentials() {
    let text = "name: case\nstart: 2026-01-01\nhorizon: 1y\nservices: {a: {}}\n\
                teams: {first: {people: 1, acknowledge: {exponential: {mean: 30m}}, escalate: {after: 15m, to: second}}, \
                second: {people: 1, acknowledge: {exponential: {mean: 10m}}}}\n\
                failures: {f: {hits: replica, of: [a], mttf: 10h, repair: 1h, team: first}}\n";
    let run = run(text, 200, 1);
    let late = (-0.5_f64).exp();
    run.service("a", "mtta").agrees((30.0 * (1.0 - late) + 10.0 * late) * MINUTE, 0.01);
}

/// Three people at one incident at a time are one, five at two are two.
#[test]
fn a_limit_to_incidents_is_as_few_people() {
    let text = |team: &str| {
        format!(
            "name: case\nstart: 2026-01-01\nhorizon: 90d\nservices: {{a: {{replicas: 6, needs: 5}}}}\n\
             teams: {{crew: {{{team}, acknowledge: {{exponential: {{mean: 30m}}}}}}}}\n\
             failures: {{f: {{hits: replica, mttf: 30h, repair: {{exponential: {{mean: 5h}}}}, team: crew}}}}\n"
        )
    };
    for (limited, few) in [("people: 3, parallel: 1", "people: 1"), ("people: 5, parallel: 2", "people: 2")] {
        let [limited, few] = [limited, few].map(|team| run(&text(team), 64, 1));
        for path in ["services.a.time_availability", "teams.crew.wait", "services.a.mttr"] {
            let [limited, few] = [&limited, &few].map(|run| run.value_at(path).unwrap_or(f64::NAN));
            assert!((limited / few - 1.0).abs() < 1e-9, "{path}: {limited} and {few}");
        }
    }
}

/// `a` looks from 01:00 to 01:20 and waits for a second person; `c`, more urgent, comes at 01:25 and is helped by the one who waits, until 02:25;
/// `b` has looked until 01:30 and waits. Then both rebuild `a` until 03:25 and `b` until 04:25: nobody waits for ever.
#[test]
fn whoever_waits_for_more_people_helps_what_is_more_urgent() {
    let fix = "fix: [{step: look, takes: 20m}, {step: rebuild, takes: 1h, people: 2}]";
    let words = "repair: {runbook: fix}, team: crew";
    let incidents = [("a", "01:00", words), ("b", "01:10", words), ("c", "01:25", "repair: 1h, team: crew, priority: 1")];
    let run = run(&scenario("crew: {people: 2}", fix, &incidents), 1, 1);
    down(&run, "c", 60.0);
    down(&run, "a", 145.0);
    down(&run, "b", 195.0);
}

/// At a limit of two, `a` waits for more with one person, `b` as well, and `c` is more urgent: the place of the last is given up for it.
#[test]
fn a_limit_locks_nobody_out_for_ever() {
    let fix = "fix: [{step: look, takes: 20m}, {step: rebuild, takes: 1h, people: 3}]";
    let words = "repair: {runbook: fix}, team: crew";
    let incidents = [("a", "01:00", words), ("b", "01:00", words), ("c", "01:10", "repair: 1h, team: crew, priority: 1")];
    let run = run(&scenario("crew: {people: 3, parallel: 2}", fix, &incidents), 1, 1);
    // Until 01:20 two are looked at; `c` then takes the place of one of them, until 02:20.
    down(&run, "c", 70.0);
    for service in ["a", "b"] {
        assert!(run.value_at(&format!("services.{service}.longest_outage")).is_some_and(|s| s < 250.0 * MINUTE));
    }
}
