//! What is simulated and computed for an analysis, and the comparison of the two.

use super::agreement::{self, Standing};
use super::exact::{self, Exact, Over};
use super::longrun::LongRun;
use super::measure::Measure;
use super::{LEVEL, Question, rarely};
use crate::model::Model;
use crate::run::{self, Control, Options, RunError, Runs};
use crate::stats::Estimate;

/// Added to the seed for a second, independent sample.
const SECOND: u64 = 0x5eed_0f5e_c04d;

/// One measure, simulated and exact.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// Index of the service.
    pub service: usize,
    /// How the exact value was found.
    pub method: exact::Method,
    /// What both are about.
    pub over: Over,
    /// What is measured.
    pub measure: Measure,
    /// Exactly.
    pub exact: f64,
    /// As simulated.
    pub simulated: Estimate,
    /// Whether the two agree.
    pub standing: Standing,
}

/// What was simulated and computed.
#[derive(Debug, Clone)]
pub struct Found {
    /// The services that are shown, by their index.
    pub services: Vec<usize>,
    /// From the start to the horizon.
    pub runs: Runs,
    /// Exact answers, one for each of `services`.
    pub(super) exact: Vec<Exact>,
    /// Every measure that has both.
    pub comparisons: Vec<Comparison>,
    /// How the long run was simulated, or why not; none where no exact answer is about it.
    pub(super) long_run: Option<Result<LongRun, String>>,
    /// Rare outages by the index of their service: what was found, or why nothing was.
    pub(super) rare: rarely::Looked,
}

impl Found {
    /// Whether simulated and exact values disagree beyond chance, somewhere.
    #[must_use]
    pub fn disagrees(&self) -> bool {
        self.comparisons.iter().any(|comparison| comparison.standing == Standing::Disagrees)
    }
}

/// Simulates, solves, and compares the two; `services` are the indices of those that are asked for.
///
/// # Errors
/// Where threads cannot be started.
pub fn investigate(
    model: &Model,
    options: &Options,
    question: &Question,
    services: Vec<usize>,
    control: &Control,
) -> Result<Found, RunError> {
    let runs = run::simulate(model, options, control, None)?;
    let exact = exact::exact(model, &services);
    let mut found = Found { services, runs, exact, comparisons: Vec::new(), long_run: None, rare: Vec::new() };
    if found.runs.interrupted || found.runs.replications == 0 {
        return Ok(found);
    }
    judge(model, options, &mut found, control)?;
    found.rare = rarely::look(model, options, question.rare, &found, control)?;
    Ok(found)
}

/// Puts simulated and exact values side by side. What is off is simulated again.
pub(super) fn judge(model: &Model, options: &Options, found: &mut Found, control: &Control) -> Result<(), RunError> {
    found.long_run = plan(model, options, found);
    let simulate_long = |options: &Options| match &found.long_run {
        Some(Ok(long)) => run::simulate(&long.model(model), &long.options(options), control, None).map(Some),
        _ => Ok(None),
    };
    let long = simulate_long(options)?;
    let (comparisons, level) = compare(found, options, long.as_ref());
    let again = Options { seed: options.seed.wrapping_add(SECOND), ..options.clone() };
    let second = if comparisons.iter().any(|comparison| comparison.standing == Standing::Disagrees) {
        Some((run::simulate(model, &again, control, None)?, simulate_long(&again)?))
    } else {
        None
    };
    found.comparisons = comparisons;
    if let Some((second, long_again)) = second {
        let side = |comparison: &Comparison, near: &Runs, far: Option<&Runs>| {
            let runs = if comparison.over == Over::LongRun { far } else { Some(near) };
            runs.map(|runs| agreement::side(comparison.measure, runs, comparison.service, comparison.exact, level))
        };
        for i in 0..found.comparisons.len() {
            let comparison = &found.comparisons[i];
            if comparison.standing == Standing::Disagrees
                && side(comparison, &found.runs, long.as_ref()) != side(comparison, &second, long_again.as_ref())
            {
                found.comparisons[i].standing = Standing::AgreesSecond;
            }
        }
    }
    Ok(())
}

/// How to simulate the long run that exact answers are about, if any is.
fn plan(model: &Model, options: &Options, found: &Found) -> Option<Result<LongRun, String>> {
    let mut modes: Vec<u32> = found.exact.iter().flat_map(|exact| exact.modes.iter().copied()).collect();
    modes.sort_unstable();
    modes.dedup();
    (!modes.is_empty()).then(|| LongRun::plan(model, &modes, &found.runs, options))
}

/// Simulated values beside all exact ones, each tested, and the level of the tests.
fn compare(found: &Found, options: &Options, long: Option<&Runs>) -> (Vec<Comparison>, f64) {
    let mut comparisons = Vec::new();
    for (&service, exact) in found.services.iter().zip(&found.exact) {
        for answer in &exact.answers {
            let Ok(values) = &answer.found else { continue };
            let Some(runs) = beside(found, options, long, answer.method, values.over) else { continue };
            comparisons.extend(values.list.iter().map(|&(measure, exact)| Comparison {
                service,
                method: answer.method,
                over: values.over,
                measure,
                exact,
                simulated: measure.estimate(runs, service, LEVEL),
                standing: if agreement::is_testable(measure, runs, service) { Standing::Agrees } else { Standing::TooFew },
            }));
        }
    }
    let level = agreement::level(tested(&comparisons));
    for comparison in comparisons.iter_mut().filter(|comparison| comparison.standing == Standing::Agrees) {
        let Some(runs) = beside(found, options, long, comparison.method, comparison.over) else { continue };
        if agreement::side(comparison.measure, runs, comparison.service, comparison.exact, level) != 0 {
            comparison.standing = Standing::Disagrees;
        }
    }
    (comparisons, level)
}

/// The runs that simulate what an exact answer is about.
fn beside<'r>(
    found: &'r Found,
    options: &Options,
    long: Option<&'r Runs>,
    method: exact::Method,
    over: Over,
) -> Option<&'r Runs> {
    match over {
        // With a warm-up the runs begin in a state that no exact answer is about.
        Over::Horizon => (options.before() <= 0.0).then_some(&found.runs),
        // What a chain says from the start is the same chain, and needs no long run to be compared.
        Over::LongRun => long.filter(|_| method != exact::Method::Markov),
    }
}

/// Measures that were tested.
pub(super) fn tested(comparisons: &[Comparison]) -> usize {
    comparisons.iter().filter(|comparison| comparison.standing != Standing::TooFew).count()
}
