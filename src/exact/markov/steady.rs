//! What a chain does in the long run: the probability of each state after a very long time.
//!
//! A closed class is solved by aggregation and disaggregation over several levels: states are balanced one by one
//! (Gauss–Seidel), then lumps of states that exchange much are balanced against each other by flows weighed with what is
//! known so far, recursively, down to a chain small enough for elimination (Takahashi 1975; Koury, `McAllister` & Stewart,
//! "Iterative methods for computing stationary distributions of nearly completely decomposable Markov chains", SIAM J.
//! Alg. Disc. Meth. 5, 1984; Horton & Leutenegger, "A multi-level solution algorithm for steady-state Markov chains",
//! SIGMETRICS 1994; Stewart, *Introduction to the Numerical Solution of Markov Chains*, 1994). Rates that differ by many
//! orders of magnitude and parts that hardly touch are where plain iteration stalls; the lumps are what carries it over.

use super::chain::Chain;
use super::levels::{self, Level};

/// A class of at most so many states is solved by elimination at once.
const ELIMINATED: usize = 400;
/// And one of so many where cycles do not settle it soon.
const ELIMINATED_AT_LAST: usize = 2_500;
/// Cycles that are soon.
const SOON: usize = 100;
/// Cycles after which it is given up.
const MOST_CYCLES: usize = 400;
/// The accuracy that is asked of every probability, relative to itself.
const ACCURACY: f64 = 1e-12;
/// The accuracy that is good enough where rounding allows no more.
const GOOD_ENOUGH: f64 = 2e-11;
/// Below this, probabilities are not held to a relative accuracy: they are too near to the smallest double.
const SMALLEST: f64 = 1e-280;

