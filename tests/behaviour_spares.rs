//! Spare parts: histories worked out by hand, the base-stock model of Palm and Sherbrooke, and a chain with a reorder level.

mod common;

use common::{DAY, HOUR, Run, compiled, run, run_after};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// One replica that runs for 11 h and is repaired in one, with a part that takes 31 h from the order.
fn worn(horizon: u32, spares: &str) -> Run {
    let text = format!(
        "
name: parts
start: 2026-01-01
horizon: {horizon}h
services: {{unit: {{}}}}
failures:
  wear: {{hits: replica, time_to_failure: 11h, repair: 1h, spares: {{{spares}, lead_time: 31h}}}}
"
    );
    run(&text, 1, 1)
}

fn parts(run: &Run, fill_rate: f64, hours: f64) {
    run.exactly("failures", "wear", "fill_rate", fill_rate);
    run.exactly("failures", "wear", "waiting_for_parts", hours * HOUR);
}

/// Failures at 11 h, which finds the part and orders another for 42 h, and at 23 h, which waits for it.
#[test]
fn each_part_taken_is_ordered_again() {
    let run = worn(50, "stock: 1");
    parts(&run, 0.5, 9.5);
    run.exactly("services", "unit", "longest_outage", 20.0 * HOUR);
    run.exactly("services", "unit", "time_availability", 29.0 / 50.0);
    // The wait for a part belongs to the acknowledgement.
    run.exactly("services", "unit", "mtta", 9.5 * HOUR);
}

/// At 11 h and at 54 h, and each waits for the part that it orders.
#[test]
fn without_stock_each_failure_orders_its_part() {
    let run = worn(90, "stock: 0");
    parts(&run, 0.0, 31.0);
    run.exactly("services", "unit", "mttr", 32.0 * HOUR);
}

/// The failures at 11 h and 23 h find parts, and the second of them orders two for 54 h. That at 35 h waits for the first of
/// these (19 h), that at 66 h finds the second and orders two for 97 h, and that at 78 h waits for them (19 h).
#[test]
fn at_the_reorder_level_the_stock_is_filled_up() {
    let run = worn(100, "stock: 2, reorder_at: 0");
    parts(&run, 3.0 / 5.0, 38.0 / 5.0);
    run.exactly("services", "unit", "time_availability", 57.0 / 100.0);
}

/// Three replicas fail at once: the first finds the part, the others wait ten hours; none comes to rest with fewer parts.
#[test]
fn those_who_wait_share_a_delivery() {
    let text = "
name: parts
start: 2026-01-01
horizon: 48h
services: {rack: {replicas: 3, needs: 3}, half: {up_when: {at_least: 2, of: [rack]}}}
failures:
  wear: {hits: replica, schedule: {first: 2026-01-01T01:00, every: 1d}, repair: 1h, spares: {stock: 1, lead_time: 10h}}
";
    let run = run(text, 1, 1);
    parts(&run, 1.0 / 3.0, 20.0 / 3.0);
    run.exactly("services", "half", "longest_outage", 11.0 * HOUR);
    run.exactly("services", "rack", "replicas", 3.0 - 2.0 * (1.0 + 11.0 + 11.0) / 48.0);
}

