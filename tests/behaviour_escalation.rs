//! Incidents that are handed on, and teams that work at so many at most: histories worked out by hand, and closed forms.

mod common;

use common::{HOUR, Run, compiled, run, run_after};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

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

const PAIR: &str = "pair: [{step: work, takes: 3h, people: 2}]";

/// `x` has two of three until 04:00. `a` needs two as well and holds up `b`, which needs the third, until it is handed on at 01:45.
#[test]
fn what_is_handed_on_holds_up_nobody_any_more() {
    let teams = "first: {people: 3, escalate: {after: 15m, to: second}}, second: {people: 3}";
    let pair = "repair: {runbook: pair}, team: first";
    let run = run(&scenario(teams, PAIR, &[("x", "01:00", pair), ("a", "01:30", pair), ("b", "01:35", HOUR_LONG)]), 1, 1);
    down(&run, "x", 180.0);
    down(&run, "a", 195.0);
    down(&run, "b", 70.0);
    run.exactly("teams", "first", "busy", 7.0 / 48.0);
    run.exactly("teams", "second", "busy", 6.0 / 48.0);
}

/// The first is called at 16:50 and would come at 17:10, after its hours have ended; the second has gone home by 17:05 and acknowledges
/// from 09:00 until 09:10.
#[test]
fn hours_of_both_teams_count() {
    let teams = "first: {people: 1, hours: mon-fri 09:00-17:00, acknowledge: 20m, escalate: {after: 15m, to: second}}, \
                 second: {people: 1, hours: mon-fri 09:00-17:00, acknowledge: 10m}";
    let run = run(&scenario(teams, "", &[("a", "16:50", HOUR_LONG)]), 1, 1);
    down(&run, "a", (16.0 + 2.0 / 6.0 + 1.0) * 60.0);
    run.exactly("teams", "first", "busy", 0.25 / 48.0);
}

/// Without patience whoever is free and begins at once is in time, and nobody else is. The second team has nobody free until 04:00.
#[test]
fn a_team_that_is_busy_keeps_what_it_was_handed() {
    let teams = "first: {people: 1, escalate: {after: 0s, to: second}}, second: {people: 1}";
    let three = "repair: 3h, team: second";
    let incidents = [("x", "01:00", three), ("a", "02:00", HOUR_LONG), ("b", "02:30", HOUR_LONG)];
    let run = run(&scenario(teams, "", &incidents), 1, 1);
    down(&run, "a", 60.0);
    down(&run, "b", 150.0);
    run.exactly("teams", "first", "wait", 0.0);
    run.exactly("teams", "second", "waiting", 1.5 / 48.0);
}

/// The second team preempts: what it was handed at 01:15 gives way to its own from 02:00 to 03:00, and goes on where it was.
#[test]
fn what_was_handed_on_gives_way_as_any_other() {
    let teams = "first: {people: 1, acknowledge: 1h, escalate: {after: 15m, to: second}}, second: {people: 1, preempt: true}";
    let urgent = ("urgent", "02:00", "repair: 1h, team: second, priority: 1");
    let run = run(&scenario(teams, "", &[("a", "01:00", "repair: 2h, team: first, priority: 4"), urgent]), 1, 1);
    down(&run, "urgent", 60.0);
    down(&run, "a", 195.0);
    run.exactly("services", "a", "mtta", 15.0 * MINUTE);
}

/// One incident in each of many histories: it is handed on with probability e^(−aT), and then has the second team for its mean
/// acknowledgement and the repair, 70 minutes; else the first for what is left of T on average and 60 minutes.
#[test]
fn the_chance_of_escalation_is_that_of_an_exponential() {
    let teams = "first: {people: 1, acknowledge: {exponential: {mean: 30m}}, escalate: {after: 15m, to: second}}, \
                 second: {people: 1, acknowledge: {exponential: {mean: 10m}}}";
    let run = run(&scenario(teams, "", &[("a", "01:00", HOUR_LONG)]), 40_000, 1);
    let (late, day) = ((-0.5_f64).exp(), 48.0 * 60.0);
    run.estimate("teams", "second", "busy").agrees(late * 70.0 / day, 0.015);
    run.estimate("teams", "first", "busy").agrees((30.0 * (1.0 - late) + 60.0 * (1.0 - late)) / day, 0.015);
    run.service("a", "mtta").agrees((30.0 * (1.0 - late) + 10.0 * late) * MINUTE, 0.015);
}

/// Six machines that run 30 h and take 5 h of one of two: the states of a machine repair shop by how many are down, k, with
/// probabilities in proportion to the product of (6 − j)/30 ÷ min(j + 1, 2)/5 over j below k.
#[test]
fn a_limit_of_two_is_a_shop_with_two_repairers() {
    let text = "name: shop\nstart: 2026-01-01\nhorizon: 20000h\nservices: {a: {replicas: 6}}\nteams: {crew: {people: 5, parallel: 2}}\n\
                failures: {f: {hits: replica, mttf: 30h, repair: {exponential: {mean: 5h}}, team: crew}}\n";
    let mut weights = vec![1.0];
    for j in 0..6_u32 {
        weights.push(weights[j as usize] * f64::from(6 - j) / 30.0 / (f64::from((j + 1).min(2)) / 5.0));
    }
    let mean = |of: fn(f64) -> f64| {
        let sum: f64 = weights.iter().zip(0_u32..).map(|(weight, k)| weight * of(f64::from(k))).sum();
        sum / weights.iter().sum::<f64>()
    };
    let run = run_after(text, 200, 1, 500.0 * HOUR);
    run.service("a", "replicas").from(6.0).agrees(mean(|k| k), 0.01);
    run.estimate("teams", "crew", "busy").agrees(mean(|k| k.min(2.0)), 0.01);
    run.estimate("teams", "crew", "waiting").agrees(mean(|k| (k - 2.0).max(0.0)), 0.02);
}

