//! Teams with hours, preemption and other selections: histories worked out by hand, exact Markov chains, and what holds in
//! every history.

#![expect(clippy::expect_used, reason = "a test says by a panic what it expected")]

mod common;

use std::fmt::Write as _;

use common::{DAY, HOUR, Run, compiled, run, run_after};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

const MINUTE: f64 = 60.0;

/// Services that fail once each, at a local date and time, as `(name, when, words of the failure)`.
fn incidents(top: &str, team: &str, incidents: &[(&str, &str, &str)]) -> Run {
    let mut text = format!("name: incidents\n{top}\nteams: {{crew: {{{team}}}}}\nservices:\n");
    for (name, ..) in incidents {
        writeln!(text, "  {name}: {{}}").expect("a string takes text");
    }
    text += "failures:\n";
    for (name, when, words) in incidents {
        writeln!(text, "  of {name}: {{hits: replica, of: [{name}], schedule: {{first: {when}}}, team: crew, {words}}}")
            .expect("a string takes text");
    }
    run(&text, 1, 1)
}

fn down(run: &Run, service: &str, hours: f64) {
    run.exactly("services", service, "longest_outage", hours * HOUR);
}

/// 2026-01-05 is a Monday. One person, half an hour to acknowledge. `a` is taken up at 17:00 and worked on until 19:30; `b`
/// waits through that and through the night; `c` waits over the weekend; `d` comes at the closing and `e` at the opening.
#[test]
fn work_starts_within_hours_and_runs_to_its_end() {
    let run = incidents(
        "start: 2026-01-05\nhorizon: 2w",
        "people: 1, acknowledge: 30m, hours: mon-fri 09:00-18:00",
        &[
            ("a", "2026-01-05T17:00", "repair: 2h"),
            ("b", "2026-01-05T17:45", "repair: 1h"),
            ("c", "2026-01-09T20:00", "repair: 1h"),
            ("d", "2026-01-06T18:00", "repair: 1h"),
            ("e", "2026-01-08T09:00", "repair: 1h"),
        ],
    );
    for (service, hours) in [("a", 2.5), ("b", 16.75), ("c", 62.5), ("d", 16.5), ("e", 1.5)] {
        down(&run, service, hours);
    }
    run.exactly("services", "c", "mtta", 61.5 * HOUR);
    run.exactly("teams", "crew", "busy", 8.5 / 336.0);
    run.exactly("teams", "crew", "waiting", 91.25 / 336.0);
    run.exactly("teams", "crew", "wait", 91.25 / 5.0 * HOUR);
}

/// Saturday noon to Monday 09:00 is 44 hours in the night in which Berlin's clocks go forward, and 46 where they go back.
#[test]
fn hours_are_local_through_a_change_of_the_clocks() {
    for (start, saturday, hours) in [("2026-03-27", "2026-03-28T12:00", 44.0), ("2026-10-23", "2026-10-24T12:00", 46.0)] {
        let run = incidents(
            &format!("timezone: Europe/Berlin\nstart: {start}\nhorizon: 1w"),
            "people: 1, hours: mon-fri 09:00-18:00",
            &[("a", saturday, "repair: 1h")],
        );
        down(&run, "a", hours + 1.0);
    }
}

