//! Structures of independent components, solved by a binary decision diagram.
