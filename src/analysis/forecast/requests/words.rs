//! What is said of single requests: the answer in sentences, and how it was come by.

use super::super::Input;
use crate::report::chart::after;
use crate::report::format::{duration, estimate, number, value};
use crate::report::summary::{Distribution, RequestSummary, Summary};
use crate::report::{Status, Unit, Verdict};
use crate::run::requests::{Found, Warmup};
use crate::run::runs::Runs;
use crate::stats::{Estimate, independence};

use super::tables::reason;

/// Sources that get a sentence of their own.
const SOURCES: usize = 3;
/// Retries that make more of the load than this are told.
const AMPLIFIED: f64 = 1.05;
/// A wait that is a smaller part of the response is not told.
const HARDLY: f64 = 0.01;
/// A share of failures that is worth a sentence.
const WORTH_TELLING: f64 = 1e-5;
/// A service whose servers are busier than this is near its end.
const BUSY: f64 = 0.9;

/// The answers: how fast, what fails, where requests wait; empty where they were followed as rates.
pub fn verdicts(input: &Input<'_>, summary: &Summary) -> Vec<Verdict> {
    let Some(runs) = &input.runs.requests else {
        return [busiest(summary), failing_most(summary), amplified(summary)].into_iter().flatten().collect();
    };
    let mut verdicts: Vec<Verdict> = unsettled(input.runs).into_iter().collect();
    let alike = runs.sources.iter().filter_map(|served| independence(&served.batch_means)).filter(|found| found.doubtful);
    if let Some(found) = alike.max_by(|a, b| a.correlation.total_cmp(&b.correlation)) {
        let text = format!(
            "Batches of this one replication are not independent (neighbours correlate by {:.2}): its intervals are too narrow. Give \
             --replications, or a longer horizon.",
            found.correlation
        );
        verdicts.push(Verdict::new(Status::Warn, text));
    }
    verdicts.extend(summary.traffic.iter().take(SOURCES).map(|(name, source)| {
        let time = &source.response_time;
        let text = match (time.p50.value, time.p99.value) {
            (Some(_), Some(_)) => format!(
                "{name}: half of the answers come within {}, 99 of 100 within {}{}.",
                value(&time.p50, Unit::Duration),
                estimate(&time.p99, Unit::Duration),
                failing(&source.requests, &source.error_rate)
            ),
            _ => format!("{name}: no request was answered well."),
        };
        Verdict::new(Status::Info, text)
    }));
    if summary.traffic.len() > SOURCES {
        let text = format!("{} more sources: see Requests.", summary.traffic.len() - SOURCES);
        verdicts.push(Verdict::new(Status::Info, text));
    }
    verdicts.extend(busiest(summary));
    verdicts.extend(failing_most(summary));
    verdicts.extend(amplified(summary));
    verdicts
}

/// `; 1.2 % fail, mostly: queue full`.
fn failing(requests: &RequestSummary, error_rate: &Estimate) -> String {
    let Some(rate) = error_rate.value else { return String::new() };
    if rate <= 0.0 {
        return "; none fails".to_owned();
    }
    let most = requests.errors.iter().max_by(|a, b| a.1.value.unwrap_or(0.0).total_cmp(&b.1.value.unwrap_or(0.0)));
    let why = most.map_or(String::new(), |(name, _)| {
        format!("{}: {}", if requests.errors.len() > 1 { ", mostly" } else { "" }, reason(name))
    });
    format!("; {} fail{why}", value(error_rate, Unit::Share))
}

/// The service whose servers are busiest, and how long requests wait there.
fn busiest(summary: &Summary) -> Option<Verdict> {
    let services = summary.services.iter().filter(|(_, s)| s.requests.is_some());
    let busy = services.filter_map(|(name, s)| Some((name, s, s.utilization?.value?)));
    let (name, service, used) = busy.max_by(|a, b| a.2.total_cmp(&b.2))?;
    let mean = |times: Option<&Distribution>| times.and_then(|times| times.mean.value).unwrap_or(0.0);
    let waits = mean(service.wait.as_ref()) > HARDLY * mean(service.response_time.as_ref());
    let wait = service.wait.as_ref().filter(|_| waits).map_or("requests hardly wait there".to_owned(), |wait| {
        format!(
            "a request waits {} there on average, one in 100 longer than {}",
            value(&wait.mean, Unit::Duration),
            value(&wait.p99, Unit::Duration)
        )
    });
    let status = if used > BUSY { Status::Warn } else { Status::Info };
    let text =
        format!("The busiest service is {name}: its servers are at work {} of the time, and {wait}.", number(used, Unit::Share));
    Some(Verdict::new(status, text))
}

