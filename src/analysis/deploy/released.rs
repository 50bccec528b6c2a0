//! What a scenario says of the releases of one service, with uncertain numbers at their medians.

use super::bake::Errors;
use crate::model::{ALARMS, Counts, Curve, Effect, Model, Release, Team};
use crate::sim::{Drawn, healthy_errors};

/// The releases of one service.
#[derive(Debug)]
pub struct Released<'m> {
    /// The scenario.
    pub model: &'m Model,
    /// Its place among the services that are released.
    pub place: usize,
    /// Index of the service.
    pub service: usize,
    /// The fraction of its requests that fail while all is well.
    pub usual: f64,
    /// Requests a second, the mean over the horizon.
    pub rate: f64,
    /// The most requests a second.
    pub peak: f64,
    drawn: Drawn,
}

impl<'m> Released<'m> {
    /// Of a service by its index; none where it has no releases.
    #[must_use]
    pub fn of(model: &'m Model, service: usize, seed: u64) -> Option<Self> {
        let place = model.releases.iter().position(|release| release.service as usize == service)?;
        let usual = healthy_errors(model, seed)[service];
        let drawn = Drawn::new(model);
        let mut released = Self { model, place, service, usual, rate: 0.0, peak: 0.0, drawn };
        released.rate = released.requests(0.0, model.horizon) / model.horizon;
        released.peak = released.each(service, Curve::highest);
        Some(released)
    }

    fn each(&self, service: usize, of: impl Fn(&Curve) -> f64) -> f64 {
        let visits = &self.model.services[service].visits;
        self.drawn.curves.iter().zip(visits).filter(|(_, visits)| **visits > 0.0).map(|(curve, visits)| visits * of(curve)).sum()
    }

    /// Requests that come between two times, seconds after the start.
    #[must_use]
    pub fn requests(&self, from: f64, to: f64) -> f64 {
        self.arrivals(self.service, from, to)
    }

    /// The same of another service of the scenario.
    #[must_use]
    pub fn arrivals(&self, service: usize, from: f64, to: f64) -> f64 {
        let demand = &self.model.demand;
        self.each(service, |curve| curve.total(demand, to) - curve.total(demand, from))
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'m str {
        &self.model.services[self.service].name
    }

    /// What is compiled of them.
    #[must_use]
    pub fn release(&self) -> &'m Release {
        &self.model.releases[self.place]
    }

    /// The numbers drawn, for what else needs them.
    #[must_use]
    pub fn drawn(&self) -> &Drawn {
        &self.drawn
    }

    /// The fraction of requests that a bad version fails in addition; none where that depends on the load.
    #[must_use]
    pub fn harm(&self) -> Option<f64> {
        match self.release().effect {
            Effect::Down => Some(1.0),
            Effect::Degraded(worse) => {
                let now = |value: crate::model::Value| value.get(&self.drawn.draws);
                (now(worse.capacity) == 1.0 && now(worse.slower) == 1.0).then(|| now(worse.errors))
            }
        }
    }

    /// What its tests have to tell apart; none where that depends on the load.
    #[must_use]
    pub fn errors(&self) -> Option<Errors> {
        let harm = self.harm()?;
        Some(Errors { bad: 1.0 - (1.0 - self.usual) * (1.0 - harm), usual: self.usual })
    }

    /// The fraction of releases that is bad.
    #[must_use]
    pub fn bad(&self) -> f64 {
        self.release().bad.get(&self.drawn.draws)
    }

    /// The probability that one try to go back works.
    #[must_use]
    pub fn works(&self) -> f64 {
        self.release().rollback_works.get(&self.drawn.draws)
    }

    /// How long going back takes on average until it has worked, seconds: tries are independent, so 1 / works of them.
    #[must_use]
    pub fn back(&self) -> f64 {
        self.release().rollback.law.mean() / self.works()
    }

    /// How long a bad release that all replicas run goes unnoticed on average, seconds, and who notices it.
    #[must_use]
    pub fn unnoticed(&self) -> (f64, &'static str) {
        let release = self.release();
        let customers = release.customers.law.mean();
        let (found, who) = match (&release.detection, self.alarm()) {
            (Some(detection), _) => (detection.law.mean(), "monitoring"),
            (None, Some(alarm)) => (alarm, "the alarm of the error budget"),
            (None, None) => (f64::INFINITY, ""),
        };
        if found <= customers { (found, who) } else { (customers, "customers") }
    }

    /// How long after a bad release on all replicas the error budget raises its alarm; none where it never does.
    #[must_use]
    pub fn alarm(&self) -> Option<f64> {
        let (budget, harm) = (self.release().budget?, self.harm()?);
        let alarms = ALARMS.iter().filter(|(times, _)| harm > times * budget);
        alarms.map(|(times, window)| times * budget / harm * window).reduce(f64::min)
    }

    /// The share of requests that may fail by the strictest objective that counts them.
    #[must_use]
    pub fn budget(&self) -> Option<f64> {
        let objectives = self.model.objectives.iter().filter(|o| o.service as usize == self.service && o.counts != Counts::Time);
        objectives.map(|objective| 1.0 - objective.target).filter(|budget| *budget > 0.0).reduce(f64::min)
    }

    /// The team that releases, or the first there is.
    #[must_use]
    pub fn team(&self) -> Option<&'m Team> {
        self.model.teams.get(self.release().calls.1 as usize).or(self.model.teams.first())
    }

    /// When somebody of the team is first at work, seconds after the start; the start itself where there is no team.
    #[must_use]
    pub fn first_at_work(&self) -> f64 {
        let hours = self.team().and_then(|team| team.hours.as_ref());
        hours.and_then(|hours| hours.iter().find(|(_, closes)| *closes > 0.0)).map_or(0.0, |(opens, _)| opens.max(0.0))
    }

    /// Services whose promises its releases can touch: itself, all that need it, and all that call it, directly or not.
    #[must_use]
    pub fn touches(&self) -> Vec<usize> {
        let services = &self.model.services;
        let mut all = vec![self.service];
        let mut at = 0;
        while at < all.len() {
            let to = all[at];
            let reach = services[to].reach.iter().map(|&s| s as usize);
            let callers = (0..services.len()).filter(|&s| services[s].calls.iter().any(|call| call.to as usize == to));
            for s in reach.chain(callers).collect::<Vec<_>>() {
                if !all.contains(&s) {
                    all.push(s);
                }
            }
            at += 1;
        }
        all
    }
}

/// Whether a team is at work for all of a stretch of time.
#[must_use]
pub fn at_work(team: &Team, from: f64, to: f64) -> bool {
    team.hours.as_ref().is_none_or(|hours| hours.iter().any(|(opens, closes)| *opens <= from && to <= *closes))
}
