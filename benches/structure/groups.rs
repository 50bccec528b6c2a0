//! Five hundred components in 55 groups that share them: what the bench solves and a test asserts.

use ninefold::exact::structure::{Node, Steady, Tree};

/// Groups of the system.
pub const GROUPS: usize = 55;
/// Groups whose failure together fails the system.
pub const FATAL: usize = 3;
/// Members whose failure together fails a group, of its 14 or 15.
pub const LEAST: usize = 5;
/// Components that groups everywhere share.
pub const COMMON: usize = 5;
/// Components of a group alone.
pub const OWN: usize = 8;

/// The common components of a group: all but one for the first 25 groups, so that each is shared by 50, and all for the rest.
pub fn commons(group: usize) -> impl Iterator<Item = usize> {
    (0..COMMON).filter(move |&common| group >= 25 || group % COMMON != common)
}

/// The component that a group shares with the next one; the last group shares one with the first.
pub fn link(group: usize) -> usize {
    COMMON + group % GROUPS * (OWN + 1)
}

/// The components of a group alone.
pub fn own(group: usize) -> std::ops::Range<usize> {
    link(group) + 1..link(group) + 1 + OWN
}

/// The system, its top, and its components: no two alike, each down between 0.7 and 2.4% of the time.
pub fn system() -> (Tree, Node, Vec<Steady>) {
    let mut tree = Tree::default();
    let components: Vec<Node> = (0..link(GROUPS - 1) + 1 + OWN).map(|i| tree.component(format!("{i}"))).collect();
    let groups: Vec<Node> = (0..GROUPS)
        .map(|group| {
            let links = [link(group + GROUPS - 1), link(group)];
            let members: Vec<usize> = commons(group).chain(links).chain(own(group)).collect();
            tree.at_least(LEAST, members.into_iter().map(|member| components[member]))
        })
        .collect();
    let top = tree.at_least(FATAL, groups);
    let steady = (0..components.len()).map(|i| Steady::of_times(1000.0 + i as f64, 10.0 + (7 * i % 15) as f64)).collect();
    (tree, top, steady)
}
