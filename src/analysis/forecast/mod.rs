//! The forecast: what to expect of a scenario as it is written.

mod capacity;
pub(super) mod charts;
pub(super) mod estimates;
#[cfg(test)]
pub(crate) mod fixture;
pub(super) mod input;
pub(super) mod load;
pub(super) mod releases;
mod requests;
pub(super) mod tables;
#[cfg(test)]
mod tests;
mod timeline;
pub(super) mod words;

pub use input::{
    CallInput, Counts, FailureInput, Fidelity, Findings, Input, ObjectiveInput, ServiceInput, SourceInput, TeamInput, WindowKind,
};

use crate::report::format::{decimal, number};
use crate::report::{Docs, Part, Report, Section, Summary, Unit};

/// Confidence level of every interval.
const LEVEL: f64 = 0.95;
/// A year of 365 days, in seconds.
const YEAR: f64 = 365.0 * 86_400.0;
const DAY: f64 = 86_400.0;
/// Budget charts that are shown.
const BUDGETS: usize = 4;

/// What the forecast asks, how it answers and how it is read; it stands at the end of the report.
pub const DOCS: Docs = Docs {
    name: "forecast",
    question: "Will the objectives hold, what breaks most, when does capacity run out, and what does it cost?",
    method: "Independent replications of the whole horizon, each with its own failures, repairs and traffic. Means and \
             ratios of sums over replications (over draws of the uncertain numbers where there are any), Student's t and the \
             delta method for their intervals, on scales that keep them within bounds, Clopper–Pearson for probabilities, Kaplan–Meier for the lengths \
             of outages of which some had not ended. At request fidelity every request is simulated: quantiles of times are those of all requests, with \
             Student's t on the quantiles of replications (sectioning), or on those of 32 batches where there is one replication; the warm-up is as \
             long as the system takes to fill, by MSER-5 on pilot runs.",
    assumptions: "The scenario is right: failures it does not name do not happen, and times follow the distributions it gives. \
                  An outage is a time in which the structure of a service is down; slow or failing requests count for requests, \
                  not for time. MTTR counts from onset to restoration, detection and waiting included; MTBF = MTTF + MTTR, from onset to onset \
                  (IEC 60050-192 leaves downtime out of its MTBF).",
    how_to_read: "Numbers in brackets are 95 % intervals of the mean: more replications make them narrower. Bars P5–P95 show how \
                  replications differ: no number of replications makes those narrower, they are what may happen to you. An objective is \
                  called good where less than 5 % of replications miss it in any whole window, at risk up to 50 %, bad from there on. `at least` \
                  and `at most` stand where nothing was seen and only a bound can be given.",
    references: &[
        "Cochran, Sampling Techniques, 3rd ed. 1977, chapter 6: ratios of means",
        "Clopper & Pearson, The use of confidence or fiducial limits, Biometrika 26, 1934",
        "Kaplan & Meier, Nonparametric estimation from incomplete observations, JASA 53, 1958",
        "White, An effective truncation heuristic for bias reduction in simulation output, Simulation 69, 1997: MSER",
        "Nakayama, Confidence intervals for quantiles using sectioning, ACM TOMACS 24, 2014",
        "IEC 60050-192, Dependability: mean up time, mean time to restoration",
    ],
};

/// Estimates everything, and says what it means.
pub fn forecast(input: &Input<'_>) -> (Summary, Report) {
    let summary = estimates::summary(input);
    let report = report(input, &summary);
    (summary, report)
}

fn report(input: &Input<'_>, summary: &Summary) -> Report {
    let end = crate::report::chart::after(&input.start, input.runs.horizon);
    // A horizon of hours begins and ends on one day.
    let form = if input.runs.horizon < 3.0 * 86_400.0 { "%-d %b %Y %H:%M" } else { "%-d %b %Y" };
    let span = format!("{} to {}", input.start.strftime(form), end.strftime(form));
    let about = input.about.as_ref().map_or(String::new(), |a| format!("{} ", a.trim()));
    // What people came for stands first: at request fidelity that is requests.
    let mut sections: Vec<Section> = objectives(input, summary).into_iter().collect();
    sections.extend(requests::sections(input, summary));
    sections.push(services(input, summary));
    let rest = [causes(input, summary), capacity::section(input), windows(input), histories(input), spread(input)];
    sections.extend(rest.into_iter().flatten());
    Report {
        title: format!("{}: forecast", input.scenario),
        subtitle: format!(
            "{about}{span}, {} replication{}.",
            number(replications(input), Unit::Count),
            if input.runs.replications == 1 { "" } else { "s" }
        ),
        verdicts: words::verdicts(input, summary),
        sections,
        assumptions: assumptions(input),
        facts: facts(input),
        docs: DOCS,
    }
}

fn section(title: &str, intro: &str, parts: Vec<Part>) -> Section {
    Section { title: title.to_owned(), intro: intro.to_owned(), parts }
}

