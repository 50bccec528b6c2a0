//! Replicas that wait and take over. Times are constant or scheduled, so each history is worked out by hand.

mod common;

use common::{HOUR, Run, YEAR, run, run_with_timeline};

const MINUTE: f64 = 60.0;

/// One service `db` under `failures`, for `hours`.
fn history(hours: u32, db: &str, failures: &str) -> String {
    format!(
        "
name: standby
start: 2026-01-01
horizon: {hours}h
zones: [a, b]
services: {{db: {db}}}
failures:
{failures}
"
    )
}

/// Asserts how often and how long `db` was down, in minutes over `hours`.
fn outages(run: &Run, hours: f64, count: f64, minutes: f64) {
    run.exactly("services", "db", "outages_per_year", count * YEAR / (hours * HOUR));
    run.exactly("services", "db", "time_availability", 1.0 - minutes * MINUTE / (hours * HOUR));
}

fn no_outage(run: &Run) {
    run.exactly("services", "db", "outages_per_year", 0.0);
    assert_eq!(run.unavailability("db").max(), Some(0.0));
}

/// The first lasts from 10:00 to 30:00, so that of its substitute at 20:05 finds nobody; back at 30:00 the first is active
/// at once, fails at 40:00, and at 40:05 the other is back in the middle of the call for it.
#[test]
fn a_cold_standby_takes_over_and_nobody_waits_while_it_is_alone() {
    let text = history(
        45,
        "{replicas: 2, standby: {cold: 1, switch: {time: 4m}}}",
        "  crash: {hits: replica, time_to_failure: 10h, detection: 1m, repair: 19h59m}",
    );
    let text = text.replace("19h59m", "1199m");
    let run = run(&text, 2, 1);
    outages(&run, 45.0, 3.0, 5.0 + 595.0 + 5.0);
    run.exactly("services", "db", "mttd", MINUTE);
    run.exactly("services", "db", "longest_outage", 595.0 * MINUTE);
    run.exactly("services", "db", "replicas", 1.0 - 605.0 / (45.0 * 60.0));
    run.charged("crash", "db", 1.0);
}

/// The outage ends with the switch, so the person who comes later is no part of it.
#[test]
fn the_stages_of_an_outage_that_a_switch_ends() {
    let text = history(
        20,
        "{replicas: 2, standby: {cold: 1, switch: {time: 4m}}}",
        "  crash: {hits: replica, time_to_failure: 10h, detection: 1m, repair: 8h, team: on-call}
teams: {on-call: {people: 1, acknowledge: 30m}}",
    );
    let run = run(&text, 1, 1);
    outages(&run, 20.0, 1.0, 5.0);
    run.exactly("services", "db", "mttr", 5.0 * MINUTE);
    run.exactly("services", "db", "mttd", MINUTE);
    run.exactly("services", "db", "mtta", 0.0);
    // From 10:01 to 18:31 somebody works on it.
    run.exactly("teams", "on-call", "busy", 8.5 / 20.0);
}

#[test]
fn a_switch_that_takes_no_time_is_no_outage() {
    let text = history(25, "{replicas: 2, standby: {cold: 1}}", "  crash: {hits: replica, time_to_failure: 10h, repair: 5h}");
    let run = run(&text, 1, 1);
    no_outage(&run);
    run.exactly("failures", "crash", "count_per_year", 2.0 * 8760.0 / 25.0);
}

/// A repair of 3 minutes is over before the switch of 10: the replica takes its place again, and the other waits on, unused:
/// the next failure is ten hours later.
#[test]
fn a_replica_that_is_back_before_the_switch_is_done_stays_active() {
    let text = history(
        25,
        "{replicas: 2, standby: {cold: 1, switch: {time: 10m}}}",
        "  crash: {hits: replica, time_to_failure: 10h, repair: 3m}",
    );
    let (run, failures) = run_with_timeline(&text, 1);
    outages(&run, 25.0, 2.0, 6.0);
    let what: Vec<&str> = failures.iter().map(|failure| failure.1.as_str()).collect();
    assert_eq!(what, ["db 0", "db 0"]);
}

/// Nobody takes over where no switch works: down until the repair.
#[test]
fn a_switch_that_fails_leaves_the_place_to_the_repaired() {
    let text = history(
        40,
        "{replicas: 2, standby: {cold: 1, switch: {works: 0%}}}",
        "  crash: {hits: replica, time_to_failure: 10h, repair: 3h}",
    );
    let (run, failures) = run_with_timeline(&text, 1);
    outages(&run, 40.0, 3.0, (3.0 + 3.0 + 3.0) * 60.0);
    assert!(failures.iter().all(|failure| failure.1 == "db 0"), "{failures:?}");
}

