//! The books of the requests: what each interval between two events adds to them.

use super::calm::Calm;
use super::healthy::{add_waits, slow};
use super::rows::{add, failed, row};
use super::{Flow, Standing};
use crate::model::{Counts, Model, Objective};
use crate::sim::structure::Without;
use crate::sim::windows::Segment;
use crate::sim::{Drawn, Observer, World};

impl Flow {
    /// Whether demand may be too much for some service to be calm in an interval, of those that are not as they should be or meet
    /// something else than in the healthy system; never misses that it is. Of all others the healthy system knows.
    fn may_matter(&self, model: &Model, drawn: &Drawn, from: f64, to: f64) -> bool {
        let crowded = |s: usize| self.tight[s] && self.peak(model, drawn, s, from, to) > self.calm_rates[s];
        let differ = self.entry.filter(|_| self.broken_count > 0).map(|entry| &self.kept.get(entry).services);
        self.tight_count > 0 && self.unusual.iter().chain(differ.into_iter().flatten()).any(|&s| crowded(s as usize))
    }

    /// Where queues have settled, no replica is behind others of its kind.
    fn catch_up(&mut self, model: &Model) {
        if !self.follower.settled() {
            return;
        }
        for place in 0..self.follower.part.services.len() {
            let s = self.follower.part.services[place] as usize;
            if self.conditions[s].catch_up(&mut self.follower.state.queues[s]) {
                self.review(model, s);
            }
        }
    }

    /// Replicas of a service at work: on average over the `every` seconds before `at` where load is calm, else at the end of what was
    /// followed.
    pub fn busy(&self, model: &Model, drawn: &Drawn, s: usize, at: f64, every: f64) -> f64 {
        if self.follows(s) {
            return self.follower.state.services[s].busy;
        }
        let (calm, place) = self.calm_of(s);
        let n = drawn.curves.len();
        let rate =
            |curve: &crate::model::Curve| (curve.total(&model.demand, at) - curve.total(&model.demand, at - every)) / every;
        let comes = |(reach, curve): (&f64, &crate::model::Curve)| if *reach > 0.0 { reach * rate(curve) } else { 0.0 };
        let reach = &calm.reach[place * n..(place + 1) * n];
        reach.iter().zip(&drawn.curves).map(comes).sum::<f64>() * calm.each[place][row::BUSY]
    }

    /// What a service does as all stands while that is calm: in which condition, at which place.
    fn calm_of(&self, s: usize) -> (&Calm, usize) {
        let entry = self.entry.filter(|_| self.broken_count > 0).map(|entry| self.kept.get(entry));
        let differs = entry.and_then(|calm| Some((calm, calm.place(s)?)));
        differs.unwrap_or((&self.healthy.calm, s))
    }

    fn peak(&self, model: &Model, drawn: &Drawn, s: usize, from: f64, to: f64) -> f64 {
        let n = drawn.curves.len();
        let (calm, place) = self.calm_of(s);
        let demand = |(reach, curve): (&f64, &crate::model::Curve)| {
            if *reach > 0.0 { reach * curve.peak(&model.demand, from, to) } else { 0.0 }
        };
        calm.reach[place * n..(place + 1) * n].iter().zip(&drawn.curves).map(demand).sum()
    }
}

