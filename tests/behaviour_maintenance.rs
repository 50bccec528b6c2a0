//! Upkeep, by hand: replacements before the failure, hidden failures and their inspections, and what they cost.

mod common;

use common::{HOUR, YEAR, run, run_with_timeline};

/// One unit for so many hours.
fn unit(hours: f64, failures: &str) -> String {
    format!(
        "
name: unit
start: 2026-01-01
horizon: {hours}h
services: {{unit: {{}}}}
failures:
{failures}
"
    )
}

/// From when to when a failure was in force, in hours; open ones until 0.
fn times(text: &str, failure: &str) -> Vec<(f64, f64)> {
    let (_, seen) = run_with_timeline(text, 1);
    let hours = |seconds: f64| (seconds / HOUR * 1e6).round() / 1e6;
    let of = seen.into_iter().filter(|(name, ..)| name == failure);
    of.map(|(_, _, began, ended)| (hours(began), ended.map_or(0.0, hours))).collect()
}

/// Replaced in an hour at 8 h, it never lives to its 10; the age is that of operation, so another failure defers it.
#[test]
fn a_thing_is_replaced_at_an_age_of_operation() {
    let wear = "  wear: {hits: replica, time_to_failure: 10h, repair: 3h, preventive: {at_age: 8h, takes: 1h}}";
    let alone = unit(30.0, wear);
    assert_eq!(times(&alone, "wear (preventive)"), [(8.0, 9.0), (17.0, 18.0), (26.0, 27.0)]);
    assert_eq!(times(&alone, "wear"), []);
    let other =
        unit(30.0, &format!("{wear}\n  else: {{hits: replica, schedule: {{first: 2026-01-01T05:00, every: 10h}}, repair: 2h}}"));
    // Out from 5 to 7, 15 to 17 and 25 to 27: 8 h of operation are full at 10, and 8 more, from 11 on, at 21.
    assert_eq!(times(&other, "wear (preventive)"), [(10.0, 11.0), (21.0, 22.0)]);
}

/// It fails at 10 before its replacement at 12 is due, and is new at 11: the age of the replacement starts again.
#[test]
fn a_repair_that_makes_new_defers_the_replacement() {
    let text = unit(40.0, "  wear: {hits: replica, time_to_failure: 10h, repair: 1h, preventive: {at_age: 12h, takes: 1h}}");
    assert_eq!(times(&text, "wear"), [(10.0, 11.0), (21.0, 22.0), (32.0, 33.0)]);
    assert_eq!(times(&text, "wear (preventive)"), []);
}

/// A repair that takes half of the age takes half of that of the replacement too.
#[test]
fn a_repair_takes_as_much_from_the_age_of_the_replacement() {
    let text = unit(
        40.0,
        "  wear: {hits: replica, time_to_failure: 10h, repair: 1h, after_repair: {younger: 50%}, preventive: {at_age: 14h}}",
    );
    // Wear at 10, then after every 5 h: the replacement's age is 10, 5, 10, 5 …
    assert_eq!(times(&text, "wear"), [(10.0, 11.0), (16.0, 17.0), (22.0, 23.0), (28.0, 29.0), (34.0, 35.0)]);
    assert_eq!(times(&text, "wear (preventive)"), []);
    let text = unit(
        20.0,
        "  wear: {hits: replica, of: [unit], time_to_failure: 10h, ages_while: always, repair: 1h, after_repair: {younger: 40%}, preventive: {at_age: 10.5h, takes: 1h}}",
    );
    // Ageing always, the replacement is due at 10.5, while the repair goes on: it is left out, and its age at 11 is 6.3
    // (wear: 6). Wear at 15 until 16 (6 again); the replacement, due at 15.2, is left out, and so on.
    assert_eq!(times(&text, "wear"), [(10.0, 11.0), (15.0, 16.0)]);
    assert_eq!(times(&text, "wear (preventive)"), []);
}

