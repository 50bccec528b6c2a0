//! A Markov chain in continuous time, sparse: the rates out of each state, and the same rates by where they lead.

use super::classes;

/// A Markov chain in continuous time with a finite number of states and a distribution at the start.
///
/// Rates are kept and never their negative sum: every solver of this module adds, multiplies and divides non-negative
/// numbers and subtracts none, which is what keeps small probabilities accurate.
#[derive(Debug, Clone)]
pub struct Chain {
    /// Rates by the state that they leave.
    pub leaving: Rows,
    /// The same rates by the state that they enter.
    pub entering: Rows,
    /// Total rate out of each state.
    pub exit: Vec<f64>,
    /// Probability of each state at the start, of those where it is not 0; sums to 1.
    pub start: Vec<(u32, f64)>,
    /// The class of each state, and what is known of the classes.
    pub classes: classes::Classes,
}

/// A sparse matrix by rows (compressed sparse rows).
#[derive(Debug, Clone, Default)]
pub struct Rows {
    /// Where each row begins in the other two, and the end.
    pub begins: Vec<u32>,
    /// The other state of each entry.
    pub states: Vec<u32>,
    /// The rate of each entry.
    pub rates: Vec<f64>,
}

impl Rows {
    /// The entries of row `i` as (other state, rate).
    pub fn row(&self, i: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let range = self.begins[i] as usize..self.begins[i + 1] as usize;
        self.states[range.clone()].iter().zip(&self.rates[range]).map(|(&state, &rate)| (state as usize, rate))
    }

    /// Adds a row behind the last; entries on the diagonal are left out, and those with the same state are added up.
    pub fn push_row(&mut self, entries: &mut Vec<(u32, f64)>) {
        let own = self.begins.len().saturating_sub(1) as u32;
        if self.begins.is_empty() {
            self.begins.push(0);
        }
        entries.retain(|&(state, rate)| state != own && rate > 0.0);
        entries.sort_by_key(|&(state, _)| state);
        let from = self.states.len();
        for &(state, rate) in entries.iter() {
            if self.states.len() > from && self.states.last() == Some(&state) {
                let last = self.rates.len() - 1;
                self.rates[last] += rate;
            } else {
                self.states.push(state);
                self.rates.push(rate);
            }
        }
        self.begins.push(self.states.len() as u32);
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.begins.len().saturating_sub(1)
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Rows and columns exchanged.
    pub fn transposed(&self) -> Rows {
        let n = self.len();
        let mut begins = vec![0_u32; n + 1];
        for &state in &self.states {
            begins[state as usize + 1] += 1;
        }
        for i in 0..n {
            begins[i + 1] += begins[i];
        }
        let mut next = begins.clone();
        let (mut states, mut rates) = (vec![0; self.states.len()], vec![0.0; self.states.len()]);
        for i in 0..n {
            for (state, rate) in self.row(i) {
                let at = next[state] as usize;
                next[state] += 1;
                (states[at], rates[at]) = (i as u32, rate);
            }
        }
        Rows { begins, states, rates }
    }
}

impl Chain {
    /// A chain from the rates out of each state and the distribution at the start, whose entries are scaled to sum to 1.
    ///
    /// Rates are finite and not negative, states and entries fewer than 2^32.
    pub fn new(leaving: Rows, mut start: Vec<(u32, f64)>) -> Self {
        let exit = (0..leaving.len()).map(|i| leaving.row(i).map(|(_, rate)| rate).sum()).collect();
        let total: f64 = start.iter().map(|(_, p)| p).sum();
        for (_, p) in &mut start {
            *p /= total;
        }
        let classes = classes::Classes::of(&leaving);
        Self { entering: leaving.transposed(), leaving, exit, start, classes }
    }

    /// A chain from the states at the start, with their probabilities, and a function that lists the moves out of a state as
    /// (state, rate). Also its states, in the order of their numbers: that in which they are found, breadth first.
    ///
    /// `None` where there are more than `limit`.
    pub fn explore<S: Clone + Eq + std::hash::Hash>(
        start: &[(S, f64)],
        limit: usize,
        mut moves: impl FnMut(&S, &mut Vec<(S, f64)>),
    ) -> Option<(Self, Vec<S>)> {
        let mut known = std::collections::HashMap::new();
        let mut states: Vec<S> = Vec::new();
        let mut number = |state: S, states: &mut Vec<S>| {
            *known.entry(state).or_insert_with_key(|state| {
                states.push(state.clone());
                states.len() as u32 - 1
            })
        };
        let begin: Vec<(u32, f64)> = start.iter().map(|(state, p)| (number(state.clone(), &mut states), *p)).collect();
        let mut leaving = Rows { begins: vec![0], ..Rows::default() };
        let (mut found, mut row) = (Vec::new(), Vec::new());
        let mut next = 0;
        while next < states.len() {
            if states.len() > limit {
                return None;
            }
            moves(&states[next].clone(), &mut found);
            row.clear();
            row.extend(found.drain(..).map(|(state, rate)| (number(state, &mut states), rate)));
            leaving.push_row(&mut row);
            next += 1;
        }
        Some((Self::new(leaving, begin), states))
    }

    /// Number of states.
    pub fn len(&self) -> usize {
        self.exit.len()
    }

    /// Whether it has no state.
    pub fn is_empty(&self) -> bool {
        self.exit.is_empty()
    }
}
