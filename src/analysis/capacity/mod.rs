//! The capacity plan: what load comes, what it needs, when that is more than there is, and what to order by when.

mod charts;
mod need;
mod outlook;
mod plans;
mod summary;
mod tables;
mod words;

pub use need::{Line, Standard, standards};
pub use outlook::{Outlook, outlooks, quantile, with_zone_lost};
pub use plans::{Plan, Tried, plans, regrets, try_plans};
pub use summary::{CapacityPlan, SCHEMA};

use crate::model::Model;
use crate::report::format::{decimal, duration, number};
use crate::report::{Chart, Docs, Part, Report, Section, Unit};
use crate::run::Options;

/// What this analysis asks and how it answers.
pub const DOCS: Docs = Docs {
    name: "capacity plan",
    question: "When does each service saturate, how many replicas does it need by when, and which plan is best?",
    method: "Demand follows from the sources, their growth, seasons, surges and series, for 400 draws of the uncertain numbers; each \
             service gets what the calls of healthy callers bring. A load is sustained where no more requests than the promise allows find \
             a full queue or wait past their deadline in the steady state (Erlang C where times are exponential). Replicas by week are for the \
             highest load of the week, at the chosen confidence over the draws. Plans are simulated whole, with all failures and the same \
             luck. The regret of a plan in a world is what it costs there beyond the cheapest plan of that world; missing replicas are \
             bought for whole weeks at a higher price. Chosen is the least mean regret of the plans that do not spend much more of \
             the error budget than the best.",
    assumptions: "Each moment is a steady state of its own. A service is sized as if every other kept up. Every replica of a service is alike. \
                  What is used of a resource grows in each replica, however many there are; requests share the rest.",
    how_to_read: "N is the number of replicas that must serve; N+1 and N+2 survive the loss of one and two, and the number with a zone lost that of \
                  the fullest zone. P10, P50 and P90 of the date are over the draws: one future in ten saturates before P10. The order date is for \
                  the chosen confidence: that quantile of the date, less lead time and ramp.",
    references: &[
        "Erlang, Solution of some problems in the theory of probabilities, 1917: the probability of waiting",
        "Savage, The theory of statistical decision, JASA 46, 1951: regret",
        "Netflix, service-capacity-modeling: plans of the least regret over uncertain worlds",
    ],
};

/// Charts of services that are shown, the tightest first.
const CHARTS: usize = 3;

/// Everything the report is made from.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// What is planned for.
    pub model: &'a Model,
    /// How plans were simulated.
    pub options: &'a Options,
    /// By service that something limits.
    pub outlooks: &'a [Outlook],
    /// From order to arrival and from there to full use, seconds; by outlook.
    pub lead: &'a [f64],
    /// Plans, the best first.
    pub tried: &'a [Tried],
    /// Probability over the draws with which needs are met.
    pub confidence: f64,
    /// What is missing costs so many times its usual price.
    pub shortage_price: f64,
    /// Ended by the user.
    pub interrupted: bool,
}

impl Input<'_> {
    fn name(&self, outlook: &Outlook) -> &str {
        &self.model.services[outlook.service].name
    }

    /// Places of the outlooks, the tightest first.
    fn tightest(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.outlooks.len()).collect();
        let used = |i: &usize| {
            let o = &self.outlooks[*i];
            let peak = o.load(0.5).into_iter().fold(0.0, f64::max);
            if o.sustained > 0.0 { peak / o.sustained } else { f64::INFINITY }
        };
        let first = |i: &usize| quantile(self.outlooks[*i].saturates.clone(), 0.5);
        order.sort_by(|a, b| first(a).total_cmp(&first(b)).then(used(b).total_cmp(&used(a))));
        order
    }
}

/// Estimates everything, and says what it means.
#[must_use]
pub fn analyze(input: &Input<'_>) -> (CapacityPlan, Report) {
    let summary = summary::summary(input);
    let order = input.tightest();
    let first = order.iter().take(CHARTS);
    let demand: Vec<Chart> = first.clone().map(|&i| charts::demand(input, i)).collect();
    let steps: Vec<Chart> = first.map(|&i| charts::replicas(input, i)).collect();
    let mut sections = vec![
        section("Saturation", words::SATURATION, vec![Part::Table(tables::services(input, &summary, &order))], demand),
        section(
            "Replicas by week",
            &words::weeks(input),
            vec![Part::Table(tables::needs(&summary, &order)), Part::Data(tables::weeks(&summary))],
            steps,
        ),
    ];
    if !input.tried.is_empty() {
        let parts = vec![Part::Table(tables::plans(input, &summary)), Part::Table(tables::counts(input))];
        sections.push(section("Plans", &words::plans(input), parts, charts::plans(input)));
    }
    let about = input.model.about.as_ref().map_or(String::new(), |about| format!("{about} "));
    let report = Report {
        title: format!("{}: capacity plan", summary.scenario),
        subtitle: format!(
            "{about}{} from {}, for a confidence of {}.",
            duration(input.model.horizon),
            input.model.start.strftime("%-d %b %Y"),
            number(input.confidence, Unit::Share)
        ),
        verdicts: words::verdicts(input, &summary, &order),
        sections,
        assumptions: words::assumptions(input),
        facts: facts(input, &summary),
        docs: DOCS,
    };
    (summary, report)
}

fn section(title: &str, intro: &str, mut parts: Vec<Part>, charts: Vec<Chart>) -> Section {
    // Pictures before numbers.
    parts.splice(0..0, charts.into_iter().filter(|chart| !chart.is_empty()).map(Part::Chart));
    Section { title: title.to_owned(), intro: intro.to_owned(), parts }
}

fn facts(input: &Input<'_>, summary: &CapacityPlan) -> Vec<(String, String)> {
    [
        ("Scenario", summary.scenario.clone()),
        ("Ninefold", summary.version.clone()),
        ("Model", summary.model_hash.clone()),
        ("Seed", summary.seed.to_string()),
        ("Replications of each plan", decimal(input.options.replications as f64, 0)),
        ("Draws of the uncertain numbers", input.outlooks.first().map_or(0, |o| o.needs.len()).to_string()),
        ("Length", duration(input.model.horizon)),
        ("Confidence", number(input.confidence, Unit::Share)),
        ("Price of what is missing", format!("{} times the usual", decimal(input.shortage_price, 1))),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}
