//! The impact of one failure: it is made to happen, and what differs from the same runs without it is its doing.

mod blast;
mod charts;
mod summary;
mod tables;
pub(super) mod things;
mod words;

pub use summary::{Impact, SCHEMA};
pub use things::Target;

use jiff::civil::DateTime;

use crate::model::{Model, Trigger};
use crate::report::format::{decimal, duration};
use crate::report::{Docs, Part, Report, Section, chart};
use crate::run::impact::{Forced, Grid, ImpactRuns};
use crate::run::{self, Control, Options, RunError};

/// Confidence level of every interval.
const LEVEL: f64 = 0.95;
/// Pairs of runs that rank the things a failure can hit, and that tell how long the charts must reach.
const PILOT: u64 = 256;
const FEWEST: u64 = 16;
/// Pairs of runs for all things together.
const ALL_PILOTS: u64 = 16_384;
/// Results of services that are kept at a time while ranking.
const KEPT: usize = 4_096;
/// Stretches of time in the charts.
const CELLS: usize = 180;

/// What this analysis asks and how it answers.
pub const DOCS: Docs = Docs {
    name: "reliability simulate",
    question: "What does this failure do: which services go down or degrade, for how long, what is lost, and what recovers last?",
    method: "Every replication runs up to the moment of the failure once and is then copied: one copy goes on as it is, in the other \
             the failure happens. Both meet the same luck, so the means of their differences are sharp; intervals are Student's t \
             over pairs, Clopper–Pearson for shares of runs, Kaplan–Meier for times of which some reach beyond the horizon. The \
             forced failure comes on top of those that happen anyway. Where it can hit several things each kind is tried with \
             fewer pairs, and the worst is followed with all.",
    assumptions: "The scenario is right: people, repairs and other failures are as it says. A service goes down because of the failure where \
                  it has an outage, while the failure is in force, that the same run without it has not; so what fails during the \
                  repair, with less redundancy left, counts. Differences count everything up to the horizon.",
    how_to_read: "Numbers in brackets are 95 % intervals. Restored is counted from the moment of the failure: half of the runs in \
                  which the service goes down are through by the median, 95 of 100 by the other. A row is missing where no pair \
                  of runs differs. Budgets are shares of the objective's error budget for one window: 100 % is all of it.",
    references: &[
        "Glasserman & Yao, Some guidelines and guarantees for common random numbers, Management Science 38, 1992",
        "Clopper & Pearson, The use of confidence or fiducial limits, Biometrika 26, 1934",
        "Kaplan & Meier, Nonparametric estimation from incomplete observations, JASA 53, 1958",
        "Woodruff, Confidence intervals for medians and other position measures, JASA 47, 1952",
    ],
};

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// Name of the failure mode.
    pub failure: String,
    /// The thing that it hits; none: each kind is tried, and the worst is shown.
    pub on: Option<String>,
    /// When; none: at the highest demand, or at the start where there is no traffic.
    pub at: Option<Moment>,
    /// Whether the report tells what depends on what, and along which path each service is hit.
    pub paths: bool,
}

/// A moment of the horizon.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Moment {
    /// Seconds after the start.
    After(f64),
    /// On the calendar and clock of the scenario's time zone.
    On(DateTime),
}

/// Why the failure happens when it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chosen {
    /// Somebody said so.
    Asked,
    /// Demand is highest then.
    Busiest,
    /// There is no traffic, and so no moment that is worse than another.
    Start,
}

impl Chosen {
    fn word(self) -> &'static str {
        match self {
            Self::Asked => "asked for",
            Self::Busiest => "highest demand",
            Self::Start => "start",
        }
    }
}

/// A question with the names that it uses found in the model.
#[derive(Debug, Clone)]
pub struct Plan {
    targets: Vec<Target>,
    at: f64,
    chosen: Chosen,
    /// Common causes of the failure, which hit several things at once.
    strikes: Vec<String>,
}