/// A step of two people can never be done by the one of the last team.
#[test]
fn every_team_that_may_be_asked_has_the_people_for_a_runbook() {
    let mistakes = |last: u32| {
        let teams = format!(
            "first: {{people: 2, escalate: {{after: 15m, to: second}}}}, \
             second: {{people: 2, escalate: {{after: 15m, to: third}}}}, third: {{people: {last}}}"
        );
        let text = scenario(&teams, PAIR, &[("a", "01:00", "repair: {runbook: pair}, team: first")]);
        let mistakes = ninefold::model::compile(&common::load(&text, None)).err().unwrap_or_default();
        mistakes.into_iter().map(|mistake| mistake.message).collect::<Vec<_>>()
    };
    assert_eq!(mistakes(2), [""; 0]);
    assert_eq!(mistakes(1), ["a step of the runbook needs 2 people, and `third`, to whom `first` escalates, has 1"]);
}

/// Teams and what they have to do: constant times, so that work can be told from waiting.
#[derive(Debug, Clone)]
struct Story {
    /// (people, minutes of acknowledgement, minutes of patience, works by day, preempts, limit) of the three.
    teams: Vec<(u32, u32, u32, bool, bool, Option<u32>)>,
    /// (replicas, mean hours to failure, hours of repair, priority, team).
    modes: Vec<(u32, u32, u32, u32, usize)>,
    seed: u64,
}

fn stories() -> impl Strategy<Value = Story> {
    let team = (1..4_u32, 0..50_u32, 0..90_u32, any::<bool>(), any::<bool>(), prop::option::of(1..3_u32));
    let modes = prop::collection::vec((1..5_u32, 5..60_u32, 1..12_u32, 1..6_u32, 0..3_usize), 1..4);
    (prop::collection::vec(team, 3), modes, 0..1000_u64).prop_map(|(teams, modes, seed)| Story { teams, modes, seed })
}

impl Story {
    fn text(&self) -> String {
        let mut text = String::from("name: story\nstart: 2026-01-05\nhorizon: 600h\nteams:\n");
        for (t, (people, acknowledge, after, by_day, preempts, parallel)) in self.teams.iter().enumerate() {
            let hours = if *by_day { "mon-fri 09:00-18:00" } else { "always" };
            let parallel = parallel.map_or("null".into(), |most| most.to_string());
            let escalate = if t < 2 { format!("{{after: {after}m, to: t{}}}", t + 1) } else { "null".into() };
            text += &format!(
                "  t{t}: {{people: {people}, acknowledge: {acknowledge}m, hours: {hours}, preempt: {preempts}, parallel: {parallel}, escalate: {escalate}}}\n"
            );
        }
        text += "services:\n";
        for (m, mode) in self.modes.iter().enumerate() {
            text += &format!("  s{m}: {{replicas: {}}}\n", mode.0);
        }
        text += "failures:\n";
        for (m, (_, mttf, repair, priority, team)) in self.modes.iter().enumerate() {
            text += &format!(
                "  f{m}: {{hits: replica, of: [s{m}], mttf: {mttf}h, repair: {repair}h, team: t{team}, priority: {priority}}}\n"
            );
        }
        text
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    /// Every second of an incident is spent in one line or with one person, and counted by the team whose that is.
    #[test]
    fn nothing_of_an_incident_is_lost_between_teams(story in stories()) {
        let text = story.text();
        let run = run(&text, 1, story.seed);
        let incidents = ninefold::run::timeline(&compiled(&text, None), story.seed, 0.0, 0).incidents;
        let end = 600.0 * HOUR;
        let mut counted = 0.0;
        for (t, (people, _, _, _, _, parallel)) in story.teams.iter().enumerate() {
            let [busy, waiting] = ["busy", "waiting"].map(|measure| run.value("teams", &format!("t{t}"), measure).unwrap_or(f64::NAN));
            prop_assert!(busy >= -1e-9 && waiting >= -1e-9 && busy <= f64::from(parallel.unwrap_or(9).min(*people)) + 1e-9, "{}", text);
            counted += (busy + waiting) * end;
        }
        let known: f64 = incidents.iter().map(|incident| incident.repaired.unwrap_or(end) - incident.began).sum();
        prop_assert!((counted - known).abs() < 1e-3, "{counted} against {known}\n{text}");
        for incident in &incidents {
            let Some(repaired) = incident.repaired else { continue };
            let Some(acknowledged) = incident.acknowledged else { return Err(TestCaseError::fail(text)) };
            // Some team on its way has acknowledged, and all of the work was done.
            let (_, _, hours, _, first) = story.modes[incident.failure as usize];
            let takes = (acknowledged - incident.began) / MINUTE;
            let by = (first..3).any(|team| {
                let patience = |until: usize| f64::from(story.teams[first..until].iter().map(|team| team.2).sum::<u32>());
                let until = if team < 2 { patience(team + 1) } else { f64::INFINITY };
                (patience(team) + f64::from(story.teams[team].1) - 1e-6..=until + 1e-6).contains(&takes)
            });
            prop_assert!(by, "acknowledged after {takes} minutes\n{text}");
            prop_assert!(repaired - acknowledged >= f64::from(hours) * HOUR - 1e-3, "{}", text);
        }
    }
}
