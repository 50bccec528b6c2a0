//! What a failure mode can hit, and which of it is meant.

use std::collections::BTreeMap;

use crate::model::{Model, Thing};
use crate::scenario::suggest::instead;

/// Something that a mode can hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The clock that fires.
    pub clock: u32,
    /// As people call it: `web 3`, `checkout`, `zone a`, `all of web`.
    pub name: String,
    /// Things that would fare just the same, this one among them: replicas of one service in one zone.
    pub alike: u64,
}

/// The index of the mode of this name.
///
/// # Errors
/// A sentence that names the nearest right one.
pub fn mode(model: &Model, name: &str) -> Result<u32, String> {
    let names: Vec<&str> = model.modes.iter().map(|mode| mode.name.as_str()).collect();
    let found = names.iter().position(|known| *known == name);
    found.map(|index| index as u32).ok_or_else(|| format!("no failure `{name}` in the scenario: {}", instead(name, &names)))
}

/// One of each kind of thing that the mode hits (replicas of one service in one zone are alike); without the strikes of a common cause, which hit all replicas at once.
pub fn targets(model: &Model, mode: u32) -> Vec<Target> {
    let mut targets: Vec<Target> = Vec::new();
    let mut seen: BTreeMap<(u32, u32), usize> = BTreeMap::new();
    for clock in clocks(model, mode) {
        let of = &model.clocks[clock as usize].thing;
        if matches!(of, Thing::Strike(_)) {
            continue;
        }
        if let Thing::Replica(replica) = of {
            let replica = &model.replicas[*replica as usize];
            // Of replicas that stand by and take over each has a place of its own.
            let place = if model.services[replica.service as usize].standby.is_some() { clock } else { replica.zone };
            if let Some(&place) = seen.get(&(replica.service, place)) {
                targets[place].alike += 1;
                continue;
            }
            seen.insert((replica.service, place), targets.len());
        }
        targets.push(Target { clock, name: name(model, clock), alike: 1 });
    }
    targets
}

/// The thing that somebody named.
///
/// # Errors
/// A sentence that names the nearest right one.
pub fn named(model: &Model, mode: u32, wanted: &str) -> Result<Target, String> {
    let all: Vec<Target> = clocks(model, mode).map(|clock| Target { clock, name: name(model, clock), alike: 1 }).collect();
    let says = |target: &Target| target.name == wanted || target.name.strip_prefix("zone ") == Some(wanted);
    if let Some(target) = all.iter().find(|target| says(target)) {
        return Ok(target.clone());
    }
    let names: Vec<&str> = all.iter().map(|target| target.name.as_str()).collect();
    let mode = &model.modes[mode as usize].name;
    Err(format!("`{mode}` does not hit `{wanted}`: {}", instead(wanted, &names)))
}

/// Services whose replicas the mode can strike all at once, as a common cause.
pub fn strikes(model: &Model, mode: u32) -> Vec<String> {
    let struck = clocks(model, mode).filter(|&clock| matches!(model.clocks[clock as usize].thing, Thing::Strike(_)));
    struck.map(|clock| name(model, clock)).collect()
}

fn clocks(model: &Model, mode: u32) -> impl Iterator<Item = u32> + '_ {
    (0..model.clocks.len() as u32).filter(move |&clock| model.clocks[clock as usize].mode == mode)
}

/// What a clock hits, in words.
pub fn name(model: &Model, clock: u32) -> String {
    let thing = model.thing_name(clock);
    if matches!(model.clocks[clock as usize].thing, Thing::Strike(_)) { format!("all of {thing}") } else { thing }
}
