//! The sentences of a report on agreements.

use super::summary::{FirstBreach, Promise, Sla, Stretch};
use super::{Input, Period, Question, Watch, estimates, origins};
use crate::analysis::forecast::input::objective;
use crate::analysis::forecast::words::promise;
use crate::model::Windows;
use crate::report::chart::after;
use crate::report::format::{decimal, estimate, number, value};
use crate::report::{Status, Unit, Verdict};

/// Heads the first section.
pub const WHOLE: &str = "Over the horizon";
/// Before the table of periods.
pub const PERIODS: &str = "The mean with its 95 % interval, and what one replication of twenty falls below. Periods that the start or the horizon \
                           cuts are told and not judged.";
/// Before the table of credits.
pub const CREDITS: &str = "By the windows that were agreed, complete ones only. Of several tiers the largest credit is due.";
/// Before the table of ceilings.
pub const BOUNDS: &str = "What a service can keep at most if it never failed itself: all that it needs is down as much as was promised of it, at \
                          times of its own. Beside it what the weakest callee leaves, as simulated.";
/// Where there is no objective.
pub const NOTHING: &str = "Nothing is promised, so nothing can be kept or broken: give `objectives`.";
/// Sentences of one kind.
const SENTENCES: usize = 8;
/// Promises of which a sentence says what drives them.
const DRIVEN: usize = 3;
/// Less than this part of what is lost is none to speak of.
const FEW: f64 = 1e-4;

/// What was looked at.
pub fn subtitle(input: &Input<'_>) -> String {
    let model = input.model;
    let about = model.about.as_ref().map_or(String::new(), |about| format!("{} ", about.trim()));
    // Hours begin and end on one day.
    let form = if model.horizon < 3.0 * 86_400.0 { "%-d %b %Y %H:%M" } else { "%-d %b %Y" };
    let (from, until) = (model.start.strftime(form), after(&model.start, model.horizon).strftime(form));
    let growth = input.growth.map_or(String::new(), |growth| format!(", traffic growing {growth}"));
    format!("{about}{from} to {until}, {} replications{growth}.", decimal(input.runs.replications as f64, 0))
}

