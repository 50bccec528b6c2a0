//! Teams: which of their words go together.

use super::{Context, Finding};
use crate::scenario::schema::{Selection, Team};

/// Preemption is a matter of priority.
pub fn preemption(context: &Context<'_>) -> Vec<Finding> {
    let teams = context.scenario.teams.iter().filter(|(_, team)| team.preempt && team.selection != Selection::Priority);
    teams
        .map(|(name, _)| Finding::new(&["teams", name, "preempt"], "`preempt` goes only with `selection: priority`").on_key())
        .collect()
}

/// A limit on incidents and escalation are matters of a line; incidents without order have none.
pub fn handing_on(context: &Context<'_>) -> Vec<Finding> {
    let teams = &context.scenario.teams;
    let in_lines = |team: &Team| matches!(team.selection, Selection::Priority | Selection::Fifo);
    let mut found = Vec::new();
    for (name, team) in teams {
        let mut tell = |key: &str, message: &str| found.push(Finding::new(&["teams", name, key], message).on_key());
        if team.parallel == Some(0) {
            tell("parallel", "a team that works at no incident repairs nothing: give at least 1, or leave `parallel` out");
        }
        if team.parallel.is_some() && !in_lines(team) {
            tell("parallel", "`parallel` goes only with `selection: priority` or `fifo`");
        }
        let Some(escalate) = &team.escalate else { continue };
        if !in_lines(team) || teams.get(&escalate.to).is_some_and(|to| !in_lines(to)) {
            tell("escalate", "incidents are handed on only between teams with `selection: priority` or `fifo`");
        }
    }
    found
}
