//! The healthy system over the whole horizon: made once for each draw of the numbers that load depends on.
//!
//! Where the demand is low enough for every service to be calm, all is linear in it and known from its integral. The other
//! pieces of demand are followed one after the other, and what is counted in them beyond the calm is kept for each.

use super::calm::Calm;
use super::condition::{Condition, Queues};
use super::follow::{COARSE, Follower};
use super::net::Net;
use super::rows::{Lengths, Row, add, failed, row};
use crate::model::{Counts, Curve, Model, NONE};

/// Calm pieces of demand of which the times are looked at.
const LOOKS: usize = 96;

/// What the healthy system does.
#[derive(Debug, Clone, Default)]
pub struct Healthy {
    /// What requests meet where it is calm.
    pub calm: Calm,
    /// By piece of demand: its place among those that are not calm, or [`NONE`].
    places: Vec<u32>,
    /// By place and service: what is counted beyond the calm.
    beyond: Vec<Row>,
    /// By place: what waits at the begin, where it has not settled then.
    waiting: Vec<Option<Vec<Queues>>>,
    /// By place: whether it is not the same all the time.
    moves: Vec<bool>,
    /// By service: what is counted beyond the calm over the horizon.
    pub totals: Vec<Row>,
    /// By service: how long good answers took, and how long requests waited.
    pub lengths: Vec<[Lengths; 2]>,
    /// By objective: the share of requests that are bad or slow while all is calm.
    pub bad: Vec<f64>,
    /// By objective: bad requests beyond that, and requests that do not come, before each piece; empty where there are none.
    pub losses: Vec<Vec<[f64; 2]>>,
}

/// What is needed to make it.
pub struct Making<'a> {
    /// The model.
    pub model: &'a Model,
    /// Its numbers.
    pub net: &'a Net,
    /// The rates of the sources.
    pub curves: &'a [Curve],
    /// All services as they should be.
    pub conditions: &'a [Condition],
    /// By service: the greatest rate at which it is calm.
    pub calm_rates: &'a [f64],
}

impl Healthy {
    /// The calm of the healthy system at the mean rates of the sources.
    pub fn new(model: &Model, net: &Net, follower: &mut Follower, conditions: &[Condition], rates: &[f64]) -> Self {
        let mut calm = Calm::default();
        calm.solve(net, &mut follower.state, conditions, rates);
        let bad = model.objectives.iter().map(|objective| {
            let s = objective.service as usize;
            let each = &calm.each[s];
            if objective.counts == Counts::Time || each[row::RESOLVED] <= 0.0 {
                return 0.0;
            }
            let slow = if objective.latency.is_finite() { each[row::GOOD] * calm.good[s].above(objective.latency) } else { 0.0 };
            // What is less is rounding.
            let share = failed(each) + slow;
            if share < 1e-12 { 0.0 } else { share }
        });
        Self { bad: bad.collect(), calm, ..Self::default() }
    }

