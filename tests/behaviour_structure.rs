//! When a service is up, and whose downtime it is. Every failure is scheduled, so each history is worked out by hand.

mod common;

use common::{HOUR, Run, YEAR, run};

/// Services and scheduled failures, `hits, of, at, lasts` in hours, over a day.
fn day(structure: &str, failures: &[(&str, &str, &str, f64, f64)]) -> Run {
    let mut text = format!("\nname: a day\nstart: 2026-01-01\nhorizon: 24h\n{structure}\nfailures:\n");
    for (name, hits, of, at, lasts) in failures {
        let (hour, minute) = (at.floor(), (at.fract() * 60.0).round());
        text += &format!(
            "  {name}: {{hits: {hits}, of: [{of}], schedule: {{first: '2026-01-01T{hour:02}:{minute:02}'}}, repair: {lasts}h}}\n"
        );
    }
    run(&text, 1, 1)
}

/// Asserts how long a service was down on that day, and in how many outages.
fn down(run: &Run, service: &str, hours: f64, outages: f64) {
    if hours > 0.0 {
        run.exactly("services", service, "time_availability", 1.0 - hours / 24.0);
    } else {
        assert!(run.value("services", service, "time_availability").is_none_or(|up| up == 1.0), "{service} was down");
    }
    run.exactly("services", service, "outages_per_year", outages * YEAR / (24.0 * HOUR));
}

/// Replica i stands in zone i mod 3; zone a takes two of six.
#[test]
fn a_zone_takes_the_replicas_that_stand_there() {
    let run = day(
        "zones: [a, b, c]
services:
  four: {replicas: 6, needs: 4, spread: zones}
  five: {replicas: 6, needs: 5, spread: zones}
  all: {replicas: 6, needs: 6, spread: [b, c]}
  only: {replicas: 1, spread: zones}
  elsewhere: {replicas: 1}",
        &[("out", "zone", "a", 1.0, 2.0)],
    );
    down(&run, "four", 0.0, 0.0);
    down(&run, "five", 2.0, 1.0);
    down(&run, "all", 0.0, 0.0);
    down(&run, "only", 2.0, 1.0);
    down(&run, "elsewhere", 0.0, 0.0);
    run.exactly("services", "four", "replicas", 6.0 - 2.0 * 2.0 / 24.0);
}

#[test]
fn a_region_takes_all_its_zones() {
    let run = day(
        "regions: {eu: [eu-a, eu-b], us: [us-a]}
services:
  one: {replicas: 3, spread: zones}
  two: {replicas: 3, needs: 2, spread: zones}
  america: {replicas: 2, needs: 2, spread: [us]}
  europe: {replicas: 4, spread: [eu]}
  b: {replicas: 1, spread: [eu-b]}",
        &[("out", "region", "eu", 1.0, 2.0), ("b out", "zone", "eu-b", 5.0, 1.0)],
    );
    down(&run, "one", 0.0, 0.0);
    down(&run, "two", 2.0, 1.0);
    down(&run, "america", 0.0, 0.0);
    down(&run, "europe", 2.0, 1.0);
    down(&run, "b", 3.0, 2.0);
    run.exactly("services", "one", "replicas", 3.0 - (2.0 * 2.0 + 1.0) / 24.0);
}

/// The region from 1 to 11 and its zone from 6 to 16: each alone for five hours, both for five.
#[test]
fn a_zone_that_is_out_twice_is_charged_to_both() {
    let run = day(
        "regions: {eu: [a, b]}
services: {web: {spread: [a]}}",
        &[("region", "region", "eu", 1.0, 10.0), ("zone", "zone", "a", 6.0, 10.0)],
    );
    down(&run, "web", 15.0, 1.0);
    run.charged("region", "web", 0.5);
    run.charged("zone", "web", 0.5);
    // The other way round, and one inside the other.
    let run = day(
        "regions: {eu: [a, b]}
services: {web: {spread: [a]}}",
        &[("zone", "zone", "a", 1.0, 12.0), ("region", "region", "eu", 4.0, 4.0)],
    );
    down(&run, "web", 12.0, 1.0);
    run.charged("zone", "web", 10.0 / 12.0);
    run.charged("region", "web", 2.0 / 12.0);
}

/// The only replica from 1 to 5, its zone from 3 to 7: neither repair alone ends it between 3 and 5.
#[test]
fn a_replica_that_is_down_in_a_zone_that_is_out_is_charged_to_both() {
    let run = day(
        "zones: [a]
services: {web: {spread: zones}}",
        &[("replica", "replica", "web", 1.0, 4.0), ("zone", "zone", "a", 3.0, 4.0)],
    );
    down(&run, "web", 6.0, 1.0);
    run.charged("replica", "web", 0.5);
    run.charged("zone", "web", 0.5);
}

