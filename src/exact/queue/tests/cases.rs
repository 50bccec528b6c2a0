//! Published figures, and figures computed exactly from published models, each with its source.

use super::super::{ClassStation, Classes, StationKind, servers_for_wait};
use super::super::{
    Closed, Engset, ErlangA, Mmck, Open, Station, Waiting, arrivals_until, erlang_b, mg1_wait, until_exponential, until_linear,
};
use super::close;

/// Bolch et al., *Queueing Networks and Markov Chains*, example 3.1, p. 123 (octave-queueing, ctmc.m): M/M/1/3, λ 1, μ 2.
#[test]
fn bolch_birth_and_death() {
    let queue = Mmck::new(1.0, 0.5, 1.0, 2.0);
    for (n, p) in [0.5333333333333333, 0.26666666666666666, 0.13333333333333333, 0.06666666666666667].into_iter().enumerate() {
        close(queue.state(n as u64), p, 1e-14);
    }
}

/// M/M/1 with λ 0.8 and μ 1: L 4, Lq 3.2, W 5, Wq 4 (textbook; P(W > 10) computed).
#[test]
fn textbook_one_server() {
    let queue = Waiting::mmc(0.8, 1.0, 1.0);
    close(queue.queue + queue.utilisation, 4.0, 1e-14);
    close(queue.queue, 3.2, 1e-14);
    close(queue.response(), 5.0, 1e-14);
    close(queue.wait, 4.0, 1e-14);
    close(queue.response_above(10.0), 0.1353352832366127, 1e-14);
}

/// mitan, "Erlang-C formula": 360 calls in half an hour, 4 minutes each, 55 agents, 15 s (model published, values computed).
#[test]
fn erlang_c_of_a_call_centre() {
    let queue = Waiting::mmc(0.2, 240.0, 55.0);
    close(queue.utilisation, 0.8727272727272727, 1e-14);
    close(queue.waits, 0.2387009363780091, 1e-13);
    close(queue.wait, 8.184032104388889, 1e-13);
    close(1.0 - queue.wait_above(15.0), 0.8458830921705803, 1e-13);
    assert_eq!(servers_for_wait(0.2, 240.0, 15.0, 1.0 - 0.8458), Some(55));
}

/// Erlang C of textbooks, computed with scipy: 10 servers at load 8, 2 servers at load 1, service rate 1.
#[test]
fn erlang_c_of_textbooks() {
    for (servers, load, waits, queue, p99) in [
        (10.0, 8.0, 0.4091801507964435, 1.636720603185774, 1.8557852162834185),
        (2.0, 1.0, 0.33333333333333337, 0.33333333333333337, 3.506557897319982),
    ] {
        let found = Waiting::mmc(load, 1.0, servers);
        close(found.waits, waits, 1e-13);
        close(found.queue, queue, 1e-13);
        close(found.wait, queue / load, 1e-13);
        close(found.queue + load, queue + load, 1e-13);
        close(found.wait_quantile(0.99), p99, 1e-13);
    }
}

/// 48 calls a minute of 1 minute, 50 agents (Garnett, Mandelbaum & Reiman, "Designing a call center with impatient customers",
/// *MSOM* 4, 2002). Without impatience, computed: P(wait), mean wait, queue, 90th percentile. With a mean patience of 2 minutes
/// they print 3.1% abandoned, 3.7 s mean wait, queue of 3, utilisation 93%, 12.5 s for the 90th percentile (from memory).
#[test]
fn a_call_centre_with_and_without_patience() {
    let queue = Waiting::mmc(48.0, 1.0, 50.0);
    close(queue.waits, 0.6944556111968345, 1e-13);
    close(queue.wait, 0.34722780559841726, 1e-12);
    close(queue.queue, 16.66693466872403, 1e-12);
    close(queue.utilisation, 0.96, 1e-14);
    close(60.0 * queue.wait_quantile(0.9), 58.13874178200883, 1e-12);
    let queue = ErlangA::new(48.0, 1.0, 50.0, 2.0);
    close(queue.left, 0.031, 0.01);
    close(60.0 * queue.wait, 3.7, 0.01);
    close(queue.queue, 3.0, 0.03);
    close(queue.utilisation, 0.93, 0.003);
    close(60.0 * queue.served_wait_quantile(0.9), 12.5, 0.02);
}

