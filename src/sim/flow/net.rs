//! Services and their calls as numbers: what the equations of load are made of, for one draw of the uncertain numbers.

use std::ops::Range;

use crate::dist::Cumulants;
use crate::model::{Arrivals, Backoff, Call, Model, Retries, Work};
use crate::scenario::{Balance, Interrupted, Jitter, WhileDown};

/// Services and calls.
#[derive(Debug, Clone, Default)]
pub struct Net {
    /// By the service's index.
    pub nodes: Vec<Node>,
    /// The calls of all services, those of a service side by side.
    pub sites: Vec<Site>,
    /// Services in an order in which what is called comes before its caller.
    pub order: Vec<u32>,
    /// By source: the service that it asks.
    pub asked: Vec<u32>,
    /// By service: the calls that reach it.
    pub callers: Vec<Vec<u32>>,
    /// Some call is more or less work than a service time.
    pub uneven: bool,
}

/// A service.
#[derive(Debug, Clone)]
pub struct Node {
    /// Its calls, in order.
    pub sites: Range<usize>,
    /// Of those, so many first ones keep its server.
    pub held: usize,
    /// How long a request keeps a server, its calls aside.
    pub own: Cumulants,
    /// Requests that a replica works on at a time; infinite where nothing limits it.
    pub servers: f64,
    /// Waiting places of a replica.
    pub places: f64,
    /// Which replica a request goes to.
    pub balance: Balance,
    /// Squared coefficient of variation of the gaps between requests.
    pub gaps: f64,
    /// What waits in a replica that fails is lost.
    pub loses: bool,
    /// What comes while no replica is up waits.
    pub waits: bool,
    /// Those who wait give up after so many seconds, and leave the queue; infinite where somebody does not.
    pub patience: f64,
    /// So many requests are there at most, since whoever sends them waits with a server of its own.
    pub limit: f64,
    /// The longest that anybody waits for its answer, seconds; infinite where somebody waits for ever.
    pub deadline: f64,
    /// Mean time of a request without any waiting, its calls included, seconds.
    pub unloaded: f64,
    /// The longest of these times of the services that lead to it, itself among them.
    pub above: f64,
}

/// A call.
#[derive(Debug, Clone)]
pub struct Site {
    /// Index of the service that calls.
    pub from: usize,
    /// Index of the service called.
    pub to: usize,
    /// Calls for each request.
    pub whole: f64,
    /// The probability of one more.
    pub part: f64,
    /// The share that a cache answers.
    pub hits: f64,
    /// Its work in service times.
    pub work: f64,
    /// A request fails with it.
    pub needed: bool,
    /// It is made at the same time as the one before.
    pub together: bool,
    /// How long the caller waits for an attempt, seconds.
    pub timeout: f64,
    /// The service called takes its work back where this or any other caller gives up.
    pub takes_back: bool,
    /// What is tried again.
    pub again: Option<Again>,
}

impl Site {
    /// Calls that a request makes at most where all that may be tried again is.
    pub fn most(&self) -> f64 {
        let again = self.again.as_ref().map_or(0.0, |again| {
            let max = f64::from(again.max);
            if again.per_second > 0.0 { max } else { max.min(again.ratio) }
        });
        (self.whole + self.part) * (1.0 - self.hits) * (1.0 + again)
    }
}

/// How a call is tried again.
#[derive(Debug, Clone)]
pub struct Again {
    /// How often at most.
    pub max: u32,
    /// Retries for each first attempt that the budget allows; infinite without one.
    pub ratio: f64,
    /// And so many per second.
    pub per_second: f64,
    /// The pauses.
    pub backoff: Backoff,
}

impl Again {
    fn new(written: &Retries, draws: &[f64]) -> Self {
        Self {
            max: written.max,
            ratio: written.budget.map_or(f64::INFINITY, |budget| budget.ratio.get(draws)),
            per_second: written.budget.map_or(0.0, |budget| budget.min_per_second),
            backoff: written.backoff,
        }
    }

    /// The pause before retry `number`, from 1 on.
    pub fn pause(&self, number: u32) -> Cumulants {
        let Backoff { first, times, most, jitter } = self.backoff;
        if first <= 0.0 {
            return Cumulants::ZERO;
        }
        let longest = (first * libm::pow(times, f64::from(number - 1))).min(most);
        let uniform = |low: f64| {
            let width = longest - low;
            Cumulants { mean: low + 0.5 * width, variance: width * width / 12.0, third: 0.0, least: low }
        };
        match jitter {
            Jitter::None => Cumulants::constant(longest),
            Jitter::Equal => uniform(0.5 * longest),
            Jitter::Full => uniform(0.0),
        }
    }
}

