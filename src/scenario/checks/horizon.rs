//! Time: the horizon, the calendar, and what falls outside of them.

use super::{Context, Finding};
use crate::scenario::failure::Trigger;
use crate::scenario::objective::Window;
use crate::units::Time;

const THOUSAND_YEARS: f64 = 1000.0 * 365.0 * 86_400.0;
const DAY: f64 = 86_400.0;

/// The horizon is longer than nothing and shorter than a thousand years.
pub fn length(context: &Context<'_>) -> Vec<Finding> {
    let horizon = context.scenario.horizon.0;
    let message = if horizon <= 0.0 {
        "the horizon has no length: nothing would be simulated"
    } else if horizon > THOUSAND_YEARS {
        "the horizon is longer than a thousand years"
    } else {
        return Vec::new();
    };
    vec![Finding::new(&["horizon"], message)]
}

/// The time zone is one of the IANA database.
pub fn timezone(context: &Context<'_>) -> Vec<Finding> {
    let name = &context.scenario.timezone;
    if jiff::tz::TimeZone::get(name).is_ok() {
        return Vec::new();
    }
    let known: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    let near = crate::scenario::suggest::nearest(name, known.iter().map(String::as_str));
    let help =
        near.map_or_else(|| "expected a name like `Europe/Berlin` or `UTC`".into(), |near| format!("did you mean `{near}`?"));
    vec![Finding::new(&["timezone"], format!("no time zone `{name:.60}`")).help(help)]
}

/// The version of the language is known.
pub fn version(context: &Context<'_>) -> Vec<Finding> {
    match context.scenario.ninefold {
        1 => Vec::new(),
        other => vec![Finding::new(&["ninefold"], format!("version {other} of the language is unknown: this program knows 1"))],
    }
}

/// How long after the start a moment is, in seconds, as if all days had 24 hours.
fn after_start(context: &Context<'_>, moment: jiff::civil::DateTime) -> f64 {
    moment.duration_since(context.scenario.start).as_secs_f64()
}

/// A surge happens within the horizon.
pub fn surges(context: &Context<'_>) -> Vec<Finding> {
    let horizon = context.scenario.horizon.0;
    let mut found = Vec::new();
    for (name, traffic) in &context.scenario.traffic {
        for (index, surge) in traffic.surges.iter().enumerate() {
            let begin = after_start(context, surge.at);
            if begin >= horizon || begin + surge.lasts.0 <= 0.0 {
                let path = super::KeyPath::of(&["traffic", name, "surges"]).index(index).key("at");
                found.push(Finding::at(path, "this surge falls outside of the simulated time"));
            }
        }
        for (index, step) in traffic.steps.iter().enumerate() {
            let at = after_start(context, step.at);
            if at >= horizon || at <= 0.0 {
                let path = super::KeyPath::of(&["traffic", name, "steps"]).index(index).key("at");
                found.push(Finding::at(path, "this step falls outside of the simulated time, and changes nothing"));
            }
        }
    }
    found
}

/// A schedule begins within the horizon.
pub fn schedules(context: &Context<'_>) -> Vec<Finding> {
    let horizon = context.scenario.horizon.0;
    let mut found = Vec::new();
    for (name, failure) in &context.scenario.failures {
        let Trigger::Schedule { first, every } = failure.trigger else { continue };
        let first = after_start(context, first);
        if first >= horizon {
            found.push(Finding::new(&["failures", name, "schedule"], "this schedule begins after the end of the simulated time"));
        } else if first < 0.0 && every.is_none() {
            found
                .push(Finding::new(&["failures", name, "schedule"], "this happens once, before the start of the simulated time"));
        }
    }
    found
}

/// At least one window fits into the horizon.
pub fn windows(context: &Context<'_>) -> Vec<Finding> {
    let horizon = context.scenario.horizon.0;
    let too_long = |window: Window| match window {
        Window::CalendarMonth => horizon < 28.0 * DAY,
        Window::CalendarQuarter => horizon < 90.0 * DAY,
        Window::Rolling(Time(length)) => horizon < length,
    };
    let objectives = context.scenario.objectives.iter().filter(|(_, objective)| too_long(objective.window));
    objectives
        .map(|(name, objective)| {
            let word = if context.tree.at(&super::KeyPath::of(&["objectives", name, "window"])).is_some() {
                "window"
            } else {
                "service"
            };
            let message = match objective.window {
                Window::Rolling(length) => format!("no window of {length} fits into the horizon of {}", context.scenario.horizon),
                _ => format!("no whole calendar window fits into the horizon of {}", context.scenario.horizon),
            };
            Finding::new(&["objectives", name, word], message).help("partial windows are reported and never counted")
        })
        .collect()
}
