//! The sentences of a capacity plan.

use super::summary::{CapacityPlan, Service};
use super::{Input, Tried};
use crate::report::chart::after;
use crate::report::format::{decimal, duration, number, value};
use crate::report::{Status, Unit, Verdict};

/// Services that get a sentence of their own.
const TOLD: usize = 3;

/// Before the table of dates.
pub const SATURATION: &str = "The highest load of each week that reaches a service, the calls of healthy callers included, against the load that its \
                              replicas sustain: the highest at which the promise is kept in a steady state. Headroom is the load that can still be \
                              added to the peak of the first week.";

/// Before the replicas by week.
pub fn weeks(input: &Input<'_>) -> String {
    format!(
        "The fewest replicas that sustain the highest load of a week in {} of the futures; spares come on top.",
        number(input.confidence, Unit::Share)
    )
}

/// Before the plans.
pub fn plans(input: &Input<'_>) -> String {
    format!(
        "Each plan was simulated whole, with {} replications of the same luck. Replicas that a plan lacks in a week of a world are bought at {} \
         times their price.",
        decimal(input.options.replications as f64, 0),
        decimal(input.shortage_price, 1)
    )
}

fn day(input: &Input<'_>, seconds: f64) -> String {
    after(&input.model.start, seconds).strftime("%-d %b %Y").to_string()
}

/// The answers, the most important first.
pub fn verdicts(input: &Input<'_>, summary: &CapacityPlan, order: &[usize]) -> Vec<Verdict> {
    let mut list: Vec<Verdict> =
        order.iter().take(TOLD).filter_map(|i| summary.services.get_index(*i)).map(|(name, s)| service(input, name, s)).collect();
    // Calm ones are one sentence.
    let calm = |v: &Verdict| v.status == Status::Good;
    if list.iter().filter(|v| calm(v)).count() > 1 {
        let first = list.iter().position(calm).unwrap_or(0);
        list.truncate(first + 1);
    }
    list.extend(chosen(input, summary));
    list.extend(broken(input, summary));
    if summary.interrupted {
        list.push(Verdict::new(Status::Warn, "Interrupted: not all plans were simulated, and none is recommended."));
    }
    list
}

fn service(input: &Input<'_>, name: &str, s: &Service) -> Verdict {
    let dates = &s.saturation;
    let Some(middle) = dates.p50_seconds else {
        if dates.probability > 0.0 {
            let text = format!(
                "{name} may saturate: {} of the futures do by {}.",
                number(dates.probability, Unit::Share),
                day(input, input.model.horizon)
            );
            return Verdict::new(Status::Warn, text);
        }
        let room = s
            .headroom
            .map_or(String::new(), |h| format!(": at its first week's peak it could take {} more", number(h, Unit::Share)));
        return Verdict::new(Status::Good, format!("{name} does not saturate by {}{room}.", day(input, input.model.horizon)));
    };
    let range = match (dates.p10_seconds, dates.p90_seconds) {
        (Some(early), Some(late)) if day(input, early) == day(input, late) => String::new(),
        (Some(early), late) => {
            format!(" (P10 {}, P90 {})", day(input, early), late.map_or("later".to_owned(), |late| day(input, late)))
        }
        _ => String::new(),
    };
    let order = match s.order_by_seconds {
        Some(t) if t < 0.0 => format!("; with a lead time of {} the order is {} late", duration(s.lead_seconds), duration(-t)),
        Some(t) => format!("; order by {}", day(input, t)),
        None => String::new(),
    };
    let need = s.needed.map_or_else(
        || " More replicas do not help: it needs larger ones.".to_owned(),
        |n| format!(" The highest week needs {n} replicas where it has {}.", s.replicas),
    );
    let text = format!("{name} saturates on {}{range}, bound by its {}{order}.{need}", day(input, middle), s.binding);
    Verdict::new(Status::Bad, text)
}

fn chosen(input: &Input<'_>, summary: &CapacityPlan) -> Option<Verdict> {
    let best = input.tried.first().filter(|_| summary.recommended.is_some())?;
    let money = |e| format!("{} {}", value(e, Unit::Money), summary.currency);
    let now = input.tried.iter().find(|tried| tried.plan.name == "as it is");
    let beside = match now {
        Some(now) if now.plan.name != best.plan.name => format!(", where it costs {} as it is", money(&now.cost)),
        _ => String::new(),
    };
    let text = format!(
        "The plan to choose is `{}`: {} over {}{beside}; its mean regret of {} is the least of {} plans{}.",
        best.plan.name,
        money(&best.cost),
        duration(summary.horizon_seconds),
        money(&best.regret),
        input.tried.iter().filter(|tried| !tried.rejected).count(),
        if input.tried.iter().any(|tried| tried.rejected) {
            " that do not spend much more of the error budget than another"
        } else {
            ""
        }
    );
    Some(Verdict::new(Status::Info, text))
}

/// Whether even the best plan is more likely than not to break a promise: then replicas are not what is missing.
fn broken(input: &Input<'_>, summary: &CapacityPlan) -> Option<Verdict> {
    let best = input.tried.first().filter(|_| summary.recommended.is_some())?;
    let breach = best.breach.filter(|breach| *breach > 0.5)?;
    let text = format!(
        "Even `{}` breaks a promise in some window with a chance of {}. More replicas do not mend that: `ninefold compare` and \
         `ninefold reliability analyze` tell which failures do it.",
        best.plan.name,
        number(breach, Unit::Share)
    );
    Some(Verdict::new(Status::Bad, text))
}

/// Why a plan was not chosen.
pub fn reason(input: &Input<'_>, tried: &Tried) -> String {
    let Some(best) = input.tried.first() else { return String::new() };
    if tried.rejected {
        let more = tried.worse.and_then(|worse| worse.value).unwrap_or(0.0);
        return format!("spends {} of the error budget more than the best plan", number(more, Unit::Share));
    }
    let (own, least) = (tried.regret.value.unwrap_or(0.0), best.regret.value.unwrap_or(0.0));
    let missing = tried.shortage.value.unwrap_or(0.0);
    let lacks = if missing > best.shortage.value.unwrap_or(0.0) { ", for what it lacks" } else { "" };
    format!("{} more regret{lacks}", number(own - least, Unit::Money))
}

/// What the answer rests on.
pub fn assumptions(input: &Input<'_>) -> Vec<String> {
    let mut list = vec![
        "Each moment is a steady state of its own, and a service is sized as if all others kept up.".to_owned(),
        "Of requests without an objective of their own or of a caller 0.1 % may be late; where nothing says how long they may wait, as long as one is served."
            .to_owned(),
    ];
    let resources = input.model.services.iter().any(|service| !service.resources.is_empty());
    list.extend(resources.then(|| {
        "Resources bind in the plan. The simulation of the plans does not follow them: nothing fails there where one is full."
            .to_owned()
    }));
    list
}
