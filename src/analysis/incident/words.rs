//! The sentences about the response to an incident.

use super::Input;
use super::changes::{LONGER, NOT_TOLD, SHORTER, VariantSummary};
use super::summary::{Incident, Lengths};
use crate::report::format::{decimal, difference, duration, estimate, number, value};
use crate::report::{Status, Unit, Verdict};
use crate::run::incident::latest;
use crate::stats::Estimate;

/// Names that are told one by one.
const LISTED: usize = 5;

/// `bad configuration on web`.
pub fn what(summary: &Incident) -> String {
    summary.service.as_ref().map_or_else(|| summary.failure.clone(), |service| format!("{} on {service}", summary.failure))
}

pub fn subtitle(input: &Input<'_>, summary: &Incident) -> String {
    let about = input.loaded.scenario.failures.get(&summary.failure).and_then(|failure| failure.about.clone());
    let about = about.map_or(String::new(), |about| format!("{} ", about.trim_end()));
    let incidents = decimal(summary.incidents as f64, 0);
    let span = duration(latest(summary.horizon_seconds));
    format!("{about}{incidents} incidents, each at a random moment of {span}, on {}.", listed(&summary.things))
}

/// A length with the digits that its interval supports.
pub fn shown(length: &Estimate) -> String {
    value(length, Unit::Duration)
}

/// A share; one that is nearly all is not rounded to all.
pub fn share(share: &Estimate) -> String {
    match share.value {
        Some(nearly) if nearly > 0.99 && nearly < 1.0 => number(nearly, Unit::Availability),
        _ => value(share, Unit::Share),
    }
}

/// So few say nothing of how long the others take.
const FEW: u64 = 10;

/// Whether an estimate is at least so large, and chance alone does not explain that it is above nothing.
pub fn is_notable(e: &Estimate, least: f64) -> bool {
    e.value.is_some_and(|value| value >= least) && e.low.is_none_or(|low| low > 0.0)
}

/// `half within 5 min, 90 of 100 within 20 min`.
pub fn within(lengths: &Lengths) -> String {
    if (1..FEW).contains(&lengths.p50.n) {
        return "too few to tell how long".to_owned();
    }
    match (lengths.p50.value, lengths.p90.value) {
        (Some(half), Some(most)) if (most - half).abs() <= 1e-9 * most.abs() => format!("always {}", duration(half)),
        (Some(_), Some(_)) => format!("half within {}, 90 of 100 within {}", shown(&lengths.p50), shown(&lengths.p90)),
        (Some(_), None) => format!("half within {}, some not by the horizon", shown(&lengths.p50)),
        _ => "too few ended by the horizon to tell".to_owned(),
    }
}

pub fn verdicts(summary: &Incident) -> Vec<Verdict> {
    let mut verdicts = vec![restored(summary)];
    verdicts.extend(longest(summary));
    verdicts.extend(waits(summary));
    verdicts.push(hurts(summary));
    verdicts.extend(budget(summary));
    verdicts.extend(best(summary));
    verdicts.extend(worse(summary));
    verdicts.extend(no_difference(summary));
    verdicts
}

fn restored(summary: &Incident) -> Verdict {
    let status = if summary.not_restored.value.is_some_and(|share| share > 0.0) { Status::Warn } else { Status::Info };
    let open = summary.not_restored.value.filter(|share| *share > 0.0);
    let open =
        open.map_or(String::new(), |_| format!("; {} are not over at the horizon", estimate(&summary.not_restored, Unit::Share)));
    Verdict::new(status, format!("Restored: {}{open}.", within(&summary.time_to_restore)))
}

fn longest(summary: &Incident) -> Option<Verdict> {
    let seen = summary.mean_stages.iter().filter_map(|(stage, mean)| Some((*stage, (*mean)?)));
    let whole: f64 = seen.clone().map(|(_, mean)| mean).sum();
    let (stage, mean) = seen.max_by(|a, b| a.1.total_cmp(&b.1)).filter(|_| whole > 0.0)?;
    let share = number((mean / whole).clamp(0.0, 1.0), Unit::Share);
    let text =
        format!("Most of the time goes into one stage, {stage}: {} of {} on average ({share}).", duration(mean), duration(whole));
    Some(Verdict::new(Status::Info, text))
}

fn waits(summary: &Incident) -> Option<Verdict> {
    let parts = summary.acknowledge.as_ref()?;
    let team = summary.team.as_ref()?;
    let whole = summary.time_to_restore.mean.value.or(summary.time_to_restore.mean.low)?;
    let notable = |e: &Estimate| e.value.is_some_and(|wait| wait > 0.05 * whole);
    let mut said = Vec::new();
    if notable(&parts.outside_hours) {
        said.push(format!("{} because {team} is not at work", estimate(&parts.outside_hours, Unit::Duration)));
    }
    if notable(&parts.for_a_person) {
        said.push(format!("{} because nobody of {team} is free", estimate(&parts.for_a_person, Unit::Duration)));
    }
    (!said.is_empty()).then(|| Verdict::new(Status::Warn, format!("On average an incident waits {}.", said.join(" and "))))
}

