//! Variants of a scenario side by side on the same luck: what differs, how sure that is, and which is best.

mod charts;
mod measures;
mod plan;
mod summary;
mod tables;
mod words;

pub use plan::{Entry, Found, Plan, Question};
pub use summary::{Comparison, SCHEMA};

use crate::lab::Lab;
use crate::report::format::{decimal, duration, number};
use crate::report::{Docs, Part, Report, Section, Unit};
use crate::run::Options;

/// Confidence level of the intervals of single measures; those of the ranking have their own.
const LEVEL: f64 = 0.95;

/// What this analysis asks and how it answers.
pub const DOCS: Docs = Docs {
    name: "compare",
    question: "Which variant is best, by how much does each differ from the first, and how sure is that?",
    method: "All variants are simulated with the same random streams, found by the names of the components, so that a replication meets the \
             same luck in each. Differences are means over pairs of replications with Student's t interval; replications that share a \
             draw of the uncertain numbers count as one. Shares of requests are ratios of sums, made linear by the delta method. All \
             variants are looked at after 64, 128, 256 … replications until the best is known: the intervals of the ranking are \
             corrected for all pairs of variants and all looks (Bonferroni), and nothing is decided on fewer than 50 pairs that differ.",
    assumptions: "What a variant leaves alone is the same in it: demand, the n-th failure of a component and how long its repair takes. \
                  Differences between scenarios of several files are sharp only where they use the same names.",
    how_to_read: "Less is better in every measure. A difference is of the variant less the first. Better in the long run is the probability that \
                  its mean over all replications there could be is lower; better in one replication is the share of single replications in \
                  which it comes out lower: with the same luck, the rest are worse or equal. An en dash stands where no pair of \
                  replications differs. Intervals of single measures are at 95 % each; those of the ranking hold together.",
    references: &[
        "Glasserman & Yao, Some guidelines and guarantees for common random numbers, Management Science 38, 1992",
        "Nelson & Matejcik, Using common random numbers for indifference-zone selection and multiple comparisons in simulation, Management Science 41, 1995",
        "Clopper & Pearson, The use of confidence or fiducial limits, Biometrika 26, 1934",
    ],
};

/// Everything the report is made from.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// Where the variants were simulated.
    pub lab: &'a Lab<'a>,
    /// How.
    pub options: &'a Options,
    /// What was compared.
    pub plan: &'a Plan,
    /// How it ended.
    pub found: &'a Found,
}

/// Estimates everything, and says what it means.
#[must_use]
pub fn compare(input: &Input<'_>) -> (Comparison, Report) {
    let summary = summary::summary(input);
    let report = report(input, &summary);
    (summary, report)
}

fn report(input: &Input<'_>, summary: &Comparison) -> Report {
    let ranking = Part::Table(tables::ranking(input, summary));
    let charts = charts::differences(input, summary).into_iter().map(Part::Chart);
    let each = tables::each(input, summary).into_iter().map(Part::Table);
    let section =
        |title: &str, intro: &str, parts: Vec<Part>| Section { title: title.to_owned(), intro: intro.to_owned(), parts };
    Report {
        title: format!("{}: comparison", summary.scenario),
        subtitle: words::subtitle(input, summary),
        verdicts: words::verdicts(input, summary),
        sections: vec![
            section("Ranking", &words::ranking(summary), vec![ranking]),
            section("Differences", words::DIFFERENCES, charts.collect()),
            section("Side by side", words::SIDE_BY_SIDE, vec![Part::Table(tables::side_by_side(input, summary))]),
            section("What each changes", words::EACH, each.chain([Part::Data(tables::all(summary))]).collect()),
        ],
        assumptions: words::assumptions(input, summary),
        facts: facts(input, summary),
        docs: DOCS,
    }
}

fn facts(input: &Input<'_>, summary: &Comparison) -> Vec<(String, String)> {
    [
        ("Scenario", summary.scenario.clone()),
        ("Ninefold", summary.version.clone()),
        ("Seed", summary.seed.to_string()),
        ("Replications of each variant", decimal(summary.replications as f64, 0)),
        ("At most", decimal(summary.most_replications as f64, 0)),
        ("Length of each", duration(summary.horizon_seconds)),
        ("Ranked by", input.plan.by().to_string()),
        ("Confidence of the ranking", number(summary.confidence, Unit::Share)),
        ("As good within", number(summary.tolerance, Unit::Share)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}
