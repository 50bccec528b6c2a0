//! The tables of the impact of a failure.

use super::blast::{self, Blow, Hit};
use super::summary::{Impact, ObjectiveEffect, ServiceEffect};
use super::{Input, words};
use crate::model::Model;
use crate::report::format::number;
use crate::report::{Column, Frame, Table, Unit};
use crate::stats::Estimate;

/// Services that differ from the run without the failure, those that go down most first.
pub fn affected(summary: &Impact) -> Vec<(&String, &ServiceEffect)> {
    let mut rows: Vec<(&String, &ServiceEffect)> = summary.services.iter().filter(|(_, s)| is_affected(s)).collect();
    let key = |s: &ServiceEffect| {
        let lost = s.requests_lost.and_then(|lost| lost.value);
        [s.goes_down.value, s.downtime.value, lost, s.capacity_lost.value].map(|value| value.unwrap_or(0.0))
    };
    rows.sort_by(|a, b| key(b.1).partial_cmp(&key(a.1)).unwrap_or(std::cmp::Ordering::Equal));
    rows
}

/// Whether it goes down, or loses something that chance alone does not explain.
pub fn is_affected(service: &ServiceEffect) -> bool {
    let some = |e: &Estimate| e.value.is_some_and(|value| value != 0.0);
    let lost = service.requests_lost.is_some_and(|lost| lost.low.or(lost.value).is_some_and(|low| low > 0.0));
    some(&service.goes_down) || some(&service.downtime) || some(&service.capacity_lost) || lost
}

/// One row for each service that differs; what no pair of runs showed is left blank.
pub fn services(input: &Input<'_>, summary: &Impact) -> Table {
    let rows = affected(summary);
    let mut columns = vec![Column::text("Service", "service"), Column::estimate("Goes down", "goes_down", Unit::Share)];
    if rows.iter().any(|(_, s)| s.restored.p50.n > 0) {
        columns.extend([
            Column::estimate("Half back after", "restored_p50_seconds", Unit::Duration),
            Column::estimate("95 % back after", "restored_p95_seconds", Unit::Duration),
            Column::estimate("Last back", "restored_last", Unit::Share),
        ]);
    }
    columns.push(Column::estimate("Extra downtime", "downtime_seconds", Unit::Duration));
    if !input.model.demand.is_empty() {
        columns.push(Column::estimate("Requests lost", "requests_lost", Unit::Count));
    }
    columns.push(Column::estimate("Capacity gone at once", "capacity_lost", Unit::Share));
    if rows.iter().all(|(_, s)| s.downtime.value.is_none()) {
        columns.retain(|column| column.value != "downtime_seconds");
    }
    let seen = |service: &ServiceEffect| ServiceEffect {
        downtime: Estimate { low: None, high: None, ..service.downtime },
        ..service.clone()
    };
    let shown: Vec<(&String, ServiceEffect)> =
        rows.iter().map(|(name, s)| (*name, if s.downtime.value.is_some() { (*s).clone() } else { seen(s) })).collect();
    let shown: Vec<(&String, &ServiceEffect)> = shown.iter().map(|(name, s)| (*name, s)).collect();
    frame(&shown).table("impact", "Services that differ from the runs without the failure", columns)
}

/// The same for all services, for programs.
pub fn all_services(summary: &Impact) -> Table {
    frame(&summary.services.iter().collect::<Vec<_>>()).table("impact-all", "All services", Vec::new())
}

fn frame(rows: &[(&String, &ServiceEffect)]) -> Frame {
    let of = |pick: fn(&ServiceEffect) -> Option<&Estimate>| rows.iter().map(|(_, s)| pick(s)).collect::<Vec<_>>();
    Frame::default()
        .text("service", rows.iter().map(|(name, _)| (*name).clone()))
        .estimate("goes_down", of(|s| Some(&s.goes_down)))
        .estimate("downtime_seconds", of(|s| Some(&s.downtime)))
        .estimate("outages", of(|s| Some(&s.outages)))
        .estimate("restored_p50_seconds", of(|s| Some(&s.restored.p50)))
        .estimate("restored_p95_seconds", of(|s| Some(&s.restored.p95)))
        .estimate("restored_last", of(|s| Some(&s.restored_last)))
        .estimate("capacity_lost", of(|s| Some(&s.capacity_lost)))
        .estimate("requests_lost", of(|s| s.requests_lost.as_ref()))
        .estimate("requests_kept_away", of(|s| s.requests_kept_away.as_ref()))
}

