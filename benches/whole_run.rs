//! Whole runs: a year of a fleet, and 1,000 hours of seven components in series and parallel.
//!
//! `one replication` is the simulation alone; `1,024 replications` has the estimates with it, on one thread and on two.
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ninefold::model::{self, Model};
use ninefold::run::{Control, Options, simulate};
use ninefold::scenario;
use ninefold::sim::World;

const REPLICATIONS: u64 = 1_024;

fn compiled(name: &str, text: &str) -> Model {
    let loaded = scenario::parse(name, text, &scenario::Patches::default()).unwrap_or_else(|_| panic!("{name} does not parse"));
    model::compile(&loaded).unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
}

fn measure(criterion: &mut Criterion, name: &str, text: &str) {
    let model = compiled(name, text);
    let mut group = criterion.benchmark_group(name);
    let mut world = World::new(&model, 0.0);
    let events: u64 = (0..REPLICATIONS).map(|replication| world.run(1, replication, replication)).sum();
    group.throughput(Throughput::Elements(events / REPLICATIONS));
    let mut replication = 0;
    group.bench_function("one replication", |bencher| {
        bencher.iter(|| {
            replication += 1;
            world.run(1, replication, replication)
        });
    });
    group.throughput(Throughput::Elements(events));
    for threads in [1, 2] {
        let options = Options { replications: REPLICATIONS, threads: Some(threads), ..Options::default() };
        group.bench_with_input(BenchmarkId::new("1,024 replications on threads", threads), &options, |bencher, options| {
            bencher.iter(|| simulate(&model, options, &Control::default(), None).map(|runs| runs.events));
        });
    }
    group.finish();
}

fn runs(criterion: &mut Criterion) {
    measure(criterion, "fleet", include_str!("fleet.yaml"));
    measure(criterion, "seven components", include_str!("seven.yaml"));
    measure(criterion, "storefront", include_str!("../scenarios/storefront.yaml"));
}

criterion_group!(benches, runs);
criterion_main!(benches);
