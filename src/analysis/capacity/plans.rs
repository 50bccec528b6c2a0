//! Plans: so many replicas of each service, simulated with the same luck, and what each costs in every uncertain world.
//!
//! The regret of a plan in a world is what it costs there beyond the plan that is cheapest there (Savage, "The theory of statistical
//! decision", *JASA* 46, 1951); as in Netflix's service-capacity-modeling the plan of the least mean regret is chosen.

use super::outlook::{Outlook, with_zone_lost};
use crate::lab::{Lab, Measure, Paired, Trouble};
use crate::model::Model;
use crate::scenario::Loaded;
use crate::stats::{Estimate, Moments};

/// A plan that spends so much more of the error budget than the best is worse, as a share of the budget.
const WORSE: f64 = 0.1;
const LEVEL: f64 = 0.95;

/// A plan.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Its name.
    pub name: &'static str,
    /// Replicas that serve, by the outlook's place.
    pub replicas: Vec<u32>,
    /// The changes that make it.
    pub sets: Vec<String>,
}

/// A plan and what came of it.
#[derive(Debug, Clone)]
pub struct Tried {
    /// The plan.
    pub plan: Plan,
    /// Money over the horizon in each world, shortage included.
    pub worlds: Vec<f64>,
    /// Money over the horizon: infrastructure, repairs, credits.
    pub cost: Estimate,
    /// Money for what is missing, bought at short notice.
    pub shortage: Estimate,
    /// Share of the error budget spent, mean over the objectives; none without objectives.
    pub budget: Option<Estimate>,
    /// The same less that of the plan that spends least.
    pub worse: Option<Estimate>,
    /// Chance that some whole window of an objective is breached, the highest over the objectives.
    pub breach: Option<f64>,
    /// Beyond the cheapest plan of each world.
    pub regret: Estimate,
    /// Spends much more of the error budget than the best plan.
    pub rejected: bool,
}

/// The plans worth a look: as it is, the fewest replicas, with spares, with a zone lost, and following the load.
#[must_use]
pub fn plans(model: &Model, loaded: &Loaded, outlooks: &[Outlook], confidence: f64) -> Vec<Plan> {
    let needs: Vec<u32> =
        outlooks.iter().map(|o| o.needed(confidence).into_iter().flatten().max().unwrap_or(o.now).max(1)).collect();
    let each = |count: &dyn Fn(&Outlook, u32) -> u32| -> Vec<u32> {
        outlooks.iter().zip(&needs).map(|(o, need)| count(o, *need)).collect()
    };
    let counts = [
        ("as it is", each(&|o, _| o.now)),
        ("N", each(&|_, need| need)),
        ("N+1", each(&|_, need| need + 1)),
        ("N+2", each(&|_, need| need + 2)),
        ("a zone lost", each(&|o, need| with_zone_lost(need, o.zones).unwrap_or(need + 1))),
    ];
    let mut plans: Vec<Plan> = Vec::new();
    for (name, replicas) in counts {
        if plans.iter().all(|plan| plan.replicas != replicas) {
            let sets = outlooks.iter().zip(&replicas).flat_map(|(o, n)| fixed(model, loaded, o, *n)).collect();
            plans.push(Plan { name, replicas, sets });
        }
    }
    let dear = dearest(model, outlooks, &needs);
    let scaled = |place: usize| dear[place].then(|| following(model, &outlooks[place], needs[place])).flatten();
    let scaled: Vec<Option<Vec<String>>> = (0..outlooks.len()).map(scaled).collect();
    if scaled.iter().any(Option::is_some) {
        let sets = scaled.into_iter().enumerate().flat_map(|(place, sets)| {
            sets.unwrap_or_else(|| vec![spared(&model.services[outlooks[place].service], &outlooks[place], needs[place])])
        });
        plans.push(Plan { name: "autoscaled", replicas: each(&|_, need| need + 1), sets: sets.collect() });
    }
    plans
}

/// The services that cost most, as many as make up half of the cost of what is needed: to follow the load pays there first.
fn dearest(model: &Model, outlooks: &[Outlook], needs: &[u32]) -> Vec<bool> {
    let draws = crate::model::medians(&model.parameters);
    let cost = |(outlook, need): (&Outlook, &u32)| model.services[outlook.service].price.on_demand.get(&draws) * f64::from(*need);
    let costs: Vec<f64> = outlooks.iter().zip(needs).map(cost).collect();
    let half = 0.5 * costs.iter().sum::<f64>();
    let mut order: Vec<usize> = (0..costs.len()).collect();
    order.sort_by(|a, b| costs[*b].total_cmp(&costs[*a]));
    let (mut dear, mut so_far) = (vec![false; costs.len()], 0.0);
    for place in order {
        dear[place] = so_far < half || half <= 0.0;
        so_far += costs[place];
    }
    dear
}

