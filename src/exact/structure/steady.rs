//! The long run: availability and frequency of failure.

use super::nodes::{FALSE, Question, TRUE};
use super::{Diagram, TooLarge};
use std::collections::HashMap;

/// What a component, or a system of components, does in the long run.
///
/// Both probabilities are kept, so that neither is lost where the other is close to one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Steady {
    /// The fraction of time that it works.
    pub availability: f64,
    /// The fraction of time that it is down.
    pub unavailability: f64,
    /// Failures per unit of time.
    pub frequency: f64,
}

impl Steady {
    /// A component that works for `mttf` on average and is then down for `mttr`, whatever the distributions: the
    /// renewal-reward theorem (Barlow & Proschan, *Statistical Theory of Reliability and Life Testing*, 1975, chapter 7).
    #[must_use]
    pub fn of_times(mttf: f64, mttr: f64) -> Self {
        let cycle = mttf + mttr;
        Self { availability: mttf / cycle, unavailability: mttr / cycle, frequency: 1.0 / cycle }
    }

    /// Mean time from one failure to the next, from onset to onset.
    #[must_use]
    pub fn mtbf(&self) -> f64 {
        1.0 / self.frequency
    }

    /// Mean time that a failure lasts.
    #[must_use]
    pub fn mttr(&self) -> f64 {
        self.unavailability / self.frequency
    }

    /// Mean time from a repair to the next failure.
    #[must_use]
    pub fn mttf(&self) -> f64 {
        self.availability / self.frequency
    }
}

/// Probabilities that something has failed and that it works, each to its full precision.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chance {
    pub fails: f64,
    pub works: f64,
}

impl Diagram {
    /// The probability that the system has failed, where component i has with probability `failed[i]`.
    ///
    /// # Panics
    /// Where there are fewer probabilities than components.
    #[must_use]
    pub fn probability(&self, failed: &[f64]) -> f64 {
        let chances: Vec<Chance> = failed.iter().map(|&fails| Chance { fails, works: 1.0 - fails }).collect();
        self.values(&chances)[self.top as usize].fails
    }

    /// The long run of the system, where `components[i]` is that of component i.
    ///
    /// The system fails as often as a component fails while the state of the others makes it critical: the sum of the
    /// components' frequencies, each times its Birnbaum importance (Vesely, "A time-dependent methodology for fault tree
    /// evaluation", *Nuclear Engineering and Design* 13, 1970).
    ///
    /// # Errors
    /// Where what distinguishes the outcomes of a component takes more room than there is.
    ///
    /// # Panics
    /// Where `components` has fewer entries than the tree has components.
    pub fn steady(&self, components: &[Steady]) -> Result<Steady, TooLarge> {
        let chances = chances(components);
        let values = self.values(&chances);
        let birnbaum = self.birnbaum(&chances, &values)?;
        let Chance { fails, works } = values[self.top as usize];
        let frequency = birnbaum.iter().zip(components).map(|(birnbaum, component)| birnbaum * component.frequency).sum();
        Ok(Steady { availability: works, unavailability: fails, frequency })
    }

    /// The chances of every node: sums of products of probabilities.
    pub(super) fn values(&self, chances: &[Chance]) -> Vec<Chance> {
        let mut values = vec![Chance { fails: 0.0, works: 1.0 }; self.nodes.len()];
        values[TRUE as usize] = Chance { fails: 1.0, works: 0.0 };
        for (node, Question { level, high, low }) in self.upwards() {
            let of = chances[self.order[level as usize] as usize];
            let (high, low) = (values[high as usize], values[low as usize]);
            values[node] = Chance {
                fails: of.fails * high.fails + of.works * low.fails,
                works: of.fails * high.works + of.works * low.works,
            };
        }
        values
    }

    /// The probability that each node is asked.
    pub(super) fn reached(&self, chances: &[Chance]) -> Vec<f64> {
        let mut reached = vec![0.0; self.nodes.len()];
        reached[self.top as usize] = 1.0;
        for (node, Question { level, high, low }) in self.upwards().rev() {
            let of = chances[self.order[level as usize] as usize];
            reached[high as usize] += reached[node] * of.fails;
            reached[low as usize] += reached[node] * of.works;
        }
        reached
    }

    /// For each component the probability that the system has failed if it has and works if it works.
    pub(super) fn birnbaum(&self, chances: &[Chance], values: &[Chance]) -> Result<Vec<f64>, TooLarge> {
        let reached = self.reached(chances);
        let mut gaps = Gaps { diagram: self, chances, values, known: HashMap::new() };
        let mut birnbaum = vec![0.0; self.components];
        for (node, Question { level, high, low }) in self.upwards() {
            birnbaum[self.order[level as usize] as usize] += reached[node] * gaps.between(high, low)?;
        }
        Ok(birnbaum)
    }
}

pub(super) fn chances(components: &[Steady]) -> Vec<Chance> {
    components.iter().map(|steady| Chance { fails: steady.unavailability, works: steady.availability }).collect()
}

/// Finds how much more likely one node is to end in failure than another that it includes.
struct Gaps<'a> {
    diagram: &'a Diagram,
    chances: &'a [Chance],
    values: &'a [Chance],
    known: HashMap<(u32, u32), f64>,
}

impl Gaps<'_> {
    /// The probability that `high` fails and `low`, which implies it, does not.
    ///
    /// A difference of two probabilities, taken as such only where they are so far apart that no digits are lost; else
    /// both are followed to where they differ.
    fn between(&mut self, high: u32, low: u32) -> Result<f64, TooLarge> {
        let (more, less) = (self.values[high as usize], self.values[low as usize]);
        if high == low {
            return Ok(0.0);
        } else if low == FALSE || high == TRUE || less.fails <= more.fails / 2.0 {
            return Ok(if high == TRUE { less.works } else { more.fails - less.fails });
        } else if more.works <= less.works / 2.0 {
            return Ok(less.works - more.works);
        }
        if let Some(&known) = self.known.get(&(high, low)) {
            return Ok(known);
        }
        let (above, below) = (self.diagram.nodes.get(high), self.diagram.nodes.get(low));
        let level = above.level.min(below.level);
        let of = self.chances[self.diagram.order[level as usize] as usize];
        let sides = |node: u32, question: Question| {
            if question.level == level { (question.high, question.low) } else { (node, node) }
        };
        let ((high_fails, high_works), (low_fails, low_works)) = (sides(high, above), sides(low, below));
        let gap = of.fails * self.between(high_fails, low_fails)? + of.works * self.between(high_works, low_works)?;
        if self.known.len() >= super::MOST_NODES {
            return Err(TooLarge::Nodes(super::MOST_NODES));
        }
        self.known.insert((high, low), gap);
        Ok(gap)
    }
}
