//! Clocks towards failure: races, pauses, ages, common causes, and dependencies known by their SLA.

mod common;

use common::{HOUR, YEAR, run, run_after};

/// Failures of one unit, for so many hours.
fn unit(hours: f64, failures: &str) -> common::Run {
    run(
        &format!(
            "
name: unit
start: 2026-01-01
horizon: {hours}h
zones: [a]
services: {{unit: {{spread: zones}}}}
failures:
{failures}
"
        ),
        1,
        1,
    )
}

fn counted(run: &common::Run, failure: &str, times: f64, hours: f64) {
    run.exactly("failures", failure, "count_per_year", times * YEAR / (hours * HOUR));
}

/// A (10 h, repaired in 2 h) and B (15 h, 1 h) on one replica: A 10 to 12; B stood still, so at 17, to 18; A is 5 h old
/// again since 12 and stood still too, so at 23, to 25. A repair renews its own clock only.
#[test]
fn modes_race_and_pause_for_each_other() {
    let run = unit(
        30.0,
        "  A: {hits: replica, time_to_failure: 10h, repair: 2h}
  B: {hits: replica, time_to_failure: 15h, repair: 1h}",
    );
    counted(&run, "A", 2.0, 30.0);
    counted(&run, "B", 1.0, 30.0);
    for (measure, exact) in [
        ("time_availability", 25.0 / 30.0),
        ("mttf", 25.0 / 3.0 * HOUR),
        ("mttr", 5.0 / 3.0 * HOUR),
        ("mtbf", 10.0 * HOUR),
        ("time_to_first_outage", 10.0 * HOUR),
        ("longest_outage", 2.0 * HOUR),
    ] {
        run.exactly("services", "unit", measure, exact);
    }
    run.charged("A", "unit", 0.8);
    run.charged("B", "unit", 0.2);
}

/// A mode that takes no more than capacity stops no clock.
#[test]
fn a_weakened_replica_ages_on() {
    let run = unit(
        20.0,
        "  slow: {hits: replica, time_to_failure: 5h, effect: {capacity: 50%}, repair: 3h}
  crash: {hits: replica, time_to_failure: 10h, repair: 1h}",
    );
    run.exactly("services", "unit", "time_to_first_outage", 10.0 * HOUR);
    // Slow from 5 to 8; then 8 h are full at 13, or at 14 as the crash from 10 to 11 stops the clock.
    counted(&run, "slow", 2.0, 20.0);
    run.exactly("services", "unit", "time_availability", 0.95);
}

/// The zone is out from 05:00 to 08:00. The replica's clock runs on under it and fails at 10:00.
#[test]
fn clocks_run_on_under_an_outage_of_the_zone() {
    let run = unit(
        20.0,
        "  zone: {hits: zone, schedule: {first: 2026-01-01T05:00}, repair: 3h}
  crash: {hits: replica, time_to_failure: 10h, repair: 1h}",
    );
    run.exactly("services", "unit", "time_availability", 0.8);
    run.exactly("services", "unit", "outages_per_year", 2.0 * YEAR / (20.0 * HOUR));
    run.exactly("services", "unit", "longest_outage", 3.0 * HOUR);
}

/// The replica fails and is repaired while the zone is out (09:00 to 12:00): one outage.
#[test]
fn failures_and_repairs_go_on_under_an_outage_of_the_zone() {
    let run = unit(
        20.0,
        "  zone: {hits: zone, schedule: {first: 2026-01-01T09:00}, repair: 3h}
  crash: {hits: replica, time_to_failure: 10h, repair: 1h}",
    );
    run.exactly("services", "unit", "time_availability", 17.0 / 20.0);
    run.exactly("services", "unit", "mttr", 3.0 * HOUR);
    counted(&run, "crash", 1.0, 20.0);
    // 09 to 10 and 11 to 12 the zone alone, between them both: neither repair alone would have ended it.
    run.charged("zone", "unit", 2.5 / 3.0);
    run.charged("crash", "unit", 0.5 / 3.0);
}

/// A replica's clock runs on under an outage of its service, and so does the repair.
#[test]
fn clocks_run_on_under_an_outage_of_the_service() {
    let run = unit(
        20.0,
        "  whole: {hits: service, schedule: {first: 2026-01-01T05:00}, repair: 3h}
  crash: {hits: replica, time_to_failure: 10h, repair: 1h}",
    );
    run.exactly("services", "unit", "time_availability", 0.8);
}