/// Those that wait take over in order, and a repaired one waits behind nobody: the lowest index is called first.
#[test]
fn the_lowest_that_waits_takes_over() {
    let text = history(65, "{replicas: 4, standby: {cold: 3}}", "  crash: {hits: replica, time_to_failure: 10h, repair: 15h}");
    let (_, failures) = run_with_timeline(&text, 1);
    let what: Vec<(&str, f64)> = failures.iter().map(|failure| (failure.1.as_str(), failure.2 / HOUR)).collect();
    assert_eq!(what, [("db 0", 10.0), ("db 1", 20.0), ("db 2", 30.0), ("db 0", 40.0), ("db 1", 50.0), ("db 2", 60.0)]);
}

/// Failing back, the first is active from each repair on, and fails at 10, 23, 36 and 49 h; its substitute has aged 9 h in
/// the gaps, and fails one hour into the fourth, at 50 h. Then nothing is up until the first is back at 52 h.
#[test]
fn failing_back_the_substitute_keeps_the_age_of_its_turns() {
    let crash = "  crash: {hits: replica, time_to_failure: 10h, repair: 3h}";
    let back = history(62, "{replicas: 2, standby: {cold: 1, failback: true}}", crash);
    let (run, failures) = run_with_timeline(&back, 1);
    outages(&run, 62.0, 1.0, 120.0);
    let what: Vec<(&str, f64)> = failures.iter().map(|failure| (failure.1.as_str(), failure.2 / HOUR)).collect();
    assert_eq!(what, [("db 0", 10.0), ("db 0", 23.0), ("db 0", 36.0), ("db 0", 49.0), ("db 1", 50.0)]);
    // Without, they take turns.
    let stay = history(62, "{replicas: 2, standby: {cold: 1}}", crash);
    let (run, failures) = run_with_timeline(&stay, 1);
    no_outage(&run);
    let what: Vec<&str> = failures.iter().map(|failure| failure.1.as_str()).collect();
    assert_eq!(what, ["db 0", "db 1", "db 0", "db 1", "db 0", "db 1"]);
}

/// A quarter of the hazard of a Weibull of shape 2 is half the pace: after 10 h the substitute is 5 h old and has 5 h left
/// of its ten; a life of fixed length has none but its own measure, and a quarter of it is used up.
#[test]
fn a_warm_standby_ages_more_slowly() {
    let text = history(
        30,
        "{replicas: 2, standby: {warm: {count: 1, rate: 25%}}}",
        "  crash: {hits: replica, time_to_failure: 10h, repair: never}",
    );
    let (_, failures) = run_with_timeline(&text, 1);
    let when: Vec<f64> = failures.iter().map(|failure| failure.2 / HOUR).collect();
    assert_eq!(when, [10.0, 17.5]);
}

const ZONE: &str = "  zone: {hits: zone, of: [a], schedule: {first: 2026-01-01T10:00, every: 1d}, detection: 2m, repair: 1h}";

/// The zone of the active replica fails each day at 10:00; the other takes over in 2 + 5 minutes and stays.
#[test]
fn a_zone_outage_is_switched_away_from() {
    let run = run(&history(72, "{replicas: 2, spread: zones, standby: {hot: 1, switch: {time: 5m}}}", ZONE), 1, 1);
    outages(&run, 72.0, 1.0, 7.0);
    run.charged("zone", "db", 1.0);
}

/// Failing back puts the active replica into the failing zone again, each day.
#[test]
fn a_zone_that_is_back_is_failed_back_to() {
    let db = "{replicas: 2, spread: zones, standby: {hot: 1, switch: {time: 5m}, failback: true}}";
    outages(&run(&history(72, db, ZONE), 1, 1), 72.0, 3.0, 21.0);
}

/// Of four replicas in two zones two are active, one in each; with zone a go an active one and one that waits, so the other
/// that waits, in zone b, takes over.
#[test]
fn a_zone_takes_active_and_waiting_replicas() {
    let db = "{replicas: 4, needs: 2, spread: zones, standby: {hot: 2, switch: {time: 5m}}}";
    let run = run(&history(24, db, ZONE), 1, 1);
    outages(&run, 24.0, 1.0, 7.0);
    run.exactly("services", "db", "replicas", 2.0 - 7.0 / (24.0 * 60.0));
}

/// Both zones go, and come back together: the first replica is active at once.
#[test]
fn all_zones_are_back_at_once() {
    let text = history(
        24,
        "{replicas: 2, spread: zones, standby: {hot: 1, switch: {time: 5m}}}",
        "  all: {hits: region, schedule: {first: 2026-01-01T10:00}, detection: 2m, repair: 1h}",
    );
    let run = run(&text.replace("zones: [a, b]", "regions: {eu: [a, b]}"), 1, 1);
    outages(&run, 24.0, 1.0, 62.0);
}

