//! Preemption of incidents that hold several people, and what becomes of their runbooks: histories worked out by hand, and what
//! holds in every history.

mod common;

use common::{HOUR, Run, compiled, run};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

const MINUTE: f64 = 60.0;

const RUNBOOKS: &str = "pair: [{step: work, takes: 2h, people: 2}], \
                        all three: [{step: work, takes: 2h, people: 3}], \
                        two steps: [{step: first, takes: 1h}, {step: second, takes: 1h}], \
                        more and more: [{step: look, takes: 30m}, {step: rebuild, takes: 1h, people: 2}], \
                        by itself: [{step: triage, takes: 30m}, {step: rebuild, takes: 2h, by: automation}, {step: check, takes: 30m}]";

/// Services that fail once each on 2026-01-05, a Monday, as `(name, when, words of the failure)`, and one team.
fn story(team: &str, runbooks: &str, incidents: &[(&str, &str, &str)]) -> String {
    let mut text = format!(
        "name: story\nstart: 2026-01-05\nhorizon: 10d\nteams: {{crew: {{{team}}}}}\nrunbooks: {{{runbooks}}}\nservices:\n"
    );
    for (name, ..) in incidents {
        text += &format!("  {name}: {{}}\n");
    }
    text += "failures:\n";
    for (name, when, words) in incidents {
        text += &format!(
            "  of {name}: {{hits: replica, of: [{name}], schedule: {{first: 2026-01-05T{when}}}, team: crew, {words}}}\n"
        );
    }
    text
}

fn history(team: &str, incidents: &[(&str, &str, &str)]) -> Run {
    run(&story(team, RUNBOOKS, incidents), 1, 1)
}

fn down(run: &Run, service: &str, minutes: f64) {
    run.exactly("services", service, "longest_outage", minutes * MINUTE);
}

const PAIR: &str = "repair: {runbook: pair}, priority: 4";
const LOW: &str = "repair: 3h, priority: 4";
const URGENT: &str = "repair: 1h, priority: 1";

/// One of the three is free, and goes.
#[test]
fn nobody_is_called_away_while_somebody_is_free() {
    let run = history("people: 3, preempt: true", &[("low", "01:00", PAIR), ("urgent", "01:30", URGENT)]);
    down(&run, "low", 120.0);
    down(&run, "urgent", 60.0);
    run.exactly("teams", "crew", "wait", 0.0);
}

/// `low` gives both of its people at 01:30, though `urgent` needs one until 02:30; its 90 minutes that were left need both again.
#[test]
fn an_incident_gives_all_of_its_people_and_goes_on_with_all() {
    let run = history("people: 2, preempt: true", &[("low", "01:00", PAIR), ("urgent", "01:30", URGENT)]);
    down(&run, "low", 180.0);
    down(&run, "urgent", 60.0);
    run.exactly("services", "low", "mtta", 0.0);
    run.exactly("teams", "crew", "busy", (2.0 * 0.5 + 1.0 + 2.0 * 1.5) / 240.0);
    run.exactly("teams", "crew", "waiting", 1.0 / 240.0);
}

/// The second person, whom `urgent` does not need, does `middle` from 01:40 to 02:40. `low` needs both and goes on until 04:10; it
/// holds up `other` of its priority, which came later and would need one only, until 07:10.
#[test]
fn whom_the_urgent_does_not_need_is_free_for_the_next() {
    let incidents = [
        ("low", "01:00", PAIR),
        ("other", "01:10", LOW),
        ("urgent", "01:30", URGENT),
        ("middle", "01:40", "repair: 1h, priority: 2"),
    ];
    let run = history("people: 2, preempt: true", &incidents);
    down(&run, "urgent", 60.0);
    down(&run, "middle", 60.0);
    down(&run, "low", 190.0);
    down(&run, "other", 360.0);
}

/// `urgent` needs two of two: both singles give way at 02:00, and go on at 04:00 with the two hours that each had left.
#[test]
fn as_many_give_way_as_are_needed() {
    let incidents = [("a", "01:00", LOW), ("b", "01:00", LOW), ("urgent", "02:00", "repair: {runbook: pair}, priority: 1")];
    let run = history("people: 2, preempt: true", &incidents);
    down(&run, "urgent", 120.0);
    down(&run, "a", 300.0);
    down(&run, "b", 300.0);
}

