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
    /// By site: what its calls bring to the service called.
    sent: Vec<Sent>,
    /// By service: what the sources ask of it, per second.
    asked_for: Vec<f64>,
    /// By service and by site: from what the present answers were found, so that the same is not solved again.
    given: Vec<Given>,
    asked: Vec<(Answer, f64)>,
}

/// What the calls of a site bring, per second.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Sent {
    /// Calls made for the first time that no cache answers.
    firsts: f64,
    /// All that arrive, retries among them.
    pub rate: f64,
    /// Of these, those that are answered too late.
    late: f64,
    /// And retries that find the queue as full as it was.
    full_again: f64,
}

/// What some services stood at, to be given back.
#[derive(Debug, Clone, Default)]
pub struct Noted {
    /// In the order of the services.
    pub services: Vec<Service>,
    given: Vec<Given>,
    sites: Vec<(Outcome, f64, Sent, (Answer, f64))>,
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
        Self {
            services: vec![Service::default(); net.nodes.len()],
            queues: vec![[0.0; MOST_POOLS]; net.nodes.len()],
            longest: vec![[0.0; MOST_POOLS]; net.nodes.len()],
            outcomes: vec![Outcome::FINE; net.sites.len()],
            made: whole.clone(),
            whole,
            sent: vec![Sent::default(); net.sites.len()],
            asked_for: vec![0.0; net.nodes.len()],
            given: vec![Given::nothing(); net.nodes.len()],
            asked: vec![(Answer::AT_ONCE, f64::NAN); net.sites.len()],
        }
    }

    /// Some services are as new.
    pub fn reset(&mut self, net: &Net, part: &[u32]) {
        for s in part.iter().map(|&s| s as usize) {
            self.queues[s] = [0.0; MOST_POOLS];
            self.longest[s] = [0.0; MOST_POOLS];
            self.services[s] = Service::default();
            self.given[s] = Given::nothing();
            for i in net.nodes[s].sites.clone() {
                self.outcomes[i] = Outcome::FINE;
                self.made[i] = self.whole[i];
                self.sent[i] = Sent::default();
                self.asked[i] = (Answer::AT_ONCE, f64::NAN);
            }
        }
    }

    /// What the services meet after `seconds` in which the sources ask at `rates`; the queues stay as they were until
    /// [`State::commit`].
    pub fn solve(&mut self, net: &Net, conditions: &[Condition], rates: &[f64], seconds: f64) {
        self.solve_part(net, &net.order, |s| &conditions[s], rates, seconds);
    }

    /// As [`State::solve`], where all but some services stay as they are.
    pub fn solve_part<'a>(
        &mut self,
        net: &Net,
        part: &[u32],
        condition: impl Fn(usize) -> &'a Condition,
        rates: &[f64],
        seconds: f64,
    ) {
        self.ask(net, part, rates, 1.0);
        for turn in 0..TURNS {
            for &s in part {
                self.answer(net, condition(s as usize), s as usize, seconds);
            }
            let change = self.ask(net, part, rates, if turn < PATIENT { 1.0 } else { 0.5 });
            if change <= AGREE || (turn + 1 >= FEW && !self.settled(part)) {
                break;
            }
        }
    }

    /// What some services stand at, and the calls they make.
    pub fn note(&self, net: &Net, part: &[u32], noted: &mut Noted) {
        noted.services.clear();
        noted.given.clear();
        noted.sites.clear();
        for s in part.iter().map(|&s| s as usize) {
            noted.services.push(self.services[s]);
            noted.given.push(self.given[s]);
            let sites = net.nodes[s].sites.clone();
            noted.sites.extend(sites.map(|i| (self.outcomes[i], self.made[i], self.sent[i], self.asked[i])));
        }
    }

    /// Gives back what was noted.
    pub fn give_back(&mut self, net: &Net, part: &[u32], noted: &Noted) {
        let mut sites = noted.sites.iter();
        for (place, s) in part.iter().map(|&s| s as usize).enumerate() {
            (self.services[s], self.given[s]) = (noted.services[place], noted.given[place]);
            for (i, noted) in net.nodes[s].sites.clone().zip(&mut sites) {
                (self.outcomes[i], self.made[i], self.sent[i], self.asked[i]) = *noted;
            }
        }
    }

    /// The queues of some services stand where the last solution ended.
    pub fn commit(&mut self, part: &[u32]) {
        for s in part.iter().map(|&s| s as usize) {
            let service = &self.services[s];
            for place in 0..MOST_POOLS {
                let longest = &mut self.longest[s][place];
                let before = if service.settled { 0.0 } else { longest.max(self.queues[s][place]) };
                *longest = before.max(service.queues[place]);
            }
            self.queues[s] = service.queues;
        }
    }

    /// Every one of some services stays as it is.
    pub fn settled(&self, part: &[u32]) -> bool {
        part.iter().all(|&s| self.services[s as usize].settled)
    }

    /// The calls of a site bring what they bring in another state, times a factor.
    pub fn hear(&mut self, i: usize, other: &Self, factor: f64) {
        let Sent { firsts, rate, late, full_again } = other.sent[i];
        let [firsts, rate, late, full_again] = [firsts, rate, late, full_again].map(|sent| sent * factor);
        self.sent[i] = Sent { firsts, rate, late, full_again };
    }

    /// Passes rates down to some services; the greatest change of one of them, relative to itself.
    fn ask(&mut self, net: &Net, part: &[u32], rates: &[f64], weight: f64) -> f64 {
        let mut change = 0.0_f64;
        net.asked.iter().for_each(|&source| self.asked_for[source as usize] = 0.0);
        net.asked.iter().zip(rates).for_each(|(&source, rate)| self.asked_for[source as usize] += rate);
        for s in part.iter().rev().map(|&s| s as usize) {
            let coming = self.gather(net, s);
            change = change.max(self.services[s].come(coming, weight));
            let asks = self.services[s].worked * (1.0 - self.services[s].fault);
            for i in net.nodes[s].sites.clone() {
                let (site, call) = (&net.sites[i], self.outcomes[i]);
                let calls = asks * self.made[i];
                let rate = calls * call.attempts;
                let (firsts, full_again) = (calls * (1.0 - site.hits), calls * call.full_again);
                self.sent[i] = Sent { firsts, rate, late: rate * call.late, full_again };
            }
        }
        change
    }

    /// What comes to a service.
    fn gather(&mut self, net: &Net, s: usize) -> f64 {
        let (mut coming, mut late, mut full_again) = (self.asked_for[s], 0.0, 0.0);
        let mut powers = [coming; 3];
        for i in net.callers[s].iter().map(|&i| i as usize) {
            let sent = &self.sent[i];
            coming += sent.rate;
            late += sent.late;
            full_again += sent.full_again;
            if net.uneven {
                let mut power = sent.rate;
                for sum in &mut powers {
                    power *= net.sites[i].work;
                    *sum += power;
                }
            }
        }
        let service = &mut self.services[s];
        (service.late, service.full_again) = (late, full_again);
        if net.uneven && coming > 0.0 {
            service.work = powers.map(|power| power / coming);
        }
        coming
    }

    /// By service: what comes per second.
    pub fn arrivals(&self) -> Vec<f64> {
        self.services.iter().map(|service| service.arrivals).collect()
    }

    /// Of the calls of a site, how many there are for each request that comes to the service that makes them.
    pub fn passed_on(&self, net: &Net, i: usize) -> f64 {
        let comes = self.services[net.sites[i].from].arrivals;
        if comes > 0.0 { self.sent[i].rate / comes } else { 0.0 }
    }

    /// Passes answers up: what those meet who ask a service.
    fn answer(&mut self, net: &Net, condition: &Condition, s: usize, seconds: f64) {
        let node = &net.nodes[s];
        let mut same = !self.given[s].seconds.is_nan();
        for i in node.sites.clone() {
            let site = &net.sites[i];
            let asked = (self.services[site.to].answer, self.sent[i].firsts);
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

    /// What each of some services does per second, and how long its answers take that come in time.
    pub fn rows(&self, net: &Net, part: &[u32], mut each: impl FnMut(usize, Row, &Service, &Times)) {
        for s in part.iter().map(|&s| s as usize) {
            let (counted, good) = self.row_of(net, s);
            each(s, counted, &self.services[s], &good);
        }
    }

    /// What a service does per second, and how long its answers take that come in time.
    pub fn row_of(&self, net: &Net, s: usize) -> (Row, Times) {
        let good = self.services[s].in_time(&net.nodes[s]);
        let mut counted = self.row(net, s, &good);
        let firsts: f64 = net.callers[s].iter().map(|&i| self.sent[i as usize].firsts).sum();
        counted[row::FIRST] = (self.asked_for[s] + firsts).min(counted[row::ARRIVED]);
        (counted, good)
    }
}
