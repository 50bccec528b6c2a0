//! What requests pass through, laid out once for a model: services, replicas, stations where they wait, servers, calls.

use super::job::{Deadlines, List};
use super::share::Share;
use super::site::{Site, group_end};
use crate::dist::Sampler;
use crate::kernel::Tournament;
use crate::model::{Model, NONE, Work};
use crate::random::Stream;
use crate::scenario::{Balance, Discipline, Interrupted, WhileDown};

/// A service as requests meet it.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "answers to questions of the event loop, each its own")]
pub struct Node {
    /// Nothing limits it: no servers, and no work of its own.
    pub direct: bool,
    /// One station for all replicas.
    pub pooled: bool,
    /// Its replicas are chosen by what is in them.
    pub weighs: bool,
    /// Whoever came last is served first.
    pub lifo: bool,
    /// Whoever has the highest priority is served first.
    pub by_priority: bool,
    /// Requests that arrive while it is down wait.
    pub waits_while_down: bool,
    /// Its own structure holds, so that requests are taken.
    pub open: bool,
    /// It is in its usual state: see `plain.rs`.
    pub plain: bool,
    /// Its station where it is, and how many may wait there.
    pub line: u32,
    /// See `line`.
    pub limit: u32,
    /// How a replica is chosen.
    pub balance: Balance,
    /// What becomes of requests in a replica that fails.
    pub interrupted: Interrupted,
    /// The first of its stations: one for each replica, or one.
    pub station: u32,
    /// The first of its calls, and how many there are.
    pub sites: (u32, u32),
    /// From this place in its calls on, no server is held.
    pub held_until: u32,
    /// Waiting places of a station; `u32::MAX` where nothing limits them. For one replica where stations are pooled.
    pub places: u32,
    /// A request is shed where so many wait; for one replica where stations are pooled.
    pub shed_queue: u32,
    /// A request that has waited longer is shed when its turn comes, seconds.
    pub shed_age: f64,
    /// Draws the work of a request.
    pub work: Sampler,
    /// Words for that.
    pub service: Stream,
    /// Words for choices of a replica, and for errors.
    pub choice: Stream,
    /// Replicas that requests are sent to, ascending.
    pub up: Vec<u32>,
    /// Failed replicas that requests are still sent to.
    pub lurking: u32,
    /// Whose turn it is, for `round_robin`.
    pub turn: usize,
    /// Some replica has come back, and its share grows until then.
    pub warming: f64,
    /// Requests that wait until it is up, and how many they are.
    pub held: List,
    /// See `held`.
    pub waiting_held: u32,
    /// Loads by replica, for `least_busy`: the time of a slot is the number of requests.
    pub loads: Option<Tournament>,
    /// Objectives that count its requests.
    pub objectives: Vec<u32>,
}

/// One replica.
#[derive(Debug, Clone)]
pub struct Replica {
    /// Index of its service.
    pub service: u32,
    /// Index of its station.
    pub station: u32,
    /// The first of its servers, and how many it has.
    pub servers: (u32, u32),
    /// What shares it: index of its [`Share`], or [`NONE`].
    pub share: u32,
    /// It works.
    pub alive: bool,
    /// It works, and requests are sent to it.
    pub active: bool,
    /// Times as long as work takes at full speed.
    pub slow: f64,
    /// The probability that what it has worked on fails.
    pub errors: f64,
    /// Requests in it.
    pub load: u32,
    /// When it came back; before the begin where it has always been there.
    pub back: f64,
    /// Requests are still sent to it although it has failed.
    pub lurks: bool,
    /// Counts its failures, so that a health check that comes too late is known.
    pub failures: u32,
    /// Requests in it that hold no server.
    pub away: List,
}

/// Where requests wait for servers: of one replica, or of all replicas of a service.
#[derive(Debug, Clone)]
pub struct Station {
    /// Those that wait, by priority where that counts, else in the first list.
    pub lines: [List; 5],
    /// How many they are.
    pub waiting: u32,
    /// The first free server.
    pub free: u32,
}

/// One server: whom it works on.
#[derive(Debug, Clone, Copy)]
pub struct Server {
    /// Who holds it, or [`NONE`].
    pub job: u32,
    /// Index of its replica.
    pub replica: u32,
    /// The next free one.
    pub next: u32,
}

