//! What has to be there before a release: shown by the scenario, missing in it, or for a person to confirm.

use super::released::{Released, at_work};
use super::steps::Course;
use super::strategies::{Alternative, BLUE_GREEN, HAND, Risk};
use crate::analysis::capacity::{Line, standards};
use crate::model::Model;
use crate::report::Unit;
use crate::report::format::{decimal, duration, number};

/// What is known of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The scenario shows it.
    Shown,
    /// The scenario shows that it is not there.
    Missing,
    /// No scenario can show it.
    Person,
}

impl State {
    /// In a table, and in the summary.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Shown => "shown",
            Self::Missing => "missing",
            Self::Person => "to confirm",
        }
    }
}

/// One line of the checklist.
#[derive(Debug, Clone)]
pub struct Item {
    /// What it belongs to.
    pub area: &'static str,
    /// What is known.
    pub state: State,
    /// What was found, or what a person has to confirm.
    pub text: String,
}

fn item(area: &'static str, ok: bool, text: String) -> Item {
    Item { area, state: if ok { State::Shown } else { State::Missing }, text }
}

/// The checklist of a release that begins at `at`.
#[must_use]
pub fn checklist(
    released: &Released<'_>,
    (variant, course): (&Model, &Course),
    (chosen, risk, wanted): (&Alternative, Risk, f64),
    at: f64,
) -> Vec<Item> {
    let mut items = vec![objective(released), notice(released)];
    items.extend(latency(released));
    items.push(tests_of_steps(course, wanted));
    items.push(rollback(released));
    items.push(capacity(released, variant));
    items.push(hours(released, course, at));
    let mut confirm = |area, text: &str| items.push(Item { area, state: State::Person, text: text.to_owned() });
    confirm("tests", "all tests passed on the very build that is released, those of load and of the changed paths among them");
    confirm("security", "the change and what it depends on were reviewed, and no known hole is open");
    confirm("rollback tested", "going back was tried with this version, data and schema changes included");
    confirm("monitoring", "a dashboard shows the new version beside the old one, and the alarm reaches a person");
    confirm("docs", "the runbook says what to do when a step fails, and the change is in the notes");
    confirm("training", "whoever is on call knows the change and who can decide to go back");
    if chosen.name == BLUE_GREEN {
        confirm("capacity", "the second fleet has room where it starts: quota, addresses, connections of the databases");
    }
    if matches!(risk, Risk::High | Risk::Critical) {
        confirm("oversight", "a second person watches errors, response times and the business's own numbers during every step");
        confirm("customers", "those who must know of it do, and support is ready");
    }
    if risk == Risk::Critical || chosen.name == HAND {
        confirm("approval", "its owner agreed to begin, and agrees again after each step");
    }
    items
}

fn objective(released: &Released<'_>) -> Item {
    let counts = released
        .model
        .objectives
        .iter()
        .filter(|o| o.service as usize == released.service && o.counts != crate::model::Counts::Time);
    let strictest = counts.max_by(|a, b| a.target.total_cmp(&b.target));
    let text = strictest.map_or_else(
        || {
            "no objective counts requests of the service, so no alarm sees a bad release: write one with `counts: requests`"
                .to_owned()
        },
        |o| format!("“{}” counts requests: {} must be good", o.name, number(o.target, Unit::Availability)),
    );
    item("monitoring", strictest.is_some(), text)
}

fn notice(released: &Released<'_>) -> Item {
    let (after, who) = released.unnoticed();
    let text = format!("what no step finds is noticed by {who}, after {} on average", duration(after));
    let more = if who == "customers" {
        ": write `detection`, or a stricter objective whose budget a bad release burns faster"
    } else {
        ""
    };
    item("monitoring", who != "customers", text + more)
}

/// A release that makes answers slow is seen only where their time is promised.
fn latency(released: &Released<'_>) -> Option<Item> {
    if released.harm().is_some() {
        return None;
    }
    let promised = released.model.objectives.iter().any(|o| o.service as usize == released.service && o.latency.is_finite());
    let text = "a bad release is slower or has less capacity, which tests of errors see only by what fails";
    let more =
        if promised { "; a response time is promised" } else { ", and no objective promises a response time: write `latency`" };
    Some(item("monitoring", promised, format!("{text}{more}")))
}

fn tests_of_steps(course: &Course, wanted: f64) -> Item {
    let first = course.steps.iter().find_map(|step| step.power.map(|power| (step, power)));
    let end = course.steps.iter().rev().find(|step| step.lasts.is_some()).and_then(|step| step.found);
    match (first, end) {
        (Some((step, power)), Some(end)) => {
            let text = format!(
                "the first test ({}) finds a bad release with {}, all together with {}; {} was wanted of the first",
                step.what,
                number(power, Unit::Share),
                number(end, Unit::Share),
                number(wanted, Unit::Share)
            );
            item("checks at the steps", power >= wanted, text)
        }
        _ => item("checks at the steps", false, "no step has a test that is known to see a bad release".to_owned()),
    }
}

fn rollback(released: &Released<'_>) -> Item {
    let release = released.release();
    let text = format!(
        "going back takes {} on average and works at the first try with {}",
        duration(release.rollback.law.mean()),
        number(released.works(), Unit::Share)
    );
    let zero = release.rollback.is_zero();
    item(
        "rollback",
        !zero,
        if zero { "`rollback` is not written: the scenario goes back at once, which nothing does".to_owned() } else { text },
    )
}

/// Whether the replicas that are left at the emptiest step sustain the highest load.
fn capacity(released: &Released<'_>, variant: &Model) -> Item {
    let service = &variant.services[released.service];
    let stages = &variant.releases[released.place].stages;
    let away = stages.iter().map(|stage| stage.away).fold(0.0, f64::max);
    if stages.iter().any(|stage| stage.closed) {
        return item("capacity", false, "the service is down while it restarts".to_owned());
    }
    let whole = f64::from(service.active());
    let left = (whole * (1.0 - away) + 1e-9).floor();
    let standard = standards(released.model, released.drawn())[released.service];
    let Some(line) = Line::of(released.model, released.drawn(), released.service, standard) else {
        return item("capacity", true, "nothing limits what a replica serves".to_owned());
    };
    let sustained = line.sustained(left as u32, line.servers(0.0));
    let text = format!(
        "{} of {} replicas serve at the emptiest step and sustain {}; the peak is {}",
        decimal(left, 0),
        decimal(whole, 0),
        number(sustained, Unit::Rate),
        number(released.peak, Unit::Rate)
    );
    item("capacity", sustained >= released.peak, text)
}

fn hours(released: &Released<'_>, course: &Course, at: f64) -> Item {
    let Some(team) = released.team() else {
        return item("on-call", false, "the scenario has no team: nobody is there who could go back".to_owned());
    };
    let covered = at_work(team, at, at + course.lasts);
    let verb =
        if covered { "is at work for all of it" } else { "is not at work for all of it: begin earlier, or in shorter steps" };
    item("on-call", covered, format!("team {} {verb} ({} from its begin)", team.name, duration(course.lasts)))
}
