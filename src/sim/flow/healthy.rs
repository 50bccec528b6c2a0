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
use super::part::Around;
use super::rows::{Lengths, Row, add, failed, row};
use super::state::State;
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
    /// Those.
    busy: Vec<Busy>,
    /// By service: what is counted beyond the calm over the horizon.
    pub totals: Vec<Row>,
    /// By service: how long good answers took, and how long requests waited.
    pub lengths: Vec<[Lengths; 2]>,
    /// By objective: the share of requests that are bad or slow while all is calm.
    pub bad: Vec<f64>,
    /// By objective: bad requests beyond that, and requests that do not come, before each piece; empty where there are none.
    pub losses: Vec<Vec<[f64; 2]>>,
}

/// A piece of demand that is not calm.
#[derive(Debug, Clone, Default)]
struct Busy {
    /// How long it is, seconds.
    seconds: f64,
    /// The services that were followed, ascending; the others are calm.
    services: Vec<u32>,
    /// By service of these: what is counted beyond the calm.
    beyond: Vec<Row>,
    /// By service of these: what waits at the begin, where that has not settled then.
    waiting: Option<Vec<Queues>>,
    /// It is not the same all the time.
    moves: bool,
    /// Requests are lost in it.
    loses: bool,
}

/// A share of requests so small is none.
const NO_LOSS: f64 = 1e-6;

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
    /// The state of the calm, and the rates of the sources there.
    pub base: (&'a State, &'a [f64]),
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
        follower.part.clear();
        if always_calm {
            self.look_at_some(making, follower, &mut looks);
            looks.asked(&curves.iter().map(|curve| curve.total(&model.demand, model.horizon)).collect::<Vec<_>>());
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
                looks.asked(&now.asked);
                if calm {
                    follower.part.clear();
                    if number % stride == 0 {
                        looks.look(&self.calm, making, &conditions, follower, &now);
                    }
                } else {
                    self.take_part(making, (&conditions, &calm_rates), follower, &now.rates);
                    looks.without(&self.calm, &follower.part.services, &now.asked);
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

    /// Follows what is not calm at some rates, with what that reaches, and what was followed before where that has not settled.
    fn take_part(&self, making: &Making, now: (&[Condition], &[f64]), follower: &mut Follower, rates: &[f64]) {
        let (conditions, calm_rates) = now;
        let around = Around { net: making.net, healthy: &self.calm, base: making.base, conditions, calm_rates, rates };
        let crowded = (0..calm_rates.len()).filter(|&s| self.calm.requests(s, rates) > calm_rates[s]);
        let new = follower.part.widen(&around, crowded.map(|s| s as u32));
        // While it was calm next to nothing waited.
        follower.state.reset(making.net, &new);
        follower.part.hear(&around, &mut follower.state, |_| 0.0);
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
        let seconds = until - piece.begin;
        let mut services = follower.part.services.clone();
        services.sort_unstable();
        let queues = |&s: &u32| follower.state.queues[s as usize];
        let waiting = (!follower.settled()).then(|| services.iter().map(queues).collect());
        let mut busy = Busy { seconds, services, waiting, ..Busy::default() };
        busy.beyond = vec![[0.0; row::N]; busy.services.len()];
        busy.moves = !self.followed(making, conditions, follower, &piece.rates, &mut busy, &mut losses.now);
        for (&s, counted) in busy.services.iter().zip(&mut busy.beyond) {
            let s = s as usize;
            add(counted, &self.calm.each[s], -self.calm.requests(s, &piece.asked));
            add(&mut self.totals[s], counted, 1.0);
            busy.loses |= failed(counted) > NO_LOSS * self.calm.requests(s, &piece.asked);
        }
        for (o, objective) in making.model.objectives.iter().enumerate() {
            let s = objective.service as usize;
            if follower.part.has(s) {
                let usual = self.calm.requests(s, &piece.asked);
                losses.now[o][0] -= self.bad[o] * usual;
                losses.now[o][1] += usual;
            }
        }
        self.places.resize(piece.number + 1, NONE);
        self.places[piece.number] = self.busy.len() as u32;
        self.busy.push(busy);
    }

    /// Counts what happens in a piece that is not calm; whether it is the same all the time.
    fn followed(
        &mut self,
        making: &Making,
        conditions: &[Condition],
        follower: &mut Follower,
        rates: &[f64],
        busy: &mut Busy,
        losses: &mut [[f64; 2]],
    ) -> bool {
        let (model, net) = (making.model, making.net);
        let lengths = &mut self.lengths;
        let Busy { seconds, services, beyond, .. } = busy;
        follower.follow((net, conditions), rates, *seconds, making.coarse, |state, part, _, length| {
            state.rows(net, part, |s, counted, service, good| {
                if let Ok(place) = services.binary_search(&(s as u32)) {
                    add(&mut beyond[place], &counted, length);
                }
                good.add_to(&mut lengths[s][0], counted[row::GOOD] * length);
                add_waits(&mut lengths[s][1], counted[row::BEGUN] * length, service);
                for (objective, losses) in model.objectives.iter().zip(&mut *losses) {
                    if objective.service as usize == s {
                        losses[0] += length * (failed(&counted) + slow(&counted, good, objective.latency));
                        losses[1] -= length * counted[row::RESOLVED];
                    }
                }
            });
        })
    }

    /// The pieces of demand.
    pub fn pieces<'a>(&'a self, model: &'a Model) -> &'a Grid {
        if self.course.scaled.is_empty() { &model.demand.grid } else { &self.course.pieces }
    }

    /// A piece that is not calm.
    fn busy(&self, piece: usize) -> Option<&Busy> {
        let place = *self.places.get(piece)?;
        (place != NONE).then(|| &self.busy[place as usize])
    }

    /// Whether something waits at the begin of a piece that has not settled then.
    pub fn is_waiting(&self, piece: usize) -> bool {
        self.busy(piece).is_some_and(|busy| busy.waiting.is_some())
    }

    /// Puts what waits at the begin of a piece, where it has not settled, into the queues of some services.
    pub fn wait_in(&self, piece: usize, part: &[u32], queues: &mut [Queues]) {
        let Some(busy) = self.busy(piece) else { return };
        for (s, waiting) in busy.services.iter().zip(busy.waiting.iter().flatten()).filter(|(s, _)| part.contains(s)) {
            queues[*s as usize] = *waiting;
        }
    }

    /// Whether queues in a piece are not those of its rates all the time.
    pub fn is_unsettled(&self, piece: usize) -> bool {
        self.busy(piece).is_some_and(|busy| busy.moves || busy.waiting.is_some())
    }

    /// The services that must be followed in a piece whatever happens: those that were, where they had not settled, or lost requests.
    pub fn rough(&self, piece: usize) -> &[u32] {
        let rough = self.busy(piece).filter(|busy| busy.moves || busy.loses || busy.waiting.is_some());
        rough.map_or(&[], |busy| &busy.services)
    }

    /// What is counted beyond the calm in a piece; `None` where the service is calm.
    pub fn beyond(&self, piece: usize, s: usize) -> Option<&Row> {
        let busy = self.busy(piece)?;
        busy.services.binary_search(&(s as u32)).ok().map(|place| &busy.beyond[place])
    }

    /// Requests that come in a piece beyond the calm, per second.
    pub fn more(&self, piece: usize, s: usize) -> f64 {
        let seconds = self.busy(piece).map_or(1.0, |busy| busy.seconds);
        self.beyond(piece, s).map_or(0.0, |beyond| beyond[row::ARRIVED] / seconds)
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
