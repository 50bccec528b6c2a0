//! The course of a repair: detection, the wait for a person, acknowledgement, work. Every time is constant, so each
//! history is worked out by hand.

mod common;

use common::{HOUR, YEAR, run};

const MINUTE: f64 = 60.0;

/// Down at 10:00, known at 10:05, acknowledged at 10:15, repaired at 11:15; the next failure would come at 21:15.
#[test]
fn the_stages_of_one_repair_follow_each_other() {
    let run = run(
        "
name: one incident
start: 2026-01-01
horizon: 15h
services: {unit: {}}
teams: {on-call: {people: 1, acknowledge: 10m}}
failures:
  crash: {hits: replica, time_to_failure: 10h, detection: 5m, repair: 1h, team: on-call}
",
        2,
        1,
    );
    for (measure, exact) in [
        ("time_availability", 1.0 - 1.25 / 15.0),
        ("mttd", 5.0 * MINUTE),
        ("mtta", 10.0 * MINUTE),
        ("mttr", 75.0 * MINUTE),
        ("mttf", 13.75 * HOUR),
        ("mtbf", 15.0 * HOUR),
        ("time_to_first_outage", 10.0 * HOUR),
        ("longest_outage", 75.0 * MINUTE),
    ] {
        run.exactly("services", "unit", measure, exact);
    }
    run.exactly("failures", "crash", "mean_duration", 75.0 * MINUTE);
    // From acknowledgement on somebody is at work; detection is nobody's time.
    run.exactly("teams", "on-call", "busy", 70.0 / (15.0 * 60.0));
    run.exactly("teams", "on-call", "waiting", 0.0);
    run.exactly("teams", "on-call", "wait", 0.0);
}

/// Five incidents: one that keeps a person busy from 01:00 to 04:00, then a replica at 02:00, a zone at 02:30, a service
/// at 03:10, and at 03:30 a replica whose failure has priority 1. All others take an hour.
fn crowd(people: u32) -> String {
    format!(
        "
name: a crowd
start: 2026-01-01
horizon: 24h
zones: [a]
services: {{blocker: {{}}, low: {{}}, zonal: {{spread: zones}}, whole: {{}}, urgent: {{}}}}
teams: {{on-call: {{people: {people}}}}}
failures:
  long: {{hits: service, of: [blocker], schedule: {{first: 2026-01-01T01:00}}, repair: 3h, team: on-call}}
  replica: {{hits: replica, of: [low], schedule: {{first: 2026-01-01T02:00}}, repair: 1h, team: on-call}}
  zone: {{hits: zone, schedule: {{first: 2026-01-01T02:30}}, repair: 1h, team: on-call}}
  service: {{hits: service, of: [whole], schedule: {{first: 2026-01-01T03:10}}, repair: 1h, team: on-call}}
  first: {{hits: replica, of: [urgent], schedule: {{first: 2026-01-01T03:30}}, repair: 1h, team: on-call, priority: 1}}
"
    )
}

/// One person: after 04:00 first the urgent one, then by severity: service, zone, replica.
#[test]
fn incidents_queue_by_severity_and_priority() {
    let run = run(&crowd(1), 1, 1);
    for (service, hours) in [("blocker", 3.0), ("urgent", 1.5), ("whole", 17.0 / 6.0), ("zonal", 4.5), ("low", 6.0)] {
        run.exactly("services", service, "downtime_per_year", hours * HOUR * 365.0);
    }
    let waits = 0.5 + 11.0 / 6.0 + 3.5 + 5.0;
    run.exactly("teams", "on-call", "wait", waits / 5.0 * HOUR);
    run.exactly("teams", "on-call", "waiting", waits / 24.0);
    run.exactly("teams", "on-call", "busy", 7.0 / 24.0);
}

/// Two people: the replica from 02:00 to 03:00, then the zone to 04:00, then both others at once.
#[test]
fn a_team_works_on_as_many_incidents_as_it_has_people() {
    let run = run(&crowd(2), 1, 1);
    for (service, hours) in [("blocker", 3.0), ("low", 1.0), ("zonal", 1.5), ("whole", 11.0 / 6.0), ("urgent", 1.5)] {
        run.exactly("services", service, "downtime_per_year", hours * HOUR * 365.0);
    }
    let waits = 0.5 + 5.0 / 6.0 + 0.5;
    run.exactly("teams", "on-call", "wait", waits / 5.0 * HOUR);
    run.exactly("teams", "on-call", "waiting", waits / 24.0);
    run.exactly("teams", "on-call", "busy", 7.0 / 24.0);
}

