//! What the questions about agreements ask, how they are answered and how the answers are read.

use crate::report::Docs;

const REFERENCES: &[&str] = &[
    "Beyer et al. (eds.), The Site Reliability Workbook, 2018, chapters 2 and 5: error budgets and burn rates",
    "Clopper & Pearson, The use of confidence or fiducial limits, Biometrika 26, 1934",
    "Takács, On certain sojourn time problems in the theory of stochastic processes, Acta Mathematica Hungarica 8, 1957: downtime in a window",
];

/// `sla report`.
pub const REPORT: Docs = Docs {
    name: "sla report",
    question: "What does each month or quarter attain, how much of its error budget is burnt, and what is paid back?",
    method: "Independent replications of the whole horizon. Every promise is told by the calendar months or quarters asked for, and judged by those \
             that were agreed (one over rolling days by those told). Attainment is what was good over what was counted, a ratio of sums, with the delta method's interval; the chance of a breach \
             and of each tier of credits is the share of replications with Clopper and Pearson's interval; expected credits with Student's t.",
    assumptions: "The scenario is right. A period that the start or the horizon cuts is told and not judged. Credits are settled by the windows that \
                  were agreed, whatever period the report is told by.",
    how_to_read: "An interval in brackets is how well the mean is known; P5–P95 is how replications differ, which is what may happen to you. Budget \
                  burnt above 100 % means that the mean period is broken; a promise can be broken often although its mean is kept. A promise is called \
                  good where less than 5 % of replications break it in some complete window, at risk up to 50 %, bad from there on: a year has twelve months \
                  to break it in.",
    references: REFERENCES,
};

/// `sla forecast`.
pub const FORECAST: Docs = Docs {
    name: "sla forecast",
    question: "In which month is a promise first more likely broken than kept, what drives it, what will be paid back, and how far can such a forecast \
               be trusted?",
    method: "As `sla report`, over the growth and the time asked for. What drives a breach is found by leaving causes out: the scenario is simulated again \
             with the same luck, and one failure mode that happens and is repaired as ever but does no harm; with none that does harm, what is lost is lost \
             to load. With a record of incidents, rates and lengths are fitted to all that was known at each origin (what chance and the difference of quarters leave \
             unknown is part of the forecast), and the stretch that followed is forecast and compared with what happened.",
    assumptions: "Causes overlap: what goes away without each need not add up to what is lost. A fitted forecast knows of no trend and no severity: an \
                  incident is an outage.",
    how_to_read: "The first month that is more likely broken than kept is the first whose chance of a breach is above 50 %; at the earliest and at the \
                  latest are the first months whose 95 % interval reaches above it, and lies above it. An 80 % interval should hold what happened four times \
                  in five; a log score is the logarithm of the density given to what happened: higher is better, and only differences matter.",
    references: &[
        "Clopper & Pearson, The use of confidence or fiducial limits, Biometrika 26, 1934",
        "Good, Rational decisions, Journal of the Royal Statistical Society B 14, 1952: the logarithmic score",
        "Tashman, Out-of-sample tests of forecasting accuracy, International Journal of Forecasting 16, 2000: rolling origins",
    ],
};

/// `sla compliance`.
pub const COMPLIANCE: Docs = Docs {
    name: "sla compliance",
    question: "Which services keep a threshold, how surely in each period, and which promises cannot be kept whatever a service does itself?",
    method: "Every service is judged at the threshold by month or quarter: its requests where traffic reaches it, else its time up. The ceiling of a \
             service is the probability that all it needs keeps working while each of these is down as much as its promise allows, at times of their \
             own: for a chain the product of the promises, for an `up_when` tree by its decision diagram. Of a callee that promises nothing what it needs in turn \
             counts. Requests that do not ask a callee do not miss it.",
    assumptions: "Promises are taken as availabilities. What is promised fails at independent times; where two dependencies fail together, more is \
                  possible, at most as much as the weakest of them leaves.",
    how_to_read: "A promise above its ceiling is one that nobody gave the means to keep: either the dependency is better than it promises (the simulated \
                  bound beside it says so), or it will be broken. A service does not keep the threshold where more replications than not fall below it in some \
                  complete period.",
    references: REFERENCES,
};
