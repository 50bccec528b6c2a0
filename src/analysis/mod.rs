//! One file per question: from what the simulation gave to a summary for programs and a report for people.

pub mod bottleneck;
pub mod capacity;
pub mod compare;
pub mod cost;
pub mod deploy;
pub mod forecast;
pub mod impact;
pub mod incident;
pub mod reliability;
pub mod scaling;
pub mod sla;

use crate::report::Docs;

/// The docs of every analysis, for help and for tests.
pub fn all() -> [Docs; 14] {
    [
        bottleneck::DOCS,
        capacity::DOCS,
        compare::DOCS,
        cost::DOCS,
        deploy::DOCS,
        deploy::validate::DOCS,
        forecast::DOCS,
        impact::DOCS,
        incident::DOCS,
        reliability::DOCS,
        scaling::DOCS,
        sla::COMPLIANCE,
        sla::FORECAST,
        sla::REPORT,
    ]
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_analysis_says_what_it_is() {
        for docs in super::all() {
            for text in [docs.name, docs.question, docs.method, docs.assumptions, docs.how_to_read] {
                assert!(!text.trim().is_empty(), "{docs:?}");
            }
        }
    }
}
