//! A fleet: the replicas of a service behind their balancer, with times of any law, in a steady state and on the way to one.
//!
//! The steady state is exact for exponential times where requests are spread at random or wait in one line. General times scale
//! the wait of M/M/c by the mean of both squared coefficients of variation (Allen & Cunneen; see [`super::ggc_wait`]), with the
//! correction of Kraemer & Langenbach-Belz for streams that are not Poisson ("Approximate formulae for the delay in the queueing
//! system GI/G/1", *8th International Teletraffic Congress*, 1976); a limited queue holds as many of such requests as M/M/c/K
//! with its places divided by that factor.
//!
//! Between steady states the queue follows its mean: it grows by what comes and shrinks by what a steady state with a queue of
//! this length serves (the pointwise stationary fluid flow approximation of Wang, Tipper & Banerjee, "A pointwise stationary
//! fluid flow approximation for nonstationary queues", *INFOCOM*, 1996). So it fills and drains as a fluid does where the load is
//! too much, and settles where the formulas say.

use super::balance::{least_busy, power_of_choices_wait};
use super::mmck::Mmck;
use crate::dist::{Cumulants, Mixture};
use crate::scenario::Balance;

/// Replicas of one kind behind a balancer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fleet {
    /// How requests are spread.
    pub balance: Balance,
    /// How many replicas there are; need not be whole.
    pub replicas: f64,
    /// Servers of each.
    pub servers: f64,
    /// Waiting places of each; may be infinite.
    pub places: f64,
    /// The time that a request keeps a server busy.
    pub service: Cumulants,
    /// Squared coefficient of variation of the gaps between all arrivals; 1 for a Poisson stream.
    pub gaps: f64,
    /// No more than so many are ever there, waiting or served, since whoever sends them waits for the answer; infinite where
    /// arrivals do not wait.
    pub limit: f64,
}

/// A fleet in a steady state.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Steady {
    /// The share of arrivals that find no place.
    pub full: f64,
    /// The share of those admitted that wait.
    pub waits: f64,
    /// The mean wait of those who wait, seconds.
    pub wait: f64,
    /// Its coefficient of variation.
    pub cv: f64,
    /// Mean number of those who wait, in all replicas.
    pub queue: f64,
}

/// A fleet at the end of some time.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Step {
    /// The arrivals per second at which its queue would stay as long as it is.
    pub rate: f64,
    /// What those who arrive meet.
    pub steady: Steady,
}

/// Where a step changes a queue by less than this share of what arrives in it, the queue was steady all along.
const SETTLED: f64 = 1e-3;
/// As near to its capacity as a queue without an end comes: e to the minus this.
const FARTHEST: f64 = 34.0;
/// How long those wait whom nobody serves, seconds.
const NEVER: f64 = 1e9;
/// Balancers are compared up to this load; above it they differ little.
const BUSY: f64 = 0.98;

impl Steady {
    /// The wait of those admitted.
    #[must_use]
    pub fn wait_law(&self) -> Cumulants {
        if self.waits <= 0.0 || self.wait <= 0.0 {
            return Cumulants::ZERO;
        }
        let mut mixture = Mixture::default();
        mixture.add(1.0 - self.waits, &Cumulants::ZERO);
        mixture.add(self.waits, &Cumulants::gamma(self.wait, self.cv));
        let law = mixture.law();
        Cumulants { least: 0.0, ..law }
    }

    /// Mean wait of those admitted, seconds.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.waits * self.wait
    }
}

impl Fleet {
    /// Requests per second that all replicas together can serve; infinite where a request takes no time.
    #[must_use]
    pub fn capacity(&self) -> f64 {
        if self.service.mean > 0.0 { self.servers * self.replicas / self.service.mean } else { f64::INFINITY }
    }

    /// The steady state at so many `arrivals` per second: below the capacity where the queue has no end.
    #[must_use]
    pub fn steady(&self, arrivals: f64) -> Steady {
        if arrivals <= 0.0 || self.service.mean <= 0.0 || self.replicas <= 0.0 {
            return Steady::default();
        }
        let ratio = arrivals / self.capacity();
        match self.balance {
            Balance::Random => self.line(1.0, arrivals, 1.0 + (self.gaps - 1.0) / self.replicas),
            Balance::RoundRobin => self.line(1.0, arrivals, self.gaps / self.replicas),
            Balance::SharedQueue => self.line(self.replicas, arrivals, self.gaps),
            Balance::LeastBusy => self.shortest(arrivals, ratio),
            Balance::PowerOf(choices) if f64::from(choices) >= self.replicas => self.shortest(arrivals, ratio),
            Balance::PowerOf(choices) => self.chosen(arrivals, ratio, choices),
        }
    }

