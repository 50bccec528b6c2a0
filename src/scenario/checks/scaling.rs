//! Replicas that follow the load: rules that lead somewhere.

use super::{Context, Finding};
use crate::scenario::Hours;
use crate::scenario::service::{Autoscale, ScalingLimits, Service, Spread};

/// Most replicas of one service that is scaled.
const MOST: u32 = 100_000;
/// No look follows another sooner, seconds.
const OFTEN: f64 = 1.0;

/// A scaler has a target that can be met, and room for its replicas.
pub fn rules(context: &Context<'_>) -> Vec<Finding> {
    let scenario = context.scenario;
    let in_region = |name: &String| scenario.regions.get(name).map_or(1, Vec::len);
    let all = scenario.zones.len().max(scenario.regions.values().map(Vec::len).sum());
    let zones = |service: &Service| match &service.spread {
        None => 1,
        Some(Spread::Zones) => all.max(1),
        Some(Spread::Over(names)) => names.iter().map(in_region).sum::<usize>().max(1),
    };
    let scaled = scenario.services.iter().filter_map(|(name, service)| Some((name, service, service.autoscale.as_ref()?)));
    let found = scaled.filter_map(|(name, service, autoscale)| {
        let message = fault(service, autoscale, zones(service) as u32)?;
        Some(Finding::new(&["services", name, "autoscale"], message))
    });
    found.collect()
}

fn fault(service: &Service, autoscale: &Autoscale, zones: u32) -> Option<String> {
    let Autoscale { metric, target, min, max, every, tolerance, up, down, quota, schedule, .. } = autoscale;
    if metric != "utilization" {
        return Some(format!("no metric `{metric:.40}`: only `utilization` is known"));
    }
    if target.0 <= 0.0 {
        return Some("a target of 0% would need replicas without end".into());
    }
    if *min == 0 || min > max {
        return Some(format!("from {min} to {max} replicas: expected 1 <= `min` <= `max`"));
    }
    if *max > MOST {
        return Some(format!("{max} replicas are too many: at most {MOST} of a service are scaled"));
    }
    if service.needs.is_some_and(|needs| needs > *min) {
        return Some(format!("it may go down to {min} replicas, and the service needs more than that: raise `min`"));
    }
    if service.standby.is_some() || service.up_when.is_some() || service.external.is_some() {
        return Some("`standby`, `up_when` and `external` are about a fixed number of replicas: they do not go with it".into());
    }
    if service.service_time.is_none() && service.capacity.is_none() {
        return Some("without `service_time` or `capacity` there is no utilization to look at".into());
    }
    if every.0 < OFTEN {
        return Some(format!("a look every {every}: expected at least {OFTEN} s between them"));
    }
    if tolerance.0 >= 1.0 {
        return Some("with a tolerance of 100% nothing is ever taken away".into());
    }
    let idle = |limits: &ScalingLimits, usual: u32| {
        limits.share.is_some_and(|share| share.0 <= 0.0) && limits.replicas.unwrap_or(usual) == 0
    };
    if idle(up, 4) {
        return Some("`up` lets no replica be added".into());
    }
    if [up.window, down.window].into_iter().flatten().any(|window| window.0 > 86_400.0) {
        return Some("a window of more than a day: what was called for so long ago says nothing".into());
    }
    if quota.is_some_and(|quota| quota.saturating_mul(zones) < *min || quota > MOST) {
        return Some(format!("a `quota` of {} in {zones} zones has no room for `min`, or is too large", quota.unwrap_or(0)));
    }
    let low = schedule.iter().find(|floor| floor.min < *min || floor.min > *max);
    if let Some(floor) = low {
        return Some(format!("`schedule` asks for at least {} replicas: expected between `min` and `max`", floor.min));
    }
    schedule
        .iter()
        .any(|floor| floor.hours == Hours::Always)
        .then(|| "`schedule` with `hours: always`: raise `min` instead".into())
}
