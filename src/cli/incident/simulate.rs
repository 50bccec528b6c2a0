//! `ninefold incident simulate`: a failure is made to happen, and the response to it followed.

use clap::Args;

use crate::analysis::incident::{Incident, Input, MOST, Named, Question, incident, investigate, subject, variants};
use crate::cli::common::{FailOn, Simulation, Variant, compile, default_folder, failed, load_whole};
use crate::cli::progress::Progress;
use crate::cli::{CliError, Exit, out};
use crate::output::{self, files, terminal};
use crate::scenario::Patches;

/// Incidents of the scenario as it is, and of each variant, where nothing else is asked for.
const INCIDENTS: u64 = 512;

/// Makes a failure happen at random moments and follows the response: how long each stage takes, what changes of staffing
/// and runbook would bring, and a playbook.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ninefold incident simulate shop.yaml --failure 'bad configuration'
  ninefold incident simulate shop.yaml --failure 'host crash' --service web --policies 'third responder'

Stages: detect, acknowledge, diagnose, mitigate, restore (docs/incident.md). The playbook is written as playbook.md. With
--fail-on breach the exit code is 1 where one incident spends more than all of an objective's error budget.")]
pub struct Arguments {
    #[command(flatten)]
    variant: Variant,
    /// The failure that happens: its name in the scenario.
    #[arg(long, value_name = "NAME")]
    failure: String,
    /// The service that it hits, whose users count [default: anything that it can hit, and all services that users see].
    #[arg(long, value_name = "SERVICE")]
    service: Option<String>,
    /// Policies of the scenario to try beside the changes that are tried anyway.
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    policies: Vec<String>,
    #[command(flatten)]
    simulation: Simulation,
}

/// Simulates the incidents, as it is and with each change, and writes what came of it.
///
/// # Errors
/// A scenario that is wrong, a failure or service that it has not; files that cannot be read or written.
pub fn execute(arguments: &Arguments) -> Result<Exit, CliError> {
    let simulation = &arguments.simulation;
    simulation.flow_only("incident simulate")?;
    let options = simulation.counted(INCIDENTS)?;
    if options.replications > MOST {
        return Err(CliError::Wrong(format!("each incident is kept: expected at most {MOST} replications")));
    }
    let (scenario, patches) = (&arguments.variant.scenario, arguments.variant.patches());
    let loaded = load_whole(scenario, &patches, simulation.horizon, simulation.fidelity)?;
    let model = compile(&loaded)?;
    let question = Question { failure: arguments.failure.clone(), service: arguments.service.clone() };
    let about = subject(&model, &question).map_err(CliError::Wrong)?;
    let mut tries = policies(arguments, &patches)?;
    tries.extend(variants(&loaded, &model, &about));
    let (control, progress) = Progress::begin(simulation.quiet || simulation.json);
    let found = investigate(&model, &about, &question, tries, &options, &control).map_err(|error| failed(&error));
    progress.end();
    let found = found?;
    if found.base().incidents.iter().flatten().next().is_none() {
        if !found.interrupted() {
            let text = format!("`{}` was in force at every moment tried, so it could not be made to happen", question.failure);
            return Err(CliError::Wrong(text));
        }
        out::tell("interrupted before the first incident was over: nothing is written\n");
        return Ok(Exit::Interrupted);
    }
    if found.interrupted() {
        out::tell("interrupted: the results rest on the incidents that were done\n");
    }
    let input = Input { loaded: &loaded, model: &model, options: &options, question: &question, subject: &about, found: &found };
    let (summary, report, playbook) = incident(&input);
    let default = || default_folder(&model.name, &patches).join(format!("response to {}", arguments.failure));
    let folder = simulation.out.clone().unwrap_or_else(default);
    output::write_all(&folder, &summary, &report)?;
    let path = folder.join("playbook.md");
    files::write(&path, playbook.markdown().as_bytes())?;
    if simulation.json {
        out::print_json(&summary)?;
    } else if !simulation.quiet {
        out::print(&terminal::render(&report, out::screen()))?;
        out::print(&format!("\nPlaybook: {}\n", path.display()))?;
        out::print(&format!("Report, charts and tables: {}\n", folder.join("report.html").display()))?;
    }
    Ok(exit(simulation, &summary))
}

/// The scenario with each of the policies asked for.
fn policies(arguments: &Arguments, base: &Patches) -> Result<Vec<Named>, CliError> {
    let simulation = &arguments.simulation;
    let scenario = &arguments.variant.scenario;
    if scenario == std::path::Path::new("-") && !arguments.policies.is_empty() {
        let text = "standard input can be read only once: write the scenario to a file to try its policies";
        return Err(CliError::Wrong(text.into()));
    }
    let one = |policy: &String| {
        let patches = Patches { policy: base.policy.iter().chain([policy]).cloned().collect(), ..base.clone() };
        Ok((policy.clone(), load_whole(scenario, &patches, simulation.horizon, simulation.fidelity)?))
    };
    arguments.policies.iter().map(one).collect()
}

fn exit(simulation: &Simulation, summary: &Incident) -> Exit {
    let all_spent = summary.objectives.values().any(|hit| hit.budget_spent.value.is_some_and(|spent| spent > 1.0));
    if summary.interrupted {
        Exit::Interrupted
    } else if simulation.fail_on == Some(FailOn::Breach) && all_spent {
        Exit::Missed
    } else {
        Exit::Done
    }
}