    /// The least busy replica is chosen: as one line, but that some replica may idle while others queue.
    fn shortest(&self, arrivals: f64, ratio: f64) -> Steady {
        let mut steady = self.line(self.replicas, arrivals, self.gaps);
        let comparable = arrivals * (BUSY / ratio).min(1.0);
        let apart = least_busy(comparable, self.service.mean, self.servers, self.replicas);
        let pooled = super::pooled(comparable, self.service.mean, self.servers, self.replicas);
        if pooled.wait > 0.0 && apart.waits > 0.0 {
            steady.queue *= apart.wait / pooled.wait;
            steady.wait *= apart.wait / pooled.wait * (pooled.waits / apart.waits);
            steady.waits = (steady.waits * apart.waits / pooled.waits).min(1.0);
        }
        steady
    }

    /// The least busy of some that are chosen by chance.
    fn chosen(&self, arrivals: f64, ratio: f64, choices: u32) -> Steady {
        let mut steady = self.line(1.0, arrivals, 1.0);
        let comparable = ratio.min(BUSY);
        let less = power_of_choices_wait(comparable, 1.0, choices) / power_of_choices_wait(comparable, 1.0, 1);
        let waits = libm::pow(steady.waits, f64::from(choices));
        if ratio < 1.0 {
            steady.full *= less;
        }
        steady.queue *= less;
        if waits > 0.0 {
            steady.wait *= less * steady.waits / waits;
        }
        steady.waits = waits;
        steady
    }

    /// Lines of `together` replicas each, as many as there are, with arrivals whose gaps have this squared coefficient of
    /// variation.
    fn line(&self, together: f64, arrivals: f64, gaps: f64) -> Steady {
        let lines = self.replicas / together;
        let (rate, servers) = (arrivals / lines, self.servers * together);
        let mean = self.service.mean;
        let square = self.service.variance / (mean * mean);
        let factor = (0.5 * (gaps + square)).max(1e-3);
        let ratio = rate * mean / servers;
        let places = self.places * together / factor;
        let kept_out = (self.limit / lines - servers).max(0.0) / factor;
        let exponential =
            if kept_out < places { held_back(rate, mean, servers, kept_out) } else { Mmck::new(rate, mean, servers, places) };
        let places = places.min(kept_out);
        if exponential.waits <= 0.0 {
            return Steady { full: exponential.lost, ..Steady::default() };
        }
        let fewer = kraemer(ratio.min(1.0), gaps, square);
        let wait = exponential.wait / exponential.waits * factor;
        Steady {
            full: exponential.lost,
            waits: exponential.waits * fewer,
            wait,
            cv: libm::sqrt(self.cv_square(ratio, places, wait / factor * servers / mean, square, factor)),
            queue: exponential.queue * factor * fewer * lines,
        }
    }

    /// Squared coefficient of variation of the wait of those who wait.
    ///
    /// Whoever finds k − 1 waiting waits for k services; k has weights that rise or fall by the load up to the number of
    /// places. Without an end to the queue it is that of the second moment of the wait in M/G/1 (Takács, 1962; Kleinrock,
    /// *Queueing Systems*, volume 1, 1975, section 5.7).
    fn cv_square(&self, ratio: f64, places: f64, mean_place: f64, square: f64, factor: f64) -> f64 {
        let cut = place_cv_square(ratio, places, mean_place, square / factor);
        if ratio >= 1.0 {
            return cut;
        }
        let mean = self.service.mean;
        let third = self.service.third / (mean * mean * mean) + 3.0 * square + 1.0;
        let endless = 2.0 * ratio + 4.0 * third * (1.0 - ratio) / (3.0 * (1.0 + square) * (1.0 + square)) - 1.0;
        let uncut = ratio + (1.0 - ratio) * square / factor;
        endless.max(0.05) * (cut / uncut).min(1.0)
    }

