//! The state of load: what arrives at each service and what it meets there, as a fixed point.
//!
//! What a service is asked depends on its callers, and how it answers on what it calls: rates are passed down and answers up, in
//! turns, from the state before, until they agree. Where answers that come too late are tried again, and so make themselves later,
//! several states may agree; the one that is found is the one on whose side the queues stood.

use super::calls::{Answer, Chain, Outcome, outcome};
use super::condition::{Condition, MOST_POOLS, Queues};
use super::net::Net;
use super::pools::Service;
use super::rows::{Row, row};
use super::times::Times;

/// Turns of passing rates down and answers up.
const TURNS: usize = 40;
/// Turns of a step within which queues have not settled: it is so short that rates change little.
const FEW: usize = 2;
/// After so many turns only half of a change is made.
const PATIENT: usize = 8;
/// Rates agree to this, relative to themselves.
const AGREE: f64 = 1e-5;

/// All services, and what each call comes to.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// By service.
    pub services: Vec<Service>,
    /// Requests that wait, by service and kind of replicas.
    pub queues: Vec<Queues>,
    /// The most that waited since they last settled.
    pub longest: Vec<Queues>,
    outcomes: Vec<Outcome>,
    /// By site: calls that a request makes which has done its own work.
    made: Vec<f64>,
    /// The same where no call fails.
    whole: Vec<f64>,
    /// By site: calls made for the first time, per second.
    firsts: Vec<f64>,
    /// Room for what comes to each service.
    coming: Vec<f64>,
    /// By service: what comes, times powers of its work; empty where all work is alike.
    work: Vec<[f64; 4]>,
    /// By service and by site: from what the present answers were found, so that the same is not solved again.
    given: Vec<Given>,
    asked: Vec<(Answer, f64)>,
}

/// What the answer of a service depends on.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Given {
    condition: Condition,
    chain: Chain,
    queues: Queues,
    longest: Queues,
    seconds: f64,
    arrivals: [f64; 2],
    work: [f64; 3],
}

impl Given {
    /// Nothing is the same as this.
    fn nothing() -> Self {
        Self {
            condition: Condition::plain(0.0),
            chain: Chain::default(),
            queues: [0.0; MOST_POOLS],
            longest: [0.0; MOST_POOLS],
            seconds: f64::NAN,
            arrivals: [f64::NAN; 2],
            work: [0.0; 3],
        }
    }

    /// Whether a service that met this, and is as that left it, would come out the same in another time: it has settled.
    fn lasts(&self, other: &Self, service: &Service) -> bool {
        let at_rest = service.settled && other.queues == service.queues;
        let of_time = Self { queues: self.queues, longest: self.longest, seconds: self.seconds, ..*other };
        *self == *other || (at_rest && *self == of_time)
    }
}

impl State {
    /// Nothing waits, and nothing has been asked.
    pub fn new(net: &Net) -> Self {
        let whole: Vec<f64> = net.sites.iter().map(|site| site.whole + site.part).collect();
        let uneven = net.sites.iter().any(|site| site.work != 1.0);
        Self {
            services: vec![Service::default(); net.nodes.len()],
            queues: vec![[0.0; MOST_POOLS]; net.nodes.len()],
            longest: vec![[0.0; MOST_POOLS]; net.nodes.len()],
            outcomes: vec![Outcome::FINE; net.sites.len()],
            made: whole.clone(),
            whole,
            firsts: vec![0.0; net.sites.len()],
            coming: vec![0.0; net.nodes.len()],
            work: vec![[0.0; 4]; if uneven { net.nodes.len() } else { 0 }],
            given: vec![Given::nothing(); net.nodes.len()],
            asked: vec![(Answer::AT_ONCE, f64::NAN); net.sites.len()],
        }
    }

    /// What was found so far is not taken for the answer to the same question.
    pub fn forget(&mut self) {
        self.given.fill(Given::nothing());
        self.asked.fill((Answer::AT_ONCE, f64::NAN));
    }

    /// As new.
    pub fn reset(&mut self) {
        self.queues.fill([0.0; MOST_POOLS]);
        self.longest.fill([0.0; MOST_POOLS]);
        self.firsts.fill(0.0);
        self.made.copy_from_slice(&self.whole);
        self.services.fill(Service::default());
        self.outcomes.fill(Outcome::FINE);
        self.forget();
    }

    /// What the services meet after `seconds` in which the sources ask at `rates`; the queues stay as they were until
    /// [`State::commit`].
    pub fn solve(&mut self, net: &Net, conditions: &[Condition], rates: &[f64], seconds: f64) {
        self.ask(net, rates, 1.0);
        for turn in 0..TURNS {
            for &s in &net.order {
                self.answer(net, &conditions[s as usize], s as usize, seconds);
            }
            let change = self.ask(net, rates, if turn < PATIENT { 1.0 } else { 0.5 });
            if change <= AGREE || (turn + 1 >= FEW && !self.settled()) {
                break;
            }
        }
    }

    /// The queues stand where the last solution ended.
    pub fn commit(&mut self) {
        for ((queues, longest), service) in self.queues.iter_mut().zip(&mut self.longest).zip(&self.services) {
            for place in 0..MOST_POOLS {
                let before = if service.settled { 0.0 } else { longest[place].max(queues[place]) };
                longest[place] = before.max(service.queues[place]);
            }
            *queues = service.queues;
        }
    }