/// A 10 to 12; B ages always and fails at 11, in the middle, to 13. A, renewed at 12, stands still until 13.
#[test]
fn a_clock_that_ages_always_runs_through_other_failures() {
    let failures = "  A: {hits: replica, time_to_failure: 10h, repair: 2h}
  B: {hits: replica, time_to_failure: 11h, repair: 2h, ages_while: always}";
    let early = unit(22.0, failures);
    early.exactly("services", "unit", "longest_outage", 3.0 * HOUR);
    early.exactly("services", "unit", "time_availability", 19.0 / 22.0);
    early.charged("A", "unit", 0.5);
    early.charged("B", "unit", 0.5);
    // A at 23, not at 22.
    counted(&unit(22.9, failures), "A", 1.0, 22.9);
    counted(&unit(23.1, failures), "A", 2.0, 23.1);
    // B at 24 although A is down.
    counted(&unit(23.9, failures), "B", 1.0, 23.9);
    counted(&unit(24.1, failures), "B", 2.0, 24.1);
}

/// The standby's clock runs only while the service `main` is up: 20 h of operation are full at 25, after outages of
/// `main` from 5 to 8 and from 13 to 15.
#[test]
fn a_clock_can_run_while_another_service_is_up() {
    let text = |hours: f64| {
        format!(
            "
name: ages with another
start: 2026-01-01
horizon: {hours}h
services: {{main: {{}}, worn: {{}}}}
failures:
  first: {{hits: service, of: [main], schedule: {{first: 2026-01-01T05:00}}, repair: 3h}}
  second: {{hits: service, of: [main], schedule: {{first: 2026-01-01T13:00}}, repair: 2h}}
  wear: {{hits: replica, of: [worn], time_to_failure: 20h, repair: 1h, ages_while: {{service_up: main}}}}
"
        )
    };
    run(&text(24.99), 1, 1).exactly("services", "worn", "point_availability", 1.0);
    run(&text(25.01), 1, 1).exactly("services", "worn", "point_availability", 0.0);
}

/// Failures that are in force at the start, and clocks that stand still from the start on: a service whose tree never holds.
#[test]
fn a_clock_stands_still_while_its_service_never_comes_up() {
    let run = run(
        "
name: never up
start: 2026-01-01
horizon: 50h
services:
  few: {}
  many: {up_when: {at_least: 2, of: [few]}}
  worn: {}
failures:
  wear: {hits: replica, of: [worn], time_to_failure: 20h, repair: 1h, ages_while: {service_up: many}}
",
        1,
        1,
    );
    run.exactly("failures", "wear", "count_per_year", 0.0);
}

/// One of two is enough, 1/λ = 500 h, 1/μ = 10 h, β = 10%, a crew for each: a Markov chain over the number down with
/// rates 0→1: 2(1-β)λ, 0→2: βλ, 1→2: (1-β)λ + βλ (a strike takes the one that is up), 1→0: μ, 2→1: 2μ.
#[test]
fn a_common_cause_strikes_all_that_are_up() {
    let text = "
name: beta factor
start: 2026-01-01
horizon: 100000h
services: {pair: {replicas: 2}}
failures:
  fails: {hits: replica, mttf: 500h, repair: {exponential: {mean: 10h}}, common_cause: 10%}
";
    let (lambda, mu, beta) = (1.0 / 500.0, 0.1, 0.1);
    let one = (2.0 * (1.0 - beta) * lambda + beta * lambda) / mu;
    let two = (beta * lambda + one * lambda) / (2.0 * mu);
    let whole = 1.0 + one + two;
    let run = run_after(text, 1500, 2, 1000.0 * HOUR);
    run.service("pair", "time_availability").is_availability(1.0 - two / whole);
    run.service("pair", "outages_per_year").times(HOUR / YEAR).is(2.0 * mu * two / whole);
    run.service("pair", "mttr").times(1.0 / HOUR).is(5.0);
    run.service("pair", "replicas").from(2.0).is((one + 2.0 * two) / whole);
    // Every replica fails at λ while it is up, whether alone or struck.
    let up = 2.0 - (one + 2.0 * two) / whole;
    run.estimate("failures", "fails", "count_per_year").times(HOUR / YEAR).is(up * lambda);
}