/// All of it.
#[derive(Debug, Clone)]
pub struct Plant {
    /// By service.
    pub nodes: Vec<Node>,
    /// By replica.
    pub replicas: Vec<Replica>,
    /// Stations of all services, one after the other.
    pub stations: Vec<Station>,
    /// Servers of all replicas, one after the other.
    pub servers: Vec<Server>,
    /// Replicas whose requests share it.
    pub shares: Vec<Share>,
    /// Calls of all services, one after the other.
    pub sites: Vec<Site>,
    /// One for each length of patience.
    pub deadlines: Vec<Deadlines>,
}

/// Servers that a model may have: each is a slot of the event set, some 50 bytes.
pub const MOST_SERVERS: f64 = 8e6;

/// Servers of all replicas.
#[must_use]
pub fn servers(model: &Model) -> f64 {
    model.services.iter().map(|service| f64::from(concurrency(&service.work)) * service.replicas.len() as f64).sum()
}

fn concurrency(work: &Work) -> u32 {
    match work {
        Work::Unlimited => 0,
        Work::Rate(_) => 1,
        Work::Servers { concurrency, .. } => *concurrency as u32,
    }
}

fn limit(places: f64) -> u32 {
    if places < f64::from(u32::MAX) { places as u32 } else { u32::MAX }
}

impl Plant {
    /// Lays out a model; slots of deadlines are given later.
    pub fn new(model: &Model) -> Self {
        let mut plant = Self {
            nodes: Vec::new(),
            replicas: Vec::new(),
            stations: Vec::new(),
            servers: Vec::new(),
            shares: Vec::new(),
            sites: Vec::new(),
            deadlines: Vec::new(),
        };
        for s in 0..model.services.len() {
            plant.add(model, s);
        }
        plant
    }

    fn add(&mut self, model: &Model, s: usize) {
        let service = &model.services[s];
        let serving = &service.serving;
        let concurrency = concurrency(&service.work);
        let sharing = serving.discipline == Discipline::ProcessorSharing && concurrency > 0;
        let pooled = serving.balance == Balance::SharedQueue && !sharing && concurrency > 0;
        let station = self.stations.len() as u32;
        let own = if pooled { 1 } else { service.replicas.len() };
        self.stations.extend((0..own).map(|_| Station { lines: [List::EMPTY; 5], waiting: 0, free: NONE }));
        for i in 0..service.replicas.len() as u32 {
            let first = self.servers.len() as u32;
            let replica = self.replicas.len() as u32;
            let share = if sharing { self.shares.len() as u32 } else { NONE };
            if sharing {
                self.shares.push(Share::new(replica, f64::from(concurrency)));
            } else {
                self.servers.extend((0..concurrency).map(|_| Server { job: NONE, replica, next: NONE }));
            }
            self.replicas.push(Replica {
                service: s as u32,
                station: station + if pooled { 0 } else { i },
                servers: (first, self.servers.len() as u32 - first),
                share,
                alive: true,
                active: true,
                slow: 1.0,
                errors: 0.0,
                load: 0,
                back: f64::NEG_INFINITY,
                lurks: false,
                failures: 0,
                away: List::EMPTY,
            });
        }
        let balance = match serving.balance {
            // Without servers of its own there is nothing to wait for; who shares a replica waits for nothing.
            Balance::SharedQueue if sharing => Balance::LeastBusy,
            balance => balance,
        };
        let first_site = self.sites.len() as u32;
        for (place, call) in service.calls.iter().enumerate() {
            let patience = self.patience(call.timeout);
            self.sites.push(Site::new(call, patience, group_end(&service.calls, place)));
        }
        let held_until = service.calls.iter().rposition(|call| call.held).map_or(0, |last| last as u32 + 1);
        self.nodes.push(Node {
            direct: concurrency == 0,
            pooled,
            weighs: matches!(balance, Balance::LeastBusy | Balance::PowerOf(_)),
            lifo: serving.discipline == Discipline::Lifo,
            by_priority: serving.discipline == Discipline::Priority,
            waits_while_down: serving.while_down == WhileDown::Wait,
            open: true,
            plain: false,
            line: 0,
            limit: 0,
            balance,
            interrupted: serving.interrupted,
            station,
            sites: (first_site, service.calls.len() as u32),
            held_until: if concurrency == 0 || sharing { 0 } else { held_until },
            places: limit(service.queue),
            shed_queue: limit(serving.shed_queue),
            shed_age: serving.shed_age,
            work: model.zero.clone(),
            service: Stream::new(0, 0, 0),
            choice: Stream::new(0, 0, 0),
            up: Vec::new(),
            lurking: 0,
            turn: 0,
            warming: f64::NEG_INFINITY,
            held: List::EMPTY,
            waiting_held: 0,
            loads: (balance == Balance::LeastBusy).then(|| Tournament::new(service.replicas.len())),
            objectives: Vec::new(),
        });
    }

