//! The structure solver against published fault trees and block diagrams.

#![allow(clippy::expect_used, reason = "a test says by a panic what it expected")]

mod common;

use std::collections::HashMap;

use ninefold::dist::Law;
use ninefold::exact::structure::{Diagram, MOST_COMPONENTS, Measure, Node, Steady, TooLarge, Tree};

/// What cases computed from published models are held to.
const EXACT: f64 = 1e-12;

fn close(value: f64, exact: f64, relative: f64) {
    let off = (value - exact).abs();
    assert!(value == exact || off <= relative * exact.abs(), "{value}, not {exact}: off by {:.1e}", off / exact.abs());
}

/// A tree under construction, with a probability of failure for each component.
#[derive(Default)]
struct Case {
    tree: Tree,
    failed: Vec<f64>,
}

impl Case {
    fn fails(&mut self, name: &str, probability: f64) -> Node {
        self.failed.push(probability);
        self.tree.component(name)
    }

    fn like(&mut self, count: usize, probability: f64) -> Vec<Node> {
        (1..=count).map(|i| self.fails(&format!("{i}"), probability)).collect()
    }

    fn probability(&self, top: Node) -> f64 {
        Diagram::of(&self.tree, top).expect("a small structure").probability(&self.failed)
    }

    /// The table of importance by the names of components.
    fn importance(&self, top: Node) -> impl Fn(&str, Measure) -> f64 {
        let steady: Vec<Steady> =
            self.failed.iter().map(|&q| Steady { availability: 1.0 - q, unavailability: q, frequency: 0.0 }).collect();
        let table = Diagram::of(&self.tree, top).and_then(|diagram| diagram.importance(&steady)).expect("a small structure");
        let names = self.tree.names().to_vec();
        move |name, measure| table[[names.iter().position(|known| known == name).expect("a component"), measure as usize]]
    }
}

/// An Open-PSA file: gates by name, then the probabilities of its basic events.
fn open_psa(name: &str) -> Option<(Case, Node)> {
    let text = std::fs::read_to_string(common::shared("cases/aralia")?.join(name)).expect("a case");
    let document = roxmltree::Document::parse(&text).expect("a well-formed file");
    let named = |tag: &'static str| {
        let nodes = document.descendants().filter(move |node| node.has_tag_name(tag));
        nodes.map(|node| (node.attribute("name").expect("a name").to_owned(), node))
    };
    let mut case = Case::default();
    let mut made = HashMap::new();
    for (name, event) in named("define-basic-event") {
        let value = event.first_element_child().and_then(|float| float.attribute("value")).expect("a probability");
        made.insert(name.clone(), case.fails(&name, value.parse().expect("a number")));
    }
    let gates: HashMap<String, roxmltree::Node> = named("define-gate").collect();
    let first = document.descendants().find(|node| node.has_tag_name("define-gate")).and_then(|gate| gate.attribute("name"));
    let first = first.expect("a gate").to_owned();
    let top = gate(&first, &gates, &mut made, &mut case);
    Some((case, top))
}

fn gate(name: &str, gates: &HashMap<String, roxmltree::Node>, made: &mut HashMap<String, Node>, case: &mut Case) -> Node {
    if let Some(&known) = made.get(name) {
        return known;
    }
    let formula = gates[name].first_element_child().expect("a formula");
    let inputs: Vec<Node> = formula
        .children()
        .filter(roxmltree::Node::is_element)
        .map(|input| gate(input.attribute("name").expect("a name"), gates, made, case))
        .collect();
    let node = match formula.tag_name().name() {
        "and" => case.tree.all(inputs),
        "or" => case.tree.any(inputs),
        "atleast" => case.tree.at_least(formula.attribute("min").and_then(|min| min.parse().ok()).expect("a number"), inputs),
        other => panic!("no gate is called {other}"),
    };
    made.insert(name.to_owned(), node);
    node
}

