//! From what the requests of single replications met to sums, quantiles and courses over time.

use super::{Lengths, OBSERVED, Observed, Point, QUANTILES, RequestRuns, ServedRuns, Spread, called, served};
use crate::model::Model;
use crate::sim::request::{Bin, Called, RequestOutcome, Served, Stretch, Times, count, queue_length};
use crate::stats::{Joint, Moments};

impl RequestRuns {
    /// No replications yet.
    #[must_use]
    pub fn new(model: &Model, batched: bool) -> Self {
        let room = Stretch::new(model);
        Self {
            batched,
            services: vec![ServedRuns::default(); room.services.len()],
            sources: vec![ServedRuns::default(); room.sources.len()],
            calls: vec![Joint::default(); room.calls.len()],
            bin_seconds: 0.0,
        }
    }

    /// Adds the replications of one draw of the uncertain numbers: one observation, or as many as there are batches.
    pub fn add(&mut self, outcomes: &[&RequestOutcome]) {
        if self.batched {
            for batch in outcomes.iter().flat_map(|outcome| &outcome.batches) {
                self.observe(&[batch]);
            }
        } else {
            let whole: Vec<&Stretch> = outcomes.iter().flat_map(|outcome| &outcome.batches).collect();
            self.observe(&whole);
        }
        for outcome in outcomes {
            self.bin_seconds = outcome.bin_seconds;
            let runs = self.services.iter_mut().chain(&mut self.sources);
            for (runs, bins) in runs.zip(outcome.services.iter().chain(&outcome.sources)) {
                runs.follow(bins, outcome.bin_seconds);
            }
        }
    }

    /// Adds one observation: stretches of time that belong together.
    fn observe(&mut self, stretches: &[&Stretch]) {
        if stretches.is_empty() {
            return;
        }
        for (s, runs) in self.services.iter_mut().enumerate() {
            runs.observe(&part(stretches, |stretch| &stretch.services[s]), self.batched);
        }
        for (s, runs) in self.sources.iter_mut().enumerate() {
            runs.observe(&part(stretches, |stretch| &stretch.sources[s]), self.batched);
        }
        for (c, runs) in self.calls.iter_mut().enumerate() {
            runs.add(&call_sums(&part(stretches, |stretch| &stretch.calls[c])));
        }
    }

    /// Adds what other replications gave, which come after these.
    pub fn merge(&mut self, other: &Self) {
        self.bin_seconds = self.bin_seconds.max(other.bin_seconds);
        let mine = self.services.iter_mut().chain(&mut self.sources);
        mine.zip(other.services.iter().chain(&other.sources)).for_each(|(mine, theirs)| mine.merge(theirs));
        self.calls.iter_mut().zip(&other.calls).for_each(|(mine, theirs)| mine.merge(theirs));
    }
}

/// One part of each stretch of an observation, and how long the stretch is.
fn part<'a, T>(stretches: &[&'a Stretch], pick: impl Fn(&'a Stretch) -> &'a T) -> Vec<(&'a T, f64)> {
    stretches.iter().map(|stretch| (pick(stretch), stretch.seconds)).collect()
}

impl ServedRuns {
    fn observe(&mut self, parts: &[(&Served, f64)], batched: bool) {
        let sums = served_sums(parts);
        self.sums.add(&sums);
        let p99 = self.response.observe(parts, |served| &served.response);
        if self.observed.len() < OBSERVED {
            self.observed.push(Observed { sums, p99 });
        }
        self.wait.observe(parts, |served| &served.wait);
        self.queue.observe(parts);
        if batched {
            self.batch_means.push(sums[served::RESPONSE] / sums[served::ANSWERED]);
        }
    }

    fn follow(&mut self, bins: &[Bin], seconds: f64) {
        self.course.resize(bins.len().max(self.course.len()), Point::default());
        self.course.iter_mut().zip(bins).for_each(|(point, bin)| point.add(bin, seconds));
    }

    fn merge(&mut self, other: &Self) {
        self.sums.merge(&other.sums);
        self.response.merge(&other.response);
        self.wait.merge(&other.wait);
        self.queue.merge(&other.queue);
        self.observed.extend(other.observed.iter().take(OBSERVED - self.observed.len()));
        self.batch_means.extend(&other.batch_means);
        self.course.resize(other.course.len().max(self.course.len()), Point::default());
        self.course.iter_mut().zip(&other.course).for_each(|(mine, theirs)| mine.merge(theirs));
    }
}

