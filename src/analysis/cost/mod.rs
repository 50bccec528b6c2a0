//! The cheapest system that keeps every promise, and what each amount of risk costs.

mod charts;
mod search;
mod space;
mod summary;
mod tables;
mod trial;
mod words;

pub use search::search;
pub use space::{Choice, Knobs};
pub use summary::{Optimum, SCHEMA, Target};
pub use trial::{Bench, Tried};

use crate::lab::{Lab, Measure, Paired, Trouble};
use crate::model::Model;
use crate::report::format::{decimal, duration, number};
use crate::report::{Docs, Part, Report, Section, Unit};
use crate::run::Options;
use crate::stats::Estimate;

/// Confidence level of the intervals of money.
const LEVEL: f64 = 0.95;

/// What this analysis asks and how it answers.
pub const DOCS: Docs = Docs {
    name: "cost optimize",
    question: "Which is the cheapest system that keeps every objective, how much does it save, and what risk does each cost buy off?",
    method: "Service by service, in rounds until nothing changes: on each kind of machine the fewest replicas (and the highest target of a \
             scaler) that keep every objective, by halving, then as many more as credits and lost revenue make worth it, then the \
             number to reserve. All variants meet the same luck; each is simulated 64, 128, 256 … times until every objective is known to \
             be kept or one to be broken, at the confidence asked for over all objectives and looks (Bonferroni). The cheapest are \
             simulated anew with luck of their own, which did not choose them, and the first that holds there is recommended.",
    assumptions: "More replicas never hurt an objective, all else equal. What is not varied stays as written: needs, standby, calls, limits. \
                  A search of one service at a time finds an optimum that no single change improves; savings that need two services to \
                  change at once may be missed. An objective is kept where what is not good over the whole horizon is within its \
                  error budget on average; single windows may still be breached, and how likely that is stands beside it.",
    how_to_read: "Cost is machines and repairs; risk is the credits and the lost revenue to expect; the optimum has the least sum of both among \
                  those that keep their promises. Savings are paired differences on luck that played no part in the choice.",
    references: &[
        "Glasserman & Yao, Some guidelines and guarantees for common random numbers, Management Science 38, 1992",
        "Thaler, Anomalies: The winner's curse, Journal of Economic Perspectives 2, 1988",
    ],
};

/// How a candidate stood up to luck of its own.
#[derive(Debug, Clone)]
pub struct Confirmed {
    /// Its place among those tried.
    pub candidate: usize,
    /// The same on fresh luck.
    pub fresh: Tried,
    /// Its cost less that of the system as it is, on fresh luck.
    pub difference: Estimate,
    /// The same as a part of what the system as it is costs; above 0 is less.
    pub savings: Estimate,
}

/// How a search ended.
#[derive(Debug, Clone)]
pub struct Found {
    /// All that was tried, the system as it is first.
    pub tried: Vec<Tried>,
    /// Candidates on fresh luck, the cheapest first; the last is recommended where it keeps all.
    pub confirmed: Vec<Confirmed>,
    /// Each change of the best, and how much more it costs without.
    pub without: Vec<(String, Estimate)>,
    /// The system as it is on fresh luck.
    pub now: Tried,
    /// Ended by the user.
    pub interrupted: bool,
}

impl Found {
    /// The one to recommend.
    #[must_use]
    pub fn best(&self) -> Option<&Confirmed> {
        self.confirmed.last().filter(|confirmed| confirmed.fresh.keeps())
    }
}

/// Candidates that are tried on fresh luck, at most.
const CANDIDATES: usize = 8;

/// Simulates the cheapest of those that keep all on the luck of another lab, until one keeps all there too.
///
/// # Errors
/// What simulating complains about.
pub fn confirm(fresh: &mut Bench<'_, '_>, tried: Vec<Tried>, interrupted: bool) -> Result<Found, Trouble> {
    let now = fresh.try_sets(Vec::new())?;
    let mut order: Vec<usize> = (0..tried.len()).filter(|at| tried[*at].keeps()).collect();
    order.sort_by(|a, b| tried[*a].cost().total_cmp(&tried[*b].cost()));
    let mut confirmed = Vec::new();
    for candidate in order.into_iter().take(CANDIDATES) {
        let place = fresh.try_sets(tried[candidate].sets.clone())?;
        let (difference, savings) = against(fresh.lab(), &fresh.tried[place], &fresh.tried[now]);
        let fresh = fresh.tried[place].clone();
        let keeps = fresh.keeps();
        confirmed.push(Confirmed { candidate, fresh, difference, savings });
        if keeps {
            break;
        }
    }
    let mut without = Vec::new();
    let best = confirmed.last().filter(|confirmed| confirmed.fresh.keeps()).map(|confirmed| confirmed.fresh.clone());
    for at in 0..best.as_ref().map_or(0, |best| best.sets.len()) {
        let Some(best) = best.as_ref().filter(|_| !fresh.stopped()) else { break };
        let mut sets = best.sets.clone();
        let left_out = sets.remove(at);
        let place = fresh.try_sets(sets)?;
        if fresh.tried[place].place.is_some() {
            without.push((left_out, against(fresh.lab(), &fresh.tried[place], best).0));
        }
    }
    let now = fresh.tried[now].clone();
    Ok(Found { without, tried, confirmed, now, interrupted: interrupted || fresh.stopped() })
}

