//! Releases: new versions come, are rolled out in stages, and are taken back where they are found to be bad.
//!
//! A bad version makes worse what a failure would: the replicas that run it are down, each by a clock of its own, or work more
//! slowly, with less capacity or with errors, as those that a failure weakens. At the end of each stage that is watched the rules
//! are asked; meanwhile, and once all replicas run it, the error budget raises an alarm; and at last somebody tells.

mod books;
mod course;
mod notice;
mod running;

use super::{Observer, World};
use crate::dist::Sampler;
use crate::kernel::NEVER;
use crate::model::{Effect, Model, Release, Timing};
use crate::random::Stream;

pub use books::released;
use notice::History;

/// Draws of the n-th release: its number times this, plus the purpose.
const PURPOSES: u64 = 1 << 20;
const EVERY: u64 = 0;
const BAD: u64 = 1;
const DETECTION: u64 = 2;
const CUSTOMERS: u64 = 3;
/// Two for each try to go back, behind those of the stages.
const BACK: u64 = 1 << 19;
/// One for each stage.
const TESTS: u64 = 16;
/// Two releases begin at least so far apart, seconds.
const APART: f64 = 1.0;

/// Where a release stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The next is not due.
    Idle,
    /// It waits for a person.
    Called,
    /// It is in the stage of this place.
    Stage(u32),
    /// All replicas run a bad version, and nobody knows.
    Live,
    /// It is being taken back.
    Back,
}

/// What a service runs.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Running {
    /// The fraction of it that runs the new version.
    share: f64,
    zones: Option<u32>,
    /// The fraction of its replicas that are away, and those that are paid in addition.
    away: f64,
    extra: f64,
    closed: bool,
    /// The new version is bad.
    bad: bool,
}

impl Running {
    const OLD: Self = Self { share: 0.0, zones: None, away: 0.0, extra: 0.0, closed: false, bad: false };

    fn hurts(&self) -> bool {
        self.bad && self.share > 0.0
    }
}

/// The numbers of a service's releases in one replication.
#[derive(Debug, Clone)]
pub struct ReleaseNow {
    every: Sampler,
    rollback: Sampler,
    detection: Option<Sampler>,
    customers: Sampler,
    bad: f64,
    works: f64,
    /// What a bad version leaves of the capacity, how many times as long it works, and what it fails.
    pub capacity: f64,
    /// Times as long as work takes.
    pub slower: f64,
    /// Fraction of the requests that fail after they were worked on.
    pub errors: f64,
}

impl ReleaseNow {
    /// For some draws of the uncertain numbers.
    pub fn new(release: &Release, draws: &[f64], sampler: &impl Fn(&Timing) -> Sampler) -> Self {
        let (capacity, slower, errors) = match release.effect {
            Effect::Down => (1.0, 1.0, 1.0),
            Effect::Degraded(worse) => (worse.capacity.get(draws), worse.slower.get(draws), worse.errors.get(draws)),
        };
        Self {
            every: sampler(&release.every),
            rollback: sampler(&release.rollback),
            detection: release.detection.as_ref().map(sampler),
            customers: sampler(&release.customers),
            bad: release.bad.get(draws),
            works: release.rollback_works.get(draws),
            capacity,
            slower,
            errors,
        }
    }
}

/// Whether a mode is that by which a release calls a person.
pub fn calls(model: &Model, mode: u32) -> bool {
    let calls = |release: &Release| model.clocks.get(release.calls.0 as usize).is_some_and(|clock| clock.mode == mode);
    model.releases.iter().any(calls)
}

/// The fraction of each service's requests that fail while all is well, in one draw of the uncertain numbers.
#[must_use]
pub fn healthy_errors(model: &Model, seed: u64) -> Vec<f64> {
    let mut world = World::new(model, 0.0);
    world.run_while(seed, 0, 0, |_| false);
    (0..model.services.len()).map(|s| world.usual_errors(s)).collect()
}

/// The releases of a service.
#[derive(Debug, Clone)]
struct Rollout {
    stream: Stream,
    /// The number of the present or last release.
    n: u64,
    step: Step,
    /// When the next one is due.
    due: f64,
    /// When the present one was due.
    began: f64,
    /// When its stage ends.
    until: f64,
    running: Running,
    /// The present one is bad.
    bad: bool,
    /// When the first request met it, if it is bad.
    exposed: f64,
    tries: u64,
    /// The errors of the service since then, as the alarm sees them.
    history: History,
    /// Requests that had failed in addition when the present stage began.
    lost: f64,
    books: books::Books,
}

/// All releases.
#[derive(Debug, Clone, Default)]
pub struct Releases {
    /// In order of their services.
    list: Vec<Rollout>,
    /// The slot of the first.
    slot: usize,
}

impl Releases {
    /// Of a model; their slots begin at `slot`.
    pub fn new(model: &Model, slot: usize) -> Self {
        let rollout = Rollout {
            stream: Stream::new(0, 0, 0),
            n: 0,
            step: Step::Idle,
            due: NEVER,
            began: 0.0,
            until: NEVER,
            running: Running::OLD,
            bad: false,
            exposed: 0.0,
            tries: 0,
            history: History::default(),
            lost: 0.0,
            books: books::Books::default(),
        };
        Self { list: vec![rollout; model.releases.len()], slot }
    }

    /// Slots that they need.
    pub fn slots(&self) -> usize {
        self.list.len()
    }
}

impl<'m, O: Observer> World<'m, O> {
    fn release(&self, place: usize) -> (&'m Release, usize) {
        let release = &self.model.releases[place];
        (release, release.service as usize)
    }

    /// The chance that a draw of the present release is.
    fn chance(&self, place: usize, purpose: u64) -> u64 {
        let rollout = &self.releases.list[place];
        rollout.stream.word(rollout.n * PURPOSES + purpose)
    }

    /// Every service runs the old version, and the first release is due.
    pub(super) fn start_releases(&mut self, seed: u64, replication: u64) {
        for place in 0..self.releases.list.len() {
            let stream = Stream::new(self.model.releases[place].stream, seed, replication);
            let rollout = &mut self.releases.list[place];
            (rollout.stream, rollout.n, rollout.step) = (stream, 0, Step::Idle);
            (rollout.running, rollout.bad) = (Running::OLD, false);
            rollout.books.reset(0.0, 0.0);
            let gap = self.drawn.releases[place].every.draw(self.chance(place, EVERY));
            self.releases.list[place].due = gap.max(APART);
            self.events.place(self.releases.slot + place, gap.max(APART));
        }
    }

    /// Something is due for the releases of a service.
    #[cold]
    pub(super) fn release_due(&mut self, place: usize, now: f64) {
        let rollout = &self.releases.list[place];
        match rollout.step {
            Step::Idle => self.begin_release(place, now),
            Step::Stage(at) if now >= rollout.until => self.end_stage(place, at, now),
            Step::Stage(_) | Step::Live => self.noticed(place, now),
            Step::Back => self.tried_to_go_back(place, now),
            Step::Called => self.events.set(self.releases.slot + place, NEVER),
        }
    }
}
