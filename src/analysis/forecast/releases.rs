//! Releases: how often, how fast, how often bad, and what bad ones cost.

use indexmap::IndexMap;

use super::estimates::clean;
use super::{Input, LEVEL, YEAR};
use crate::report::summary::{ReleaseSummary, Summary};
use crate::report::{Column, Frame, Table, Unit};
use crate::run::runs::released as r;
use crate::stats::Joint;

/// By service: what its releases came to.
pub fn summaries(input: &Input<'_>) -> IndexMap<String, ReleaseSummary> {
    let summary = |runs| summary(runs, input.runs.horizon);
    input.releases.iter().cloned().zip(input.runs.releases.iter().map(summary)).collect()
}

/// What the releases of one service came to, over replications of so many seconds.
pub fn summary(runs: &Joint<{ r::N }>, horizon: f64) -> ReleaseSummary {
    let mean = |which, factor: f64| clean(runs.mean_estimate(which, LEVEL).scaled(factor).clipped(0.0, f64::INFINITY));
    let ratio = |of, over| clean(runs.ratio(of, over, LEVEL).clipped(0.0, f64::INFINITY));
    ReleaseSummary {
        per_year: mean(r::STARTED, YEAR / horizon),
        lead_time: ratio(r::LEAD, r::FINISHED),
        change_fail_rate: clean(runs.portion(r::BAD, r::STARTED, LEVEL)),
        recovery_time: ratio(r::RECOVERY, r::RECOVERED),
        found_by_test: clean(runs.share(r::BY_TEST, r::NOTICED, LEVEL)),
        false_alarms: clean(runs.share(r::FALSE_ALARMS, r::FINISHED, LEVEL)),
        exposed_per_bad: ratio(r::EXPOSED, r::BAD),
        hurt_per_bad: ratio(r::HURT, r::BAD),
        at_risk_per_year: mean(r::RISK, YEAR / horizon),
        rollbacks_failed: clean(runs.portion(r::ROLLBACKS_FAILED, r::ROLLBACKS, LEVEL)),
        extra_replicas: mean(r::EXTRA, 1.0 / horizon),
    }
}

/// One row for each service that is released; none without any.
pub fn table(summary: &Summary) -> Option<Table> {
    let rows: Vec<_> = summary.releases.iter().collect();
    if rows.is_empty() {
        return None;
    }
    let frame = Frame::default()
        .text("service", rows.iter().map(|(name, _)| (*name).clone()))
        .estimate("per_year", rows.iter().map(|(_, r)| Some(&r.per_year)))
        .estimate("lead_time_seconds", rows.iter().map(|(_, r)| Some(&r.lead_time)))
        .estimate("change_fail_rate", rows.iter().map(|(_, r)| Some(&r.change_fail_rate)))
        .estimate("recovery_time_seconds", rows.iter().map(|(_, r)| Some(&r.recovery_time)))
        .estimate("found_by_test", rows.iter().map(|(_, r)| Some(&r.found_by_test)))
        .estimate("hurt_per_bad_requests", rows.iter().map(|(_, r)| Some(&r.hurt_per_bad)))
        .estimate("at_risk_per_year_seconds", rows.iter().map(|(_, r)| Some(&r.at_risk_per_year)))
        .estimate("extra_replicas", rows.iter().map(|(_, r)| Some(&r.extra_replicas)));
    Some(frame.table(
        "releases",
        "Releases: DORA's four measures, who finds the bad ones, and what they cost",
        vec![
            Column::text("Service", "service"),
            Column::estimate("Releases per year", "per_year", Unit::Number),
            Column::estimate("Start to all released", "lead_time_seconds", Unit::Duration),
            Column::estimate("Change fail rate", "change_fail_rate", Unit::Share),
            Column::estimate("Recovery", "recovery_time_seconds", Unit::Duration),
            Column::estimate("Bad ones found by a test", "found_by_test", Unit::Share),
            Column::estimate("Requests hurt per bad one", "hurt_per_bad_requests", Unit::Number),
            Column::estimate("At risk per year", "at_risk_per_year_seconds", Unit::Duration),
            Column::estimate("Extra replicas", "extra_replicas", Unit::Number),
        ],
    ))
}
