//! One independent run of the scheme: a history of the whole horizon, and those that branch off on its way to an outage.
//!
//! RESTART (Villén-Altamirano & Villén-Altamirano, "RESTART: a method for accelerating rare event simulations", ITC 13,
//! 1991, and WSC 1994): a history that comes as near as a threshold goes on as several, all but one of which end when
//! they leave it again. What happens beyond a threshold is seen that many times as often and counts that much less, so the
//! weighted sums have the mean of crude Monte Carlo, whatever thresholds and numbers are chosen. One that passes several
//! thresholds at once splits at each of them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::model::Model;
use crate::sim::{Branch, Distance};

/// A threshold, and how many histories go on from each that passes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// It is passed where the outage is this near, or nearer; as [`Distance::of`] measures.
    pub distance: u32,
    /// Histories that go on, the one that came included.
    pub copies: u32,
}

/// What one independent run gave, or several together. What is weighted has the mean of one crude replication.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Weighted: histories with an outage.
    pub first: f64,
    /// Weighted: outages that began.
    pub outages: f64,
    /// Weighted: seconds down.
    pub down: f64,
    /// Weighted: the square of the seconds that a history is down.
    pub down_squared: f64,
    /// Weighted, by step: how often it was passed.
    pub passed: Vec<f64>,
    /// Weighted: onsets of outages, also those in force when measuring began, by the steps that the history was beyond
    /// just before; it jumped over the others.
    pub onsets: Vec<f64>,
    /// Events between the steps, weighted: before the first, after it, …
    pub spent: Vec<f64>,
    /// Events, as they were.
    pub events: u64,
    /// Histories that branched off.
    pub branches: u64,
    /// How often histories beyond the last step came from one distance to a nearer one, as (to, from); `u32::MAX`
    /// stands for those that have just passed it. For whoever looks for the next step.
    pub approaches: BTreeMap<(u32, u32), u64>,
}

impl Tally {
    fn new(steps: usize) -> Self {
        let regions = vec![0.0; steps + 1];
        Self { passed: vec![0.0; steps], spent: regions.clone(), onsets: regions, ..Self::default() }
    }

    /// Adds another.
    pub fn add(&mut self, other: &Self) {
        self.first += other.first;
        self.outages += other.outages;
        self.down += other.down;
        self.down_squared += other.down_squared;
        self.events += other.events;
        self.branches += other.branches;
        for (mine, theirs) in
            [(&mut self.onsets, &other.onsets), (&mut self.passed, &other.passed), (&mut self.spent, &other.spent)]
        {
            mine.resize(mine.len().max(theirs.len()), 0.0);
            mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine += theirs);
        }
        for (approach, count) in &other.approaches {
            *self.approaches.entry(*approach).or_default() += count;
        }
    }
}

/// What a history remembers of itself.
#[derive(Debug, Clone, Copy)]
struct Path {
    /// Seconds down so far.
    down: f64,
    had_outage: bool,
    is_down: bool,
    /// Steps that it is beyond.
    level: usize,
    /// Steps that it was beyond before the instant at which it last passed one, and that instant.
    before: (usize, f64),
    /// It ends when it is no longer beyond so many.
    origin: usize,
}

struct Saved<'m> {
    branch: Branch<'m>,
    path: Path,
    /// Histories that are still to begin from it.
    left: u32,
}

/// Makes runs, one after the other.
pub struct Runner<'m> {
    branch: Branch<'m>,
    distance: Distance,
    saved: Vec<Saved<'m>>,
    /// How many of `saved` are in use; the others are room kept for later.
    depth: usize,
    from: f64,
    end: f64,
    /// Keep what [`Tally::approaches`] holds.
    watch: bool,
}

/// Says when a run must end before its time.
#[derive(Clone, Copy)]
pub struct Limits<'a> {
    /// Somebody wants to stop.
    pub stop: &'a AtomicBool,
    /// Events of one run, at most.
    pub events: u64,
}

impl<'m> Runner<'m> {
    /// Watches `service` of a model over its horizon, after `warmup` seconds.
    pub fn new(model: &'m Model, service: usize, warmup: f64, watch: bool) -> Self {
        Self {
            branch: Branch::new(model, warmup),
            distance: Distance::new(model, service),
            saved: Vec::new(),
            depth: 0,
            from: warmup,
            end: warmup + model.horizon,
            watch,
        }
    }

