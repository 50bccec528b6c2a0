//! What teams and stocks schedule for themselves, beside failures and repairs: each errand has a slot.

use super::parts::TeamState;
use super::rules::{Kinds, Rules};
use super::spares::Stock;
use super::{Observer, World};
use crate::model::Model;

/// Something that a team or a stock waits for.
#[derive(Debug, Clone, Copy)]
pub enum Errand {
    /// The hours of a team begin.
    Opening(u32),
    /// Somebody of a team has looked at an incident.
    Look(u32),
    /// Parts arrive at a stock.
    Delivery(u32),
}

/// The teams and stocks of a model and their errands, whose slots begin at `first`.
pub fn crews(model: &Model, kinds: &Kinds, first: usize) -> (Vec<TeamState>, Vec<Stock>, Vec<Errand>) {
    let mut errands = Vec::new();
    let mut slot = |errand| {
        errands.push(errand);
        first + errands.len() - 1
    };
    let mut clocks = vec![0; model.modes.len()];
    for clock in &model.clocks {
        clocks[clock.mode as usize] += 1;
    }
    let teams = (0..model.teams.len()).map(|t| TeamState::new(Rules::new(model, t, kinds, &clocks, &mut slot))).collect();
    let mut stocks = Vec::new();
    for (mode, &clocks) in model.modes.iter().zip(&clocks) {
        if let Some(spares) = &mode.spares {
            stocks.push(Stock::new(&mode.name, spares, clocks, slot(Errand::Delivery(stocks.len() as u32))));
        }
    }
    (teams, stocks, errands)
}

impl<O: Observer> World<'_, O> {
    /// Everybody is free and every stock is full.
    pub(super) fn start_errands(&mut self, seed: u64, replication: u64) {
        for (state, team) in self.teams.iter_mut().zip(&self.model.teams) {
            state.reset(team.people);
            let opening = state.rules.as_mut().and_then(|rules| rules.reset(team.hours.as_deref(), self.from, seed, replication));
            if let Some((slot, time)) = opening {
                self.events.place(slot, time);
            }
        }
        for stock in &mut self.stocks {
            stock.reset(seed, replication);
        }
    }

    /// An errand is due; behind them come the scalers and the releases, and behind all the end of the warm-up.
    #[cold]
    pub(super) fn run_errand(&mut self, errand: usize, now: f64) {
        match self.errands.get(errand) {
            Some(&Errand::Opening(team)) => self.opens(team as usize, now),
            Some(&Errand::Look(team)) => self.looked(team as usize, now),
            Some(&Errand::Delivery(stock)) => self.delivered(stock as usize, now),
            None if errand - self.errands.len() < self.scalings.slots() => self.scaling_due(errand > self.errands.len(), now),
            None => match errand - self.errands.len() - self.scalings.slots() {
                place if place < self.releases.slots() => self.release_due(place, now),
                _ => self.warmed_up(now),
            },
        }
    }
}
