//! The healthy system over the whole horizon: made once for each draw of the numbers that load depends on.
//!
//! Where the demand is low enough for every service to be calm, all is linear in it and known from its integral. The other
//! pieces of demand are followed one after the other, and what is counted in them beyond the calm is kept for each.

use super::calm::Calm;
use super::condition::{Condition, Queues};
use super::course::{Course, Walk};
use super::follow::Follower;
use super::looks::{Looks, Losses};
use super::net::Net;
use super::rows::{Lengths, Row, add, failed, row};
use super::times::Times;
use crate::dist::Cumulants;
use crate::model::{Counts, Curve, Grid, Model, NONE};

/// Calm pieces of demand of which the times are looked at.
const LOOKS: usize = 96;

/// What the healthy system does.
#[derive(Debug, Clone, Default)]
pub struct Healthy {
    /// What requests meet where it is calm.
    pub calm: Calm,
    /// The replicas that follow the load, and with them the pieces of demand.
    pub course: Course,
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
    /// The uncertain numbers.
    pub draws: &'a [f64],
    /// By service: the greatest rate at which it is calm; where it is scaled that is for the course to say.
    pub calm_rates: &'a [f64],
    /// How finely changes are followed.
    pub coarse: f64,
    /// By service: how long calls keep a server while all is well.
    pub held: &'a [Cumulants],
}

/// A piece of demand: its number, when it begins, what is asked in it and at which rates.
pub struct Piece {
    /// Its number.
    pub number: usize,
    /// When it begins.
    pub begin: f64,
    /// By source: requests in it.
    pub asked: Vec<f64>,
    /// By source: requests per second.
    pub rates: Vec<f64>,
}

impl Healthy {
    /// The calm of the healthy system at the mean rates of the sources.
    pub fn new(model: &Model, net: &Net, follower: &mut Follower, conditions: &[Condition], rates: &[f64]) -> Self {
        let calm = Calm::healthy(net, &mut follower.state, conditions, rates);
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
        Self { bad: bad.collect(), calm, course: Course::new(model), ..Self::default() }
    }

    /// Follows the pieces that are not calm, and looks at some of the others.
    pub fn follow(&mut self, making: &Making, follower: &mut Follower) {
        let Making { model, curves, .. } = making;
        let services = model.services.len();
        self.totals = vec![[0.0; row::N]; services];
        self.lengths = vec![Default::default(); services];
        let mut looks = Looks::new(services, curves.len());
        let highest: Vec<f64> = curves.iter().map(Curve::highest).collect();
        let always_calm = self.course.scaled.is_empty() && is_calm(&self.calm, &highest, making.calm_rates);
        let mut losses = Losses::new(model);
        self.losses = vec![Vec::new(); model.objectives.len()];
        follower.reset(making.net);
        if always_calm {
            self.look_at_some(making, follower, &mut looks);
            looks.calm(&curves.iter().map(|curve| curve.total(&model.demand, model.horizon)).collect::<Vec<_>>());
        } else {
            self.go_through(making, follower, &mut looks, &mut losses);
            self.losses = losses.finish();
        }
        looks.add_to(&self.calm, &mut self.totals, &mut self.lengths);
    }

    /// All pieces are calm, and only the times of some are looked at.
    fn look_at_some(&self, making: &Making, follower: &mut Follower, looks: &mut Looks) {
        let demand = &making.model.demand;
        let pieces = demand.grid.edges.len() - 1;
        for number in (0..pieces).step_by(stride(pieces)) {
            let piece = making.piece(number, demand.grid.edges[number], demand.grid.edges[number + 1]);
            looks.look(&self.calm, making, making.conditions, follower, &piece);
        }
    }

    /// One piece after the other, cut where replicas that follow the load come or go.
    fn go_through(&mut self, making: &Making, follower: &mut Follower, looks: &mut Looks, losses: &mut Losses) {
        let Making { model, curves, .. } = making;
        let mut conditions = making.conditions.to_vec();
        let mut calm_rates = making.calm_rates.to_vec();
        let pieces = model.demand.grid.edges.len() - 1;
        let stride = stride(pieces);
        let at_first = making.piece(0, 0.0, model.demand.grid.edges[1]);
        let Self { calm, course, .. } = &mut *self;
        course.foresee(model, making.draws, calm, curves);
        let mut walk = Walk::new(model, course, |s| calm.requests(s, &at_first.rates) * calm.each[s][row::BUSY]);
        let mut number = 0;
        for piece in 0..pieces {
            let (mut at, end) = (model.demand.grid.edges[piece], model.demand.grid.edges[piece + 1]);
            walk.demand_changed(model, &self.course, at);
            while at < end {
                self.set_course(making, &walk, &mut conditions, &mut calm_rates);
                let whole = making.piece(number, at, end);
                let calm = follower.settled() && is_calm(&self.calm, &whole.rates, &calm_rates);
                let until = if calm {
                    let Self { calm, course, .. } = &mut *self;
                    let busy = |s: usize| calm.requests(s, &whole.rates) * calm.each[s][row::BUSY];
                    walk.calm_until(model, course, end, busy)
                } else {
                    walk.next().min(end)
                };
                let now = if until < end { making.piece(number, at, until) } else { whole };
                losses.begin();
                if calm {
                    looks.calm(&now.asked);
                    if number % stride == 0 {
                        looks.look(&self.calm, making, &conditions, follower, &now);
                    }
                } else {
                    self.follow_piece(making, &conditions, follower, &now, until, losses);
                    let busy = |s: usize| follower.state.services[s].busy;
                    walk.go_to(model, &mut self.course, until, follower.settled(), busy);
                }
                walk.close(&mut self.course, until);
                (number, at) = (number + 1, until);
            }
        }
        walk.finish(&mut self.course);
    }

