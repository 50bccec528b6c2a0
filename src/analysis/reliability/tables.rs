//! The tables of an analysis of reliability.

use super::exact::Over;
use super::summary::{Analysis, ServiceAnalysis, Shown};
use super::{Input, Measure, Standing, YEAR};
use crate::report::format::number;
use crate::report::{Column, Frame, Table, Unit};
use crate::run::rare::Method;
use crate::stats::Estimate;

/// Rows of components for one service.
const COMPONENTS: usize = 12;
/// Things that are named in one cell.
const NAMED: usize = 6;

fn unit(shown: Shown) -> (&'static str, &'static str, Unit) {
    match shown {
        Shown::Uptime => ("Time up", "time_availability", Unit::Availability),
        Shown::Downtime => ("Down a year", "downtime_seconds_per_year", Unit::Duration),
        Shown::Outages => ("Outages a year", "outages_per_year", Unit::Number),
        Shown::Mttr => ("MTTR", "mttr_seconds", Unit::Duration),
        Shown::Mtbf => ("MTBF", "mtbf_seconds", Unit::Duration),
        Shown::Mttf => ("MTTF", "mttf_seconds", Unit::Duration),
        Shown::Mttd => ("Detection", "mttd_seconds", Unit::Duration),
        Shown::Mtta => ("Wait for work", "mtta_seconds", Unit::Duration),
        Shown::Reliability => ("No outage until the horizon", "interval_reliability", Unit::Share),
        Shown::FirstOutage => ("First outage after", "time_to_first_outage_seconds", Unit::Duration),
        Shown::LongestOutage => ("Longest outage", "longest_outage_seconds", Unit::Duration),
    }
}

/// Services, the one that is down most first.
pub fn by_downtime(analysis: &Analysis) -> Vec<(&String, &ServiceAnalysis)> {
    let mut rows: Vec<(&String, &ServiceAnalysis)> = analysis.services.iter().collect();
    let down = |s: &ServiceAnalysis| s.split.downtime_per_year.value.unwrap_or(0.0);
    rows.sort_by(|a, b| down(b.1).total_cmp(&down(a.1)));
    rows
}

/// One row for each service, with the measures that were asked for.
pub fn services(input: &Input<'_>, analysis: &Analysis) -> Table {
    let rows = by_downtime(analysis);
    let wanted = &input.question.metrics;
    let mut frame = Frame::default().text("service", rows.iter().map(|(name, _)| (*name).clone()));
    let mut columns = vec![Column::text("Service", "service")];
    for shown in Shown::ALL {
        let (title, column, unit) = unit(shown);
        if wanted.is_empty() || wanted.contains(&shown) {
            frame = frame.estimate(column, rows.iter().map(|(_, s)| s.measures.get(shown.name())));
            // Without a choice people see the usual ones; files hold all.
            if !wanted.is_empty() || !matches!(shown, Shown::Mttd | Shown::Mtta | Shown::LongestOutage) {
                columns.push(Column::estimate(title, column, unit));
            }
        }
    }
    frame.table("reliability", "Services, the one that is down most first", columns)
}

/// One row for each service and failure that takes it down.
pub fn drivers(analysis: &Analysis) -> Table {
    let rows: Vec<_> =
        by_downtime(analysis).into_iter().flat_map(|(name, s)| s.drivers.iter().map(move |driver| (name, driver))).collect();
    Frame::default()
        .text("service", rows.iter().map(|(name, _)| (*name).clone()))
        .text("failure", rows.iter().map(|(_, d)| d.failure.clone()))
        .flag("planned", rows.iter().map(|(_, d)| d.planned))
        .estimate("downtime_share", rows.iter().map(|(_, d)| Some(&d.downtime_share)))
        .estimate("downtime_seconds_per_year", rows.iter().map(|(_, d)| Some(&d.downtime_per_year)))
        .estimate("count_per_year", rows.iter().map(|(_, d)| Some(&d.count_per_year)))
        .table(
            "drivers",
            "What drives the downtime of each service, as simulated",
            vec![
                Column::text("Service", "service"),
                Column::text("Failure", "failure"),
                Column::estimate("Share of downtime", "downtime_share", Unit::Share),
                Column::estimate("Down a year", "downtime_seconds_per_year", Unit::Duration),
                Column::estimate("Failures a year", "count_per_year", Unit::Number),
            ],
        )
}

