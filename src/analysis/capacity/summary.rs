//! The summary that programs read: `summary.json`, schema `ninefold/capacity/1`. Times are seconds after the start, fractions 0 to 1.

use indexmap::IndexMap;
use serde::Serialize;

use super::outlook::{Outlook, quantile, with_zone_lost};
use super::{Input, Tried};
use crate::model::medians;
use crate::report::chart::after;
use crate::stats::Estimate;

/// The value of [`CapacityPlan::schema`].
pub const SCHEMA: &str = "ninefold/capacity/1";

/// Everything that was found: the whole of `summary.json`.
#[derive(Debug, Clone, Serialize)]
pub struct CapacityPlan {
    /// Name and version of this form, [`SCHEMA`].
    pub schema: &'static str,
    /// Name of the scenario.
    pub scenario: String,
    /// Version of the program.
    pub version: String,
    /// The seed of all draws and simulations.
    pub seed: u64,
    /// Replications of each plan.
    pub replications: u64,
    /// Length of the plan, seconds.
    pub horizon_seconds: f64,
    /// Fingerprint of the scenario.
    pub model_hash: String,
    /// Code of the currency of all money.
    pub currency: String,
    /// Probability over the draws with which needs are met.
    pub confidence: f64,
    /// Ended by the user before all of it was done.
    pub interrupted: bool,
    /// By name: the services that something limits.
    pub services: IndexMap<String, Service>,
    /// Plans, the best first.
    pub plans: Vec<PlanSummary>,
    /// The name of the best; null where none was simulated.
    pub recommended: Option<String>,
}

/// A service.
#[derive(Debug, Clone, Serialize)]
pub struct Service {
    /// Replicas that serve now; the most there may be where they follow the load.
    pub replicas: u32,
    /// The share of requests that may find a full queue or wait for longer than `wait_seconds`.
    pub late: f64,
    /// How long requests may wait; `null`: any wait will do.
    pub wait_seconds: Option<f64>,
    /// What binds: `concurrency`, or a resource.
    pub binding: String,
    /// The load that the replicas sustain at the start, requests/s; null where only resources limit it.
    pub sustained_per_second: Option<f64>,
    /// The highest load of the first week, requests/s, at its median.
    pub peak_per_second: f64,
    /// The load that can still be added to that, as a fraction of it; below 0 where it is too much already.
    pub headroom: Option<f64>,
    /// When it saturates.
    pub saturation: Saturation,
    /// Seconds from order to full use.
    pub lead_seconds: f64,
    /// The last date to order, ISO 8601; null where nothing saturates in the time planned for.
    pub order_by: Option<String>,
    /// The same in seconds after the start; below 0 where it is past.
    pub order_by_seconds: Option<f64>,
    /// Replicas needed in the highest week; null where no number does.
    pub needed: Option<u32>,
    /// With one to spare.
    pub needed_one_lost: Option<u32>,
    /// With two to spare.
    pub needed_two_lost: Option<u32>,
    /// So that enough are left where the fullest zone is lost; null where it does not stand in zones.
    pub needed_zone_lost: Option<u32>,
    /// Money for the replicas that there are now, over the time planned for.
    pub cost_now: f64,
    /// Money for those that each week needs.
    pub cost_by_week: f64,
    /// Week by week.
    pub weeks: Vec<Week>,
}

/// When the load first exceeds what the replicas sustain: quantiles over the draws of the uncertain numbers, seconds after the
/// start and dates; null where it does not in the time planned for.
#[derive(Debug, Clone, Serialize)]
pub struct Saturation {
    /// One future in ten saturates earlier.
    pub p10_seconds: Option<f64>,
    /// Half do.
    pub p50_seconds: Option<f64>,
    /// Nine in ten do.
    pub p90_seconds: Option<f64>,
    /// The date of `p10_seconds`.
    pub p10: Option<String>,
    /// The date of `p50_seconds`.
    pub p50: Option<String>,
    /// The date of `p90_seconds`.
    pub p90: Option<String>,
    /// The fraction of futures that saturate in the time planned for.
    pub probability: f64,
    /// Median with one replica lost, seconds after the start.
    pub one_lost_p50_seconds: Option<f64>,
}

/// A week.
#[derive(Debug, Clone, Serialize)]
pub struct Week {
    /// Its first day.
    pub begins: String,
    /// Highest load, requests/s: 5th percentile over the draws.
    pub load_p5: f64,
    /// The median.
    pub load_p50: f64,
    /// The 95th percentile.
    pub load_p95: f64,
    /// Replicas that sustain it at the confidence; null where no number does.
    pub replicas: Option<u32>,
}

