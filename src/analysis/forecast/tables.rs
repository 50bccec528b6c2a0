//! The tables of the forecast. People see the columns that matter; files hold all.

use super::{Input, LEVEL, YEAR, estimates};
use crate::report::chart::after;
use crate::report::summary::{FailureSummary, ServiceSummary, Summary};
use crate::report::{Column, Frame, Table, Unit};
use crate::run::runs::WindowRuns;
use crate::stats::Estimate;

/// One row for each service, the one that is down most first.
pub fn services(summary: &Summary) -> Table {
    let mut rows: Vec<(&String, &ServiceSummary)> = summary.services.iter().collect();
    rows.sort_by(|a, b| down(b.1).total_cmp(&down(a.1)));
    let of = |pick: fn(&ServiceSummary) -> Option<&Estimate>| rows.iter().map(|(_, s)| pick(s)).collect::<Vec<_>>();
    Frame::default()
        .text("service", rows.iter().map(|(n, _)| (*n).clone()))
        .estimate("time_availability", of(|s| Some(&s.time_availability)))
        .estimate("request_availability", of(|s| s.request_availability.as_ref()))
        .estimate("outages_per_year", of(|s| Some(&s.outages_per_year)))
        .estimate("downtime_seconds_per_year", of(|s| Some(&s.downtime_per_year)))
        .estimate("mttr_seconds", of(|s| Some(&s.mttr)))
        .estimate("mtbf_seconds", of(|s| Some(&s.mtbf)))
        .estimate("mttf_seconds", of(|s| Some(&s.mttf)))
        .estimate("mttd_seconds", of(|s| Some(&s.mttd)))
        .estimate("mtta_seconds", of(|s| Some(&s.mtta)))
        .estimate("time_to_first_outage_seconds", of(|s| Some(&s.time_to_first_outage)))
        .estimate("longest_outage_seconds", of(|s| Some(&s.longest_outage)))
        .estimate("point_availability", of(|s| Some(&s.point_availability)))
        .estimate("interval_reliability", of(|s| Some(&s.interval_reliability)))
        .estimate("utilization", of(|s| s.utilization.as_ref()))
        .estimate("replicas", of(|s| Some(&s.replicas)))
        .estimate("throughput_per_second", of(|s| s.throughput.as_ref()))
        .estimate("error_rate", of(|s| s.error_rate.as_ref()))
        .table(
            "services",
            "Services, the one that is down most first",
            vec![
                Column::text("Service", "service"),
                Column::estimate("Time up", "time_availability", Unit::Availability),
                Column::estimate("Down a year", "downtime_seconds_per_year", Unit::Duration),
                Column::estimate("Outages a year", "outages_per_year", Unit::Number),
                Column::estimate("MTTR", "mttr_seconds", Unit::Duration),
                Column::estimate("MTBF", "mtbf_seconds", Unit::Duration),
                Column::estimate("Good requests", "request_availability", Unit::Availability),
                Column::estimate("Busy", "utilization", Unit::Share),
            ],
        )
}

/// How much of its time a service is down, as far as is known.
pub fn down(service: &ServiceSummary) -> f64 {
    service.downtime_per_year.value.unwrap_or(0.0)
}

