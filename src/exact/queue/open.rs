//! Open networks of queues.

use super::waiting::Waiting;

/// A station of a network, open or closed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Station {
    /// Visits of a request to it, on average.
    pub visits: f64,
    /// Mean service time of a visit, in seconds.
    pub service: f64,
    /// Servers; infinite where nobody waits (a delay).
    pub servers: f64,
}

/// What an open network does in the long run.
#[derive(Debug, Clone, PartialEq)]
pub struct Open {
    /// Each station, as a queue of its own.
    pub stations: Vec<Waiting>,
    /// Mean time in seconds from a request's arrival in the network to its departure.
    pub response: f64,
    /// Mean number of requests in the network.
    pub requests: f64,
}

impl Open {
    /// A Jackson network: a Poisson stream of `arrivals` per second, stations with exponential service times, and any
    /// routing that gives these visits. Each station is an M/M/c as if it were alone, exactly (Jackson, "Jobshop-like queueing
    /// systems", *Management Science* 10, 1963); means only depend on the visits. Infinite where a station is overloaded.
    pub fn new(arrivals: f64, stations: &[Station]) -> Self {
        let queues: Vec<Waiting> =
            stations.iter().map(|station| Waiting::mmc(arrivals * station.visits, station.service, station.servers)).collect();
        let spent = |(station, queue): (&Station, &Waiting)| {
            if station.visits == 0.0 { 0.0 } else { station.visits * queue.response() }
        };
        let response = stations.iter().zip(&queues).map(spent).sum();
        Self { stations: queues, response, requests: if arrivals == 0.0 { 0.0 } else { arrivals * response } }
    }
}