/// The Aralia fault trees (openpra-org/aralia-fault-tree-dataset at 493988b2, doi 10.5281/zenodo.20160659, CC BY-SA 4.0): the
/// probability of the top event to the six digits that are printed, and the number of minimal cut sets.
#[test]
fn aralia() {
    for (name, components, probability, cut_sets) in [
        ("baobab2", 32, 0.000713018, 4_805),
        ("chinese", 25, 0.00117058, 392),
        ("ftr10", 175, 0.448677, 305),
        ("isp9602", 116, 0.0172447, 5_197_647),
        ("isp9604", 215, 0.142751, 746_574),
        ("isp9606", 89, 0.0543174, 1_776),
    ] {
        let Some((case, top)) = open_psa(&format!("{name}.xml")) else { return };
        assert_eq!(case.failed.len(), components, "{name}");
        let diagram = Diagram::of(&case.tree, top).expect("it is solved");
        close(diagram.probability(&case.failed), probability, 5e-6);
        assert_eq!(diagram.cut_sets(usize::MAX).expect("there is room").count(), cut_sets, "{name}");
    }
}

/// The three motors of `OpenFTA`, as in SCRAM (rakhimov/scram at b85b7894, `input/ThreeMotor/three_motor.xml`): all basic
/// events at 0.02, all timers reset; published 0.0211538 with 12 minimal cut sets.
#[test]
fn three_motors() {
    let mut case = Case::default();
    let names = ["T1", "T2", "T3", "T4", "S1", "K1", "K2", "K5", "KT1i", "KT2i", "KT3i", "T1i", "T2i", "T3i", "T4i"];
    let [t1, t2, t3, t4, s1, k1, k2, k5, kt1i, kt2i, kt3i, t1i, t2i, t3i, t4i] = names.map(|name| case.fails(name, 0.02));
    let tree = &mut case.tree;
    let given = tree.all([]);
    let timers = [tree.any([kt1i, t2i]), tree.any([kt2i, t3i]), tree.any([kt3i, t4i])];
    let (timed, switched) = (tree.all(timers), tree.any([s1, t1i]));
    let k1_coil = tree.any([timed, switched]);
    let k1_closed = tree.any([k1, k1_coil]);
    let k3_closed = tree.any([t2, k5]);
    let k5_coil = tree.all([k1_closed, k3_closed]);
    let k5_closed = tree.any([k5, k5_coil]);
    let kt2 = tree.any([given, t4]);
    let (timer, start) = (tree.all([given, given, kt2]), tree.any([s1, t3]));
    let coil = tree.any([timer, start]);
    let contacts = tree.any([k1, coil]);
    let relay = tree.any([t1, contacts]);
    let k2_closed = tree.any([k2, relay]);
    let top = tree.all([k5_closed, k2_closed]);
    let diagram = Diagram::of(&case.tree, top).expect("a small structure");
    close(diagram.probability(&case.failed), 0.0211538, 2.5e-6);
    let sets = diagram.cut_sets(usize::MAX).expect("a small structure");
    assert_eq!(sets.counts(usize::MAX), [0, 1, 3, 0, 8]);
    assert_eq!(diagram.single_points(), [7], "the contacts of K5");
}

/// SCRAM's Theatre: mains fail, and so does the generator or its relay.
fn theatre() -> (Case, Node) {
    let mut case = Case::default();
    let (mains, generator, relay) = (case.fails("Mains", 0.03), case.fails("Gen", 0.02), case.fails("Relay", 0.05));
    let backup = case.tree.any([generator, relay]);
    let top = case.tree.all([mains, backup]);
    (case, top)
}

/// SCRAM's `TwoTrain`: a valve or a pump of either train.
fn two_trains() -> (Case, Node) {
    let mut case = Case::default();
    let [v1, v2] = ["V1", "V2"].map(|name| case.fails(name, 0.5));
    let [p1, p2] = ["P1", "P2"].map(|name| case.fails(name, 0.7));
    let trains = [case.tree.any([v1, p1]), case.tree.any([v2, p2])];
    let top = case.tree.all(trains);
    (case, top)
}

