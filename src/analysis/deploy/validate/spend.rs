//! What one release spends of each error budget, in pairs with and without it.

use crate::analysis::deploy::Released;
use crate::lab::{Lab, Trial, Trouble};
use crate::model::{Counts, Objective, Windows};
use crate::run::{Control, Options, column};
use crate::scenario::Loaded;
use crate::stats::{Estimate, Moments, Proportion};

const LEVEL: f64 = 0.95;
/// A mean month, seconds.
const MONTH: f64 = 365.25 / 12.0 * 86_400.0;
/// Shares that differ by less are equal.
const ROUNDING: f64 = 1e-9;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Asked {
    /// When the release begins, seconds after the start.
    pub at: f64,
    /// The part of the window that is over.
    pub elapsed: f64,
    /// The part of the budget that is spent; none: what is expected.
    pub spent: Option<f64>,
    /// What is left must cover the release with this probability.
    pub confidence: f64,
}

/// One objective, as a release of one service touches it. Shares are of the error budget of a whole window.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The service that is released.
    pub released: String,
    /// The objective.
    pub objective: String,
    /// Its target.
    pub target: f64,
    /// The length of its window, seconds.
    pub window: f64,
    /// What may be bad in a window: requests, or seconds.
    pub budget: f64,
    /// Whether it is seconds.
    pub in_time: bool,
    /// The share spent so far.
    pub spent: f64,
    /// Share that a release spends, the mean.
    pub expected: Estimate,
    /// The same of those that spend something.
    pub if_bad: Option<f64>,
    /// Its quantile at the confidence asked for; infinite where there is no budget.
    pub quantile: f64,
    /// The probability that it spends more than is left.
    pub uncovered: Estimate,
    /// The probability that the window is breached without it.
    pub breach_without: Estimate,
    /// The same with it.
    pub breach_with: Estimate,
    /// How much likelier it makes that.
    pub breach_more: Estimate,
    /// What is left covers it.
    pub go: bool,
    /// More replications could tell otherwise.
    pub close: bool,
}

impl Judged {
    /// The share that is left.
    #[must_use]
    pub fn left(&self) -> f64 {
        1.0 - self.spent
    }
}

/// The length of an objective's window at a time.
fn window(objective: &Objective, at: f64) -> f64 {
    match &objective.windows {
        Windows::Rolling(length) => *length,
        Windows::Calendar { spans, months } => {
            let there = spans.iter().find(|span| span.complete && span.from <= at && at < span.to);
            there.map_or(MONTH * f64::from(*months), |span| span.to - span.from)
        }
    }
}

/// Judges a release of a service by every objective that it can touch; empty where there is none, or the user asked to stop.
///
/// # Errors
/// What the lab complains about.
pub fn judge(
    (options, control): (&Options, &Control),
    loaded: &Loaded,
    released: &Released<'_>,
    asked: &Asked,
) -> Result<Vec<Judged>, Trouble> {
    let touched = released.touches();
    let touches = |objective: &&Objective| touched.contains(&(objective.service as usize));
    let objectives: Vec<&Objective> = released.model.objectives.iter().filter(touches).collect();
    let mut judged = Vec::new();
    if objectives.is_empty() {
        return Ok(judged);
    }
    let usual = if asked.spent.is_none() { usual(options, control, loaded, asked)? } else { Vec::new() };
    let mut lengths: Vec<f64> = objectives.iter().map(|objective| window(objective, asked.at)).collect();
    lengths.sort_by(f64::total_cmp);
    lengths.dedup();
    for length in lengths {
        let rest = (1.0 - asked.elapsed) * length;
        let pairs = Pairs::simulate((options, control), loaded, released.name(), asked.at, rest)?;
        let of_length = objectives.iter().filter(|objective| window(objective, asked.at) == length);
        for objective in of_length {
            let known = || usual.iter().find(|(name, _)| *name == objective.name).map_or(0.0, |(_, spent)| *spent);
            let spent = asked.spent.unwrap_or_else(known);
            judged.extend(pairs.judge(released, objective, (length, rest, spent), asked));
        }
    }
    Ok(judged)
}

