//! Queues that become long before they are empty again: known answers, as far as plain simulation reaches. The published cases go
//! on to 3e-8 (25 customers) and 5.6e-6 (8 in the second queue), which are for importance splitting.

mod common;

use common::compiled;
use ninefold::sim::request::{Plan, Requests};
use ninefold::stats::Proportion;

#[track_caller]
fn agrees(found: &Proportion, exact: f64, precision: f64) {
    let estimate = found.estimate(0.95);
    let (Some(value), Some(low), Some(high)) = (estimate.value, estimate.low, estimate.high) else {
        panic!("nothing was observed");
    };
    let half = (high - low) / 2.0;
    assert!(half <= precision * exact, "{value} ± {half} is not precise enough for {exact}");
    assert!((value - exact).abs() <= 3.3 * half / 1.96, "{value} ± {half} is not {exact}");
}

/// M/M/1 with arrivals at 0.5/s and service at 1/s: a busy period, which begins with one customer, reaches n before it is over with
/// probability 1/(2ⁿ − 1) (the gambler's ruin; at n = 25 the 2.98e-8 of the case `mm1-overflow-busy-cycle`).
#[test]
fn busy_periods_that_reach_a_length() {
    let text = "name: case\nstart: 2026-01-01\nhorizon: 30000000s\ntraffic: {t: {to: s, rate: 0.5/s}}\n\
                services: {s: {service_time: {exponential: {mean: 1s}}}}\n";
    let model = compiled(text, None);
    let mut requests = Requests::new(&model, Plan { warmup: 0.0, bins: 1, batches: 1 });
    requests.begin(1, 0, 0);
    let levels = [3_u32, 6, 9, 11];
    let mut reached = levels.map(|_| Proportion::default());
    let mut highest = 0;
    while requests.advance().is_some() {
        let present = requests.present(0);
        if present == 0 && highest > 0 {
            for (share, level) in reached.iter_mut().zip(levels) {
                share.add_cluster(u64::from(highest >= u64::from(level)), 1);
            }
            highest = 0;
        }
        highest = highest.max(present);
    }
    for (share, level) in reached.iter().zip(levels) {
        agrees(share, 1.0 / (2.0_f64.powi(level as i32) - 1.0), 0.05);
    }
}

/// P(the second of two queues reaches `c` before it is empty | none in the first, one in the second), for arrivals at 3/s and
/// services at 2/s and 6/s: first steps, solved by iteration over at most 150 in the first queue.
fn exact(c: usize) -> f64 {
    const MOST: usize = 150;
    let (arrival, first, second) = (3.0, 2.0, 6.0);
    let mut reach = vec![vec![0.0; c + 1]; MOST + 1];
    for row in &mut reach {
        row[c] = 1.0;
    }
    for _ in 0..4_000 {
        for one in 0..=MOST {
            for two in 1..c {
                let more = if one < MOST { reach[one + 1][two] } else { reach[one][two] };
                let on = if one > 0 { first * reach[one - 1][two + 1] } else { 0.0 };
                let all = arrival + second + if one > 0 { first } else { 0.0 };
                reach[one][two] = (arrival * more + on + second * reach[one][two - 1]) / all;
            }
        }
    }
    reach[0][1]
}

/// The tandem queue of the papers on RESTART and FIG (case `tandem-overflow-C8`: 5.605020533257362e-6 for a length of 8). Histories in
/// which the first queue is empty when the first customer comes to the second begin as the case does.
#[test]
fn a_second_queue_that_overflows() {
    assert!((exact(8) / 5.605_020_533_257_362e-6 - 1.0).abs() < 1e-6, "{}", exact(8));
    let text = "name: case\nstart: 2026-01-01\nhorizon: 1h\ntraffic: {t: {to: job, rate: 3/s}}\nservices:\n  \
                job: {calls: [{to: one}, {to: two}]}\n  one: {service_time: {exponential: {mean: 500ms}}}\n  \
                two: {service_time: {exponential: {mean: 166.66666666666667ms}}}\n";
    let model = compiled(text, None);
    let mut requests = Requests::new(&model, Plan { warmup: 0.0, bins: 1, batches: 1 });
    let lengths = [3_u64, 4];
    let mut reached = lengths.map(|_| Proportion::default());
    for replication in 0..1_800_000 {
        requests.begin(1, replication, 0);
        while requests.present(2) == 0 && requests.advance().is_some() {}
        if requests.present(1) > 0 {
            continue;
        }
        let mut highest = 1;
        while requests.present(2) > 0 && highest < lengths[1] && requests.advance().is_some() {
            highest = highest.max(requests.present(2));
        }
        for (share, length) in reached.iter_mut().zip(lengths) {
            share.add_cluster(u64::from(highest >= length), 1);
        }
    }
    for (share, length) in reached.iter().zip(lengths) {
        agrees(share, exact(length as usize), 0.05);
    }
}
