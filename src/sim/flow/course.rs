//! The course of the replicas that follow the load, while nothing is broken: what their scalers do is known beforehand.
//!
//! A scaler looks every few seconds; most looks change nothing. Where the load is calm it is the demand alone that decides, so
//! that one look for each piece of demand tells all of them, and those in which replicas come or go.

use super::calm::{Calm, calm_rate};
use super::condition::{Condition, Pool};
use super::net::Net;
use super::rows::row;
use crate::dist::Cumulants;
use crate::model::{Curve, Demand, Grid, Model, Scaling, Source};
use crate::sim::scaling::{Provision, Scaler, Seen};

/// Replicas of a service come or go.
#[derive(Debug, Clone, Copy)]
pub struct Change {
    /// When, seconds after the start.
    pub at: f64,
    /// Which of the services that are scaled.
    pub place: u32,
    /// Replicas that its scaler wants from then on.
    pub wanted: u32,
    /// Replicas that serve from then on.
    pub ready: u32,
}

/// What scalers do while nothing is broken.
#[derive(Debug, Clone, Default)]
pub struct Course {
    /// Services that are scaled.
    pub scaled: Vec<u32>,
    /// Pieces of demand, cut where replicas come or go; none where nothing is scaled.
    pub pieces: Grid,
    /// By piece and scaled service: replicas that serve.
    ready: Vec<u32>,
    /// Everything that changes, in order of time.
    pub changes: Vec<Change>,
    /// By scaled service: (from when on, how many its scaler calls for).
    calls: Vec<Vec<(f64, u32)>>,
    /// By scaled service and piece of demand: replicas that its usual requests keep at work; empty where nothing is foreseen.
    usual: Vec<Vec<f64>>,
    /// By scaled service and number of replicas: the greatest rate at which it is calm; NaN where that was not asked yet.
    calm_rates: Vec<Vec<f64>>,
}

impl Course {
    /// Of the scaled services of a model, before anything is known.
    pub fn new(model: &Model) -> Self {
        let scaled: Vec<u32> =
            (0..model.services.len()).filter(|&s| model.services[s].scaling.is_some()).map(|s| s as u32).collect();
        let n = scaled.len();
        Self {
            scaled,
            calls: vec![Vec::new(); n],
            usual: vec![Vec::new(); n],
            calm_rates: vec![Vec::new(); n],
            ..Self::default()
        }
    }

    /// The place of a service among those that are scaled.
    pub fn place(&self, s: usize) -> Option<usize> {
        self.scaled.binary_search(&(s as u32)).ok()
    }

    /// Foresees what the usual pattern of demand brings.
    pub fn foresee(&mut self, model: &Model, draws: &[f64], calm: &Calm, curves: &[Curve]) {
        let n = curves.len();
        for (place, &s) in self.scaled.iter().enumerate() {
            let s = s as usize;
            if model.services[s].scaling.as_ref().is_none_or(|scaling| scaling.ahead <= 0.0) {
                continue;
            }
            let busy = calm.each[s][row::BUSY];
            let sources = || model.demand.sources.iter().zip(curves).zip(&calm.reach[s * n..(s + 1) * n]);
            let at = |piece: usize| {
                let middle = f64::midpoint(model.demand.grid.edges[piece], model.demand.grid.edges[piece + 1]);
                let rate = |((source, curve), reach): ((&Source, &Curve), &f64)| {
                    reach * source.rate.get(draws) * source.times.get(draws) * source.shape[piece] * curve.growth().factor(middle)
                };
                busy * sources().map(rate).sum::<f64>()
            };
            self.usual[place] = (0..model.demand.grid.edges.len() - 1).map(at).collect();
        }
    }

    /// The most replicas that usual demand keeps at work from `at` on for as long as is foreseen.
    pub fn foreseen(&self, demand: &Demand, place: usize, at: f64, ahead: f64) -> f64 {
        let usual = &self.usual[place];
        if usual.is_empty() {
            return 0.0;
        }
        let (first, last) = (demand.grid.piece(at.max(0.0)), demand.grid.piece((at + ahead).max(0.0)));
        usual[first..=last].iter().fold(0.0, |most, busy| busy.max(most))
    }

