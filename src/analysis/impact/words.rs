//! The sentences of the impact of a failure.

use super::summary::{Impact, ObjectiveEffect, ServiceEffect};
use super::{Chosen, Input, tables};
use crate::model::{Model, Objective, Windows};
use crate::report::chart::after;
use crate::report::format::{decimal, duration, estimate, number, value};
use crate::report::{Status, Unit, Verdict};
use crate::stats::Estimate;

/// Services and objectives that get a sentence of their own.
const SENTENCES: usize = 5;
/// Services in one sentence.
const LISTED: usize = 6;
/// Below this share of runs a service goes down by bad luck only.
const SELDOM: f64 = 0.05;

/// What was made to fail, when, and how often.
pub fn subtitle(input: &Input<'_>, summary: &Impact) -> String {
    let at = after(&input.model.start, summary.failure.at_seconds).strftime("%-d %b %Y %H:%M");
    let why = match input.found.chosen {
        Chosen::Asked => "",
        Chosen::Busiest => ", when demand is highest",
        Chosen::Start => ", the start",
    };
    let pairs = decimal(summary.replications as f64, 0);
    format!("It happens on {at}{why}; {pairs} pairs of runs, with it and without, that meet the same luck otherwise.")
}

/// The answers, the most important first.
pub fn verdicts(input: &Input<'_>, summary: &Impact) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    if summary.interrupted {
        let text = format!("Interrupted after {} pairs of runs.", decimal(summary.replications as f64, 0));
        verdicts.push(Verdict::new(Status::Warn, text));
    }
    verdicts.extend(down(summary));
    verdicts.extend(degraded(summary));
    verdicts.extend(budgets(input, summary));
    verdicts.extend(requests(input, summary));
    verdicts.extend(last(summary));
    verdicts.extend(ranked(summary));
    verdicts
}

fn share_of(e: &Estimate) -> f64 {
    e.value.unwrap_or(0.0)
}

fn down(summary: &Impact) -> Vec<Verdict> {
    let mut rows: Vec<(&String, &ServiceEffect)> =
        tables::affected(summary).into_iter().filter(|(_, s)| share_of(&s.goes_down) > 0.0).collect();
    if rows.is_empty() {
        let most = summary.services.values().filter_map(|s| s.goes_down.high).fold(0.0, f64::max);
        let bound = if most > 0.0 { format!(" (at most in {})", number(most, Unit::Share)) } else { String::new() };
        let pairs = decimal(summary.replications as f64, 0);
        let text = format!("No service goes down because of it in {pairs} runs{bound}.");
        return vec![Verdict::new(Status::Good, text)];
    }
    let more = rows.split_off(rows.len().min(SENTENCES));
    let mut verdicts: Vec<Verdict> = rows.into_iter().map(|(name, service)| goes_down(name, service)).collect();
    if !more.is_empty() {
        let names = listed(more.iter().map(|(name, s)| format!("{name} in {}", value(&s.goes_down, Unit::Share))));
        verdicts.push(Verdict::new(Status::Info, format!("Going down more seldom: {names}.")));
    }
    verdicts
}

fn goes_down(name: &str, service: &ServiceEffect) -> Verdict {
    let share = share_of(&service.goes_down);
    let status = if share >= 0.5 {
        Status::Bad
    } else if share >= SELDOM {
        Status::Warn
    } else {
        Status::Info
    };
    let often =
        if share >= 1.0 { "every run".to_owned() } else { format!("{} of runs", estimate(&service.goes_down, Unit::Share)) };
    let after = |e: &Estimate| e.value.map(duration);
    let back = match (after(&service.restored.p50), after(&service.restored.p95)) {
        (Some(half), Some(most)) if half == most => format!("; back after {half}"),
        (Some(half), Some(most)) => format!("; half of them are back after {half}, 95 of 100 after {most}"),
        (Some(half), None) => format!("; half of them are back after {half}, some not by the horizon"),
        _ => "; too few are back by the horizon to tell when".to_owned(),
    };
    Verdict::new(status, format!("{name} goes down in {often}{back}."))
}