fn objectives(input: &Input<'_>, summary: &Summary) -> Option<Section> {
    if input.objectives.is_empty() {
        return None;
    }
    let mut parts = vec![Part::Table(tables::objectives(input, summary))];
    let mut order: Vec<usize> = (0..input.objectives.len()).collect();
    let risk =
        |i: &usize| summary.objectives.get(&input.objectives[*i].name).and_then(|o| o.breach_probability.value).unwrap_or(0.0);
    order.sort_by(|a, b| risk(b).total_cmp(&risk(a)).then(a.cmp(b)));
    let charts: Vec<Part> = order.into_iter().filter_map(|i| charts::budget(input, i)).take(BUDGETS).map(Part::Chart).collect();
    if charts.is_empty() && input.runs.objectives.iter().any(|o| !o.budget_times.is_empty()) {
        parts.push(Part::Text("No replication spent any of an error budget.".to_owned()));
    }
    parts.extend(charts);
    Some(section("Objectives", "", parts))
}

fn services(input: &Input<'_>, summary: &Summary) -> Section {
    let mut parts = vec![Part::Table(tables::services(summary))];
    if !input.services.is_empty() {
        parts.push(Part::Chart(charts::availability(input, summary)));
    }
    parts.extend(charts::lengths(input, summary).map(Part::Chart));
    parts.extend(tables::stages(summary).map(Part::Table));
    section("Services", "", parts)
}

fn causes(input: &Input<'_>, summary: &Summary) -> Option<Section> {
    if input.failures.is_empty() && input.teams.is_empty() && input.releases.is_empty() {
        return None;
    }
    let mut parts = Vec::new();
    if !input.failures.is_empty() {
        parts.push(Part::Table(tables::failures(input, summary)));
        parts.extend(charts::causes(input, summary).map(Part::Chart));
    }
    parts.extend(tables::parts(summary).map(Part::Table));
    parts.extend(releases::table(summary).map(Part::Table));
    if !input.teams.is_empty() {
        parts.push(Part::Table(tables::teams(summary)));
    }
    let intro = "Downtime is charged, instant by instant, to the failures whose repair alone would end it, and to all in force \
                 where none alone would.";
    Some(section("What breaks, and who repairs it", intro, parts))
}

fn windows(input: &Input<'_>) -> Option<Section> {
    let any = input.runs.objectives.iter().any(|o| !o.by_window.is_empty());
    any.then(|| section("Windows", "When in the horizon the risk lies.", vec![Part::Table(tables::windows(input))]))
}

/// Hours in which nothing can break have no histories to tell.
fn histories(input: &Input<'_>) -> Option<Section> {
    let told = input.fidelity == Fidelity::Flow || !input.failures.is_empty();
    told.then(|| timeline::section(input))
}

fn spread(input: &Input<'_>) -> Option<Section> {
    if input.runs.per_draw < 2 {
        return None;
    }
    let table = tables::spread(input);
    let parts = if table.data.height() > 0 { vec![Part::Table(table)] } else { Vec::new() };
    let intro = "Some numbers of the scenario are intervals: nobody knows them better. This tells their part in the spread of downtime from \
                 that of chance. Where most is not known, measuring pays more than simulating.";
    Some(section("Chance and ignorance", intro, parts))
}

fn assumptions(input: &Input<'_>) -> Vec<String> {
    let mut list = input.notes.clone();
    match input.fidelity {
        Fidelity::Flow => list.push(
            "Requests are rates, not single events (flow fidelity): waiting and loss come from queueing formulas.".to_owned(),
        ),
        Fidelity::Request => list.extend(requests::words::assumptions(input)),
    }
    if input.runs.per_draw > 1 {
        list.push(format!(
            "Uncertain numbers are drawn anew for every {} replications; intervals are over those draws.",
            input.runs.per_draw
        ));
    }
    list.push("The same scenario, seed and version give the same numbers on any machine.".to_owned());
    list
}

fn facts(input: &Input<'_>) -> Vec<(String, String)> {
    let runs = input.runs;
    let count = |n: u64| decimal(n as f64, 0);
    let draws = runs.replications.div_ceil(runs.per_draw.max(1));
    let warmup = runs.requests.as_ref().map(|_| ("Warm-up", requests::words::warmup(runs)));
    let mut facts: Vec<(&str, String)> = vec![
        ("Scenario", input.scenario.clone()),
        ("Ninefold", input.version.clone()),
        ("Model", input.model_hash.clone()),
        ("Seed", input.seed.to_string()),
        ("Replications", count(runs.replications)),
        ("Draws of the uncertain numbers", if runs.per_draw > 1 { count(draws) } else { "none is uncertain".to_owned() }),
        ("Fidelity", input.fidelity.word().to_owned()),
        ("Horizon", charts::horizon(input.runs.horizon)),
        ("Time zone", input.start.time_zone().iana_name().unwrap_or("UTC").to_owned()),
        ("Events", count(runs.events)),
        ("Monte Carlo error", "the 95 % interval beside each number".to_owned()),
    ];
    if let Some(warmup) = warmup {
        // Behind the horizon.
        facts.insert(8, warmup);
    }
    facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn replications(input: &Input<'_>) -> f64 {
    input.runs.replications as f64
}