/// Of one severity the first that is detected comes first, in whatever order the scenario lists them: `c` fails first
/// but is detected between the others. `b` at 01:10 works to 02:10, `c` (known at 01:15) to 03:10, `a` to 04:10.
#[test]
fn equals_are_served_in_the_order_of_detection() {
    let run = run(
        "
name: first come
start: 2026-01-01
horizon: 10h
services: {a: {}, b: {}, c: {}}
teams: {on-call: {people: 1}}
failures:
  of a: {hits: replica, of: [a], schedule: {first: 2026-01-01T01:20}, repair: 1h, team: on-call}
  of b: {hits: replica, of: [b], schedule: {first: 2026-01-01T01:10}, repair: 1h, team: on-call}
  of c: {hits: replica, of: [c], schedule: {first: 2026-01-01T01:00}, detection: 15m, repair: 1h, team: on-call}
",
        1,
        1,
    );
    for (service, minutes) in [("a", 170.0), ("b", 60.0), ("c", 130.0)] {
        run.exactly("services", service, "mttr", minutes * MINUTE);
    }
    run.exactly("services", "c", "mttd", 15.0 * MINUTE);
    // The wait for a person belongs to the acknowledgement.
    run.exactly("services", "c", "mtta", 55.0 * MINUTE);
    run.exactly("services", "a", "mtta", 110.0 * MINUTE);
}

/// `b` waits from 02:00 to beyond the horizon: it is in the queue, and nobody came to it yet, so the wait is that of `c`.
#[test]
fn who_still_waits_at_the_end_has_no_wait_yet() {
    let run = run(
        "
name: too busy
start: 2026-01-01
horizon: 5h
services: {b: {}, c: {}}
teams: {on-call: {people: 1, acknowledge: 15m}}
failures:
  of b: {hits: replica, of: [b], schedule: {first: 2026-01-01T02:00}, repair: 1h, team: on-call}
  of c: {hits: replica, of: [c], schedule: {first: 2026-01-01T01:00}, repair: 10h, team: on-call}
",
        1,
        1,
    );
    run.exactly("teams", "on-call", "busy", 0.8);
    run.exactly("teams", "on-call", "waiting", 0.6);
    run.exactly("teams", "on-call", "wait", 0.0);
    assert_eq!(run.value("services", "b", "mttr"), None);
    run.exactly("services", "b", "longest_outage", 3.0 * HOUR);
}

/// One person, 09:00 to 10:00 at work on `a`; `b` fails at 09:30. With a horizon that holds half of its wait only the
/// wait of those that somebody came to is averaged: (0 + 30 min) / 2.
#[test]
fn the_mean_wait_is_that_of_the_incidents_somebody_came_to() {
    let run = run(
        "
name: three incidents
start: 2026-01-01
horizon: 12h
services: {a: {}, b: {}, c: {}}
teams: {on-call: {people: 1}}
failures:
  of a: {hits: replica, of: [a], schedule: {first: 2026-01-01T09:00}, repair: 1h, team: on-call}
  of b: {hits: replica, of: [b], schedule: {first: 2026-01-01T09:30}, repair: 10h, team: on-call}
  of c: {hits: replica, of: [c], schedule: {first: 2026-01-01T11:00}, repair: 1h, team: on-call}
",
        1,
        1,
    );
    run.exactly("teams", "on-call", "wait", 15.0 * MINUTE);
    run.exactly("teams", "on-call", "waiting", 1.5 / 12.0);
}

#[test]
fn what_is_never_repaired_stays_down() {
    let run = run(
        "
name: for good
start: 2026-01-01
horizon: 15h
services: {pair: {replicas: 2}, unit: {}}
failures:
  of pair: {hits: replica, of: [pair], time_to_failure: 10h, detection: 1h, repair: never}
  of unit: {hits: service, of: [unit], time_to_failure: 12h, repair: never}
",
        1,
        1,
    );
    run.exactly("services", "pair", "time_availability", 10.0 / 15.0);
    run.exactly("services", "pair", "outages_per_year", YEAR / (15.0 * HOUR));
    run.exactly("services", "pair", "point_availability", 0.0);
    run.exactly("services", "pair", "longest_outage", 5.0 * HOUR);
    run.exactly("failures", "of pair", "count_per_year", 2.0 * YEAR / (15.0 * HOUR));
    run.exactly("services", "unit", "time_availability", 0.8);
    for measure in ["mttr", "mttd", "mtta", "mtbf"] {
        assert_eq!(run.value("services", "unit", measure), None, "{measure}");
    }
    assert_eq!(run.value("failures", "of unit", "mean_duration"), None);
}
