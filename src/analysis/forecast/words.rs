//! The verdicts: one sentence each, the answer before its reasons.

use super::{Counts, Input, ObjectiveInput, WindowKind, YEAR, capacity, requests, tables};
use crate::report::format::{duration, estimate, number, value};
use crate::report::summary::{ObjectiveSummary, Summary};
use crate::report::{Status, Unit, Verdict};

/// Below this chance of a breach an objective is called good; from the other on, bad: it is then more likely missed than
/// kept.
pub const RISK: f64 = 0.05;
pub const LIKELY: f64 = 0.5;

/// Objectives that get a sentence of their own.
const OBJECTIVES: usize = 8;

/// The answers, the most important first.
pub fn verdicts(input: &Input<'_>, summary: &Summary) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    if summary.interrupted {
        let text = format!(
            "Interrupted after {} replications: intervals are wider than was asked for.",
            number(replications(input), Unit::Count)
        );
        verdicts.push(Verdict::new(Status::Warn, text));
    }
    let mut promises: Vec<Verdict> =
        input.objectives.iter().filter_map(|o| Some(objective(input, o, summary.objectives.get(&o.name)?))).collect();
    promises.sort_by_key(|v| std::cmp::Reverse(v.status));
    if promises.len() > OBJECTIVES {
        let rest = promises.split_off(OBJECTIVES - 1);
        let worst = rest.iter().map(|v| v.status).max().unwrap_or(Status::Info);
        promises.push(Verdict::new(worst, format!("{} more objectives: see Objectives.", rest.len())));
    }
    verdicts.extend(promises);
    if input.objectives.is_empty() {
        verdicts.push(Verdict::new(Status::Info, "No objective is set, so nothing can be kept or missed."));
    }
    verdicts.extend(requests::words::verdicts(input, summary));
    verdicts.extend(causes(input, summary));
    if input.runs.requests.is_none() {
        verdicts.extend(lost(input, summary));
    }
    verdicts.extend(capacity::verdicts(input));
    verdicts.extend(cost(input, summary));
    verdicts
}

fn objective(input: &Input<'_>, o: &ObjectiveInput, s: &ObjectiveSummary) -> Verdict {
    let promise = format!("{}: {}", o.name, promise(o, &s.service));
    let attained = value(&s.attainment, Unit::Availability);
    let Some(risk) = s.breach_probability.value else {
        let why = if s.attainment.n == 0 || s.attainment.value.is_none() && s.attainment.low.is_none() {
            "nothing was counted, so it can be neither kept nor missed".to_owned()
        } else {
            format!("no whole window fits into {}; attained so far {attained}", super::charts::horizon(input.runs.horizon))
        };
        return Verdict::new(Status::Info, format!("{promise} – {why}."));
    };
    let how = estimate(&s.breach_probability, Unit::Share);
    let lives = input.lives();
    let (status, text) = if risk < RISK {
        let how = if risk == 0.0 {
            let most = s.breach_probability.high.map_or(String::new(), |h| format!(" (at most {})", number(h, Unit::Share)));
            format!("never missed in {} {lives}{most}", number(replications(input), Unit::Count))
        } else {
            format!("missed in only {how} of {lives}")
        };
        (Status::Good, format!("{promise} – {how}; attained {attained}"))
    } else {
        let status = if risk < LIKELY { Status::Warn } else { Status::Bad };
        (status, format!("{promise} – missed in {how} of {lives}; attained {attained}"))
    };
    let credits = s.credits.filter(|c| c.value.is_some_and(|v| v > 0.0));
    let credits = credits.map_or(String::new(), |c| format!("; expected credits {} {}", value(&c, Unit::Money), input.currency));
    Verdict::new(status, format!("{text}{credits}."))
}

/// `99.9 % of requests to web a calendar month`.
pub fn promise(o: &ObjectiveInput, service: &str) -> String {
    let target = number(o.target, Unit::Availability);
    let what = match o.counts {
        Counts::Requests => format!("{target} of requests to {service}"),
        Counts::Time => format!("{target} of time of {service}"),
        Counts::Slices { length, .. } => format!("{target} of slices of {} of {service}", duration(length)),
    };
    let latency = o.latency.map_or(String::new(), |below| format!(" within {}", duration(below)));
    let window = match o.window {
        WindowKind::Month => "a calendar month".to_owned(),
        WindowKind::Quarter => "a calendar quarter".to_owned(),
        WindowKind::Rolling(seconds) => format!("in any {}", duration(seconds)),
    };
    format!("{what}{latency}, {window}")
}

