//! stub
use super::{Diagnostic, Node, Patches, Scenario, source::Source};
/// stub
pub fn apply(_: &mut Node, _: &mut Vec<Source>, _: &[(String, String)], _: &Patches) -> Vec<Diagnostic> { Vec::new() }
/// stub
pub fn check_policies(_: &Node, _: &Scenario, _: &[Diagnostic]) -> Vec<Diagnostic> { Vec::new() }
