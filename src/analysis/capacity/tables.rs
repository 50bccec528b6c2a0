//! The tables of a capacity plan.

use super::Input;
use super::summary::{CapacityPlan, Service};
use crate::report::{Column, Frame, Table, Unit};

fn rows<'s>(summary: &'s CapacityPlan, order: &[usize]) -> Vec<(&'s String, &'s Service)> {
    order.iter().filter_map(|i| summary.services.get_index(*i)).collect()
}

/// When each service saturates.
pub fn services(input: &Input<'_>, summary: &CapacityPlan, order: &[usize]) -> Table {
    let rows = rows(summary, order);
    let later = |date: &Option<String>| date.clone().unwrap_or_else(|| "later".to_owned());
    let text = |pick: fn(&Service) -> &Option<String>| rows.iter().map(|(_, s)| later(pick(s))).collect::<Vec<_>>();
    let with_lead = input.lead.iter().any(|lead| *lead > 0.0);
    let columns = [
        Some(Column::text("Service", "service")),
        Some(Column::number("Replicas", "replicas", Unit::Count)),
        Some(Column::number("Peak now", "peak_per_second", Unit::Rate)),
        Some(Column::number("Sustained", "sustained_per_second", Unit::Rate)),
        Some(Column::number("Headroom", "headroom", Unit::Share)),
        Some(Column::text("Binds", "binding")),
        Some(Column::text("P10", "saturates_p10")),
        Some(Column::text("P50", "saturates_p50")),
        Some(Column::text("P90", "saturates_p90")),
        Some(Column::text("Order by", "order_by")),
        with_lead.then(|| Column::number("Lead", "lead_seconds", Unit::Duration)),
    ];
    Frame::default()
        .text("service", rows.iter().map(|(name, _)| (*name).clone()))
        .number("replicas", rows.iter().map(|(_, s)| f64::from(s.replicas)))
        .number("peak_per_second", rows.iter().map(|(_, s)| s.peak_per_second))
        .number("sustained_per_second", rows.iter().map(|(_, s)| s.sustained_per_second))
        .number("headroom", rows.iter().map(|(_, s)| s.headroom))
        .number("late", rows.iter().map(|(_, s)| s.late))
        .number("wait_seconds", rows.iter().map(|(_, s)| s.wait_seconds.unwrap_or(f64::INFINITY)))
        .text("binding", rows.iter().map(|(_, s)| s.binding.clone()))
        .text("saturates_p10", text(|s| &s.saturation.p10))
        .text("saturates_p50", text(|s| &s.saturation.p50))
        .text("saturates_p90", text(|s| &s.saturation.p90))
        .text("order_by", text(|s| &s.order_by))
        .number("lead_seconds", rows.iter().map(|(_, s)| s.lead_seconds))
        .table("saturation", "When each service saturates", columns.into_iter().flatten().collect())
}

/// Replicas for the highest week.
pub fn needs(summary: &CapacityPlan, order: &[usize]) -> Table {
    let rows = rows(summary, order);
    let of = |pick: fn(&Service) -> Option<u32>| rows.iter().map(|(_, s)| pick(s).map(f64::from)).collect::<Vec<_>>();
    Frame::default()
        .text("service", rows.iter().map(|(name, _)| (*name).clone()))
        .number("replicas", rows.iter().map(|(_, s)| f64::from(s.replicas)))
        .number("needed", of(|s| s.needed))
        .number("needed_one_lost", of(|s| s.needed_one_lost))
        .number("needed_two_lost", of(|s| s.needed_two_lost))
        .number("needed_zone_lost", of(|s| s.needed_zone_lost))
        .number("cost_now", rows.iter().map(|(_, s)| s.cost_now))
        .number("cost_by_week", rows.iter().map(|(_, s)| s.cost_by_week))
        .table(
            "replicas",
            &format!("Replicas in the highest week; money in {} over the time planned for", summary.currency),
            vec![
                Column::text("Service", "service"),
                Column::number("Now", "replicas", Unit::Count),
                Column::number("N", "needed", Unit::Count),
                Column::number("N+1", "needed_one_lost", Unit::Count),
                Column::number("N+2", "needed_two_lost", Unit::Count),
                Column::number("A zone lost", "needed_zone_lost", Unit::Count),
                Column::number("Cost now", "cost_now", Unit::Money),
                Column::number("Cost of N by week", "cost_by_week", Unit::Money),
            ],
        )
}