/// The service where the largest share of requests fails of itself, not of what it calls or of who called it.
fn failing_most(summary: &Summary) -> Option<Verdict> {
    let own = |requests: &RequestSummary| {
        let others = ["dependency", "cancelled"];
        let own = requests.errors.iter().filter(|(why, _)| !others.contains(*why));
        own.filter_map(|(why, share)| Some((*why, share.value?))).filter(|(_, share)| *share > 0.0).collect::<Vec<_>>()
    };
    let services = summary.services.iter().filter_map(|(name, s)| Some((name, own(s.requests.as_ref()?))));
    let total = |reasons: &[(&str, f64)]| reasons.iter().map(|(_, share)| share).sum::<f64>();
    let (name, mut reasons) = services.max_by(|a, b| total(&a.1).total_cmp(&total(&b.1)))?;
    reasons.sort_by(|a, b| b.1.total_cmp(&a.1));
    let (first, _) = reasons.first().filter(|_| total(&reasons) >= WORTH_TELLING)?;
    let text = format!(
        "Most of what goes wrong begins at {name}: {} of its requests fail there{}{}.",
        number(total(&reasons), Unit::Share),
        if reasons.len() > 1 { ", mostly: " } else { ": " },
        reason(first)
    );
    Some(Verdict::new(Status::Info, text))
}

/// The service whose load grows most by retries.
fn amplified(summary: &Summary) -> Option<Verdict> {
    let services = summary.services.iter().filter_map(|(name, s)| Some((name, s.requests.as_ref()?.retry_amplification?)));
    let (name, found) = services.max_by(|a, b| a.1.value.unwrap_or(0.0).total_cmp(&b.1.value.unwrap_or(0.0)))?;
    let times = found.value.filter(|times| *times > AMPLIFIED)?;
    let status = if times > 1.5 { Status::Warn } else { Status::Info };
    let text = format!("Retries make {} attempts of each request to {name}.", estimate(&found, Unit::Number));
    Some(Verdict::new(status, text))
}

/// That no steady state was found, and what was measured instead.
fn unsettled(runs: &Runs) -> Option<Verdict> {
    let text = match runs.warmup.found {
        Found::Unsettled(length) => format!(
            "No steady state was found: {} pilot runs of {} were still changing. What follows depends on how long the system had run; \
             half of that was taken as warm-up.",
            Warmup::pilots(),
            duration(length)
        ),
        Found::Flooded(_) => {
            "No steady state exists: requests pile up without bound. What follows begins with an empty system and depends on the \
             horizon."
                .to_owned()
        }
        Found::Asked | Found::Nothing | Found::Steady(_) => return None,
    };
    Some(Verdict::new(Status::Warn, text))
}

/// How the length of the warm-up was found, after the length itself.
pub fn found(runs: &Runs) -> String {
    let pilots = Warmup::pilots();
    match runs.warmup.found {
        Found::Asked => "as asked for".to_owned(),
        Found::Nothing => "nothing comes at the start".to_owned(),
        Found::Steady(length) => format!("twice what MSER-5 cuts off {pilots} pilot runs of {}", duration(length)),
        Found::Unsettled(length) => format!("half of {pilots} pilot runs of {}, which did not settle", duration(length)),
        Found::Flooded(_) => "requests pile up without bound".to_owned(),
    }
}

/// `38 s, found by MSER-5 on 64 pilot runs of 400 s`.
pub fn warmup(runs: &Runs) -> String {
    format!("{}, {}", duration(runs.warmup.seconds), found(runs))
}

/// What the numbers on requests rest on, one sentence each.
pub fn assumptions(input: &Input<'_>) -> Vec<String> {
    let Some(runs) = &input.runs.requests else { return Vec::new() };
    let what = if runs.batched { "32 batches of the one replication" } else { "replications" };
    let mut list = vec![
        "Every request was simulated (request fidelity).".to_owned(),
        format!(
            "Quantiles of times are those of all requests together; their intervals come from the quantiles of {what} and include the \
             error of the sketch that holds the times, 0.1 %."
        ),
        format!("Warm-up, simulated before the start with demand as it is there and not measured: {}.", warmup(input.runs)),
    ];
    if runs.batched && input.runs.per_draw > 1 {
        let text =
            "One replication has one draw of the uncertain numbers: its intervals tell chance alone, not what is not known.";
        list.push(text.to_owned());
    }
    if runs.batched {
        let text = "Intervals of a single replication take its batches as alike: where demand changes over the horizon they are wider \
                    than need be.";
        list.push(text.to_owned());
    }
    list
}

/// A moment of the horizon in words that fit its length.
pub fn moment(input: &Input<'_>, seconds: f64) -> String {
    let form = match input.runs.horizon {
        h if h < 7_200.0 => "%H:%M:%S",
        h if h < 3.0 * 86_400.0 => "%-d %b %H:%M",
        _ => "%-d %b %Y",
    };
    after(&input.start, seconds).strftime(form).to_string()
}
