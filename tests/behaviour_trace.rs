//! Recorded failures, played back.

#![expect(clippy::expect_used, reason = "a test says by a panic what it expected")]

mod common;

use std::path::Path;

use common::{Failed, HOUR, run_in, shared, timeline_in};

fn folder_with(name: &str, text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join(name), text).expect("a file");
    folder
}

/// A scenario of four replicas of which three are needed, hit by the trace in `failures.csv`.
fn recorded(hours: f64, more: &str) -> String {
    format!(
        "
name: recorded
start: 2026-01-01
horizon: {hours}h
zones: [a, b]
services: {{web: {{replicas: 4, needs: 3, spread: zones}}}}
failures:
  recorded: {{trace: {{file: failures.csv, interval: wait, duration: lasts, unit: h{more}
"
    )
}

/// From when to when each thing was hit, in hours; open ones until 0.
fn hits(failed: Vec<Failed>) -> Vec<(String, f64, f64)> {
    let hours = |seconds: f64| (seconds / HOUR * 1e6).round() / 1e6;
    let hits = failed.into_iter().filter(|(mode, ..)| mode == "recorded");
    hits.map(|(_, thing, began, ended)| (thing, hours(began), ended.map_or(0.0, hours))).collect()
}

fn spans(failed: Vec<Failed>) -> Vec<(f64, f64)> {
    let mut spans: Vec<(f64, f64)> = hits(failed).into_iter().map(|(_, from, to)| (from, to)).collect();
    spans.dedup();
    spans
}

/// Down from 2 to 5, from 5 (at once) to 6 and from 16 to 20; then all of it again: 22 to 25, and so on.
#[test]
fn a_trace_is_played_back_and_repeated() {
    let folder = folder_with("failures.csv", "wait,lasts\n2,3\n0,1\n10,4\n");
    let history = [(2.0, 5.0), (5.0, 6.0), (16.0, 20.0), (22.0, 25.0), (25.0, 26.0), (36.0, 0.0)];
    for (kind, things) in [("replica", 4), ("service", 1), ("zone", 2), ("zone, of: [b]", 1)] {
        let text = recorded(37.0, &format!("}}, hits: {kind}}}"));
        let failed = timeline_in(folder.path(), &text);
        assert_eq!(failed.len(), things * history.len(), "{kind}");
        assert_eq!(spans(failed), history, "{kind}");
        let run = run_in(folder.path(), &text, 1);
        // Four hours twice, less the half that lies beyond the end, and one outage where one follows the other at once.
        run.exactly("services", "web", "time_availability", 1.0 - 13.0 / 37.0);
        run.exactly("services", "web", "longest_outage", 4.0 * HOUR);
        run.exactly("services", "web", "mttr", 13.0 / 3.0 * HOUR);
    }
}

/// Intensities of 1/2, 1/4 and 0: two, one and none of four replicas, by chance but always as many.
#[test]
fn an_intensity_says_how_many_replicas_fail() {
    let folder = folder_with("failures.csv", "wait,lasts,part\n1,1,0.5\n1,1,0.25\n1,1,0\n");
    let text = recorded(600.0, ", intensity: part}, hits: replica}");
    let hits = hits(timeline_in(folder.path(), &text));
    assert_eq!(hits.len(), 300);
    let mut each = std::collections::BTreeMap::new();
    for pass in 0..100 {
        let at = |event: f64| 6.0 * f64::from(pass) + event;
        let struck = |from: f64| hits.iter().filter(|hit| hit.1 == from).map(|hit| hit.0.clone()).collect::<Vec<_>>();
        let (two, one) = (struck(at(1.0)), struck(at(3.0)));
        assert!(two.len() == 2 && two[0] != two[1] && one.len() == 1, "{two:?}, {one:?}");
        two.into_iter().chain(one).for_each(|thing| *each.entry(thing).or_insert(0) += 1);
    }
    // 75 each; one hundred choices of two and of one of four: a standard deviation of (100 (1/4 + 3/16))^(1/2) = 6.6.
    assert_eq!(each.len(), 4);
    assert!(each.values().all(|&count| f64::from(count - 75_i32).abs() < 3.3 * 6.6), "{each:?}");
}

/// The other failure has taken two replicas down, zone a with 0 and 2: the trace takes the two that are up, then, for three of
/// four, one of those that are down as well.
#[test]
fn what_is_up_fails_before_what_is_down_already() {
    let folder = folder_with("failures.csv", "wait,lasts,part\n5,1,0.5\n2,1,0.75\n");
    let text = recorded(10.0, ", intensity: part}, hits: replica}")
        + "  zone: {hits: zone, of: [a], schedule: {first: 2026-01-01T04:00}, repair: 5h}\n";
    let hits = hits(timeline_in(folder.path(), &text));
    let at = |from: f64| hits.iter().filter(|hit| hit.1 == from).map(|hit| hit.0.as_str()).collect::<Vec<_>>();
    let mut first = at(5.0);
    first.sort_unstable();
    assert_eq!(first, ["web 1", "web 3"]);
    let second = at(8.0);
    assert!(second.len() == 3 && second.contains(&"web 1") && second.contains(&"web 3"), "{second:?}");
}

/// What takes capacity is played back too, and a trace goes on through other failures.
#[test]
fn a_trace_goes_on_through_all_else() {
    let folder = folder_with("failures.csv", "wait,lasts\n2,1\n");
    for other in [
        "{hits: replica, schedule: {first: 2026-01-01T01:00}, repair: 3h}",
        "{hits: service, schedule: {first: 2026-01-01T01:00}, repair: 3h}",
        "{hits: zone, schedule: {first: 2026-01-01T01:00}, repair: 3h}",
    ] {
        let text = recorded(9.0, "}, hits: replica, effect: {capacity: 50%}}") + &format!("  else: {other}\n");
        assert_eq!(spans(timeline_in(folder.path(), &text)), [(2.0, 3.0), (5.0, 6.0), (8.0, 0.0)], "{other}");
    }
}

/// The failures that users reported of Netflix (`OpenDC`, failure traces): their intensity is at least 3/7 and so takes at
/// least two of four replicas, so that a service that needs three is down exactly while one is in force.
#[test]
fn a_recorded_year_and_a_half_is_down_as_long_as_recorded() {
    let Some(data) = shared("data") else { return };
    let name = "opendc_Netflix_user_reported.csv";
    let text = std::fs::read_to_string(data.join(name)).expect("the trace");
    let rows =
        text.lines().skip(1).map(|line| line.split(',').map(|field| field.parse().expect("a number")).collect::<Vec<f64>>());
    let (mut now, mut down, mut outages, mut ended, horizon) = (0.0, 0.0, 0.0, -1.0, 365.0 * 24.0 * HOUR);
    let mut replicas = 0.0;
    for row in rows {
        let begins = now + row[0] / 1000.0;
        now = begins + row[1] / 1000.0;
        if begins < horizon {
            down += now.min(horizon) - begins;
            replicas += (4.0 * row[2]).round() * (now.min(horizon) - begins);
            outages += f64::from(u8::from(begins > ended));
            ended = now;
        }
    }
    assert!(now > horizon, "a part of the trace fills the year");
    let scenario = format!(
        "
name: netflix
start: 2026-01-01
horizon: 365d
services: {{web: {{replicas: 4, needs: 3}}}}
failures:
  reported:
    hits: replica
    trace: {{file: {name}, interval: failure_interval, duration: failure_duration, intensity: failure_intensity}}
"
    );
    let run = run_in(&data, &scenario, 3);
    run.exactly("services", "web", "time_availability", 1.0 - down / horizon);
    run.exactly("services", "web", "outages_per_year", outages);
    run.exactly("services", "web", "replicas", 4.0 - replicas / horizon);
}

#[test]
fn what_does_not_go_with_a_trace_is_refused() {
    let refused = |more: &str| {
        let text = recorded(10.0, more);
        let loaded = ninefold::scenario::parse("case.yaml", &text, &ninefold::scenario::Patches::default());
        format!("{:?}", loaded.expect_err("it is refused"))
    };
    assert!(refused("}, hits: replica, repair: 1h}").contains("`repair` does not go with `trace`"));
    assert!(refused("}, hits: replica, detection: 5m}").contains("`detection` does not go with `trace`"));
    assert!(refused("}, hits: replica, after_repair: old}").contains("goes with a time to failure"));
    assert!(refused(", intensity: part}, hits: zone}").contains("`intensity` goes only with `hits: replica`"));
    assert!(!Path::new("failures.csv").exists(), "a trace is not read to check a scenario");
}