/// SCRAM's ne574: (F or G or B or C) and (C or D or (H and I)).
fn ne574() -> (Case, Node) {
    let mut case = Case::default();
    let events = [("B", 0.1), ("C", 0.3), ("D", 0.5), ("F", 0.7), ("G", 0.2), ("H", 0.4), ("I", 0.8)];
    let [b, c, d, f, g, h, i] = events.map(|(name, q)| case.fails(name, q));
    let one = case.tree.any([f, g, b, c]);
    let both = case.tree.all([h, i]);
    let other = case.tree.any([c, d, both]);
    let top = case.tree.all([one, other]);
    (case, top)
}

/// Examples of SCRAM (rakhimov/scram at b85b7894, input/ and tests/bench_*_tests.cc), all recomputed by enumeration.
#[test]
fn small_fault_trees() {
    for ((case, top), exact) in [(theatre(), 0.002_07), (two_trains(), 0.7225), (ne574(), 0.662_208)] {
        close(case.probability(top), exact, EXACT);
    }
    // SmallTree: (e1 and e2) or (e3 and e4) after 8,760 h, failing at 2e-5, 1e-5, 2e-5 and 1e-5 an hour.
    let mut tree = Tree::default();
    let [one, two, three, four] = ["e1", "e2", "e3", "e4"].map(|name| tree.component(name));
    let pairs = [tree.all([one, two]), tree.all([three, four])];
    let top = tree.any(pairs);
    let diagram = Diagram::of(&tree, top).expect("a small structure");
    let lives = [2e-5, 1e-5, 2e-5, 1e-5].map(|rate| exponential(1.0 / rate));
    close(1.0 - diagram.reliability(&lives, 8_760.0), 0.026776830672032736, EXACT);
}

fn exponential(mean: f64) -> Law {
    Law::exponential(mean).expect("a mean")
}

/// Importance by enumeration (SCRAM agrees to its printed digits; it prints 0 where the risk reduction worth is infinite).
#[test]
fn importance_in_small_fault_trees() {
    let columns = [Measure::Birnbaum, Measure::Criticality, Measure::Diagnostic, Measure::Achievement, Measure::Reduction];
    let theatre_table = [
        ("Mains", [0.069, 1.0, 1.0, 33.333333333333336, f64::INFINITY]),
        ("Gen", [0.0285, 0.27536231884057966, 0.28985507246376807, 14.492753623188404, 1.38]),
        ("Relay", [0.0294, 0.7101449275362318, 0.7246376811594202, 14.492753623188404, 3.45]),
    ];
    let trains_table = [
        ("V1", [0.255, 0.17647058823529413, 0.5882352941176471, 1.1764705882352942, 1.2142857142857142]),
        ("V2", [0.255, 0.17647058823529413, 0.5882352941176471, 1.1764705882352942, 1.2142857142857142]),
        ("P1", [0.425, 0.411764705882353, 0.823529411764706, 1.1764705882352942, 1.7]),
        ("P2", [0.425, 0.411764705882353, 0.823529411764706, 1.1764705882352942, 1.7]),
    ];
    let ne574_table = [
        ("B", [0.11088, 0.016743983763409687, 0.11506958538706874, 1.1506958538706873, 1.0170291190563951]),
        ("C", [0.48256, 0.21861409104088142, 0.4530298637286171, 1.5100995457620572, 1.2797773654916504]),
        ("D", [0.373184, 0.28177249444283364, 0.640886247221417, 1.281772494442834, 1.3923164906142764]),
        ("F", [0.33264, 0.3516236590316031, 0.805487097709481, 1.1506958538706873, 1.5423141419787578]),
        ("G", [0.12474, 0.037673963467671795, 0.23013917077413765, 1.150695853870688, 1.03914885603992]),
        ("H", [0.21952, 0.13259882091427475, 0.47955929254856505, 1.1988982313714127, 1.1528690807799438]),
        ("I", [0.10976, 0.13259882091427455, 0.8265197641828554, 1.0331497052285694, 1.1528690807799433]),
    ];
    for ((case, top), table) in [(theatre(), &theatre_table[..]), (two_trains(), &trains_table), (ne574(), &ne574_table)] {
        let importance = case.importance(top);
        for (name, row) in table {
            columns.iter().zip(row).for_each(|(measure, exact)| close(importance(name, *measure), *exact, EXACT));
        }
    }
}