/// The start is a Wednesday noon, ten days after the begin of the warm-up. Each fails in the warm-up when nobody works, and
/// its repair reaches into the measured time: `a` on Monday at 20:00 (40 h before the start), taken up 27 h before it; `b`
/// on Saturday noon, taken up on Monday (51 h before); `c` on a Monday at the closing (210 h before), taken up on Tuesday
/// (195 h before). That is before the first week, which the weeks before repeat.
#[test]
fn a_warm_up_has_its_nights_and_weekends_too() {
    let text = "
name: warm-up
start: 2026-01-07T12:00
horizon: 10h
services: {a: {}, b: {}, c: {}}
teams: {crew: {people: 3, hours: mon-fri 09:00-18:00}}
failures:
  of a: {hits: replica, of: [a], time_to_failure: 200h, repair: 30h, team: crew}
  of b: {hits: replica, of: [b], time_to_failure: 144h, repair: 55h, team: crew}
  of c: {hits: replica, of: [c], time_to_failure: 30h, repair: 200h, team: crew}
";
    let run = run_after(text, 1, 1, 240.0 * HOUR);
    for (service, hours) in [("a", 3.0), ("b", 4.0), ("c", 5.0)] {
        down(&run, service, hours);
    }
    run.exactly("teams", "crew", "busy", 12.0 / 10.0);
    run.exactly("teams", "crew", "waiting", 0.0);
}

/// `low` is acknowledged from 01:00 to 01:15 and worked on until 02:00; `high` has the person from 02:00 to 03:15; then the
/// 2 h 15 min that were left of `low` follow, without another acknowledgement.
#[test]
fn a_preempted_repair_goes_on_where_it_was_left() {
    let run = incidents(
        "start: 2026-01-01\nhorizon: 12h",
        "people: 1, acknowledge: 15m, preempt: true",
        &[("low", "2026-01-01T01:00", "repair: 3h, priority: 4"), ("high", "2026-01-01T02:00", "repair: 1h, priority: 1")],
    );
    down(&run, "low", 4.5);
    down(&run, "high", 1.25);
    run.exactly("services", "low", "mtta", 15.0 * MINUTE);
    run.exactly("teams", "crew", "busy", 4.5 / 12.0);
    // Somebody came to both at once; the wait after the preemption counts as well.
    run.exactly("teams", "crew", "wait", 1.25 / 2.0 * HOUR);
    run.exactly("teams", "crew", "waiting", 1.25 / 12.0);
}

/// `high` comes ten minutes into the acknowledgement of `low`: its other five follow at 02:25.
#[test]
fn a_preempted_acknowledgement_goes_on_where_it_was_left() {
    let run = incidents(
        "start: 2026-01-01\nhorizon: 12h",
        "people: 1, acknowledge: 15m, preempt: true",
        &[("low", "2026-01-01T01:00", "repair: 3h, priority: 4"), ("high", "2026-01-01T01:10", "repair: 1h, priority: 1")],
    );
    down(&run, "low", 4.5);
    run.exactly("services", "low", "mtta", 1.5 * HOUR);
    down(&run, "high", 1.25);
}

/// Two people at `a` (from 01:00) and `b` (from 01:30), both of priority 4; `c` of the same priority waits from 01:45 and
/// takes nobody. `urgent` takes the one at `b` from 02:00 to 03:00. `b` then comes before `c`, which has `a`'s person from
/// 04:00 on. `middle` at 02:30 finds `urgent` and `a` at work and takes the one at `a`.
#[test]
fn the_lowest_priority_gives_and_of_equals_the_one_taken_up_last() {
    let crowd = [
        ("a", "2026-01-01T01:00", "repair: 3h, priority: 4"),
        ("b", "2026-01-01T01:30", "repair: 3h, priority: 4"),
        ("c", "2026-01-01T01:45", "repair: 3h, priority: 4"),
        ("urgent", "2026-01-01T02:00", "repair: 1h, priority: 1"),
    ];
    let team = "people: 2, preempt: true";
    let top = "start: 2026-01-01\nhorizon: 24h";
    let run = incidents(top, team, &crowd);
    for (service, hours) in [("a", 3.0), ("b", 4.0), ("c", 5.25), ("urgent", 1.0)] {
        down(&run, service, hours);
    }
    // With `middle` (02:30 to 03:30): at 03:00 the one first in line is `a`, which was preempted last; at 03:30 `b` follows.
    let run = incidents(top, team, &[&crowd[..], &[("middle", "2026-01-01T02:30", "repair: 1h, priority: 2")]].concat());
    for (service, hours) in [("a", 3.5), ("b", 4.5), ("c", 5.75), ("urgent", 1.0), ("middle", 1.0)] {
        down(&run, service, hours);
    }
}