/// With β = 1 there are strikes alone: all three replicas go and come back at once, an hour and a half later.
#[test]
fn a_strike_fails_each_replica_with_its_own_detection_and_repair() {
    let run = run(
        "
name: all at once
start: 2026-01-01
horizon: 10000h
services: {three: {replicas: 3}}
failures:
  fails: {hits: replica, mttf: 200h, detection: 30m, repair: 1h, common_cause: 100%}
",
        20,
        1,
    );
    let outages = run.value("services", "three", "outages_per_year").expect("some");
    run.exactly("failures", "fails", "count_per_year", 3.0 * outages);
    run.exactly("services", "three", "mttr", 1.5 * HOUR);
    run.exactly("services", "three", "mttd", 0.5 * HOUR);
}

/// Weibull, shape 2 and scale s = 1000 h, of an age uniform over [0, a = 500 h], never repaired:
/// P(no failure in h = 100 h) = 1/a ∫ exp(-(2xh + h²)/s²) dx = exp(-h²/s²) s²/(2ah) (1 - exp(-2ah/s²)).
#[test]
fn clocks_start_with_their_age() {
    let run = run(
        "
name: old parts
start: 2026-01-01
horizon: 100h
services: {unit: {}}
failures:
  wear: {hits: replica, time_to_failure: {weibull: {shape: 2, scale: 1000h}}, repair: never, age: {uniform: {low: 0h, high: 500h}}}
",
        200_000,
        1,
    );
    let (s, a, h) = (1000.0_f64, 500.0, 100.0);
    let survives = (-h * h / (s * s)).exp() * s * s / (2.0 * a * h) * (1.0 - (-2.0 * a * h / (s * s)).exp());
    run.service("unit", "interval_reliability").from(1.0).is(1.0 - survives);
}

/// The same with a common cause of 30% on two replicas of which both are needed, all 500 h old: the hazards of three
/// clocks, (1-β)H twice and βH once, add up to (2-β)H.
#[test]
fn a_common_cause_has_the_age_too() {
    let run = run(
        "
name: old parts
start: 2026-01-01
horizon: 100h
services: {pair: {replicas: 2, needs: 2}}
failures:
  wear:
    hits: replica
    time_to_failure: {weibull: {shape: 2, scale: 1000h}}
    repair: never
    age: 500h
    common_cause: 30%
",
        100_000,
        1,
    );
    let hazard = 0.6_f64.powi(2) - 0.5_f64.powi(2);
    run.service("pair", "interval_reliability").from(1.0).is(1.0 - (-1.7 * hazard).exp());
}

/// A dependency promised 90% with outages of 10 h on average is a stationary alternating renewal process from the start:
/// availability 0.9 at any time, an onset every 100 h, and no outage in 20 h with probability 0.9 exp(-20/90).
#[test]
fn an_external_is_stationary_from_the_start() {
    let run = run(
        "
name: known by its SLA
start: 2026-01-01
horizon: 20h
services: {provider: {external: {availability: 90%, outage: 10h}}}
",
        400_000,
        1,
    );
    run.service("provider", "time_availability").is_availability(0.9);
    run.service("provider", "point_availability").is_availability(0.9);
    run.service("provider", "interval_reliability").is(0.9 * (-20.0_f64 / 90.0).exp());
    run.service("provider", "outages_per_year").times(HOUR / YEAR).is(0.01);
    run.estimate("failures", "provider (external)", "count_per_year").times(HOUR / YEAR).is(0.01);
}

/// A clock of 10 h: with a warm-up of 5 h the failure comes 5 h after the start; with one of 10.5 h it is in force then,
/// for half an hour, and began before anything was measured.
#[test]
fn a_warm_up_is_not_measured() {
    let text = "
name: warmed up
start: 2026-01-01
horizon: 6h
services: {unit: {cost: 1/h}}
traffic: {some: {to: unit, rate: 10/s, growth: 100%/h}}
failures: {crash: {hits: replica, time_to_failure: 10h, repair: 1h}}
";
    let early = run_after(text, 1, 1, 5.0 * HOUR);
    early.exactly("services", "unit", "time_to_first_outage", 5.0 * HOUR);
    early.exactly("services", "unit", "time_availability", 5.0 / 6.0);
    let late = run_after(text, 1, 1, 10.5 * HOUR);
    late.exactly("services", "unit", "time_availability", 5.5 / 6.0);
    late.exactly("services", "unit", "outages_per_year", 0.0);
    late.exactly("failures", "crash", "count_per_year", 0.0);
    late.exactly("services", "unit", "point_availability", 1.0);
    // Demand doubles every hour from the start on: the lost half hour is (√2 - 1) of ln 2 against 2^6 - 1.
    late.exactly("services", "unit", "error_rate", (2.0_f64.sqrt() - 1.0) / 63.0);
}
