//! Random small structures against a list of all their states.

#![allow(clippy::expect_used, reason = "a test says by a panic what it expected")]

use ninefold::exact::structure::{Diagram, Measure, Node, Steady, Tree};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// A gate: how many of its inputs it takes, of those many, and the inputs as numbers to be taken modulo what there is.
type Gate = (usize, Vec<usize>);

/// A structure, with its gates also in a form that can be evaluated without the library.
struct Case {
    tree: Tree,
    top: Node,
    components: usize,
    gates: Vec<(usize, Vec<usize>)>,
}

impl Case {
    /// Every gate may read all components and all gates before it, also twice.
    fn new(components: usize, written: &[Gate]) -> Self {
        let mut tree = Tree::default();
        let mut nodes: Vec<Node> = (0..components).map(|i| tree.component(format!("{i}"))).collect();
        let mut gates = Vec::new();
        for (least, inputs) in written {
            let inputs: Vec<usize> = inputs.iter().map(|input| input % nodes.len()).collect();
            let least = 1 + least % inputs.len();
            nodes.push(tree.at_least(least, inputs.iter().map(|&input| nodes[input])));
            gates.push((least, inputs));
        }
        Self { tree, top: nodes[nodes.len() - 1], components, gates }
    }

    /// Whether the system has failed where the components of `state` have.
    fn fails(&self, state: usize) -> bool {
        let mut values: Vec<bool> = (0..self.components).map(|i| state >> i & 1 == 1).collect();
        for (least, inputs) in &self.gates {
            values.push(inputs.iter().filter(|&&input| values[input]).count() >= *least);
        }
        values[values.len() - 1]
    }

    /// The minimal cut sets as sets of bits.
    fn cut_sets(&self) -> Vec<usize> {
        let spares_none = |state: &usize| (0..self.components).all(|i| state >> i & 1 == 0 || !self.fails(state & !(1 << i)));
        (0..1 << self.components).filter(|&state| self.fails(state)).filter(spares_none).collect()
    }
}

fn close(what: &str, value: f64, exact: f64) {
    assert!(value == exact || (value - exact).abs() <= 1e-12 * exact.abs(), "{what}: {value}, not {exact}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn as_a_list_of_all_states_says(
        components in 1_usize..=10,
        written in prop::collection::vec((0_usize..10, prop::collection::vec(0_usize..1_000, 1..6)), 1..9),
        times in prop::collection::vec((1.0_f64..100.0, 1e-6_f64..10.0), 10),
    ) {
        let case = Case::new(components, &written);
        let diagram = Diagram::of(&case.tree, case.top).expect("a small structure");
        let steady: Vec<Steady> = times.iter().map(|&(mttf, mttr)| Steady::of_times(mttf, mttr)).collect();
        // The probability of a state, of the components in `of` alone.
        let probability = |state: usize, of: &dyn Fn(usize) -> bool| -> f64 {
            let chance = |i: usize| if state >> i & 1 == 1 { steady[i].unavailability } else { steady[i].availability };
            (0..components).filter(|&i| of(i)).map(chance).product()
        };
        let states = || 0..1_usize << components;
        let down: f64 = states().filter(|&state| case.fails(state)).map(|state| probability(state, &|_| true)).sum();
        let up: f64 = states().filter(|&state| !case.fails(state)).map(|state| probability(state, &|_| true)).sum();
        let system = diagram.steady(&steady).expect("a small structure");
        close("unavailability", system.unavailability, down);
        close("availability", system.availability, up);
        let failed: Vec<f64> = steady.iter().map(|steady| steady.unavailability).collect();
        close("probability", diagram.probability(&failed), down);

        let cut_sets = case.cut_sets();
        let table = diagram.importance(&steady).expect("a small structure");
        let mut frequency = 0.0;
        for i in 0..components {
            let given = |state: usize| -> f64 { probability(state, &|j| j != i) };
            let others = || states().filter(|state| state >> i & 1 == 0);
            let if_down: f64 = others().filter(|state| case.fails(state | 1 << i)).map(given).sum();
            let if_up: f64 = others().filter(|&state| case.fails(state)).map(given).sum();
            let critical: f64 = others().filter(|&state| case.fails(state | 1 << i) && !case.fails(state)).map(given).sum();
            frequency += critical * steady[i].frequency;
            let contributes: f64 = others()
                .filter(|state| cut_sets.iter().any(|set| set >> i & 1 == 1 && set & !(state | 1 << i) == 0))
                .map(given)
                .sum();
            let q = steady[i].unavailability;
            let at = |measure: Measure| table[[i, measure as usize]];
            close("Birnbaum", at(Measure::Birnbaum), critical);
            close("criticality", at(Measure::Criticality), q * critical / down);
            close("diagnostic", at(Measure::Diagnostic), q * if_down / down);
            close("achievement", at(Measure::Achievement), if_down / down);
            close("reduction", at(Measure::Reduction), down / if_up);
            let fussell_vesely = diagram.fussell_vesely(&steady, i).expect("a small structure");
            close("Fussell–Vesely", fussell_vesely, q * contributes / down);
        }
        close("frequency", system.frequency, frequency);

        let all = diagram.cut_sets(usize::MAX).expect("a small structure");
        let bits = |set: &Vec<usize>| set.iter().map(|&i| 1 << i).sum::<usize>();
        let mut found: Vec<usize> = all.list(usize::MAX, usize::MAX).iter().map(bits).collect();
        found.sort_unstable();
        assert_eq!(found, cut_sets);
        assert_eq!(all.count(), cut_sets.len() as u128);
        for largest in 0..4 {
            let few = diagram.cut_sets(largest).expect("a small structure");
            let sizes: Vec<usize> = few.list(largest, usize::MAX).iter().map(Vec::len).collect();
            assert!(sizes.is_sorted() && sizes.iter().all(|&size| size <= largest));
            assert_eq!(all.list(largest, usize::MAX), few.list(usize::MAX, usize::MAX));
            assert_eq!(sizes.len(), cut_sets.iter().filter(|set| set.count_ones() as usize <= largest).count());
            assert_eq!(few.count(), sizes.len() as u128);
            assert_eq!(few.counts(usize::MAX).iter().sum::<u128>(), few.count());
        }
        let single: Vec<usize> = (0..components).filter(|&i| cut_sets.contains(&(1 << i))).collect();
        assert_eq!(diagram.single_points(), single);
        assert_eq!(all.list(usize::MAX, 2).len(), cut_sets.len().min(2));
    }
}
