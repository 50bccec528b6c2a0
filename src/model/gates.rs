//! `up_when` trees as gates that count: a gate holds while enough of its inputs do, so a change of one input costs one
//! addition and goes on only where the gate changes with it.

use super::{Service, UpWhen};

/// A node of an `up_when` tree.
#[derive(Debug, Clone, Copy)]
pub struct Gate {
    /// Inputs (or replicas) that must be up.
    pub needs: u32,
    /// What follows from it.
    pub output: Output,
}

/// Where it is told that a gate holds, or no longer does.
#[derive(Debug, Clone, Copy)]
pub enum Output {
    /// Another gate, further on in the list.
    Gate(u32),
    /// The tree of this service holds, or no longer does.
    Service(u32),
}

/// The gates of all services, inputs before outputs; fills in `feeds` and `counted_by`.
pub fn compile(services: &mut [Service]) -> Vec<Gate> {
    let mut gates = Vec::new();
    for s in 0..services.len() {
        if let Some(tree) = services[s].up_when.clone() {
            let root = build(&tree, services, &mut gates);
            gates[root as usize].output = Output::Service(s as u32);
        }
    }
    gates
}

/// Adds the gate of a tree behind those of its parts, and returns its index. Its output is set by the caller.
fn build(tree: &UpWhen, services: &mut [Service], gates: &mut Vec<Gate>) -> u32 {
    let (needs, parts, of) = match tree {
        UpWhen::Service(_) => (1, std::slice::from_ref(tree), &[][..]),
        UpWhen::Any(parts) => (1, &parts[..], &[][..]),
        UpWhen::All(parts) => (parts.len() as u32, &parts[..], &[][..]),
        UpWhen::AtLeast(least, of) => (*least, &[][..], &of[..]),
    };
    let inner: Vec<u32> =
        parts.iter().filter(|part| !matches!(part, UpWhen::Service(_))).map(|part| build(part, services, gates)).collect();
    let gate = gates.len() as u32;
    gates.push(Gate { needs, output: Output::Gate(gate) });
    for part in inner {
        gates[part as usize].output = Output::Gate(gate);
    }
    for part in parts {
        if let UpWhen::Service(service) = part {
            services[*service as usize].feeds.push(gate);
        }
    }
    for &service in of {
        services[service as usize].counted_by.push(gate);
    }
    gate
}