/// The changes that give a service so many replicas that serve.
fn fixed(model: &Model, loaded: &Loaded, outlook: &Outlook, replicas: u32) -> Vec<String> {
    if replicas == outlook.now {
        return Vec::new();
    }
    let service = &model.services[outlook.service];
    let path = format!("services.{}", service.name);
    let Some(scaling) = &service.scaling else {
        let waiting = service.standby.as_ref().map_or(0, |standby| standby.waiting);
        return vec![format!("{path}.replicas={}", replicas + waiting)];
    };
    let mut sets = vec![format!("{path}.autoscale.max={replicas}")];
    sets.extend((scaling.min > replicas).then(|| format!("{path}.autoscale.min={replicas}")));
    let written = loaded.scenario.services.get(&service.name).and_then(|written| written.replicas);
    sets.extend(written.filter(|n| *n > replicas).map(|_| format!("{path}.replicas={replicas}")));
    sets
}

/// The changes that let a service follow its load up to one more than it needs; none where it cannot, or does already.
fn following(model: &Model, outlook: &Outlook, need: u32) -> Option<Vec<String>> {
    let service = &model.services[outlook.service];
    if service.scaling.is_some() || service.standby.is_some() || service.up_when.is_some() || need < 4 {
        return None;
    }
    let path = format!("services.{}", service.name);
    let min = service.needs.max(outlook.zones).max(2).min(need);
    Some(vec![
        format!("{path}.autoscale={{metric: utilization, target: 60%, min: {min}, max: {}, startup: 3m}}", need + 1),
        format!("{path}.replicas=null"),
    ])
}

/// The change that gives a service one replica more than it needs.
fn spared(service: &crate::model::Service, outlook: &Outlook, need: u32) -> String {
    let waiting = service.standby.as_ref().map_or(0, |standby| standby.waiting);
    if service.scaling.is_some() {
        return format!("services.{}.autoscale.max={}", service.name, (need + 1).max(outlook.now));
    }
    format!("services.{}.replicas={}", service.name, need + 1 + waiting)
}

/// Simulates the plans with the same luck; those that are no scenario are left out. Fewer where the user asks to stop.
///
/// # Errors
/// What the lab complains about.
pub fn try_plans(
    lab: &mut Lab<'_>,
    loaded: &Loaded,
    model: &Model,
    outlooks: &[Outlook],
    plans: Vec<Plan>,
    (replications, shortage_price): (u64, f64),
) -> Result<Vec<Tried>, Trouble> {
    let mut places = Vec::new();
    for plan in plans {
        let variant = if plan.sets.is_empty() { loaded.clone() } else { loaded.with(plan.sets.clone())? };
        let place = lab.add(&variant)?;
        lab.simulate(place, replications)?;
        if lab.stopped() {
            break;
        }
        places.push((plan, place));
    }
    let per_draw = if model.parameters.is_empty() { 1 } else { 2 };
    let (count, worlds) = (replications as usize / per_draw * per_draw, replications as usize / per_draw);
    let series = |measure: &Measure, place: usize| measure.series(lab.trial(place), count, per_draw);
    let mut tried = Vec::new();
    for (plan, place) in places {
        let money = series(&Measure::Cost, place).map(|series| series.draws).unwrap_or_default();
        let missing: Vec<f64> = (0..worlds).map(|world| shortage(model, outlooks, &plan, world) * shortage_price).collect();
        let all = money.iter().zip(&missing).map(|(money, missing)| money + missing).collect();
        let runs = &lab.trial(place).runs;
        let breach = runs.objectives.iter().filter_map(|o| o.breach.as_ref()?.estimate(LEVEL).value).reduce(f64::max);
        tried.push((
            place,
            Tried {
                plan,
                worlds: all,
                cost: mean(&money),
                shortage: mean(&missing),
                budget: series(&Measure::Budget, place).map(|series| mean(&series.draws)),
                worse: None,
                breach,
                regret: Estimate::unobserved(LEVEL, 0, "no world"),
                rejected: false,
            },
        ));
    }
    let spent = |tried: &Tried| tried.budget.and_then(|budget| budget.value);
    let frugal = tried
        .iter()
        .filter(|(_, t)| spent(t).is_some())
        .min_by(|a, b| spent(&a.1).unwrap_or(f64::INFINITY).total_cmp(&spent(&b.1).unwrap_or(f64::INFINITY)));
    if let Some(best) = frugal.and_then(|(place, _)| series(&Measure::Budget, *place)) {
        for (place, tried) in &mut tried {
            let Some(own) = series(&Measure::Budget, *place) else { continue };
            let difference = Paired::of(&own, &best).difference(LEVEL);
            tried.rejected = difference.value.is_some_and(|v| v > WORSE) && difference.low.is_some_and(|low| low > 0.0);
            tried.worse = Some(difference);
        }
    }
    let mut tried: Vec<Tried> = tried.into_iter().map(|(_, tried)| tried).collect();
    let regrets = regrets(&tried.iter().map(|tried| tried.worlds.clone()).collect::<Vec<_>>());
    for (tried, regrets) in tried.iter_mut().zip(&regrets) {
        tried.regret = mean(regrets);
    }
    tried.sort_by(|a, b| {
        let of = |t: &Tried| t.regret.value.unwrap_or(f64::INFINITY);
        a.rejected
            .cmp(&b.rejected)
            .then(of(a).total_cmp(&of(b)))
            .then(a.plan.replicas.iter().sum::<u32>().cmp(&b.plan.replicas.iter().sum()))
    });
    Ok(tried)
}

