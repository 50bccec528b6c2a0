//! The formulas with impatience against their customers, one after the other.

use super::super::{Deadline, ErlangA};
use super::{Uniform, close};

/// Of customers who bring a patience: the share that leaves, the mean wait of the served, and their share that waits longer
/// than `t`.
fn served(arrivals: f64, servers: usize, t: f64, mut patience: impl FnMut(&mut Uniform) -> f64) -> [f64; 3] {
    let mut random = Uniform(0x9E37_79B9_7F4A_7C15);
    let mut free = vec![0.0_f64; servers];
    let (mut now, mut left, mut wait, mut late) = (0.0, 0.0, 0.0, 0.0);
    let customers = 400_000;
    for _ in 0..customers {
        now += random.exponential() / arrivals;
        let first = (0..servers).min_by(|&a, &b| free[a].total_cmp(&free[b])).unwrap();
        let offered = (free[first] - now).max(0.0);
        if offered > patience(&mut random) {
            left += 1.0;
        } else {
            wait += offered;
            late += f64::from(u8::from(offered > t));
            free[first] = now + offered + random.exponential();
        }
    }
    let all = f64::from(customers);
    [left / all, wait / (all - left), late / (all - left)]
}

#[test]
fn customers_who_leave() {
    for (arrivals, servers, patience) in [(0.9, 1, 2.0), (1.4, 1, 1.0), (4.5, 5, 0.7), (9.0, 5, 1.5)] {
        let t = 0.4 * patience;
        let found = served(arrivals, servers, t, |random| patience * random.exponential());
        let exact = ErlangA::new(arrivals, 1.0, servers as f64, patience);
        close(found[0], exact.left, 0.02);
        close(found[1], exact.served_wait(), 0.02);
        close(found[2], exact.served_wait_above(t), 0.02);
        let found = served(arrivals, servers, t, |_| patience);
        let exact = Deadline::new(arrivals, 1.0, servers as f64, patience);
        close(found[0], exact.left, 0.02);
        close(found[1], exact.served_wait, 0.02);
        close(found[2], exact.served_wait_above(t), 0.02);
    }
}
