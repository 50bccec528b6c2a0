//! The diagram of a structure.

use super::build::Builder;
use super::nodes::{Nodes, Question, TRUE};
use super::order::order;
use super::tree::{Node, Tree};
use super::{MOST_COMPONENTS, TooLarge};

/// A structure as a binary decision diagram: what is asked of one component after the other until it is known whether the
/// system has failed. Every question is stored once, so that a diagram is small where a list of all states would not be.
///
/// Rauzy, "New algorithms for fault trees analysis", *Reliability Engineering & System Safety* 40, 1993.
#[derive(Debug, Clone)]
pub struct Diagram {
    /// All that the top leads to.
    pub(super) nodes: Nodes,
    pub(super) top: u32,
    /// Components by level.
    pub(super) order: Vec<u32>,
    /// Components of the tree, also those that the top does not ask for.
    pub(super) components: usize,
}

impl Diagram {
    /// The diagram of `top`, with at most [`super::MOST_NODES`] nodes.
    ///
    /// # Errors
    /// Where the structure is too large.
    pub fn of(tree: &Tree, top: Node) -> Result<Self, TooLarge> {
        Self::within(tree, top, super::MOST_NODES)
    }

    /// The diagram of `top`, made with at most `most` nodes, which take some 60 bytes each while it is made.
    ///
    /// # Errors
    /// Where the structure is too large.
    pub fn within(tree: &Tree, top: Node, most: usize) -> Result<Self, TooLarge> {
        let order = order(tree, top);
        if order.len() > MOST_COMPONENTS {
            return Err(TooLarge::Components(order.len()));
        }
        let mut level = vec![0; tree.names().len()];
        order.iter().enumerate().for_each(|(place, &component)| level[component as usize] = place as u32);
        let mut builder = Builder::new(Nodes::new(most));
        let top = builder.tree(tree, top, &level)?;
        let (nodes, top) = builder.nodes.below(top);
        Ok(Self { nodes, top, order, components: tree.names().len() })
    }

    /// Nodes of the diagram, its two ends among them.
    #[must_use]
    pub fn size(&self) -> usize {
        self.nodes.len()
    }

    /// Single points of failure: components that fail the system alone, by their number, ascending.
    #[must_use]
    pub fn single_points(&self) -> Vec<usize> {
        let mut found = Vec::new();
        // A failure alone is a path on which all others work; nothing fails a system that could not fail without it.
        let mut node = self.top;
        while node > TRUE {
            let Question { level, high, low } = self.nodes.get(node);
            if high == TRUE {
                found.push(self.order[level as usize] as usize);
            }
            node = low;
        }
        found.sort_unstable();
        found
    }

    /// Questions with their index, what they lead to first.
    pub(super) fn upwards(&self) -> impl DoubleEndedIterator<Item = (usize, Question)> {
        (2..self.nodes.len()).map(|node| (node, self.nodes.get(node as u32)))
    }
}
