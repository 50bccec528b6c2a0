//! How measures are called and printed.

use crate::lab::Measure;
use crate::report::Unit;

/// What it is called, in a sentence or above a column.
pub fn label(measure: &Measure) -> String {
    match measure {
        Measure::Budget => "error budget spent".to_owned(),
        Measure::AllDowntime => "downtime of all services".to_owned(),
        Measure::Downtime(name) => format!("downtime of {name}"),
        Measure::Outages(name) => format!("outages of {name}"),
        Measure::Failed(name) => format!("failed requests of {name}"),
        Measure::Bad(name) => format!("not good for “{name}”"),
        Measure::Breached(name) => format!("“{name}” breached"),
        Measure::Credits(name) => format!("credits for “{name}”"),
        Measure::Infrastructure => "cost of infrastructure".to_owned(),
        Measure::Repairs => "cost of repairs".to_owned(),
        Measure::AllCredits => "credits".to_owned(),
        Measure::LostRevenue => "lost revenue".to_owned(),
        Measure::Cost => "all cost".to_owned(),
    }
}

/// The same at the begin of a line.
pub fn title(measure: &Measure) -> String {
    let label = label(measure);
    let mut letters = label.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// How its values are printed.
pub fn unit(measure: &Measure) -> Unit {
    match measure {
        Measure::Budget | Measure::Bad(_) | Measure::Breached(_) => Unit::Share,
        Measure::AllDowntime | Measure::Downtime(_) => Unit::Duration,
        Measure::Outages(_) => Unit::Number,
        Measure::Failed(_) => Unit::Count,
        Measure::Credits(_)
        | Measure::Infrastructure
        | Measure::Repairs
        | Measure::AllCredits
        | Measure::LostRevenue
        | Measure::Cost => Unit::Money,
    }
}
