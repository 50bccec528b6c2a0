//! The sentences of an analysis of bottlenecks.

use super::Input;
use super::parts::{FULL, Split, Station};
use super::search::{DOUBLINGS, Step};
use super::summary::{Bottlenecks, OneMore};
use crate::model::Counts;
use crate::report::chart::after;
use crate::report::format::{duration, estimate, number, value};
use crate::report::{Status, Unit, Verdict};
use crate::stats::Estimate;

/// Services that are named after the first.
const NEXT: usize = 2;
/// Below this utilisation of the busiest service, it is not a lack of servers that breaks a promise.
const SLACK: f64 = 0.85;
/// A load this near to the one at hand is near.
const NEAR: f64 = 1.25;

/// Before the table of utilisations.
pub const FULL_FIRST: &str = "A service is full where its servers are busy all the time. Its multiple is one over its utilisation; where servers are \
                              held for calls that grow slower with the load, it is full sooner than that.";
/// Before the table of times.
pub const TIME: &str = "A visit is one request to a service, retries included. What passes in calls is the waiting and the work of the services \
                        that are called, which have rows of their own.";
/// Before the table of the search.
pub const SEARCH: &str = "Every load was simulated with the same requests, closer together as it grows. The promise breaks between the highest load \
                          at which it held and the lowest at which it did not.";
/// Before the table of gains.
pub const ONE_MORE: &str =
    "The scenario simulated again with one more replica of one service and the same requests: positive is less.";

/// What was simulated.
pub fn subtitle(input: &Input<'_>, summary: &Bottlenecks) -> String {
    let load = number(summary.load.requests_per_second.round(), Unit::Rate);
    let held = input.found.peak.map_or(String::new(), |t| {
        format!(", held as it is when it is highest ({})", after(&input.found.base.model.start, t).strftime("%-d %b %Y %H:%M"))
    });
    format!(
        "Load: {load}{held}. {} replications of {} each, after {} of warm-up.",
        number(summary.replications as f64, Unit::Count),
        duration(summary.horizon_seconds),
        duration(summary.warmup_seconds)
    )
}

/// The answers, the most important first.
pub fn verdicts(input: &Input<'_>, summary: &Bottlenecks) -> Vec<Verdict> {
    let mut list = vec![full_first(input)];
    list.extend(unlimited(summary));
    list.extend(chains(input));
    list.extend(breaking(input, summary));
    list.extend(confirmed(input));
    list.extend(one_more(summary));
    if summary.interrupted {
        list.push(Verdict::new(Status::Warn, "Interrupted: this is what was known until then."));
    }
    list
}

/// Which service is full first, which are next, and whether that is a symptom.
fn full_first(input: &Input<'_>) -> Verdict {
    let found = input.found;
    let Some(first) = found.order.first().map(|&place| &found.stations[place]) else {
        return Verdict::new(Status::Info, "Nothing limits these services: none is ever full.");
    };
    let next = found.order.iter().skip(1).take(NEXT).map(|&place| &found.stations[place]);
    let next: Vec<String> =
        next.filter_map(|s| Some(format!("{} at {}", input.name(s.service), times(s.multiple.as_ref()?)))).collect();
    let next = if next.is_empty() { String::new() } else { format!(" Next: {}.", next.join(", ")) };
    let name = input.name(first.service);
    let used = first.utilization.map_or(String::new(), |used| estimate(&used, Unit::Share));
    let full = first.busy() >= FULL;
    let when = match &first.multiple {
        Some(multiple) if !full => format!("full first, at {} the load", times(multiple)),
        _ => "full already".to_owned(),
    };
    let status = match first.busy() {
        busy if busy >= FULL => Status::Bad,
        busy if busy * NEAR >= 1.0 => Status::Warn,
        _ => Status::Info,
    };
    let text = if first.is_symptom() {
        let held = first.held.map_or(String::new(), |held| value(&held, Unit::Share));
        format!(
            "{name} is {when} (busy {used}), but that is a symptom: its servers are only held for calls {held} of the time that they are busy. {}{next}",
            because(input)
        )
    } else {
        format!("The bottleneck is {name}: it is {when} (busy {used}).{next}")
    };
    Verdict::new(status, text)
}

