//! Teams: how many people, when they work, and whom they serve first.

use super::Model;
use super::calendar;
use super::compile::Compiler;
use super::timing::Timing;
use crate::random::base;
use crate::scenario;

/// Seconds of a week.
const WEEK: f64 = 7.0 * 86_400.0;

/// People who repair.
#[derive(Debug, Clone)]
pub struct Team {
    /// Its name in the scenario.
    pub name: String,
    /// How many can work at the same time, each on one incident.
    pub people: u32,
    /// From the call of a free person until that person begins to repair.
    pub acknowledge: Timing,
    /// When work may start, as (opens, closes) in seconds after the start, ascending, for one week at least; `None`: always.
    pub hours: Option<Vec<(f64, f64)>>,
    /// An incident of higher priority takes the person from one of lower, which goes on later where it was left.
    pub preempts: bool,
    /// Which of the incidents that wait is taken up first.
    pub selection: Selection,
    /// Incidents that it works at, at the same time; [`NONE`](super::NONE) where that has no limit.
    pub parallel: u32,
    /// Who is asked when nobody has acknowledged in time.
    pub escalation: Option<Escalation>,
    /// Name of the stream that acknowledgements of escalated incidents are drawn from.
    pub stream: u64,
}

/// Who is asked when nobody has acknowledged in time.
#[derive(Debug, Clone, Copy)]
pub struct Escalation {
    /// Seconds from when the team was asked.
    pub after: f64,
    /// The team that is asked then.
    pub to: u32,
}

/// Which of the incidents that wait is taken up first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Selection {
    /// By priority, then the one that waits longest.
    Priority,
    /// The one that waits longest.
    Fifo,
    /// Any, each with the same probability.
    Random,
    /// A free person looks at all kinds (mode and service, or zone) of incidents that wait at once; each look takes an
    /// exponential time of this mean in seconds, and of the kind looked at first the incident that waits longest is taken
    /// up. A look is dropped where nothing of its kind waits any more.
    Race(f64),
}

impl Model {
    /// The teams that hand on to a team what they do not acknowledge in time.
    pub fn hand_on_to(&self, team: u32) -> impl Iterator<Item = &Team> {
        self.teams.iter().filter(move |from| from.escalation.is_some_and(|escalation| escalation.to == team))
    }
}

pub(super) fn compile(compiler: &mut Compiler) -> Vec<Team> {
    let mut teams = Vec::new();
    for (name, team) in &compiler.scenario.teams {
        let path = format!("teams.{name}");
        let hours = match &team.hours {
            scenario::Hours::Always => None,
            scenario::Hours::Weekly { first, last, from, to } => {
                // A warm-up repeats the first week backwards, so that much must be known.
                let until = compiler.scenario.horizon.0.max(WEEK);
                match calendar::working_hours(&compiler.start, until, (*first, *last), (*from, *to)) {
                    Ok(hours) => Some(hours),
                    Err(message) => {
                        compiler.wrong(format!("{path}.hours"), message);
                        continue;
                    }
                }
            }
        };
        let selection = match &team.selection {
            scenario::Selection::Priority => Selection::Priority,
            scenario::Selection::Fifo => Selection::Fifo,
            scenario::Selection::Random => Selection::Random,
            scenario::Selection::Race(mean) if mean.0 <= 0.0 => {
                compiler.wrong(format!("{path}.selection"), "a look takes time: expected more than 0s, or `random`");
                continue;
            }
            scenario::Selection::Race(mean) => Selection::Race(mean.0),
        };
        if let Some(acknowledge) = compiler.timing(&format!("{path}.acknowledge"), &team.acknowledge) {
            let to = |to: &str| compiler.scenario.teams.get_index_of(to).map(|to| to as u32);
            let escalation =
                team.escalate.as_ref().and_then(|escalate| Some(Escalation { after: escalate.after.0, to: to(&escalate.to)? }));
            teams.push(Team {
                name: name.clone(),
                people: team.people,
                acknowledge,
                hours,
                preempts: team.preempt,
                selection,
                parallel: team.parallel.unwrap_or(super::NONE),
                escalation,
                stream: base(&format!("teams/{name}"), 0),
            });
        }
    }
    teams
}