/// Outside hours nobody is taken from anything. `low` is worked on from 17:30 for 20 h; `urgent` comes at 18:30 and takes
/// the person at 09:00, and `low` goes on from 10:00 with the 4.5 h that were left.
#[test]
fn preemption_keeps_the_hours() {
    let run = incidents(
        "start: 2026-01-05\nhorizon: 2d",
        "people: 1, preempt: true, hours: mon-fri 09:00-18:00",
        &[("low", "2026-01-05T17:30", "repair: 20h, priority: 4"), ("urgent", "2026-01-05T18:30", "repair: 1h, priority: 1")],
    );
    down(&run, "urgent", 15.5);
    down(&run, "low", 21.0);
}

/// Work that ends at the very instant at which something urgent comes is done, wherever it stands in the file.
#[test]
fn nothing_is_preempted_at_its_end() {
    let (low, high) =
        (("low", "2026-01-01T01:00", "repair: 1h, priority: 4"), ("high", "2026-01-01T02:00", "repair: 1h, priority: 1"));
    for order in [[low, high], [high, low]] {
        let run = incidents("start: 2026-01-01\nhorizon: 12h", "people: 1, preempt: true", &order);
        down(&run, "low", 1.0);
        down(&run, "high", 1.0);
        run.exactly("teams", "crew", "wait", 0.0);
    }
}

/// The same crowd by arrival and by priority. First comes one that takes until 04:00.
#[test]
fn first_come_first_served_knows_no_priority() {
    let crowd = [
        ("blocker", "2026-01-01T01:00", "repair: 3h"),
        ("low", "2026-01-01T02:00", "repair: 1h, priority: 5"),
        ("middle", "2026-01-01T02:30", "repair: 1h, priority: 3"),
        ("urgent", "2026-01-01T03:30", "repair: 1h, priority: 1"),
    ];
    for (selection, hours) in [("fifo", [3.0, 3.0, 3.5, 3.5]), ("priority", [3.0, 5.0, 3.5, 1.5])] {
        let run = incidents("start: 2026-01-01\nhorizon: 24h", &format!("people: 1, selection: {selection}"), &crowd);
        for ((service, ..), hours) in crowd.iter().zip(hours) {
            down(&run, service, hours);
        }
    }
}