fn mean(values: &[f64]) -> Estimate {
    let mut moments = Moments::default();
    for value in values {
        moments.add(*value);
    }
    moments.estimate(LEVEL)
}

/// Money at usual prices for the replicas that a plan lacks in a world, bought for whole weeks.
fn shortage(model: &Model, outlooks: &[Outlook], plan: &Plan, world: usize) -> f64 {
    let draws = crate::model::medians(&model.parameters);
    let of = |(outlook, replicas): (&Outlook, &u32)| {
        let price = model.services[outlook.service].price.on_demand.get(&draws);
        // Where nothing is uncertain all worlds need the same.
        let needs = &outlook.needs[world.min(outlook.needs.len() - 1)];
        price * missing(&outlook.edges, needs, *replicas)
    };
    outlooks.iter().zip(&plan.replicas).map(of).sum()
}

/// Replica-seconds that are missing; what no number of replicas mends is not counted.
fn missing(edges: &[f64], needs: &[Option<u32>], replicas: u32) -> f64 {
    let weeks = edges.windows(2).zip(needs);
    weeks.map(|(week, need)| f64::from(need.unwrap_or(0).saturating_sub(replicas)) * (week[1] - week[0])).sum()
}

/// By plan and world: what it costs there beyond the cheapest plan of that world.
#[must_use]
pub fn regrets(costs: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let worlds = costs.iter().map(Vec::len).min().unwrap_or(0);
    let least: Vec<f64> = (0..worlds).map(|w| costs.iter().map(|plan| plan[w]).fold(f64::INFINITY, f64::min)).collect();
    costs.iter().map(|plan| plan.iter().zip(&least).map(|(cost, least)| cost - least).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two worlds: 4 replicas are needed in one, 6 in the other, for a week at a price of 1 a week; missing ones cost 3. Plans of 4, 5
    /// and 6 cost 4 + 0 | 4 + 6, 5 | 5 + 3, 6 | 6; the cheapest are 4 and 6: regrets 0 | 4, 1 | 2, 2 | 0. The last has the least mean.
    #[test]
    fn regret_of_two_worlds_by_hand() {
        let needs = [[Some(4)], [Some(6)]];
        let cost = |n: u32| -> Vec<f64> { needs.iter().map(|need| f64::from(n) + 3.0 * missing(&[0.0, 1.0], need, n)).collect() };
        let costs: Vec<Vec<f64>> = [4, 5, 6].map(cost).to_vec();
        assert_eq!(costs, [vec![4.0, 10.0], vec![5.0, 8.0], vec![6.0, 6.0]]);
        assert_eq!(regrets(&costs), [vec![0.0, 4.0], vec![1.0, 2.0], vec![2.0, 0.0]]);
    }
}
