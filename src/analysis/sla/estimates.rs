//! From sums to what is said of a promise: every number with its interval.

use super::summary::{Credits, Due, FirstBreach, Promise, Stretch, Tier, Without};
use super::{Cause, Driver, Input, LEVEL, Period, Watch};
use crate::analysis::forecast::estimates::{attainment, clean, good_of};
use crate::analysis::forecast::words::{LIKELY, RISK};
use crate::model::Objective;
use crate::report::Status;
use crate::run::runs::{ObjectiveRuns, WindowRuns};
use crate::stats::Estimate;

/// All that is known of one promise.
pub fn promise(input: &Input<'_>, watch: Watch) -> Promise {
    let objective = &input.model.objectives[watch.promise];
    let runs = &input.runs.objectives[watch.periods];
    let (index, agreed) = input.judged(watch);
    let windows = judged(input, watch);
    let breach = breach(&input.runs.objectives[index]);
    Promise {
        service: input.model.services[objective.service as usize].name.clone(),
        target: objective.target,
        judged_by: agreed.noun(),
        state: state(&breach).map_or("unknown", Status::word),
        attainment: attainment(runs),
        breach_probability: breach,
        budget_burnt: burnt(attainment(runs), objective.target),
        first_likely_breach: first_breach(&windows),
        likely_broken_by: likely(&windows, |window| window.broken_by_then.value).map(|window| window.period.clone()),
        periods: stretches(input, objective, runs, input.period),
        credits: (!objective.credits.is_empty()).then(|| credits(input, watch.promise)),
        drivers: drivers(input, watch),
    }
}

/// A promise in each of the windows that it is judged by.
pub fn judged(input: &Input<'_>, watch: Watch) -> Vec<Stretch> {
    let (index, agreed) = input.judged(watch);
    stretches(input, &input.model.objectives[index], &input.runs.objectives[index], agreed)
}

fn stretches(input: &Input<'_>, objective: &Objective, runs: &ObjectiveRuns, period: Period) -> Vec<Stretch> {
    runs.by_window.iter().map(|window| stretch(input, objective, window, period)).collect()
}

/// How good news a probability of a breach is; nothing where it is not known.
pub fn state(breach: &Estimate) -> Option<Status> {
    breach.value.map(|risk| match risk {
        risk if risk < RISK => Status::Good,
        risk if risk <= LIKELY => Status::Warn,
        _ => Status::Bad,
    })
}

/// The probability that at least one complete window ends below the target.
fn breach(runs: &ObjectiveRuns) -> Estimate {
    let none = || Estimate::unobserved(LEVEL, 0, "no complete window");
    clean(runs.breach.filter(|b| b.count() > 0).map_or_else(none, |b| b.estimate(LEVEL)))
}

/// The part of the error budget that is used up where so much is attained. A target of 100 % has none.
fn burnt(attained: Estimate, target: f64) -> Estimate {
    if target >= 1.0 {
        return Estimate::unobserved(LEVEL, attained.n, "no error budget");
    }
    let burnt = attained.complement().scaled(1.0 / (1.0 - target));
    // Where nothing was seen to be lost, nothing was seen to be burnt; what may have gone unseen bounds it.
    let unseen = attained.value.is_none() && attained.high == Some(1.0);
    Estimate { value: if unseen { Some(0.0) } else { burnt.value }, ..burnt }
}

fn stretch(input: &Input<'_>, objective: &Objective, window: &WindowRuns, period: Period) -> Stretch {
    let attained = clean(good_of(&window.attainment, 0, 1));
    let at = |p: f64| window.shortfall.quantile(1.0 - p).map(|bad| 1.0 - bad);
    let burnt = burnt(attained, objective.target);
    Stretch {
        period: period.name(&input.model.start, window.from),
        from_seconds: window.from,
        until_seconds: window.to,
        complete: window.complete,
        good: window.attainment.mean(0),
        counted: window.attainment.mean(1),
        attainment: attained,
        attainment_p5: at(0.05),
        attainment_p50: at(0.5),
        attainment_p95: at(0.95),
        budget_burnt: burnt,
        budget_left: burnt.complement(),
        breach_probability: if window.complete && window.attainment.mean(1) > 0.0 {
            window.breach.estimate(LEVEL)
        } else {
            Estimate::unobserved(LEVEL, 0, "partial, or nothing counted")
        },
        broken_by_then: window.broken_by.estimate(LEVEL),
    }
}

