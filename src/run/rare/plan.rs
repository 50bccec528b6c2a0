//! Where histories should branch, and into how many: found by trial runs, from far to near.

use super::WhyNot;
use super::restart::{Step, Tally};

/// Approaches that a step, or the end of the search, must rest on.
const ENOUGH: u64 = 40;
/// A step is put where about this share of the histories before it gets to.
const SHARE: f64 = 0.15;
/// Outages so many times as frequent as the last step is passed did not come by it.
const PREVAILS: f64 = 10.0;
/// Ways up to so many times as long share a step.
const WIDTH: f64 = 1.15;
/// Events of one round of trial runs, and of the whole search, about.
const ROUND: f64 = 3e5;
pub const SEARCH: u64 = 30_000_000;
/// Runs of one round.
const RUNS: (u64, u64) = (16, 4_096);
const MOST_RUNS: u64 = 1 << 20;
const ROUNDS: u64 = 60;
/// Copies at one step.
const COPIES: f64 = 1_000.0;
/// Events that it costs as much as to begin or to branch, for each clock.
const BRANCHING: f64 = 4.0;

/// What the search found.
#[derive(Debug)]
pub struct Plan {
    /// Where to branch, from far to near.
    pub steps: Vec<Step>,
    /// What a run costs, in events; beginnings and branches are counted as so many events as they cost.
    pub effort: f64,
    /// Seconds of processor time for one event of a crude replication.
    pub crude_seconds: f64,
    /// Nearly all outages jump over every step.
    pub jumped: bool,
    /// How near the search came where it did not get to an outage.
    pub nearest: Option<u32>,
}

/// A round of trial runs: how many, of what number, and how they branch; what they gave together, and the seconds of
/// processor time that they took.
pub type Trial<'a> = &'a dyn Fn(u64, u64, &[Step]) -> Result<(Tally, f64), WhyNot>;

/// Looks for the steps of a model with `clocks` clocks.
pub fn search(clocks: usize, trial: Trial) -> Result<Plan, WhyNot> {
    let (first, _) = trial(0, RUNS.0, &[])?;
    let each = first.events as f64 / RUNS.0 as f64;
    let mut runs = ((ROUND / each.max(1.0)) as u64).clamp(RUNS.0, RUNS.1);
    let effort = |tally: &Tally, runs: u64| tally.events + (BRANCHING * (runs as usize * clocks) as f64) as u64;
    let mut spent = effort(&first, RUNS.0);
    let mut steps: Vec<Step> = Vec::new();
    let mut plan: Option<Plan> = None;
    for round in 1.. {
        let (tally, seconds) = trial(round, runs, &steps)?;
        spent += effort(&tally, runs);
        let plan = plan.get_or_insert(Plan {
            steps: Vec::new(),
            effort: each,
            crude_seconds: seconds / tally.events.max(1) as f64,
            jumped: false,
            nearest: None,
        });
        let found = Approaches::of(&tally, steps.last().map_or(u32::MAX, |step| step.distance));
        let costs = Costs::of(&tally, runs, clocks);
        let unit = weight(&steps) / runs as f64;
        let further = found.next();
        let onsets: Vec<f64> = tally.onsets.iter().map(|onsets| onsets / runs as f64).collect();
        let jumps: f64 = onsets[..steps.len()].iter().sum();
        let jumps_prevail = costs.passed.last().is_some_and(|passed| jumps > PREVAILS * passed);
        if matches!(further, Some((0, _))) || jumps_prevail {
            plan.steps = costs.balanced(&steps, &onsets);
            plan.effort = costs.effort(&plan.steps);
            plan.steps.retain(|step| step.copies > 1);
            plan.jumped = plan.steps.is_empty() && (jumps_prevail || found.come_at_once());
            return Ok(plan.take());
        }
        if spent >= SEARCH || round >= ROUNDS {
            plan.nearest = Some(found.nearest());
            plan.effort = costs.effort(&steps);
            plan.steps = steps;
            plan.steps.retain(|step| step.copies > 1);
            return Ok(plan.take());
        }
        match further {
            Some((distance, count)) => {
                let reached = count as f64 * unit;
                let before = costs.passed.last().copied().unwrap_or(1.0);
                let mut ends = vec![0.0; steps.len()];
                ends.push(reached);
                steps = costs.balanced(&steps, &ends);
                steps.push(Step { distance, copies: copies(before / reached) });
            }
            // Too few get further: more histories from here, and more runs.
            None => match steps.last_mut() {
                Some(last) if f64::from(last.copies) < COPIES => last.copies = copies(f64::from(last.copies) * 4.0),
                _ => runs = (runs * 4).min(MOST_RUNS),
            },
        }
    }
    Err(WhyNot::Stopped)
}

impl Plan {
    fn take(&mut self) -> Self {
        Self { steps: std::mem::take(&mut self.steps), ..*self }
    }
}

fn copies(number: f64) -> u32 {
    number.round().clamp(1.0, COPIES) as u32
}