/// Both are needed; one down from 1 to 5, the other from 4 to 6.
#[test]
fn in_series_an_hour_with_two_failures_is_shared() {
    let run = day(
        "services: {a: {}, b: {}, both: {up_when: {all: [a, b]}}}",
        &[("of a", "replica", "a", 1.0, 4.0), ("of b", "replica", "b", 4.0, 2.0)],
    );
    down(&run, "both", 5.0, 1.0);
    run.charged("of a", "both", 0.7);
    run.charged("of b", "both", 0.3);
}

/// One is enough: down while both are, and each repair would end it.
#[test]
fn in_parallel_downtime_is_shared() {
    let run = day(
        "services: {a: {}, b: {}, either: {up_when: {any: [a, b]}}}",
        &[("of a", "replica", "a", 1.0, 4.0), ("of b", "replica", "b", 3.0, 5.0)],
    );
    down(&run, "either", 2.0, 1.0);
    run.charged("of a", "either", 0.5);
    run.charged("of b", "either", 0.5);
}

/// Two of three are needed. From 2 to 3 a and b are down, and either repair would end it; from 3 to 5 all three, and
/// none would; from 5 to 5.5 b and c.
#[test]
fn downtime_that_no_repair_alone_would_end_is_shared_by_all() {
    let run = day(
        "services: {a: {}, b: {}, c: {}, two: {up_when: {at_least: 2, of: [a, b, c]}}}",
        &[("of a", "replica", "a", 1.0, 4.0), ("of b", "replica", "b", 2.0, 3.5), ("of c", "replica", "c", 3.0, 3.0)],
    );
    down(&run, "two", 3.5, 1.0);
    let third = 2.0 / 3.0;
    run.charged("of a", "two", (0.5 + third) / 3.5);
    run.charged("of b", "two", (0.5 + third + 0.25) / 3.5);
    run.charged("of c", "two", (third + 0.25) / 3.5);
}

/// A failure that is in force but makes no difference is charged nothing.
#[test]
fn a_failure_that_changes_nothing_is_charged_nothing() {
    let run = day(
        "services: {a: {}, b: {}, c: {}, tree: {up_when: {all: [a, {any: [b, c]}]}}}",
        &[("of a", "replica", "a", 2.0, 2.0), ("of b", "replica", "b", 1.0, 4.0)],
    );
    down(&run, "tree", 2.0, 1.0);
    run.charged("of a", "tree", 1.0);
    run.charged("of b", "tree", 0.0);
}

/// One ends at the instant at which the other begins: one outage of four hours, with the stages of its first failure.
#[test]
fn outages_that_touch_are_one() {
    let run = run(
        "
name: touching
start: 2026-01-01
horizon: 24h
services: {a: {}, b: {}, both: {up_when: {all: [a, b]}}, turned: {up_when: {all: [b, a]}}}
teams: {on-call: {people: 2, acknowledge: 20m}}
failures:
  of a: {hits: replica, of: [a], schedule: {first: 2026-01-01T01:00}, detection: 10m, repair: 90m, team: on-call}
  of b: {hits: replica, of: [b], schedule: {first: 2026-01-01T03:00}, detection: 30m, repair: 90m}
  later: {hits: replica, of: [a], schedule: {first: 2026-01-01T05:00}, repair: 1h}
",
        1,
        1,
    );
    for service in ["both", "turned"] {
        down(&run, service, 5.0, 1.0);
        run.exactly("services", service, "longest_outage", 5.0 * HOUR);
        run.exactly("services", service, "mttr", 5.0 * HOUR);
        run.exactly("services", service, "mttd", HOUR / 6.0);
        run.exactly("services", service, "mtta", HOUR / 3.0);
    }
}

/// An outage without length is none, and what begins at that instant is not its continuation.
#[test]
fn an_outage_without_length_is_none() {
    let run = run(
        "
name: blips
start: 2026-01-01
horizon: 24h
services: {a: {}, b: {}, both: {up_when: {all: [a, b]}}}
failures:
  blip: {hits: replica, of: [a], schedule: {first: 2026-01-01T01:00, every: 1h}, repair: 0s}
  of b: {hits: replica, of: [b], schedule: {first: 2026-01-01T03:00}, detection: 30m, repair: 90m}
",
        1,
        1,
    );
    down(&run, "a", 0.0, 0.0);
    down(&run, "both", 2.0, 1.0);
    run.exactly("services", "both", "mttd", HOUR / 2.0);
    run.exactly("services", "both", "time_to_first_outage", 3.0 * HOUR);
    run.charged("of b", "both", 1.0);
    run.exactly("failures", "blip", "count_per_year", 23.0 * 365.0);
}