/// What is expected to be spent by now of a window's budget, by objective: the part of its window that is over, of what the scenario
/// as it is spends over its horizon, releases among it.
fn usual(options: &Options, control: &Control, loaded: &Loaded, asked: &Asked) -> Result<Vec<(String, f64)>, Trouble> {
    let mut lab = Lab::new(options, control);
    let place = lab.add(loaded)?;
    let trial = lab.simulate(place, options.replications)?;
    let spent = |(o, objective): (usize, &Objective)| {
        let sum = |column| trial.observed.objective(o, column).sum::<f64>();
        let (bad, counted, budget) = (sum(column::BAD), sum(column::COUNTED), 1.0 - objective.target);
        let share = if counted > 0.0 && budget > 0.0 { bad / counted / budget } else { 0.0 };
        (objective.name.clone(), asked.elapsed * share)
    };
    Ok(trial.model.objectives.iter().enumerate().map(spent).collect())
}

/// The rest of a window, with one release at its begin and without.
struct Pairs {
    with: Trial,
    without: Trial,
    /// Without, up to the begin of the release.
    before: Option<Trial>,
}

impl Pairs {
    /// The first release of a simulation comes after `every`, and the second as long after that. With a warm-up as long as the rest of the
    /// window the first comes at its begin, and the second after its end.
    fn simulate(
        (options, control): (&Options, &Control),
        loaded: &Loaded,
        service: &str,
        at: f64,
        rest: f64,
    ) -> Result<Self, Trouble> {
        let warmup = (rest - at + 1.0).max(1.0).max(options.before());
        let options = Options { warmup: Some(warmup), ..options.clone() };
        let mut lab = Lab::new(&options, control);
        let mut trial = |set: String, horizon: f64| {
            let mut variant = loaded.with(vec![set])?;
            variant.scenario.horizon = crate::units::Time(horizon);
            let place = lab.add(&variant)?;
            Ok::<_, Trouble>(lab.simulate(place, options.replications)?.clone())
        };
        let none = || format!("services.{service}.releases=null");
        let with = trial(format!("services.{service}.releases.every={}s", warmup + at), at + rest)?;
        let without = trial(none(), at + rest)?;
        let before = if at > 0.0 { Some(trial(none(), at)?) } else { None };
        Ok(Self { with, without, before })
    }