/// An age at the start is that of the thing, so of its replacement too, also where it is drawn.
#[test]
fn a_used_thing_is_replaced_sooner() {
    let text =
        unit(10.0, "  wear: {hits: replica, time_to_failure: 10h, age: 6h, repair: 1h, preventive: {at_age: 8h, takes: 1h}}");
    assert_eq!(times(&text, "wear (preventive)"), [(2.0, 3.0)]);
    // Failing at 10 and replaced at 9, it can never fail.
    let drawn = run(
        "
name: used
start: 2026-01-01
horizon: 30h
services: {unit: {replicas: 1000}}
failures: {wear: {hits: replica, time_to_failure: 10h, age: {uniform: {low: 0h, high: 9h}}, repair: 1h, preventive: {at_age: 9h}}}
",
        1,
        1,
    );
    drawn.exactly("failures", "wear", "count_per_year", 0.0);
}

/// By the calendar, every 10 h: it fails at 9.75 and is under repair at 10, so that replacement is left out; from 20 on it
/// is always replaced in time.
#[test]
fn a_replacement_is_left_out_during_a_repair() {
    let text = unit(
        48.0,
        "  wear: {hits: replica, time_to_failure: 9.75h, repair: 2h, cost: 5, preventive: {every: 10h, takes: 1h, cost: 1}}",
    );
    assert_eq!(times(&text, "wear"), [(9.75, 11.75)]);
    assert_eq!(times(&text, "wear (preventive)"), [(20.0, 21.0), (30.0, 31.0), (40.0, 41.0)]);
    let run = run(&text, 1, 1);
    run.costs("repairs", 8.0);
    run.costs("total", 8.0);
    run.exactly("failures", "wear", "cost_per_year", 5.0 * YEAR / (48.0 * HOUR));
    run.exactly("failures", "wear (preventive)", "cost_per_year", 3.0 * YEAR / (48.0 * HOUR));
    let first = text.replace("every: 10h", "every: 10h, first: 2026-01-01T03:00");
    assert_eq!(times(&first, "wear (preventive)")[..2], [(3.0, 4.0), (13.0, 14.0)]);
}

/// Failed at 9.5 and found by nobody: the replacement at 10 takes the failed one away, and it is over with it.
#[test]
fn a_replacement_ends_what_nobody_knew_of() {
    for team in ["", "team: fitters, "] {
        let text = unit(
            35.0,
            &format!(
                "  wear: {{hits: replica, time_to_failure: 9.5h, {team}repair: 2h, hidden: true, inspection: {{every: 100h}}, preventive: {{every: 10h, takes: 1h}}}}"
            ),
        ) + "teams: {fitters: {people: 1, acknowledge: 0s}}\n";
        assert_eq!(times(&text, "wear"), [(9.5, 11.0)]);
        assert_eq!(times(&text, "wear (preventive)"), [(10.0, 11.0), (20.0, 21.0), (30.0, 31.0)]);
    }
}

/// The inspection from 6 to 6.5 stops the clock, so it fails at 10, is found at 12.5 and repaired by 14.5. Those from 18 and
/// from 24 stop it for half an hour each: it fails at 25, is found at 30.5 and repaired by 32.5.
#[test]
fn a_hidden_failure_waits_for_its_inspection() {
    let wear = |more: &str| {
        unit(
            40.0,
            &format!(
                "  wear: {{hits: replica, time_to_failure: 9.5h, repair: 2h, hidden: true, inspection: {{every: 6h{more}}}}}"
            ),
        )
    };
    let text = wear(", takes: 30m, cost: 3");
    assert_eq!(times(&text, "wear"), [(10.0, 14.5), (25.0, 32.5)]);
    let inspections: Vec<f64> = times(&text, "wear (inspection)").into_iter().map(|(from, _)| from).collect();
    assert_eq!(inspections, [6.0, 12.0, 18.0, 24.0, 30.0, 36.0]);
    run(&text, 1, 1).costs("repairs", 18.0);
    // Those that take no time and no money leave no trace.
    assert_eq!(times(&wear(""), "wear"), [(9.5, 14.0), (23.5, 26.0), (35.5, 38.0)]);
    assert_eq!(times(&wear(""), "wear (inspection)"), []);
    assert_eq!(times(&wear(", first: 2026-01-01T01:00"), "wear")[0], (9.5, 15.0));
    // The first after the failure, but one that was before the start stands for all that follow it.
    assert_eq!(times(&wear(", first: 2025-12-31T23:00"), "wear")[0], (9.5, 13.0));
    assert_eq!(times(&wear(", first: 2026-01-02T00:00"), "wear")[0], (9.5, 26.0));
    assert_eq!(times(&wear(", finds: 0%"), "wear"), [(9.5, 0.0)]);
}