    /// Makes run `replication` of `seed`; `None` where it was ended before its time.
    pub fn run(&mut self, steps: &[Step], seed: u64, replication: u64, draw: u64, limits: Limits) -> Option<Tally> {
        let mut tally = Tally::new(steps.len());
        let mut weights = vec![1.0];
        weights.extend(steps.iter().scan(1.0, |weight, step| {
            *weight /= f64::from(step.copies);
            Some(*weight)
        }));
        self.depth = 0;
        self.branch.start(seed, replication, draw);
        while self.branch.now() < self.from {
            tally.events += self.branch.advance(self.from);
            if limits.reached(&tally) {
                return None;
            }
        }
        tally.spent[0] = tally.events as f64;
        let mut path = Path { down: 0.0, had_outage: false, is_down: false, level: 0, before: (0, self.from), origin: 0 };
        for branch in 1.. {
            self.history(path, steps, &weights, &mut tally, limits)?;
            let Some(saved) = self.depth.checked_sub(1).map(|last| &mut self.saved[last]) else { break };
            self.branch.take_up(&saved.branch);
            self.branch.branch(branch);
            tally.branches += 1;
            path = saved.path;
            saved.left -= 1;
            if saved.left == 0 {
                self.depth -= 1;
            }
        }
        Some(tally)
    }

    /// Follows one history to its end, and saves what branches off it.
    fn history(&mut self, mut path: Path, steps: &[Step], weights: &[f64], tally: &mut Tally, limits: Limits) -> Option<()> {
        let mut near = self.distance.of(self.branch.world());
        let mut before = u32::MAX;
        loop {
            let level = path.level;
            self.climb(near, &mut path, steps, weights, tally);
            let weight = weights[path.level];
            if self.watch && path.level == steps.len() && near < before {
                let from = if path.level > level { u32::MAX } else { before };
                *tally.approaches.entry((near, from)).or_default() += 1;
            }
            let is_down = near == 0;
            let now = self.branch.now();
            if is_down && !path.is_down {
                tally.onsets[if path.before.1 == now { path.before.0 } else { path.level }] += weight;
                tally.outages += if now > self.from { weight } else { 0.0 };
                tally.first += if path.had_outage { 0.0 } else { weight };
                path.had_outage = true;
            }
            path.is_down = is_down;
            let events = self.branch.advance(self.end);
            tally.events += events;
            tally.spent[path.level] += weight * events as f64;
            if is_down {
                let longer = path.down + (self.branch.now() - now);
                tally.down += weight * (longer - path.down);
                tally.down_squared += weight * (longer * longer - path.down * path.down);
                path.down = longer;
            }
            if self.branch.now() >= self.end {
                return Some(());
            }
            if limits.reached(tally) {
                return None;
            }
            before = near;
            near = self.distance.of(self.branch.world());
            while path.level > 0 && near > steps[path.level - 1].distance {
                path.level -= 1;
            }
            if path.level < path.origin {
                return Some(());
            }
        }
    }

    /// Passes the thresholds that the state is beyond, and saves it for the copies that start from each.
    fn climb(&mut self, near: u32, path: &mut Path, steps: &[Step], weights: &[f64], tally: &mut Tally) {
        while let Some(step) = steps.get(path.level)
            && near <= step.distance
        {
            let now = self.branch.now();
            tally.passed[path.level] += weights[path.level];
            if path.before.1 != now {
                path.before = (path.level, now);
            }
            path.level += 1;
            if step.copies > 1 {
                let path = Path { origin: path.level, ..*path };
                if let Some(saved) = self.saved.get_mut(self.depth) {
                    saved.branch.take_up(&self.branch);
                    (saved.path, saved.left) = (path, step.copies - 1);
                } else {
                    self.saved.push(Saved { branch: self.branch.clone(), path, left: step.copies - 1 });
                }
                self.depth += 1;
            }
        }
    }
}

impl Limits<'_> {
    fn reached(&self, tally: &Tally) -> bool {
        tally.events >= self.events || self.stop.load(Ordering::Relaxed)
    }
}
