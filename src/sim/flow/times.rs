//! How long good answers take, told apart by the kind of replica that gives them: where a few are slow, the mean of all would not
//! say how many answers come in time.

use super::condition::MOST_POOLS;
use super::rows::Lengths;
use crate::dist::{Cumulants, Mixture};

/// Times of answers.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Times {
    /// All of them together.
    pub all: Cumulants,
    /// By kind: its share of the answers, and their law.
    kinds: [(f64, Cumulants); MOST_POOLS],
    count: usize,
}

impl Times {
    /// None.
    pub const ZERO: Self = Self { all: Cumulants::ZERO, kinds: [(0.0, Cumulants::ZERO); MOST_POOLS], count: 0 };

    /// From the laws of the kinds, at most [`MOST_POOLS`], and their weights, which need not add up to one.
    pub fn new(kinds: impl Iterator<Item = (f64, Cumulants)>) -> Self {
        let mut times = Self::ZERO;
        let mut all = Mixture::default();
        for kind in kinds.filter(|(weight, _)| *weight > 0.0).take(MOST_POOLS) {
            all.add(kind.0, &kind.1);
            times.kinds[times.count] = kind;
            times.count += 1;
        }
        times.all = if times.count == 1 { times.kinds[0].1 } else { all.law() };
        times.kinds[..times.count].iter_mut().for_each(|(weight, _)| *weight /= all.weight);
        times
    }

    /// By kind: its share, and its law.
    pub fn kinds(&self) -> &[(f64, Cumulants)] {
        &self.kinds[..self.count]
    }

    /// On the way to others, by the share of it that is behind; where the kinds are others, the nearer.
    pub fn towards(&self, other: &Self, share: f64) -> Self {
        if self.count != other.count {
            return if share < 0.5 { *self } else { *other };
        }
        let mut times = *other;
        times.all = self.all.towards(&other.all, share);
        for (kind, before) in times.kinds[..times.count].iter_mut().zip(self.kinds()) {
            *kind = (before.0 + share * (kind.0 - before.0), before.1.towards(&kind.1, share));
        }
        times
    }

    /// Each with another time after it.
    pub fn plus(mut self, after: Cumulants) -> Self {
        self.all = self.all.plus(after);
        self.kinds[..self.count].iter_mut().for_each(|(_, law)| *law = law.plus(after));
        self
    }

    /// The mean, where no kind counts with more than `t`.
    pub fn mean_up_to(&self, t: f64) -> f64 {
        self.kinds().iter().map(|(share, law)| share * law.mean.min(t)).sum()
    }

    /// The share that takes longer than `t`.
    pub fn above(&self, t: f64) -> f64 {
        self.kinds().iter().map(|(share, law)| share * law.above(t)).sum()
    }

    /// The share that does not take longer than `t`, and how long that takes.
    pub fn up_to(&self, t: f64) -> (f64, Self) {
        if t.is_infinite() || self.count == 0 {
            return (1.0, *self);
        }
        let mut in_time = 0.0;
        let cut = Self::new(self.kinds().iter().map(|(share, law)| {
            let part = law.up_to(t);
            in_time += share * part.share;
            (share * part.share, part.law)
        }));
        if cut.count == 0 { (0.0, Self::new(std::iter::once((1.0, Cumulants::constant(t))))) } else { (in_time, cut) }
    }

    /// Adds them to the lengths of so many answers.
    pub fn add_to(&self, lengths: &mut Lengths, answers: f64) {
        self.kinds().iter().for_each(|(share, law)| lengths.add(answers * share, law));
    }
}