/// `urgent` needs all three, and `firm` keeps its person until 04:00: to stop the others before would help nobody. At 04:00 they have
/// an hour left each, and do it from 06:00.
#[test]
fn nobody_is_called_away_to_stand_about() {
    let four = "repair: 4h, priority: 4";
    let incidents = [
        ("firm", "01:00", "repair: 3h, priority: 1"),
        ("a", "01:00", four),
        ("b", "01:00", four),
        ("urgent", "01:30", "repair: {runbook: all three}, priority: 2"),
    ];
    let run = history("people: 3, preempt: true", &incidents);
    down(&run, "firm", 180.0);
    down(&run, "urgent", 270.0);
    down(&run, "a", 360.0);
    down(&run, "b", 360.0);
    run.exactly("teams", "crew", "busy", (3.0 + 4.0 + 4.0 + 6.0) / 240.0);
}

/// The look at `urgent` ends at 01:30, and its rebuild takes the person from `low`, which goes on at 02:30 with 2 h 40 min.
#[test]
fn a_step_that_needs_more_calls_away() {
    let incidents = [("urgent", "01:00", "repair: {runbook: more and more}, priority: 1"), ("low", "01:10", LOW)];
    let run = history("people: 2, preempt: true", &incidents);
    down(&run, "urgent", 90.0);
    down(&run, "low", 240.0);
}

/// `gathers` looks until 01:30 and waits with one person for another. At 01:40 that person helps `urgent`, and `low` is left alone;
/// at 04:00 both rebuild.
#[test]
fn whoever_waits_goes_before_anybody_is_called_away() {
    let incidents = [
        ("low", "01:00", LOW),
        ("gathers", "01:00", "repair: {runbook: more and more}, priority: 4"),
        ("urgent", "01:40", URGENT),
    ];
    let run = history("people: 2, preempt: true", &incidents);
    down(&run, "low", 180.0);
    down(&run, "urgent", 60.0);
    down(&run, "gathers", 240.0);
    // Of four takings-up only the one of the rebuild waited: from 01:30 to 04:00.
    run.exactly("teams", "crew", "waiting", 2.5 / 240.0);
}

/// What is urgent comes at the very instant at which a step ends, or the acknowledgement: that is not the end of the work, and it need
/// not wait for it; wherever it stands in the file.
#[test]
fn a_step_that_ends_does_not_keep_its_person() {
    let low = ("low", "01:00", "repair: {runbook: two steps}, priority: 4");
    for (team, comes, wait) in [("people: 1", "02:00", 0.0), ("people: 1, acknowledge: 30m", "01:30", 30.0)] {
        let urgent = ("urgent", comes, URGENT);
        for order in [[low, urgent], [urgent, low]] {
            let run = history(&format!("{team}, preempt: true"), &order);
            down(&run, "urgent", 60.0 + wait);
            down(&run, "low", 180.0 + 2.0 * wait);
        }
    }
}

/// `low` is rebuilt by a program from 01:30 to 03:30, whatever its person does meanwhile. Called away from 02:00 to 03:00 the person
/// is back in time; called away until 05:00, the check follows then.
#[test]
fn a_program_goes_on_without_its_person() {
    let low = ("low", "01:00", "repair: {runbook: by itself}, priority: 4");
    for (urgent, minutes) in [(URGENT, 180.0), ("repair: 3h, priority: 1", 270.0)] {
        let run = history("people: 1, preempt: true", &[low, ("urgent", "02:00", urgent)]);
        down(&run, "low", minutes);
        run.exactly("services", "low", "mtta", 0.0);
    }
    // Its person was there for half an hour, half an hour, and half an hour.
    let run = history("people: 1, preempt: true", &[low, ("urgent", "02:00", URGENT)]);
    run.exactly("teams", "crew", "busy", (0.5 + 0.5 + 1.0 + 0.5) / 240.0);
    // Whoever is taken from a program leaves a place, too.
    let run = history("people: 3, parallel: 1, preempt: true", &[low, ("urgent", "02:00", "repair: 3h, priority: 1")]);
    down(&run, "urgent", 180.0);
    down(&run, "low", 270.0);
}

/// At a limit of one incident it is the place that is taken: from 01:30 to 02:30, though two people are free.
#[test]
fn at_its_limit_a_team_gives_the_place() {
    let run = history("people: 3, parallel: 1, preempt: true", &[("low", "01:00", PAIR), ("urgent", "01:30", URGENT)]);
    down(&run, "urgent", 60.0);
    down(&run, "low", 180.0);
}

/// A step of a random story: minutes, people (0: a program).
type Work = (u32, u32);