/// The weight of a history beyond the last step.
fn weight(steps: &[Step]) -> f64 {
    steps.iter().map(|step| 1.0 / f64::from(step.copies)).product()
}

/// How often each distance nearer than the last step was come to.
struct Approaches<'a> {
    tally: &'a Tally,
    last: u32,
}

impl<'a> Approaches<'a> {
    fn of(tally: &'a Tally, last: u32) -> Self {
        Self { tally, last }
    }

    fn count(&self, distance: u32) -> u64 {
        let passes = |&(&(to, from), _): &(&(u32, u32), &u64)| to <= distance && distance < from;
        self.tally.approaches.iter().filter(passes).map(|(_, count)| count).sum()
    }

    fn nearest(&self) -> u32 {
        self.tally.approaches.keys().map(|&(to, _)| to).min().unwrap_or(self.last)
    }

    /// Whether most outages befall a system in which nothing has failed.
    fn come_at_once(&self) -> bool {
        let healthy = self.tally.approaches.keys().map(|&(to, _)| to).max().unwrap_or_default();
        let all = self.count(0) as f64;
        let at_once = self.tally.approaches.iter().filter(|&(&(to, from), _)| to == 0 && from >= healthy);
        at_once.map(|(_, count)| *count as f64).sum::<f64>() > 0.5 * all
    }

    /// The next step: as near as a fair share of the histories gets; 0 where that is the outage itself.
    fn next(&self) -> Option<(u32, u64)> {
        // Where histories begin is not on the way.
        let begin = if self.last == u32::MAX { self.tally.approaches.keys().map(|&(to, _)| to).max()? } else { self.last };
        let mut distances: Vec<u32> = self.tally.approaches.keys().map(|&(to, _)| to).collect();
        distances.dedup();
        distances.retain(|&distance| distance < begin);
        let base = self.count(*distances.last()?).max(ENOUGH);
        let enough = ((base as f64 * SHARE) as u64).max(ENOUGH / 2);
        let far_enough = distances.iter().copied().find(|&distance| self.count(distance) >= enough)?;
        // A little before, so that ways of about the same length share the step.
        let with =
            distances.iter().copied().take_while(|&distance| f64::from(distance) <= WIDTH * f64::from(far_enough)).last()?;
        Some((with, self.count(with)))
    }
}

/// What a run costs between its steps, as far as they are known.
struct Costs {
    /// Events, and what branching costs: before the first step, after it, …
    spent: Vec<f64>,
    /// How often each step is passed.
    passed: Vec<f64>,
}

impl Costs {
    fn of(tally: &Tally, runs: u64, clocks: usize) -> Self {
        let passed: Vec<f64> = tally.passed.iter().map(|passed| passed / runs as f64).collect();
        let branching = std::iter::once(&1.0).chain(&passed).map(|begun| begun * BRANCHING * clocks as f64);
        let spent = tally.spent.iter().zip(branching).map(|(spent, branching)| spent / runs as f64 + branching).collect();
        Self { spent, passed }
    }

    /// What a run with these steps costs.
    fn effort(&self, steps: &[Step]) -> f64 {
        let made = steps.iter().scan(1.0, |made, step| {
            *made *= f64::from(step.copies);
            Some(*made)
        });
        std::iter::once(1.0).chain(made).zip(&self.spent).map(|(made, spent)| made * spent).sum()
    }

    /// The steps with the numbers of copies that give most for the effort; `onsets` is how many outages begin from before the
    /// first step, from after it, …
    ///
    /// With mᵢ histories beyond step i for each one that there would be without splitting, the effort is Σ mᵢ eᵢ, eᵢ the
    /// effort spent between step i and the next. Let vᵢ be how often step i is passed, aᵢ the share of outages that begin from
    /// between i and the next, and Aᵢ that of those which begin from beyond i. What is counted is seen mᵢ times as often, so the
    /// relative variance is about Σ bᵢ / mᵢ with bᵢ = aᵢ / v + Aᵢ₊₁² / vᵢ₊₁, v being all outages. The product of both is least
    /// at mᵢ ∝ √(bᵢ / eᵢ), by Cauchy and Schwarz.
    fn balanced(&self, steps: &[Step], onsets: &[f64]) -> Vec<Step> {
        let all = onsets.iter().sum::<f64>().max(f64::MIN_POSITIVE);
        let wanted = |i: usize| {
            let beyond = onsets.iter().skip(i + 1).sum::<f64>() / all;
            let further = self.passed.get(i).map_or(0.0, |passed| beyond * beyond / passed.max(f64::MIN_POSITIVE));
            ((onsets[i] / all / all + further) / self.spent[i].max(f64::MIN_POSITIVE)).sqrt()
        };
        let mut made = 1.0;
        let mut balanced = steps.to_vec();
        for (i, step) in balanced.iter_mut().enumerate() {
            step.copies = copies(wanted(i + 1) / wanted(0) / made);
            made *= f64::from(step.copies);
        }
        balanced
    }
}
