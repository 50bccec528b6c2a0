//! Calls: what one comes to, with its timeout, its cache and its retries, and what all calls of a request come to together.
//!
//! Times are carried as cumulants: those of calls one after the other add up; of calls at the same time the longest counts.

use super::net::{Again, Net, Node, Site};
use super::times::Times;
use crate::dist::{Cumulants, Mixture};

/// What those meet who ask a service.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Answer {
    /// The share that is answered, and well.
    pub ok: f64,
    /// How long that takes.
    pub good: Times,
    /// How long it takes to fail.
    pub bad: Cumulants,
    /// Of the failures, the share that comes of too much load and so meets a retry as well.
    pub lasting: f64,
    /// For how long such a state lasts, seconds.
    pub memory: f64,
    /// The chance that a retry meets the replica that failed it.
    pub same: f64,
}

impl Answer {
    /// At once, and well.
    pub const AT_ONCE: Self = Self { ok: 1.0, good: Times::ZERO, bad: Cumulants::ZERO, lasting: 0.0, memory: 0.0, same: 0.0 };

    /// How long it takes on average, good or bad.
    pub fn mean(&self) -> f64 {
        self.ok * self.good.all.mean + (1.0 - self.ok) * self.bad.mean
    }
}

/// What one call comes to.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Outcome {
    /// The share that succeeds, retries and cache included.
    pub ok: f64,
    /// How long that takes.
    pub good: Cumulants,
    /// How long it takes to fail.
    pub bad: Cumulants,
    /// Attempts that reach the service called, for each call.
    pub attempts: f64,
    /// Of these attempts, the share that is answered well, but too late.
    pub late: f64,
    /// Retries, for each call, that find the queue as full as it was.
    pub full_again: f64,
}

impl Outcome {
    /// At once, and well.
    pub const FINE: Self =
        Self { ok: 1.0, good: Cumulants::ZERO, bad: Cumulants::ZERO, attempts: 1.0, late: 0.0, full_again: 0.0 };
}

/// What all calls of a request come to.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Chain {
    /// The share of requests that no call makes fail.
    pub ok: f64,
    /// How long the calls take where all goes well.
    pub good: Cumulants,
    /// How long it takes until one makes the request fail.
    pub bad: Cumulants,
    /// How long they keep the caller's server.
    pub held: Cumulants,
}

/// A failure is tried again as long as that happens at all.
const SELDOM: f64 = 1e-9;

/// One call, of which `per_second` are made for the first time.
pub fn outcome(site: &Site, answer: &Answer, per_second: f64) -> Outcome {
    let (in_time, good) = answer.good.up_to(site.timeout);
    // Where the work of those who give up is taken back, the queue has lost them already.
    let in_time = if site.takes_back { 1.0 } else { in_time };
    let late = answer.ok * (1.0 - in_time);
    let first = answer.ok * in_time;
    let mut failing = Mixture::default();
    failing.add(1.0 - answer.ok, &cut(answer.bad, site.timeout));
    failing.add(late, &Cumulants::constant(if late > 0.0 { site.timeout } else { 0.0 }));
    let bad = failing.law();
    let once = Outcome { ok: first, good: good.all, bad, late, ..Outcome::FINE };
    let tried = match &site.again {
        Some(again) if first < 1.0 - 1e-12 => retried(again, once, answer, per_second),
        _ => once,
    };
    cached(tried, site.hits)
}

/// A cache answers some calls at once.
fn cached(call: Outcome, hits: f64) -> Outcome {
    if hits <= 0.0 {
        return call;
    }
    let mut good = Mixture::default();
    good.add(hits, &Cumulants::ZERO);
    good.add((1.0 - hits) * call.ok, &call.good);
    Outcome {
        ok: hits + (1.0 - hits) * call.ok,
        good: good.law(),
        attempts: (1.0 - hits) * call.attempts,
        full_again: (1.0 - hits) * call.full_again,
        ..call
    }
}

