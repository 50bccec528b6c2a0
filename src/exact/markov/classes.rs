//! Which states lead to each other, and which sets of states are never left.

use super::chain::Rows;

/// The classes of a chain: sets of states that all lead to each other.
#[derive(Debug, Clone)]
pub struct Classes {
    /// The class of each state.
    pub of: Vec<u32>,
    /// By class: no move leaves it.
    pub closed: Vec<bool>,
}

impl Classes {
    /// Finds the classes (Tarjan, "Depth-first search and linear graph algorithms", SIAM J. Comput. 1, 1972), without
    /// recursion, so that a long chain of states is no danger to the stack.
    pub fn of(leaving: &Rows) -> Self {
        const NEW: u32 = u32::MAX;
        let n = leaving.len();
        let mut seen = vec![NEW; n];
        let mut low = vec![0_u32; n];
        let mut of = vec![NEW; n];
        let mut open: Vec<u32> = Vec::new();
        let mut path: Vec<(u32, u32)> = Vec::new();
        let (mut clock, mut count) = (0, 0);
        for root in 0..n {
            if seen[root] != NEW {
                continue;
            }
            path.push((root as u32, leaving.begins[root]));
            while let Some(&mut (state, ref mut edge)) = path.last_mut() {
                let s = state as usize;
                if seen[s] == NEW {
                    (seen[s], low[s]) = (clock, clock);
                    clock += 1;
                    open.push(state);
                }
                if *edge < leaving.begins[s + 1] {
                    let to = leaving.states[*edge as usize] as usize;
                    *edge += 1;
                    if seen[to] == NEW {
                        path.push((to as u32, leaving.begins[to]));
                    } else if of[to] == NEW {
                        low[s] = low[s].min(seen[to]);
                    }
                    continue;
                }
                path.pop();
                if let Some(&(parent, _)) = path.last() {
                    low[parent as usize] = low[parent as usize].min(low[s]);
                }
                if low[s] == seen[s] {
                    while let Some(member) = open.pop() {
                        of[member as usize] = count;
                        if member == state {
                            break;
                        }
                    }
                    count += 1;
                }
            }
        }
        let mut closed = vec![true; count as usize];
        for i in 0..n {
            if leaving.row(i).any(|(to, _)| of[to] != of[i]) {
                closed[of[i] as usize] = false;
            }
        }
        Self { of, closed }
    }

    /// The classes that are never left, in the order of their numbers.
    pub fn closed_ones(&self) -> Vec<u32> {
        (0..self.closed.len() as u32).filter(|&class| self.closed[class as usize]).collect()
    }

    /// The states of one class, ascending.
    pub fn members(&self, class: u32) -> Vec<u32> {
        (0..self.of.len() as u32).filter(|&state| self.of[state as usize] == class).collect()
    }
}
