//! What it takes for a service of a model to be down, as a fault tree.

use std::collections::BTreeMap;
use std::ops::Range;

use super::tree::{Node, Tree};
use crate::model::{Effect, Model, NONE, Thing, UpWhen};

/// Makes the components that stand for the failures of one thing, and the node at which it is down; it is told the clocks
/// that take the thing down, at least one, and asked once for each thing.
pub(super) type Fails<'f> = &'f mut dyn FnMut(&mut Tree, &[u32]) -> Node;

/// The fault tree of a service, which is down at the node returned.
pub(super) fn tree(model: &Model, service: u32, fails: Fails) -> (Tree, Node) {
    let mut layout = Layout {
        model,
        fails,
        tree: Tree::default(),
        things: BTreeMap::new(),
        replicas: BTreeMap::new(),
        outages: outages(model),
    };
    let mut services: BTreeMap<u32, Node> = BTreeMap::new();
    for &s in &model.services[service as usize].support {
        let node = layout.service(s, &services);
        services.insert(s, node);
    }
    (layout.tree, services[&service])
}

struct Layout<'m, 'f> {
    model: &'m Model,
    fails: Fails<'f>,
    tree: Tree,
    /// By their first clock.
    things: BTreeMap<u32, Node>,
    replicas: BTreeMap<u32, Node>,
    /// By zone, the clocks of each thing that it belongs to.
    outages: Vec<Vec<Range<u32>>>,
}

/// For each zone the clocks of the zone itself, and of the regions that it is in.
fn outages(model: &Model) -> Vec<Vec<Range<u32>>> {
    let mut outages = vec![Vec::new(); model.zones.len()];
    let mut from = model.zone_clocks.start;
    while from < model.zone_clocks.end {
        let clock = &model.clocks[from as usize];
        if let Thing::Zones(zones) = &clock.thing {
            for &zone in zones {
                outages[zone as usize].push(clock.siblings.clone());
            }
        }
        from = clock.siblings.end;
    }
    outages
}

impl Layout<'_, '_> {
    /// A service is down with its own failures, with too few replicas, with its `up_when` tree, and with a callee that it
    /// needs.
    fn service(&mut self, s: u32, services: &BTreeMap<u32, Node>) -> Node {
        let service = &self.model.services[s as usize];
        let mut parts = Vec::new();
        parts.extend(self.thing(service.own_clocks.clone()));
        if service.needs > 0 {
            let group = self.too_few(service.needs as usize, &[s]);
            parts.push(group);
        }
        if let Some(tree) = &service.up_when {
            let tree = self.up_when(tree, services);
            parts.push(tree);
        }
        parts.extend(service.depends_on.iter().map(|callee| services[callee]));
        self.tree.any(parts)
    }

    fn up_when(&mut self, tree: &UpWhen, services: &BTreeMap<u32, Node>) -> Node {
        match tree {
            UpWhen::Service(service) => services[service],
            UpWhen::AtLeast(least, of) => self.too_few(*least as usize, of),
            // What any of the parts keeps up is down with all of them, and the other way round.
            UpWhen::Any(parts) => {
                let parts: Vec<Node> = parts.iter().map(|part| self.up_when(part, services)).collect();
                self.tree.all(parts)
            }
            UpWhen::All(parts) => {
                let parts: Vec<Node> = parts.iter().map(|part| self.up_when(part, services)).collect();
                self.tree.any(parts)
            }
        }
    }

    /// Of the replicas of these services fewer than `needs` are up and active, where all that can take over have done so.
    fn too_few(&mut self, needs: usize, of: &[u32]) -> Node {
        let (groups, others): (Vec<u32>, Vec<u32>) = of.iter().partition(|&&s| self.model.services[s as usize].standby.is_some());
        let replicas: Vec<Node> =
            others.iter().flat_map(|&s| self.model.services[s as usize].present()).map(|replica| self.replica(replica)).collect();
        let fewer = |needs: usize| (replicas.len() + 1).saturating_sub(needs);
        if groups.is_empty() {
            return self.tree.at_least(fewer(needs), replicas);
        }
        // By how many are still needed, from none on: at first of those that never wait alone, then with one service more.
        let mut short: Vec<Node> = (0..=needs).map(|needs| self.tree.at_least(fewer(needs), replicas.clone())).collect();
        for s in groups {
            let service = &self.model.services[s as usize];
            let active = service.active() as usize;
            let members: Vec<Node> = service.present().map(|replica| self.replica(replica)).collect();
            short = (0..=needs)
                .map(|needs| {
                    // However many the service gives, up to those that are active, it lacks them or the rest is too little.
                    let ways: Vec<Node> = (0..=active.min(needs))
                        .map(|gives| {
                            let lacks = self.tree.at_least(members.len() + 1 - gives, members.clone());
                            self.tree.any([lacks, short[needs - gives]])
                        })
                        .collect();
                    self.tree.all(ways)
                })
                .collect();
        }
        short[needs]
    }

    fn replica(&mut self, replica: u32) -> Node {
        if let Some(&known) = self.replicas.get(&replica) {
            return known;
        }
        let mut parts = Vec::new();
        let zone = self.model.replicas[replica as usize].zone;
        if zone != NONE {
            for clocks in self.outages[zone as usize].clone() {
                parts.extend(self.thing(clocks));
            }
        }
        parts.extend(self.thing(self.model.replicas[replica as usize].clocks.clone()));
        let node = self.tree.any(parts);
        self.replicas.insert(replica, node);
        node
    }

    /// Where the thing of these clocks is down in its own right; `None` where it never is.
    fn thing(&mut self, clocks: Range<u32>) -> Option<Node> {
        let first = clocks.start;
        let down: Vec<u32> = clocks
            .filter(|&c| {
                let clock = &self.model.clocks[c as usize];
                let mode = &self.model.modes[clock.mode as usize];
                matches!(mode.effect, Effect::Down) && !matches!(clock.thing, Thing::Strike(_))
            })
            .collect();
        if down.is_empty() {
            return None;
        }
        if let Some(&known) = self.things.get(&first) {
            return Some(known);
        }
        let node = (self.fails)(&mut self.tree, &down);
        self.things.insert(first, node);
        Some(node)
    }
}
