//! Where requests come from: open sources by their rates, users one by one.

use super::Requests;
use super::job::State;
use super::outcome::count;
use super::timers::Timer;
use crate::dist::Sampler;
use crate::kernel::NEVER;
use crate::model::{Arrivals, Curve, Demand, Growth, Model, NONE, Timing};
use crate::random::Stream;

/// Room between the keys of two requests of a source for those of all their calls.
const ROOM: u32 = 32;
/// Users whose request failed at once ask again after so long at the earliest, seconds: else time would stand still.
const BREATH: f64 = 1e-3;

/// An open source.
#[derive(Debug, Clone)]
pub struct Open {
    to: u32,
    priority: u8,
    /// Words for its gaps.
    gaps: Stream,
    /// The key of its first request.
    salt: u64,
    /// Requests so far.
    count: u64,
    /// Gaps of mean 1: what the rate amounts to between two requests.
    gap: Sampler,
    /// The next gap, drawn ahead.
    ahead: f64,
    /// Time reached, and the piece of demand that it lies in, with its end and its rate before growth.
    at: f64,
    piece: usize,
    until: f64,
    rate: f64,
    growth: Growth,
}

/// A closed source.
#[derive(Debug, Clone)]
pub struct Closed {
    to: u32,
    priority: u8,
    /// Words for thinking.
    thinking: Stream,
    /// Words for keys of requests.
    keys: Stream,
    think: Sampler,
    /// Requests of each user so far.
    counts: Vec<u32>,
}

/// A law for one draw of the uncertain numbers, stretched by a factor.
fn sampler(model: &Model, timing: &Timing, draws: &[f64], stretch: impl Fn(f64) -> f64) -> Sampler {
    let law = timing.drawn(draws).unwrap_or_else(|| timing.law.clone());
    let factor = stretch(law.mean());
    model.tables.sampler(&if factor == 1.0 { law } else { law.scaled(factor) })
}

impl Open {
    pub fn new(model: &Model, source: usize) -> Self {
        Self {
            to: model.demand.sources[source].to,
            priority: model.demand.sources[source].arriving.priority.clamp(1, 5) - 1,
            gaps: Stream::new(0, 0, 0),
            salt: 0,
            count: 0,
            gap: model.zero.clone(),
            ahead: 0.0,
            at: 0.0,
            piece: 0,
            until: 0.0,
            rate: 0.0,
            growth: Growth::Flat,
        }
    }

    /// Back to the begin, `from` seconds before the start. Returns when the first request comes.
    #[expect(clippy::too_many_arguments, reason = "all that names a replication")]
    pub fn reset(
        &mut self,
        model: &Model,
        source: usize,
        curve: &Curve,
        draws: &[f64],
        from: f64,
        seed: u64,
        replication: u64,
    ) -> f64 {
        let arriving = &model.demand.sources[source].arriving;
        self.gaps = Stream::new(arriving.stream, seed, replication);
        self.salt = Stream::new(arriving.stream ^ 1, seed, replication).word(0);
        self.gap = match &arriving.arrivals {
            Arrivals::Poisson => {
                crate::dist::Law::exponential(1.0).map_or_else(|_| Sampler::Constant(1.0), |law| model.tables.sampler(&law))
            }
            Arrivals::Renewal(timing) => sampler(model, timing, draws, |mean| 1.0 / mean),
        };
        (self.count, self.at, self.piece) = (0, 0.0, 0);
        self.growth = curve.growth();
        self.ahead = self.gap.draw(self.gaps.word(0));
        // Before the start the rate is held at its value there.
        (self.rate, self.until) = (curve.base(0), from);
        if from <= 0.0 {
            self.enter(&model.demand, curve, from);
        }
        self.next(&model.demand, curve, from)
    }

    /// Takes up the piece of demand that `self.piece` names.
    fn enter(&mut self, demand: &Demand, curve: &Curve, from: f64) {
        self.rate = curve.base(self.piece);
        self.until = demand.grid.edges[self.piece + 1] + from;
    }

    /// When the next request comes: as soon as the integral of the rate has grown by the gap drawn ahead.
    #[inline]
    fn next(&mut self, demand: &Demand, curve: &Curve, from: f64) -> f64 {
        let gap = self.ahead;
        self.ahead = self.gap.draw(self.gaps.word(self.count + 1));
        if self.growth == Growth::Flat {
            let at = self.at + gap / self.rate;
            if at < self.until {
                self.at = at;
                return at;
            }
        }
        self.next_beyond(gap, demand, curve, from)
    }

