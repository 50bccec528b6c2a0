//! What a chain does up to a horizon, by uniformisation: the chain is watched at the events of a Poisson process as fast as
//! its fastest state, so that its distribution is a mixture of powers of one matrix, all non-negative (Jensen, "Markoff
//! chains as an aid in the study of Markoff processes", Skand. Aktuarietidskr. 36, 1953; Stewart, *Introduction to the
//! Numerical Solution of Markov Chains*, 1994, chapter 8).
//!
//! Nothing is subtracted but the rate out of a state from the pace, and the pace is a tenth above the largest. Terms are
//! left out only where the Poisson weights are below 1e-100 of the largest, so small probabilities keep their digits.
//! A long horizon ends early where bounds that hold for all later steps say that nothing changes any more.

use super::chain::Chain;
use super::poisson::Poisson;
use super::steady::{LongRun, Trouble};

/// Most multiplications of one horizon: about a minute.
const MOST_WORK: f64 = 4e10;
/// Steps between two looks at whether the long run is reached.
const LOOK: usize = 32;
/// Relative error that an early end may leave.
const LEFT: f64 = 1e-11;

/// A chain over [0, T].
#[derive(Debug, Clone)]
pub struct Course {
    /// Probability of each state at T.
    pub at_end: Vec<f64>,
    /// Expected time in each state over [0, T].
    pub time_in: Vec<f64>,
}

/// The chain over [0, `horizon`]. Where `long` is given and all states lead to each other, the end comes early once the
/// long run is reached.
///
/// # Errors
/// [`Trouble::TooLong`].
pub fn course(chain: &Chain, horizon: f64, long: Option<&LongRun>) -> Result<Course, Trouble> {
    let mut walk = Walk::new(chain, |_| true);
    let poisson = Poisson::new(walk.pace * horizon);
    let long = long.filter(|_| chain.classes.closed.len() == 1);
    let mut course = Course { at_end: vec![0.0; chain.len()], time_in: vec![0.0; chain.len()] };
    for step in 0..=poisson.last() {
        if let Some(long) = long
            && step % LOOK == 0
            && same(&walk.now, &long.probability, LEFT.max(10.0 * long.accuracy))
        {
            let rest: f64 = (step..=poisson.last()).rev().map(|k| poisson.equal(k)).sum();
            let later = (step.max(poisson.first)..=poisson.last()).rev().map(|k| poisson.above(k)).sum::<f64>()
                + poisson.first.saturating_sub(step) as f64;
            course.add(&long.probability, rest, later / walk.pace);
            return Ok(course);
        }
        course.add(&walk.now, poisson.equal(step), poisson.above(step) / walk.pace);
        walk.step()?;
    }
    Ok(course)
}

impl Course {
    fn add(&mut self, now: &[f64], at_end: f64, time: f64) {
        if at_end > 0.0 {
            self.at_end.iter_mut().zip(now).for_each(|(sum, p)| *sum += at_end * p);
        }
        self.time_in.iter_mut().zip(now).for_each(|(sum, p)| *sum += time * p);
    }
}

/// Whether `now` is `long` up to a relative error. The ratio of the two lies within the same bounds at all later steps,
/// since each step takes weighted means of it.
fn same(now: &[f64], long: &[f64], error: f64) -> bool {
    now.iter().zip(long).all(|(now, long)| (now - long).abs() <= error * long)
}

