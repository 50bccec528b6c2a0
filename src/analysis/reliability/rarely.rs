//! Outages that plain simulation sees too seldom, looked for by methods made for that.

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

/// Looks for rare outages of the services that are asked for.
pub fn look(
    model: &Model,
    options: &Options,
    how: Rarely,
    found: &Found,
    control: &Control,
) -> Result<Vec<(usize, Result<Rare, String>)>, RunError> {
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
        warmup: options.warmup,
        ..RareOptions::default()
    };
    let mut results = Vec::new();
    for s in wanted {
        let by_biasing = || biasing(model, s as u32, &rare, control);
        let by_splitting = || splitting(model, s as u32, &rare, control);
        let result = match how {
            // From the start alone: what a warm-up leaves behind is for splitting.
            Rarely::Biasing => by_biasing(),
            Rarely::Auto if options.warmup <= 0.0 => match by_biasing() {
                Err(WhyNot::Model(_)) => by_splitting(),
                other => other,
            },
            _ => by_splitting(),
        };
        match result {
            Ok(rare) => results.push((s, Ok(rare))),
            Err(WhyNot::Run(error)) => return Err(error),
            Err(WhyNot::Stopped) => break,
            Err(error @ WhyNot::Model(_)) => results.push((s, Err(error.to_string()))),
        }
    }
    Ok(results)
}
