//! How forecasts from origins in the past are told.

use super::{Fared, Origin, Series};
use crate::analysis::forecast::charts::{axis, names};
use crate::analysis::sla::charts;
use crate::report::format::{decimal, duration};
use crate::report::{Axis, Chart, Column, Frame, Look, Mark, Scale, Shape, Status, Table, Unit, Verdict};

/// Before the tables of origins.
pub fn intro(fared: &Fared) -> String {
    format!(
        "The record covers {} to {}. At each origin rates and lengths were fitted to all that was known by then, the next {} forecast, and compared \
         with what happened. A log score is higher where more was given to what happened; the other is that of a forecast by the mean of the year before.",
        fared.from,
        fared.until,
        duration(fared.ahead_seconds)
    )
}

/// Whether the forecasts are worth something, in a sentence.
pub fn trusted(fared: &Fared) -> Option<Verdict> {
    let series = fared.series.first()?;
    let n = series.origins.len();
    let good = 2 * series.held >= n && series.beats();
    let text = format!(
        "On the record, {} of {n} forecasts held what happened in their 80 % interval; log score {} against {} of a forecast by the mean of the year \
         before.",
        series.held,
        decimal(series.log_score, 1),
        decimal(series.log_score_of_last_year, 1)
    );
    Some(Verdict::new(if good { Status::Good } else { Status::Warn }, text))
}

/// One row for each service of a record.
pub fn fared(fared: &Fared) -> Table {
    let rows = &fared.series;
    Frame::default()
        .text("service", rows.iter().map(|series| series.service.clone()))
        .count("origins", rows.iter().map(|series| series.origins.len() as u64))
        .count("held", rows.iter().map(|series| series.held as u64))
        .number("log_score", rows.iter().map(|series| series.log_score))
        .number("log_score_of_last_year", rows.iter().map(|series| series.log_score_of_last_year))
        .text("verdict", rows.iter().map(|series| if series.beats() { "better" } else { "worse" }.to_owned()))
        .table(
            "sla-fared",
            "Forecasts against what happened",
            vec![
                Column::text("Service", "service"),
                Column::number("Origins", "origins", Unit::Count),
                Column::number("80 % interval held", "held", Unit::Count),
                Column::number("Log score", "log_score", Unit::Number),
                Column::number("Of last year's mean", "log_score_of_last_year", Unit::Number),
                Column::text("", "verdict"),
            ],
        )
}

/// One row for each origin, of all incidents together.
pub fn origins(fared: &Fared) -> Table {
    each_origin("sla-origins", "Each origin, all incidents together", &fared.series[..fared.series.len().min(1)])
}

/// One row for each service and origin.
pub fn all_origins(fared: &Fared) -> Table {
    each_origin("sla-origins-all", "Each origin of each service", &fared.series)
}

fn each_origin(name: &str, title: &str, of: &[Series]) -> Table {
    let rows: Vec<(&str, &Origin)> =
        of.iter().flat_map(|series| series.origins.iter().map(|origin| (series.service.as_str(), origin))).collect();
    let each = |pick: fn(&Origin) -> f64| rows.iter().map(move |(_, origin)| pick(origin)).collect::<Vec<_>>();
    Frame::default()
        .text("service", rows.iter().map(|(service, _)| (*service).to_owned()))
        .text("origin", rows.iter().map(|(_, origin)| origin.day.clone()))
        .count("known", rows.iter().map(|(_, origin)| origin.known as u64))
        .number("p10_seconds", each(|origin| origin.p10))
        .number("p50_seconds", each(|origin| origin.p50))
        .number("p90_seconds", each(|origin| origin.p90))
        .number("happened_seconds", each(|origin| origin.happened))
        .text("held", rows.iter().map(|(_, origin)| if origin.held { "yes" } else { "no" }.to_owned()))
        .number("log_score", each(|origin| origin.log_score))
        .number("last_year_seconds", each(|origin| origin.last_year))
        .number("log_score_of_last_year", each(|origin| origin.log_score_of_last_year))
        .table(
            name,
            title,
            vec![
                Column::text("Origin", "origin"),
                Column::number("Incidents known", "known", Unit::Count),
                Column::number("Forecast P10", "p10_seconds", Unit::Duration),
                Column::number("P50", "p50_seconds", Unit::Duration),
                Column::number("P90", "p90_seconds", Unit::Duration),
                Column::number("Happened", "happened_seconds", Unit::Duration),
                Column::text("Held", "held"),
                Column::number("Log score", "log_score", Unit::Number),
                Column::number("Last year's mean", "last_year_seconds", Unit::Duration),
                Column::number("Its score", "log_score_of_last_year", Unit::Number),
            ],
        )
}

/// Forecast and what happened at each origin, of all incidents together.
pub fn chart(fared: &Fared) -> Option<Chart> {
    let series = fared.series.first()?;
    let label = |origin: &Origin| format!("from {}", origin.day);
    let rows = || series.origins.iter().enumerate();
    Some(charts::chart(
        "origins".to_owned(),
        "Downtime forecast at each origin, and what happened".to_owned(),
        format!(
            "For each origin the 80 % interval and the median of the downtime forecast, and what happened: held in {} of {}.",
            series.held,
            series.origins.len()
        ),
        Axis { least: Some(0.0), ..axis("Downtime", "downtime_seconds", Unit::Duration, Scale::Linear) },
        Axis { label: "Origin".to_owned(), column: "origin".to_owned(), ..names(series.origins.iter().map(label).collect()) },
        vec![
            Mark::new(
                "forecast, 80 % interval",
                Look::Series(4),
                Shape::Span(rows().map(|(i, o)| (i, [o.p10, o.p90])).collect()),
            ),
            Mark::new("median", Look::Series(0), Shape::Dot(rows().map(|(i, o)| (i, o.p50, None)).collect())),
            Mark::new("last year's mean", Look::Series(2), Shape::Dot(rows().map(|(i, o)| (i, o.last_year, None)).collect())),
            Mark::new("happened", Look::Limit, Shape::Tick(rows().map(|(i, o)| (i, o.happened)).collect())),
        ],
    ))
}