/// Storm's `ImportanceTest.dft` (moves-rwth/storm at 829f82a3, src/test/storm-dft/bdd/TestBdd.cpp) at time 1: x1 and (x2 or x3)
/// and (x4 or x5 or x6), and x7 beside it. Published to six digits, the probability and the mean life to ten.
#[test]
fn importance_in_a_tree_of_storm() {
    let rates = [2_f64.ln(), 2_f64.ln(), 0.2, 2_f64.ln(), 0.6, 1.0, 2_f64.ln()];
    let lives = rates.map(|rate| exponential(1.0 / rate));
    let mut case = Case::default();
    let names = ["x1", "x2", "x3", "x4", "x5", "x6", "x7"];
    let mut laws = lives.iter();
    let [x1, x2, x3, x4, x5, x6, _] = names.map(|name| case.fails(name, laws.next().expect("seven lives").cdf(1.0)));
    let parts = [case.tree.any([x2, x3]), case.tree.any([x4, x5, x6])];
    let top = case.tree.all([x1, parts[0], parts[1]]);
    close(case.probability(top), 0.2655055433, 1e-9);
    let diagram = Diagram::of(&case.tree, top).expect("a small structure");
    close(diagram.mean_life(&lives).expect("a mean life"), 1.977074913, 2.5e-10);
    let importance = case.importance(top);
    for (measure, published) in [
        (Measure::Birnbaum, [0.531011, 0.368041, 0.224763, 0.0596235, 0.0543206, 0.0810368, 0.0]),
        (Measure::Criticality, [1.0, 0.693094, 0.153453, 0.112283, 0.09231, 0.192934, 0.0]),
        (Measure::Diagnostic, [1.0, 0.846547, 0.306906, 0.556142, 0.501849, 0.703097, 0.5]),
        (Measure::Achievement, [2.0, 1.693094106, 1.693094106, 1.112283035, 1.112283035, 1.112283035, 1.0]),
        (Measure::Reduction, [f64::INFINITY, 3.25832778, 1.18127, 1.126485175, 1.1016977, 1.23905588, 1.0]),
    ] {
        names.iter().zip(published).for_each(|(name, exact)| close(importance(name, measure), exact, 5e-6));
    }
}

/// Of `n` components of failure probability `q` so many must work.
fn group(n: usize, needs: usize, q: f64) -> (Case, Node) {
    let mut case = Case::default();
    let members = case.like(n, q);
    let top = case.tree.at_least(n - needs + 1, members);
    (case, top)
}