    /// Replicas that follow the load serve as many as do so now.
    fn set_course(&mut self, making: &Making, walk: &Walk, conditions: &mut [Condition], calm_rates: &mut [f64]) {
        walk.set_conditions(&self.course, conditions);
        for (place, serving) in walk.serving().enumerate() {
            let s = self.course.scaled[place] as usize;
            calm_rates[s] = self.course.calm_rate(making.net, making.held, place, serving);
        }
    }

    /// A piece that is not calm.
    fn follow_piece(
        &mut self,
        making: &Making,
        conditions: &[Condition],
        follower: &mut Follower,
        piece: &Piece,
        until: f64,
        losses: &mut Losses,
    ) {
        self.note(piece.number, follower);
        let seconds = until - piece.begin;
        let (rows, same) = self.followed(making, conditions, follower, &piece.rates, seconds, &mut losses.now);
        self.moves.push(!same);
        for (s, mut counted) in rows.into_iter().enumerate() {
            add(&mut counted, &self.calm.each[s], -self.calm.requests(s, &piece.asked));
            add(&mut self.totals[s], &counted, 1.0);
            self.beyond.push(counted);
        }
        for (o, objective) in making.model.objectives.iter().enumerate() {
            let usual = self.calm.requests(objective.service as usize, &piece.asked);
            losses.now[o][0] -= self.bad[o] * usual;
            losses.now[o][1] += usual;
        }
    }

    /// A piece has a place among those that are not calm.
    fn note(&mut self, piece: usize, follower: &Follower) {
        self.places.resize(piece + 1, NONE);
        self.places[piece] = self.waiting.len() as u32;
        self.waiting.push((!follower.settled()).then(|| follower.state.queues.clone()));
    }

    /// What is counted in a piece that is not calm.
    fn followed(
        &mut self,
        making: &Making,
        conditions: &[Condition],
        follower: &mut Follower,
        rates: &[f64],
        seconds: f64,
        losses: &mut [[f64; 2]],
    ) -> (Vec<Row>, bool) {
        let mut rows = vec![[0.0; row::N]; self.totals.len()];
        let (model, net) = (making.model, making.net);
        let lengths = &mut self.lengths;
        let same = follower.follow((net, conditions), rates, seconds, making.coarse, |state, part, _, length| {
            state.rows(net, part, |s, counted, service, good| {
                add(&mut rows[s], &counted, length);
                good.add_to(&mut lengths[s][0], counted[row::GOOD] * length);
                add_waits(&mut lengths[s][1], counted[row::BEGUN] * length, service);
                for (objective, losses) in model.objectives.iter().zip(&mut *losses) {
                    if objective.service as usize == s {
                        losses[0] += length * (failed(&counted) + slow(&counted, good, objective.latency));
                        losses[1] -= length * counted[row::RESOLVED];
                    }
                }
            });
        });
        (rows, same)
    }

    /// The pieces of demand.
    pub fn pieces<'a>(&'a self, model: &'a Model) -> &'a Grid {
        if self.course.scaled.is_empty() { &model.demand.grid } else { &self.course.pieces }
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

    /// Whether a piece is calm.
    pub fn is_calm(&self, piece: usize) -> bool {
        self.places.get(piece).is_none_or(|place| *place == NONE)
    }

    /// What is counted beyond the calm in a piece; `None` where it is calm.
    pub fn beyond(&self, piece: usize, s: usize) -> Option<&Row> {
        let place = *self.places.get(piece)?;
        (place != NONE).then(|| &self.beyond[place as usize * self.totals.len() + s])
    }
}

impl Making<'_> {
    /// What the sources ask between two times of one piece of demand.
    fn piece(&self, number: usize, begin: f64, end: f64) -> Piece {
        let demand = &self.model.demand;
        let asked: Vec<f64> = self.curves.iter().map(|curve| curve.between(demand, begin, end)).collect();
        let rates = asked.iter().map(|asked| asked / (end - begin)).collect();
        Piece { number, begin, asked, rates }
    }
}

/// Whether every service is calm where the sources ask at these rates.
fn is_calm(calm: &Calm, rates: &[f64], calm_rates: &[f64]) -> bool {
    (0..calm_rates.len()).all(|s| calm.requests(s, rates) <= calm_rates[s])
}

/// Every so many calm pieces one is looked at: a number without a factor in common with the hours of a week.
fn stride(pieces: usize) -> usize {
    let about = (pieces / LOOKS).max(1);
    // Of so many numbers that follow each other one has none.
    (about..about + 42).find(|stride| stride % 2 != 0 && stride % 3 != 0 && stride % 7 != 0).unwrap_or(1)
}

/// Good answers of a row that take longer than `latency`.
pub fn slow(counted: &Row, good: &Times, latency: f64) -> f64 {
    if latency.is_finite() { counted[row::GOOD] * good.above(latency) } else { 0.0 }
}

/// Adds the waits of so many requests.
pub fn add_waits(lengths: &mut Lengths, requests: f64, service: &super::pools::Service) {
    lengths.add(requests * (1.0 - service.waits), &crate::dist::Cumulants::ZERO);
    lengths.add(requests * service.waits, &service.waiting);
}
