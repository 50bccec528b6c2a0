//! The tables of an analysis of scaling.

use super::summary::{Scalings, Service};
use super::{Input, Pattern, Targets, Usage};
use crate::report::{Column, Frame, Table, Unit};
use crate::stats::Estimate;

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// One row for each service.
pub fn services(input: &Input<'_>, summary: &Scalings) -> Table {
    let rows: Vec<(&String, &Service)> = summary.services.iter().collect();
    let of = |pick: fn(&Service) -> f64| rows.iter().map(|(_, s)| pick(s)).collect::<Vec<_>>();
    let priced = rows.iter().any(|(_, s)| s.cost > 0.0);
    let columns = [
        Some(Column::text("Service", "service")),
        Some(Column::number("Target", "target", Unit::Share)),
        Some(Column::number("Busy", "utilization", Unit::Share)),
        Some(Column::number("Replicas paid", "replicas_paid", Unit::Number)),
        Some(Column::number("Ideal", "ideal", Unit::Number)),
        Some(Column::number("Idle beyond it", "idle", Unit::Number)),
        priced.then(|| Column::number("Cost of idle", "idle_cost", Unit::Money)),
        Some(Column::number("Time short", "short", Unit::Share)),
        Some(Column::number("Longest", "longest_lag_seconds", Unit::Duration)),
        Some(Column::number("Lost to lag", "lost_to_lag", Unit::Share)),
        Some(Column::number("Ups a day", "ups_per_day", Unit::Number)),
        Some(Column::number("Flaps a day", "flaps_per_day", Unit::Number)),
    ];
    let title = format!("Scaled services while nothing breaks; money in {} over the horizon", input.model.currency);
    Frame::default()
        .text("service", rows.iter().map(|(name, _)| (*name).clone()))
        .number("target", of(|s| s.target))
        .number("utilization", of(|s| s.all.utilization))
        .number("replicas", of(|s| s.all.replicas))
        .number("replicas_paid", of(|s| s.replicas_paid))
        .number("ideal", of(|s| s.all.ideal))
        .number("idle", of(|s| s.all.idle))
        .number("missing", of(|s| s.all.missing))
        .number("idle_cost", of(|s| s.idle_cost))
        .number("cost", of(|s| s.cost))
        .number("short", of(|s| s.all.short))
        .number("longest_lag_seconds", of(|s| s.longest_lag_seconds))
        .number("requests_lost_to_lag", of(|s| s.requests_lost_to_lag))
        .number("lost_to_lag", of(|s| s.all.lost_to_lag))
        .number("overloaded", of(|s| s.all.overloaded))
        .number("ups_per_day", of(|s| s.ups_per_day))
        .number("downs_per_day", of(|s| s.downs_per_day))
        .number("flaps_per_day", of(|s| s.flaps_per_day))
        .table("scaled-services", &title, columns.into_iter().flatten().collect())
}

/// How an hour of the pattern is called.
pub fn hour_name(pattern: Pattern, hour: usize) -> String {
    match pattern {
        Pattern::Daily => format!("{hour:02}:00"),
        Pattern::Weekly => format!("{} {:02}:00", WEEKDAYS[hour / 24 % 7], hour % 24),
    }
}

/// One row for each hour of the pattern.
pub fn hours(input: &Input<'_>, usage: &Usage) -> Table {
    let name = input.name(usage.service);
    let rows: Vec<_> = usage.hours.iter().enumerate().filter(|(_, sums)| sums.time > 0.0).collect();
    let mean = |pick: fn(&super::Sums) -> f64| rows.iter().map(|(_, s)| pick(s) / s.time).collect::<Vec<_>>();
    let part = |s: &super::Sums| if s.requests > 0.0 { s.lost_to_lag / s.requests } else { 0.0 };
    Frame::default()
        .text("hour", rows.iter().map(|(hour, _)| hour_name(input.pattern, *hour)))
        .number("requests_per_second", mean(|s| s.requests))
        .number("replicas", mean(|s| s.ready))
        .number("ideal", mean(|s| s.ideal))
        .number("utilization", rows.iter().map(|(_, s)| s.utilization()))
        .number("idle", mean(|s| s.idle))
        .number("short", mean(|s| s.short))
        .number("lost_to_lag", rows.iter().map(|(_, s)| part(s)))
        .table(
            &format!("hours-{}", slug(name)),
            &format!("{name}, hour by hour"),
            vec![
                Column::text("Hour", "hour"),
                Column::number("Requests", "requests_per_second", Unit::Rate),
                Column::number("Replicas", "replicas", Unit::Number),
                Column::number("Ideal", "ideal", Unit::Number),
                Column::number("Busy", "utilization", Unit::Share),
                Column::number("Time short", "short", Unit::Share),
                Column::number("Lost to lag", "lost_to_lag", Unit::Share),
            ],
        )
}

/// One row for each target that was simulated.
pub fn targets(input: &Input<'_>, targets: &Targets) -> Table {
    let name = input.name(targets.service);
    let of = |pick: fn(&super::Trial) -> &Estimate| targets.trials.iter().map(|t| Some(pick(t))).collect::<Vec<_>>();
    let best = targets.best().map(|trial| trial.target);
    let note = |target: f64| match (target == targets.now, Some(target) == best) {
        (true, true) => "as it is, and best",
        (true, false) => "as it is",
        (false, true) => "best",
        (false, false) => "",
    };
    let mut frame = Frame::default()
        .number("target", targets.trials.iter().map(|t| t.target))
        .text("note", targets.trials.iter().map(|t| note(t.target).to_owned()))
        .estimate("replicas_paid", of(|t| &t.replicas))
        .estimate("utilization", of(|t| &t.utilization))
        .estimate("error_rate", of(|t| &t.error_rate))
        .estimate("response_p99_seconds", of(|t| &t.p99))
        .estimate("cost", of(|t| &t.cost))
        .flag("keeps", targets.trials.iter().map(|t| t.keeps))
        .text("kept", targets.trials.iter().map(|t| if t.keeps { "kept" } else { "missed" }.to_owned()));
    let mut columns = vec![
        Column::number("Target", "target", Unit::Share),
        Column::estimate("Busy", "utilization", Unit::Share),
        Column::estimate("Replicas paid", "replicas_paid", Unit::Number),
        Column::estimate("Failed", "error_rate", Unit::Share),
        Column::estimate("P99", "response_p99_seconds", Unit::Duration),
        Column::estimate("Cost of all", "cost", Unit::Money),
        Column::text("Promise", "kept"),
        Column::text("", "note"),
    ];
    let objectives = targets.trials.first().map(|trial| trial.attained.len()).unwrap_or_default();
    for o in 0..objectives {
        let column = format!("attained_{}", o + 1);
        frame = frame.estimate(&column, targets.trials.iter().map(|t| t.attained.get(o).map(|(_, attained, _)| attained)));
        if objectives == 1 {
            columns.insert(6, Column::estimate("Attained", &column, Unit::Availability));
        }
    }
    frame.table(&format!("targets-{}", slug(name)), &format!("{name} at other targets, all failures simulated"), columns)
}

/// A name as a part of a file's.
pub fn slug(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect()
}