/// A call whose failures are tried again, within a budget.
fn retried(again: &Again, once: Outcome, answer: &Answer, per_second: f64) -> Outcome {
    let fails = 1.0 - once.ok;
    // What failed by too much load, or came too late, is likely to do so again unless that has passed meanwhile.
    let full = answer.lasting * (1.0 - answer.ok);
    let congested = (full + once.late) / fails;
    let pause = again.pause(1);
    let still = if answer.memory > 0.0 { libm::exp(-(once.bad.mean + pause.mean) / answer.memory) } else { 0.0 };
    let more = (1.0 - fails) * congested.min(1.0) * answer.same * still;
    let fails_again = fails + more;
    let allowed = again.ratio + if per_second > 0.0 { again.per_second / per_second } else { 0.0 };
    let granted = granted(fails, fails_again, again.max, allowed);
    let (mut good, mut bad) = (Mixture::default(), Mixture::default());
    good.add(once.ok, &once.good);
    let mut spent = once.bad;
    let (mut reach, mut attempts, mut failed) = (fails, 1.0, 0.0);
    for number in 1..=again.max {
        failed += reach * (1.0 - granted);
        bad.add(reach * (1.0 - granted), &spent);
        let tries = reach * granted;
        if tries < SELDOM {
            reach = 0.0;
            failed += tries;
            break;
        }
        attempts += tries;
        let waited = spent.plus(again.pause(number));
        good.add(tries * (1.0 - fails_again), &waited.plus(once.good));
        spent = waited.plus(once.bad);
        reach = tries * fails_again;
    }
    failed += reach;
    bad.add(reach, &spent);
    let of_full = if congested > 0.0 { full / (full + once.late) } else { 0.0 };
    let full_again = (attempts - 1.0) * more * of_full;
    let late_again = (attempts - 1.0) * more * (1.0 - of_full);
    let late = (once.late * attempts + late_again) / attempts;
    Outcome { ok: 1.0 - failed, good: good.law(), bad: bad.law(), attempts, late, full_again }
}

