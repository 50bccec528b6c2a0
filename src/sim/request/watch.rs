//! Bins, batches and objectives: what is counted when.

use super::meter::Meter;
use super::outcome::{Bin, RequestOutcome, Served, Stretch, count};
use super::{Plan, Requests};
use crate::kernel::NEVER;
use crate::model::{Counts, Model, Windows};
use crate::sim::outcome::sum;
use crate::sim::windows::Segment;

/// When something is to be written down: times of the simulation's clock.
#[derive(Debug, Clone)]
pub struct Watch {
    plan: Plan,
    /// What is watched lies between these times, in so many bins.
    pub begin: f64,
    /// See `begin`.
    pub end: f64,
    /// The bin that is under way; none before the begin.
    bin: Option<usize>,
    /// Lengths of the slices that objectives count, and the number of the next edge of each.
    slices: Vec<(f64, u64)>,
    /// Edges of the objectives' windows, ascending, and the next of them.
    edges: Vec<f64>,
    edge: usize,
    /// By objective: requests resolved, and those of them that were not good, since `noted`.
    tallies: Vec<[f64; 2]>,
    /// By objective: all requests resolved.
    counted: Vec<f64>,
    /// By objective: the share of its requests that fail by failures alone that it leaves out.
    spared: Vec<f64>,
    noted: f64,
    /// What the present batch gave so far.
    batch: Stretch,
}

impl Watch {
    pub fn new(model: &Model, plan: Plan, begin: f64, end: f64) -> Self {
        let counting = model.objectives.iter().filter(|objective| objective.counts != Counts::Time);
        let mut slices: Vec<(f64, u64)> = Vec::new();
        let mut edges = Vec::new();
        for objective in counting {
            if let Counts::Slices { length, .. } = objective.counts
                && !slices.iter().any(|slice| slice.0 == length)
            {
                slices.push((length, 1));
            }
            if let Windows::Calendar { spans, .. } = &objective.windows {
                edges.extend(spans.iter().flat_map(|span| [span.from, span.to]).map(|edge| edge + begin));
            }
        }
        edges.retain(|edge| *edge > begin && *edge < end);
        edges.sort_unstable_by(f64::total_cmp);
        edges.dedup();
        Self {
            plan,
            begin,
            end,
            bin: None,
            slices,
            edges,
            edge: 0,
            tallies: vec![[0.0; 2]; model.objectives.len()],
            counted: vec![0.0; model.objectives.len()],
            spared: vec![0.0; model.objectives.len()],
            noted: begin,
            batch: Stretch::new(model),
        }
    }

    /// Back to the begin of a replication. Returns when the first thing is to be written down.
    pub fn reset(&mut self, model: &Model) -> f64 {
        (self.bin, self.edge, self.noted) = (None, 0, self.begin);
        self.slices.iter_mut().for_each(|slice| slice.1 = 1);
        self.tallies.fill([0.0; 2]);
        self.counted.fill(0.0);
        self.spared.fill(0.0);
        self.batch = Stretch::new(model);
        self.begin
    }

    /// The edge behind bin `bin`.
    fn edge_of(&self, bin: usize) -> f64 {
        if bin + 1 >= self.plan.bins {
            self.end
        } else {
            self.begin + (self.end - self.begin) * ((bin + 1) as f64 / self.plan.bins as f64)
        }
    }

    fn length(&self) -> f64 {
        (self.end - self.begin) / self.plan.bins as f64
    }

    /// When next something is to be written down.
    fn next(&self) -> f64 {
        let bin = self.bin.map_or(self.begin, |bin| self.edge_of(bin));
        let slices = self.slices.iter().map(|(length, k)| self.begin + length * *k as f64);
        let edge = self.edges.get(self.edge).copied().unwrap_or(NEVER);
        slices.fold(bin.min(edge), f64::min)
    }
}

