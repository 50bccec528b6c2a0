//! The formulas against published figures, against Markov chains solved state by state, against each other in their limits,
//! and against simulations of what they only approximate.

mod approximations;
mod cases;
mod chains;
mod fleet;
mod limits;
mod networks;
mod reference;
mod simulation;

use crate::exact::markov::chain::Chain;
use crate::exact::markov::steady::long_run;

/// Asserts a relative error, or an absolute one about 0.
#[track_caller]
fn close(value: f64, exact: f64, relative: f64) {
    let off = (value - exact).abs();
    assert!(value == exact || off <= relative * exact.abs() || exact == 0.0 && off <= relative, "{value:e} is not {exact:e}");
}

/// States of a chain and their probabilities in the long run.
fn solved<S: Clone + Eq + std::hash::Hash>(start: S, moves: impl FnMut(&S, &mut Vec<(S, f64)>)) -> Vec<(S, f64)> {
    let (chain, states) = Chain::explore(&[(start, 1.0)], 1_000_000, moves).unwrap();
    states.into_iter().zip(long_run(&chain).unwrap().probability).collect()
}

/// Numbers from 0 to 1 (xorshift64*: Vigna, "An experimental exploration of Marsaglia's xorshift generators", 2016).
struct Uniform(u64);

impl Uniform {
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn exponential(&mut self) -> f64 {
        -libm::log1p(-self.next())
    }
}