/// First the part, then the person. While `unit` waits for its part from 11 h to 42 h the person works on `other` from
/// 20 h on as if nothing were; `third` then has the person from 41 h to 44.5 h, and `unit` only after it.
#[test]
fn nobody_waits_beside_a_missing_part() {
    let text = "
name: parts
start: 2026-01-01
horizon: 50h
services: {unit: {}, other: {}, third: {}}
teams: {crew: {people: 1, acknowledge: 30m}}
failures:
  wear: {hits: replica, of: [unit], time_to_failure: 10h, detection: 1h, repair: 1h, team: crew, spares: {stock: 0, lead_time: 31h}}
  of other: {hits: replica, of: [other], schedule: {first: 2026-01-01T20:00}, repair: 2h, team: crew}
  of third: {hits: replica, of: [third], schedule: {first: 2026-01-02T17:00}, repair: 3h, team: crew}
";
    let run = run(text, 1, 1);
    parts(&run, 0.0, 31.0);
    for (service, hours) in [("unit", 36.0), ("other", 2.5), ("third", 3.5)] {
        run.exactly("services", service, "longest_outage", hours * HOUR);
    }
    run.exactly("services", "unit", "mttd", HOUR);
    run.exactly("services", "unit", "mtta", 34.0 * HOUR);
    run.exactly("teams", "crew", "busy", 7.5 / 50.0);
    run.exactly("teams", "crew", "waiting", 2.5 / 50.0);
    run.exactly("teams", "crew", "wait", 2.5 / 3.0 * HOUR);
}

/// The base-stock model: demands of a Poisson process, one a day, with orders one for one. Parts on order are Poisson with
/// mean rate × lead time, whatever the distribution of the lead time (Palm 1938), here 2. With `stock` parts the share of
/// demands that find one is P(on order < stock), the mean number that wait the sum of (n - stock) P(n) above it (Sherbrooke,
/// METRIC, 1968), and by Little's law that is the mean wait in days. A thousand replicas of which a few wait are close to a
/// Poisson process: the rate is low by two in ten thousand at most.
fn base_stock(stock: u32, lead_time: &str) {
    let text = format!(
        "
name: base stock
start: 2026-01-01
horizon: 2000d
services: {{fleet: {{replicas: 1000}}}}
failures:
  wear: {{hits: replica, mttf: 1000d, repair: 1s, spares: {{stock: {stock}, lead_time: {lead_time}}}}}
"
    );
    let poisson = |n: u32| (1..=n).fold((-2.0_f64).exp(), |p, i| p * 2.0 / f64::from(i));
    let fill_rate: f64 = (0..stock).map(poisson).sum();
    let waiting: f64 = (stock..60).map(|n| f64::from(n - stock) * poisson(n)).sum();
    let run = run_after(&text, 200, 1, 60.0 * DAY);
    run.estimate("failures", "wear", "fill_rate").agrees(fill_rate, 0.02);
    run.estimate("failures", "wear", "waiting_for_parts").times(1.0 / DAY).agrees(waiting, 0.03);
}

#[test]
fn base_stock_with_lognormal_lead_times() {
    base_stock(3, "{lognormal: {mean: 2d, cv: 1.5}}");
}

#[test]
fn base_stock_with_hyperexponential_lead_times() {
    base_stock(3, "{hyperexponential: {mean: 2d, cv: 2}}");
}

#[test]
fn base_stock_with_constant_lead_times() {
    base_stock(1, "2d");
}

/// Four machines that run 100 h on average, repairs of 5 h, three parts that are ordered when the last is taken, lead times
/// of 120 h, all exponential. The state of the chain is the stock with what is on order and waited for, how many orders are
/// open, and how many repairs are under way (30 states, solved exactly with numpy).
#[test]
fn a_reorder_level_agrees_with_its_chain() {
    let text = "
name: reorder level
start: 2026-01-01
horizon: 50000h
services: {machines: {replicas: 4}}
failures:
  wear:
    hits: replica
    mttf: 100h
    repair: {exponential: {mean: 5h}}
    spares: {stock: 3, reorder_at: 0, lead_time: {exponential: {mean: 120h}}}
";
    let run = run_after(text, 400, 1, 2000.0 * HOUR);
    run.service("machines", "replicas").from(4.0).agrees(1.489_026_183_459_76, 0.01);
    run.estimate("failures", "wear", "count_per_year").times(HOUR / (365.0 * DAY)).agrees(0.025_109_738_165_402_4, 0.01);
    run.estimate("failures", "wear", "fill_rate").agrees(0.345_188_087_066_809, 0.01);
    run.estimate("failures", "wear", "waiting_for_parts").times(1.0 / HOUR).agrees(54.300_745_139_247_6, 0.01);
}