/// The share of the retries asked for that the budget grants, where each first attempt allows so many of them.
fn granted(fails: f64, fails_again: f64, max: u32, allowed: f64) -> f64 {
    let retries = |granted: f64| {
        let (mut sum, mut reach) = (0.0, fails * granted);
        for _ in 0..max {
            sum += reach;
            reach *= fails_again * granted;
            if reach < SELDOM {
                break;
            }
        }
        sum
    };
    if allowed == f64::INFINITY || retries(1.0) <= allowed {
        return 1.0;
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..40 {
        let middle = f64::midpoint(low, high);
        if retries(middle) > allowed { high = middle } else { low = middle }
    }
    low
}

/// A time that somebody waits for at most `timeout`.
fn cut(time: Cumulants, timeout: f64) -> Cumulants {
    if time.mean >= timeout { Cumulants::constant(timeout) } else { time }
}

impl Net {
    /// All calls of a service's requests, from what each call comes to; `made` receives how many of each a request makes.
    pub fn chain(&self, node: &Node, outcomes: &[Outcome], made: &mut [f64]) -> Chain {
        let mut so_far = Cumulants::ZERO;
        let (mut reach, mut bad, mut held) = (1.0, Mixture::default(), Mixture::default());
        let mut at = node.sites.start;
        let until = node.sites.start + node.held;
        while at < node.sites.end {
            let mut end = at + 1;
            while end < node.sites.end && self.sites[end].together {
                end += 1;
            }
            let group = if end == at + 1 {
                one_by_one(&self.sites[at], &outcomes[at])
            } else {
                at_once(&self.sites[at..end], &outcomes[at..end])
            };
            for (made, site) in made[at..end].iter_mut().zip(&self.sites[at..end]) {
                *made = reach * group.made.unwrap_or(site.whole + site.part);
            }
            let failed = so_far.plus(group.bad);
            bad.add(reach * (1.0 - group.ok), &failed);
            if at < until {
                held.add(reach * (1.0 - group.ok), &failed);
            }
            so_far = so_far.plus(group.good);
            reach *= group.ok;
            if at < until && end >= until {
                held.add(reach, &so_far);
            }
            at = end;
        }
        Chain { ok: reach, good: so_far, bad: bad.law(), held: if node.held > 0 { held.law() } else { Cumulants::ZERO } }
    }
}

/// What a step of the way of a request comes to.
struct Group {
    ok: f64,
    good: Cumulants,
    bad: Cumulants,
    /// Calls that are made, where failures cut them short.
    made: Option<f64>,
}

/// The calls of one site, one after the other.
fn one_by_one(site: &Site, call: &Outcome) -> Group {
    let (n, part, ok) = (site.whole, site.part, call.ok);
    if !site.needed {
        let mut any = Mixture::default();
        any.add(ok, &call.good);
        any.add(1.0 - ok, &call.bad);
        return Group { ok: 1.0, good: some(any.law(), n, part), bad: Cumulants::ZERO, made: None };
    }
    if ok >= 1.0 {
        return Group { ok: 1.0, good: some(call.good, n, part), bad: Cumulants::ZERO, made: None };
    }
    let all = libm::pow(ok, n);
    // Calls made until the first failure, and those before it where there is one.
    let made = (1.0 - all) / (1.0 - ok);
    let before = if all < 1.0 { (made - n * all) / (1.0 - all) - 1.0 } else { 0.0 };
    let mut good = Mixture::default();
    good.add(1.0 - part, &call.good.repeated(n));
    good.add(part * ok, &call.good.repeated(n + 1.0));
    let mut bad = Mixture::default();
    bad.add(1.0 - all, &call.good.repeated(before.max(0.0)).plus(call.bad));
    bad.add(all * part * (1.0 - ok), &call.good.repeated(n).plus(call.bad));
    Group { ok: all * (1.0 - part + part * ok), good: good.law(), bad: bad.law(), made: Some(made + all * part) }
}

/// The time of `n` calls, and of one more with probability `part`.
fn some(one: Cumulants, n: f64, part: f64) -> Cumulants {
    if part <= 0.0 {
        return one.repeated(n);
    }
    let mut times = Mixture::default();
    times.add(1.0 - part, &one.repeated(n));
    times.add(part, &one.repeated(n + 1.0));
    times.law()
}

/// Calls at the same time: the longest counts, and the first failure ends the request.
fn at_once(sites: &[Site], calls: &[Outcome]) -> Group {
    let mut ok = 1.0;
    let mut bad = Mixture::default();
    let mut laws = [(Cumulants::ZERO, 0.0, 0.0); MOST_AT_ONCE];
    let mut count = 0;
    for (site, call) in sites.iter().zip(calls) {
        let law = if site.needed {
            ok *= libm::pow(call.ok, site.whole) * (1.0 - site.part + site.part * call.ok);
            bad.add(1.0 - call.ok, &call.bad);
            call.good
        } else {
            let mut any = Mixture::default();
            any.add(call.ok, &call.good);
            any.add(1.0 - call.ok, &call.bad);
            any.law()
        };
        if count < MOST_AT_ONCE {
            laws[count] = (law, site.whole, site.part);
            count += 1;
        }
    }
    Group { ok, good: longest(&laws[..count]), bad: bad.law(), made: None }
}

/// So many calls at the same time are told apart; of more the first.
const MOST_AT_ONCE: usize = 32;

/// The longest of several times, of which each (law, n, part) comes n times, and once more with probability `part`: by
/// E\[Mᵏ\] = ∫ k tᵏ⁻¹ P(M > t) dt.
fn longest(laws: &[(Cumulants, f64, f64)]) -> Cumulants {
    const PANELS: u32 = 96;
    let reach = |(law, n, part): &(Cumulants, f64, f64)| {
        if n + part > 0.0 { law.mean + 12.0 * libm::sqrt(law.variance) * (1.0 + libm::log1p(n + part)) } else { 0.0 }
    };
    let end = laws.iter().map(reach).fold(0.0, f64::max);
    if end <= 0.0 {
        return Cumulants::ZERO;
    }
    let above = |t: f64| {
        let not = |(law, n, part): &(Cumulants, f64, f64)| {
            let up_to = 1.0 - law.above(t);
            libm::pow(up_to, *n) * (1.0 - part + part * up_to)
        };
        1.0 - laws.iter().map(not).product::<f64>()
    };
    // t = end·u², so that the points are dense where the times are; Simpson's rule in u.
    let mut raw = [0.0; 3];
    for point in 0..=PANELS {
        let u = f64::from(point) / f64::from(PANELS);
        let t = end * u * u;
        let weight = if point == 0 || point == PANELS { 1.0 } else { f64::from(2 + 2 * (point % 2)) };
        let value = weight / (3.0 * f64::from(PANELS)) * above(t) * 2.0 * end * u;
        raw[0] += value;
        raw[1] += 2.0 * t * value;
        raw[2] += 3.0 * t * t * value;
    }
    let variance = (raw[1] - raw[0] * raw[0]).max(0.0);
    Cumulants {
        mean: raw[0],
        variance,
        third: raw[2] - 3.0 * raw[0] * variance - raw[0] * raw[0] * raw[0],
        least: laws.iter().filter(|(_, n, _)| *n >= 1.0).map(|(law, ..)| law.least).fold(0.0, f64::max),
    }
}
