//! What a draw costs: words, tables and direct inversion.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ninefold::dist::{Law, Tables};
use ninefold::random::{Stream, base, uniform};

const DRAWS: u64 = 1024;

fn laws() -> Vec<(&'static str, Law)> {
    [
        ("exponential", Law::exponential(3600.0)),
        ("weibull 2", Law::weibull_mean(2.0, 3600.0)),
        ("lognormal", Law::lognormal_median_p95(1200.0, 7200.0)),
        ("gamma 0.3", Law::gamma_shape_scale(0.3, 60.0)),
        ("hyperexponential cv 2", Law::hyperexponential(60.0, 2.0)),
        ("quantiles", Law::quantiles(&[(0.1, 1320.0), (0.5, 4560.0), (0.9, 19020.0), (0.99, 68940.0)])),
    ]
    .into_iter()
    .filter_map(|(name, law)| Some((name, law.ok()?)))
    .collect()
}

fn words(c: &mut Criterion) {
    let mut group = c.benchmark_group("words");
    group.throughput(Throughput::Elements(DRAWS));
    let stream = Stream::new(base("web", 1), 1, 0);
    group.bench_function("word", |b| b.iter(|| (0..DRAWS).fold(0, |sum, n| sum ^ black_box(stream).word(n))));
    group.bench_function("uniform", |b| b.iter(|| (0..DRAWS).map(|n| uniform(stream.word(n))).sum::<f64>()));
    group.bench_function("new stream", |b| {
        b.iter(|| (0..DRAWS).fold(0, |sum, n| sum ^ Stream::new(black_box(7), 1, n).word(0)));
    });
    group.finish();
}

fn draws(c: &mut Criterion) {
    let stream = Stream::new(base("web", 1), 1, 0);
    let mut tables = Tables::new();
    let plain = tables.clone();
    for (_, law) in laws() {
        tables.prepare(&law);
    }
    for (name, tables) in [("prepared", &tables), ("direct", &plain)] {
        let mut group = c.benchmark_group(name);
        group.throughput(Throughput::Elements(DRAWS));
        for (name, law) in laws() {
            let sampler = tables.sampler(&law);
            group.bench_function(name, |b| {
                b.iter(|| (0..DRAWS).map(|n| sampler.draw(stream.word(n))).sum::<f64>());
            });
        }
        group.finish();
    }
}

fn building(c: &mut Criterion) {
    let mut group = c.benchmark_group("build a table");
    group.sample_size(10);
    for (name, law) in laws() {
        group.bench_function(name, |b| {
            let plain = Tables::new();
            b.iter(|| {
                let mut tables = plain.clone();
                tables.prepare(black_box(&law));
                tables
            });
        });
    }
    group.finish();
}

criterion_group!(benches, words, draws, building);
criterion_main!(benches);
