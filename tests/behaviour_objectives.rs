//! Schedules, calendars and objectives: every outage is scheduled, so attainment, breaches, budgets and credits are
//! worked out by hand.

mod common;

use common::{DAY, HOUR, Run, YEAR, run};

/// A service with the given failures and objectives.
fn judged(start: &str, horizon: &str, timezone: &str, failures: &str, objectives: &str) -> Run {
    run(
        &format!(
            "
name: judged
start: {start}
horizon: {horizon}
timezone: {timezone}
services: {{web: {{}}}}
traffic: {{users: {{to: web, rate: 10/s}}}}
failures:
{failures}
objectives:
{objectives}
"
        ),
        1,
        1,
    )
}

/// Every four weeks at 03:00 in Berlin, from 2 March on. Summer time begins on 29 March, so the second is on 30 March
/// 698 h after the start of the month, not 699 h, and the third on 27 April after 1370 h.
#[test]
fn a_schedule_keeps_its_local_time() {
    let state = |hours: f64| {
        let run = judged(
            "2026-03-01",
            &format!("{hours}h"),
            "Europe/Berlin",
            "  patches: {hits: service, schedule: {first: 2026-03-02T03:00, every: 4w}, repair: 1h}",
            "  up: {service: web, target: 99%, counts: time}",
        );
        run.value("services", "web", "point_availability")
    };
    for (begins, ends) in [(27.0, 28.0), (698.0, 699.0), (1370.0, 1371.0)] {
        assert_eq!(state(begins - 0.01), Some(1.0), "before {begins} h");
        assert_eq!(state(begins + 0.01), Some(0.0), "after {begins} h");
        assert_eq!(state(ends - 0.01), Some(0.0), "before {ends} h");
        assert_eq!(state(ends + 0.01), Some(1.0), "after {ends} h");
    }
}

/// March has 743 h in Berlin and April 720 h; the hour of May at the end is no complete window. March loses 2 h, April 1.
#[test]
fn months_have_their_real_lengths() {
    let run = judged(
        "2026-03-01",
        "61d",
        "Europe/Berlin",
        "  patches: {hits: service, schedule: {first: 2026-03-02T03:00, every: 4w}, repair: 1h}",
        "  up:
    service: web
    target: 99.8%
    counts: time
    fee: 1000
    credits: [{below: 99.9%, credit: 10%}, {below: 99.75%, credit: 25%}, {below: 90%, credit: 100%}]
  sla: {service: web, target: 99.8%, counts: requests}",
    );
    for objective in ["up", "sla"] {
        run.exactly("objectives", objective, "attainment", 1.0 - 3.0 / 1464.0);
        run.exactly("objectives", objective, "worst_window", 741.0 / 743.0);
        run.exactly("objectives", objective, "breach_probability", 1.0);
        run.exactly("objectives", objective, "window_breach_rate", 0.5);
        let left = |bad: f64, hours: f64| 1.0 - bad / (hours * 0.002);
        run.exactly("objectives", objective, "budget_left", f64::midpoint(left(2.0, 743.0), left(1.0, 720.0)));
    }
    // 741/743 lies below 99.75%, 719/720 below 99.9%.
    run.exactly("objectives", "up", "credits", 350.0);
    run.costs("credits", 350.0);
}

/// The second quarter is the only complete one; what happened in February does not count.
#[test]
fn partial_quarters_are_not_judged() {
    let run = judged(
        "2026-02-01",
        "200d",
        "UTC",
        "  long: {hits: service, schedule: {first: 2026-02-10}, repair: 100h}
  short: {hits: service, schedule: {first: 2026-05-10}, repair: 1h}",
        "  up: {service: web, target: 99.9%, counts: time, window: calendar quarter, fee: 10, credits: [{below: 99.99%, credit: 10%}]}",
    );
    run.exactly("objectives", "up", "worst_window", 1.0 - 1.0 / 2184.0);
    run.exactly("objectives", "up", "breach_probability", 0.0);
    run.exactly("objectives", "up", "window_breach_rate", 0.0);
    run.exactly("objectives", "up", "attainment", 1.0 - 101.0 / 4800.0);
    // A tenth of three months' fees.
    run.exactly("objectives", "up", "credits", 3.0);
}