/// From 10:00 the substitute in zone b is active, after five minutes, and the first is in repair for the rest of the day.
/// At 12:00 zone b goes for an hour: the end of either failure would bring a replica back, so they share the hour.
#[test]
fn failures_whose_end_would_fill_the_place_share_the_downtime() {
    let text = history(
        15,
        "{replicas: 2, spread: zones, standby: {cold: 1, switch: {time: 5m}}}",
        "  crash: {hits: replica, time_to_failure: 10h, repair: 20h}
  zone: {hits: zone, of: [b], schedule: {first: 2026-01-01T12:00}, repair: 1h}",
    );
    let run = run(&text, 1, 1);
    outages(&run, 15.0, 2.0, 65.0);
    run.charged("crash", "db", 35.0 / 65.0);
    run.charged("zone", "db", 30.0 / 65.0);
}

/// An objective that leaves the zone out is spared what the zone alone did: nothing of the five minutes, all of the hour.
#[test]
fn downtime_is_excluded_where_only_the_excluded_caused_it() {
    let text = history(
        720,
        "{replicas: 2, spread: zones, standby: {hot: 1, switch: {time: 5m}}}",
        "  zone: {hits: zone, of: [a], schedule: {first: 2026-01-02T10:00}, repair: 1h}
  other: {hits: service, of: [db], schedule: {first: 2026-01-03T10:00}, repair: 1h}
objectives:
  all: {service: db, target: 99%, window: rolling 30d}
  own: {service: db, target: 99%, window: rolling 30d, excludes: [zone]}",
    );
    let run = run(&text, 1, 1);
    run.exactly("objectives", "all", "attainment", 1.0 - 65.0 / (720.0 * 60.0));
    run.exactly("objectives", "own", "attainment", 1.0 - 60.0 / (720.0 * 60.0 - 5.0));
}

/// Trees count active replicas: two of the three are, but for the five minutes of the switch.
#[test]
fn trees_count_the_active() {
    let text = history(
        20,
        "{replicas: 3, standby: {cold: 1, switch: {time: 5m}}}
  site: {up_when: {at_least: 2, of: [db]}}",
        "  zone: {hits: zone, of: [a], schedule: {first: 2026-01-01T10:00}, repair: 1h}",
    );
    let text = text.replace("services: {db: ", "services:\n  db: ").replace("[db]}}}", "[db]}}");
    let text = text.replace("replicas: 3, ", "replicas: 3, spread: [a, b, b], ");
    let run = run(&text, 1, 1);
    run.exactly("services", "site", "downtime_per_year", 5.0 * MINUTE * 8760.0 / 20.0);
}

/// 15/s to two active replicas of 10/s each, and one that waits. From 10:00 to 10:05 one is left, without waiting places:
/// 5/s are lost, for 300 s of 20 h. Work is done by active replicas: two but for the five minutes.
#[test]
fn only_the_active_carry_load() {
    let text = history(
        20,
        "{replicas: 3, needs: 1, spread: [a, b, b], capacity: 10/s, queue: 0, standby: {hot: 1, switch: {time: 5m}}}",
        "  zone: {hits: zone, of: [a], schedule: {first: 2026-01-01T10:00}, repair: 1h}
traffic: {users: {to: db, rate: 15/s}}",
    );
    let run = run(&text, 1, 1);
    // Servers that do 10/s, where nobody can wait: two with 7.5/s each, and one with all of it for five minutes (Erlang B).
    let lost = |load: f64| load / (1.0 + load);
    let all = 15.0 * 20.0 * HOUR;
    let lost = 15.0 * ((20.0 * HOUR - 300.0) * lost(0.75) + 300.0 * lost(1.5));
    run.exactly("services", "db", "error_rate", lost / all);
    run.exactly("services", "db", "utilization", (all - lost) / (10.0 * (2.0 * 20.0 * HOUR - 300.0)));
}

/// What degrades all replicas leaves two active ones half of what they can do, whatever the third could: 7.5/s for each, of 10/s
/// and then of 5/s, where nobody can wait (Erlang B).
#[test]
fn a_degraded_standby_carries_nothing() {
    let text = history(
        20,
        "{replicas: 3, capacity: 10/s, queue: 0, standby: {hot: 1}}",
        "  slow: {hits: replica, schedule: {first: 2026-01-01T10:00}, effect: {capacity: 50%}, repair: 1h}
traffic: {users: {to: db, rate: 15/s}}",
    );
    let lost = |load: f64| load / (1.0 + load);
    run(&text, 1, 1).exactly("services", "db", "error_rate", (19.0 * lost(0.75) + lost(1.5)) / 20.0);
}

