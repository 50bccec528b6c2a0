//! The tables on single requests.

use super::super::Input;
use crate::report::chart::after;
use crate::report::summary::{CallSummary, Distribution, RequestSummary, ServiceSummary, Summary, TrafficSummary};
use crate::report::{Column, Frame, Table, Unit};
use crate::run::requests::{Point, RequestRuns};
use crate::sim::request::count;
use crate::stats::{Estimate, Moments};

/// One row for each source: how its requests fare from end to end.
pub fn sources(summary: &Summary) -> Table {
    let rows: Vec<(&String, &TrafficSummary)> = summary.traffic.iter().collect();
    let of = |pick: fn(&TrafficSummary) -> &Estimate| rows.iter().map(|(_, s)| Some(pick(s))).collect::<Vec<_>>();
    let frame = Frame::default()
        .text("source", rows.iter().map(|(name, _)| (*name).clone()))
        .text("service", rows.iter().map(|(_, s)| s.to.clone()))
        .estimate("requests_per_second", of(|s| &s.requests.arrival_rate))
        .estimate("good_per_second", of(|s| &s.throughput))
        .estimate("error_rate", of(|s| &s.error_rate))
        .estimate("in_flight", of(|s| &s.requests.in_flight));
    times(frame, "response", rows.iter().map(|(_, s)| Some(&s.response_time))).table(
        "requests-end-to-end",
        "From end to end: what each source sends, and how it is answered",
        vec![
            Column::text("Source", "source"),
            Column::text("To", "service"),
            Column::estimate("Requests", "requests_per_second", Unit::Rate),
            Column::estimate("Failed", "error_rate", Unit::Share),
            Column::estimate("Mean", "response_mean_seconds", Unit::Duration),
            Column::estimate("P50", "response_p50_seconds", Unit::Duration),
            Column::estimate("P95", "response_p95_seconds", Unit::Duration),
            Column::estimate("P99", "response_p99_seconds", Unit::Duration),
            Column::estimate("On their way", "in_flight", Unit::Number),
        ],
    )
}

/// Services that requests reach, the one where they wait longest first.
fn reached(summary: &Summary) -> Vec<(&String, &ServiceSummary, &RequestSummary)> {
    let mut rows: Vec<_> = summary.services.iter().filter_map(|(name, s)| Some((name, s, s.requests.as_ref()?))).collect();
    let wait = |s: &ServiceSummary| s.wait.as_ref().and_then(|wait| wait.mean.value).unwrap_or(0.0);
    rows.sort_by(|a, b| wait(b.1).total_cmp(&wait(a.1)));
    rows
}