/// A plan.
#[derive(Debug, Clone, Serialize)]
pub struct PlanSummary {
    /// Its name.
    pub name: String,
    /// By service: replicas that serve; the most where they follow the load.
    pub replicas: IndexMap<String, u32>,
    /// Changes to the scenario, as for `--set`.
    pub sets: Vec<String>,
    /// Money over the time planned for: infrastructure, repairs and credits.
    pub cost: Estimate,
    /// Money for what is missing.
    pub shortage: Estimate,
    /// Share of the error budget spent.
    pub budget_spent: Option<Estimate>,
    /// The same less that of the plan that spends least, with the same luck.
    pub budget_spent_more: Option<Estimate>,
    /// The highest chance that a whole window of an objective is breached.
    pub breach_probability: Option<f64>,
    /// Money beyond the cheapest plan of each world.
    pub regret: Estimate,
    /// Why it was not chosen; null for the one that was.
    pub rejected_because: Option<String>,
}

pub fn summary(input: &Input<'_>) -> CapacityPlan {
    let model = input.model;
    let services = input.outlooks.iter().zip(input.lead);
    CapacityPlan {
        schema: SCHEMA,
        scenario: model.name.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: input.options.seed,
        replications: input.options.replications,
        horizon_seconds: model.horizon,
        model_hash: format!("{:016x}", model.hash),
        currency: model.currency.clone(),
        confidence: input.confidence,
        interrupted: input.interrupted,
        services: services.map(|(o, lead)| (input.name(o).to_owned(), service(input, o, *lead))).collect(),
        plans: input.tried.iter().enumerate().map(|(place, tried)| plan(input, place, tried)).collect(),
        recommended: input.tried.first().filter(|_| !input.interrupted).map(|tried| tried.plan.name.to_owned()),
    }
}

fn date(input: &Input<'_>, seconds: f64) -> String {
    after(&input.model.start, seconds).strftime("%Y-%m-%d").to_string()
}

fn service(input: &Input<'_>, o: &Outlook, lead: f64) -> Service {
    let model = input.model;
    let at = |p: f64| Some(quantile(o.saturates.clone(), p)).filter(|t| t.is_finite());
    let of = |p: f64| at(p).map(|t| date(input, t));
    let needed = o.needed(input.confidence);
    let most = needed.iter().copied().collect::<Option<Vec<u32>>>().and_then(|all| all.into_iter().max());
    let [p5, p50, p95] = [0.05, 0.5, 0.95].map(|p| o.load(p));
    let price = model.services[o.service].price.on_demand.get(&medians(&model.parameters));
    let order = at(1.0 - input.confidence).map(|t| t - lead);
    let saturating = o.saturates.iter().filter(|t| t.is_finite()).count();
    let by_week = o.edges.windows(2).zip(&needed).map(|(week, need)| f64::from(need.unwrap_or(o.now)) * (week[1] - week[0]));
    let resource = |place: usize| model.services[o.service].resources[place].name.clone();
    Service {
        replicas: o.now,
        late: o.standard.late,
        wait_seconds: Some(o.standard.wait).filter(|wait| wait.is_finite()),
        binding: o.binding.map_or_else(|| "concurrency".to_owned(), resource),
        sustained_per_second: Some(o.sustained).filter(|s| s.is_finite()),
        peak_per_second: p50[0],
        headroom: Some(o.sustained / p50[0] - 1.0).filter(|share| share.is_finite()),
        saturation: Saturation {
            p10_seconds: at(0.1),
            p50_seconds: at(0.5),
            p90_seconds: at(0.9),
            p10: of(0.1),
            p50: of(0.5),
            p90: of(0.9),
            probability: saturating as f64 / o.saturates.len() as f64,
            one_lost_p50_seconds: Some(quantile(o.one_lost.clone(), 0.5)).filter(|t| t.is_finite()),
        },
        lead_seconds: lead,
        order_by: order.map(|t| date(input, t)),
        order_by_seconds: order,
        needed: most,
        needed_one_lost: most.map(|n| n + 1),
        needed_two_lost: most.map(|n| n + 2),
        needed_zone_lost: most.and_then(|n| with_zone_lost(n, o.zones)),
        cost_now: price * f64::from(o.now) * model.horizon,
        cost_by_week: price * by_week.sum::<f64>(),
        weeks: (0..o.weeks())
            .map(|w| Week {
                begins: date(input, o.edges[w]),
                load_p5: p5[w],
                load_p50: p50[w],
                load_p95: p95[w],
                replicas: needed[w],
            })
            .collect(),
    }
}

fn plan(input: &Input<'_>, place: usize, tried: &Tried) -> PlanSummary {
    let replicas = input.outlooks.iter().zip(&tried.plan.replicas);
    PlanSummary {
        name: tried.plan.name.to_owned(),
        replicas: replicas.map(|(o, n)| (input.name(o).to_owned(), *n)).collect(),
        sets: tried.plan.sets.clone(),
        cost: tried.cost,
        shortage: tried.shortage,
        budget_spent: tried.budget,
        budget_spent_more: tried.worse,
        breach_probability: tried.breach,
        regret: tried.regret,
        rejected_because: (place > 0).then(|| super::words::reason(input, tried)),
    }
}
