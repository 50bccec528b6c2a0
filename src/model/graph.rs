//! What depends on what: the order of services, and everything that a change can reach.

use super::{Service, UpWhen};

/// Leaves of an `up_when` tree: services that must be up, and services whose replicas are counted.
pub fn leaves(tree: &UpWhen, services: &mut Vec<u32>, counted: &mut Vec<u32>) {
    match tree {
        UpWhen::Service(service) => services.push(*service),
        UpWhen::AtLeast(_, of) => counted.extend(of),
        UpWhen::Any(parts) | UpWhen::All(parts) => parts.iter().for_each(|part| leaves(part, services, counted)),
    }
}

/// Fills in `depends_on`, `watched_by`, `counted`, `support` and `reach`, and returns the services in an order in
/// which what a service depends on comes before it.
///
/// # Errors
/// The indices of services on a circle, if there is one.
pub fn connect(services: &mut [Service]) -> Result<Vec<u32>, Vec<u32>> {
    // What a service reads, for its state (needed callees, up_when) or for its requests (every callee).
    let mut reads: Vec<Vec<u32>> = vec![Vec::new(); services.len()];
    for s in 0..services.len() {
        let (mut ups, mut counts) = (Vec::new(), Vec::new());
        if let Some(tree) = &services[s].up_when {
            leaves(tree, &mut ups, &mut counts);
        }
        let needed = services[s].calls.iter().filter(|call| call.needed && call.per_request >= 1.0).map(|call| call.to);
        let mut depends: Vec<u32> = needed.collect();
        depends.sort_unstable();
        depends.dedup();
        counts.sort_unstable();
        counts.dedup();
        for &counted in &counts {
            services[counted as usize].counted = true;
        }
        let mut state: Vec<u32> = depends.iter().chain(&ups).chain(&counts).copied().collect();
        state.sort_unstable();
        state.dedup();
        for &source in &state {
            services[source as usize].watched_by.push(s as u32);
        }
        reads[s] = state;
        reads[s].extend(services[s].calls.iter().map(|call| call.to));
        services[s].depends_on = depends;
    }
    let order = sort(&reads)?;
    let mut rank = vec![0; services.len()];
    for (place, &s) in order.iter().enumerate() {
        rank[s as usize] = place;
        services[s as usize].rank = place as u32;
    }
    for s in 0..services.len() {
        let mut support = closure(s as u32, |u| state_sources(services, u));
        support.sort_unstable_by_key(|&u| rank[u as usize]);
        services[s].support = support;
        let mut reach = closure(s as u32, |u| services[u as usize].watched_by.clone());
        reach.sort_unstable_by_key(|&u| rank[u as usize]);
        services[s].reach = reach;
    }
    Ok(order)
}

fn state_sources(services: &[Service], s: u32) -> Vec<u32> {
    let service = &services[s as usize];
    let (mut ups, mut counts) = (service.depends_on.clone(), Vec::new());
    if let Some(tree) = &service.up_when {
        leaves(tree, &mut ups, &mut counts);
    }
    ups.extend(counts);
    ups
}

fn closure(from: u32, next: impl Fn(u32) -> Vec<u32>) -> Vec<u32> {
    let mut found = vec![from];
    let mut seen = std::collections::BTreeSet::from([from]);
    let mut i = 0;
    while i < found.len() {
        for to in next(found[i]) {
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
