//! What a failure reaches while all else is well: by replicas, `up_when` and calls, and along which path.

use crate::model::{Effect, Model, Thing, UpWhen};

/// How hard a service is hit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Blow {
    /// Not at all.
    None,
    /// It goes without something that it does not need.
    Without,
    /// Something of it is gone; it carries on.
    Weaker,
    /// This share of its requests fails.
    Fails(f64),
    /// It is down.
    Down,
}

/// What happens to one service.
#[derive(Debug, Clone)]
pub struct Hit {
    /// How hard it is hit.
    pub blow: Blow,
    /// Why, in words: `0 of 2 replicas left, 1 needed`.
    pub why: String,
    /// The service that passed it on; none where the failure itself does it.
    pub via: Option<u32>,
}

/// What the failure of a clock does to each service, by its index.
pub fn hits(model: &Model, clock: u32) -> Vec<Hit> {
    let thing = &model.clocks[clock as usize].thing;
    let effect = &model.modes[model.clocks[clock as usize].mode as usize].effect;
    let takes_down = matches!(effect, Effect::Down);
    let lost: Vec<u32> = (0..model.services.len() as u32).map(|s| lost(model, thing, s)).collect();
    let left = |s: u32| {
        let service = &model.services[s as usize];
        let there = service.present().len() as u32 - if takes_down { lost[s as usize] } else { 0 };
        // Those that stand by take over, as far as there are some.
        there.min(service.active())
    };
    let mut hits = vec![Hit { blow: Blow::None, why: String::new(), via: None }; model.services.len()];
    for &s in &model.order {
        let service = &model.services[s as usize];
        let replicas = service.present().len() as u32;
        let found = if *thing == Thing::Service(s) {
            let (blow, why) = if takes_down { (Blow::Down, "the failure takes all of it") } else { (Blow::Weaker, LESS) };
            Hit { blow, why: why.to_owned(), via: None }
        } else if left(s) < service.needs {
            Hit { blow: Blow::Down, why: format!("{} of {replicas} replicas left, {} needed", left(s), service.needs), via: None }
        } else if let Some(hit) = by_tree(service.up_when.as_ref(), &hits, &lost, &left) {
            hit
        } else if let Some(&callee) = service.depends_on.iter().find(|&&callee| hits[callee as usize].blow == Blow::Down) {
            Hit { blow: Blow::Down, why: "needs it for every request".to_owned(), via: Some(callee) }
        } else if let Some(hit) = by_calls(model, s, &hits) {
            hit
        } else if lost[s as usize] > 0 && takes_down {
            let spare = left(s) - service.needs;
            let why = format!("{} of {replicas} replicas left, {} needed: {spare} to spare", left(s), service.needs);
            Hit { blow: Blow::Weaker, why, via: None }
        } else if lost[s as usize] > 0 {
            Hit { blow: Blow::Weaker, why: LESS.to_owned(), via: None }
        } else if let Some(call) = service.calls.iter().find(|call| !call.needed && fails(&hits[call.to as usize]) > 0.0) {
            Hit { blow: Blow::Without, why: "calls it and does not need it".to_owned(), via: Some(call.to) }
        } else {
            continue;
        };
        hits[s as usize] = found;
    }
    hits
}

const LESS: &str = "less of its capacity is left";

/// The way from the failure to a service: names and reasons, `db (0 of 2 replicas left, 1 needed) → checkout (…)`.
pub fn path(model: &Model, hits: &[Hit], service: u32) -> String {
    let mut steps = Vec::new();
    let mut at = Some(service);
    while let Some(s) = at {
        steps.push(format!("{} ({})", model.services[s as usize].name, hits[s as usize].why));
        at = hits[s as usize].via;
    }
    steps.reverse();
    steps.join(" → ")
}

/// Replicas of a service that the thing takes with it.
fn lost(model: &Model, thing: &Thing, s: u32) -> u32 {
    let service = &model.services[s as usize];
    match thing {
        Thing::Replica(replica) => u32::from(service.replicas.contains(replica)),
        Thing::Strike(struck) if *struck == s => service.present().len() as u32,
        Thing::Zones(zones) => {
            service.present().filter(|&replica| zones.contains(&model.replicas[replica as usize].zone)).count() as u32
        }
        Thing::Strike(_) | Thing::Service(_) => 0,
    }
}

/// Its `up_when` does not hold any more: passed on by the first service in it that is down or has lost replicas.
fn by_tree(tree: Option<&UpWhen>, hits: &[Hit], lost: &[u32], left: &impl Fn(u32) -> u32) -> Option<Hit> {
    let tree = tree?;
    let is_up = |s: u32| hits[s as usize].blow != Blow::Down;
    if tree.holds(&is_up, left) {
        return None;
    }
    let via = leaves(tree).into_iter().find(|&s| !is_up(s) || lost[s as usize] > 0);
    Some(Hit { blow: Blow::Down, why: "its up_when does not hold without it".to_owned(), via })
}

/// The services in a tree.
pub fn leaves(tree: &UpWhen) -> Vec<u32> {
    match tree {
        UpWhen::Service(s) => vec![*s],
        UpWhen::AtLeast(_, of) => of.clone(),
        UpWhen::Any(parts) | UpWhen::All(parts) => parts.iter().flat_map(leaves).collect(),
    }
}

/// Calls that it needs fail: passed on by the one that costs most requests.
fn by_calls(model: &Model, s: u32, hits: &[Hit]) -> Option<Hit> {
    let mut ok = 1.0;
    let mut worst: Option<(f64, u32, f64)> = None;
    for call in model.services[s as usize].calls.iter().filter(|call| call.needed) {
        let failing = fails(&hits[call.to as usize]);
        let part = call.per_request.fract();
        let share = 1.0 - libm::pow(1.0 - failing, call.per_request.floor()) * (1.0 - part * failing);
        ok *= 1.0 - share;
        if share > 0.0 && worst.is_none_or(|(most, ..)| share > most) {
            worst = Some((share, call.to, call.per_request));
        }
    }
    worst.map(|(_, via, per_request)| Hit {
        blow: Blow::Fails(1.0 - ok),
        why: if per_request < 1.0 {
            format!("calls it for {} of its requests", crate::report::format::number(per_request, crate::report::Unit::Share))
        } else {
            "calls it for every request".to_owned()
        },
        via: Some(via),
    })
}

/// Share of its requests that fail.
fn fails(hit: &Hit) -> f64 {
    match hit.blow {
        Blow::Down => 1.0,
        Blow::Fails(share) => share,
        Blow::None | Blow::Without | Blow::Weaker => 0.0,
    }
}