/// What is known of two kinds of machines and their repairers in steady state, times in hours.
struct Shop {
    team: &'static str,
    /// Words of the two failures.
    words: [&'static str; 2],
    /// Mean number of machines that are down, of each kind.
    down: [f64; 2],
    busy: f64,
    waiting: f64,
    wait: f64,
}

const EXPONENTIAL: [&str; 2] = ["repair: {exponential: {mean: 3h}}", "repair: {exponential: {mean: 6h}}"];

/// Three machines `a` that run 20 h on average and take 3 h of a repairer, two machines `b` with 30 h and 6 h.
///
/// The figures solve the Markov chains exactly (numpy, dense): a state is how many of each kind wait and how many are at
/// work; with probabilities of who is next in proportion to those waiting (random), each kind at work's rate of its own
/// (race: a kind that waits is taken up with rate 1/mean while anybody is free).
fn shop(exact: &Shop) {
    let text = format!(
        "
name: shop
start: 2026-01-01
horizon: 20000h
services: {{a: {{replicas: 3}}, b: {{replicas: 2}}}}
teams: {{crew: {{{}}}}}
failures:
  of a: {{hits: replica, of: [a], mttf: 20h, team: crew, {}}}
  of b: {{hits: replica, of: [b], mttf: 30h, team: crew, {}}}
",
        exact.team, exact.words[0], exact.words[1]
    );
    let run = run_after(&text, 400, 1, 500.0 * HOUR);
    for ((service, machines), exact) in [("a", 3.0), ("b", 2.0)].into_iter().zip(exact.down) {
        run.service(service, "replicas").from(machines).agrees(exact, 0.01);
    }
    run.estimate("teams", "crew", "busy").agrees(exact.busy, 0.01);
    run.estimate("teams", "crew", "waiting").agrees(exact.waiting, 0.01);
    run.estimate("teams", "crew", "wait").times(1.0 / HOUR).agrees(exact.wait, 0.01);
}

/// By priority without preemption 0.690 and 0.505 would be down, and 0.758 and 0.463 if each kind were as likely.
#[test]
fn random_selection_takes_each_incident_with_the_same_probability() {
    shop(&Shop {
        team: "people: 1, selection: random",
        words: EXPONENTIAL,
        down: [0.751_332_360_175_658, 0.467_262_381_838_322],
        busy: 0.643_847_669_605_986,
        waiting: 0.574_747_072_407_994,
        wait: 3.514_743_018_013_74,
    });
}

/// At 03:00 four incidents wait, at 04:00 three of them and `late`, each as likely as any other. So a `crowd` is taken up at
/// 03:00 with probability 1/4, else at 04:00, 05:00, 06:00 or 07:00 (on average at 04:52:30), and `late` at one of these four
/// (on average at 05:30).
#[test]
fn random_selection_is_blind_to_the_order_of_arrival() {
    let text = "
name: crowd
start: 2026-01-01
horizon: 12h
services: {blocker: {}, first: {}, second: {}, third: {}, fourth: {}, late: {}}
teams: {crew: {people: 1, selection: random}}
failures:
  long: {hits: replica, of: [blocker], schedule: {first: 2026-01-01T01:00}, repair: 2h, team: crew}
  a: {hits: replica, of: [first], schedule: {first: 2026-01-01T02:00}, repair: 1h, team: crew}
  b: {hits: replica, of: [second], schedule: {first: 2026-01-01T02:10}, repair: 1h, team: crew}
  c: {hits: replica, of: [third], schedule: {first: 2026-01-01T02:20}, repair: 1h, team: crew}
  d: {hits: replica, of: [fourth], schedule: {first: 2026-01-01T02:30}, repair: 1h, team: crew}
  e: {hits: replica, of: [late], schedule: {first: 2026-01-01T03:30}, repair: 1h, team: crew}
";
    let run = run(text, 20_000, 1);
    let crowd = [("first", 120.0), ("second", 130.0), ("third", 140.0), ("fourth", 150.0)];
    for (service, fails, taken_up) in crowd.map(|(s, m)| (s, m, 292.5)).into_iter().chain([("late", 210.0, 330.0)]) {
        run.service(service, "mttr").times(1.0 / MINUTE).agrees(taken_up - fails + 60.0, 0.01);
    }
}

#[test]
fn a_race_takes_up_the_kind_that_is_looked_at_first() {
    shop(&Shop {
        team: "people: 1, selection: {race: 1h}",
        words: EXPONENTIAL,
        down: [0.928_962_366_010_004, 0.527_864_763_843_548],
        busy: 0.605_082_692_329_79,
        waiting: 0.851_744_437_523_762,
        wait: 5.580_706_208_603_8,
    });
}

#[test]
fn a_race_of_two_people_has_one_look_at_each_kind_at_a_time() {
    shop(&Shop {
        team: "people: 2, selection: {race: 1h}",
        words: EXPONENTIAL,
        down: [0.549_762_039_248_158, 0.392_599_416_614_536],
        busy: 0.689_015_810_789_869,
        waiting: 0.253_345_645_072_825,
        wait: 1.438_712_512_720_35,
    });
}

/// The repair of `b` has two exponential stages, and a preempted one keeps those it has passed: the state is how many of each
/// are down and the stage of the first `b`. With repairs that begin anew 0.715 of `b` would be down, and without
/// preemption more of `a`.
#[test]
fn preemption_resumes() {
    shop(&Shop {
        team: "people: 1, preempt: true",
        words: ["repair: {exponential: {mean: 3h}}, priority: 1", "repair: {erlang: {k: 2, mean: 6h}}, priority: 2"],
        down: [0.486_372_839_121_632, 0.616_999_916_709_56],
        busy: 0.653_644_090_789_843,
        waiting: 0.449_728_665_041_35,
        wait: 2.618_029_470_100_06,
    });
}

/// A team's own stream decides: what else fails, and when, is the same under any selection for as long as nobody waits.
#[test]
fn selection_draws_from_a_stream_of_the_team() {
    let text = |selection: &str| {
        format!(
            "
name: streams
start: 2026-01-01
horizon: 1000h
services: {{a: {{replicas: 3}}, other: {{}}}}
teams: {{crew: {{people: 1, selection: {selection}}}}}
failures:
  of a: {{hits: replica, of: [a], mttf: 20h, repair: {{exponential: {{mean: 3h}}}}, team: crew}}
  other: {{hits: service, of: [other], mttf: 50h, repair: 1h}}
"
        )
    };
    let random = run(&text("random"), 100, 1);
    let fifo = run(&text("fifo"), 100, 1);
    assert_eq!(random.value("services", "other", "downtime_per_year"), fifo.value("services", "other", "downtime_per_year"));
    assert_ne!(random.value("services", "a", "downtime_per_year"), fifo.value("services", "a", "downtime_per_year"));
    let again = run(&text("random"), 100, 1);
    assert_eq!(random.results(), again.results());
}

/// A random team, and what it has to do: constant times of acknowledgement and repair, so that work can be told from waiting.
#[derive(Debug, Clone)]
struct Story {
    people: u32,
    hours: bool,
    preempt: bool,
    selection: &'static str,
    acknowledge: u32,
    /// (replicas, mean hours to failure, minutes of detection, hours of repair, priority).
    modes: Vec<(u32, u32, u32, u32, u32)>,
    warmup: u32,
    seed: u64,
}

fn stories() -> impl Strategy<Value = Story> {
    let modes = prop::collection::vec((1..5_u32, 5..60_u32, 0..40_u32, 1..12_u32, 1..6_u32), 1..4);
    let selection = prop::sample::select(vec!["priority", "fifo", "random", "{race: 20m}"]);
    (1..4_u32, any::<bool>(), any::<bool>(), selection, 0..50_u32, modes, 0..300_u32, 0..1000_u64).prop_map(
        |(people, hours, preempt, selection, acknowledge, modes, warmup, seed)| Story {
            people,
            hours,
            preempt: preempt && selection == "priority",
            selection,
            acknowledge,
            modes,
            warmup,
            seed,
        },
    )
}

impl Story {
    fn text(&self) -> String {
        let hours = if self.hours { "mon-fri 09:00-18:00" } else { "always" };
        let mut text = format!(
            "name: story\nstart: 2026-01-05\nhorizon: {HORIZON}h\nteams: {{crew: {{people: {}, acknowledge: {}m, hours: {hours}, preempt: {}, selection: {}}}}}\nservices:\n",
            self.people, self.acknowledge, self.preempt, self.selection
        );
        for (m, mode) in self.modes.iter().enumerate() {
            writeln!(text, "  s{m}: {{replicas: {}}}", mode.0).expect("a string takes text");
        }
        text += "failures:\n";
        for (m, (_, mttf, detection, repair, priority)) in self.modes.iter().enumerate() {
            writeln!(text, "  f{m}: {{hits: replica, of: [s{m}], mttf: {mttf}h, detection: {detection}m, repair: {repair}h, team: crew, priority: {priority}}}").expect("a string takes text");
        }
        text
    }
}

const HORIZON: f64 = 600.0;

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    /// Every second of an incident between its detection and its end is spent in line or with a person, and both are counted.
    #[test]
    fn nothing_of_an_incident_is_lost(story in stories()) {
        let text = story.text();
        let warmup = f64::from(story.warmup) * HOUR;
        let run = run_after(&text, 1, story.seed, warmup);
        let model = compiled(&text, None);
        let incidents = ninefold::run::timeline(&model, story.seed, warmup, 0).incidents;
        let end = HORIZON * HOUR;
        let within = |from: f64, to: f64| (to.min(end) - from.max(0.0)).max(0.0);
        let team = |measure: &str| run.value("teams", "crew", measure).expect("the team is measured");
        let (busy, waiting) = (team("busy") * end, team("waiting") * end);
        let open = |time: Option<f64>| time.unwrap_or(f64::INFINITY);
        let known: f64 = incidents.iter().map(|i| within(open(i.detected), open(i.repaired))).sum();
        prop_assert!((busy + waiting - known).abs() < 1e-3, "{busy} + {waiting} against {known}\n{text}");
        prop_assert!(busy <= f64::from(story.people) * end + 1e-3);

        let acknowledge = f64::from(story.acknowledge) * MINUTE;
        let work = |i: &ninefold::run::runs::Incident| acknowledge + f64::from(story.modes[i.failure as usize].3) * HOUR;
        for incident in &incidents {
            // Nothing is repaired in less time than it takes.
            if let (Some(detected), Some(repaired)) = (incident.detected, incident.repaired) {
                prop_assert!(repaired - detected >= work(incident) - 1e-3);
            }
            // Work that began did so within hours.
            if let (true, false, Some(acknowledged)) = (story.hours, story.preempt, incident.acknowledged) {
                let hour = (acknowledged - acknowledge + 1e-3).rem_euclid(7.0 * DAY) / HOUR;
                prop_assert!(hour < 120.0 && (9.0..18.0).contains(&(hour % 24.0)), "work began at hour {hour} of the week\n{text}");
            }
        }
        if story.preempt {
            return Ok(());
        }
        // Without preemption work is one stretch: from its begin to the repair.
        let stretches: Vec<(f64, f64)> =
            incidents.iter().filter_map(|i| Some((i.acknowledged? - acknowledge, open(i.repaired)))).collect();
        let at_work = |t: f64| stretches.iter().filter(|s| s.0 <= t && t < s.1).count();
        let queue = |t: f64| {
            let waits = |i: &&ninefold::run::runs::Incident| open(i.detected) <= t && open(i.acknowledged) - acknowledge > t;
            incidents.iter().filter(waits).count()
        };
        for (begin, _) in &stretches {
            prop_assert!(at_work(begin + 0.5) <= story.people as usize, "too many at work at {begin}\n{text}");
        }
        for incident in &incidents {
            let Some(repaired) = incident.repaired else { continue };
            let t = repaired + 0.5;
            // An acknowledgement that reaches over the end is not told, and may be under way.
            if t + acknowledge < end && t > 0.0 && !story.hours && story.selection.starts_with(char::is_alphabetic) && queue(t) > 0 {
                prop_assert_eq!(at_work(t), story.people as usize, "somebody idles at {}\n{}", t, text);
            }
        }
    }
}

#[test]
fn a_look_takes_time() {
    let text = "name: t\nstart: 2026-01-01\nhorizon: 1d\nservices: {a: {}}\nteams: {crew: {people: 1, selection: {race: 0s}}}\n";
    let loaded = ninefold::scenario::parse("t", text, &ninefold::scenario::Patches::default()).ok();
    let mistakes = loaded.and_then(|loaded| ninefold::model::compile(&loaded).err()).unwrap_or_default();
    let places: Vec<&str> = mistakes.iter().map(|mistake| mistake.path.as_str()).collect();
    assert_eq!(places, ["teams.crew.selection"]);
}