/// One row for each objective.
pub fn objectives(input: &Input<'_>, summary: &Impact) -> Table {
    let rows: Vec<(&String, &ObjectiveEffect)> = summary.objectives.iter().collect();
    let of = |pick: fn(&ObjectiveEffect) -> Option<&Estimate>| rows.iter().map(|(_, o)| pick(o)).collect::<Vec<_>>();
    let windows = input.model.objectives.iter().zip(rows.iter()).map(|(o, (_, e))| words::window(input.model, o, e));
    let mut columns = vec![
        Column::text("Objective", "objective"),
        Column::text("Window", "window"),
        Column::estimate("Budget spent by it", "budget_spent", Unit::Share),
        Column::estimate("Spent without", "budget_spent_without", Unit::Share),
        Column::estimate("Spent with", "budget_spent_with", Unit::Share),
        Column::estimate("Risk of a breach without", "breach_probability_without", Unit::Share),
        Column::estimate("Risk with", "breach_probability_with", Unit::Share),
    ];
    if rows.iter().any(|(_, o)| o.credits.is_some()) {
        columns.push(Column::estimate(&format!("Credits ({})", summary.currency), "credits", Unit::Money));
    }
    Frame::default()
        .text("objective", rows.iter().map(|(name, _)| (*name).clone()))
        .text("service", rows.iter().map(|(_, o)| o.service.clone()))
        .text("window", windows.collect::<Vec<_>>())
        .flag("window_is_whole", rows.iter().map(|(_, o)| o.window_is_whole))
        .number("target", rows.iter().map(|(_, o)| o.target))
        .estimate("budget_spent", of(|o| Some(&o.budget_spent)))
        .estimate("budget_spent_without", of(|o| Some(&o.budget_spent_without)))
        .estimate("budget_spent_with", of(|o| Some(&o.budget_spent_with)))
        .estimate("breach_probability_without", of(|o| Some(&o.breach_probability_without)))
        .estimate("breach_probability_with", of(|o| Some(&o.breach_probability_with)))
        .estimate("breach_probability", of(|o| Some(&o.breach_probability)))
        .estimate("credits", of(|o| o.credits.as_ref()))
        .table("impact-objectives", "Error budgets and the risk of a breach, without the failure and with it", columns)
}

/// One row for each kind of thing that the failure can hit.
pub fn things(summary: &Impact) -> Table {
    let rows = &summary.things;
    let mut columns = vec![
        Column::text("Thing", "thing"),
        Column::number("Alike", "alike", Unit::Count),
        Column::estimate("Services down", "services_down", Unit::Number),
        Column::estimate("Downtime of all", "downtime_seconds", Unit::Duration),
    ];
    if rows.iter().any(|t| t.requests_lost.is_some()) {
        columns.push(Column::estimate("Requests lost", "requests_lost", Unit::Count));
    }
    if rows.iter().any(|t| t.budget_spent.is_some()) {
        columns.push(Column::estimate("Most of a budget", "budget_spent", Unit::Share));
    }
    Frame::default()
        .text("thing", rows.iter().map(|t| t.thing.clone()))
        .count("alike", rows.iter().map(|t| t.alike))
        .estimate("services_down", rows.iter().map(|t| Some(&t.services_down)))
        .estimate("downtime_seconds", rows.iter().map(|t| Some(&t.downtime)))
        .estimate("requests_lost", rows.iter().map(|t| t.requests_lost.as_ref()))
        .estimate("budget_spent", rows.iter().map(|t| t.budget_spent.as_ref()))
        .table("impact-things", "What the failure can hit, the worst first", columns)
}