    /// The same over the edges of pieces, and where the rate grows.
    #[inline(never)]
    fn next_beyond(&mut self, mut gap: f64, demand: &Demand, curve: &Curve, from: f64) -> f64 {
        loop {
            let held = self.at < from;
            let growth = if held { Growth::Flat } else { self.growth };
            let at = if self.rate > 0.0 { from + growth.after(self.at - from, gap / self.rate) } else { NEVER };
            if at < self.until {
                self.at = at;
                return at;
            }
            gap -= self.rate * growth.between(self.at - from, self.until - from);
            gap = gap.max(0.0);
            self.at = self.until;
            if !held {
                self.piece += 1;
            }
            if self.piece + 1 >= demand.grid.edges.len() {
                return NEVER;
            }
            self.enter(demand, curve, from);
        }
    }
}

impl Closed {
    pub fn new(model: &Model, source: usize) -> Self {
        let users = &model.users[source];
        Self {
            to: users.to,
            priority: users.priority.clamp(1, 5) - 1,
            thinking: Stream::new(0, 0, 0),
            keys: Stream::new(0, 0, 0),
            think: model.zero.clone(),
            counts: Vec::new(),
        }
    }

    pub fn reset(&mut self, model: &Model, source: usize, draws: &[f64], seed: u64, replication: u64) {
        let users = &model.users[source];
        self.thinking = Stream::new(users.stream, seed, replication);
        self.keys = Stream::new(users.stream ^ 1, seed, replication);
        self.think = sampler(model, &users.think, draws, |_| 1.0);
        self.counts.clear();
        self.counts.resize(users.number(draws) as usize, 0);
    }

    /// The number of the present request of a user, among those of all.
    fn number(&self, user: u32) -> u64 {
        u64::from(user) << ROOM | u64::from(self.counts[user as usize])
    }
}

impl Requests<'_> {
    /// A request of an open source comes.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "in the loop of every request")]
    pub(super) fn open_due(&mut self, source: usize, now: f64) {
        let open = &mut self.open[source];
        let key = open.salt.wrapping_add(open.count << ROOM);
        open.count += 1;
        let (to, priority) = (open.to, open.priority);
        let next = open.next(&self.model.demand, &self.world.drawn.curves[source], self.world.from);
        self.events.set(self.slots.first_open + source, next);
        self.come(source, to, priority, key, 0, now);
    }

    /// Users begin to think.
    pub(super) fn start_thinking(&mut self) {
        for source in 0..self.closed.len() as u32 {
            for user in 0..self.closed[source as usize].counts.len() as u32 {
                self.think(source, user, 0.0, 0.0);
            }
        }
    }

    /// A user thinks, for `least` seconds at least.
    fn think(&mut self, source: u32, user: u32, least: f64, now: f64) {
        let closed = &self.closed[source as usize];
        let time = closed.think.draw(closed.thinking.word(closed.number(user)));
        self.set_timer(now + time.max(least), Timer::Thought { source, user });
    }

    /// A user sends a request.
    pub(super) fn ask(&mut self, source: u32, user: u32, now: f64) {
        let closed = &mut self.closed[source as usize];
        let key = closed.keys.word(closed.number(user));
        closed.counts[user as usize] += 1;
        let (to, priority) = (closed.to, closed.priority);
        self.come(self.open.len() + source as usize, to, priority, key, user, now);
    }

    /// A request comes from outside.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "in the loop of every request")]
    fn come(&mut self, source: usize, to: u32, priority: u8, key: u64, user: u32, now: f64) {
        let j = self.jobs.take();
        let job = &mut self.jobs[j];
        (job.key, job.arrived, job.service, job.site, job.nth) = (key, now, to, source as u32, user);
        (job.priority, job.state, job.root, job.abandoned) = (priority, State::Moving, true, false);
        (job.replica, job.server, job.parent, job.child, job.open) = (NONE, NONE, NONE, NONE, 0);
        if self.mirrors[source].is_none() {
            let services = self.plant.nodes.len();
            self.meters[services + source].arrive(now);
        }
        let meter = &mut self.meters[to as usize];
        meter.arrive(now);
        meter.count(count::FIRST);
        self.arrive(j, now);
    }

    /// A request that came from outside is answered.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "in the loop of every request")]
    pub(super) fn came_back(&mut self, j: u32, outcome: usize, now: f64) {
        let job = &self.jobs[j];
        let (source, user, arrived) = (job.site as usize, job.nth, job.arrived);
        if self.mirrors[source].is_none() {
            let services = self.plant.nodes.len();
            self.meters[services + source].resolve(outcome, arrived, now);
        }
        if let Some(closed) = source.checked_sub(self.open.len()) {
            let least = if outcome == count::GOOD { 0.0 } else { BREATH };
            self.think(closed as u32, user, least, now);
        }
    }
}
