//! The sentences of a go or no-go.

use super::Input;
use super::spend::Judged;
use crate::report::format::{difference, estimate, number};
use crate::report::{Status, Unit, Verdict};

/// Before the chances of a breach.
pub const BREACH: &str = "With all else that happens until then: failures, and releases of other services.";

/// Before what a release spends.
pub fn spend(input: &Input<'_>) -> String {
    let told = match input.asked.spent {
        Some(spent) => format!("{} of each budget is spent, as was told.", number(spent, Unit::Share)),
        None => format!(
            "Spent so far is what the scenario spends on average, releases among it, in the {} of a window that are over.",
            number(input.asked.elapsed, Unit::Share)
        ),
    };
    let share = number(input.asked.confidence, Unit::Share);
    format!("{told} It is a go where what is left covers what a release spends with {share}.")
}

/// The answers, the most important first.
pub fn verdicts(input: &Input<'_>) -> Vec<Verdict> {
    let mut list = Vec::new();
    if input.interrupted {
        list.push(Verdict::new(Status::Warn, "Interrupted: not all was simulated, so there is no go."));
    }
    let mut order: Vec<&Judged> = input.judged.iter().collect();
    order.sort_by_key(|judged| judged.go);
    list.extend(order.into_iter().map(|judged| verdict(input, judged)));
    list
}

fn verdict(input: &Input<'_>, j: &Judged) -> Verdict {
    let share = |value: f64| number(value, Unit::Share);
    let confidence = share(input.asked.confidence);
    let word = if j.go { "Go" } else { "No-go" };
    let spends = if j.quantile.is_finite() {
        format!("a release spends at most {} of its budget with {confidence}", share(j.quantile))
    } else {
        "there is no budget at a target of 100 %, and a release spends some".to_owned()
    };
    let left = if j.left() < 0.0 { "it is overspent already".to_owned() } else { format!("{} is left", share(j.left())) };
    let mut text = format!("{word} for {} by “{}”: {spends}, and {left}.", j.released, j.objective);
    if let Some(bad) = j.if_bad {
        text += &format!(" One that goes wrong spends {} on average.", share(bad));
    }
    if j.breach_more.value.is_some_and(|more| more > 0.0) {
        text += &format!(
            " The chance of a breach goes from {} to {} ({}).",
            estimate(&j.breach_without, Unit::Share),
            estimate(&j.breach_with, Unit::Share),
            difference(&j.breach_more, Unit::Share)
        );
    }
    if j.close {
        text += " That is close: more --replications could tell otherwise.";
    }
    let status = if !j.go {
        Status::Bad
    } else if j.close {
        Status::Warn
    } else {
        Status::Good
    };
    Verdict::new(status, text)
}

/// What the answer rests on.
pub fn assumptions(input: &Input<'_>) -> Vec<String> {
    let mut list = vec![
        "What was spent stays spent until the end of the window, in rolling windows too.".to_owned(),
        "The release goes as the scenario's strategy says, and is bad as often as the scenario says.".to_owned(),
    ];
    if input.judged.iter().any(|j| j.go && j.quantile == 0.0 && j.if_bad.is_some()) {
        list.push(
            "So few releases are bad that the quantile asked for is zero: a higher --confidence looks at bad ones.".to_owned(),
        );
    }
    list
}