/// The stages of an outage are those of the failure that began it, whatever joins later.
#[test]
fn the_stages_are_those_of_the_first_failure() {
    let run = run(
        "
name: stages
start: 2026-01-01
horizon: 24h
services: {a: {}, b: {}, both: {up_when: {all: [a, b]}}}
teams: {on-call: {people: 1, acknowledge: 5m}}
failures:
  of a: {hits: replica, of: [a], schedule: {first: 2026-01-01T01:00}, detection: 10m, repair: 45m, team: on-call}
  of b: {hits: replica, of: [b], schedule: {first: 2026-01-01T01:20}, detection: 1h, repair: 1h, team: on-call}
",
        1,
        1,
    );
    // a until 02:00; b from 01:20, known at 02:20, acknowledged at 02:25, repaired at 03:25.
    run.exactly("services", "both", "mttr", 145.0 * 60.0);
    run.exactly("services", "both", "mttd", 600.0);
    run.exactly("services", "both", "mtta", 300.0);
    run.exactly("services", "b", "mttd", 3600.0);
}

/// An outage that ends before its failure was detected (the other replica came back) has no longer stages than itself.
#[test]
fn stages_end_with_the_outage() {
    let run = run(
        "
name: short
start: 2026-01-01
horizon: 24h
services: {a: {}, b: {}, either: {up_when: {any: [a, b]}}}
failures:
  of a: {hits: replica, of: [a], schedule: {first: 2026-01-01T01:00}, repair: 1h}
  of b: {hits: replica, of: [b], schedule: {first: 2026-01-01T01:50}, detection: 1h, repair: 1h}
",
        1,
        1,
    );
    run.exactly("services", "either", "mttr", 600.0);
    run.exactly("services", "either", "mttd", 600.0);
    run.exactly("services", "either", "mtta", 0.0);
}

/// Only a callee that is needed, by every request, takes its caller down with it.
#[test]
fn needed_calls_of_every_request_take_the_caller_down() {
    let run = day(
        "services:
  one: {calls: [{to: db}]}
  more: {calls: [{to: db, per_request: 2.5}]}
  some: {calls: [{to: db, per_request: 0.9}]}
  soft: {calls: [{to: db, needed: false}]}
  chain: {calls: [{to: one}]}
  db: {}",
        &[("out", "service", "db", 1.0, 2.0)],
    );
    for service in ["one", "more", "chain", "db"] {
        down(&run, service, 2.0, 1.0);
        run.charged("out", service, 1.0);
    }
    down(&run, "some", 0.0, 0.0);
    down(&run, "soft", 0.0, 0.0);
}

/// The tree of the manual: twelve of the left replicas behind the left switch, or the right side.
#[test]
fn trees_of_any_all_and_at_least() {
    let structure = "zones: [x, y, z]
services:
  left switch: {}
  left: {replicas: 15, spread: zones}
  right: {}
  site: {up_when: {any: [{all: [left switch, {at_least: 12, of: [left]}]}, right]}}
  strict: {up_when: {any: [{all: [left switch, {at_least: 11, of: [left]}]}, right]}}
  loose: {up_when: {any: [{all: [left switch, {at_least: 10, of: [left]}]}, right]}}
  counted: {up_when: {at_least: 16, of: [left, right]}}";
    // A zone takes 5 of 15; the right side is out from 2 to 8.
    let run = day(structure, &[("zone", "zone", "x", 4.0, 2.0), ("right out", "replica", "right", 2.0, 6.0)]);
    down(&run, "left", 0.0, 0.0);
    down(&run, "site", 2.0, 1.0);
    down(&run, "strict", 2.0, 1.0);
    down(&run, "loose", 0.0, 0.0);
    down(&run, "counted", 6.0, 1.0);
    run.charged("zone", "site", 0.5);
    // From 4 to 6 neither alone would bring all sixteen back.
    run.charged("right out", "counted", 5.0 / 6.0);
    let run = day(structure, &[("switch", "service", "left switch", 3.0, 2.0), ("right out", "service", "right", 4.0, 6.0)]);
    down(&run, "site", 1.0, 1.0);
    // A service that is down by a failure of its own still has its replicas.
    down(&run, "counted", 0.0, 0.0);
}
