//! Arrivals at a service: which replica a request goes to, and whether it is taken.

use super::Requests;
use super::job::State;
use super::outcome::count;
use crate::model::NONE;
use crate::random::uniform;
use crate::scenario::Balance;

/// Words of a request's draws beyond the first, which chooses its replica.
const LURKING: u64 = 1 << 12;
/// Whether it turns to an error.
pub const FAULT: u64 = LURKING + 1;
/// Whether a replica that is warming up takes it: this and some after it.
const WARMING: u64 = LURKING + 2;
/// How often a replica that is warming up may send a request on.
const REFUSALS: u64 = 16;
/// The least share of a replica that has just come back.
const LEAST: f64 = 0.1;

impl Requests<'_> {
    /// A request arrives at its service.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "in the loop of every request")]
    pub(super) fn arrive(&mut self, j: u32, now: f64) {
        let s = self.jobs[j].service as usize;
        if self.plant.nodes[s].plain { self.enter_plain(j, s, now) } else { self.arrive_otherwise(j, s, now) }
    }

    /// A request arrives at a service that is not in its usual state, or has several lines.
    fn arrive_otherwise(&mut self, j: u32, s: usize, now: f64) {
        let node = &self.plant.nodes[s];
        if !node.open {
            return self.arrive_closed(j, now);
        }
        let r = if node.up.len() == 1 && node.lurking == 0 {
            node.up[0]
        } else if node.up.is_empty() && node.direct {
            NONE
        } else {
            match self.choose(j, now) {
                Some(r) => r,
                None => return self.arrive_down(j, now),
            }
        };
        let node = &self.plant.nodes[s];
        if node.direct {
            self.jobs[j].replica = r;
            self.add_load(s, r, 1);
            self.meters[s].begin_work(0.0);
            self.jobs[j].state = State::Moving;
            self.steps.push(super::Step::Worked(j));
            return;
        }
        let job = &mut self.jobs[j];
        let mut work = node.work.draw(node.service.word(job.key));
        if !job.root {
            work *= self.plant.sites[job.site as usize].work;
        }
        job.work = work;
        self.enter(j, s, r, now);
    }

    /// A request joins a replica: at a server that is free, or in line.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "in the loop of every request")]
    fn enter(&mut self, j: u32, s: usize, r: u32, now: f64) {
        let replica = &self.plant.replicas[r as usize];
        if replica.share != NONE {
            return self.join_share(j, r, now);
        }
        let station = &mut self.plant.stations[replica.station as usize];
        let server = station.free;
        if server != NONE {
            station.free = self.plant.servers[server as usize].next;
            self.meters[s].more_busy(now);
            let r = self.plant.servers[server as usize].replica;
            self.add_load(s, r, 1);
            self.begin_work(j, server, now);
            return;
        }
        self.join_line(j, s, r, now);
    }

    #[inline]
    fn join_line(&mut self, j: u32, s: usize, r: u32, now: f64) {
        let node = &self.plant.nodes[s];
        let station = self.plant.replicas[r as usize].station as usize;
        let waiting = self.plant.stations[station].waiting;
        let times = if node.pooled { node.up.len() as u32 } else { 1 };
        if waiting >= node.places.saturating_mul(times) {
            return self.answer(j, count::QUEUE_FULL, now);
        }
        if waiting >= node.shed_queue.saturating_mul(times) {
            return self.answer(j, count::SHED, now);
        }
        let line = if node.by_priority { usize::from(self.jobs[j].priority) } else { 0 };
        self.jobs[j].state = State::Waiting;
        // Where replicas share the line, which one it will be shows later.
        self.jobs[j].replica = if node.pooled { NONE } else { r };
        let station = &mut self.plant.stations[station];
        station.waiting += 1;
        station.lines[line].push(&mut self.jobs, j);
        self.meters[s].queue(1, now);
        if !self.plant.nodes[s].pooled {
            self.add_load(s, r, 1);
        }
    }

    /// The service is down: the request fails, or waits until it is up.
    #[cold]
    fn arrive_closed(&mut self, j: u32, now: f64) {
        let s = self.jobs[j].service as usize;
        let node = &self.plant.nodes[s];
        if !node.waits_while_down {
            return self.answer(j, count::DOWN, now);
        }
        self.hold(j, now);
    }

    /// No replica takes it.
    #[cold]
    fn arrive_down(&mut self, j: u32, now: f64) {
        let node = &self.plant.nodes[self.jobs[j].service as usize];
        if node.waits_while_down && node.up.is_empty() { self.hold(j, now) } else { self.answer(j, count::DOWN, now) }
    }

    /// Waits until the service is up again.
    fn hold(&mut self, j: u32, now: f64) {
        let s = self.jobs[j].service as usize;
        let node = &mut self.plant.nodes[s];
        let replicas = self.model.services[s].replicas.len() as u32;
        if node.waiting_held >= node.places.saturating_mul(replicas.max(1)) {
            return self.answer(j, count::QUEUE_FULL, now);
        }
        node.waiting_held += 1;
        self.jobs[j].state = State::Held;
        self.jobs[j].replica = NONE;
        self.plant.nodes[s].held.push(&mut self.jobs, j);
        self.meters[s].queue(1, now);
    }

    /// Which replica a request goes to; none where nothing is up, or where it goes to one that has failed unnoticed.
    fn choose(&mut self, j: u32, now: f64) -> Option<u32> {
        let key = self.jobs[j].key;
        let s = self.jobs[j].service as usize;
        let node = &mut self.plant.nodes[s];
        let up = node.up.len();
        if node.lurking > 0 {
            let chance = f64::from(node.lurking) / (up as f64 + f64::from(node.lurking));
            if uniform(node.choice.word(key.wrapping_add(LURKING))) < chance {
                return None;
            }
        }
        if up == 0 {
            return None;
        }
        if now < node.warming {
            return Some(self.choose_warming(j, now));
        }
        let node = &mut self.plant.nodes[s];
        let nth = match node.balance {
            // Whoever is free takes it; which replica shows then.
            Balance::SharedQueue => 0,
            Balance::Random => below(node.choice.word(key), up),
            Balance::RoundRobin => {
                node.turn = if node.turn + 1 >= up { 0 } else { node.turn + 1 };
                node.turn
            }
            Balance::LeastBusy => {
                let first = self.model.services[s].replicas.start;
                return node.loads.as_ref().map(|loads| first + loads.next().0 as u32);
            }
            Balance::PowerOf(count) => {
                let draw = |k: u32| below(node.choice.word(key.wrapping_add(u64::from(k))), up);
                let load = |nth: &usize| self.plant.replicas[node.up[*nth] as usize].load;
                (0..count).map(draw).min_by_key(load).unwrap_or(0)
            }
        };
        Some(node.up[nth])
    }

    /// The same while some replica is warming up: it sends on what exceeds its growing share.
    #[cold]
    fn choose_warming(&mut self, j: u32, now: f64) -> u32 {
        let key = self.jobs[j].key;
        let s = self.jobs[j].service as usize;
        let slow_start = self.model.services[s].serving.slow_start;
        let node = &mut self.plant.nodes[s];
        let replicas = &self.plant.replicas;
        let share = |r: u32| ((now - replicas[r as usize].back) / slow_start).clamp(LEAST, 1.0);
        let up = node.up.len();
        if node.balance == Balance::LeastBusy {
            let weighed = |r: u32| f64::from(replicas[r as usize].load + 1) / share(r);
            let least = node.up.iter().copied().min_by(|&a, &b| weighed(a).total_cmp(&weighed(b)));
            return least.unwrap_or(node.up[0]);
        }
        let mut r = node.up[0];
        for attempt in 0..REFUSALS {
            let draw = |k: u64| below(node.choice.word(key.wrapping_add(attempt << 16 | k)), up);
            let nth = match node.balance {
                Balance::RoundRobin => {
                    node.turn = if node.turn + 1 >= up { 0 } else { node.turn + 1 };
                    node.turn
                }
                Balance::PowerOf(count) => {
                    let load = |nth: &usize| replicas[node.up[*nth] as usize].load;
                    (0..u64::from(count)).map(draw).min_by_key(load).unwrap_or(0)
                }
                _ => draw(0),
            };
            r = node.up[nth];
            if uniform(node.choice.word(key.wrapping_add(WARMING + attempt))) < share(r) {
                break;
            }
        }
        r
    }

    /// A replica has so many requests more, or less.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "in the loop of every request")]
    pub(super) fn add_load(&mut self, s: usize, r: u32, change: i32) {
        if self.plant.nodes[s].weighs && r != NONE {
            self.change_load(s, r, change);
        }
    }

    fn change_load(&mut self, s: usize, r: u32, change: i32) {
        let replica = &mut self.plant.replicas[r as usize];
        replica.load = replica.load.wrapping_add_signed(change);
        if let Some(loads) = &mut self.plant.nodes[s].loads
            && replica.active
        {
            loads.set((r - self.model.services[s].replicas.start) as usize, f64::from(replica.load));
        }
    }
}

/// A whole number below `n`, each with the same probability.
#[inline]
fn below(word: u64, n: usize) -> usize {
    ((u128::from(word) * n as u128) >> 64) as usize
}
