//! One history of a Markov process after the other, with and without bias.

use std::collections::HashMap;

use crate::exact::markov::process::{Move, Process, Situation, State};
use crate::random::{Stream, base, uniform};

/// The probability of all failures together where something else can happen, too.
const FAILURES: f64 = 0.5;
/// States that are kept, so that those that come often are not worked out again.
const KEPT: usize = 50_000;
/// Most events of a cycle.
const MOST_EVENTS: u64 = 1_000_000;
/// Most events that are forced in a history.
const MOST_FORCED: u32 = 50;
/// Not known yet.
const NONE: u32 = u32::MAX;

/// What one history found: weighted sums.
#[derive(Debug, Clone, Copy, Default)]
pub struct Found {
    /// Seconds down.
    pub down: f64,
    /// Whether it was down at all.
    pub first: f64,
    /// Outages that began.
    pub outages: f64,
    /// Squares of the seconds down, as an unweighted history would have them.
    pub squares: f64,
    /// The history without bias was down.
    pub crude: bool,
    /// Length of a plain cycle, seconds; 0 where there was none.
    pub length: f64,
    /// Events.
    pub spent: Spent,
}

/// Events simulated.
#[derive(Debug, Clone, Copy, Default)]
pub struct Spent {
    /// Without bias.
    pub plain: u64,
    /// With bias.
    pub biased: u64,
}

impl Spent {
    /// All of them.
    pub fn all(self) -> u64 {
        self.plain + self.biased
    }

    /// Adds those of another.
    pub fn add(&mut self, other: Self) {
        self.plain += other.plain;
        self.biased += other.biased;
    }
}

/// A cycle has no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system does not come back to the state that it starts in within a million events")]
pub struct Stuck;

/// A state and the ways out of it.
#[derive(Debug)]
struct Node {
    moves: Vec<Move>,
    /// The node that each move leads to; [`NONE`] until it was taken.
    to: Vec<u32>,
    /// Total rate, and that of the moves that are no failures.
    out: f64,
    other: f64,
    failures: u32,
    down: bool,
}

/// Walks through a process.
#[derive(Debug)]
pub struct Walker<'p> {
    process: &'p Process,
    service: u32,
    /// The state that begins a cycle.
    home: &'p State,
    /// The first is `home`.
    nodes: Vec<Node>,
    known: HashMap<State, u32>,
    situation: Situation,
    stream: Stream,
    word: u64,
}

/// The node of the state that begins a cycle.
const HOME: u32 = 0;

impl<'p> Walker<'p> {
    /// A walker that asks whether `service` is up.
    pub fn new(process: &'p Process, service: u32) -> Self {
        // Of the states at the start, the likeliest.
        let likeliest = process.start().iter().fold(&process.start()[0], |best, one| if one.1 > best.1 { one } else { best });
        let mut walker = Self {
            process,
            service,
            home: &likeliest.0,
            nodes: Vec::new(),
            known: HashMap::new(),
            situation: Situation::default(),
            stream: Stream::new(0, 0, 0),
            word: 0,
        };
        walker.node(walker.home.clone());
        walker
    }

    /// Begins history `number` of a purpose.
    fn begin(&mut self, purpose: u64, seed: u64, number: u64) {
        self.stream = Stream::new(base("failure biasing", purpose), seed, number);
        self.word = 0;
        if self.nodes.len() > KEPT {
            self.nodes.clear();
            self.known.clear();
            self.node(self.home.clone());
        }
    }

    fn uniform(&mut self) -> f64 {
        self.word += 1;
        uniform(self.stream.word(self.word))
    }

    fn node(&mut self, state: State) -> u32 {
        if let Some(&node) = self.known.get(&state) {
            return node;
        }
        let mut moves = Vec::new();
        self.process.look(&state, &mut self.situation);
        self.process.moves_in(&state, &self.situation, &mut moves);
        // From 0, since the sum of nothing is -0, and no time is to be divided by that.
        let sum = |fails: bool| moves.iter().filter(|m| m.fails == fails).fold(0.0, |sum, m| sum + m.rate);
        self.nodes.push(Node {
            to: vec![NONE; moves.len()],
            out: sum(true) + sum(false),
            other: sum(false),
            failures: moves.iter().filter(|m| m.fails).count() as u32,
            down: !self.situation.is_up[self.service as usize],
            moves,
        });
        let node = self.nodes.len() as u32 - 1;
        self.known.insert(state, node);
        node
    }

    fn at(&self, node: u32) -> &Node {
        &self.nodes[node as usize]
    }

    /// Takes move `nth` of a node.
    fn go(&mut self, node: u32, nth: usize) -> u32 {
        let at = &mut self.nodes[node as usize];
        if at.to[nth] == NONE {
            let to = std::mem::take(&mut at.moves[nth].to);
            let found = self.node(to);
            self.nodes[node as usize].to[nth] = found;
        }
        self.nodes[node as usize].to[nth]
    }

    /// The next node, each with its own probability.
    fn plain(&mut self, node: u32) -> u32 {
        let target = self.uniform() * self.at(node).out;
        let nth = pick(&self.at(node).moves, |_| true, target);
        self.go(node, nth)
    }

