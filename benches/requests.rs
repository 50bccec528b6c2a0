//! Every request simulated: M/M/1, two stations one after the other, and ten services that call each other.

use std::collections::VecDeque;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ninefold::dist::{Law, Tables};
use ninefold::model::{self, Model};
use ninefold::random::Stream;
use ninefold::scenario::{self, Patches};
use ninefold::sim::request::{Plan, Requests, count};

fn compiled(name: &str, text: &str) -> Model {
    let loaded = scenario::parse(name, text, &Patches::default()).unwrap_or_else(|error| panic!("{error}"));
    model::compile(&loaded).unwrap_or_else(|error| panic!("{error:?}"))
}

/// What M/M/1 costs at the least: two clocks with the same draws, a ring of arrivals, and the sum of the response times.
fn bare(customers: u64, stream: Stream) -> f64 {
    let law = |mean| Law::exponential(mean).unwrap_or_else(|error| panic!("{error}"));
    let tables = Tables::new();
    let (gap, work) = (tables.sampler(&law(1.0 / 0.9)), tables.sampler(&law(1.0)));
    let mut ring = VecDeque::with_capacity(1_024);
    let (mut arrival, mut departure, mut sum) = (gap.draw(stream.word(0)), f64::INFINITY, 0.0);
    let (mut arrived, mut served) = (0, 0);
    while served < customers {
        if arrival < departure {
            arrived += 1;
            ring.push_back(arrival);
            if ring.len() == 1 {
                departure = arrival + work.draw(stream.word(2 * arrived + 1));
            }
            arrival += gap.draw(stream.word(2 * arrived));
        } else {
            sum += departure - ring.pop_front().unwrap_or(departure);
            served += 1;
            departure =
                if ring.is_empty() { f64::INFINITY } else { departure + work.draw(stream.word(2 * (served + arrived) + 1)) };
        }
    }
    sum
}

fn requests(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("requests");
    group.sample_size(10);
    group.throughput(Throughput::Elements(900_000));
    group.bench_function("mm1, a bare loop", |bencher| {
        let mut replication = 0;
        bencher.iter(|| {
            replication += 1;
            black_box(bare(900_000, Stream::new(1, 1, replication)))
        });
    });
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