/// Where the downtime of each repair goes: detection, waiting for work to begin, the work.
pub fn stages(summary: &Summary) -> Option<Table> {
    let rows: Vec<(&String, &ServiceSummary)> = summary.services.iter().filter(|(_, s)| s.mttr.value.is_some()).collect();
    if rows.is_empty() {
        return None;
    }
    let get = |e: &Estimate| e.value;
    let stage = |pick: fn(&ServiceSummary) -> &Estimate| rows.iter().map(move |(_, s)| get(pick(s))).collect::<Vec<_>>();
    let rest =
        rows.iter().map(|(_, s)| Some((s.mttr.value? - s.mttd.value.unwrap_or(0.0) - s.mtta.value.unwrap_or(0.0)).max(0.0)));
    Some(
        Frame::default()
            .text("service", rows.iter().map(|(n, _)| (*n).clone()))
            .number("detection_seconds", stage(|s| &s.mttd))
            .number("acknowledgement_seconds", stage(|s| &s.mtta))
            .number("repair_seconds", rest.collect::<Vec<_>>())
            .number("whole_seconds", stage(|s| &s.mttr))
            .table(
                "stages",
                "Where the time of a mean outage goes",
                vec![
                    Column::text("Service", "service"),
                    Column::number("Detection", "detection_seconds", Unit::Duration),
                    Column::number("Acknowledgement", "acknowledgement_seconds", Unit::Duration),
                    Column::number("Repair", "repair_seconds", Unit::Duration),
                    Column::number("MTTR", "whole_seconds", Unit::Duration),
                ],
            ),
    )
}

/// One row for each objective.
pub fn objectives(input: &Input<'_>, summary: &Summary) -> Table {
    let rows: Vec<_> = input.objectives.iter().filter_map(|o| Some((o, summary.objectives.get(&o.name)?))).collect();
    let credits = rows.iter().any(|(_, s)| s.credits.is_some());
    let mut columns = vec![
        Column::text("Objective", "objective"),
        Column::number("Target", "target", Unit::Availability),
        Column::estimate("Attained", "attainment", Unit::Availability),
        Column::estimate("Risk of a breach", "breach_probability", Unit::Share),
        Column::estimate("Windows breached", "window_breach_rate", Unit::Share),
        Column::estimate("Worst window", "worst_window", Unit::Availability),
        Column::estimate("Budget left", "budget_left", Unit::Share),
    ];
    if credits {
        columns.push(Column::estimate(&format!("Credits ({})", input.currency), &money_column("credits", input), Unit::Money));
    }
    Frame::default()
        .text("objective", rows.iter().map(|(o, _)| o.name.clone()))
        .text("service", rows.iter().map(|(_, s)| s.service.clone()))
        .text("promise", rows.iter().map(|(o, s)| super::words::promise(o, &s.service)))
        .number("target", rows.iter().map(|(o, _)| o.target))
        .estimate("attainment", rows.iter().map(|(_, s)| Some(&s.attainment)))
        .estimate("breach_probability", rows.iter().map(|(_, s)| Some(&s.breach_probability)))
        .estimate("window_breach_rate", rows.iter().map(|(_, s)| Some(&s.window_breach_rate)))
        .estimate("budget_left", rows.iter().map(|(_, s)| Some(&s.budget_left)))
        .estimate("worst_window", rows.iter().map(|(_, s)| Some(&s.worst_window)))
        .estimate(&money_column("credits", input), rows.iter().map(|(_, s)| s.credits.as_ref()))
        .table("objectives-overall", "Objectives over the whole horizon", columns)
}

/// `credits_usd`: the unit is in the name.
fn money_column(what: &str, input: &Input<'_>) -> String {
    let code: String = input.currency.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("{what}_{}", code.to_ascii_lowercase())
}

