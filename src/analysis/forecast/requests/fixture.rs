//! Made-up results at request fidelity.

use super::super::fixture::{World, shop};
use super::super::{CallInput, Fidelity, Input, SourceInput};
use crate::run::requests::{Found, RequestRuns, ServedRuns, Warmup, fixture};
use crate::stats::Joint;

const SOURCES: usize = 2;
const CALLS: usize = 3;

/// A shop of so many services, followed for so many replications of 16 minutes, or one in batches.
pub fn followed(services: usize, replications: u64, calm: bool) -> World {
    let mut world = shop(services, 64, 0.0);
    world.runs.horizon = 960.0;
    world.runs.replications = replications;
    world.runs.per_draw = 1;
    world.runs.warmup = Warmup { seconds: 38.0, found: Found::Steady(400.0) };
    let batched = replications == 1;
    let mut runs = RequestRuns {
        batched,
        services: vec![ServedRuns::default(); services],
        sources: vec![ServedRuns::default(); SOURCES],
        calls: vec![Joint::default(); CALLS],
        bin_seconds: 0.0,
    };
    let batches = if batched { 32 } else { 1 };
    for replication in 0..replications {
        runs.add(&[&fixture::outcome(replication, [services, SOURCES, CALLS], batches, calm)]);
    }
    world.runs.requests = Some(runs);
    world
}

/// The names of what was followed.
pub fn named(world: &World) -> Input<'_> {
    let mut input = world.input();
    input.fidelity = Fidelity::Request;
    input.demand = &[];
    input.sources =
        ["shoppers", super::super::fixture::HOSTILE].iter().map(|n| SourceInput { name: (*n).to_owned(), to: 0 }).collect();
    let call = |name: &str, guarded: bool| CallInput {
        name: name.to_owned(),
        retries: guarded,
        budget: guarded,
        breaker: guarded,
        cache: guarded,
    };
    input.calls = vec![call("web -> catalog", true), call("web -> checkout", false), call("web -> catalog (2)", false)];
    input
}