    /// The greatest rate at which so many replicas of a scaled service are calm.
    pub fn calm_rate(&mut self, net: &Net, held: &[Cumulants], place: usize, replicas: u32) -> f64 {
        let s = self.scaled[place] as usize;
        let known = &mut self.calm_rates[place];
        if known.len() <= replicas as usize {
            known.resize(replicas as usize + 1, f64::NAN);
        }
        let rate = &mut known[replicas as usize];
        if rate.is_nan() {
            *rate = calm_rate(&net.nodes[s], held[s], &Pool { replicas: f64::from(replicas), ..Pool::WHOLE });
        }
        *rate
    }

    /// Ends a piece at a time; so many served in it.
    fn close(&mut self, edges: &mut Vec<f64>, until: f64, walk: &[Walker]) {
        edges.push(until);
        self.ready.extend(walk.iter().map(|walker| walker.serving));
    }

    /// Replicas of a scaled service that serve in a piece.
    pub fn ready(&self, piece: usize, place: usize) -> u32 {
        self.ready[piece * self.scaled.len() + place]
    }

    /// What a scaler wants at the start, and how many serve then.
    pub fn first(&self, place: usize) -> u32 {
        self.ready.get(place).copied().unwrap_or(0)
    }

    /// What a scaler called for in the time before `at`, as its memory.
    pub fn recall(&self, place: usize, at: f64, scaling: &Scaling, scaler: &mut Scaler) {
        let calls = &self.calls[place];
        let longest = scaling.up.window.max(scaling.down.window);
        let until = calls.partition_point(|call| call.0 <= at);
        let from = calls[..until].partition_point(|call| call.0 <= at - longest).saturating_sub(1);
        for i in from..until {
            let ends = calls.get(i + 1).map_or(at, |next| (next.0 - scaling.every).min(at));
            scaler.recall(ends, calls[i].1);
        }
    }
}

/// One scaled service on its way through the horizon.
#[derive(Debug, Clone, Default)]
struct Walker {
    scaler: Scaler,
    fleet: Provision,
    /// Replicas that serve in the present piece.
    serving: u32,
    /// Its next look.
    look: f64,
    /// When it, or the demand, last changed.
    changed: f64,
}

/// All scaled services on their way through the horizon.
#[derive(Debug, Clone, Default)]
pub struct Walk {
    walkers: Vec<Walker>,
    edges: Vec<f64>,
}

impl Walk {
    /// At the start; `busy` says how many replicas the first demand keeps at work.
    pub fn new(model: &Model, course: &Course, busy: impl Fn(usize) -> f64) -> Self {
        let begin = |&s: &u32| {
            let mut walker = Walker::default();
            if let Some(scaling) = &model.services[s as usize].scaling {
                let called = scaling.needed(busy(s as usize)).max(scaling.min).max(scaling.floor(0.0));
                let first = scaling.initial.unwrap_or(called);
                walker.scaler.reset(first);
                walker.fleet.reset(first);
                walker.serving = first;
                walker.look = 0.0;
            }
            walker
        };
        Self { walkers: course.scaled.iter().map(begin).collect(), edges: vec![0.0] }
    }

    /// Replicas of each scaled service that serve now.
    pub fn serving(&self) -> impl Iterator<Item = u32> {
        self.walkers.iter().map(|walker| walker.serving)
    }

    /// New demand from `at` on: every scaler sees it at its next look.
    pub fn demand_changed(&mut self, model: &Model, course: &Course, at: f64) {
        for (walker, &s) in self.walkers.iter_mut().zip(&course.scaled) {
            let Some(scaling) = &model.services[s as usize].scaling else { continue };
            walker.look = walker.look.min(scaling.look_after(at)).max(at);
            walker.changed = at;
        }
    }

    /// When something may change next.
    pub fn next(&self) -> f64 {
        self.walkers.iter().map(|walker| walker.look.min(walker.fleet.next_start())).fold(f64::INFINITY, f64::min)
    }