/// One row for each window of each objective, with real dates.
pub fn windows(input: &Input<'_>) -> Table {
    struct Row<'a> {
        objective: &'a str,
        target: f64,
        window: &'a WindowRuns,
        attainment: Estimate,
        breach: Estimate,
        credits: Option<Estimate>,
    }
    let rows: Vec<Row<'_>> = input
        .objectives
        .iter()
        .zip(&input.runs.objectives)
        .flat_map(|(o, r)| r.by_window.iter().map(move |w| (o, w)))
        .map(|(o, window)| Row {
            objective: &o.name,
            target: o.target,
            window,
            attainment: estimates::good_of(&window.attainment, 0, 1),
            breach: if window.complete && window.breach.count() > 0 {
                window.breach.estimate(LEVEL)
            } else {
                Estimate::unobserved(LEVEL, 0, "partial")
            },
            credits: o.has_credits.then(|| window.credits.estimate_in(LEVEL, 0.0, f64::INFINITY)),
        })
        .collect();
    let day = |t: f64| after(&input.start, t).strftime("%Y-%m-%d").to_string();
    let mut columns = vec![
        Column::text("Objective", "objective"),
        Column::text("From", "from_date"),
        Column::text("Until", "until_date"),
        Column::estimate("Attained", "attainment", Unit::Availability),
        Column::estimate("Risk of a breach", "breach_probability", Unit::Share),
    ];
    if input.objectives.iter().any(|o| o.has_credits) {
        columns.push(Column::estimate(&format!("Credits ({})", input.currency), &money_column("credits", input), Unit::Money));
    }
    columns.push(Column::text("Window", "extent"));
    Frame::default()
        .text("objective", rows.iter().map(|r| r.objective.to_owned()))
        .text("from_date", rows.iter().map(|r| day(r.window.from)))
        .text("until_date", rows.iter().map(|r| day(r.window.to)))
        .number("from_seconds", rows.iter().map(|r| r.window.from))
        .number("until_seconds", rows.iter().map(|r| r.window.to))
        .flag("complete", rows.iter().map(|r| r.window.complete))
        .text("extent", rows.iter().map(|r| if r.window.complete { "whole" } else { "partial: not counted" }.to_owned()))
        .number("target", rows.iter().map(|r| r.target))
        .estimate("attainment", rows.iter().map(|r| Some(&r.attainment)))
        .estimate("breach_probability", rows.iter().map(|r| Some(&r.breach)))
        .estimate(&money_column("credits", input), rows.iter().map(|r| r.credits.as_ref()))
        .table("objectives", "Each window of each objective", columns)
}

/// One row for each failure mode and service that it took down, and one for each mode that took none down.
pub fn failures(input: &Input<'_>, summary: &Summary) -> Table {
    struct Row<'a> {
        name: &'a str,
        failure: &'a FailureSummary,
        service: Option<&'a str>,
        share: Option<&'a Estimate>,
        down: Option<Estimate>,
    }
    let mut rows = Vec::new();
    for (f, (name, failure)) in summary.failures.iter().enumerate() {
        let none = Row { name, failure, service: None, share: None, down: None };
        if failure.downtime_share.is_empty() {
            rows.push(none);
            continue;
        }
        rows.extend(input.services.iter().zip(&input.runs.services).filter_map(|(s, runs)| {
            let share = failure.downtime_share.get(&s.name)?;
            let down = runs.causes.get(f)?.estimate_in(LEVEL, 0.0, f64::INFINITY).scaled(YEAR / input.runs.horizon);
            Some(Row { service: Some(&s.name), share: Some(share), down: Some(down), ..none })
        }));
    }
    let cost = |r: &Row<'_>| r.down.and_then(|d| d.value).unwrap_or(0.0);
    rows.sort_by(|a, b| cost(b).total_cmp(&cost(a)));
    let mut columns = vec![
        Column::text("Failure", "failure"),
        Column::text("Takes down", "service"),
        Column::estimate("Share of its downtime", "downtime_share", Unit::Share),
        Column::estimate("Down a year", "downtime_seconds_per_year", Unit::Duration),
        Column::estimate("Failures a year", "count_per_year", Unit::Number),
        Column::estimate("Mean length", "mean_duration_seconds", Unit::Duration),
    ];
    let costs = money_column("cost", input) + "_per_year";
    if input.failures.iter().any(|f| f.has_cost) {
        columns.push(Column::estimate(&format!("Cost a year ({})", input.currency), &costs, Unit::Money));
    }
    Frame::default()
        .text("failure", rows.iter().map(|r| r.name.to_owned()))
        .text("service", rows.iter().map(|r| r.service.map(str::to_owned)))
        .estimate("downtime_share", rows.iter().map(|r| r.share))
        .estimate("downtime_seconds_per_year", rows.iter().map(|r| r.down.as_ref()))
        .estimate("count_per_year", rows.iter().map(|r| Some(&r.failure.count_per_year)))
        .estimate("mean_duration_seconds", rows.iter().map(|r| Some(&r.failure.mean_duration)))
        .estimate(&costs, rows.iter().map(|r| r.failure.cost_per_year.as_ref()))
        .table("failures", "Causes of downtime, the greatest first", columns)
}