/// One row for each service that requests reach.
pub fn services(summary: &Summary) -> Table {
    let rows = reached(summary);
    let of = |pick: fn(&ServiceSummary) -> Option<&Estimate>| rows.iter().map(|(_, s, _)| pick(s)).collect::<Vec<_>>();
    let frame = Frame::default()
        .text("service", rows.iter().map(|(name, ..)| (*name).clone()))
        .estimate("requests_per_second", rows.iter().map(|(.., r)| Some(&r.arrival_rate)))
        .estimate("good_per_second", of(|s| s.throughput.as_ref()))
        .estimate("utilization", of(|s| s.utilization.as_ref()))
        .estimate("error_rate", of(|s| s.error_rate.as_ref()))
        .estimate("in_flight", rows.iter().map(|(.., r)| Some(&r.in_flight)))
        .estimate("retry_amplification", rows.iter().map(|(.., r)| r.retry_amplification.as_ref()))
        .estimate("wasted", rows.iter().map(|(.., r)| r.wasted.as_ref()));
    let frame = times(frame, "wait", rows.iter().map(|(_, s, _)| s.wait.as_ref()));
    let frame = times(frame, "response", rows.iter().map(|(_, s, _)| s.response_time.as_ref()));
    let mut columns = vec![
        Column::text("Service", "service"),
        Column::estimate("Busy", "utilization", Unit::Share),
        Column::estimate("Wait", "wait_mean_seconds", Unit::Duration),
        Column::estimate("Wait P99", "wait_p99_seconds", Unit::Duration),
        Column::estimate("Response", "response_mean_seconds", Unit::Duration),
        Column::estimate("P50", "response_p50_seconds", Unit::Duration),
        Column::estimate("P95", "response_p95_seconds", Unit::Duration),
        Column::estimate("P99", "response_p99_seconds", Unit::Duration),
        Column::estimate("Failed", "error_rate", Unit::Share),
        Column::estimate("Requests", "requests_per_second", Unit::Rate),
        Column::estimate("In line", "queue_length_mean", Unit::Number),
    ];
    let queue = |pick: fn(&Distribution) -> &Estimate| rows.iter().map(move |(_, s, _)| s.queue_length.as_ref().map(pick));
    let frame = frame
        .estimate("queue_length_mean", queue(|d| &d.mean).collect::<Vec<_>>())
        .estimate("queue_length_p50", queue(|d| &d.p50).collect::<Vec<_>>())
        .estimate("queue_length_p95", queue(|d| &d.p95).collect::<Vec<_>>())
        .estimate("queue_length_p99", queue(|d| &d.p99).collect::<Vec<_>>());
    if rows.iter().any(|(.., r)| r.retry_amplification.is_some()) {
        columns.push(Column::estimate("Attempts per request", "retry_amplification", Unit::Number));
    }
    if rows.iter().any(|(.., r)| r.wasted.is_some()) {
        columns.push(Column::estimate("Worked for nobody", "wasted", Unit::Share));
    }
    frame.table("requests-services", "Services, the one where requests wait longest first", columns)
}

/// Mean and quantiles of a time, four estimates.
fn times<'s>(frame: Frame, name: &str, values: impl Iterator<Item = Option<&'s Distribution>>) -> Frame {
    let values: Vec<Option<&Distribution>> = values.collect();
    let of = |pick: fn(&Distribution) -> &Estimate| values.iter().map(|d| d.map(pick)).collect::<Vec<_>>();
    frame
        .estimate(&format!("{name}_mean_seconds"), of(|d| &d.mean))
        .estimate(&format!("{name}_p50_seconds"), of(|d| &d.p50))
        .estimate(&format!("{name}_p95_seconds"), of(|d| &d.p95))
        .estimate(&format!("{name}_p99_seconds"), of(|d| &d.p99))
}

/// A reason for failures as people read it.
pub fn reason(name: &str) -> &str {
    match name {
        "timeout" => "given up waiting",
        "queue_full" => "queue full",
        "down" => "down",
        "shed" => "shed",
        "dependency" => "a call failed",
        "fault" => "error of a failure",
        "cancelled" => "caller given up",
        other => other,
    }
}

/// One row for each source or service and each reason for which requests failed there, the most frequent first.
pub fn errors(summary: &Summary) -> Option<Table> {
    let sources = summary.traffic.iter().map(|(name, s)| (name, "end to end", &s.requests));
    let services = reached(summary).into_iter().map(|(name, _, requests)| (name, "service", requests));
    let mut rows: Vec<_> = sources
        .chain(services)
        .flat_map(|(name, kind, requests)| requests.errors.iter().map(move |(why, share)| (name, kind, *why, share)))
        .collect();
    if rows.is_empty() {
        return None;
    }
    rows.sort_by(|a, b| b.3.value.unwrap_or(0.0).total_cmp(&a.3.value.unwrap_or(0.0)));
    let frame = Frame::default()
        .text("name", rows.iter().map(|r| r.0.clone()))
        .text("kind", rows.iter().map(|r| r.1.to_owned()))
        .text("reason", rows.iter().map(|r| r.2.to_owned()))
        .text("why", rows.iter().map(|r| reason(r.2).to_owned()))
        .estimate("share_of_requests", rows.iter().map(|r| Some(r.3)));
    Some(frame.table(
        "requests-errors",
        "Why requests fail, the most frequent reason first",
        vec![
            Column::text("Where", "name"),
            Column::text("Seen", "kind"),
            Column::text("Why", "why"),
            Column::estimate("Of all requests there", "share_of_requests", Unit::Share),
        ],
    ))
}

