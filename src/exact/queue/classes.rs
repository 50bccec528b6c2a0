//! Closed networks of queues with several classes of users.

/// A station that several classes of users visit.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassStation {
    /// Visits of a request of each class, on average, times its mean service time: seconds of work.
    pub demands: Vec<f64>,
    /// Whether requests wait for each other.
    pub kind: StationKind,
}

/// Whether requests at a station wait for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StationKind {
    /// One server, shared or first come first served; in the latter case the mean service time must be the same for all.
    Server,
    /// A server for everyone.
    Delay,
}

/// What a closed network with several classes does in the long run.
#[derive(Debug, Clone, PartialEq)]
pub struct Classes {
    /// Requests that users of each class complete, per second.
    pub throughputs: Vec<f64>,
    /// Mean number of requests of each class at each station: `requests[class][station]`.
    pub requests: Vec<Vec<f64>>,
}

/// The network is too large to be solved exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a closed network with {0} mixes of users and stations is too large for exact mean value analysis")]
pub struct TooManyMixes(pub u128);

/// Mixes of users in the network, times its stations, that are solved at most: half a gigabyte.
pub const MOST_MIXES: u128 = 1 << 26;

impl Classes {
    /// Users of each class, who think for `think[class]` seconds on average and then send a request through the stations.
    ///
    /// Exact mean value analysis, over every mix of users up to all of them (Reiser & Lavenberg, "Mean-value analysis of closed
    /// multichain queuing networks", *Journal of the ACM* 27, 1980): nothing is subtracted.
    ///
    /// # Errors
    /// Where there are more than [`MOST_MIXES`] mixes.
    ///
    /// # Panics
    /// Where `think`, or the demands of a station, are fewer than the classes.
    pub fn new(users: &[u32], think: &[f64], stations: &[ClassStation]) -> Result<Self, TooManyMixes> {
        let mixes: u128 = users.iter().map(|&n| u128::from(n) + 1).product();
        let entries = mixes.saturating_mul(stations.len() as u128);
        if entries > MOST_MIXES {
            return Err(TooManyMixes(entries));
        }
        // A mix is a number whose digit for class r counts in steps[r].
        let mut steps = vec![1_usize];
        for &n in users {
            steps.push(steps[steps.len() - 1] * (n as usize + 1));
        }
        let digit = |mix: usize, r: usize| mix / steps[r] % (users[r] as usize + 1);
        let width = stations.len();
        // Mean requests at each station, of all classes, for every mix.
        let mut queues = vec![0.0; entries as usize];
        let mut found = Self { throughputs: vec![0.0; users.len()], requests: vec![vec![0.0; width]; users.len()] };
        for mix in 1..mixes as usize {
            for r in 0..users.len() {
                let n = digit(mix, r);
                if n == 0 {
                    continue;
                }
                let without = &queues[(mix - steps[r]) * width..][..width];
                let met = |(station, queue): (&ClassStation, &f64)| match station.kind {
                    StationKind::Server => station.demands[r] * (1.0 + queue),
                    StationKind::Delay => station.demands[r],
                };
                let times: Vec<f64> = stations.iter().zip(without).map(met).collect();
                let throughput = n as f64 / (think[r] + times.iter().sum::<f64>());
                found.throughputs[r] = throughput;
                found.requests[r] = times.iter().map(|time| throughput * time).collect();
                for (queue, requests) in queues[mix * width..][..width].iter_mut().zip(&found.requests[r]) {
                    *queue += requests;
                }
            }
        }
        Ok(found)
    }
}
