//! The sentences of a comparison.

use super::summary::{AS_GOOD, BETTER, Comparison, Measured, OPEN, THE_SAME, Variant, WORSE};
use super::{Input, measures};
use crate::lab::Measure;
use crate::report::format::{decimal, difference, number, value};
use crate::report::{Status, Unit, Verdict};

/// Names in one sentence.
const LISTED: usize = 6;

pub const DIFFERENCES: &str = "Each dot is the mean difference over pairs of replications that met the same luck. An interval that crosses the dashed line says \
     that either may be better.";
pub const SIDE_BY_SIDE: &str = "Each variant by itself, over the horizon. These intervals are wider than those of the differences: luck that all variants share \
     does not cancel in them, so compare by the differences.";
pub const EACH: &str =
    "What differs from the first in some replication; all else was equal in every one of them. Intervals are at 95 % each.";

/// What was compared, and how often.
pub fn subtitle(input: &Input<'_>, summary: &Comparison) -> String {
    format!(
        "{} variants by {}, {} replications of each on the same luck.",
        summary.variants.len(),
        measures::label(input.plan.by()),
        decimal(summary.replications as f64, 0)
    )
}

/// What stands above the ranking.
pub fn ranking(summary: &Comparison) -> String {
    format!(
        "“Known to be” and its intervals hold together with {} confidence, for all pairs of variants and all looks at them. Better in one \
         replication: in the rest it is worse or just as good.",
        number(summary.confidence, Unit::Share)
    )
}

/// The answers, the most important first.
pub fn verdicts(input: &Input<'_>, summary: &Comparison) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    if summary.interrupted {
        let text = format!("Interrupted after {} replications of each variant.", decimal(summary.replications as f64, 0));
        verdicts.push(Verdict::new(Status::Warn, text));
    }
    verdicts.push(best(input, summary));
    verdicts.extend(side_effects(input, summary));
    verdicts.extend(standings(input, summary));
    verdicts.extend(saved(summary));
    verdicts
}

fn of<'a>(summary: &'a Comparison, variant: &'a Variant) -> Option<&'a Measured> {
    variant.measures.get(&summary.by)
}

fn best(input: &Input<'_>, summary: &Comparison) -> Verdict {
    let measure = input.plan.by();
    let (unit, label) = (measures::unit(measure), measures::label(measure));
    let replications = decimal(summary.replications as f64, 0);
    let confidence = number(summary.confidence, Unit::Share);
    let standing = |word: &str| -> Vec<String> {
        let is = |variant: &Variant| variant.against_best.as_ref().is_some_and(|against| against.standing == word);
        summary.ranked().into_iter().filter(|(_, v)| is(v)).map(|(name, _)| format!("“{name}”")).collect()
    };
    let shown =
        |name: &str| summary.variants.get(name).and_then(|v| of(summary, v)).map_or(String::new(), |m| value(&m.value, unit));
    let first = summary.variants.keys().next().map_or("", String::as_str);
    let best = &summary.best;
    let gain = summary.variants.get(best).and_then(|v| v.against_first.as_ref()).map(|against| &against.difference);
    let than = gain.map_or(String::new(), |gain| format!(", {} against “{first}”", difference(gain, unit)));
    let (alike, open) = ([standing(AS_GOOD), standing(THE_SAME)].concat(), standing(OPEN));
    let as_good = if alike.is_empty() {
        String::new()
    } else {
        format!(" As good, within {}: {}.", number(summary.tolerance, Unit::Share), listed(&alike))
    };
    if open.is_empty() {
        let text = format!(
            "Best by {label} is “{best}”: {}{than}. Known with {confidence} confidence after {replications} replications of each.{as_good}",
            shown(best)
        );
        return Verdict::new(if best == first { Status::Info } else { Status::Good }, text);
    }
    let more = if summary.interrupted { "" } else { "; more --replications may tell" };
    let text = format!(
        "The best by {label} is not known after {replications} replications of each: “{best}” leads with {}{than}, not told apart from {}{more}.{as_good}",
        shown(best),
        listed(&open)
    );
    Verdict::new(Status::Info, text)
}

