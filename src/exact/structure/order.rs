//! The order in which a diagram asks for its components: it decides how large the diagram becomes.

use super::tree::{Node, Part, Tree};

/// The components below `top`, in the order of their first visit, depth first.
///
/// What is read together then stands together (Fujita, Fujisawa & Kawato, "Evaluation and improvements of Boolean
/// comparison method based on binary decision diagrams", ICCAD 1988). Of the inputs of a gate those that many gates read
/// come first: a component that is shared by all is asked for once, at the top, and not again in every part.
pub(super) fn order(tree: &Tree, top: Node) -> Vec<u32> {
    let mut readers = vec![0_u32; tree.parts().len()];
    for part in tree.parts() {
        if let Part::Gate { inputs, .. } = part {
            for input in inputs {
                readers[input.0 as usize] += 1;
            }
        }
    }
    let mut seen = vec![false; tree.parts().len()];
    let mut order = Vec::new();
    let mut open = vec![top];
    while let Some(node) = open.pop() {
        if std::mem::replace(&mut seen[node.0 as usize], true) {
            continue;
        }
        if let Part::Component(component) = tree.parts()[node.0 as usize] {
            order.push(component);
        }
        let mut inputs = tree.inputs(node).to_vec();
        inputs.sort_by_key(|input| std::cmp::Reverse(readers[input.0 as usize]));
        open.extend(inputs.iter().rev());
    }
    order
}
