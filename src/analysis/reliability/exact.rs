//! Exact answers for one service, or why there are none.

use super::measure::Measure;
use crate::exact::markov::measures::{ServiceMeasures, Solver};
use crate::exact::markov::{self, Process, explore};
use crate::exact::structure::{Diagram, Faults, Measure as Importance, Mission, Structure};
use crate::model::Model;
use crate::report::format::decimal;

/// A year of 365 days, in seconds.
const YEAR: f64 = 365.0 * 86_400.0;
/// States of a Markov chain, where several services are asked for and where only one is.
const MOST_STATES: usize = 20_000;
const MOST_STATES_OF_ONE: usize = 200_000;
/// Components of a cut set that is listed, and how many of those.
const LARGEST: usize = 3;
const LISTED: usize = 30;

/// A way to an exact answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// A Markov chain: all states of what it rests on.
    Markov,
    /// Independent components with a long run each.
    Structure,
    /// Independent components that are never repaired.
    Mission,
}

impl Method {
    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Markov => "Markov chain",
            Self::Structure => "structure of independent components",
            Self::Mission => "structure without repair",
        }
    }
}

/// What an exact value is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Over {
    /// From the start to the horizon.
    Horizon,
    /// After a very long time.
    LongRun,
}

/// What a method found.
#[derive(Debug, Clone)]
pub struct Values {
    /// What the values are about.
    pub over: Over,
    /// How large the problem was: `12 components`.
    pub size: String,
    /// The values.
    pub list: Vec<(Measure, f64)>,
}

/// What a method has to say about a service.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The method.
    pub method: Method,
    /// Its values, or why it does not apply.
    pub found: Result<Values, Vec<String>>,
}

/// The importance of a component, exactly.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Component {
    /// Its thing and its failures: `db 0: host crash`.
    pub name: String,
    /// The fraction of time that it is down.
    pub unavailability: f64,
    /// How much likelier the service is down if it is.
    pub birnbaum: f64,
    /// Share of the service's downtime that its repair alone would end.
    pub criticality: f64,
    /// Share of the service's downtime in which it is down.
    pub diagnostic: f64,
    /// How many times as much downtime the service would have if it were down for ever.
    pub risk_achievement: f64,
    /// What the service's downtime would be divided by if it never failed; null where none would be left.
    pub risk_reduction: Option<f64>,
}

/// Everything exact about one service.
#[derive(Debug, Clone)]
pub struct Exact {
    /// By method.
    pub answers: Vec<Answer>,
    /// Modes of the components of the structure; none where that method does not apply.
    pub modes: Vec<u32>,
    /// The importance of components, the most important first; empty where they are not independent.
    pub components: Vec<Component>,
    /// Which failures take it down.
    pub cuts: Result<Cuts, String>,
}

/// Which failures take a service down, alone or together.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Cuts {
    /// Things whose failure alone takes it down.
    pub single_points: Vec<String>,
    /// Minimal cut sets by their number of things, from one on; only as far as they are counted.
    pub counts: Vec<u64>,
    /// Some of those with two or three things, small ones first.
    pub listed: Vec<Vec<String>>,
}

/// Everything exact about some services.
pub fn exact(model: &Model, services: &[usize]) -> Vec<Exact> {
    let mut chains: Vec<Option<Result<ServiceMeasures, Vec<String>>>> = match services {
        [one] => {
            let mut chains = vec![None; model.services.len()];
            chains[*one] = Some(chain(model, *one as u32));
            chains
        }
        _ => markov::measures(model, MOST_STATES).into_iter().map(Some).collect(),
    };
    let none = || Err(vec!["nothing that it rests on can fail".to_owned()]);
    services.iter().map(|&s| of_service(model, s as u32, chains[s].take().unwrap_or_else(none))).collect()
}

/// The Markov chain of one service alone may be larger.
fn chain(model: &Model, service: u32) -> Result<ServiceMeasures, Vec<String>> {
    let process = Process::of_services(model, &[service])?;
    let explored = explore(&process, MOST_STATES_OF_ONE).map_err(|error| vec![error.to_string()])?;
    let solved = Solver::new(&explored, model.horizon).and_then(|solver| solver.measures(service));
    solved.map_err(|trouble| vec![trouble.to_string()])
}

/// What a chain says from the start to the horizon, and in the long run.
fn of_chain(found: Result<ServiceMeasures, Vec<String>>) -> Vec<Answer> {
    let found = match found {
        Ok(found) => found,
        Err(reasons) => return vec![Answer { method: Method::Markov, found: Err(reasons) }],
    };
    let size = if found.states == 1 { "1 state".to_owned() } else { format!("{} states", decimal(found.states as f64, 0)) };
    let (near, far) = (found.horizon, found.long_run);
    let mut horizon = vec![
        (Measure::Uptime, near.uptime / near.length),
        (Measure::DowntimePerYear, near.downtime / near.length * YEAR),
        (Measure::OutagesPerYear, near.outages / near.length * YEAR),
        (Measure::Mttr, near.downtime / near.restorations),
        (Measure::Mttf, near.uptime / near.outages),
        (Measure::IntervalReliability, 1.0 - near.outage_probability),
        (Measure::PointAvailability, 1.0 - near.unavailability_at_end),
    ];
    let mut long = vec![
        (Measure::Uptime, far.availability),
        (Measure::DowntimePerYear, far.unavailability * YEAR),
        (Measure::OutagesPerYear, far.frequency * YEAR),
        (Measure::Mttr, far.mttr),
        (Measure::Mttf, far.mttf),
    ];
    for values in [&mut horizon, &mut long] {
        values.retain(|(_, value)| value.is_finite());
    }
    let answer = |over, values| Answer { method: Method::Markov, found: Ok(Values { over, size: size.clone(), list: values }) };
    vec![answer(Over::Horizon, horizon), answer(Over::LongRun, long)]
}