/// Services that stay up at least as a rule, and lose something.
fn degraded(summary: &Impact) -> Option<Verdict> {
    let mut rows: Vec<(&String, f64)> = summary
        .services
        .iter()
        .filter(|(_, s)| share_of(&s.goes_down) < 0.5 && share_of(&s.capacity_lost) > 0.005)
        .map(|(name, s)| (name, share_of(&s.capacity_lost)))
        .collect();
    rows.sort_by(|a, b| b.1.total_cmp(&a.1));
    let names = rows.iter().map(|(name, gone)| format!("{name} {} of its capacity", number(*gone, Unit::Share)));
    (!rows.is_empty()).then(|| Verdict::new(Status::Info, format!("Weaker while it lasts: {} gone at once.", listed(names))))
}

fn requests(input: &Input<'_>, summary: &Impact) -> Option<Verdict> {
    let entries = input.model.demand.sources.iter().map(|source| source.to);
    let mut entries: Vec<u32> = entries.collect();
    entries.sort_unstable();
    entries.dedup();
    let lost = entries.iter().filter_map(|s| {
        let name = &input.model.services[*s as usize].name;
        let lost = summary.services.get(name)?.requests_lost?;
        (lost.value? >= 1.0).then(|| format!("{} to {name}", estimate(&lost, Unit::Count)))
    });
    let lost: Vec<String> = lost.collect();
    if lost.is_empty() {
        return (!entries.is_empty()).then(|| Verdict::new(Status::Good, "No request of a user is lost because of it."));
    }
    Some(Verdict::new(Status::Info, format!("Requests lost because of it: {}.", listed(lost.into_iter()))))
}

fn budgets(input: &Input<'_>, summary: &Impact) -> Vec<Verdict> {
    let mut rows: Vec<(&Objective, &String, &ObjectiveEffect)> =
        input.model.objectives.iter().zip(&summary.objectives).map(|(o, (name, effect))| (o, name, effect)).collect();
    // What may be chance alone, or is hardly anything, is left to the table.
    rows.retain(|(.., effect)| effect.budget_spent.low.or(effect.budget_spent.value).is_some_and(|spent| spent >= 0.0005));
    if rows.is_empty() {
        let none = Verdict::new(Status::Good, "It costs no objective a notable part of its error budget.");
        return if summary.objectives.is_empty() { Vec::new() } else { vec![none] };
    }
    rows.sort_by(|a, b| share_of(&b.2.budget_spent).total_cmp(&share_of(&a.2.budget_spent)));
    rows.truncate(SENTENCES);
    rows.into_iter().map(|(objective, name, effect)| budget(input.model, objective, name, effect)).collect()
}

fn budget(model: &Model, objective: &Objective, name: &str, effect: &ObjectiveEffect) -> Verdict {
    let (with, without) = (effect.breach_probability_with, effect.breach_probability_without);
    let rises = share_of(&effect.breach_probability) >= 0.01;
    let status = match with.value {
        Some(risk) if rises && risk >= 0.5 => Status::Bad,
        Some(risk) if rises && risk >= SELDOM => Status::Warn,
        _ => Status::Info,
    };
    let risk = if with.value.is_none() {
        "; the window is not whole, so it cannot be breached".to_owned()
    } else {
        let (without, with) = (value(&without, Unit::Share), value(&with, Unit::Share));
        if with == without {
            format!("; the risk of a breach stays {with}")
        } else {
            format!("; the risk of a breach rises from {without} to {with}")
        }
    };
    let spent = estimate(&effect.budget_spent, Unit::Share);
    Verdict::new(status, format!("{name} loses {spent} of the error budget of {}{risk}.", window(model, objective, effect)))
}

/// `November 2026`, `the quarter from 1 Oct 2026`, `the 30 d from then on`.
pub fn window(model: &Model, objective: &Objective, effect: &ObjectiveEffect) -> String {
    let from = after(&model.start, effect.window_from_seconds);
    let whole = if effect.window_is_whole { "" } else { " (cut by the horizon)" };
    match &objective.windows {
        Windows::Calendar { months: 1, .. } => format!("{}{whole}", from.strftime("%B %Y")),
        Windows::Calendar { .. } => format!("the quarter from {}{whole}", from.strftime("%-d %b %Y")),
        Windows::Rolling(length) => format!("the {} from {}{whole}", duration(*length), from.strftime("%-d %b %Y")),
    }
}

