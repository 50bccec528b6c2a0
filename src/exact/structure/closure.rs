//! States in which a component contributes to a failure.

use std::collections::HashMap;

use super::build::Builder;
use super::nodes::{FALSE, Question, TRUE};
use super::steady::Chance;
use super::{Diagram, TooLarge};

/// For a component, the states of the others of which some part, taken alone, would leave the system to the component:
/// those in which the rest of some minimal cut set with it has failed.
///
/// With f₁ and f₀ the structure where the component has failed and works, that is the upward closure of f₁ ∧ ¬f₀.
pub(super) struct Closures<'a> {
    diagram: &'a Diagram,
    builder: Builder,
    /// Closures of pairs of nodes: the first fails and the second does not.
    pairs: HashMap<(u32, u32), u32>,
    /// By node the closure for the component at hand, with the level that it is for.
    known: Vec<(u32, u32)>,
    /// By node of the builder the probability that it holds, as far as they are known.
    holds: Vec<f64>,
}

impl<'a> Closures<'a> {
    pub fn of(diagram: &'a Diagram) -> Self {
        let known = vec![(u32::MAX, FALSE); diagram.nodes.len()];
        Self { diagram, builder: Builder::new(diagram.nodes.clone()), pairs: HashMap::new(), known, holds: vec![0.0, 1.0] }
    }

    /// The probability of such a state, for the component of `level`.
    pub fn probability(&mut self, level: u32, chances: &[Chance]) -> Result<f64, TooLarge> {
        let closure = self.below(self.diagram.top, level)?;
        for node in self.holds.len()..self.builder.nodes.len() {
            let Question { level, high, low } = self.builder.nodes.get(node as u32);
            let of = chances[self.diagram.order[level as usize] as usize];
            self.holds.push(of.fails * self.holds[high as usize] + of.works * self.holds[low as usize]);
        }
        Ok(self.holds[closure as usize])
    }

    /// The closure below `node`, which is asked at `level` or before.
    fn below(&mut self, node: u32, level: u32) -> Result<u32, TooLarge> {
        let Question { level: here, high, low } = self.diagram.nodes.get(node);
        if here > level {
            return Ok(FALSE);
        } else if here == level {
            return self.pair(high, low);
        } else if self.known[node as usize].0 == level {
            return Ok(self.known[node as usize].1);
        }
        let high = self.below(high, level)?;
        let low = self.below(low, level)?;
        let answer = self.closed(here, high, low)?;
        self.known[node as usize] = (level, answer);
        Ok(answer)
    }

    /// The closure of: `high` fails and `low` does not.
    fn pair(&mut self, high: u32, low: u32) -> Result<u32, TooLarge> {
        if high == low || low == TRUE {
            return Ok(FALSE);
        } else if low == FALSE {
            return Ok(high);
        } else if let Some(&known) = self.pairs.get(&(high, low)) {
            return Ok(known);
        }
        let (above, below) = (self.diagram.nodes.get(high), self.diagram.nodes.get(low));
        let level = above.level.min(below.level);
        let sides = |node: u32, question: Question| {
            if question.level == level { (question.high, question.low) } else { (node, node) }
        };
        let ((high_fails, high_works), (low_fails, low_works)) = (sides(high, above), sides(low, below));
        let fails = self.pair(high_fails, low_fails)?;
        let works = self.pair(high_works, low_works)?;
        let answer = self.closed(level, fails, works)?;
        self.pairs.insert((high, low), answer);
        Ok(answer)
    }

    /// One more failure does no harm to what holds without it.
    fn closed(&mut self, level: u32, high: u32, low: u32) -> Result<u32, TooLarge> {
        let high = self.builder.or(high, low)?;
        if high == low { Ok(low) } else { self.builder.nodes.find_or_add(level, high, low) }
    }
}