/// The sums of an observation, as means over its stretches.
fn served_sums(parts: &[(&Served, f64)]) -> [f64; served::N] {
    let mut sums = [0.0; served::N];
    for (served, seconds) in parts {
        debug_assert_eq!(
            served.counts[count::ARRIVED] + served.in_flight_at_start,
            served.counts[count::GOOD] + served.failed() + served.in_flight_at_end,
            "requests were lost or made up: {:?}",
            served.counts
        );
        for (sum, counted) in sums.iter_mut().zip(served.counts) {
            *sum += counted as f64;
        }
        let failed = served.failed();
        sums[served::FAILED] += failed as f64;
        sums[served::RESOLVED] += (served.counts[count::GOOD] + failed) as f64;
        sums[served::SECONDS] += seconds;
        sums[served::ANSWERED] += served.response.count() as f64;
        sums[served::RESPONSE] += served.response_sum;
        sums[served::BEGUN] += served.wait.count() as f64;
        sums[served::WAIT] += served.wait_sum;
        sums[served::BUSY] += served.busy;
        sums[served::SERVERS] += if served.servers.is_finite() { served.servers } else { 0.0 };
        sums[served::QUEUED] += served.queued;
        sums[served::PRESENT] += served.present;
    }
    sums.map(|sum| sum / parts.len() as f64)
}

fn call_sums(parts: &[(&Called, f64)]) -> [f64; called::N] {
    let mut sums = [0.0; called::N];
    for (call, seconds) in parts {
        let counts = [call.calls + call.hits, call.hits, call.calls, call.attempts, call.failed, call.denied, call.broken];
        sums.iter_mut().zip(counts).for_each(|(sum, counted)| *sum += counted as f64);
        sums[called::SECONDS] += seconds;
    }
    sums.map(|sum| sum / parts.len() as f64)
}

impl Spread {
    /// Adds one observation, and tells the last of its quantiles.
    fn observe(&mut self, parts: &[(&Served, f64)], pick: impl Fn(&Served) -> &Times) -> Option<f64> {
        let mut together = Times::default();
        let whole = match parts {
            [(one, _)] => pick(one),
            several => {
                for (served, _) in several {
                    together.merge(pick(served));
                }
                &together
            }
        };
        add_quantiles(&mut self.parts, |p| whole.quantile(p));
        self.all.merge(whole);
        whole.quantile(QUANTILES[2])
    }

    fn merge(&mut self, other: &Self) {
        self.all.merge(&other.all);
        self.parts.iter_mut().zip(&other.parts).for_each(|(mine, theirs)| mine.merge(theirs));
    }
}

impl Lengths {
    fn observe(&mut self, parts: &[(&Served, f64)]) {
        let mut together = Vec::new();
        for (served, _) in parts {
            lengthen(&mut together, &served.queue);
        }
        add_quantiles(&mut self.parts, |p| quantile(&together, p));
        lengthen(&mut self.seconds, &together);
    }

    fn merge(&mut self, other: &Self) {
        lengthen(&mut self.seconds, &other.seconds);
        self.parts.iter_mut().zip(&other.parts).for_each(|(mine, theirs)| mine.merge(theirs));
    }

    /// The length that the queue did not exceed for a fraction `p` of the time; `None` where no time was seen.
    #[must_use]
    pub fn quantile(&self, p: f64) -> Option<f64> {
        quantile(&self.seconds, p)
    }
}

/// Adds the seconds of each place.
fn lengthen(mine: &mut Vec<f64>, theirs: &[f64]) {
    if mine.len() < theirs.len() {
        mine.resize(theirs.len(), 0.0);
    }
    mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine += theirs);
}

/// The shortest length that a fraction `p` of the time does not exceed.
fn quantile(seconds: &[f64], p: f64) -> Option<f64> {
    let total: f64 = seconds.iter().sum();
    if total <= 0.0 {
        return None;
    }
    // Sums of seconds are rounded; a time that is just enough is enough.
    let wanted = p * total * (1.0 - 1e-12);
    let mut so_far = 0.0;
    let reached = |time: &f64| {
        so_far += time;
        so_far >= wanted
    };
    seconds.iter().position(reached).map(queue_length)
}

fn add_quantiles(parts: &mut [Moments; 3], quantile: impl Fn(f64) -> Option<f64>) {
    for (part, p) in parts.iter_mut().zip(QUANTILES) {
        if let Some(value) = quantile(p) {
            part.add(value);
        }
    }
}

impl Point {
    fn add(&mut self, bin: &Bin, seconds: f64) {
        let per_second = |counted: u64| counted as f64 / seconds;
        self.rate.add(per_second(bin.counts[count::ARRIVED]));
        self.good.add(per_second(bin.counts[count::GOOD]));
        for (failed, (reason, _)) in self.failed.iter_mut().zip(count::REASONS) {
            failed.add(per_second(bin.counts[reason]));
        }
        for (moments, value) in self.quantiles.iter_mut().zip(bin.quantiles).chain([(&mut self.mean, bin.mean)]) {
            // A bin without a good answer has no response time.
            if value.is_finite() {
                moments.add(value);
            }
        }
        self.queue.add(bin.queue);
        self.present.add(bin.present);
    }

    fn merge(&mut self, other: &Self) {
        self.each().zip(other.clone().each()).for_each(|(mine, theirs)| mine.merge(theirs));
    }

    fn each(&mut self) -> impl Iterator<Item = &mut Moments> {
        let Self { rate, good, failed, mean, quantiles, queue, present } = self;
        [rate, good, mean, queue, present].into_iter().chain(failed).chain(quantiles)
    }
}
