//! All states of a process, found one after the other.

use super::chain::Chain;
use super::process::{Move, Process, Situation};

/// A process with all its states known.
#[derive(Debug, Clone)]
pub struct Explored {
    /// Its chain; times are in seconds.
    pub chain: Chain,
    /// By service of the model, whether it is down in each state. For services that the process does not ask for, it means
    /// nothing.
    pub down: Vec<Vec<bool>>,
}

/// The process has more states than were allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the Markov chain has more than {0} states")]
pub struct TooMany(pub usize);

/// Finds all states of a process, breadth first from the start.
///
/// # Errors
/// Where there are more than `limit`.
pub fn explore(process: &Process, limit: usize) -> Result<Explored, TooMany> {
    let mut moves: Vec<Move> = Vec::new();
    let found = Chain::explore(process.start(), limit, |state, found| {
        process.moves(state, &mut moves);
        found.extend(moves.drain(..).map(|Move { rate, to, .. }| (to, rate)));
    });
    let (chain, states) = found.ok_or(TooMany(limit))?;
    let mut situation = Situation::default();
    let mut down: Vec<Vec<bool>> = Vec::new();
    for state in &states {
        process.look(state, &mut situation);
        down.resize(situation.is_up.len(), Vec::with_capacity(states.len()));
        down.iter_mut().zip(&situation.is_up).for_each(|(down, up)| down.push(!up));
    }
    Ok(Explored { chain, down })
}
