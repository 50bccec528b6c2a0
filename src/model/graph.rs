//! What depends on what: the order of services, and everything that a change can reach.

use super::{Service, UpWhen};

/// Adds the leaves of an `up_when` tree: services read or counted.
fn leaves(tree: &UpWhen, found: &mut Vec<u32>) {
    match tree {
        UpWhen::Service(service) => found.push(*service),
        UpWhen::AtLeast(_, of) => found.extend(of),
        UpWhen::Any(parts) | UpWhen::All(parts) => parts.iter().for_each(|part| leaves(part, found)),
    }
}

/// Fills in `depends_on`, `needed_by`, `rank`, `support` and `reach`, and returns the services in an order in which
/// what a service depends on comes before it.
///
/// # Errors
/// The indices of services on a circle, if there is one.
pub fn connect(services: &mut [Service]) -> Result<Vec<u32>, Vec<u32>> {
    // What the state of a service comes from, and what its requests need besides: every callee.
    let mut sources: Vec<Vec<u32>> = Vec::with_capacity(services.len());
    let mut watchers: Vec<Vec<u32>> = vec![Vec::new(); services.len()];
    for s in 0..services.len() {
        let needed = services[s].calls.iter().filter(|call| call.needed && call.per_request >= 1.0).map(|call| call.to);
        services[s].depends_on = sorted(needed.collect());
        for i in 0..services[s].depends_on.len() {
            let callee = services[s].depends_on[i] as usize;
            services[callee].needed_by.push(s as u32);
        }
        let mut state = services[s].depends_on.clone();
        if let Some(tree) = &services[s].up_when {
            leaves(tree, &mut state);
        }
        let state = sorted(state);
        for &source in &state {
            watchers[source as usize].push(s as u32);
        }
        sources.push(state);
    }
    let reads: Vec<Vec<u32>> = sources
        .iter()
        .zip(services.iter())
        .map(|(state, service)| state.iter().copied().chain(service.calls.iter().map(|call| call.to)).collect())
        .collect();
    let order = sort(&reads)?;
    let mut rank = vec![0; services.len()];
    for (place, &s) in order.iter().enumerate() {
        rank[s as usize] = place;
        services[s as usize].rank = place as u32;
    }
    for (s, service) in services.iter_mut().enumerate() {
        service.support = closure(s as u32, &sources);
        service.support.sort_unstable_by_key(|&u| rank[u as usize]);
        service.reach = closure(s as u32, &watchers);
        service.reach.sort_unstable_by_key(|&u| rank[u as usize]);
    }
    Ok(order)
}

fn sorted(mut list: Vec<u32>) -> Vec<u32> {
    list.sort_unstable();
    list.dedup();
    list
}

/// Everything that `next` leads to, the start included.
fn closure(from: u32, next: &[Vec<u32>]) -> Vec<u32> {
    let mut found = vec![from];
    let mut seen = std::collections::BTreeSet::from([from]);
    let mut i = 0;
    while i < found.len() {
        for &to in &next[found[i] as usize] {
            if seen.insert(to) {
                found.push(to);
            }
        }
        i += 1;
    }
    found
}

/// Depth-first order without recursion, so that a long chain of services is no danger to the stack.
fn sort(reads: &[Vec<u32>]) -> Result<Vec<u32>, Vec<u32>> {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        Open,
        Done,
    }
    let mut marks = vec![Mark::New; reads.len()];
    let mut order = Vec::with_capacity(reads.len());
    for root in 0..reads.len() {
        let mut path = vec![(root, 0)];
        while let Some(&mut (s, ref mut next)) = path.last_mut() {
            if marks[s] == Mark::Done {
                path.pop();
                continue;
            }
            marks[s] = Mark::Open;
            if let Some(&to) = reads[s].get(*next) {
                *next += 1;
                match marks[to as usize] {
                    Mark::New => path.push((to as usize, 0)),
                    Mark::Open => {
                        let circle = path.iter().skip_while(|(on, _)| *on != to as usize).map(|(on, _)| *on as u32);
                        return Err(circle.collect());
                    }
                    Mark::Done => {}
                }
            } else {
                marks[s] = Mark::Done;
                order.push(s as u32);
                path.pop();
            }
        }
    }
    Ok(order)
}
