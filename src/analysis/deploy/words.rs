//! The sentences of a release plan.

use super::Input;
use super::readiness::{Item, State};
use super::steps::Course;
use super::trial::{CRITERIA, Measured, Tried};
use crate::report::format::{decimal, difference, duration, estimate, number, value};
use crate::report::{Status, Unit, Verdict};
use crate::stats::Estimate;

/// Before the checklist.
pub const READY: &str = "What the scenario shows, what it shows to be missing, and what only a person can confirm.";

/// Whether what a bad release loses has a price.
pub fn is_priced(input: &Input<'_>) -> bool {
    let model = input.released.model;
    !model.revenue.is_empty() || model.objectives.iter().any(|objective| !objective.credits.is_empty())
}

/// Before the steps.
pub fn steps(input: &Input<'_>, course: &Course) -> String {
    let bake = match input.chosen().alternative.bake {
        Some(bake) => format!(
            " Each step that is watched lasts {}: at {} on average its first test then finds a bad release with at least {}.",
            duration(bake),
            number(input.released.rate, Unit::Rate),
            number(input.wanted, Unit::Share)
        ),
        None => String::new(),
    };
    let known = course.steps.iter().any(|step| step.power.is_some());
    let bake = if known || bake.is_empty() {
        bake
    } else {
        " How surely a test sees a bad release, only the simulation tells here.".to_owned()
    };
    format!("{} steps in {}, as `{}`.{bake}", course.steps.len(), duration(course.lasts), input.chosen().alternative.written)
}

/// Before the ways back.
pub fn back(input: &Input<'_>) -> String {
    let (released, chosen) = (input.released, input.chosen());
    let release = released.release();
    let fails = 1.0 - released.works();
    let mut text = format!(
        "One try takes {} on average ({} in one of twenty).",
        duration(release.rollback.law.mean()),
        duration(release.rollback.law.quantile(0.95))
    );
    if fails > 0.0 {
        text += &format!(
            " It fails with {} and is then tried again, as long again: {} on average until it has worked.",
            number(fails, Unit::Share),
            duration(released.back())
        );
    }
    text += &format!(
        " In the simulation a bad release hurts {} requests until it is gone",
        estimate(&chosen.releases.hurt_per_bad, Unit::Number)
    );
    match input.trials.money_per_bad.filter(|_| is_priced(input)) {
        Some(money) => text + &format!(" and costs {} {}.", estimate(&money, Unit::Money), input.currency()),
        None => text + "; what that costs the scenario does not say (`value` of requests, `credits`).",
    }
}

/// Before the comparison.
pub fn compared(input: &Input<'_>) -> String {
    let mut text = format!(
        "Each strategy was simulated over {} with {} replications of the same luck: the same releases are bad.",
        duration(input.released.model.horizon),
        decimal(input.trials.replications as f64, 0)
    );
    for (name, why) in &input.trials.left_out {
        text += &format!(" Left out is “{name}”: {why}.");
    }
    text
}

fn at<'t>(tried: &'t Tried, key: &str) -> Option<&'t Measured> {
    let place = CRITERIA.iter().position(|criterion| criterion.key == key)?;
    tried.measured[place].as_ref()
}

/// The answers, the most important first.
pub fn verdicts(input: &Input<'_>, course: &Course, items: &[Item]) -> Vec<Verdict> {
    let chosen = input.chosen();
    let hurt = chosen.releases.hurt_per_bad;
    let mut text = format!(
        "For {} risk: {}, in {} steps over {}.",
        input.risk.word(),
        chosen.alternative.name,
        course.steps.len(),
        duration(course.lasts)
    );
    if let Some(found) = course.steps.iter().rev().find(|step| step.lasts.is_some()).and_then(|step| step.found) {
        text +=
            &format!(" Its checks find a bad release with {} before all of it runs the new version.", number(found, Unit::Share));
    }
    if hurt.value.is_some() {
        text += &format!(" A bad one hurts {} requests.", value(&hurt, Unit::Number));
    }
    let mut list = vec![Verdict::new(Status::Info, text)];
    list.extend(better(input));
    if list.len() == 1 && input.trials.tried.len() > 1 && hurt.value.is_some() {
        let text = "No other strategy is known to hurt fewer requests (95 % for all together).";
        list.push(Verdict::new(Status::Good, text));
    }
    let missing = items.iter().filter(|item| item.state == State::Missing);
    list.extend(missing.map(|item| Verdict::new(Status::Warn, format!("Missing, {}: {}.", item.area, item.text))));
    if items.iter().all(|item| item.state != State::Missing) {
        list.push(Verdict::new(Status::Good, "Nothing that a scenario can show is missing."));
    }
    let confirm: Vec<&str> = items.iter().filter(|item| item.state == State::Person).map(|item| item.area).collect();
    list.push(Verdict::new(Status::Info, format!("For a person to confirm: {}.", confirm.join(", "))));
    if chosen.alternative.bake.is_some_and(|bake| bake >= 86_400.0) {
        let text = "A day a step is not enough for its test to find a bad release as surely as wanted: it needs more traffic, larger steps, \
                    or a sharper rule.";
        list.push(Verdict::new(Status::Warn, text));
    }
    if input.interrupted {
        list.push(Verdict::new(Status::Warn, "Interrupted: not all strategies were simulated."));
    }
    list
}

/// Other strategies that hurt less, and at what price that of the least does.
fn better(input: &Input<'_>) -> Option<Verdict> {
    let less = |tried: &Tried| at(tried, "hurt_per_bad").map_or(Estimate::unobserved(0.95, 0, ""), |m| m.joint);
    let mut better: Vec<&Tried> = input.trials.tried.iter().skip(1).filter(|tried| tried.is_better()).collect();
    better.sort_by(|a, b| less(a).value.unwrap_or(0.0).total_cmp(&less(b).value.unwrap_or(0.0)));
    let best = *better.first()?;
    let mut text = format!(
        "“{}” is clearly better at this risk than “{}” in what a bad release hurts: {} requests",
        best.alternative.name,
        input.chosen().alternative.name,
        difference(&less(best), Unit::Number)
    );
    let known = |key: &str| at(best, key).and_then(|m| m.difference.value).filter(|value| *value != 0.0);
    if let Some(longer) = known("lead_seconds") {
        let word = if longer > 0.0 { "longer" } else { "less" };
        text += &format!("; until all is released it takes {} {word}", duration(longer.abs()));
    }
    if let Some(more) = known("extra_cost_per_release") {
        let word = if more > 0.0 { "more" } else { "less" };
        text += &format!("; its extra replicas cost {} {} {word} a release", number(more.abs(), Unit::Money), input.currency());
    }
    text.push('.');
    let others: Vec<String> = better
        .iter()
        .skip(1)
        .map(|tried| {
            format!(
                "“{}” ({})",
                tried.alternative.name,
                difference(&Estimate { low: None, high: None, ..less(tried) }, Unit::Number)
            )
        })
        .collect();
    if !others.is_empty() {
        text += &format!(" So are {}.", others.join(", "));
    }
    Some(Verdict::new(Status::Warn, text))
}

/// What the answer rests on.
pub fn assumptions(input: &Input<'_>) -> Vec<String> {
    let released = input.released;
    vec![
        format!(
            "{} releases in a hundred are bad, and a bad one is as the scenario says: tests that it would fail elsewhere are not counted.",
            number(released.bad() * 100.0, Unit::Number)
        ),
        "Requests hurt in the steps are computed at mean values; in the simulation alarms end a release in mid-step as well, and other failures \
         coincide with it."
            .to_owned(),
        "A rule is asked at the end of a step, once.".to_owned(),
    ]
}