/// Why a service that is a symptom is full.
fn because(input: &Input<'_>) -> String {
    let Some(cause) = input.found.cause.last().and_then(|&service| station(input, service)) else {
        return "What they wait for was not seen.".to_owned();
    };
    let what = if cause.visit.waits() {
        format!("requests wait {} there", value(&cause.visit.wait, Unit::Duration))
    } else {
        format!("requests take {} of work there and hardly wait", value(&cause.visit.work, Unit::Duration))
    };
    let busy = cause
        .utilization
        .map_or("it has no limit".to_owned(), |used| format!("its servers are busy {}", value(&used, Unit::Share)));
    format!("The cause is {}: {what}, and {busy}.", input.name(cause.service))
}

fn station<'a>(input: &Input<'a>, service: usize) -> Option<&'a Station> {
    input.found.stations.iter().find(|station| station.service == service)
}

/// Services that are never full.
fn unlimited(summary: &Bottlenecks) -> Option<Verdict> {
    let free: Vec<&str> =
        summary.services.iter().filter(|(_, s)| s.utilization.is_none()).map(|(name, _)| name.as_str()).collect();
    let text = match free[..] {
        [] => return None,
        [one] => format!("{one} has no limit and is never full."),
        [one, other] => format!("{one} and {other} have no limit and are never full."),
        [one, .., last] => format!("{} services, from {one} to {last}, have no limit and are never full.", free.len()),
    };
    Some(Verdict::new(Status::Info, text))
}

/// Where the time of a request goes, from each entry down.
fn chains(input: &Input<'_>) -> Vec<Verdict> {
    let link = |&service: &usize| {
        let split = &station(input, service)?.visit;
        Some(format!("{} ({})", input.name(service), told(split)))
    };
    let chain = |chain: &Vec<usize>| {
        let links: Vec<String> = chain.iter().filter_map(link).collect();
        (!links.is_empty()).then(|| Verdict::new(Status::Info, format!("Where the time goes: {}.", links.join(" -> "))))
    };
    input.found.chains.iter().filter_map(chain).collect()
}

/// `waits 2 ms, works 45 ms, in calls 310 ms`.
fn told(split: &Split) -> String {
    let time = |e: &Estimate| value(e, Unit::Duration);
    let calls = split.calls.value.filter(|calls| *calls > 0.0).map(|_| format!(", in calls {}", time(&split.calls)));
    format!("waits {}, works {}{}", time(&split.wait), time(&split.work), calls.unwrap_or_default())
}

/// What is promised, in words.
fn promise(summary: &Bottlenecks) -> String {
    let names: Vec<String> =
        summary.breaking.promises.iter().filter_map(|p| p.objective.as_ref().map(|name| format!("`{name}`"))).collect();
    if names.is_empty() {
        "That at most 1 % of requests fail, and none pile up (no objective on requests says otherwise),".to_owned()
    } else {
        format!("The promise {}", names.join(", "))
    }
}

/// At which load the promise breaks.
fn breaking(input: &Input<'_>, summary: &Bottlenecks) -> Option<Verdict> {
    let search = &input.found.search;
    let at = |step: &Step| {
        format!("{} times the load ({})", number(step.multiple, Unit::Number), number(step.rate.round(), Unit::Rate))
    };
    let why = |step: &Step| step.broken.clone().map_or(String::new(), |why| format!(": {why}"));
    let what = promise(summary);
    let (status, text) = match (search.holds(), search.breaks()) {
        (Some(low), Some(high)) if low.multiple >= 1.0 => {
            let status = if high.multiple < NEAR { Status::Warn } else { Status::Good };
            (status, format!("{what} holds at {} and is broken at {}{}.", at(low), at(high), why(high)))
        }
        (Some(low), Some(high)) => (
            Status::Bad,
            format!("{what} is broken at this load: it holds at {} and no longer at {}{}.", at(low), at(high), why(high)),
        ),
        (None, Some(high)) => (Status::Bad, format!("{what} is broken even at {}{}.", at(high), why(high))),
        (Some(low), None) => {
            let end = search.ended.clone().map_or_else(
                || {
                    if low.multiple >= f64::from(DOUBLINGS).exp2() {
                        "more was not tried".to_owned()
                    } else {
                        "then the search was ended".to_owned()
                    }
                },
                |why| why.replace('\n', " "),
            );
            (Status::Info, format!("{what} holds at {}; {end}.", at(low)))
        }
        (None, None) => return None,
    };
    Some(Verdict::new(status, text))
}

