//! A YAML document as a tree that keeps positions.

/// A value with the place it was written at.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    // filled in by the parser's author
}