/// Before the first table.
pub fn whole(input: &Input<'_>) -> &'static str {
    match input.question {
        Question::Compliance { .. } => {
            "Every service at the threshold: its requests where traffic reaches it, else its time up. Kept always: no complete period falls below."
        }
        _ => "Judged by the months or quarters that were agreed; a promise over rolling days by the periods that are told.",
    }
}

/// Before the table of causes.
pub fn drivers(input: &Input<'_>) -> String {
    let modes = input.model.modes.len();
    let left_out = if modes > super::drivers::MOST {
        format!(" Of {modes} failure modes the {} that last longest in all were left out.", super::drivers::MOST)
    } else {
        String::new()
    };
    format!(
        "The scenario simulated again with the same luck, and one cause that does no harm. What is lost without every failure is lost to load.{left_out}"
    )
}

/// The answers, the most important first.
pub fn verdicts(input: &Input<'_>, summary: &Sla) -> Vec<Verdict> {
    let mut list = Vec::new();
    if summary.interrupted {
        list.push(Verdict::new(Status::Warn, "Interrupted: the results rest on what was done."));
    }
    if summary.objectives.is_empty() {
        list.push(Verdict::new(Status::Info, NOTHING));
    }
    list.extend(first_of(impossible(summary), "What is possible"));
    let promises: Vec<Verdict> = input
        .by_risk()
        .iter()
        .filter_map(|watch| Some(one(input, *watch, summary.objectives.get(&input.model.objectives[watch.promise].name)?)))
        .collect();
    list.extend(first_of(promises, WHOLE));
    let named = |watch: &Watch| summary.objectives.get_key_value(&input.model.objectives[watch.promise].name);
    list.extend(input.by_risk().iter().filter_map(named).filter_map(|(name, promise)| driver(name, promise)).take(DRIVEN));
    list.extend(summary.backtest.as_ref().and_then(origins::trusted));
    list
}

/// Not more than are read; the rest is found in a section.
fn first_of(mut verdicts: Vec<Verdict>, section: &str) -> Vec<Verdict> {
    if verdicts.len() > SENTENCES {
        let rest = verdicts.split_off(SENTENCES - 1);
        let worst = rest.iter().map(|verdict| verdict.status).max().unwrap_or(Status::Info);
        verdicts.push(Verdict::new(worst, format!("{} more: see {section}.", rest.len())));
    }
    verdicts
}

fn one(input: &Input<'_>, watch: Watch, found: &Promise) -> Verdict {
    let agreed = &input.model.objectives[watch.promise];
    let attained = value(&found.attainment, Unit::Availability);
    let noun = found.judged_by;
    let said = match input.question {
        Question::Compliance { .. } => format!("{}: {}", agreed.name, number(found.target, Unit::Availability)),
        _ => format!("{}: {}", agreed.name, promise(&objective(agreed), &found.service)),
    };
    let Some(status) = estimates::state(&found.breach_probability) else {
        let text = format!("{said} – cannot be judged: no whole {noun} lies within the horizon; attained so far {attained}.");
        return Verdict::new(Status::Info, text);
    };
    let rolling = if Period::of(&agreed.windows).is_none() { format!(", judged by {noun}") } else { String::new() };
    let windows = estimates::judged(input, watch);
    let when = match &found.first_likely_breach {
        Some(first) => likely(first, noun),
        None => at_most(&windows, noun),
    };
    let by = found.likely_broken_by.as_ref().filter(|by| found.first_likely_breach.as_ref().is_none_or(|f| f.period != **by));
    let by = by.map_or(String::new(), |by| format!(", by the end of {by} one more likely than not"));
    let credits = found.credits.as_ref().map(|credits| &credits.expected).filter(|c| c.value.is_some_and(|v| v > 0.0));
    let credits = credits.map_or(String::new(), |credits| {
        format!("; expected credits {} {}", estimate(credits, Unit::Money), input.model.currency)
    });
    let risk = estimate(&found.breach_probability, Unit::Share);
    let never = found.breach_probability.value == Some(0.0);
    let some = if never || windows.iter().filter(|window| window.complete).count() == 1 {
        // Then it says no more than the chance of that one window.
        String::new()
    } else {
        format!("; some {noun} is broken in {risk} of replications{by}")
    };
    Verdict::new(status, format!("{said}{rolling} – {when}{some}; attained {attained}{credits}."))
}

/// The first window that is more likely broken than kept, and between which it lies by the intervals.
fn likely(first: &FirstBreach, noun: &str) -> String {
    let between = match &first.at_the_latest {
        Some(latest) if *latest == first.at_the_earliest => String::new(),
        Some(latest) => format!("; by the intervals {} to {latest}", first.at_the_earliest),
        None if first.at_the_earliest == first.period => "; its interval reaches below one half".to_owned(),
        None => format!("; by the intervals {} at the earliest", first.at_the_earliest),
    };
    format!(
        "{} is the first {noun} more likely broken than kept ({}{between})",
        first.period,
        value(&first.probability, Unit::Share)
    )
}

/// The window at the greatest risk, where none is more likely broken than kept.
fn at_most(windows: &[Stretch], noun: &str) -> String {
    let known = windows.iter().filter_map(|window| Some((window.breach_probability.value?, window)));
    match known.filter(|(chance, _)| *chance > 0.0).max_by(|a, b| a.0.total_cmp(&b.0)) {
        Some((_, worst)) => {
            let chance = value(&worst.breach_probability, Unit::Share);
            format!("no {noun} is more likely broken than kept, {} at the greatest risk ({chance})", worst.period)
        }
        None => format!("no {noun} was broken in any replication"),
    }
}

/// Promises above what is promised to a service.
fn impossible(summary: &Sla) -> Vec<Verdict> {
    let above = summary.ceilings.iter().filter(|(_, bound)| !bound.possible);
    let said = above.map(|(name, bound)| {
        let rests: Vec<String> = bound
            .rests_on
            .iter()
            .take(4)
            .map(|(on, promised)| format!("{on} {}", number(*promised, Unit::Availability)))
            .collect();
        let more = if bound.rests_on.len() > 4 { format!(" and {} more", bound.rests_on.len() - 4) } else { String::new() };
        let simulated = bound.simulated.filter(|left| left.low.or(left.value).is_some_and(|low| low >= bound.asked));
        let weakest = simulated.zip(bound.weakest.as_ref());
        let (status, but) = match weakest {
            Some((left, weakest)) => {
                let left = value(&left, Unit::Availability);
                (
                    Status::Warn,
                    format!(" The weakest that it calls, {weakest}, is simulated to leave {left}: better than promised."),
                )
            }
            None => (Status::Bad, String::new()),
        };
        let text = format!(
            "{name} cannot promise {}, even if it never failed itself: what it needs promises {} together ({}{more}).{but}",
            number(bound.asked, Unit::Availability),
            number(bound.promised, Unit::Availability),
            rests.join(", "),
        );
        Verdict::new(status, text)
    });
    said.collect()
}

/// What matters most to a promise that is not safe.
fn driver(name: &str, promise: &Promise) -> Option<Verdict> {
    let [_, failures @ .., load] = promise.drivers.as_slice() else { return None };
    if promise.state == Status::Good.word() {
        return None;
    }
    // Those that surely matter.
    let sure = failures.iter().filter(|without| without.spared.low.is_some_and(|low| low > 0.0));
    let less = sure.take(3).enumerate().map(|(i, without)| {
        let goes = if i == 0 { " goes away" } else { "" };
        format!(" {}{goes} without {}", estimate(&without.spared, Unit::Share), without.cause)
    });
    let less = less.collect::<Vec<_>>().join(",");
    let less = if less.is_empty() { less } else { less + ";" };
    let load = load.spared.complement();
    let takes = if load.value? < FEW { "none".to_owned() } else { estimate(&load.clipped(0.0, 1.0), Unit::Share) };
    Some(Verdict::new(Status::Info, format!("{name}: of what is lost{less} load alone takes {takes}.")))
}

/// What the answer rests on.
pub fn assumptions(input: &Input<'_>) -> Vec<String> {
    let mut list = vec!["Requests are rates, not single events: waiting and loss come from queueing formulas.".to_owned()];
    let rolls = input.watches.iter().any(|watch| matches!(input.model.objectives[watch.promise].windows, Windows::Rolling(_)));
    if rolls {
        list.push(format!(
            "A promise over rolling days is judged by {} here; `ninefold run` judges it at every instant.",
            input.period.noun()
        ));
    }
    if input.runs.per_draw > 1 {
        list.push(format!(
            "Uncertain numbers are drawn anew for every {} replications; intervals are over those draws.",
            input.runs.per_draw
        ));
    }
    list
}
