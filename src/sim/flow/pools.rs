//! One service under load: its replicas as queues, and what comes out of them.

use super::calls::{Answer, Chain};
use super::condition::{Condition, MOST_POOLS, Pool, Queues};
use super::net::Node;
use super::times::Times;
use crate::dist::{Cumulants, Mixture};
use crate::exact::queue::{Fleet, Step};
use crate::scenario::Balance;

/// What a service meets and gives.
#[derive(Debug, Clone, Copy)]
pub struct Service {
    /// Requests per second that come.
    pub arrivals: f64,
    /// The share of them that fails at once: the service is down, or they go to a replica that is.
    pub refused: f64,
    /// Of them, retries that find the queue as full as it was, per second.
    pub full_again: f64,
    /// The share of the others that finds no place.
    pub full: f64,
    /// Requests per second that finish their own work.
    pub worked: f64,
    /// Of these, the share that a failure in force spoils.
    pub fault: f64,
    /// Of the others, the share that fails since a call does.
    pub broken: f64,
    /// Requests per second that are answered too late for whoever asked.
    pub late: f64,
    /// What those meet who ask.
    pub answer: Answer,
    /// The wait of those who find a place.
    pub wait: Cumulants,
    /// Of those, the share that waits.
    pub waits: f64,
    /// How long those wait.
    pub waiting: Cumulants,
    /// How long calls keep a server.
    pub held: Cumulants,
    /// Replicas at work, with all their servers.
    pub busy: f64,
    /// Those who wait, and in which kind of replicas.
    pub queue: f64,
    pub queues: Queues,
    /// The rates at which these queues would stay as they are.
    pub rates: [f64; MOST_POOLS],
    /// First three raw moments of the work of what comes, in service times.
    pub work: [f64; 3],
    /// It stays as it is while nothing around it changes.
    pub settled: bool,
}

impl Default for Service {
    fn default() -> Self {
        Self {
            arrivals: 0.0,
            refused: 0.0,
            full_again: 0.0,
            full: 0.0,
            worked: 0.0,
            fault: 0.0,
            broken: 0.0,
            late: 0.0,
            answer: Answer::AT_ONCE,
            wait: Cumulants::ZERO,
            waits: 0.0,
            waiting: Cumulants::ZERO,
            held: Cumulants::ZERO,
            busy: 0.0,
            queue: 0.0,
            queues: [0.0; MOST_POOLS],
            rates: [0.0; MOST_POOLS],
            work: [1.0; 3],
            settled: true,
        }
    }
}

/// What the pools of a service add up to.
#[derive(Default)]
struct Sums {
    full: f64,
    worked: f64,
    fault: f64,
    busy: f64,
    queue: f64,
    wait: Mixture,
    waiting: Mixture,
    /// From arrival to the end of its own work, of what no fault spoils, and of what one does.
    fine: [(f64, Cumulants); MOST_POOLS],
    pools: usize,
    spoilt: Mixture,
    unsettled: bool,
    memory: f64,
    same: f64,
}

impl Service {
    /// So many come from now on, or as much of the change as `weight` says; the change relative to them.
    pub fn come(&mut self, coming: f64, weight: f64) -> f64 {
        let before = self.arrivals;
        let now = if before > 0.0 { before + weight * (coming - before) } else { coming };
        // A queue that has settled serves what comes; one that has not serves what it can.
        if before <= 0.0 {
            self.worked = self.worked.max(now);
        } else if self.settled {
            self.worked *= now / before;
        }
        self.arrivals = now;
        if now == before { 0.0 } else { (now - before).abs() / now.max(before) }
    }