impl<O: Observer> World<'_, O> {
    #[inline]
    pub(in crate::sim) fn advance(&mut self, now: f64) {
        let from = self.flow.last;
        if now <= from {
            return;
        }
        self.flow.last = now;
        let flow = &self.flow;
        if flow.broken_count == 0
            && !flow.astray
            && (flow.unusual.is_empty() || flow.tight_count == 0 || !flow.may_matter(self.model, &self.drawn, from, now))
        {
            return;
        }
        self.account(from, now);
    }

    /// Follows the requests through an interval in which the state of the services does not change.
    #[cold]
    fn account(&mut self, from: f64, to: f64) {
        let model = self.model;
        self.note_spared();
        let mut at = from;
        while at < to {
            self.find_entry();
            let pieces = self.flow.healthy.pieces(model);
            let piece = if at < 0.0 { 0 } else { pieces.piece(at) };
            let edge = if at < 0.0 { 0.0 } else { pieces.edges[piece + 1] };
            let until = if edge > at { edge.min(to) } else { to };
            if self.flow.astray || self.flow.may_matter(model, &self.drawn, at, at) {
                self.enter(piece, at);
                self.ask_between(at, until);
                self.flow.hear_others(piece);
                self.followed_piece(piece, at, until);
            } else if let Some(entry) = self.flow.entry.filter(|_| self.flow.broken_count > 0) {
                self.ask_between(at, until);
                self.calm_piece(entry, at, until);
            }
            at = until;
        }
    }

    /// What is broken now is solved, unless it was.
    fn find_entry(&mut self) {
        if self.flow.entry.is_none() && self.flow.broken_count > 0 {
            let Flow { kept, net, conditions, unusual, standings, healthy, usual_rates, .. } = &mut self.flow;
            let broken = unusual.iter().copied().filter(|&s| standings[s as usize] == Standing::Broken);
            self.flow.entry = Some(kept.find(net, conditions, &broken, &healthy.calm, usual_rates));
        }
    }

    /// Requests of each source between two times of one piece, and their rates.
    pub(super) fn ask_between(&mut self, from: f64, to: f64) {
        let demand = &self.model.demand;
        for ((asked, rate), curve) in self.flow.asked.iter_mut().zip(&mut self.flow.rates).zip(&self.drawn.curves) {
            *asked = curve.total(demand, to) - curve.total(demand, from);
            *rate = *asked / (to - from);
        }
    }

    /// A piece in which no queue matters: every source loses its share.
    fn calm_piece(&mut self, entry: usize, from: f64, to: f64) {
        let flow = &mut self.flow;
        let (calm, healthy) = (flow.kept.get(entry), &flow.healthy.calm);
        for (place, &s) in calm.services.iter().enumerate() {
            let s = s as usize;
            let (came, usual) = (calm.requests(place, &flow.asked), healthy.requests(s, &flow.asked));
            let each = &calm.each[place];
            add(&mut flow.tallies[s], each, came);
            add(&mut flow.tallies[s], &healthy.each[s], -usual);
            let good = came * each[row::GOOD];
            flow.replaced[s][0] += usual * healthy.each[s][row::GOOD];
            if calm.good[place] == healthy.good[s] {
                flow.replaced[s][0] -= good;
            } else {
                calm.good[place].add_to(&mut flow.apart[s][0], good);
            }
            flow.replaced[s][1] += usual * healthy.each[s][row::BEGUN] - came * each[row::BEGUN];
            let lost = came * failed(each) - usual * failed(&healthy.each[s]);
            self.observer.lost(s as u32, from, to, lost);
        }
        for (o, objective) in self.model.objectives.iter().enumerate().filter(|(_, it)| it.counts != Counts::Time) {
            let s = objective.service as usize;
            let Some(place) = calm.place(s) else { continue };
            let (each, came) = (&calm.each[place], calm.requests(place, &flow.asked));
            let bad = came * (failed(each) + slow(each, &calm.good[place], objective.latency));
            let spared = (came * each[row::RESOLVED] * flow.shares.spared[o]).min(bad);
            let asked = healthy.requests(s, &flow.asked);
            let out = asked * healthy.each[s][row::RESOLVED] - came * each[row::RESOLVED];
            let segment = Segment { from, to, bad: bad - spared - flow.healthy.bad[o] * asked, out: out + spared };
            self.outcome.objectives[o].log.push(segment);
        }
    }

    /// A piece in which the state of load is followed.
    pub(super) fn followed_piece(&mut self, piece: usize, from: f64, to: f64) {
        let model = self.model;
        let edges = &self.flow.healthy.pieces(model).edges;
        let (whole, end) = (edges[piece + 1] - edges[piece], edges[piece + 1]);
        let share = (to - from) / whole;
        let Flow { follower, net, conditions, rates, tallies, apart, coarse, shares, healthy, .. } = &mut self.flow;
        let (objectives, observer) = (&mut self.outcome.objectives, &mut self.observer);
        follower.follow((net, conditions), rates, to - from, *coarse, |state, part, at, length| {
            let (begin, end) = (from + at, from + at + length);
            state.rows(net, part, |s, counted, service, good| {
                let usual = healthy.calm.requests(s, rates);
                let of_it = |objective: &&Objective| objective.service as usize == s && objective.counts != Counts::Time;
                for (o, objective) in model.objectives.iter().enumerate().filter(|(_, objective)| of_it(objective)) {
                    let bad = (failed(&counted) + slow(&counted, good, objective.latency)) * length;
                    let spared = (counted[row::RESOLVED] * length * shares.spared[o]).min(bad);
                    let out = (usual - counted[row::RESOLVED]) * length;
                    let bad = bad - spared - healthy.bad[o] * usual * length;
                    objectives[o].log.push(Segment { from: begin, to: end, bad, out: out + spared });
                }
                if counted[row::ARRIVED] <= 0.0 && counted[row::RESOLVED] <= 0.0 {
                    return;
                }
                add(&mut tallies[s], &counted, length);
                good.add_to(&mut apart[s][0], counted[row::GOOD] * length);
                add_waits(&mut apart[s][1], counted[row::BEGUN] * length, service);
                let lost = failed(&counted) - usual * failed(&healthy.calm.each[s]);
                observer.lost(s as u32, begin, end, lost * length);
            });
        });
        self.replace(piece, from, to, share);
        self.flow.catch_up(model);
        self.find_entry();
        let next = if to >= end { piece + 1 } else { piece };
        // A queue that has settled is forgotten where it is that of the healthy system, or does not matter.
        let flow = &self.flow;
        let usual = flow.unusual.is_empty() || !flow.may_matter(model, &self.drawn, from, from);
        self.flow.astray = !(usual && flow.follower.settled()) || flow.healthy.is_unsettled(next);
    }

    /// Takes out of the books what the healthy system did in a part of a piece that was followed apart.
    fn replace(&mut self, piece: usize, from: f64, to: f64, share: f64) {
        let Flow { healthy, tallies, replaced, asked, follower, .. } = &mut self.flow;
        for s in follower.part.services.iter().map(|&s| s as usize) {
            let usual = healthy.calm.requests(s, asked);
            let each = &healthy.calm.each[s];
            add(&mut tallies[s], each, -usual);
            let mut gone = [usual * each[row::GOOD], usual * each[row::BEGUN]];
            if let Some(beyond) = healthy.beyond(piece, s) {
                add(&mut tallies[s], beyond, -share);
                gone[0] += share * beyond[row::GOOD];
                gone[1] += share * beyond[row::BEGUN];
            }
            replaced[s].iter_mut().zip(gone).for_each(|(sum, gone)| *sum += gone);
        }
        let followed = |o: usize| follower.part.has(self.model.objectives[o].service as usize);
        for (o, losses) in healthy.losses.iter().enumerate().filter(|(o, losses)| !losses.is_empty() && followed(*o)) {
            let [before, after] = [losses[piece], losses[piece + 1]];
            let segment = Segment { from, to, bad: share * (before[0] - after[0]), out: share * (before[1] - after[1]) };
            self.outcome.objectives[o].log.push(segment);
        }
    }

    /// For objectives that leave failures out: the share of requests that fail by those alone.
    pub(in crate::sim) fn note_spared(&mut self) {
        let model = self.model;
        for (o, objective) in model.objectives.iter().enumerate() {
            self.flow.shares.spared[o] = 0.0;
            if objective.counts == Counts::Time || !self.any_in_force(&objective.excludes) {
                continue;
            }
            let now = self.flow.shares.structural(model, objective.service as usize, |s| self.services[s].own_ok);
            for &u in &model.order {
                self.flow.shares.imagined[u as usize] = self.own_ok_without(u as usize, Without::Modes(&objective.excludes));
            }
            let imagined = std::mem::take(&mut self.flow.shares.imagined);
            let spared = self.flow.shares.structural(model, objective.service as usize, |s| imagined[s]);
            self.flow.shares.imagined = imagined;
            self.flow.shares.spared[o] = (spared - now).max(0.0);
        }
    }

    /// By objective: the share that [`World::note_spared`] found.
    pub(in crate::sim) fn spared(&self) -> &[f64] {
        &self.flow.shares.spared
    }
}