/// What breaks most, in the service that matters most: the worst of those with an objective, else of all.
fn causes(input: &Input<'_>, summary: &Summary) -> Option<Verdict> {
    let promised: Vec<&str> = input.objectives.iter().map(|o| input.service(o.service)).collect();
    let mut candidates: Vec<_> = summary.services.iter().filter(|(_, s)| tables::down(s) > 0.0).collect();
    if candidates.iter().any(|(n, _)| promised.contains(&n.as_str())) {
        candidates.retain(|(n, _)| promised.contains(&n.as_str()));
    }
    let Some((name, service)) = candidates.into_iter().max_by(|a, b| tables::down(a.1).total_cmp(&tables::down(b.1))) else {
        let can = input.services.iter().any(|s| s.can_fail);
        let text = if can {
            format!(
                "No outage was seen in {} {}; the tables give what that bounds.",
                number(replications(input), Unit::Count),
                input.lives()
            )
        } else {
            "Nothing in the scenario can take a service down.".to_owned()
        };
        return (!input.services.is_empty()).then(|| Verdict::new(Status::Info, text));
    };
    let mut shares: Vec<(&String, f64)> =
        summary.failures.iter().filter_map(|(f, s)| Some((f, s.downtime_share.get(name)?.value?))).collect();
    shares.sort_by(|a, b| b.1.total_cmp(&a.1));
    let listed: Vec<String> = shares
        .iter()
        .take(3)
        .filter(|(_, share)| *share >= 0.01)
        .map(|(failure, share)| format!("{failure} ({} %)", (share * 100.0).round()))
        .collect();
    let down = estimate(&service.downtime_per_year, Unit::Duration);
    let from = match listed.split_last() {
        None => String::new(),
        Some((only, [])) => format!(", all but all of it from {only}"),
        Some((last, rest)) => format!(", mainly from {} and {last}", rest.join(", ")),
    };
    Some(Verdict::new(Status::Info, format!("{name} is down {down} a year{from}.")))
}

/// Requests that fail though the service is up, where those are most: the worst of the services with an objective.
fn lost(input: &Input<'_>, summary: &Summary) -> Option<Verdict> {
    let services = input.objectives.iter().filter(|o| o.counts != Counts::Time).map(|o| input.service(o.service));
    let candidates = services.filter_map(|name| {
        let s = summary.services.get(name)?;
        let failing = s.error_rate?.value?;
        let down = 1.0 - s.time_availability.value.unwrap_or(1.0);
        (failing > 1e-6 && failing > 2.0 * down).then_some((name, failing, down))
    });
    let (name, failing, down) = candidates.max_by(|a, b| a.1.total_cmp(&b.1))?;
    let down = if down > 0.0 { format!("down only {} of the time", number(down, Unit::Share)) } else { "never down".to_owned() };
    let text = format!(
        "{name} fails {} of its requests and is {down}: the rest is overload, or callees that fail.",
        number(failing, Unit::Share)
    );
    Some(Verdict::new(Status::Info, text))
}

fn cost(input: &Input<'_>, summary: &Summary) -> Option<Verdict> {
    let total = summary.cost.total.value.filter(|v| v.abs() > 0.0)?;
    let parts = [(&summary.cost.credits, "credits"), (&summary.cost.repairs, "repairs and upkeep")];
    let lost = summary.cost.lost_revenue.as_ref().map(|lost| (lost, "lost revenue"));
    let spent = parts.into_iter().chain(lost).filter(|(part, _)| part.value.is_some_and(|v| v > 0.0));
    let said = spent.map(|(part, what)| format!(", {} {} of it {what}", value(part, Unit::Money), input.currency));
    let split = said.collect::<Vec<_>>().concat();
    let span = super::charts::horizon(input.runs.horizon);
    let year = if (input.runs.horizon - YEAR).abs() < 2.0 * 86_400.0 {
        String::new()
    } else {
        format!(" ({} a year)", number(total * YEAR / input.runs.horizon, Unit::Money))
    };
    let shown = estimate(&summary.cost.total, Unit::Money);
    Some(Verdict::new(Status::Info, format!("It costs {shown} {} over {span}{year}{split}.", input.currency)))
}

fn replications(input: &Input<'_>) -> f64 {
    input.runs.replications as f64
}
