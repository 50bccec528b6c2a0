//! How reliable each service is, what drives its downtime, and whether exact answers confirm what was simulated.

mod agreement;
mod charts;
mod exact;
mod longrun;
mod measure;
mod rarely;
mod summary;
mod tables;
#[cfg(test)]
mod tests;
mod words;

pub use agreement::Standing;
pub use measure::Measure;
pub use rarely::Rarely;
pub use summary::{Analysis, SCHEMA, Shown};

use crate::analysis::forecast;
use crate::model::Model;
use crate::report::format::{decimal, duration};
use crate::report::{Docs, Part, Report, Section, Summary};
use crate::run::rare::Rare;
use crate::run::{self, Control, Options, RunError, Runs};
use crate::scenario::suggest::instead;
use exact::{Exact, Over};
use longrun::LongRun;

/// Confidence level of every interval.
const LEVEL: f64 = 0.95;
/// A year of 365 days, in seconds.
const YEAR: f64 = 365.0 * 86_400.0;
/// Added to the seed for a second, independent sample.
const SECOND: u64 = 0x5eed_0f5e_c04d;

/// What this analysis asks and how it answers.
pub const DOCS: Docs = Docs {
    name: "reliability analyze",
    question: "How reliable is each service, what drives its downtime, where are its single points of failure, and do exact answers \
               confirm what was simulated?",
    method: "Simulation as in the forecast. Beside it, wherever one applies, an exact answer: a binary decision diagram where a \
             service rests on components that fail and are repaired independently, whatever their distributions, and a Markov chain \
             of all its states where times are exponential or made of exponential stages. Each compared \
             measure is tested; one that is off is simulated again with another seed, and only what is off twice on the same \
             side counts, so that at most one report in a million cries wolf. A long run is simulated after a warm-up that makes \
             the start forgotten. Single points of failure and cut sets come from the structure alone.",
    assumptions: "The scenario is right. An outage is a time in which the structure of a service is down; MTTR counts from onset to \
                  restoration, detection and waiting included; MTBF = MTTF + MTTR. Downtime is charged, instant by instant, to the \
                  failures whose repair alone would end it, else to all in force; the stages of an outage are those of the \
                  failure that began it.",
    how_to_read: "Numbers in brackets are 95 % intervals. Exact values have no error of chance, and hold for what stands beside them: the \
                  time from the start to the horizon, or the long run. Criticality is the share of downtime that the repair of this \
                  component alone would end; Birnbaum's importance how much likelier the service is down if the component is; risk \
                  achievement how many times as much downtime there would be if it were down for ever.",
    references: &[
        "IEC 60050-192, Dependability; IEC 61078, Reliability block diagrams",
        "Birnbaum, On the importance of different components in a multicomponent system, 1969",
        "Rausand & Høyland, System Reliability Theory, 2nd ed. 2004, chapter 5",
        "Rauzy, New algorithms for fault trees analysis, Reliability Engineering & System Safety 40, 1993",
        "Bonferroni's inequality; Clopper & Pearson, Biometrika 26, 1934",
    ],
};

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// Name of the only service that is shown; none: all that can go down.
    pub service: Option<String>,
    /// What is shown of each service; empty: everything.
    pub metrics: Vec<Shown>,
    /// How outages too rare for plain simulation are looked for.
    pub rare: Rarely,
}

/// The services that a question is about, by their index.
///
/// # Errors
/// A sentence that names the nearest right service.
pub fn services(model: &Model, question: &Question) -> Result<Vec<usize>, String> {
    let Some(wanted) = &question.service else {
        let all: Vec<usize> = (0..model.services.len()).collect();
        let fail: Vec<usize> = all.iter().copied().filter(|&s| model.services[s].can_fail).collect();
        return Ok(if fail.is_empty() { all } else { fail });
    };
    let names: Vec<&str> = model.services.iter().map(|service| service.name.as_str()).collect();
    match names.iter().position(|name| name == wanted) {
        Some(service) => Ok(vec![service]),
        None => Err(format!("no service `{wanted}` in the scenario: {}", instead(wanted, &names))),
    }
}

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
    pub simulated: crate::stats::Estimate,
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
    exact: Vec<Exact>,
    /// Every measure that has both.
    pub comparisons: Vec<Comparison>,
    /// How the long run was simulated, or why not; none where no exact answer is about it.
    long_run: Option<Result<LongRun, String>>,
    /// Rare outages by the index of their service: what was found, or why nothing was.
    rare: Vec<(usize, Result<Rare, String>)>,
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
fn judge(model: &Model, options: &Options, found: &mut Found, control: &Control) -> Result<(), RunError> {
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
            comparisons.extend(values.values.iter().map(|&(measure, exact)| Comparison {
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
        Over::Horizon => (options.warmup <= 0.0).then_some(&found.runs),
        // What a chain says from the start is the same chain, and needs no long run to be compared.
        Over::LongRun => long.filter(|_| method != exact::Method::Markov),
    }
}

fn tested(comparisons: &[Comparison]) -> usize {
    comparisons.iter().filter(|comparison| comparison.standing != Standing::TooFew).count()
}

/// Everything the report is made from.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// What was simulated.
    pub model: &'a Model,
    /// How.
    pub options: &'a Options,
    /// What was asked.
    pub question: &'a Question,
    /// What it gave.
    pub found: &'a Found,
}

impl Input<'_> {
    /// A sentence on each measure whose simulated and exact values disagree.
    pub fn disagreements(&self) -> impl Iterator<Item = String> {
        let all = self.found.comparisons.iter().filter(|comparison| comparison.standing == Standing::Disagrees);
        all.map(|comparison| words::disagrees(self, comparison))
    }
}

