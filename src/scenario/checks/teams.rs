//! Teams: which of their words go together.

use super::{Context, Finding};
use crate::scenario::schema::Selection;

/// Preemption is a matter of priority.
pub fn preemption(context: &Context<'_>) -> Vec<Finding> {
    let teams = context.scenario.teams.iter().filter(|(_, team)| team.preempt && team.selection != Selection::Priority);
    teams
        .map(|(name, _)| Finding::new(&["teams", name, "preempt"], "`preempt` goes only with `selection: priority`").on_key())
        .collect()
}