fn hurts(summary: &Incident) -> Verdict {
    let share = summary.hurts.value.unwrap_or(0.0);
    let lost = summary.requests_lost.filter(|lost| is_notable(lost, 1.0));
    let lost = lost.map_or(String::new(), |lost| format!(" One costs {} requests on average.", estimate(&lost, Unit::Count)));
    if share <= 0.0 {
        let text = format!("No user is hurt by it: {} of incidents.{lost}", estimate(&summary.hurts, Unit::Share));
        return Verdict::new(Status::Good, text);
    }
    let often = if share >= 1.0 {
        "Every incident".to_owned()
    } else {
        format!("{} of incidents", estimate(&summary.hurts, Unit::Share))
    };
    let verb = if share >= 1.0 { "hurts" } else { "hurt" };
    let status = if share >= 0.5 { Status::Bad } else { Status::Warn };
    Verdict::new(status, format!("{often} {verb} users, {}.{lost}", within(&summary.hurts_for)))
}

/// The objective that loses most of its budget.
pub fn worst_objective(summary: &Incident) -> Option<(&String, &super::summary::ObjectiveHit)> {
    let spent = |hit: &super::summary::ObjectiveHit| hit.budget_spent.value.unwrap_or(0.0);
    summary
        .objectives
        .iter()
        .filter(|(_, hit)| is_notable(&hit.budget_spent, 0.0005))
        .max_by(|a, b| spent(a.1).total_cmp(&spent(b.1)))
}

fn budget(summary: &Incident) -> Option<Verdict> {
    let (name, hit) = worst_objective(summary)?;
    let status = if hit.budget_spent.value >= Some(1.0) { Status::Bad } else { Status::Info };
    let (one, hour) = (estimate(&hit.budget_spent, Unit::Share), value(&hit.budget_spent_per_hour, Unit::Share));
    Some(Verdict::new(status, format!("One incident spends {one} of the error budget of “{name}”, {hour} in an hour of it.")))
}

fn known<'a>(summary: &'a Incident, wanted: &str) -> Vec<(&'a String, &'a VariantSummary)> {
    summary.variants.iter().filter(|(_, variant)| variant.known == wanted).collect()
}

fn said((name, variant): &(&String, &VariantSummary)) -> String {
    format!("“{name}” {}", difference(&variant.time_to_restore, Unit::Duration))
}

fn best(summary: &Incident) -> Option<Verdict> {
    let shorter = known(summary, SHORTER);
    let names: Vec<String> = shorter.iter().take(3).map(said).collect();
    (!names.is_empty()).then(|| Verdict::new(Status::Info, format!("Restored sooner, the mean: {}.", listed(&names))))
}

fn worse(summary: &Incident) -> Option<Verdict> {
    let names: Vec<String> = known(summary, LONGER).iter().rev().take(3).map(said).collect();
    (!names.is_empty()).then(|| Verdict::new(Status::Warn, format!("Restored later, the mean: {}.", listed(&names))))
}

fn no_difference(summary: &Incident) -> Option<Verdict> {
    let names: Vec<String> = known(summary, NOT_TOLD).iter().map(|(name, _)| format!("“{name}”")).collect();
    (!names.is_empty()).then(|| Verdict::new(Status::Info, format!("Not told apart from no change: {}.", listed(&names))))
}

/// What the stages are made of here.
pub fn stages(summary: &Incident) -> String {
    let mut text = String::new();
    if let Some(parts) = &summary.acknowledge {
        text += &format!(
            "The mean time to acknowledge is {} outside the hours of the team, {} until somebody is free, and {} from the call to the begin of \
             work. ",
            value(&parts.outside_hours, Unit::Duration),
            value(&parts.for_a_person, Unit::Duration),
            value(&parts.acknowledging, Unit::Duration)
        );
    }
    text += match (summary.stages.get("diagnose"), summary.steps.is_empty()) {
        (Some(Some(_)), _) => "Diagnosis ends where the first step begins that can end the incident. ",
        (_, true) => "The repair is one step without a runbook, so there is no diagnosis to tell apart. ",
        _ => "The runbook begins with a step that can end the incident, so there is no diagnosis to tell apart. ",
    };
    if summary.hurts.value == Some(0.0) {
        text += "No service of users goes down, so there is nothing to mitigate: all work restores.";
    }
    text.trim_end().to_owned()
}

/// What the answer rests on.
pub fn assumptions(input: &Input<'_>, summary: &Incident) -> Vec<String> {
    let mut list = Vec::new();
    if summary.already_failed.value.is_some_and(|share| share > 0.0) {
        let share = estimate(&summary.already_failed, Unit::Share);
        list.push(format!("In {share} of replications what was to be hit had failed already: those hold no incident."));
    }
    if input.model.modes[input.subject.mode as usize].common_cause.is_some() {
        list.push(
            "One thing fails at a time; as a common cause the failure also hits all replicas of a service at once.".to_owned(),
        );
    }
    if input.subject.users.len() > 1 || input.question.service.is_none() {
        let names: Vec<String> = summary.services.keys().cloned().collect();
        list.push(format!("Users are those of {}.", listed(&names)));
    }
    let own = estimate(&summary.own_per_year, Unit::Number);
    list.push(format!(
        "By itself the failure happens {own} times a year, on all things that it can hit; what is forced comes on top."
    ));
    list.push("Requests are rates, not single events (flow fidelity): waiting and loss come from queueing formulas.".to_owned());
    if input.found.base().per_draw > 1 {
        list.push("Uncertain numbers are drawn anew for every two replications; intervals are over those draws.".to_owned());
    }
    list.push("The same scenario, seed and version give the same numbers on any machine.".to_owned());
    list
}

/// `a, b and c`, cut where there are many.
pub fn listed(names: &[String]) -> String {
    let mut names = names.to_vec();
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
