//! What is measured of a service or a source while requests pass: counts, times and areas, cleared at the end of each bin.

#![allow(clippy::inline_always, reason = "the inner loop of every request")]

use super::outcome::{Bin, Served, count, queue_place};
use crate::stats::Tally;

/// The measures of the present bin.
#[derive(Debug, Clone)]
pub struct Meter {
    counts: [u64; count::N],
    /// Request-seconds of those that have arrived and are not resolved, up to the end of the bin if nothing changed any more.
    present_area: f64,
    /// The end of the bin.
    until: f64,
    response: Tally<9>,
    response_sum: f64,
    wait: Tally<9>,
    wait_sum: f64,
    /// Servers at work, and their seconds up to the end of the bin if nothing changed any more.
    busy: u32,
    busy_area: f64,
    /// Requests in line since `since`.
    waiting: u32,
    since: f64,
    queued: f64,
    queue: Vec<f64>,
    /// Requests that had arrived and were not resolved when the bin began.
    present: u64,
    /// Servers that are up and active, and their seconds.
    servers: f64,
    servers_area: f64,
    /// Only what is present is asked for: times of requests are neither handed over nor cleared at the end of a bin.
    pub light: bool,
}

impl Meter {
    pub fn new() -> Self {
        Self {
            counts: [0; count::N],
            present: 0,
            present_area: 0.0,
            response: Tally::default(),
            response_sum: 0.0,
            wait: Tally::default(),
            wait_sum: 0.0,
            busy: 0,
            busy_area: 0.0,
            servers: 0.0,
            servers_area: 0.0,
            waiting: 0,
            since: 0.0,
            queued: 0.0,
            queue: vec![0.0; 16],
            until: 0.0,
            light: false,
        }
    }

    /// Nothing is there, and a bin begins at 0.
    pub fn reset(&mut self, servers: f64, until: f64) {
        self.counts = [0; count::N];
        (self.present, self.busy, self.waiting) = (0, 0, 0);
        self.servers = servers;
        self.forget();
        self.begin(0.0, until);
    }

    /// Requests that have arrived and are not resolved.
    pub fn present(&self) -> u64 {
        let resolved: u64 = self.counts[count::GOOD..count::OUTCOMES].iter().sum();
        self.present + self.counts[count::ARRIVED] - resolved
    }

    /// A count goes up.
    #[inline(always)]
    pub fn count(&mut self, what: usize) {
        self.counts[what] += 1;
    }

    /// A request arrives.
    #[inline(always)]
    pub fn arrive(&mut self, now: f64) {
        self.counts[count::ARRIVED] += 1;
        self.present_area += self.until - now;
    }

    /// A request is answered well.
    #[inline(always)]
    pub fn good(&mut self, arrived: f64, now: f64) {
        self.counts[count::GOOD] += 1;
        self.present_area -= self.until - now;
        let took = now - arrived;
        self.response_sum += took;
        self.response.add(took);
    }

    /// A request is resolved, well or not.
    #[inline(always)]
    pub fn resolve(&mut self, outcome: usize, arrived: f64, now: f64) {
        if outcome == count::GOOD {
            self.good(arrived, now);
        } else {
            self.counts[outcome] += 1;
            self.present_area -= self.until - now;
        }
    }

    /// Work on a request begins that waited so long.
    #[inline(always)]
    pub fn begin_work(&mut self, waited: f64) {
        self.wait_sum += waited;
        self.wait.add(waited);
    }

    /// One server more is at work.
    #[inline(always)]
    pub fn more_busy(&mut self, now: f64) {
        self.busy += 1;
        self.busy_area += self.until - now;
    }

    /// One server less is at work.
    #[inline(always)]
    pub fn less_busy(&mut self, now: f64) {
        self.busy -= 1;
        self.busy_area -= self.until - now;
    }

    /// One request more or less stands in line.
    #[inline(always)]
    pub fn queue(&mut self, change: i32, now: f64) {
        self.queue_until(now);
        self.waiting = self.waiting.wrapping_add_signed(change);
    }

    #[inline(always)]
    fn queue_until(&mut self, now: f64) {
        let lasted = now - self.since;
        self.since = now;
        self.queued += lasted * f64::from(self.waiting);
        let place = queue_place(self.waiting);
        match self.queue.get_mut(place) {
            Some(time) => *time += lasted,
            None => self.lengthen(place, lasted),
        }
    }

    #[cold]
    #[inline(never)]
    fn lengthen(&mut self, place: usize, lasted: f64) {
        self.queue.resize((place + 1).next_power_of_two(), 0.0);
        self.queue[place] = lasted;
    }

    /// So many servers are up and active from now on.
    pub fn set_servers(&mut self, servers: f64, now: f64) {
        self.servers_area += (servers - self.servers) * (self.until - now);
        self.servers = servers;
    }

    /// The bin ends: what it gave goes to `served`, and its summary is returned. `length` is that of the bin, seconds.
    pub fn end_bin(&mut self, served: &mut Served, now: f64, length: f64) -> Bin {
        self.queue_until(now);
        for (sum, more) in served.counts.iter_mut().zip(&self.counts) {
            *sum += more;
        }
        let good = self.counts[count::GOOD];
        let bin = Bin {
            counts: self.counts,
            mean: if good > 0 { self.response_sum / good as f64 } else { f64::NAN },
            quantiles: if self.light { None } else { self.response.quantiles([0.5, 0.95, 0.99]) }.unwrap_or([f64::NAN; 3]),
            queue: self.queued / length,
            present: self.present_area / length,
        };
        if !self.light {
            self.response.hand_over(&mut served.response);
            self.wait.hand_over(&mut served.wait);
        }
        served.response_sum += self.response_sum;
        served.wait_sum += self.wait_sum;
        served.busy += self.busy_area;
        served.servers += self.servers_area;
        served.queued += self.queued;
        served.present += self.present_area;
        served.in_flight_at_end = self.present();
        if served.queue.len() < self.queue.len() {
            served.queue.resize(self.queue.len(), 0.0);
        }
        for (sum, more) in served.queue.iter_mut().zip(&self.queue) {
            *sum += more;
        }
        bin
    }

    /// What was counted before anything was watched is forgotten.
    pub fn forget(&mut self) {
        self.response.clear();
        self.wait.clear();
    }

    /// A bin begins, with what is there.
    pub fn begin(&mut self, now: f64, until: f64) {
        self.present = self.present();
        self.counts = [0; count::N];
        (self.response_sum, self.wait_sum, self.queued) = (0.0, 0.0, 0.0);
        self.queue.fill(0.0);
        (self.since, self.until) = (now, until);
        self.present_area = self.present as f64 * (until - now);
        self.busy_area = f64::from(self.busy) * (until - now);
        self.servers_area = self.servers * (until - now);
    }
}