/// One row for each service that the failure reaches by structure, or reached in a run.
pub fn blast(input: &Input<'_>, summary: &Impact, hits: &[Hit]) -> Table {
    let model = input.model;
    let mut rows: Vec<(u32, &Hit, &ServiceEffect)> = hits
        .iter()
        .enumerate()
        .filter_map(|(s, hit)| Some((s as u32, hit, summary.services.get(&model.services[s].name)?)))
        .filter(|(_, hit, effect)| hit.blow != Blow::None || is_affected(effect))
        .collect();
    rows.sort_by(|a, b| weight(b.1).total_cmp(&weight(a.1)));
    let path = |s: u32, hit: &Hit| match hit.blow {
        Blow::None => "not by structure: only where something else is broken too, or overloaded".to_owned(),
        _ => format!("{} → {}", summary.failure.thing, blast::path(model, hits, s)),
    };
    Frame::default()
        .text("service", rows.iter().map(|(s, ..)| model.services[*s as usize].name.clone()))
        .text("blow", rows.iter().map(|(_, hit, _)| said(hit)))
        .estimate("goes_down", rows.iter().map(|(.., effect)| Some(&effect.goes_down)))
        .text("path", rows.iter().map(|(s, hit, _)| path(*s, hit)))
        .table(
            "blast-radius",
            "What the failure reaches, and along which path",
            vec![
                Column::text("Service", "service"),
                Column::text("By structure", "blow"),
                Column::estimate("Goes down, simulated", "goes_down", Unit::Share),
                Column::text("Path", "path"),
            ],
        )
}

fn weight(hit: &Hit) -> f64 {
    match hit.blow {
        Blow::None => 0.0,
        Blow::Without => 1.0,
        Blow::Weaker => 2.0,
        Blow::Fails(share) => 3.0 + share,
        Blow::Down => 5.0,
    }
}

fn said(hit: &Hit) -> String {
    match hit.blow {
        Blow::None => "untouched".to_owned(),
        Blow::Without => "goes without".to_owned(),
        Blow::Weaker => "weaker".to_owned(),
        Blow::Fails(share) => format!("fails {} of its requests", number(share, Unit::Share)),
        Blow::Down => "down".to_owned(),
    }
}

/// One row for each service: what it needs to be up and to serve.
pub fn dependencies(model: &Model) -> Table {
    let name = |s: u32| model.services[s as usize].name.as_str();
    let list = |items: Vec<String>| if items.is_empty() { None } else { Some(items.join(", ")) };
    let calls = |s: &crate::model::Service, needed: bool| {
        let of = s.calls.iter().filter(|call| call.needed == needed);
        list(of.map(|call| format!("{} × {}", name(call.to), call.per_request)).collect())
    };
    let reads = |s: &crate::model::Service| {
        let mut read = s.up_when.as_ref().map(blast::leaves).unwrap_or_default();
        read.sort_unstable();
        read.dedup();
        list(read.into_iter().map(|s| name(s).to_owned()).collect())
    };
    let zones = |s: &crate::model::Service| {
        let stands = |zone: u32| s.present().filter(|r| model.replicas[*r as usize].zone == zone).count();
        let there = (0..model.zones.len() as u32).map(|zone| (zone, stands(zone))).filter(|(_, count)| *count > 0);
        list(there.map(|(zone, count)| format!("{} × {count}", model.zones[zone as usize])).collect())
    };
    let replicas = |s: &crate::model::Service| (!s.present().is_empty()).then(|| format!("{} of {}", s.needs, s.present().len()));
    let services = &model.services;
    Frame::default()
        .text("service", services.iter().map(|s| s.name.clone()))
        .text("needs", services.iter().map(replicas))
        .text("calls_needed", services.iter().map(|s| calls(s, true)))
        .text("calls_not_needed", services.iter().map(|s| calls(s, false)))
        .text("up_when", services.iter().map(reads))
        .text("zones", services.iter().map(zones))
        .table(
            "dependencies",
            "What each service depends on: replicas needed, calls for each request, services in its up_when, and where its replicas stand",
            vec![
                Column::text("Service", "service"),
                Column::text("Needs", "needs"),
                Column::text("Calls", "calls_needed"),
                Column::text("Calls, not needed", "calls_not_needed"),
                Column::text("up_when", "up_when"),
                Column::text("Zones", "zones"),
            ],
        )
}
