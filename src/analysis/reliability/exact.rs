//! Exact answers for one service, or why there are none.

use super::measure::Measure;
use crate::exact::structure::{Diagram, Faults, Measure as Importance, Mission, Structure};
use crate::model::Model;

/// A year of 365 days, in seconds.
const YEAR: f64 = 365.0 * 86_400.0;
/// Components of a cut set that is listed, and how many of those.
const LARGEST: usize = 3;
const LISTED: usize = 30;

/// A way to an exact answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Independent components with a long run each.
    Structure,
    /// Independent components that are never repaired.
    Mission,
}

impl Method {
    /// For people.
    pub fn title(self) -> &'static str {
        match self {
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
    pub values: Vec<(Measure, f64)>,
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
    pub component: String,
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

/// Everything exact about a service.
pub fn exact(model: &Model, service: u32) -> Exact {
    let cuts = cuts(model, service);
    let (mut modes, mut components) = (Vec::new(), Vec::new());
    let structure = Structure::of(model, service).map_err(said).and_then(|structure| {
        let diagram = structure.diagram().map_err(|error| vec![error.to_string()])?;
        let values = long_run(&structure, &diagram)?;
        modes = structure.clocks.iter().flatten().map(|&clock| model.clocks[clock as usize].mode).collect();
        modes.sort_unstable();
        modes.dedup();
        components = importance(&structure, &diagram);
        Ok(values)
    });
    let mut answers = vec![Answer { method: Method::Structure, found: structure }];
    if model.modes.iter().any(|mode| mode.repair.is_none()) {
        answers.push(Answer { method: Method::Mission, found: mission(model, service) });
    }
    Exact { answers, modes, components, cuts }
}

fn said<T: ToString>(reasons: Vec<T>) -> Vec<String> {
    reasons.iter().map(ToString::to_string).collect()
}

fn components(count: usize) -> String {
    if count == 1 { "1 component".to_owned() } else { format!("{count} components") }
}

fn long_run(structure: &Structure, diagram: &Diagram) -> Result<Values, Vec<String>> {
    let steady = diagram.steady(&structure.components).map_err(|error| vec![error.to_string()])?;
    let mut values = vec![(Measure::Uptime, steady.availability), (Measure::OutagesPerYear, steady.frequency * YEAR)];
    if steady.frequency > 0.0 {
        values.extend([(Measure::Mttr, steady.mttr()), (Measure::Mttf, steady.mttf())]);
    }
    Ok(Values { over: Over::LongRun, size: components(structure.components.len()), values })
}

fn mission(model: &Model, service: u32) -> Result<Values, Vec<String>> {
    let mission = Mission::of(model, service).map_err(said)?;
    let diagram = mission.diagram().map_err(|error| vec![error.to_string()])?;
    let reliability = diagram.reliability(&mission.lives, model.horizon);
    let values = vec![(Measure::IntervalReliability, reliability), (Measure::PointAvailability, reliability)];
    Ok(Values { over: Over::Horizon, size: components(mission.lives.len()), values })
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
            component: name.clone(),
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
