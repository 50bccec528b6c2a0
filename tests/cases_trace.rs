//! A system without chance: every time is a constant, so the whole history is known in advance.
//!
//! ReliaWiki, "Repairable Systems Analysis Through Simulation", Deterministic View, Simple Series: A fails after every
//! 100 h of operation, B after every 120 h, repairs take 10 h and leave the part as new; parts do not age while the
//! system is down. Over [0, 300 h] the published history is A at 100, B at 130, A at 220, B at 270: 260/300 = 0.86667.

mod common;

use common::{HOUR, YEAR, run};

fn series(horizon: f64) -> String {
    format!(
        "
name: simple series
start: 2026-01-01
horizon: {horizon}h
services:
  A: {{}}
  B: {{}}
  system: {{up_when: {{all: [A, B]}}}}
failures:
  A fails: {{hits: replica, of: [A], time_to_failure: {{constant: 100h}}, repair: 10h, ages_while: {{service_up: system}}}}
  B fails: {{hits: replica, of: [B], time_to_failure: {{constant: 120h}}, repair: 10h, ages_while: {{service_up: system}}}}
"
    )
}

/// Asserts equality to 1e-12, relative.
fn exactly(what: &str, value: Option<f64>, exact: f64) {
    let value = value.unwrap_or_else(|| panic!("{what} was not observed"));
    assert!((value - exact).abs() <= 1e-12 * exact.abs().max(1.0), "{what} is {value}, not {exact}");
}

#[test]
fn measures_of_the_whole_history() {
    let run = run(&series(300.0), 3, 1);
    let of = |measure: &str| run.value("services", "system", measure);
    exactly("availability", of("time_availability"), 260.0 / 300.0);
    exactly("outages a year", of("outages_per_year"), 4.0 * YEAR / (300.0 * HOUR));
    exactly("MTTR", of("mttr"), 10.0 * HOUR);
    exactly("MTTF", of("mttf"), 65.0 * HOUR);
    exactly("MTBF", of("mtbf"), 75.0 * HOUR);
    exactly("first outage", of("time_to_first_outage"), 100.0 * HOUR);
    exactly("longest outage", of("longest_outage"), 10.0 * HOUR);
    exactly("state at the end", of("point_availability"), 1.0);
    exactly("availability of A", run.value("services", "A", "time_availability"), 280.0 / 300.0);
    exactly("failures of A", run.value("failures", "A fails", "count_per_year"), 2.0 * YEAR / (300.0 * HOUR));
    exactly("share of A", run.summary_of("failures", "A fails")["downtime_share"]["system"]["value"].as_f64(), 0.5);
}

/// Each event is found between two horizons that are a thousandth of a second apart.
#[test]
fn times_of_the_events() {
    let second = 1.0 / 3600.0;
    for (begins, part) in [(100.0, "A"), (130.0, "B"), (220.0, "A"), (270.0, "B")] {
        let ends = begins + 10.0;
        let other = if part == "A" { "B" } else { "A" };
        for (at, up) in [
            (begins - 1e-3 * second, 1.0),
            (begins + 1e-3 * second, 0.0),
            (ends - 1e-3 * second, 0.0),
            (ends + 1e-3 * second, 1.0),
        ] {
            let run = run(&series(at), 1, 1);
            let state = |name: &str| run.value("services", name, "point_availability");
            assert_eq!(state("system"), Some(up), "the system at {at} h");
            assert_eq!(state(part), Some(up), "{part} at {at} h");
            assert_eq!(state(other), Some(1.0), "{other} at {at} h");
        }
    }
}