fn last(summary: &Impact) -> Option<Verdict> {
    let mut rows: Vec<(&String, f64)> =
        summary.services.iter().map(|(name, s)| (name, share_of(&s.restored_last))).filter(|(_, share)| *share > 0.0).collect();
    rows.sort_by(|a, b| b.1.total_cmp(&a.1));
    let down = summary.services.values().filter(|s| share_of(&s.goes_down) > 0.0).count();
    let text = match rows.as_slice() {
        [] => return None,
        [(only, _)] if down == 1 => format!("Nothing but {only} has to be restored."),
        [(only, _)] => format!("Last to recover, whenever something goes down: {only}."),
        all if all.iter().all(|(_, share)| *share >= 0.995) => {
            format!("All come back together: {}.", listed(all.iter().map(|(name, _)| (*name).clone())))
        }
        all => {
            let names = all.iter().map(|(name, share)| format!("{name} in {}", number(*share, Unit::Share)));
            format!("Last to recover, alone or with others: {} of the runs in which something goes down.", listed(names))
        }
    };
    Some(Verdict::new(Status::Info, text))
}

fn ranked(summary: &Impact) -> Option<Verdict> {
    let (first, last) = (summary.things.first()?, summary.things.last()?);
    let alike = if first.alike > 1 { format!(" (one of {} alike)", first.alike) } else { String::new() };
    let text = format!(
        "Of {} kinds of thing that it can hit, {}{alike} is the worst, and shown here; {} does least. Choose with --on.",
        summary.things.len(),
        first.thing,
        last.thing
    );
    Some(Verdict::new(Status::Info, text))
}

/// Services in which nothing differs, or no more than chance explains.
pub fn untouched(summary: &Impact) -> String {
    let names: Vec<String> =
        summary.services.iter().filter(|(_, s)| !tables::is_affected(s)).map(|(name, _)| name.clone()).collect();
    if names.is_empty() { String::new() } else { format!("Nothing notable happens to {}.", listed(names.into_iter())) }
}

/// What the answer rests on.
pub fn assumptions(input: &Input<'_>, summary: &Impact) -> Vec<String> {
    let mut list = Vec::new();
    let failure = &summary.failure;
    let already = share_of(&failure.already_failed);
    if already > 0.0 {
        list.push(format!(
            "In {} of runs {} had failed already: there the failure that was in force counts, and nothing is added.",
            number(already, Unit::Share),
            failure.thing
        ));
    }
    if let (Some(half), Some(most)) = (failure.repair.p50.value, failure.repair.p95.value) {
        let most = if most > half * 1.001 { format!(", 95 of 100 in {}", duration(most)) } else { String::new() };
        list.push(format!(
            "The failure itself is repaired in {} at the median{most}, detection and waiting for people included.",
            duration(half)
        ));
    }
    if !input.found.strikes.is_empty() {
        let names = listed(input.found.strikes.iter().map(|name| format!("--on '{name}'")));
        list.push(format!(
            "As a common cause it also hits all replicas of a service at once, which is not tried unless asked for: {names}."
        ));
    }
    let renews = "Its repair renews what it hit, as every repair does; where the time to failure is exponential, later failures stay where they were.";
    list.push(renews.to_owned());
    list.push("Requests are rates, not single events (flow fidelity): waiting and loss come from queueing formulas.".to_owned());
    if input.found.main().per_draw > 1 {
        list.push("Uncertain numbers are drawn anew for every two pairs of runs; intervals are over those draws.".to_owned());
    }
    list.push("The same scenario, seed and version give the same numbers on any machine.".to_owned());
    list
}

/// `a, b and c`, cut where there are many.
fn listed(names: impl Iterator<Item = String>) -> String {
    let mut names: Vec<String> = names.collect();
    if names.len() > LISTED {
        let more = names.len() - (LISTED - 1);
        names.truncate(LISTED - 1);
        names.push(format!("{more} more"));
    }
    match names.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}
