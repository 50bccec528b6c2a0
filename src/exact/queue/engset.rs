//! Engset's formula: losses of a few sources, each of which sends nothing while it is served.

/// Sources that each request a server when they are idle, and lose the request where all servers are busy.
///
/// The law of the service time does not matter (Engset, "Die Wahrscheinlichkeitsrechnung zur Bestimmung der Wählerzahl in
/// automatischen Fernsprechämtern", *Elektrotechnische Zeitschrift* 39, 1918; Cooper, *Introduction to Queueing Theory*, 2nd
/// edition, 1981, section 3.6).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Engset {
    /// The probability that a request is lost: all servers are busy with other sources.
    pub lost: f64,
    /// The share of time that all servers are busy.
    pub full: f64,
    /// The share of time that a server is busy.
    pub utilisation: f64,
    /// Requests served, per second.
    pub throughput: f64,
}

impl Engset {
    /// For a number of `sources` that need not be whole, each with `rate` requests per second while it is idle, a mean service
    /// time of `service` seconds, and a number of `servers`. It takes time in proportion to the servers.
    pub fn new(sources: f64, rate: f64, service: f64, servers: u32) -> Self {
        let load = rate * service;
        // A source meets the system as it would be without itself.
        let (lost, full) = (all_busy(sources - 1.0, load, servers), all_busy(sources, load, servers));
        let carried = 1.0 - lost;
        let busy = sources * load * carried / (1.0 + load * carried);
        Self {
            lost,
            full,
            utilisation: if servers == 0 { 1.0 } else { busy / f64::from(servers) },
            throughput: rate * (sources - busy) * carried,
        }
    }
}

/// The share of time that all servers are busy, by the recursion over their number.
fn all_busy(sources: f64, load: f64, servers: u32) -> f64 {
    let mut blocked = 1.0;
    for k in 1..=servers {
        let k = f64::from(k);
        let offered = (sources - k + 1.0).max(0.0) * load * blocked;
        blocked = offered / (k + offered);
    }
    blocked
}
