//! Traffic: how much it is, its patterns and its surges.

use super::{Context, Finding};
use crate::scenario::path::KeyPath;

/// Traffic has a rate, a series or users.
pub fn rate_or_series(context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (name, traffic) in &context.scenario.traffic {
        let path = ["traffic", name];
        let words = [("rate", traffic.rate.is_some()), ("series", traffic.series.is_some()), ("users", traffic.users.is_some())];
        let given: Vec<&str> = words.into_iter().filter_map(|(word, given)| given.then_some(word)).collect();
        match given[..] {
            [] => found.push(Finding::new(&path, "one of `rate`, `series` and `users` is needed").on_key()),
            [_] => {}
            [first, second, ..] => {
                let message = format!("`{first}` and `{second}` both say how much it is: keep one, and set the other to `null`");
                found.push(Finding::new(&path, message).on_key());
            }
        }
        if traffic.series.as_ref().is_some_and(|series| series.per.0 <= 0.0) {
            found.push(Finding::new(&["traffic", name, "series", "per"], "each count must cover some time"));
        }
    }
    found
}

/// Daily patterns have 24 entries and weekly ones 168, none negative.
pub fn patterns(context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (name, traffic) in &context.scenario.traffic {
        if traffic.daily.is_some() && traffic.weekly.is_some() {
            let message = "it has both a `daily` and a `weekly` pattern: a week holds its days";
            found.push(Finding::new(&["traffic", name], message).on_key());
        }
        for (word, pattern, length) in [("daily", &traffic.daily, 24), ("weekly", &traffic.weekly, 168)] {
            let Some(pattern) = pattern else { continue };
            found.extend(fault(pattern, length).map(|(index, message)| {
                let path = KeyPath::of(&["traffic", name, word]);
                Finding::at(index.map_or_else(|| path.clone(), |index| path.index(index)), message)
            }));
        }
    }
    found
}

fn fault(pattern: &[f64], length: usize) -> Option<(Option<usize>, String)> {
    if pattern.len() != length {
        return Some((None, format!("{} numbers, where {length} are expected: one for each hour", pattern.len())));
    }
    let wrong = pattern.iter().position(|number| !number.is_finite() || *number < 0.0 || *number > 1e9);
    if let Some(index) = wrong {
        return Some((Some(index), format!("`{}` is no relative amount: expected a number of at least 0", pattern[index])));
    }
    (pattern.iter().sum::<f64>() <= 0.0).then(|| (None, "a pattern of zeros: nothing would ever come".into()))
}

/// A surge lasts longer than no time.
pub fn surges(context: &Context<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (name, traffic) in &context.scenario.traffic {
        for (index, _) in traffic.surges.iter().enumerate().filter(|(_, surge)| surge.lasts.0 <= 0.0) {
            let path = KeyPath::of(&["traffic", name, "surges"]).index(index).key("lasts");
            found.push(Finding::at(path, "a surge must last some time"));
        }
    }
    found
}