impl Plan {
    /// Finds what a question speaks of.
    ///
    /// # Errors
    /// A sentence about a name that there is not, or a moment beyond the horizon.
    pub fn new(model: &Model, question: &Question) -> Result<Self, String> {
        let mode = things::mode(model, &question.failure)?;
        if matches!(model.modes[mode as usize].trigger, Trigger::Trace(_)) {
            return Err(format!(
                "`{}` is replayed from a trace, which has no other failures than those recorded",
                question.failure
            ));
        }
        let targets = match &question.on {
            Some(thing) => vec![things::named(model, mode, thing)?],
            None => things::targets(model, mode),
        };
        if targets.is_empty() {
            return Err(format!("the failure `{}` hits nothing in this scenario", question.failure));
        }
        let (at, chosen) = match question.at {
            Some(moment) => (moment.seconds(model)?, Chosen::Asked),
            None => run::busiest(model).map_or((0.0, Chosen::Start), |at| (at, Chosen::Busiest)),
        };
        if !(0.0..model.horizon).contains(&at) {
            let horizon = duration(model.horizon);
            return Err(format!("--at must lie between the start and the horizon, which is {horizon} long"));
        }
        let strikes = if question.on.is_some() { Vec::new() } else { things::strikes(model, mode) };
        Ok(Self { targets, at, chosen, strikes })
    }
}

impl Moment {
    fn seconds(self, model: &Model) -> Result<f64, String> {
        match self {
            Self::After(seconds) => Ok(seconds),
            Self::On(civil) => {
                let zoned = civil.to_zoned(model.start.time_zone().clone()).map_err(|error| error.to_string())?;
                Ok(zoned.duration_since(&model.start).as_secs_f64())
            }
        }
    }
}

/// What the simulation gave.
#[derive(Debug, Clone)]
pub struct Found {
    /// Each kind of thing, the worst first; empty where there is one only.
    pub ranking: Vec<(Target, ImpactRuns)>,
    /// The thing that is followed.
    pub target: Target,
    /// Why then.
    pub chosen: Chosen,
    strikes: Vec<String>,
    main: ImpactRuns,
    pilots: f64,
}

impl Found {
    /// What the failure of the thing that is followed does.
    #[must_use]
    pub fn main(&self) -> &ImpactRuns {
        &self.main
    }

    fn wall_seconds(&self) -> f64 {
        self.pilots + self.main.wall_seconds
    }
}

/// Tries every kind of thing, and follows the worst.
///
/// # Errors
/// Where threads cannot be started.
pub fn investigate(model: &Model, options: &Options, plan: &Plan, control: &Control) -> Result<Found, RunError> {
    let each = (ALL_PILOTS / plan.targets.len() as u64).clamp(FEWEST, PILOT).min(options.replications);
    let few = Options { replications: each, ..options.clone() };
    let mut ranking: Vec<(Target, ImpactRuns)> = Vec::new();
    let mut pilots = 0.0;
    for targets in plan.targets.chunks((KEPT / model.services.len().max(1)).max(1)) {
        let forced: Vec<Forced> = targets.iter().map(|target| Forced { clock: target.clock, at: plan.at }).collect();
        let found = run::impact(model, &few, &forced, Grid::default(), control)?;
        pilots += found.first().map_or(0.0, |runs| runs.wall_seconds);
        ranking.extend(targets.iter().cloned().zip(found));
    }
    ranking.sort_by(|a, b| severity(&b.1).partial_cmp(&severity(&a.1)).unwrap_or(std::cmp::Ordering::Equal));
    let (target, pilot) = ranking[0].clone();
    let grid = Grid { step: reach(&pilot) / CELLS as f64, cells: CELLS };
    let mut main = run::impact(model, options, &[pilot.forced], grid, control)?;
    let main = main.swap_remove(0);
    if ranking.len() == 1 {
        ranking.clear();
    }
    Ok(Found { ranking, target, chosen: plan.chosen, strikes: plan.strikes.clone(), main, pilots })
}

/// How bad a failure is: by budgets, else by requests, else by downtime, else by what is gone at once.
fn severity(runs: &ImpactRuns) -> [f64; 4] {
    let seen = |value: f64| if value > 1e-9 { value } else { 0.0 };
    let budget = runs.objectives.iter().map(|o| o.spent.mean()).fold(0.0, f64::max);
    let weakened = runs.services.iter().map(|s| s.weakened.mean()).sum();
    [seen(budget), seen(runs.lost.mean()), seen(runs.downtime.mean()), weakened]
}

