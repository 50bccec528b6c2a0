//! stub
use super::{Diagnostic, Scenario};
/// stub
pub fn unsimulated(_: &Scenario) -> Vec<Diagnostic> { Vec::new() }
