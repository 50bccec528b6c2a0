//! Closed networks of queues with one class of users.

use super::numbers::ln_poisson;
use super::open::Station;

/// What a closed network does in the long run.
#[derive(Debug, Clone, PartialEq)]
pub struct Closed {
    /// Requests that users complete, per second.
    pub throughput: f64,
    /// Mean time in seconds from a user's request to its answer, without the time to think.
    pub response: f64,
    /// Each station.
    pub stations: Vec<Visited>,
}

/// What a station of a closed network does in the long run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Visited {
    /// Mean number of requests at the station, waiting or in service.
    pub requests: f64,
    /// Mean time in seconds that a visit takes, with its wait.
    pub response: f64,
    /// The share of time that a server is busy.
    pub utilisation: f64,
}

impl Closed {
    /// A fixed number of users, each of whom thinks for `think` seconds on average and then sends a request through the
    /// stations. Exact for exponential service times, first come first served, and for any service times where a station is
    /// shared or a delay.
    ///
    /// By convolution (Buzen, "Computational algorithms for closed queueing networks with exponential servers", *Comm. ACM*
    /// 16, 1973), which gives what exact mean value analysis does (Reiser & Lavenberg, "Mean-value analysis of closed
    /// multichain queuing networks", *Journal of the ACM* 27, 1980). That one finds the probability that a station with several
    /// servers is empty by subtraction, and goes astray under load; here all terms are positive. Each station is weighed as if
    /// the network were open with nearly the throughput that it has, so that nothing overflows or vanishes. The time it takes
    /// grows as stations × users².
    pub fn new(users: u32, think: f64, stations: &[Station]) -> Self {
        let most = users as usize;
        let demands: Vec<f64> = stations.iter().map(|station| station.visits * station.service).collect();
        let cycle = think + demands.iter().sum::<f64>();
        let limits = stations.iter().zip(&demands).map(|(station, demand)| station.servers / demand);
        let guess = limits.fold(f64::from(users) / cycle, f64::min);
        if users == 0 || guess == 0.0 || !guess.is_finite() {
            return Self::without_queues(guess, stations);
        }
        let thinking = weights(guess * think, f64::INFINITY, most);
        let factors: Vec<Vec<f64>> =
            stations.iter().zip(&demands).map(|(station, demand)| weights(guess * demand, station.servers, most)).collect();
        // before[i]: thinkers and the stations before i; after[i]: the stations from i on.
        let mut before = vec![thinking];
        for factor in &factors {
            before.push(convolution(&before[before.len() - 1], factor));
        }
        let mut after = vec![alone(most)];
        for factor in factors.iter().rev() {
            after.push(convolution(&after[after.len() - 1], factor));
        }
        after.reverse();
        let total = &before[factors.len()];
        let throughput = guess * total[most - 1] / total[most];
        let station = |i: usize| {
            let others = convolution(&before[i], &after[i + 1]);
            let requests: f64 = (1..=most).map(|n| n as f64 * factors[i][n] * (others[most - n] / total[most])).sum();
            let Station { visits, service, servers } = stations[i];
            let busy = throughput * demands[i];
            Visited {
                requests,
                response: if visits > 0.0 { requests / (throughput * visits) } else { service },
                utilisation: if servers.is_finite() { busy / servers } else { 0.0 },
            }
        };
        Self { throughput, response: f64::from(users) / throughput - think, stations: (0..stations.len()).map(station).collect() }
    }

    /// Nobody is there, a station has no servers, or nothing takes any time.
    fn without_queues(throughput: f64, stations: &[Station]) -> Self {
        let idle = |station: &Station| Visited { requests: 0.0, response: station.service, utilisation: 0.0 };
        let demand = stations.iter().map(|station| station.visits * station.service).sum();
        Self { throughput, response: demand, stations: stations.iter().map(idle).collect() }
    }
}

/// What 0 … `most` at a station weigh, relative to the likeliest, if it is offered `load`.
fn weights(load: f64, servers: f64, most: usize) -> Vec<f64> {
    if load == 0.0 {
        return alone(most);
    }
    let full = libm::floor(servers).min(most as f64);
    let likeliest = libm::floor(load).min(full);
    let scale = ln_poisson(likeliest, load);
    let mut weights: Vec<f64> = (0..=full as usize).map(|n| libm::exp(ln_poisson(n as f64, load) - scale)).collect();
    while weights.len() <= most {
        let last = weights[weights.len() - 1];
        weights.push(last * load / servers);
    }
    weights
}

/// A station where nobody ever is.
fn alone(most: usize) -> Vec<f64> {
    let mut weights = vec![0.0; most + 1];
    weights[0] = 1.0;
    weights
}

/// What 0, 1, … at two stations together weigh.
fn convolution(a: &[f64], b: &[f64]) -> Vec<f64> {
    (0..a.len()).map(|n| a[..=n].iter().zip(b[..=n].iter().rev()).map(|(a, b)| a * b).sum()).collect()
}
