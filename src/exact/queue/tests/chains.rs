//! The closed forms against Markov chains whose states are solved one by one.

use super::super::{Engset, ErlangA, Mmck};
use super::{close, solved};

/// Probabilities of 0, 1, … up to `most` in a system of `servers`, with `arrivals(n)` and, beyond the servers, leaving.
fn birth_and_death(most: u32, servers: u32, arrivals: impl Fn(u32) -> f64, leaving: f64) -> Vec<f64> {
    let mut found = solved(0_u32, |&n, moves| {
        if n < most {
            moves.push((n + 1, arrivals(n)));
        }
        if n > 0 {
            moves.push((n - 1, f64::from(n.min(servers)) + leaving * f64::from(n.saturating_sub(servers))));
        }
    });
    found.sort_by_key(|(n, _)| *n);
    found.into_iter().map(|(_, p)| p).collect()
}

#[test]
fn finite_queues() {
    for (servers, places) in [(1, 1), (3, 4), (10, 1), (10, 50)] {
        for ratio in [0.1, 0.8, 1.0 - 1e-7, 1.0, 1.01, 3.0] {
            let arrivals = ratio * f64::from(servers);
            let states = birth_and_death(servers + places, servers, |_| arrivals, 0.0);
            let queue = Mmck::new(arrivals, 1.0, f64::from(servers), f64::from(places));
            let c = servers as usize;
            let admitted: f64 = states[..states.len() - 1].iter().sum();
            close(queue.lost, states[states.len() - 1], 1e-11);
            close(queue.waits, states[c..states.len() - 1].iter().sum::<f64>() / admitted, 1e-11);
            let waiting: f64 = states[c..].iter().enumerate().map(|(j, p)| j as f64 * p).sum();
            close(queue.queue, waiting, 1e-11);
            close(queue.wait, waiting / (arrivals * admitted), 1e-11);
            close(queue.utilisation, ratio * admitted, 1e-11);
            close(queue.throughput, arrivals * admitted, 1e-11);
            for (n, p) in states.iter().enumerate() {
                close(queue.state(n as u64), *p, 1e-11);
            }
            for t in [0.01, 0.3, 2.0, 5.0] {
                // Who finds j waiting waits for j + 1 departures.
                let departures = t * f64::from(servers);
                let (mut term, mut erlang, mut late) = (libm::exp(-departures), 0.0, 0.0);
                for (j, p) in states[c..states.len() - 1].iter().enumerate() {
                    erlang += term;
                    term *= departures / (j as f64 + 1.0);
                    late += p * erlang / admitted;
                }
                close(queue.wait_above(t), late, 1e-11);
                if late < 0.999 * queue.waits && late > 1e-4 {
                    close(queue.wait_quantile(1.0 - late), t, 1e-8);
                }
            }
        }
    }
}

#[test]
fn patience() {
    for servers in [1_u32, 5, 40] {
        for ratio in [0.3, 0.95, 1.0, 1.1, 2.5] {
            for patience in [0.1, 1.0, 20.0] {
                let (c, arrivals) = (f64::from(servers), ratio * f64::from(servers));
                let most = (c + 60.0 + 40.0 * patience + 2.0 * arrivals * patience) as u32;
                let states = birth_and_death(most, servers, |_| arrivals, 1.0 / patience);
                let queue = ErlangA::new(arrivals, 1.0, c, patience);
                let waiting: f64 = states[servers as usize..].iter().enumerate().map(|(j, p)| j as f64 * p).sum();
                close(queue.queue, waiting, 1e-10);
                close(queue.left, waiting / patience / arrivals, 1e-10);
                close(queue.waits, states[servers as usize..].iter().sum(), 1e-10);
                close(queue.utilisation, states.iter().enumerate().map(|(n, p)| p * (n as f64).min(c) / c).sum(), 1e-10);
                close(queue.throughput, arrivals * (1.0 - queue.left), 1e-10);
                // Whoever is served having met j − 1 in the queue has seen j departures, at rates c + 1/p … c + j/p.
                let (mut passed, mut wait) = (0.0, 0.0);
                for (j, p) in states[servers as usize..].iter().enumerate().skip(1) {
                    passed += 1.0 / (c + j as f64 / patience);
                    wait += c / arrivals * p * passed;
                }
                close(queue.served_wait(), wait / (1.0 - queue.left), 1e-9);
            }
        }
    }
}

#[test]
fn sources() {
    for (count, servers, rate) in [(10, 5, 0.3), (4, 3, 2.0), (60, 20, 0.5)] {
        let (sources, c) = (f64::from(count), f64::from(servers));
        let states = birth_and_death(servers, servers, |n| rate * (sources - f64::from(n)), 0.0);
        let found = Engset::new(sources, rate, 1.0, servers);
        let offered = |n: usize, p: f64| p * rate * (sources - n as f64);
        let all: f64 = states.iter().enumerate().map(|(n, p)| offered(n, *p)).sum();
        let busy: f64 = states.iter().enumerate().map(|(n, p)| n as f64 * p).sum();
        close(found.full, states[servers as usize], 1e-12);
        close(found.lost, offered(servers as usize, found.full) / all, 1e-12);
        close(found.utilisation, busy / c, 1e-12);
        close(found.throughput, busy, 1e-12);
    }
}
