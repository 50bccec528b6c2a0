//! The course of losses over the pieces of demand, and the times in those that are calm.

use super::calm::Calm;
use super::condition::Condition;
use super::follow::Follower;
use super::healthy::{Making, Piece, add_waits};
use super::rows::{Lengths, Row, add, row};
use crate::model::Model;

/// Of all requests, so few are none.
const ROUNDING: f64 = 1e-9;

/// What requests of objectives were lost, piece by piece.
pub struct Losses {
    /// By objective: bad requests so far, and requests that did not come.
    pub now: Vec<[f64; 2]>,
    courses: Vec<Vec<[f64; 2]>>,
}

impl Losses {
    /// Nothing yet.
    pub fn new(model: &Model) -> Self {
        Self { now: vec![[0.0; 2]; model.objectives.len()], courses: vec![Vec::new(); model.objectives.len()] }
    }

    /// A piece begins.
    pub fn begin(&mut self) {
        self.courses.iter_mut().zip(&self.now).for_each(|(course, now)| course.push(*now));
    }

    /// The horizon is reached: what was lost before each piece, by objective; empty where nothing was.
    pub fn finish(mut self) -> Vec<Vec<[f64; 2]>> {
        self.begin();
        let any = |course: &Vec<[f64; 2]>| course.iter().any(|loss| loss.iter().any(|loss| loss.abs() > 1e-6));
        self.courses.into_iter().map(|course| if any(&course) { course } else { Vec::new() }).collect()
    }
}

/// Looks at the times in calm pieces, each of which stands for others.
pub struct Looks {
    /// By source: requests of all pieces, and of those looked at.
    all: Vec<f64>,
    seen: Vec<f64>,
    /// By service: requests of pieces in which it was not calm.
    apart: Vec<f64>,
    rows: Vec<Row>,
    lengths: Vec<[Lengths; 2]>,
}

impl Looks {
    /// Nothing yet.
    pub fn new(services: usize, sources: usize) -> Self {
        let lengths = vec![Default::default(); services];
        let (all, seen, apart) = (vec![0.0; sources], vec![0.0; sources], vec![0.0; services]);
        Self { all, seen, apart, rows: vec![[0.0; row::N]; services], lengths }
    }

    /// Some services were followed in a piece.
    pub fn without(&mut self, calm: &Calm, part: &[u32], asked: &[f64]) {
        part.iter().map(|&s| s as usize).for_each(|s| self.apart[s] += calm.requests(s, asked));
    }

    /// So much is asked in a piece.
    pub fn asked(&mut self, asked: &[f64]) {
        self.all.iter_mut().zip(asked).for_each(|(sum, asked)| *sum += asked);
    }

    /// Looks at the times in a calm piece.
    pub fn look(&mut self, calm: &Calm, making: &Making, conditions: &[Condition], follower: &mut Follower, piece: &Piece) {
        let Piece { asked, rates, .. } = piece;
        self.seen.iter_mut().zip(asked).for_each(|(sum, asked)| *sum += asked);
        follower.state.solve(making.net, conditions, rates, f64::INFINITY);
        for (s, lengths) in self.lengths.iter_mut().enumerate() {
            let service = &follower.state.services[s];
            let (requests, each) = (calm.requests(s, asked), &calm.each[s]);
            if requests <= 0.0 || service.arrivals <= 0.0 {
                continue;
            }
            let good = service.in_time(&making.net.nodes[s]);
            good.add_to(&mut lengths[0], requests * each[row::GOOD]);
            add_waits(&mut lengths[1], requests * each[row::BEGUN], service);
            // Between the mean rates and these the times differ a little, though nothing is lost.
            let sums = &mut self.rows[s];
            sums[row::RESPONSE] += requests * each[row::GOOD] * (good.all.mean - calm.good[s].all.mean);
            sums[row::WAIT] += requests * (each[row::BEGUN] * service.wait.mean - each[row::WAIT]);
            sums[row::QUEUED] += requests * (service.queue / service.arrivals - each[row::QUEUED]);
            sums[row::PRESENT] += requests * (service.answer.mean() - each[row::PRESENT]);
        }
    }

    /// Adds what was seen, in proportion to what was asked in all calm pieces.
    pub fn add_to(self, calm: &Calm, totals: &mut [Row], lengths: &mut [[Lengths; 2]]) {
        for s in 0..totals.len() {
            let (all, seen) = (calm.requests(s, &self.all), calm.requests(s, &self.seen));
            let left = all - self.apart[s];
            if seen > 0.0 && left > ROUNDING * all {
                add(&mut totals[s], &self.rows[s], left / seen);
                for (sum, seen_lengths) in lengths[s].iter_mut().zip(&self.lengths[s]) {
                    sum.merge(seen_lengths, left / seen);
                }
            }
        }
    }
}