/// Erlang B of textbooks, computed with scipy; it holds for any law of the service time.
#[test]
fn erlang_b_of_textbooks() {
    for (servers, load, lost) in
        [(10.0, 7.0, 0.07874088296957026), (50.0, 45.0, 0.05410447216462616), (20.0, 20.0, 0.15889196154197155)]
    {
        close(erlang_b(servers, load), lost, 1e-13);
        close(Mmck::new(load, 1.0, servers, 0.0).lost, lost, 1e-13);
    }
}

/// Engset loss, computed with scipy: 10 sources of rate 0.3 while idle, 5 servers of rate 1.
#[test]
fn engset_of_textbooks() {
    close(Engset::new(10.0, 0.3, 1.0, 5).lost, 0.029063729854823736, 1e-13);
}

/// octave-queueing 1.2.7-5, tests of qsmmmk.m, which print 0.255037 and 0.036517, and 0.179334, 0.085113, 2.00595, 0.230857.
#[test]
fn finite_queues_of_octave() {
    let queue = Mmck::new(40.0, 1.0 / 30.0, 3.0, 4.0);
    close(queue.state(0), 0.2550368776757251, 1e-13);
    close(queue.response(), 0.03651700794328743, 1e-13);
    let queue = Mmck::new(3.0, 0.5, 2.0, 3.0);
    close(queue.state(0), 0.17933450087565675, 1e-13);
    close(queue.lost, 0.0851138353765324, 1e-13);
    close(queue.queue + 2.0 * queue.utilisation, 2.005954465849387, 1e-13);
    close(queue.wait, 0.2308575803981624, 1e-13);
}

/// Pollaczek and Khinchine: λ 0.8 and mean 1, squared coefficient of variation 0, ½, 1 and 4; L and Wq.
#[test]
fn one_server_with_other_service_times() {
    for (scv, number, wait) in [(0.0, 2.4, 2.0), (0.5, 3.2, 3.0), (1.0, 4.0, 4.0), (4.0, 8.8, 10.0)] {
        let found = mg1_wait(0.8, 1.0, f64::sqrt(scv));
        close(found, wait, 1e-14);
        close(0.8 * (found + 1.0), number, 1e-14);
    }
}

fn stations(visits: &[f64], service: &[f64]) -> Vec<Station> {
    visits.iter().zip(service).map(|(&visits, &service)| Station { visits, service, servers: 1.0 }).collect()
}

/// Jain, *The Art of Computer Systems Performance Analysis*, 1991, example 34.1 (octave-queueing 1.2.7-5, qnos.m, which prints
/// R 0.0192, 0.0345, 0.107).
#[test]
fn open_network_of_jain() {
    let network = Open::new(3.0, &stations(&[16.0, 7.0, 8.0], &[0.01, 0.02, 0.03]));
    let response = [0.019230769230769232, 0.034482758620689655, 0.10714285714285712];
    for (station, (response, busy)) in network.stations.iter().zip(response.into_iter().zip([0.48, 0.42, 0.72])) {
        close(station.response(), response, 1e-14);
        close(station.utilisation, busy, 1e-14);
    }
    close(network.response, 1.4062144751799923, 1e-14);
}

/// Lazowska et al., *Quantitative System Performance*, 1984, p. 113 (octave-queueing, qnos.m, which prints 0.182, 36.3, 0.222).
#[test]
fn open_network_of_lazowska() {
    let network = Open::new(0.3, &stations(&[121.0, 70.0, 50.0], &[0.005, 0.03, 0.027]));
    let cpu = network.stations[0];
    close(cpu.utilisation, 0.1815, 1e-14);
    close(cpu.throughput, 36.3, 1e-14);
    close(cpu.queue + cpu.utilisation, 0.2217470983506414, 1e-14);
}

