//! Figures computed to 50 digits with mpmath 1.3 from the definitions, and edges of the arguments.

use super::super::sums::exceeds;
use super::super::{
    Deadline, Engset, ErlangA, Mdc, Mmck, Waiting, arrivals_for_wait, busy_above, erlang_b, erlang_c, load_for_blocking,
    servers_for_blocking, servers_for_mean_wait, servers_for_wait, shared_response,
};
use super::close;

/// 1/B = e^a·a^(−x)·Γ(x + 1, a), also for numbers of servers that are not whole.
#[test]
fn erlang_of_any_number_of_servers() {
    for (servers, load, lost, waits) in [
        (0.5, 0.3, 0.5107516873292122, 0.7229824550690953),
        (2.5, 2.0, 0.2954195064117579, 0.6770465278077497),
        (2.5, 7.0, 0.6950175198711689, 1.0),
        (7.25, 6.5, 0.1991545798907724, 0.7062202670769517),
        (33.3, 30.0, 0.07604793313732214, 0.4537175144005612),
        (1000.5, 950.0, 0.003549330933838962, 0.0659176295400892),
        (10_000.0, 9_900.0, 0.002858126738856586, 0.2227769288641482),
        (100_000.0, 100_000.0, 0.002518893423546906, 1.0),
        (100_000.0, 130_000.0, 0.2307948643923156, 1.0),
    ] {
        close(erlang_b(servers, load), lost, 2e-14);
        close(erlang_c(servers, load), waits, 2e-14);
    }
}

/// The recursion of field notes and textbooks, which is stable and slow, for every regime of the sums.
#[test]
fn erlang_b_by_recursion() {
    for servers in [1_u32, 2, 3, 7, 31, 256, 999, 3_999, 4_001, 20_000] {
        for ratio in [0.3, 0.89, 0.91, 0.99, 1.0, 1.001, 1.2, 5.0, 1000.0] {
            let load = f64::from(servers) * ratio;
            let mut lost = 1.0;
            (1..=servers).for_each(|k| lost = load * lost / (f64::from(k) + load * lost));
            if lost > 1e-280 {
                close(erlang_b(f64::from(servers), load), lost, 2e-13);
            }
        }
    }
}

#[test]
fn edges_of_erlang() {
    assert_eq!((erlang_b(0.0, 3.0), erlang_b(5.0, 0.0), erlang_b(f64::INFINITY, 3.0)), (1.0, 0.0, 0.0));
    assert_eq!((erlang_c(0.0, 3.0), erlang_c(5.0, 0.0), erlang_c(f64::INFINITY, 3.0)), (1.0, 0.0, 0.0));
    assert_eq!((erlang_c(5.0, 5.0), erlang_c(5.0, 7.0)), (1.0, 1.0));
    assert_eq!(erlang_b(1e5, 1.0), 0.0);
    // Near load 1 the mean wait is one over what is missing.
    close(erlang_c(100.0, 100.0 - 1e-9), 1.0 - 1.26e-10, 1e-11);
    close(Waiting::mmc(1.0 - 1e-12, 1.0, 1.0).wait, 1e12, 1e-4);
}

#[test]
fn servers_that_are_needed() {
    for load in [0.1, 1.0, 8.0, 100.0, 2_500.7] {
        for target in [0.3, 0.01, 1e-6] {
            let servers = servers_for_blocking(load, target).unwrap();
            assert!(erlang_b(servers as f64, load) <= target && erlang_b(servers as f64 - 1.0, load) > target);
            let servers = servers_for_wait(load, 1.0, 0.2, target).unwrap();
            let late = |servers: f64| Waiting::mmc(load, 1.0, servers).wait_above(0.2);
            assert!(late(servers as f64) <= target && late(servers as f64 - 1.0) > target);
            let servers = servers_for_mean_wait(load, 1.0, target).unwrap();
            let wait = |servers: f64| Waiting::mmc(load, 1.0, servers).wait;
            assert!(wait(servers as f64) <= target && wait(servers as f64 - 1.0) > target);
        }
    }
    assert_eq!((servers_for_blocking(5.0, 0.0), servers_for_blocking(5.0, 1.0)), (None, Some(0)));
    assert_eq!((servers_for_blocking(0.0, 0.1), servers_for_mean_wait(0.0, 1.0, 0.0)), (Some(1), Some(0)));
    close(erlang_b(50.0, load_for_blocking(50.0, 0.02)), 0.02, 1e-12);
    let arrivals = arrivals_for_wait(0.25, 40.0, 0.1, 0.05);
    close(Waiting::mmc(arrivals, 0.25, 40.0).wait_above(0.1), 0.05, 1e-12);
}

/// Spitzer's sums by 25 digits; with one server it is Pollaczek and Khinchine's formula.
#[test]
fn fixed_service_times() {
    for (load, servers, waits, wait) in [
        (0.5, 1.0, 0.5, 0.5),
        (0.8, 1.0, 0.8, 2.0),
        (0.999, 1.0, 0.999, 499.5),
        (0.999999, 1.0, 0.999999, 499_999.5),
        (1.6, 2.0, 0.7018983171733281, 0.9032838794166753),
        (4.0, 5.0, 0.5336150629656229, 0.2890600072626654),
        (9.0, 10.0, 0.6468612839324046, 0.3445820503796794),
        (45.0, 50.0, 0.3355426451396058, 0.03952588717418632),
    ] {
        let queue = Mdc::new(load, 1.0, servers);
        close(queue.waits, waits, 1e-10);
        close(queue.wait, wait, 1e-10);
    }
    assert_eq!(Mdc::new(2.0, 1.0, 2.0).wait, f64::INFINITY);
    assert_eq!(Mdc::new(0.0, 1.0, 2.0), Mdc { waits: 0.0, wait: 0.0 });
}