    /// Follows the pieces that are not calm, and looks at some of the others.
    pub fn follow(&mut self, making: &Making, follower: &mut Follower) {
        let Making { model, curves, .. } = making;
        let (services, pieces) = (model.services.len(), model.demand.edges.len() - 1);
        self.totals = vec![[0.0; row::N]; services];
        self.lengths = vec![Default::default(); services];
        let mut looks = Looks::new(services, curves.len());
        let stride = stride(pieces);
        let highest: Vec<f64> = curves.iter().map(Curve::highest).collect();
        let always_calm = making.is_calm(&self.calm, &highest);
        let mut losses = Losses::new(model, if always_calm { 0 } else { pieces });
        follower.state.reset();
        for piece in (0..pieces).step_by(if always_calm { stride } else { 1 }) {
            let seconds = model.demand.edges[piece + 1] - model.demand.edges[piece];
            let asked: Vec<f64> = curves.iter().map(|curve| curve.in_piece(piece)).collect();
            let rates: Vec<f64> = asked.iter().map(|asked| asked / seconds).collect();
            losses.begin(piece);
            if follower.state.settled() && making.is_calm(&self.calm, &rates) {
                // Where all pieces are calm they are added at once below, since only some come here.
                if !always_calm {
                    looks.calm(&asked);
                }
                if piece % stride == 0 {
                    looks.look(&self.calm, making, follower, &asked, &rates);
                }
                continue;
            }
            self.note(piece, pieces, follower);
            let (rows, same) = self.followed(making, follower, &rates, seconds, &mut losses.now);
            self.moves.push(!same);
            for (s, mut counted) in rows.into_iter().enumerate() {
                add(&mut counted, &self.calm.each[s], -self.calm.requests(s, &asked));
                add(&mut self.totals[s], &counted, 1.0);
                self.beyond.push(counted);
            }
            for (o, objective) in model.objectives.iter().enumerate() {
                let usual = self.calm.requests(objective.service as usize, &asked);
                losses.now[o][0] -= self.bad[o] * usual;
                losses.now[o][1] += usual;
            }
        }
        self.losses = losses.finish();
        if always_calm {
            looks.calm(&curves.iter().map(|curve| curve.total(&model.demand, model.horizon)).collect::<Vec<_>>());
        }
        looks.add_to(&self.calm, &mut self.totals, &mut self.lengths);
    }

    /// A piece that is not calm.
    fn note(&mut self, piece: usize, pieces: usize, follower: &Follower) {
        if self.places.is_empty() {
            self.places = vec![NONE; pieces];
        }
        self.places[piece] = self.waiting.len() as u32;
        self.waiting.push((!follower.state.settled()).then(|| follower.state.queues.clone()));
    }

    /// What is counted in a piece that is not calm.
    fn followed(
        &mut self,
        making: &Making,
        follower: &mut Follower,
        rates: &[f64],
        seconds: f64,
        losses: &mut [[f64; 2]],
    ) -> (Vec<Row>, bool) {
        let mut rows = vec![[0.0; row::N]; self.totals.len()];
        let (model, net) = (making.model, making.net);
        let lengths = &mut self.lengths;
        let same = follower.follow((net, making.conditions), rates, seconds, COARSE, |state, _, length| {
            state.rows(net, rates, |s, counted, service| {
                add(&mut rows[s], &counted, length);
                service.in_time(&net.nodes[s]).add_to(&mut lengths[s][0], counted[row::GOOD] * length);
                add_waits(&mut lengths[s][1], counted[row::BEGUN] * length, service);
            });
            for (o, objective) in model.objectives.iter().enumerate() {
                let s = objective.service as usize;
                let counted = state.row(net, s);
                losses[o][0] += length * (failed(&counted) + slow(&counted, state, net, s, objective.latency));
                losses[o][1] -= length * counted[row::RESOLVED];
            }
        });
        (rows, same)
    }

    /// What waits at the begin of a piece, where the healthy system has not settled then.
    pub fn waiting(&self, piece: usize) -> Option<&Vec<Queues>> {
        self.waiting.get(*self.places.get(piece)? as usize)?.as_ref()
    }

    /// Whether queues in a piece are not those of its rates all the time.
    pub fn is_unsettled(&self, piece: usize) -> bool {
        let place = self.places.get(piece).map_or(NONE, |place| *place) as usize;
        self.moves.get(place).is_some_and(|moves| *moves) || self.waiting.get(place).is_some_and(Option::is_some)
    }

    /// What is counted beyond the calm in a piece; `None` where it is calm.
    pub fn beyond(&self, piece: usize, s: usize) -> Option<&Row> {
        let place = *self.places.get(piece)?;
        (place != NONE).then(|| &self.beyond[place as usize * self.totals.len() + s])
    }
}