/// Estimates everything, and says what it means.
#[must_use]
pub fn analyze(input: &Input<'_>) -> (Analysis, Report) {
    let nothing = forecast::Findings::default();
    let of = forecast::Input::of(input.model, input.options.seed, &input.found.runs, &nothing);
    let forecast = forecast::estimates::summary(&of);
    let analysis = summary::analysis(input, &forecast);
    let report = report(input, &of, &forecast, &analysis);
    (analysis, report)
}

fn report(input: &Input<'_>, of: &forecast::Input<'_>, forecast: &Summary, analysis: &Analysis) -> Report {
    let sections = [
        Some(services_section(input, analysis)),
        Some(drivers(input, of, forecast, analysis)),
        rare_section(analysis),
        Some(exact_section(analysis)),
        Some(weak_points(analysis)),
    ];
    let subject = input.question.service.as_ref().map_or(String::new(), |name| format!(" of {name}"));
    Report {
        title: format!("{}: reliability{subject}", analysis.scenario),
        subtitle: words::subtitle(input),
        verdicts: words::verdicts(input, analysis),
        sections: sections.into_iter().flatten().collect(),
        assumptions: words::assumptions(input),
        facts: facts(input, analysis),
        docs: DOCS,
    }
}

fn section(title: &str, intro: &str, parts: Vec<Part>) -> Section {
    Section { title: title.to_owned(), intro: intro.to_owned(), parts }
}

fn services_section(input: &Input<'_>, analysis: &Analysis) -> Section {
    let mut parts = vec![Part::Table(tables::services(input, analysis))];
    parts.extend(charts::uptime(analysis).map(Part::Chart));
    section("How reliable", "", parts)
}

fn drivers(input: &Input<'_>, of: &forecast::Input<'_>, forecast: &Summary, analysis: &Analysis) -> Section {
    let mut parts = vec![Part::Table(tables::drivers(analysis))];
    if input.question.service.is_none() {
        parts.extend(forecast::charts::causes(of, forecast).map(Part::Chart));
    }
    parts.extend(tables::split(analysis).map(Part::Table));
    parts.extend(charts::split(analysis).map(Part::Chart));
    parts.extend(tables::components(analysis).map(Part::Table));
    section("What drives downtime", "", parts)
}

fn rare_section(analysis: &Analysis) -> Option<Section> {
    let intro = "Outages that plain simulation sees too seldom, made less rare and weighed. The gain is the processor time that plain \
                 simulation would need for the same error, over that spent here.";
    tables::rare(analysis).map(|table| section("Rare outages", intro, vec![Part::Table(table)]))
}

fn weak_points(analysis: &Analysis) -> Section {
    let intro = "Things whose failure takes a service down, alone or together with others, by its structure: `needs`, `up_when`, calls, zones. \
                 How likely that is does not count here, and common causes, which strike all replicas of a service at once, are left out.";
    section(
        "Single points of failure and cut sets",
        intro,
        vec![Part::Table(tables::points(analysis)), Part::Data(tables::cut_sets(analysis))],
    )
}

fn exact_section(analysis: &Analysis) -> Section {
    let mut parts = Vec::new();
    let compared = tables::compared(analysis);
    if compared.data.height() > 0 {
        parts.push(Part::Table(compared));
    }
    parts.push(Part::Table(tables::methods(analysis)));
    section("Simulated beside exact", "", parts)
}

fn facts(input: &Input<'_>, analysis: &Analysis) -> Vec<(String, String)> {
    let count = |n: u64| decimal(n as f64, 0);
    let long = match &input.found.long_run {
        Some(Ok(long)) => {
            format!("{} replications of {} after {}", count(long.replications), duration(long.horizon), duration(long.warmup))
        }
        Some(Err(_)) | None => "not simulated".to_owned(),
    };
    [
        ("Scenario", analysis.scenario.clone()),
        ("Ninefold", analysis.version.clone()),
        ("Model", analysis.model_hash.clone()),
        ("Seed", analysis.seed.to_string()),
        ("Replications", count(analysis.replications)),
        ("Horizon", duration(analysis.horizon_seconds)),
        ("Long run", long),
        ("Measures compared with an exact value", count(tested(&input.found.comparisons) as u64)),
        ("Events", count(analysis.events)),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}
