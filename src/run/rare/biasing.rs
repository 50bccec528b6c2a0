//! Failure biasing for Markov models: failures are drawn more often than they happen, and weighed.
//!
//! Balanced failure biasing gives all failures together the probability 1/2 wherever something is also being detected,
//! repaired or waited for, and each of them the same part of it; the weight of a history is the product of the ratios
//! (Goyal, Shahabuddin, Heidelberger, Nicola & Glynn, "A unified framework for simulating Markovian models of highly
//! dependable systems", IEEE Trans. Computers 41, 1992; Shahabuddin, "Importance sampling for the simulation of highly
//! reliable Markovian systems", Management Science 40, 1994, who shows that its relative error stays bounded as failures
//! become rarer). Once the service is down nothing is biased any more until the system is as it was at the start.
//!
//! - *The long run* is the downtime of such a cycle over its length. Biased cycles tell the one, plain cycles the other, and
//!   times in states count by their means (Hordijk, Iglehart & Schassberger 1976).
//! - *The horizon* is gone through without bias, from cycle to cycle. From the begin of each cycle a biased history sets out
//!   on its own, and what it finds until the system is as new again counts for that cycle; so weights never pile up over
//!   several cycles. Where only failures can happen, the next is drawn to come before the horizon ends (forcing).

mod verdict;
mod walk;

use std::sync::Mutex;
use std::sync::atomic::Ordering;
use std::time::Instant;

use rayon::prelude::*;

use self::verdict::{CONFIDENCE, FEWEST, verdict};
use self::walk::{Found, Stuck, Walker};
use super::sums::Sums;
use super::{Gain, Method, Rare, RareOptions, WhyNot};
use crate::exact::markov::Process;
use crate::model::Model;
use crate::run::{Control, RunError};
use crate::stats::{Estimate, Moments};

/// Histories in a block.
const BLOCK: u64 = 256;
/// Blocks that are made between two looks at the clock and the stop.
const WAVE: u64 = 64;

/// Estimates how likely, how often and how long a service is down over the horizon of a model, from its start.
///
/// [`RareOptions::warmup`] is not used. The result is the same on any number of threads, but for what is measured in
/// seconds.
///
/// # Errors
/// Where the model is no Markov process, where threads cannot be started, and where it was stopped before there was anything
/// to tell.
pub fn biasing(model: &Model, service: u32, options: &RareOptions, control: &Control) -> Result<Rare, WhyNot> {
    let effort = Effort::new(model, service, options, control)?;
    let horizon = model.horizon;
    let all = effort.rounds(|walker, number| walker.horizon(options.seed, number, horizon), |all| all.down.relative_error())?;
    // Where nothing was found, the histories without bias bound it, if nothing happened in them either.
    let bounded = |sums: &Sums, most: f64| {
        let found = sums.estimate(CONFIDENCE, most);
        if sums.seen() == 0 && all.crude > 0 { Estimate::unobserved(CONFIDENCE, found.n, found.method) } else { found }
    };
    let downtime = bounded(&all.down, horizon);
    let relative_error = all.down.relative_error();
    let gain = gain(&all, relative_error, all.spent.plain as f64 / all.histories as f64);
    Ok(Rare {
        outage_probability: Some(bounded(&all.first, 1.0)),
        outages: Some(bounded(&all.outages, f64::INFINITY)),
        unavailability: downtime.scaled(1.0 / horizon),
        downtime: Some(downtime),
        ..effort.result(&all, relative_error, gain)
    })
}

/// Estimates the fraction of the time that a service is down in the long run.
///
/// The horizon of the model and [`RareOptions::warmup`] are not used.
///
/// # Errors
/// As [`biasing`], and where the system does not come back to its start within a million events.
pub fn biasing_long_run(model: &Model, service: u32, options: &RareOptions, control: &Control) -> Result<Rare, WhyNot> {
    let effort = Effort::new(model, service, options, control)?;
    let relative = |all: &All| all.down.relative_error().map(|error| error.hypot(relative_error(&all.length)));
    let all = effort.rounds(|walker, number| walker.cycle(options.seed, number), relative)?;
    let relative_error = relative(&all);
    let gain = gain(&all, relative_error, all.spent.plain as f64 / all.length.count().max(1) as f64);
    Ok(Rare { unavailability: ratio(&all), ..effort.result(&all, relative_error, gain) })
}

fn relative_error(of: &Moments) -> f64 {
    (of.variance() / of.count().max(1) as f64).sqrt() / of.mean()
}

/// The downtime of a cycle over its length. The two are independent; the ends of the intervals are put together by the
/// distances from their values (Zou & Donner, "Construction of confidence limits about effect measures", Statistics in
/// Medicine 27, 2008), which for small errors is the delta method.
fn ratio(all: &All) -> Estimate {
    if all.down.seen() == 0 {
        return unseen(all);
    }
    let down = all.down.estimate(CONFIDENCE, f64::INFINITY).scaled(1.0 / all.length.mean());
    let length = all.length.estimate(CONFIDENCE);
    let width = (length.high.unwrap_or(f64::INFINITY) - all.length.mean()) / all.length.mean();
    let end = |end: Option<f64>, side: f64| {
        let value = down.value.unwrap_or_default();
        end.map(|end| value + side * (end - value).hypot(value * width))
    };
    Estimate { low: end(down.low, -1.0), high: end(down.high, 1.0), ..down }.clipped(0.0, 1.0)
}

