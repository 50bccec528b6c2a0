//! The structure solver against published fault trees and block diagrams.

#![allow(clippy::expect_used, reason = "a test says by a panic what it expected")]

mod common;

use std::collections::HashMap;

use ninefold::exact::structure::{Diagram, Measure, Node, Steady, Tree};

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
        let start = std::time::Instant::now();
        assert_eq!(case.failed.len(), components, "{name}");
        let diagram = Diagram::of(&case.tree, top).expect("it is solved");
        eprintln!("{name}: {} nodes {:?}", diagram.size(), start.elapsed());
        close(diagram.probability(&case.failed), probability, 5e-6);
        let sets = diagram.cut_sets(usize::MAX).expect("there is room");
        assert_eq!(sets.count(), cut_sets, "{name}");
        eprintln!("{name}: mcs {:?}", start.elapsed());
        let start = std::time::Instant::now();
        let steady: Vec<Steady> =
            case.failed.iter().map(|&q| Steady { availability: 1.0 - q, unavailability: q, frequency: 0.0 }).collect();
        let _ = diagram.importance(&steady);
        eprintln!("{name}: importance {:?}", start.elapsed());
    }
}
