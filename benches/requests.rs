//! Every request simulated: M/M/1, two stations one after the other, and ten services that call each other.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ninefold::model::{self, Model};
use ninefold::scenario::{self, Patches};
use ninefold::sim::request::{Plan, Requests, count};

fn compiled(name: &str, text: &str) -> Model {
    let loaded = scenario::parse(name, text, &Patches::default()).unwrap_or_else(|error| panic!("{error}"));
    model::compile(&loaded).unwrap_or_else(|error| panic!("{error:?}"))
}

fn requests(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("requests");
    group.sample_size(10);
    for (name, text) in [
        ("mm1", include_str!("mm1.yaml")),
        ("network", include_str!("network.yaml")),
        ("ten services", include_str!("graph.yaml")),
    ] {
        let model = compiled(name, text);
        let mut simulation = Requests::new(&model, Plan { warmup: 0.0, bins: 128, batches: 32 });
        let mut run = move |replication: u64| {
            let stopped = simulation.run_while(1, replication, 0, |_| true);
            assert!(stopped.is_ok(), "{stopped:?}");
            let batches = &simulation.requests().batches;
            let arrived = batches.iter().flat_map(|batch| &batch.services).map(|served| served.counts[count::ARRIVED]);
            arrived.sum::<u64>()
        };
        // Requests that arrive at services: customers of one station, or calls.
        group.throughput(Throughput::Elements(run(0)));
        group.bench_function(name, |bencher| {
            let mut replication = 0;
            bencher.iter(|| {
                replication += 1;
                black_box(run(replication))
            });
        });
    }
    group.finish();
}

criterion_group!(benches, requests);
criterion_main!(benches);
