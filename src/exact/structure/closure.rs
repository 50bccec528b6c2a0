//! Which failures a component contributes to.

use std::collections::HashMap;

use super::build::Builder;
use super::nodes::{FALSE, Question, TRUE};
use super::steady::chances;
use super::{Diagram, Steady, TooLarge};

impl Diagram {
    /// The probability, given that the system is down, that some minimal cut set with this component has failed: that the
    /// component contributes (Fussell, "How to hand-calculate system reliability and safety characteristics", *IEEE Trans.
    /// Reliab.* 24, 1975; Rausand & Høyland 2004, section 5.7). It lies between [`super::Measure::Criticality`] and
    /// [`super::Measure::Diagnostic`], and takes far more work than these.
    ///
    /// Not a number where the system never fails.
    ///
    /// # Errors
    /// Where the way to the answer takes more room than there is.
    ///
    /// # Panics
    /// Where there is no such component, or `components` has fewer entries than the tree has components.
    pub fn fussell_vesely(&self, components: &[Steady], component: usize) -> Result<f64, TooLarge> {
        let chances = chances(components);
        let down = self.values(&chances)[self.top as usize].fails;
        let Some(level) = self.order.iter().position(|&at| at as usize == component) else {
            return Ok(0.0 / down);
        };
        let mut closure = Closure {
            diagram: self,
            builder: Builder::new(self.nodes.clone()),
            pairs: HashMap::new(),
            level: level as u32,
            known: HashMap::new(),
        };
        let top = closure.below(self.top)?;
        let (nodes, top) = closure.builder.nodes.below(top);
        let rest = Diagram { nodes, top, order: self.order.clone(), components: self.components };
        Ok(chances[component].fails * rest.values(&chances)[rest.top as usize].fails / down)
    }
}

/// The states of the other components of which some part, taken alone, would leave the system to this one: those in which
/// the rest of some minimal cut set with it has failed.
///
/// With f₁ and f₀ the structure where the component has failed and works, that is the upward closure of f₁ ∧ ¬f₀.
struct Closure<'a> {
    diagram: &'a Diagram,
    builder: Builder,
    level: u32,
    /// Closures by node.
    known: HashMap<u32, u32>,
    /// Closures of pairs of nodes: the first fails and the second does not.
    pairs: HashMap<(u32, u32), u32>,
}

impl Closure<'_> {
    fn below(&mut self, node: u32) -> Result<u32, TooLarge> {
        let Question { level, high, low } = self.diagram.nodes.get(node);
        if level > self.level {
            return Ok(FALSE);
        } else if level == self.level {
            return self.pair(high, low);
        } else if let Some(&known) = self.known.get(&node) {
            return Ok(known);
        }
        let high = self.below(high)?;
        let low = self.below(low)?;
        let answer = self.closed(level, high, low)?;
        self.known.insert(node, answer);
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