/// 10⁶ places, loads far above and below 1, and no arrivals, servers or work at all.
#[test]
fn finite_queues_at_their_limits() {
    let crowded = Mmck::new(5.0, 1.0, 1.0, 1e6);
    close(crowded.lost, 0.8, 1e-14);
    close(crowded.wait, 1e6 + 1.0 - 1.25, 1e-12);
    close(crowded.queue, 1e6 - 0.25, 1e-12);
    close(crowded.state(1_000_001), 0.8, 1e-9);
    let even = Mmck::new(100.0, 1.0, 100.0, 1e6);
    close(even.lost, 1.0 / (1e6 + 1.0 / erlang_b(100.0, 100.0)), 1e-12);
    close(even.wait_above(even.wait), 0.5, 1e-4);
    close(even.wait_quantile(0.25), 0.5 * even.wait, 1e-3);
    let quiet = Mmck::new(1.0, 1.0, 1e5, 1e6);
    assert_eq!((quiet.lost, quiet.waits, quiet.queue, quiet.wait_above(1.0)), (0.0, 0.0, 0.0, 0.0));
    close(quiet.state(0), libm::exp(-1.0), 1e-9);
    let none = Mmck::new(0.0, 1.0, 2.0, 3.0);
    assert_eq!((none.lost, none.wait, none.state(0), none.state(1)), (0.0, 0.0, 1.0, 0.0));
    let dead = Mmck::new(1.0, 1.0, 0.0, 3.0);
    assert_eq!((dead.lost, dead.wait, dead.queue, dead.throughput), (1.0, f64::INFINITY, 3.0, 0.0));
    let instant = Mmck::new(1.0, 0.0, 1.0, 3.0);
    assert_eq!((instant.lost, instant.wait, instant.throughput), (0.0, 0.0, 1.0));
    let endless = Mmck::new(3.0, 1.0, 2.0, f64::INFINITY);
    assert_eq!((endless.lost, endless.wait, endless.throughput), (0.0, f64::INFINITY, 2.0));
}

#[test]
fn queues_at_their_limits() {
    let dead = Waiting::mmc(1.0, 1.0, 0.0);
    assert_eq!((dead.wait, dead.throughput, dead.waits), (f64::INFINITY, 0.0, 1.0));
    assert_eq!((dead.wait_above(1e9), dead.wait_quantile(0.5), dead.response_above(1e9)), (1.0, f64::INFINITY, 1.0));
    assert_eq!(dead.response_quantile(0.5), f64::INFINITY);
    let none = Waiting::mmc(0.0, 1.0, 0.0);
    assert_eq!((none.wait, none.queue, none.utilisation, none.wait_above(1.0)), (0.0, 0.0, 0.0, 0.0));
    let instant = Waiting::mmc(1.0, 0.0, 1.0);
    assert_eq!((instant.wait, instant.response_above(1.0), instant.response_quantile(0.9)), (0.0, 0.0, 0.0));
    let delay = Waiting::mmc(10.0, 1.0, f64::INFINITY);
    assert_eq!((delay.wait, delay.utilisation), (0.0, 0.0));
    close(delay.response_above(2.0), libm::exp(-2.0), 1e-15);
    let dead = ErlangA::new(1.0, 1.0, 0.0, 3.0);
    assert_eq!((dead.left, dead.wait, dead.queue, dead.throughput, dead.served_wait()), (1.0, 3.0, 3.0, 0.0, 0.0));
    let none = ErlangA::new(0.0, 1.0, 1.0, 3.0);
    assert_eq!((none.left, none.wait, none.utilisation, none.served_wait_above(0.0)), (0.0, 0.0, 0.0, 0.0));
    let dead = Deadline::new(1.0, 1.0, 0.0, 3.0);
    assert_eq!((dead.left, dead.wait, dead.queue, dead.throughput, dead.served_wait), (1.0, 3.0, 3.0, 0.0, 0.0));
    let none = Deadline::new(0.0, 1.0, 1.0, 3.0);
    assert_eq!((none.left, none.wait, none.utilisation, none.served_wait_above(0.0)), (0.0, 0.0, 0.0, 0.0));
    let huge = Deadline::new(1e6, 1.0, 10.0, 1e3);
    close(huge.left, 1.0 - 1e-5, 1e-14);
    close(huge.served_wait, 1e3, 1e-8);
    let huge = ErlangA::new(1e6, 1.0, 10.0, 1e3);
    close(huge.left, 1.0 - 1e-5, 1e-14);
    close(huge.throughput, 10.0, 1e-13);
    let few = Engset::new(3.0, 1.0, 1.0, 5);
    assert_eq!((few.lost, few.full), (0.0, 0.0));
    close(few.throughput, 1.5, 1e-15);
}

/// Poisson tails against statrs, and a shared server.
#[test]
fn others() {
    for (n, load) in [(0, 0.3), (10, 7.0), (7, 10.0), (110, 100.0), (5_100, 5_000.0), (4_900, 5_000.0)] {
        let exact = statrs::function::gamma::gamma_lr(n as f64 + 1.0, load);
        close(busy_above(load, n), exact, 1e-10);
        close(exceeds(n as f64, load), exact, 1e-10);
    }
    close(shared_response(2.0, 0.75), 8.0, 1e-15);
    assert_eq!(shared_response(2.0, 1.0), f64::INFINITY);
}