/// Adding parts leaves every failure where it was until the first repair that would have waited.
#[test]
fn parts_draw_from_a_stream_of_their_own() {
    let text = |spares: &str| {
        format!(
            "
name: streams
start: 2026-01-01
horizon: 10000h
services: {{unit: {{}}}}
failures:
  wear: {{hits: replica, mttf: 100h, repair: {{exponential: {{mean: 3h}}}}{spares}}}
"
        )
    };
    let plenty = run(&text(", spares: {stock: 100000, lead_time: {exponential: {mean: 5d}}}"), 100, 1);
    let none = run(&text(""), 100, 1);
    assert_eq!(plenty.summary_of("services", "unit"), none.summary_of("services", "unit"));
    plenty.exactly("failures", "wear", "fill_rate", 1.0);
    assert!(none.summary_of("failures", "wear").get("fill_rate").is_none());
}

#[test]
fn stocks_that_no_computer_holds_are_refused() {
    let text = "
name: too many
start: 2026-01-01
horizon: 1y
services: {unit: {}}
failures:
  wear: {hits: replica, mttf: 100h, repair: 1h, spares: {stock: 100001, lead_time: 5d}}
";
    let refused = ninefold::scenario::parse("case.yaml", text, &ninefold::scenario::Patches::default());
    assert!(refused.is_err_and(|error| error.to_string().contains("100001")));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    /// A rack of which all replicas fail within a day, and long after all are repaired: every second of every incident, from
    /// its detection to its end, was a wait for a part, a wait for a person, or work.
    #[test]
    fn nothing_of_an_incident_is_lost(
        replicas in 1..15_u32,
        people in 0..4_u32,
        team in prop::sample::select(vec!["", "hours: mon-fri 09:00-18:00", "selection: random", "selection: {race: 20m}"]),
        (stock, below) in (0..6_u32, 0..6_u32),
        lead_time in 1..30_u32,
        seed in 0..1000_u64,
    ) {
        let level = if stock > 0 { format!(", reorder_at: {}", stock.saturating_sub(below + 1)) } else { String::new() };
        let works = if people > 0 { ", team: crew" } else { "" };
        let text = format!("
name: rack
start: 2026-01-05
horizon: 900d
services: {{rack: {{replicas: {replicas}}}}}
teams: {{crew: {{people: {}, acknowledge: 10m, {team}}}}}
failures:
  wear:
    {{hits: replica, time_to_failure: {{uniform: {{low: 990d, high: 991d}}}}, age: 989d, detection: 5m, repair: {{exponential: {{mean: 2h}}}},
    spares: {{stock: {stock}{level}, lead_time: {{exponential: {{mean: {lead_time}d}}}}}}{works}}}
", people.max(1));
        let run = run(&text, 1, seed);
        let incidents = ninefold::run::timeline(&compiled(&text, None), seed, 0.0, 0).incidents;
        prop_assert_eq!(incidents.len(), replicas as usize);
        let known: f64 = incidents.iter().map(|i| i.repaired.expect("it is repaired") - i.detected.expect("it was known")).sum();
        let given = run.runs().failures[0].parts.as_ref().expect("it needs parts");
        prop_assert_eq!(given.wait.mean(1), f64::from(replicas));
        prop_assert_eq!(given.found.mean(1), f64::from(replicas));
        // Parts that are there at the start are found, and a part that is delivered may be, too.
        prop_assert!(given.found.mean(0) >= f64::from(stock.min(replicas)));
        if people > 0 {
            let team = |measure: &str| run.value("teams", "crew", measure).expect("the team is measured") * 900.0 * DAY;
            let spent = given.wait.mean(0) + team("busy") + team("waiting");
            prop_assert!((spent - known).abs() < 1e-3, "{spent} against {known}\n{text}");
        } else {
            prop_assert!(given.wait.mean(0) < known);
        }
    }
}
