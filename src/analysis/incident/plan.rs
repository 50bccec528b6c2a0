//! What is asked, and the failure that is meant.

use crate::analysis::impact::things;
use crate::model::{Model, Thing, Trigger};
use crate::run::incident::Subject;
use crate::scenario::suggest::instead;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// Name of the failure mode.
    pub failure: String,
    /// The service that it hits, whose users count; none: anything that it can hit, and all services that users see.
    pub service: Option<String>,
}

/// Finds what a question speaks of.
///
/// # Errors
/// A sentence about a name that there is not, or a failure that nobody responds to.
pub fn subject(model: &Model, question: &Question) -> Result<Subject, String> {
    let failure = &question.failure;
    let mode = things::mode(model, failure)?;
    let about = &model.modes[mode as usize];
    if matches!(about.trigger, Trigger::Trace(_)) {
        return Err(format!("`{failure}` is replayed from a trace, which has no other failures than those recorded"));
    }
    if about.planned {
        return Err(format!("`{failure}` is planned, and nobody is called to it: ask about a failure that is not"));
    }
    if !about.is_repairable() {
        return Err(format!("`{failure}` is never repaired, so there is no response to it: give it a `repair`"));
    }
    let fires = |clock: &u32| {
        let clock = &model.clocks[*clock as usize];
        clock.mode == mode && !matches!(clock.thing, Thing::Strike(_))
    };
    let all: Vec<u32> = (0..model.clocks.len() as u32).filter(fires).collect();
    let Some(name) = &question.service else {
        return if all.is_empty() {
            Err(format!("the failure `{failure}` hits nothing in this scenario"))
        } else {
            Ok(Subject { mode, clocks: all, users: seen_by_users(model) })
        };
    };
    let names: Vec<&str> = model.services.iter().map(|service| service.name.as_str()).collect();
    let service =
        names.iter().position(|known| known == name).ok_or_else(|| format!("no service `{name}`: {}", instead(name, &names)))?;
    let clocks: Vec<u32> = all.iter().copied().filter(|&clock| hits(model, clock, service as u32)).collect();
    if clocks.is_empty() {
        let hit = (0..names.len()).filter(|&s| all.iter().any(|&clock| hits(model, clock, s as u32)));
        let hit: Vec<&str> = hit.map(|s| names[s]).collect();
        let what = if hit.is_empty() { "no service at all".to_owned() } else { hit.join(", ") };
        return Err(format!("`{failure}` does not hit `{name}`: it hits {what}"));
    }
    Ok(Subject { mode, clocks, users: vec![service as u32] })
}

/// Whether the failure of a clock hits a service itself, a replica of it, or a zone in which one stands.
fn hits(model: &Model, clock: u32, service: u32) -> bool {
    match &model.clocks[clock as usize].thing {
        Thing::Replica(replica) => model.replicas[*replica as usize].service == service,
        Thing::Service(hit) | Thing::Strike(hit) => *hit == service,
        Thing::Zones(zones) => model.replicas.iter().any(|replica| replica.service == service && zones.contains(&replica.zone)),
    }
}

/// The services that traffic enters or an objective is about; all of them where there are neither.
fn seen_by_users(model: &Model) -> Vec<u32> {
    let entries = model.demand.sources.iter().map(|source| source.to);
    let mut users: Vec<u32> = entries.chain(model.objectives.iter().map(|objective| objective.service)).collect();
    users.sort_unstable();
    users.dedup();
    if users.is_empty() { (0..model.services.len() as u32).collect() } else { users }
}