/// Every week of every service.
pub fn weeks(summary: &CapacityPlan) -> Table {
    let rows: Vec<_> = summary.services.iter().flat_map(|(name, s)| s.weeks.iter().map(move |week| (name, week))).collect();
    Frame::default()
        .text("service", rows.iter().map(|(name, _)| (*name).clone()))
        .text("week", rows.iter().map(|(_, w)| w.begins.clone()))
        .number("load_p5_per_second", rows.iter().map(|(_, w)| w.load_p5))
        .number("load_p50_per_second", rows.iter().map(|(_, w)| w.load_p50))
        .number("load_p95_per_second", rows.iter().map(|(_, w)| w.load_p95))
        .number("replicas", rows.iter().map(|(_, w)| w.replicas.map(f64::from)))
        .table(
            "replicas-by-week",
            "Load and replicas, week by week",
            vec![
                Column::text("Service", "service"),
                Column::text("Week", "week"),
                Column::number("Load", "load_p50_per_second", Unit::Rate),
                Column::number("Replicas", "replicas", Unit::Count),
            ],
        )
}

/// What each plan costs, and why others were not chosen.
pub fn plans(input: &Input<'_>, summary: &CapacityPlan) -> Table {
    let all = &summary.plans;
    let judged = all.iter().any(|plan| plan.budget_spent.is_some());
    let columns = [
        Some(Column::text("Plan", "plan")),
        Some(Column::estimate("Mean regret", "regret", Unit::Money)),
        Some(Column::estimate("Cost", "cost", Unit::Money)),
        Some(Column::estimate("Shortage", "shortage", Unit::Money)),
        judged.then(|| Column::estimate("Budget spent", "budget_spent", Unit::Share)),
        judged.then(|| Column::number("A breach", "breach_probability", Unit::Share)),
        Some(Column::text("Why not", "rejected_because")),
    ];
    Frame::default()
        .text("plan", all.iter().map(|plan| plan.name.clone()))
        .estimate("regret", all.iter().map(|plan| Some(&plan.regret)))
        .estimate("cost", all.iter().map(|plan| Some(&plan.cost)))
        .estimate("shortage", all.iter().map(|plan| Some(&plan.shortage)))
        .estimate("budget_spent", all.iter().map(|plan| plan.budget_spent.as_ref()))
        .number("breach_probability", all.iter().map(|plan| plan.breach_probability))
        .text("rejected_because", all.iter().map(|plan| plan.rejected_because.clone().unwrap_or_else(|| "chosen".to_owned())))
        .table(
            "plans",
            &format!("Plans, the best first; money in {} over the time planned for", input.model.currency),
            columns.into_iter().flatten().collect(),
        )
}

/// How many replicas each plan has.
pub fn counts(input: &Input<'_>) -> Table {
    let mut columns = vec![Column::text("Service", "service")];
    let mut frame = Frame::default().text("service", input.outlooks.iter().map(|o| input.name(o).to_owned()));
    for (place, tried) in input.tried.iter().enumerate() {
        let column = format!("plan_{}", place + 1);
        frame = frame.number(&column, tried.plan.replicas.iter().map(|n| f64::from(*n)));
        columns.push(Column::number(tried.plan.name, &column, Unit::Count));
    }
    frame.table("plan-replicas", "Replicas of each plan; the most where they follow the load", columns)
}