/// What else the best changes, of everything together.
fn side_effects(input: &Input<'_>, summary: &Comparison) -> Option<Verdict> {
    let variant = summary.variants.get(&summary.best)?;
    let broad = [Measure::AllDowntime, Measure::AllCredits, Measure::Infrastructure, Measure::Cost];
    let changed: Vec<String> = broad
        .iter()
        .filter(|measure| *measure != input.plan.by())
        .filter_map(|measure| {
            let paired = variant.measures.get(&measure.to_string())?.paired.as_ref()?.difference;
            paired.value?;
            let money = if measures::unit(measure) == Unit::Money { format!(" {}", summary.currency) } else { String::new() };
            Some(format!("{} {}{money}", measures::label(measure), difference(&paired, measures::unit(measure))))
        })
        .collect();
    let text = format!("“{}” also changes: {}.", summary.best, changed.join("; "));
    (!changed.is_empty()).then(|| Verdict::new(Status::Info, text))
}

/// How each stands against the first.
fn standings(input: &Input<'_>, summary: &Comparison) -> Vec<Verdict> {
    let unit = measures::unit(input.plan.by());
    let first = summary.variants.keys().next().map_or("", String::as_str);
    let group = |words: &[&str], told: bool| -> Vec<String> {
        let ranked = summary.ranked();
        let of = ranked.into_iter().filter_map(|(name, v)| Some((name, v.against_first.as_ref()?)));
        let of = of.filter(|(_, against)| words.contains(&against.standing));
        of.map(|(name, against)| {
            if told && against.difference.value.is_some() {
                format!("“{name}” {}", difference(&against.difference, unit))
            } else {
                format!("“{name}”")
            }
        })
        .collect()
    };
    let mut verdicts = Vec::new();
    let mut say = |status, begin: String, names: Vec<String>| {
        if !names.is_empty() {
            verdicts.push(Verdict::new(status, format!("{begin}: {}.", listed(&names))));
        }
    };
    say(Status::Good, format!("Better than “{first}”"), group(&[BETTER], true));
    say(Status::Bad, format!("Worse than “{first}”"), group(&[WORSE], true));
    say(Status::Info, format!("As good as “{first}”"), group(&[AS_GOOD], true));
    say(Status::Info, format!("The same as “{first}”: nothing in them differs from it"), group(&[THE_SAME], false));
    say(Status::Info, format!("Not told apart from “{first}”"), group(&[OPEN], true));
    verdicts
}

fn listed(names: &[String]) -> String {
    let mut text = names.iter().take(LISTED).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > LISTED {
        text.push_str(&format!(" and {} more", names.len() - LISTED));
    }
    text
}

/// What common random numbers are worth.
fn saved(summary: &Comparison) -> Option<Verdict> {
    let ratios = summary.variants.values().filter_map(|v| of(summary, v)?.paired.as_ref()?.variance_ratio);
    let (least, most) = ratios.fold((f64::INFINITY, 0.0), |(least, most): (f64, f64), ratio| (least.min(ratio), most.max(ratio)));
    if !least.is_finite() {
        return None;
    }
    let times = |ratio: f64| if ratio < 10.0 { decimal(ratio, 1) } else { decimal(ratio, -(ratio.log10().floor() as i32 - 1)) };
    let range = if times(least) == times(most) { times(least) } else { format!("{} to {}", times(least), times(most)) };
    let text = format!(
        "Sharing the same luck saves: seeds of their own would need {range} times as many replications for differences as sharp."
    );
    Some(Verdict::new(Status::Info, text))
}

/// What the answer rests on.
pub fn assumptions(input: &Input<'_>, summary: &Comparison) -> Vec<String> {
    let looks = input.plan.looks.len();
    let pairs = summary.variants.len() * summary.variants.len().saturating_sub(1) / 2;
    let mut all = vec![
        format!("All variants meet the same luck (seed {}); numbers in brackets are intervals.", summary.seed),
        format!(
            "Each interval of the ranking is at {}, so that those of {pairs} pairs at {looks} looks hold together with {}.",
            number(input.plan.rule.level(), Unit::Availability),
            number(summary.confidence, Unit::Share)
        ),
    ];
    if *input.plan.by() == Measure::Budget {
        all.push(
            "Error budget spent: what was not good over what may be, over the whole horizon; the mean over the objectives."
                .to_owned(),
        );
    }
    all
}