impl Net {
    /// The numbers of one draw.
    pub fn new(model: &Model, draws: &[f64]) -> Self {
        let mut net = Self {
            order: model.order.clone(),
            asked: model.demand.sources.iter().map(|source| source.to).collect(),
            ..Self::default()
        };
        let gaps = gaps(model, draws);
        for (s, service) in model.services.iter().enumerate() {
            let from = net.sites.len();
            net.sites.extend(service.calls.iter().map(|call| Site {
                from: s,
                to: call.to as usize,
                whole: call.per_request.floor(),
                part: call.per_request - call.per_request.floor(),
                hits: call.handling.hits.get(draws),
                work: call.handling.work,
                needed: call.needed,
                together: call.handling.together,
                timeout: call.timeout,
                takes_back: false,
                again: call.handling.retries.as_ref().map(|retries| Again::new(retries, draws)),
            }));
            let (own, servers) = match &service.work {
                Work::Unlimited => (Cumulants::ZERO, f64::INFINITY),
                Work::Rate(rate) => (Cumulants::constant(1.0 / rate.get(draws)), 1.0),
                Work::Servers { time, concurrency } => {
                    (time.drawn(draws).map_or_else(|| time.law.cumulants(), |law| law.cumulants()), *concurrency)
                }
            };
            let held = service.calls.iter().rposition(|call| call.held).map_or(0, |last| last + 1);
            net.nodes.push(Node {
                sites: from..net.sites.len(),
                held: if servers.is_finite() && matches!(service.work, Work::Servers { .. }) { held } else { 0 },
                own,
                servers,
                places: service.queue,
                balance: service.serving.balance,
                gaps: gaps[s],
                loses: service.serving.interrupted == Interrupted::Fail,
                waits: service.serving.while_down == WhileDown::Wait,
                patience: longest_wait(model, s, |call| call.handling.cancels),
                deadline: longest_wait(model, s, |_| true),
                limit: 0.0,
                unloaded: 0.0,
                above: 0.0,
            });
        }
        net.callers = vec![Vec::new(); net.nodes.len()];
        for (i, site) in net.sites.iter_mut().enumerate() {
            site.takes_back = net.nodes[site.to].patience.is_finite();
            net.callers[site.to].push(i as u32);
        }
        net.uneven = net.sites.iter().any(|site| site.work != 1.0);
        net.measure();
        net.limit(model);
        net
    }

    /// What a change of some services can reach: who calls them, and whom all of these call; in order.
    pub fn part(&self, changed: impl Fn(usize) -> bool) -> Vec<u32> {
        let mut reached: Vec<bool> = (0..self.nodes.len()).map(changed).collect();
        for &s in &self.order {
            let calls = &self.sites[self.nodes[s as usize].sites.clone()];
            reached[s as usize] |= calls.iter().any(|site| reached[site.to]);
        }
        for &s in self.order.iter().rev() {
            reached[s as usize] |= self.callers[s as usize].iter().any(|&i| reached[self.sites[i as usize].from]);
        }
        self.order.iter().copied().filter(|&s| reached[s as usize]).collect()
    }

    /// How many requests there can be at each service: of those who keep a server while they wait, one for each server.
    fn limit(&mut self, model: &Model) {
        for &s in self.order.iter().rev() {
            let node = &self.nodes[s as usize];
            let servers = node.servers * f64::from(model.services[s as usize].active());
            let holds = node.sites.start + node.held;
            for i in node.sites.clone() {
                let site = &self.sites[i];
                let wide = if site.together || self.sites.get(i + 1).is_some_and(|next| next.together) {
                    site.whole + site.part
                } else {
                    1.0
                };
                let there = if i < holds && !site.timeout.is_finite() { servers * wide } else { f64::INFINITY };
                self.nodes[site.to].limit += there;
            }
        }
        for (s, node) in self.nodes.iter_mut().enumerate() {
            if node.limit == 0.0 || self.asked.contains(&(s as u32)) {
                node.limit = f64::INFINITY;
            }
        }
    }

    /// Times without any waiting, and the longest of those above.
    fn measure(&mut self) {
        for &s in &self.order {
            let node = &self.nodes[s as usize];
            let calls = self.sites[node.sites.clone()].iter();
            let time =
                |site: &Site| (site.whole + site.part) * (1.0 - site.hits) * self.nodes[site.to].unloaded.min(site.timeout);
            let unloaded = node.own.mean + calls.map(time).sum::<f64>();
            self.nodes[s as usize].unloaded = unloaded;
            self.nodes[s as usize].above = unloaded;
        }
        for &s in self.order.iter().rev() {
            let above = self.nodes[s as usize].above;
            for i in self.nodes[s as usize].sites.clone() {
                let callee = &mut self.nodes[self.sites[i].to];
                callee.above = callee.above.max(above);
            }
        }
    }
}

/// The gaps of what asks each service from outside: the means over its sources of their squared coefficients of variation. What
/// calls bring is taken as a Poisson stream.
fn gaps(model: &Model, draws: &[f64]) -> Vec<f64> {
    let mut sums = vec![(0.0, 0.0); model.services.len()];
    for source in &model.demand.sources {
        let square = match &source.arriving.arrivals {
            Arrivals::Poisson => 1.0,
            Arrivals::Renewal(timing) => {
                let law = timing.drawn(draws).unwrap_or_else(|| timing.law.clone()).cumulants();
                law.variance / (law.mean * law.mean)
            }
        };
        let rate = source.rate.get(draws) * source.times.get(draws);
        sums[source.to as usize].0 += rate * square;
        sums[source.to as usize].1 += rate;
    }
    for (callee, visits) in model.services.iter().map(|service| service.visits.iter().sum::<f64>()).enumerate() {
        let direct = sums[callee].1;
        let called: f64 = if direct > 0.0 { (visits - 1.0).max(0.0) * direct } else { visits };
        sums[callee].0 += called;
        sums[callee].1 += called;
    }
    sums.iter().map(|(square, rate)| if *rate > 0.0 { square / rate } else { 1.0 }).collect()
}

/// The longest timeout of those who call a service, if all of them are `such`; infinite where somebody is not, or asks from
/// outside.
fn longest_wait(model: &Model, s: usize, such: impl Fn(&Call) -> bool) -> f64 {
    if model.demand.sources.iter().any(|source| source.to as usize == s) {
        return f64::INFINITY;
    }
    let calls = model.services.iter().flat_map(|service| &service.calls).filter(|call| call.to as usize == s);
    let longest = calls.fold(0.0, |longest: f64, call| longest.max(if such(call) { call.timeout } else { f64::INFINITY }));
    if longest > 0.0 { longest } else { f64::INFINITY }
}
