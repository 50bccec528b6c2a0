//! Service level agreements: what is attained by period, what is paid back, when a promise is first more likely broken than
//! kept, what drives that, and which promises cannot be kept given what a service depends on.

mod ceiling;
mod charts;
mod dashboard;
mod docs;
mod drivers;
mod estimates;
mod origins;
mod periods;
mod summary;
mod tables;
mod words;

pub use docs::{COMPLIANCE, FORECAST, REPORT};
pub use drivers::{Cause, Driver, leave_out};
pub use origins::{Fared, Unfit, backtest};
pub use periods::{Period, Watch, watch, watch_services};
pub use summary::{SCHEMA, Sla};

use crate::model::{Model, Objective};
use crate::report::format::{decimal, duration};
use crate::report::{Chart, Docs, Part, Report, Section, Table};
use crate::run::{Options, Runs};

/// Confidence level of every interval.
const LEVEL: f64 = 0.95;
/// Promises whose charts are shown, those at the greatest risk.
const CHARTS: usize = 4;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Question {
    /// What is attained, burnt and paid back, period by period?
    Report,
    /// When does a promise break, and what drives it?
    Forecast,
    /// Which services keep a threshold, and which promises are possible at all?
    Compliance {
        /// The fraction that has to be good.
        threshold: f64,
    },
}

impl Question {
    /// Its name on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Forecast => "forecast",
            Self::Compliance { .. } => "compliance",
        }
    }

    fn threshold(self) -> Option<f64> {
        if let Self::Compliance { threshold } = self { Some(threshold) } else { None }
    }

    fn docs(self) -> Docs {
        match self {
            Self::Report => REPORT,
            Self::Forecast => FORECAST,
            Self::Compliance { .. } => COMPLIANCE,
        }
    }
}

/// How much is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// All of it.
    Report,
    /// One line for each promise.
    Dashboard,
}

/// Everything the report is made from.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// What was simulated, with all that is watched.
    pub model: &'a Model,
    /// How.
    pub options: &'a Options,
    /// What the replications gave.
    pub runs: &'a Runs,
    /// What is asked.
    pub question: Question,
    /// By which stretches of time it is told.
    pub period: Period,
    /// So many of the model's objectives, the first, are those of the scenario; the rest are watched.
    pub agreed: usize,
    /// What is told of.
    pub watches: &'a [Watch],
    /// What would be without each cause; of a forecast.
    pub drivers: &'a [Driver],
    /// How forecasts fared on a record, where one was given.
    pub backtest: Option<&'a Fared>,
    /// What was changed in the traffic, in words.
    pub growth: Option<&'a str>,
    /// Ended by the user.
    pub interrupted: bool,
}

impl Input<'_> {
    /// The promises of the scenario.
    fn agreed(&self) -> impl Iterator<Item = &Objective> {
        self.model.objectives.iter().take(self.agreed)
    }

    /// The windows that a promise is judged by, and what they are: those of the calendar that were agreed, else the periods.
    fn judged(&self, watch: Watch) -> (usize, Period) {
        match Period::of(&self.model.objectives[watch.promise].windows) {
            Some(agreed) => (watch.promise, agreed),
            None => (watch.periods, self.period),
        }
    }

    /// What is told of, the greatest risk first.
    fn by_risk(&self) -> Vec<Watch> {
        let risk = |watch: &Watch| {
            let runs = &self.runs.objectives[self.judged(*watch).0];
            runs.breach.and_then(|breach| breach.estimate(LEVEL).value).unwrap_or(0.0)
        };
        let mut order = self.watches.to_vec();
        order.sort_by(|a, b| risk(b).total_cmp(&risk(a)));
        order
    }
}

/// Estimates everything, and says what it means.
#[must_use]
pub fn sla(input: &Input<'_>, form: Form) -> (Sla, Report) {
    let summary = summary::summary(input);
    let report = match form {
        Form::Report => report(input, &summary),
        Form::Dashboard => dashboard::report(input, &summary),
    };
    (summary, report)
}

