//! Made-up replications at request fidelity: exponential times, and some of everything that can go wrong.

use crate::random::{Stream, uniform};
use crate::sim::request::{Bin, Called, RequestOutcome, Served, Stretch, Times, count};

/// Parts of the horizon.
pub const BINS: usize = 16;
/// Length of each, seconds.
const BIN: f64 = 60.0;

/// Draws in order.
struct Dice(Stream, u64);

impl Dice {
    fn exponential(&mut self, mean: f64) -> f64 {
        self.1 += 1;
        -libm::log(uniform(self.0.word(self.1))) * mean
    }

    fn upto(&mut self, most: u64) -> u64 {
        self.1 += 1;
        self.0.word(self.1) % (most + 1)
    }
}

/// A replication of so many services, sources and calls. Service and source `i` answer in (`i` + 1) × 0.2 s on average; no
/// request of a service fails where `calm`.
pub fn outcome(replication: u64, [services, sources, calls]: [usize; 3], batches: usize, calm: bool) -> RequestOutcome {
    let mut dice = Dice(Stream::new(17, 1, replication), 0);
    let stretch = |dice: &mut Dice| Stretch {
        seconds: BIN * BINS as f64 / batches as f64,
        services: (0..services).map(|i| served(dice, i, calm, true)).collect(),
        sources: (0..sources).map(|i| served(dice, i, calm, false)).collect(),
        calls: (0..calls).map(|_| called(dice)).collect(),
    };
    let course = |dice: &mut Dice, things: usize| (0..things).map(|i| (0..BINS).map(|_| bin(dice, i, calm)).collect()).collect();
    RequestOutcome {
        batches: (0..batches).map(|_| stretch(&mut dice)).collect(),
        bin_seconds: BIN,
        services: course(&mut dice, services),
        sources: course(&mut dice, sources),
    }
}

fn served(dice: &mut Dice, i: usize, calm: bool, service: bool) -> Served {
    let good = 900 + dice.upto(200);
    let mut counts = [0; count::N];
    counts[count::GOOD] = good;
    for (place, (reason, _)) in count::REASONS.iter().enumerate() {
        counts[*reason] = if calm || place > i + 2 { 0 } else { dice.upto(30) };
    }
    let failed: u64 = count::REASONS.iter().map(|(reason, _)| counts[*reason]).sum();
    let (before, after) = (dice.upto(5), dice.upto(5));
    counts[count::ARRIVED] = good + failed + after - before;
    counts[count::FIRST] = counts[count::ARRIVED] - if calm { 0 } else { dice.upto(100) };
    counts[count::WASTED] = if calm { 0 } else { dice.upto(10) };
    let (mut response, mut wait) = (Times::default(), Times::default());
    let (mut response_sum, mut wait_sum) = (0.0, 0.0);
    let mean = 0.2 * (i + 1) as f64;
    for _ in 0..good {
        let (waited, worked) = (dice.exponential(mean / 2.0), dice.exponential(mean / 2.0));
        response.add(waited + worked);
        response_sum += waited + worked;
        if service {
            wait.add(waited);
            wait_sum += waited;
        }
    }
    let seconds = BIN * BINS as f64;
    Served {
        counts,
        in_flight_at_start: before,
        in_flight_at_end: after,
        response,
        response_sum,
        wait,
        wait_sum,
        busy: if service { (0.5 + 0.01 * dice.upto(10) as f64) * seconds } else { 0.0 },
        servers: if service { seconds } else { 0.0 },
        queued: wait_sum,
        present: response_sum,
        queue: if service { (0..12).map(|n| seconds / 2.0_f64.powi(n + 1) + dice.upto(9) as f64).collect() } else { Vec::new() },
    }
}

fn called(dice: &mut Dice) -> Called {
    let calls = 2_000 + dice.upto(100);
    Called {
        calls,
        hits: dice.upto(500),
        attempts: calls + dice.upto(300),
        failed: dice.upto(40),
        denied: dice.upto(10),
        broken: dice.upto(20),
    }
}

fn bin(dice: &mut Dice, i: usize, calm: bool) -> Bin {
    let mut counts = [0; count::N];
    counts[count::GOOD] = 50 + dice.upto(20);
    for (place, (reason, _)) in count::REASONS.iter().enumerate() {
        counts[*reason] = if calm || place > i + 2 { 0 } else { dice.upto(4) };
    }
    counts[count::ARRIVED] = counts[1..count::OUTCOMES].iter().sum();
    let mean = 0.2 * (i + 1) as f64 * (0.8 + dice.exponential(0.2));
    // Now and then nothing is answered.
    let mean = if dice.upto(19) == 0 { f64::NAN } else { mean };
    Bin {
        counts,
        mean,
        quantiles: [0.7, 2.4, 3.3].map(|q| q * mean),
        queue: dice.exponential(2.0),
        present: dice.exponential(4.0),
    }
}