    /// Where a queue of `queue` requests stands after `seconds` with `arrivals` per second; `guess` is the rate of a step before,
    /// or 0. After an infinite time it is in its steady state, or as if nothing ever waited where there is none.
    #[must_use]
    pub fn step(&self, queue: f64, seconds: f64, arrivals: f64, guess: f64) -> Step {
        let capacity = self.capacity();
        if capacity == f64::INFINITY {
            return Step { rate: arrivals, steady: Steady::default() };
        }
        let endless = self.places == f64::INFINITY;
        let mut at_rest = f64::INFINITY;
        if !endless || arrivals < capacity * (1.0 - 1e-6) {
            let steady = self.steady(arrivals);
            at_rest = steady.queue;
            if (steady.queue - queue).abs() <= SETTLED * arrivals * seconds {
                return Step { rate: arrivals, steady };
            }
        }
        if seconds == f64::INFINITY && capacity > 0.0 {
            return Step { rate: arrivals, steady: Steady::default() };
        }
        if capacity <= 0.0 {
            let queue = if seconds.is_finite() { queue + arrivals * seconds } else { queue };
            return Step { rate: 0.0, steady: Steady { waits: 1.0, wait: NEVER, queue, ..Steady::default() } };
        }
        let rate = if endless {
            // The distance from the capacity, on a logarithmic scale.
            let rate = |z: f64| -capacity * libm::expm1(-z);
            let guess = if guess < capacity { -libm::log1p(-guess / capacity) } else { FARTHEST };
            let excess = |z| self.excess(rate(z), queue, seconds, arrivals);
            rate(near(guess, 1.0, FARTHEST, excess).unwrap_or_else(|| crossing(guess, FARTHEST, excess)))
        } else {
            let excess = |rate| self.excess(rate, queue, seconds, arrivals);
            let most = 1e12 * capacity.max(arrivals);
            near(guess, 1.0 / guess, most, excess).unwrap_or_else(|| crossing(guess, most, excess))
        };
        let mut steady = self.steady(rate);
        let off = (arrivals - rate).abs();
        if steady.queue > 0.0 && off > 1e-3 * arrivals {
            // A queue that grows by `off` each second varies by what comes and goes meanwhile, as a random walk does; of one that
            // drains that is past, and what it will vary by at rest is all that is left to chance.
            let square = self.service.variance / (self.service.mean * self.service.mean);
            let walk = libm::sqrt((arrivals * self.gaps + capacity * square) / (steady.queue * off));
            let rest = if arrivals < rate { at_rest / steady.queue + libm::sqrt(square / steady.queue) } else { walk };
            steady.cv = steady.cv.min(walk.min(rest));
        }
        Step { rate, steady }
    }

    /// By what factor more there are in the steady state at `rate`, with those served meanwhile, than came to a queue of `queue`
    /// requests; its logarithm, which is nearly straight in the distance from the capacity.
    fn excess(&self, rate: f64, queue: f64, seconds: f64, arrivals: f64) -> f64 {
        let steady = self.steady(rate);
        let admitted = 1.0 - steady.full;
        let (there, came) = (steady.queue + seconds * rate * admitted, queue + seconds * arrivals * admitted);
        libm::log(there.max(f64::MIN_POSITIVE)) - libm::log(came.max(f64::MIN_POSITIVE))
    }
}

/// Kraemer's and Langenbach-Belz's factor on the wait of a stream whose gaps are not exponential.
fn kraemer(ratio: f64, gaps: f64, square: f64) -> f64 {
    if gaps == 1.0 || ratio <= 0.0 {
        1.0
    } else if gaps < 1.0 {
        let regular = 1.0 - gaps;
        libm::exp(-2.0 * (1.0 - ratio) * regular * regular / (3.0 * ratio * (gaps + square).max(1e-9)))
    } else {
        libm::exp(-(1.0 - ratio) * (gaps - 1.0) / (gaps + 4.0 * square))
    }
}

