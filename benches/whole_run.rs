//! A whole replication: a year of a fleet, and of seven components in series and parallel.
use criterion::{Criterion, criterion_group, criterion_main};
use ninefold::{model, scenario, sim::World};

#[expect(clippy::print_stdout, reason = "the time of a year means little without its number of events")]
fn year_of(criterion: &mut Criterion, name: &str, text: &str) {
    let loaded = scenario::parse(name, text, &scenario::Patches::default()).unwrap_or_else(|_| panic!("{name} does not parse"));
    let model = model::compile(&loaded).unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
    let mut world = World::new(&model, 0.0);
    let events: u64 = (0..1_000).map(|replication| world.run(1, replication, replication)).sum();
    println!("{name}: {} events a replication", events as f64 / 1_000.0);
    let mut replication = 0;
    criterion.bench_function(name, |bencher| {
        bencher.iter(|| {
            replication += 1;
            world.run(1, replication, replication)
        });
    });
}

fn runs(criterion: &mut Criterion) {
    year_of(criterion, "fleet", include_str!("fleet.yaml"));
    year_of(criterion, "seven components", include_str!("seven.yaml"));
}

criterion_group!(benches, runs);
criterion_main!(benches);
