//! Spare parts: what lies on the shelf, what is on order, and which repairs wait for it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::line::{Line, Links};
use super::parts::Phase;
use super::rules::Draws;
use super::{Observer, World};
use crate::dist::Sampler;
use crate::kernel::NEVER;
use crate::model::{NONE, Spares};

/// Indices of what is counted of a stock.
pub mod part {
    /// Seconds that repairs waited for a part, of those that got one.
    pub const WAITED: usize = 0;
    /// Repairs that got a part.
    pub const GIVEN: usize = 1;
    /// Repairs that found a part on the shelf.
    pub const FOUND: usize = 2;
    /// Repairs that asked for a part.
    pub const ASKED: usize = 3;
    /// How many counts there are.
    pub const N: usize = 4;
}

/// The parts for the repairs of one mode.
#[derive(Debug, Clone)]
pub struct Stock {
    /// The slot of the next delivery.
    pub slot: usize,
    level: u32,
    reorder_at: i64,
    shelf: u32,
    /// Parts ordered and not delivered.
    ordered: u32,
    line: Line,
    waiting: u32,
    /// When each order arrives (bits of a time that is not negative, which sort as the times do), and its parts.
    deliveries: BinaryHeap<Reverse<(u64, u32)>>,
    /// For the lead times.
    pub draws: Draws,
    /// What is counted: see [`part`].
    pub tally: [f64; part::N],
}

impl Stock {
    /// The stock of a mode by its name, for so many clocks.
    pub fn new(name: &str, spares: &Spares, clocks: usize, slot: usize) -> Self {
        // Every order has a part in it, and there are never more on order than the level and the repairs that wait.
        Self {
            slot,
            level: spares.stock,
            reorder_at: spares.reorder_at,
            shelf: 0,
            ordered: 0,
            line: Line::EMPTY,
            waiting: 0,
            deliveries: BinaryHeap::with_capacity(spares.stock as usize + clocks + 1),
            draws: Draws::new(&format!("failures/{name}"), "lead time"),
            tally: [0.0; part::N],
        }
    }

    /// Full, with nothing on order.
    pub fn reset(&mut self, seed: u64, replication: u64) {
        self.shelf = self.level;
        self.ordered = 0;
        self.line = Line::EMPTY;
        self.waiting = 0;
        self.deliveries.clear();
        self.draws.reset(seed, replication);
    }

    /// A repair asks for a part: whether it found one. Orders where the level says so.
    fn ask(&mut self, links: &mut Links, c: u32, lead_time: &Sampler, now: f64) -> bool {
        let found = self.shelf > 0;
        if found {
            self.shelf -= 1;
            self.tally[part::FOUND] += 1.0;
            self.tally[part::GIVEN] += 1.0;
        } else {
            links.push_last(&mut self.line, c);
            self.waiting += 1;
        }
        self.tally[part::ASKED] += 1.0;
        let position = i64::from(self.shelf) + i64::from(self.ordered) - i64::from(self.waiting);
        if position <= self.reorder_at {
            let parts = (i64::from(self.level) - position) as u32;
            let arrives = now + lead_time.draw(self.draws.word());
            self.ordered += parts;
            self.deliveries.push(Reverse((arrives.to_bits(), parts)));
        }
        found
    }

    /// When the next order arrives.
    fn next(&self) -> f64 {
        self.deliveries.peek().map_or(NEVER, |Reverse((time, _))| f64::from_bits(*time))
    }
}

impl<O: Observer> World<'_, O> {
    /// A failure that is known asks for a part.
    #[cold]
    pub(super) fn ask_for_part(&mut self, c: usize, now: f64) {
        let s = self.drawn.modes[self.components[c].mode as usize].stock as usize;
        let stock = &mut self.stocks[s];
        let found = stock.ask(&mut self.links, c as u32, &self.drawn.lead_times[s], now);
        self.events.set(stock.slot, stock.next());
        if found {
            self.has_part(c, now);
        } else {
            self.components[c].phase = Phase::Waiting;
            self.events.set(c, NEVER);
        }
    }

    /// Parts arrive: those who wait get them first come first served, the rest goes on the shelf.
    #[cold]
    pub(super) fn delivered(&mut self, s: usize, now: f64) {
        let stock = &mut self.stocks[s];
        let Some(Reverse((_, mut parts))) = stock.deliveries.pop() else { return };
        self.events.set(stock.slot, stock.next());
        stock.ordered -= parts;
        while parts > 0 {
            let stock = &mut self.stocks[s];
            let Some(c) = self.links.pop_first(&mut stock.line) else { break };
            parts -= 1;
            stock.waiting -= 1;
            stock.tally[part::WAITED] += now - self.stages[c as usize].detected;
            stock.tally[part::GIVEN] += 1.0;
            self.has_part(c as usize, now);
        }
        self.stocks[s].shelf += parts;
    }

    /// A failure lacks no part any more: a person, or automation, begins.
    fn has_part(&mut self, c: usize, now: f64) {
        let component = &mut self.components[c];
        if self.drawn.modes[component.mode as usize].runbook != NONE {
            self.begin_runbook(c, now);
            return;
        }
        if self.drawn.modes[component.mode as usize].team != NONE {
            self.ask_team(c, now);
            return;
        }
        component.phase = Phase::Repairing;
        self.stages[c].acknowledged = now;
        self.events.set(c, now + component.left);
    }
}