fn of_service(model: &Model, service: u32, chain: Result<ServiceMeasures, Vec<String>>) -> Exact {
    let cuts = cuts(model, service);
    let (mut modes, mut components) = (Vec::new(), Vec::new());
    let structure = Structure::of(model, service).map_err(|reasons| said(&reasons)).and_then(|structure| {
        let diagram = structure.diagram().map_err(|error| vec![error.to_string()])?;
        let values = long_run(&structure, &diagram)?;
        modes = structure.clocks.iter().flatten().map(|&clock| model.clocks[clock as usize].mode).collect();
        modes.sort_unstable();
        modes.dedup();
        components = importance(&structure, &diagram);
        Ok(values)
    });
    let mut answers = of_chain(chain);
    answers.push(Answer { method: Method::Structure, found: structure });
    if model.modes.iter().any(|mode| !mode.is_repairable()) {
        answers.push(Answer { method: Method::Mission, found: mission(model, service) });
    }
    Exact { answers, modes, components, cuts }
}

fn said<T: ToString>(reasons: &[T]) -> Vec<String> {
    reasons.iter().map(ToString::to_string).collect()
}

fn components(count: usize) -> String {
    if count == 1 { "1 component".to_owned() } else { format!("{count} components") }
}

fn long_run(structure: &Structure, diagram: &Diagram) -> Result<Values, Vec<String>> {
    let steady = diagram.steady(&structure.components).map_err(|error| vec![error.to_string()])?;
    let mut values = vec![
        (Measure::Uptime, steady.availability),
        (Measure::DowntimePerYear, steady.unavailability * YEAR),
        (Measure::OutagesPerYear, steady.frequency * YEAR),
    ];
    if steady.frequency > 0.0 {
        values.extend([(Measure::Mttr, steady.mttr()), (Measure::Mttf, steady.mttf())]);
    }
    Ok(Values { over: Over::LongRun, size: components(structure.components.len()), list: values })
}

fn mission(model: &Model, service: u32) -> Result<Values, Vec<String>> {
    let mission = Mission::of(model, service).map_err(|reasons| said(&reasons))?;
    let diagram = mission.diagram().map_err(|error| vec![error.to_string()])?;
    let reliability = diagram.reliability(&mission.lives, model.horizon);
    let values = vec![(Measure::IntervalReliability, reliability), (Measure::PointAvailability, reliability)];
    Ok(Values { over: Over::Horizon, size: components(mission.lives.len()), list: values })
}

fn importance(structure: &Structure, diagram: &Diagram) -> Vec<Component> {
    let Ok(table) = diagram.importance(&structure.components) else { return Vec::new() };
    let at = |i: usize, measure: Importance| table[[i, measure as usize]];
    let mut found: Vec<Component> = structure
        .tree
        .names()
        .iter()
        .enumerate()
        .map(|(i, name)| Component {
            name: name.clone(),
            unavailability: structure.components[i].unavailability,
            birnbaum: at(i, Importance::Birnbaum),
            criticality: at(i, Importance::Criticality),
            diagnostic: at(i, Importance::Diagnostic),
            risk_achievement: at(i, Importance::Achievement),
            risk_reduction: Some(at(i, Importance::Reduction)).filter(|worth| worth.is_finite()),
        })
        .filter(|component| component.criticality.is_finite())
        .collect();
    found.sort_by(|a, b| b.criticality.total_cmp(&a.criticality));
    found
}

fn cuts(model: &Model, service: u32) -> Result<Cuts, String> {
    let faults = Faults::of(model, service);
    let diagram = faults.diagram().map_err(|error| error.to_string())?;
    let names = faults.tree.names();
    let sets = diagram.cut_sets(LARGEST).map_err(|error| error.to_string())?;
    let named = |set: Vec<usize>| set.into_iter().map(|i| names[i].clone()).collect::<Vec<String>>();
    let counts = sets.counts(LARGEST).into_iter().skip(1).map(|count| u64::try_from(count).unwrap_or(u64::MAX)).collect();
    let single_points: Vec<String> = named(diagram.single_points());
    let listed = sets.list(LARGEST, LISTED + single_points.len()).into_iter().filter(|set| set.len() > 1);
    Ok(Cuts { single_points, counts, listed: listed.map(named).collect() })
}
