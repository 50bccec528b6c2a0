//! Importance splitting for any model: outages too rare for crude Monte Carlo.

use std::sync::Mutex;
use std::sync::atomic::Ordering;
use std::time::Instant;

use rayon::prelude::*;

use super::plan::{self, Plan};
use super::restart::{Limits, Runner, Step, Tally};
use super::sums::Sums;
use super::{Gain, Level, Method, Rare, RareOptions, Verdict, WhyNot};
use crate::model::Model;
use crate::random::base;
use crate::run::{Control, RunError};
use crate::sim::Distance;

const CONFIDENCE: f64 = 0.95;
/// Runs with an outage that an interval must rest on.
const FEWEST: u64 = 50;
/// No run may hold more of the sum than this.
const LARGEST: f64 = 0.2;
/// Events of a block of runs, about, with what branching costs.
const BLOCK: f64 = 50_000.0;

/// Estimates how likely, how often and how long `service` is down over the horizon of a model, which follows
/// [`RareOptions::warmup`]; for the long run let the warm-up be long enough for the start to be forgotten.
///
/// By importance splitting (Kahn & Harris, "Estimation of particle transmission by random sampling", 1951; Glasserman,
/// Heidelberger, Shahabuddin & Zajic, "Multilevel splitting for estimating rare event probabilities", 1999; L'Ecuyer, Le
/// Gland, Lezaud & Tuffin, "Splitting techniques", 2009) in the form of RESTART: how near the outage is comes from the
/// structure ([`Distance`]), where to split from trial runs (Garvels, "The splitting method in rare event simulation",
/// 2000, discusses both choices). Neither biases the estimates, and both are fixed before the runs that count. These are
/// independent of each other, so intervals are those of a mean. Each run draws the uncertain numbers anew.
///
/// The result is the same on any number of threads, but for what is measured in seconds.
///
/// # Errors
/// Where nothing can take the service down, where threads cannot be started, and where it was stopped before there was
/// anything to tell.
pub fn splitting(model: &Model, service: u32, options: &RareOptions, control: &Control) -> Result<Rare, WhyNot> {
    let started = Instant::now();
    let watched = &model.services[service as usize];
    if !watched.can_fail {
        return Err(WhyNot::Model(format!("nothing can take `{}` down", watched.name)));
    }
    let threads = options.threads.unwrap_or(0);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|error| RunError::Threads(threads, error))?;
    let bare = bare(model);
    let effort = Effort { model: &bare, service: service as usize, options, control, pool };
    let plan = effort.plan()?;
    let (sums, tally, seconds) = effort.runs(&plan)?;
    Ok(effort.result(&plan, &sums, &tally, seconds, started))
}

/// The model without what does not matter to outages: requests and objectives.
fn bare(model: &Model) -> Model {
    let mut bare = model.clone();
    bare.demand = crate::model::Demand::default();
    bare.objectives.clear();
    for service in &mut bare.services {
        service.visits.clear();
        service.time_objectives.clear();
    }
    bare
}

struct Effort<'a> {
    model: &'a Model,
    service: usize,
    options: &'a RareOptions,
    control: &'a Control,
    pool: rayon::ThreadPool,
}

/// The values of the runs.
#[derive(Debug, Default)]
struct All {
    first: Sums,
    outages: Sums,
    down: Sums,
    runs: u64,
    stopped: bool,
}

impl All {
    fn add(&mut self, run: &Tally) {
        self.first.add(run.first);
        self.outages.add(run.outages);
        self.down.add(run.down);
        self.runs += 1;
    }
}

/// What a block gave: its runs, and the seconds that they took.
struct Block {
    runs: Vec<Tally>,
    seconds: f64,
    stopped: bool,
}

