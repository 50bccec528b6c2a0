//! How reliable each service is, what drives its downtime, and whether exact answers confirm what was simulated.

mod agreement;
mod charts;
mod exact;
mod found;
mod longrun;
mod measure;
mod rarely;
mod summary;
mod tables;
#[cfg(test)]
mod tests;
mod words;

pub use agreement::Standing;
pub use found::{Comparison, Found, investigate};
pub use measure::Measure;
pub use rarely::Rarely;
pub use summary::{Analysis, SCHEMA, Shown};

use crate::analysis::forecast;
use crate::model::Model;
use crate::report::format::{decimal, duration};
use crate::report::{Docs, Part, Report, Section, Summary};
use crate::run::Options;
use crate::scenario::suggest::instead;
use found::tested;

/// Confidence level of every interval.
const LEVEL: f64 = 0.95;
/// A year of 365 days, in seconds.
const YEAR: f64 = 365.0 * 86_400.0;

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
