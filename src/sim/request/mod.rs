//! Every request, one by one, over the same world of failures and repairs.
//!
//! A request is a record in a slab (`job`); it arrives at a service and is sent to a replica (`arrive`), waits for a server
//! and is worked on (`serve`, `share`), makes its calls and is answered (`calls`). Requests come from sources
//! (`source`). After each event of the world the services and replicas follow it (`outage`). What is measured goes to
//! a `meter` for each service and source, which is emptied at the end of each bin (`watch`).
//!
//! Nothing is allocated for a request once the slab is as large as the number of those on their way. At equal times the order
//! is: what happens in the world, what is written down, ends of work by server, timers, callers who give up, arrivals.

mod arrive;
mod breaker;
mod calls;
mod job;
mod meter;
mod outage;
mod outcome;
mod plain;
mod plant;
mod serve;
mod share;
mod site;
mod source;
mod timers;
mod watch;

pub use outcome::{Bin, Called, RequestOutcome, Served, Stretch, Times, count, queue_length, queue_place};
pub use plant::{MOST_SERVERS, servers};

use super::{Outcome, World};
use crate::kernel::{NEVER, System, Tournament, run_while};
use crate::model::{Counts, Model};
use job::Jobs;
use meter::Meter;
use plant::Plant;
use source::{Closed, Open};
use timers::Timers;
use watch::Watch;

/// How the requests of a replication are watched.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// Seconds before the start that are simulated and not measured.
    pub warmup: f64,
    /// Bins of the horizon, for courses over time; a multiple of `batches`.
    pub bins: usize,
    /// Parts of the horizon that are observations of their own: 1 where replications are.
    pub batches: usize,
}

/// Why a replication did not come to its end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Stopped {
    /// It was asked to stop.
    Asked,
    /// So many requests were on their way at a time (seconds after the start) that memory would run out.
    Flooded {
        /// Seconds after the start.
        at: f64,
        /// Requests on their way.
        in_flight: usize,
    },
}

/// The slot of what is rare: the next event of the world, and what is to be written down.
const SLOT_OF_RARE: usize = 0;
/// The slot of the first server.
const FIRST_SERVER: usize = 1;

/// Where slots begin that stand behind those of the servers.
#[derive(Debug, Clone, Copy)]
struct Slots {
    first_share: usize,
    /// One slot, where anything can be due by a timer.
    timers: usize,
    first_deadline: usize,
    first_open: usize,
}

/// Something that is left to do at this instant.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// Nothing: it was taken back.
    None,
    /// A request arrives at its service.
    Arrive(u32),
    /// The own work of a request is done.
    Worked(u32),
    /// A request makes its next calls.
    GoOn(u32),
    /// An attempt of a call is answered or given up.
    Answered { parent: u32, site: u32, nth: u32, tries: u8, good: bool },
    /// An attempt of a call is failed at once by its circuit breaker.
    Broken { parent: u32, site: u32, nth: u32, tries: u8 },
}

/// The requests of one replication, and the world that they meet.
#[derive(Debug, Clone)]
pub struct Requests<'m> {
    model: &'m Model,
    world: World<'m>,
    events: Tournament,
    slots: Slots,
    jobs: Jobs,
    plant: Plant,
    open: Vec<Open>,
    closed: Vec<Closed>,
    timers: Timers,
    /// One for each service, then for each source.
    meters: Vec<Meter>,
    watch: Watch,
    /// When next something is to be written down.
    next_watch: f64,
    /// By source: the service that gets all its requests and no others; its meter serves both.
    mirrors: Vec<Option<usize>>,
    steps: Vec<Step>,
    /// Requests whose work is taken back.
    doomed: Vec<u32>,
    /// The world as it was last followed: changes, and changes of effects.
    seen: (u64, u64),
    died: Vec<u32>,
    revived: Vec<u32>,
    given: RequestOutcome,
    plan: Plan,
}