    /// What comes of its arrivals after `seconds` from queues of so many requests, which were at most so long since they settled.
    pub fn serve(
        &mut self,
        node: &Node,
        condition: &Condition,
        chain: &Chain,
        (queues, longest): (&Queues, &Queues),
        seconds: f64,
    ) {
        self.broken = 1.0 - chain.ok;
        if !condition.ok && !node.waits {
            return self.fail_all();
        }
        let all = condition.up() + condition.dead;
        self.refused = if all > 0.0 { condition.dead / all } else { 0.0 };
        let own = worked(node.own, self.work);
        let mut sums = Sums::default();
        self.queues = [0.0; MOST_POOLS];
        for (place, pool) in condition.pools().iter().enumerate() {
            let share = if all > 0.0 { pool.replicas / all } else { 1.0 };
            let own = own.scaled(1.0 / pool.speed.max(1e-9));
            let busy = own.plus(chain.held);
            let fleet = Fleet {
                balance: node.balance,
                replicas: if condition.ok { pool.replicas } else { 0.0 },
                servers: node.servers,
                places: places(node, busy.mean),
                service: busy,
                gaps: node.gaps,
                limit: if all > 0.0 { node.limit * share } else { node.limit },
            };
            let arrivals = self.first_try() * share;
            let step = if node.servers.is_infinite() {
                Step { rate: arrivals, ..Step::default() }
            } else {
                fleet.step(queues[place], seconds, arrivals, self.rates[place])
            };
            (self.queues[place], self.rates[place]) = (step.steady.queue, step.rate);
            let longest = longest[place].max(queues[place]);
            sums.add(&step, arrivals, &fleet, pool, (own, longest), node.deadline.is_infinite());
        }
        self.sum_up(&sums, node, chain);
    }

    /// What comes and goes in another state, with times on the way from here to there, by the share of it that is behind.
    pub fn towards(&self, other: &Self, share: f64) -> Self {
        let between = |a: f64, b: f64| a + share * (b - a);
        let mut amid = *other;
        amid.wait = self.wait.towards(&other.wait, share);
        amid.waits = between(self.waits, other.waits);
        amid.waiting = self.waiting.towards(&other.waiting, share);
        amid.queue = between(self.queue, other.queue);
        amid.answer.good = self.answer.good.towards(&other.answer.good, share);
        amid.answer.bad = self.answer.bad.towards(&other.answer.bad, share);
        amid
    }

    /// Requests per second that meet the queue as anybody does.
    pub fn first_try(&self) -> f64 {
        (self.arrivals - self.full_again).max(0.0)
    }

    /// Nothing is served.
    fn fail_all(&mut self) {
        let unserved = Self { arrivals: self.arrivals, refused: 1.0, work: self.work, held: self.held, ..Self::default() };
        *self = Self { answer: Answer { ok: 0.0, ..Answer::AT_ONCE }, ..unserved };
    }

    fn sum_up(&mut self, sums: &Sums, node: &Node, chain: &Chain) {
        let some = |part: f64, of: f64| if of > 0.0 { part / of } else { 0.0 };
        self.full = some(sums.full, self.first_try());
        self.worked = sums.worked;
        self.fault = some(sums.fault, sums.worked);
        self.queue = sums.queue;
        self.busy = sums.busy;
        self.settled = !sums.unsettled;
        self.wait = sums.wait.law();
        self.waits = some(sums.waiting.weight, sums.wait.weight).min(1.0);
        self.waiting = sums.waiting.law();
        self.held = chain.held;
        let admitted = (1.0 - self.refused - self.full).max(0.0);
        let ok = admitted * (1.0 - self.fault) * chain.ok;
        let fine = Times::new(sums.fine[..sums.pools].iter().copied());
        let mut bad = Mixture::default();
        bad.add(self.refused, &Cumulants::ZERO);
        let given_up = if node.patience.is_finite() { Cumulants::constant(node.patience) } else { Cumulants::ZERO };
        bad.add(self.full, &given_up);
        bad.add(admitted * self.fault, &sums.spoilt.law());
        bad.add(admitted * (1.0 - self.fault) * self.broken, &fine.all.plus(chain.bad));
        self.answer = Answer {
            ok,
            good: fine.plus(chain.good),
            bad: bad.law(),
            lasting: some(self.full, 1.0 - ok),
            memory: sums.memory,
            same: sums.same,
        };
    }