    /// The list of those whose callers wait for so long, or [`NONE`] where they wait for ever.
    fn patience(&mut self, timeout: f64) -> u32 {
        if timeout.is_infinite() {
            return NONE;
        }
        let known = self.deadlines.iter().position(|deadlines| deadlines.patience == timeout);
        known.unwrap_or_else(|| {
            self.deadlines.push(Deadlines::new(timeout, 0));
            self.deadlines.len() - 1
        }) as u32
    }

    /// Back to the begin of a replication: everything is up, nothing is there.
    pub fn reset(&mut self, model: &Model, draws: &[f64], seed: u64, replication: u64) {
        for station in &mut self.stations {
            (station.lines, station.waiting, station.free) = ([List::EMPTY; 5], 0, NONE);
        }
        for replica in &mut self.replicas {
            (replica.alive, replica.active, replica.lurks) = (true, true, false);
            (replica.slow, replica.errors, replica.load, replica.back) = (1.0, 0.0, 0, f64::NEG_INFINITY);
            (replica.failures, replica.away) = (0, List::EMPTY);
        }
        for server in &mut self.servers {
            server.job = NONE;
        }
        for share in &mut self.shares {
            share.reset();
        }
        for deadlines in &mut self.deadlines {
            deadlines.reset();
        }
        let mut site = 0;
        for (node, service) in self.nodes.iter_mut().zip(&model.services) {
            node.work = sampler(model, &service.work, draws);
            node.service = Stream::new(service.serving.service_stream, seed, replication);
            node.choice = Stream::new(service.serving.choice_stream, seed, replication);
            (node.lurking, node.turn, node.warming) = (0, 0, f64::NEG_INFINITY);
            (node.open, node.held, node.waiting_held) = (true, List::EMPTY, 0);
            node.up.clear();
            node.up.extend(service.replicas.clone());
            if let Some(loads) = &mut node.loads {
                (0..service.replicas.len()).for_each(|slot| loads.place(slot, 0.0));
                loads.rebuild();
            }
            for call in &service.calls {
                self.sites[site].reset(call, draws, seed, replication);
                site += 1;
            }
        }
        (0..self.replicas.len() as u32).for_each(|replica| self.put_servers(replica));
    }

    /// Puts the idle servers of a replica into its station's list.
    pub fn put_servers(&mut self, replica: u32) {
        let (first, count) = self.replicas[replica as usize].servers;
        for server in (first..first + count).rev() {
            if self.servers[server as usize].job == NONE {
                self.free_server(server);
            }
        }
    }

    /// A server stands free at its station.
    #[inline]
    pub fn free_server(&mut self, server: u32) {
        let station = self.replicas[self.servers[server as usize].replica as usize].station as usize;
        let place = &mut self.servers[server as usize];
        place.job = NONE;
        place.next = self.stations[station].free;
        self.stations[station].free = server;
    }

    /// Takes the free servers of a replica out of its station's list.
    pub fn withdraw_servers(&mut self, replica: u32) {
        let station = self.replicas[replica as usize].station as usize;
        let mut server = std::mem::replace(&mut self.stations[station].free, NONE);
        while server != NONE {
            let next = self.servers[server as usize].next;
            if self.servers[server as usize].replica != replica {
                self.servers[server as usize].next = self.stations[station].free;
                self.stations[station].free = server;
            }
            server = next;
        }
    }
}

/// How the work of a service is drawn, for one draw of the uncertain numbers. A replica known by its rate alone is one server
/// of constant time.
fn sampler(model: &Model, work: &Work, draws: &[f64]) -> Sampler {
    match work {
        Work::Unlimited => model.zero.clone(),
        Work::Rate(rate) => Sampler::Constant(1.0 / rate.get(draws)),
        Work::Servers { time, .. } if time.is_uncertain() => {
            model.tables.sampler(&time.drawn(draws).unwrap_or_else(|| time.law.clone()))
        }
        Work::Servers { time, .. } => time.sampler.clone(),
    }
}