/// Probabilities of the states in the long run.
#[derive(Debug, Clone)]
pub struct LongRun {
    /// By state; 0 for what is left for good.
    pub probability: Vec<f64>,
    /// The closed classes and the probability to end in each.
    pub ends: Vec<(u32, f64)>,
    /// The error of each probability relative to itself, as far as it can be told.
    pub accuracy: f64,
    /// Cycles of the slowest class; 0 where elimination did it.
    pub cycles: usize,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Trouble {
    /// The iteration did not settle.
    #[error("the long run did not settle to {ACCURACY:.0e} in {MOST_CYCLES} cycles: it is known to {reached:.0e} only")]
    NotSettled {
        /// The relative accuracy that was reached.
        reached: f64,
    },
    /// The work would take too long.
    #[error("the fastest rate is too high for a horizon so long: {steps} steps of {rates} rates each were not enough")]
    TooLong {
        /// Steps that were done.
        steps: u64,
        /// Rates of the chain.
        rates: usize,
    },
}

/// The long-run distribution of a chain.
///
/// With one closed class it does not depend on the start. With several (or states that are never left) each counts with
/// the probability that the chain ends in it.
///
/// # Errors
/// [`Trouble::NotSettled`].
pub fn long_run(chain: &Chain) -> Result<LongRun, Trouble> {
    let closed = chain.classes.closed_ones();
    let ends: Vec<(u32, f64)> = if let [only] = closed[..] { vec![(only, 1.0)] } else { super::passage::ends(chain, &closed)? };
    let mut long = LongRun { probability: vec![0.0; chain.len()], ends, accuracy: 0.0, cycles: 0 };
    for &(class, probability) in long.ends.iter().filter(|(_, probability)| *probability > 0.0) {
        let members = chain.classes.members(class);
        let solved = irreducible(chain, &members)?;
        for (&state, x) in members.iter().zip(&solved.x) {
            long.probability[state as usize] = probability * x;
        }
        long.accuracy = long.accuracy.max(solved.accuracy);
        long.cycles = long.cycles.max(solved.cycles);
    }
    Ok(long)
}

struct Solved {
    x: Vec<f64>,
    accuracy: f64,
    cycles: usize,
}

/// The stationary distribution of a closed class.
fn irreducible(chain: &Chain, members: &[u32]) -> Result<Solved, Trouble> {
    let mut levels = vec![finest(chain, members)];
    if members.len() <= ELIMINATED {
        return Ok(eliminate(&mut levels[0]));
    }
    // From one state outwards: what is rare gets its order of magnitude at once.
    levels[0].spread();
    (0..3).for_each(|_| levels[0].sweep_up());
    levels::coarsen(&mut levels);
    let mut before = levels[0].x.clone();
    let mut changes = vec![f64::INFINITY];
    for cycle in 1..=MOST_CYCLES {
        levels::cycle(&mut levels);
        normalise(&mut levels[0].x);
        changes.push(change(&before, &levels[0].x));
        before.copy_from_slice(&levels[0].x);
        if let Some(accuracy) = settled(&changes) {
            return Ok(Solved { x: before, accuracy, cycles: cycle });
        }
        if cycle == SOON && members.len() <= ELIMINATED_AT_LAST {
            return Ok(eliminate(&mut levels[0]));
        }
        // What belongs together shows better the more is known.
        if cycle == 2 || cycle % 16 == 8 {
            levels::coarsen(&mut levels);
        }
    }
    Err(Trouble::NotSettled { reached: error_left(&changes) })
}

fn eliminate(level: &mut Level) -> Solved {
    level.eliminate();
    normalise(&mut level.x);
    // The bound of O'Cinneide grows with the number of states; what is seen is far less.
    Solved { accuracy: 2.0 * f64::EPSILON * level.x.len() as f64, x: std::mem::take(&mut level.x), cycles: 0 }
}

/// The class as a picture of its own, states in the order of a search from its first state on, breadth first.
fn finest(chain: &Chain, members: &[u32]) -> Level {
    let mut place = vec![u32::MAX; chain.len()];
    members.iter().enumerate().for_each(|(i, &state)| place[state as usize] = i as u32);
    let (mut begins, mut from, mut flow) = (vec![0], Vec::new(), Vec::new());
    for &state in members {
        for (source, rate) in chain.entering.row(state as usize).filter(|(source, _)| place[*source] != u32::MAX) {
            from.push(place[source]);
            flow.push(rate);
        }
        begins.push(from.len() as u32);
    }
    let out = members.iter().map(|&state| chain.exit[state as usize]).collect();
    Level::new(begins, from, flow, out, vec![0.0; members.len()])
}

fn normalise(x: &mut [f64]) {
    let total: f64 = x.iter().sum();
    for x in x {
        *x /= total;
    }
}

/// The largest change relative to the value.
fn change(before: &[f64], after: &[f64]) -> f64 {
    let relative = |(&was, &is): (&f64, &f64)| if is <= SMALLEST { 0.0 } else { (was / is - 1.0).abs() };
    // Not `f64::max`, which passes over what is no number.
    before.iter().zip(after).map(relative).fold(0.0, |most, x| if x <= most { most } else { x })
}

/// What is still to come after the last change, if changes go on shrinking as they did of late.
fn error_left(changes: &[f64]) -> f64 {
    let [.., second, first, last] = changes else { return f64::INFINITY };
    let shrinks = (last / first).max(first / second).clamp(0.01, 0.999_999);
    last * shrinks / (1.0 - shrinks)
}

/// The accuracy, once nothing more is to be gained.
fn settled(changes: &[f64]) -> Option<f64> {
    let left = error_left(changes);
    if left <= ACCURACY {
        return Some(left);
    }
    // Rounding: changes that are tiny and shrink no more.
    let recent = changes.get(changes.len().checked_sub(8)?..)?;
    let most = recent.iter().copied().fold(0.0, f64::max);
    let least = recent.iter().copied().fold(f64::INFINITY, f64::min);
    (most <= GOOD_ENOUGH / 20.0 && least > 0.05 * most).then_some(most * 20.0)
}