    /// How long the answers take that come in time for whoever asks longest.
    pub fn in_time(&self, node: &Node) -> Times {
        self.answer.good.up_to(node.deadline).1
    }
}

impl Sums {
    fn add(&mut self, step: &Step, arrivals: f64, fleet: &Fleet, pool: &Pool, (own, longest): (Cumulants, f64), patient: bool) {
        let steady = &step.steady;
        let admitted = (arrivals * (1.0 - steady.full)).max(f64::MIN_POSITIVE);
        let served = step.rate * (1.0 - steady.full);
        self.full += arrivals * steady.full;
        self.worked += served;
        self.fault += served * pool.errors;
        if fleet.servers.is_finite() {
            self.busy += (served * fleet.service.mean / fleet.servers).min(fleet.replicas);
        }
        self.queue += steady.queue;
        self.unsettled |= step.rate != arrivals;
        // Whoever is served now came when a queue that grows was shorter, and one that drains longer, but never longer than it was,
        // and nobody waits longer than that takes to drain.
        let drains = longest / fleet.capacity();
        let most = (longest / steady.queue).max(1.0).min(1.0 + drains / steady.mean());
        let since = (served / admitted).min(most);
        let wait = steady.wait_law();
        self.wait.add(admitted, &wait.scaled(since));
        self.waiting.add(admitted * steady.waits, &Cumulants::gamma(steady.wait * since, steady.cv));
        let done = if patient { wait.scaled(since) } else { wait }.plus(own);
        self.fine[self.pools] = (admitted * (1.0 - pool.errors), done);
        self.pools += 1;
        self.spoilt.add(admitted * pool.errors, &done);
        self.memory = self.memory.max(relaxation(fleet, arrivals));
        let meets_again = match fleet.balance {
            Balance::Random | Balance::RoundRobin | Balance::PowerOf(_) => 1.0 / fleet.replicas.max(1.0),
            Balance::LeastBusy | Balance::SharedQueue => 1.0,
        };
        self.same = self.same.max(meets_again);
    }
}

/// For how long a queue remembers, seconds: one over the gap in the spectrum of M/M/1/K, λ + μ − 2 √(λμ) cos(π/(K + 1)), with all
/// servers of a line as one (Morse, *Queues, Inventories and Maintenance*, 1958, chapter 6; Takács, 1962).
fn relaxation(fleet: &Fleet, arrivals: f64) -> f64 {
    let line = if matches!(fleet.balance, Balance::SharedQueue | Balance::LeastBusy) { fleet.replicas } else { 1.0 };
    let served = fleet.servers * line / fleet.service.mean;
    if !(served.is_finite() && served > 0.0 && fleet.replicas > 0.0) {
        return 0.0;
    }
    let arrivals = arrivals * line / fleet.replicas;
    let turn = if fleet.places.is_finite() { libm::cos(core::f64::consts::PI / (fleet.places * line + 2.0)) } else { 1.0 };
    let gap = arrivals + served - 2.0 * libm::sqrt(arrivals * served) * turn;
    1.0 / gap.max(1e-3 * served * 1e-3)
}

/// The time of a service whose requests differ in their work, whose first raw moments these are.
fn worked(own: Cumulants, work: [f64; 3]) -> Cumulants {
    if work == [1.0; 3] {
        return own;
    }
    let mean = own.mean;
    let raw = [mean, own.variance + mean * mean, own.third + 3.0 * mean * own.variance + mean * mean * mean];
    let [mean, second, third] = [raw[0] * work[0], raw[1] * work[1], raw[2] * work[2]];
    let variance = second - mean * mean;
    Cumulants { mean, variance, third: third - 3.0 * mean * variance - mean * mean * mean, least: 0.0 }
}

/// Waiting places of a replica: as many as it has, or as it works off before whoever waits gives up.
pub fn places(node: &Node, busy: f64) -> f64 {
    if node.patience.is_finite() && busy > 0.0 {
        node.places.min((node.patience - busy).max(0.0) * node.servers / busy)
    } else {
        node.places
    }
}