/// How long after the failure the charts reach: half again as long as nearly all of it lasts.
fn reach(pilot: &ImpactRuns) -> f64 {
    let longest = pilot.services.iter().map(|s| &s.restored).chain([&pilot.repair]);
    let last = longest.filter_map(|times| times.quantile(0.95).or(times.ended.max())).fold(0.0, f64::max);
    let reach = if last > 0.0 { 1.5 * last } else { pilot.left };
    reach.clamp(1.0, pilot.left.max(1.0))
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

/// Estimates everything, and says what it means.
#[must_use]
pub fn impact(input: &Input<'_>) -> (Impact, Report) {
    let summary = summary::summary(input);
    let report = report(input, &summary);
    (summary, report)
}

fn report(input: &Input<'_>, summary: &Impact) -> Report {
    let failure = &summary.failure;
    let sections = [
        Some(services(input, summary)),
        objectives(input, summary),
        ranking(summary),
        input.question.paths.then(|| paths(input, summary)),
    ];
    Report {
        title: format!("{}: impact of {} on {}", summary.scenario, failure.name, failure.thing),
        subtitle: words::subtitle(input, summary),
        verdicts: words::verdicts(input, summary),
        sections: sections.into_iter().flatten().collect(),
        assumptions: words::assumptions(input, summary),
        facts: facts(input, summary),
        docs: DOCS,
    }
}

fn section(title: &str, intro: &str, parts: Vec<Part>) -> Section {
    Section { title: title.to_owned(), intro: intro.to_owned(), parts }
}

fn services(input: &Input<'_>, summary: &Impact) -> Section {
    let table = tables::services(input, summary);
    let mut parts = vec![if table.data.height() > 0 {
        Part::Table(table)
    } else {
        Part::Text("No service differs in any pair of runs.".to_owned())
    }];
    parts.extend([charts::down(input, summary), charts::lost(input, summary)].into_iter().flatten().map(Part::Chart));
    let untouched = words::untouched(summary);
    if !untouched.is_empty() {
        parts.push(Part::Text(untouched));
    }
    parts.push(Part::Data(tables::all_services(summary)));
    section("What goes down, what degrades, and what recovers last", "", parts)
}

fn objectives(input: &Input<'_>, summary: &Impact) -> Option<Section> {
    (!summary.objectives.is_empty())
        .then(|| section("What it costs the objectives", "", vec![Part::Table(tables::objectives(input, summary))]))
}

fn ranking(summary: &Impact) -> Option<Section> {
    let intro =
        "Each kind of thing that this failure can hit, the worst first: by error budget, then by requests, then by downtime.";
    (!summary.things.is_empty()).then(|| section("What it can hit", intro, vec![Part::Table(tables::things(summary))]))
}

fn paths(input: &Input<'_>, summary: &Impact) -> Section {
    let hits = blast::hits(input.model, input.found.main().forced.clock);
    let intro = "What the failure reaches by structure alone, with everything else in order, and along which path; beside it what \
                 was simulated, with all that else may be broken.";
    let parts = vec![Part::Table(tables::blast(input, summary, &hits)), Part::Table(tables::dependencies(input.model))];
    section("Blast radius", intro, parts)
}

fn facts(input: &Input<'_>, summary: &Impact) -> Vec<(String, String)> {
    let count = |n: u64| decimal(n as f64, 0);
    let start = &input.model.start;
    [
        ("Scenario", summary.scenario.clone()),
        ("Ninefold", summary.version.clone()),
        ("Model", summary.model_hash.clone()),
        ("Seed", summary.seed.to_string()),
        ("Pairs of runs", count(summary.replications)),
        ("Failure", format!("{} on {}", summary.failure.name, summary.failure.thing)),
        ("At", chart::after(start, summary.failure.at_seconds).strftime("%-d %b %Y %H:%M").to_string()),
        ("Horizon", duration(summary.horizon_seconds)),
        ("Warm-up", if input.options.before() > 0.0 { duration(input.options.before()) } else { "none".to_owned() }),
        ("Time zone", start.time_zone().iana_name().unwrap_or("UTC").to_owned()),
        ("Events", count(summary.events)),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}