/// Where the downtime of each service goes.
pub fn split(analysis: &Analysis) -> Option<Table> {
    let rows: Vec<_> = by_downtime(analysis).into_iter().filter(|(_, s)| s.split.detection.value.is_some()).collect();
    let of = |pick: fn(&ServiceAnalysis) -> &Estimate| rows.iter().map(|(_, s)| Some(pick(s))).collect::<Vec<_>>();
    (!rows.is_empty()).then(|| {
        Frame::default()
            .text("service", rows.iter().map(|(name, _)| (*name).clone()))
            .estimate("detection_share", of(|s| &s.split.detection))
            .estimate("waiting_share", of(|s| &s.split.waiting))
            .estimate("repair_share", of(|s| &s.split.repair))
            .estimate("planned_share", of(|s| &s.split.planned))
            .table(
                "downtime-split",
                "Where downtime goes: until it is detected, until somebody is at work, and the work; and what of all of it is planned",
                vec![
                    Column::text("Service", "service"),
                    Column::estimate("Detection", "detection_share", Unit::Share),
                    Column::estimate("Waiting for a person", "waiting_share", Unit::Share),
                    Column::estimate("Work", "repair_share", Unit::Share),
                    Column::estimate("Planned", "planned_share", Unit::Share),
                ],
            )
    })
}

/// The exact importance of components, where they are independent.
pub fn components(analysis: &Analysis) -> Option<Table> {
    let rows: Vec<_> = by_downtime(analysis)
        .into_iter()
        .flat_map(|(name, s)| s.components.iter().take(COMPONENTS).map(move |component| (name, component)))
        .collect();
    (!rows.is_empty()).then(|| {
        Frame::default()
            .text("service", rows.iter().map(|(name, _)| (*name).clone()))
            .text("component", rows.iter().map(|(_, c)| c.name.clone()))
            .number("criticality", rows.iter().map(|(_, c)| c.criticality))
            .number("birnbaum", rows.iter().map(|(_, c)| c.birnbaum))
            .number("diagnostic", rows.iter().map(|(_, c)| c.diagnostic))
            .number("risk_achievement", rows.iter().map(|(_, c)| c.risk_achievement))
            .number("risk_reduction", rows.iter().map(|(_, c)| c.risk_reduction))
            .number("unavailability", rows.iter().map(|(_, c)| c.unavailability))
            .table(
                "importance",
                "Exact importance of components in the long run, the most critical first",
                vec![
                    Column::text("Service", "service"),
                    Column::text("Component", "component"),
                    Column::number("Criticality", "criticality", Unit::Share),
                    Column::number("Birnbaum", "birnbaum", Unit::Number),
                    Column::number("Risk achievement", "risk_achievement", Unit::Number),
                    Column::number("Risk reduction", "risk_reduction", Unit::Number),
                ],
            )
    })
}

/// One row for each service: its single points of failure, and how many sets of more things take it down.
pub fn points(analysis: &Analysis) -> Table {
    let rows = by_downtime(analysis);
    let named = |s: &ServiceAnalysis| match &s.cuts {
        None => "too many to tell".to_owned(),
        Some(cuts) if cuts.single_points.is_empty() => "none".to_owned(),
        Some(cuts) => some(&cuts.single_points),
    };
    let count =
        |s: &ServiceAnalysis, things: usize| s.cuts.as_ref().map(|cuts| cuts.counts.get(things - 1).copied().unwrap_or(0) as f64);
    let example = |s: &ServiceAnalysis| s.cuts.as_ref().and_then(|cuts| cuts.listed.first()).map(|set| set.join(" + "));
    Frame::default()
        .text("service", rows.iter().map(|(name, _)| (*name).clone()))
        .text("single_points", rows.iter().map(|(_, s)| named(s)))
        .number("pairs", rows.iter().map(|(_, s)| count(s, 2)))
        .number("triples", rows.iter().map(|(_, s)| count(s, 3)))
        .text("smallest", rows.iter().map(|(_, s)| example(s)))
        .table(
            "weak-points",
            "Single points of failure, and minimal sets of two and three things that take a service down together",
            vec![
                Column::text("Service", "service"),
                Column::text("Single points of failure", "single_points"),
                Column::number("Pairs", "pairs", Unit::Count),
                Column::number("Triples", "triples", Unit::Count),
                Column::text("For example", "smallest"),
            ],
        )
}