    /// Up to `at`: looks that are due see `busy` replicas at work. Whether other replicas serve from then on.
    pub fn go_to(&mut self, model: &Model, course: &mut Course, at: f64, settled: bool, busy: impl Fn(usize) -> f64) -> bool {
        let mut changed = false;
        for (place, walker) in self.walkers.iter_mut().enumerate() {
            let s = course.scaled[place] as usize;
            let Some(scaling) = &model.services[s].scaling else { continue };
            if walker.fleet.next_start() <= at {
                walker.fleet.start_due(at);
                walker.look = walker.look.min(scaling.look_after(at));
                walker.changed = at;
            }
            let before = walker.scaler.wanted;
            if walker.look <= at {
                let ready = f64::from(walker.serving);
                let foreseen = course.foreseen(&model.demand, place, at, scaling.ahead);
                let seen = Seen { busy: busy(s).min(ready), ready, floor: scaling.floor(at), foreseen };
                walker.scaler.look(scaling, at, &seen);
                let called = walker.scaler.last_call().unwrap_or(before);
                if course.calls[place].last().is_none_or(|call| call.1 != called) {
                    course.calls[place].push((at, called));
                }
                if walker.scaler.wanted != before {
                    walker.changed = at;
                    walker.fleet.resize(walker.scaler.wanted, at + scaling.startup);
                    walker.fleet.start_due(at);
                }
                walker.look = next_look(model, scaling, &walker.scaler, at);
                if !settled {
                    walker.look = walker.look.min(look_on(scaling, at, walker.changed));
                }
            }
            if walker.fleet.ready != walker.serving || walker.scaler.wanted != before {
                changed |= walker.fleet.ready != walker.serving;
                let (wanted, ready) = (walker.scaler.wanted, walker.fleet.ready);
                course.changes.push(Change { at, place: place as u32, wanted, ready });
            }
        }
        changed
    }

    /// While all is calm: up to where other replicas serve, and to `end` at most.
    pub fn calm_until(&mut self, model: &Model, course: &mut Course, end: f64, busy: impl Fn(usize) -> f64) -> f64 {
        loop {
            let at = self.next().min(end);
            if self.go_to(model, course, at, true, &busy) || at >= end {
                return at;
            }
        }
    }

    /// The piece up to `at` ends here: what served in it is noted, and what serves from now on counts.
    pub fn close(&mut self, course: &mut Course, at: f64) {
        course.close(&mut self.edges, at, &self.walkers);
        self.walkers.iter_mut().for_each(|walker| walker.serving = walker.fleet.ready);
    }

    /// What serves from now on, as the conditions of the services.
    pub fn set_conditions(&self, course: &Course, conditions: &mut [Condition]) {
        for (walker, &s) in self.walkers.iter().zip(&course.scaled) {
            conditions[s as usize] = Condition::plain(f64::from(walker.serving));
        }
    }

    /// The horizon is reached.
    pub fn finish(self, course: &mut Course) {
        if !self.walkers.is_empty() {
            course.pieces = Grid::new(self.edges);
        }
    }
}

impl super::Flow {
    /// What the healthy system's scalers do.
    pub fn course(&self) -> &Course {
        &self.healthy.course
    }

    /// Requests meet what they meet in the healthy system.
    pub fn is_usual(&self) -> bool {
        self.unusual.is_empty() && !self.astray
    }

    /// The state of load is followed.
    pub fn is_followed(&self) -> bool {
        self.astray
    }

    /// Replicas of a service that serve in the healthy system now.
    pub fn usual(&self, s: usize) -> f64 {
        self.usual[s]
    }

    /// So many replicas of a scaled service serve in the healthy system from now on.
    pub fn set_usual(&mut self, model: &Model, s: usize, replicas: u32) {
        self.usual[s] = f64::from(replicas);
        self.review(model, s);
    }
}

/// The next look while load has not settled, where something last changed at a time: the sooner the shorter ago that is.
pub fn look_on(scaling: &Scaling, at: f64, changed: f64) -> f64 {
    const PATIENCE: f64 = 0.25;
    scaling.look_after(at + PATIENCE * (at - changed))
}

/// The next look at which a scaler may call for something else while the demand stays: by its memory, by the hour, or by what comes
/// in sight.
pub fn next_look(model: &Model, scaling: &Scaling, scaler: &Scaler, at: f64) -> f64 {
    let by_hour = scaling.look_at(scaling.next_floor(at));
    let in_sight = if scaling.ahead > 0.0 && at + scaling.ahead < model.horizon {
        let piece = model.demand.grid.piece((at + scaling.ahead).max(0.0));
        scaling.look_at((model.demand.grid.edges[piece + 1] - scaling.ahead).max(scaling.look_after(at)))
    } else {
        f64::INFINITY
    };
    scaler.next(scaling, at).min(by_hour).min(in_sight)
}