    /// Every service stays as it is.
    pub fn settled(&self) -> bool {
        self.services.iter().all(|service| service.settled)
    }

    /// Passes rates down; the greatest change of one of them, relative to itself.
    pub fn ask(&mut self, net: &Net, rates: &[f64], weight: f64) -> f64 {
        let mut change = 0.0_f64;
        self.coming.fill(0.0);
        self.work.fill([0.0; 4]);
        for (&source, rate) in net.asked.iter().zip(rates) {
            self.come(source as usize, *rate, 1.0);
        }
        for service in &mut self.services {
            service.late = 0.0;
            service.full_again = 0.0;
        }
        for &s in net.order.iter().rev() {
            let s = s as usize;
            change = change.max(self.services[s].come(self.coming[s], weight));
            if let Some(sums) = self.work.get(s).filter(|sums| sums[0] > 0.0) {
                self.services[s].work = [sums[1] / sums[0], sums[2] / sums[0], sums[3] / sums[0]];
            }
            let asks = self.services[s].worked * (1.0 - self.services[s].fault);
            for i in net.nodes[s].sites.clone() {
                let (site, call) = (&net.sites[i], self.outcomes[i]);
                let calls = asks * self.made[i];
                self.firsts[i] = calls * (1.0 - site.hits);
                self.come(site.to, calls * call.attempts, site.work);
                self.services[site.to].late += calls * call.attempts * call.late;
                self.services[site.to].full_again += calls * call.full_again;
            }
        }
        change
    }

    fn come(&mut self, to: usize, rate: f64, work: f64) {
        self.coming[to] += rate;
        if let Some(sums) = self.work.get_mut(to) {
            let mut power = rate;
            for sum in sums {
                *sum += power;
                power *= work;
            }
        }
    }

    /// Passes answers up: what those meet who ask a service.
    fn answer(&mut self, net: &Net, condition: &Condition, s: usize, seconds: f64) {
        let node = &net.nodes[s];
        let mut same = !self.given[s].seconds.is_nan();
        for i in node.sites.clone() {
            let site = &net.sites[i];
            let asked = (self.services[site.to].answer, self.firsts[i]);
            if self.asked[i] != asked {
                self.asked[i] = asked;
                self.outcomes[i] = outcome(site, &asked.0, asked.1);
                same = false;
            }
        }
        let chain = if same { self.given[s].chain } else { net.chain(node, &self.outcomes, &mut self.made) };
        let service = &self.services[s];
        let given = Given {
            condition: *condition,
            chain,
            queues: self.queues[s],
            longest: self.longest[s],
            seconds,
            arrivals: [service.arrivals, service.full_again],
            work: service.work,
        };
        if !self.given[s].lasts(&given, service) {
            self.given[s] = given;
            self.services[s].serve(node, condition, &chain, (&given.queues, &given.longest), seconds);
        }
    }

    /// What a service does per second, as a row of the books; those of its answers that come in time take `good`.
    fn row(&self, net: &Net, s: usize, good: &Times) -> Row {
        let (service, node) = (&self.services[s], &net.nodes[s]);
        let mut counted = [0.0; row::N];
        let refused = service.arrivals * service.refused;
        let full = service.first_try() * service.full + service.full_again;
        // Who gives up in the end is resolved soon after it came; who does not, when it has been served.
        let admitted = (service.arrivals - refused - full).max(0.0);
        let worked = if node.deadline.is_finite() { admitted } else { service.worked };
        let fault = worked * service.fault;
        let broken = (worked - fault) * service.broken;
        let fine = (worked - fault - broken).max(0.0);
        let late = service.late.min(fine);
        let gives_up = node.patience.is_finite();
        counted[row::RESOLVED] = refused + full + worked;
        counted[row::GOOD] = fine - late;
        counted[row::TIMEOUT] = late + if gives_up { full } else { 0.0 };
        counted[row::FULL] = if gives_up { 0.0 } else { full };
        counted[row::DOWN] = refused;
        counted[row::DEPENDENCY] = broken;
        counted[row::FAULT] = fault;
        counted[row::BUSY] = service.busy;
        counted[row::RESPONSE] = (fine - late) * good.all.mean;
        counted[row::BEGUN] = service.worked;
        counted[row::WAIT] = service.worked * service.wait.mean;
        counted[row::QUEUED] = service.queue;
        counted[row::ARRIVED] = service.arrivals;
        counted[row::FIRST] = service.arrivals;
        counted[row::WASTED] = late;
        counted[row::PRESENT] = service.arrivals * service.answer.mean();
        counted
    }

    /// What each service does per second where the sources ask at `rates`, and how long its answers take that come in time.
    pub fn rows(&mut self, net: &Net, rates: &[f64], mut each: impl FnMut(usize, Row, &Service, &Times)) {
        self.coming.fill(0.0);
        for (&source, rate) in net.asked.iter().zip(rates) {
            self.coming[source as usize] += rate;
        }
        for (site, first) in net.sites.iter().zip(&self.firsts) {
            self.coming[site.to] += first;
        }
        for s in 0..self.services.len() {
            let good = self.services[s].in_time(&net.nodes[s]);
            let mut counted = self.row(net, s, &good);
            counted[row::FIRST] = self.coming[s].min(counted[row::ARRIVED]);
            each(s, counted, &self.services[s], &good);
        }
    }
}