/// One row for each failure whose repairs need parts.
pub fn parts(summary: &Summary) -> Option<Table> {
    let rows: Vec<_> = summary.failures.iter().filter(|(_, f)| f.fill_rate.is_some()).collect();
    if rows.is_empty() {
        return None;
    }
    let frame = Frame::default()
        .text("failure", rows.iter().map(|(n, _)| (*n).clone()))
        .estimate("fill_rate", rows.iter().map(|(_, f)| f.fill_rate.as_ref()))
        .estimate("waiting_for_parts_seconds", rows.iter().map(|(_, f)| f.waiting_for_parts.as_ref()));
    Some(frame.table(
        "parts",
        "Spare parts: how often one is on the shelf, and how long a repair waits for one",
        vec![
            Column::text("Failure", "failure"),
            Column::estimate("Part on the shelf", "fill_rate", Unit::Share),
            Column::estimate("Wait for a part", "waiting_for_parts_seconds", Unit::Duration),
        ],
    ))
}

/// One row for each team.
pub fn teams(summary: &Summary) -> Table {
    let rows: Vec<_> = summary.teams.iter().collect();
    Frame::default()
        .text("team", rows.iter().map(|(n, _)| (*n).clone()))
        .count("people", rows.iter().map(|(_, t)| u64::from(t.people)))
        .estimate("busy_people", rows.iter().map(|(_, t)| Some(&t.busy)))
        .estimate("waiting_incidents", rows.iter().map(|(_, t)| Some(&t.waiting)))
        .estimate("wait_seconds", rows.iter().map(|(_, t)| Some(&t.wait)))
        .table(
            "teams",
            "Teams: people at work, incidents in the queue, and how long one waits for a person",
            vec![
                Column::text("Team", "team"),
                Column::number("People", "people", Unit::Count),
                Column::estimate("At work", "busy_people", Unit::Number),
                Column::estimate("Incidents waiting", "waiting_incidents", Unit::Number),
                Column::estimate("Wait for a person", "wait_seconds", Unit::Duration),
            ],
        )
}

/// How much of the spread between replications is chance, and how much is numbers that nobody knows.
pub fn spread(input: &Input<'_>) -> Table {
    let rows: Vec<_> = input
        .services
        .iter()
        .zip(&input.runs.services)
        .filter(|(_, r)| r.components.random_variance() + r.components.uncertain_variance() > 0.0)
        .collect();
    Frame::default()
        .text("service", rows.iter().map(|(s, _)| s.name.clone()))
        .number("unknown_share", rows.iter().map(|(_, r)| r.components.uncertain_share()))
        .number("random_share", rows.iter().map(|(_, r)| 1.0 - r.components.uncertain_share()))
        .number("unavailability_p5", rows.iter().map(|(_, r)| r.unavailability.quantile(0.05)))
        .number("unavailability_p50", rows.iter().map(|(_, r)| r.unavailability.quantile(0.5)))
        .number("unavailability_p95", rows.iter().map(|(_, r)| r.unavailability.quantile(0.95)))
        .table(
            "spread",
            "What the spread of downtime between replications comes from (shares of its variance)",
            vec![
                Column::text("Service", "service"),
                Column::number("Not known", "unknown_share", Unit::Share),
                Column::number("Chance", "random_share", Unit::Share),
            ],
        )
}