    /// The next node, failures with more probability than they have, and the ratio of the two.
    fn biased(&mut self, node: u32) -> (u32, f64) {
        let at = self.at(node);
        let (out, other, failures) = (at.out, at.other, f64::from(at.failures));
        let share = if other == 0.0 {
            1.0
        } else if failures == 0.0 {
            0.0
        } else {
            FAILURES
        };
        let u = self.uniform();
        if u < share {
            // u / share is uniform again, and all failures are alike.
            let which = ((u / share * failures) as usize).min(failures as usize - 1);
            let moves = &self.at(node).moves;
            let nth = (0..moves.len()).filter(|&i| moves[i].fails).nth(which).unwrap_or(0);
            let ratio = moves[nth].rate / out * failures / share;
            (self.go(node, nth), ratio)
        } else {
            let target = (u - share) / (1.0 - share) * other;
            let nth = pick(&self.at(node).moves, |m| !m.fails, target);
            (self.go(node, nth), other / out / (1.0 - share))
        }
    }

    /// A cycle of the long run: the downtime of a biased one and the length of a plain one. Plain cycles are many enough at one
    /// in eight.
    pub fn cycle(&mut self, seed: u64, number: u64) -> Result<Found, Stuck> {
        let mut found = Found::default();
        self.begin(1, seed, number);
        let (mut node, mut weight, mut down, mut biased) = (HOME, 1.0, 0.0, true);
        loop {
            let at = self.at(node);
            if at.out == 0.0 || found.spent.biased > MOST_EVENTS {
                return Err(Stuck);
            }
            if at.down {
                biased = false;
                down += 1.0 / at.out;
            }
            if biased {
                let (next, ratio) = self.biased(node);
                (node, weight) = (next, weight * ratio);
            } else {
                node = self.plain(node);
            }
            found.spent.biased += 1;
            if node == HOME {
                break;
            }
        }
        (found.down, found.squares) = (weight * down, weight * down * down);
        if number.is_multiple_of(8) {
            self.begin(2, seed, number);
            node = HOME;
            loop {
                let out = self.at(node).out;
                if out == 0.0 || found.spent.plain > MOST_EVENTS {
                    return Err(Stuck);
                }
                found.length += 1.0 / out;
                found.crude |= self.at(node).down;
                found.spent.plain += 1;
                node = self.plain(node);
                if node == HOME {
                    break;
                }
            }
        }
        Ok(found)
    }

    /// A history over the horizon without bias, and a biased one from the begin of each of its cycles.
    pub fn horizon(&mut self, seed: u64, number: u64, horizon: f64) -> Result<Found, Stuck> {
        self.begin(3, seed, number);
        let mut found = Found::default();
        let mut u = self.uniform();
        let process = self.process;
        let drawn = process.start().iter().find(|(_, p)| {
            u -= p;
            u <= 0.0
        });
        let mut node = drawn.map_or(HOME, |(state, _)| self.node(state.clone()));
        let (mut time, mut untouched) = (0.0, true);
        if self.at(node).down {
            (found.first, untouched) = (1.0, false);
        }
        while time < horizon {
            let side = self.side(node, horizon - time)?;
            found.down += side.down;
            found.outages += side.outages;
            found.squares += side.squares;
            found.first += if untouched { side.first } else { 0.0 };
            found.spent.biased += side.spent.biased;
            loop {
                untouched &= !self.at(node).down;
                time += self.holding(node);
                if time >= horizon {
                    break;
                }
                found.spent.plain += 1;
                if found.spent.plain > MOST_EVENTS * 10 {
                    return Err(Stuck);
                }
                node = self.plain(node);
                if node == HOME {
                    break;
                }
            }
        }
        found.crude = !untouched;
        Ok(found)
    }

    /// A time in a state, seconds.
    fn holding(&mut self, node: u32) -> f64 {
        let u = self.uniform();
        -libm::log(u) / self.at(node).out
    }

    /// A biased history from a node until the end of its cycle, or of the time that is left.
    fn side(&mut self, from: u32, mut left: f64) -> Result<Found, Stuck> {
        let mut found = Found::default();
        let (mut node, mut weight, mut down, mut outages, mut forced) = (from, 1.0, 0.0, 0.0, 0);
        let mut biased = !self.at(from).down;
        loop {
            let at = self.at(node);
            let (out, was_down) = (at.out, at.down);
            let mut stays = self.holding(node);
            if biased && at_rest(self.at(node)) && forced < MOST_FORCED {
                // The next failure is made to come in time.
                let comes = -libm::expm1(-out * left);
                stays = -libm::log1p(-self.uniform() * comes) / out;
                weight *= comes;
                forced += 1;
            }
            if was_down {
                down += stays.min(left);
            }
            left -= stays;
            if left <= 0.0 {
                break;
            }
            if biased {
                let (next, ratio) = self.biased(node);
                (node, weight) = (next, weight * ratio);
            } else {
                node = self.plain(node);
            }
            found.spent.biased += 1;
            if found.spent.biased > MOST_EVENTS {
                return Err(Stuck);
            }
            if self.at(node).down && !was_down {
                (biased, found.first) = (false, 1.0);
                outages += 1.0;
            }
            if node == HOME {
                break;
            }
        }
        found.first *= weight;
        (found.down, found.outages, found.squares) = (weight * down, weight * outages, weight * down * down);
        Ok(found)
    }
}

/// Nothing but failures can happen.
fn at_rest(node: &Node) -> bool {
    node.other == 0.0 && node.out > 0.0
}

/// The move among those that are picked at which their rates add up to `target`.
fn pick(moves: &[Move], picks: impl Fn(&Move) -> bool, mut target: f64) -> usize {
    let mut last = 0;
    for (i, candidate) in moves.iter().enumerate().filter(|(_, candidate)| picks(candidate)) {
        last = i;
        target -= candidate.rate;
        if target <= 0.0 {
            break;
        }
    }
    last
}
