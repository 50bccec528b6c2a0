//! What the questions about agreements share: which promises, by which period, in which form; and how the answer is written.

use clap::Args;
use clap::builder::PossibleValue;

use crate::analysis::sla::{Form, Input, Period, Sla, Watch, sla};
use crate::cli::common::{FailOn, Simulation, Variant, default_folder};
use crate::cli::{CliError, Exit, out};
use crate::model::Model;
use crate::scenario::suggest::instead;

/// Replications, where nothing else is asked for.
pub const REPLICATIONS: u64 = 1_000;

/// What is told, and how.
#[derive(Debug, Clone, Args)]
pub struct Telling {
    /// Tells of calendar months or quarters.
    #[arg(long, value_name = "PERIOD", value_enum, default_value_t = Period::Monthly)]
    pub period: Period,
    /// Tells of these services alone, with commas between them; `all` are all.
    #[arg(long, value_name = "SERVICES", value_delimiter = ',', default_value = "all")]
    pub services: Vec<String>,
    /// The whole report, or a dashboard of one screen: a line for each promise.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Form::Report)]
    pub format: Form,
}

impl clap::ValueEnum for Period {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Monthly, Self::Quarterly]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            Self::Monthly => "Calendar months",
            Self::Quarterly => "Calendar quarters",
        };
        Some(PossibleValue::new(self.word()).help(help))
    }
}

impl clap::ValueEnum for Form {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Report, Self::Dashboard]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Report => PossibleValue::new("report").help("All of it"),
            Self::Dashboard => PossibleValue::new("dashboard").help("One line for each promise"),
        })
    }
}

impl Telling {
    /// Keeps what is told of.
    ///
    /// # Errors
    /// A service that the scenario does not have.
    pub fn keep(&self, model: &Model, mut watches: Vec<Watch>) -> Result<Vec<Watch>, CliError> {
        if self.services.iter().any(|name| name == "all") {
            return Ok(watches);
        }
        for name in &self.services {
            if !model.services.iter().any(|service| service.name == *name) {
                let known: Vec<&str> = model.services.iter().map(|service| service.name.as_str()).collect();
                return Err(CliError::Wrong(format!("no service `{name}`: {}", instead(name, &known))));
            }
        }
        let asked = |index: usize| self.services.contains(&model.services[model.objectives[index].service as usize].name);
        watches.retain(|watch| asked(watch.promise));
        Ok(watches)
    }
}

/// Writes what came of it, and says how the command ends.
///
/// # Errors
/// Files that cannot be written.
pub fn finish(input: &Input<'_>, variant: &Variant, simulation: &Simulation, form: Form) -> Result<Exit, CliError> {
    if input.runs.replications == 0 {
        out::tell("interrupted before the first replication was done: nothing is written\n");
        return Ok(Exit::Interrupted);
    }
    let (summary, report) = sla(input, form);
    let folder = default_folder(&summary.scenario, &variant.patches()).join("sla").join(summary.question);
    let folder = simulation.out.clone().unwrap_or(folder);
    simulation.hand_over(&folder, &summary, &report)?;
    Ok(exit(&summary, simulation))
}

/// Where more replications than not fall below in some complete period, the promise is not kept.
fn exit(summary: &Sla, simulation: &Simulation) -> Exit {
    if summary.interrupted {
        return Exit::Interrupted;
    }
    let broken: Vec<&str> =
        summary.objectives.iter().filter(|(_, promise)| promise.state == "bad").map(|(name, _)| name.as_str()).collect();
    if simulation.fail_on != Some(FailOn::Breach) || broken.is_empty() {
        return Exit::Done;
    }
    let at = summary.threshold.map_or(String::new(), |at| format!(" at {} %", at * 100.0));
    out::tell(&format!("not kept{at}: {}\n", broken.join(", ")));
    Exit::Missed
}
