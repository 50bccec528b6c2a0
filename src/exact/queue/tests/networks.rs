//! Closed networks against their Markov chains and against mean value analysis.

use super::super::{ClassStation, Classes, Closed, Open, Station, StationKind, TooManyMixes};
use super::{close, solved};

/// Thinkers and two stations of one and several servers, state by state.
#[test]
fn closed_networks_state_by_state() {
    for (users, think, first, second) in [(1, 2.0, 1.0, 1.0), (5, 1.0, 2.0, 1.0), (9, 0.3, 3.0, 4.0), (9, 40.0, 1.0, 2.0)] {
        let states = solved((users, 0_u32), |&(idle, at), moves| {
            let other = users - idle - at;
            // Users think, then visit the first station, then half of them the second one before they think again.
            if idle > 0 {
                moves.push(((idle - 1, at + 1), f64::from(idle) / think));
            }
            let served = f64::from(at).min(first) / 0.5;
            if at > 0 {
                moves.push(((idle + 1, at - 1), 0.5 * served));
                moves.push(((idle, at - 1), 0.5 * served));
            }
            if other > 0 {
                moves.push(((idle + 1, at), f64::from(other).min(second) / 0.8));
            }
        });
        let mean = |f: &dyn Fn(u32, u32) -> f64| states.iter().map(|((idle, at), p)| p * f(*idle, *at)).sum::<f64>();
        let stations =
            [Station { visits: 1.0, service: 0.5, servers: first }, Station { visits: 0.5, service: 0.8, servers: second }];
        let network = Closed::new(users, think, &stations);
        close(network.throughput, mean(&|idle, _| f64::from(idle)) / think, 1e-11);
        close(network.stations[0].requests, mean(&|_, at| f64::from(at)), 1e-11);
        close(network.stations[1].requests, mean(&|idle, at| f64::from(users - idle - at)), 1e-11);
        close(network.stations[0].utilisation, mean(&|_, at| f64::from(at).min(first)) / first, 1e-11);
        let response = network.stations[0].response + 0.5 * network.stations[1].response;
        close(network.response, response, 1e-11);
    }
}

/// One class of mean value analysis is the same network by other sums.
#[test]
fn convolution_is_mean_value_analysis() {
    for (users, think) in [(1, 0.0), (30, 5.0), (400, 100.0), (1_000, 2.0)] {
        let demands = [0.2, 0.05, 0.19, 3.0];
        let kinds = [StationKind::Server, StationKind::Server, StationKind::Server, StationKind::Delay];
        let of_class = |(&demand, &kind): (&f64, &StationKind)| ClassStation { demands: vec![demand], kind };
        let stations: Vec<ClassStation> = demands.iter().zip(&kinds).map(of_class).collect();
        let analysed = Classes::new(&[users], &[think], &stations).unwrap();
        let servers = |kind: StationKind| if kind == StationKind::Delay { f64::INFINITY } else { 1.0 };
        let of_one = |(&service, &kind): (&f64, &StationKind)| Station { visits: 1.0, service, servers: servers(kind) };
        let network = Closed::new(users, think, &demands.iter().zip(&kinds).map(of_one).collect::<Vec<_>>());
        close(network.throughput, analysed.throughputs[0], 1e-10);
        for (station, requests) in network.stations.iter().zip(&analysed.requests[0]) {
            close(station.requests, *requests, 1e-9);
        }
    }
}

/// Where mean value analysis with several servers goes astray: 300 users of a station of 50 servers at its limit.
#[test]
fn many_servers_under_load() {
    let station = Station { visits: 1.0, service: 1.0, servers: 50.0 };
    let network = Closed::new(300, 4.0, &[station, Station { visits: 2.0, service: 0.01, servers: 1.0 }]);
    close(network.throughput, 44.6, 0.2);
    assert!(network.throughput < 50.0 && network.stations[0].utilisation <= 1.0);
    let users = network.stations.iter().map(|station| station.requests).sum::<f64>() + 4.0 * network.throughput;
    close(users, 300.0, 1e-10);
}

#[test]
fn networks_at_their_limits() {
    let station = Station { visits: 2.0, service: 0.5, servers: 1.0 };
    let empty = Closed::new(0, 1.0, &[station]);
    assert_eq!((empty.throughput, empty.stations[0].requests), (0.0, 0.0));
    let unvisited = Closed::new(3, 1.0, &[Station { visits: 0.0, ..station }]);
    close(unvisited.throughput, 3.0, 1e-14);
    assert_eq!(unvisited.stations[0].requests, 0.0);
    let lonely = Closed::new(1, 1.0, &[station]);
    close(lonely.throughput, 0.5, 1e-14);
    let overloaded = Open::new(2.0, &[station, Station { visits: 0.0, service: 1.0, servers: 1.0 }]);
    assert_eq!(overloaded.response, f64::INFINITY);
    let idle = Open::new(0.0, &[station]);
    assert_eq!((idle.requests, idle.response), (0.0, 1.0));
    let stations = [ClassStation { demands: vec![1.0, 1.0], kind: StationKind::Server }];
    assert_eq!(Classes::new(&[9_999, 9_999], &[0.0, 0.0], &stations), Err(TooManyMixes(100_000_000)));
    assert_eq!(Classes::new(&[0, 0], &[0.0, 0.0], &stations).unwrap().throughputs, [0.0, 0.0]);
}