fn report(input: &Input<'_>, summary: &Sla) -> Report {
    Report {
        title: format!("{}: SLA {}", summary.scenario, summary.question),
        subtitle: words::subtitle(input),
        verdicts: words::verdicts(input, summary),
        sections: sections(input, summary),
        assumptions: words::assumptions(input),
        facts: facts(input, summary),
        docs: input.question.docs(),
    }
}

fn sections(input: &Input<'_>, summary: &Sla) -> Vec<Section> {
    let worst = || input.by_risk().into_iter().take(CHARTS);
    let named = |watch: Watch| summary.objectives.get(&input.model.objectives[watch.promise].name);
    let each = |chart: fn(&Input<'_>, Watch, &summary::Promise) -> Option<Chart>| -> Vec<Chart> {
        worst().filter_map(|watch| chart(input, watch, named(watch)?)).collect()
    };
    let breaches = charts::breach(input).into_iter().chain(charts::broken_by(input));
    let whole = section(words::WHOLE, words::whole(input), [tables::whole(input, summary)], breaches);
    let attained = section("Period by period", words::PERIODS, [tables::periods(summary)], each(charts::attainment));
    let credits = section("Credits", words::CREDITS, tables::credits(summary), each(charts::credits));
    let bounds = section("What is possible", words::BOUNDS, tables::bounds(summary), charts::bounds(summary));
    let driven = worst().filter_map(|watch| Some((watch, named(watch)?)));
    let driven = driven.flat_map(|(watch, promise)| {
        [charts::drivers(input, watch, promise), charts::burnt(input, watch, promise)].into_iter().flatten()
    });
    let mut drivers = section("What drives it", &words::drivers(input), tables::drivers(input, summary), driven);
    drivers.parts.extend(tables::all_drivers(summary).map(Part::Data));
    let fared = summary.backtest.as_ref();
    let mut fares = section(
        "How such forecasts fared",
        &fared.map(origins::intro).unwrap_or_default(),
        fared.map(|fared| [origins::fared(fared), origins::origins(fared)]).into_iter().flatten(),
        fared.and_then(origins::chart),
    );
    fares.parts.extend(fared.map(|fared| Part::Data(origins::all_origins(fared))));
    // A forecast says first what is coming and why; a report what each period brings.
    let all = match input.question {
        Question::Report => vec![whole, attained, credits],
        Question::Forecast => vec![whole, drivers, attained, credits, fares],
        Question::Compliance { .. } => vec![whole, bounds, attained],
    };
    all.into_iter().filter(|section| !section.parts.is_empty()).collect()
}

/// Tables with rows, long ones for files alone, then charts.
fn section(
    title: &str,
    intro: &str,
    tables: impl IntoIterator<Item = Table>,
    charts: impl IntoIterator<Item = Chart>,
) -> Section {
    const READ: usize = 40;
    let table = |table: Table| if table.data.height() <= READ { Part::Table(table) } else { Part::Data(table) };
    let tables = tables.into_iter().filter(|table| table.data.height() > 0).map(table);
    let charts = charts.into_iter().filter(|chart| !chart.is_empty()).map(Part::Chart);
    Section { title: title.to_owned(), intro: intro.to_owned(), parts: tables.chain(charts).collect() }
}

fn facts(input: &Input<'_>, summary: &Sla) -> Vec<(String, String)> {
    let count = |n: u64| decimal(n as f64, 0);
    let mut facts = vec![
        ("Scenario", summary.scenario.clone()),
        ("Ninefold", summary.version.clone()),
        ("Model", summary.model_hash.clone()),
        ("Seed", summary.seed.to_string()),
        ("Replications", count(summary.replications)),
        ("Horizon", duration(summary.horizon_seconds)),
        ("Period", format!("{}, {}", summary.period, input.model.start.time_zone().iana_name().unwrap_or("UTC"))),
    ];
    if let Some(driver) = input.drivers.first().and_then(|driver| driver.objectives.first()) {
        facts.push(("Replications without each cause", count(driver.attainment.count() * input.runs.per_draw)));
    }
    facts.extend(input.growth.map(|growth| ("Traffic grows", growth.to_owned())));
    facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
