//! Outages that plain simulation sees too seldom, looked for by methods made for that.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::Found;
use crate::model::Model;
use crate::run::rare::{Rare, RareOptions, WhyNot, biasing, splitting};
use crate::run::runs::sum;
use crate::run::{Control, Options, RunError};

/// Fewer outages than this say too little.
const FEWEST: f64 = 50.0;
/// Services that are looked at unasked.
const MOST: usize = 4;
/// Events for one service: some seconds.
const EVENTS: u64 = 1 << 26;
/// Clocks of a model that is looked at unasked: branching costs as much as there are.
const LARGEST: usize = 400;
/// How long is looked unasked, over all services. What is not done by then is left out as a whole, so that numbers never depend
/// on the machine.
const PATIENCE: Duration = Duration::from_secs(10);

/// How outages too rare for plain simulation are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Rarely {
    /// Where plain simulation saw too few: by biasing where times allow it, else by splitting.
    #[default]
    Auto,
    /// Not at all.
    Off,
    /// By importance splitting, for any distribution.
    Splitting,
    /// By failure biasing, for Markov models.
    Biasing,
}

/// What was found for services, by their index, or why nothing was.
pub type Looked = Vec<(usize, Result<Rare, String>)>;

/// Looks for rare outages of the services that are asked for.
pub fn look(model: &Model, options: &Options, how: Rarely, found: &Found, control: &Control) -> Result<Looked, RunError> {
    let few = |s: usize| found.runs.services[s].sums.sum(sum::ONSETS) < FEWEST;
    let mut wanted: Vec<usize> = found.services.iter().copied().filter(|&s| model.services[s].can_fail).collect();
    match how {
        Rarely::Off => return Ok(Vec::new()),
        Rarely::Auto => wanted.retain(|&s| few(s)),
        Rarely::Splitting | Rarely::Biasing => {}
    }
    // Those with a promise first, then those that others rest on least: what users see.
    let promised = |s: usize| model.objectives.iter().any(|objective| objective.service as usize == s);
    wanted.sort_by_key(|&s| (!promised(s), model.services[s].reach.len(), s));
    wanted.truncate(MOST);
    let rare = RareOptions {
        seed: options.seed,
        most_events: EVENTS,
        threads: options.threads,
        warmup: options.before(),
        ..RareOptions::default()
    };
    let begun = Instant::now();
    let patience = |so_far: Duration| if how == Rarely::Auto { PATIENCE.saturating_sub(so_far) } else { Duration::MAX };
    let mut results = Vec::new();
    for s in wanted {
        if how == Rarely::Auto && model.clocks.len() > LARGEST {
            let text = format!("{} things can fail here, too many to look unasked; choose --rare splitting", model.clocks.len());
            results.push((s, Err(text)));
            continue;
        }
        let (result, in_time) = within(patience(begun.elapsed()), control, |control| match how {
            // From the start alone: what a warm-up leaves behind is for splitting.
            Rarely::Biasing => biasing(model, s as u32, &rare, control),
            Rarely::Auto if options.before() <= 0.0 => match biasing(model, s as u32, &rare, control) {
                Err(WhyNot::Model(_)) => splitting(model, s as u32, &rare, control),
                other => other,
            },
            _ => splitting(model, s as u32, &rare, control),
        });
        match result {
            Err(WhyNot::Run(error)) => return Err(error),
            Err(error @ WhyNot::Model(_)) => results.push((s, Err(error.to_string()))),
            _ if !in_time => results.push((s, Err("not done in 10 s; choose --rare splitting to wait for it".to_owned()))),
            Err(WhyNot::Stopped) => break,
            Ok(rare) => results.push((s, Ok(rare))),
        }
    }
    Ok(results)
}

/// Does some work, which is told to stop where it takes too long or where everything is; and whether it was done in time.
fn within<T>(time: Duration, outer: &Control, work: impl FnOnce(&Control) -> T) -> (T, bool) {
    let (inner, done, late) = (Control::default(), AtomicBool::new(false), AtomicBool::new(false));
    let begun = Instant::now();
    let result = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                let is_late = begun.elapsed() > time;
                late.fetch_or(is_late, Ordering::Relaxed);
                if is_late || outer.stop.load(Ordering::Relaxed) {
                    inner.stop.store(true, Ordering::Relaxed);
                }
                std::thread::sleep(Duration::from_millis(5));
            }
        });
        let result = work(&inner);
        done.store(true, Ordering::Relaxed);
        result
    });
    (result, !late.load(Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_takes_too_long_is_stopped() {
        let waits = |control: &Control| {
            while !control.stop.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(1));
            }
        };
        let outer = Control::default();
        assert!(!within(Duration::from_millis(20), &outer, waits).1);
        outer.stop.store(true, Ordering::Relaxed);
        assert!(within(Duration::MAX, &outer, waits).1);
        assert_eq!(within(Duration::MAX, &Control::default(), |_| 7), (7, true));
    }
}
