//! The tables of an analysis of bottlenecks.

use super::summary::{Bottlenecks, OneMore, ServiceLoad, StepSummary};
use crate::report::{Column, Frame, Table, Unit};
use crate::stats::Estimate;

/// One row for each service, the one that is full first before the others.
pub fn services(summary: &Bottlenecks) -> Table {
    let rows: Vec<(&String, &ServiceLoad)> = summary.services.iter().collect();
    let of = |pick: fn(&ServiceLoad) -> Option<&Estimate>| rows.iter().map(|(_, s)| pick(s)).collect::<Vec<_>>();
    let kind = |s: &ServiceLoad| match (&s.utilization, s.symptom) {
        (None, _) => "no limit",
        (Some(_), true) => "held for calls",
        (Some(_), false) => "own work",
    };
    let broken = rows.iter().any(|(_, s)| s.utilization_when_broken.is_some());
    let held = rows.iter().any(|(_, s)| s.held.is_some());
    let columns = [
        Some(Column::text("Service", "service")),
        Some(Column::estimate("Busy", "utilization", Unit::Share)),
        Some(Column::estimate("Full at, times the load", "full_at", Unit::Number)),
        broken.then(|| Column::estimate("Busy when the promise breaks", "utilization_when_broken", Unit::Share)),
        Some(Column::text("Its servers are busy by", "busy_by")),
        held.then(|| Column::estimate("Held, of busy time", "held", Unit::Share)),
    ];
    Frame::default()
        .text("service", rows.iter().map(|(name, _)| (*name).clone()))
        .estimate("utilization", of(|s| s.utilization.as_ref()))
        .estimate("full_at", of(|s| s.full_at.as_ref()))
        .estimate("utilization_when_broken", of(|s| s.utilization_when_broken.as_ref()))
        .text("busy_by", rows.iter().map(|(_, s)| kind(s).to_owned()))
        .estimate("held", of(|s| s.held.as_ref()))
        .table("saturation", "Services, the one that is full first before the others", columns.into_iter().flatten().collect())
}

/// One row for each service: where the time goes, for each visit and each request from outside.
pub fn times(summary: &Bottlenecks) -> Table {
    let mut rows: Vec<(&String, &ServiceLoad)> = summary.services.iter().collect();
    let own = |s: &ServiceLoad| s.per_request.wait.value.unwrap_or(0.0) + s.per_request.work.value.unwrap_or(0.0);
    rows.sort_by(|a, b| own(b.1).total_cmp(&own(a.1)));
    let of = |pick: fn(&ServiceLoad) -> &Estimate| rows.iter().map(|(_, s)| Some(pick(s))).collect::<Vec<_>>();
    let on_chain = rows.iter().map(|(name, _)| summary.chains.iter().any(|chain| chain.contains(name)));
    Frame::default()
        .text("service", rows.iter().map(|(name, _)| (*name).clone()))
        .flag("on_chain", on_chain)
        .estimate("visits", of(|s| &s.visits))
        .estimate("wait_seconds", of(|s| &s.per_visit.wait))
        .estimate("work_seconds", of(|s| &s.per_visit.work))
        .estimate("calls_seconds", of(|s| &s.per_visit.calls))
        .estimate("response_seconds", of(|s| &s.per_visit.response))
        .estimate("wait_per_request_seconds", of(|s| &s.per_request.wait))
        .estimate("work_per_request_seconds", of(|s| &s.per_request.work))
        .estimate("calls_per_request_seconds", of(|s| &s.per_request.calls))
        .estimate("response_per_request_seconds", of(|s| &s.per_request.response))
        .table(
            "time-of-a-request",
            "Where the time goes, the service that adds most of its own first",
            vec![
                Column::text("Service", "service"),
                Column::estimate("Waits", "wait_seconds", Unit::Duration),
                Column::estimate("Works", "work_seconds", Unit::Duration),
                Column::estimate("In calls", "calls_seconds", Unit::Duration),
                Column::estimate("Visits", "visits", Unit::Number),
                Column::estimate("Waits, all visits", "wait_per_request_seconds", Unit::Duration),
                Column::estimate("Works, all visits", "work_per_request_seconds", Unit::Duration),
            ],
        )
}

/// One row for each step of the search, by load.
pub fn steps(summary: &Bottlenecks) -> Table {
    let rows = by_load(summary);
    let of = |pick: fn(&StepSummary) -> &Estimate| rows.iter().map(|s| Some(pick(s))).collect::<Vec<_>>();
    Frame::default()
        .number("times_the_load", rows.iter().map(|s| s.multiple))
        .number("requests_per_second", rows.iter().map(|s| s.requests_per_second))
        .flag("holds", rows.iter().map(|s| s.holds))
        .text("promise", rows.iter().map(|s| if s.holds { "holds" } else { "broken" }.to_owned()))
        .estimate("response_mean_seconds", of(|s| &s.response.mean))
        .estimate("response_p99_seconds", of(|s| &s.response.p99))
        .estimate("error_rate", of(|s| &s.response.error_rate))
        .estimate("highest_utilization", rows.iter().map(|s| s.highest_utilization.as_ref()))
        .number("horizon_seconds", rows.iter().map(|s| s.horizon_seconds))
        .count("replications", rows.iter().map(|s| s.replications))
        .table(
            "load-search",
            "Loads that were simulated",
            vec![
                Column::number("Times the load", "times_the_load", Unit::Number),
                Column::number("Requests", "requests_per_second", Unit::Rate),
                Column::text("Promise", "promise"),
                Column::estimate("Mean", "response_mean_seconds", Unit::Duration),
                Column::estimate("P99", "response_p99_seconds", Unit::Duration),
                Column::estimate("Failed", "error_rate", Unit::Share),
                Column::estimate("Busiest service", "highest_utilization", Unit::Share),
            ],
        )
}

/// The steps of the search by their load.
pub fn by_load(summary: &Bottlenecks) -> Vec<&StepSummary> {
    let mut rows: Vec<&StepSummary> = summary.breaking.steps.iter().collect();
    rows.sort_by(|a, b| a.multiple.total_cmp(&b.multiple));
    rows
}

/// One row for each service that one more replica was tried for, the most gain first.
pub fn gains(summary: &Bottlenecks) -> Table {
    let rows: Vec<(&String, &OneMore)> = summary.one_more_replica.iter().collect();
    let of = |pick: fn(&OneMore) -> &Estimate| rows.iter().map(|(_, s)| Some(pick(s))).collect::<Vec<_>>();
    Frame::default()
        .text("service", rows.iter().map(|(name, _)| (*name).clone()))
        .text("replicas", rows.iter().map(|(_, s)| format!("{} → {}", s.replicas, s.replicas + 1)))
        .estimate("mean_less_seconds", of(|s| &s.mean))
        .estimate("p99_less_seconds", of(|s| &s.p99))
        .estimate("error_rate_less", of(|s| &s.error_rate))
        .table(
            "one-more-replica",
            "What one more replica takes off, from end to end; the most gain first",
            vec![
                Column::text("Service", "service"),
                Column::text("Replicas", "replicas"),
                Column::estimate("Mean", "mean_less_seconds", Unit::Duration),
                Column::estimate("P99", "p99_less_seconds", Unit::Duration),
                Column::estimate("Failed", "error_rate_less", Unit::Share),
            ],
        )
}