fn some(names: &[String]) -> String {
    let more = names.len().saturating_sub(NAMED);
    let shown = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

/// Minimal cut sets, as far as they are listed.
pub fn cut_sets(analysis: &Analysis) -> Table {
    let single =
        |s: &ServiceAnalysis| s.cuts.iter().flat_map(|cuts| cuts.single_points.clone()).map(|p| vec![p]).collect::<Vec<_>>();
    let rows: Vec<(&String, Vec<String>)> = analysis
        .services
        .iter()
        .flat_map(|(name, s)| {
            let listed = s.cuts.iter().flat_map(|cuts| cuts.listed.clone());
            single(s).into_iter().chain(listed).map(move |set| (name, set)).collect::<Vec<_>>()
        })
        .collect();
    Frame::default()
        .text("service", rows.iter().map(|(name, _)| (*name).clone()))
        .count("things", rows.iter().map(|(_, set)| set.len() as u64))
        .text("cut_set", rows.iter().map(|(_, set)| set.join(" + ")))
        .table("cut-sets", "Minimal cut sets", Vec::new())
}

/// Rare outages, where they were looked for.
pub fn rare(analysis: &Analysis) -> Option<Table> {
    let rows: Vec<_> = by_downtime(analysis).into_iter().filter_map(|(name, s)| Some((name, s, s.rare.as_ref()?))).collect();
    // Of the same time only: the long run is another question where things are new at the start.
    let exact = |s: &ServiceAnalysis| {
        let horizon = s.exact.iter().filter(|method| method.over == Some(Over::Horizon));
        let found = horizon.flat_map(|method| &method.values).find(|value| value.measure == Measure::DowntimePerYear);
        found.map(|value| value.exact)
    };
    let down: Vec<Option<Estimate>> =
        rows.iter().map(|(.., r)| r.found.as_ref().map(|rare| rare.unavailability.scaled(YEAR))).collect();
    let chance: Vec<Option<Estimate>> =
        rows.iter().map(|(.., r)| r.found.as_ref().and_then(|rare| rare.outage_probability)).collect();
    let said = |rare: &super::summary::RareSummary| match (&rare.found, &rare.why_not) {
        (Some(found), _) if found.verdict.converged && found.verdict.remarks.is_empty() => "converged".to_owned(),
        (Some(found), _) => {
            let word = if found.verdict.converged { "converged" } else { "NOT converged" };
            format!("{word}: {}", found.verdict.remarks.join("; "))
        }
        (None, why) => format!("does not apply: {}", why.clone().unwrap_or_default()),
    };
    let method = |rare: &super::summary::RareSummary| {
        rare.found.as_ref().map(|found| match found.method {
            Method::Splitting => "splitting".to_owned(),
            Method::Biasing => "biasing".to_owned(),
        })
    };
    (!rows.is_empty()).then(|| {
        Frame::default()
            .text("service", rows.iter().map(|(name, ..)| (*name).clone()))
            .text("method", rows.iter().map(|(.., r)| method(r)))
            .number("outages_seen", rows.iter().map(|(.., r)| r.seen))
            .estimate("downtime_seconds_per_year", down.iter().map(Option::as_ref))
            .number("exact_downtime_seconds_per_year", rows.iter().map(|(_, s, _)| exact(s)))
            .estimate("outage_probability", chance.iter().map(Option::as_ref))
            .number("relative_error", rows.iter().map(|(.., r)| r.found.as_ref().and_then(|rare| rare.relative_error)))
            .number("gain", rows.iter().map(|(.., r)| r.found.as_ref().and_then(|rare| rare.gain).map(|gain| gain.time)))
            .text("verdict", rows.iter().map(|(.., r)| said(r)))
            .table(
                "rare",
                "Rare outages, from the start to the horizon",
                vec![
                    Column::text("Service", "service"),
                    Column::text("Method", "method"),
                    Column::number("Seen plainly", "outages_seen", Unit::Count),
                    Column::estimate("Down a year", "downtime_seconds_per_year", Unit::Duration),
                    Column::number("Exactly", "exact_downtime_seconds_per_year", Unit::Duration),
                    Column::estimate("Chance of an outage", "outage_probability", Unit::Share),
                    Column::number("Relative error", "relative_error", Unit::Share),
                    Column::number("Gain", "gain", Unit::Count),
                    Column::text("Verdict", "verdict"),
                ],
            )
    })
}

/// Every measure that has an exact value, beside the simulated one.
pub fn compared(analysis: &Analysis) -> Table {
    let rows: Vec<_> = by_downtime(analysis)
        .into_iter()
        .flat_map(|(name, s)| s.exact.iter().flat_map(move |m| m.values.iter().map(move |value| (name, m, value))))
        .collect();
    let standing = |value: &super::summary::Value| {
        match value.standing {
            None => "not simulated",
            Some(Standing::Agrees) => "agrees",
            Some(Standing::AgreesSecond) => "agrees in a second sample",
            Some(Standing::TooFew) => "too few outages to tell",
            Some(Standing::Disagrees) => "DISAGREES",
        }
        .to_owned()
    };
    let written = |value: &super::summary::Value, of: &Estimate| crate::report::format::estimate(of, value.measure.unit());
    Frame::default()
        .text("service", rows.iter().map(|(name, ..)| (*name).clone()))
        .text("measure", rows.iter().map(|(.., v)| v.measure.title().to_owned()))
        .text("of", rows.iter().map(|(_, m, v)| of_which_time(v.measure.title(), m.over)))
        .text("over", rows.iter().map(|(_, m, _)| over(m.over).to_owned()))
        .text("method", rows.iter().map(|(_, m, _)| m.method.title().to_owned()))
        .number("exact", rows.iter().map(|(.., v)| v.exact))
        .estimate("simulated", rows.iter().map(|(.., v)| v.simulated.as_ref()))
        .text("exact_written", rows.iter().map(|(.., v)| number_of(v.exact, v.measure.unit())))
        .text("simulated_written", rows.iter().map(|(.., v)| v.simulated.as_ref().map(|e| written(v, e))))
        .text("standing", rows.iter().map(|(.., v)| standing(v)))
        .table(
            "exact",
            "Simulated beside exact",
            vec![
                Column::text("Service", "service"),
                Column::text("Measure", "of"),
                Column::text("Simulated", "simulated_written"),
                Column::text("Exact", "exact_written"),
                Column::text("Verdict", "standing"),
                Column::text("Over", "over"),
                Column::text("Method", "method"),
            ],
        )
}

/// A measure as the screen names it, which has no room for the column that says over what time it holds.
fn of_which_time(measure: &str, over: Option<Over>) -> String {
    match over {
        Some(Over::Horizon) => measure.to_owned(),
        Some(Over::LongRun) | None => format!("{measure}, long run"),
    }
}

fn over(over: Option<Over>) -> &'static str {
    match over {
        Some(Over::Horizon) => "start to horizon",
        Some(Over::LongRun) | None => "long run",
    }
}