/// The first complete period that is more likely broken than kept, and the first ones of which that may and must be so.
fn first_breach(periods: &[Stretch]) -> Option<FirstBreach> {
    let first = |end: fn(&Estimate) -> Option<f64>| likely(periods, move |period| end(&period.breach_probability));
    let found = first(|chance| chance.value)?;
    Some(FirstBreach {
        period: found.period.clone(),
        from_seconds: found.from_seconds,
        probability: found.breach_probability,
        at_the_earliest: first(|chance| chance.high).unwrap_or(found).period.clone(),
        at_the_latest: first(|chance| chance.low).map(|period| period.period.clone()),
    })
}

/// The first of which something is more likely than not.
fn likely(periods: &[Stretch], chance: impl Fn(&Stretch) -> Option<f64>) -> Option<&Stretch> {
    periods.iter().find(|period| chance(period).is_some_and(|chance| chance > LIKELY))
}

fn credits(input: &Input<'_>, promise: usize) -> Credits {
    let (objective, runs) = (&input.model.objectives[promise], &input.runs.objectives[promise]);
    let agreed = Period::of(&objective.windows).unwrap_or(input.period);
    let months = agreed.months();
    let due = |window: &WindowRuns| {
        let tiers = objective.credits.iter().zip(&window.tiers).map(|(&(below, credit), due)| Tier {
            below,
            credit,
            amount: credit * objective.fee * f64::from(months),
            probability: due.estimate(LEVEL),
        });
        Due {
            window: agreed.name(&input.model.start, window.from),
            from_seconds: window.from,
            until_seconds: window.to,
            expected: clean(window.credits.estimate_in(LEVEL, 0.0, most(objective, months))),
            tiers: tiers.collect(),
        }
    };
    let complete = runs.by_window.iter().filter(|window| window.complete);
    let windows: Vec<Due> = complete.map(due).collect();
    let most = most(objective, months) * windows.len() as f64;
    Credits { expected: clean(runs.credits.estimate_in(LEVEL, 0.0, most)), windows }
}

/// The most that one window can cost.
fn most(objective: &Objective, months: u32) -> f64 {
    objective.credits.iter().map(|(_, credit)| credit * objective.fee * f64::from(months)).fold(0.0, f64::max)
}

/// What would be without each cause: the scenario as it is first, then the causes by what they take, then every failure together.
fn drivers(input: &Input<'_>, watch: Watch) -> Vec<Without> {
    let target = input.model.objectives[watch.promise].target;
    let nothing = input.drivers.iter().find(|driver| driver.cause == Cause::Nothing);
    let lost = nothing.map(|driver| attainment(&driver.objectives[watch.periods]).complement());
    let without = |driver: &Driver| {
        let runs = &driver.objectives[watch.periods];
        let attainment = attainment(runs);
        let spared = match lost {
            Some(lost) if driver.cause != Cause::Nothing => spared(lost, attainment.complement()),
            _ => Estimate::unobserved(LEVEL, 0, "as it is"),
        };
        Without {
            cause: driver.cause.to_string(),
            spared,
            attainment,
            budget_burnt: burnt(attainment, target),
            breach_probability: breach(&driver.objectives[input.judged(watch).0]),
        }
    };
    let mut all: Vec<(&Driver, Without)> = input.drivers.iter().map(|driver| (driver, without(driver))).collect();
    let spared = |without: &Without| without.spared.value.unwrap_or(0.0);
    all.sort_by(|a, b| a.0.cause.rank().cmp(&b.0.cause.rank()).then(spared(&b.1).total_cmp(&spared(&a.1))));
    all.into_iter().map(|(_, without)| without).collect()
}

/// The part of what is lost that is not lost where `left` is left of it: the delta method on the logarithm of their ratio. Both
/// come from the same luck and go together, so that taking them as independent makes the interval too wide, never too narrow.
fn spared(lost: Estimate, left: Estimate) -> Estimate {
    const METHOD: &str = "ratio, delta method on its logarithm, taken as independent";
    let none = Estimate::unobserved(LEVEL, lost.n, METHOD);
    let Some((all, least)) = lost.value.zip(lost.low).filter(|(all, least)| *all > 0.0 && *least > 0.0) else { return none };
    let Some(part) = left.value.filter(|part| *part > 0.0) else {
        // Nothing was seen to be left: what may have gone unseen bounds it.
        return Estimate { value: Some(1.0), low: left.high.map(|high| 1.0 - high / least), high: Some(1.0), ..none };
    };
    let half = |estimate: Estimate| estimate.low.zip(estimate.high).map(|(low, high)| 0.5 * (high / low).ln());
    let ratio = part / all;
    let ends = half(lost).zip(half(left)).map(|(a, b)| a.hypot(b)).filter(|half| half.is_finite());
    let (low, high) = ends.map(|half| (1.0 - ratio * half.exp(), 1.0 - ratio * (-half).exp())).unzip();
    Estimate { value: Some(1.0 - ratio), low, high, ..none }
}
