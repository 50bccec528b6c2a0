//! Load through a time in which the sources ask at constant rates and nothing breaks or is mended.
//!
//! Where all queues settle, that is one solution. Else the time is cut into steps, each so short that what the services meet at
//! its end differs little from what they met at its begin. Queues follow an implicit rule, so that long steps end where they
//! should: what comes and goes in a step is that of its end, and no request is lost or made up; times are those at two points between
//! its ends.

use super::condition::Condition;
use super::net::Net;
use super::part::Part;
use super::pools::Service;
use super::state::{Noted, State};

/// Shares and rates that change by more than this within a step need a shorter one.
pub const COARSE: f64 = 0.05;
/// No step is shorter, seconds; nor than a part of the time, where that is short.
const SHORTEST: f64 = 0.25;
/// No step is so many times as long as the one before.
const LONGER: f64 = 32.0;
/// After so many steps the state is looked at from further away: one that goes up and down about where it was is at rest, and
/// any other is followed in longer steps.
const PATIENCE: usize = 48;
/// Where what waits would change by less than this in the time that is left, relative to itself, it is at rest.
const RESTLESS: f64 = 0.02;
/// Steps of one time.
const MOST_STEPS: usize = 5_000;

/// The state of load, and room to go back.
#[derive(Debug, Clone, Default)]
pub struct Follower {
    /// Where it stands.
    pub state: State,
    /// The services that are followed.
    pub part: Part,
    before: Noted,
    /// Room for where they stand at the end of a step.
    after: Vec<Service>,
}

impl Follower {
    /// No service is followed yet.
    pub fn new(net: &Net) -> Self {
        Self { state: State::new(net), part: Part::new(net.nodes.len()), ..Self::default() }
    }

    /// Every service that is followed stays as it is.
    pub fn settled(&self) -> bool {
        self.state.settled(&self.part.services)
    }

    /// Goes on for `seconds` with the sources at `rates`; `book` learns of every part of it: what happens, from when on, and for
    /// how long. Shares and rates change by `coarse` within a step. Answers whether it was the same all the time.
    pub fn follow(
        &mut self,
        (net, conditions): (&Net, &[Condition]),
        rates: &[f64],
        seconds: f64,
        coarse: f64,
        mut book: impl FnMut(&State, &[u32], f64, f64),
    ) -> bool {
        let Self { state, part: Part { services: part, .. }, before, after } = self;
        let solve = |state: &mut State, seconds| state.solve_part(net, part, |s| &conditions[s], rates, seconds);
        solve(state, seconds);
        if state.settled(part) {
            state.commit(part);
            book(state, part, 0.0, seconds);
            return true;
        }
        solve(state, 0.0);
        let mut shortest = (seconds / 256.0).min(SHORTEST);
        let (mut at, mut step) = (0.0, seconds / 16.0);
        let (mut waited, mut looked) = (f64::NAN, 0.0);
        for taken in 0..MOST_STEPS {
            let left = seconds - at;
            let length = if taken + 1 == MOST_STEPS || step > 0.9 * left { left } else { step };
            state.note(net, part, before);
            solve(state, length);
            let change = change(net, part, before, state);
            if change > coarse && length > shortest && taken + 1 < MOST_STEPS {
                state.give_back(net, part, before);
                step = length * (0.7 * coarse / change).clamp(0.1, 0.5);
                continue;
            }
            book_step(state, (part, before, after), at, length, &mut book);
            state.commit(part);
            at += length;
            if at >= seconds {
                return false;
            }
            step = length * (0.7 * coarse / change).clamp(0.5, LONGER);
            if taken % PATIENCE == PATIENCE - 1 {
                let waits: f64 = part.iter().map(|&s| state.services[s as usize].queue).sum();
                let drift = (waits - waited) / (at - looked);
                if drift.abs() * (seconds - at) <= RESTLESS * waits {
                    book_step(state, (part, before, after), at, seconds - at, &mut book);
                    return false;
                }
                (waited, looked, shortest) = (waits, at, 2.0 * shortest);
                step = step.max(shortest);
            }
        }
        false
    }
}

/// Books a step in two halves: what comes and goes is that of its end, times are where they stood at the two points whose mean
/// and variance are those of a time that goes evenly from one end to the other.
fn book_step(
    state: &mut State,
    (part, before, after): (&[u32], &Noted, &mut Vec<Service>),
    at: f64,
    length: f64,
    book: &mut impl FnMut(&State, &[u32], f64, f64),
) {
    after.clear();
    after.extend(part.iter().map(|&s| state.services[s as usize]));
    let off = 0.5 / libm::sqrt(3.0);
    for (half, share) in [0.5 - off, 0.5 + off].into_iter().enumerate() {
        for ((&s, before), after) in part.iter().zip(&before.services).zip(&*after) {
            state.services[s as usize] = before.towards(after, share);
        }
        book(state, part, at + 0.5 * half as f64 * length, 0.5 * length);
    }
    part.iter().zip(&*after).for_each(|(&s, after)| state.services[s as usize] = *after);
}

/// By how much what the services meet differs from what it was. Of times, only as much counts as anybody waits.
fn change(net: &Net, part: &[u32], before: &Noted, after: &State) -> f64 {
    let off = |a: f64, b: f64| if a == b { 0.0 } else { (a - b).abs() / a.abs().max(b.abs()) };
    part.iter().zip(&before.services).fold(0.0, |most: f64, (&s, a)| {
        let (b, node) = (&after.services[s as usize], &net.nodes[s as usize]);
        let shares = (a.answer.ok - b.answer.ok).abs().max((a.full - b.full).abs());
        let late = (a.late - b.late).abs() / a.worked.max(b.worked).max(f64::MIN_POSITIVE);
        let times = 0.25 * off(a.answer.good.mean_up_to(node.deadline), b.answer.good.mean_up_to(node.deadline));
        let rates = off(a.arrivals, b.arrivals).max(off(a.worked, b.worked));
        most.max(shares).max(late).max(times).max(rates)
    })
}