impl<'m> Requests<'m> {
    /// For replications of `model`.
    #[must_use]
    pub fn new(model: &'m Model, plan: Plan) -> Self {
        Self::watched(model, plan, plan.warmup, plan.warmup + model.horizon)
    }

    /// The same, watched between two times of the simulation's clock.
    fn watched(model: &'m Model, plan: Plan, begin: f64, end: f64) -> Self {
        let mut plant = Plant::new(model);
        for (o, objective) in model.objectives.iter().enumerate().filter(|(_, objective)| objective.counts != Counts::Time) {
            plant.nodes[objective.service as usize].objectives.push(o as u32);
        }
        let first_share = FIRST_SERVER + plant.servers.len();
        let timers = first_share + plant.shares.len();
        let first_deadline = timers + usize::from(timers::are_needed(model));
        for (i, deadlines) in plant.deadlines.iter_mut().enumerate() {
            deadlines.slot = first_deadline + i;
        }
        let first_open = first_deadline + plant.deadlines.len();
        Self {
            model,
            world: World::without_flow(model, plan.warmup),
            events: Tournament::new(first_open + model.demand.sources.len()),
            slots: Slots { first_share, timers, first_deadline, first_open },
            jobs: Jobs::new(),
            plant,
            open: (0..model.demand.sources.len()).map(|source| Open::new(model, source)).collect(),
            closed: (0..model.users.len()).map(|source| Closed::new(model, source)).collect(),
            timers: Timers::default(),
            meters: watch::meters(model),
            watch: Watch::new(model, plan, begin, end),
            next_watch: NEVER,
            mirrors: watch::mirrors(model),
            steps: Vec::new(),
            doomed: Vec::new(),
            seen: (0, 0),
            died: Vec::new(),
            revived: Vec::new(),
            given: RequestOutcome::default(),
            plan,
        }
    }

    /// Runs replication `replication` of `seed` with draw `draw` of the uncertain numbers, and returns the number of events.
    /// Now and then `goes_on` is told the fraction of the time that is done and says whether to go on.
    ///
    /// # Errors
    /// That it was stopped on the way; then there is no outcome.
    pub fn run_while(&mut self, seed: u64, replication: u64, draw: u64, goes_on: impl Fn(f64) -> bool) -> Result<u64, Stopped> {
        let events = self.run_to_end(seed, replication, draw, goes_on)?;
        self.tell_world();
        self.world.finish();
        Ok(events)
    }

    fn run_to_end(&mut self, seed: u64, replication: u64, draw: u64, goes_on: impl Fn(f64) -> bool) -> Result<u64, Stopped> {
        self.start(seed, replication, draw);
        let end = self.watch.end;
        let patient = |requests: &Self| !requests.jobs.flooded && goes_on(requests.events.next().1 / end);
        let (events, reached) = run_while(self, end, patient);
        if self.jobs.flooded {
            return Err(Stopped::Flooded { at: self.events.next().1 - self.watch.begin, in_flight: self.jobs.places() });
        }
        if !reached {
            return Err(Stopped::Asked);
        }
        self.close();
        Ok(events)
    }

    /// Begins a replication that is followed event by event, with [`Requests::advance`].
    pub fn begin(&mut self, seed: u64, replication: u64, draw: u64) {
        self.start(seed, replication, draw);
    }

    /// Handles the next event and returns its time, seconds from the begin of the warm-up; none beyond the horizon.
    pub fn advance(&mut self) -> Option<f64> {
        let (slot, now) = self.events.next();
        if now >= self.watch.end || self.jobs.flooded {
            return None;
        }
        self.handle(slot, now);
        Some(now)
    }

    /// Requests that have arrived at a service and are not resolved.
    #[must_use]
    pub fn present(&self, service: usize) -> u64 {
        self.meters[service].present()
    }

