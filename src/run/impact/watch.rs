//! What is seen of one replication from a forced failure on.

use crate::sim::{Observer, Stages};

/// Stretches of time since a failure in which something is counted.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Grid {
    /// Length of one, seconds.
    pub step: f64,
    /// How many there are; none where nothing is counted over time.
    pub cells: usize,
}

/// Keeps the outages that reach beyond a moment, the end of the failures that are followed, and requests lost over time.
#[derive(Debug, Clone, Default)]
pub struct Watch {
    grid: Grid,
    /// The moment, in seconds after the start and on the simulation's clock.
    at: f64,
    now: f64,
    /// (service, began, ended): on the simulation's clock.
    pub outages: Vec<(u32, f64, f64)>,
    /// Failures begin because one is made to.
    pub striking: bool,
    /// Clocks of the failures that are followed, and are in force.
    pub open: Vec<u32>,
    /// When the last of them to end did; the moment itself before one has.
    pub over: f64,
    /// Requests that failed, by service and stretch (`service * cells + stretch`).
    pub lost: Vec<f64>,
}

impl Watch {
    /// Forgets everything; from `at` seconds after the start on, which are `now` on the simulation's clock.
    pub fn reset(&mut self, services: usize, grid: Grid, at: f64, now: f64) {
        (self.grid, self.at, self.now, self.over) = (grid, at, now, now);
        self.outages.clear();
        self.open.clear();
        self.striking = false;
        self.lost.clear();
        self.lost.resize(services * grid.cells, 0.0);
    }

    /// When the failures that are followed were over, on the simulation's clock; infinite where one was not.
    pub fn over(&self) -> f64 {
        if self.open.is_empty() { self.over } else { f64::INFINITY }
    }
}

impl Observer for Watch {
    fn failed(&mut self, clock: u32, _now: f64) {
        if self.striking {
            self.open.push(clock);
        }
    }

    fn repaired(&mut self, clock: u32, _stages: &[Stages], now: f64) {
        if self.open.is_empty() {
            return;
        }
        if let Some(place) = self.open.iter().position(|open| *open == clock) {
            self.open.swap_remove(place);
            self.over = now;
        }
    }

    fn outage(&mut self, service: u32, _cause: u32, began: f64, ended: f64) {
        if ended <= self.now {
            return;
        }
        // An outage that went on is told again, with its real end.
        match self.outages.iter_mut().rev().find(|outage| outage.0 == service) {
            Some(last) if last.1 == began => last.2 = ended,
            _ => self.outages.push((service, began, ended)),
        }
    }

    fn lost(&mut self, service: u32, from: f64, to: f64, requests: f64) {
        if self.grid.cells == 0 || to < self.at || requests <= 0.0 {
            return;
        }
        if to <= from {
            // All at one instant, as what waits in a queue when its replica fails.
            let cell = ((to - self.at) / self.grid.step) as usize;
            if cell < self.grid.cells {
                self.lost[service as usize * self.grid.cells + cell] += requests;
            }
            return;
        }
        let rate = requests / (to - from);
        let (from, to) = ((from - self.at).max(0.0), to - self.at);
        let base = service as usize * self.grid.cells;
        let mut cell = (from / self.grid.step) as usize;
        while cell < self.grid.cells {
            let begin = cell as f64 * self.grid.step;
            if begin >= to {
                break;
            }
            self.lost[base + cell] += rate * (to.min(begin + self.grid.step) - from.max(begin)).max(0.0);
            cell += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_is_spread_over_the_time_in_which_it_was() {
        let mut watch = Watch::default();
        watch.reset(2, Grid { step: 10.0, cells: 3 }, 100.0, 150.0);
        // 5 a second from 90 to 125 seconds after the start: from −10 to 25 after the failure.
        watch.lost(1, 90.0, 125.0, 175.0);
        watch.lost(1, 500.0, 600.0, 10.0);
        watch.lost(0, 50.0, 100.0, 10.0);
        watch.lost(0, 112.0, 112.0, 7.0);
        watch.lost(0, 130.0, 130.0, 7.0);
        assert_eq!(watch.lost, [0.0, 7.0, 0.0, 50.0, 50.0, 25.0]);
    }

    #[test]
    fn failures_are_followed_until_the_last_is_repaired() {
        let mut watch = Watch::default();
        watch.reset(1, Grid::default(), 0.0, 7.0);
        assert_eq!(watch.over(), 7.0);
        watch.striking = true;
        watch.failed(3, 7.0);
        watch.failed(4, 7.0);
        watch.striking = false;
        watch.failed(5, 8.0);
        watch.repaired(4, &[], 9.0);
        watch.repaired(5, &[], 10.0);
        assert_eq!(watch.over(), f64::INFINITY);
        watch.repaired(3, &[], 11.0);
        watch.repaired(3, &[], 50.0);
        assert_eq!(watch.over(), 11.0);
    }
}