/// Whether the search says of the bottleneck what the estimate said.
fn confirmed(input: &Input<'_>) -> Option<Verdict> {
    let found = input.found;
    let step = found.search.breaks()?;
    let (first, cause) = (step.fullest.first()?, step.fullest.last()?);
    let busiest = step.stations.iter().find(|station| station.service == *first)?;
    let used = busiest.utilization.map_or(String::new(), |used| value(&used, Unit::Share));
    let name = input.name(*first);
    if busiest.busy() < SLACK {
        let text = format!(
            "No service is full where the promise breaks: the busiest, {name}, is busy {used}. It is not servers that are missing."
        );
        return Some(Verdict::new(Status::Info, text));
    }
    let held = if first == cause { String::new() } else { format!(", held for {}", input.name(*cause)) };
    let before = station(input, *first).map_or(0.0, |station| station.busy() * step.multiple);
    let faster = if busiest.busy() > 1.05 * before && before > 0.0 {
        format!(" (in proportion it would be {})", number(before, Unit::Share))
    } else {
        String::new()
    };
    let verdict = if found.cause.last() == Some(cause) {
        "the search confirms the bottleneck"
    } else {
        "the search does not confirm the estimate from this load"
    };
    let status = if found.cause.last() == Some(cause) { Status::Info } else { Status::Warn };
    Some(Verdict::new(status, format!("Where the promise breaks, {name} is busy {used}{faster}{held}: {verdict}.")))
}

/// Which service one more replica helps most.
fn one_more(summary: &Bottlenecks) -> Option<Verdict> {
    let (name, best) = summary.one_more_replica.first()?;
    let sure = |e: &Estimate| e.low.is_some_and(|low| low > 0.0);
    let text = if sure(&best.mean) || sure(&best.p99) || sure(&best.error_rate) {
        format!("One more replica helps most at {name}: it takes {}.", off(best))
    } else {
        "One more replica of any single service brings nothing that could be told from chance.".to_owned()
    };
    Some(Verdict::new(Status::Info, text))
}

/// `12 ms (11–13) off the mean response, 40 ms (35–45) off its P99`.
fn off(best: &OneMore) -> String {
    let mut parts = vec![
        format!("{} off the mean response", estimate(&best.mean, Unit::Duration)),
        format!("{} off its P99", estimate(&best.p99, Unit::Duration)),
    ];
    if best.error_rate.low.is_some_and(|low| low > 0.0) {
        parts.push(format!("{} fewer requests fail", estimate(&best.error_rate, Unit::Share)));
    }
    parts.join(", ")
}

fn times(e: &Estimate) -> String {
    format!("{} times", estimate(e, Unit::Number))
}

/// What the numbers rest on.
pub fn assumptions(input: &Input<'_>, summary: &Bottlenecks) -> Vec<String> {
    let mut list = vec![
        "Every request was simulated (request fidelity), whatever --fidelity says.".to_owned(),
        format!(
            "Simulated were {} times {} of the load, {} other simulations of its multiples and of one more replica, all with the same seed. \
             The length is what about 50,000 requests take, fewer where each reaches more than ten services, and never more than the horizon.",
            number(summary.replications as f64, Unit::Count),
            duration(summary.horizon_seconds),
            summary.simulations.saturating_sub(1)
        ),
        format!(
            "The warm-up is {}; queues that need longer to fill are not yet as long as they become.",
            if input.options.warmup.is_some() { "what was asked for" } else { "a quarter of what is measured" }
        ),
    ];
    if input.found.peak.is_some() {
        let text = "The load changes over the horizon. It is held as it is where all sources together send most, growth, steps and surges included, \
                    uncertain numbers at their medians; a shorter --horizon looks at its begin alone.";
        list.push(text.to_owned());
    }
    if input.found.system.entries.len() > 1 {
        list.push("With several sources the mean is that of all requests, and P99 the highest of a source.".to_owned());
    }
    let slices = input.found.base.model.objectives.iter().any(|o| matches!(o.counts, Counts::Slices { .. }));
    if slices {
        list.push("Of an objective on slices of time the load must keep what makes a slice good.".to_owned());
    }
    list
}