/// One row for each call that was made.
pub fn calls(summary: &Summary) -> Option<Table> {
    let rows: Vec<(&String, &CallSummary)> = summary.calls.iter().collect();
    if rows.is_empty() {
        return None;
    }
    let mut columns = vec![
        Column::text("Call", "call"),
        Column::estimate("Calls", "calls_per_second", Unit::Rate),
        Column::estimate("Attempts per call", "attempts_per_call", Unit::Number),
        Column::estimate("Failed in the end", "failed", Unit::Share),
    ];
    let mut optional = |title, name, pick: fn(&CallSummary) -> Option<&Estimate>| {
        if rows.iter().any(|(_, s)| pick(s).is_some()) {
            columns.push(Column::estimate(title, name, Unit::Share));
        }
        rows.iter().map(|(_, s)| pick(s)).collect::<Vec<_>>()
    };
    let hits = optional("Answered by the cache", "cache_hits", |s| s.cache_hits.as_ref());
    let denied = optional("Retries denied", "retries_denied", |s| s.retries_denied.as_ref());
    let broken = optional("Failed by the breaker", "broken", |s| s.broken.as_ref());
    let frame = Frame::default()
        .text("call", rows.iter().map(|(name, _)| (*name).clone()))
        .estimate("calls_per_second", rows.iter().map(|(_, s)| Some(&s.per_second)))
        .estimate("attempts_per_call", rows.iter().map(|(_, s)| Some(&s.attempts_per_call)))
        .estimate("failed", rows.iter().map(|(_, s)| Some(&s.failed)))
        .estimate("cache_hits", hits)
        .estimate("retries_denied", denied)
        .estimate("broken", broken);
    Some(frame.table("requests-calls", "Calls between services", columns))
}

/// The course over time of every source and service, one row for each bin: for machines.
pub fn course(input: &Input<'_>, runs: &RequestRuns) -> Table {
    let sources = input.sources.iter().map(|s| (s.name.as_str(), "end to end")).zip(&runs.sources);
    let services = input.services.iter().map(|s| (s.name.as_str(), "service")).zip(&runs.services);
    let rows: Vec<(&str, &str, f64, &Point)> = sources
        .chain(services)
        .filter(|(_, runs)| runs.course.iter().any(|point| point.rate.mean() > 0.0))
        .flat_map(|((name, kind), served)| {
            served.course.iter().enumerate().map(move |(bin, point)| (name, kind, bin as f64 * runs.bin_seconds, point))
        })
        .collect();
    let seen = |m: &Moments| (m.count() > 0).then(|| m.mean());
    let stamp = |t: f64| after(&input.start, t).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string();
    let of = |pick: &dyn Fn(&Point) -> &Moments| rows.iter().map(|r| seen(pick(r.3))).collect::<Vec<_>>();
    let mut frame = Frame::default()
        .text("name", rows.iter().map(|r| r.0.to_owned()))
        .text("kind", rows.iter().map(|r| r.1.to_owned()))
        .text("from", rows.iter().map(|r| stamp(r.2)))
        .number("from_seconds", rows.iter().map(|r| r.2))
        .number("requests_per_second", of(&|p| &p.rate))
        .number("good_per_second", of(&|p| &p.good));
    for (place, (_, name)) in count::REASONS.iter().enumerate() {
        frame = frame.number(&format!("{name}_per_second"), of(&|p| &p.failed[place]));
    }
    frame
        .number("response_mean_seconds", of(&|p| &p.mean))
        .number("response_p50_seconds", of(&|p| &p.quantiles[0]))
        .number("response_p95_seconds", of(&|p| &p.quantiles[1]))
        .number("response_p99_seconds", of(&|p| &p.quantiles[2]))
        .number("queue_length", of(&|p| &p.queue))
        .number("in_flight", of(&|p| &p.present))
        .table("requests-over-time", "Requests over time, means over replications", Vec::new())
}