impl Making<'_> {
    /// Whether every service is calm where the sources ask at these rates.
    fn is_calm(&self, calm: &Calm, rates: &[f64]) -> bool {
        (0..self.calm_rates.len()).all(|s| calm.requests(s, rates) <= self.calm_rates[s])
    }
}

/// Every so many calm pieces one is looked at: a number without a factor in common with the hours of a week.
fn stride(pieces: usize) -> usize {
    let about = (pieces / LOOKS).max(1);
    // Of so many numbers that follow each other one has none.
    (about..about + 42).find(|stride| stride % 2 != 0 && stride % 3 != 0 && stride % 7 != 0).unwrap_or(1)
}

/// What requests of objectives were lost, piece by piece.
struct Losses {
    now: Vec<[f64; 2]>,
    courses: Vec<Vec<[f64; 2]>>,
}

impl Losses {
    fn new(model: &Model, pieces: usize) -> Self {
        let course = vec![[0.0; 2]; if pieces > 0 { pieces + 1 } else { 0 }];
        Self { now: vec![[0.0; 2]; model.objectives.len()], courses: vec![course; model.objectives.len()] }
    }

    fn begin(&mut self, piece: usize) {
        for (course, now) in self.courses.iter_mut().zip(&self.now) {
            if let Some(point) = course.get_mut(piece) {
                *point = *now;
            }
        }
    }

    fn finish(mut self) -> Vec<Vec<[f64; 2]>> {
        let last = self.courses.first().map_or(0, |course| course.len().saturating_sub(1));
        self.begin(last);
        let any = |course: &Vec<[f64; 2]>| course.iter().any(|loss| loss.iter().any(|loss| loss.abs() > 1e-6));
        self.courses.into_iter().map(|course| if any(&course) { course } else { Vec::new() }).collect()
    }
}

/// Looks at the times in calm pieces, each of which stands for others.
struct Looks {
    /// By source: requests of all calm pieces, and of those looked at.
    all: Vec<f64>,
    seen: Vec<f64>,
    rows: Vec<Row>,
    lengths: Vec<[Lengths; 2]>,
}

impl Looks {
    fn new(services: usize, sources: usize) -> Self {
        let lengths = vec![Default::default(); services];
        Self { all: vec![0.0; sources], seen: vec![0.0; sources], rows: vec![[0.0; row::N]; services], lengths }
    }

    fn calm(&mut self, asked: &[f64]) {
        self.all.iter_mut().zip(asked).for_each(|(sum, asked)| *sum += asked);
    }

    fn look(&mut self, calm: &Calm, making: &Making, follower: &mut Follower, asked: &[f64], rates: &[f64]) {
        self.seen.iter_mut().zip(asked).for_each(|(sum, asked)| *sum += asked);
        follower.state.solve(making.net, making.conditions, rates, f64::INFINITY);
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

    fn add_to(self, calm: &Calm, totals: &mut [Row], lengths: &mut [[Lengths; 2]]) {
        for s in 0..totals.len() {
            let (all, seen) = (calm.requests(s, &self.all), calm.requests(s, &self.seen));
            if seen > 0.0 {
                add(&mut totals[s], &self.rows[s], all / seen);
                for (sum, seen_lengths) in lengths[s].iter_mut().zip(&self.lengths[s]) {
                    sum.merge(seen_lengths, all / seen);
                }
            }
        }
    }
}

/// Good answers of a row that take longer than `latency`.
pub fn slow(counted: &Row, state: &super::state::State, net: &Net, s: usize, latency: f64) -> f64 {
    if latency.is_finite() { counted[row::GOOD] * state.services[s].in_time(&net.nodes[s]).above(latency) } else { 0.0 }
}

/// Adds the waits of so many requests.
pub fn add_waits(lengths: &mut Lengths, requests: f64, service: &super::pools::Service) {
    lengths.add(requests * (1.0 - service.waits), &crate::dist::Cumulants::ZERO);
    lengths.add(requests * service.waits, &service.waiting);
}