/// Block diagrams: ReliaWiki's series (99.5%, 98.7%, 97.3%), reliabilityanalytics.com's 3 out of 4 (2011-09-02), 2 out of 3, the
/// bridge of textbooks (paths 12, 34, 154, 352), linear consecutive-2-out-of-10:F, SchemaTex/SchemaTex's server (pull 44).
#[test]
fn block_diagrams() {
    let works = |(case, top): (Case, Node)| 1.0 - case.probability(top);
    let mut series = Case::default();
    let parts = [0.005, 0.013, 0.027].map(|q| series.fails("part", q));
    let top = series.tree.any(parts);
    close(works((series, top)), 0.955_549_245, EXACT);

    close(works(group(4, 3, 0.1)), 0.9477, EXACT);
    close(works(group(3, 2, 0.1)), 0.972, EXACT);

    let mut bridge = Case::default();
    let parts = bridge.like(5, 0.1);
    let paths: Vec<Node> =
        [&[1, 2][..], &[3, 4], &[1, 5, 4], &[3, 5, 2]].map(|path| bridge.tree.any(path.iter().map(|i| parts[i - 1]))).to_vec();
    let top = bridge.tree.all(paths);
    close(works((bridge, top)), 0.978_48, EXACT);

    let mut line = Case::default();
    let parts = line.like(10, 0.1);
    let pairs: Vec<Node> = parts.windows(2).map(|pair| line.tree.all([pair[0], pair[1]])).collect();
    let top = line.tree.any(pairs);
    close(works((line, top)), 0.919_747_224, EXACT);

    let mut server = Case::default();
    let power = server.fails("psu", 0.01);
    let (fans, disks) = (server.like(2, 0.05), server.like(3, 0.03));
    let (fans, disks) = (server.tree.all(fans), server.tree.at_least(2, disks));
    let top = server.tree.any([power, fans, disks]);
    close(works((server, top)), 0.984_912_008_85, EXACT);
}

/// Two out of three without repair at 0.001 an hour: (1/3 + 1/2) / λ. And other lives whose means are known.
#[test]
fn mean_lives() {
    let mean_life = |n, needs, law: Law| {
        let (case, top) = group(n, needs, 0.0);
        Diagram::of(&case.tree, top).expect("a small structure").mean_life(&vec![law; n])
    };
    close(mean_life(3, 2, exponential(1_000.0)).expect("a mean life"), 833.333_333_333_333_3, 1e-9);
    // A parallel pair of uniform lives: the larger of two, 2/3. In series a hundred Weibull lives: one of scale / √100.
    close(mean_life(2, 1, Law::uniform(0.0, 1.0).expect("a law")).expect("a mean life"), 2.0 / 3.0, 1e-9);
    let weibull = Law::weibull_scale(2.0, 50.0).expect("a law");
    close(mean_life(100, 100, weibull).expect("a mean life"), 5.0 * std::f64::consts::PI.sqrt() / 2.0, 1e-9);
    // A step: all last for exactly three hours.
    close(mean_life(2, 1, Law::constant(3.0).expect("a law")).expect("a mean life"), 3.0, 1e-9);
    // A pair of Pareto lives of shape 0.75 in series is one of shape 1.5 with a mean of 3; alone it has none.
    let pareto = Law::pareto_scale(0.75, 1.0).expect("a law");
    close(mean_life(2, 2, pareto.clone()).expect("a mean life"), 3.0, 1e-9);
    assert_eq!(mean_life(1, 1, pareto), None);
}

/// What no failure can fail, and what has failed from the start.
#[test]
fn without_components() {
    let mut tree = Tree::default();
    let (never, always) = (tree.any([]), tree.all([]));
    let lone = tree.component("alone");
    let too_many = tree.at_least(2, [lone]);
    for (top, probability, mean_life) in [(never, 0.0, f64::INFINITY), (too_many, 0.0, f64::INFINITY), (always, 1.0, 0.0)] {
        let diagram = Diagram::of(&tree, top).expect("a small structure");
        assert_eq!(diagram.probability(&[0.5]), probability);
        assert_eq!(diagram.mean_life(&[exponential(1.0)]), Some(mean_life));
        let system = diagram.steady(&[Steady::of_times(3.0, 1.0)]).expect("a small structure");
        assert_eq!(system, Steady { availability: 1.0 - probability, unavailability: probability, frequency: 0.0 });
        assert_eq!(diagram.cut_sets(usize::MAX).expect("a small structure").count(), probability as u128);
        assert!(diagram.single_points().is_empty());
    }
}