    fn judge(&self, released: &Released<'_>, objective: &Objective, times: (f64, f64, f64), asked: &Asked) -> Option<Judged> {
        let (length, rest, spent) = times;
        let named = |trial: &Trial, column: usize| -> Option<Vec<f64>> {
            let place = trial.model.objectives.iter().position(|other| other.name == objective.name)?;
            Some(trial.observed.objective(place, column).collect())
        };
        let before = |column| self.before.as_ref().map_or(Some(Vec::new()), |trial| named(trial, column));
        let (bad_before, counted_before) = (before(column::BAD)?, before(column::COUNTED)?);
        let (with, without) = (named(&self.with, column::BAD)?, named(&self.without, column::BAD)?);
        let counted = named(&self.without, column::COUNTED)?;
        let since = |values: &[f64], before: &[f64], i: usize| values[i] - before.get(i).copied().unwrap_or(0.0);
        let whole = whole(released, objective, (length, rest), asked);
        let per_draw = self.with.runs.per_draw as usize;
        let least = with.len().min(without.len());
        let least = if self.before.is_some() { least.min(bad_before.len()) } else { least };
        let count = least - least % per_draw;
        if count == 0 {
            return None;
        }
        let allowed = 1.0 - objective.target;
        let mut budgets = Moments::default();
        let share = |bad: f64, budget: f64| {
            if budget > 0.0 {
                bad / budget
            } else if bad > 0.0 {
                f64::INFINITY
            } else {
                0.0
            }
        };
        let (mut spends, mut rests) = (Vec::new(), Vec::new());
        for i in 0..count {
            let budget = allowed * since(&counted, &counted_before, i) * whole;
            budgets.add(budget);
            // What two sums differ by in their last digits is nothing.
            let more = with[i] - without[i];
            let more = if more > ROUNDING * with[i].max(1.0) { more } else { 0.0 };
            spends.push(share(more, budget));
            let usual = since(&without, &bad_before, i).max(0.0);
            rests.push((share(usual, budget), share(usual + more, budget)));
        }
        let left = 1.0 - spent;
        let over = |values: &mut dyn Iterator<Item = bool>| proportion(values, per_draw);
        let uncovered = over(&mut spends.iter().map(|spend| *spend > left + ROUNDING));
        let breaches = |rest: f64| spent + rest > 1.0 + ROUNDING;
        let mut more = Moments::default();
        for draw in rests.chunks(per_draw) {
            let each =
                draw.iter().map(|(without, with)| f64::from(u8::from(breaches(*with))) - f64::from(u8::from(breaches(*without))));
            more.add(each.sum::<f64>() / draw.len() as f64);
        }
        let missed = spends.iter().filter(|spend| **spend > left + ROUNDING).count() as f64 / count as f64;
        let may = 1.0 - asked.confidence;
        let some: Vec<f64> = spends.iter().copied().filter(|spend| *spend > 0.0).collect();
        Some(Judged {
            released: released.name().to_owned(),
            objective: objective.name.clone(),
            target: objective.target,
            window: length,
            budget: budgets.mean(),
            in_time: objective.counts != Counts::Requests,
            spent,
            expected: mean(&spends, per_draw),
            if_bad: (!some.is_empty()).then(|| some.iter().sum::<f64>() / some.len() as f64).filter(|mean| mean.is_finite()),
            quantile: quantile(spends.clone(), asked.confidence),
            uncovered,
            breach_without: over(&mut rests.iter().map(|rest| breaches(rest.0))),
            breach_with: over(&mut rests.iter().map(|rest| breaches(rest.1))),
            breach_more: more.estimate(LEVEL),
            go: missed <= may + ROUNDING,
            close: missed > 0.0
                && missed < 1.0
                && uncovered.low.is_some_and(|low| low <= may)
                && uncovered.high.is_some_and(|high| high >= may),
        })
    }
}

/// How many times as much a whole window counts as its rest.
fn whole(released: &Released<'_>, objective: &Objective, (length, rest): (f64, f64), asked: &Asked) -> f64 {
    let s = objective.service as usize;
    let came = released.arrivals(s, asked.at, asked.at + rest);
    if objective.counts != Counts::Requests || came <= 0.0 {
        return length / rest;
    }
    released.arrivals(s, asked.at + rest - length, asked.at + rest) / came
}

/// The least value that at least this fraction of all does not exceed.
fn quantile(mut values: Vec<f64>, p: f64) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let place = (p * values.len() as f64 - ROUNDING).ceil().max(1.0) as usize;
    values.get(place - 1).copied().unwrap_or(0.0)
}

fn mean(values: &[f64], per_draw: usize) -> Estimate {
    let mut moments = Moments::default();
    values.chunks(per_draw).for_each(|draw| moments.add(draw.iter().sum::<f64>() / draw.len() as f64));
    if moments.mean().is_finite() {
        moments.estimate(LEVEL)
    } else {
        Estimate::unobserved(LEVEL, moments.count(), "no error budget")
    }
}

fn proportion(values: &mut dyn Iterator<Item = bool>, per_draw: usize) -> Estimate {
    let mut proportion = Proportion::default();
    let all: Vec<bool> = values.collect();
    for draw in all.chunks(per_draw) {
        proportion.add_cluster(draw.iter().filter(|value| **value).count() as u64, draw.len() as u64);
    }
    proportion.estimate(LEVEL)
}
