//! A fleet against the queues that it stands for, and its way from one steady state to another.

use super::close;
use crate::dist::Cumulants;
use crate::exact::queue::{Fleet, Mmck, Waiting, least_busy, mg1_wait};
use crate::scenario::Balance;

fn fleet(balance: Balance, replicas: f64, servers: f64, places: f64, service: Cumulants) -> Fleet {
    Fleet { balance, replicas, servers, places, service, gaps: 1.0, limit: f64::INFINITY }
}

const EXPONENTIAL: Cumulants = Cumulants { mean: 1.0, variance: 1.0, third: 2.0, least: 0.0 };

#[test]
fn exponential_times_are_exact() {
    for (servers, arrivals) in [(1.0, 0.3), (1.0, 0.95), (8.0, 7.2)] {
        let steady = fleet(Balance::SharedQueue, 1.0, servers, f64::INFINITY, EXPONENTIAL).steady(arrivals);
        let exact = Waiting::mmc(arrivals, 1.0, servers);
        close(steady.mean(), exact.wait, 1e-9);
        close(steady.queue, exact.queue, 1e-9);
        let law = steady.wait_law().plus(EXPONENTIAL);
        close(law.quantile(0.99), exact.response_quantile(0.99), 0.03);
    }
    let finite = fleet(Balance::Random, 1.0, 2.0, 10.0, EXPONENTIAL).steady(2.4);
    close(finite.full, Mmck::new(2.4, 1.0, 2.0, 10.0).lost, 1e-9);
}

#[test]
fn the_wait_of_one_server_has_the_moments_of_mg1() {
    // Lognormal of cv 2: E[W²] = 2 E[W]² + λ E[S³]/(3(1 − ρ)).
    let service = crate::dist::Law::lognormal_mean_cv(1.0, 2.0).unwrap().cumulants();
    for arrivals in [0.3, 0.6, 0.9] {
        let law = fleet(Balance::Random, 1.0, 1.0, f64::INFINITY, service).steady(arrivals).wait_law();
        let mean = mg1_wait(arrivals, 1.0, 2.0);
        close(law.mean, mean, 1e-9);
        let third = 125.0;
        close(law.variance + law.mean * law.mean, 2.0 * mean * mean + arrivals * third / (3.0 * (1.0 - arrivals)), 1e-6);
    }
}

#[test]
fn balancers_lie_between_one_line_and_chance() {
    let wait = |balance| fleet(balance, 6.0, 2.0, f64::INFINITY, EXPONENTIAL).steady(10.2).mean();
    let (shared, least, two, turns, random) = (
        wait(Balance::SharedQueue),
        wait(Balance::LeastBusy),
        wait(Balance::PowerOf(2)),
        wait(Balance::RoundRobin),
        wait(Balance::Random),
    );
    assert!(shared < least && least < two && two < turns && turns < random, "{shared} {least} {two} {turns} {random}");
    close(least, least_busy(10.2, 1.0, 2.0, 6.0).wait, 1e-6);
    // D/M/1 at load a half, where σ = e^(−2(1 − σ)) = 0.2032: as many replicas in turn come near it.
    close(fleet(Balance::RoundRobin, 1e6, 1.0, f64::INFINITY, EXPONENTIAL).steady(5e5).mean(), 0.2550, 0.02);
}

#[test]
fn a_queue_that_settles_is_steady_and_one_that_cannot_grows_as_a_fluid() {
    let endless = fleet(Balance::Random, 1.0, 1.0, f64::INFINITY, EXPONENTIAL);
    let settled = endless.step(0.0, 1e6, 0.8, 0.0);
    close(settled.rate, 0.8, 1e-9);
    close(settled.steady.queue, 3.2, 1e-9);
    let grown = endless.step(1_000.0, 500.0, 1.5, 0.0);
    close(grown.steady.queue, 1_250.0, 2e-3);
    let drained = endless.step(1_000.0, 500.0, 0.5, 0.0);
    close(drained.steady.queue, 750.0, 2e-3);
    assert!(grown.steady.cv < 0.1 && drained.steady.cv < 0.1);
    // A queue that a cut left empty at a load that it can carry comes half way in about a relaxation time.
    let limited = fleet(Balance::Random, 1.0, 1.0, 20.0, EXPONENTIAL);
    let full = limited.step(0.0, 1e5, 3.0, 0.0);
    close(full.steady.full, Mmck::new(3.0, 1.0, 1.0, 20.0).lost, 1e-6);
    let filling = limited.step(0.0, 4.0, 3.0, 0.0);
    assert!(filling.steady.queue > 5.0 && filling.steady.queue < 8.5, "{}", filling.steady.queue);
}

#[test]
fn a_fleet_without_servers_holds_what_comes() {
    let nothing = fleet(Balance::Random, 0.0, 1.0, f64::INFINITY, EXPONENTIAL);
    close(nothing.step(3.0, 10.0, 2.0, 0.0).steady.queue, 23.0, 1e-12);
}
