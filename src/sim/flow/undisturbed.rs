//! What scalers do while nothing breaks, to be looked at.

use super::Flow;
use super::rows::row;
use crate::model::{Model, Scaling};
use crate::sim::Drawn;

/// Services whose replicas follow the load, over a horizon in which nothing breaks, with uncertain numbers at their medians.
#[derive(Debug, Clone)]
pub struct Undisturbed {
    /// Where pieces begin, and the horizon: in each the sources ask at steady rates, and as many replicas serve.
    pub edges: Vec<f64>,
    /// The services that are scaled.
    pub services: Vec<ScaledCourse>,
}

/// One of them.
#[derive(Debug, Clone)]
pub struct ScaledCourse {
    /// Index of the service.
    pub service: u32,
    /// By piece.
    pub pieces: Vec<ScaledPiece>,
    /// (From when on, replicas that its scaler wants), from the start on.
    pub wanted: Vec<(f64, u32)>,
}

/// A service in one piece.
#[derive(Debug, Clone, Copy)]
pub struct ScaledPiece {
    /// Requests that come, per second.
    pub rate: f64,
    /// Replicas that they would keep at work if none were lost.
    pub offered: f64,
    /// Replicas that serve.
    pub ready: u32,
    /// Requests that find the queue full or are answered too late, per second.
    pub overloaded: f64,
    /// Replicas that a scaler would have that needs no time, sees the load as it is and keeps exactly to its target.
    pub ideal: u32,
    /// The fewest replicas with which the load is within the tolerance of the target.
    pub least: u32,
}

impl Undisturbed {
    /// Follows the load of a model through its horizon; nothing where no traffic comes.
    #[must_use]
    pub fn of(model: &Model) -> Option<Self> {
        let drawn = Drawn::new(model);
        let mut flow = Flow::new(model);
        if !flow.active {
            return None;
        }
        flow.reset(model, &drawn, 0.0);
        let edges = flow.healthy.pieces(model).edges.clone();
        let scaled = flow.course().scaled.clone();
        let of = |(place, s): (usize, u32)| {
            let scaling = model.services[s as usize].scaling.as_ref()?;
            let piece = |number: usize| flow.undisturbed(model, &drawn, scaling, place, number);
            Some(ScaledCourse { service: s, pieces: (0..edges.len() - 1).map(piece).collect(), wanted: flow.wanted(place) })
        };
        let services = scaled.into_iter().enumerate().filter_map(of).collect();
        Some(Self { edges, services })
    }
}

impl Flow {
    fn undisturbed(&self, model: &Model, drawn: &Drawn, scaling: &Scaling, place: usize, number: usize) -> ScaledPiece {
        let course = self.course();
        let s = course.scaled[place] as usize;
        let edges = &self.healthy.pieces(model).edges;
        let (from, to) = (edges[number], edges[number + 1]);
        let demand = &model.demand;
        let rates: Vec<f64> = drawn.curves.iter().map(|curve| curve.between(demand, from, to) / (to - from)).collect();
        let calm = &self.healthy.calm;
        let rate = calm.requests(s, &rates);
        let overload = [row::FULL, row::TIMEOUT];
        let beyond =
            self.healthy.beyond(number, s).map_or(0.0, |row| overload.iter().map(|&of| row[of]).sum::<f64>() / (to - from));
        let usual: f64 = overload.iter().map(|&of| calm.each[s][of]).sum::<f64>() * rate;
        let offered = rate * calm.each[s][row::BUSY];
        let fewest = scaling.min.max(scaling.floor(from));
        ScaledPiece {
            rate,
            offered,
            ready: course.ready(number, place),
            overloaded: (usual + beyond).max(0.0),
            ideal: scaling.needed(offered).max(fewest),
            least: scaling.tolerated(offered).max(fewest),
        }
    }

    fn wanted(&self, place: usize) -> Vec<(f64, u32)> {
        let course = self.course();
        let mut wanted = vec![(0.0, course.first(place))];
        for change in course.changes.iter().filter(|change| change.place as usize == place) {
            if wanted.last().is_none_or(|last| last.1 != change.wanted) {
                wanted.push((change.at, change.wanted));
            }
        }
        wanted
    }
}
