//! What a service can keep at most, given what it depends on: even a service that never fails itself is down with what it
//! needs.

use indexmap::IndexMap;

use super::summary::Bound;
use super::{Input, LEVEL, Question};
use crate::analysis::forecast::estimates::clean;
use crate::exact::structure::{Diagram, Node, Tree};
use crate::model::{Call, Model, Trigger, UpWhen, medians};
use crate::run::runs::sum;
use crate::stats::Estimate;

/// The bound of every service that depends on something that is promised, by name; for compliance only.
pub fn bounds(input: &Input<'_>) -> IndexMap<String, Bound> {
    let Question::Compliance { threshold } = input.question else { return IndexMap::new() };
    let model = input.model;
    let services = input.watches.iter().map(|watch| model.objectives[watch.periods].service as usize);
    let bound = |service: usize| {
        let Ceiling { promised, rests_on } = Ceiling::of(input, service)?;
        let own = input.agreed().filter(|objective| objective.service as usize == service).map(|objective| objective.target);
        let asked = own.fold(threshold, f64::max);
        let weakest = weakest(input, service);
        let bound = Bound {
            promised,
            rests_on,
            weakest: weakest.as_ref().map(|(name, _)| name.clone()),
            simulated: weakest.map(|(_, bound)| bound),
            asked,
            possible: asked <= promised + 1e-12,
        };
        Some((model.services[service].name.clone(), bound))
    };
    services.filter_map(bound).collect()
}

/// What is promised of all that a service needs, taken together.
struct Ceiling {
    promised: f64,
    rests_on: IndexMap<String, f64>,
}

impl Ceiling {
    /// Of what promises nothing itself, what it needs in turn counts; by itself it never fails. `None` where nothing is promised.
    fn of(input: &Input<'_>, service: usize) -> Option<Self> {
        let nodes = vec![None; input.model.services.len()];
        let requests = input.model.services[service].visits.iter().any(|visits| *visits > 0.0);
        let mut promises = Promises { input, requests, tree: Tree::default(), nodes, fails: Vec::new() };
        let needs = promises.needs(service);
        let top = promises.tree.any(needs);
        if promises.fails.is_empty() {
            return None;
        }
        // Where the tree is too large to be solved, nothing is claimed.
        let fails = Diagram::of(&promises.tree, top).ok()?.probability(&promises.fails);
        let rests_on = promises.tree.names().iter().cloned().zip(promises.fails.iter().map(|fails| 1.0 - fails)).collect();
        Some(Self { promised: 1.0 - fails, rests_on })
    }
}

/// A fault tree of promises: a component for each service that promises something, which fails as much as it may.
struct Promises<'a> {
    input: &'a Input<'a>,
    /// Requests are judged: those that do not ask a callee do not miss it.
    requests: bool,
    tree: Tree,
    nodes: Vec<Option<Node>>,
    fails: Vec<f64>,
}

impl Promises<'_> {
    fn component(&mut self, name: String, fails: f64) -> Node {
        self.fails.push(fails);
        self.tree.component(name)
    }

    /// The failures of one service as others see it.
    fn of(&mut self, service: usize) -> Node {
        if let Some(node) = self.nodes[service] {
            return node;
        }
        let name = self.input.model.services[service].name.clone();
        let node = if let Some(promised) = promised(self.input, service) {
            self.component(name, 1.0 - promised)
        } else {
            let needs = self.needs(service);
            self.tree.any(needs)
        };
        self.nodes[service] = Some(node);
        node
    }

    /// What must not fail for a service to do its work.
    fn needs(&mut self, service: usize) -> Vec<Node> {
        let of = &self.input.model.services[service];
        let mut needs = Vec::new();
        for call in of.calls.iter().filter(|call| call.needed) {
            let asked = asked(self.input.model, call);
            let callee = call.to as usize;
            if asked >= 1.0 {
                needs.push(self.of(callee));
            } else if self.requests
                && asked > 0.0
                && let Some(promised) = promised(self.input, callee)
            {
                let name = format!("{} (asked by {} % of the requests)", self.input.model.services[callee].name, asked * 100.0);
                needs.push(self.component(name, asked * (1.0 - promised)));
            }
        }
        needs.extend(of.up_when.as_ref().map(|tree| self.tree_of(tree)));
        needs
    }

    fn tree_of(&mut self, tree: &UpWhen) -> Node {
        match tree {
            UpWhen::Service(service) => self.of(*service as usize),
            UpWhen::Any(parts) => {
                let parts: Vec<Node> = parts.iter().map(|part| self.tree_of(part)).collect();
                self.tree.all(parts)
            }
            UpWhen::All(parts) => {
                let parts: Vec<Node> = parts.iter().map(|part| self.tree_of(part)).collect();
                self.tree.any(parts)
            }
            // Nobody promises single replicas.
            UpWhen::AtLeast(..) => self.tree.any([]),
        }
    }
}

/// The highest promise of a service: of its objectives in the scenario, or of an external dependency.
fn promised(input: &Input<'_>, service: usize) -> Option<f64> {
    let model = input.model;
    let draws = medians(&model.parameters);
    let clocks = model.services[service].own_clocks.clone();
    let external = clocks.filter_map(|clock| match &model.modes[model.clocks[clock as usize].mode as usize].trigger {
        Trigger::Sla(sla) => Some(sla.availability.get(&draws)),
        _ => None,
    });
    let own = input.agreed().filter(|objective| objective.service as usize == service);
    external.chain(own.map(|objective| objective.target)).reduce(f64::max)
}

/// The part of the requests that ask this callee, 1 at most.
fn asked(model: &Model, call: &Call) -> f64 {
    let hits = call.handling.hits.get(&medians(&model.parameters));
    if call.per_request >= 1.0 && hits <= 0.0 { 1.0 } else { call.per_request.min(1.0) * (1.0 - hits) }
}

/// The needed callee that is simulated to be there least, and what it leaves.
fn weakest(input: &Input<'_>, service: usize) -> Option<(String, Estimate)> {
    let needed = input.model.services[service].calls.iter().filter(|call| call.needed && call.per_request > 0.0);
    let left = needed.map(|call| {
        let there = clean(input.runs.services[call.to as usize].sums.share(sum::UP, sum::DOWN, LEVEL));
        let bound = there.complement().scaled(asked(input.model, call).max(f64::MIN_POSITIVE)).complement();
        (input.model.services[call.to as usize].name.clone(), bound)
    });
    left.min_by(|a, b| a.1.value.unwrap_or(1.0).total_cmp(&b.1.value.unwrap_or(1.0)))
}