/// An unavailability of 1e-18 to its last digits, in series with what makes a difference of probabilities lose it; and an
/// availability of 1e-18.
#[test]
fn small_probabilities_keep_their_digits() {
    let mut tree = Tree::default();
    let nodes: Vec<Node> = (0..4).map(|i| tree.component(format!("{i}"))).collect();
    let pair = tree.all([nodes[0], nodes[1]]);
    let top = tree.any([pair, nodes[2]]);
    let diagram = Diagram::of(&tree, top).expect("a small structure");
    // 0 and 1 fail often and are repaired at once; 2 is down for long, and hardly ever fails.
    let steady = [
        Steady::of_times(1e9, 1.0),
        Steady::of_times(1e9, 1.0),
        Steady { availability: 0.5, unavailability: 0.5, frequency: 0.0 },
        Steady::of_times(1.0, 1.0),
    ];
    let system = diagram.steady(&steady).expect("a small structure");
    let cycle = 1e9 + 1.0;
    close(system.frequency, 0.5 * 2.0 / (cycle * cycle), 1e-14);
    let in_parallel = tree.all(nodes[..2].iter().copied());
    let diagram = Diagram::of(&tree, in_parallel).expect("a small structure");
    close(diagram.steady(&steady).expect("a small structure").unavailability, 1.0 / (cycle * cycle), 1e-14);
    let in_series = tree.any(nodes[..2].iter().copied());
    let diagram = Diagram::of(&tree, in_series).expect("a small structure");
    let bad = [Steady::of_times(1.0, 1e9), Steady::of_times(1.0, 1e9)];
    close(diagram.steady(&bad).expect("a small structure").availability, 1.0 / (cycle * cycle), 1e-14);
}

#[test]
fn what_is_too_large_is_refused() {
    let mut tree = Tree::default();
    let nodes: Vec<Node> = (0..200).map(|i| tree.component(format!("{i}"))).collect();
    let half = tree.at_least(100, nodes);
    assert_eq!(Diagram::within(&tree, half, 1_000).err(), Some(TooLarge::Nodes(1_000)));
    // 100 × 101 questions and the two ends.
    assert_eq!(Diagram::within(&tree, half, 20_000).map(|diagram| diagram.size()), Ok(10_102));
    let many: Vec<Node> = (0..5_000).map(|i| tree.component(format!("{i}"))).collect();
    let any = tree.any(many);
    assert_eq!(Diagram::of(&tree, any).err(), Some(TooLarge::Components(5_000)));
}

/// Three of the most components that there may be: each question within the one before, on the stack of a thread.
#[test]
fn as_many_components_as_there_may_be() {
    let mut tree = Tree::default();
    let nodes: Vec<Node> = (0..MOST_COMPONENTS).map(|i| tree.component(format!("{i}"))).collect();
    let top = tree.at_least(3, nodes);
    let diagram = Diagram::of(&tree, top).expect("it is solved");
    let steady = vec![Steady::of_times(1e6, 1.0); MOST_COMPONENTS];
    let (n, q) = (MOST_COMPONENTS as f64, steady[0].unavailability);
    let system = diagram.steady(&steady).expect("it is solved");
    let pairs = n * (n - 1.0) / 2.0;
    let two = |others: f64| (others * (-q).ln_1p()).exp();
    close(system.availability, two(n) + n * q * two(n - 1.0) + pairs * q * q * two(n - 2.0), 1e-12);
    close(system.frequency, n * steady[0].frequency * (n - 1.0) * (n - 2.0) / 2.0 * q * q * two(n - 3.0), 1e-11);
    let third = Measure::Diagnostic as usize;
    let importance = diagram.importance(&steady).expect("it is solved");
    let fussell_vesely = diagram.fussell_vesely(&steady, 2_000).expect("it is solved");
    // Whoever is down when the system is, is in a cut set.
    close(fussell_vesely, importance[[2_000, third]], 1e-11);
    let sets = diagram.cut_sets(3).expect("it is solved");
    assert_eq!(sets.counts(3), [0, 0, 0, 4_096 * 4_095 * 4_094 / 6]);
    assert_eq!(sets.list(3, 2), [[0, 1, 2], [0, 1, 3]]);
}
