//! All states of a process, found one after the other.

use std::collections::HashMap;

use super::chain::{Chain, Rows};
use super::process::{Move, Process, Situation, State};

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
    let mut states: Vec<State> = Vec::new();
    let mut known: HashMap<State, u32> = HashMap::new();
    let mut number = |state: State, states: &mut Vec<State>| {
        *known.entry(state).or_insert_with_key(|state| {
            states.push(state.clone());
            states.len() as u32 - 1
        })
    };
    let start: Vec<(u32, f64)> = process.start().iter().map(|(state, p)| (number(state.clone(), &mut states), *p)).collect();
    let mut leaving = Rows { begins: vec![0], ..Rows::default() };
    let mut situation = Situation::default();
    let mut down: Vec<Vec<bool>> = Vec::new();
    let (mut moves, mut row): (Vec<Move>, Vec<(u32, f64)>) = (Vec::new(), Vec::new());
    let mut next = 0;
    while next < states.len() {
        if states.len() > limit {
            return Err(TooMany(limit));
        }
        process.look(&states[next], &mut situation);
        down.resize(situation.is_up.len(), Vec::new());
        down.iter_mut().zip(&situation.is_up).for_each(|(down, up)| down.push(!up));
        process.moves_in(&states[next], &situation, &mut moves);
        row.clear();
        row.extend(moves.drain(..).map(|Move { rate, to, .. }| (number(to, &mut states), rate)));
        leaving.push_row(&mut row);
        next += 1;
    }
    Ok(Explored { chain: Chain::new(leaving, start), down })
}