/// The failed replica gets half of the requests until the substitute takes its place after five minutes; the health check
/// would have noticed after ten.
#[test]
fn requests_follow_the_switch() {
    let text = history(
        20,
        "{replicas: 3, spread: [a, b, b], health_check: 10m, standby: {hot: 1, switch: {time: 5m}}}",
        "  zone: {hits: zone, of: [a], schedule: {first: 2026-01-01T10:00}, repair: 7m}
traffic: {users: {to: db, rate: 15/s}}",
    );
    run(&text, 1, 1).exactly("services", "db", "error_rate", 0.5 * 5.0 / (20.0 * 60.0));
}

/// Two active replicas with load 1 age at 1 while both are there. The first failure leaves one, at twice the pace, for the
/// hour of the switch; the one that waits, hot, ages as ever, and from then on both again.
#[test]
fn a_shared_load_is_shared_by_the_active() {
    let text = history(
        20,
        "{replicas: 3, needs: 2, spread: [a, b, b], standby: {hot: 1, switch: {time: 1h}}}",
        "  zone: {hits: zone, of: [a], schedule: {first: 2026-01-01T05:00}, repair: 2d}
  crash: {hits: replica, time_to_failure: 10h, repair: never, load: 1}",
    );
    let (_, failures) = run_with_timeline(&text, 1);
    let what: Vec<(&str, f64)> = failures.iter().map(|failure| (failure.1.as_str(), failure.2 / HOUR)).collect();
    // db 1: 5 h + 1 h at twice the pace + 3 h. Then db 2, at 9 h of its own, has the whole load for its last hour.
    assert_eq!(what, [("zone a", 5.0), ("db 1", 9.0), ("db 2", 9.5)]);
}

/// Failing back, the first fails at 10 h, for an hour. Its substitute, warm, takes over 15 minutes later, at an age of 8.2 h;
/// after its turn it has 1.05 h left, and fails 1.3125 h later while it waits. `rest` is what is said of tests.
fn tested(rest: &str) -> (Run, Vec<(String, f64, f64)>) {
    let text = history(
        25,
        &format!("{{replicas: 2, standby: {{warm: {{count: 1, rate: 80%}}, failback: true, {rest}}}}}"),
        "  crash: {hits: replica, time_to_failure: 10h, detection: 15m, repair: 45m}",
    );
    let (run, failures) = run_with_timeline(&text, 1);
    let ended = |end: Option<f64>| end.map_or(f64::INFINITY, |end| end / HOUR);
    (run, failures.into_iter().map(|(_, what, began, end)| (what, began / HOUR, ended(end))).collect())
}

fn is(failures: &[(String, f64, f64)], exact: &[(&str, f64, f64)]) {
    let same = failures.len() == exact.len()
        && failures.iter().zip(exact).all(|(is, exact)| is.0 == exact.0 && (is.1 - exact.1).abs() < 1e-9 && is.2 == exact.2);
    assert!(same, "{failures:?} are not {exact:?}");
}

/// Without tests it is noticed as any failure is: after 15 minutes.
#[test]
fn a_standby_that_fails_is_noticed_where_nothing_is_said_of_tests() {
    let (run, failures) = tested("");
    // 15 minutes of detection each time: at 10:00 and 21:00.
    outages(&run, 25.0, 2.0, 30.0);
    is(&failures, &[("db 0", 10.0, 11.0), ("db 1", 12.3125, 13.3125), ("db 0", 21.0, 22.0)]);
}

/// A test at 15:00 finds it.
#[test]
fn a_test_finds_what_failed_while_it_waited() {
    let (run, failures) = tested("test: {every: 5h}");
    outages(&run, 25.0, 2.0, 30.0);
    is(&failures, &[("db 0", 10.0, 11.0), ("db 1", 12.3125, 15.75), ("db 0", 21.0, 22.0)]);
    // What a test finds is known when it ends. At 10:15 it is in a test until 10:30, so it takes over then, at 8.4 h.
    let (run, failures) = tested("test: {every: 5h, takes: 30m}");
    outages(&run, 25.0, 2.0, 30.0 + 15.0);
    is(&failures, &[("db 0", 10.0, 11.0), ("db 1", 12.375, 16.25), ("db 0", 21.0, 22.0)]);
}

/// The first test comes after it is called, at 21:15: it is found then, and repaired by 22:00, when the first is back too.
#[test]
fn a_call_finds_what_failed_while_it_waited() {
    for rest in ["test: {every: 24h}", "test: {every: 5h, finds: 0%}"] {
        let (run, failures) = tested(rest);
        outages(&run, 25.0, 2.0, 15.0 + 60.0);
        is(&failures, &[("db 0", 10.0, 11.0), ("db 1", 12.3125, 22.0), ("db 0", 21.0, 22.0)]);
    }
}