impl Effort<'_> {
    /// Looks for where to split.
    fn plan(&self) -> Result<Plan, WhyNot> {
        let trial = |round: u64, runs: u64, steps: &[Step]| {
            let seed = base("trial", self.options.seed).wrapping_add(round);
            let each = runs.div_ceil(64);
            let blocks = self.blocks(0..runs.div_ceil(each), each, runs, seed, steps, true);
            let (mut all, mut seconds) = (Tally::default(), 0.0);
            for block in blocks {
                if block.stopped && self.stop() {
                    return Err(WhyNot::Stopped);
                }
                all.events += if block.stopped { plan::SEARCH } else { 0 };
                block.runs.iter().for_each(|run| all.add(run));
                seconds += block.seconds;
            }
            Ok((all, seconds))
        };
        plan::search(self.model.clocks.len(), &trial)
    }

    fn stop(&self) -> bool {
        self.control.stop.load(Ordering::Relaxed)
    }

    /// Makes blocks of runs in parallel, and hands them back in their order.
    fn blocks(&self, numbers: std::ops::Range<u64>, each: u64, until: u64, seed: u64, steps: &[Step], trial: bool) -> Vec<Block> {
        let limits = Limits { stop: &self.control.stop, events: if trial { plan::SEARCH } else { self.options.most_events } };
        let runners = Mutex::new(Vec::new());
        let one = |number: u64| {
            let runner = crate::run::lock(&runners).pop();
            let mut runner = runner.unwrap_or_else(|| Runner::new(self.model, self.service, self.options.warmup, trial));
            let begun = Instant::now();
            let mut block = Block { runs: Vec::new(), seconds: 0.0, stopped: false };
            for run in number * each..((number + 1) * each).min(until) {
                let Some(tally) = runner.run(steps, seed, run, run, limits) else {
                    block.stopped = true;
                    break;
                };
                block.runs.push(tally);
                if !trial {
                    self.control.done.fetch_add(1, Ordering::Relaxed);
                }
            }
            block.seconds = begun.elapsed().as_secs_f64();
            crate::run::lock(&runners).push(runner);
            block
        };
        self.pool.install(|| numbers.into_par_iter().map(one).collect())
    }

    /// The runs that count.
    fn runs(&self, plan: &Plan) -> Result<(All, Tally, f64), WhyNot> {
        let each = ((BLOCK / plan.effort.max(1.0)) as u64).clamp(1, 1_024).next_power_of_two();
        let most = self.options.replications;
        let (mut all, mut tally, mut seconds) = (All::default(), Tally::default(), 0.0);
        let mut next = 0;
        let mut look = each;
        let wave = 64;
        while all.runs < most && !all.stopped {
            if all.runs >= look {
                if self.is_narrow(&all) {
                    break;
                }
                look *= 2;
            }
            let goal = if self.options.precision.is_some() { look.min(most) } else { most };
            self.control.goal.store(goal, Ordering::Relaxed);
            let until = goal.div_ceil(each).min(next + wave);
            for block in self.blocks(next..until, each, goal, self.options.seed, &plan.steps, false) {
                for run in &block.runs {
                    all.add(run);
                    tally.add(run);
                }
                seconds += block.seconds;
                all.stopped |= block.stopped;
                if all.stopped {
                    break;
                }
            }
            next = until;
            all.stopped |= tally.events + tally.branches * self.model.clocks.len() as u64 >= self.options.most_events;
        }
        if all.runs < 2 { Err(WhyNot::Stopped) } else { Ok((all, tally, seconds)) }
    }

    fn is_narrow(&self, all: &All) -> bool {
        let Some(precision) = self.options.precision else { return false };
        all.down.seen() >= FEWEST && all.down.relative_error().is_some_and(|error| error <= precision)
    }

    fn result(&self, plan: &Plan, all: &All, tally: &Tally, seconds: f64, started: Instant) -> Rare {
        let horizon = self.model.horizon;
        let runs = all.runs as f64;
        let downtime = all.down.estimate(CONFIDENCE, horizon);
        let gain = (all.down.seen() > 0 && all.down.variance() > 0.0).then(|| {
            // What a crude replication gives, by the same weighted sums.
            let variance = (tally.down_squared / runs - (tally.down / runs).powi(2)).max(0.0);
            let events = tally.spent.iter().sum::<f64>() / runs;
            let fewer = variance / all.down.variance();
            Gain {
                events: fewer * events / (tally.events as f64 / runs),
                time: fewer * events * plan.crude_seconds / (seconds / runs),
            }
        });
        let jumped = if plan.jumped { Some(1.0) } else { jumped(&plan.steps, &tally.onsets) };
        Rare {
            method: Method::Splitting,
            service: self.service as u32,
            outage_probability: Some(all.first.estimate(CONFIDENCE, 1.0)),
            outages: Some(all.outages.estimate(CONFIDENCE, f64::INFINITY)),
            unavailability: downtime.scaled(1.0 / horizon),
            downtime: Some(downtime),
            relative_error: all.down.relative_error(),
            gain,
            levels: levels(plan, tally, runs),
            jumped,
            verdict: self.verdict(plan, all, gain, jumped),
            replications: all.runs,
            events: tally.events,
            wall_seconds: started.elapsed().as_secs_f64(),
        }
    }

    fn verdict(&self, plan: &Plan, all: &All, gain: Option<Gain>, jumped: Option<f64>) -> Verdict {
        let mut against = Vec::new();
        if let Some(nearest) = plan.nearest {
            let nearest = Distance::decades(nearest);
            against.push(format!(
                "the trial runs saw too few outages to plan with; they came as near as a distance of {nearest:.1}"
            ));
        }
        if all.stopped {
            against.push("it was ended by hand, or by the limit of events".to_owned());
        }
        let seen = all.down.seen();
        if seen < FEWEST {
            against.push(format!("{seen} of {} independent runs saw an outage, fewer than {FEWEST}", all.runs));
        } else if all.down.largest_share() > LARGEST {
            against.push(format!("one run holds {:.0}% of all downtime", 100.0 * all.down.largest_share()));
        }
        if self.options.precision.is_some() && !self.is_narrow(all) {
            against.push("the precision asked for was not reached".to_owned());
        }
        let converged = against.is_empty();
        let mut remarks = against;
        if let Some(jumped) = jumped.filter(|jumped| *jumped > 0.5) {
            remarks.push(format!(
                "{:.0}% of the way to an outage is jumped over at once, by common causes or failures of zones: splitting brings \
                 no gain there",
                100.0 * jumped
            ));
        }
        if plan.steps.is_empty() && plan.nearest.is_none() && !plan.jumped {
            remarks.push("outages are not rare enough for splitting: these are crude replications".to_owned());
        } else if gain.is_some_and(|gain| gain.time < 1.0) {
            remarks.push("crude Monte Carlo would have been as good at equal time".to_owned());
        }
        Verdict { converged, remarks }
    }
}

/// The share of the way that outages jumped over: measured by the logarithm of the copies that were made on it in vain.
fn jumped(steps: &[Step], onsets: &[f64]) -> Option<f64> {
    let made = |steps: &[Step]| steps.iter().map(|step| libm::log(f64::from(step.copies))).sum::<f64>();
    let missed = onsets.iter().enumerate().map(|(i, onsets)| onsets * made(&steps[i..])).sum::<f64>();
    let all = onsets.iter().sum::<f64>();
    (all > 0.0 && !steps.is_empty()).then(|| missed / (all * made(steps)))
}

/// The way to the outage, as the runs went it.
fn levels(plan: &Plan, tally: &Tally, runs: f64) -> Vec<Level> {
    let steps = plan.steps.iter().zip(&tally.passed).map(|(step, passed)| (step.distance, *passed, step.copies));
    let mut before = runs;
    let mut level = |(distance, passed, copies): (u32, f64, u32)| {
        let probability = if before > 0.0 { passed / before } else { 0.0 };
        before = passed;
        Level { distance: Distance::decades(distance), probability, copies }
    };
    steps.chain([(0, tally.onsets.iter().sum(), 1)]).map(&mut level).collect()
}