impl Requests<'_> {
    /// Something is to be written down.
    pub(super) fn watch_due(&mut self, now: f64) {
        if self.watch.bin.is_none() {
            self.begin_watching(now);
        } else {
            self.note_objectives(now);
            if let Some(bin) = self.watch.bin
                && now >= self.watch.edge_of(bin)
            {
                self.end_bin(bin, now);
            }
        }
        while self.watch.edges.get(self.watch.edge).is_some_and(|edge| *edge <= now) {
            self.watch.edge += 1;
        }
        let begin = self.watch.begin;
        for (length, k) in &mut self.watch.slices {
            while begin + *length * *k as f64 <= now {
                *k += 1;
            }
        }
        let next = self.watch.next();
        self.next_watch = if next < self.watch.end { next } else { NEVER };
    }

    /// What is measured begins.
    fn begin_watching(&mut self, now: f64) {
        self.watch.bin = Some(0);
        self.watch.noted = now;
        self.watch.tallies.fill([0.0; 2]);
        let until = self.watch.edge_of(0);
        for meter in &mut self.meters {
            meter.forget();
            meter.begin(now, until);
        }
        self.begin_batch();
        for site in &mut self.plant.sites {
            site.called = super::Called::default();
        }
    }

    fn begin_batch(&mut self) {
        let batch = &mut self.watch.batch;
        *batch = Stretch::new(self.model);
        for (served, meter) in batch.services.iter_mut().chain(&mut batch.sources).zip(&self.meters) {
            served.in_flight_at_start = meter.present();
        }
        for (source, mirror) in self.mirrors.iter().enumerate() {
            if let Some(s) = *mirror {
                batch.sources[source].in_flight_at_start = self.meters[s].present();
            }
        }
    }

    /// A bin ends, and the next begins; with it perhaps a batch.
    fn end_bin(&mut self, bin: usize, now: f64) {
        let length = self.watch.length();
        let services = self.plant.nodes.len();
        let batch = &mut self.watch.batch;
        for (place, (served, meter)) in batch.services.iter_mut().chain(&mut batch.sources).zip(&mut self.meters).enumerate() {
            let course = match place.checked_sub(services) {
                None => &mut self.given.services[place],
                Some(source) => &mut self.given.sources[source],
            };
            course.push(meter.end_bin(served, now, length));
        }
        for (course, mirror) in self.given.sources.iter_mut().zip(&self.mirrors) {
            let seen = mirror.and_then(|s| self.given.services[s].last());
            if let (Some(bin), Some(seen)) = (course.last_mut(), seen) {
                *bin = Bin { queue: 0.0, ..*seen };
            }
        }
        batch.seconds += length;
        if (bin + 1).is_multiple_of(self.watch.plan.bins / self.watch.plan.batches) {
            self.end_batch();
        }
        self.watch.bin = Some(bin + 1);
        let until = self.watch.edge_of(bin + 1);
        self.meters.iter_mut().for_each(|meter| meter.begin(now, until));
    }

    fn end_batch(&mut self) {
        for (sum, site) in self.watch.batch.calls.iter_mut().zip(&mut self.plant.sites) {
            *sum = std::mem::take(&mut site.called);
        }
        for (source, mirror) in self.mirrors.iter().enumerate() {
            if let Some(s) = *mirror {
                let batch = &mut self.watch.batch;
                batch.sources[source] = from_end_to_end(&batch.services[s]);
            }
        }
        self.given.batches.push(std::mem::take(&mut self.watch.batch));
        self.begin_batch();
    }

    /// A request of a service whose requests objectives count is resolved.
    pub(super) fn count_for_objectives(&mut self, s: usize, good: bool, took: f64) {
        for &o in &self.plant.nodes[s].objectives {
            let good = good && took < self.model.objectives[o as usize].latency;
            let tally = &mut self.watch.tallies[o as usize];
            tally[0] += 1.0;
            tally[1] += f64::from(u8::from(!good));
        }
    }

    /// Writes down for the objectives what was counted since the last time.
    pub(super) fn note_objectives(&mut self, now: f64) {
        if self.watch.bin.is_none() {
            return;
        }
        let (from, to) = (self.watch.noted - self.watch.begin, now - self.watch.begin);
        self.watch.noted = now;
        for o in 0..self.watch.tallies.len() {
            let [counted, bad] = std::mem::take(&mut self.watch.tallies[o]);
            if counted == 0.0 {
                continue;
            }
            self.watch.counted[o] += counted;
            self.world.counted[o].push((to, self.watch.counted[o]));
            if bad > 0.0 {
                let spared = (counted * self.watch.spared[o]).min(bad);
                self.world.outcome.objectives[o].log.push(Segment { from, to, bad: bad - spared, out: spared });
            }
        }
    }

    /// Notes for the objectives that leave failures out what share of their requests these alone make fail.
    pub(super) fn note_spared(&mut self) {
        if self.model.objectives.iter().any(|objective| objective.excludes.contains(&true)) {
            self.world.note_spared();
            self.watch.spared.copy_from_slice(self.world.spared());
        }
    }

    /// The end is reached: closes the books.
    pub(super) fn close(&mut self) {
        let end = self.watch.end;
        self.note_objectives(end);
        if let Some(bin) = self.watch.bin {
            self.end_bin(bin.min(self.watch.plan.bins - 1), end);
        }
    }

    /// Tells the world what its services did for requests.
    pub(super) fn tell_world(&mut self) {
        for s in 0..self.plant.nodes.len() {
            let given = &mut self.world.outcome.services[s];
            for batch in &self.given.batches {
                let served = &batch.services[s];
                let good = served.counts[count::GOOD];
                given.sums[sum::REQUESTS] += (good + served.failed()) as f64;
                given.sums[sum::GOOD] += good as f64;
                given.sums[sum::BUSY] += served.busy;
                given.sums[sum::SERVERS] += served.servers;
            }
        }
        self.world.book_revenue();
    }
}

impl RequestOutcome {
    /// Nothing yet, with room for the courses of a model.
    pub(super) fn begin(&mut self, model: &Model, plan: Plan, seconds: f64) {
        self.batches.clear();
        self.bin_seconds = seconds / plan.bins as f64;
        self.services.resize_with(model.services.len(), Vec::new);
        self.sources.resize_with(model.demand.sources.len() + model.users.len(), Vec::new);
        self.services.iter_mut().chain(&mut self.sources).for_each(Vec::<Bin>::clear);
    }
}

/// What a service gave, as the source sees it whose requests are all that it gets.
fn from_end_to_end(service: &Served) -> Served {
    Served {
        counts: service.counts,
        in_flight_at_start: service.in_flight_at_start,
        in_flight_at_end: service.in_flight_at_end,
        response: service.response.clone(),
        response_sum: service.response_sum,
        present: service.present,
        ..Served::default()
    }
}

/// By source: the service that gets all its requests and no others, so that what is measured of one is measured of both.
pub fn mirrors(model: &Model) -> Vec<Option<usize>> {
    let open = model.demand.sources.iter().map(|source| source.to);
    let to: Vec<u32> = open.chain(model.users.iter().map(|users| users.to)).collect();
    let called = |s: u32| model.services.iter().flat_map(|service| &service.calls).any(|call| call.to == s);
    let alone = |s: &u32| to.iter().filter(|other| *other == s).count() == 1 && !called(*s);
    to.iter().map(|s| alone(s).then_some(*s as usize)).collect()
}

/// One for each service, then for each source.
pub fn meters(model: &Model) -> Vec<Meter> {
    let count = model.services.len() + model.demand.sources.len() + model.users.len();
    (0..count).map(|_| Meter::new()).collect()
}