/// Probability to come to one of the `target` states in [0, `horizon`]; 1 where the chain starts in one.
///
/// # Errors
/// [`Trouble::TooLong`].
pub fn reaches(chain: &Chain, target: &[bool], horizon: f64) -> Result<f64, Trouble> {
    let arrival: Vec<f64> =
        (0..chain.len()).map(|i| chain.leaving.row(i).filter(|(to, _)| target[*to]).map(|(_, rate)| rate).sum()).collect();
    let mut walk = Walk::new(chain, |state| !target[state]);
    let poisson = Poisson::new(walk.pace * horizon);
    let mut reached: f64 = chain.start.iter().filter(|(state, _)| target[*state as usize]).map(|(_, p)| p).sum();
    let mut window = Window { begin: 0, now: walk.now.clone(), arrived: 0.0 };
    for step in 0..poisson.last() {
        let arrived = walk.now.iter().zip(&arrival).map(|(p, rate)| p * rate).sum::<f64>() / walk.pace;
        window.arrived += arrived;
        reached += arrived * poisson.above(step);
        walk.step()?;
        let done = step + 1;
        if done >= LOOK && done == 2 * window.begin.max(LOOK / 2) {
            if done < poisson.first
                && let Some(lost) = window.settled(&walk.now, done, poisson.last())
            {
                // From here on a fixed share is lost at each step, of which there are Poisson many.
                let exponent = walk.pace * horizon * libm::expm1(-lost) + lost * done as f64;
                let remaining: f64 = walk.now.iter().sum();
                return Ok(reached - remaining * libm::expm1(exponent));
            }
            window = Window { begin: done, now: walk.now.clone(), arrived: 0.0 };
        }
    }
    Ok(reached)
}

/// A stretch of steps, to see whether only the total still changes.
struct Window {
    begin: usize,
    now: Vec<f64>,
    /// What left during it.
    arrived: f64,
}

impl Window {
    /// −ln of the share that stays at each step, if all states have shrunk alike since the window began, to the error that
    /// `last` steps may make of the difference. The bounds on the ratio hold for all later windows.
    fn settled(&self, now: &[f64], done: usize, last: usize) -> Option<f64> {
        let length = (done - self.begin) as f64;
        let (mut low, mut high) = (f64::INFINITY, 0.0_f64);
        for (&was, &is) in self.now.iter().zip(now) {
            if is > f64::MIN_POSITIVE || was > f64::MIN_POSITIVE {
                low = low.min(is / was);
                high = high.max(is / was);
            }
        }
        let (was, is): (f64, f64) = (self.now.iter().sum(), now.iter().sum());
        // Whichever of what left and what stayed is the smaller tells the share without cancellation.
        let lost = if self.arrived < 0.5 * was { -libm::log1p(-self.arrived / was) } else { libm::log(was / is) };
        (is > 0.0 && (high - low) * last as f64 / length <= 10.0 * LEFT * low).then_some(lost / length)
    }
}

/// The uniformised chain, step by step, on the states that are kept.
struct Walk<'c> {
    chain: &'c Chain,
    kept: Vec<bool>,
    pace: f64,
    /// By state: the probability to be there.
    now: Vec<f64>,
    next: Vec<f64>,
    steps: u64,
}

impl<'c> Walk<'c> {
    fn new(chain: &'c Chain, keep: impl Fn(usize) -> bool) -> Self {
        let kept: Vec<bool> = (0..chain.len()).map(keep).collect();
        let fastest = chain.exit.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(exit, _)| *exit).fold(0.0, f64::max);
        let mut now = vec![0.0; chain.len()];
        for &(state, p) in chain.start.iter().filter(|(state, _)| kept[*state as usize]) {
            now[state as usize] += p;
        }
        // A chain that never moves has no pace of its own.
        let pace = if fastest > 0.0 { 1.1 * fastest } else { f64::MIN_POSITIVE };
        Self { chain, kept, pace, next: vec![0.0; now.len()], now, steps: 0 }
    }

    fn step(&mut self) -> Result<(), Trouble> {
        for (j, next) in self.next.iter_mut().enumerate() {
            if self.kept[j] {
                let into: f64 = self.chain.entering.row(j).map(|(i, rate)| self.now[i] * rate).sum();
                *next = (self.now[j] * (self.pace - self.chain.exit[j]) + into) / self.pace;
            }
        }
        std::mem::swap(&mut self.now, &mut self.next);
        self.steps += 1;
        let rates = self.chain.entering.rates.len();
        if self.steps as f64 * (rates + self.now.len()) as f64 > MOST_WORK {
            return Err(Trouble::TooLong { steps: self.steps, rates });
        }
        Ok(())
    }
}