/// An exact value with as many digits as are of use.
fn number_of(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Availability | Unit::Share if value < 1.0 => {
            let nines = (-(1.0 - value).log10()).max(0.0).ceil() as usize;
            format!("{:.*} %", (nines + 2).min(14), value * 100.0)
        }
        Unit::Number if value > 0.0 => {
            let places = (3.0 - value.log10().floor()).clamp(0.0, 14.0) as usize;
            format!("{value:.places$}")
        }
        _ => number(value, unit),
    }
}

/// Which exact methods apply to which services, and why not otherwise.
pub fn methods(analysis: &Analysis) -> Table {
    let rows: Vec<_> =
        by_downtime(analysis).into_iter().flat_map(|(name, s)| s.exact.iter().map(move |method| (name, method))).collect();
    let said = |method: &super::summary::MethodSummary| match &method.size {
        Some(size) => format!("applies, {}: {size}", over(method.over)),
        None => format!("does not apply: {}", method.why_not.join("; ")),
    };
    Frame::default()
        .text("service", rows.iter().map(|(name, _)| (*name).clone()))
        .text("method", rows.iter().map(|(_, m)| m.method.title().to_owned()))
        .flag("applies", rows.iter().map(|(_, m)| m.applies))
        .text("said", rows.iter().map(|(_, m)| said(m)))
        .table(
            "exact-methods",
            "Which exact method applies, and why not otherwise",
            vec![Column::text("Service", "service"), Column::text("Method", "method"), Column::text("Applies", "said")],
        )
}
