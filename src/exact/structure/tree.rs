//! What is written down: a fault tree.

/// A component or a gate of a [`Tree`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Node(pub(super) u32);

/// A fault tree: components, which fail or work, and gates over them. Parts may be shared by any number of gates.
///
/// A node stands for a failure: a component's own, or that of everything below a gate taken together. All gates are
/// monotone, so that one more failure never brings a system back; in the words of reliability, the structure is
/// coherent (Birnbaum, Esary & Saunders, "Multi-component systems and structures and their reliability",
/// *Technometrics* 3, 1961).
///
/// ```
/// use ninefold::exact::structure::{Diagram, Tree};
///
/// // A computer with two power supplies and three disks, of which it needs two.
/// let mut tree = Tree::default();
/// let supplies = [tree.component("supply 1"), tree.component("supply 2")];
/// let disks = [tree.component("disk 1"), tree.component("disk 2"), tree.component("disk 3")];
/// let power = tree.all(supplies);
/// let storage = tree.at_least(2, disks);
/// let top = tree.any([power, storage]);
/// let diagram = Diagram::of(&tree, top)?;
/// assert!((diagram.probability(&[0.1, 0.1, 0.2, 0.2, 0.2]) - 0.11296).abs() < 1e-15);
/// # Ok::<(), ninefold::exact::structure::TooLarge>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Tree {
    names: Vec<String>,
    parts: Vec<Part>,
}

#[derive(Debug, Clone)]
pub(super) enum Part {
    /// By its place in the list of names.
    Component(u32),
    /// Fails as soon as so many of the inputs have.
    Gate { least: usize, inputs: Vec<Node> },
}

impl Tree {
    /// Adds a component. Components are numbered from 0 in the order in which they are added.
    pub fn component(&mut self, name: impl Into<String>) -> Node {
        self.names.push(name.into());
        self.push(Part::Component(self.names.len() as u32 - 1))
    }

    /// Adds a gate that fails when any input has failed: things in series. Without inputs it never fails.
    pub fn any(&mut self, inputs: impl IntoIterator<Item = Node>) -> Node {
        self.at_least(1, inputs)
    }

    /// Adds a gate that fails when all inputs have failed: things in parallel. Without inputs it has failed.
    pub fn all(&mut self, inputs: impl IntoIterator<Item = Node>) -> Node {
        let inputs: Vec<Node> = inputs.into_iter().collect();
        self.at_least(inputs.len(), inputs)
    }

    /// Adds a gate that fails when at least `least` inputs have failed. An input that is listed twice counts twice.
    ///
    /// A group of n that needs k of them to work fails when at least n - k + 1 have failed.
    pub fn at_least(&mut self, least: usize, inputs: impl IntoIterator<Item = Node>) -> Node {
        self.push(Part::Gate { least, inputs: inputs.into_iter().collect() })
    }

    /// The names of the components, by their number.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Nodes, by their index; inputs stand before the gates that read them.
    pub(super) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The inputs of a gate; a component has none.
    pub(super) fn inputs(&self, node: Node) -> &[Node] {
        match &self.parts[node.0 as usize] {
            Part::Component(_) => &[],
            Part::Gate { inputs, .. } => inputs,
        }
    }

    fn push(&mut self, part: Part) -> Node {
        self.parts.push(part);
        Node(self.parts.len() as u32 - 1)
    }
}