/// A window is breached when it is strictly below its target: 36 minutes of 30 days are 99.9166…%; 43.2 are 99.9%.
#[test]
fn a_window_that_just_keeps_its_target_is_kept() {
    let lost = |seconds: f64| {
        judged(
            "2026-06-01",
            "30d",
            "UTC",
            &format!("  once: {{hits: service, schedule: {{first: 2026-06-10}}, repair: {seconds}s}}"),
            "  up: {service: web, target: 99.9%, counts: time}
  good: {service: web, target: 99.9%, counts: requests}",
        )
    };
    for (seconds, breached) in [(2592.0, 0.0), (2592.1, 1.0)] {
        for objective in ["up", "good"] {
            lost(seconds).exactly("objectives", objective, "breach_probability", breached);
        }
    }
    let kept = lost(2592.0);
    assert!(kept.value("objectives", "up", "budget_left").expect("one window").abs() < 1e-9);
}

/// Planned from 03:00 to 04:00 on 2 and 30 March, and by mistake from 03:30 to 04:30 on 2 March. Without what is
/// planned: half an hour and an hour leave the count, an hour is bad. Without the mistake: half an hour leaves, two are bad.
#[test]
fn what_an_objective_excludes_leaves_the_count() {
    let run = judged(
        "2026-03-01",
        "31d",
        "Europe/Berlin",
        "  patches: {hits: service, schedule: {first: 2026-03-02T03:00, every: 4w}, repair: 1h}
  mistake: {hits: service, schedule: {first: 2026-03-02T03:30}, repair: 1h, planned: false}",
        "  all time: {service: web, target: 99%, counts: time}
  all requests: {service: web, target: 99%, counts: requests}
  unplanned time: {service: web, target: 99%, counts: time, excludes: [planned]}
  unplanned requests: {service: web, target: 99%, counts: requests, excludes: [planned]}
  forgiven time: {service: web, target: 99%, counts: time, excludes: [mistake]}
  forgiven requests: {service: web, target: 99%, counts: requests, excludes: [mistake]}",
    );
    for (objective, bad, out) in [("all", 2.5, 0.0), ("unplanned", 1.0, 1.5), ("forgiven", 2.0, 0.5)] {
        for counts in ["time", "requests"] {
            run.exactly("objectives", &format!("{objective} {counts}"), "worst_window", 1.0 - bad / (743.0 - out));
        }
    }
    run.exactly("services", "web", "outages_per_year", 2.0 * YEAR / (31.0 * DAY));
}

/// Down from 1 h to 4 h although the next occurrence, at 3 h, finds it still in force; then at 5 h and at 9 h.
#[test]
fn an_occurrence_that_finds_the_last_in_force_is_passed_over() {
    let run = judged(
        "2026-01-01",
        "12.5h",
        "UTC",
        "  long: {hits: service, schedule: {first: 2026-01-01T01:00, every: 2h}, repair: 3h}",
        "  up: {service: web, target: 99%, counts: time}",
    );
    run.exactly("services", "web", "time_availability", 3.5 / 12.5);
    run.exactly("failures", "long", "count_per_year", 3.0 * YEAR / (12.5 * HOUR));
}

/// Repaired at the very instant of the next occurrence: it is not in force any more, and the outage goes on.
#[test]
fn an_occurrence_at_the_instant_of_the_repair_takes_place() {
    let run = judged(
        "2026-01-01",
        "10h",
        "UTC",
        "  long: {hits: service, schedule: {first: 2026-01-01T01:00, every: 2h}, repair: 2h}",
        "  up: {service: web, target: 99%, counts: time}",
    );
    run.exactly("services", "web", "time_availability", 0.1);
    run.exactly("services", "web", "outages_per_year", YEAR / (10.0 * HOUR));
    run.exactly("services", "web", "longest_outage", 9.0 * HOUR);
    run.exactly("failures", "long", "count_per_year", 5.0 * YEAR / (10.0 * HOUR));
}

/// What takes no time happens once for each occurrence.
#[test]
fn an_occurrence_without_length_happens_once() {
    let run = judged(
        "2026-01-01",
        "10h",
        "UTC",
        "  blip: {hits: service, schedule: {first: 2026-01-01T00:00, every: 2h}, repair: 0s}",
        "  up: {service: web, target: 99%, counts: time}",
    );
    run.exactly("failures", "blip", "count_per_year", 5.0 * YEAR / (10.0 * HOUR));
    run.exactly("services", "web", "outages_per_year", 0.0);
}