/// Jain, p. 577: 20 users who think for 4 s (octave-queueing, qncsmva.m, which prints R 0.373, 4.854, 0.300 and Q 1.991,
/// 16.177, 0.500).
#[test]
fn closed_network_of_jain() {
    let network = Closed::new(20, 4.0, &stations(&[16.0, 10.0, 5.0], &[0.125, 0.3, 0.2]));
    close(network.throughput, 0.3332465122205763, 1e-12);
    let response = [0.3733391070780969, 4.854259693196409, 0.29992184532243005];
    let requests = [1.990623284949121, 16.17665112170628, 0.49973954446229485];
    for (station, (response, requests)) in network.stations.iter().zip(response.into_iter().zip(requests)) {
        close(station.response, response, 1e-12);
        close(station.requests, requests, 1e-12);
    }
    close(network.response, 20.0 / 0.3332465122205763 - 4.0, 1e-12);
}

/// Lazowska et al., p. 142: two classes of one user each (octave-queueing, qncmmva.m).
#[test]
fn two_classes_of_lazowska() {
    let station = |first: f64, second: f64| ClassStation { demands: vec![first, second], kind: StationKind::Server };
    let stations = [station(10.0 * 0.1, 5.0 * 0.4), station(9.0 / 3.0, 4.0)];
    let network = Classes::new(&[1, 1], &[0.0, 0.0], &stations).unwrap();
    close(network.throughputs[0], 0.15789473684210525, 1e-14);
    close(network.throughputs[1], 0.10526315789473684, 1e-14);
    let requests = [[0.21052631578947367, 0.7894736842105263], [0.2631578947368421, 0.7368421052631579]];
    for (found, requests) in network.requests.iter().zip(requests) {
        close(found[0], requests[0], 1e-14);
        close(found[1], requests[1], 1e-14);
    }
}

/// Schwetman, "Implementing the mean value algorithm for the solution of queueing network models", CSD-TR-355, 1982, table 5,
/// which prints 14.323 and 0.314: 15 and 5 users with a delay each and a server in common.
#[test]
fn two_classes_of_schwetman() {
    let stations = [
        ClassStation { demands: vec![1.0, 0.0], kind: StationKind::Delay },
        ClassStation { demands: vec![0.0, 15.0], kind: StationKind::Delay },
        ClassStation { demands: vec![0.025, 0.5], kind: StationKind::Server },
    ];
    let network = Classes::new(&[15, 5], &[0.0, 0.0], &stations).unwrap();
    close(network.throughputs[0], 14.323, 5e-5);
    close(network.throughputs[1], 0.314, 2e-3);
}

/// 1,200 growing by 7% a month reach 4,000 after ln(C/L)/ln(1 + g) months; 100·e^(0.02·t) arrivals up to 52 (computed).
#[test]
fn growth() {
    close(until_exponential(1200.0, 0.07, 4000.0).unwrap(), 17.79481014599184, 1e-14);
    close(arrivals_until(100.0, 0.02, 52.0), 9146.085071757798, 1e-14);
    close(arrivals_until(100.0, 0.0, 52.0), 5200.0, 1e-14);
    close(until_linear(1200.0, 140.0, 4000.0).unwrap(), 20.0, 1e-14);
    assert_eq!(until_exponential(4000.0, 0.07, 4000.0), Some(0.0));
    assert_eq!(until_exponential(1200.0, 0.0, 4000.0), None);
    assert_eq!(until_exponential(0.0, 0.07, 4000.0), None);
    assert_eq!(until_linear(1200.0, -1.0, 4000.0), None);
    assert_eq!(until_linear(1.0, 1.0, f64::INFINITY), None);
}