    /// Runs `seconds` from empty, with demand held at its value at the start, and returns the mean number of requests on their
    /// way in each of `bins` equal parts: how the system fills.
    ///
    /// # Errors
    /// That it was stopped on the way.
    pub fn pilot(
        &mut self,
        seed: u64,
        replication: u64,
        draw: u64,
        seconds: f64,
        bins: usize,
        goes_on: impl Fn(f64) -> bool,
    ) -> Result<Vec<f64>, Stopped> {
        let plan = Plan { warmup: seconds, bins, batches: 1 };
        let mut pilot = Self::watched(self.model, plan, 0.0, seconds);
        pilot.meters.iter_mut().for_each(|meter| meter.light = true);
        pilot.run_to_end(seed, replication, draw, goes_on)?;
        let sources = pilot.given.sources;
        Ok((0..bins).map(|bin| sources.iter().filter_map(|course| Some(course.get(bin)?.present)).sum()).collect())
    }

    fn start(&mut self, seed: u64, replication: u64, draw: u64) {
        let model = self.model;
        self.world.start(seed, replication, draw);
        let draws = &self.world.drawn.draws;
        self.plant.reset(model, draws, seed, replication);
        self.jobs.reset();
        self.timers.reset();
        self.steps.clear();
        self.doomed.clear();
        self.given.begin(model, self.plan, self.watch.end - self.watch.begin);
        self.next_watch = self.watch.reset(model);
        for slot in 0..self.slots.first_open {
            self.events.place(slot, NEVER);
        }
        for (source, open) in self.open.iter_mut().enumerate() {
            let curve = &self.world.drawn.curves[source];
            let time = open.reset(model, source, curve, draws, self.world.from, seed, replication);
            self.events.place(self.slots.first_open + source, time);
        }
        for (source, closed) in self.closed.iter_mut().enumerate() {
            closed.reset(model, source, draws, seed, replication);
        }
        self.events.rebuild();
        self.seen = (u64::MAX, u64::MAX);
        self.meters.iter_mut().for_each(|meter| meter.reset(0.0, self.watch.end));
        self.set_rare();
        self.follow_world(0.0);
        self.run_steps(0.0);
        self.start_thinking();
    }

    /// When next something rare happens.
    fn set_rare(&mut self) {
        self.events.set(SLOT_OF_RARE, self.world.events.next().1.min(self.next_watch));
    }

    /// Something happens in the world, or is to be written down: the world comes first.
    fn rare_due(&mut self, now: f64) {
        let (slot, time) = self.world.events.next();
        if time <= now {
            self.world.handle(slot, now);
            self.follow_world(now);
        } else {
            self.watch_due(now);
        }
        self.set_rare();
    }

    /// What is due in a slot that is no server's and no open source's.
    #[cold]
    #[inline(never)]
    fn other_due(&mut self, slot: usize, now: f64) {
        if slot == SLOT_OF_RARE {
            self.rare_due(now);
        } else if slot < self.slots.timers {
            self.share_due(slot - self.slots.first_share, now);
        } else if slot >= self.slots.first_deadline {
            self.give_up(slot - self.slots.first_deadline, now);
        } else {
            self.timer_due(now);
        }
    }

    /// What the last replication gave of outages, objectives and costs; requests of services are counted there too.
    #[must_use]
    pub fn outcome(&self) -> &Outcome {
        self.world.outcome()
    }

    /// What the last replication gave of requests.
    #[must_use]
    pub fn requests(&self) -> &RequestOutcome {
        &self.given
    }
}

impl System for Requests<'_> {
    #[inline]
    fn events(&self) -> &Tournament {
        &self.events
    }

    #[inline(always)]
    #[allow(clippy::inline_always, reason = "the body of the loop of every run")]
    fn handle(&mut self, slot: usize, now: f64) {
        if self.jobs.flooded {
            return;
        }
        if slot >= self.slots.first_open {
            self.open_due(slot - self.slots.first_open, now);
        } else if slot >= FIRST_SERVER && slot < self.slots.first_share {
            self.server_due((slot - FIRST_SERVER) as u32, now);
        } else {
            self.other_due(slot, now);
        }
        if !self.steps.is_empty() {
            self.run_steps(now);
        }
    }
}