/// Two days that end at every instant from 48 h to 240 h, 2.4 h allowed; down from 72 to 73 h and from 100 to 102 h.
/// The window holds 3 h of downtime from 102 to 120 h (worst: 1 - 3/48) and more than 2.4 h from 101.4 to 120.6 h. Each
/// hour of downtime stays for 48 h, so the mean is 3 x 48 / 192 = 0.75 h.
#[test]
fn a_rolling_window_is_judged_at_every_instant() {
    let run = judged(
        "2026-01-01",
        "10d",
        "UTC",
        "  one: {hits: service, schedule: {first: 2026-01-04T00:00}, repair: 1h}
  two: {hits: service, schedule: {first: 2026-01-05T04:00}, repair: 2h}",
        "  up: {service: web, target: 95%, counts: time, window: rolling 2d}
  good: {service: web, target: 95%, counts: requests, window: rolling 2d}
  minutes: {service: web, target: 95%, counts: {slices: 1m, good: 99%}, window: rolling 2d}
  unplanned: {service: web, target: 95%, counts: time, window: rolling 2d, excludes: [two]}
  too long: {service: web, target: 95%, counts: time, window: rolling 11d}",
    );
    for objective in ["up", "good", "minutes"] {
        run.exactly("objectives", objective, "worst_window", 1.0 - 3.0 / 48.0);
        run.exactly("objectives", objective, "breach_probability", 1.0);
        run.exactly("objectives", objective, "window_breach_rate", 0.1);
        run.exactly("objectives", objective, "budget_left", 1.0 - 0.75 / 2.4);
    }
    // The window from 72 h to 120 h lacks the two hours that do not count.
    run.exactly("objectives", "unplanned", "worst_window", 1.0 - 1.0 / 46.0);
    run.exactly("objectives", "unplanned", "breach_probability", 0.0);
    assert_eq!(run.value("objectives", "too long", "breach_probability"), None);
    assert_eq!(run.value("objectives", "too long", "worst_window"), None);
}

/// Down from 01:00:30 to 01:03: one minute is half bad and two are bad.
#[test]
fn slices_are_good_or_bad_as_a_whole() {
    let run = judged(
        "2026-06-01",
        "30d",
        "UTC",
        "  once: {hits: service, schedule: {first: 2026-06-10T01:00:30}, repair: 150s}",
        "  strict: {service: web, target: 99.99%, counts: {slices: 1m, good: 99%}}
  even: {service: web, target: 99.99%, counts: {slices: 1m, good: 50%}}
  hours: {service: web, target: 99.99%, counts: {slices: 1h, good: 95%}}
  hours strict: {service: web, target: 99.99%, counts: {slices: 1h, good: 96%}}",
    );
    for (objective, lost) in [("strict", 3.0), ("even", 2.0), ("hours strict", 60.0)] {
        run.exactly("objectives", objective, "worst_window", 1.0 - lost / 43_200.0);
    }
    run.exactly("objectives", "hours", "worst_window", 1.0);
}

/// The objectives that tiers stand for count time, 99.9% and 99.5% of a calendar month.
#[test]
fn a_tier_gives_an_objective_where_there_is_none() {
    let run = run(
        "
name: tiers
start: 2026-06-01
horizon: 30d
services: {shop: {tier: critical}, blog: {tier: standard}, search: {tier: critical}}
failures: {once: {hits: service, schedule: {first: 2026-06-10}, repair: 1h}}
objectives: {search works: {service: search, target: 90%}}
",
        1,
        1,
    );
    for (name, target, breached) in [("shop (critical)", 0.999, 1.0), ("blog (standard)", 0.995, 0.0), ("search works", 0.9, 0.0)]
    {
        assert_eq!(run.summary_of("objectives", name)["target"].as_f64(), Some(target));
        run.exactly("objectives", name, "breach_probability", breached);
        run.exactly("objectives", name, "worst_window", 1.0 - 1.0 / 720.0);
    }
    assert!(run.summary_of("objectives", "search (critical)").is_null());
}