#[derive(Debug, Clone)]
struct Crowd {
    people: u32,
    parallel: Option<u32>,
    preempt: bool,
    acknowledge: u32,
    /// When each comes (minutes), its priority, and its steps.
    incidents: Vec<(u32, u32, Vec<Work>)>,
}

fn crowds() -> impl Strategy<Value = Crowd> {
    let steps = prop::collection::vec((1..13_u32, 0..4_u32), 1..5);
    let incidents = prop::collection::vec((0..60_u32, 1..6_u32, steps), 1..8);
    (3..5_u32, prop::option::of(1..4_u32), any::<bool>(), 0..3_u32, incidents).prop_map(
        |(people, parallel, preempt, acknowledge, incidents)| Crowd {
            people,
            parallel,
            preempt,
            acknowledge: 10 * acknowledge,
            // On a grid, so that ends, steps and arrivals often come at the same instant.
            incidents: incidents
                .into_iter()
                .map(|(at, priority, steps)| (10 * at, priority, steps.into_iter().map(|(t, n)| (10 * t, n)).collect()))
                .collect(),
        },
    )
}

impl Crowd {
    fn text(&self) -> String {
        let parallel = self.parallel.map_or(String::new(), |most| format!(", parallel: {most}"));
        let team = format!("people: {}, preempt: {}, acknowledge: {}m{parallel}", self.people, self.preempt, self.acknowledge);
        let step = |(s, (takes, people)): (usize, &Work)| {
            let who = if *people == 0 { "by: automation".into() } else { format!("people: {people}") };
            format!("{{step: s{s}, takes: {takes}m, {who}}}")
        };
        let runbook = |(i, incident): (usize, &(u32, u32, Vec<Work>))| {
            format!("r{i}: [{}]", incident.2.iter().enumerate().map(step).collect::<Vec<_>>().join(", "))
        };
        let runbooks: Vec<String> = self.incidents.iter().enumerate().map(runbook).collect();
        let of = |(i, (at, priority, _)): (usize, &(u32, u32, Vec<Work>))| {
            (
                format!("i{i}"),
                format!("{:02}:{:02}", at / 60, at % 60),
                format!("repair: {{runbook: r{i}}}, priority: {priority}"),
            )
        };
        let incidents: Vec<(String, String, String)> = self.incidents.iter().enumerate().map(of).collect();
        let incidents: Vec<_> = incidents.iter().map(|(a, b, c)| (a.as_str(), b.as_str(), c.as_str())).collect();
        story(&team, &runbooks.join(", "), &incidents)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    /// As long as something waits, something is at work: so all is done once all work has been done one after the other. And no work
    /// is done by fewer people than it needs, or in less time.
    #[test]
    fn every_incident_ends(crowd in crowds()) {
        let text = crowd.text();
        let minutes = |steps: &[Work]| f64::from(steps.iter().map(|step| step.0).sum::<u32>());
        let by_people = |steps: &[Work]| steps.iter().any(|step| step.1 > 0);
        let acknowledge = f64::from(crowd.acknowledge);
        let found = ninefold::run::timeline(&compiled(&text, None), 1, 0.0, 0).incidents;
        prop_assert_eq!(found.len(), crowd.incidents.len());
        let last = f64::from(crowd.incidents.iter().map(|incident| incident.0).max().unwrap_or(0));
        let all: f64 = crowd.incidents.iter().map(|(_, _, steps)| minutes(steps) + acknowledge).sum();
        for incident in &found {
            let steps = &crowd.incidents[incident.failure as usize].2;
            let Some(repaired) = incident.repaired else { return Err(TestCaseError::fail(format!("never repaired\n{text}"))) };
            let least = minutes(steps) + if by_people(steps) { acknowledge } else { 0.0 };
            prop_assert!(repaired - incident.began >= least * MINUTE - 1e-6, "too soon\n{}", text);
            prop_assert!(repaired <= (last + all) * MINUTE + 1e-6, "everybody idled\n{}", text);
        }
        let run = run(&text, 1, 1);
        let busy = run.value("teams", "crew", "busy").unwrap_or(f64::NAN) * 240.0 * HOUR / MINUTE;
        let work = |(_, _, steps): &(u32, u32, Vec<Work>)| {
            f64::from(steps.iter().map(|step| step.0 * step.1).sum::<u32>()) + if by_people(steps) { acknowledge } else { 0.0 }
        };
        let work: f64 = crowd.incidents.iter().map(work).sum();
        prop_assert!(busy >= work - 1e-6, "{busy} minutes for work of {work}\n{text}");
        prop_assert!(busy <= (last + all) * f64::from(crowd.people));
    }
}