/// Squared coefficient of variation of a sum of services, each of which varies by `square`, whose number is the place of an
/// arrival in a queue: from 1 to `places`, of mean `mean`.
fn place_cv_square(ratio: f64, places: f64, mean: f64, square: f64) -> f64 {
    if places <= 1.0 || mean <= 0.0 {
        return square.min(1.0);
    }
    let decay = libm::log(ratio).abs();
    let variance = if places * decay < 1e-4 {
        (places * places - 1.0) / 12.0
    } else {
        let x = libm::exp(-decay);
        let last = libm::exp(-decay * places);
        let cut = if last > 0.0 { places / (1.0 - last) } else { 0.0 };
        (x / ((1.0 - x) * (1.0 - x)) - last * cut * cut).max(0.0)
    };
    (variance + mean * square) / (mean * mean)
}

/// A queue that nobody is lost at, since those who would find it full wait elsewhere: M/M/c/K at the arrivals of which as many
/// are admitted as `rate`.
fn held_back(rate: f64, service: f64, servers: f64, places: f64) -> Mmck {
    let most = servers / service;
    let admitted = |arrivals: f64| Mmck::new(arrivals, service, servers, places);
    let (mut low, mut high) = (rate, 2.0 * rate.max(most));
    while admitted(high).throughput < rate.min(most * (1.0 - 1e-9)) && high < 1e9 * most {
        high *= 4.0;
    }
    for _ in 0..30 {
        let middle = f64::midpoint(low, high);
        if admitted(middle).throughput < rate {
            low = middle;
        } else {
            high = middle;
        }
        if high - low <= 1e-6 * high {
            break;
        }
    }
    let mut queue = admitted(f64::midpoint(low, high));
    (queue.lost, queue.throughput, queue.queue) = (0.0, rate, rate * queue.wait);
    queue
}

/// Where a function crosses 0 between 0 and `most`, to seven digits, by the secant from a guess at which it rises by about `slope`;
/// `None` where that does not lead there at once.
fn near(guess: f64, slope: f64, most: f64, f: impl Fn(f64) -> f64) -> Option<f64> {
    const CLOSE: f64 = 1e-7;
    if !(guess > 0.0 && guess < most) {
        return None;
    }
    let (mut at, mut value) = (guess, f(guess));
    let mut slope = slope;
    for _ in 0..8 {
        if value.abs() <= CLOSE {
            return Some(at);
        }
        // No step is so long that the slope says nothing there.
        let next = at - (value / slope).clamp(-0.5 * at, at);
        if !(next > 0.0 && next < most) {
            return None;
        }
        let there = f(next);
        slope = (there - value) / (next - at);
        if (next - at).abs() <= CLOSE * next {
            return Some(next);
        }
        if !(slope > 0.0 && there.abs() < value.abs()) {
            return None;
        }
        (at, value) = (next, there);
    }
    None
}

/// Where a rising function crosses 0 between 0 and `most`, to seven digits, from a guess: the ends are moved apart until it does so
/// between them, then by the secant, kept from creeping by halving the weight of an end that stays (Illinois).
fn crossing(guess: f64, most: f64, f: impl Fn(f64) -> f64) -> f64 {
    let start = if guess > 0.0 { guess.min(most) } else { 1.0_f64.min(most) };
    let value = f(start);
    let (mut low, mut high, mut below, mut over) = (start, start, value, value);
    let mut apart = 0.01 * start;
    while below > 0.0 && low > 0.0 {
        (high, over) = (low, below);
        low = if apart < 0.5 * start { low - apart } else { 0.25 * low };
        if low < 1e-12 * start {
            low = 0.0;
        }
        below = f(low);
        apart *= 4.0;
    }
    while over < 0.0 && high < most {
        (low, below) = (high, over);
        high = (high + apart).min(most);
        over = f(high);
        apart *= 4.0;
    }
    let mut stayed = 0;
    for turn in 0..80 {
        if high - low <= 1e-7 * high {
            break;
        }
        let share = if turn % 4 == 3 { 0.5 } else { -below / (over - below) };
        let middle = low + (high - low) * if share.is_finite() { share.clamp(0.001, 0.999) } else { 0.5 };
        let value = f(middle);
        if value < 0.0 {
            (low, below) = (middle, value);
            over *= if stayed == 1 { 0.5 } else { 1.0 };
            stayed = 1;
        } else {
            (high, over) = (middle, value);
            below *= if stayed == -1 { 0.5 } else { 1.0 };
            stayed = -1;
        }
    }
    f64::midpoint(low, high)
}
