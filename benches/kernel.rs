//! The event set alone: a fleet of components that fail and are repaired, 16 to 16,000 of them, time for one event.
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ninefold::kernel::{System, Tournament, run};

/// Components that alternate between two exponential times; the cheapest model that keeps every slot busy.
struct Fleet {
    events: Tournament,
    state: u64,
}

impl System for Fleet {
    fn events(&self) -> &Tournament {
        &self.events
    }

    #[inline]
    fn handle(&mut self, slot: usize, now: f64) {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.events.set(slot, now + (self.state >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0));
    }
}

fn events(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("event");
    for components in [16_usize, 128, 1_024, 4_096, 16_384] {
        let mut fleet = Fleet { events: Tournament::new(components), state: 1 };
        (0..components).for_each(|slot| fleet.events.set(slot, slot as f64 / components as f64));
        let per_round = 100_000;
        group.throughput(Throughput::Elements(per_round));
        let mut end = 0.0;
        group.bench_with_input(BenchmarkId::from_parameter(components), &components, |bencher, &components| {
            bencher.iter(|| {
                end += per_round as f64 / components as f64 / 2.0;
                run(&mut fleet, end)
            });
        });
    }
    group.finish();
}

criterion_group!(benches, events);
criterion_main!(benches);