fn against(lab: &Lab<'_>, one: &Tried, now: &Tried) -> (Estimate, Estimate) {
    let none = || Estimate::unobserved(LEVEL, 0, "not simulated");
    let (Some(a), Some(b)) = (one.place, now.place) else { return (none(), none()) };
    let (a, b) = (lab.trial(a), lab.trial(b));
    let per_draw = a.runs.per_draw.max(b.runs.per_draw) as usize;
    let both = a.observed.len().min(b.observed.len());
    let both = both - both % per_draw;
    let series = |trial| Measure::Cost.series(trial, both, per_draw);
    let (Some(first), Some(second)) = (series(a), series(b)) else { return (none(), none()) };
    let paired = Paired::of(&first, &second);
    if paired.differing == 0 {
        return (Estimate::exact(0.0, "no pair differs"), Estimate::exact(0.0, "no pair differs"));
    }
    let difference = paired.difference(LEVEL);
    let whole = paired.reference();
    let savings = if whole > 0.0 { difference.scaled(-1.0 / whole) } else { none() };
    (difference, savings)
}

/// Everything the report is made from.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The scenario as it is.
    pub model: &'a Model,
    /// How it was simulated.
    pub options: &'a Options,
    /// Probability with which a promise that is said to be kept is.
    pub confidence: f64,
    /// Savings asked for, a part of what is paid now.
    pub target: Option<f64>,
    /// What was varied.
    pub knobs: &'a [Knobs],
    /// What came of it.
    pub found: &'a Found,
}

/// Says what came of a search.
#[must_use]
pub fn optimize(input: &Input<'_>) -> (Optimum, Report) {
    let summary = summary::summary(input);
    let report = report(input, &summary);
    (summary, report)
}

fn report(input: &Input<'_>, summary: &Optimum) -> Report {
    let section =
        |title: &str, intro: &str, parts: Vec<Part>| Section { title: title.to_owned(), intro: intro.to_owned(), parts };
    let mut sections = vec![
        section("Recommended", words::RECOMMENDED, vec![Part::Table(tables::changes(input))]),
        section(
            "Cost against risk",
            words::FRONTIER,
            vec![Part::Chart(charts::frontier(input, summary)), Part::Table(tables::frontier(summary))],
        ),
    ];
    if let Some(chart) = charts::knobs(input) {
        sections.push(section("What each change saves", words::KNOBS, vec![Part::Chart(chart)]));
    }
    sections.push(section("The space that was searched", "", vec![Part::Table(tables::space(input))]));
    sections.push(section("Everything that was tried", words::TRIED, vec![Part::Table(tables::tried(input))]));
    Report {
        title: format!("{}: cheapest system", summary.scenario),
        subtitle: format!(
            "{} variants tried, {} of them keep every objective at {} confidence.",
            summary.tried,
            summary.keeping,
            number(input.confidence, Unit::Share)
        ),
        verdicts: words::verdicts(input, summary),
        sections,
        assumptions: words::assumptions(input),
        facts: [
            ("Scenario", summary.scenario.clone()),
            ("Ninefold", summary.version.clone()),
            ("Seed of the search", summary.seed.to_string()),
            ("Seed of the confirmation", summary.fresh_seed.to_string()),
            ("Replications of each at most", decimal(summary.most_replications as f64, 0)),
            ("Length of each", duration(summary.horizon_seconds)),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec(),
        docs: DOCS,
    }
}

/// The seed of the confirmation: luck that has nothing to do with that of the search.
#[must_use]
pub fn fresh(seed: u64) -> u64 {
    crate::random::base("confirmation of the cheapest", seed)
}
