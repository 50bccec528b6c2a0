//! stub
use super::{Diagnostic, KeyPath, Node, Scenario};
/// stub
pub fn run(_: &Scenario, _: &Node, _: &[KeyPath]) -> Vec<Diagnostic> { Vec::new() }
