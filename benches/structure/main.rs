//! The structure solver: five hundred components that groups share, step by step.

mod groups;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use ninefold::exact::structure::{Diagram, Steady};

fn shared_groups(criterion: &mut Criterion) {
    let (tree, top, components) = groups::system();
    let Ok(diagram) = Diagram::of(&tree, top) else { return };
    let failed: Vec<f64> = components.iter().map(|component: &Steady| component.unavailability).collect();
    let mut group = criterion.benchmark_group("shared_groups");
    group.sample_size(10);
    group.bench_function("diagram", |bencher| bencher.iter(|| Diagram::of(black_box(&tree), top)));
    group.bench_function("probability", |bencher| bencher.iter(|| diagram.probability(black_box(&failed))));
    group.bench_function("frequency", |bencher| bencher.iter(|| diagram.steady(black_box(&components))));
    group.bench_function("importance", |bencher| bencher.iter(|| diagram.importance(black_box(&components))));
    group.bench_function("fussell_vesely", |bencher| bencher.iter(|| diagram.fussell_vesely(black_box(&components), 0)));
    group.bench_function("cut_sets", |bencher| bencher.iter(|| diagram.cut_sets(usize::MAX)));
    group.finish();
}

criterion_group!(benches, shared_groups);
criterion_main!(benches);
