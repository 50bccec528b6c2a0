//! The search: one service after the other, each of its knobs at its best while the others stand, until nothing changes.

use super::space::{Choice, Knobs};
use super::trial::{Bench, Tried};
use crate::lab::Trouble;

/// Rounds over all services; the search ends before where nothing changed in a round.
const ROUNDS: usize = 4;

/// Searches from the system as it is; gives the place of the best among those tried, if any keeps all objectives.
///
/// # Errors
/// What simulating complains about.
pub fn search(bench: &mut Bench<'_, '_>, knobs: &[Knobs]) -> Result<Option<usize>, Trouble> {
    let mut at: Vec<Choice> = knobs.iter().map(|knobs| knobs.now.clone()).collect();
    let mut best = bench.judge(&at)?;
    if !bench.tried[best].keeps() {
        // Where the system as it is breaks a promise, the search begins where there is the most of everything.
        let most: Vec<Choice> = knobs.iter().map(Knobs::most).collect();
        let richest = bench.judge(&most)?;
        if bench.tried[richest].keeps() {
            (at, best) = (most, richest);
        }
    }
    for _ in 0..ROUNDS {
        let before = best;
        for (s, knobs) in knobs.iter().enumerate() {
            for choice in knobs.kinds(&at[s]) {
                best = one_kind(bench, knobs, s, &mut at, best, choice)?;
                if bench.stopped() {
                    return Ok(bench.cheapest());
                }
            }
        }
        if best == before {
            break;
        }
    }
    Ok(bench.cheapest())
}

/// One service on one kind of machine: fewest replicas, highest target, best reserve.
fn one_kind(
    bench: &mut Bench<'_, '_>,
    knobs: &Knobs,
    s: usize,
    at: &mut Vec<Choice>,
    mut best: usize,
    choice: Choice,
) -> Result<usize, Trouble> {
    let mut from = at.clone();
    from[s] = choice;
    let lines: [Vec<Choice>; 2] = [knobs.amounts(&from[s]), knobs.targets(&from[s])];
    for line in lines.into_iter().filter(|line| line.len() > 1) {
        // The dearest first: more never hurts, so the first that keeps nothing ends the useful part (bisection).
        let (mut keeps, mut fails) = (None, line.len());
        let mut low = 0;
        while low < fails && !bench.stopped() {
            let middle = if keeps.is_none() && low == 0 && fails == line.len() { line.len() / 2 } else { low.midpoint(fails) };
            from[s] = line[middle].clone();
            let tried = bench.judge(&from)?;
            if bench.tried[tried].keeps() {
                keeps = Some(middle);
                low = middle + 1;
            } else {
                fails = middle;
            }
        }
        // Credits and lost revenue may make more the cheaper: from the edge on as long as that is so.
        let Some(mut place) = keeps else { return Ok(best) };
        let cost = |bench: &mut Bench<'_, '_>, from: &mut Vec<Choice>, place: usize| -> Result<(f64, usize), Trouble> {
            from[s] = line[place].clone();
            let tried = bench.judge(from)?;
            Ok((if bench.tried[tried].keeps() { bench.tried[tried].cost() } else { f64::INFINITY }, tried))
        };
        let mut least = cost(bench, &mut from, place)?.0;
        while place > 0 && !bench.stopped() {
            let next = cost(bench, &mut from, place - 1)?.0;
            if next >= least {
                break;
            }
            (least, place) = (next, place - 1);
        }
        from[s] = line[place].clone();
    }
    from[s] = reserve(bench, knobs, s, &from)?;
    let last = bench.judge(&from)?;
    if better(&bench.tried[last], &bench.tried[best]) {
        *at = from;
        best = last;
    }
    Ok(best)
}

fn better(new: &Tried, old: &Tried) -> bool {
    new.keeps() && (!old.keeps() || new.cost() < old.cost())
}

/// What is reserved changes the bill alone. What is paid is convex in it (for each number of replicas there it is a constant, and
/// beyond that a rising line), so the least is found by halving.
fn reserve(bench: &mut Bench<'_, '_>, knobs: &Knobs, s: usize, from: &[Choice]) -> Result<Choice, Trouble> {
    let mut from = from.to_vec();
    let most = knobs.most_reserved(&from[s]);
    let (mut low, mut high) = (0, most);
    let mut cost = |bench: &mut Bench<'_, '_>, reserved: u32| -> Result<f64, Trouble> {
        from[s].reserved = reserved;
        let tried = bench.judge(&from)?;
        Ok(bench.tried[tried].cost())
    };
    while low < high && !bench.stopped() {
        let middle = u32::midpoint(low, high);
        if cost(bench, middle + 1)? <= cost(bench, middle)? {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if most > 0 {
        from[s].reserved = low;
    }
    Ok(from[s].clone())
}
