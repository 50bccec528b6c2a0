//! How long a chain takes to a set of states, and where it ends.
//!
//! Both come from a chain that starts anew each time it has arrived: by the renewal theorem the mean time of a cycle is the
//! time spent elsewhere per arrival, and the share of arrivals at each end is the probability of that end (Cox, *Renewal
//! Theory*, 1962; Ross, *Stochastic Processes*, 1996, section 3.6). The stationary distribution of that chain is found
//! without subtraction, so a mean of 10^12 times the fastest time is as accurate as any other.

use super::chain::{Chain, Rows};
use super::steady::{self, Trouble};

/// Mean time from the start to the first of the `target` states, in the chain's unit of time: 0 where it starts there,
/// infinite where it need not come there.
///
/// # Errors
/// [`Trouble::NotSettled`].
pub fn mean_time(chain: &Chain, target: &[bool]) -> Result<f64, Trouble> {
    let renewed = Renewed::of(chain, |state| if target[state] { Some(0) } else { None });
    if !renewed.always_ends {
        return Ok(f64::INFINITY);
    }
    let long = steady::long_run(&renewed.chain)?;
    let arrivals = renewed.arrivals(&long.probability, 1)[0];
    let elsewhere: f64 = long.probability[1..].iter().sum();
    Ok(elsewhere / arrivals)
}

/// The probability to end in each of the closed classes.
///
/// # Errors
/// [`Trouble::NotSettled`].
pub fn ends(chain: &Chain, closed: &[u32]) -> Result<Vec<(u32, f64)>, Trouble> {
    let mut end = vec![None; chain.classes.closed.len()];
    closed.iter().enumerate().for_each(|(i, &class)| end[class as usize] = Some(i as u32));
    let renewed = Renewed::of(chain, |state| end[chain.classes.of[state] as usize]);
    let long = steady::long_run(&renewed.chain)?;
    let arrivals = renewed.arrivals(&long.probability, closed.len());
    let total: f64 = arrivals.iter().sum();
    Ok(closed.iter().zip(&arrivals).map(|(&class, arrived)| (class, arrived / total)).collect())
}

/// A chain that goes back to its start on arrival: state 0 is the start, which is left at once for one of the states in
/// which the chain begins; then the states on the way.
struct Renewed {
    chain: Chain,
    /// Rates of arrival as (state on the way, end, rate); from state 0 for a chain that begins at an end.
    arriving: Vec<(u32, u32, f64)>,
    /// No state on the way keeps the chain for good.
    always_ends: bool,
}

impl Renewed {
    fn of(chain: &Chain, end: impl Fn(usize) -> Option<u32>) -> Self {
        const NONE: u32 = u32::MAX;
        // Only what can be reached before the end.
        let mut place = vec![NONE; chain.len()];
        let mut order: Vec<usize> = Vec::new();
        let mut visit = |state: usize, order: &mut Vec<usize>| {
            if place[state] == NONE {
                order.push(state);
                place[state] = order.len() as u32;
            }
            place[state]
        };
        let pace = chain.exit.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        let mut leaving = Rows { begins: vec![0], ..Rows::default() };
        let mut arriving = Vec::new();
        let mut row = Vec::new();
        for &(state, p) in &chain.start {
            match end(state as usize) {
                Some(end) => arriving.push((0, end, p * pace)),
                None => row.push((visit(state as usize, &mut order), p * pace)),
            }
        }
        leaving.push_row(&mut row);
        let mut next = 0;
        while next < order.len() {
            row.clear();
            for (to, rate) in chain.leaving.row(order[next]) {
                match end(to) {
                    Some(end) => {
                        arriving.push((next as u32 + 1, end, rate));
                        row.push((0, rate));
                    }
                    None => row.push((visit(to, &mut order), rate)),
                }
            }
            leaving.push_row(&mut row);
            next += 1;
        }
        let chain = Chain::new(leaving, vec![(0, 1.0)]);
        let home = chain.classes.of[0];
        let always_ends = chain.classes.closed_ones() == [home];
        Self { chain, arriving, always_ends }
    }

    /// Arrivals per time at each end.
    fn arrivals(&self, probability: &[f64], ends: usize) -> Vec<f64> {
        let mut arrivals = vec![0.0; ends];
        for &(state, end, rate) in &self.arriving {
            arrivals[end as usize] += probability[state as usize] * rate;
        }
        arrivals
    }
}
