//! Minimal cut sets.

use std::collections::HashMap;

use super::nodes::{BOTTOM, FALSE, Nodes, Question, TRUE};
use super::{Diagram, TooLarge};

/// Components of a cut set that is listed.
pub const LARGEST_LISTED: usize = 127;

/// Minimal cut sets: sets of components whose failure together fails the system, and of which none can be spared.
///
/// They are kept as a zero-suppressed diagram (Minato, "Zero-suppressed BDDs for set manipulation in combinatorial problems",
/// DAC 1993): five million sets take some thousand nodes.
#[derive(Debug, Clone)]
pub struct CutSets {
    nodes: Nodes,
    top: u32,
    order: Vec<u32>,
}

impl Diagram {
    /// The minimal cut sets of at most `largest` components; `usize::MAX` for all of them.
    ///
    /// Rauzy, "New algorithms for fault trees analysis", *Reliability Engineering & System Safety* 40, 1993: the sets with a
    /// component are those of the diagram where it has failed, without those that suffice where it works.
    ///
    /// # Errors
    /// Where there is no room for them.
    pub fn cut_sets(&self, largest: usize) -> Result<CutSets, TooLarge> {
        let mut longest = vec![0; self.nodes.len()];
        for (node, Question { high, low, .. }) in self.upwards() {
            longest[node] = longest[low as usize].max(longest[high as usize] + 1);
        }
        let mut minimal =
            Minimal { diagram: self, longest, sets: Nodes::new(self.nodes.most()), known: [HashMap::new(), HashMap::new()] };
        let top = minimal.of(self.top, largest)?;
        let (nodes, top) = minimal.sets.below(top);
        Ok(CutSets { nodes, top, order: self.order.clone() })
    }
}

/// Finds the minimal sets of the nodes of a diagram.
struct Minimal<'a> {
    diagram: &'a Diagram,
    /// The most failures on a path from each node to the system's failure.
    longest: Vec<usize>,
    sets: Nodes,
    known: [HashMap<(u32, u32), u32>; 2],
}

impl Minimal<'_> {
    /// The minimal sets of `node` with at most `largest` components.
    fn of(&mut self, node: u32, largest: usize) -> Result<u32, TooLarge> {
        if node <= TRUE {
            return Ok(node);
        } else if largest == 0 {
            return Ok(FALSE);
        }
        let largest = largest.min(self.longest[node as usize]);
        let question = (node, largest as u32);
        if let Some(&known) = self.known[0].get(&question) {
            return Ok(known);
        }
        let Question { level, high, low } = self.diagram.nodes.get(node);
        let without = self.of(low, largest)?;
        let with = self.of(high, largest - 1)?;
        let with = self.not_in(with, low)?;
        let answer = self.join(level, with, without)?;
        self.known[0].insert(question, answer);
        Ok(answer)
    }

    /// Of these sets, those that do not fail `node`.
    fn not_in(&mut self, sets: u32, node: u32) -> Result<u32, TooLarge> {
        if sets == FALSE || node == TRUE {
            return Ok(FALSE);
        } else if sets == TRUE || node == FALSE {
            // The empty set fails nothing but what has failed in any case.
            return Ok(sets);
        }
        if let Some(&known) = self.known[1].get(&(sets, node)) {
            return Ok(known);
        }
        let (family, question) = (self.sets.get(sets), self.diagram.nodes.get(node));
        let answer = if question.level < family.level {
            self.not_in(sets, question.low)?
        } else {
            let (fails, works) = if question.level == family.level { (question.high, question.low) } else { (node, node) };
            let with = self.not_in(family.high, fails)?;
            let without = self.not_in(family.low, works)?;
            self.join(family.level, with, without)?
        };
        self.known[1].insert((sets, node), answer);
        Ok(answer)
    }

    /// The sets of `with`, each with the component of `level`, and those of `without`.
    fn join(&mut self, level: u32, with: u32, without: u32) -> Result<u32, TooLarge> {
        if with == FALSE { Ok(without) } else { self.sets.find_or_add(level, with, without) }
    }
}

impl CutSets {
    /// How many there are, of whatever order.
    #[must_use]
    pub fn count(&self) -> u128 {
        let mut counts = vec![0_u128; self.nodes.len()];
        counts[TRUE as usize] = 1;
        for node in 2..self.nodes.len() {
            let Question { high, low, .. } = self.nodes.get(node as u32);
            counts[node] = counts[high as usize].saturating_add(counts[low as usize]);
        }
        counts[self.top as usize]
    }

    /// How many there are of each order (number of components), from 0 to `largest` or to the largest there is.
    #[must_use]
    pub fn counts(&self, largest: usize) -> Vec<u128> {
        let mut counts = Vec::new();
        // By node, those of one order less.
        let mut smaller = vec![0_u128; self.nodes.len()];
        for order in 0..=largest.min(self.order.len()) {
            let mut of_order = vec![0_u128; self.nodes.len()];
            of_order[TRUE as usize] = u128::from(order == 0);
            for node in 2..self.nodes.len() {
                let Question { high, low, .. } = self.nodes.get(node as u32);
                of_order[node] = of_order[low as usize].saturating_add(smaller[high as usize]);
            }
            counts.push(of_order[self.top as usize]);
            smaller = of_order;
        }
        while counts.last() == Some(&0) {
            counts.pop();
        }
        counts
    }

    /// The cut sets of at most `largest` components, small ones first, and at most `most` of them: each the numbers of its
    /// components, ascending. Sets of more than [`LARGEST_LISTED`] components are counted, and not listed.
    #[must_use]
    pub fn list(&self, largest: usize, most: usize) -> Vec<Vec<usize>> {
        let orders = self.orders();
        let mut found = Vec::new();
        for order in 0..=largest.min(LARGEST_LISTED).min(self.order.len()) {
            // What is still to be looked at: a node, and what it takes to be there.
            let mut open = vec![(self.top, Vec::new())];
            while let Some((node, set)) = open.pop() {
                if found.len() >= most {
                    return found;
                }
                if orders[node as usize] >> (order - set.len()) & 1 == 0 {
                    continue;
                }
                let Question { level, high, low } = self.nodes.get(node);
                if level == BOTTOM {
                    let mut set = set;
                    set.sort_unstable();
                    found.push(set);
                    continue;
                }
                open.push((low, set.clone()));
                if set.len() < order {
                    let mut with = set;
                    with.push(self.order[level as usize] as usize);
                    open.push((high, with));
                }
            }
        }
        found
    }

    /// For each node a bit for every order of which it has sets.
    fn orders(&self) -> Vec<u128> {
        let mut orders = vec![0_u128; self.nodes.len()];
        orders[TRUE as usize] = 1;
        for node in 2..self.nodes.len() {
            let Question { high, low, .. } = self.nodes.get(node as u32);
            orders[node] = orders[low as usize] | orders[high as usize] << 1;
        }
        orders
    }
}
