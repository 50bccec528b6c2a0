//! Releases: stages that lead somewhere.

use super::{Context, Finding};
use crate::scenario::distribution::{Distribution, Uncertain};
use crate::scenario::service::{AbortIf, Releases, Service, Strategy};
use crate::units::Fraction;

/// Most steps of a release.
const MOST: usize = 100;

/// Steps grow, rules can be kept and broken, going back can work, and the person is not called away.
pub fn rules(context: &Context<'_>) -> Vec<Finding> {
    let released =
        context.scenario.services.iter().filter_map(|(name, service)| Some((name, service, service.releases.as_ref()?)));
    let found = released.filter_map(|(name, service, releases)| {
        let preempts = |team: &String| context.scenario.asked(team).any(|(_, team)| team.preempt);
        let message = fault(service, releases, preempts)?;
        Some(Finding::new(&["services", name, "releases"], message))
    });
    found.collect()
}

fn fault(service: &Service, releases: &Releases, preempts: impl Fn(&String) -> bool) -> Option<String> {
    if service.external.is_some() || service.up_when.is_some() || service.standby.is_some() {
        return Some("`external`, `up_when` and `standby` do not go with it: all replicas are released alike".into());
    }
    if matches!(releases.every, Distribution::Constant(Uncertain::Known(every)) if every.0 < 1.0) {
        return Some("a release every 0s never ends: expected at least 1s between them".into());
    }
    if matches!(releases.rollback_works, Uncertain::Known(works) if works.0 <= 0.0) {
        return Some("`rollback_works` of 0%: going back would be tried for ever".into());
    }
    let (steps, above, test): (&[Fraction], _, &Option<AbortIf>) = match &releases.strategy {
        Strategy::AllAtOnce { .. } => return None,
        Strategy::Rolling { surge, unavailable, .. } => {
            let batches = 1.0 / (surge.0 + unavailable.0).max(f64::MIN_POSITIVE);
            let many = f64::from(service.replicas.unwrap_or(1)).min(batches) > MOST as f64;
            return many.then(|| format!("more than {MOST} batches: make `surge` or `unavailable` more"));
        }
        Strategy::Canary { steps, .. } if steps.is_empty() => return Some("a canary has steps like `[5%, 25%, 50%]`".into()),
        Strategy::Manual { team, .. } if preempts(team) => {
            return Some("the person who releases would be called away by a team that preempts".into());
        }
        Strategy::Canary { steps, abort_above, abort_if, .. } | Strategy::Manual { steps, abort_above, abort_if, .. } => {
            (steps, abort_above, abort_if)
        }
        Strategy::BlueGreen { abort_above, abort_if, .. } | Strategy::Staged { abort_above, abort_if, .. } => {
            (&[], abort_above, abort_if)
        }
    };
    if steps.len() > MOST || steps.iter().any(|step| step.0 <= 0.0) || steps.windows(2).any(|two| two[0].0 >= two[1].0) {
        return Some(format!("steps grow, from more than 0%, and there are at most {MOST} of them"));
    }
    if above.is_some_and(|above| above.0 >= 1.0) {
        return Some("`abort_above: 100%` never goes back".into());
    }
    let odd = test.is_some_and(|test| test.worse_at.0 <= 0.5 || test.worse_at.0 >= 1.0);
    odd.then(|| "`worse_at` is a confidence: expected more than 50% and less than 100%".into())
}
