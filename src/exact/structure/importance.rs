//! What each component contributes.

use ndarray::Array2;

use super::nodes::{Question, TRUE};
use super::steady::{Chance, chances};
use super::{Diagram, Steady, TooLarge};

/// A measure of the importance of a component; the columns of [`Diagram::importance`].
///
/// With Q the probability that the system is down, Q₁ the same if the component is down, Q₀ if it works, and q the
/// component's own. Definitions are those of Rausand & Høyland, *System Reliability Theory* (2nd edition 2004, chapter 5), and of
/// Dutuit & Rauzy, "Efficient algorithms to assess component and gate importance in fault tree analysis", *Reliability
/// Engineering & System Safety* 72, 2001.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Q₁ - Q₀: the probability that the others leave the system to this component (Birnbaum, "On the importance of
    /// different components in a multicomponent system", in *Multivariate Analysis II*, 1969).
    Birnbaum,
    /// q (Q₁ - Q₀) / Q: the probability, given that the system is down, that it is for this component, so that its repair
    /// alone would end it. It equals 1 - 1 / `Reduction`, which risk studies of nuclear plants call Fussell–Vesely; see
    /// [`Diagram::fussell_vesely`] for the definition by cut sets.
    Criticality,
    /// q Q₁ / Q: the probability, given that the system is down, that this component is. SCRAM's DIF.
    Diagnostic,
    /// Q₁ / Q, the risk achievement worth: how much worse the system would be without this component (Vesely, Davis, Denning &
    /// Saltos, *Measures of Risk Importance and their Applications*, NUREG/CR-3385, 1983).
    Achievement,
    /// Q / Q₀, the risk reduction worth: how much better the system would be if this component never failed; infinite
    /// where it then never failed at all.
    Reduction,
}

impl Measure {
    /// All measures, in the order of the columns.
    pub const ALL: [Self; 5] = [Self::Birnbaum, Self::Criticality, Self::Diagnostic, Self::Achievement, Self::Reduction];

    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Birnbaum => "Birnbaum",
            Self::Criticality => "criticality",
            Self::Diagnostic => "diagnostic",
            Self::Achievement => "risk achievement worth",
            Self::Reduction => "risk reduction worth",
        }
    }
}

impl Diagram {
    /// The importance of every component: a row for each component, a column for each [`Measure`] (`Measure as usize`).
    ///
    /// All but `Birnbaum` are not a number where the system never fails.
    ///
    /// # Errors
    /// Where the way to an answer takes more room than there is.
    ///
    /// # Panics
    /// Where `components` has fewer entries than the tree has components.
    pub fn importance(&self, components: &[Steady]) -> Result<Array2<f64>, TooLarge> {
        let chances = chances(components);
        let values = self.values(&chances);
        let birnbaum = self.birnbaum(&chances, &values)?;
        let given = self.given(&chances, &values);
        let down = values[self.top as usize].fails;
        let mut table = Array2::zeros((self.components, Measure::ALL.len()));
        for (component, mut row) in table.outer_iter_mut().enumerate() {
            let Chance { fails, .. } = chances[component];
            let (if_down, if_up) = given[component].unwrap_or((down, down));
            for measure in Measure::ALL {
                row[measure as usize] = match measure {
                    Measure::Birnbaum => birnbaum[component],
                    Measure::Criticality => fails * birnbaum[component] / down,
                    Measure::Diagnostic => fails * if_down / down,
                    Measure::Achievement => if_down / down,
                    Measure::Reduction => down / if_up,
                };
            }
        }
        Ok(table)
    }

    /// For each component that is asked for, the probability that the system has failed if this one has, and if it works.
    fn given(&self, chances: &[Chance], values: &[Chance]) -> Vec<Option<(f64, f64)>> {
        let reached = self.reached(chances);
        let levels = self.order.len();
        let (mut if_down, mut if_up) = (vec![0.0; levels], vec![0.0; levels]);
        // What fails on paths that pass a level without a question there is part of both; it is booked on a tree of
        // spans of levels, so that nothing need be taken off again.
        let mut passed = vec![0.0; 2 * levels];
        let mut pass = |from: usize, to: usize, probability: f64| {
            let (mut left, mut right) = (from + levels, to + levels);
            while left < right {
                if left % 2 == 1 {
                    passed[left] += probability;
                    left += 1;
                }
                if right % 2 == 1 {
                    right -= 1;
                    passed[right] += probability;
                }
                (left, right) = (left / 2, right / 2);
            }
        };
        let end = |node: u32| if node <= TRUE { levels } else { self.nodes.get(node).level as usize };
        pass(0, end(self.top), values[self.top as usize].fails);
        for (node, Question { level, high, low }) in self.upwards() {
            let (level, of) = (level as usize, chances[self.order[level as usize] as usize]);
            let (high_fails, low_fails) = (values[high as usize].fails, values[low as usize].fails);
            if_down[level] += reached[node] * high_fails;
            if_up[level] += reached[node] * low_fails;
            pass(level + 1, end(high), reached[node] * of.fails * high_fails);
            pass(level + 1, end(low), reached[node] * of.works * low_fails);
        }
        let mut given = vec![None; self.components];
        for level in 0..levels {
            let mut place = level + levels;
            let mut besides = 0.0;
            while place > 0 {
                besides += passed[place];
                place /= 2;
            }
            given[self.order[level] as usize] = Some((if_down[level] + besides, if_up[level] + besides));
        }
        given
    }
}