/// No biased cycle was down. If no plain one was, either, the downtime of a cycle is at most its length where it is down at all:
/// its mean is at most √(p E\[length²\]) (Cauchy and Schwarz), with the upper bound of Clopper & Pearson for p.
fn unseen(all: &All) -> Estimate {
    let nothing = Estimate::unobserved(CONFIDENCE, all.histories, "no outage in plain cycles: Cauchy-Schwarz bound");
    let mut plain = Sums::default();
    (0..all.length.count()).for_each(|_| plain.add(0.0));
    let Some(p) = plain.estimate(CONFIDENCE, 1.0).high.filter(|_| all.crude == 0) else { return nothing };
    let (mean, variance) = (all.length.mean(), all.length.variance());
    let high = (p * (variance + mean * mean)).sqrt() / mean;
    Estimate { low: Some(0.0), high: Some(high.min(1.0)), ..nothing }
}

/// What crude Monte Carlo would need for the same error, counted in events: the variance of an unweighted history comes from
/// the same weighted sums, and its events from those that were simulated without bias.
fn gain(all: &All, relative_error: Option<f64>, events_of_one: f64) -> Option<Gain> {
    let error = relative_error.filter(|error| *error > 0.0)?;
    let histories = all.histories as f64;
    let mean = all.down.estimate(CONFIDENCE, f64::INFINITY).value?;
    let crude = (all.squares / histories - mean * mean).max(0.0) / (mean * mean) / (error * error);
    let events = crude * events_of_one / all.spent.all() as f64;
    Some(Gain { events, time: events })
}

/// Sums over histories.
#[derive(Debug, Default)]
struct All {
    down: Sums,
    first: Sums,
    outages: Sums,
    /// Lengths of plain cycles, seconds.
    length: Moments,
    /// Histories without bias that were down.
    crude: u64,
    /// Weighted squares of the downtime.
    squares: f64,
    histories: u64,
    spent: walk::Spent,
    stopped: bool,
}

impl All {
    fn add(&mut self, found: &Found) {
        self.down.add(found.down);
        self.first.add(found.first);
        self.outages.add(found.outages);
        if found.length > 0.0 {
            self.length.add(found.length);
        }
        self.crude += u64::from(found.crude);
        self.squares += found.squares;
        self.histories += 1;
        self.spent.add(found.spent);
    }
}

struct Effort<'a> {
    process: Process,
    service: u32,
    options: &'a RareOptions,
    control: &'a Control,
    pool: rayon::ThreadPool,
    started: Instant,
}

impl<'a> Effort<'a> {
    fn new(model: &Model, service: u32, options: &'a RareOptions, control: &'a Control) -> Result<Self, WhyNot> {
        let started = Instant::now();
        let process = Process::of_services(model, &[service]).map_err(|reasons| WhyNot::Model(reasons.join("; ")))?;
        let threads = options.threads.unwrap_or(0);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.map_err(|error| RunError::Threads(threads, error))?;
        Ok(Self { process, service, options, control, pool, started })
    }

    /// Makes histories until they are enough: in blocks, which are added up in their order.
    fn rounds(
        &self,
        history: impl Fn(&mut Walker, u64) -> Result<Found, Stuck> + Sync,
        relative_error: impl Fn(&All) -> Option<f64>,
    ) -> Result<All, WhyNot> {
        let walkers = Mutex::new(Vec::new());
        let block = |number: u64| {
            let walker = crate::run::lock(&walkers).pop();
            let mut walker = walker.unwrap_or_else(|| Walker::new(&self.process, self.service));
            let until = ((number + 1) * BLOCK).min(self.options.replications);
            let mut found = Vec::with_capacity(BLOCK as usize);
            for history_number in number * BLOCK..until {
                if self.control.stop.load(Ordering::Relaxed) {
                    break;
                }
                found.push(history(&mut walker, history_number));
                self.control.done.fetch_add(1, Ordering::Relaxed);
            }
            crate::run::lock(&walkers).push(walker);
            found
        };
        let (mut all, mut next, mut look) = (All::default(), 0, BLOCK);
        let narrow = |all: &All| {
            let precise = |precision| relative_error(all).is_some_and(|error| error <= precision);
            self.options.precision.is_some_and(|precision| all.down.seen() >= FEWEST && precise(precision))
        };
        while all.histories < self.options.replications && !all.stopped {
            // Only at numbers fixed beforehand: to stop whenever it looks good would bias the estimate.
            if all.histories >= look {
                if narrow(&all) {
                    break;
                }
                look *= 2;
            }
            let goal =
                if self.options.precision.is_some() { look.min(self.options.replications) } else { self.options.replications };
            self.control.goal.store(goal, Ordering::Relaxed);
            let until = goal.div_ceil(BLOCK).min(next + WAVE);
            let blocks: Vec<_> = self.pool.install(|| (next..until).into_par_iter().map(block).collect());
            for (number, found) in (next..until).zip(blocks) {
                let whole = found.len() as u64 == BLOCK.min(self.options.replications - number * BLOCK);
                for found in found {
                    all.add(&found.map_err(|stuck| WhyNot::Model(stuck.to_string()))?);
                }
                if !whole {
                    all.stopped = true;
                    break;
                }
            }
            next = until;
            all.stopped |= all.spent.all() >= self.options.most_events;
        }
        if all.histories < 2 { Err(WhyNot::Stopped) } else { Ok(all) }
    }

    /// What all results share.
    fn result(&self, all: &All, relative_error: Option<f64>, gain: Option<Gain>) -> Rare {
        Rare {
            method: Method::Biasing,
            service: self.service,
            outage_probability: None,
            outages: None,
            unavailability: all.down.estimate(CONFIDENCE, f64::INFINITY),
            downtime: None,
            relative_error,
            gain,
            levels: Vec::new(),
            jumped: None,
            verdict: verdict(all, relative_error, self.options.precision, gain),
            replications: all.histories,
            events: all.spent.all(),
            wall_seconds: self.started.elapsed().as_secs_f64(),
        }
    }
}
