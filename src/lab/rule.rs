//! When the best of several variants is known.
//!
//! Means are looked at after 64, 128, 256 … replications. With every look and every pair of variants grows the chance that some interval
//! misses, so each interval gets its share of what the confidence leaves (Bonferroni): then all statements about all pairs at
//! all looks hold together with that confidence, whichever of them ends the comparison.

use super::Paired;
use crate::run::BLOCK;
use crate::stats::Estimate;

/// Fewer pairs that differ say little about how much they differ.
const FEWEST: u64 = 50;

/// What is asked of a comparison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    /// Probability with which all its statements hold together.
    pub confidence: f64,
    /// Two variants that differ by less than this part of the second are as good as each other.
    pub tolerance: f64,
    /// Variants.
    pub variants: usize,
    /// How often they are looked at, at most.
    pub looks: usize,
}

/// What is known of a measure of one variant against another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is less.
    Less,
    /// It is more.
    More,
    /// It differs by less than the tolerance.
    Alike,
    /// More replications would tell.
    Open,
}

/// The numbers of replications after which variants are looked at: 64 · 2^k, and at last the most that are allowed.
#[must_use]
pub fn looks(most: u64) -> Vec<u64> {
    let double = |look: &u64| look.checked_mul(2).filter(|next| *next < most);
    let first = Some(BLOCK).filter(|first| *first < most);
    std::iter::successors(first, double).chain([most]).collect()
}

impl Rule {
    /// The confidence level of the interval of one pair at one look.
    #[must_use]
    pub fn level(&self) -> f64 {
        let pairs = self.variants * self.variants.saturating_sub(1) / 2;
        1.0 - (1.0 - self.confidence) / (pairs * self.looks).max(1) as f64
    }

    /// What is known of a pair.
    #[must_use]
    pub fn judge(&self, paired: &Paired) -> Standing {
        if paired.differing < FEWEST {
            return Standing::Open;
        }
        let reach = self.tolerance * paired.reference().abs();
        match paired.difference(self.level()) {
            Estimate { low: Some(low), .. } if low > 0.0 => Standing::More,
            Estimate { high: Some(high), .. } if high < 0.0 => Standing::Less,
            Estimate { low: Some(low), high: Some(high), .. } if low > -reach && high < reach => Standing::Alike,
            _ => Standing::Open,
        }
    }
}
